//! What opens or closes a transaction (§5.19.1): a search without quotes, quoted or in parentheses, or `eval(condition)`.

use super::Arguments;
use crate::diagnostic::codes;
use crate::expand::Piece;
use crate::expr;
use crate::lex;
use crate::plan::Boundary;
use crate::search;

/// Reads the value of `startswith` or `endswith`, which begins behind an offset of the expanded text.
pub(super) fn parse(arguments: &mut Arguments<'_>, name: &str, behind: usize) -> Option<Boundary> {
    let text = &arguments.expanded.text[..arguments.stage.end];
    let start = behind + (text[behind..].len() - text[behind..].trim_start().len());
    let rest = &text[start..];
    if rest.is_empty() {
        arguments.missing(&format!("`{name}` needs a condition"), &format!("write `{name}=\"login\"` for instance"));
        return None;
    }
    if rest.starts_with('"') {
        let length = lex::quoted_text(rest).1;
        let found = quoted(arguments, start, start + length)?;
        arguments.resume(start + length);
        return Some(found);
    }
    let call = rest.get(..4).filter(|word| word.eq_ignore_ascii_case("eval")).map(|_| rest[4..].trim_start());
    let (open, is_eval) = match call {
        Some(group) if group.starts_with('(') => (start + rest.len() - group.len(), true),
        _ => (start, false),
    };
    if is_eval || rest.starts_with('(') {
        let Some(length) = group(&text[open..]) else {
            let help = Some("add `)` where the condition ends");
            arguments.error(codes::MISSING_PAREN, open, open + 1, "this parenthesis is never closed", help);
            return None;
        };
        let end = open + length;
        let found = if is_eval {
            Boundary::Eval(expr::parse_condition(arguments, open + 1, end - 1)?)
        } else {
            condition(arguments, start, end)?
        };
        arguments.resume(end);
        return Some(found);
    }
    let end = start + bare(rest);
    let found = condition(arguments, start, end)?;
    arguments.resume(end);
    Some(found)
}

/// Reads the search inside quotes.
fn quoted(arguments: &mut Arguments<'_>, start: usize, end: usize) -> Option<Boundary> {
    let inside = arguments.expanded.derived(&unquoted(&arguments.expanded.text, start + 1, end - 1));
    let errors = arguments.findings.len();
    let search = search::parse_part(&inside, 0, inside.text.len(), arguments.findings);
    arguments.no_bounds(&search, start, end)?;
    let failed = arguments.findings[errors..].iter().any(|finding| finding.code.is_error());
    (!failed).then_some(Boundary::Search(search.expr))
}

/// Returns the pieces of a quoted text without its escapes: the backslashes before quotes and backslashes.
pub(super) fn unquoted(text: &str, start: usize, end: usize) -> Vec<Piece<'static>> {
    let bytes = text.as_bytes();
    let (mut pieces, mut kept, mut at) = (Vec::new(), start, start);
    while at < end {
        if bytes[at] == b'\\' && at + 1 < end && matches!(bytes[at + 1], b'"' | b'\\') {
            pieces.push(Piece::Kept(kept, at));
            kept = at + 1;
            at += 1;
        }
        at += 1;
    }
    pieces.push(Piece::Kept(kept, end));
    pieces
}

/// Reads the search that the bytes `start..end` spell.
fn condition(arguments: &mut Arguments<'_>, start: usize, end: usize) -> Option<Boundary> {
    let errors = arguments.findings.len();
    let search = search::parse_part(arguments.expanded, start, end, arguments.findings);
    arguments.no_bounds(&search, start, end)?;
    let failed = arguments.findings[errors..].iter().any(|finding| finding.code.is_error());
    (!failed).then_some(Boundary::Search(search.expr))
}

/// Length of the group in parentheses at the beginning.
fn group(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => at += lex::quoted_text(&text[at..]).1 - 1,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Length of a term or a comparison without blanks, quoted parts passed over.
fn bare(text: &str) -> usize {
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        match next {
            '"' => at += lex::quoted_text(&text[at..]).1,
            c if c.is_whitespace() => return at,
            c => at += c.len_utf8(),
        }
    }
    text.len()
}
