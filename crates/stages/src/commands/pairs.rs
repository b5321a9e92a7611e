//! New fields whose names come out of the data, for `extract`, `xmlkv` and `fromjson`.

use std::sync::Arc;

use super::cells::check_cells;
use crate::error::PipelineError;
use crate::table::{Table, TableColumn, Value};

/// Values found row by row.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The names, in the order met.
    names: Vec<Arc<str>>,
    /// Place of each name.
    places: hashbrown::HashMap<Arc<str>, usize>,
    /// Row, place of the name, value.
    values: Vec<(usize, usize, Value)>,
}

impl Found {
    /// Sets a field of a row; of two values for one field the later stays.
    pub(super) fn add(&mut self, row: usize, name: &str, value: Value) {
        let place = match self.places.get(name) {
            Some(place) => *place,
            None => {
                let name: Arc<str> = name.into();
                self.places.insert(name.clone(), self.names.len());
                self.names.push(name);
                self.names.len() - 1
            }
        };
        self.values.push((row, place, value));
    }

    /// Puts the values into the table. Fields that were not there come behind the others, by code point, and are not named.
    ///
    /// # Errors
    ///
    /// `E-STAGE-LIMIT` if that makes too many cells.
    pub(super) fn into_table(self, command: &str, mut table: Table) -> Result<Table, PipelineError> {
        let mut new: Vec<&Arc<str>> = self.names.iter().filter(|name| table.column(name).is_none()).collect();
        new.sort_unstable();
        let width = table.columns.len() + new.len();
        if !new.is_empty() {
            check_cells(command, table.rows.len(), width)?;
        }
        table.columns.extend(new.into_iter().map(|name| TableColumn { name: name.clone(), named: false }));
        for row in &mut table.rows {
            row.values.resize(width, Value::Null);
        }
        let mut by_name: hashbrown::HashMap<Arc<str>, usize> = hashbrown::HashMap::new();
        for (at, column) in table.columns.iter().enumerate() {
            by_name.insert(column.name.clone(), at);
        }
        let places: Vec<Option<usize>> = self.names.iter().map(|name| by_name.get(name).copied()).collect();
        for (row, place, value) in self.values {
            if let (Some(at), Some(row)) = (places[place], table.rows.get_mut(row)) {
                row.values[at] = value.under(&self.names[place]);
            }
        }
        Ok(table)
    }
}
