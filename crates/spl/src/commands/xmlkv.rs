//! `xmlkv [<field>]` (§5.29).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "xmlkv",
    aliases: &[],
    syntax: "xmlkv [<field>] [maxinputs=<n>]",
    section: "§5.29",
    summary: "Makes fields of the elements of XML in a field, `_raw` by default.",
    examples: &["* | xmlkv", "* | xmlkv Message"],
};

/// Reads the field.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut field = None;
    while arguments.peek().is_some() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                // A size of chunks: without meaning here.
                "maxinputs" => arguments.count(&setting).map(|_| ())?,
                _ => return arguments.no_option("xmlkv", &setting, "maxinputs"),
            }
            continue;
        }
        let token = arguments.next()?;
        if field.is_some() {
            arguments.unexpected(&token, "`xmlkv` takes one field");
            return None;
        }
        field = Some(arguments.exact(&token, "`xmlkv` takes one field")?);
    }
    Some(Command::XmlKv { field: field.unwrap_or_else(|| "_raw".to_owned()) })
}
