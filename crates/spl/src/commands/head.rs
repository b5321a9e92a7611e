//! `head [n]`, `head limit=n`, `head (condition)` (§5.18).

use super::{Arguments, CommandDoc, boolean};
use crate::diagnostic::codes;
use crate::expr::{self, Parser};
use crate::lex::{Token, TokenKind};
use crate::plan::{Command, HeadCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "head",
    aliases: &[],
    syntax: "head [<n> | limit=<n>] [(<condition>)] [keeplast=<bool>] [null=<bool>]",
    section: "§5.18",
    summary: "Keeps the first rows: 10, n, or as long as a condition is true.",
    examples: &["* | head", "* | head 100", "* | head limit=5 (count > 3) keeplast=true"],
};

/// Reads number, options and condition.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut head = HeadCommand { limit: None, condition: None, keep_last: false, null: false };
    let (mut number, mut limited) = (None, false);
    while let Some(token) = arguments.peek().cloned() {
        if option(arguments, &mut head, &mut limited)? {
            continue;
        }
        if number.is_none() && head.condition.is_none() && count_alone(arguments, &token) {
            arguments.next();
            number = Some(token);
            continue;
        }
        if head.condition.is_some() {
            arguments.unexpected(&token, "`head` takes one number and one condition");
            return None;
        }
        let mut parser = Parser::new(arguments, token.start, arguments.stage.end);
        let condition = parser.expression()?;
        let next = parser.at();
        // An option may follow; anything else makes the condition a guess.
        if !parser.at_end() && !option_at(&arguments.expanded.text[next..arguments.stage.end]) {
            Parser::new(arguments, token.start, arguments.stage.end).whole();
            return None;
        }
        expr::condition(arguments.findings, &condition)?;
        head.condition = Some(condition);
        arguments.resume(next);
    }
    if let Some(token) = number {
        if limited || head.condition.is_some() {
            let help = "write limit=n beside a condition";
            let message = "a bare number stands alone in `head`";
            arguments.error(codes::UNEXPECTED_TEXT, token.start, token.end, message, Some(help));
            return None;
        }
        head.limit = limit(arguments, &arguments.expanded.text[token.start..token.end], &token);
        head.limit?;
    }
    if head.limit.is_none() && head.condition.is_none() {
        head.limit = Some(10);
    }
    Some(Command::Head(head))
}

/// Is the next token a number of rows, and not the beginning of a condition?
fn count_alone(arguments: &Arguments<'_>, token: &Token) -> bool {
    let digits = matches!(&token.kind, TokenKind::Word(word) if word.strip_prefix('-').unwrap_or(word).bytes().all(|b| b.is_ascii_digit()));
    digits && matches!(arguments.kind(1), None | Some(TokenKind::Word(_) | TokenKind::Open))
}

/// Takes an option, if one is next.
fn option(arguments: &mut Arguments<'_>, head: &mut HeadCommand, limited: &mut bool) -> Option<bool> {
    if !["limit", "keeplast", "null"].iter().any(|name| arguments.at_word(name)) {
        return Some(false);
    }
    let Some((name, value, token)) = arguments.option() else { return Some(false) };
    if name == "limit" {
        *limited = true;
        head.limit = Some(limit(arguments, &value, &token)?);
        return Some(true);
    }
    let Some(flag) = boolean(&value) else {
        let message = format!("`{value}` is not a value of `{name}`");
        arguments.error(codes::BAD_OPTION, token.start, token.end, &message, Some("write true or false"));
        return None;
    };
    if name == "null" {
        head.null = flag;
    } else {
        head.keep_last = flag;
    }
    Some(true)
}

/// Does the text begin with an option?
fn option_at(text: &str) -> bool {
    let text = text.trim_start();
    ["limit", "keeplast", "null"].iter().any(|name| {
        let head = text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
        head && text[name.len()..].trim_start().starts_with('=')
    })
}

/// Reads a number of rows.
fn limit(arguments: &mut Arguments<'_>, text: &str, token: &Token) -> Option<u64> {
    let number = text.parse().ok();
    if number.is_none() {
        let message = format!("`{text}` is not a number of rows");
        arguments.error(codes::BAD_OPTION, token.start, token.end, &message, Some("write a number, 0 or greater"));
    }
    number
}

#[cfg(test)]
mod tests {
    use crate::compile;
    use crate::macros::Macros;
    use crate::print;

    fn printed(text: &str) -> Result<String, &'static str> {
        let (plan, findings) = compile(&format!("* | {text}"), &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err(findings[0].code.0),
        }
    }

    #[test]
    fn section_5_18_forms() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("head"), ok("head limit=10"));
        assert_eq!(printed("head 5"), ok("head limit=5"));
        assert_eq!(printed("head limit=3"), ok("head limit=3"));
        assert_eq!(printed("head (a=1) keeplast=t null=1"), ok("head (a = 1) keeplast=true null=true"));
        assert_eq!(printed("head limit=3 count<5 keeplast=t"), ok("head limit=3 (count < 5) keeplast=true"));
        assert_eq!(printed("head 5<count"), ok("head (5 < count)"));
        assert_eq!(printed("head 5 (a=1)"), Err("E0115"));
        assert_eq!(printed("head 5 limit=5"), Err("E0115"));
        assert_eq!(printed("head -5"), Err("E0123"));
        assert_eq!(printed("head a"), Err("E0144"));
        assert_eq!(printed("head a=1 b=2"), Err("E0143"));
        assert_eq!(printed("head (a=1) 7"), Err("E0143"));
        assert_eq!(printed("head limit=x"), Err("E0123"));
    }
}
