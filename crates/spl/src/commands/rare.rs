//! `rare [n] <fields> [by <fields>]` (§5.22).

use super::{Arguments, CommandDoc, top};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "rare",
    aliases: &[],
    syntax: "rare [<n> | limit=<n>] [showcount=<bool>] [showperc=<bool>] [countfield=<name>] [percentfield=<name>] \
             [useother=<bool>] [otherstr=<text>] <fields> [BY <fields>]",
    section: "§5.22",
    summary: "Counts the least frequent combinations of values, 10 by default.",
    examples: &["* | rare process_name", "* | rare limit=5 user BY host"],
};

/// Reads number, options, fields and by-clause.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    top::read(arguments, true)
}
