//! `format [options] [six texts]` (§5.27).

use super::{Arguments, CommandDoc, field_name};
use crate::diagnostic::codes;
use crate::plan::{Command, FormatCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "format",
    aliases: &[],
    syntax: "format [mvsep=<text>] [maxresults=<n>] [emptystr=<text>] \
             [\"<row prefix>\" \"<column prefix>\" \"<column separator>\" \"<column end>\" \"<row separator>\" \"<row end>\"]",
    section: "§5.27",
    summary: "Makes one search condition of all rows.",
    examples: &["* | table user | format", "* | table user | format \"(\" \"\" \",\" \"\" \";\" \")\""],
};

/// What stands where nothing else is written.
pub(crate) const STRINGS: [&str; 6] = ["(", "(", "AND", ")", "OR", ")"];
/// The text for no rows, where none is written.
pub(crate) const EMPTY: &str = "NOT ()";

/// Reads options and texts.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command = FormatCommand {
        strings: STRINGS.map(str::to_owned),
        mv_sep: "OR".to_owned(),
        max_results: 0,
        empty: EMPTY.to_owned(),
    };
    let mut strings = Vec::new();
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "mvsep" => command.mv_sep = setting.value,
                "maxresults" => command.max_results = arguments.count(&setting)?,
                "emptystr" => command.empty = setting.value,
                "quote" => {
                    if arguments.flag(&setting)? {
                        return arguments.unsupported_option("format", &setting);
                    }
                }
                _ => return arguments.no_option("format", &setting, "mvsep, maxresults, emptystr, quote"),
            }
            continue;
        }
        arguments.next();
        let Some(text) = field_name(&token.kind) else {
            arguments.unexpected(&token, "six quoted texts");
            return None;
        };
        strings.push(text);
    }
    if !strings.is_empty() {
        let found = strings.len();
        let Ok(six) = strings.try_into() else {
            let (start, end) = (arguments.stage.start, arguments.stage.end);
            let message = format!("`format` takes six texts or none, not {found}");
            let help = Some("write \"(\" \"(\" \"AND\" \")\" \"OR\" \")\" and change what you need");
            arguments.error(codes::OPTION_CONFLICT, start, end, &message, help);
            return None;
        };
        command.strings = six;
    }
    Some(Command::Format(command))
}
