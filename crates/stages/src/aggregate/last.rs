//! `last`: the value at the last place in stream order (§4.7, see [`super::edge`]); it keeps the kind and text of the value.
//!
//! Partial state: `time`, `file`, `row` and `position` of the value, `kind` (`UInt8`) and `value` (`Utf8`).

use arrow_array::ArrayRef;

use super::edge::Edge;
use super::{Aggregate, Input};
use crate::error::PipelineError;

use crate::partial::Parts;
use crate::table::Value;

/// State of `last`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Last {
    /// The last value of each group.
    edge: Edge,
}

impl Aggregate for Last {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        self.edge.update(input, true)
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        self.edge.partial(groups)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        self.edge.merge(map, parts, true)
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        self.edge.absorb(map, other.edge, true);
        Ok(())
    }

    fn finish(self, groups: usize) -> Vec<Value> {
        self.edge.finish(groups)
    }

    fn memory_usage(&self) -> usize {
        self.edge.memory_usage()
    }
}
