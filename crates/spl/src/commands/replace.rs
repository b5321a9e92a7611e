//! `replace <old> WITH <new>, … [IN <fields>]`.

use super::{Arguments, CommandDoc, field_name};
use crate::diagnostic::codes;
use crate::lex::TokenKind;
use crate::plan::{Command, Glob, ReplaceCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "replace",
    aliases: &[],
    syntax: "replace <old> WITH <new>, … [IN <fields>]",
    section: "§5.29",
    summary: "Puts other values in the place of whole values; `*` stands for any text.",
    examples: &["* | replace \"::ffff:*\" WITH * IN src", "* | replace 0 WITH ok, 1 WITH \"not ok\" IN status, result"],
};

/// Reads pairs and fields.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command = ReplaceCommand { pairs: Vec::new(), fields: Vec::new() };
    loop {
        while arguments.comma() {}
        if arguments.peek().is_none() {
            break;
        }
        if arguments.at_word("in") && !command.pairs.is_empty() {
            arguments.next();
            fields(arguments, &mut command)?;
            break;
        }
        let pair = pair(arguments)?;
        command.pairs.push(pair);
    }
    if command.pairs.is_empty() {
        arguments.missing("`replace` needs an old and a new value", "write `replace 0 WITH ok IN status`");
        return None;
    }
    Some(Command::Replace(command))
}

/// Reads `old WITH new`.
fn pair(arguments: &mut Arguments<'_>) -> Option<(Glob, Glob)> {
    let old = arguments.next()?;
    let from = Glob::new(&value(arguments, &old.kind, old.start, old.end)?);
    if !arguments.at_word("with") {
        match arguments.peek().cloned() {
            Some(token) => arguments.unexpected(&token, "`WITH` and the new value"),
            None => arguments.missing("`WITH` and a new value are missing", "write `replace 0 WITH ok IN status`"),
        }
        return None;
    }
    arguments.next();
    let Some(new) = arguments.next() else {
        arguments.missing("a value is missing behind WITH", "write `replace 0 WITH ok IN status`");
        return None;
    };
    let to = Glob::new(&value(arguments, &new.kind, new.start, new.end)?);
    if to.pieces.len() > 1 && to.pieces.len() != from.pieces.len() {
        let message = format!("`{}` and `{}` do not hold the same number of `*`", from.text(), to.text());
        let help = Some("write as many `*` on both sides, or none in the new value");
        arguments.error(codes::ALIAS_PATTERN, old.start, new.end, &message, help);
        return None;
    }
    Some((from, to))
}

/// Reads one value.
fn value(arguments: &mut Arguments<'_>, kind: &TokenKind, start: usize, end: usize) -> Option<String> {
    let text = field_name(kind);
    if text.is_none() {
        let written = arguments.expanded.text[start..end].to_owned();
        let message = format!("`{written}` is not expected here; a value");
        arguments.error(codes::UNEXPECTED_TEXT, start, end, &message, Some("quote values that are not words"));
    }
    text
}

/// Reads the fields behind `IN`.
fn fields(arguments: &mut Arguments<'_>, command: &mut ReplaceCommand) -> Option<()> {
    while let Some(token) = arguments.next() {
        if token.kind != TokenKind::Comma {
            let field = arguments.exact(&token, "a list of field names")?;
            command.fields.push(field);
        }
    }
    if command.fields.is_empty() {
        arguments.missing("a field is missing behind IN", "write `replace 0 WITH ok IN status`");
        return None;
    }
    Some(())
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
    fn pairs_and_fields() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            printed("replace \"%%8448\" with \"Success removed\", \"a, b\" with c d with e in f g"),
            ok("replace \"%%8448\" WITH \"Success removed\", \"a, b\" WITH \"c\", \"d\" WITH \"e\" IN f, g")
        );
        assert_eq!(printed("replace \"::ffff:*\" with * in src"), ok("replace \"::ffff:*\" WITH \"*\" IN src"));
        assert_eq!(printed("replace a* WITH b"), ok("replace \"a*\" WITH \"b\""));
        assert_eq!(printed("replace"), Err("E0124"));
        assert_eq!(printed("replace a"), Err("E0124"));
        assert_eq!(printed("replace a b"), Err("E0115"));
        assert_eq!(printed("replace a with"), Err("E0124"));
        assert_eq!(printed("replace a with b*"), Err("E0128"));
        assert_eq!(printed("replace a with b in"), Err("E0124"));
        assert_eq!(printed("replace a with ("), Err("E0115"));
    }
}
