//! `appendcols [options] [ subsearch ]` (§5.21).

use super::{Arguments, CommandDoc};
use crate::pipeline::Begin;
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "appendcols",
    aliases: &[],
    syntax: "appendcols [override=<bool>] [maxtime=<n>] [maxout=<n>] [timeout=<n>] [ <subsearch> ]",
    section: "§5.21",
    summary: "Adds the columns of a subsearch, its first row to the first row and so on.",
    examples: &["* | stats count | appendcols override=true [ search error | stats count AS errors ]"],
};

/// Reads options and subsearch.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut overwrite = false;
    while let Some(setting) = arguments.setting() {
        match setting.name.as_str() {
            "override" => overwrite = arguments.flag(&setting)?,
            // Limits are lifted (§7).
            "maxtime" | "maxout" | "timeout" => {}
            _ => return arguments.no_option("appendcols", &setting, "override, maxtime, maxout, timeout"),
        }
    }
    let subsearch = Box::new(arguments.last_bracket("appendcols", Begin::Subsearch)?);
    Some(Command::AppendCols { overwrite, subsearch })
}
