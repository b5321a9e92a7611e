//! `untable` (§5.23.3): a row for every value of every other column; what `xyseries` undoes.

use std::sync::Arc;

use crate::error::PipelineError;
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// An `untable` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Untable {
    /// Field that stays.
    x: Arc<str>,
    /// Field for the column's name.
    y: Arc<str>,
    /// Field for the value.
    value: Arc<str>,
}

impl Untable {
    /// Makes an `untable` ready.
    pub(crate) fn new(x: &str, y: &str, value: &str) -> Self {
        Self { x: x.into(), y: y.into(), value: value.into() }
    }
}

impl TableStage for Untable {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let x = table.column(&self.x);
        let mut rows = Vec::new();
        for row in table.rows {
            let key = x.and_then(|at| row.values.get(at)).cloned().unwrap_or(Value::Null);
            for (at, (column, value)) in table.columns.iter().zip(row.values).enumerate() {
                if Some(at) != x && !value.is_null() {
                    let name = Value::Text(column.name.to_string());
                    let values = vec![key.clone().under(&self.x), name.under(&self.y), value.under(&self.value)];
                    rows.push(TableRow { values, evidence: row.evidence.clone() });
                }
            }
        }
        let columns = [&self.x, &self.y, &self.value];
        Ok(Table { columns: columns.map(|name| TableColumn { name: name.clone(), named: true }).to_vec(), rows })
    }
}
