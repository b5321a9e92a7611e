//! `dc`: the number of distinct texts; `1`, `1.0` and `01` are three.
//!
//! Partial state: `texts` (list of `Utf8`), the distinct texts themselves.

use arrow_array::ArrayRef;

use super::distinct::Distinct;
use super::{Aggregate, Input};
use crate::error::PipelineError;
use crate::partial::Parts;
use crate::table::Value;

/// State of `dc`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dc {
    /// The texts.
    distinct: Distinct,
}

impl Aggregate for Dc {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        self.distinct.update(input)
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        Ok(vec![("texts", self.distinct.partial(groups)?)])
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        self.distinct.merge(map, parts, "texts")
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        self.distinct.absorb(map, &other.distinct)
    }

    fn finish(self, groups: usize) -> Vec<Value> {
        let value = |count: u64| i64::try_from(count).map_or(Value::UInt(count), Value::Int);
        self.distinct.counts(groups).into_iter().map(value).collect()
    }

    fn memory_usage(&self) -> usize {
        self.distinct.memory_usage()
    }
}
