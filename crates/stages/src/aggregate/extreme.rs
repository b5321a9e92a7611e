//! The least or greatest value of each group; what `min` and `max` share.
//!
//! Values of numeric form stand before the others and are ordered as numbers, the others by code point. Between equal numbers of
//! different spelling the smaller text is taken, for `max` too, and between equal texts of different kinds the lower kind, so that
//! the result does not depend on the order of the rows. The value keeps its kind and text (§5.10.9).
//!
//! Partial state: `kind` (`UInt8`) and `value` (`Utf8`).

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::types::UInt8Type;
use arrow_array::{Array, ArrayRef, StringArray, UInt8Array};

use super::cell::Cell;
use super::{Input, Recipe, State, grow, reach, vector_bytes};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::kernels::number::Number;
use crate::kernels::value::ValueRef;
use crate::partial::{Parts, check_size, refused};
use crate::table::Value;

/// A kept value, and its number so that it is not read again for every row.
#[derive(Clone, Debug)]
struct Best {
    /// The value.
    cell: Cell,
    /// Its number, if it has numeric form.
    number: Option<Number>,
}

/// The best value of each group.
#[derive(Clone, Debug)]
pub(crate) struct Extreme {
    /// It is `max`.
    greatest: bool,
    /// By group.
    best: Vec<Option<Best>>,
}

impl State for Extreme {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        grow(&mut self.best, input.groups);
        input.for_each(|assignment, _, value| {
            self.offer(assignment.group, value);
            Ok(())
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        let cells = (0..groups).map(|group| self.best.get(group).and_then(Option::as_ref).map(|best| &best.cell));
        write_cells(cells)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        grow(&mut self.best, reach(map));
        for (group, cell) in map.iter().zip(read_cells(parts)?) {
            if let Some(cell) = cell {
                self.offer(*group, cell.value());
            }
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        grow(&mut self.best, reach(map));
        for (group, best) in map.iter().zip(other.best) {
            if let Some(best) = best {
                self.offer(*group, best.cell.value());
            }
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        let texts = self.best.iter().flatten().map(|best| best.cell.memory_usage());
        vector_bytes(&self.best) + texts.sum::<usize>()
    }
}

impl Extreme {
    /// No rows yet; `greatest`: it is `max`.
    pub(super) fn new(greatest: bool) -> Self {
        Self { greatest, best: Vec::new() }
    }

    /// Keeps a value if it is better than the one that is kept.
    fn offer(&mut self, group: u32, value: ValueRef<'_>) {
        let number = if fault("stages-min-text-order") { None } else { value.number() };
        match &mut self.best[group as usize] {
            Some(best) => {
                if better((value, number), (best.cell.value(), best.number), self.greatest) {
                    best.cell.set(value);
                    best.number = number;
                }
            }
            empty => *empty = Some(Best { cell: Cell::new(value), number }),
        }
    }
}

/// The best value of each group.
pub(super) fn finish(state: &mut Extreme, _: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    grow(&mut state.best, groups);
    Ok(std::mem::take(&mut state.best)
        .into_iter()
        .map(|best| best.map_or(Value::Null, |best| best.cell.into_value()))
        .collect())
}

/// Is the value better than the one that is kept? Each comes with its number.
pub(crate) fn better(
    (value, number): (ValueRef<'_>, Option<Number>),
    (best, best_number): (ValueRef<'_>, Option<Number>),
    greatest: bool,
) -> bool {
    let wanted = if greatest { Ordering::Greater } else { Ordering::Less };
    let order = match (number, best_number) {
        (Some(a), Some(b)) => a.compare(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => value.text().cmp(&best.text()),
    };
    match order {
        Ordering::Equal => {
            let texts = value.text().cmp(&best.text());
            texts.then_with(|| kind(value).cmp(&kind(best))).is_lt()
        }
        order => order == wanted,
    }
}

/// The kind of a value, as [`Cell::kind`].
fn kind(value: ValueRef<'_>) -> u8 {
    match value {
        ValueRef::Int(_) => 0,
        ValueRef::UInt(_) => 1,
        ValueRef::Float(_) => 2,
        ValueRef::Time(_) => 3,
        ValueRef::Text(_) | ValueRef::Bool(_) => 4,
    }
}

/// The columns `kind` (`UInt8`) and `value` (`Utf8`) of cells; null where there is none.
pub(super) fn write_cells<'a>(
    cells: impl Iterator<Item = Option<&'a Cell>> + Clone,
) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
    check_size(0, cells.clone().map(|cell| cell.map_or(0, |cell| cell.stored().len())))?;
    let kinds: UInt8Array = cells.clone().map(|cell| cell.map(Cell::kind)).collect();
    let values: StringArray = cells.map(|cell| cell.map(Cell::stored)).collect();
    Ok(vec![("kind", Arc::new(kinds)), ("value", Arc::new(values))])
}

/// The cells of the columns that [`write_cells`] wrote.
pub(super) fn read_cells(parts: &Parts<'_>) -> Result<Vec<Option<Cell>>, PipelineError> {
    let (kinds, values) = (parts.numbers::<UInt8Type>("kind")?, parts.texts("value")?);
    let cell = |row| {
        if kinds.is_null(row) || values.is_null(row) {
            return Ok(None);
        }
        let cell = Cell::read(kinds.value(row), values.value(row));
        cell.map(Some).ok_or_else(|| refused(format!("`{}` holds a malformed value", parts.prefix)))
    };
    (0..kinds.len()).map(cell).collect()
}
