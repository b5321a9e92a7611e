//! What a condition of `where` or `eval` asks of an event.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use retrohunt_spl::functions::Function;
use retrohunt_spl::plan::expr::{ExprCompareOp, Literal, LogicOp};
use retrohunt_spl::plan::{Expr, ExprKind};

use super::draft::Draft;
use super::sample;
use super::scope::Scope;
use super::search;

/// Adds to a draft what makes a condition true (`want`) or false.
pub(super) fn satisfy(expr: &Expr, want: bool, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    match &expr.kind {
        ExprKind::Not(inner) => satisfy(inner, !want, scope, draft, random),
        ExprKind::Logic(op, left, right) => {
            let both = matches!((op, want), (LogicOp::And, true) | (LogicOp::Or, false));
            if both {
                satisfy(left, want, scope, draft, random);
                satisfy(right, want, scope, draft, random);
            } else {
                // Of a chain of ORs that is a balanced tree, each leaf has about the same chance.
                let pick = if random.random_bool(0.5) { left } else { right };
                satisfy(pick, want, scope, draft, random);
            }
        }
        ExprKind::Compare(op, left, right) => compare(*op, want, left, right, scope, draft, random),
        ExprKind::Call(function, arguments) => call(*function, arguments, want, scope, draft, random),
        ExprKind::SearchMatch(search) if want => search::satisfy(search, scope, draft, random),
        _ => {}
    }
}

/// A comparison: the side that is no literal is made to fit.
fn compare(
    op: ExprCompareOp,
    want: bool,
    left: &Expr,
    right: &Expr,
    scope: &Scope,
    draft: &mut Draft,
    random: &mut ChaCha8Rng,
) {
    let (side, literal, op) = match (constant(left), constant(right)) {
        (None, Some(literal)) => (left, literal, op),
        (Some(literal), None) => (right, literal, mirrored(op)),
        // Two fields: equal or different texts in both.
        (None, None) => {
            let same = (op == ExprCompareOp::Eq) == want;
            match (number_order(op, want), same) {
                (Some((least, most)), _) => {
                    make_number(left, least, scope, draft, random);
                    make_number(right, most, scope, draft, random);
                }
                (None, same) => {
                    make_text(left, "same", scope, draft, random);
                    make_text(right, if same { "same" } else { "other" }, scope, draft, random);
                }
            }
            return;
        }
        (Some(_), Some(_)) => return,
    };
    let op = if want { op } else { negated(op) };
    match (literal, op) {
        (Constant::Text(text), ExprCompareOp::Eq) => make_text(side, &text, scope, draft, random),
        (Constant::Text(text), _) => make_text(side, &format!("{text}z"), scope, draft, random),
        (Constant::Number(number), ExprCompareOp::Eq | ExprCompareOp::Le | ExprCompareOp::Ge) => {
            make_number(side, number, scope, draft, random);
        }
        (Constant::Number(number), ExprCompareOp::Lt) => {
            let less = [number - 1.0, number / 2.0, 1.0_f64.min(number / 2.0)][random.random_range(0..3)];
            make_number(side, less, scope, draft, random);
        }
        (Constant::Number(number), ExprCompareOp::Gt | ExprCompareOp::Ne) => {
            make_number(side, number + 1.0, scope, draft, random);
        }
    }
}

/// A constant of a rule.
enum Constant {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
}

/// The constant that an expression is.
fn constant(expr: &Expr) -> Option<Constant> {
    match &expr.kind {
        ExprKind::Text { value, .. } => Some(Constant::Text(value.clone())),
        ExprKind::Number(Literal(number)) => Some(Constant::Number(*number)),
        ExprKind::Negate(inner) => match constant(inner)? {
            Constant::Number(number) => Some(Constant::Number(-number)),
            Constant::Text(_) => None,
        },
        _ => None,
    }
}

/// The operator with its sides exchanged.
fn mirrored(op: ExprCompareOp) -> ExprCompareOp {
    match op {
        ExprCompareOp::Lt => ExprCompareOp::Gt,
        ExprCompareOp::Le => ExprCompareOp::Ge,
        ExprCompareOp::Gt => ExprCompareOp::Lt,
        ExprCompareOp::Ge => ExprCompareOp::Le,
        other => other,
    }
}

/// The operator that holds where this does not.
fn negated(op: ExprCompareOp) -> ExprCompareOp {
    match op {
        ExprCompareOp::Eq => ExprCompareOp::Ne,
        ExprCompareOp::Ne => ExprCompareOp::Eq,
        ExprCompareOp::Lt => ExprCompareOp::Ge,
        ExprCompareOp::Le => ExprCompareOp::Gt,
        ExprCompareOp::Gt => ExprCompareOp::Le,
        ExprCompareOp::Ge => ExprCompareOp::Lt,
    }
}

/// Two numbers, left and right, for an ordering.
fn number_order(op: ExprCompareOp, want: bool) -> Option<(f64, f64)> {
    match if want { op } else { negated(op) } {
        ExprCompareOp::Lt | ExprCompareOp::Le => Some((1.0, 1000.0)),
        ExprCompareOp::Gt | ExprCompareOp::Ge => Some((1000.0, 1.0)),
        ExprCompareOp::Eq | ExprCompareOp::Ne => None,
    }
}

/// A call as a condition.
fn call(function: Function, arguments: &[Expr], want: bool, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    let Some(first) = arguments.first() else { return };
    let second = arguments.get(1);
    match (function, want) {
        (Function::Match, true) => {
            if let Some(Constant::Text(pattern)) = second.and_then(constant)
                && let Some(text) = sample::text(&pattern, random)
            {
                make_piece(first, text, scope, draft, random);
            }
        }
        (Function::Like, true) => {
            if let Some(Constant::Text(pattern)) = second.and_then(constant) {
                make_text(first, &pattern.replace('%', "q").replace('_', "r"), scope, draft, random);
            }
        }
        (Function::CidrMatch, true) => {
            if let (Some(Constant::Text(network)), Some(second)) = (constant(first), second) {
                let address = search::network_member(&network).unwrap_or(network);
                make_text(second, &address, scope, draft, random);
            }
        }
        (Function::CidrMatch, false) => {
            if let Some(second) = second {
                make_text(second, "203.0.113.9", scope, draft, random);
            }
        }
        (Function::In, true) => {
            let pick = random.random_range(1..arguments.len().max(2));
            if let Some(Constant::Text(text)) = arguments.get(pick).and_then(constant) {
                make_text(first, &text, scope, draft, random);
            } else if let Some(Constant::Number(number)) = arguments.get(pick).and_then(constant) {
                make_number(first, number, scope, draft, random);
            }
        }
        (Function::IsNotNull, true) | (Function::IsNull, false) => make_present(first, scope, draft, random),
        (Function::IsNull, true) | (Function::IsNotNull, false) => {
            if let ExprKind::Field(name) = &first.kind {
                scope.want_absent(name, draft);
            }
        }
        (Function::If, want) => {
            if let [condition, yes, no] = arguments {
                let truth = |expr: &Expr| matches!(expr.kind, ExprKind::Bool(value) if value == want);
                satisfy(condition, truth(yes) || !truth(no), scope, draft, random);
            }
        }
        _ => {}
    }
}

/// Wants the value of an expression to be a text.
pub(super) fn make_text(expr: &Expr, text: &str, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    match &expr.kind {
        ExprKind::Field(name) => scope.want_text(name, text, draft, random),
        ExprKind::Call(function, arguments) => {
            let Some(first) = arguments.first() else { return };
            match function {
                Function::If => {
                    if let [condition, yes, no] = arguments.as_slice() {
                        let is = |expr: &Expr| is_text(expr, text);
                        if is(yes) || (!is(no) && constant(yes).is_none()) {
                            satisfy(condition, true, scope, draft, random);
                            make_text(yes, text, scope, draft, random);
                        } else {
                            satisfy(condition, false, scope, draft, random);
                            make_text(no, text, scope, draft, random);
                        }
                    }
                }
                Function::Case => {
                    for pair in arguments.chunks_exact(2) {
                        if is_text(&pair[1], text) {
                            satisfy(&pair[0], true, scope, draft, random);
                            return;
                        }
                    }
                }
                Function::MvIndex
                | Function::MvDedup
                | Function::Trim
                | Function::MvAppend
                | Function::Coalesce
                | Function::Lower
                | Function::Upper
                | Function::ToString
                | Function::Replace
                | Function::Split => {
                    make_text(first, text, scope, draft, random);
                }
                Function::MvJoin => make_text(first, text, scope, draft, random),
                _ => {}
            }
        }
        ExprKind::Arithmetic(_, left, _) => make_text(left, text, scope, draft, random),
        _ => {}
    }
}

/// Is the expression this constant?
fn is_text(expr: &Expr, text: &str) -> bool {
    match constant(expr) {
        Some(Constant::Text(value)) => value == text,
        Some(Constant::Number(number)) => text.parse() == Ok(number),
        None => false,
    }
}

/// Wants the value of an expression to hold a text.
fn make_piece(expr: &Expr, text: String, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    match &expr.kind {
        ExprKind::Field(name) => scope.want_piece(name, text, draft, random),
        _ => make_text(expr, &text, scope, draft, random),
    }
}

/// Wants the value of an expression to be a number.
pub(super) fn make_number(expr: &Expr, number: f64, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    match &expr.kind {
        ExprKind::Field(name) => scope.want_number(name, number, draft, random),
        ExprKind::Call(function, arguments) => {
            let Some(first) = arguments.first() else { return };
            let count = format!("{:.0}", number.clamp(0.0, 5000.0)).parse::<usize>().unwrap_or(0);
            match function {
                Function::Len => make_text(first, &"y".repeat(count), scope, draft, random),
                Function::MvCount => {
                    if let ExprKind::Field(name) = &first.kind {
                        scope.want_present(name, draft, random);
                        if let Some(wish) = draft.fields.get_mut(name) {
                            wish.more = (1..count).map(|value| format!("more{value}")).collect();
                        }
                    }
                }
                Function::Round
                | Function::Floor
                | Function::Ceiling
                | Function::ToNumber
                | Function::Abs
                | Function::Coalesce => make_number(first, number, scope, draft, random),
                Function::If | Function::Case => make_text(expr, &format!("{number}"), scope, draft, random),
                _ => {}
            }
        }
        ExprKind::Arithmetic(_, left, right) => match (constant(left), constant(right)) {
            (None, _) => make_number(left, number * 2.0, scope, draft, random),
            (Some(_), None) => make_number(right, number, scope, draft, random),
            _ => {}
        },
        _ => {}
    }
}

/// Wants an expression to have a value.
pub(super) fn make_present(expr: &Expr, scope: &Scope, draft: &mut Draft, random: &mut ChaCha8Rng) {
    match &expr.kind {
        ExprKind::Field(name) => scope.want_present(name, draft, random),
        ExprKind::Call(Function::If, arguments) => {
            if let [condition, yes, _] = arguments.as_slice() {
                satisfy(condition, yes.kind != ExprKind::Null, scope, draft, random);
            }
        }
        ExprKind::Call(Function::Case, arguments) => {
            let pairs = arguments.len() / 2;
            if pairs > 0 {
                let pick = random.random_range(0..pairs);
                satisfy(&arguments[pick * 2], true, scope, draft, random);
            }
        }
        ExprKind::Call(Function::MvFind, arguments) => {
            if let [list, pattern] = arguments.as_slice()
                && let Some(Constant::Text(pattern)) = constant(pattern)
                && let Some(text) = sample::text(&pattern, random)
            {
                make_piece(list, text, scope, draft, random);
            }
        }
        ExprKind::Call(Function::MvFilter, arguments) => {
            if let Some(condition) = arguments.first() {
                satisfy(condition, true, scope, draft, random);
            }
        }
        ExprKind::Call(_, arguments) => {
            if let Some(first) = arguments.first() {
                make_present(first, scope, draft, random);
            }
        }
        ExprKind::Arithmetic(_, left, right) => {
            make_present(left, scope, draft, random);
            make_present(right, scope, draft, random);
        }
        _ => {}
    }
}
