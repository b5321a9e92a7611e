//! One row of an archive before it is encoded: a cell a column.

use crate::clock;
use std::fmt::{self, Write as _};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// UTF-8 text.
    Text,
    /// 64-bit signed integer.
    Int,
    /// 64-bit float.
    Float,
    /// Timestamp in microseconds, UTC.
    Time,
}

/// A column of a vendor's archive.
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its type.
    pub(crate) kind: Kind,
}

/// Returns a text column.
pub(crate) const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

/// Returns an integer column.
pub(crate) const fn int(name: &'static str) -> Column {
    Column { name, kind: Kind::Int }
}

/// Returns a float column.
pub(crate) const fn float(name: &'static str) -> Column {
    Column { name, kind: Kind::Float }
}

/// Returns a timestamp column.
pub(crate) const fn time(name: &'static str) -> Column {
    Column { name, kind: Kind::Time }
}

/// What a cell holds; its text lives in the row's buffers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// Null.
    Null,
    /// A text, maybe empty.
    Text(&'a str),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Microseconds since the epoch.
    Time(i64),
}

/// The state of a cell.
#[derive(Clone, Copy)]
enum State {
    /// Null.
    Null,
    /// The text from the first to the second byte of the buffer.
    Text(usize, usize),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Microseconds since the epoch.
    Time(i64),
}

/// Appends `text` to `out`.
pub(crate) fn append(out: &mut String, text: fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = out.write_fmt(text);
}

/// A row under construction. Cells are appended in the order of the vendor's columns; the buffers are kept from row to
/// row.
#[derive(Default)]
pub(crate) struct Row {
    /// One state a cell.
    states: Vec<State>,
    /// The texts of all cells, one behind the other.
    texts: String,
}

impl Row {
    /// Removes all cells.
    pub(crate) fn clear(&mut self) {
        self.states.clear();
        self.texts.clear();
    }

    /// Returns the number of cells.
    pub(crate) fn len(&self) -> usize {
        self.states.len()
    }

    /// Appends a null cell.
    pub(crate) fn null(&mut self) {
        self.states.push(State::Null);
    }

    /// Appends `count` null cells.
    pub(crate) fn nulls(&mut self, count: usize) {
        for _ in 0..count {
            self.null();
        }
    }

    /// Appends a text cell, also when `value` is empty.
    pub(crate) fn text(&mut self, value: &str) {
        self.with(|out| out.push_str(value));
    }

    /// Appends a text cell, or a null one when `value` is empty.
    pub(crate) fn some_text(&mut self, value: &str) {
        if value.is_empty() { self.null() } else { self.text(value) }
    }

    /// Appends a text cell if `present`, else a null one.
    pub(crate) fn text_if(&mut self, present: bool, value: &str) {
        self.with_some(present, |out| out.push_str(value));
    }

    /// Appends a text cell written by `write`, which may only append.
    pub(crate) fn with(&mut self, write: impl FnOnce(&mut String)) {
        let start = self.texts.len();
        write(&mut self.texts);
        self.states.push(State::Text(start, self.texts.len()));
    }

    /// Appends a text cell written by `write` if `present`, else a null one.
    pub(crate) fn with_some(&mut self, present: bool, write: impl FnOnce(&mut String)) {
        if present {
            self.with(write);
        } else {
            self.null();
        }
    }

    /// Appends a text cell in decimal.
    pub(crate) fn decimal(&mut self, value: u64) {
        self.with(|out| append(out, format_args!("{value}")));
    }

    /// Appends a text cell in hexadecimal with `0x`, as Windows writes ids.
    pub(crate) fn hexadecimal(&mut self, value: u64) {
        self.with(|out| append(out, format_args!("{value:#x}")));
    }

    /// Appends an integer cell.
    pub(crate) fn int(&mut self, value: i64) {
        self.states.push(State::Int(value));
    }

    /// Appends a float cell.
    pub(crate) fn float(&mut self, value: f64) {
        self.states.push(State::Float(value));
    }

    /// Appends a timestamp cell; null when there is no time.
    pub(crate) fn time(&mut self, value: Option<i64>) {
        self.states.push(value.map_or(State::Null, State::Time));
    }

    /// Appends a text cell with a time written by `write`; null when there is no time.
    pub(crate) fn time_text(&mut self, value: Option<i64>, write: fn(i64, &mut String)) {
        match value {
            Some(value) => self.with(|out| write(value, out)),
            None => self.null(),
        }
    }

    /// Returns cell `index`; null past the end.
    pub(crate) fn value(&self, index: usize) -> Value<'_> {
        match self.states.get(index) {
            None | Some(State::Null) => Value::Null,
            Some(&State::Text(start, end)) => Value::Text(self.texts.get(start..end).unwrap_or("")),
            Some(&State::Int(value)) => Value::Int(value),
            Some(&State::Float(value)) => Value::Float(value),
            Some(&State::Time(value)) => Value::Time(value),
        }
    }

    /// Appends the text of cell `index` to `out` as a rule sees it and returns true; false, with nothing appended, when
    /// the cell is null or empty.
    pub(crate) fn write_text(&self, index: usize, out: &mut String) -> bool {
        match self.value(index) {
            Value::Null | Value::Text("") => return false,
            Value::Text(text) => out.push_str(text),
            Value::Int(value) => append(out, format_args!("{value}")),
            Value::Float(value) => append(out, format_args!("{value}")),
            Value::Time(value) => clock::iso_micros(value, out),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_in_order() {
        let mut row = Row::default();
        row.text("a");
        row.null();
        row.text("");
        row.int(-3);
        row.hexadecimal(255);
        row.time(Some(clock::START));
        row.time(None);
        assert_eq!(row.len(), 7);
        assert_eq!(row.value(0), Value::Text("a"));
        assert_eq!(row.value(1), Value::Null);
        assert_eq!(row.value(2), Value::Text(""));
        assert_eq!(row.value(3), Value::Int(-3));
        assert_eq!(row.value(4), Value::Text("0xff"));
        assert_eq!(row.value(5), Value::Time(clock::START));
        assert_eq!(row.value(6), Value::Null);
        assert_eq!(row.value(7), Value::Null);
        let mut out = String::new();
        assert!(!row.write_text(1, &mut out) && !row.write_text(2, &mut out) && out.is_empty());
        assert!(row.write_text(3, &mut out));
        assert_eq!(out, "-3");
    }
}
