//! `max`: the greatest value (see [`super::extreme`]); it keeps the kind and text of the value it came from (§5.10.9).
//!
//! Partial state: `kind` (`UInt8`) and `value` (`Utf8`).

use arrow_array::ArrayRef;

use super::extreme::Extreme;
use super::{Aggregate, Input};
use crate::error::PipelineError;
use crate::partial::Parts;
use crate::table::Value;

/// State of `max`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Max {
    /// The greatest value of each group.
    extreme: Extreme,
}

impl Aggregate for Max {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        self.extreme.update(input, true)
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        self.extreme.partial(groups)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        self.extreme.merge(map, parts, true)
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        self.extreme.absorb(map, other.extreme, true);
        Ok(())
    }

    fn finish(self, groups: usize) -> Vec<Value> {
        self.extreme.finish(groups)
    }

    fn memory_usage(&self) -> usize {
        self.extreme.memory_usage()
    }
}
