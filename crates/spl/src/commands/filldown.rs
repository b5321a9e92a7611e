//! `filldown [<fields>]` (§5.15).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "filldown",
    aliases: &[],
    syntax: "filldown [<fields>]",
    section: "§5.15",
    summary: "Puts the last value above where fields are missing.",
    examples: &["* | filldown", "* | filldown user, src_*"],
};

/// Reads the list.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    Some(Command::FillDown(arguments.field_list()))
}
