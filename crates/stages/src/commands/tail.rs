//! `tail` (§5.18): the last n rows, in reverse order.

use crate::error::PipelineError;
use crate::faults::fault;
use crate::needs::Needs;
use crate::table::Table;
use crate::table_stage::{Context, TableStage};

/// A `tail` made ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    /// How many rows.
    count: usize,
}

impl Tail {
    /// Makes a `tail` ready.
    pub(crate) fn new(count: u64) -> Self {
        Self { count: usize::try_from(count).unwrap_or(usize::MAX) }
    }
}

impl TableStage for Tail {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        table.rows.reverse();
        table.rows.truncate(self.count);
        if fault("stages-tail-in-order") {
            table.rows.reverse();
        }
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}
