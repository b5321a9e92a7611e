//! `nomv <field>` (§5.24).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "nomv",
    aliases: &[],
    syntax: "nomv <field>",
    section: "§5.24",
    summary: "Joins the values of a field into one text, a newline between them.",
    examples: &["* | nomv user"],
};

/// Reads the field.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let field = arguments.exact_field("`nomv` needs a field", "write `nomv user` for instance")?;
    arguments.finish("`nomv` takes one field")?;
    Some(Command::NoMv(field))
}
