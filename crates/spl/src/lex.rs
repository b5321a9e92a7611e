//! Tokens of one stage. What a character means depends on where it stands (§1.4, §2.4, §3), so there are two lexers:
//! [`search`] for search expressions and [`words`] for field lists, options and aggregates.

use crate::plan::CompareOp;

/// A token and where it stands in the expanded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Kinds of token. Text is as written: escapes are removed when the command is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An unquoted run.
    Word(String),
    /// The inside of a double-quoted text.
    Quoted(String),
    /// The inside of a single-quoted name (only from [`words`]).
    Name(String),
    /// A comparison operator.
    Op(CompareOp),
    /// `TERM(x)` or `CASE(x)`: whether it is `CASE`, and x as written.
    Directive(bool, String),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `[ … ]`.
    Subsearch,
    /// `TERM(` or `CASE(` without its closing parenthesis.
    Unclosed,
    /// Any other character (only from [`words`]).
    Other(char),
}

/// Returns the tokens of a search expression. `offset` is where `text` begins in the expanded text.
#[must_use]
pub fn search(text: &str, offset: usize) -> Vec<Token> {
    let mut lexer = SearchLexer { text, offset, at: 0, tokens: Vec::new(), place: Place::Term, lists: Vec::new() };
    while lexer.step() {}
    lexer.tokens
}

/// What the lexer expects next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A term, a field or a keyword.
    Term,
    /// The same, right after something that may be a field: an operator may follow.
    AfterField,
    /// The right side of a comparison.
    Value,
}

/// The state of one search expression.
struct SearchLexer<'a> {
    text: &'a str,
    offset: usize,
    at: usize,
    tokens: Vec<Token>,
    place: Place,
    /// For each open parenthesis: does it open a list of values?
    lists: Vec<bool>,
}

impl SearchLexer<'_> {
    /// Reads one token; false at the end.
    fn step(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let skipped = rest.len() - rest.trim_start().len();
        self.at += skipped;
        let Some(next) = self.text[self.at..].chars().next() else { return false };
        match next {
            '(' => {
                let list = self.place == Place::Value || self.in_list() || self.after_in();
                self.lists.push(list);
                self.push(TokenKind::Open, 1);
                self.place = Place::Term;
            }
            ')' => {
                self.lists.pop();
                self.push(TokenKind::Close, 1);
                self.place = Place::Term;
            }
            ',' => {
                self.push(TokenKind::Comma, 1);
                self.place = Place::Term;
            }
            '"' => self.quoted(),
            '[' if self.place != Place::Value && !self.in_list() => self.subsearch(),
            _ => self.operator_or_word(),
        }
        true
    }

    /// Are we inside a list of values?
    fn in_list(&self) -> bool {
        self.lists.last().copied().unwrap_or(false)
    }

    /// Was the last token the keyword `IN` behind a field?
    fn after_in(&self) -> bool {
        match self.tokens.as_slice() {
            [.., before, Token { kind: TokenKind::Word(word), .. }] => {
                word == "IN" && matches!(before.kind, TokenKind::Word(_) | TokenKind::Quoted(_))
            }
            _ => false,
        }
    }

    /// Adds a token of `length` bytes.
    fn push(&mut self, kind: TokenKind, length: usize) {
        let start = self.offset + self.at;
        self.at += length;
        self.tokens.push(Token { kind, start, end: start + length });
    }

    /// Reads a double-quoted text. The split has already refused an unterminated one.
    fn quoted(&mut self) {
        let (inner, length) = quoted_text(&self.text[self.at..]);
        let inner = inner.to_owned();
        self.push(TokenKind::Quoted(inner), length);
        self.place = if self.place == Place::Value || self.in_list() { Place::Term } else { Place::AfterField };
    }

    /// Reads `[ … ]`.
    fn subsearch(&mut self) {
        let close = crate::split::closing_bracket(self.text, self.at);
        let length = close.map_or(self.text.len(), |close| close + 1) - self.at;
        self.push(TokenKind::Subsearch, length);
        self.place = Place::Term;
    }

    /// Reads an operator where one may stand, else a word.
    fn operator_or_word(&mut self) {
        let rest = &self.text[self.at..];
        let operator = operator(rest);
        let may_stand = match self.place {
            Place::AfterField => true,
            Place::Value => false,
            // `=` begins no term; `<` may (`<EventID>`).
            Place::Term => rest.starts_with('=') || rest.starts_with("!="),
        };
        if let Some((op, length)) = operator
            && may_stand
            && !self.in_list()
        {
            self.push(TokenKind::Op(op), length);
            self.place = Place::Value;
            return;
        }
        for (name, blank) in [("TERM", true), ("CASE", false)] {
            let after = rest.strip_prefix(name).unwrap_or_default();
            let open = if blank { after.trim_start() } else { after };
            if open.starts_with('(') {
                return self.directive(!blank, rest.len() - open.len());
            }
        }
        let value = self.place == Place::Value || self.in_list();
        let length = if value { value_length(rest) } else { word_length(rest) };
        let word = &rest[..length];
        let word = word.to_owned();
        let keyword = matches!(word.as_str(), "AND" | "OR" | "NOT");
        self.push(TokenKind::Word(word), length);
        self.place = if value || keyword { Place::Term } else { Place::AfterField };
    }

    /// Reads the argument of `TERM(` or `CASE(`, whose parenthesis opens at `open`, up to the matching one (§2.4.1).
    fn directive(&mut self, case: bool, open: usize) {
        let rest = &self.text[self.at..];
        let (mut depth, mut at, bytes) = (0_usize, open, rest.as_bytes());
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'"' => at += quoted_text(&rest[at..]).1 - 1,
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        if at >= bytes.len() {
            return self.push(TokenKind::Unclosed, rest.len());
        }
        let argument = rest[open + 1..at].trim().to_owned();
        self.push(TokenKind::Directive(case, argument), at + 1);
        self.place = Place::Term;
    }
}

/// Returns the operator at the beginning and its length in bytes.
fn operator(text: &str) -> Option<(CompareOp, usize)> {
    const OPERATORS: &[(&str, CompareOp)] = &[
        ("==", CompareOp::Eq),
        ("!=", CompareOp::Ne),
        ("<=", CompareOp::Le),
        (">=", CompareOp::Ge),
        ("=", CompareOp::Eq),
        ("<", CompareOp::Lt),
        (">", CompareOp::Gt),
    ];
    OPERATORS.iter().find(|(spelling, _)| text.starts_with(spelling)).map(|&(spelling, op)| (op, spelling.len()))
}

/// Returns the inside of the double-quoted text at the beginning and the length with its quotes.
pub(crate) fn quoted_text(text: &str) -> (&str, usize) {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => return (&text[1..at], at + 1),
            _ => {}
        }
        at += 1;
    }
    (&text[1..], text.len())
}

/// Length of a bare word: up to white space, a parenthesis, a comma, a quote, or an operator behind at least one character.
fn word_length(text: &str) -> usize {
    let markup = text.starts_with('<') || text.starts_with('>');
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        let ends = match c {
            '\\' => {
                escaped = true;
                false
            }
            '(' | ')' | ',' | '"' => true,
            '=' | '<' | '>' => !markup,
            '!' => !markup && text[at + 1..].starts_with('='),
            c => c.is_whitespace(),
        };
        if ends && at > 0 {
            return at;
        }
    }
    text.len()
}

/// Length of an unquoted value: up to white space, a closing parenthesis, a comma or a quote; `()` may be inside.
fn value_length(text: &str) -> usize {
    let (mut escaped, mut depth) = (false, 0_usize);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '(' if at > 0 => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ')' | ',' | '"' | '(' if at > 0 => return at,
            c if c.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

/// Returns the tokens of a field list, of options or of aggregates (§1.7). `offset` is where `text` begins in the expanded text.
///
/// An operator other than `=` comes as [`TokenKind::Other`].
#[must_use]
pub fn words(text: &str, offset: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = match next {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '"' => {
                let (inner, length) = quoted_text(rest);
                (TokenKind::Quoted(inner.to_owned()), length)
            }
            '\'' if rest[1..].contains('\'') => {
                let length = rest[1..].find('\'').unwrap_or(0) + 2;
                (TokenKind::Name(rest[1..length - 1].to_owned()), length)
            }
            '=' => (TokenKind::Op(CompareOp::Eq), 1),
            '(' => (TokenKind::Open, 1),
            ')' => (TokenKind::Close, 1),
            ',' => (TokenKind::Comma, 1),
            '[' | ']' | '<' | '>' | '!' | '|' => (TokenKind::Other(next), 1),
            _ => {
                let ends = |c: char| c.is_whitespace() || ",=()|\"[]<>!".contains(c);
                let length = rest.find(ends).unwrap_or(rest.len());
                (TokenKind::Word(rest[..length].to_owned()), length)
            }
        };
        tokens.push(Token { kind, start: offset + at, end: offset + at + length });
        at += length;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::TokenKind::{Close, Comma, Directive, Op, Open, Quoted, Subsearch, Unclosed, Word};
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        search(text, 0).into_iter().map(|token| token.kind).collect()
    }

    fn word(text: &str) -> TokenKind {
        Word(text.to_owned())
    }

    #[test]
    fn operators_stand_behind_fields_only() {
        assert_eq!(kinds("a = b"), [word("a"), Op(CompareOp::Eq), word("b")]);
        assert_eq!(kinds("a!=b=c"), [word("a"), Op(CompareOp::Ne), word("b=c")]);
        assert_eq!(kinds("\"a b\"<=3"), [Quoted("a b".to_owned()), Op(CompareOp::Le), word("3")]);
        assert_eq!(kinds("<EventID>1<"), [word("<EventID>1<")]);
        assert_eq!(kinds("AND <x"), [word("AND"), word("<x")]);
    }

    #[test]
    fn values_may_hold_what_words_may_not() {
        assert_eq!(kinds("f=*GetCurrent()* x"), [word("f"), Op(CompareOp::Eq), word("*GetCurrent()*"), word("x")]);
        assert_eq!(kinds(r#"f=*\"a\":true*"#), [word("f"), Op(CompareOp::Eq), word(r#"*\"a\":true*"#)]);
        assert_eq!(kinds("f IN(a=b,c)"), [word("f"), word("IN"), Open, word("a=b"), Comma, word("c"), Close]);
    }

    #[test]
    fn directives_take_all_up_to_their_parenthesis_s2_4_1() {
        assert_eq!(kinds("(TERM(a=b) OR x)"), [Open, Directive(false, "a=b".to_owned()), word("OR"), word("x"), Close]);
        assert_eq!(kinds("TERM ( \"a)b\" )"), [Directive(false, "\"a)b\"".to_owned())]);
        assert_eq!(kinds("f=CASE(X)"), [word("f"), Op(CompareOp::Eq), Directive(true, "X".to_owned())]);
        assert_eq!(kinds("TERM(a OR b"), [Unclosed]);
    }

    #[test]
    fn adjacency_needs_no_blank_s1_5_6() {
        assert_eq!(kinds("(a)\"c\"OR d"), [Open, word("a"), Close, Quoted("c".to_owned()), word("OR"), word("d")]);
        assert_eq!(kinds("a [search \"]\" b] c"), [word("a"), Subsearch, word("c")]);
    }

    #[test]
    fn words_split_lists_and_options_s1_7() {
        let kinds: Vec<_> =
            words("span=1s, 'a b' \"c\"(d*)", 7).into_iter().map(|token| (token.kind, token.start)).collect();
        assert_eq!(
            kinds,
            [
                (word("span"), 7),
                (Op(CompareOp::Eq), 11),
                (word("1s"), 12),
                (Comma, 14),
                (TokenKind::Name("a b".to_owned()), 16),
                (Quoted("c".to_owned()), 22),
                (Open, 25),
                (word("d*"), 26),
                (Close, 28),
            ]
        );
    }
}
