//! The aggregates of a command over any groups: what each is over, its state, its columns. `stats`, `eventstats`, `streamstats` and
//! `chart` share this and differ in how rows come to groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use retrohunt_spl::plan::{Aggregate, AggregateFunc, FieldPattern, Over};

use super::computed::Computed;
use super::names::{self, Candidate};
use crate::aggregate::{Accumulator, AllNum, Input, Recipe};
use crate::batch::{Batch, TIME};
use crate::bin::edges::Edges;
use crate::error::PipelineError;
use crate::group::Assignment;
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::{Needs, exactly};
use crate::notes::Notes;
use crate::partial::{self, Parts};
use crate::pipeline::Settings;
use crate::table::Value;

/// The aggregates in the order written.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    /// One each.
    slots: Vec<Slot>,
    /// By-fields, which a wildcard does not take.
    by: Vec<Arc<str>>,
}

/// An aggregate.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// Which it is.
    pub(crate) recipe: Recipe,
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
    /// An expression.
    Eval(Arc<Computed>),
}

/// State of an aggregate.
#[derive(Clone, Debug)]
pub(crate) enum SlotState {
    /// Over rows, one field or an expression.
    One(Accumulator),
    /// By field, those with a value in some group.
    Many(BTreeMap<Arc<str>, Accumulator>),
}

/// An aggregate over one column of a row set.
#[derive(Clone, Debug)]
pub(crate) struct SlotColumn {
    /// Which aggregate.
    pub(crate) slot: usize,
    /// The values; none for a count of rows.
    pub(crate) array: Option<ArrayRef>,
    /// Its output column, without values yet.
    pub(crate) candidate: Candidate,
}

impl Slots {
    /// Makes aggregates ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-CLASH`, `E-STAGE-WILDCARD`, `E-STAGE-SPAN` and those of expressions, as [`PipelineError`] says.
    pub(crate) fn new(
        aggregates: &[Aggregate],
        by: &[Arc<str>],
        allnum: AllNum,
        settings: &Settings,
    ) -> Result<Self, PipelineError> {
        let slot = |aggregate: &Aggregate| {
            let target = match &aggregate.over {
                Over::Rows => Target::Rows,
                Over::Field(pattern) => match pattern.glob.literal() {
                    Some(name) => Target::Field(name.into()),
                    None => Target::Pattern(pattern.clone()),
                },
                Over::Eval(expr) => Target::Eval(Arc::new(Computed::new(expr, settings)?)),
            };
            let edges =
                |span: &Option<_>| span.as_ref().map(|span| Edges::new(span, true, &settings.timezone)).transpose();
            let sparkline = aggregate.sparkline.as_ref().map(edges).transpose()?;
            let recipe = Recipe { func: aggregate.func, allnum, sparkline };
            Ok(Slot { recipe, target, output: names::Output::new(aggregate)? })
        };
        let slots = aggregates.iter().map(slot).collect::<Result<Vec<Slot>, PipelineError>>()?;
        let exact = |slot: &&Slot| !matches!(slot.target, Target::Pattern(_));
        names::check_distinct(slots.iter().filter(exact).filter_map(|slot| slot.output.exact()))?;
        Ok(Self { slots, by: by.to_vec() })
    }

    /// The aggregates.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// These fields and those that the aggregates read.
    pub(crate) fn needs(&self, mut needs: Needs) -> Needs {
        for slot in &self.slots {
            needs = match &slot.target {
                Target::Rows => needs,
                Target::Field(name) => needs.and(exactly(name)),
                Target::Pattern(pattern) => needs.and(pattern.clone()),
                Target::Eval(computed) => computed.needs(needs),
            };
            if slot.timed() {
                needs = needs.and_field(TIME);
            }
        }
        needs
    }

    /// No rows yet.
    pub(crate) fn states(&self) -> Vec<SlotState> {
        let state = |slot: &Slot| match slot.target {
            Target::Pattern(_) => SlotState::Many(BTreeMap::new()),
            _ => SlotState::One(Accumulator::new(&slot.recipe)),
        };
        self.slots.iter().map(state).collect()
    }

    /// Takes the rows of a batch, assigned to groups, of which there are now so many.
    pub(crate) fn update(
        &self,
        states: &mut [SlotState],
        batch: &Batch,
        (assigned, groups): (&[Assignment], usize),
        notes: &mut Notes,
    ) -> Result<(), PipelineError> {
        self.warn(batch, !assigned.is_empty(), notes);
        let view = |name: &str| batch.column(name).map_or(Column::Missing, |array| Column::new(array));
        let times = view(TIME);
        let input = |column| Input { assigned, column, times, keys: batch.keys(), groups };
        for (slot, state) in self.slots.iter().zip(states) {
            match (&slot.target, state) {
                (Target::Field(name), SlotState::One(accumulator)) => accumulator.update(&input(Some(view(name))))?,
                (Target::Eval(computed), SlotState::One(accumulator)) => {
                    let array = computed.column(batch, notes);
                    let column = Some(Column::new(&array));
                    accumulator.update(&Input { assigned, column, times, keys: batch.keys(), groups })?;
                }
                (Target::Pattern(pattern), SlotState::Many(fields)) => {
                    for (name, array) in batch.fields() {
                        if self.expands_to(pattern, name) && array.null_count() < array.len() {
                            let accumulator =
                                fields.entry(name.clone()).or_insert_with(|| Accumulator::new(&slot.recipe));
                            accumulator.update(&input(Some(Column::new(array))))?;
                        }
                    }
                }
                (_, SlotState::One(accumulator)) => accumulator.update(&input(None))?,
                (_, SlotState::Many(_)) => {}
            }
        }
        Ok(())
    }

    /// Notes what the reader of a result should know about its aggregates.
    pub(crate) fn warn(&self, batch: &Batch, rows: bool, notes: &mut Notes) {
        if rows && batch.column(TIME).is_none() && self.slots.iter().any(Slot::timed) {
            notes.warn("W-NO-TIME", "an aggregate by time is empty where rows have no `_time`");
        }
        if rows && self.slots.iter().any(|slot| slot.recipe.sparkline.is_some()) {
            notes.warn("W-SPARKLINE", "a sparkline is given as the list of its buckets' values");
        }
    }

    /// Does a wildcard argument take this field (§5.10.4)? Not by-fields, and not fields that start with `_`.
    fn expands_to(&self, pattern: &FieldPattern, name: &str) -> bool {
        pattern.selects(name) && !name.starts_with('_') && !self.by.iter().any(|field| **field == *name)
    }

    /// The fields that a wildcard argument takes: those named by the rule, whether they have values or not, and those with values.
    /// For each, whether it is named.
    fn expansion(
        &self,
        pattern: &FieldPattern,
        layout: &Layout,
        present: impl Iterator<Item = Arc<str>>,
    ) -> BTreeMap<Arc<str>, bool> {
        let named = layout.named().filter(|name| self.expands_to(pattern, name)).map(|name| (name.clone(), true));
        present.map(|name| (name, false)).chain(named).collect()
    }

    /// The aggregates over one row set, those with a wildcard once for each field.
    pub(crate) fn columns(&self, batch: &Batch, layout: &Layout, notes: &mut Notes) -> Vec<SlotColumn> {
        let mut columns = Vec::new();
        for (at, slot) in self.slots.iter().enumerate() {
            let mut add = |field: Option<&str>, named: bool, array: Option<ArrayRef>| {
                let candidate = slot.candidate(at, field, named);
                columns.push(SlotColumn { slot: at, array, candidate });
            };
            let missing = || -> ArrayRef { Arc::new(arrow_array::NullArray::new(batch.rows())) };
            match &slot.target {
                Target::Rows => add(None, true, None),
                Target::Field(name) => add(None, true, Some(batch.column(name).cloned().unwrap_or_else(missing))),
                Target::Eval(computed) => add(None, true, Some(computed.column(batch, notes))),
                Target::Pattern(pattern) => {
                    let filled = batch
                        .fields()
                        .iter()
                        .filter(|(name, array)| self.expands_to(pattern, name) && array.null_count() < array.len());
                    for (field, named) in self.expansion(pattern, layout, filled.map(|(name, _)| name.clone())) {
                        add(Some(&field), named, Some(batch.column(&field).cloned().unwrap_or_else(missing)));
                    }
                }
            }
        }
        columns
    }

    /// Adds the state's columns to those of a partial state, each named `<i>|<field>|<column>`.
    pub(super) fn partial(
        states: &[SlotState],
        groups: usize,
        columns: &mut Vec<(String, ArrayRef)>,
    ) -> Result<(), PipelineError> {
        for (at, state) in states.iter().enumerate() {
            let mut write = |field: &str, accumulator: &Accumulator| -> Result<(), PipelineError> {
                let parts = accumulator.partial(groups)?.into_iter();
                columns.extend(parts.map(|(name, array)| (format!("{at}|{field}|{name}"), array)));
                Ok(())
            };
            match state {
                SlotState::One(accumulator) => write("", accumulator)?,
                SlotState::Many(fields) => {
                    fields.iter().try_for_each(|(field, accumulator)| write(field, accumulator))?;
                }
            }
        }
        Ok(())
    }

    /// Takes the columns that [`Self::partial`] wrote; row `i` is about group `map[i]`.
    pub(super) fn merge(
        &self,
        states: &mut [SlotState],
        map: &[u32],
        batch: &RecordBatch,
    ) -> Result<(), PipelineError> {
        for ((at, slot), state) in self.slots.iter().enumerate().zip(states) {
            match state {
                SlotState::One(accumulator) => accumulator.merge(map, &Parts { batch, prefix: format!("{at}||") })?,
                SlotState::Many(fields) => {
                    for field in stored_fields(batch, at) {
                        let parts = Parts { batch, prefix: format!("{at}|{field}|") };
                        let accumulator = fields.entry(field.into()).or_insert_with(|| Accumulator::new(&slot.recipe));
                        accumulator.merge(map, &parts)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes other states; their group `i` is group `map[i]`.
    pub(super) fn absorb(
        &self,
        states: &mut [SlotState],
        map: &[u32],
        others: Vec<SlotState>,
    ) -> Result<(), PipelineError> {
        for ((slot, state), other) in self.slots.iter().zip(states).zip(others) {
            match (state, other) {
                (SlotState::One(accumulator), SlotState::One(other)) => accumulator.absorb(map, other)?,
                (SlotState::Many(fields), SlotState::Many(others)) => {
                    for (field, other) in others {
                        let accumulator = fields.entry(field).or_insert_with(|| Accumulator::new(&slot.recipe));
                        accumulator.absorb(map, other)?;
                    }
                }
                _ => return Err(partial::refused("the states are of different pipelines")),
            }
        }
        Ok(())
    }

    /// The columns of the result, one value per group. `layout`: the columns of the rows that came in, for the fields that a wildcard
    /// takes by name (§9.6).
    pub(crate) fn finish(
        &self,
        states: Vec<SlotState>,
        groups: usize,
        layout: &Layout,
    ) -> Result<Vec<Candidate>, PipelineError> {
        let mut columns = Vec::new();
        for ((at, slot), state) in self.slots.iter().enumerate().zip(states) {
            match (&slot.target, state) {
                (Target::Pattern(pattern), SlotState::Many(mut fields)) => {
                    for (field, named) in self.expansion(pattern, layout, fields.keys().cloned()) {
                        let mut column = slot.candidate(at, Some(&field), named);
                        column.values = match fields.remove(&field) {
                            Some(accumulator) => accumulator.finish(groups)?,
                            None => vec![Value::Null; groups],
                        };
                        column.values.iter_mut().for_each(|value| slot.present(value));
                        columns.push(column);
                    }
                }
                (_, SlotState::One(accumulator)) => {
                    let mut column = slot.candidate(at, None, true);
                    column.values = accumulator.finish(groups)?;
                    columns.push(column);
                }
                (_, SlotState::Many(_)) => {}
            }
        }
        Ok(names::settle(columns, &self.by))
    }
}

impl Slot {
    /// Is it a `count` or `dc` that is 0 where there are no rows (§5.10.6)?
    pub(crate) fn counts(&self) -> bool {
        let counts = matches!(self.recipe.func, AggregateFunc::Count | AggregateFunc::Dc);
        counts && self.recipe.sparkline.is_none() && !self.over_pattern()
    }

    /// Is it over the fields of a pattern?
    pub(crate) fn over_pattern(&self) -> bool {
        matches!(self.target, Target::Pattern(_))
    }

    /// Does it look at `_time`?
    fn timed(&self) -> bool {
        use AggregateFunc as F;
        let timed = matches!(self.recipe.func, F::Earliest | F::Latest | F::EarliestTime | F::LatestTime | F::Rate);
        timed || self.recipe.sparkline.is_some()
    }

    /// What a wildcard argument gives: a field without a value in a group is ∅, also for `count` and `dc` (§5.10.4).
    pub(crate) fn present(&self, value: &mut Value) {
        let counts = matches!(self.recipe.func, AggregateFunc::Count | AggregateFunc::Dc);
        if self.over_pattern() && counts && *value == Value::Int(0) {
            *value = Value::Null;
        }
    }

    /// An output column of it, without values.
    fn candidate(&self, slot: usize, field: Option<&str>, named: bool) -> Candidate {
        let literals = match &self.target {
            Target::Pattern(pattern) => pattern.glob.pieces.iter().map(|piece| piece.chars().count()).sum(),
            _ => 0,
        };
        let name = self.output.name(field);
        Candidate { name, named, wildcard: field.is_some(), literals, slot, values: Vec::new() }
    }
}

impl SlotState {
    /// Heap memory in bytes, about.
    pub(super) fn memory_usage(&self) -> usize {
        match self {
            Self::One(accumulator) => accumulator.memory_usage(),
            Self::Many(fields) => fields.values().map(Accumulator::memory_usage).sum(),
        }
    }
}

/// The fields that a partial state holds for a wildcard aggregate.
fn stored_fields(batch: &RecordBatch, slot: usize) -> BTreeSet<String> {
    let prefix = format!("{slot}|");
    let fields = batch.schema_ref().fields().iter();
    fields.filter_map(|field| Some(field.name().strip_prefix(&prefix)?.rsplit_once('|')?.0.to_owned())).collect()
}
