//! `rex [field=f] [max_match=n] [offset_field=o] "pattern"` and `rex mode=sed "s/…/…/"` (§5.7).

use super::pieces::{Joined, bare_length, join};
use super::{Arguments, CommandDoc, sed};
use crate::diagnostic::codes;
use crate::escape;
use crate::lex::quoted_text;
use crate::plan::{Command, RexCommand, RexMode};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "rex",
    aliases: &[],
    syntax: "rex [field=<field>] [max_match=<n>] [offset_field=<field>] \"<pattern>\" | rex [field=<field>] mode=sed \"<sed>\"",
    section: "§5.7",
    summary: "Makes fields of the named groups of a pattern, or replaces text.",
    examples: &[
        "* | rex field=process \"(?i)-enc\\s+(?<encoded>\\S+)\"",
        "* | rex max_match=0 \"(?<ip>\\d+\\.\\d+\\.\\d+\\.\\d+)\"",
        "* | rex field=process mode=sed \"s/\\s+/ /g\"",
    ],
};

/// The names of the options.
const OPTIONS: &str = "known: field, max_match, offset_field, mode";

/// A piece of the text with its place in the expanded text.
struct Placed {
    joined: Joined,
    start: usize,
    end: usize,
}

/// What was read so far.
#[derive(Default)]
struct Parts {
    field: Option<String>,
    max_match: Option<u32>,
    offset_field: Option<String>,
    sed: bool,
    pieces: Vec<Placed>,
}

/// Reads options and pattern from the text itself, in any order (§5.7.1): a pattern is not made of words.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (text, base) = (arguments.text(), arguments.stage.arguments);
    let (mut parts, mut at) = (Parts::default(), 0);
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        if at == text.len() {
            break;
        }
        if let Some((name, length)) = option_name(&text[at..]) {
            let (value, value_length) = option_value(&text[at + length..]);
            let end = at + length + value_length;
            option(arguments, &mut parts, name, &value, (base + at + length, base + end))?;
            at = end;
            continue;
        }
        let joined = join(&text[at..]);
        let (start, end) = (base + at, base + at + joined.length);
        at += joined.length;
        parts.pieces.push(Placed { joined, start, end });
    }
    finish(arguments, parts)
}

/// Returns the option's name at the beginning and the length up to its value; an unquoted pattern is none.
fn option_name(text: &str) -> Option<(&str, usize)> {
    let length = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let name = &text[..length];
    let behind = text[length..].trim_start().strip_prefix('=')?;
    let known = ["field", "max_match", "offset_field", "mode"].iter().any(|known| known.eq_ignore_ascii_case(name));
    let value = behind.trim_start();
    let pattern = !known && value[..bare_length(value)].contains("(?");
    (!name.is_empty() && !pattern).then_some((name, text.len() - value.len()))
}

/// Returns an option's value and its length in the text.
fn option_value(text: &str) -> (String, usize) {
    if text.starts_with('"') {
        let (inner, length) = quoted_text(text);
        return (escape::string(inner), length);
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).map(|(inner, _)| inner) {
        return (inner.to_owned(), inner.len() + 2);
    }
    let length = bare_length(text);
    (text[..length].to_owned(), length)
}

/// Takes one option.
fn option(
    arguments: &mut Arguments<'_>,
    parts: &mut Parts,
    name: &str,
    value: &str,
    (start, end): (usize, usize),
) -> Option<()> {
    let help = match name.to_ascii_lowercase().as_str() {
        "field" if !value.is_empty() => {
            parts.field = Some(value.to_owned());
            return Some(());
        }
        "offset_field" if !value.is_empty() => {
            parts.offset_field = Some(value.to_owned());
            return Some(());
        }
        "max_match" => {
            parts.max_match = value.parse().ok();
            if parts.max_match.is_some() {
                return Some(());
            }
            "write a number; 0 is no limit"
        }
        "mode" => {
            parts.sed = value.eq_ignore_ascii_case("sed");
            if parts.sed {
                return Some(());
            }
            "the only mode is sed"
        }
        "field" | "offset_field" => "write a field's name",
        _ => {
            let message = format!("`rex` has no option `{name}`");
            arguments.error(codes::UNKNOWN_OPTION, start, end, &message, Some(OPTIONS));
            return None;
        }
    };
    let message = format!("`{value}` is not a value of `{name}`");
    arguments.error(codes::BAD_OPTION, start, end, &message, Some(help));
    None
}

/// Makes the command.
fn finish(arguments: &mut Arguments<'_>, parts: Parts) -> Option<Command> {
    let [first, rest @ ..] = parts.pieces.as_slice() else {
        arguments.missing("`rex` needs a pattern", "write `rex field=process \"(?<name>…)\"`");
        return None;
    };
    let (start, end) = (first.start, rest.last().map_or(first.end, |last| last.end));
    let mode = if parts.sed {
        let raw = parts.pieces.iter().map(|piece| piece.joined.raw.as_str()).collect::<Vec<_>>().join(" ");
        match sed::steps(&raw) {
            Ok(steps) => RexMode::Sed(steps),
            Err(message) => {
                let help = Some("write s/pattern/replacement/flags or y/abc/xyz/");
                arguments.error(codes::SED_FORM, start, end, &message, help);
                return None;
            }
        }
    } else {
        if let Some(second) = rest.first() {
            let message = "`rex` takes one pattern";
            let help = Some("quote the whole pattern, or remove this");
            arguments.error(codes::UNEXPECTED_TEXT, second.start, end, message, help);
            return None;
        }
        let raw_pattern = first.joined.raw.clone();
        let pattern = escape::string(&raw_pattern);
        // The pattern as written is what a rescue takes (§1.4.4).
        if !has_named_group(&pattern) && !has_named_group(&raw_pattern) {
            let message = "the pattern has no named group, so `rex` would set no field";
            let help = Some("name what is wanted: (?<name>…); to filter rows, use `regex`");
            arguments.error(codes::NO_NAMED_GROUP, start, end, message, help);
            return None;
        }
        let (max_match, offset_field) = (parts.max_match.unwrap_or(1), parts.offset_field);
        RexMode::Extract { pattern, raw_pattern, max_match, offset_field }
    };
    if parts.pieces.iter().any(|piece| piece.joined.displaced) {
        let message = "quotes that open inside the pattern were dropped";
        arguments.error(codes::DISPLACED_QUOTE, start, end, message, Some("quote the whole pattern"));
    }
    Some(Command::Rex(RexCommand { field: parts.field.unwrap_or_else(|| "_raw".to_owned()), mode }))
}

/// Does the pattern have a named group: `(?<n>`, `(?P<n>` or `(?'n'`?
fn has_named_group(pattern: &str) -> bool {
    let (mut rest, mut class) = (pattern, false);
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '\\' if rest.starts_with("\\Q") => length = rest.find("\\E").map_or(rest.len(), |at| at + 2),
            '\\' => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            // The first character of a class is one of it, also `]`.
            '[' if !class => {
                class = true;
                length += usize::from(rest[length..].starts_with('^'));
                length += usize::from(rest[length..].starts_with(']'));
            }
            ']' => class = false,
            '(' if !class && names_group(&rest[1..]) => return true,
            _ => {}
        }
        rest = &rest[length..];
    }
    false
}

/// Does a group's inside begin with a name?
fn names_group(inside: &str) -> bool {
    [("?<", '>'), ("?P<", '>'), ("?'", '\'')].iter().any(|(open, close)| {
        let name = inside.strip_prefix(open).and_then(|rest| rest.split_once(*close)).map(|(name, _)| name);
        name.is_some_and(|name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::macros::Macros;

    type Mistake = (&'static str, String);

    fn rex(text: &str) -> Result<RexCommand, Mistake> {
        let text = format!("* | rex{text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        let Some(mut plan) = plan else {
            return Err((findings[0].code.0, text[findings[0].span.range()].to_owned()));
        };
        match plan.steps.remove(1).command {
            Command::Rex(command) => Ok(command),
            other => panic!("{other:?}"),
        }
    }

    fn extract(field: &str, raw: &str, max_match: u32, offset_field: Option<&str>) -> Result<RexCommand, Mistake> {
        let mode = RexMode::Extract {
            pattern: escape::string(raw),
            raw_pattern: raw.to_owned(),
            max_match,
            offset_field: offset_field.map(str::to_owned),
        };
        Ok(RexCommand { field: field.to_owned(), mode })
    }

    #[test]
    fn section_5_7_1_options_stand_in_any_order() {
        assert_eq!(rex(r#""(?<k>\w+)=(?<v>a b)""#), extract("_raw", r"(?<k>\w+)=(?<v>a b)", 1, None));
        assert_eq!(rex(r#" "(?P<k>.)" field=f max_match=0"#), extract("f", "(?P<k>.)", 0, None));
        assert_eq!(rex(r#" field = "a b" offset_field=o "(?'k'x)""#), extract("a b", "(?'k'x)", 1, Some("o")));
        assert_eq!(rex(r" field=f user=(?<u>\S+)"), extract("f", r"user=(?<u>\S+)", 1, None));
        assert_eq!(rex(r#" field=f"(?<u>\\\\)""#), extract("f", r"(?<u>\\\\)", 1, None));
    }

    #[test]
    fn section_5_5_5_displaced_quotes_are_joined() {
        assert_eq!(rex(r#" field=p (?<ioc>"(?i)\S+ \.go")"#), extract("p", r"(?<ioc>(?i)\S+ \.go)", 1, None));
        assert_eq!(
            rex(r#" field=_raw "[^/]"(?<process>"/([^/\)]+/)+ssh [^(a1=)].+")"#),
            extract("_raw", r"[^/](?<process>/([^/\)]+/)+ssh [^(a1=)].+)", 1, None)
        );
    }

    #[test]
    fn section_1_4_3_groups_are_looked_for_behind_spl_escapes() {
        assert_eq!(rex(r#" field=u "\\\(?P<n>.*?)$""#), extract("u", r"\\\(?P<n>.*?)$", 1, None));
        assert_eq!(rex(r#" field=u "\\(?P<n>.*?)$""#), extract("u", r"\\(?P<n>.*?)$", 1, None));
        assert_eq!(rex(r#" field=u "\(?<n>.)$""#).unwrap_err().0, "E0150");
    }

    #[test]
    fn section_5_7_5_sed_with_and_without_quotes() {
        for text in
            [r#" field=p mode=sed "s/a b/c/g""#, " mode=sed field=p s/a b/c/g", r#" "s/a b/c/g" field=p mode=sed"#]
        {
            let RexMode::Sed(steps) = rex(text).unwrap().mode else { panic!("{text}") };
            assert_eq!(sed::print(&steps), "s/a b/c/g", "{text}");
        }
    }

    #[test]
    fn named_groups_are_found_where_they_are() {
        for pattern in ["(?<a>x)", "x(?P<a_1>y)", "(?'a'x)", r"\\(?<a>x)", "[](](?<a>x)", r"\Q(?\E(?<a>x)"] {
            assert!(has_named_group(pattern), "{pattern}");
        }
        for pattern in ["(?<=a>x)", "(?<!a>x)", "(a)", r"\(?<a>x", "[(?<a>x)]", r"\Q(?<a>x)", "(?<1a>x)", "(?<a"] {
            assert!(!has_named_group(pattern), "{pattern}");
        }
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, code, marked) in [
            (" field=f", "E0124", "rex field=f"),
            (" field=f \"(a)\"", "E0150", "\"(a)\""),
            (" field=f mode=sed \"s/a/b\"", "E0151", "\"s/a/b\""),
            (" mode=awk \"x\"", "E0123", "awk"),
            (" max_match=x \"(?<a>.)\"", "E0123", "x"),
            (" max=5 \"(?<a>.)\"", "E0122", "5"),
            (" \"(?<a>.)\" \"b\"", "E0115", "\"b\""),
        ] {
            assert_eq!(rex(text), Err((code, marked.to_owned())), "{text}");
        }
    }
}
