//! `union [ subsearch ] …` (§5.21).

use super::{Arguments, CommandDoc, multisearch};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "union",
    aliases: &[],
    syntax: "union [maxtime=<n>] [maxout=<n>] [timeout=<n>] [ <subsearch> ] …",
    section: "§5.21",
    summary: "Joins the rows of searches; behind other commands, their rows come first.",
    examples: &["| union [ search error ] [ search warning ]", "error | union [ | inputlookup known.csv ]"],
};

/// Reads options and subsearches.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    while let Some(setting) = arguments.setting() {
        match setting.name.as_str() {
            // Limits are lifted (§7).
            "maxtime" | "maxout" | "timeout" => {}
            _ => return arguments.no_option("union", &setting, "maxtime, maxout, timeout"),
        }
    }
    let plans =
        multisearch::subsearches(arguments, "`union` takes subsearches in brackets; other datasets are not supported")?;
    if plans.is_empty() {
        arguments.missing("`union` needs a subsearch", "write `| union [ search a ] [ search b ]`");
        return None;
    }
    Some(Command::Union(plans))
}
