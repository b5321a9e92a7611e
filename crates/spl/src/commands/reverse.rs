//! `reverse` (§5.17.4).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "reverse",
    aliases: &[],
    syntax: "reverse",
    section: "§5.17",
    summary: "Reverses the order of the rows.",
    examples: &["* | reverse"],
};

/// Takes no arguments.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    arguments.finish("`reverse` takes no arguments")?;
    Some(Command::Reverse)
}
