//! `appendcols` (§5.21): row i of a subsearch beside row i. Rows that the subsearch has more are added.

use retrohunt_spl::plan::Plan;

use super::operand::{note_limit, operand};
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::table::{Table, TableRow, Value};
use crate::table_stage::{Context, Operands, TableStage};

/// An `appendcols` made ready.
#[derive(Debug)]
pub(crate) struct AppendCols {
    /// The subsearch.
    operand: usize,
    /// The subsearch's values win.
    overwrite: bool,
    /// How many rows of the input a row remembers.
    evidence: usize,
}

impl AppendCols {
    /// Makes an `appendcols` ready.
    pub(crate) fn new(subsearch: &Plan, overwrite: bool, evidence: usize, operands: &mut Operands) -> Self {
        Self { operand: operands.add(subsearch), overwrite, evidence }
    }
}

impl TableStage for AppendCols {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let beside = operand(context, self.operand)?;
        note_limit(beside, "N-LIMIT-APPENDCOLS", "appendcols", context.notes);
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (from, column) in beside.columns.iter().enumerate().filter(|(_, column)| !column.name.starts_with('_')) {
            let to = match table.column(&column.name) {
                Some(to) => {
                    table.columns[to].named |= column.named;
                    to
                }
                None => {
                    table.columns.push(column.clone());
                    table.columns.len() - 1
                }
            };
            places.push((from, to));
        }
        if table.rows.len() < beside.rows.len() {
            table.rows.resize_with(beside.rows.len(), TableRow::default);
        }
        let width = table.columns.len();
        for row in &mut table.rows {
            row.values.resize(width, Value::Null);
        }
        for (row, beside) in table.rows.iter_mut().zip(&beside.rows) {
            for (from, to) in &places {
                let (value, new) = (&mut row.values[*to], &beside.values[*from]);
                if value.is_null() || (self.overwrite && !new.is_null()) {
                    *value = new.clone();
                }
            }
            row.evidence.extend_from_slice(&beside.evidence);
            row.evidence.sort_unstable();
            row.evidence.dedup();
            row.evidence.truncate(self.evidence);
        }
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}
