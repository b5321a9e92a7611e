//! `xyseries <x> <y> <values>` (§5.23.3).

use super::{Arguments, CommandDoc};
use crate::lex::TokenKind;
use crate::plan::{Command, XySeriesCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "xyseries",
    aliases: &[],
    syntax: "xyseries [grouped=<bool>] <x> <y> <values> [sep=<text>] [format=<text>]",
    section: "§5.23",
    summary: "Makes one row of each x and one column of each value of y.",
    examples: &["* | stats count BY host, user | xyseries host user count"],
};

/// Reads options and fields.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut grouped, mut sep, mut format) = (false, ": ".to_owned(), None);
    let mut fields = Vec::new();
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "grouped" => grouped = arguments.flag(&setting)?,
                "sep" => sep = setting.value,
                "format" => format = Some(setting.value),
                _ => return arguments.no_option("xyseries", &setting, "grouped, sep, format"),
            }
            continue;
        }
        if arguments.comma() {
            continue;
        }
        let column = if matches!(token.kind, TokenKind::Word(_)) { arguments.column() } else { None };
        match column {
            Some((name, _)) if !name.contains('*') => fields.push(name),
            Some(_) => {
                arguments.exact(&token, "a field name")?;
            }
            None => {
                arguments.next();
                fields.push(arguments.exact(&token, "a field name")?);
            }
        }
    }
    let mut fields = fields.into_iter();
    let (Some(x), Some(y)) = (fields.next(), fields.next()) else { return short(arguments) };
    let values: Vec<String> = fields.collect();
    if values.is_empty() {
        return short(arguments);
    }
    Some(Command::XySeries(XySeriesCommand { grouped, x, y, values, sep, format }))
}

/// Refuses too few fields.
fn short<T>(arguments: &mut Arguments<'_>) -> Option<T> {
    arguments.missing("`xyseries` needs three fields: x, y and a value", "write `xyseries host user count`");
    None
}
