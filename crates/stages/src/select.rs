//! Which code runs a command.

use retrohunt_spl::plan::Command;

use crate::bin::Bin;
use crate::error::PipelineError;
use crate::filter::{RegexFilter, Search};
use crate::pipeline::Settings;
use crate::project::Project;
use crate::stage::Stage;
use crate::stats::Stats;
use crate::table_stage::{Operands, TableStage};

/// A command made ready.
pub(crate) enum Built {
    /// One row at a time, over batches.
    Row(Box<dyn Stage>),
    /// Over the row set.
    Table(Box<dyn TableStage>),
    /// `stats`, whose state merges.
    Stats(Box<Stats>),
}

/// Makes a command ready. `evidence`: how many rows of the input a group of it remembers.
pub(crate) fn build(
    command: &Command,
    settings: &Settings,
    evidence: usize,
    operands: &mut Operands,
) -> Result<Built, PipelineError> {
    let _ = &operands;
    Ok(match command {
        Command::Search(search) => Built::Row(Box::new(Search::new(search, settings)?)),
        Command::Regex(regex) => Built::Row(Box::new(RegexFilter::new(regex)?)),
        Command::Table(list) => Built::Row(Box::new(Project::table(list))),
        Command::Fields(fields) => Built::Row(Box::new(Project::fields(fields))),
        Command::Bin(bin) => Built::Row(Box::new(Bin::new(bin, &settings.timezone)?)),
        Command::Stats(command) => Built::Stats(Box::new(Stats::new(command, evidence, settings.split_limit)?)),
        _ => return Err(PipelineError::new("E-STAGE-COMMAND", "this command cannot run yet")),
    })
}
