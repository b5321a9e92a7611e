//! Commands that hand rows on to another system (§5.29): rows pass, and a warning says so.

use super::{Arguments, CommandDoc};
use crate::diagnostic::codes;
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "collect",
    aliases: &[
        "mcollect",
        "meventcollect",
        "outputcsv",
        "outputtext",
        "sendalert",
        "sendemail",
        "stash",
        "summaryindex",
        "sumindex",
        "tscollect",
    ],
    syntax: "collect <arguments>",
    section: "§5.29",
    summary: "Hands nothing on here: rows pass, with a warning.",
    examples: &["* | stats count by user | collect index=summary", "* | sendemail to=\"soc@example.org\""],
};

/// Is it such a command?
pub(super) fn is(name: &str) -> bool {
    name == DOC.name || DOC.aliases.contains(&name)
}

/// Reads nothing: whatever is written, it has no effect.
pub(super) fn parse(arguments: &mut Arguments<'_>, name: &str) -> Command {
    let (start, end) = (arguments.stage.start, arguments.stage.end);
    let message = format!("`{name}` has no effect here; rows pass unchanged");
    arguments.error(codes::SIDE_EFFECT, start, end, &message, Some("remove the command to silence this"));
    Command::Sink { name: name.to_owned() }
}
