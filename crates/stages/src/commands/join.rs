//! `join` (§5.20): rows with the rows of a subsearch that have the same keys.
//!
//! Keys compare as texts, with case; ∅ never matches. A multivalue key matches by any of its values. Key fields stay as the main row
//! has them; all other fields of the subsearch come in, `_time` and `_raw` too. With names for the two sides, fields get the name of
//! their side in front, but for those that begin with `_`, of which only the main row's stay.

use std::borrow::Cow;

use hashbrown::HashMap;
use retrohunt_spl::plan::JoinCommand;

use super::joined_key::{combinations, write_key};
use super::multisearch::time_of;
use super::operand::{note_limit, operand};
use crate::batch::TIME;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::{Context, Operands, TableStage};

/// Most rows that a join may add to those that came in.
const ADDED_LIMIT: usize = 10_000_000;

/// A `join` made ready.
#[derive(Debug)]
pub(crate) struct Join {
    /// The command; its subsearch is [`Self::operand`].
    command: JoinCommand,
    /// The subsearch.
    operand: usize,
    /// How many rows of the input a row remembers.
    evidence: usize,
    /// Most combinations of multivalue keys of a row.
    split_limit: usize,
    /// Most rows that it may add to those that came in.
    added_limit: usize,
}

/// Rows of the subsearch by key.
type Index = HashMap<Vec<u8>, Vec<usize>>;

/// What a column of the subsearch becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Incoming {
    /// Its place in the subsearch.
    from: usize,
    /// Its place in the result.
    to: usize,
}

impl Join {
    /// Makes a `join` ready.
    pub(crate) fn new(command: &JoinCommand, settings: &Settings, operands: &mut Operands) -> Self {
        Self {
            operand: operands.add(&command.subsearch),
            command: command.clone(),
            evidence: settings.evidence,
            split_limit: settings.split_limit,
            added_limit: ADDED_LIMIT,
        }
    }

    /// The places of the key columns on both sides; none if one is missing on a side, so that nothing can match.
    fn keys(&self, main: &Table, sub: &Table) -> Option<Vec<(usize, usize)>> {
        if !self.command.fields.is_empty() {
            let fields = self.command.fields.iter();
            return fields.map(|(left, right)| Some((main.column(left)?, sub.column(right)?))).collect();
        }
        let filled = |table: &Table, at: usize| {
            table.rows.iter().any(|row| row.values.get(at).is_some_and(|value| !value.is_null()))
        };
        let mut common = Vec::new();
        for (at, column) in main.columns.iter().enumerate().filter(|(_, column)| !column.name.starts_with('_')) {
            if let Some(right) = sub.column(&column.name)
                && filled(main, at)
                && filled(sub, right)
            {
                common.push((at, right));
            }
        }
        Some(common).filter(|common| !common.is_empty())
    }

    /// The rows of the subsearch by their keys.
    fn index(&self, sub: &Table, keys: &[(usize, usize)]) -> Result<Index, PipelineError> {
        let mut index = Index::new();
        let mut key = Vec::new();
        for (at, row) in sub.rows.iter().enumerate() {
            combinations(&texts(row, keys.iter().map(|(_, right)| *right)), self.split_limit, |texts| {
                write_key(&mut key, texts);
                let places = index.entry_ref(&key).or_insert_with(Vec::new);
                if places.last() != Some(&at) {
                    places.push(at);
                }
            })?;
        }
        Ok(index)
    }

    /// The rows of the subsearch that match a row, in their order, at most as many as wanted.
    fn matches(
        &self,
        row: &TableRow,
        keys: &[(usize, usize)],
        index: &Index,
        in_time: impl Fn(usize) -> bool,
    ) -> Result<Vec<usize>, PipelineError> {
        let texts = texts(row, keys.iter().map(|(left, _)| *left));
        let (mut found, mut key, mut lists) = (Vec::new(), Vec::new(), 0);
        combinations(&texts, self.split_limit, |texts| {
            write_key(&mut key, texts);
            if let Some(places) = index.get(&key) {
                lists += 1;
                found.extend(places.iter().copied().filter(|at| in_time(*at)));
            }
        })?;
        if lists > 1 {
            found.sort_unstable();
            found.dedup();
        }
        if self.command.max > 0 {
            found.truncate(usize::try_from(self.command.max).unwrap_or(usize::MAX));
        }
        Ok(found)
    }

    /// Gives the columns of the result to the main table; returns what comes in from the subsearch.
    fn head(&self, main: &mut Table, sub: &Table, keys: &[(usize, usize)]) -> Vec<Incoming> {
        let aliases = self.command.aliases.as_ref();
        if let Some((left, _)) = aliases {
            for column in main.columns.iter_mut().filter(|column| !column.name.starts_with('_')) {
                column.name = format!("{left}.{}", column.name).into();
            }
        }
        let mut incoming = Vec::new();
        for (from, column) in sub.columns.iter().enumerate() {
            let name = match aliases {
                Some(_) if column.name.starts_with('_') => continue,
                Some((_, right)) => format!("{right}.{}", column.name).into(),
                None if keys.iter().any(|(_, key)| *key == from) => continue,
                None => column.name.clone(),
            };
            let to = main.column(&name).unwrap_or_else(|| {
                main.columns.push(TableColumn { name, named: false });
                main.columns.len() - 1
            });
            main.columns[to].named |= column.named;
            incoming.push(Incoming { from, to });
        }
        incoming
    }

    /// A main row with a row of the subsearch.
    fn joined(&self, row: &TableRow, sub: &TableRow, incoming: &[Incoming]) -> TableRow {
        let mut joined = row.clone();
        for Incoming { from, to } in incoming {
            let (value, new) = (&mut joined.values[*to], &sub.values[*from]);
            if !new.is_null() && (self.command.overwrite || value.is_null()) {
                *value = new.clone();
            }
        }
        joined.evidence.extend_from_slice(&sub.evidence);
        joined.evidence.sort_unstable();
        joined.evidence.dedup();
        joined.evidence.truncate(self.evidence);
        joined
    }
}

/// The texts of some values of a row.
fn texts(row: &TableRow, places: impl Iterator<Item = usize>) -> Vec<Vec<Cow<'_, str>>> {
    places.map(|at| row.values.get(at).map(Value::texts).unwrap_or_default()).collect()
}

/// The second in which each row of a table lies.
fn seconds(table: &Table) -> Vec<Option<i64>> {
    let at = table.column(TIME);
    let second = |row: &TableRow| Some(time_of(row.values.get(at?)?)?.div_euclid(1_000_000));
    table.rows.iter().map(second).collect()
}

impl TableStage for Join {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let sub = operand(context, self.operand)?;
        note_limit(sub, "N-LIMIT-JOIN", "join", context.notes);
        let keys = self.keys(&table, sub);
        if keys.is_none() && self.command.fields.is_empty() && !table.rows.is_empty() && !sub.rows.is_empty() {
            context.notes.warn("W-JOIN-NO-FIELD", "`join` without fields: the two sides have no field in common");
        }
        let keys = keys.unwrap_or_default();
        let index = if keys.is_empty() { Index::new() } else { self.index(sub, &keys)? };
        let (own, other) = if self.command.use_time && !fault("stages-join-without-time") {
            (seconds(&table), seconds(sub))
        } else {
            Default::default()
        };
        let incoming = self.head(&mut table, sub, &keys);
        let width = table.columns.len();
        let limit = table.rows.len().saturating_add(self.added_limit);
        let mut rows = Vec::new();
        for (at, mut row) in std::mem::take(&mut table.rows).into_iter().enumerate() {
            row.values.resize(width, Value::Null);
            // Rows of the same second are never too late or too early; what has no time is not judged by it.
            let in_time = |sub: usize| match (own.get(at).copied().flatten(), other.get(sub).copied().flatten()) {
                (Some(own), Some(other)) => own == other || (other < own) == self.command.earlier,
                _ => true,
            };
            let matches = self.matches(&row, &keys, &index, in_time)?;
            if rows.len().saturating_add(matches.len()) > limit {
                let message = format!("`join` gives more than {} rows more than came in", self.added_limit);
                return Err(PipelineError::new("E-STAGE-LIMIT", message));
            }
            if matches.is_empty() && self.command.left {
                rows.push(row);
            } else {
                rows.extend(matches.iter().map(|at| self.joined(&row, &sub.rows[*at], &incoming)));
            }
        }
        table.rows = rows;
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        // Without fields, all that both sides have are keys; with names for the sides, fields have other names afterwards.
        if self.command.fields.is_empty() || self.command.aliases.is_some() {
            return Needs::All;
        }
        let needs = self.command.fields.iter().fold(after, |needs, (left, _)| needs.and_field(left));
        if self.command.use_time { needs.and_field(TIME) } else { needs }
    }
}

#[cfg(test)]
mod tests;
