//! `streamstats <aggregates> [by <fields>]` (§5.12), its options anywhere.

use super::spans::duration;
use super::stats::{Options, clauses, empty, flag, number};
use super::{Arguments, CommandDoc};
use crate::diagnostic::codes;
use crate::escape;
use crate::expand::{Expanded, Piece};
use crate::expr::{self, Parser};
use crate::lex::{Token, TokenKind};
use crate::plan::{Command, CompareOp, Expr, StreamstatsCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "streamstats",
    aliases: &[],
    syntax: "streamstats [current=<bool>] [window=<n>] [global=<bool>] [time_window=<span>] [reset_on_change=<bool>] \
             [reset_before=(<condition>)] [reset_after=(<condition>)] [allnum=<bool>] <aggregate> [AS <name>][, …] [BY <fields>]",
    section: "§5.12",
    summary: "Adds to each row the aggregates of the rows up to it.",
    examples: &[
        "* | streamstats window=1 current=f last(_time) as next by user",
        "* | streamstats count as run by user reset_before=(action=\"logon\")",
    ],
};

/// Reads options, aggregates and by-clause.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command = StreamstatsCommand {
        stats: empty(),
        current: true,
        window: 0,
        global: true,
        reset_on_change: false,
        reset_before: None,
        reset_after: None,
        time_window: None,
    };
    command.stats = clauses(arguments, &mut command)?;
    Some(Command::Streamstats(command))
}

impl Options for StreamstatsCommand {
    const COMMAND: &'static str = "streamstats";
    const NAMES: &'static str =
        "known: current, window, global, time_window, reset_on_change, reset_before, reset_after, allnum";

    fn option(&mut self, arguments: &mut Arguments<'_>, name: &str, value: &str, token: &Token) -> Option<bool> {
        match name {
            "current" => self.current = flag(arguments, name, value, token)?,
            "global" => self.global = flag(arguments, name, value, token)?,
            "reset_on_change" => self.reset_on_change = flag(arguments, name, value, token)?,
            "window" => self.window = number(arguments, name, value, token)?,
            "time_window" => {
                self.time_window = duration(value).filter(|&micros| micros > 0);
                if self.time_window.is_none() {
                    let message = format!("`{value}` is not a span");
                    let help = Some("write a number with a unit such as 30s, 5m, 1h or 1d");
                    arguments.error(codes::BAD_OPTION, token.start, token.end, &message, help);
                    return None;
                }
            }
            _ => return Some(false),
        }
        Some(true)
    }

    /// Takes `reset_before=(…)` and `reset_after=(…)`, also in quotes (§5.12.1).
    fn special(&mut self, arguments: &mut Arguments<'_>) -> Option<bool> {
        let before = arguments.at_word("reset_before");
        if !(before || arguments.at_word("reset_after")) || arguments.kind(1) != Some(&TokenKind::Op(CompareOp::Eq)) {
            return Some(false);
        }
        arguments.next();
        arguments.next();
        let condition = condition(arguments)?;
        if before {
            self.reset_before = Some(condition);
        } else {
            self.reset_after = Some(condition);
        }
        Some(true)
    }
}

/// Reads `(condition)`, or one in quotes.
fn condition(arguments: &mut Arguments<'_>) -> Option<Expr> {
    let Some(token) = arguments.next() else {
        arguments.missing("a condition is missing behind `=`", "write reset_before=(x=\"y\")");
        return None;
    };
    let found = match &token.kind {
        TokenKind::Open => {
            let end = arguments.stage.end;
            let mut parser = Parser::new(arguments, token.start, end);
            let expr = parser.operand_alone()?;
            let next = parser.at();
            arguments.resume(next);
            expr
        }
        TokenKind::Quoted(raw) => {
            let text = escape::string(raw);
            let derived = arguments.expanded.derived(&[Piece::Put(&text, token.start + 1, token.end - 1)]);
            quoted(&derived, arguments)?
        }
        _ => {
            arguments.unexpected(&token, "a condition in parentheses");
            return None;
        }
    };
    expr::condition(arguments.findings, &found)?;
    Some(found)
}

/// Reads the condition that a quoted text spells.
fn quoted(derived: &Expanded, arguments: &mut Arguments<'_>) -> Option<Expr> {
    let stage = arguments.stage;
    let mut inner = Arguments { expanded: derived, stage, findings: arguments.findings, tokens: Vec::new(), at: 0 };
    Parser::new(&mut inner, 0, derived.text.len()).whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::macros::Macros;
    use crate::print;

    fn streamstats(text: &str) -> Result<StreamstatsCommand, (&'static str, String)> {
        let text = format!("* | streamstats {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        let Some(mut plan) = plan else {
            return Err((findings[0].code.0, text[findings[0].span.range()].to_owned()));
        };
        match plan.steps.remove(1).command {
            Command::Streamstats(command) => Ok(command),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn section_5_12_1_options_stand_anywhere() {
        let command =
            streamstats("current=f sum(a) as b window=5 by c global=f time_window=5m, d reset_on_change=1").unwrap();
        assert_eq!((command.current, command.window, command.global, command.reset_on_change), (false, 5, false, true));
        assert_eq!(command.time_window, Some(300_000_000));
        assert_eq!(command.stats.by, ["c", "d"]);
    }

    #[test]
    fn section_5_12_1_resets_in_parentheses_or_quotes() {
        let plain = streamstats(r#"reset_before=(a="x" OR b>1) count by c"#).unwrap();
        let quoted = streamstats(r#"count by c reset_before="(a=\"x\" OR b>1)""#).unwrap();
        assert_eq!(plain, quoted);
        let bare = streamstats(r#"count reset_after="match(a, \"(b\")" by c"#).unwrap();
        assert_eq!(print::expression(&bare.reset_after.unwrap()), r#"match(a, "(b")"#);
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, code, marked) in [
            ("count window=x", "E0123", "x"),
            ("count time_window=5mon", "E0123", "5mon"),
            ("count resets=1", "E0122", "1"),
            ("count reset_before=(a)", "E0144", "(a)"),
            ("count reset_before=(a=1", "E0110", "("),
            ("count reset_before=\"(a=\"", "E0112", "(a="),
            ("count reset_before=a", "E0115", "a"),
            ("window=5", "E0124", "streamstats window=5"),
        ] {
            assert_eq!(streamstats(text), Err((code, marked.to_owned())), "{text}");
        }
    }
}
