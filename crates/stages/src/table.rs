//! The result of a pipeline: rows of values under named columns.
//!
//! **Number or text.** `count`, `dc` and `sum` are numbers. By-fields, `values` and `list` are texts, since groups are groups of
//! texts (files may disagree on a field's type). `first`, `last`, `min`, `max` and plain fields keep the kind of the column that
//! the value came from: a text column gives a text, also where it has numeric form (§5.10.9). A time is a [`Value::Time`] only
//! under the name `_time`; under another name it is the number of its epoch seconds (§4.6.1), and a number that is given the name
//! `_time` is a time. A Boolean is the text `true` or `false` (§4.1.3).

use std::sync::Arc;

use retrohunt_columnar::text;

use crate::batch::{RowKey, TIME, micros_of};
use crate::kernels::number::seconds;

/// A result: columns in order, and rows in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// The rows.
    pub rows: Vec<TableRow>,
}

impl Table {
    /// Returns the place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &*column.name == name)
    }

    /// The place of a column that a command writes: its own if there is one, which then counts as named, or a new one behind the
    /// others, ∅ in every row.
    pub(crate) fn ensure_column(&mut self, name: &str) -> usize {
        if let Some(at) = self.column(name) {
            self.columns[at].named = true;
            return at;
        }
        self.columns.push(TableColumn { name: name.into(), named: true });
        for row in &mut self.rows {
            row.values.resize(self.columns.len(), Value::Null);
        }
        self.columns.len() - 1
    }

    /// Takes columns out, with their values.
    pub(crate) fn remove_columns(&mut self, remove: impl Fn(&str) -> bool) {
        let keep: Vec<bool> = self.columns.iter().map(|column| !remove(&column.name)).collect();
        let mut at = keep.iter();
        self.columns.retain(|_| at.next().copied().unwrap_or(true));
        for row in &mut self.rows {
            let mut at = keep.iter();
            row.values.retain(|_| at.next().copied().unwrap_or(true));
        }
    }

    /// Takes out the columns that no row has a value in and that the rule does not name (§9.6).
    pub(crate) fn drop_empty(&mut self) {
        let filled: Vec<bool> = (0..self.columns.len())
            .map(|at| {
                self.columns[at].named
                    || self.rows.iter().any(|row| row.values.get(at).is_some_and(|value| !value.is_null()))
            })
            .collect();
        if filled.iter().all(|filled| *filled) {
            return;
        }
        let names: Vec<Arc<str>> = self.columns.iter().map(|column| column.name.clone()).collect();
        self.remove_columns(|name| names.iter().zip(&filled).any(|(known, filled)| **known == *name && !filled));
    }
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// The field's name.
    pub name: Arc<str>,
    /// The rule names it, so it is kept when it is ∅ in every row (§9.6). A column that came from a pattern has a value in some row.
    pub named: bool,
}

/// A row of a result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableRow {
    /// One value per column.
    pub values: Vec<Value>,
    /// The first rows of the input that it stands for, in stream order, as many as [`crate::Settings`] asks for.
    pub evidence: Vec<RowKey>,
}

/// A value of a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// ∅.
    Null,
    /// A text.
    Text(String),
    /// A signed number.
    Int(i64),
    /// An unsigned number beyond the signed ones, or from an unsigned column.
    UInt(u64),
    /// A finite double.
    Float(f64),
    /// A time in microseconds since the epoch, UTC.
    Time(i64),
    /// A multivalue, at least two texts.
    List(Vec<String>),
}

impl Value {
    /// Returns the value of a list of texts: ∅, the text, or the list, by their number (§4.1.1).
    #[must_use]
    pub fn from_texts(mut texts: Vec<String>) -> Self {
        match texts.len() {
            0 => Self::Null,
            1 => texts.pop().map_or(Self::Null, Self::Text),
            _ => Self::List(texts),
        }
    }

    /// Is it ∅?
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the texts of its values: none for ∅, several for a multivalue (§4.4).
    #[must_use]
    pub fn texts(&self) -> Vec<std::borrow::Cow<'_, str>> {
        match self {
            Self::Null => Vec::new(),
            Self::Text(text) => vec![text.as_str().into()],
            Self::List(texts) => texts.iter().map(|text| text.as_str().into()).collect(),
            other => {
                let mut text = String::new();
                other.write_text(&mut text, "");
                vec![text.into()]
            }
        }
    }

    /// Returns the number that it is or, for a text, has the form of (§4.3.2); `None` for ∅, a multivalue and any other text.
    #[must_use]
    pub fn number(&self) -> Option<crate::kernels::number::Number> {
        use crate::kernels::number::Number;
        match self {
            Self::Null | Self::List(_) => None,
            Self::Text(text) => Number::parse(text),
            Self::Int(value) => Some(Number::Int(i128::from(*value))),
            Self::UInt(value) => Some(Number::Int(i128::from(*value))),
            Self::Float(value) => Some(Number::Float(*value)),
            Self::Time(micros) => Some(Number::from_micros(*micros)),
        }
    }

    /// Appends the text of the value (§4.4) to `out`; a time is its epoch seconds, the values of a list are joined with `delim`.
    pub fn write_text(&self, out: &mut String, delim: &str) {
        match self {
            Self::Null => {}
            Self::Text(value) => out.push_str(value),
            Self::Int(value) => text::write_i64(out, *value),
            Self::UInt(value) => text::write_u64(out, *value),
            Self::Float(value) => text::write_f64(out, *value),
            Self::Time(micros) => out.push_str(&text::epoch_text(*micros)),
            Self::List(values) => out.push_str(&values.join(delim)),
        }
    }

    /// The value as it stands in a column of this name: times under `_time`, numbers elsewhere (see the module).
    pub(crate) fn under(self, name: &str) -> Self {
        match self {
            Self::Time(micros) if name != TIME => {
                if micros % 1_000_000 == 0 {
                    Self::Int(micros / 1_000_000)
                } else {
                    Self::Float(seconds(micros))
                }
            }
            Self::Int(value) if name == TIME => value.checked_mul(1_000_000).map_or(Self::Int(value), Self::Time),
            Self::Float(value) if name == TIME => micros_of(value).map_or(Self::Float(value), Self::Time),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_1_1_lists_of_one_and_none() {
        assert_eq!(Value::from_texts(vec![]), Value::Null);
        assert_eq!(Value::from_texts(vec!["a".into()]), Value::Text("a".into()));
        assert_eq!(Value::from_texts(vec!["a".into(), "b".into()]), Value::List(vec!["a".into(), "b".into()]));
    }

    #[test]
    fn section_4_6_1_times_are_times_only_under_their_name() {
        assert_eq!(Value::Time(5_000_000).under("first_seen"), Value::Int(5));
        assert_eq!(Value::Time(5_500_000).under("first_seen"), Value::Float(5.5));
        assert_eq!(Value::Time(5_500_000).under("_time"), Value::Time(5_500_000));
        assert_eq!(Value::Float(5.5).under("_time"), Value::Time(5_500_000));
    }
}
