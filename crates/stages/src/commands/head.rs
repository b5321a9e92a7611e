//! `head` (§5.18): the first rows, by number, or while a condition holds.

use retrohunt_spl::plan::HeadCommand;

use crate::error::PipelineError;
use crate::expr::Evaluator;
use crate::faults::fault;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::rows::numbered_batch;
use crate::table::Table;
use crate::table_stage::{Context, TableStage};

/// A `head` made ready.
#[derive(Debug)]
pub(crate) struct Head {
    /// Most rows.
    limit: usize,
    /// Rows while this is true.
    condition: Option<Evaluator>,
    /// Also the row that ended it.
    keep_last: bool,
    /// A ∅ result goes on.
    null: bool,
}

impl Head {
    /// Makes a `head` ready.
    ///
    /// # Errors
    ///
    /// Those of [`Evaluator::new`].
    pub(crate) fn new(command: &HeadCommand, settings: &Settings) -> Result<Self, PipelineError> {
        Ok(Self {
            limit: command.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
            condition: command.condition.as_ref().map(|expr| Evaluator::new(expr, settings)).transpose()?,
            keep_last: command.keep_last,
            null: command.null,
        })
    }
}

impl TableStage for Head {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        table.rows.truncate(self.limit.saturating_add(usize::from(fault("stages-head-one-more"))));
        let Some(condition) = &self.condition else { return Ok(table) };
        let batch = numbered_batch(&table)?;
        let truth = condition.filter(&batch, context.notes);
        let goes_on = if self.null { &truth | &condition.nulls(&batch) } else { truth };
        let kept = (0..batch.rows()).take_while(|row| goes_on.value(*row)).count();
        table.rows.truncate(kept + usize::from(self.keep_last));
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        self.condition.iter().fold(after, |needs, condition| condition.needs(needs))
    }
}
