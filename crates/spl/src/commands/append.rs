//! `append [ subsearch ]` (§5.21).

use super::{Arguments, CommandDoc};
use crate::pipeline::Begin;
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "append",
    aliases: &[],
    syntax: "append [extendtimerange=<bool>] [maxtime=<n>] [maxout=<n>] [timeout=<n>] [ <subsearch> ]",
    section: "§5.21",
    summary: "Adds the rows of a subsearch behind the others.",
    examples: &["error | append [ search warning | table host ]"],
};

/// Reads options and subsearch.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    while let Some(setting) = arguments.setting() {
        match setting.name.as_str() {
            // Limits are lifted (§7); an archive has one time range.
            "extendtimerange" | "maxtime" | "maxout" | "timeout" => {}
            _ => return arguments.no_option("append", &setting, "extendtimerange, maxtime, maxout, timeout"),
        }
    }
    let plan = arguments.last_bracket("append", Begin::Subsearch)?;
    Some(Command::Append(Box::new(plan)))
}
