//! Calls, `x LIKE p`, `x IN (…)`, and the calls that are no functions of the plan: constants and `searchmatch`.

use super::check;
use super::lex::Kind;
use super::parse::{Level, Node, Parser};
use crate::diagnostic::codes;
use crate::escape;
use crate::expand::Piece;
use crate::functions::{self, Function};
use crate::plan::{Expr, ExprKind};
use crate::search;

/// Arguments of a call, and how deep the deepest is.
struct List {
    /// The arguments.
    items: Vec<Expr>,
    /// Depth of the deepest.
    depth: usize,
    /// Where the closing parenthesis ends.
    end: usize,
}

impl<'a> Parser<'_, 'a> {
    /// Reads a call; the next token is its name, and `(` follows.
    pub(super) fn call(&mut self, word: &'a str) -> Option<Node> {
        let name = self.place();
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "true" => return self.constant(word, ExprKind::Bool(true)),
            "false" => return self.constant(word, ExprKind::Bool(false)),
            "null" => return self.constant(word, ExprKind::Null),
            "searchmatch" => return self.search_match(),
            _ => {}
        }
        let Some(signature) = functions::find(&lower) else {
            check::unknown_function(self.arguments, word, name);
            return None;
        };
        self.take();
        let list = self.list(name)?;
        let span = self.span(name.0, list.end);
        check::call(self.arguments.findings, signature.function, &list.items, span)?;
        self.node(ExprKind::Call(signature.function, list.items), list.depth, span, name)
    }

    /// Reads `( … , … )`, or `()`.
    fn list(&mut self, name: (usize, usize)) -> Option<List> {
        let open = self.place();
        self.enter(name)?;
        self.take();
        let (mut items, mut depth) = (Vec::new(), 0);
        if !self.at_close() {
            loop {
                let item = self.parse(Level::Xor)?;
                depth = depth.max(item.depth);
                items.push(item.expr);
                if !self.at_comma() {
                    break;
                }
                self.take();
            }
        }
        let end = self.close(open)?;
        self.leave();
        Some(List { items, depth, end })
    }

    /// Reads `name()`.
    fn constant(&mut self, word: &str, kind: ExprKind) -> Option<Node> {
        let name = self.place();
        self.take();
        let list = self.list(name)?;
        if !list.items.is_empty() {
            let message = format!("`{word}` takes no arguments");
            return self.error(
                codes::WRONG_ARGUMENTS,
                (name.0, list.end),
                &message,
                Some("write nothing between `()`"),
            );
        }
        let span = self.span(name.0, list.end);
        self.node(kind, 0, span, name)
    }

    /// Reads the rest of `x LIKE pattern`.
    pub(super) fn like(&mut self, left: Node) -> Option<Node> {
        let place = self.place();
        self.take();
        let right = self.parse(Level::Sum)?;
        let (span, depth) = (left.expr.span.to(right.expr.span), left.depth.max(right.depth));
        let items = vec![left.expr, right.expr];
        check::call(self.arguments.findings, Function::Like, &items, span)?;
        self.node(ExprKind::Call(Function::Like, items), depth, span, place)
    }

    /// Reads the rest of `x IN (…)`.
    pub(super) fn membership(&mut self, left: Node) -> Option<Node> {
        let place = self.place();
        self.take();
        let open = self.place();
        let list = self.list(place)?;
        if list.items.is_empty() {
            return self.error(codes::EMPTY_GROUP, (open.0, list.end), "this list is empty", None);
        }
        let span = left.expr.span.to(self.span(place.0, list.end));
        let depth = left.depth.max(list.depth);
        let mut items = vec![left.expr];
        items.extend(list.items);
        check::call(self.arguments.findings, Function::In, &items, span)?;
        self.node(ExprKind::Call(Function::In, items), depth, span, place)
    }

    /// Reads `searchmatch("…")`; its text is a search expression (§6.2).
    fn search_match(&mut self) -> Option<Node> {
        let name = self.place();
        self.take();
        let open = self.place();
        self.take();
        let token = self.token;
        let Kind::Text(raw) = token.kind else {
            let message = "`searchmatch` takes one quoted search";
            return self.error(
                codes::WRONG_ARGUMENTS,
                (name.0, token.end),
                message,
                Some("write searchmatch(\"field=value\")"),
            );
        };
        self.take();
        let end = self.close(open)?;
        let inner = (token.start + 1, token.start + 1 + raw.len());
        let before = self.arguments.findings.len();
        let command = self.search(raw, inner);
        if self.arguments.findings.iter().skip(before).any(|finding| finding.code.is_error()) {
            return None;
        }
        if command.earliest.is_some() || command.latest.is_some() {
            let message = "`searchmatch` takes no time bound";
            return self.error(codes::UNEXPECTED_TEXT, inner, message, Some("write the bound in the first search"));
        }
        let span = self.span(name.0, end);
        self.node(ExprKind::SearchMatch(Box::new(command.expr)), 0, span, name)
    }

    /// Parses the search that the inside of a quoted text spells.
    fn search(&mut self, raw: &str, (start, end): (usize, usize)) -> crate::plan::SearchCommand {
        let text = escape::string(raw);
        let (expanded, nesting) = (self.arguments.expanded, self.nesting);
        let read = || {
            if text == raw {
                return search::parse_part(expanded, start, end, self.arguments.findings);
            }
            let derived = expanded.derived(&[Piece::Put(&text, start, end)]);
            search::parse_part(&derived, 0, text.len(), self.arguments.findings)
        };
        let none = crate::plan::SearchCommand { expr: crate::plan::SearchExpr::All, earliest: None, latest: None };
        expanded.deeper(nesting, read).unwrap_or_else(|| {
            let _: Option<()> = self.too_deep((start, end));
            none
        })
    }
}
