//! One value of a cell, and a typed view over a canonical column.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, StringArray, StructArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field, Fields, TimeUnit};
use retrohunt_columnar::text;

use super::number::Number;

/// One value that is not ∅. A multivalue has several, one after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// A text.
    Text(&'a str),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    UInt(u64),
    /// A floating point number; NaN and the infinities are ∅ and do not occur (§4.1.3).
    Float(f64),
    /// A Boolean of a source column: `true` or `false`, also comparable as `1` and `0` (§3.17).
    Bool(bool),
    /// A time in microseconds since the epoch; its text and number are epoch seconds (§4.6.1).
    Time(i64),
}

impl<'a> ValueRef<'a> {
    /// Appends the text of the value (§4.4) to `out`.
    pub fn write_text(&self, out: &mut String) {
        match *self {
            Self::Text(value) => out.push_str(value),
            Self::Int(value) => text::write_i64(out, value),
            Self::UInt(value) => text::write_u64(out, value),
            Self::Float(value) => text::write_f64(out, value),
            Self::Bool(value) => out.push_str(bool_text(value)),
            Self::Time(micros) => out.push_str(&text::epoch_text(micros)),
        }
    }

    /// Returns the text of the value (§4.4), borrowed where it is a text already.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        match *self {
            Self::Text(value) => Cow::Borrowed(value),
            Self::Bool(value) => Cow::Borrowed(bool_text(value)),
            _ => {
                let mut out = String::new();
                self.write_text(&mut out);
                Cow::Owned(out)
            }
        }
    }

    /// Returns the text of the value, written into `scratch` (whose content is lost) if it is not a text already.
    pub(crate) fn text_in<'s>(&self, scratch: &'s mut String) -> &'s str
    where
        'a: 's,
    {
        match *self {
            Self::Text(value) => value,
            Self::Bool(value) => bool_text(value),
            _ => {
                scratch.clear();
                self.write_text(scratch);
                scratch
            }
        }
    }

    /// Returns the number that the value is or has the form of (§4.3.2); `None` for other texts and for Booleans.
    #[must_use]
    pub fn number(&self) -> Option<Number> {
        match *self {
            Self::Text(value) => Number::parse(value),
            Self::Int(value) => Some(Number::Int(i128::from(value))),
            Self::UInt(value) => Some(Number::Int(i128::from(value))),
            Self::Float(value) => Some(Number::Float(value)),
            Self::Bool(_) => None,
            Self::Time(micros) => Some(Number::from_micros(micros)),
        }
    }
}

/// The text of a Boolean (§4.1.3).
pub(crate) fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// The parts of a column that holds texts and numbers.
fn mixed_fields() -> Fields {
    Fields::from(vec![Field::new("text", DataType::Utf8, true), Field::new("number", DataType::Boolean, false)])
}

/// Returns the canonical column of values of which some are texts and some numbers: the text of each (§4.4), which for a number
/// reads back to the same number, and whether it is a number. Both have one element per row.
pub(crate) fn mixed(texts: StringArray, numbers: BooleanArray) -> ArrayRef {
    let nulls = texts.nulls().cloned();
    Arc::new(StructArray::new(mixed_fields(), vec![Arc::new(texts), Arc::new(numbers)], nulls))
}

/// The number whose text this is.
fn number_value(text: &str) -> ValueRef<'_> {
    match Number::parse(text) {
        Some(Number::Int(value)) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => ValueRef::Int(value),
            (_, Ok(value)) => ValueRef::UInt(value),
            _ => ValueRef::Text(text),
        },
        Some(Number::Float(value)) => ValueRef::Float(value),
        None => ValueRef::Text(text),
    }
}

/// A canonical column with its type known. Row `i` is cell `i`.
#[derive(Clone, Copy)]
pub(crate) enum Column<'a> {
    /// Texts.
    Text(&'a StringArray),
    /// Signed numbers.
    Int(&'a Int64Array),
    /// Unsigned numbers.
    UInt(&'a UInt64Array),
    /// Floating point numbers.
    Float(&'a Float64Array),
    /// Booleans.
    Bool(&'a BooleanArray),
    /// Times in microseconds.
    Time(&'a TimestampMicrosecondArray),
    /// Multivalues: the lists and their elements.
    List(&'a ListArray, &'a StringArray),
    /// Texts and numbers in one column: the texts, and whether each is a number's (see [`mixed`]).
    Mixed(&'a StringArray, &'a BooleanArray),
    /// ∅ in every row.
    Missing,
}

/// Is this one of the canonical column types? [`DataType::Null`] counts: it is ∅ everywhere.
pub(crate) fn is_canonical(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8
        | DataType::Int64
        | DataType::UInt64
        | DataType::Float64
        | DataType::Boolean
        | DataType::Null
        | DataType::Timestamp(TimeUnit::Microsecond, _) => true,
        DataType::List(item) => item.data_type() == &DataType::Utf8,
        DataType::Struct(fields) => *fields == mixed_fields(),
        _ => false,
    }
}

impl<'a> Column<'a> {
    /// The view of an array; an array that is not canonical is ∅ in every row.
    pub(crate) fn new(array: &'a dyn Array) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string::<i32>()),
            DataType::Int64 => Self::Int(array.as_primitive::<Int64Type>()),
            DataType::UInt64 => Self::UInt(array.as_primitive::<UInt64Type>()),
            DataType::Float64 => Self::Float(array.as_primitive::<Float64Type>()),
            DataType::Boolean => Self::Bool(array.as_boolean()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Self::Time(array.as_primitive::<TimestampMicrosecondType>())
            }
            DataType::List(item) if item.data_type() == &DataType::Utf8 => {
                let lists = array.as_list::<i32>();
                Self::List(lists, lists.values().as_string::<i32>())
            }
            DataType::Struct(fields) if *fields == mixed_fields() => {
                let parts = array.as_struct();
                Self::Mixed(parts.column(0).as_string::<i32>(), parts.column(1).as_boolean())
            }
            _ => Self::Missing,
        }
    }

    /// The one value of a cell that is not a list; `None` if it is ∅ or a list.
    #[inline]
    pub(crate) fn scalar(&self, row: usize) -> Option<ValueRef<'a>> {
        match *self {
            Self::Text(array) => array.is_valid(row).then(|| ValueRef::Text(array.value(row))),
            Self::Int(array) => array.is_valid(row).then(|| ValueRef::Int(array.value(row))),
            Self::UInt(array) => array.is_valid(row).then(|| ValueRef::UInt(array.value(row))),
            Self::Float(array) => {
                (array.is_valid(row) && array.value(row).is_finite()).then(|| ValueRef::Float(array.value(row)))
            }
            Self::Bool(array) => array.is_valid(row).then(|| ValueRef::Bool(array.value(row))),
            Self::Time(array) => array.is_valid(row).then(|| ValueRef::Time(array.value(row))),
            Self::Mixed(texts, numbers) => {
                let text = texts.is_valid(row).then(|| texts.value(row))?;
                Some(if numbers.value(row) { number_value(text) } else { ValueRef::Text(text) })
            }
            Self::List(..) | Self::Missing => None,
        }
    }

    /// The range of elements of the list in `row`, empty if it is ∅ or no list. Elements inside may still be null.
    #[inline]
    fn elements(&self, row: usize) -> std::ops::Range<usize> {
        let Self::List(lists, _) = self else { return 0..0 };
        if lists.is_null(row) {
            return 0..0;
        }
        let offset = |at: usize| usize::try_from(lists.value_offsets()[at]).unwrap_or(0);
        offset(row)..offset(row + 1)
    }

    /// Calls `visit` with every value of the cell, in order, with its position among them.
    #[inline]
    pub(crate) fn for_each(&self, row: usize, mut visit: impl FnMut(u32, ValueRef<'a>)) {
        if let Self::List(_, texts) = *self {
            let mut position = 0;
            for at in self.elements(row) {
                if texts.is_valid(at) {
                    visit(position, ValueRef::Text(texts.value(at)));
                    position += 1;
                }
            }
        } else if let Some(value) = self.scalar(row) {
            visit(0, value);
        }
    }

    /// Does any value of the cell pass the test? ∅ has none.
    #[inline]
    pub(crate) fn any(&self, row: usize, mut test: impl FnMut(ValueRef<'a>) -> bool) -> bool {
        match *self {
            Self::List(_, texts) => {
                self.elements(row).any(|at| texts.is_valid(at) && test(ValueRef::Text(texts.value(at))))
            }
            _ => self.scalar(row).is_some_and(test),
        }
    }

    /// Is the cell not ∅?
    #[inline]
    pub(crate) fn is_present(&self, row: usize) -> bool {
        self.any(row, |_| true)
    }

    /// Is the column a list column?
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::List(..))
    }
}
