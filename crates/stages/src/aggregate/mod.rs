//! The aggregates of `stats` (§5.10.8).
//!
//! An aggregate is what it keeps of each group, and how a value comes out of that. What is kept is a [`State`], in vectors indexed by
//! group; aggregates that keep the same share one. Every state has the same verbs: `update` takes the rows of a batch with their
//! groups; `partial` writes the state as columns, one row per group; `merge` takes such columns back, `absorb` another state directly,
//! both along a map from their groups to these. Merging in any order gives the same result, bit for bit.
//!
//! | state | kept of a group | aggregates |
//! | --- | --- | --- |
//! | [`count`] | a number | `count` |
//! | [`distinct`] | distinct texts | [`dc`], [`values`] |
//! | [`list`] | all texts and where they stand | `list` |
//! | [`extreme`] | the least or greatest value | [`min`], [`max`] |
//! | [`edge`] | the value at one end of the stream | [`first`], [`last`] |
//! | [`moments`] | exact sums of the numbers and of their squares | [`sum`], [`avg`], [`sumsq`], [`variance`] |
//! | [`range`] | the least and greatest number | `range` |
//! | [`frequency`] | distinct texts and how often each | `mode` |
//! | [`numbers`] | all numbers | [`perc`] |
//! | [`timed`] | the values at the least and greatest time | `earliest`, `latest`, `earliest_time`, `latest_time`, `rate` |
//! | [`sparkline`] | all values and their times | `sparkline` around any other |

mod avg;
pub(crate) mod cell;
mod count;
mod dc;
mod distinct;
mod edge;
pub(crate) mod extreme;
mod first;
mod frequency;
mod last;
mod list;
mod max;
mod min;
pub(crate) mod moments;
pub(crate) mod numbers;
pub(crate) mod perc;
pub(crate) mod range;
pub(crate) mod sparkline;
mod sum;
mod sumsq;
pub(crate) mod timed;
mod values;
mod variance;

use std::any::Any;
use std::fmt::Debug;

use arrow_array::ArrayRef;
use retrohunt_spl::plan::AggregateFunc;

use crate::batch::RowKey;
use crate::bin::edges::Edges;
use crate::error::PipelineError;
use crate::group::Assignment;
use crate::kernels::value::{Column, ValueRef};
use crate::partial::{Parts, refused};
use crate::table::Value;

/// What an aggregate is given of a batch.
pub(crate) struct Input<'a> {
    /// Rows and their groups, rows ascending.
    pub(crate) assigned: &'a [Assignment],
    /// The column it is over; `None` for a count of rows.
    pub(crate) column: Option<Column<'a>>,
    /// The rows' current `_time`.
    pub(crate) times: Column<'a>,
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
        mut visit: impl FnMut(Assignment, u32, ValueRef<'a>) -> Result<(), PipelineError>,
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

    /// The time of a row in microseconds, if it has one.
    fn time(&self, row: u32) -> Option<i64> {
        time_of(&self.times, row as usize)
    }
}

/// The time in a row of a `_time` column, in microseconds: a time, or seconds in another column type.
pub(crate) fn time_of(times: &Column<'_>, row: usize) -> Option<i64> {
    match times.scalar(row)? {
        ValueRef::Time(micros) => Some(micros),
        value => crate::batch::micros_of(value.number()?.to_f64()),
    }
}

/// What an aggregate keeps of each group.
pub(crate) trait State: Clone + Debug + Send + Sync + 'static {
    /// Takes the rows of a batch.
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError>;

    /// The state as named columns of `groups` rows; an error if they are too large for arrow.
    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError>;

    /// Takes a partial state; its row `i` is about this state's group `map[i]`.
    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError>;

    /// Takes another state; its group `i` is this state's group `map[i]`.
    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError>;

    /// Heap memory in bytes, about.
    fn memory_usage(&self) -> usize;
}

/// What `allnum=t` takes away where a value is no number (§5.10.1). It concerns the aggregates over numbers: `sum`, `avg`, `sumsq`,
/// `range`, `var`, `stdev` and percentiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllNum {
    /// Nothing: such values are passed over.
    Off,
    /// The aggregate, in all groups.
    Field,
    /// The aggregate, in that group (§5.11).
    Group,
}

impl AllNum {
    /// For each group, whether its result is taken away; `others`: whether the group has a value that is no number.
    fn dropped(self, others: &[bool]) -> Vec<bool> {
        match self {
            Self::Off => vec![false; others.len()],
            Self::Group => others.to_vec(),
            Self::Field => vec![others.contains(&true); others.len()],
        }
    }
}

/// Which aggregate it is.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    /// The function.
    pub(crate) func: AggregateFunc,
    /// `allnum`.
    pub(crate) allnum: AllNum,
    /// Within a `sparkline`: the edges of its buckets, if the rule gives them.
    pub(crate) sparkline: Option<Option<Edges>>,
}

/// How a state gives its values, one per group; nothing is asked of it afterwards.
type Finish<S> = fn(&mut S, &Recipe, usize) -> Result<Vec<Value>, PipelineError>;

/// A state with the values that are wanted of it.
#[derive(Clone, Debug)]
struct Of<S> {
    /// What is kept.
    state: S,
    /// How values come out of it.
    finish: Finish<S>,
}

/// [`Of`] any state.
trait Running: Debug + Send + Sync {
    /// As [`State::update`].
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError>;
    /// As [`State::partial`].
    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError>;
    /// As [`State::merge`].
    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError>;
    /// As [`State::absorb`]; an error if the other is of another kind.
    fn absorb(&mut self, map: &[u32], other: Box<dyn Running>) -> Result<(), PipelineError>;
    /// One value per group.
    fn finish(self: Box<Self>, recipe: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError>;
    /// As [`State::memory_usage`].
    fn memory_usage(&self) -> usize;
    /// A copy.
    fn copy(&self) -> Box<dyn Running>;
    /// Itself, to find out of which kind it is.
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<S: State> Running for Of<S> {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        self.state.update(input)
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        self.state.partial(groups)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        self.state.merge(map, parts)
    }

    fn absorb(&mut self, map: &[u32], other: Box<dyn Running>) -> Result<(), PipelineError> {
        match other.into_any().downcast::<Self>() {
            Ok(other) => self.state.absorb(map, other.state),
            Err(_) => Err(refused("the states are of different aggregates")),
        }
    }

    fn finish(mut self: Box<Self>, recipe: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
        (self.finish)(&mut self.state, recipe, groups)
    }

    fn memory_usage(&self) -> usize {
        self.state.memory_usage()
    }

    fn copy(&self) -> Box<dyn Running> {
        Box::new(self.clone())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Any aggregate on its way: with the same verbs as a [`State`], and `finish`.
#[derive(Debug)]
pub(crate) struct Accumulator {
    /// Which one.
    recipe: Recipe,
    /// What it keeps.
    running: Box<dyn Running>,
}

impl Clone for Accumulator {
    fn clone(&self) -> Self {
        Self { recipe: self.recipe.clone(), running: self.running.copy() }
    }
}

impl Accumulator {
    /// An aggregate without any rows.
    pub(crate) fn new(recipe: &Recipe) -> Self {
        let running = if recipe.sparkline.is_some() {
            of(sparkline::Sparkline::default(), sparkline::finish)
        } else {
            running(recipe.func)
        };
        Self { recipe: recipe.clone(), running }
    }

    /// Takes the rows of a batch.
    pub(crate) fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        self.running.update(input)
    }

    /// The state as named columns of `groups` rows.
    pub(crate) fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        self.running.partial(groups)
    }

    /// Takes a partial state; its row `i` is about this state's group `map[i]`.
    pub(crate) fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        self.running.merge(map, parts)
    }

    /// Takes another state of the same aggregate; its group `i` is this state's group `map[i]`.
    pub(crate) fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        self.running.absorb(map, other.running)
    }

    /// One value per group, `groups` of them.
    pub(crate) fn finish(self, groups: usize) -> Result<Vec<Value>, PipelineError> {
        self.running.finish(&self.recipe, groups)
    }

    /// Heap memory in bytes, about.
    pub(crate) fn memory_usage(&self) -> usize {
        self.running.memory_usage()
    }
}

/// A state with its values.
fn of<S: State>(state: S, finish: Finish<S>) -> Box<dyn Running> {
    Box::new(Of { state, finish })
}

/// What a function keeps, and how its values come out.
fn running(func: AggregateFunc) -> Box<dyn Running> {
    use AggregateFunc as F;
    match func {
        F::Count => of(count::Count::default(), count::finish),
        F::Dc => of(distinct::Distinct::default(), dc::finish),
        F::Values => of(distinct::Distinct::default(), values::finish),
        F::List => of(list::List::default(), list::finish),
        F::Min => of(min::state(), extreme::finish),
        F::Max => of(max::state(), extreme::finish),
        F::First => of(first::state(), edge::finish),
        F::Last => of(last::state(), edge::finish),
        F::Sum | F::Avg => of(moments::Sums::plain(), moments::finish),
        F::SumSq | F::Var | F::VarP | F::Stdev | F::StdevP => of(moments::Sums::squared(), moments::finish),
        F::Range => of(range::Ranges::default(), range::finish),
        F::Mode => of(frequency::Frequency::default(), frequency::finish),
        F::Perc(_) | F::ExactPerc(_) => of(numbers::Numbers::default(), perc::finish),
        F::Earliest | F::Latest | F::EarliestTime | F::LatestTime | F::Rate => {
            of(timed::Timed::default(), timed::finish)
        }
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

/// A count as a value.
pub(crate) fn count_value(count: u64) -> Value {
    i64::try_from(count).map_or(Value::UInt(count), Value::Int)
}

/// A double as a value: ∅ beyond their range.
pub(crate) fn float_value(value: f64) -> Value {
    if value.is_finite() { Value::Float(value) } else { Value::Null }
}

/// What a function over sums makes of them; ∅ without numbers.
pub(crate) fn moment_value(func: AggregateFunc, moments: &moments::Moments) -> Value {
    use AggregateFunc as F;
    match func {
        _ if moments.numbers == 0 => Value::Null,
        F::Avg => avg::value(moments),
        F::SumSq => sumsq::value(moments),
        F::Var => variance::value(moments, true, false),
        F::VarP => variance::value(moments, false, false),
        F::Stdev => variance::value(moments, true, true),
        F::StdevP => variance::value(moments, false, true),
        _ => sum::value(moments),
    }
}

#[cfg(test)]
mod tests;
