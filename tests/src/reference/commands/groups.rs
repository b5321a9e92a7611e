//! Commands over groups of rows: `eventstats` (§5.11), `streamstats` (§5.12), `top` and `rare` (§5.22).

use std::collections::{BTreeMap, BTreeSet};

use retrohunt_spl::plan::{Expr, StatsCommand, StreamstatsCommand, TopCommand};

use super::super::aggregate;
use super::super::expand::{Output, outputs};
use super::super::expression::{World, holds};
use super::super::row::{Field, Row, RowSet, row_time};
use super::super::sparkline;
use super::super::stats::{is_numeric, keys};
use super::super::value::{Number, Scalar, natural_order};

/// Key texts of a row; several where a by-field is a multivalue, none where one is ∅.
fn key_texts(row: &Row, stats: &StatsCommand) -> Vec<Vec<String>> {
    keys(row, stats).into_iter().map(|key| key.iter().map(Scalar::text).collect()).collect()
}

/// The result of an aggregate over some rows; ∅ under `allnum` where some value is no number.
fn result(output: &Output, rows: &[&Row], allnum: bool, world: &World<'_>) -> Vec<Scalar> {
    let field = output.field.as_deref();
    let mixed = |field: &str| rows.iter().flat_map(|row| row.get(field)).any(|value| value.number().is_none());
    if allnum && is_numeric(output.func) && field.is_some_and(mixed) {
        return Vec::new();
    }
    aggregate::result(output, rows, world)
}

/// `eventstats`: each row gets what `stats` gives its group, over the union of its groups if it has several.
pub(super) fn eventstats(mut rows: RowSet, command: &StatsCommand, world: &World<'_>) -> Result<RowSet, String> {
    let outputs = outputs(command, &rows.columns)?;
    let all: Vec<Vec<Vec<String>>> = rows.rows.iter().map(|row| key_texts(row, command)).collect();
    let mut found: Vec<Option<Vec<Vec<Scalar>>>> = Vec::new();
    for own in &all {
        if own.is_empty() {
            found.push(None);
            continue;
        }
        let member = |(_, keys): &(&Row, &Vec<Vec<String>>)| keys.iter().any(|key| own.contains(key));
        let members: Vec<&Row> = rows.rows.iter().zip(&all).filter(member).map(|(row, _)| row).collect();
        let one = |output: &Output| match &output.sparkline {
            Some(span) => sparkline::result(output, span.as_ref(), &command.delim, &members, &rows.rows, world),
            None => result(output, &members, command.allnum, world),
        };
        found.push(Some(outputs.iter().map(one).collect()));
    }
    for output in &outputs {
        rows.add_column(&output.name, output.named);
    }
    for (row, found) in rows.rows.iter_mut().zip(found) {
        for (at, output) in outputs.iter().enumerate() {
            // A row without a group has no result: an existing field of that name becomes ∅.
            row.set(&output.name, found.as_ref().map_or_else(Vec::new, |found| found[at].clone()));
        }
    }
    rows.changed();
    Ok(rows)
}

/// Are the rows in the order of their times, ascending or descending (§5.12.5)? Rows without a time do not count.
pub(super) fn in_time_order(rows: &RowSet, world: &World<'_>) -> bool {
    let times: Vec<i64> = rows.rows.iter().filter_map(|row| time_of(row, world)).collect();
    times.is_sorted() || times.iter().rev().is_sorted()
}

/// The time of a row.
fn time_of(row: &Row, world: &World<'_>) -> Option<i64> {
    row.get("_time").first().and_then(|time| row_time(time, world.settings))
}

/// `streamstats`: each row gets the aggregate over the window up to it. Windows look at the rows as they came in.
pub(super) fn streamstats(mut rows: RowSet, command: &StreamstatsCommand, world: &World<'_>) -> Result<RowSet, String> {
    let stats = &command.stats;
    let outputs = outputs(stats, &rows.columns)?;
    for output in &outputs {
        rows.add_column(&output.name, output.named);
    }
    let input = std::mem::take(&mut rows.rows);
    // Places of the rows that count since the last reset.
    let mut live: Vec<usize> = Vec::new();
    let mut previous: Option<Vec<Vec<String>>> = None;
    let reset = |condition: &Option<Expr>, row: &Row| {
        condition.as_ref().is_some_and(|condition| world.watched(|| holds(condition, row, world)).unwrap_or(false))
    };
    for (place, source) in input.iter().enumerate() {
        let mut row = source.clone();
        // None where a by-field is ∅, or the time that a window of time needs: such a row passes, in no window.
        let timeless = command.time_window.is_some() && time_of(source, world).is_none();
        let own = if timeless { Vec::new() } else { key_texts(source, stats) };
        let mut changed = false;
        if !own.is_empty() {
            changed = command.reset_on_change && previous.as_ref().is_some_and(|previous| *previous != own);
            previous = Some(own.clone());
        }
        if changed || reset(&command.reset_before, source) {
            live.clear();
        }
        if !own.is_empty() {
            live.push(place);
            let window = window(command, &live, &input, &own, place, world);
            let members: Vec<&Row> = window.iter().map(|at| &input[*at]).collect();
            for output in &outputs {
                row.set(&output.name, result(output, &members, stats.allnum, world));
            }
        }
        if reset(&command.reset_after, &row) {
            live.clear();
        }
        rows.rows.push(row);
    }
    rows.changed();
    Ok(rows)
}

/// Places of the rows in a row's window.
fn window(
    command: &StreamstatsCommand,
    live: &[usize],
    input: &[Row],
    own: &[Vec<String>],
    place: usize,
    world: &World<'_>,
) -> Vec<usize> {
    let same = |at: &usize| key_texts(&input[*at], &command.stats).iter().any(|key| own.contains(key));
    let mut places: Vec<usize> = live.to_vec();
    if let Some(span) = command.time_window {
        let time = |at: usize| time_of(&input[at], world);
        if let Some(now) = time(place) {
            places.retain(|at| time(*at).is_some_and(|time| (time - now).abs() < span));
        }
    }
    if !command.current {
        places.retain(|at| *at != place);
    }
    let last = |mut places: Vec<usize>| {
        let window = usize::try_from(command.window).unwrap_or(usize::MAX);
        if window > 0 && places.len() > window {
            places.drain(..places.len() - window);
        }
        places
    };
    if command.global {
        let mut places = last(places);
        places.retain(same);
        places
    } else {
        places.retain(same);
        last(places)
    }
}

/// `top` and `rare`.
pub(super) fn top(rows: &RowSet, command: &TopCommand) -> RowSet {
    let texts = |row: &Row, names: &[String]| -> Option<Vec<String>> {
        names.iter().map(|name| row.get(name).first().map(Scalar::text)).collect()
    };
    let mut groups: BTreeMap<Vec<String>, BTreeMap<Vec<String>, u64>> = BTreeMap::new();
    for row in &rows.rows {
        if let (Some(by), Some(key)) = (texts(row, &command.by), texts(row, &command.fields)) {
            *groups.entry(by).or_default().entry(key).or_default() += 1;
        }
    }
    let names: Vec<String> = command.by.iter().chain(&command.fields).cloned().collect();
    let mut columns: Vec<Field> = names.iter().map(|name| Field { name: name.clone(), named: true }).collect();
    for name in [&command.count_field, &command.percent_field].into_iter().flatten() {
        columns.push(Field { name: name.clone(), named: true });
    }
    let mut out = RowSet { columns, rows: Vec::new() };
    let mut ordered: Vec<_> = groups.into_iter().collect();
    ordered.sort_by(|(left, _), (right, _)| in_order(left, right));
    for (by, counts) in ordered {
        let total: u64 = counts.values().sum();
        let mut counts: Vec<(Vec<String>, u64)> = counts.into_iter().collect();
        counts.sort_by(|(left, a), (right, b)| {
            let order = if command.rare { a.cmp(b) } else { b.cmp(a) };
            order.then_with(|| in_order(left, right))
        });
        let limit = if command.limit == 0 { usize::MAX } else { usize::try_from(command.limit).unwrap_or(usize::MAX) };
        let rest: u64 = counts.iter().skip(limit).map(|(_, count)| count).sum();
        counts.truncate(limit);
        if let Some(other) = command.other.as_ref().filter(|_| rest > 0) {
            counts.push((vec![other.clone(); command.fields.len()], rest));
        }
        for (key, count) in counts {
            let mut row = Row::default();
            for (name, text) in names.iter().zip(by.iter().chain(&key)) {
                row.set(name, vec![Scalar::Text(text.clone())]);
            }
            if let Some(name) = &command.count_field {
                row.set(name, vec![Scalar::UInt(count)]);
            }
            if let Some(name) = &command.percent_field {
                row.set(name, vec![Scalar::Text(format!("{:.6}", count as f64 / total as f64 * 100.0))]);
            }
            out.rows.push(row);
        }
    }
    let names: BTreeSet<String> = out.columns.iter().map(|column| column.name.clone()).collect();
    out.rows.iter_mut().for_each(|row| row.known = std::rc::Rc::new(names.clone()));
    out
}

/// The natural order of lists of texts.
fn in_order(left: &[String], right: &[String]) -> std::cmp::Ordering {
    let orders = left.iter().zip(right).map(|(left, right)| match (Number::of_text(left), Number::of_text(right)) {
        (Some(a), Some(b)) => a.order(b).then_with(|| left.cmp(right)),
        _ => natural_order(left, right),
    });
    orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
}
