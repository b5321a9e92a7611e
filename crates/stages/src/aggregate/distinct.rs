//! The distinct texts of each group; what `dc` counts and `values` lists.
//!
//! Partial state: `texts` (list of `Utf8`), sorted.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{Array, ArrayRef};
use hashbrown::HashSet;

use super::{Input, State, vector_bytes};
use crate::error::PipelineError;
use crate::group::Interner;
use crate::partial::{Parts, check_size, elements};

/// Distinct (group, text) pairs. A text is stored once, however many groups have it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    /// The texts.
    texts: Interner,
    /// The pairs, to know whether one is new.
    seen: HashSet<(u32, u32), foldhash::fast::RandomState>,
    /// The pairs in the order in which they were met: (group, text).
    pairs: Vec<(u32, u32)>,
    /// The text of a number.
    scratch: String,
}

impl State for Distinct {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let result = input.for_each(|assignment, _, value| self.add(assignment.group, value.text_in(&mut scratch)));
        self.scratch = scratch;
        result
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        check_size(self.pairs.len(), self.pairs.iter().map(|(_, text)| self.texts.bytes(*text).len()))?;
        let mut builder = ListBuilder::new(StringBuilder::new());
        for texts in self.sorted(groups) {
            builder.append_value(texts.into_iter().map(|text| Some(self.texts.text(text))));
        }
        Ok(vec![("texts", Arc::new(builder.finish()))])
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        let (lists, texts) = parts.text_lists("texts")?;
        for (row, group) in map.iter().enumerate() {
            for at in elements(lists, row).filter(|at| texts.is_valid(*at)) {
                self.add(*group, texts.value(at))?;
            }
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        for (group, text) in &other.pairs {
            if let Some(group) = map.get(*group as usize) {
                self.add(*group, other.texts.text(*text))?;
            }
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        // The set keeps a byte of its own beside each pair.
        let set = self.seen.capacity() * (size_of::<(u32, u32)>() + 1);
        self.texts.memory_usage() + set + vector_bytes(&self.pairs)
    }
}

impl Distinct {
    /// Adds a text to a group.
    #[inline]
    fn add(&mut self, group: u32, text: &str) -> Result<(), PipelineError> {
        let text = self.texts.intern(text.as_bytes())?;
        // Neighbouring rows often repeat a value.
        if self.pairs.last() != Some(&(group, text)) && self.seen.insert((group, text)) {
            self.pairs.push((group, text));
        }
        Ok(())
    }

    /// Number of distinct texts per group.
    pub(crate) fn counts(&self, groups: usize) -> Vec<u64> {
        let mut counts = vec![0; groups];
        for (group, _) in &self.pairs {
            if let Some(count) = counts.get_mut(*group as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// The texts of each group, in the order in which they were met.
    pub(crate) fn unsorted(&self, groups: usize) -> Vec<Vec<u32>> {
        let mut lists = vec![Vec::new(); groups];
        for (group, text) in &self.pairs {
            if let Some(list) = lists.get_mut(*group as usize) {
                list.push(*text);
            }
        }
        lists
    }

    /// The texts of each group, by code point.
    pub(crate) fn sorted(&self, groups: usize) -> Vec<Vec<u32>> {
        let ranks = self.texts.ranks();
        let mut lists = self.unsorted(groups);
        for list in &mut lists {
            list.sort_unstable_by_key(|text| ranks[*text as usize]);
        }
        lists
    }

    /// A text by its number.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.texts.text(number)
    }
}
