//! `sum`: the sum of the values of numeric form; others are passed over, none at all gives ∅.
//!
//! Integers of 64 bits are added in 128 bits, other numbers exactly ([`crate::kernels::exact_sum`]); the result is rounded once, at
//! the end, so it has the same bits for any order of the rows. A sum of integers alone is an integer if it fits. A text beyond the
//! range of doubles is passed over like a text that is no number.
//!
//! Partial state: `numbers` (`UInt64`, how many were added), `integers` (`Binary`, 16 bytes, two's complement, little-endian),
//! `fractions` (`Binary`, the stored exact sum; null where only integers were seen) and `others` (`Boolean`: a value that is no
//! number was seen).

use std::sync::Arc;

use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, BinaryArray, BooleanArray, UInt64Array};

use super::{Aggregate, Input, grow, reach, vector_bytes};
use crate::error::PipelineError;
use crate::kernels::exact_sum::{ExactSum, STORED_BYTES};
use crate::kernels::number::Number;
use crate::partial::{Parts, check_size, refused};
use crate::table::Value;

/// The sum of one group.
#[derive(Clone, Debug, Default)]
struct Total {
    /// How many numbers were added.
    numbers: u64,
    /// Sum of the integers: each has at most 64 bits, so 2⁶³ of them fit.
    integers: i128,
    /// Sum of the other numbers, once there is one.
    fractions: Option<Box<ExactSum>>,
    /// A value that is no number was seen.
    others: bool,
}

impl Total {
    /// Adds the sum of another group.
    fn add(&mut self, other: &Self) {
        self.numbers = self.numbers.saturating_add(other.numbers);
        self.integers = self.integers.wrapping_add(other.integers);
        if let Some(fractions) = &other.fractions {
            self.fractions.get_or_insert_default().add(fractions);
        }
        self.others |= other.others;
    }

    /// The result.
    fn value(self) -> Value {
        if self.numbers == 0 {
            return Value::Null;
        }
        if self.fractions.is_none() {
            // From 10^15 on a result prints as the double that it is (§4.4), so it is one.
            match i64::try_from(self.integers) {
                Ok(value) if value.unsigned_abs() < 1_000_000_000_000_000 => return Value::Int(value),
                _ => {}
            }
        }
        let mut sum = self.fractions.unwrap_or_default();
        sum.add_int(self.integers);
        sum.round().map_or(Value::Null, Value::Float)
    }
}

/// State of `sum`.
#[derive(Clone, Debug)]
pub(crate) struct Sum {
    /// By group.
    totals: Vec<Total>,
    /// A field with any value that is no number has no sum at all (`allnum`, §5.10.1).
    allnum: bool,
}

impl Sum {
    /// No rows yet.
    pub(crate) fn new(allnum: bool) -> Self {
        Self { totals: Vec::new(), allnum }
    }
}

impl Aggregate for Sum {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        grow(&mut self.totals, input.groups);
        input.for_each(|assignment, _, value| {
            let total = &mut self.totals[assignment.group as usize];
            match value.number() {
                Some(Number::Int(value)) => total.integers = total.integers.wrapping_add(value),
                Some(Number::Float(value)) if value.is_finite() => {
                    total.fractions.get_or_insert_default().add_f64(value);
                }
                _ => {
                    total.others = true;
                    return Ok(());
                }
            }
            total.numbers += 1;
            Ok(())
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        check_size(0, self.totals.iter().map(|total| total.fractions.as_ref().map_or(16, |_| STORED_BYTES)))?;
        let mut totals = self.totals.clone();
        grow(&mut totals, groups);
        let integers = totals.iter().map(|total| Some(total.integers.to_le_bytes()));
        let fractions = totals.iter().map(|total| total.fractions.as_ref().map(|sum| sum.to_bytes()));
        Ok(vec![
            ("numbers", Arc::new(totals.iter().map(|total| Some(total.numbers)).collect::<UInt64Array>())),
            ("integers", Arc::new(integers.collect::<BinaryArray>())),
            ("fractions", Arc::new(fractions.collect::<BinaryArray>())),
            ("others", Arc::new(totals.iter().map(|total| Some(total.others)).collect::<BooleanArray>())),
        ])
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        let (numbers, others) = (parts.numbers::<UInt64Type>("numbers")?, parts.booleans("others")?);
        let (integers, fractions) = (parts.bytes("integers")?, parts.bytes("fractions")?);
        let malformed = || refused(format!("`{}` holds a malformed sum", parts.prefix));
        let mut totals = Vec::with_capacity(map.len());
        for row in 0..map.len() {
            let stored = integers.value(row).try_into().map_err(|_| malformed())?;
            let exact =
                fractions.is_valid(row).then(|| ExactSum::from_bytes(fractions.value(row)).ok_or_else(malformed));
            totals.push(Total {
                numbers: numbers.value(row),
                integers: i128::from_le_bytes(stored),
                fractions: exact.transpose()?.map(Box::new),
                others: others.value(row),
            });
        }
        self.absorb(map, Self { totals, allnum: self.allnum })
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        grow(&mut self.totals, reach(map));
        for (group, total) in map.iter().zip(&other.totals) {
            self.totals[*group as usize].add(total);
        }
        Ok(())
    }

    fn finish(mut self, groups: usize) -> Vec<Value> {
        grow(&mut self.totals, groups);
        let dropped = self.allnum && self.totals.iter().any(|total| total.others);
        self.totals.into_iter().map(|total| if dropped { Value::Null } else { total.value() }).collect()
    }

    fn memory_usage(&self) -> usize {
        let exact = self.totals.iter().filter(|total| total.fractions.is_some()).count();
        vector_bytes(&self.totals) + exact * size_of::<ExactSum>()
    }
}
