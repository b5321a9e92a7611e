//! `convert [timeformat=<format>] <function>(<field>) [AS <new>] …` (§5.26).

use super::{Arguments, CommandDoc, field_name};
use crate::diagnostic::codes;
use crate::lex::TokenKind;
use crate::plan::{Command, ConvertClause, ConvertFunction, FieldPattern, Glob};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "convert",
    aliases: &[],
    syntax: "convert [timeformat=<format>] <function>(<field>) [AS <new>] …",
    section: "§5.26",
    summary: "Converts times, durations and numbers, value by value.",
    examples: &[
        "* | convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(firstTime)",
        "* | convert auto(*delay) AS *delay_secs, none(host)",
    ],
};

/// The functions, by name.
pub(crate) const FUNCTIONS: &[(&str, ConvertFunction)] = &[
    ("auto", ConvertFunction::Auto),
    ("ctime", ConvertFunction::Ctime),
    ("dur2sec", ConvertFunction::Dur2sec),
    ("memk", ConvertFunction::Memk),
    ("mktime", ConvertFunction::Mktime),
    ("mstime", ConvertFunction::Mstime),
    ("none", ConvertFunction::None),
    ("num", ConvertFunction::Num),
    ("rmcomma", ConvertFunction::Rmcomma),
    ("rmunit", ConvertFunction::Rmunit),
];

/// The time format where none was written.
pub(crate) const TIME_FORMAT: &str = "%m/%d/%Y %H:%M:%S";

/// Reads the format and the clauses.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut time_format, mut clauses) = (TIME_FORMAT.to_owned(), Vec::new());
    while arguments.peek().is_some() {
        if arguments.comma() {
            continue;
        }
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "timeformat" => time_format = setting.value,
                _ => return arguments.no_option("convert", &setting, "timeformat"),
            }
            continue;
        }
        clauses.push(clause(arguments)?);
    }
    if clauses.is_empty() {
        arguments.missing("`convert` needs a function", "write `convert ctime(_time)` for instance");
        return None;
    }
    Some(Command::Convert { time_format, clauses })
}

/// Reads `function(field) [AS new]`.
fn clause(arguments: &mut Arguments<'_>) -> Option<ConvertClause> {
    let token = arguments.next()?;
    let name = field_name(&token.kind).unwrap_or_default();
    let known = FUNCTIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
    let Some(&(_, function)) = known.filter(|_| matches!(token.kind, TokenKind::Word(_))) else {
        let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        let message = format!("`{}` is no conversion", &arguments.expanded.text[token.start..token.end]);
        let help = format!("known: {}", names.join(", "));
        arguments.error(codes::UNEXPECTED_TEXT, token.start, token.end, &message, Some(&help));
        return None;
    };
    let open = arguments.next().filter(|open| open.kind == TokenKind::Open);
    let field = open.as_ref().and_then(|_| arguments.next()).and_then(|field| field_name(&field.kind));
    let (Some(open), Some(field)) = (open, field) else {
        let message = format!("`{name}` needs a field in parentheses");
        let help = format!("write `convert {name}(field)`");
        arguments.error(codes::MISSING_ARGUMENT, token.start, token.end, &message, Some(&help));
        return None;
    };
    let close = arguments.next();
    let Some(close) = close.filter(|close| close.kind == TokenKind::Close) else {
        let help = Some("add `)` behind the field");
        arguments.error(codes::MISSING_PAREN, open.start, open.end, "this parenthesis is never closed", help);
        return None;
    };
    let field = FieldPattern { glob: Glob::new(&field) };
    let mut alias = None;
    if arguments.at_word("as") {
        arguments.next();
        let Some(new) = arguments.next() else {
            arguments.missing("a name is missing behind AS", "write `convert ctime(_time) AS when`");
            return None;
        };
        let to = arguments.pattern(&new, "a field name")?.glob;
        if to.pieces.len() != field.glob.pieces.len() {
            let message = format!("`{}` and `{}` do not hold the same number of `*`", field.glob.text(), to.text());
            let help = Some("write as many `*` on both sides");
            arguments.error(codes::ALIAS_PATTERN, open.start.min(close.start), new.end, &message, help);
            return None;
        }
        alias = Some(to);
    }
    Some(ConvertClause { function, field, alias })
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, &'static str> {
        let (plan, findings) = compile(&format!("* | {text}"), &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err(findings[0].code.0),
        }
    }

    #[test]
    fn section_5_26_1_clauses_stand_by_comma_or_blank() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            printed("convert Ctime(a), none(b c) num(*_t) as *_n"),
            Err("E0110"),
            "one field in a pair of parentheses"
        );
        assert_eq!(
            printed("convert Ctime(a), none(\"b c\") num(*_t) as *_n"),
            ok("convert ctime(a), none(\"b c\"), num(*_t) AS *_n")
        );
        assert_eq!(printed("convert timeformat=\"%H\" mktime(t)"), ok("convert timeformat=\"%H\" mktime(t)"));
        assert_eq!(
            printed("`security_content_ctime(firstTime)`"),
            ok("convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(firstTime)")
        );
        assert_eq!(printed("convert"), Err("E0124"));
        assert_eq!(printed("convert foo(a)"), Err("E0115"));
        assert_eq!(printed("convert ctime"), Err("E0124"));
        assert_eq!(printed("convert ctime()"), Err("E0124"));
        assert_eq!(printed("convert auto(a*) as b"), Err("E0128"));
    }
}
