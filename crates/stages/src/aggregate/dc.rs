//! `dc`: the number of distinct texts; `1`, `1.0` and `01` are three.

use super::distinct::Distinct;
use super::{Recipe, count_value};
use crate::error::PipelineError;
use crate::table::Value;

/// How many texts each group has.
pub(super) fn finish(state: &mut Distinct, _: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    Ok(state.counts(groups).into_iter().map(count_value).collect())
}
