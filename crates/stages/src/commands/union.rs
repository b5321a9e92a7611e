//! `union` (§5.21): as `multisearch`, with any searches. The rows before it come first; if all searches are streaming, their rows
//! are merged by time, else each search's rows follow on those of the one before.

use retrohunt_spl::plan::{Command, Plan};

use super::multisearch::newest_first;
use super::operand::{note_limit, operand};
use super::unite::unite;
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::table::Table;
use crate::table_stage::{Context, Operands, TableStage};

/// A `union` made ready.
#[derive(Debug)]
pub(crate) struct Union {
    /// The searches.
    operands: Vec<usize>,
    /// All of them are streaming.
    streaming: bool,
}

impl Union {
    /// Makes a `union` ready.
    pub(crate) fn new(searches: &[Plan], operands: &mut Operands) -> Self {
        Self {
            operands: searches.iter().map(|search| operands.add(search)).collect(),
            streaming: searches.iter().all(is_streaming),
        }
    }
}

/// Is it a search whose commands all look at one row at a time?
fn is_streaming(plan: &Plan) -> bool {
    let Some((first, rest)) = plan.steps.split_first() else { return true };
    matches!(first.command, Command::Search(_)) && rest.iter().all(|step| is_row_wise(&step.command))
}

/// Does the command look at one row at a time?
fn is_row_wise(command: &Command) -> bool {
    match command {
        Command::Search(_)
        | Command::Regex(_)
        | Command::Fields(_)
        | Command::Where(_)
        | Command::Eval(_)
        | Command::Rex(_)
        | Command::Rename(_)
        | Command::Lookup(_)
        | Command::IpLocation(_)
        | Command::MakeMv(_)
        | Command::NoMv(_)
        | Command::MvExpand { .. }
        | Command::Spath(_)
        | Command::Convert { .. }
        | Command::Foreach(_)
        | Command::AddInfo
        | Command::Tags(_)
        | Command::Base64 { .. }
        | Command::Shannon { .. }
        | Command::ParseUrl { .. }
        | Command::Replace(_)
        | Command::Extract(_)
        | Command::XmlKv { .. }
        | Command::FromJson { .. } => true,
        Command::Bin(bin) => bin.options.span.is_some(),
        Command::FillNull { fields, .. } => !fields.is_empty(),
        _ => false,
    }
}

impl TableStage for Union {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let mut merged = Table::default();
        for at in &self.operands {
            let more = operand(context, *at)?;
            if !self.streaming {
                note_limit(more, "N-LIMIT-UNION", "union", context.notes);
            }
            unite(&mut merged, more.clone());
        }
        if self.streaming {
            newest_first(&mut merged);
        }
        unite(&mut table, merged);
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}
