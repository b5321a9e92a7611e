//! `fromjson <field> [prefix=<text>]` (§5.29).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "fromjson",
    aliases: &[],
    syntax: "fromjson <field> [prefix=<text>]",
    section: "§5.29",
    summary: "Makes fields of the members of a JSON object in a field.",
    examples: &["* | fromjson Data", "* | fromjson Data prefix=data_"],
};

/// Reads field and option.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut prefix, mut field) = (String::new(), None);
    while arguments.peek().is_some() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "prefix" => prefix = setting.value,
                _ => return arguments.no_option("fromjson", &setting, "prefix"),
            }
            continue;
        }
        let token = arguments.next()?;
        if field.is_some() {
            arguments.unexpected(&token, "`fromjson` takes one field");
            return None;
        }
        field = Some(arguments.exact(&token, "`fromjson` takes one field")?);
    }
    let Some(field) = field else {
        arguments.missing("`fromjson` needs a field", "write `fromjson Data` for instance");
        return None;
    };
    Some(Command::FromJson { field, prefix })
}
