//! Expressions (§6), one row at a time.
//!
//! | File | What it holds |
//! | --- | --- |
//! | `datum` | a value inside an expression |
//! | `operators` | arithmetic and comparison (§4.3, §4.5) |
//! | `call` | which function, and the rules for null and multivalue that hold for most (§4.5.2, §6.1.5) |
//! | `conditions`, `text`, `printf`, `multivalue`, `numbers`, `time`, `json`, `digest` | the families of functions |

mod call;
mod conditions;
mod datum;
mod digest;
mod json;
mod multivalue;
mod numbers;
mod operators;
mod printf;
mod text;
mod time;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use retrohunt_spl::plan::expr::LogicOp;
use retrohunt_spl::plan::{Expr, ExprKind};

pub(super) use call::bad_pattern;
pub(super) use datum::Datum;
pub(super) use json::{leaves as json_leaves, lookup as json_lookup, shown as json_text};
pub(super) use text::filled;
pub(super) use time::{format as format_time, parse as parse_time};

use super::row::Row;
use super::search;
use super::settings::Settings;

/// What an evaluation may look at beside the row, and what it leaves behind.
#[derive(Debug)]
pub(super) struct World<'a> {
    /// Options of the run.
    pub(super) settings: &'a Settings,
    /// Warnings so far.
    pub(super) warnings: RefCell<BTreeSet<&'static str>>,
    /// A pattern gave up on this row (§5.6.8).
    pub(super) undecided: Cell<bool>,
    /// On how many rows a pattern gave up.
    pub(super) undecided_rows: Cell<u64>,
}

impl<'a> World<'a> {
    /// No findings yet.
    pub(super) fn new(settings: &'a Settings) -> Self {
        Self { settings, warnings: RefCell::default(), undecided: Cell::new(false), undecided_rows: Cell::new(0) }
    }

    /// Returns what an evaluation gives; none where a pattern gave up, which is counted.
    pub(super) fn watched<T>(&self, evaluate: impl FnOnce() -> T) -> Option<T> {
        self.undecided.set(false);
        let result = evaluate();
        if self.undecided.get() {
            self.undecided_rows.set(self.undecided_rows.get() + 1);
            return None;
        }
        Some(result)
    }

    /// Notes a warning.
    pub(super) fn warn(&self, code: &'static str) {
        self.warnings.borrow_mut().insert(code);
    }
}

/// Returns the value of an expression on a row.
pub(super) fn value(expr: &Expr, row: &Row, world: &World<'_>) -> Datum {
    match &expr.kind {
        ExprKind::Text { value, .. } => Datum::Literal(value.clone()),
        ExprKind::Number(number) => Datum::Number(number.0),
        ExprKind::Bool(truth) => Datum::Bool(*truth),
        ExprKind::Null | ExprKind::Subsearch(_) => Datum::Null,
        ExprKind::Field(name) => Datum::of_field(row.get(name)),
        ExprKind::Negate(inner) => operators::negate(&value(inner, row, world), world),
        ExprKind::Arithmetic(op, left, right) => {
            operators::arithmetic(*op, &value(left, row, world), &value(right, row, world), world)
        }
        ExprKind::Compare(op, left, right) => {
            operators::compare(*op, &value(left, row, world), &value(right, row, world))
        }
        ExprKind::Not(inner) => Datum::Bool(!holds(inner, row, world)),
        ExprKind::Logic(op, left, right) => {
            let (left, right) = (holds(left, row, world), holds(right, row, world));
            Datum::Bool(match op {
                LogicOp::And => left && right,
                LogicOp::Or => left || right,
                LogicOp::Xor => left != right,
            })
        }
        ExprKind::Call(function, arguments) => call::call(*function, arguments, row, world),
        ExprKind::SearchMatch(condition) => Datum::Bool(search::matches(condition, row, world.settings)),
    }
}

/// Is a condition true on a row? ∅ is not (§4.2.1).
pub(super) fn holds(expr: &Expr, row: &Row, world: &World<'_>) -> bool {
    value(expr, row, world) == Datum::Bool(true)
}
