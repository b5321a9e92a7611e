//! `mvcombine [delim=<text>] <field>` (§5.24).

use super::{Arguments, CommandDoc};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "mvcombine",
    aliases: &[],
    syntax: "mvcombine [delim=<text>] <field>",
    section: "§5.24",
    summary: "Makes rows that differ in one field only one row, with all values of that field.",
    examples: &["* | table host, user | mvcombine user", "* | mvcombine delim=\",\" user"],
};

/// Reads option and field.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut delim, mut field) = (" ".to_owned(), None);
    while arguments.peek().is_some() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "delim" => delim = setting.value,
                _ => return arguments.no_option("mvcombine", &setting, "delim"),
            }
            continue;
        }
        let token = arguments.next()?;
        if field.is_some() {
            arguments.unexpected(&token, "`mvcombine` takes one field");
            return None;
        }
        field = Some(arguments.exact(&token, "`mvcombine` takes one field")?);
    }
    let Some(field) = field else {
        arguments.missing("`mvcombine` needs a field", "write `mvcombine user` for instance");
        return None;
    };
    Some(Command::MvCombine { delim, field })
}
