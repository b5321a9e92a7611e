//! `dedup [n] <fields> [options] [sortby <keys>]` (§5.16).

use super::options::Setting;
use super::{Arguments, CommandDoc, sort};
use crate::diagnostic::codes;
use crate::lex::TokenKind;
use crate::plan::{Command, DedupCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "dedup",
    aliases: &[],
    syntax: "dedup [<n>] <fields> [keepevents=<bool>] [keepempty=<bool>] [consecutive=<bool>] [sortby [+|-]<field> …]",
    section: "§5.16",
    summary: "Keeps the first n rows, 1 by default, of each combination of values.",
    examples: &["* | dedup host", "* | dedup 3 host, user keepempty=true sortby -_time"],
};

/// Reads number, fields, options and order.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command = DedupCommand {
        count: 1,
        fields: Vec::new(),
        keep_events: false,
        keep_empty: false,
        consecutive: false,
        sort_by: Vec::new(),
    };
    if let Some((count, token)) = arguments.number() {
        if count == 0 {
            let help = Some("write a number, 1 or greater");
            arguments.error(codes::BAD_OPTION, token.start, token.end, "`dedup` keeps at least one row", help);
            return None;
        }
        command.count = count;
    }
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            option(arguments, &mut command, &setting)?;
        } else if arguments.at_word("sortby") {
            arguments.next();
            let mut keys = Vec::new();
            sort::read_keys(arguments, "dedup", &mut keys, &mut |arguments, setting| {
                option(arguments, &mut command, setting)
            })?;
            if keys.is_empty() {
                arguments.missing("a field is missing behind `sortby`", "write `dedup host sortby -_time`");
                return None;
            }
            command.sort_by = keys;
        } else {
            arguments.next();
            if token.kind != TokenKind::Comma {
                let field = arguments.exact(&token, "a list of field names")?;
                if !command.fields.contains(&field) {
                    command.fields.push(field);
                }
            }
        }
    }
    if command.fields.is_empty() {
        arguments.missing("`dedup` needs a field", "write `dedup host` for instance");
        return None;
    }
    Some(Command::Dedup(command))
}

/// Takes one option.
fn option(arguments: &mut Arguments<'_>, command: &mut DedupCommand, setting: &Setting) -> Option<()> {
    let slot = match setting.name.as_str() {
        "keepevents" => &mut command.keep_events,
        "keepempty" => &mut command.keep_empty,
        "consecutive" => &mut command.consecutive,
        _ => return arguments.no_option("dedup", setting, "keepevents, keepempty, consecutive"),
    };
    *slot = arguments.flag(setting)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, &'static str> {
        let (plan, findings) = compile(&format!("* | dedup {text}"), &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err(findings[0].code.0),
        }
    }

    #[test]
    fn section_5_16_forms() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("a"), ok("dedup a"));
        assert_eq!(printed("3 a, b c a sortby -_time num(d)"), ok("dedup 3 a, b, c sortby -_time, +num(d)"));
        assert_eq!(
            printed("keepempty=t a keepevents=1 b sortby +x consecutive=true"),
            ok("dedup a, b keepevents=true keepempty=true consecutive=true sortby +x")
        );
        assert_eq!(printed("a \"b c\" sortby - x"), ok("dedup a, \"b c\" sortby -x"));
        assert_eq!(printed("\"sortby\" sortby d"), ok("dedup \"sortby\" sortby +d"));
        assert_eq!(printed(""), Err("E0124"));
        assert_eq!(printed("3"), Err("E0124"));
        assert_eq!(printed("0 a"), Err("E0123"));
        assert_eq!(printed("a*"), Err("E0162"));
        assert_eq!(printed("a sortby"), Err("E0124"));
        assert_eq!(printed("a keep=t"), Err("E0122"));
        assert_eq!(printed("a keepempty=x"), Err("E0123"));
    }
}
