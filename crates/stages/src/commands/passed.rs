//! Commands that let rows pass and have nothing to do here: `tags` without a tag table, and sinks (§5.29, §5.13.8).

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::stage::Stage;

/// A command without effect, and what is said about it if a row comes by.
#[derive(Clone, Debug)]
pub(super) struct Passed {
    /// The code.
    code: &'static str,
    /// The sentence.
    message: String,
}

impl Passed {
    /// `tags`: there is no tag table.
    pub(super) fn tags() -> Self {
        Self { code: "W-NO-TAGS", message: "`tags` adds nothing, since there is no table of tags".to_owned() }
    }

    /// A sink: rows are not handed on.
    pub(super) fn sink(name: &str) -> Self {
        Self { code: "W-SIDE-EFFECT", message: format!("`{name}` has no effect here, rows pass") }
    }
}

impl Stage for Passed {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        // How rows are split into batches, empty ones too, must not show.
        if batch.rows() > 0 {
            notes.warn(self.code, &self.message);
        }
        Ok(batch)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}
