//! `inputlookup [options] <table> [where <search>]` (§5.13.7).

use super::{Arguments, CommandDoc, field_name};
use crate::plan::{Command, InputLookupCommand};
use crate::search;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "inputlookup",
    aliases: &[],
    syntax: "inputlookup [append=<bool>] [strict=<bool>] [start=<n>] [max=<n>] <table> [where <search>]",
    section: "§5.13",
    summary: "Begins with the rows of a table, or adds them behind the others.",
    examples: &["| inputlookup assets.csv where category=server", "* | inputlookup append=true assets.csv"],
};

/// Reads options, table and condition.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command =
        InputLookupCommand { table: String::new(), append: false, start: 0, max: 1_000_000_000, filter: None };
    let mut named = false;
    while arguments.peek().is_some() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                "append" => command.append = arguments.flag(&setting)?,
                "start" => command.start = arguments.count(&setting)?,
                "max" => command.max = arguments.count(&setting)?,
                // A table that cannot be read makes the rule fail anyhow (§5.13.6).
                "strict" => arguments.flag(&setting).map(|_| ())?,
                _ => return arguments.no_option("inputlookup", &setting, "append, strict, start, max"),
            }
            continue;
        }
        let token = arguments.next()?;
        if named && matches!(field_name(&token.kind), Some(word) if word.eq_ignore_ascii_case("where")) {
            return filter(arguments, command, token.end);
        }
        let Some(name) = field_name(&token.kind).filter(|_| !named) else {
            arguments.unexpected(&token, "one table, and `where` with a condition");
            return None;
        };
        command.table = name;
        named = true;
    }
    if !named {
        arguments.missing("`inputlookup` needs a table", "write `inputlookup assets.csv` for instance");
        return None;
    }
    Some(Command::InputLookup(command))
}

/// Reads the condition, which takes the rest.
fn filter(arguments: &mut Arguments<'_>, mut command: InputLookupCommand, start: usize) -> Option<Command> {
    let end = arguments.stage.end;
    if arguments.expanded.text[start..end].trim().is_empty() {
        arguments.missing("a condition is missing behind `where`", "write `where category=server` for instance");
        return None;
    }
    let search = search::parse_part(arguments.expanded, start, end, arguments.findings);
    arguments.no_bounds(&search, start, end)?;
    command.filter = Some(search.expr);
    Some(Command::InputLookup(command))
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, &'static str> {
        let (plan, findings) = compile(&format!("| inputlookup {text}"), &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[0].command)),
            None => Err(findings[0].code.0),
        }
    }

    #[test]
    fn section_5_13_7_forms() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("t"), ok("inputlookup t"));
        assert_eq!(printed("start=2 t max=5 strict=f"), ok("inputlookup start=2 max=5 t"));
        assert_eq!(printed("t where a=1 OR b"), ok("inputlookup t where a=\"1\" OR \"b\""));
        assert_eq!(printed("where"), ok("inputlookup \"where\""));
        assert_eq!(printed(""), Err("E0124"));
        assert_eq!(printed("t u"), Err("E0115"));
        assert_eq!(printed("t where"), Err("E0124"));
        assert_eq!(printed("t where earliest=-1d"), Err("E0163"));
        assert_eq!(printed("t where (a"), Err("E0110"));
        assert_eq!(printed("max=x t"), Err("E0123"));
    }
}
