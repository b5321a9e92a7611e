//! Results of subsearches that are operands, and Splunk's limits on them (§7).

use crate::error::PipelineError;
use crate::notes::Notes;
use crate::table::Table;
use crate::table_stage::Context;

/// Rows of a subsearch that Splunk uses for `join`, `append`, `appendcols` and `union`.
const SPLUNK_ROWS: usize = 50_000;

/// The result of a subsearch.
///
/// # Errors
///
/// `E-STAGE-OPERAND` if it was not run.
pub(super) fn operand<'a>(context: &Context<'a>, at: usize) -> Result<&'a Table, PipelineError> {
    let operands = context.operands;
    operands.get(at).ok_or_else(|| PipelineError::new("E-STAGE-OPERAND", "a subsearch of the rule was not run"))
}

/// Notes that Splunk would have cut a subsearch of the command.
pub(super) fn note_limit(table: &Table, code: &'static str, command: &str, notes: &mut Notes) {
    if table.rows.len() > SPLUNK_ROWS {
        let message = format!(
            "a subsearch of `{command}` has more than {SPLUNK_ROWS} rows, which are all used; Splunk takes {SPLUNK_ROWS} by default"
        );
        notes.warn(code, &message);
    }
}
