//! Values to a canonical column.
//!
//! The kind of a value must not depend on the other rows, or another split of the rows would give another table. So a number is an
//! integer where it prints as one and a double elsewhere, and a column that has both, or texts too, is a mixed one. A column of
//! multivalues holds only texts; where the expression may give one, numbers are texts in any case.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, NullArray, StringArray, UInt64Array};

use super::cell::Cell;
use super::typing;
use super::vector::{Values, Vector, most_bytes};
use crate::kernels::value::{Column, mixed};

/// Which kinds of value a vector has.
#[derive(Clone, Copy, Debug, Default)]
struct Kinds {
    /// Texts.
    texts: bool,
    /// Signed integers.
    ints: bool,
    /// Unsigned ones beyond those.
    uints: bool,
    /// Doubles with a fraction or an exponent.
    floats: bool,
    /// Multivalues.
    lists: bool,
    /// Bytes of all texts, those of numbers at their most.
    bytes: usize,
    /// Elements of all lists.
    elements: usize,
}

/// Bytes that the text of a number has at most.
const NUMBER_BYTES: usize = 25;

impl Kinds {
    /// Takes note of a value.
    fn see(&mut self, cell: &Cell<'_>) {
        let (bytes, elements) = match cell {
            Cell::Null | Cell::Bool(_) => return,
            Cell::Field(text) | Cell::Text(text) => {
                self.texts = true;
                (text.len(), 1)
            }
            Cell::Multi(texts) => {
                self.lists = true;
                (texts.iter().map(|text| text.len()).sum(), texts.len())
            }
            number => {
                match typing::result_number(number) {
                    Some(Cell::Int(_)) => self.ints = true,
                    Some(Cell::UInt(_)) => self.uints = true,
                    _ => self.floats = true,
                }
                (NUMBER_BYTES, 1)
            }
        };
        self.bytes = self.bytes.saturating_add(bytes);
        self.elements = self.elements.saturating_add(elements);
    }
}

/// The column of `rows` values; `None` if it would be too large for arrow. Undecided rows are ∅. `many`: the expression may give
/// multivalues.
pub(super) fn build(values: Values<'_>, rows: usize, many: bool) -> Option<ArrayRef> {
    let Values { vector, undecided } = values;
    match (vector, undecided) {
        (Vector::Field(Column::Missing, _), _) => Some(Arc::new(NullArray::new(rows))),
        (Vector::Field(_, Some(array)), None) => Some(array.clone()),
        (Vector::Texts(texts), None) => Some(Arc::new(texts)),
        (vector, undecided) => build_cells(rows, many, |row| match &undecided {
            Some(bits) if bits.value(row) => Cell::Null,
            _ => vector.cell(row),
        }),
    }
}

/// The column of the values that `cell` gives.
fn build_cells<'c>(rows: usize, many: bool, cell: impl Fn(usize) -> Cell<'c>) -> Option<ArrayRef> {
    let mut kinds = Kinds::default();
    for row in 0..rows {
        kinds.see(&cell(row));
    }
    if kinds.bytes > most_bytes(rows) || kinds.elements > most_bytes(rows) {
        return None;
    }
    debug_assert!(many || !kinds.lists, "a multivalue where the expression gives none");
    let numbers = usize::from(kinds.ints) + usize::from(kinds.uints) + usize::from(kinds.floats);
    Some(if kinds.lists {
        lists(rows, cell)
    } else if numbers == 0 && kinds.texts || numbers > 0 && many {
        texts(rows, kinds.bytes, cell)
    } else if kinds.texts || numbers > 1 {
        mixture(rows, cell)
    } else if kinds.ints {
        let int = |row| if let Some(Cell::Int(value)) = typing::result_number(&cell(row)) { Some(value) } else { None };
        Arc::new((0..rows).map(int).collect::<Int64Array>())
    } else if kinds.uints {
        let uint =
            |row| if let Some(Cell::UInt(value)) = typing::result_number(&cell(row)) { Some(value) } else { None };
        Arc::new((0..rows).map(uint).collect::<UInt64Array>())
    } else if kinds.floats {
        let float =
            |row| if let Some(Cell::Float(value)) = typing::result_number(&cell(row)) { Some(value) } else { None };
        Arc::new((0..rows).map(float).collect::<Float64Array>())
    } else {
        Arc::new(NullArray::new(rows))
    })
}

/// A column of texts; numbers become theirs.
fn texts<'c>(rows: usize, bytes: usize, cell: impl Fn(usize) -> Cell<'c>) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows, bytes);
    let mut scratch = String::new();
    for row in 0..rows {
        match cell(row) {
            Cell::Field(text) | Cell::Text(text) => builder.append_value(text),
            Cell::Null | Cell::Bool(_) | Cell::Multi(_) => builder.append_null(),
            number => {
                scratch.clear();
                typing::write_text(&number, &mut scratch);
                builder.append_value(&scratch);
            }
        }
    }
    Arc::new(builder.finish())
}

/// A column of texts and numbers.
fn mixture<'c>(rows: usize, cell: impl Fn(usize) -> Cell<'c>) -> ArrayRef {
    let (mut texts, mut numbers) = (StringBuilder::new(), BooleanBuilder::new());
    let mut scratch = String::new();
    for row in 0..rows {
        let cell = cell(row);
        let number = typing::result_number(&cell);
        numbers.append_value(number.is_some());
        match number.as_ref().unwrap_or(&cell) {
            Cell::Null | Cell::Bool(_) | Cell::Multi(_) => texts.append_null(),
            value => {
                scratch.clear();
                typing::write_text(value, &mut scratch);
                texts.append_value(&scratch);
            }
        }
    }
    let (texts, numbers): (StringArray, BooleanArray) = (texts.finish(), numbers.finish());
    mixed(texts, numbers)
}

/// A column of multivalues; a single value is a list of one.
fn lists<'c>(rows: usize, cell: impl Fn(usize) -> Cell<'c>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for row in 0..rows {
        let cell = cell(row);
        let texts = match &cell {
            Cell::Multi(texts) => Cow::Borrowed(texts),
            other => Cow::Owned(other.texts()),
        };
        texts.iter().for_each(|text| builder.values().append_value(text));
        builder.append(!texts.is_empty());
    }
    Arc::new(builder.finish())
}
