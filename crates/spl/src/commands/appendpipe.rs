//! `appendpipe [ commands ]` (§5.21).

use super::{Arguments, CommandDoc};
use crate::pipeline::Begin;
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "appendpipe",
    aliases: &[],
    syntax: "appendpipe [run_in_preview=<bool>] [ <commands> ]",
    section: "§5.21",
    summary: "Runs commands on a copy of the rows and adds what comes out.",
    examples: &["* | stats count BY host | appendpipe [ stats count ]"],
};

/// Reads option and commands.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    while let Some(setting) = arguments.setting() {
        match setting.name.as_str() {
            "run_in_preview" => arguments.flag(&setting).map(|_| ())?,
            _ => return arguments.no_option("appendpipe", &setting, "run_in_preview"),
        }
    }
    let plan = arguments.last_bracket("appendpipe", Begin::Commands)?;
    Some(Command::AppendPipe(Box::new(plan)))
}
