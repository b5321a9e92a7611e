//! `rex` that extracts (§5.7.1-5.7.4, §5.7.6).
//!
//! It stands in front of `stats` in many rules, so it runs over batches: a value without a match costs one search and no allocation,
//! and a value that comes again is not searched again, as long as values do repeat.

use std::sync::Arc;

use arrow_array::Array;
use retrohunt_regex::{Captures, Undecided};
use retrohunt_spl::plan::{RexCommand, RexMode};

use super::cells::set;
use super::pattern::Pattern;
use super::sed::Sed;
use crate::batch::{Batch, RAW, TIME};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::kernels::value::{Column, ValueRef};
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::predicate::write_virtual_raw;
use crate::stage::Stage;
use crate::table::Value;

/// Makes a `rex` ready.
///
/// # Errors
///
/// `E-STAGE-REGEX` if a pattern does not compile, or has no named group to extract (§5.7.2).
pub(super) fn rex(command: &RexCommand) -> Result<Box<dyn Stage>, PipelineError> {
    Ok(match &command.mode {
        RexMode::Sed(steps) => Box::new(Sed::new(&command.field, steps)?),
        RexMode::Extract { .. } => Box::new(Rex::new(command)?),
    })
}

/// A field that the pattern gives.
#[derive(Clone, Debug)]
struct Group {
    /// The field's name.
    name: Arc<str>,
    /// The groups of that name; the first that took part counts (§5.6.7).
    numbers: Vec<usize>,
}

/// An extracting `rex` made ready.
#[derive(Clone, Debug)]
pub(super) struct Rex {
    /// The field that is searched.
    field: Arc<str>,
    /// The pattern.
    pattern: Pattern,
    /// The fields it gives, in the order of the pattern.
    groups: Vec<Group>,
    /// Most matches per value; 0: no limit.
    max_match: u32,
    /// Field for the places of the groups.
    offset_field: Option<Arc<str>>,
}

/// What one value gave: the texts of each group, and behind them those of the offset field.
type Lists = [Vec<String>];

/// What is known of one value.
#[derive(Clone, Debug)]
enum Outcome {
    /// No match.
    Nothing,
    /// The search gave up.
    GaveUp,
    /// The values of the fields that get one, by the position of the field.
    Found(Vec<(usize, Value)>),
}

impl Rex {
    /// Makes an extracting `rex` ready.
    fn new(command: &RexCommand) -> Result<Self, PipelineError> {
        let RexMode::Extract { pattern, raw_pattern, max_match, offset_field } = &command.mode else {
            return Err(PipelineError::new("E-STAGE-COMMAND", "this `rex` does not extract"));
        };
        let compiled = Pattern::new(pattern, raw_pattern)?;
        let mut groups: Vec<Group> = Vec::new();
        for (number, name) in compiled.regex.capture_names().iter().enumerate() {
            let Some(name) = name else { continue };
            match groups.iter_mut().find(|group| *group.name == **name) {
                Some(group) => group.numbers.push(number),
                None => groups.push(Group { name: name.as_str().into(), numbers: vec![number] }),
            }
        }
        if groups.is_empty() {
            let message = format!("the pattern `{pattern}` of `rex` has no named group");
            return Err(PipelineError::new("E-STAGE-REGEX", message));
        }
        let offset_field = offset_field.as_deref().map(Arc::from);
        let field = command.field.as_str().into();
        Ok(Self { field, pattern: compiled, groups, max_match: *max_match, offset_field })
    }

    /// The fields it gives.
    fn targets(&self) -> impl Iterator<Item = &Arc<str>> {
        self.groups.iter().map(|group| &group.name).chain(&self.offset_field)
    }

    /// Adds what a value gives to the lists.
    fn search(&self, text: &str, captures: &mut Captures, lists: &mut Lists) -> Result<(), Undecided> {
        let mut matches = self.pattern.regex.matches(text);
        let mut count = 0;
        while (self.max_match == 0 || count < self.max_match) && matches.advance(captures)? {
            count += 1;
            for (group, list) in self.groups.iter().zip(lists.iter_mut()) {
                if let Some(range) = group.numbers.iter().find_map(|number| captures.group(*number)) {
                    if fault("stages-rex-keeps-last-match") {
                        list.clear();
                    }
                    list.push(text.get(range).unwrap_or_default().to_owned());
                } else if fault("stages-rex-unmatched-group-is-empty") {
                    list.push(String::new());
                }
            }
            if let Some(places) = self.offset_field.as_ref().and_then(|_| lists.get_mut(self.groups.len())) {
                let text = self.places(text, captures);
                if !text.is_empty() {
                    places.push(text);
                }
            }
        }
        Ok(())
    }

    /// Where the groups of a match stand: `group=first-last`, in characters from 0, joined with `&` (§5.7.6). A group without
    /// characters has no place.
    fn places(&self, text: &str, captures: &Captures) -> String {
        let mut out = String::new();
        for group in &self.groups {
            let range = group.numbers.iter().find_map(|number| captures.group(*number));
            let Some(range) = range.filter(|range| !range.is_empty()) else { continue };
            let start = text.get(..range.start).unwrap_or_default().chars().count();
            let length = text.get(range).unwrap_or_default().chars().count();
            let separator = if out.is_empty() { "" } else { "&" };
            out.push_str(&format!("{separator}{}={start}-{}", group.name, start + length.max(1) - 1));
        }
        out
    }

    /// What the values of one row give.
    fn outcome<'v>(&self, values: impl FnOnce(&mut dyn FnMut(ValueRef<'v>)), scratch: &mut Scratch) -> Outcome {
        let Scratch { captures, lists, text } = scratch;
        let mut gave_up = false;
        values(&mut |value| {
            gave_up = gave_up || self.search(value.text_in(text), captures, lists).is_err();
        });
        if gave_up {
            lists.iter_mut().for_each(Vec::clear);
            return Outcome::GaveUp;
        }
        let full = lists.iter_mut().enumerate().filter(|(_, list)| !list.is_empty());
        let found: Vec<(usize, Value)> = full.map(|(at, list)| (at, Value::from_texts(std::mem::take(list)))).collect();
        if found.is_empty() { Outcome::Nothing } else { Outcome::Found(found) }
    }
}

/// Space for one search.
struct Scratch {
    /// Places of groups.
    captures: Captures,
    /// Texts per field.
    lists: Vec<Vec<String>>,
    /// The text of a value that is none.
    text: String,
}

/// Results of values that were searched before.
#[derive(Default)]
struct Memory<'v> {
    /// What each value gave.
    known: hashbrown::HashMap<&'v str, Outcome>,
    /// Values asked for.
    asked: usize,
    /// Values that were known.
    answered: usize,
}

/// After so many values at least a quarter must have been known, or values are searched without a look at the memory: a look costs
/// about as much as a failing search for a rare literal.
const TRIAL: usize = 256;

impl Memory<'_> {
    /// Is it worth a look?
    fn pays(&self) -> bool {
        self.asked < TRIAL || self.answered * 4 >= self.asked
    }
}

/// What was found in a batch, per field: rows ascending.
struct Found {
    /// New values per field.
    made: Vec<Vec<(usize, Value)>>,
    /// Rows that the pattern gave up on.
    undecided: u64,
}

impl Found {
    /// Takes what a row gave.
    fn take(&mut self, row: usize, outcome: &Outcome) {
        match outcome {
            Outcome::Nothing => {}
            Outcome::GaveUp => self.undecided += 1,
            Outcome::Found(values) => {
                values.iter().for_each(|(at, value)| self.made[*at].push((row, value.clone())));
            }
        }
    }
}

impl Rex {
    /// Searches a column.
    fn search_column(&self, column: &Column<'_>, rows: usize, scratch: &mut Scratch, found: &mut Found) {
        let mut memory = Memory::default();
        for row in 0..rows {
            match (column, column.scalar(row)) {
                (Column::Text(_), Some(ValueRef::Text(text))) if memory.pays() => {
                    memory.asked += 1;
                    if let Some(outcome) = memory.known.get(text) {
                        memory.answered += 1;
                        found.take(row, outcome);
                    } else {
                        let outcome = self.outcome(|visit| visit(ValueRef::Text(text)), scratch);
                        found.take(row, &outcome);
                        memory.known.insert(text, outcome);
                    }
                }
                (_, Some(value)) => found.take(row, &self.outcome(|visit| visit(value), scratch)),
                (Column::List(..), None) => {
                    let all = |visit: &mut dyn FnMut(_)| column.for_each(row, |_, value| visit(value));
                    found.take(row, &self.outcome(all, scratch));
                }
                _ => {}
            }
        }
    }
}

impl Stage for Rex {
    fn apply(&self, mut batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        let fields = self.targets().count();
        let lists = vec![Vec::new(); fields];
        let mut scratch = Scratch { captures: Captures::new(), lists, text: String::new() };
        let mut found = Found { made: vec![Vec::new(); fields], undecided: 0 };
        match batch.column(&self.field) {
            Some(array) => self.search_column(&Column::new(array), array.len(), &mut scratch, &mut found),
            None if &*self.field == RAW => {
                // As for `regex`: all fields but the row's time (§5.5.2).
                let sources: Vec<_> = batch.fields().iter().filter(|(name, _)| &**name != TIME).cloned().collect();
                let mut text = String::new();
                for row in 0..batch.rows() {
                    text.clear();
                    write_virtual_raw(&sources, row, &mut text);
                    found.take(row, &self.outcome(|visit| visit(ValueRef::Text(&text)), &mut scratch));
                }
            }
            None => {}
        }
        notes.undecided += found.undecided;
        self.pattern.warn(batch.rows(), notes);
        for (target, made) in self.targets().zip(found.made) {
            batch = set(batch, target, made)?;
        }
        Ok(batch)
    }

    fn layout(&self, layout: &mut Layout) {
        self.targets().for_each(|target| layout.add(target));
    }

    fn needs(&self, after: Needs) -> Needs {
        // A field that is given keeps its value in rows without a match, so it is still read.
        if &*self.field == RAW { Needs::All } else { after.and_field(&self.field) }
    }
}
