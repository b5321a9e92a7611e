//! `return [n] <field> | <alias>=<field> | $<field> …` (§5.27).

use super::{Arguments, CommandDoc};
use crate::lex::{Token, TokenKind};
use crate::plan::{Command, CompareOp, ReturnItem};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "return",
    aliases: &[],
    syntax: "return [<n>] <field> | <alias>=<field> | $<field> …",
    section: "§5.27",
    summary: "Gives values of the first n rows, 1 by default, to the search around.",
    examples: &["error [ search login | return 10 user, src=src_ip ]", "error [ search login | return $user ]"],
};

/// Reads number and items.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let count = arguments.number().map_or(1, |(count, _)| count);
    let mut items = Vec::new();
    while let Some(token) = arguments.next() {
        if token.kind == TokenKind::Comma {
            continue;
        }
        let item = item(arguments, &token)?;
        items.push(item);
    }
    if items.is_empty() {
        arguments.missing("`return` needs a field", "write `return 10 user` for instance");
        return None;
    }
    Some(Command::Return { count, items })
}

/// Reads one item.
fn item(arguments: &mut Arguments<'_>, token: &Token) -> Option<ReturnItem> {
    let name = arguments.exact(token, "a field, `alias=field` or `$field`")?;
    if let (TokenKind::Word(_), Some(field)) = (&token.kind, name.strip_prefix('$')) {
        if !field.is_empty() {
            return Some(ReturnItem::Value(field.to_owned()));
        }
        // `$"a b"`: the quotes stand behind the sign.
        let next = arguments.next().filter(|next| next.start == token.end);
        return match next.map(|next| arguments.exact(&next, "a field behind `$`")) {
            Some(field) => Some(ReturnItem::Value(field?)),
            None => {
                arguments.unexpected(token, "a field behind `$`");
                None
            }
        };
    }
    if arguments.kind(0) == Some(&TokenKind::Op(CompareOp::Eq)) {
        arguments.next();
        let field = arguments.exact_field("a field is missing behind `=`", "write `return alias=field`")?;
        return Some(ReturnItem::Alias(name, field));
    }
    Some(ReturnItem::Field(name))
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
    fn section_5_27_return_items() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("return a"), ok("return 1 a"));
        assert_eq!(printed("return 5 a, b=\"c d\" $e $\"f g\""), ok("return 5 a b=\"c d\" $e $\"f g\""));
        assert_eq!(printed("return"), Err("E0124"));
        assert_eq!(printed("return 5"), Err("E0124"));
        assert_eq!(printed("return a="), Err("E0124"));
        assert_eq!(printed("return $"), Err("E0115"));
        assert_eq!(printed("return a*"), Err("E0162"));
    }

    #[test]
    fn section_5_27_format_takes_six_texts_or_none() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("format"), ok("format"));
        assert_eq!(
            printed("format mvsep=\"AND\" maxresults=5 emptystr=\"\" \"[\" \"(\" \"&\" \")\" \"|\" \"]\""),
            ok("format mvsep=\"AND\" maxresults=5 emptystr=\"\" \"[\" \"(\" \"&\" \")\" \"|\" \"]\"")
        );
        assert_eq!(printed("format \"(\" \")\""), Err("E0164"));
        assert_eq!(printed("format quote=t"), Err("E0123"));
    }
}
