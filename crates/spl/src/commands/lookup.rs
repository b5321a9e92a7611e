//! `lookup <table> <keys> [OUTPUT | OUTPUTNEW <columns>]` (§5.13.1).

use super::{Arguments, CommandDoc, field_name};
use crate::plan::{Command, LookupCommand, LookupOutput};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "lookup",
    aliases: &[],
    syntax: "lookup [local=<bool>] [update=<bool>] <table> <column> [AS <field>], … [OUTPUT | OUTPUTNEW <column> [AS <field>], …]",
    section: "§5.13",
    summary: "Adds columns of a table, found by key.",
    examples: &[
        "* | lookup dnslookup clientip AS src_ip OUTPUT clienthost AS src_dns",
        "* | lookup users.csv user, host OUTPUTNEW department",
    ],
};

/// Reads options, table, keys and outputs.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut table = None;
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            match setting.name.as_str() {
                // Where the table lives and when it is read anew: without meaning here.
                "local" | "update" => arguments.flag(&setting).map(|_| ())?,
                _ => return arguments.no_option("lookup", &setting, "local, update"),
            }
            continue;
        }
        let Some(name) = field_name(&token.kind) else {
            arguments.unexpected(&token, "the name of a table");
            return None;
        };
        arguments.next();
        table = Some(name);
        break;
    }
    let help = "write `lookup users.csv user OUTPUT department` for instance";
    let Some(table) = table else {
        arguments.missing("`lookup` needs a table", help);
        return None;
    };
    let keys = pairs(arguments)?;
    if keys.is_empty() {
        arguments.missing("`lookup` needs a column to look up", help);
        return None;
    }
    let output = if arguments.peek().is_none() {
        LookupOutput::All
    } else {
        let new = arguments.at_word("outputnew");
        arguments.next();
        let outputs = pairs(arguments)?;
        if let Some(token) = arguments.peek().cloned() {
            arguments.unexpected(&token, "one list of outputs");
            return None;
        }
        if outputs.is_empty() {
            arguments.missing("a column is missing behind OUTPUT", help);
            return None;
        }
        if new { LookupOutput::New(outputs) } else { LookupOutput::Overwrite(outputs) }
    };
    Some(Command::Lookup(LookupCommand { table, keys, output }))
}

/// Reads `column [AS field]`, … up to OUTPUT or the end.
fn pairs(arguments: &mut Arguments<'_>) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    loop {
        while arguments.comma() {}
        if arguments.peek().is_none() || arguments.at_word("output") || arguments.at_word("outputnew") {
            return Some(pairs);
        }
        let token = arguments.next()?;
        let column = arguments.exact(&token, "a column of the table")?;
        let mut field = column.clone();
        if arguments.at_word("as") {
            arguments.next();
            field = arguments.exact_field("a field is missing behind AS", "write `lookup t column AS field`")?;
        }
        pairs.push((column, field));
    }
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, (&'static str, String)> {
        let text = format!("* | lookup {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err((findings[0].code.0, text[findings[0].span.range()].to_owned())),
        }
    }

    #[test]
    fn section_5_13_1_forms() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            printed("update=true t.csv a as b c, OUTPUTNEW d AS e f"),
            ok("lookup t.csv a AS b, c OUTPUTNEW d AS e, f")
        );
        assert_eq!(printed("\"my t\" a"), ok("lookup \"my t\" a"));
        assert_eq!(printed("t a output b"), ok("lookup t a OUTPUT b"));
        assert_eq!(printed("t \"output\" OUTPUT \"as\""), ok("lookup t \"output\" OUTPUT \"as\""));
    }

    #[test]
    fn mistakes_have_their_place() {
        let wrong = |text: &str| printed(text).unwrap_err();
        assert_eq!(wrong(""), ("E0124", "lookup".to_owned()));
        assert_eq!(wrong("t"), ("E0124", "lookup t".to_owned()));
        assert_eq!(wrong("t OUTPUT a"), ("E0124", "lookup t OUTPUT a".to_owned()));
        assert_eq!(wrong("t a OUTPUT"), ("E0124", "lookup t a OUTPUT".to_owned()));
        assert_eq!(wrong("t a OUTPUT b OUTPUTNEW c"), ("E0115", "OUTPUTNEW".to_owned()));
        assert_eq!(wrong("t a* OUTPUT b"), ("E0162", "a*".to_owned()));
        assert_eq!(wrong("x=1 t a"), ("E0122", "x=1".to_owned()));
        assert_eq!(wrong("t a=b"), ("E0115", "=".to_owned()));
    }
}
