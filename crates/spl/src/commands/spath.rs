//! `spath [input=<field>] [output=<field>] [path=<path>]` (§5.25).

use super::{Arguments, CommandDoc, field_name};
use crate::diagnostic::codes;
use crate::plan::{Command, SpathCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "spath",
    aliases: &[],
    syntax: "spath [input=<field>] [output=<field>] [path=<path> | <path>]",
    section: "§5.25",
    summary: "Takes values out of JSON or XML: those at a path, or all.",
    examples: &["* | spath", "* | spath input=msg output=name path=user.name", "* | spath \"users{}.name\""],
};

/// Reads options and path.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut input, mut output, mut path) = ("_raw".to_owned(), None, None);
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "input" => input = setting.value,
                "output" => output = Some(setting.value),
                "path" => path = Some(setting.value),
                _ => return arguments.no_option("spath", &setting, "input, output, path"),
            }
            continue;
        }
        arguments.next();
        match field_name(&token.kind) {
            Some(text) if path.is_none() => path = Some(text),
            _ => {
                arguments.unexpected(&token, "`spath` takes one path");
                return None;
            }
        }
    }
    if output.is_some() && path.is_none() {
        let (start, end) = (arguments.stage.start, arguments.stage.end);
        let help = Some("name the path, or leave `output` out to take all values");
        arguments.error(codes::OPTION_CONFLICT, start, end, "`output` needs a path", help);
        return None;
    }
    Some(Command::Spath(SpathCommand { input, output, path }))
}
