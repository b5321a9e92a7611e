//! The commands of a plan, one after the other.

use std::collections::BTreeSet;

use retrohunt_spl::plan::{Command, Plan, RegexCommand};

use super::archive::Archive;
use super::bin::bin;
use super::output::Output;
use super::pattern::Pattern;
use super::project;
use super::row::{self, Row, RowSet};
use super::search::Search;
use super::settings::Settings;
use super::stats::stats;
use super::value::texts;

/// Why a rule cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of mistake: `regex`, `time` or `name`.
    pub kind: &'static str,
    /// The text at fault.
    pub text: String,
}

/// What was noticed while running.
#[derive(Debug, Default)]
struct Notes {
    warnings: BTreeSet<&'static str>,
    undecided: u64,
}

/// Returns the rows that a rule gives over an archive.
///
/// # Errors
///
/// If a pattern does not compile, a time bound is not a time, or two output columns were given one name.
pub fn run(archive: &Archive, plan: &Plan, settings: &Settings) -> Result<Output, Refusal> {
    let mut rows = row::read(archive, settings);
    let mut notes = Notes::default();
    for (index, step) in plan.steps.iter().enumerate() {
        rows = match &step.command {
            Command::Search(command) => {
                let search =
                    Search::new(command, settings, index == 0).map_err(|text| Refusal { kind: "time", text })?;
                rows.rows.retain(|row| search.keeps(row, &mut notes.warnings));
                rows
            }
            Command::Regex(command) => regex(rows, command, &mut notes)?,
            Command::Table(list) => project::table(rows, list),
            Command::Fields(command) => project::fields(rows, command),
            Command::Bin(command) => bin(rows, command, settings),
            Command::Stats(command) => stats(&rows, command).map_err(|text| Refusal { kind: "name", text })?,
            other => return Err(Refusal { kind: "command", text: format!("{other:?}") }),
        };
    }
    let output = Output::new(&rows, settings);
    Ok(Output { warnings: notes.warnings.into_iter().collect(), undecided: notes.undecided, ..output })
}

/// `regex` (§5.5).
fn regex(mut rows: RowSet, command: &RegexCommand, notes: &mut Notes) -> Result<RowSet, Refusal> {
    let pattern = Pattern::new(&command.pattern, &command.raw_pattern)
        .map_err(|error| Refusal { kind: "regex", text: error.0 })?;
    if pattern.rescued {
        notes.warnings.insert("W-REGEX-BACKSLASH");
    }
    let columns = rows.columns.clone();
    let keeps = |row: &Row| {
        let values = if command.field == "_raw" && !row.known.contains("_raw") {
            notes.warnings.insert("W-VIRTUAL-RAW");
            vec![row.virtual_raw(&columns)]
        } else {
            texts(row.get(&command.field))
        };
        let found: Vec<Option<bool>> = values.iter().map(|text| pattern.matches(text)).collect();
        // A match decides, whatever happened on other values; an undecided row is no hit (§5.6.8).
        let matched = if found.contains(&Some(true)) {
            Some(true)
        } else if found.contains(&None) {
            notes.undecided += 1;
            None
        } else {
            Some(false)
        };
        matched.is_some_and(|matched| matched != command.negated)
    };
    rows.rows.retain(keeps);
    Ok(rows)
}
