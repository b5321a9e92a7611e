//! Tokens of an expression, one at a time: what a point means depends on what stands before it (§6.1).

use crate::lex::quoted_text;
use crate::plan::expr::{ArithmeticOp, ExprCompareOp};

/// A token and where it stands in the expanded text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token<'a> {
    /// What it is.
    pub(super) kind: Kind<'a>,
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
}

/// Kinds of token. Text is as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind<'a> {
    /// The inside of a double-quoted text.
    Text(&'a str),
    /// The inside of a single-quoted name.
    Name(&'a str),
    /// A bare name or a keyword, and whether `(` follows it, white space allowed (§6.1.6).
    Word(&'a str, bool),
    /// A run that begins with a digit, or with a point and a digit.
    Number(&'a str),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `+ - * / % .`.
    Arithmetic(ArithmeticOp),
    /// A comparison.
    Compare(ExprCompareOp),
    /// `!` that is not part of `!=`.
    Bang,
    /// `[ … ]`, closed or not.
    Subsearch,
    /// Anything else.
    Other(char),
    /// The end of the text.
    End,
}

/// The place in a text.
pub(super) struct Lexer<'a> {
    /// The whole expanded text.
    text: &'a str,
    /// Where the next token is looked for.
    at: usize,
    /// Where to stop.
    end: usize,
    /// Was the last token a value, so that an operator may follow?
    value: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer of the bytes `start..end`.
    pub(super) fn new(text: &'a str, start: usize, end: usize) -> Self {
        Self { text, at: start, end, value: false }
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Token<'a> {
        let rest = self.text.get(self.at..self.end).unwrap_or_default();
        let trimmed = rest.trim_start();
        let start = self.at + rest.len() - trimmed.len();
        let (kind, length) = self.token(trimmed);
        self.at = start + length;
        self.value = match kind {
            Kind::Text(_) | Kind::Name(_) | Kind::Number(_) | Kind::Close | Kind::Subsearch => true,
            Kind::Word(word, _) => !is_operator(word),
            _ => false,
        };
        Token { kind, start, end: self.at }
    }

    /// The token at the beginning of `rest`, and its length in bytes.
    fn token(&self, rest: &'a str) -> (Kind<'a>, usize) {
        let Some(first) = rest.chars().next() else { return (Kind::End, 0) };
        let second = rest[first.len_utf8()..].chars().next();
        match first {
            '"' => {
                let (inner, length) = quoted_text(rest);
                (Kind::Text(inner), length)
            }
            '\'' => single_quoted(rest).map_or((Kind::Other('\''), 1), |inner| (Kind::Name(inner), inner.len() + 2)),
            '.' if !self.value && second.is_some_and(|c| c.is_ascii_digit()) => number(rest),
            c if c.is_ascii_digit() => number(rest),
            c if c.is_ascii_alphabetic() || c == '_' => {
                let length =
                    rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').unwrap_or(rest.len());
                let call = rest[length..].trim_start().starts_with('(');
                (Kind::Word(&rest[..length], call), length)
            }
            '[' => (Kind::Subsearch, bracket_length(rest)),
            _ => symbol(first, second).unwrap_or((Kind::Other(first), first.len_utf8())),
        }
    }
}

/// Is it one of the operators that are words (§1.5.3)?
pub(crate) fn is_operator(word: &str) -> bool {
    ["and", "or", "xor", "not", "like", "in"].iter().any(|operator| word.eq_ignore_ascii_case(operator))
}

/// Parentheses, comma and the operators that are signs.
fn symbol(first: char, second: Option<char>) -> Option<(Kind<'static>, usize)> {
    let compare = |op, length| (Kind::Compare(op), length);
    Some(match (first, second) {
        ('(', _) => (Kind::Open, 1),
        (')', _) => (Kind::Close, 1),
        (',', _) => (Kind::Comma, 1),
        ('+', _) => (Kind::Arithmetic(ArithmeticOp::Add), 1),
        ('-', _) => (Kind::Arithmetic(ArithmeticOp::Subtract), 1),
        ('*', _) => (Kind::Arithmetic(ArithmeticOp::Multiply), 1),
        ('/', _) => (Kind::Arithmetic(ArithmeticOp::Divide), 1),
        ('%', _) => (Kind::Arithmetic(ArithmeticOp::Modulo), 1),
        ('.', _) => (Kind::Arithmetic(ArithmeticOp::Concat), 1),
        ('=', Some('=')) => compare(ExprCompareOp::Eq, 2),
        ('=', _) => compare(ExprCompareOp::Eq, 1),
        ('!', Some('=')) | ('<', Some('>')) => compare(ExprCompareOp::Ne, 2),
        ('!', _) => (Kind::Bang, 1),
        ('<', Some('=')) => compare(ExprCompareOp::Le, 2),
        ('<', _) => compare(ExprCompareOp::Lt, 1),
        ('>', Some('=')) => compare(ExprCompareOp::Ge, 2),
        ('>', _) => compare(ExprCompareOp::Gt, 1),
        _ => return None,
    })
}

/// A number with all letters that touch it, so that a message can show the whole.
fn number(rest: &str) -> (Kind<'_>, usize) {
    let bytes = rest.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = digits(0);
    if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at = digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        if bytes.get(at + 1 + sign).is_some_and(u8::is_ascii_digit) {
            at = digits(at + 1 + sign);
        }
    }
    at += rest[at..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len() - at);
    (Kind::Number(&rest[..at]), at)
}

/// Returns the inside of the single-quoted name at the beginning, if it is closed; a backslash keeps a quote from closing.
pub(crate) fn single_quoted(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\'' => return text.get(1..at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Returns what the inside of single quotes means: `\'`, `\"` and `\\` lose their backslash.
pub(crate) fn unescape_name(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next @ ('\'' | '"' | '\\')) if c == '\\' => {
                out.push(*next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// Returns the length of the `[ … ]` at the beginning with its brackets, quoted texts passed over; all of the text if it never closes.
pub(crate) fn bracket_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => at += quoted_text(&text[at..]).1 - 1,
            b'[' => depth += 1,
            b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind<'_>> {
        let mut lexer = Lexer::new(text, 0, text.len());
        std::iter::from_fn(|| Some(lexer.next().kind)).take_while(|kind| *kind != Kind::End).collect()
    }

    #[test]
    fn a_point_joins_or_begins_a_number_s6_1() {
        let concat = Kind::Arithmetic(ArithmeticOp::Concat);
        let word = |text| Kind::Word(text, false);
        assert_eq!(kinds("a.b"), [word("a"), concat, word("b")]);
        assert_eq!(kinds("a.5"), [word("a"), concat, Kind::Number("5")]);
        assert_eq!(kinds("1.5.\"x\""), [Kind::Number("1.5"), concat, Kind::Text("x")]);
        assert_eq!(kinds(".25>.5"), [Kind::Number(".25"), Kind::Compare(ExprCompareOp::Gt), Kind::Number(".5")]);
        assert_eq!(kinds("a and .5"), [word("a"), word("and"), Kind::Number(".5")]);
        assert_eq!(kinds("1e5 2e 3x"), [Kind::Number("1e5"), Kind::Number("2e"), Kind::Number("3x")]);
    }

    #[test]
    fn names_are_bare_or_in_single_quotes_s1_7_3() {
        assert_eq!(kinds("tag::x"), [Kind::Word("tag::x", false)]);
        assert_eq!(kinds(r"'a \'b'"), [Kind::Name(r"a \'b")]);
        assert_eq!(kinds("match (a"), [Kind::Word("match", true), Kind::Open, Kind::Word("a", false)]);
        assert_eq!(kinds("don't")[1], Kind::Other('\''));
        assert_eq!(unescape_name(r"a\'b\\c\d"), r"a'b\c\d");
    }

    #[test]
    fn brackets_pass_over_quoted_ones() {
        assert_eq!(bracket_length(r#"[a "]" [b] c] d"#), 13);
        assert_eq!(bracket_length("[a"), 2);
    }
}
