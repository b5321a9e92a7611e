//! What a row-wise command does: to a batch, to the columns of the result, and to what the rule reads.

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;

/// A command that looks at one row at a time. It may run on any part of the rows, in any order.
pub(crate) trait Stage: std::fmt::Debug + Send + Sync {
    /// Returns the rows that the command gives for these.
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError>;

    /// Changes the columns as the command does.
    fn layout(&self, layout: &mut Layout) {
        let _ = layout;
    }

    /// Returns what must be there before the command, given what must be there after it.
    fn needs(&self, after: Needs) -> Needs;
}
