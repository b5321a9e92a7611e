//! `fillnull [value=<text>] [<fields>]` (§5.15).

use super::{Arguments, CommandDoc};
use crate::lex::TokenKind;
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "fillnull",
    aliases: &[],
    syntax: "fillnull [value=<text>] [<fields>]",
    section: "§5.15",
    summary: "Puts a text, 0 by default, where fields are missing.",
    examples: &["* | fillnull", "* | fillnull value=- user, src_*", "* | fillnull user value=unknown"],
};

/// Reads option and list, in any order.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut value, mut fields) = ("0".to_owned(), Vec::new());
    while arguments.peek().is_some() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "value" => value = setting.value,
                _ => return arguments.no_option("fillnull", &setting, "value"),
            }
            continue;
        }
        let token = arguments.next()?;
        if token.kind != TokenKind::Comma {
            fields.push(arguments.pattern(&token, "`fillnull` takes a list of fields")?);
        }
    }
    Some(Command::FillNull { value, fields })
}
