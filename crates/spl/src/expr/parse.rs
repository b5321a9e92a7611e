//! Tokens to a tree, by precedence (§6.1): XOR, OR, AND, NOT, comparisons, `+ - .`, `* / %`, signs.

use super::check;
use super::kind::Truth;
use super::lex::{Kind, Lexer, Token, is_operator, unescape_name};
use crate::commands::{self, Arguments};
use crate::diagnostic::{Code, codes};
use crate::escape;
use crate::plan::expr::{ArithmeticOp, ExprCompareOp, Literal, LogicOp};
use crate::plan::{Expr, ExprKind};
use crate::span::Span;

/// How deeply groups, calls and prefix operators may nest in the text.
const MAX_NESTING: usize = 200;
/// How deep a tree may be; chains of arithmetic count too.
const MAX_DEPTH: usize = 250;

/// How tightly an operator binds; greater is tighter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// XOR.
    Xor,
    /// OR.
    Or,
    /// AND.
    And,
    /// NOT and `!`.
    Not,
    /// Comparisons, LIKE and IN.
    Compare,
    /// `+`, `-` and `.`.
    Sum,
    /// `*`, `/` and `%`.
    Product,
    /// Signs.
    Sign,
    /// Values, calls and groups.
    Atom,
}

/// A tree and how deep it is.
pub(super) struct Node {
    /// The tree.
    pub(super) expr: Expr,
    /// Its depth, at least 1.
    pub(super) depth: usize,
}

/// The state of one expression.
pub(crate) struct Parser<'p, 'a> {
    /// The command's arguments: the text, and where findings go.
    pub(super) arguments: &'p mut Arguments<'a>,
    lexer: Lexer<'a>,
    /// The next token.
    pub(super) token: Token<'a>,
    /// Where the text begins.
    start: usize,
    /// Place of the token before.
    before: Option<(usize, usize)>,
    pub(super) nesting: usize,
    /// May `[ … ]` stand here (§1.6.2)?
    subsearches: bool,
}

impl<'p, 'a> Parser<'p, 'a> {
    /// A parser of the bytes `start..end` of the expanded text.
    pub(crate) fn new(arguments: &'p mut Arguments<'a>, start: usize, end: usize) -> Self {
        let expanded = arguments.expanded;
        let mut lexer = Lexer::new(&expanded.text, start, end);
        let token = lexer.next();
        Self { arguments, lexer, token, start, before: None, nesting: 0, subsearches: false }
    }

    /// Accepts `[ … ]` as an operand.
    pub(crate) fn with_subsearches(mut self) -> Self {
        self.subsearches = true;
        self
    }

    /// Reads an expression as far as it goes. `None` after an error.
    pub(crate) fn expression(&mut self) -> Option<Expr> {
        self.parse(Level::Xor).map(|node| node.expr)
    }

    /// Reads one operand, a group for instance, and no operator behind it.
    pub(crate) fn operand_alone(&mut self) -> Option<Expr> {
        self.operand().map(|node| node.expr)
    }

    /// Reads an expression that must be all of the text.
    pub(crate) fn whole(mut self) -> Option<Expr> {
        let expr = self.expression()?;
        self.finish()?;
        Some(expr)
    }

    /// Refuses what follows the expression, if anything does.
    pub(crate) fn finish(&mut self) -> Option<()> {
        if self.token.kind == Kind::End {
            return Some(());
        }
        self.leftover();
        None
    }

    /// Where the next token begins.
    pub(crate) fn at(&self) -> usize {
        self.token.start
    }

    /// Is all of the text read?
    pub(crate) fn at_end(&self) -> bool {
        self.token.kind == Kind::End
    }

    /// Is the next token a comma?
    pub(crate) fn at_comma(&self) -> bool {
        self.token.kind == Kind::Comma
    }

    /// Is the next token `)`?
    pub(crate) fn at_close(&self) -> bool {
        self.token.kind == Kind::Close
    }

    /// Takes the next token; returns where it ends.
    pub(crate) fn take(&mut self) -> usize {
        let end = self.token.end;
        self.before = Some((self.token.start, end));
        self.token = self.lexer.next();
        end
    }

    /// Place of the next token.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.token.start, self.token.end)
    }

    /// The place in the rule of a part of the expanded text.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        self.arguments.expanded.origin(start, end)
    }

    /// Notes an error at a place.
    pub(super) fn error<T>(
        &mut self,
        code: Code,
        place: (usize, usize),
        message: &str,
        help: Option<&str>,
    ) -> Option<T> {
        self.arguments.error(code, place.0, place.1, message, help);
        None
    }

    /// One level deeper; `None` and an error if that is too deep.
    pub(super) fn enter(&mut self, place: (usize, usize)) -> Option<()> {
        // What lies around the expression, in brackets and texts, is on the same stack.
        if self.nesting + self.arguments.expanded.depth() >= MAX_NESTING {
            return self.too_deep(place);
        }
        self.nesting += 1;
        Some(())
    }

    /// One level up again.
    pub(super) fn leave(&mut self) {
        self.nesting -= 1;
    }

    /// Refuses what is nested too deeply.
    pub(super) fn too_deep<T>(&mut self, place: (usize, usize)) -> Option<T> {
        let message = format!("the expression nests more than {MAX_NESTING} deep");
        self.error(codes::TOO_DEEP, place, &message, Some("split it into several eval assignments"))
    }

    /// Makes a tree, if it is not too deep.
    pub(super) fn node(&mut self, kind: ExprKind, below: usize, span: Span, place: (usize, usize)) -> Option<Node> {
        let expr = Expr::new(kind, span);
        if below >= MAX_DEPTH {
            return self.too_deep(place);
        }
        Some(Node { expr, depth: below + 1 })
    }

    /// Reads an expression whose operators all bind at least so tightly.
    pub(super) fn parse(&mut self, least: Level) -> Option<Node> {
        let mut left = self.operand()?;
        while let Some((level, kind)) = self.operator() {
            if level < least {
                break;
            }
            left = match kind {
                Infix::Logic(op) => self.chain(left, op, level)?,
                Infix::Compare(op) => self.binary(left, Level::Sum, |l, r| ExprKind::Compare(op, l, r))?,
                Infix::Arithmetic(op) => {
                    let tighter = if level == Level::Sum { Level::Product } else { Level::Sign };
                    self.binary(left, tighter, |l, r| ExprKind::Arithmetic(op, l, r))?
                }
                Infix::Like => self.like(left)?,
                Infix::In => self.membership(left)?,
            };
        }
        Some(left)
    }

    /// The operator that stands next, if one does.
    fn operator(&self) -> Option<(Level, Infix)> {
        let found = match self.token.kind {
            Kind::Compare(op) => (Level::Compare, Infix::Compare(op)),
            Kind::Arithmetic(op @ (ArithmeticOp::Add | ArithmeticOp::Subtract | ArithmeticOp::Concat)) => {
                (Level::Sum, Infix::Arithmetic(op))
            }
            Kind::Arithmetic(op) => (Level::Product, Infix::Arithmetic(op)),
            Kind::Word(word, call) if word.len() <= 4 => match word.to_ascii_lowercase().as_str() {
                "and" => (Level::And, Infix::Logic(LogicOp::And)),
                "or" => (Level::Or, Infix::Logic(LogicOp::Or)),
                "xor" => (Level::Xor, Infix::Logic(LogicOp::Xor)),
                "like" => (Level::Compare, Infix::Like),
                "in" if call => (Level::Compare, Infix::In),
                _ => return None,
            },
            _ => return None,
        };
        Some(found)
    }

    /// Reads the rest of `left op right`.
    fn binary(
        &mut self,
        left: Node,
        tighter: Level,
        make: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
    ) -> Option<Node> {
        let place = self.place();
        self.take();
        let right = self.parse(tighter)?;
        let (span, below) = (left.expr.span.to(right.expr.span), left.depth.max(right.depth));
        let kind = make(Box::new(left.expr), Box::new(right.expr));
        check::comparison(self.arguments.findings, &kind);
        self.node(kind, below, span, place)
    }

    /// Reads the rest of a chain of one of AND, OR, XOR; it becomes a balanced tree, groups of the same operator dissolved.
    fn chain(&mut self, first: Node, op: LogicOp, level: Level) -> Option<Node> {
        let place = self.place();
        let tighter = match level {
            Level::Xor => Level::Or,
            Level::Or => Level::And,
            _ => Level::Not,
        };
        let (mut parts, mut below) = (Vec::new(), first.depth);
        self.part(first.expr, op, &mut parts)?;
        while matches!(self.operator(), Some((_, Infix::Logic(next))) if next == op) {
            self.take();
            if self.hole_before_end_of_operand() {
                continue;
            }
            let next = self.parse(tighter)?;
            below = below.max(next.depth);
            self.part(next.expr, op, &mut parts)?;
        }
        let (count, mut parts) = (parts.len(), parts.into_iter());
        if count == 1 {
            return parts.next().map(|expr| Node { expr, depth: below });
        }
        let steps = count.next_power_of_two().trailing_zeros() as usize;
        let expr = balanced(&mut parts, count, op)?;
        let (kind, span) = (expr.kind, expr.span);
        self.node(kind, below + steps - 1, span, place)
    }

    /// Did a macro that expanded to nothing stand in the place of the operand that should come now? It contributes no term (§1.3.10).
    fn hole_before_end_of_operand(&self) -> bool {
        let end = match self.token.kind {
            // White space at the end of a stage is not part of its text.
            Kind::End => self.token.start.max(self.arguments.stage.outer.1),
            _ => self.token.start,
        };
        let ends =
            matches!(self.token.kind, Kind::End | Kind::Close) || matches!(self.operator(), Some((_, Infix::Logic(_))));
        ends && self.arguments.expanded.hole(self.before.map_or(self.start, |(_, end)| end), end)
    }

    /// Takes one part of a chain, which must be a condition.
    fn part(&mut self, expr: Expr, op: LogicOp, parts: &mut Vec<Expr>) -> Option<()> {
        self.require_condition(&expr)?;
        flatten(expr, op, parts);
        Some(())
    }

    /// Refuses an operand of a logical operator that is no condition; but if it goes on with something that cannot be read, that.
    fn require_condition(&mut self, expr: &Expr) -> Option<()> {
        if expr.truth() == Truth::Value
            && self.operator().is_none()
            && !matches!(self.token.kind, Kind::End | Kind::Close | Kind::Comma)
        {
            self.leftover();
            return None;
        }
        check::condition(self.arguments.findings, expr)
    }

    /// Reads an operand with its prefix operators.
    fn operand(&mut self) -> Option<Node> {
        while self.hole_before_end_of_operand() && matches!(self.token.kind, Kind::Word(..)) {
            self.take();
        }
        let token = self.token;
        let (start, end) = (token.start, token.end);
        let leaf = match token.kind {
            Kind::Text(raw) => ExprKind::Text { value: escape::string(raw), raw: raw.to_owned() },
            Kind::Number(digits) => self.number(digits)?,
            Kind::Name("") => return self.error(codes::BAD_NAME, (start, end), "a field's name is empty", None),
            Kind::Name(inner) => ExprKind::Field(unescape_name(inner)),
            Kind::Word(word, _) if word.eq_ignore_ascii_case("not") => return self.prefix(Level::Not, ExprKind::Not),
            Kind::Word(word, true) if !is_infix_only(word) => return self.call(word),
            Kind::Word(word, false) if !is_operator(word) => {
                if word.eq_ignore_ascii_case("null") {
                    ExprKind::Null
                } else {
                    ExprKind::Field(word.to_owned())
                }
            }
            Kind::Open => return self.group(),
            Kind::Bang => return self.prefix(Level::Not, ExprKind::Not),
            Kind::Arithmetic(ArithmeticOp::Subtract) => return self.prefix(Level::Sign, ExprKind::Negate),
            Kind::Arithmetic(ArithmeticOp::Add) => {
                self.enter((start, end))?;
                self.take();
                let inner = self.parse(Level::Sign);
                self.leave();
                return inner;
            }
            Kind::Subsearch => return self.subsearch(),
            _ => return self.no_operand(),
        };
        self.take();
        let span = self.span(start, end);
        self.node(leaf, 0, span, (start, end))
    }

    /// Reads a prefix operator and what it applies to.
    fn prefix(&mut self, level: Level, make: impl FnOnce(Box<Expr>) -> ExprKind) -> Option<Node> {
        let place = self.place();
        self.enter(place)?;
        self.take();
        let inner = self.parse(level)?;
        self.leave();
        if level == Level::Not {
            self.require_condition(&inner.expr)?;
        }
        let span = self.span(place.0, place.1).to(inner.expr.span);
        self.node(make(Box::new(inner.expr)), inner.depth, span, place)
    }

    /// Reads `( … )`.
    fn group(&mut self) -> Option<Node> {
        let open = self.place();
        self.enter(open)?;
        self.take();
        if self.at_close() {
            let place = (open.0, self.token.end);
            return self.error(codes::EMPTY_GROUP, place, "there is nothing between these parentheses", None);
        }
        let mut inner = self.parse(Level::Xor)?;
        let close = self.close(open)?;
        self.leave();
        inner.expr.span = self.span(open.0, close);
        Some(inner)
    }

    /// Takes the `)` that belongs to `open`; returns where it ends.
    pub(super) fn close(&mut self, open: (usize, usize)) -> Option<usize> {
        match self.token.kind {
            Kind::Close => Some(self.take()),
            Kind::End => {
                let help = Some("add `)` where it ends");
                self.error(codes::MISSING_PAREN, open, "this parenthesis is never closed", help)
            }
            _ => {
                self.leftover();
                None
            }
        }
    }

    /// Reads a number's digits.
    fn number(&mut self, digits: &str) -> Option<ExprKind> {
        let place = self.place();
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(ExprKind::Number(Literal(number))),
            Ok(_) => self.error(codes::BAD_NUMBER, place, "this number is too great", None),
            Err(_) => {
                let message = format!("`{digits}` is not a number");
                self.error(codes::BAD_NUMBER, place, &message, Some("quote it: \"…\" for a text, '…' for a field"))
            }
        }
    }

    /// Reads `[ … ]`.
    fn subsearch(&mut self) -> Option<Node> {
        let place = self.place();
        let closed = self.arguments.expanded.text.get(place.0..place.1).is_some_and(|text| text.ends_with(']'));
        if !closed {
            return self.error(codes::UNBALANCED_BRACKET, (place.0, place.0 + 1), "this bracket is never closed", None);
        }
        if !self.subsearches {
            let message = "a subsearch stands in `search` and `where` only";
            return self.error(codes::UNSUPPORTED_SUBSEARCH, place, message, None);
        }
        let (expanded, nesting) = (self.arguments.expanded, self.nesting);
        let read = || commands::subsearch(self.arguments, place.0 + 1, place.1 - 1);
        let Some(plan) = expanded.deeper(nesting, read) else { return self.too_deep(place) };
        let plan = plan?;
        self.take();
        let span = self.span(place.0, place.1);
        self.node(ExprKind::Subsearch(Box::new(plan)), 0, span, place)
    }

    /// Refuses what stands where an operand is needed.
    fn no_operand<T>(&mut self) -> Option<T> {
        let token = self.token;
        let place = (token.start, token.end);
        match token.kind {
            Kind::Other('\'') => self.error(codes::UNTERMINATED_QUOTE, place, "this quote is never closed", None),
            Kind::Other(c) => {
                let message = format!("`{c}` is not expected here");
                let help = "write texts in double quotes, and names with other characters than letters, digits and `_` in single quotes";
                self.error(codes::UNEXPECTED_TEXT, place, &message, Some(help))
            }
            Kind::End | Kind::Close | Kind::Comma => {
                let place = self.before.unwrap_or(place);
                let text = self.arguments.expanded.text.get(place.0..place.1).unwrap_or_default();
                let message = format!("something is missing behind `{text}`");
                self.error(codes::MISSING_OPERAND, place, &message, None)
            }
            _ => {
                let text = self.arguments.expanded.text.get(place.0..place.1).unwrap_or_default();
                let message = match self.before.and_then(|(from, to)| self.arguments.expanded.text.get(from..to)) {
                    Some(before) => format!("something is missing between `{before}` and `{text}`"),
                    None => format!("`{text}` needs something on its left side"),
                };
                self.error(codes::MISSING_OPERAND, place, &message, None)
            }
        }
    }

    /// Refuses what stands behind a whole expression.
    pub(crate) fn leftover(&mut self) {
        check::leftover(self.arguments, self.token, self.lexer.next());
    }
}

/// An operator between two operands.
#[derive(Clone, Copy)]
enum Infix {
    /// AND, OR, XOR.
    Logic(LogicOp),
    /// `=` and the like.
    Compare(ExprCompareOp),
    /// `+` and the like.
    Arithmetic(ArithmeticOp),
    /// LIKE.
    Like,
    /// IN.
    In,
}

/// Is it an operator that is no function as well?
fn is_infix_only(word: &str) -> bool {
    ["and", "or", "xor"].iter().any(|operator| word.eq_ignore_ascii_case(operator))
}

/// Adds the parts of a chain, those of groups of the same operator one by one.
fn flatten(expr: Expr, op: LogicOp, parts: &mut Vec<Expr>) {
    match expr.kind {
        // Chains are balanced, so this is not deep.
        ExprKind::Logic(inner, left, right) if inner == op => {
            flatten(*left, op, parts);
            flatten(*right, op, parts);
        }
        kind => parts.push(Expr::new(kind, expr.span)),
    }
}

/// Joins the next `count` parts to a tree whose depth is the logarithm of their number.
fn balanced(parts: &mut impl Iterator<Item = Expr>, count: usize, op: LogicOp) -> Option<Expr> {
    if count <= 1 {
        return parts.next();
    }
    let half = count.div_ceil(2);
    let left = balanced(parts, half, op)?;
    let right = balanced(parts, count - half, op)?;
    let span = left.span.to(right.span);
    Some(Expr::new(ExprKind::Logic(op, Box::new(left), Box::new(right)), span))
}
