//! `makemv [options] <field>` (§5.24).

use super::{Arguments, CommandDoc};
use crate::diagnostic::codes;
use crate::plan::{Command, MakeMvBy, MakeMvCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "makemv",
    aliases: &[],
    syntax: "makemv [delim=<text> | tokenizer=\"<pattern>\"] [allowempty=<bool>] [setsv=<bool>] <field>",
    section: "§5.24",
    summary: "Splits the text of a field into values.",
    examples: &["* | makemv delim=\",\" users", "* | makemv tokenizer=\"([^,]+),?\" users"],
};

/// Reads options and field.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut by, mut allow_empty, mut set_sv, mut field) = (None, false, false, None);
    while arguments.peek().is_some() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "allowempty" => allow_empty = arguments.flag(&setting)?,
                "setsv" => set_sv = arguments.flag(&setting)?,
                "delim" | "tokenizer" if by.is_some() => {
                    let message = "`makemv` splits by one delimiter or one pattern";
                    let (start, end) = (setting.start, setting.token.end);
                    arguments.error(codes::OPTION_CONFLICT, start, end, message, Some("keep one of the options"));
                    return None;
                }
                "delim" | "tokenizer" if setting.value.is_empty() => {
                    return arguments.bad_value(&setting, "write at least one character");
                }
                "delim" => by = Some(MakeMvBy::Delimiter(setting.value)),
                "tokenizer" => by = Some(MakeMvBy::Tokenizer(setting.value)),
                _ => return arguments.no_option("makemv", &setting, "delim, tokenizer, allowempty, setsv"),
            }
            continue;
        }
        let token = arguments.next()?;
        if field.is_some() {
            arguments.unexpected(&token, "`makemv` takes one field");
            return None;
        }
        field = Some(arguments.exact(&token, "`makemv` takes one field")?);
    }
    let Some(field) = field else {
        arguments.missing("`makemv` needs a field", "write `makemv delim=\",\" users` for instance");
        return None;
    };
    let by = by.unwrap_or_else(|| MakeMvBy::Delimiter(" ".to_owned()));
    Some(Command::MakeMv(MakeMvCommand { field, by, allow_empty, set_sv }))
}
