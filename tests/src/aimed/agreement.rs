//! A rule, its aimed events, and what two evaluators make of them.

use std::sync::Arc;

use retrohunt_engine::{Profiles, Program, ScanOptions};
use retrohunt_spl::plan::Plan;

use super::draft::Event;
use super::rule::{candidates, near_misses};
use crate::harness::{Layout, scan_settings, write_archive};
use crate::reference::archive::{Archive, Cell, Column, ColumnKind, File};
use crate::reference::output::Output;
use crate::reference::run;
use crate::reference::settings::Settings;

/// Groups of events around a rule's edge.
#[derive(Clone, Debug, Default)]
pub struct Aimed {
    /// Groups for which the rule gives a row.
    pub hits: Vec<Vec<Event>>,
    /// Groups that differ a little from one of those, and for which it gives none.
    pub misses: Vec<Vec<Event>>,
    /// Groups that were meant to match and do not, some of them.
    pub strays: Vec<Vec<Event>>,
    /// The reference interpreter cannot run the rule.
    pub refused: Option<String>,
}

/// How many candidates are tried for a rule.
const TRIES: usize = 120;

/// How many events are tried for a rule, over all candidates.
const MOST_TRIED: usize = 3000;

/// How many groups of each kind are kept.
const KEPT: usize = 3;

/// Returns groups of events around the edge of a rule, as the reference interpreter draws it.
#[must_use]
pub fn aim(plan: &Plan, seed: u64) -> Aimed {
    let mut aimed = Aimed::default();
    let settings = Settings::default();
    let rows = |group: &[Event]| run(&archive(&[group.to_vec()]), plan, &settings).map(|output| output.rows.len());
    let mut tried = 0;
    for group in candidates(plan, seed, TRIES) {
        tried += group.len();
        if tried > MOST_TRIED {
            break;
        }
        match rows(&group) {
            Err(refusal) => {
                aimed.refused = Some(format!("{refusal:?}"));
                return aimed;
            }
            Ok(0) if aimed.strays.len() < KEPT => aimed.strays.push(group),
            Ok(0) => {}
            Ok(_) => {
                aimed.hits.push(group);
                if aimed.hits.len() == KEPT {
                    break;
                }
            }
        }
    }
    for hit in &aimed.hits {
        // The reference interpreter looks at each pair of a group's rows: large groups get fewer tries.
        for group in near_misses(hit, seed, if hit.len() > 20 { 8 } else { 60 }) {
            if aimed.misses.len() < 2 * KEPT && rows(&group) == Ok(0) {
                aimed.misses.push(group);
            }
        }
    }
    aimed
}

impl Aimed {
    /// Returns all groups as one archive, a file each.
    #[must_use]
    pub fn archive(&self) -> Archive {
        let groups: Vec<Vec<Event>> = self.hits.iter().chain(&self.misses).chain(&self.strays).cloned().collect();
        archive(&groups)
    }
}

/// Returns events as an archive, a file for each group. Values are texts, as most archives hold them; `_time` is a time.
#[must_use]
pub fn archive(groups: &[Vec<Event>]) -> Archive {
    let file = |(index, group): (usize, &Vec<Event>)| {
        let mut names: Vec<&String> = group.iter().flat_map(Event::keys).collect();
        names.sort_unstable();
        names.dedup();
        let kind = |name: &String| match group.iter().filter_map(|event| event.get(name)).map(Vec::len).max() {
            _ if name == "_time" => ColumnKind::Time,
            Some(values) if values > 1 => ColumnKind::List,
            _ => ColumnKind::Text,
        };
        let columns: Vec<Column> =
            names.iter().map(|name| Column { name: (*name).clone(), kind: kind(name) }).collect();
        let cell = |event: &Event, column: &Column| match (event.get(&column.name), column.kind) {
            (None, _) => Cell::Null,
            (Some(values), ColumnKind::Time) => values
                .first()
                .and_then(|text| text.parse::<f64>().ok())
                .and_then(|seconds| format!("{:.0}", seconds * 1e6).parse().ok())
                .map_or(Cell::Null, Cell::Time),
            (Some(values), ColumnKind::List) => Cell::List(values.clone()),
            (Some(values), _) => values.first().map_or(Cell::Null, |text| Cell::Text(text.clone())),
        };
        let rows = group.iter().map(|event| columns.iter().map(|column| cell(event, column)).collect()).collect();
        File { name: format!("f{index:03}"), columns, rows, mapping: None }
    };
    Archive { files: groups.iter().enumerate().map(file).collect() }
}

/// Returns what the rules of a program give over an archive, by rule, or what kept the run from being whole.
///
/// # Errors
///
/// If the archive cannot be written or the run is incomplete.
pub fn engine(program: &Program, archive: &Archive, plain: bool) -> Result<Vec<Output>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let paths = write_archive(archive, &Layout::parquet(crate::harness::Parquet::default()), folder.path())?;
    let options = ScanOptions { plain, ..ScanOptions::default() };
    let scanned = scan_settings(program, &paths, &Profiles::Choose(Vec::new()), &options);
    if !scanned.outcome.complete() {
        let errors: Vec<&String> = scanned.outcome.rules.iter().filter_map(|rule| rule.error.as_ref()).collect();
        return Err(format!("incomplete: {errors:?}"));
    }
    Ok(scanned.rules.into_iter().map(|rule| rule.output.unwrap_or_default()).collect())
}

/// Returns how the engine's result of a rule differs from the reference interpreter's, over the same archive.
///
/// # Errors
///
/// If they differ, or one of them cannot run the rule.
pub fn agree(rule: &Arc<retrohunt_catalogue::Rule>, plan: &Plan, aimed: &Aimed) -> Result<usize, String> {
    let archive = aimed.archive();
    let expected = run(&archive, plan, &Settings::default()).map_err(|refusal| format!("reference: {refusal:?}"))?;
    let macros = retrohunt_spl::macros::Macros::shipped();
    let program = retrohunt_engine::compile(&[Arc::clone(rule)], &macros, &retrohunt_engine::Settings::default())
        .map_err(|error| error.to_string())?;
    for plain in [false, true] {
        let found = engine(&program, &archive, plain)?;
        let found = found.first().map(Output::ndjson).unwrap_or_default();
        if found != expected.ndjson() {
            return Err(format!(
                "plain {plain}: engine\n  {}\nreference\n  {}",
                found.join("\n  "),
                expected.ndjson().join("\n  ")
            ));
        }
    }
    Ok(expected.rows.len())
}
