//! `values`: the distinct texts, by code point (`10 100 70 9`); no limit (§7).

use super::Recipe;
use super::distinct::Distinct;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::table::Value;

/// The texts of each group.
pub(super) fn finish(state: &mut Distinct, _: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    let lists = if fault("stages-values-unsorted") { state.unsorted(groups) } else { state.sorted(groups) };
    let texts = |list: Vec<u32>| list.into_iter().map(|text| state.text(text).to_owned()).collect();
    Ok(lists.into_iter().map(|list| Value::from_texts(texts(list))).collect())
}
