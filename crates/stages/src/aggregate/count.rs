//! `count`: rows, or values of a field, each value of a multivalue on its own.
//!
//! Partial state: `count` (`UInt64`).

use std::sync::Arc;

use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, UInt64Array};

use super::{Input, Recipe, State, count_value, grow, reach, vector_bytes};
use crate::error::PipelineError;
use crate::kernels::value::Column;
use crate::partial::Parts;
use crate::table::Value;

/// State of `count`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    /// Number per group.
    counts: Vec<u64>,
}

impl State for Count {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        grow(&mut self.counts, input.groups);
        match input.column {
            None => input.assigned.iter().for_each(|a| self.counts[a.group as usize] += 1),
            Some(Column::Text(texts)) if texts.null_count() == 0 => {
                input.assigned.iter().for_each(|a| self.counts[a.group as usize] += 1);
            }
            Some(_) => input.for_each(|assignment, _, _| {
                self.counts[assignment.group as usize] += 1;
                Ok(())
            })?,
        }
        Ok(())
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        let counts = (0..groups).map(|group| self.counts.get(group).copied().unwrap_or(0));
        Ok(vec![("count", Arc::new(counts.map(Some).collect::<UInt64Array>()))])
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        let counts = parts.numbers::<UInt64Type>("count")?.values().to_vec();
        self.absorb(map, Self { counts })
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        grow(&mut self.counts, reach(map));
        for (group, count) in map.iter().zip(other.counts) {
            let sum = &mut self.counts[*group as usize];
            *sum = sum.saturating_add(count);
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        vector_bytes(&self.counts)
    }
}

/// The counts.
pub(super) fn finish(state: &mut Count, _: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    grow(&mut state.counts, groups);
    Ok(std::mem::take(&mut state.counts).into_iter().map(count_value).collect())
}
