//! `rename` (§5.3).
//!
//! Clauses go left to right. One that names a field sets the target in every row, also to ∅ (§5.3.2), unless an earlier clause of
//! the same command gives that target: then the last one that has a value wins (§5.3.3). One with wildcards looks at each row's own
//! fields: a row without the source keeps what it has under the target's name. So the result does not depend on which files, or
//! which other rows, have a field that the pattern selects.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef};
use retrohunt_spl::plan::{FieldPattern, RenameClause};

use super::cells::coalesce;
use super::wildcard::{captures, fill, may_give, rename, same_stars};
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::{Needs, exactly};
use crate::notes::Notes;
use crate::stage::Stage;

/// Columns by name, in order.
type Fields = Vec<(Arc<str>, ArrayRef)>;

/// A `rename` made ready.
#[derive(Clone, Debug)]
pub(super) struct Rename {
    /// The clauses.
    clauses: Vec<RenameClause>,
}

impl Rename {
    /// Makes a `rename` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-WILDCARD` if the two sides of a clause differ in how many `*` they have (§5.3.1).
    pub(super) fn new(clauses: &[RenameClause]) -> Result<Self, PipelineError> {
        for clause in clauses {
            if !same_stars(&clause.from.glob, &clause.to) {
                let (from, to) = (clause.from.glob.text(), clause.to.text());
                let message = format!("`{from} AS {to}`: both sides must have as many `*`");
                return Err(PipelineError::new("E-STAGE-WILDCARD", message));
            }
        }
        Ok(Self { clauses: clauses.to_vec() })
    }
}

/// The place of a column.
fn place(fields: &Fields, name: &str) -> Option<usize> {
    fields.iter().position(|(field, _)| **field == *name)
}

/// Warns if a row loses the target's value because it has no source (§5.3.2).
fn warn_lost(source: Option<&ArrayRef>, target: &ArrayRef, notes: &mut Notes) {
    let source = source.map_or(Column::Missing, |array| Column::new(array));
    let old = Column::new(target);
    if (0..target.len()).any(|row| old.is_present(row) && !source.is_present(row)) {
        notes
            .warn("W-RENAME-MISSING", "a field was renamed that some rows do not have, which removes the target there");
    }
}

/// Renames one field. `written`: an earlier clause gives the target too.
fn rename_field(
    fields: &mut Fields,
    from: &str,
    to: &str,
    written: bool,
    notes: &mut Notes,
) -> Result<(), PipelineError> {
    let (source, target) = (place(fields, from), place(fields, to));
    if let (false, Some(target)) = (written, target) {
        warn_lost(source.map(|source| &fields[source].1), &fields[target].1, notes);
    }
    match (source, target) {
        (Some(source), target) => {
            if let (true, Some(target)) = (written, target) {
                fields[source].1 = coalesce(&fields[source].1, &fields[target].1)?;
            }
            fields[source].0 = to.into();
            if let Some(target) = target {
                fields.remove(target);
            }
        }
        (None, Some(target)) if !written => {
            fields.remove(target);
        }
        (None, _) => {}
    }
    Ok(())
}

/// Renames what a pattern selects: all at once, so that a new name is not taken for an old one.
fn rename_pattern(fields: &mut Fields, clause: &RenameClause) -> Result<(), PipelineError> {
    let mut moves: Vec<(usize, Arc<str>)> = Vec::new();
    for (at, (name, _)) in fields.iter().enumerate() {
        if let Some(new) = rename(clause, name)
            && *new != **name
        {
            moves.push((at, new.into()));
        }
    }
    // Of two fields with one new name, which `*`s can bring about, the later by code point wins where it has a value.
    moves.sort_by(|a, b| fields[b.0].0.cmp(&fields[a.0].0));
    let mut gone = vec![false; fields.len()];
    let mut placed: hashbrown::HashMap<Arc<str>, usize> = hashbrown::HashMap::new();
    for (at, new) in &moves {
        match placed.get(new) {
            Some(first) => {
                fields[*first].1 = coalesce(&fields[*first].1, &fields[*at].1)?;
                gone[*at] = true;
            }
            None => {
                placed.insert(new.clone(), *at);
            }
        }
    }
    let mut moving = vec![false; fields.len()];
    moves.iter().for_each(|(at, _)| moving[*at] = true);
    for old in (0..fields.len()).filter(|at| !moving[*at]) {
        if let Some(at) = placed.get(&fields[old].0) {
            fields[*at].1 = coalesce(&fields[*at].1, &fields[old].1)?;
            gone[old] = true;
        }
    }
    for (at, new) in moves {
        fields[at].0 = new;
    }
    let mut gone = gone.into_iter();
    fields.retain(|_| !gone.next().unwrap_or(false));
    Ok(())
}

impl Stage for Rename {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        let (mut fields, keys) = batch.into_parts();
        for (at, clause) in self.clauses.iter().enumerate() {
            match (clause.from.glob.literal(), clause.to.literal()) {
                (Some(from), Some(to)) if from != to => {
                    let written = may_give(&self.clauses[..at], to);
                    rename_field(&mut fields, from, to, written, notes)?;
                }
                (Some(_), _) => {}
                (None, _) => rename_pattern(&mut fields, clause)?,
            }
        }
        // Under the name `_time`, numbers become times.
        Batch::new(fields, keys)
    }

    fn layout(&self, layout: &mut Layout) {
        layout.rename(&self.clauses);
    }

    fn needs(&self, after: Needs) -> Needs {
        let Needs::Fields(mut patterns) = after else { return Needs::All };
        for (at, clause) in self.clauses.iter().enumerate().rev() {
            let mut before = Needs::Fields(Vec::new());
            for pattern in patterns {
                before = needs_before(clause, may_give(&self.clauses[..at], &clause.to.text()), pattern, before);
            }
            let Needs::Fields(next) = before else { return Needs::All };
            patterns = next;
        }
        Needs::Fields(patterns)
    }
}

/// Adds what a clause reads for one pattern that is wanted behind it. `written`: an earlier clause gives the target too.
fn needs_before(clause: &RenameClause, written: bool, wanted: FieldPattern, before: Needs) -> Needs {
    match (clause.from.glob.literal(), clause.to.literal(), wanted.glob.literal()) {
        (Some(from), Some(to), _) if from == to => before.and(wanted),
        (Some(from), Some(to), Some(name)) => match (name == to, name == from) {
            (true, _) if written => before.and_field(from).and(wanted),
            (true, _) => before.and_field(from),
            (_, true) => before,
            _ => before.and(wanted),
        },
        (Some(from), Some(to), None) => {
            let before = if wanted.selects(to) { before.and_field(from) } else { before };
            before.and(wanted)
        }
        // Where the captures of a name are not the only ones that give it, all sources are read.
        (_, _, Some(name)) => {
            let before = before.and(wanted.clone());
            match captures(&clause.to, name) {
                Some(found) if found.len() == 1 => before.and(exactly(&fill(&clause.from.glob, &found))),
                Some(_) => before.and(clause.from.clone()),
                None => before,
            }
        }
        (_, _, None) => before.and(wanted).and(clause.from.clone()),
    }
}
