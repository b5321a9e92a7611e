//! The aggregates of `stats` (§5.10.8), one file each.
//!
//! Every aggregate keeps its state in vectors indexed by group and has the same verbs: `update` takes the rows of a batch with their
//! groups; `partial` writes the state as columns, one row per group; `merge` takes such columns back, `absorb` another state
//! directly, both along a map from their groups to these; `finish` gives the values. Merging in any order gives the same result.

mod cell;
mod count;
mod dc;
mod distinct;
mod edge;
mod extreme;
mod first;
mod last;
mod list;
mod max;
mod min;
mod sum;
mod values;

use arrow_array::ArrayRef;
use retrohunt_spl::plan::AggregateFunc;

use crate::batch::RowKey;
use crate::error::PipelineError;
use crate::group::Assignment;
use crate::kernels::value::Column;
use crate::partial::Parts;
use crate::table::Value;

/// What an aggregate is given of a batch.
pub(crate) struct Input<'a> {
    /// Rows and their groups, rows ascending.
    pub(crate) assigned: &'a [Assignment],
    /// The column it is over; `None` for a count of rows.
    pub(crate) column: Option<Column<'a>>,
    /// Keys of the batch's rows.
    pub(crate) keys: &'a [RowKey],
    /// How many groups there are now.
    pub(crate) groups: usize,
}

impl<'a> Input<'a> {
    /// Calls `visit` with the assignment, position and value of every value of every assigned row.
    #[inline]
    fn for_each(
        &self,
        mut visit: impl FnMut(Assignment, u32, crate::kernels::value::ValueRef<'a>) -> Result<(), PipelineError>,
    ) -> Result<(), PipelineError> {
        let Some(column) = self.column else { return Ok(()) };
        let mut result = Ok(());
        for assignment in self.assigned {
            column.for_each(assignment.row as usize, |position, value| {
                if result.is_ok() {
                    result = visit(*assignment, position, value);
                }
            });
            if result.is_err() {
                break;
            }
        }
        result
    }
}

/// The four verbs of an aggregate; `absorb` is `merge` without the detour through columns.
pub(crate) trait Aggregate: Sized {
    /// Takes the rows of a batch.
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError>;

    /// The state as named columns of `groups` rows; an error if they are too large for arrow.
    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError>;

    /// Takes a partial state; its row `i` is about this state's group `map[i]`.
    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError>;

    /// Takes another state; its group `i` is this state's group `map[i]`.
    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError>;

    /// One value per group, `groups` of them.
    fn finish(self, groups: usize) -> Vec<Value>;

    /// Heap memory in bytes, about.
    fn memory_usage(&self) -> usize;
}

/// Any aggregate.
#[derive(Clone, Debug)]
pub(crate) enum Accumulator {
    /// `count`.
    Count(count::Count),
    /// `dc`.
    Dc(dc::Dc),
    /// `values`.
    Values(values::Values),
    /// `list`.
    List(list::List),
    /// `min`.
    Min(min::Min),
    /// `max`.
    Max(max::Max),
    /// `sum`.
    Sum(sum::Sum),
    /// `first`.
    First(first::First),
    /// `last`.
    Last(last::Last),
}

/// Runs the same expression on whichever aggregate it is.
macro_rules! each {
    ($accumulator:expr, $state:ident => $body:expr) => {
        match $accumulator {
            Accumulator::Count($state) => $body,
            Accumulator::Dc($state) => $body,
            Accumulator::Values($state) => $body,
            Accumulator::List($state) => $body,
            Accumulator::Min($state) => $body,
            Accumulator::Max($state) => $body,
            Accumulator::Sum($state) => $body,
            Accumulator::First($state) => $body,
            Accumulator::Last($state) => $body,
        }
    };
}

impl Accumulator {
    /// An aggregate without any rows; `allnum` as in [`retrohunt_spl::plan::StatsCommand`].
    pub(crate) fn new(func: AggregateFunc, allnum: bool) -> Self {
        match func {
            AggregateFunc::Count => Self::Count(count::Count::default()),
            AggregateFunc::Dc => Self::Dc(dc::Dc::default()),
            AggregateFunc::Values => Self::Values(values::Values::default()),
            AggregateFunc::List => Self::List(list::List::default()),
            AggregateFunc::Min => Self::Min(min::Min::default()),
            AggregateFunc::Max => Self::Max(max::Max::default()),
            AggregateFunc::Sum => Self::Sum(sum::Sum::new(allnum)),
            AggregateFunc::First => Self::First(first::First::default()),
            // The remaining functions follow.
            _ => Self::Last(last::Last::default()),
        }
    }

    /// Takes the rows of a batch.
    pub(crate) fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        each!(self, state => state.update(input))
    }

    /// The state as named columns of `groups` rows.
    pub(crate) fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        each!(self, state => state.partial(groups))
    }

    /// Takes a partial state; its row `i` is about this state's group `map[i]`.
    pub(crate) fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        each!(self, state => state.merge(map, parts))
    }

    /// Takes another state of the same aggregate; its group `i` is this state's group `map[i]`.
    pub(crate) fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        match (self, other) {
            (Self::Count(state), Self::Count(other)) => state.absorb(map, other),
            (Self::Dc(state), Self::Dc(other)) => state.absorb(map, other),
            (Self::Values(state), Self::Values(other)) => state.absorb(map, other),
            (Self::List(state), Self::List(other)) => state.absorb(map, other),
            (Self::Min(state), Self::Min(other)) => state.absorb(map, other),
            (Self::Max(state), Self::Max(other)) => state.absorb(map, other),
            (Self::Sum(state), Self::Sum(other)) => state.absorb(map, other),
            (Self::First(state), Self::First(other)) => state.absorb(map, other),
            (Self::Last(state), Self::Last(other)) => state.absorb(map, other),
            _ => Err(PipelineError::new("E-STAGE-PARTIAL", "the states are of different aggregates")),
        }
    }

    /// One value per group, `groups` of them.
    pub(crate) fn finish(self, groups: usize) -> Vec<Value> {
        each!(self, state => state.finish(groups))
    }

    /// Heap memory in bytes, about.
    pub(crate) fn memory_usage(&self) -> usize {
        each!(self, state => state.memory_usage())
    }
}

/// Heap memory of a vector in bytes, its elements' own apart.
fn vector_bytes<T>(vector: &Vec<T>) -> usize {
    vector.capacity() * size_of::<T>()
}

/// Makes a vector long enough for an index.
fn grow<T: Clone + Default>(vector: &mut Vec<T>, groups: usize) {
    if vector.len() < groups {
        vector.resize(groups, T::default());
    }
}

/// How many groups a map leads to.
fn reach(map: &[u32]) -> usize {
    map.iter().max().map_or(0, |group| *group as usize + 1)
}

#[cfg(test)]
mod tests;
