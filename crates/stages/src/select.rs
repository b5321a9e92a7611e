//! Which code runs a command.

use retrohunt_spl::plan::{Command, LookupCommand};

use crate::bin;
use crate::commands;
use crate::commands::append::Append;
use crate::commands::appendcols::AppendCols;
use crate::commands::convert::Convert;
use crate::commands::eval::{Eval, EvalTemplate, has_template};
use crate::commands::inputlookup::InputLookup;
use crate::commands::iplocation::IpLocation;
use crate::commands::join::Join;
use crate::commands::lookup::Lookup;
use crate::commands::map::Map;
use crate::commands::multisearch::MultiSearch;
use crate::commands::parse_url::ParseUrl;
use crate::commands::spath::Spath;
use crate::commands::union::Union;
use crate::commands::where_::Where;
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
    Ok(match command {
        Command::Search(search) => Built::Row(Box::new(Search::new(search, settings)?)),
        Command::Regex(regex) => Built::Row(Box::new(RegexFilter::new(regex)?)),
        Command::Table(list) => Built::Row(Box::new(Project::table(list))),
        Command::Fields(fields) => Built::Row(Box::new(Project::fields(fields))),
        Command::Bin(bin) => bin::build(bin, settings)?,
        Command::Spath(command) => Built::Table(Box::new(Spath::new(command))),
        Command::Convert { time_format, clauses } => {
            Built::Table(Box::new(Convert::new(time_format, clauses, settings)))
        }
        Command::Stats(command) => Built::Stats(Box::new(Stats::new(command, evidence, settings)?)),
        Command::Lookup(command) if is_entropy(command, settings) => {
            let field = command.keys.first().map(|(_, field)| field.clone()).unwrap_or_default();
            return build(&Command::Shannon { field }, settings, evidence, operands);
        }
        Command::Lookup(command) => Built::Row(Box::new(Lookup::new(command, settings)?)),
        Command::InputLookup(command) => Built::Table(Box::new(InputLookup::new(command, settings)?)),
        Command::IpLocation(command) => Built::Row(Box::new(IpLocation::new(command, settings))),
        Command::ParseUrl { field, .. } => Built::Row(Box::new(ParseUrl::new(field))),
        Command::Join(command) => Built::Table(Box::new(Join::new(command, settings, operands))),
        Command::Append(subsearch) => Built::Table(Box::new(Append::new(subsearch, operands))),
        Command::AppendCols { overwrite, subsearch } => {
            Built::Table(Box::new(AppendCols::new(subsearch, *overwrite, settings.evidence, operands)))
        }
        Command::MultiSearch(searches) => Built::Table(Box::new(MultiSearch::new(searches, operands))),
        Command::Union(searches) => Built::Table(Box::new(Union::new(searches, operands))),
        Command::Map(command) => Built::Table(Box::new(Map::new(command))),
        Command::Where(condition) => Built::Row(Box::new(Where::new(condition, settings)?)),
        Command::Eval(assignments) if has_template(assignments) => {
            Built::Table(Box::new(EvalTemplate::new(assignments, settings)?))
        }
        Command::Eval(assignments) => Built::Row(Box::new(Eval::new(assignments, settings)?)),
        other => {
            if let Some(built) = commands::of_fields(other, settings, operands)? {
                return Ok(built);
            }
            match commands::order(other, settings)? {
                Some(stage) => Built::Table(stage),
                None => return Err(PipelineError::new("E-STAGE-COMMAND", "this command cannot run yet")),
            }
        }
    })
}

/// Is it the add-on's external lookup that computes the same as its macro `ut_shannon` (§5.29)? A table of that name wins.
fn is_entropy(command: &LookupCommand, settings: &Settings) -> bool {
    command.table == "ut_shannon_lookup"
        && settings.enrichment.lookups.get(&command.table).is_none()
        && matches!(command.keys.as_slice(), [(column, _)] if column == "word")
}
