//! `stats` (§5.10): by-fields to groups, aggregates over groups.
//!
//! Partial state, one row per group: `key.0`, `key.1`, … (`Utf8`, the texts of the by-fields); `evidence.time`, `evidence.file`,
//! `evidence.row` (lists, the keys of the first rows in stream order); for the aggregate `i` the columns of its own state, each
//! named `<i>|<field>|<column>`. The field is empty but for an argument with a wildcard, which has a state per field.

mod names;
mod order;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use retrohunt_spl::plan::{AggregateFunc, FieldPattern, StatsCommand};

use crate::aggregate::{Accumulator, Input};
use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::group::{Assignment, GroupTable};
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::{Needs, exactly};
use crate::partial::{self, Parts};
use crate::table::Value;

/// Kind of the partial state.
const KIND: &str = "stats";

/// A `stats` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Stats {
    /// By-fields, each once.
    by: Vec<Arc<str>>,
    /// Aggregates in the order written.
    slots: Vec<Slot>,
    /// `dedup_splitvals`.
    dedup: bool,
    /// `allnum`.
    allnum: bool,
    /// How many rows a group remembers.
    evidence: usize,
    /// How many combinations of multivalue by-fields a row may have.
    split_limit: usize,
}

/// An aggregate of a `stats`.
#[derive(Clone, Debug)]
struct Slot {
    /// The function.
    func: AggregateFunc,
    /// What it is over.
    target: Target,
    /// Output name; for a wildcard, a pattern or an exact name; absent: `func(field)`.
    output: names::Output,
}

/// What an aggregate is over.
#[derive(Clone, Debug)]
enum Target {
    /// Rows.
    Rows,
    /// A field.
    Field(Arc<str>),
    /// The fields that a pattern selects.
    Pattern(FieldPattern),
}

/// State of an aggregate.
#[derive(Clone, Debug)]
enum SlotState {
    /// Over rows or one field.
    One(Accumulator),
    /// By field, those with a value in some group.
    Many(BTreeMap<Arc<str>, Accumulator>),
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

impl Stats {
    /// Makes a `stats` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-CLASH` and `E-STAGE-WILDCARD`, as [`PipelineError`] says.
    pub(crate) fn new(command: &StatsCommand, evidence: usize, split_limit: usize) -> Result<Self, PipelineError> {
        let mut by: Vec<Arc<str>> = Vec::new();
        for name in &command.by {
            if name.contains('*') {
                return Err(PipelineError::new("E-STAGE-WILDCARD", format!("the by-field `{name}` holds a wildcard")));
            }
            if !by.iter().any(|field| **field == **name) {
                by.push(name.as_str().into());
            }
        }
        let slot = |aggregate: &retrohunt_spl::plan::Aggregate| {
            let target = match aggregate.field() {
                None => Target::Rows,
                Some(pattern) => match pattern.glob.literal() {
                    Some(name) => Target::Field(name.into()),
                    None => Target::Pattern(pattern.clone()),
                },
            };
            Ok(Slot { func: aggregate.func, target, output: names::Output::new(aggregate)? })
        };
        let slots = command.aggregates.iter().map(slot).collect::<Result<Vec<Slot>, PipelineError>>()?;
        let exact = |slot: &&Slot| !matches!(slot.target, Target::Pattern(_));
        names::check_distinct(slots.iter().filter(exact).filter_map(|slot| slot.output.exact()))?;
        let (dedup, allnum) = (command.dedup_splitvals, command.allnum);
        Ok(Self { by, slots, dedup, allnum, evidence, split_limit })
    }

    /// The fields that are read.
    pub(crate) fn needs(&self) -> Needs {
        let by = self.by.iter().map(|name| exactly(name));
        let targets = self.slots.iter().filter_map(|slot| match &slot.target {
            Target::Rows => None,
            Target::Field(name) => Some(exactly(name)),
            Target::Pattern(pattern) => Some(pattern.clone()),
        });
        by.chain(targets).fold(Needs::Fields(Vec::new()), Needs::and)
    }

    /// No rows yet.
    pub(crate) fn state(&self) -> StatsState {
        let slot = |slot: &Slot| match slot.target {
            Target::Pattern(_) => SlotState::Many(BTreeMap::new()),
            _ => SlotState::One(Accumulator::new(slot.func, self.allnum)),
        };
        StatsState {
            groups: GroupTable::new(self.by.len(), self.dedup, self.split_limit),
            slots: self.slots.iter().map(slot).collect(),
            evidence: Vec::new(),
            assigned: Vec::new(),
        }
    }

    /// Takes the rows of a batch.
    pub(crate) fn update(&self, state: &mut StatsState, batch: &Batch) -> Result<(), PipelineError> {
        let view = |name: &str| batch.column(name).map_or(Column::Missing, |array| Column::new(array));
        let by: Vec<Column<'_>> = self.by.iter().map(|name| view(name)).collect();
        state.assigned.clear();
        state.groups.assign(&by, batch.rows(), &mut state.assigned)?;
        let input =
            |column| Input { assigned: &state.assigned, column, keys: batch.keys(), groups: state.groups.len() };
        for (slot, slot_state) in self.slots.iter().zip(&mut state.slots) {
            match (&slot.target, slot_state) {
                (Target::Field(name), SlotState::One(accumulator)) => accumulator.update(&input(Some(view(name))))?,
                (Target::Pattern(pattern), SlotState::Many(fields)) => {
                    for (name, array) in batch.fields() {
                        if self.expands_to(pattern, name) && array.null_count() < array.len() {
                            let accumulator =
                                fields.entry(name.clone()).or_insert_with(|| Accumulator::new(slot.func, self.allnum));
                            accumulator.update(&input(Some(Column::new(array))))?;
                        }
                    }
                }
                (_, SlotState::One(accumulator)) => accumulator.update(&input(None))?,
                (_, SlotState::Many(_)) => {}
            }
        }
        let groups = state.groups.len();
        for at in 0..state.assigned.len() {
            let assignment = state.assigned[at];
            state.note(assignment.group, batch.keys()[assignment.row as usize], self.evidence, groups);
        }
        Ok(())
    }

    /// Does a wildcard argument take this field (§5.10.4)? Not by-fields, and not fields that start with `_`.
    fn expands_to(&self, pattern: &FieldPattern, name: &str) -> bool {
        pattern.selects(name) && !name.starts_with('_') && !self.by.iter().any(|field| **field == *name)
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
        for (at, slot) in state.slots.iter().enumerate() {
            let mut write = |field: &str, accumulator: &Accumulator| {
                let parts = accumulator.partial(groups)?.into_iter();
                columns.extend(parts.map(|(name, array)| (format!("{at}|{field}|{name}"), array)));
                Ok(())
            };
            match slot {
                SlotState::One(accumulator) => write("", accumulator)?,
                SlotState::Many(fields) => {
                    fields.iter().try_for_each(|(field, accumulator)| write(field, accumulator))?;
                }
            }
        }
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
        for (at, slot) in state.slots.iter_mut().enumerate() {
            match slot {
                SlotState::One(accumulator) => accumulator.merge(&map, &Parts { batch, prefix: format!("{at}||") })?,
                SlotState::Many(fields) => {
                    for field in stored_fields(batch, at) {
                        let parts = Parts { batch, prefix: format!("{at}|{field}|") };
                        let func = self.slots[at].func;
                        let accumulator =
                            fields.entry(field.into()).or_insert_with(|| Accumulator::new(func, self.allnum));
                        accumulator.merge(&map, &parts)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes another state.
    pub(crate) fn absorb(&self, state: &mut StatsState, other: StatsState) -> Result<(), PipelineError> {
        let mut map = Vec::with_capacity(other.groups.len());
        for group in (0_u32..).take(other.groups.len()) {
            map.push(state.groups.group_of(other.groups.key(group).into_iter())?);
        }
        forget_a_group(&mut map);
        state.note_all(&map, other.evidence, self.evidence);
        for ((at, slot), other) in state.slots.iter_mut().enumerate().zip(other.slots) {
            match (slot, other) {
                (SlotState::One(accumulator), SlotState::One(other)) => accumulator.absorb(&map, other)?,
                (SlotState::Many(fields), SlotState::Many(others)) => {
                    for (field, other) in others {
                        let func = self.slots[at].func;
                        let accumulator = fields.entry(field).or_insert_with(|| Accumulator::new(func, self.allnum));
                        accumulator.absorb(&map, other)?;
                    }
                }
                _ => return Err(partial::refused("the states are of different pipelines")),
            }
        }
        Ok(())
    }

    /// The result. `layout`: the columns of the rows that came in, for the fields that a wildcard takes by name (§9.6).
    pub(crate) fn finish(&self, mut state: StatsState, layout: &Layout) -> Result<crate::table::Table, PipelineError> {
        // §5.10.6: without rows there is a row only for a `count` or `dc`, and only without by-fields.
        if state.groups.len() == 0 && self.by.is_empty() && self.slots.iter().any(Slot::counts) {
            state.groups.group_of(std::iter::empty())?;
        }
        let groups = state.groups.len();
        let mut columns = Vec::new();
        for ((at, slot), slot_state) in self.slots.iter().enumerate().zip(state.slots) {
            let mut add = |field: Option<&str>, named: bool, values: Vec<Value>| {
                let wildcard = field.is_some();
                let name = slot.output.name(field, slot.func);
                let literals = slot.literals();
                columns.push(names::Candidate { name, named, wildcard, literals, slot: at, values });
            };
            match (&slot.target, slot_state) {
                (Target::Pattern(pattern), SlotState::Many(mut fields)) => {
                    let named: BTreeSet<Arc<str>> =
                        layout.named().filter(|name| self.expands_to(pattern, name)).cloned().collect();
                    let all: BTreeSet<Arc<str>> = named.iter().chain(fields.keys()).cloned().collect();
                    for field in all {
                        let accumulator = fields.remove(&field);
                        let values = accumulator.map_or_else(Vec::new, |accumulator| accumulator.finish(groups));
                        let values =
                            (0..groups).map(|at| values.get(at).map_or(Value::Null, |value| slot.present(value)));
                        add(Some(&field), named.contains(&field), values.collect());
                    }
                }
                (_, SlotState::One(accumulator)) => add(None, true, accumulator.finish(groups)),
                (_, SlotState::Many(_)) => {}
            }
        }
        let columns = names::settle(columns, &self.by);
        Ok(order::table(&self.by, &state.groups, columns, state.evidence))
    }
}

impl Slot {
    /// Is it a `count` or `dc` that is 0 where there are no rows (§5.10.6)?
    fn counts(&self) -> bool {
        matches!(self.func, AggregateFunc::Count | AggregateFunc::Dc) && !matches!(self.target, Target::Pattern(_))
    }

    /// What a wildcard argument gives: a field without a value in a group is ∅, also for `count` and `dc` (§5.10.4).
    fn present(&self, value: &Value) -> Value {
        let counts = matches!(self.func, AggregateFunc::Count | AggregateFunc::Dc);
        if counts && *value == Value::Int(0) { Value::Null } else { value.clone() }
    }

    /// Number of literal characters of a wildcard argument; the more, the narrower (§5.10.5).
    fn literals(&self) -> usize {
        match &self.target {
            Target::Pattern(pattern) => pattern.glob.pieces.iter().map(|piece| piece.chars().count()).sum(),
            _ => 0,
        }
    }
}

impl StatsState {
    /// Heap memory in bytes, about.
    pub(crate) fn memory_usage(&self) -> usize {
        let slot = |slot: &SlotState| match slot {
            SlotState::One(accumulator) => accumulator.memory_usage(),
            SlotState::Many(fields) => fields.values().map(Accumulator::memory_usage).sum(),
        };
        let evidence = self.evidence.iter().map(|list| size_of_val(list) + list.capacity() * size_of::<RowKey>());
        let assigned = self.assigned.capacity() * size_of::<Assignment>();
        self.groups.memory_usage() + assigned + self.slots.iter().map(slot).chain(evidence).sum::<usize>()
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

/// The fields that a partial state holds for a wildcard aggregate.
fn stored_fields(batch: &RecordBatch, slot: usize) -> BTreeSet<String> {
    let prefix = format!("{slot}|");
    let fields = batch.schema_ref().fields().iter();
    fields.filter_map(|field| Some(field.name().strip_prefix(&prefix)?.rsplit_once('|')?.0.to_owned())).collect()
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
