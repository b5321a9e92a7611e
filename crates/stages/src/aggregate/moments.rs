//! Exact sums of the numbers of each group, and of their squares where they are wanted; what `sum`, `avg`, `sumsq`, `var` and
//! `stdev` share.
//!
//! Values of numeric form count; others are passed over, a text beyond the range of doubles too. Sums are exact and rounded once, at
//! the end ([`crate::kernels::total`]), so they have the same bits for any order of the rows. For squares a number is a double
//! (§4.3.4); for the plain sum an integer of 64 bits is one.
//!
//! Partial state: `numbers`, `floats`, `others` (`UInt64`, how many values are numbers, are not integers, are no numbers);
//! `sum.integers` (`Binary`, 16 bytes, two's complement, little-endian) and `sum.fractions` (`Binary`, a stored exact sum; null where
//! only integers were seen); the same for `squares`, and `overflows` (`UInt64`, squares beyond the range of doubles).

use std::sync::Arc;

use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, BinaryArray, UInt64Array};

use super::{Input, Recipe, State, grow, moment_value, reach, vector_bytes};
use crate::error::PipelineError;
use crate::kernels::exact_sum::{ExactSum, STORED_BYTES};
use crate::kernels::number::Number;
use crate::kernels::total::Total;
use crate::kernels::value::ValueRef;
use crate::partial::{Parts, check_size, refused};
use crate::table::Value;

/// The sums of one group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moments {
    /// How many numbers there are.
    pub(crate) numbers: u64,
    /// How many of them are no integers.
    pub(crate) floats: u64,
    /// How many values are no numbers.
    pub(crate) others: u64,
    /// Sum of the numbers.
    pub(crate) sum: Total,
    /// Sum of their squares.
    pub(crate) squares: Total,
    /// How many squares are beyond the range of doubles; they are not in the sum.
    pub(crate) overflows: u64,
}

impl Moments {
    /// Adds a value, or takes one away that was added.
    pub(crate) fn change(&mut self, value: ValueRef<'_>, squared: bool, remove: bool) {
        let count = |counter: &mut u64| *counter = if remove { counter.saturating_sub(1) } else { *counter + 1 };
        let number = value.number().filter(|number| number.to_f64().is_finite());
        let Some(number) = number else { return count(&mut self.others) };
        count(&mut self.numbers);
        if matches!(number, Number::Float(_)) {
            count(&mut self.floats);
        }
        if squared {
            let value = number.to_f64();
            self.sum.add_f64(if remove { -value } else { value });
            if !self.squares.add_product(value, value, remove) {
                count(&mut self.overflows);
            }
            return;
        }
        match number {
            Number::Int(value) => self.sum.add_int(if remove { -value } else { value }),
            Number::Float(value) => self.sum.add_f64(if remove { -value } else { value }),
        }
    }

    /// Adds the sums of another group.
    fn add(&mut self, other: &Self) {
        for (own, other) in [
            (&mut self.numbers, other.numbers),
            (&mut self.floats, other.floats),
            (&mut self.others, other.others),
            (&mut self.overflows, other.overflows),
        ] {
            *own = own.saturating_add(other);
        }
        self.sum.add(&other.sum);
        self.squares.add(&other.squares);
    }
}

/// State of the sums.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    /// Squares are wanted too.
    squared: bool,
    /// By group.
    moments: Vec<Moments>,
}

impl Sums {
    /// No rows yet; without squares.
    pub(super) fn plain() -> Self {
        Self { squared: false, moments: Vec::new() }
    }

    /// No rows yet; with squares.
    pub(super) fn squared() -> Self {
        Self { squared: true, moments: Vec::new() }
    }
}

/// A value of each group; ∅ for those without numbers and for those that `allnum` takes away.
pub(super) fn finish(state: &mut Sums, recipe: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    grow(&mut state.moments, groups);
    let others: Vec<bool> = state.moments.iter().map(|moments| moments.others > 0).collect();
    let value = |(moments, dropped): (&Moments, bool)| {
        if dropped { Value::Null } else { moment_value(recipe.func, moments) }
    };
    Ok(state.moments.iter().zip(recipe.allnum.dropped(&others)).map(value).collect())
}

/// The columns of sums: their integers and their fractions.
fn write_totals(totals: &[&Total]) -> [ArrayRef; 2] {
    let integers = totals.iter().map(|total| Some(total.integers.to_le_bytes()));
    let fractions = totals.iter().map(|total| total.fractions.as_ref().map(|sum| sum.to_bytes()));
    [Arc::new(integers.collect::<BinaryArray>()), Arc::new(fractions.collect::<BinaryArray>())]
}

/// The sum that [`write_totals`] wrote into a row.
fn read_total(integers: &BinaryArray, fractions: &BinaryArray, row: usize) -> Option<Total> {
    let fractions = match fractions.is_valid(row) {
        true => Some(Box::new(ExactSum::from_bytes(fractions.value(row))?)),
        false => None,
    };
    Some(Total { integers: i128::from_le_bytes(integers.value(row).try_into().ok()?), fractions })
}

impl State for Sums {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        grow(&mut self.moments, input.groups);
        input.for_each(|assignment, _, value| {
            self.moments[assignment.group as usize].change(value, self.squared, false);
            Ok(())
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        check_size(0, self.moments.iter().map(|_| STORED_BYTES))?;
        let mut moments = self.moments.clone();
        grow(&mut moments, groups);
        let count = |of: fn(&Moments) -> u64| Arc::new(moments.iter().map(|m| Some(of(m))).collect::<UInt64Array>());
        let [integers, fractions] = write_totals(&moments.iter().map(|m| &m.sum).collect::<Vec<_>>());
        let mut parts: Vec<(&'static str, ArrayRef)> = vec![
            ("numbers", count(|m| m.numbers)),
            ("floats", count(|m| m.floats)),
            ("others", count(|m| m.others)),
            ("sum.integers", integers),
            ("sum.fractions", fractions),
        ];
        if self.squared {
            let [integers, fractions] = write_totals(&moments.iter().map(|m| &m.squares).collect::<Vec<_>>());
            parts.push(("squares.integers", integers));
            parts.push(("squares.fractions", fractions));
            parts.push(("overflows", count(|m| m.overflows)));
        }
        Ok(parts)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        let counts = |name: &str| parts.numbers::<UInt64Type>(name);
        let (numbers, floats, others) = (counts("numbers")?, counts("floats")?, counts("others")?);
        let sums = (parts.bytes("sum.integers")?, parts.bytes("sum.fractions")?);
        let squares = match self.squared {
            true => Some((parts.bytes("squares.integers")?, parts.bytes("squares.fractions")?, counts("overflows")?)),
            false => None,
        };
        let malformed = || refused(format!("`{}` holds a malformed sum", parts.prefix));
        let mut moments = Vec::with_capacity(map.len());
        for row in 0..map.len() {
            let mut group = Moments {
                numbers: numbers.value(row),
                floats: floats.value(row),
                others: others.value(row),
                sum: read_total(sums.0, sums.1, row).ok_or_else(malformed)?,
                ..Moments::default()
            };
            if let Some((integers, fractions, overflows)) = squares {
                group.squares = read_total(integers, fractions, row).ok_or_else(malformed)?;
                group.overflows = overflows.value(row);
            }
            moments.push(group);
        }
        self.absorb(map, Self { squared: self.squared, moments })
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        grow(&mut self.moments, reach(map));
        for (group, moments) in map.iter().zip(&other.moments) {
            self.moments[*group as usize].add(moments);
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        let exact = self.moments.iter().map(|m| m.sum.memory_usage() + m.squares.memory_usage());
        vector_bytes(&self.moments) + exact.sum::<usize>()
    }
}
