//! `rename <field> AS <field>, …` (§5.3).

use super::{Arguments, CommandDoc};
use crate::diagnostic::codes;
use crate::lex::Token;
use crate::plan::{Command, FieldPattern, Glob, RenameClause};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "rename",
    aliases: &[],
    syntax: "rename <field> AS <new>, …",
    section: "§5.3",
    summary: "Gives fields other names; with `*` on both sides, all that a pattern matches.",
    examples: &["* | rename src AS src_ip, \"user name\" AS user", "* | rename Processes.* AS *"],
};

/// Reads the clauses.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut clauses = Vec::new();
    loop {
        while arguments.comma() {}
        if arguments.peek().is_none() {
            break;
        }
        clauses.push(clause(arguments)?);
    }
    if clauses.is_empty() {
        arguments.missing("`rename` needs a field and its new name", "write `rename src AS src_ip` for instance");
        return None;
    }
    Some(Command::Rename(clauses))
}

/// Reads `a AS b`.
fn clause(arguments: &mut Arguments<'_>) -> Option<RenameClause> {
    let (from, place) = name(arguments)?;
    if !arguments.at_word("as") {
        match arguments.peek().cloned() {
            Some(token) => arguments.unexpected(&token, "`AS` and the new name"),
            None => arguments.missing("`AS` and a new name are missing at the end", "write `rename src AS src_ip`"),
        }
        return None;
    }
    arguments.next();
    let (to, end) = name(arguments)?;
    if from.pieces.len() != to.pieces.len() {
        let message = format!("`{}` and `{}` do not hold the same number of `*`", from.text(), to.text());
        arguments.error(codes::ALIAS_PATTERN, place.start, end.end, &message, Some("write as many `*` on both sides"));
        return None;
    }
    Some(RenameClause { from: FieldPattern { glob: from }, to })
}

/// Reads one side.
fn name(arguments: &mut Arguments<'_>) -> Option<(Glob, Token)> {
    let Some(token) = arguments.peek().cloned() else {
        arguments.missing("a field name is missing at the end", "write `rename src AS src_ip`");
        return None;
    };
    match arguments.column() {
        Some((name, place)) => Some((Glob::new(&name), place)),
        None => {
            arguments.unexpected(&token, "a field name");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, (&'static str, String)> {
        let text = format!("* | rename {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err((findings[0].code.0, text[findings[0].span.range()].to_owned())),
        }
    }

    #[test]
    fn section_5_3_1_clauses_stand_by_comma_or_blank() {
        let ok = |text: &str| Ok(text.to_owned());
        let wanted = ok("rename a AS b, \"c d\" AS e, x.* AS *");
        assert_eq!(printed("a AS b, \"c d\" AS e, x.* AS *"), wanted);
        assert_eq!(printed("a as b \"c d\" As e,, x.* aS \"*\","), wanted);
        assert_eq!(printed("count(x) as n values(a b) AS m"), ok("rename \"count(x)\" AS n, \"values(a b)\" AS m"));
        assert_eq!(printed("ModifiedProperties{}.NewValue AS x"), ok("rename ModifiedProperties{}.NewValue AS x"));
        assert_eq!(printed("\"as\" AS as"), ok("rename \"as\" AS \"as\""));
    }

    #[test]
    fn mistakes_have_their_place() {
        let wrong = |text: &str| printed(text).unwrap_err();
        assert_eq!(wrong("a.* AS b"), ("E0128", "a.* AS b".to_owned()));
        assert_eq!(wrong("a AS *"), ("E0128", "a AS *".to_owned()));
        assert_eq!(wrong("a b"), ("E0115", "b".to_owned()));
        assert_eq!(wrong("a=b"), ("E0115", "=".to_owned()));
        assert_eq!(wrong("a"), ("E0124", "rename a".to_owned()));
        assert_eq!(wrong("a AS"), ("E0124", "rename a AS".to_owned()));
        assert_eq!(wrong(""), ("E0124", "rename".to_owned()));
        assert_eq!(wrong("a(b AS c"), ("E0115", "a".to_owned()));
    }
}
