//! `list`: all texts in stream order, duplicates kept; no limit (§7).
//!
//! Partial state: `time`, `file`, `row` (lists, the keys of the texts' rows), `position` (list of `UInt32`, place within the row's
//! multivalue) and `text` (list of `Utf8`), all in stream order.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, PrimitiveBuilder, StringBuilder};
use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef};

use super::{Input, Recipe, State, vector_bytes};
use crate::batch::RowKey;
use crate::error::PipelineError;
use crate::group::Interner;
use crate::partial::{Parts, check_size, elements, read_key_lists, refused, write_key_lists};
use crate::table::Value;

/// A text in a list.
#[derive(Clone, Copy, Debug)]
struct Item {
    /// Its group.
    group: u32,
    /// Its row.
    key: RowKey,
    /// Its place within the row's multivalue.
    position: u32,
    /// The number of its text.
    text: u32,
}

/// State of `list`.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    /// Distinct texts.
    texts: Interner,
    /// The items of all groups, in no order.
    items: Vec<Item>,
}

impl List {
    /// The items of each group in stream order.
    fn sorted(&self, groups: usize) -> Vec<Vec<Item>> {
        let mut lists = vec![Vec::new(); groups];
        for item in &self.items {
            if let Some(list) = lists.get_mut(item.group as usize) {
                list.push(*item);
            }
        }
        for list in &mut lists {
            // Stable: a row that is in a group twice (§5.10.3) has equal items, whose texts are equal too.
            list.sort_by_key(|item| (item.key, item.position));
        }
        lists
    }

    /// Adds an item.
    fn add(&mut self, group: u32, key: RowKey, position: u32, text: &str) -> Result<(), PipelineError> {
        let text = self.texts.intern(text.as_bytes())?;
        self.items.push(Item { group, key, position, text });
        Ok(())
    }
}

impl State for List {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        let mut scratch = String::new();
        input.for_each(|assignment, position, value| {
            let key = input.keys[assignment.row as usize];
            self.add(assignment.group, key, position, value.text_in(&mut scratch))
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        check_size(self.items.len(), self.items.iter().map(|item| self.texts.bytes(item.text).len()))?;
        let lists = self.sorted(groups);
        let mut positions = ListBuilder::new(PrimitiveBuilder::<UInt32Type>::new());
        let mut texts = ListBuilder::new(StringBuilder::new());
        for list in &lists {
            positions.append_value(list.iter().map(|item| Some(item.position)));
            texts.append_value(list.iter().map(|item| Some(self.texts.text(item.text))));
        }
        let keys: Vec<Vec<RowKey>> = lists.iter().map(|list| list.iter().map(|item| item.key).collect()).collect();
        let mut parts = write_key_lists(keys.iter().map(Vec::as_slice)).to_vec();
        parts.push(("position", Arc::new(positions.finish())));
        parts.push(("text", Arc::new(texts.finish())));
        Ok(parts)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        let keys = read_key_lists(parts)?;
        let (position_lists, positions) = parts.number_lists::<UInt32Type>("position")?;
        let (lists, texts) = parts.text_lists("text")?;
        for ((row, group), keys) in map.iter().enumerate().zip(keys) {
            let (places, range) = (elements(position_lists, row), elements(lists, row));
            if places.len() != keys.len() || range.len() != keys.len() {
                return Err(refused(format!("the lists of `{}` differ in length", parts.prefix)));
            }
            for ((place, at), key) in places.zip(range).zip(keys) {
                self.add(*group, key, positions.value(place), if texts.is_valid(at) { texts.value(at) } else { "" })?;
            }
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        for item in &other.items {
            if let Some(group) = map.get(item.group as usize) {
                self.add(*group, item.key, item.position, other.texts.text(item.text))?;
            }
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        vector_bytes(&self.items) + self.texts.memory_usage()
    }
}

/// The texts of each group.
pub(super) fn finish(state: &mut List, _: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    let text = |item: &Item| state.texts.text(item.text).to_owned();
    Ok(state.sorted(groups).iter().map(|list| Value::from_texts(list.iter().map(text).collect())).collect())
}
