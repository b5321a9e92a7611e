//! `sort [limit] <keys> [desc]` (§5.17).

use super::options::Setting;
use super::{Arguments, CommandDoc, field_name};
use crate::diagnostic::codes;
use crate::lex::{Token, TokenKind};
use crate::plan::{Command, SortCommand, SortKey, SortKind};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "sort",
    aliases: &[],
    syntax: "sort [<n> | limit=<n>] [+|-][auto | str | num | ip](<field>), … [d | desc]",
    section: "§5.17",
    summary: "Sorts the rows; with a number, keeps the first so many.",
    examples: &["* | sort - _time", "* | sort 10 -num(bytes), +host", "* | sort limit=0 user desc"],
};

/// Reads limit and keys.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut limit = arguments.number().map(|(limit, _)| limit);
    let mut keys = Vec::new();
    let mut option = |arguments: &mut Arguments<'_>, setting: &Setting| match setting.name.as_str() {
        "limit" => {
            limit = Some(arguments.count(setting)?);
            Some(())
        }
        _ => arguments.no_option("sort", setting, "limit"),
    };
    read_keys(arguments, "sort", &mut keys, &mut option)?;
    if keys.is_empty() {
        arguments.missing("`sort` needs a field", "write `sort - _time` for instance");
        return None;
    }
    Some(Command::Sort(SortCommand { limit: limit.filter(|&limit| limit > 0), keys }))
}

/// Reads keys up to the end; options among them go to `option`.
pub(super) fn read_keys(
    arguments: &mut Arguments<'_>,
    command: &str,
    keys: &mut Vec<SortKey>,
    option: &mut dyn FnMut(&mut Arguments<'_>, &Setting) -> Option<()>,
) -> Option<()> {
    let mut comma = true;
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            option(arguments, &setting)?;
            continue;
        }
        arguments.next();
        if token.kind == TokenKind::Comma {
            comma = true;
            continue;
        }
        let last = command == "sort" && !comma && arguments.peek().is_none();
        if last
            && matches!(&token.kind, TokenKind::Word(word) if ["d", "desc"].iter().any(|end| word.eq_ignore_ascii_case(end)))
        {
            for key in keys.iter_mut() {
                key.descending = !key.descending;
            }
            return Some(());
        }
        comma = false;
        keys.push(key(arguments, token, command)?);
    }
    Some(())
}

/// Reads a key that begins with a token: sign, kind, field.
fn key(arguments: &mut Arguments<'_>, mut token: Token, command: &str) -> Option<SortKey> {
    let mut descending = false;
    if let TokenKind::Word(word) = &token.kind
        && let Some(rest) = word.strip_prefix(['-', '+'])
    {
        descending = word.starts_with('-');
        if rest.is_empty() {
            let Some(next) = arguments.next() else {
                arguments.missing("a field is missing behind the sign", &format!("write `{command} - _time`"));
                return None;
            };
            token = next;
        } else {
            token = Token { kind: TokenKind::Word(rest.to_owned()), start: token.start + 1, end: token.end };
        }
    }
    let wanted = "a field to sort by";
    if arguments.kind(0) != Some(&TokenKind::Open) || !matches!(token.kind, TokenKind::Word(_)) {
        return Some(SortKey { field: arguments.exact(&token, wanted)?, descending, kind: SortKind::Auto });
    }
    let name = field_name(&token.kind)?.to_ascii_lowercase();
    let kind = match name.as_str() {
        "auto" => SortKind::Auto,
        "str" => SortKind::Text,
        "num" => SortKind::Number,
        "ip" => SortKind::Ip,
        _ => {
            let message = format!("`{name}` is no way to sort");
            let help = Some("known: auto, str, num, ip");
            arguments.error(codes::UNEXPECTED_TEXT, token.start, token.end, &message, help);
            return None;
        }
    };
    let open = arguments.next()?;
    let field = arguments.exact_field("a field is missing at the end", "write `sort num(bytes)`")?;
    if arguments.kind(0) != Some(&TokenKind::Close) {
        let help = Some("add `)` behind the field");
        arguments.error(codes::MISSING_PAREN, open.start, open.end, "this parenthesis is never closed", help);
        return None;
    }
    arguments.next();
    Some(SortKey { field, descending, kind })
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, (&'static str, String)> {
        let text = format!("* | sort {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err((findings[0].code.0, text[findings[0].span.range()].to_owned())),
        }
    }

    #[test]
    fn section_5_17_1_limits_and_kinds() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("0 a"), ok("sort +a"));
        assert_eq!(printed("5 a"), ok("sort limit=5 +a"));
        assert_eq!(printed("limit=5 a"), ok("sort limit=5 +a"));
        assert_eq!(printed("a limit=0"), ok("sort +a"));
        assert_eq!(printed("-num(a), +IP(\"b c\") str(d)"), ok("sort -num(a), +ip(\"b c\"), +str(d)"));
    }

    #[test]
    fn section_5_17_2_signs_and_a_trailing_desc() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("- a, b"), ok("sort -a, +b"));
        assert_eq!(printed("-a b"), ok("sort -a, +b"));
        assert_eq!(printed("-a b desc"), ok("sort +a, -b"));
        assert_eq!(printed("a d"), ok("sort -a"));
        assert_eq!(printed("a, d"), ok("sort +a, +d"));
        assert_eq!(printed("d"), ok("sort +d"));
        assert_eq!(printed("- \"a b\" +c"), ok("sort -\"a b\", +c"));
    }

    #[test]
    fn mistakes_have_their_place() {
        let wrong = |text: &str| printed(text).unwrap_err();
        assert_eq!(wrong(""), ("E0124", "sort".to_owned()));
        assert_eq!(wrong("5"), ("E0124", "sort 5".to_owned()));
        assert_eq!(wrong("-"), ("E0124", "sort -".to_owned()));
        assert_eq!(wrong("a*"), ("E0162", "a*".to_owned()));
        assert_eq!(wrong("foo(a)"), ("E0115", "foo".to_owned()));
        assert_eq!(wrong("num(a"), ("E0110", "(".to_owned()));
        assert_eq!(wrong("x=1 a"), ("E0122", "x=1".to_owned()));
        assert_eq!(wrong("limit=x a"), ("E0123", "x".to_owned()));
        assert_eq!(wrong("(a)"), ("E0115", "(".to_owned()));
    }
}
