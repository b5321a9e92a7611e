//! Search expressions: tokens to [`SearchCommand`] (§1.5, §2, §3).
//!
//! Precedence is NOT, then OR, then AND, and AND is implied between neighbours (§1.5.1).

use crate::breakers;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::escape;
use crate::expand::Expanded;
use crate::lex::{self, Token, TokenKind};
use crate::pipeline::{self, Begin};
use crate::plan::{
    CompareOp, Comparison, FieldRef, Glob, Membership, Plan, SearchCommand, SearchExpr, Term, TermKind, TimeText,
};
use crate::span::Span;
use crate::split::{self, Stage};

/// How deeply groups and NOTs may nest.
const MAX_DEPTH: usize = 200;

/// Returns the search that a stage spells, and adds what is wrong with it to `findings`.
///
/// After an error the result is as much as could be read; the rule is not to be run.
#[must_use]
pub fn parse(expanded: &Expanded, stage: &Stage, findings: &mut Vec<Diagnostic>) -> SearchCommand {
    Parser::read(expanded, stage, false, findings)
}

/// Returns the search that the bytes `start..end` of the expanded text spell; otherwise as [`parse`].
#[must_use]
pub(crate) fn parse_part(
    expanded: &Expanded,
    start: usize,
    end: usize,
    findings: &mut Vec<Diagnostic>,
) -> SearchCommand {
    let stage = Stage { name: String::new(), start, arguments: start, end, outer: (start, end) };
    Parser::read(expanded, &stage, false, findings)
}

/// Returns the search that a subsearch's result spells (§1.6.2), in which `()` is every row.
#[must_use]
pub(crate) fn parse_result(expanded: &Expanded, findings: &mut Vec<Diagnostic>) -> SearchCommand {
    let end = expanded.text.len();
    let stage = Stage { name: String::new(), start: 0, arguments: 0, end, outer: (0, end) };
    Parser::read(expanded, &stage, true, findings)
}

/// Joins conjuncts: nested ANDs are one, `*` beside others says nothing.
fn conjunction(parts: Vec<SearchExpr>) -> SearchExpr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            SearchExpr::All => {}
            SearchExpr::And(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => SearchExpr::All,
        1 => flat.remove(0),
        _ => SearchExpr::And(flat),
    }
}

/// Joins alternatives; nested ORs are one.
fn disjunction(parts: Vec<SearchExpr>) -> SearchExpr {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            SearchExpr::Or(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { SearchExpr::Or(flat) }
}

/// The state of one parse.
struct Parser<'a> {
    expanded: &'a Expanded,
    tokens: &'a [Token],
    at: usize,
    /// The stage.
    stage: &'a Stage,
    /// Where the stage ends.
    end: usize,
    findings: &'a mut Vec<Diagnostic>,
    depth: usize,
    /// Are we under a NOT?
    negated: bool,
    earliest: Option<TimeText>,
    latest: Option<TimeText>,
    /// Is it the result of a subsearch?
    result: bool,
    /// An error was found: the rest is not read, for later messages would be guesses.
    failed: bool,
}

impl<'a> Parser<'a> {
    /// Reads a whole search.
    fn read(expanded: &Expanded, stage: &Stage, result: bool, findings: &mut Vec<Diagnostic>) -> SearchCommand {
        let (start, end) = (stage.arguments, stage.end);
        let tokens = lex::search(&expanded.text[start..end], start);
        let mut parser = Parser {
            expanded,
            tokens: &tokens,
            at: 0,
            stage,
            end,
            findings,
            depth: 0,
            negated: false,
            earliest: None,
            latest: None,
            result,
            failed: false,
        };
        let mut parts = Vec::new();
        while !parser.failed && parser.at < tokens.len() {
            parser.conjunction(&mut parts);
            if !parser.failed
                && let Some(token) = parser.peek()
                && token.kind == TokenKind::Close
            {
                let (start, end, help) = (token.start, token.end, Some("remove it"));
                parser.fail(codes::EXTRA_PAREN, start, end, "this parenthesis closes nothing", help);
            }
        }
        let (earliest, latest) = (parser.earliest.take(), parser.latest.take());
        SearchCommand { expr: conjunction(parts), earliest, latest }
    }

    /// The next token.
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    /// Is the next token this keyword?
    fn at_keyword(&self, keyword: &str) -> bool {
        matches!(self.peek(), Some(Token { kind: TokenKind::Word(word), .. }) if word == keyword)
    }

    /// Notes a finding at bytes of the expanded text.
    fn note(&mut self, code: Code, start: usize, end: usize, message: &str, help: Option<&str>) {
        let mut finding = Diagnostic::new(code, self.expanded.origin(start, end), message);
        finding.help = help.map(str::to_owned);
        self.findings.push(finding);
    }

    /// Notes an error and stops.
    fn fail(&mut self, code: Code, start: usize, end: usize, message: &str, help: Option<&str>) {
        if !self.failed {
            self.note(code, start, end, message, help);
        }
        self.failed = true;
    }

    /// Place of the next token, or the end of the stage.
    fn here(&self) -> (usize, usize) {
        self.peek().map_or((self.end, self.end), |token| (token.start, token.end))
    }

    /// Did a macro that expanded to nothing stand right before the next token (§1.3.10)?
    fn hole_here(&self) -> bool {
        let before =
            self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(self.stage.outer.0, |token| token.end);
        let after = self.peek().map_or(self.stage.outer.1, |token| token.start);
        self.expanded.hole(before, after)
    }

    /// Reads neighbours joined by AND, implied or written, up to a `)` or the end.
    fn conjunction(&mut self, parts: &mut Vec<SearchExpr>) {
        let first = parts.len();
        let mut hole = false;
        while !self.failed {
            hole |= self.hole_here();
            match self.peek().map(|token| &token.kind) {
                None | Some(TokenKind::Close) => break,
                Some(TokenKind::Comma) => {
                    let (start, end) = self.here();
                    self.note(codes::STRAY_COMMA, start, end, "a comma between terms was passed over", None);
                    self.at += 1;
                }
                Some(TokenKind::Word(word)) if word == "AND" => {
                    let (start, end) = self.here();
                    let open = parts.len() == first && !hole;
                    self.at += 1;
                    let ends = matches!(self.peek().map(|token| &token.kind), None | Some(TokenKind::Close))
                        || self.at_keyword("AND");
                    if open || (ends && !self.hole_here()) {
                        self.fail(codes::MISSING_OPERAND, start, end, "AND needs a term on both sides", None);
                    }
                }
                _ => parts.extend(self.disjunction()),
            }
        }
    }

    /// Reads alternatives joined by OR. `None` where only macros that expanded to nothing stood, and after an error.
    fn disjunction(&mut self) -> Option<SearchExpr> {
        let mut parts: Vec<SearchExpr> = self.negation().into_iter().collect();
        loop {
            // `".rar", OR ".zip"`: the comma is passed over (§2.4.3).
            if matches!(self.peek(), Some(Token { kind: TokenKind::Comma, .. }))
                && matches!(self.tokens.get(self.at + 1), Some(Token { kind: TokenKind::Word(word), .. }) if word == "OR")
            {
                let (start, end) = self.here();
                self.note(codes::STRAY_COMMA, start, end, "a comma before OR was passed over", None);
                self.at += 1;
            }
            if self.failed || !self.at_keyword("OR") {
                break;
            }
            self.at += 1;
            parts.extend(self.negation());
        }
        (!parts.is_empty()).then(|| disjunction(parts))
    }

    /// Reads NOTs and what they apply to.
    fn negation(&mut self) -> Option<SearchExpr> {
        if !self.at_keyword("NOT") {
            return self.primary();
        }
        let (start, end) = self.here();
        if !self.enter(start, end) {
            return None;
        }
        self.at += 1;
        let outer = self.negated;
        self.negated = true;
        let inner = self.negation();
        self.negated = outer;
        self.depth -= 1;
        Some(match inner? {
            // `NOT NOT x` is `x` (§1.5.5).
            SearchExpr::Not(inner) => *inner,
            inner => SearchExpr::Not(Box::new(inner)),
        })
    }

    /// One level deeper; false and an error if that is too deep.
    fn enter(&mut self, start: usize, end: usize) -> bool {
        if self.depth + self.expanded.depth() >= MAX_DEPTH {
            let message = format!("groups and NOTs nest more than {MAX_DEPTH} deep");
            self.fail(codes::TOO_DEEP, start, end, &message, None);
            return false;
        }
        self.depth += 1;
        true
    }

    /// Reads a group, a term or a comparison. `None` where a macro that expanded to nothing stood, and after an error.
    fn primary(&mut self) -> Option<SearchExpr> {
        let Some(token) = self.peek() else {
            if !self.hole_here() {
                self.fail(
                    codes::MISSING_OPERAND,
                    self.end.saturating_sub(1),
                    self.end,
                    "a term is missing at the end",
                    None,
                );
            }
            return None;
        };
        let (start, end) = (token.start, token.end);
        match &token.kind {
            TokenKind::Open => return self.group(token),
            TokenKind::Word(word) if matches!(word.as_str(), "OR" | "AND") => {
                if !self.hole_here() {
                    self.fail(codes::MISSING_OPERAND, start, end, &format!("{word} needs a term on both sides"), None);
                }
            }
            TokenKind::Word(_) | TokenKind::Quoted(_) => return Some(self.word(token)),
            TokenKind::Directive(case, argument) => {
                self.at += 1;
                return Some(self.directive(*case, argument, token));
            }
            TokenKind::Close => {
                if !self.hole_here() {
                    self.fail(codes::MISSING_OPERAND, start, end, "a term is missing before this parenthesis", None);
                }
            }
            TokenKind::Unclosed => {
                let help = Some("add `)` behind the term");
                self.fail(
                    codes::MISSING_PAREN,
                    start,
                    start + 5,
                    "the parenthesis of this directive is never closed",
                    help,
                );
            }
            TokenKind::Subsearch => {
                self.at += 1;
                return self.subsearch(start, end);
            }
            TokenKind::Op(_) | TokenKind::Comma | TokenKind::Name(_) | TokenKind::Other(_) => {
                let help = Some("quote the text if it is to be searched for");
                self.fail(codes::MISSING_OPERAND, start, end, "there is no field before this operator", help);
            }
        }
        None
    }

    /// Reads `[ … ]` (§1.6.2).
    fn subsearch(&mut self, start: usize, end: usize) -> Option<SearchExpr> {
        if split::closing_bracket(&self.expanded.text[..end], start) != Some(end - 1) {
            let help = Some("add `]` where the subsearch ends, or quote the text if it is to be searched for");
            self.fail(codes::UNBALANCED_BRACKET, start, start + 1, "this bracket is never closed", help);
            return None;
        }
        let inside = (start + 1, end - 1);
        let steps = pipeline::bracket(self.expanded, inside, Begin::Subsearch, self.depth, self.findings);
        self.failed |= steps.is_none();
        Some(SearchExpr::Subsearch(Box::new(Plan { steps: steps? })))
    }

    /// Reads `( … )`.
    fn group(&mut self, open: &Token) -> Option<SearchExpr> {
        if !self.enter(open.start, open.end) {
            return None;
        }
        self.at += 1;
        let mut parts = Vec::new();
        self.conjunction(&mut parts);
        self.depth -= 1;
        if self.failed {
            return None;
        }
        let Some(close) = self.peek() else {
            let help = Some("add `)` where the group ends");
            self.fail(codes::MISSING_PAREN, open.start, open.end, "this parenthesis is never closed", help);
            return None;
        };
        self.at += 1;
        if parts.is_empty() {
            if self.result {
                return Some(SearchExpr::All);
            }
            if !self.expanded.hole(open.start, close.end) {
                self.fail(
                    codes::EMPTY_GROUP,
                    open.start,
                    close.end,
                    "there is nothing between these parentheses",
                    None,
                );
            }
            return None;
        }
        Some(conjunction(parts))
    }

    /// Reads what begins with a word or a quoted text: a comparison, an IN, `name::value`, or a term.
    fn word(&mut self, token: &Token) -> SearchExpr {
        self.at += 1;
        if let Some(Token { kind: TokenKind::Op(op), start, end }) = self.peek() {
            self.at += 1;
            return self.comparison(token, *op, (*start, *end));
        }
        if self.at_keyword("IN") && matches!(self.tokens.get(self.at + 1), Some(Token { kind: TokenKind::Open, .. })) {
            self.at += 2;
            return self.membership(token);
        }
        match &token.kind {
            TokenKind::Word(word) => self.bare_word(word, token),
            TokenKind::Quoted(inner) => {
                if inner.is_empty() {
                    self.note(codes::EMPTY_PHRASE, token.start, token.end, "an empty phrase matches every row", None);
                    return SearchExpr::All;
                }
                self.term(&escape::search(inner), TermKind::Plain, token)
            }
            _ => SearchExpr::All,
        }
    }

    /// An unquoted term, or `name::value`.
    fn bare_word(&mut self, word: &str, token: &Token) -> SearchExpr {
        if matches!(word, "and" | "or" | "not" | "in") {
            let message = format!("`{word}` in lower case is a term that every row must hold");
            self.note(
                codes::LOWERCASE_BOOL,
                token.start,
                token.end,
                &message,
                Some("write the operator in upper case"),
            );
        }
        match word.split_once("::") {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => SearchExpr::Compare(Comparison {
                field: field_ref(name, false),
                op: CompareOp::Indexed,
                value: Glob::new(&escape::search(value)),
                case: false,
                span: self.expanded.origin(token.start, token.end),
            }),
            _ => self.term(&escape::search(word), TermKind::Plain, token),
        }
    }

    /// A term leaf; `*` alone is every row.
    fn term(&mut self, text: &str, kind: TermKind, token: &Token) -> SearchExpr {
        let glob = Glob::new(text);
        if glob.is_any() {
            return SearchExpr::All;
        }
        SearchExpr::Term(Term { glob, kind, span: self.expanded.origin(token.start, token.end) })
    }

    /// `TERM(x)` or `CASE(x)`.
    fn directive(&mut self, case: bool, argument: &str, token: &Token) -> SearchExpr {
        let text = directive_text(argument);
        if text.is_empty() {
            self.fail(codes::EMPTY_GROUP, token.start, token.end, "there is nothing between these parentheses", None);
            return SearchExpr::All;
        }
        if case {
            return self.term(&text, TermKind::Case, token);
        }
        if let Some(breaker) = breakers::first_major(&text) {
            let message = format!(
                "`{breaker}` cannot be part of an indexed term, so Splunk finds nothing here; the text is searched as a phrase"
            );
            self.note(
                codes::TERM_BREAKER,
                token.start,
                token.end,
                &message,
                Some("quote the text instead of wrapping it in TERM()"),
            );
            return self.term(&text, TermKind::Plain, token);
        }
        self.term(&text, TermKind::Term, token)
    }

    /// `field op value`.
    fn comparison(&mut self, field: &Token, op: CompareOp, operator: (usize, usize)) -> SearchExpr {
        let Some((name, quoted)) = name_of(field) else { return SearchExpr::All };
        let Some(value) = self.peek() else {
            return self.no_value(operator);
        };
        if value.kind == TokenKind::Open {
            return self.grouped_value(&name, quoted, op, field, value);
        }
        let (text, case) = match &value.kind {
            TokenKind::Word(text) | TokenKind::Quoted(text) => (escape::search(text), false),
            TokenKind::Directive(case, argument) => (directive_text(argument), *case),
            _ => {
                return self.no_value(operator);
            }
        };
        self.at += 1;
        if !quoted && self.time_bound(&name, op, &text, field, value) {
            return SearchExpr::All;
        }
        let span = self.expanded.origin(field.start, value.end);
        SearchExpr::Compare(Comparison { field: field_ref(&name, quoted), op, value: Glob::new(&text), case, span })
    }

    /// Refuses an operator at the end or before something that is no value.
    fn no_value(&mut self, (start, end): (usize, usize)) -> SearchExpr {
        let help = Some("write \"\" for an empty text");
        self.fail(codes::MISSING_OPERAND, start, end, "there is no value behind this operator", help);
        SearchExpr::All
    }

    /// `field=(a OR b)` (§3.9).
    fn grouped_value(&mut self, name: &str, quoted: bool, op: CompareOp, field: &Token, open: &Token) -> SearchExpr {
        self.at += 1;
        let mut parts = Vec::new();
        while let Some(token) = self.peek() {
            self.at += 1;
            match &token.kind {
                TokenKind::Close => {
                    if parts.is_empty() {
                        break;
                    }
                    self.note(
                        codes::GROUPED_VALUE,
                        open.start,
                        token.end,
                        "a group of values was read as one comparison for each, joined by OR",
                        Some("write field IN (a, b)"),
                    );
                    return disjunction(parts);
                }
                TokenKind::Word(word) if word == "OR" => {}
                TokenKind::Comma => {}
                TokenKind::Word(text) | TokenKind::Quoted(text) if text != "AND" && text != "NOT" => {
                    parts.push(SearchExpr::Compare(Comparison {
                        field: field_ref(name, quoted),
                        op,
                        value: Glob::new(&escape::search(text)),
                        case: false,
                        span: self.expanded.origin(field.start, token.end),
                    }));
                }
                _ => break,
            }
        }
        self.fail(
            codes::MISSING_OPERAND,
            open.start,
            open.end,
            "a value is expected behind this operator, not a group",
            Some("write field IN (a, b)"),
        );
        SearchExpr::All
    }

    /// `field IN ( … )`, the opening parenthesis already read (§3.6).
    fn membership(&mut self, field: &Token) -> SearchExpr {
        let Some((name, quoted)) = name_of(field) else { return SearchExpr::All };
        let open = self.tokens.get(self.at - 1).map_or(field.start, |token| token.start);
        let (mut values, mut blank, mut separated) = (Vec::new(), false, true);
        loop {
            let Some(token) = self.peek() else {
                self.fail(
                    codes::MISSING_PAREN,
                    open,
                    open + 1,
                    "this list is never closed",
                    Some("add `)` behind the last value"),
                );
                return SearchExpr::All;
            };
            self.at += 1;
            let text = match &token.kind {
                TokenKind::Close if values.is_empty() => {
                    self.fail(codes::EMPTY_GROUP, open, token.end, "this list is empty", None);
                    return SearchExpr::All;
                }
                TokenKind::Close => {
                    if blank {
                        self.note(
                            codes::IN_BLANKS,
                            open,
                            token.end,
                            "values without a comma between them were read as several values",
                            None,
                        );
                    }
                    let span = self.expanded.origin(field.start, token.end);
                    return SearchExpr::In(Membership { field: field_ref(&name, quoted), values, span });
                }
                TokenKind::Comma => {
                    separated = true;
                    continue;
                }
                TokenKind::Word(text) | TokenKind::Quoted(text) => escape::search(text),
                TokenKind::Directive(_, argument) => directive_text(argument),
                _ => {
                    self.fail(codes::UNEXPECTED_TEXT, token.start, token.end, "a list holds values only", None);
                    return SearchExpr::All;
                }
            };
            blank |= !separated;
            separated = false;
            values.push(Glob::new(&text));
        }
    }

    /// Takes `earliest=…` and the like out of the expression (§3.14); true if it was one.
    fn time_bound(&mut self, name: &str, op: CompareOp, text: &str, field: &Token, value: &Token) -> bool {
        let index_time = matches!(name, "_index_earliest" | "_index_latest");
        if op != CompareOp::Eq || !(index_time || matches!(name, "earliest" | "latest")) {
            return false;
        }
        let (start, end) = (field.start, value.end);
        if self.negated {
            self.fail(codes::TIME_UNDER_NOT, start, end, "a time bound cannot stand under NOT", None);
        } else if index_time {
            self.note(codes::INDEX_TIME, start, end, "archives have no index time; this bound was passed over", None);
        } else if let Err(message) = crate::time::check(text) {
            self.fail(
                codes::BAD_TIME,
                value.start,
                value.end,
                &message,
                Some("write -24h@h, MM/DD/YYYY:HH:MM:SS, seconds since 1970, or ISO 8601"),
            );
        } else {
            let slot = if name == "earliest" { &mut self.earliest } else { &mut self.latest };
            *slot = Some(TimeText(text.to_owned()));
        }
        true
    }
}

/// The argument of a directive: a wholly quoted one loses its quotes.
fn directive_text(argument: &str) -> String {
    if argument.starts_with('"') {
        let (inner, length) = lex::quoted_text(argument);
        if length == argument.len() && length >= 2 {
            return escape::search(inner);
        }
    }
    escape::search(argument)
}

/// The name that a token spells, and whether it was double-quoted.
fn name_of(token: &Token) -> Option<(String, bool)> {
    match &token.kind {
        TokenKind::Word(word) => Some((escape::string(word), false)),
        TokenKind::Quoted(inner) => Some((escape::string(inner), true)),
        _ => None,
    }
}

/// A field name with its alternative reading without apostrophes (§3.10).
fn field_ref(name: &str, quoted: bool) -> FieldRef {
    let inner = name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|inner| !inner.is_empty());
    FieldRef { name: name.to_owned(), unquoted: if quoted { None } else { inner.map(str::to_owned) } }
}

/// Returns the span of a leaf, for messages about it.
#[must_use]
pub fn leaf_span(expr: &SearchExpr) -> Option<Span> {
    match expr {
        SearchExpr::Term(term) => Some(term.span),
        SearchExpr::Compare(comparison) => Some(comparison.span),
        SearchExpr::In(membership) => Some(membership.span),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::macros::Macros;
    use crate::{compile, print};

    fn ok(text: &str) -> String {
        let (plan, findings) = compile(text, &Macros::shipped());
        let plan = plan.unwrap_or_else(|| panic!("{text}: {findings:?}"));
        print::plan(&plan).strip_prefix("search ").unwrap().to_owned()
    }

    fn codes_of(text: &str) -> Vec<&'static str> {
        compile(text, &Macros::shipped()).1.iter().map(|finding| finding.code.0).collect()
    }

    #[test]
    fn or_binds_tighter_than_and_s1_5_1() {
        assert_eq!(ok("A OR B AND C"), r#"("A" OR "B") "C""#);
        assert_eq!(ok("A B OR C D"), r#""A" ("B" OR "C") "D""#);
        assert_eq!(ok("NOT A OR B"), r#"NOT "A" OR "B""#);
        assert_eq!(ok("NOT A B"), r#"NOT "A" "B""#);
        assert_eq!(ok("NOT NOT x"), r#""x""#);
        assert_eq!(ok(r#"(a OR b)"c""#), r#"("a" OR "b") "c""#);
        assert_eq!(ok("NOT f IN (a, b)"), r#"NOT f IN ("a", "b")"#);
    }

    #[test]
    fn comparisons_in_all_their_spellings_s3() {
        assert_eq!(ok(r#"a = b c=="d e" f!=g* h<=3"#), r#"a="b" c="d e" f!="g*" h<="3""#);
        assert_eq!(ok(r#""user Identity.type"=x 'y'=z"#), r#""user Identity.type"="x" 'y'="z""#);
        assert_eq!(ok("f=CASE(Ab) g=TERM(c)"), r#"f=CASE("Ab") g="c""#);
        assert_eq!(ok("f=a OR b"), r#"f="a" OR "b""#);
        assert_eq!(ok(r"p=D:\\Digital\\RTFM"), r#"p="D:\\Digital\\RTFM""#);
        assert_eq!(ok("source::x ::1"), r#"source::x "::1""#);
        assert_eq!(ok("f=(a OR b)"), r#"f="a" OR f="b""#);
        assert_eq!(ok(r#"x IN("a", b*,10.0.0.0/8)"#), r#"x IN ("a", "b*", "10.0.0.0/8")"#);
    }

    #[test]
    fn warnings_name_what_was_read_leniently() {
        assert_eq!(codes_of("a and b"), ["W-LOWERCASE-BOOL"]);
        assert_eq!(codes_of(r#"".rar", OR ".zip""#), ["W-STRAY-COMMA"]);
        assert_eq!(codes_of("TERM(>>)"), ["W-TERM-BREAKER"]);
        assert_eq!(codes_of("f IN (a b)"), ["W-IN-BLANKS"]);
        assert_eq!(codes_of("f=(a OR b)"), ["W-GROUPED-VALUE"]);
        assert_eq!(codes_of(r#""" x"#), ["W-EMPTY-PHRASE"]);
        assert_eq!(codes_of("`get_endpoint_data` x"), ["W-MACRO-STUB"]);
    }

    #[test]
    fn mistakes_are_errors_with_a_place() {
        for (text, code, marked) in [
            ("(a OR b", "E0110", "("),
            ("a) b", "E0111", ")"),
            ("a OR", "E0112", "R"),
            ("AND a", "E0112", "AND"),
            ("a=", "E0112", "="),
            ("=a", "E0112", "="),
            ("x () y", "E0113", "()"),
            ("f IN ()", "E0113", "()"),
            ("TERM(a OR b", "E0110", "TERM("),
            ("a [search b", "E0104", "["),
            ("NOT earliest=-1d", "E0117", "earliest=-1d"),
            ("earliest=soon", "E0119", "soon"),
        ] {
            let (plan, findings) = compile(text, &Macros::shipped());
            assert!(plan.is_none(), "{text}");
            assert_eq!((findings[0].code.0, &text[findings[0].span.range()]), (code, marked), "{text}: {findings:?}");
        }
    }

    #[test]
    fn time_bounds_leave_the_expression_s3_14() {
        let (plan, _) = compile("a (earliest=-1d latest=now b)", &Macros::shipped());
        let crate::plan::Command::Search(search) = plan.unwrap().steps.remove(0).command else { panic!("a search") };
        assert_eq!(search.earliest, Some(TimeText("-1d".to_owned())));
        assert_eq!(search.latest, Some(TimeText("now".to_owned())));
        assert_eq!(print::expr(&search.expr), r#""a" "b""#);
    }

    #[test]
    fn a_macro_that_expands_to_nothing_contributes_no_term_s1_3_10() {
        let plain = |text: &str| ok(text);
        assert_eq!(plain("`get_web_data` AND a"), r#""a""#);
        assert_eq!(plain("a AND `get_web_data`"), r#""a""#);
        assert_eq!(plain("(`get_web_data` OR a) NOT `get_web_data` b"), r#""a" NOT "b""#);
        assert_eq!(plain("a (`get_web_data`)"), r#""a""#);
        assert_eq!(plain("`get_web_data`"), "*");
        assert_eq!(codes_of("`get_web_data` AND AND a"), ["W-MACRO-STUB", "E0112"]);
    }

    #[test]
    fn deep_nesting_is_refused_not_a_crash() {
        let text = "(".repeat(100_000) + "a";
        assert_eq!(codes_of(&text), ["E0118"]);
        let text = "NOT ".repeat(100_000) + "a";
        assert_eq!(codes_of(&text), ["E0118"]);
    }
}
