//! `join [options] [fields] [ subsearch ]` (§5.20).

use super::options::Setting;
use super::{Arguments, CommandDoc, join_keys, subsearch};
use crate::diagnostic::codes;
use crate::lex::TokenKind;
use crate::plan::{Command, JoinCommand, Plan};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "join",
    aliases: &[],
    syntax: "join [type=inner | left | outer] [overwrite=<bool>] [usetime=<bool>] [earlier=<bool>] [max=<n>] \
             [<fields> | left=<L> right=<R> where L.<field>=R.<field> …] [ <subsearch> ]",
    section: "§5.20",
    summary: "Adds the fields of those rows of a subsearch that agree in some fields.",
    examples: &[
        "error | join type=left user [ search login | table user, src_ip ]",
        "error | join left=L right=R where L.user=R.account [ | inputlookup users.csv ]",
    ],
};

/// A join while it is read.
struct Reader {
    command: JoinCommand,
    left: Option<String>,
    right: Option<String>,
    subsearch: Option<Plan>,
}

/// Reads options, keys and subsearch.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let command = JoinCommand {
        left: false,
        overwrite: true,
        use_time: false,
        earlier: true,
        max: 1,
        fields: Vec::new(),
        aliases: None,
        subsearch: Box::new(Plan { steps: Vec::new() }),
    };
    let mut reader = Reader { command, left: None, right: None, subsearch: None };
    while let Some(token) = arguments.peek().cloned() {
        if reader.subsearch.is_some() {
            arguments.unexpected(&token, "nothing follows the subsearch");
            return None;
        }
        if arguments.at_bracket() {
            let (start, end) = arguments.bracket()?;
            reader.subsearch = Some(subsearch(arguments, start, end)?);
        } else if arguments.at_word("where") && reader.left.is_some() {
            arguments.next();
            let (Some(left), Some(right)) = (&reader.left, &reader.right) else {
                return conflict(arguments, "`left` needs `right`");
            };
            reader.command.fields = join_keys::pairs(arguments, left, right)?;
        } else if let Some(setting) = arguments.setting() {
            option(arguments, &mut reader, &setting)?;
        } else {
            arguments.next();
            if token.kind != TokenKind::Comma {
                let field = arguments.exact(&token, "a list of field names")?;
                reader.command.fields.push((field.clone(), field));
            }
        }
    }
    finish(arguments, reader)
}

/// Takes one option.
fn option(arguments: &mut Arguments<'_>, reader: &mut Reader, setting: &Setting) -> Option<()> {
    let command = &mut reader.command;
    match setting.name.as_str() {
        "type" => {
            command.left = match setting.value.to_ascii_lowercase().as_str() {
                "inner" => false,
                "left" | "outer" => true,
                _ => return arguments.bad_value(setting, "write inner, left or outer"),
            }
        }
        "overwrite" => command.overwrite = arguments.flag(setting)?,
        "usetime" => command.use_time = arguments.flag(setting)?,
        "earlier" => command.earlier = arguments.flag(setting)?,
        "max" => command.max = arguments.count(setting)?,
        "left" => reader.left = Some(setting.value.clone()),
        "right" => reader.right = Some(setting.value.clone()),
        "return_multivalue" => return arguments.unsupported_option("join", setting),
        _ => return arguments.no_option("join", setting, "type, overwrite, usetime, earlier, max, left, right"),
    }
    Some(())
}

/// Checks what belongs together.
fn finish(arguments: &mut Arguments<'_>, reader: Reader) -> Option<Command> {
    let Reader { mut command, left, right, subsearch } = reader;
    let aliased = left.is_some() || right.is_some();
    command.aliases = left.zip(right);
    if aliased {
        let Some((left, right)) = &command.aliases else {
            return conflict(arguments, "`left` and `right` need each other");
        };
        if left == right {
            return conflict(arguments, "`left` and `right` have the same name");
        }
        if command.fields.is_empty() {
            return conflict(arguments, "`left` and `right` need `where` with pairs of fields");
        }
    }
    let Some(subsearch) = subsearch else {
        arguments.missing("`join` needs a subsearch in brackets", "write `join user [ search … ]`");
        return None;
    };
    command.subsearch = Box::new(subsearch);
    Some(Command::Join(command))
}

/// Refuses options that do not fit together.
fn conflict<T>(arguments: &mut Arguments<'_>, message: &str) -> Option<T> {
    let (start, end) = (arguments.stage.start, arguments.stage.end);
    let help = Some("write `join left=L right=R where L.user=R.account [ … ]`");
    arguments.error(codes::OPTION_CONFLICT, start, end, message, help);
    None
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, (&'static str, String)> {
        let text = format!("* | join {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err((findings[0].code.0, text[findings[0].span.range()].to_owned())),
        }
    }

    #[test]
    fn section_5_20_forms() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("[b]"), ok("join [ search \"b\" ]"));
        assert_eq!(
            printed("user, host type=outer max=0[search b]"),
            ok("join type=left max=0 user, host [ search \"b\" ]")
        );
        assert_eq!(
            printed("usetime=t earlier=f overwrite=0 type=INNER a b [|inputlookup t]"),
            ok("join overwrite=false usetime=true earlier=false a, b [ | inputlookup t ]")
        );
        let wanted = ok("join left=L right=R where L.a=R.b L.\"c d\"=R.e [ search \"b\" ]");
        assert_eq!(printed("left=L right=R where L.a=R.b AND R.e = 'L.c d' [b]"), wanted);
        assert_eq!(printed("where [b]"), ok("join \"where\" [ search \"b\" ]"));
    }

    #[test]
    fn mistakes_have_their_place() {
        let wrong = |text: &str| printed(text).unwrap_err();
        assert_eq!(wrong("user"), ("E0124", "join user".to_owned()));
        assert_eq!(wrong("user [b"), ("E0104", "[".to_owned()));
        assert_eq!(wrong("[b] c"), ("E0115", "c".to_owned()));
        assert_eq!(wrong("type=right a [b]"), ("E0123", "right".to_owned()));
        assert_eq!(wrong("return_multivalue=t a [b]"), ("E0123", "return_multivalue=t".to_owned()));
        assert_eq!(wrong("left=L a [b]").0, "E0164");
        assert_eq!(wrong("left=L right=R [b]").0, "E0164");
        assert_eq!(wrong("left=L right=R where a=R.b [b]"), ("E0115", "a".to_owned()));
        assert_eq!(wrong("left=L right=R where L.a=L.b [b]"), ("E0115", "L.b".to_owned()));
        assert_eq!(wrong("a* [b]"), ("E0162", "a*".to_owned()));
    }
}
