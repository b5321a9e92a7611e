//! One row by hand, and what the shipped profiles make of it.
#![expect(clippy::expect_used, reason = "a test that cannot go on must fail")]

use std::borrow::Cow;

use retrohunt_profile::{ColumnDesc, EventClass, FieldMap, Kind, choose, shipped};

/// A row: column names and texts; an empty text is null, as archives are read.
#[derive(Clone)]
pub(crate) struct Row {
    /// Column names and values.
    columns: Vec<(String, String)>,
}

impl Row {
    /// Makes a row of columns and values; a column named twice keeps its first place and its last value.
    pub(crate) fn new(columns: &[(&str, &str)]) -> Self {
        columns.iter().fold(Self { columns: Vec::new() }, |row, (name, value)| row.with(name, value))
    }

    /// Returns the row with another value in a column, which is added if it is not there.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut columns = self.columns.clone();
        match columns.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value.to_owned(),
            None => columns.push((name.to_owned(), value.to_owned())),
        }
        Self { columns }
    }

    /// Asks something of the field map of the row's schema.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&FieldMap) -> T) -> T {
        let columns: Vec<ColumnDesc<'_>> =
            self.columns.iter().map(|(name, _)| ColumnDesc { name, kind: Kind::Text, multivalue: false }).collect();
        let profiles = shipped().expect("valid");
        question(&FieldMap::new(&columns, &choose(&columns, &profiles).profiles(), &[]))
    }

    /// The values of a column.
    fn column(&self, index: usize) -> Vec<Cow<'_, str>> {
        let value = self.columns[index].1.as_str();
        if value.is_empty() { Vec::new() } else { vec![Cow::Borrowed(value)] }
    }

    /// The values of a field.
    pub(crate) fn values(&self, field: &str) -> Vec<String> {
        self.ask(|map| {
            let source = map.resolve(field);
            map.values(&source, &mut |index| self.column(index)).into_iter().map(Cow::into_owned).collect()
        })
    }

    /// Checks that fields have these single values.
    pub(crate) fn expect(&self, fields: &[(&str, &str)]) {
        for (field, value) in fields {
            assert_eq!(self.values(field), [*value], "{field}");
        }
    }

    /// Checks that fields are null.
    pub(crate) fn expect_null(&self, fields: &[&str]) {
        for field in fields {
            assert!(self.values(field).is_empty(), "{field} is {:?}", self.values(field));
        }
    }

    /// The names of the chosen profiles.
    pub(crate) fn profiles(&self) -> Vec<String> {
        self.ask(|map| map.profiles().to_vec())
    }

    /// The classes of a kind that take the row.
    pub(crate) fn classes_of(&self, kind: EventClass) -> Vec<String> {
        self.ask(|map| {
            let classes = map.classes_of(kind).into_iter().filter_map(|index| map.class(index));
            let taking = classes.filter(|class| class.selector.holds(&mut |index| self.column(index)));
            taking.map(|class| format!("{}: {}", class.profile, class.name)).collect()
        })
    }

    /// The fields whose mappings hide a column.
    pub(crate) fn collisions(&self) -> Vec<String> {
        self.ask(|map| map.collisions().into_iter().map(|collision| collision.field).collect())
    }
}
