//! `fillnull` and `filldown` (§5.15).
//!
//! With a list of names `fillnull` looks at one row at a time; without a list, or with patterns, at which fields have a value in any
//! row. No list is every field, `_time` and `_raw` too; a pattern takes hidden fields only as §1.7.4 says.

use std::sync::Arc;

use arrow_array::{Array, StringArray};
use retrohunt_spl::plan::FieldPattern;

use super::cells::{filled, set};
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::kernels::value::{Column, ValueRef};
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::select::Built;
use crate::stage::Stage;
use crate::table::{Table, Value};
use crate::table_stage::{Context, TableStage};

/// Makes a `fillnull` ready.
pub(super) fn fillnull(value: &str, fields: &[FieldPattern]) -> Built {
    let names: Option<Vec<Arc<str>>> = fields.iter().map(|field| Some(field.glob.literal()?.into())).collect();
    match names {
        Some(names) if !names.is_empty() => Built::Row(Box::new(FillNamed { value: value.to_owned(), names })),
        _ => Built::Table(Box::new(FillPresent { value: value.to_owned(), fields: fields.to_vec() })),
    }
}

/// `fillnull` with a list of names.
#[derive(Clone, Debug)]
struct FillNamed {
    /// The text put in.
    value: String,
    /// The fields, created if not there.
    names: Vec<Arc<str>>,
}

impl Stage for FillNamed {
    fn apply(&self, mut batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        let rows = batch.rows();
        for name in &self.names {
            batch = match batch.column(name).cloned() {
                None => {
                    crate::partial::check_size(0, std::iter::repeat_n(self.value.len(), rows))?;
                    let texts = StringArray::from_iter_values(std::iter::repeat_n(&self.value, rows));
                    batch.with_column(name, Arc::new(texts))
                }
                Some(array) => {
                    let column = Column::new(&array);
                    let missing = (0..array.len()).filter(|row| {
                        let empty = || matches!(column.scalar(*row), Some(ValueRef::Text("")));
                        !column.is_present(*row) || (fault("stages-fillnull-fills-empty") && empty())
                    });
                    let made = missing.map(|row| (row, Value::Text(self.value.clone()))).collect();
                    set(batch, name, made)?
                }
            };
        }
        Ok(batch)
    }

    fn layout(&self, layout: &mut Layout) {
        self.names.iter().for_each(|name| layout.add_if_new(name));
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}

/// Is the column of this name in the list? No list is every column.
fn listed(fields: &[FieldPattern], name: &str) -> bool {
    fields.is_empty() || fields.iter().any(|field| field.selects(name))
}

/// `fillnull` over the fields that have a value in some row.
#[derive(Clone, Debug)]
struct FillPresent {
    /// The text put in.
    value: String,
    /// Fields and patterns; empty: every field.
    fields: Vec<FieldPattern>,
}

impl TableStage for FillPresent {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let mut chosen = filled(&table);
        for (chosen, column) in chosen.iter_mut().zip(&table.columns) {
            *chosen = *chosen && listed(&self.fields, &column.name);
        }
        for field in &self.fields {
            if let Some(name) = field.glob.literal() {
                let at = table.ensure_column(name);
                chosen.resize(table.columns.len(), false);
                chosen[at] = true;
            }
        }
        for row in &mut table.rows {
            for (value, _) in row.values.iter_mut().zip(&chosen).filter(|(value, chosen)| **chosen && value.is_null()) {
                *value = Value::Text(self.value.clone());
            }
        }
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        // Whether a field has a value in some row is decided by that field alone.
        after
    }
}

/// `filldown`: the last value above.
#[derive(Clone, Debug)]
pub(super) struct FillDown {
    /// Fields and patterns; empty: every field.
    fields: Vec<FieldPattern>,
}

impl FillDown {
    /// Makes a `filldown` ready.
    pub(super) fn new(fields: &[FieldPattern]) -> Self {
        Self { fields: fields.to_vec() }
    }
}

impl TableStage for FillDown {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let chosen: Vec<bool> = table.columns.iter().map(|column| listed(&self.fields, &column.name)).collect();
        let mut above: Vec<Value> = vec![Value::Null; chosen.len()];
        let mut added = 0_usize;
        for row in &mut table.rows {
            for ((value, last), _) in row.values.iter_mut().zip(&mut above).zip(&chosen).filter(|(_, chosen)| **chosen)
            {
                if value.is_null() {
                    added = added.saturating_add(size(last));
                    *value = last.clone();
                } else {
                    last.clone_from(value);
                }
            }
            if added > super::cells::REPEATED_BYTES_LIMIT {
                return Err(super::cells::limit("filldown: the repeated values are too large"));
            }
        }
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}

/// The heap bytes of a value's texts.
fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::List(texts) => texts.iter().map(String::len).sum(),
        _ => 0,
    }
}
