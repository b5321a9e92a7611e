//! `multisearch [ subsearch ] [ subsearch ] …` (§5.21).

use super::{Arguments, CommandDoc, subsearch};
use crate::plan::{Command, Plan};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "multisearch",
    aliases: &[],
    syntax: "multisearch [ <subsearch> ] [ <subsearch> ] …",
    section: "§5.21",
    summary: "Begins with the rows of two or more searches, newest first.",
    examples: &["| multisearch [ search error ] [ search warning | table host ]"],
};

/// Reads the subsearches.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let plans = subsearches(arguments, "`multisearch` takes subsearches in brackets")?;
    if plans.len() < 2 {
        arguments.missing("`multisearch` needs two subsearches", "write `| multisearch [ search a ] [ search b ]`");
        return None;
    }
    Some(Command::MultiSearch(plans))
}

/// Reads brackets up to the end.
pub(super) fn subsearches(arguments: &mut Arguments<'_>, wanted: &str) -> Option<Vec<Plan>> {
    let mut plans = Vec::new();
    while let Some(token) = arguments.peek().cloned() {
        if arguments.comma() {
            continue;
        }
        if !arguments.at_bracket() {
            arguments.unexpected(&token, wanted);
            return None;
        }
        let (start, end) = arguments.bracket()?;
        plans.push(subsearch(arguments, start, end)?);
    }
    Some(plans)
}
