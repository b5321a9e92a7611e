//! `fields [+|-] <list>` (§5.2.5).

use super::{Arguments, CommandDoc};
use crate::lex::TokenKind;
use crate::plan::{Command, FieldsCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "fields",
    aliases: &[],
    syntax: "fields [+ | -] <fields>",
    section: "§5.2",
    summary: "Keeps or removes the listed fields.",
    examples: &["* | fields host, user", "* | fields - dc_*"],
};

/// Reads the sign and the list. The sign may touch the first name (`fields -a`).
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut remove = false;
    if let Some(token) = arguments.tokens.first_mut()
        && let TokenKind::Word(word) = &mut token.kind
        && let Some(rest) = word.strip_prefix(['-', '+'])
    {
        remove = word.starts_with('-');
        if rest.is_empty() {
            arguments.at = 1;
        } else {
            *word = rest.to_owned();
        }
    }
    let list = arguments.field_list();
    if list.is_empty() {
        arguments
            .missing("`fields` needs a list of fields", "write `fields host, user` or `fields - _raw` for instance");
        return None;
    }
    Some(Command::Fields(FieldsCommand { remove, list }))
}
