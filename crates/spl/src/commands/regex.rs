//! `regex [field(=|!=)]"pattern"` (§5.5).

use super::pieces::{Joined, join};
use super::{Arguments, CommandDoc};
use crate::diagnostic::codes;
use crate::escape;
use crate::plan::{Command, RegexCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "regex",
    aliases: &[],
    syntax: "regex [<field>(=|!=)]\"<pattern>\"",
    section: "§5.5",
    summary: "Keeps the rows in which a pattern matches a field, `_raw` by default; with `!=`, those in which it does not.",
    examples: &["* | regex process=\"(?i)\\\\\\\\temp\\\\\\\\\\S+\\.exe\"", "* | regex user!=\"\\$$\""],
};

/// Reads field, operator and pattern from the text itself: a pattern is not made of words.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let text = arguments.text();
    let base = arguments.stage.arguments;
    let begin = text.len() - text.trim_start().len();
    let name_length =
        text[begin..].find(|c: char| c.is_whitespace() || "=!\"|()[]?*+\\^$".contains(c)).unwrap_or(text.len() - begin);
    let name = &text[begin..begin + name_length];
    let after =
        begin + name_length + (text[begin + name_length..].len() - text[begin + name_length..].trim_start().len());
    let (field, negated, pattern_at) = match &text[after..] {
        rest if rest.starts_with("!=") => (name, true, after + 2),
        rest if rest.starts_with('=') => (name, false, after + 1),
        rest if !name.is_empty() && rest.starts_with('"') => {
            let help = "write `regex field=\"pattern\"`";
            arguments.error(
                codes::REGEX_FORM,
                base + begin,
                base + after + 1,
                "`=` or `!=` is expected between field and pattern",
                Some(help),
            );
            return None;
        }
        _ => ("", false, begin),
    };
    let pattern_at = pattern_at + (text[pattern_at..].len() - text[pattern_at..].trim_start().len());
    let Joined { raw: raw_pattern, length, displaced } = join(&text[pattern_at..]);
    if raw_pattern.is_empty() {
        arguments.missing("`regex` needs a pattern", "write `regex field=\"pattern\"`");
        return None;
    }
    let end = pattern_at + length;
    if displaced {
        let message = "quotes that open inside the pattern were dropped";
        arguments.error(
            codes::DISPLACED_QUOTE,
            base + pattern_at,
            base + end,
            message,
            Some("quote the whole pattern"),
        );
    }
    let rest = text[end..].trim_start();
    if !rest.is_empty() {
        let at = base + text.len() - rest.len();
        arguments.error(
            codes::UNEXPECTED_TEXT,
            at,
            base + text.len(),
            "`regex` takes nothing behind its pattern",
            Some("quote the whole pattern, or remove this"),
        );
        return None;
    }
    let field = if field.is_empty() { "_raw".to_owned() } else { field.to_owned() };
    Some(Command::Regex(RegexCommand { field, negated, pattern: escape::string(&raw_pattern), raw_pattern }))
}
