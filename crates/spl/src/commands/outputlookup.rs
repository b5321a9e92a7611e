//! `outputlookup` (§5.13.8).

use super::{Arguments, CommandDoc, sink};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "outputlookup",
    aliases: &[],
    syntax: "outputlookup [<options>] <table>",
    section: "§5.13",
    summary: "Writes nothing here: rows pass, with a warning.",
    examples: &["* | stats count by user | outputlookup users.csv"],
};

/// Reads nothing: whatever is written, it has no effect.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Command {
    sink::parse(arguments, "outputlookup")
}
