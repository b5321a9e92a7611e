//! `replace`: other values in the place of whole values.

use retrohunt_spl::plan::{Glob, ReplaceCommand};

use super::super::compare::matches_whole;
use super::super::expand::{captures, fill};
use super::super::row::RowSet;
use super::super::value::Scalar;

/// Replaces values that a pair matches, each value of a multivalue for itself; the first pair that matches counts.
///
/// Without a list, all fields but internal ones. Texts compare with their case, as in all commands but `search`.
pub(super) fn replace(mut rows: RowSet, command: &ReplaceCommand) -> RowSet {
    let names: Vec<String> = if command.fields.is_empty() {
        rows.columns.iter().map(|column| column.name.clone()).filter(|name| !name.starts_with('_')).collect()
    } else {
        command.fields.clone()
    };
    for row in &mut rows.rows {
        for name in &names {
            let values: Vec<Scalar> = row.get(name).iter().map(|value| replaced(value, &command.pairs)).collect();
            row.set(name, values);
        }
    }
    rows.changed();
    rows
}

/// The value that stands for a value; itself if no pair matches.
fn replaced(value: &Scalar, pairs: &[(Glob, Glob)]) -> Scalar {
    let text = value.text();
    match pairs.iter().find(|(from, _)| matches_whole(&text, from, true)) {
        Some((from, to)) => Scalar::Text(match to.literal() {
            Some(to) => to.to_owned(),
            None => fill(to, &captures(from, &text)),
        }),
        None => value.clone(),
    }
}
