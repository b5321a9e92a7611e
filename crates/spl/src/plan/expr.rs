//! Expressions of `eval`, `where`, `head (…)`, `eval(…)` in aggregates (§6), as a tree.

use super::{Plan, SearchExpr};
use crate::functions::Function;
use crate::span::Span;

/// An expression and where it was written. Positions do not count for equality.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Expr {}

/// Kinds of expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A double-quoted text (§6.1.2). It is a string, also where it has numeric form (§4.3.2).
    Text {
        /// Escapes removed (§1.4).
        value: String,
        /// As written between the quotes, for patterns that only compile so (§1.4.4).
        raw: String,
    },
    /// A number.
    Number(Literal),
    /// `true()` or `false()`.
    Bool(bool),
    /// `null()`, and a bare `null` in the place of a value (corpus §4).
    Null,
    /// A field: bare, or in single quotes (§1.7.3).
    Field(String),
    /// `-x`.
    Negate(Box<Expr>),
    /// `NOT x` or `!x`.
    Not(Box<Expr>),
    /// `x + y` and the like (§6.1).
    Arithmetic(ArithmeticOp, Box<Expr>, Box<Expr>),
    /// `x = y` and the like.
    Compare(ExprCompareOp, Box<Expr>, Box<Expr>),
    /// `x AND y`, `x OR y`, `x XOR y`.
    Logic(LogicOp, Box<Expr>, Box<Expr>),
    /// A call, its number of arguments checked; `x LIKE p` and `x IN (…)` too (§6.1.1).
    Call(Function, Vec<Expr>),
    /// `searchmatch("…")` (§6.2), its text parsed.
    SearchMatch(Box<SearchExpr>),
    /// `[ … ]` in `where` (§1.6.2): stands until the subsearch was run and its text was parsed in place.
    Subsearch(Box<Plan>),
}

/// A number of a rule's text. Never NaN nor infinite.
#[derive(Clone, Copy, Debug)]
pub struct Literal(pub f64);

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Literal {}

/// Operators on two values that give a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`: sum, or concatenation of two strings (§4.3.5).
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
    /// `.`: concatenation of texts.
    Concat,
}

/// Comparison operators of expressions (§4.3.3, §4.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExprCompareOp {
    /// `=` or `==`.
    Eq,
    /// `!=` or `<>`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
}

/// Operators on two conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogicOp {
    /// `AND`.
    And,
    /// `OR`.
    Or,
    /// `XOR`.
    Xor,
}

impl Expr {
    /// An expression at a place.
    #[must_use]
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Calls `visit` with this expression and all below it, this one first.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        match &self.kind {
            ExprKind::Negate(inner) | ExprKind::Not(inner) => inner.walk(visit),
            ExprKind::Arithmetic(_, left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::Logic(_, left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            ExprKind::Call(_, arguments) => arguments.iter().for_each(|argument| argument.walk(visit)),
            _ => {}
        }
    }

    /// Returns the fields that the expression reads, in order of first mention, each once.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = Vec::new();
        self.walk(&mut |expr| {
            if let ExprKind::Field(name) = &expr.kind
                && !fields.contains(&name.as_str())
            {
                fields.push(name);
            }
        });
        fields
    }
}
