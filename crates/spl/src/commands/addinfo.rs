//! `addinfo` (§5.29).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "addinfo",
    aliases: &[],
    syntax: "addinfo",
    section: "§5.29",
    summary: "Adds the time bounds of the run, its own time and its identifier to each row.",
    examples: &["* | addinfo"],
};

/// Takes no arguments.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    arguments.finish("`addinfo` takes no arguments")?;
    Some(Command::AddInfo)
}
