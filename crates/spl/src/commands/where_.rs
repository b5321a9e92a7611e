//! `where <condition>` (§5.8).

use super::{Arguments, CommandDoc};
use crate::expr::{self, Parser};
use crate::plan::Command;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "where",
    aliases: &[],
    syntax: "where <condition>",
    section: "§5.8",
    summary: "Keeps the rows for which a condition is true.",
    examples: &[
        "* | where count > 5 AND NOT match(process, \"(?i)svchost\")",
        "* | where user IN (\"root\", admin_user)",
    ],
};

/// Reads the condition.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    if arguments.text().trim().is_empty() {
        arguments.missing("`where` needs a condition", "write `where count > 5` for instance");
        return None;
    }
    let (start, end) = (arguments.stage.arguments, arguments.stage.end);
    let condition = Parser::new(arguments, start, end).with_subsearches().whole()?;
    expr::condition(arguments.findings, &condition)?;
    Some(Command::Where(condition))
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, (&'static str, String)> {
        let text = format!("* | where {text}");
        let mut macros = Macros::shipped();
        macros.define("nothing", &[], "");
        macros.define("odd", &[], "b=");
        let (plan, findings) = compile(&text, &macros);
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err((findings[0].code.0, text[findings[0].span.range()].to_owned())),
        }
    }

    #[test]
    fn section_1_3_10_a_macro_that_expands_to_nothing_contributes_no_term() {
        for text in ["a=1 AND `nothing`", "`nothing` AND a=1", "(a=1 AND `nothing`)", "`nothing` or a=1 and `nothing`"]
        {
            assert_eq!(printed(text), Ok("where a = 1".to_owned()), "{text}");
        }
        assert_eq!(printed("a=1 OR `nothing` OR b=2"), Ok("where a = 1 OR b = 2".to_owned()));
        assert_eq!(printed("`nothing` AND AND a=1"), Err(("E0112", "AND".to_owned())));
    }

    #[test]
    fn mistakes_have_a_place_also_in_macros() {
        for (text, code, marked) in [
            ("", "E0124", "where"),
            ("a", "E0144", "a"),
            ("1", "E0144", "1"),
            ("a=1 AND `odd`", "E0112", "`odd`"),
            ("a=1) OR b=2", "E0111", ")"),
            ("[search b | tabel c]", "E0120", "tabel"),
        ] {
            assert_eq!(printed(text), Err((code, marked.to_owned())), "{text}");
        }
    }
}
