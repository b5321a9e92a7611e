//! The value at one end of the stream of each group; what `first` and `last` share.
//!
//! Each value of a multivalue is on its own (§4.5.4): `first` takes the first value of the first row that has any, `last` the last
//! value of the last row. The value keeps its kind and text (§5.10.9).
//!
//! Partial state: `time`, `file`, `row` and `position` of the value, `kind` (`UInt8`) and `value` (`Utf8`); the last two are null
//! where there is none.

use std::sync::Arc;

use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, UInt32Array};

use super::cell::Cell;
use super::extreme::{read_cells, write_cells};
use super::{Input, Recipe, State, grow, reach, vector_bytes};
use crate::batch::RowKey;
use crate::error::PipelineError;
use crate::kernels::value::ValueRef;
use crate::partial::{Parts, read_keys, write_keys};
use crate::table::Value;

/// A kept value and where it stands in the stream.
#[derive(Clone, Debug)]
struct Kept {
    /// Its row.
    key: RowKey,
    /// Its place within the row's multivalue.
    position: u32,
    /// The value.
    cell: Cell,
}

/// The value at the end of the stream of each group.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// The end that counts is the last one.
    last: bool,
    /// By group.
    kept: Vec<Option<Kept>>,
}

impl State for Edge {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        grow(&mut self.kept, input.groups);
        input.for_each(|assignment, position, value| {
            self.offer(assignment.group, input.keys[assignment.row as usize], position, value);
            Ok(())
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        let kept = (0..groups).map(|group| self.kept.get(group).and_then(Option::as_ref));
        let nowhere = RowKey { time: None, file: 0, row: 0 };
        let keys: Vec<RowKey> = kept.clone().map(|kept| kept.map_or(nowhere, |kept| kept.key)).collect();
        let positions: UInt32Array = kept.clone().map(|kept| Some(kept.map_or(0, |kept| kept.position))).collect();
        let mut parts = write_keys(&keys).to_vec();
        parts.push(("position", Arc::new(positions)));
        parts.extend(write_cells(kept.map(|kept| kept.map(|kept| &kept.cell)))?);
        Ok(parts)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        grow(&mut self.kept, reach(map));
        let keys = read_keys(parts)?;
        let positions = parts.numbers::<UInt32Type>("position")?;
        for (row, (group, cell)) in map.iter().zip(read_cells(parts)?).enumerate() {
            if let Some(cell) = cell {
                let position = if positions.is_valid(row) { positions.value(row) } else { 0 };
                self.offer(*group, keys[row], position, cell.value());
            }
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        grow(&mut self.kept, reach(map));
        for (group, kept) in map.iter().zip(other.kept) {
            if let Some(kept) = kept {
                self.offer(*group, kept.key, kept.position, kept.cell.value());
            }
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        let texts = self.kept.iter().flatten().map(|kept| kept.cell.memory_usage());
        vector_bytes(&self.kept) + texts.sum::<usize>()
    }
}

impl Edge {
    /// No rows yet; `last`: the end that counts is the last one.
    pub(super) fn new(last: bool) -> Self {
        Self { last, kept: Vec::new() }
    }

    /// Keeps a value if it stands nearer to the end than the one that is kept.
    fn offer(&mut self, group: u32, key: RowKey, position: u32, value: ValueRef<'_>) {
        match &mut self.kept[group as usize] {
            Some(kept) => {
                let order = (key, position).cmp(&(kept.key, kept.position));
                if if self.last { order.is_gt() } else { order.is_lt() } {
                    (kept.key, kept.position) = (key, position);
                    kept.cell.set(value);
                }
            }
            empty => *empty = Some(Kept { key, position, cell: Cell::new(value) }),
        }
    }
}

/// The value of each group.
pub(super) fn finish(state: &mut Edge, _: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    grow(&mut state.kept, groups);
    Ok(std::mem::take(&mut state.kept)
        .into_iter()
        .map(|kept| kept.map_or(Value::Null, |kept| kept.cell.into_value()))
        .collect())
}
