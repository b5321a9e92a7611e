//! `untable <x> <y> <value>` (§5.23.3).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "untable",
    aliases: &[],
    syntax: "untable <x> <y> <value>",
    section: "§5.23",
    summary: "Makes one row of each column: the inverse of `xyseries`.",
    examples: &["* | stats dc(user) AS users, count BY host | untable host what number"],
};

/// Reads three fields.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut field = || {
        arguments.comma();
        arguments.exact_field("`untable` needs three fields: x, y and value", "write `untable host what number`")
    };
    let (x, y, value) = (field()?, field()?, field()?);
    arguments.finish("`untable` takes three fields")?;
    Some(Command::Untable { x, y, value })
}
