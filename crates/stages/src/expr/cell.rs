//! One value inside an expression (§4.1-4.3).

use std::borrow::Cow;

use retrohunt_columnar::text;

use crate::kernels::number::Number;
use crate::kernels::value::{Column, ValueRef, bool_text};

/// A value on its way through an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// ∅.
    Null,
    /// The result of a condition; it exists only inside an expression (§4.1.2).
    Bool(bool),
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    UInt(u64),
    /// A finite double.
    Float(f64),
    /// Microseconds since the epoch; as a number, and as a text, epoch seconds (§4.6.1).
    Time(i64),
    /// A field's text: it acts as a number where it has numeric form (§4.3.2).
    Field(Cow<'a, str>),
    /// A string literal or the result of a string function: a string, also where it has numeric form (§4.3.2).
    Text(Cow<'a, str>),
    /// A multivalue: at least two texts (§4.1.1); each acts as a field's text does.
    Multi(Vec<Cow<'a, str>>),
}

impl<'a> Cell<'a> {
    /// The value of a source cell.
    pub(crate) fn of_column(column: &Column<'a>, row: usize) -> Self {
        if column.is_list() {
            let mut texts = Vec::new();
            column.for_each(row, |_, value| texts.push(value.text()));
            return Self::from_texts(texts);
        }
        column.scalar(row).map_or(Self::Null, Self::of_value)
    }

    /// A field's value.
    pub(crate) fn of_value(value: ValueRef<'a>) -> Self {
        match value {
            ValueRef::Text(text) => Self::Field(Cow::Borrowed(text)),
            ValueRef::Int(value) => Self::Int(value),
            ValueRef::UInt(value) => Self::UInt(value),
            ValueRef::Float(value) => Self::Float(value),
            ValueRef::Bool(value) => Self::Field(Cow::Borrowed(bool_text(value))),
            ValueRef::Time(micros) => Self::Time(micros),
        }
    }

    /// ∅, one field's text, or a multivalue, by the number of texts (§4.1.1).
    pub(crate) fn from_texts(mut texts: Vec<Cow<'a, str>>) -> Self {
        match texts.len() {
            0 => Self::Null,
            1 => texts.pop().map_or(Self::Null, Self::Field),
            _ => Self::Multi(texts),
        }
    }

    /// A number of an expression: ∅ for NaN and infinities (§6.5: domain errors).
    pub(crate) fn of_f64(value: f64) -> Self {
        if value.is_finite() { Self::Float(value) } else { Self::Null }
    }

    /// The result of a string function.
    pub(crate) fn string(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// Is it ∅?
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text (§4.4); `None` for ∅, a multivalue and a Boolean.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        let mut out = String::new();
        match self {
            Self::Field(text) | Self::Text(text) => return Some(Cow::Borrowed(text)),
            Self::Int(value) => text::write_i64(&mut out, *value),
            Self::UInt(value) => text::write_u64(&mut out, *value),
            Self::Float(value) => text::write_f64(&mut out, *value),
            Self::Time(micros) => out.push_str(&text::epoch_text(*micros)),
            Self::Null | Self::Bool(_) | Self::Multi(_) => return None,
        }
        Some(Cow::Owned(out))
    }

    /// The number that it is or, for a field's text, has the form of (§4.3.2); `None` for everything else.
    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Self::Int(value) => Some(Number::Int(i128::from(*value))),
            Self::UInt(value) => Some(Number::Int(i128::from(*value))),
            Self::Float(value) => Some(Number::Float(*value)),
            Self::Time(micros) => Some(Number::from_micros(*micros)),
            Self::Field(text) => Number::parse(text),
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::Multi(_) => None,
        }
    }

    /// The texts of its values: none for ∅ and Booleans, several for a multivalue.
    pub(crate) fn texts(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Multi(texts) => texts.iter().map(|text| Cow::Borrowed(text.as_ref())).collect(),
            other => other.text().into_iter().collect(),
        }
    }

    /// The same value, borrowing its texts from this one.
    pub(crate) fn borrowed(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Bool(value) => Cell::Bool(*value),
            Self::Int(value) => Cell::Int(*value),
            Self::UInt(value) => Cell::UInt(*value),
            Self::Float(value) => Cell::Float(*value),
            Self::Time(micros) => Cell::Time(*micros),
            Self::Field(text) => Cell::Field(Cow::Borrowed(text)),
            Self::Text(text) => Cell::Text(Cow::Borrowed(text)),
            Self::Multi(texts) => Cell::Multi(texts.iter().map(|text| Cow::Borrowed(text.as_ref())).collect()),
        }
    }

    /// The same value, owning its texts.
    pub(crate) fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Bool(value) => Cell::Bool(value),
            Self::Int(value) => Cell::Int(value),
            Self::UInt(value) => Cell::UInt(value),
            Self::Float(value) => Cell::Float(value),
            Self::Time(micros) => Cell::Time(micros),
            Self::Field(text) => Cell::Field(Cow::Owned(text.into_owned())),
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Multi(texts) => Cell::Multi(texts.into_iter().map(|text| Cow::Owned(text.into_owned())).collect()),
        }
    }
}
