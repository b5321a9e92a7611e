//! Input: files of rows, with the mapping of their names.

use std::fmt::Debug;
use std::rc::Rc;

use super::value::Scalar;

/// All files of a scan. Their order does not matter: results are ordered by file name (§4.7).
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// The files.
    pub files: Vec<File>,
}

/// One file: columns in schema order and rows in file order.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path, which orders rows of equal time.
    pub name: String,
    /// The columns, struct leaves under dotted names.
    pub columns: Vec<Column>,
    /// The rows; cell `i` of a row belongs to column `i`.
    pub rows: Vec<Vec<Cell>>,
    /// What a profile says about this file, if one applies.
    pub mapping: Option<Rc<dyn Mapping>>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the file.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// Kinds of column (§4.1.3), enough to write the file in a real format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Strings.
    Text,
    /// Bytes, given here as the text of §4.1.3; bare terms do not look at them (§2.2.2).
    Binary,
    /// Signed integers.
    Int,
    /// Unsigned integers.
    UInt,
    /// Floats.
    Float,
    /// Booleans.
    Bool,
    /// Timestamps.
    Time,
    /// Lists of strings.
    List,
}

/// One source value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Missing.
    Null,
    /// A string; the empty one is missing unless the settings say otherwise (§4.1.4).
    Text(String),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A float; NaN and infinities are missing.
    Float(f64),
    /// A Boolean.
    Bool(bool),
    /// Microseconds since the epoch, UTC.
    Time(i64),
    /// A list of texts; an empty one is missing, one of one value is that value (§4.1.1).
    List(Vec<String>),
}

impl Cell {
    /// Returns the field values of the cell, none where it is missing. `empty_as_null` drops empty texts (§4.1.4).
    #[must_use]
    pub fn values(&self, empty_as_null: bool) -> Vec<Scalar> {
        let text = |text: &String| (!(empty_as_null && text.is_empty())).then(|| Scalar::Text(text.clone()));
        match self {
            Self::Null => Vec::new(),
            Self::Text(one) => text(one).into_iter().collect(),
            Self::Int(number) => vec![Scalar::Int(*number)],
            Self::UInt(number) => vec![Scalar::UInt(*number)],
            Self::Float(number) if number.is_finite() => vec![Scalar::Float(*number)],
            Self::Float(_) => Vec::new(),
            Self::Bool(truth) => vec![Scalar::Bool(*truth)],
            Self::Time(micros) => vec![Scalar::Time(*micros)],
            Self::List(texts) => texts.iter().filter_map(text).collect(),
        }
    }
}

/// One source row as a [`Mapping`] sees it.
#[derive(Clone, Copy, Debug)]
pub struct SourceRow<'a> {
    /// The file's columns.
    pub columns: &'a [Column],
    /// The values of the row, one entry a column, empty where missing.
    pub values: &'a [Vec<Scalar>],
}

impl<'a> SourceRow<'a> {
    /// Returns the values of a column, empty if it is missing in the row or in the file.
    #[must_use]
    pub fn get(&self, name: &str) -> &'a [Scalar] {
        let found = self.columns.iter().position(|column| column.name == name);
        found.and_then(|index| self.values.get(index)).map_or(&[], Vec::as_slice)
    }
}

/// A field that a mapping gives a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// The field.
    pub name: String,
    /// Its values; none hides a native column of that name all the same.
    pub values: Vec<Scalar>,
    /// Where the values come from.
    pub origin: Origin,
}

/// Where a mapped value comes from, which decides what bare terms see of it (§2.2.2, §2.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A column under another name: its text counts once, under the column.
    Alias,
    /// A constant that bare terms see: a text of its own.
    Constant,
    /// Anything computed: a pair text only.
    Computed,
}

/// Classes of event that rules name by some product's marker (§2.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventClass {
    /// A process was created.
    ProcessCreation,
    /// A network connection was made.
    NetworkConnection,
}

/// What a profile says about the names of a file, row by row.
pub trait Mapping: Debug {
    /// Returns the fields that some row of the file may get, in profile order.
    fn names(&self) -> Vec<String>;
    /// Returns the fields that this row gets.
    fn fields(&self, row: SourceRow<'_>) -> Vec<Mapped>;
    /// Returns the classes of this row.
    fn classes(&self, row: SourceRow<'_>) -> Vec<EventClass>;
    /// Is this column provenance (§2.2.2)?
    fn is_provenance(&self, column: &str) -> bool;
    /// Does the row time come from this column?
    fn is_time_source(&self, column: &str) -> bool;
}
