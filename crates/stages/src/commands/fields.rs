//! Which code runs a command over fields, multivalues and texts, or one that makes rows or passes them on.

use retrohunt_spl::plan::Command;

use super::addinfo::AddInfo;
use super::addtotals::AddTotals;
use super::appendpipe::AppendPipe;
use super::base64::Base64;
use super::extract::Extract;
use super::fillnull::{FillDown, fillnull};
use super::foreach::Foreach;
use super::format::Format;
use super::fromjson::FromJson;
use super::makemv::{MakeMv, NoMv};
use super::makeresults::MakeResults;
use super::mvexpand::{MvCombine, MvExpand};
use super::passed::Passed;
use super::rename::Rename;
use super::replace::Replace;
use super::returned::Return;
use super::rex::rex;
use super::shannon::Shannon;
use super::xmlkv::XmlKv;
use crate::error::PipelineError;
use crate::pipeline::Settings;
use crate::select::Built;
use crate::stage::Stage;
use crate::table_stage::{Operands, TableStage};

/// A row-wise command.
fn row(stage: impl Stage + 'static) -> Built {
    Built::Row(Box::new(stage))
}

/// A command over the row set.
fn over_rows(stage: impl TableStage + 'static) -> Built {
    Built::Table(Box::new(stage))
}

/// Makes such a command ready; `None` for any other.
///
/// # Errors
///
/// Those of the command.
pub(crate) fn of_fields(
    command: &Command,
    settings: &Settings,
    operands: &mut Operands,
) -> Result<Option<Built>, PipelineError> {
    Ok(Some(match command {
        Command::Rex(command) => Built::Row(rex(command)?),
        Command::Rename(clauses) => row(Rename::new(clauses)?),
        Command::FillNull { value, fields } => fillnull(value, fields),
        Command::FillDown(fields) => over_rows(FillDown::new(fields)),
        Command::MakeMv(command) => row(MakeMv::new(command)?),
        Command::NoMv(field) => row(NoMv::new(field)),
        Command::MvCombine { field, .. } => over_rows(MvCombine::new(field)),
        Command::MvExpand { field, limit } => over_rows(MvExpand::new(field, *limit)?),
        Command::Replace(command) => row(Replace::new(command)?),
        Command::Extract(command) => over_rows(Extract::new(command)),
        Command::XmlKv { field } => over_rows(XmlKv::new(field)),
        Command::FromJson { field, prefix } => over_rows(FromJson::new(field, prefix)),
        Command::AddTotals(command) => over_rows(AddTotals::new(command)),
        Command::Base64 { decode, field } => row(Base64::new(*decode, field)),
        Command::Shannon { field } => row(Shannon::new(field)),
        Command::Format(command) => over_rows(Format::new(command)),
        Command::Return { count, items } => over_rows(Return::new(*count, items)),
        Command::Foreach(command) => over_rows(Foreach::new(command, settings, operands)?),
        Command::AppendPipe(plan) => over_rows(AppendPipe::new(plan, settings, operands)?),
        Command::MakeResults(command) => over_rows(MakeResults::new(command, settings.now)?),
        Command::AddInfo => row(AddInfo::new(settings)),
        Command::Tags(_) => row(Passed::tags()),
        Command::Sink { name } => row(Passed::sink(name)),
        _ => return Ok(None),
    }))
}
