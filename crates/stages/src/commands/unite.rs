//! Rows behind rows, columns united (§5.21).

use crate::table::{Table, Value};

/// Adds the rows of another table behind those of the first; columns that the first does not have come behind its own.
pub(super) fn unite(first: &mut Table, more: Table) {
    let places: Vec<usize> = more
        .columns
        .into_iter()
        .map(|column| match first.column(&column.name) {
            Some(at) => {
                first.columns[at].named |= column.named;
                at
            }
            None => {
                first.columns.push(column);
                first.columns.len() - 1
            }
        })
        .collect();
    let width = first.columns.len();
    for row in &mut first.rows {
        row.values.resize(width, Value::Null);
    }
    first.rows.extend(more.rows.into_iter().map(|mut row| {
        let mut values = vec![Value::Null; width];
        for (at, value) in places.iter().zip(row.values) {
            values[*at] = value;
        }
        row.values = values;
        row
    }));
}
