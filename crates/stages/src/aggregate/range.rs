//! `range`: the greatest less the least value of numeric form; an integer if both are integers by value, however they are written,
//! so that it does not hang on which of two equal numbers came first.
//!
//! Partial state: `least` and `greatest` (`Utf8`, texts of numbers; null where there are none) and `others` (`Boolean`: a value that
//! is no number was seen).

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, StringArray};

use super::cell::Cell;
use super::{Input, Recipe, State, float_value, grow, reach, vector_bytes};
use crate::error::PipelineError;
use crate::kernels::number::Number;
use crate::partial::{Parts, check_size};
use crate::table::Value;

/// The range of one group.
#[derive(Clone, Debug, Default)]
struct Range {
    /// The least and the greatest number.
    ends: Option<(Number, Number)>,
    /// A value that is no number was seen.
    others: bool,
}

impl Range {
    /// Takes a number in.
    fn take(&mut self, number: Number) {
        let (low, high) = self.ends.get_or_insert((number, number));
        if number.compare(*low) == Ordering::Less {
            *low = number;
        }
        if number.compare(*high) == Ordering::Greater {
            *high = number;
        }
    }
}

/// Doubles below this magnitude that are integral stand for one integer only.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The same number, as an integer if it is one.
fn plain(number: Number) -> Number {
    match number {
        Number::Float(value) if value.abs() < EXACT && value.trunc() == value => {
            #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^53 in magnitude")]
            let whole = value as i64;
            Number::Int(i128::from(whole))
        }
        other => other,
    }
}

/// The difference of two numbers: an integer of two integers if it fits.
pub(crate) fn difference(low: Number, high: Number) -> Value {
    if let (Number::Int(low), Number::Int(high)) = (plain(low), plain(high))
        && let Ok(value) = i64::try_from(high - low)
        && value.unsigned_abs() < 1_000_000_000_000_000
    {
        return Value::Int(value);
    }
    float_value(high.to_f64() - low.to_f64())
}

/// State of `range`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranges {
    /// By group.
    ranges: Vec<Range>,
}

/// The text of a number, which reads back to it.
fn stored(number: Number) -> String {
    match number {
        Number::Int(value) => value.to_string(),
        Number::Float(value) => Cell::Float(value).stored().into_owned(),
    }
}

impl State for Ranges {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        grow(&mut self.ranges, input.groups);
        input.for_each(|assignment, _, value| {
            let range = &mut self.ranges[assignment.group as usize];
            match value.number().filter(|number| number.to_f64().is_finite()) {
                Some(number) => range.take(number),
                None => range.others = true,
            }
            Ok(())
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        check_size(0, self.ranges.iter().map(|_| 32))?;
        let mut ranges = self.ranges.clone();
        grow(&mut ranges, groups);
        let texts = |of: fn((Number, Number)) -> Number| {
            Arc::new(ranges.iter().map(|range| range.ends.map(|ends| stored(of(ends)))).collect::<StringArray>())
        };
        let others: BooleanArray = ranges.iter().map(|range| Some(range.others)).collect();
        Ok(vec![("least", texts(|ends| ends.0)), ("greatest", texts(|ends| ends.1)), ("others", Arc::new(others))])
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        grow(&mut self.ranges, reach(map));
        let (ends, others) = ([parts.texts("least")?, parts.texts("greatest")?], parts.booleans("others")?);
        for (row, group) in map.iter().enumerate() {
            let range = &mut self.ranges[*group as usize];
            range.others |= others.is_valid(row) && others.value(row);
            let texts = ends.iter().filter(|texts| texts.is_valid(row));
            texts.filter_map(|texts| Number::parse(texts.value(row))).for_each(|number| range.take(number));
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        grow(&mut self.ranges, reach(map));
        for (group, other) in map.iter().zip(other.ranges) {
            let range = &mut self.ranges[*group as usize];
            range.others |= other.others;
            if let Some((low, high)) = other.ends {
                range.take(low);
                range.take(high);
            }
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        vector_bytes(&self.ranges)
    }
}

/// The ranges; ∅ for a group without numbers.
pub(super) fn finish(state: &mut Ranges, recipe: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    grow(&mut state.ranges, groups);
    let dropped = recipe.allnum.dropped(&state.ranges.iter().map(|range| range.others).collect::<Vec<_>>());
    let value = |(range, dropped): (Range, bool)| match range.ends {
        Some((low, high)) if !dropped => difference(low, high),
        _ => Value::Null,
    };
    Ok(std::mem::take(&mut state.ranges).into_iter().zip(dropped).map(value).collect())
}
