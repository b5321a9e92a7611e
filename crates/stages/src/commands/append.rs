//! `append` (§5.21): the rows of a subsearch behind the rows.

use retrohunt_spl::plan::Plan;

use super::operand::{note_limit, operand};
use super::unite::unite;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::needs::Needs;
use crate::table::Table;
use crate::table_stage::{Context, Operands, TableStage};

/// An `append` made ready.
#[derive(Debug)]
pub(crate) struct Append {
    /// The subsearch.
    operand: usize,
}

impl Append {
    /// Makes an `append` ready.
    pub(crate) fn new(subsearch: &Plan, operands: &mut Operands) -> Self {
        Self { operand: operands.add(subsearch) }
    }
}

impl TableStage for Append {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let more = operand(context, self.operand)?;
        note_limit(more, "N-LIMIT-APPEND", "append", context.notes);
        let mut more = more.clone();
        if fault("stages-append-in-front") {
            std::mem::swap(&mut table, &mut more);
        }
        unite(&mut table, more);
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}

#[cfg(test)]
mod tests;
