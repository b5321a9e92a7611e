//! A value that is kept: with the kind of the column it came from.

use std::borrow::Cow;

use retrohunt_columnar::text;

use crate::kernels::value::ValueRef;
use crate::table::Value;

/// An owned value. A Boolean is its text (§4.1.3).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    UInt(u64),
    /// A double.
    Float(f64),
    /// A time.
    Time(i64),
    /// A text.
    Text(String),
}

impl Cell {
    /// Keeps a value.
    pub(crate) fn new(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Int(value) => Self::Int(value),
            ValueRef::UInt(value) => Self::UInt(value),
            ValueRef::Float(value) => Self::Float(value),
            ValueRef::Time(micros) => Self::Time(micros),
            ValueRef::Text(_) | ValueRef::Bool(_) => Self::Text(value.text().into_owned()),
        }
    }

    /// Keeps a value in the place of another, reusing its memory.
    pub(crate) fn set(&mut self, value: ValueRef<'_>) {
        match (&mut *self, value) {
            (Self::Text(old), ValueRef::Text(new)) => {
                old.clear();
                old.push_str(new);
            }
            _ => *self = Self::new(value),
        }
    }

    /// The value.
    pub(crate) fn value(&self) -> ValueRef<'_> {
        match self {
            Self::Int(value) => ValueRef::Int(*value),
            Self::UInt(value) => ValueRef::UInt(*value),
            Self::Float(value) => ValueRef::Float(*value),
            Self::Time(micros) => ValueRef::Time(*micros),
            Self::Text(value) => ValueRef::Text(value),
        }
    }

    /// Heap memory in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        if let Self::Text(value) = self { value.capacity() } else { 0 }
    }

    /// The value as a result.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Int(value) => Value::Int(value),
            Self::UInt(value) => Value::UInt(value),
            Self::Float(value) => Value::Float(value),
            Self::Time(micros) => Value::Time(micros),
            Self::Text(value) => Value::Text(value),
        }
    }

    /// The number that stands for the kind in a partial state; of two kinds with the same text the lower is preferred.
    pub(crate) fn kind(&self) -> u8 {
        match self {
            Self::Int(_) => 0,
            Self::UInt(_) => 1,
            Self::Float(_) => 2,
            Self::Time(_) => 3,
            Self::Text(_) => 4,
        }
    }

    /// What stands for the value in a partial state: its text, for a time the microseconds.
    pub(crate) fn stored(&self) -> Cow<'_, str> {
        match self {
            Self::Time(micros) => Cow::Owned(micros.to_string()),
            _ => self.value().text(),
        }
    }

    /// Reads what [`Self::kind`] and [`Self::stored`] wrote; `None` if it is malformed.
    pub(crate) fn read(kind: u8, stored: &str) -> Option<Self> {
        Some(match kind {
            0 => Self::Int(stored.parse().ok()?),
            1 => Self::UInt(stored.parse().ok()?),
            2 => Self::Float(text::numeric_form(stored).filter(|value| value.is_finite())?),
            3 => Self::Time(stored.parse().ok()?),
            4 => Self::Text(stored.to_owned()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_cells_come_back() {
        for cell in [
            Cell::Int(-7),
            Cell::UInt(u64::MAX),
            Cell::Float(0.1),
            Cell::Float(1e300),
            Cell::Time(-1),
            Cell::Text("1.0".into()),
            Cell::Text(String::new()),
        ] {
            assert_eq!(Cell::read(cell.kind(), &cell.stored()), Some(cell));
        }
        for (kind, stored) in [(0, "x"), (2, "1e999"), (9, "1")] {
            assert_eq!(Cell::read(kind, stored), None);
        }
    }
}
