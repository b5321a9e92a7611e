//! `mode`: the most frequent text; of several the least by code point (§5.10.8).
//!
//! Partial state: `texts` (list of `Utf8`, distinct, sorted) and `counts` (list of `UInt64`, how often each occurs).

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, PrimitiveBuilder, StringBuilder};
use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef};
use hashbrown::HashMap;

use super::{Input, Recipe, State};
use crate::error::PipelineError;
use crate::group::Interner;
use crate::partial::{Parts, check_size, elements, refused};
use crate::table::Value;

/// How often each text occurs in each group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frequency {
    /// The texts.
    texts: Interner,
    /// By (group, text).
    counts: HashMap<(u32, u32), u64, foldhash::fast::RandomState>,
}

impl Frequency {
    /// Counts a text.
    fn add(&mut self, group: u32, text: &str, count: u64) -> Result<(), PipelineError> {
        let text = self.texts.intern(text.as_bytes())?;
        let total = self.counts.entry((group, text)).or_insert(0);
        *total = total.saturating_add(count);
        Ok(())
    }

    /// The texts of each group with their counts, by code point.
    fn sorted(&self, groups: usize) -> Vec<Vec<(u32, u64)>> {
        let ranks = self.texts.ranks();
        let mut lists = vec![Vec::new(); groups];
        for ((group, text), count) in &self.counts {
            if let Some(list) = lists.get_mut(*group as usize) {
                list.push((*text, *count));
            }
        }
        lists
            .iter_mut()
            .for_each(|list: &mut Vec<(u32, u64)>| list.sort_unstable_by_key(|(text, _)| ranks[*text as usize]));
        lists
    }
}

impl State for Frequency {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        let mut scratch = String::new();
        input.for_each(|assignment, _, value| self.add(assignment.group, value.text_in(&mut scratch), 1))
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        check_size(self.counts.len(), self.counts.keys().map(|(_, text)| self.texts.bytes(*text).len()))?;
        let mut texts = ListBuilder::new(StringBuilder::new());
        let mut counts = ListBuilder::new(PrimitiveBuilder::<UInt64Type>::new());
        for list in self.sorted(groups) {
            texts.append_value(list.iter().map(|(text, _)| Some(self.texts.text(*text))));
            counts.append_value(list.iter().map(|(_, count)| Some(*count)));
        }
        Ok(vec![("texts", Arc::new(texts.finish())), ("counts", Arc::new(counts.finish()))])
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        let (lists, texts) = parts.text_lists("texts")?;
        let (count_lists, counts) = parts.number_lists::<UInt64Type>("counts")?;
        for (row, group) in map.iter().enumerate() {
            let (texts_of, counts_of) = (elements(lists, row), elements(count_lists, row));
            if texts_of.len() != counts_of.len() {
                return Err(refused(format!("the lists of `{}` differ in length", parts.prefix)));
            }
            for (text, count) in texts_of.zip(counts_of).filter(|(text, _)| texts.is_valid(*text)) {
                self.add(*group, texts.value(text), counts.value(count))?;
            }
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        for ((group, text), count) in &other.counts {
            if let Some(group) = map.get(*group as usize) {
                self.add(*group, other.texts.text(*text), *count)?;
            }
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        self.texts.memory_usage() + self.counts.capacity() * (size_of::<((u32, u32), u64)>() + 1)
    }
}

/// The most frequent text of each group.
pub(super) fn finish(state: &mut Frequency, _: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    let mode = |list: &Vec<(u32, u64)>| {
        // Sorted by code point, so of equal counts the first stays.
        let best = list.iter().rev().max_by_key(|(_, count)| *count);
        best.map_or(Value::Null, |(text, _)| Value::Text(state.texts.text(*text).to_owned()))
    };
    Ok(state.sorted(groups).iter().map(mode).collect())
}
