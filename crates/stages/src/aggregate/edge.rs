//! The value at one end of the stream of each group; what `first` and `last` share.
//!
//! Each value of a multivalue is on its own (§4.5.4): `first` takes the first value of the first row that has any, `last` the last
//! value of the last row.

use std::sync::Arc;

use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, UInt32Array};

use super::cell::Cell;
use super::extreme::{read_cells, write_cells};
use super::{Input, grow, reach, vector_bytes};
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
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    /// By group.
    kept: Vec<Option<Kept>>,
}

impl Edge {
    /// Takes the rows of a batch; `last`: the end that counts is the last one.
    pub(crate) fn update(&mut self, input: &Input<'_>, last: bool) -> Result<(), PipelineError> {
        grow(&mut self.kept, input.groups);
        input.for_each(|assignment, position, value| {
            self.offer(assignment.group, input.keys[assignment.row as usize], position, value, last);
            Ok(())
        })
    }

    /// Keeps a value if it stands nearer to the end than the one that is kept.
    fn offer(&mut self, group: u32, key: RowKey, position: u32, value: ValueRef<'_>, last: bool) {
        match &mut self.kept[group as usize] {
            Some(kept) => {
                let order = (key, position).cmp(&(kept.key, kept.position));
                if if last { order.is_gt() } else { order.is_lt() } {
                    (kept.key, kept.position) = (key, position);
                    kept.cell.set(value);
                }
            }
            empty => *empty = Some(Kept { key, position, cell: Cell::new(value) }),
        }
    }

    /// The state as the columns `time`, `file`, `row`, `position`, `kind` and `value`; the last two are null where there is none.
    pub(crate) fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        let kept = (0..groups).map(|group| self.kept.get(group).and_then(Option::as_ref));
        let nowhere = RowKey { time: None, file: 0, row: 0 };
        let keys: Vec<RowKey> = kept.clone().map(|kept| kept.map_or(nowhere, |kept| kept.key)).collect();
        let positions: UInt32Array = kept.clone().map(|kept| Some(kept.map_or(0, |kept| kept.position))).collect();
        let mut parts = write_keys(&keys).to_vec();
        parts.push(("position", Arc::new(positions)));
        parts.extend(write_cells(kept.map(|kept| kept.map(|kept| &kept.cell)))?);
        Ok(parts)
    }

    /// Takes the columns that [`Self::partial`] wrote.
    pub(crate) fn merge(&mut self, map: &[u32], parts: &Parts<'_>, last: bool) -> Result<(), PipelineError> {
        grow(&mut self.kept, reach(map));
        let keys = read_keys(parts)?;
        let positions = parts.numbers::<UInt32Type>("position")?;
        for (row, (group, cell)) in map.iter().zip(read_cells(parts)?).enumerate() {
            if let Some(cell) = cell {
                let position = if positions.is_valid(row) { positions.value(row) } else { 0 };
                self.offer(*group, keys[row], position, cell.value(), last);
            }
        }
        Ok(())
    }

    /// Takes another state.
    pub(crate) fn absorb(&mut self, map: &[u32], other: Self, last: bool) {
        grow(&mut self.kept, reach(map));
        for (group, kept) in map.iter().zip(other.kept) {
            if let Some(kept) = kept {
                self.offer(*group, kept.key, kept.position, kept.cell.value(), last);
            }
        }
    }

    /// Heap memory in bytes, about.
    pub(crate) fn memory_usage(&self) -> usize {
        let texts = self.kept.iter().flatten().map(|kept| kept.cell.memory_usage());
        vector_bytes(&self.kept) + texts.sum::<usize>()
    }

    /// One value per group.
    pub(crate) fn finish(mut self, groups: usize) -> Vec<Value> {
        grow(&mut self.kept, groups);
        self.kept.into_iter().map(|kept| kept.map_or(Value::Null, |kept| kept.cell.into_value())).collect()
    }
}
