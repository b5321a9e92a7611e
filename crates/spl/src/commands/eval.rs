//! `eval a=expression, b=expression` (§5.9).

use super::{Arguments, CommandDoc};
use crate::diagnostic::codes;
use crate::escape;
use crate::expr::lex::{single_quoted, unescape_name};
use crate::expr::{self, Parser};
use crate::lex::quoted_text;
use crate::plan::{Assignment, Command, EvalTarget, TargetPiece};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "eval",
    aliases: &[],
    syntax: "eval <field>=<expression>[, <field>=<expression>]…",
    section: "§5.9",
    summary: "Sets fields to the results of expressions, left to right; a result of ∅ removes the field.",
    examples: &[
        "* | eval kb=round(bytes / 1024, 1), big=if(kb > 100, \"yes\", \"no\")",
        "* | eval 'user name'=lower(user) . \"@\" . domain",
        "* | eval {name}=value",
    ],
};

/// Reads the assignments.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    if arguments.text().trim().is_empty() {
        arguments.missing("`eval` needs an assignment", "write `eval kb=bytes / 1024` for instance");
        return None;
    }
    let (mut at, end) = (arguments.stage.arguments, arguments.stage.end);
    let mut assignments = Vec::new();
    loop {
        let (target, value_at) = target(arguments, at)?;
        let mut parser = Parser::new(arguments, value_at, end);
        if parser.at_end() {
            arguments.error(
                codes::MISSING_OPERAND,
                value_at - 1,
                value_at,
                "there is no expression behind this `=`",
                None,
            );
            return None;
        }
        let value = parser.expression()?;
        let comma = parser.at_comma().then(|| parser.take());
        if comma.is_none() {
            parser.finish()?;
        }
        expr::assigned(arguments.findings, &value)?;
        assignments.push(Assignment { target, value });
        match comma {
            Some(next) => at = next,
            None => return Some(Command::Eval(assignments)),
        }
    }
}

/// Reads `name =` from `at` on; returns where the expression begins.
fn target(arguments: &mut Arguments<'_>, at: usize) -> Option<(EvalTarget, usize)> {
    let expanded = arguments.expanded;
    let whole = expanded.text.get(at..arguments.stage.end).unwrap_or_default();
    let rest = whole.trim_start();
    let start = at + whole.len() - rest.len();
    let (target, length) = match rest.chars().next() {
        Some('"') => {
            let (inner, length) = quoted_text(rest);
            (EvalTarget::Field(escape::string(inner)), length)
        }
        Some('\'') if single_quoted(rest).is_some() => {
            let inner = single_quoted(rest).unwrap_or_default();
            (EvalTarget::Field(unescape_name(inner)), inner.len() + 2)
        }
        _ => {
            let length = rest.find(|c: char| c.is_whitespace() || ",=()|\"'[]<>!".contains(c)).unwrap_or(rest.len());
            (bare(arguments, &rest[..length], start)?, length)
        }
    };
    let behind = rest[length..].trim_start();
    let equals = start + rest.len() - behind.len();
    let named = !matches!(&target, EvalTarget::Field(name) if name.is_empty());
    if named && behind.starts_with('=') && !behind.starts_with("==") {
        return Some((target, equals + 1));
    }
    let (from, to) = if named {
        (equals, equals + behind.chars().next().map_or(0, char::len_utf8))
    } else {
        (start, start + length)
    };
    let (from, to) = if to > from { (from, to) } else { (start.min(arguments.stage.end - 1), arguments.stage.end) };
    let help = "write name=expression, with commas between assignments";
    arguments.error(codes::UNEXPECTED_TEXT, from, to, "an assignment is expected here", Some(help));
    None
}

/// Reads an unquoted name, which may hold `{field}` (§5.9.2).
fn bare(arguments: &mut Arguments<'_>, name: &str, start: usize) -> Option<EvalTarget> {
    let bad = |arguments: &mut Arguments<'_>, message: &str| {
        let help = "put the name in single quotes if it is meant as it stands";
        arguments.error(codes::BAD_NAME, start, start + name.len(), message, Some(help));
        None
    };
    if name.contains('*') {
        return bad(arguments, "a field to set cannot be named by a wildcard");
    }
    if !name.contains(['{', '}']) {
        return Some(EvalTarget::Field(name.to_owned()));
    }
    let (mut pieces, mut rest) = (Vec::new(), name);
    while !rest.is_empty() {
        let open = rest.find(['{', '}']).unwrap_or(rest.len());
        if open > 0 {
            pieces.push(TargetPiece::Literal(rest[..open].to_owned()));
        }
        rest = &rest[open..];
        if rest.is_empty() {
            break;
        }
        let close = rest.find('}').unwrap_or(0);
        let inner = rest.get(1..close).unwrap_or_default();
        if inner.is_empty() || inner.contains('{') {
            return bad(arguments, "braces in a name hold the field whose value is put in");
        }
        pieces.push(TargetPiece::Field(inner.to_owned()));
        rest = &rest[close + 1..];
    }
    Some(EvalTarget::Template(pieces))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::macros::Macros;

    fn targets(text: &str) -> Vec<EvalTarget> {
        let (plan, findings) = compile(&format!("* | eval {text}"), &Macros::shipped());
        let mut plan = plan.unwrap_or_else(|| panic!("{text}: {findings:?}"));
        let Command::Eval(assignments) = plan.steps.remove(1).command else { panic!("an eval") };
        assignments.into_iter().map(|assignment| assignment.target).collect()
    }

    fn mistake(text: &str) -> (&'static str, String) {
        let text = format!("* | eval {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        assert!(plan.is_none(), "{text}");
        (findings[0].code.0, text[findings[0].span.range()].to_owned())
    }

    #[test]
    fn section_5_9_1_targets_are_bare_or_quoted() {
        let field = |name: &str| EvalTarget::Field(name.to_owned());
        assert_eq!(
            targets(r#"a=1, b.c = "x,y" , 'd e'=f, "g h"=if(a=1, 2, 3)"#),
            [field("a"), field("b.c"), field("d e"), field("g h")]
        );
        assert_eq!(targets("'x{}'=1"), [field("x{}")]);
    }

    #[test]
    fn section_5_9_2_names_with_braces_are_computed() {
        let literal = |text: &str| TargetPiece::Literal(text.to_owned());
        let field = |name: &str| TargetPiece::Field(name.to_owned());
        assert_eq!(targets("{f}=1"), [EvalTarget::Template(vec![field("f")])]);
        assert_eq!(
            targets("v_{f}_{g.h}x=1"),
            [EvalTarget::Template(vec![literal("v_"), field("f"), literal("_"), field("g.h"), literal("x")])]
        );
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, code, marked) in [
            ("x{}=1", "E0148", "x{}"),
            ("x{a=1", "E0148", "x{a"),
            ("x*=1", "E0148", "x*"),
            ("a=1 b=2", "E0143", "b"),
            ("a==1", "E0115", "="),
            ("a", "E0115", "a"),
            ("match(a, \"b\")", "E0115", "("),
            ("a=", "E0112", "="),
            ("a=1,", "E0115", ","),
            ("a=b=c", "E0145", "b=c"),
            ("a=if(b=c, true(), false())", "E0145", "if(b=c, true(), false())"),
            ("a=[search b]", "E0130", "[search b]"),
            ("", "E0124", "eval"),
        ] {
            assert_eq!(mistake(text), (code, marked.to_owned()), "{text}");
        }
    }
}
