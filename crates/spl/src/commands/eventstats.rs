//! `eventstats <aggregates> [by <fields>]` (§5.11).

use super::stats::{Plain, clauses};
use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "eventstats",
    aliases: &[],
    syntax: "eventstats [allnum=<bool>] <aggregate> [AS <name>][, …] [BY <fields>]",
    section: "§5.11",
    summary: "Adds the aggregates of its group to each row.",
    examples: &["* | eventstats dc(host) as hosts by user, _time"],
};

/// Reads options, aggregates and by-clause.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    clauses(arguments, &mut Plain::<true>).map(Command::Eventstats)
}
