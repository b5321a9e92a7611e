//! `fromjson field [prefix=…]`: the members of the JSON object that a field holds become fields.
//!
//! Strings become texts, numbers and Booleans their texts, objects and arrays their JSON texts; `null` sets nothing. Existing fields
//! are replaced; of equal names in one object the last counts. A text that is no object changes nothing, and so does a multivalue.

use super::cells::value_at;
use super::json::members;
use super::pairs::Found;
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::table::{Table, Value};
use crate::table_stage::{Context, TableStage};

/// A `fromjson` made ready.
#[derive(Clone, Debug)]
pub(super) struct FromJson {
    /// The field.
    field: String,
    /// Text before the names.
    prefix: String,
}

impl FromJson {
    /// Makes a `fromjson` ready.
    pub(super) fn new(field: &str, prefix: &str) -> Self {
        Self { field: field.to_owned(), prefix: prefix.to_owned() }
    }
}

impl TableStage for FromJson {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let field = table.column(&self.field);
        let mut found = Found::default();
        for (at, row) in table.rows.iter().enumerate() {
            let Value::Text(text) = value_at(row, field) else { continue };
            for (name, value) in members(text).unwrap_or_default() {
                let name = format!("{}{name}", self.prefix);
                if let (false, Some(text)) = (name.is_empty(), value.into_text()) {
                    found.add(at, &name, Value::Text(text));
                }
            }
        }
        found.into_table("fromjson", table)
    }

    fn needs(&self, after: Needs) -> Needs {
        // Fields that rows have already stay where nothing is found for them.
        after.and_field(&self.field)
    }
}
