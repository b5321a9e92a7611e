//! `stats` (§5.10).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use retrohunt_spl::plan::{Aggregate, AggregateFunc, StatsCommand};

use super::aggregate;
use super::expand::{Output, outputs};
use super::expression::World;
use super::row::{Field, Row, RowSet};
use super::sparkline;
use super::value::{Scalar, natural_order};

/// Returns one row a group, ascending by the by-fields (§5.10.7); the error is an output name that was written twice.
pub(super) fn stats(rows: &RowSet, command: &StatsCommand, world: &World<'_>) -> Result<RowSet, String> {
    let outputs = outputs(command, &rows.columns)?;
    let by = command.by.iter().map(|name| Field { name: name.clone(), named: true });
    let aggregates = outputs.iter().map(|output| Field { name: output.name.clone(), named: output.named });
    let columns: Vec<Field> = by.chain(aggregates).collect();
    let known: Rc<BTreeSet<String>> = Rc::new(columns.iter().map(|column| column.name.clone()).collect());
    let input = rows.rows.iter().flat_map(|row| row.input.iter().cloned());
    let input: Rc<BTreeSet<String>> = Rc::new(input.collect());
    let hidden = rows.rows.iter().flat_map(|row| row.hidden.iter().cloned());
    let hidden: Rc<BTreeSet<String>> = Rc::new(hidden.collect());
    let dropped = not_all_numbers(&outputs, command, rows);
    let result = groups(rows, command).into_iter().map(|(key, members)| {
        let mut row =
            Row { known: Rc::clone(&known), input: Rc::clone(&input), hidden: Rc::clone(&hidden), ..Row::default() };
        for (name, value) in command.by.iter().zip(key) {
            row.set(name, vec![value]);
        }
        for output in outputs.iter().filter(|output| !dropped.contains(&output.name)) {
            let value = match &output.sparkline {
                Some(span) => sparkline::result(output, span.as_ref(), &command.delim, &members, &rows.rows, world),
                None => aggregate::result(output, &members, world),
            };
            row.set(&output.name, value);
        }
        row
    });
    Ok(RowSet { columns, rows: result.collect() })
}

/// The by-fields' values of a group, and its rows in stream order.
pub(super) type Group<'a> = (Vec<Scalar>, Vec<&'a Row>);

/// Returns the groups in result order.
pub(super) fn groups<'a>(rows: &'a RowSet, command: &StatsCommand) -> Vec<Group<'a>> {
    if command.by.is_empty() {
        let counts =
            |a: &Aggregate| matches!(a.func, AggregateFunc::Count | AggregateFunc::Dc) && a.sparkline.is_none();
        let counts = command.aggregates.iter().any(counts);
        // No rows: one row of zeros if anything counts, else none (§5.10.6).
        let some = !rows.rows.is_empty() || counts;
        return if some { vec![(Vec::new(), rows.rows.iter().collect())] } else { Vec::new() };
    }
    let mut found: BTreeMap<Vec<String>, Group<'a>> = BTreeMap::new();
    for row in &rows.rows {
        for key in keys(row, command) {
            let texts = key.iter().map(Scalar::text).collect();
            found.entry(texts).or_insert_with(|| (key, Vec::new())).1.push(row);
        }
    }
    let mut ordered: Vec<(Vec<String>, Group<'a>)> = found.into_iter().collect();
    ordered.sort_by(|(left, _), (right, _)| {
        let orders = left.iter().zip(right).map(|(left, right)| natural_order(left, right));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    ordered.into_iter().map(|(_, group)| group).collect()
}

/// Returns the group keys of a row: the cross product of its by-fields' values, none if one is missing (§5.10.3).
///
/// Keys are texts; `_time` stays a time so that it prints as one.
pub(super) fn keys(row: &Row, command: &StatsCommand) -> Vec<Vec<Scalar>> {
    let mut keys: Vec<Vec<Scalar>> = vec![Vec::new()];
    for name in &command.by {
        let mut values: Vec<Scalar> = row.get(name).to_vec();
        if name != "_time" {
            values = values.iter().map(|value| Scalar::Text(value.text())).collect();
        }
        if command.dedup_splitvals {
            let mut seen = BTreeSet::new();
            values.retain(|value| seen.insert(value.text()));
        }
        let extend = |key: &Vec<Scalar>| -> Vec<Vec<Scalar>> {
            values.iter().map(|value| key.iter().chain([value]).cloned().collect()).collect()
        };
        keys = keys.iter().flat_map(extend).collect();
    }
    keys
}

/// Returns the output names that `allnum` drops: numeric aggregates over a field with any value that is no number (§5.10.1).
pub(super) fn not_all_numbers(outputs: &[Output], command: &StatsCommand, rows: &RowSet) -> BTreeSet<String> {
    let numeric = |output: &&Output| is_numeric(output.func);
    let mixed = |output: &&Output| {
        let field = output.field.as_deref().unwrap_or_default();
        rows.rows.iter().flat_map(|row| row.get(field)).any(|value| value.number().is_none())
    };
    let dropped = outputs.iter().filter(|_| command.allnum).filter(numeric).filter(mixed);
    dropped.map(|output| output.name.clone()).collect()
}

/// Is it an aggregate of numbers, which `allnum` is about?
pub(super) fn is_numeric(func: AggregateFunc) -> bool {
    use AggregateFunc as F;
    matches!(
        func,
        F::Sum
            | F::Avg
            | F::SumSq
            | F::Range
            | F::Stdev
            | F::StdevP
            | F::Var
            | F::VarP
            | F::Perc(_)
            | F::ExactPerc(_)
            | F::Rate
    )
}
