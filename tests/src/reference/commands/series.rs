//! Between rows and columns: `xyseries` and `untable` (§5.23.3).

use retrohunt_spl::plan::XySeriesCommand;

use super::super::row::{Field, Row, RowSet};
use super::super::value::{Scalar, natural_order, texts};

/// `xyseries`: one row for each x, at the place of its first; one column for each value of y. The last of several values counts.
pub(super) fn xy_series(rows: &RowSet, command: &XySeriesCommand) -> RowSet {
    let mut made: Vec<(Vec<String>, Row)> = Vec::new();
    let mut columns: Vec<(usize, String, String)> = Vec::new();
    for source in &rows.rows {
        let x = texts(source.get(&command.x));
        // Without x there is no row to put a value into.
        if x.is_empty() {
            continue;
        }
        // Rows of one x are one row wherever they stand, or only next to each other.
        let place = if command.grouped {
            made.len().checked_sub(1).filter(|last| made[*last].0 == x)
        } else {
            made.iter().position(|(known, _)| *known == x)
        };
        let place = place.unwrap_or_else(|| {
            let mut row = Row::default();
            row.set(&command.x, source.get(&command.x).to_vec());
            made.push((x, row));
            made.len() - 1
        });
        for y in texts(source.get(&command.y)) {
            for (at, field) in command.values.iter().enumerate() {
                let name = column(command, field, &y);
                if name == command.x {
                    continue;
                }
                let values = source.get(field);
                if !values.is_empty() {
                    made[place].1.set(&name, values.to_vec());
                }
                if !columns.iter().any(|(_, _, known)| *known == name) {
                    columns.push((at, y.clone(), name));
                }
            }
        }
    }
    columns
        .sort_by(|(left, left_y, _), (right, right_y, _)| left.cmp(right).then_with(|| natural_order(left_y, right_y)));
    let names = std::iter::once(command.x.clone()).chain(columns.into_iter().map(|(_, _, name)| name));
    let columns = names.map(|name| Field { name, named: true }).collect();
    let mut result = RowSet { columns, rows: made.into_iter().map(|(_, row)| row).collect() };
    know_columns(&mut result);
    result
}

/// The name of the column for a value field and a value of y.
fn column(command: &XySeriesCommand, field: &str, y: &str) -> String {
    match &command.format {
        _ if command.values.len() == 1 => y.to_owned(),
        Some(format) => format.replace("$AGG$", field).replace("$VAL$", y),
        None => format!("{field}{}{y}", command.sep),
    }
}

/// The rows know the columns that there are now.
fn know_columns(rows: &mut RowSet) {
    let names = std::rc::Rc::new(rows.columns.iter().map(|column| column.name.clone()).collect());
    rows.rows.iter_mut().for_each(|row| row.known = std::rc::Rc::clone(&names));
}

/// `untable`: one row for each field with a value, in the order of rows and columns; x stays.
pub(super) fn untable(rows: &RowSet, x: &str, y: &str, value: &str) -> RowSet {
    let mut result = RowSet::default();
    [x, y, value].iter().for_each(|name| result.add_column(name, true));
    let others = || rows.columns.iter().filter(|column| column.name != x);
    for source in &rows.rows {
        for column in others().filter(|column| !source.get(&column.name).is_empty()) {
            let mut row = Row::default();
            row.set(x, source.get(x).to_vec());
            row.set(y, vec![Scalar::Text(column.name.clone())]);
            row.set(value, source.get(&column.name).to_vec());
            result.rows.push(row);
        }
    }
    know_columns(&mut result);
    result
}
