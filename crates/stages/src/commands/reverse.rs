//! `reverse` (§5.17.4): the exact reverse of the row order.

use crate::error::PipelineError;
use crate::needs::Needs;
use crate::table::Table;
use crate::table_stage::{Context, TableStage};

/// `reverse`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reverse;

impl TableStage for Reverse {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        table.rows.reverse();
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}
