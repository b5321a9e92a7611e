//! `transaction` (§5.19): rows newest to oldest into open transactions.

use std::collections::BTreeMap;

use retrohunt_spl::plan::{Boundary, MvList, TransactionCommand};

use super::super::expression::{World, holds};
use super::super::row::{Row, RowSet, row_time};
use super::super::search;
use super::super::value::{Scalar, texts};

/// A transaction that may still grow.
#[derive(Debug, Default)]
struct Open {
    /// Places of its rows, newest first.
    rows: Vec<usize>,
    /// Values of the listed fields.
    links: BTreeMap<String, Vec<String>>,
    /// A row that matches `endswith` opened it.
    ended: bool,
    /// A row that matches `startswith` closed it.
    started: bool,
    /// A limit closed it.
    cut: bool,
}

/// Groups rows.
pub(super) fn transaction(mut rows: RowSet, command: &TransactionCommand, world: &World<'_>) -> RowSet {
    let time = |row: &Row| row.get("_time").first().and_then(|time| row_time(time, world.settings));
    rows.rows.sort_by_key(|row| std::cmp::Reverse(time(row)));
    let boundary = |boundary: &Option<Boundary>, row: &Row| match boundary {
        None => false,
        Some(Boundary::Search(condition)) => search::matches(condition, row, world.settings),
        Some(Boundary::Eval(condition)) => holds(condition, row, world),
    };
    let mut open: Vec<Open> = Vec::new();
    let mut closed: Vec<Open> = Vec::new();
    let mut orphans: Vec<usize> = Vec::new();
    for (place, row) in rows.rows.iter().enumerate() {
        let Some(now) = time(row) else {
            orphans.push(place);
            continue;
        };
        let oldest = |open: &Open| open.rows.last().and_then(|at| time(&rows.rows[*at])).unwrap_or(now);
        let newest = |open: &Open| open.rows.first().and_then(|at| time(&rows.rows[*at])).unwrap_or(now);
        let too_far = |open: &Open| {
            command.max_span.is_some_and(|span| newest(open) - now > span)
                || command.max_pause.is_some_and(|pause| oldest(open) - now > pause)
        };
        let (far, near): (Vec<Open>, Vec<Open>) = std::mem::take(&mut open).into_iter().partition(too_far);
        closed.extend(far.into_iter().map(|open| Open { cut: true, ..open }));
        open = near;
        let (starts, ends) = (boundary(&command.starts_with, row), boundary(&command.ends_with, row));
        let own: Vec<(&String, Vec<String>)> = command
            .fields
            .iter()
            .map(|field| (field, texts(row.get(field))))
            .filter(|(_, texts)| !texts.is_empty())
            .collect();
        let fits = |open: &Open| {
            let shared: Vec<&(&String, Vec<String>)> =
                own.iter().filter(|(field, _)| open.links.contains_key(*field)).collect();
            let agree = shared.iter().all(|(field, texts)| texts.iter().any(|text| open.links[*field].contains(text)));
            if shared.is_empty() && !command.fields.is_empty() {
                return if own.is_empty() { !((starts || ends) && command.unify_ends) } else { !command.connected };
            }
            agree
        };
        // A row that ends a transaction always opens a new one: rows come newest first.
        let joins = if ends { None } else { open.iter().position(fits) };
        let at = match joins {
            Some(at) => at,
            None => {
                let must_end = command.ends_with.is_some() && !ends;
                let nothing = must_end;
                if nothing {
                    orphans.push(place);
                    continue;
                }
                open.push(Open { ended: ends, ..Open::default() });
                open.len() - 1
            }
        };
        open[at].rows.push(place);
        for (field, texts) in own {
            open[at].links.entry(field.clone()).or_default().extend(texts);
        }
        let full = command.max_events.is_some_and(|most| open[at].rows.len() as u64 >= most);
        if starts || full {
            let mut done = open.remove(at);
            done.started = starts;
            done.cut |= full;
            closed.push(done);
        }
    }
    closed.append(&mut open);
    finish(&rows, command, closed, orphans, world)
}

/// Which transactions are given out, as rows.
fn finish(
    rows: &RowSet,
    command: &TransactionCommand,
    closed: Vec<Open>,
    orphans: Vec<usize>,
    world: &World<'_>,
) -> RowSet {
    let bounded = command.starts_with.is_some() || command.ends_with.is_some();
    let complete =
        |open: &Open| (command.starts_with.is_none() || open.started) && (command.ends_with.is_none() || open.ended);
    let time = |row: &Row| row.get("_time").first().and_then(|time| row_time(time, world.settings));
    let mut out = RowSet { columns: rows.columns.clone(), rows: Vec::new() };
    for name in ["duration", "eventcount", "closed_txn"] {
        out.add_column(name, true);
    }
    for open in closed {
        if bounded && !complete(&open) && !command.keep_evicted {
            continue;
        }
        let members: Vec<&Row> = open.rows.iter().rev().map(|at| &rows.rows[*at]).collect();
        let mut row = members.first().map(|row| (*row).clone()).unwrap_or_default();
        for column in &rows.columns {
            let all = match &command.mv_list {
                MvList::None => false,
                MvList::All => true,
                MvList::Fields(fields) => fields.contains(&column.name),
            };
            let values: Vec<String> = if all {
                let one = |row: &&Row| {
                    let values = texts(row.get(&column.name));
                    if values.is_empty() { vec![command.null_text.clone()] } else { values }
                };
                members.iter().flat_map(one).collect()
            } else {
                let mut values: Vec<String> = members.iter().flat_map(|row| texts(row.get(&column.name))).collect();
                values.sort();
                values.dedup();
                values
            };
            match column.name.as_str() {
                "_time" => {}
                "_raw" => {
                    let lines: Vec<String> = members.iter().flat_map(|row| texts(row.get("_raw"))).collect();
                    if command.mv_raw {
                        row.set("_raw", lines.into_iter().map(Scalar::Text).collect());
                    } else if !lines.is_empty() {
                        row.set("_raw", vec![Scalar::Text(lines.join("\n"))]);
                    }
                }
                name => row.set(name, values.into_iter().map(Scalar::Text).collect()),
            }
        }
        let ends = members.first().and_then(|row| time(row)).zip(members.last().and_then(|row| time(row)));
        let duration = ends.map_or(0.0, |(first, last)| (last - first) as f64 / 1e6);
        row.set("duration", vec![Scalar::Float(duration)]);
        row.set("eventcount", vec![Scalar::UInt(members.len() as u64)]);
        row.set("closed_txn", vec![Scalar::UInt(u64::from(open.started || open.cut))]);
        out.rows.push(row);
    }
    if command.keep_orphans {
        out.add_column("_txn_orphan", true);
        for place in orphans {
            let mut row = rows.rows[place].clone();
            row.set("_txn_orphan", vec![Scalar::UInt(1)]);
            out.rows.push(row);
        }
    }
    out.rows.sort_by_key(|row| std::cmp::Reverse(time(row)));
    out.changed();
    out
}
