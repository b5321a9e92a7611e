//! `addtotals`: sums of rows and of columns.

use retrohunt_spl::plan::{AddTotalsCommand, FieldPattern};

use super::super::aggregate;
use super::super::row::{Row, RowSet};
use super::super::value::Scalar;

/// Adds the sum of each row's numbers as a field, 0 where there are none, and a row with the sum of each column; either only if
/// it is asked for.
pub(super) fn add_totals(mut rows: RowSet, command: &AddTotalsCommand) -> RowSet {
    let summed = |name: &str, fields: &[FieldPattern]| match fields {
        // Internal fields are not meant unless named (§1.7.4).
        [] => !name.starts_with('_'),
        fields => fields.iter().any(|pattern| pattern.selects(name)),
    };
    let columns: Vec<String> = rows.columns.iter().map(|column| column.name.clone()).collect();
    let names: Vec<String> = columns.into_iter().filter(|name| summed(name, &command.fields)).collect();
    if let Some(total) = &command.row {
        let own = |row: &Row| {
            let sum = sum(names.iter().flat_map(|name| row.get(name)));
            if sum.is_empty() { vec![Scalar::Int(0)] } else { sum }
        };
        let sums = rows.rows.iter().map(own).collect();
        rows.assign(total, sums);
    }
    if let Some((label, field)) = &command.column {
        let mut row = Row::default();
        // A list says which columns have a sum, the new one is not in it.
        let total = command.row.iter().filter(|total| command.fields.is_empty() && !names.contains(total));
        for name in names.iter().chain(total) {
            row.set(name, sum(rows.rows.iter().flat_map(|row| row.get(name))));
        }
        if let Some(field) = field {
            rows.add_column(field, true);
            row.set(field, vec![Scalar::Text(label.clone())]);
        }
        row.known = rows.rows.first().map(|first| std::rc::Rc::clone(&first.known)).unwrap_or_default();
        rows.rows.push(row);
        rows.changed();
    }
    rows
}

/// The sum of the numbers among values; none if there are none.
fn sum<'a>(values: impl Iterator<Item = &'a Scalar>) -> Vec<Scalar> {
    aggregate::sum(&values.collect::<Vec<&Scalar>>()).into_iter().collect()
}
