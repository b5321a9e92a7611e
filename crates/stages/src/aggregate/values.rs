//! `values`: the distinct texts, by code point (`10 100 70 9`); no limit (§7).
//!
//! Partial state: `texts` (list of `Utf8`).

use arrow_array::ArrayRef;

use super::distinct::Distinct;
use super::{Aggregate, Input};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::partial::Parts;
use crate::table::Value;

/// State of `values`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// The texts.
    distinct: Distinct,
}

impl Aggregate for Values {
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
        let unsorted = fault("stages-values-unsorted");
        let lists = if unsorted { self.distinct.unsorted(groups) } else { self.distinct.sorted(groups) };
        let texts = |list: Vec<u32>| list.into_iter().map(|text| self.distinct.text(text).to_owned()).collect();
        lists.into_iter().map(|list| Value::from_texts(texts(list))).collect()
    }

    fn memory_usage(&self) -> usize {
        self.distinct.memory_usage()
    }
}
