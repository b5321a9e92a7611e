//! The pairs of fields behind `where` of a `join` (§5.20): `L.a=R.b …`.

use super::Arguments;
use crate::diagnostic::codes;
use crate::escape;
use crate::lex::{Token, TokenKind};
use crate::plan::CompareOp;

/// Reads pairs up to the bracket: field of the main row, field of the subsearch's row.
pub(super) fn pairs(arguments: &mut Arguments<'_>, left: &str, right: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    while arguments.peek().is_some() && !arguments.at_bracket() {
        if arguments.comma() {
            continue;
        }
        if arguments.at_word("and") && !pairs.is_empty() {
            arguments.next();
        }
        let (first_side, first, place) = side(arguments, left, right)?;
        match arguments.next() {
            Some(Token { kind: TokenKind::Op(CompareOp::Eq), .. }) => {}
            Some(token) => {
                arguments.unexpected(&token, "`=` between two fields");
                return None;
            }
            None => {
                missing(arguments);
                return None;
            }
        }
        let (second_side, second, end) = side(arguments, left, right)?;
        if first_side == second_side {
            let message = format!("one side of a pair is a field of `{left}`, the other of `{right}`");
            arguments.error(codes::UNEXPECTED_TEXT, end.start, end.end, &message, None);
            return None;
        }
        debug_assert!(place.start < end.start, "places ascend");
        pairs.push(if first_side { (first, second) } else { (second, first) });
    }
    Some(pairs)
}

/// Reads `L.a`: is it the left side, and the field.
fn side(arguments: &mut Arguments<'_>, left: &str, right: &str) -> Option<(bool, String, Token)> {
    let Some(mut token) = arguments.next() else {
        missing(arguments);
        return None;
    };
    let mut name = super::field_name(&token.kind).unwrap_or_default();
    // `L."a b"`: the quotes may stand round the field alone.
    if name.ends_with('.')
        && let Some(Token { kind: TokenKind::Quoted(text) | TokenKind::Name(text), start, end }) =
            arguments.peek().cloned()
        && start == token.end
    {
        name.push_str(&escape::string(&text));
        token.end = end;
        arguments.next();
    }
    let field = |alias: &str| {
        name.strip_prefix(alias).and_then(|rest| rest.strip_prefix('.')).filter(|field| !field.is_empty())
    };
    match (field(left), field(right)) {
        (Some(field), _) => Some((true, field.to_owned(), token)),
        (_, Some(field)) => Some((false, field.to_owned(), token)),
        _ => {
            arguments.unexpected(&token, &format!("a field such as `{left}.user` or `{right}.user`"));
            None
        }
    }
}

/// Notes that a pair is not complete.
fn missing(arguments: &mut Arguments<'_>) {
    arguments.missing("a pair of fields is not complete", "write `join left=L right=R where L.user=R.account [ … ]`");
}
