//! `tail [n]` (§5.18).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "tail",
    aliases: &[],
    syntax: "tail [<n>]",
    section: "§5.18",
    summary: "Keeps the last n rows, 10 by default, in reverse order.",
    examples: &["* | tail", "* | tail 3"],
};

/// Reads the number.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let count = arguments.number().map_or(10, |(count, _)| count);
    arguments.finish("`tail` takes one number of rows")?;
    Some(Command::Tail(count))
}
