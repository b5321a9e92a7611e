//! `min`: the least value (see [`super::extreme`]); it keeps the kind and text of the value it came from (§5.10.9).
//!
//! Partial state: `kind` (`UInt8`) and `value` (`Utf8`).

use arrow_array::ArrayRef;

use super::extreme::Extreme;
use super::{Aggregate, Input};
use crate::error::PipelineError;
use crate::partial::Parts;
use crate::table::Value;

/// State of `min`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Min {
    /// The least value of each group.
    extreme: Extreme,
}

impl Aggregate for Min {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        self.extreme.update(input, false)
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        self.extreme.partial(groups)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        self.extreme.merge(map, parts, false)
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        self.extreme.absorb(map, other.extreme, false);
        Ok(())
    }

    fn finish(self, groups: usize) -> Vec<Value> {
        self.extreme.finish(groups)
    }

    fn memory_usage(&self) -> usize {
        self.extreme.memory_usage()
    }
}
