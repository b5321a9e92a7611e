//! `mvexpand <field> [limit=<n>]` (§5.24).

use super::{Arguments, CommandDoc};
use crate::diagnostic::codes;
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "mvexpand",
    aliases: &[],
    syntax: "mvexpand <field> [limit=<n>]",
    section: "§5.24",
    summary: "Makes one row of each value of a field.",
    examples: &["* | mvexpand user", "* | mvexpand user limit=5"],
};

/// Reads field and option.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut limit, mut field) = (0, None);
    while arguments.peek().is_some() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "limit" => limit = arguments.count(&setting)?,
                _ => return arguments.no_option("mvexpand", &setting, "limit"),
            }
            continue;
        }
        let token = arguments.next()?;
        if field.is_some() {
            arguments.unexpected(&token, "`mvexpand` takes one field");
            return None;
        }
        let name = arguments.exact(&token, "`mvexpand` takes one field")?;
        if name.starts_with('_') {
            let message = format!("`mvexpand` does not work on internal fields such as `{name}`");
            let help = Some("copy the field with `eval` first");
            arguments.error(codes::UNEXPECTED_TEXT, token.start, token.end, &message, help);
            return None;
        }
        field = Some(name);
    }
    let Some(field) = field else {
        arguments.missing("`mvexpand` needs a field", "write `mvexpand user` for instance");
        return None;
    };
    Some(Command::MvExpand { field, limit })
}
