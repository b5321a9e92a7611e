//! Arithmetic and comparison.

use std::cmp::Ordering;

use retrohunt_spl::plan::expr::{ArithmeticOp, ExprCompareOp};

use super::super::value::Number;
use super::{Datum, World};

/// `-x`.
pub(super) fn negate(value: &Datum, world: &World<'_>) -> Datum {
    if scalar_pair(value, &Datum::Number(0.0), world).is_none() {
        return Datum::Null;
    }
    value.loose_number().map_or(Datum::Null, |number| Datum::of_real(-number))
}

/// Both operands, if neither is ∅ nor a multivalue (§4.5.2, §4.5.3).
fn scalar_pair<'a>(left: &'a Datum, right: &'a Datum, world: &World<'_>) -> Option<(&'a Datum, &'a Datum)> {
    if *left == Datum::Null || *right == Datum::Null {
        return None;
    }
    if matches!(left, Datum::Multi(_)) || matches!(right, Datum::Multi(_)) {
        world.warn("W-MV-SCALAR");
        return None;
    }
    Some((left, right))
}

/// `x + y` and the like (§4.3.4, §4.3.5).
pub(super) fn arithmetic(op: ArithmeticOp, left: &Datum, right: &Datum, world: &World<'_>) -> Datum {
    let Some((left, right)) = scalar_pair(left, right, world) else { return Datum::Null };
    if op == ArithmeticOp::Concat {
        return match (left.text(), right.text()) {
            (Some(left), Some(right)) => Datum::Text(left + &right),
            _ => Datum::Null,
        };
    }
    if op == ArithmeticOp::Add && left.number().is_none() && right.number().is_none() {
        // Neither is a number nor acts as one: two strings.
        return match (left.text(), right.text()) {
            (Some(left), Some(right)) => Datum::Text(left + &right),
            _ => Datum::Null,
        };
    }
    let (Some(left), Some(right)) = (left.loose_number(), right.loose_number()) else { return Datum::Null };
    Datum::of_real(match op {
        ArithmeticOp::Add | ArithmeticOp::Concat => left + right,
        ArithmeticOp::Subtract => left - right,
        ArithmeticOp::Multiply => left * right,
        ArithmeticOp::Divide => left / right,
        ArithmeticOp::Modulo => left % right,
    })
}

/// `x = y` and the like: ∅ where an operand is ∅ (§4.2.1), otherwise true if any pair of values satisfies it (§4.5.1).
pub(super) fn compare(op: ExprCompareOp, left: &Datum, right: &Datum) -> Datum {
    if *left == Datum::Null || *right == Datum::Null {
        return Datum::Null;
    }
    let (left, right) = (left.each(), right.each());
    Datum::Bool(left.iter().any(|left| right.iter().any(|right| satisfies(op, left, right))))
}

/// Does one pair of values satisfy the operator (§4.3.3)?
pub(super) fn satisfies(op: ExprCompareOp, left: &Datum, right: &Datum) -> bool {
    if let (Datum::Bool(left), Datum::Bool(right)) = (left, right) {
        return match op {
            ExprCompareOp::Eq => left == right,
            ExprCompareOp::Ne => left != right,
            _ => false,
        };
    }
    let Some(order) = order(left, right) else { return false };
    let equal = order.is_eq() || equal_as_numbers(left, right);
    match op {
        ExprCompareOp::Eq => equal,
        ExprCompareOp::Ne => !equal,
        ExprCompareOp::Lt => order.is_lt(),
        ExprCompareOp::Le => order.is_le(),
        ExprCompareOp::Gt => order.is_gt(),
        ExprCompareOp::Ge => order.is_ge(),
    }
}

/// The order of two values; none with a Boolean.
fn order(left: &Datum, right: &Datum) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return Some(left.order(right));
    }
    Some(left.text()?.cmp(&right.text()?))
}

/// The exception of §4.3.3: one is written as a literal, and both have the form of the same number.
fn equal_as_numbers(left: &Datum, right: &Datum) -> bool {
    let literal = matches!(left, Datum::Literal(_)) || matches!(right, Datum::Literal(_));
    let form = |value: &Datum| value.text().and_then(|text| Number::of_text(&text));
    literal && matches!((form(left), form(right)), (Some(left), Some(right)) if left.order(right).is_eq())
}
