//! `table <list>` (§5.2).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "table",
    aliases: &[],
    syntax: "table <fields>",
    section: "§5.2",
    summary: "Keeps the listed fields, in this order.",
    examples: &["* | table _time, host, process_*"],
};

/// Reads the list.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let list = arguments.field_list();
    if list.is_empty() {
        arguments.missing("`table` needs a list of fields", "write `table _time, host, *` for instance");
        return None;
    }
    Some(Command::Table(list))
}
