//! `chart` and `timechart` (§5.23): a row for each value or bin of one field, a column for each value of another.

use std::collections::BTreeMap;

use retrohunt_spl::plan::{AggregateFunc, BinOptions, ChartCommand, ChartLimit, StatsCommand};

use super::super::aggregate;
use super::super::bin;
use super::super::expand::{Output, outputs};
use super::super::expression::World;
use super::super::row::{Field, Row, RowSet};
use super::super::spans;
use super::super::stats::{keys, not_all_numbers};
use super::super::value::{Scalar, natural_order};

/// Most bins of a row or column field of `chart`, and of the times of `timechart` (§5.23.1).
const MOST_BINS: [u64; 2] = [300, 100];

/// One use of a row: in the row of its row field, in the column of its column field. A row with several values has several.
#[derive(Clone)]
struct Entry<'a> {
    /// Value or bin of the row field; nothing if the chart has none.
    key: Vec<Scalar>,
    /// The column; `None` if there is no column field, or it is ∅ and such rows have no column.
    column: Option<String>,
    row: &'a Row,
}

/// Returns the table; the error is an output name that was written twice.
pub(super) fn chart(rows: &RowSet, command: &ChartCommand, world: &World<'_>) -> Result<RowSet, String> {
    let by: Vec<String> = command.over.iter().chain(&command.by).cloned().collect();
    let stats = StatsCommand { by, ..command.stats.clone() };
    let outputs = outputs(&stats, &rows.columns)?;
    let dropped = not_all_numbers(&outputs, &stats, rows);
    let (mut entries, bins) = entries(rows, command, world);
    let keys = row_keys(&entries, &bins, command);
    let series = match &command.by {
        Some(_) => series(&mut entries, &keys, &outputs, command, world),
        None => Vec::new(),
    };
    let cells = columns(&outputs, &series, command);
    let over = command.over.iter().map(|name| Field { name: name.clone(), named: true });
    let mut result = RowSet { columns: over.collect(), rows: Vec::new() };
    cells.iter().for_each(|(name, output, _)| result.add_column(name, output.named));
    for key in &keys {
        let own: Vec<&Entry<'_>> = entries.iter().filter(|entry| texts(&entry.key) == texts(key)).collect();
        let mut row = Row::default();
        for (name, output, column) in cells.iter().filter(|(_, output, _)| !dropped.contains(&output.name)) {
            let members: Vec<&Row> =
                own.iter().filter(|entry| entry.column.as_ref() == *column).map(|entry| entry.row).collect();
            let values = cell(output, &members, world);
            // A `format` may give several cells one name: the last that has a value counts.
            if !values.is_empty() {
                row.set(name, values);
            }
        }
        for (name, value) in command.over.iter().zip(key) {
            row.set(name, vec![value.clone()]);
        }
        result.rows.push(row);
    }
    know_all(&mut result);
    Ok(result)
}

/// The texts of a key.
fn texts(key: &[Scalar]) -> Vec<String> {
    key.iter().map(Scalar::text).collect()
}

/// The rows know the columns of the table.
fn know_all(rows: &mut RowSet) {
    let names = std::rc::Rc::new(rows.columns.iter().map(|column| column.name.clone()).collect());
    rows.rows.iter_mut().for_each(|row| row.known = std::rc::Rc::clone(&names));
}

/// The result of an aggregate over the rows of a place; without any, 0 of a count and ∅ of others (§5.23.1).
fn cell(output: &Output, members: &[&Row], world: &World<'_>) -> Vec<Scalar> {
    match (members, output.func) {
        ([], AggregateFunc::Count) => vec![Scalar::UInt(0)],
        ([], _) => Vec::new(),
        _ => aggregate::result(output, members, world),
    }
}

/// Returns the uses of the rows in stream order, and all bins of the row field from the least to the greatest, in order.
///
/// The aggregates look at the rows as they came: only the keys are bins.
fn entries<'a>(rows: &'a RowSet, command: &ChartCommand, world: &World<'_>) -> (Vec<Entry<'a>>, Vec<Scalar>) {
    let all = |name: &str| -> Vec<Scalar> { rows.rows.iter().flat_map(|row| row.get(name)).cloned().collect() };
    let most = MOST_BINS[usize::from(command.time)];
    let open = BinOptions::default();
    // The times of a `timechart` are binned in any case, other fields where an option says so (§5.23.2).
    let over_bins = command.over_bins.as_ref().or(command.time.then_some(&open));
    let width = |name: &str, options: Option<&BinOptions>| {
        options.and_then(|options| spans::width(options, name, &all(name), most, command.time, world.settings))
    };
    let over = command.over.as_deref().map(|name| (name, width(name, over_bins)));
    let by = command.by.as_deref().map(|name| (name, width(name, command.by_bins.as_ref())));
    let values = |row: &Row, place: &Option<(&str, Option<spans::Width>)>| -> Vec<Vec<Scalar>> {
        let Some((name, width)) = place else { return vec![Vec::new()] };
        let bin = |value: &Scalar| width.as_ref().and_then(|width| bin::one(value, name, width, world.settings));
        let mut binned = row.clone();
        binned.set(name, row.get(name).iter().map(|value| bin(value).unwrap_or_else(|| value.clone())).collect());
        keys(&binned, &StatsCommand { by: vec![(*name).to_owned()], ..command.stats.clone() })
    };
    let mut entries = Vec::new();
    for row in &rows.rows {
        let mut columns: Vec<Option<String>> =
            values(row, &by).into_iter().map(|key| key.first().map(Scalar::text)).collect();
        if columns.is_empty() {
            columns.push(None);
        }
        for key in values(row, &over) {
            entries.extend(columns.iter().map(|column| Entry { key: key.clone(), column: column.clone(), row }));
        }
    }
    let bins = match &over {
        Some((name, Some(width))) => spans::between(&all(name), name, width, world.settings),
        _ => Vec::new(),
    };
    (entries, bins)
}

/// Returns the keys of the table's rows in ascending order: those of the rows, and the bins between.
fn row_keys(entries: &[Entry<'_>], bins: &[Scalar], command: &ChartCommand) -> Vec<Vec<Scalar>> {
    if command.over.is_none() {
        let counts =
            command.stats.aggregates.iter().any(|a| matches!(a.func, AggregateFunc::Count | AggregateFunc::Dc));
        // As `stats` without a by-clause over no rows (§5.10.6).
        return if entries.is_empty() && !counts { Vec::new() } else { vec![Vec::new()] };
    }
    let shown = bins.iter().filter(|_| command.cont).map(|bin| vec![bin.clone()]);
    let mut keys: BTreeMap<Vec<String>, Vec<Scalar>> = BTreeMap::new();
    for key in entries.iter().map(|entry| entry.key.clone()).chain(shown) {
        keys.entry(texts(&key)).or_insert(key);
    }
    // Bins ascend by their edges, which as texts they would not: `100-110` is less than `20-30`. Values that are in no bin come
    // last.
    let bins: Vec<String> = bins.iter().map(Scalar::text).collect();
    let place = |key: &Vec<Scalar>| bins.iter().position(|bin| texts(key)[0] == *bin).unwrap_or(usize::MAX);
    let mut ordered: Vec<Vec<Scalar>> = keys.into_values().collect();
    ordered.sort_by(|left, right| {
        place(left).cmp(&place(right)).then_with(|| natural_order(&texts(left)[0], &texts(right)[0]))
    });
    ordered
}

/// Returns the columns in order: kept values ascending, then the one for rows without a value, then the one for the rest. The
/// entries are put into them (§5.23.2).
fn series(
    entries: &mut [Entry<'_>],
    keys: &[Vec<Scalar>],
    outputs: &[Output],
    command: &ChartCommand,
    world: &World<'_>,
) -> Vec<String> {
    let mut names: Vec<String> = entries.iter().filter_map(|entry| entry.column.clone()).collect();
    names.sort_by(|left, right| natural_order(left, right));
    names.dedup();
    let (limit, bottom) = match command.limit {
        ChartLimit::Top(limit) => (limit, false),
        ChartLimit::Bottom(limit) => (limit, true),
    };
    let limit = if limit == 0 { usize::MAX } else { usize::try_from(limit).unwrap_or(usize::MAX) };
    let mut kept = names.clone();
    if names.len() > limit {
        let score = |name: &String| score(name, entries, keys, outputs, world);
        let mut scored: Vec<(f64, String)> = names.iter().map(|name| (score(name), name.clone())).collect();
        // The names are in order and the sort is stable: of equal scores the lesser name comes first.
        scored.sort_by(|(left, _), (right, _)| {
            let order = left.partial_cmp(right).unwrap_or(std::cmp::Ordering::Equal);
            if bottom { order } else { order.reverse() }
        });
        kept = scored.into_iter().take(limit).map(|(_, name)| name).collect();
        kept.sort_by(|left, right| natural_order(left, right));
    }
    let mut found = [None, None];
    let rest = |name: &str| !kept.iter().any(|known| known == name);
    for entry in entries.iter_mut() {
        let (place, name) = match &entry.column {
            Some(name) if !rest(name) => continue,
            Some(_) => (1, &command.other),
            None => (0, &command.null),
        };
        entry.column.clone_from(name);
        found[place].clone_from(name);
    }
    // A value may be spelled as one of the two; then there is one column for both.
    for name in found.into_iter().flatten() {
        kept.retain(|known| *known != name);
        kept.push(name);
    }
    kept
}

/// The score of a column's value: the sum of the one aggregate over the rows of the table, or how often it occurs if there are
/// several.
fn score(name: &str, entries: &[Entry<'_>], keys: &[Vec<Scalar>], outputs: &[Output], world: &World<'_>) -> f64 {
    let own: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.column.as_deref() == Some(name)).collect();
    let [output] = outputs else { return own.len() as f64 };
    let value = |key: &Vec<Scalar>| {
        let in_row = own.iter().filter(|entry| texts(&entry.key) == texts(key));
        let members: Vec<&Row> = in_row.map(|entry| entry.row).collect();
        cell(output, &members, world).first().and_then(Scalar::number).map_or(0.0, |number| number.real())
    };
    keys.iter().map(value).sum()
}

/// Returns the columns behind the row field: their names, the aggregate, and which entries they take. The row field keeps its
/// name.
fn columns<'a>(
    outputs: &'a [Output],
    series: &'a [String],
    command: &ChartCommand,
) -> Vec<(String, &'a Output, Option<&'a String>)> {
    let mut columns: Vec<(String, &Output, Option<&String>)> = Vec::new();
    for output in outputs {
        if command.by.is_none() {
            columns.push((output.name.clone(), output, None));
            continue;
        }
        for value in series {
            let name = match &command.format {
                _ if outputs.len() == 1 => value.clone(),
                Some(format) => format.replace("$AGG$", &output.name).replace("$VAL$", value),
                None => format!("{}{}{value}", output.name, command.sep),
            };
            columns.push((name, output, Some(value)));
        }
    }
    columns.retain(|(name, ..)| command.over.as_ref() != Some(name));
    columns
}
