//! `stats` (§5.10): by-fields to groups, aggregates over groups.
//!
//! Partial state, one row per group: `key.0`, `key.1`, … (`Utf8`, the texts of the by-fields); `evidence.time`, `evidence.file`,
//! `evidence.row` (lists, the keys of the first rows in stream order); for the aggregate `i` the columns of its own state, each
//! named `<i>|<field>|<column>`. The field is empty but for an argument with a wildcard, which has a state per field.

pub(crate) mod computed;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod slots;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use retrohunt_spl::plan::StatsCommand;

use self::slots::{Slot, SlotState, Slots};
use crate::aggregate::AllNum;
use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::group::{Assignment, GroupTable};
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::{Needs, exactly};
use crate::notes::Notes;
use crate::partial::{self, Parts};
use crate::pipeline::Settings;

/// Kind of the partial state.
const KIND: &str = "stats";

/// A `stats` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Stats {
    /// By-fields, each once.
    by: Vec<Arc<str>>,
    /// The aggregates.
    slots: Slots,
    /// `dedup_splitvals`.
    dedup: bool,
    /// How many rows a group remembers.
    evidence: usize,
    /// How many combinations of multivalue by-fields a row may have.
    split_limit: usize,
}

/// State of a `stats`.
#[derive(Clone, Debug)]
pub(crate) struct StatsState {
    /// The groups.
    groups: GroupTable,
    /// One per aggregate.
    slots: Vec<SlotState>,
    /// First rows of each group in stream order.
    evidence: Vec<Vec<RowKey>>,
    /// Rows of the current batch and their groups.
    assigned: Vec<Assignment>,
}

/// The by-fields of a command, each once.
///
/// # Errors
///
/// `E-STAGE-WILDCARD` if one holds a wildcard.
pub(crate) fn by_fields(by: &[String]) -> Result<Vec<Arc<str>>, PipelineError> {
    let mut fields: Vec<Arc<str>> = Vec::new();
    for name in by {
        if name.contains('*') {
            return Err(PipelineError::new("E-STAGE-WILDCARD", format!("the by-field `{name}` holds a wildcard")));
        }
        if !fields.iter().any(|field| **field == **name) {
            fields.push(name.as_str().into());
        }
    }
    Ok(fields)
}

impl Stats {
    /// Makes a `stats` ready.
    ///
    /// # Errors
    ///
    /// Those of [`by_fields`] and [`Slots::new`].
    pub(crate) fn new(command: &StatsCommand, evidence: usize, settings: &Settings) -> Result<Self, PipelineError> {
        let by = by_fields(&command.by)?;
        let allnum = if command.allnum { AllNum::Field } else { AllNum::Off };
        let slots = Slots::new(&command.aggregates, &by, allnum, settings)?;
        Ok(Self { by, slots, dedup: command.dedup_splitvals, evidence, split_limit: settings.split_limit })
    }

    /// The fields that are read.
    pub(crate) fn needs(&self) -> Needs {
        self.slots.needs(self.by.iter().map(|name| exactly(name)).fold(Needs::Fields(Vec::new()), Needs::and))
    }

    /// No rows yet.
    pub(crate) fn state(&self) -> StatsState {
        StatsState {
            groups: GroupTable::new(self.by.len(), self.dedup, self.split_limit),
            slots: self.slots.states(),
            evidence: Vec::new(),
            assigned: Vec::new(),
        }
    }

    /// Takes the rows of a batch.
    pub(crate) fn update(&self, state: &mut StatsState, batch: &Batch, notes: &mut Notes) -> Result<(), PipelineError> {
        let view = |name: &str| batch.column(name).map_or(Column::Missing, |array| Column::new(array));
        let by: Vec<Column<'_>> = self.by.iter().map(|name| view(name)).collect();
        state.assigned.clear();
        state.groups.assign(&by, batch.rows(), &mut state.assigned)?;
        let groups = state.groups.len();
        self.slots.update(&mut state.slots, batch, (&state.assigned, groups), notes)?;
        for at in 0..state.assigned.len() {
            let assignment = state.assigned[at];
            state.note(assignment.group, batch.keys()[assignment.row as usize], self.evidence, groups);
        }
        Ok(())
    }

    /// The state as a batch.
    pub(crate) fn partial(&self, state: &StatsState) -> Result<RecordBatch, PipelineError> {
        let groups = state.groups.len();
        let numbers = || (0_u32..).take(groups);
        let mut columns: Vec<(String, ArrayRef)> = Vec::new();
        partial::check_size(0, numbers().map(|group| state.groups.key(group).iter().map(|text| text.len()).sum()))?;
        for field in 0..self.by.len() {
            let texts = numbers().map(|group| state.groups.key(group).get(field).map(|text| (*text).to_owned()));
            columns.push((format!("key.{field}"), Arc::new(texts.collect::<StringArray>())));
        }
        let evidence = (0..groups).map(|group| state.evidence.get(group).map_or(&[][..], Vec::as_slice));
        columns.extend(partial::write_key_lists(evidence).map(|(name, array)| (format!("evidence.{name}"), array)));
        Slots::partial(&state.slots, groups, &mut columns)?;
        partial::write(KIND, columns, groups)
    }

    /// Takes a partial state.
    pub(crate) fn merge(&self, state: &mut StatsState, batch: &RecordBatch) -> Result<(), PipelineError> {
        partial::check(batch, KIND)?;
        let keys = Parts { batch, prefix: "key.".to_owned() };
        let keys: Vec<&StringArray> =
            (0..self.by.len()).map(|field| keys.texts(&field.to_string())).collect::<Result<_, _>>()?;
        let mut map = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            map.push(state.groups.group_of(keys.iter().map(|texts| texts.value(row)))?);
        }
        forget_a_group(&mut map);
        let evidence = partial::read_key_lists(&Parts { batch, prefix: "evidence.".to_owned() })?;
        state.note_all(&map, evidence, self.evidence);
        self.slots.merge(&mut state.slots, &map, batch)
    }

    /// Takes another state.
    pub(crate) fn absorb(&self, state: &mut StatsState, other: StatsState) -> Result<(), PipelineError> {
        let mut map = Vec::with_capacity(other.groups.len());
        for group in (0_u32..).take(other.groups.len()) {
            map.push(state.groups.group_of(other.groups.key(group).into_iter())?);
        }
        forget_a_group(&mut map);
        state.note_all(&map, other.evidence, self.evidence);
        self.slots.absorb(&mut state.slots, &map, other.slots)
    }

    /// The result. `layout`: the columns of the rows that came in, for the fields that a wildcard takes by name (§9.6).
    pub(crate) fn finish(&self, mut state: StatsState, layout: &Layout) -> Result<crate::table::Table, PipelineError> {
        // §5.10.6: without rows there is a row only for a `count` or `dc`, and only without by-fields.
        if state.groups.len() == 0 && self.by.is_empty() && self.slots.iter().any(Slot::counts) {
            state.groups.group_of(std::iter::empty())?;
        }
        let columns = self.slots.finish(state.slots, state.groups.len(), layout)?;
        Ok(order::table(&self.by, &state.groups, columns, state.evidence))
    }
}

impl StatsState {
    /// Heap memory in bytes, about.
    pub(crate) fn memory_usage(&self) -> usize {
        let evidence = self.evidence.iter().map(|list| size_of_val(list) + list.capacity() * size_of::<RowKey>());
        let assigned = self.assigned.capacity() * size_of::<Assignment>();
        self.groups.memory_usage()
            + assigned
            + self.slots.iter().map(SlotState::memory_usage).chain(evidence).sum::<usize>()
    }

    /// Remembers a row of a group, if it is among the first `limit` ones.
    fn note(&mut self, group: u32, key: RowKey, limit: usize, groups: usize) {
        if limit == 0 {
            return;
        }
        if self.evidence.len() < groups {
            self.evidence.resize(groups, Vec::new());
        }
        let list = &mut self.evidence[group as usize];
        if list.len() >= limit && list.last().is_some_and(|last| key >= *last) {
            return;
        }
        if let Err(at) = list.binary_search(&key) {
            list.insert(at, key);
            list.truncate(limit);
        }
    }

    /// Remembers the rows of another state's groups.
    fn note_all(&mut self, map: &[u32], lists: Vec<Vec<RowKey>>, limit: usize) {
        let groups = self.groups.len();
        for (group, list) in map.iter().zip(lists) {
            for key in list {
                self.note(*group, key, limit, groups);
            }
        }
    }
}

/// A deliberate mistake: the last group of a merge goes into the first.
fn forget_a_group(map: &mut [u32]) {
    if fault("stages-merge-forgets-group")
        && let [.., before, last] = map
    {
        *last = *before;
    }
}

#[cfg(test)]
mod tests;
