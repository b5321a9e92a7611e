//! The rules of null, multivalue and numeric form for operators (§4.2-4.5), in one place.
//!
//! What kernels do for whole columns is defined here value by value; a kernel may be faster, never different.

use std::cmp::Ordering;

use retrohunt_columnar::text;
use retrohunt_spl::plan::expr::{ArithmeticOp, ExprCompareOp};

use super::cell::Cell;
use crate::faults::fault;
use crate::kernels::number::Number;
use crate::kernels::value::ValueRef;

/// One value on one side of a comparison; never ∅, never a multivalue.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scalar<'s> {
    /// A number.
    Number(Number),
    /// A time, in microseconds.
    Time(i64),
    /// A field's text: a number where it has numeric form (§4.3.2).
    Field(&'s str),
    /// A string.
    Text(&'s str),
    /// A condition's result.
    Bool(bool),
}

impl<'s> Scalar<'s> {
    /// A source value.
    pub(super) fn of_value(value: ValueRef<'s>) -> Self {
        match value {
            ValueRef::Text(text) => Self::Field(text),
            ValueRef::Int(value) => Self::Number(Number::Int(i128::from(value))),
            ValueRef::UInt(value) => Self::Number(Number::Int(i128::from(value))),
            ValueRef::Float(value) => Self::Number(Number::Float(value)),
            ValueRef::Bool(value) => Self::Field(crate::kernels::value::bool_text(value)),
            ValueRef::Time(micros) => Self::Time(micros),
        }
    }

    /// The number that it is or, for a field's text, has the form of.
    pub(super) fn number(self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(number),
            Self::Time(micros) => Some(Number::from_micros(micros)),
            Self::Field(text) => Number::parse(text),
            Self::Text(_) | Self::Bool(_) => None,
        }
    }

    /// The number that it has the form of, strings included: for the exception of §4.3.3.
    fn form(self) -> Option<Number> {
        match self {
            Self::Text(text) => Number::parse(text),
            other => other.number(),
        }
    }

    /// The text (§4.4), written into `scratch` if it is none yet.
    fn text_in<'t>(self, scratch: &'t mut String) -> &'t str
    where
        's: 't,
    {
        scratch.clear();
        match self {
            Self::Field(text) | Self::Text(text) => return text,
            Self::Number(Number::Int(value)) => match (i64::try_from(value), u64::try_from(value)) {
                (Ok(value), _) => text::write_i64(scratch, value),
                (_, Ok(value)) => text::write_u64(scratch, value),
                _ => {}
            },
            Self::Number(Number::Float(value)) => text::write_f64(scratch, value),
            Self::Time(micros) => scratch.push_str(&text::epoch_text(micros)),
            Self::Bool(_) => {}
        }
        scratch
    }
}

/// Does an ordering satisfy an operator?
pub(super) fn holds(op: ExprCompareOp, order: Ordering) -> bool {
    match op {
        ExprCompareOp::Eq => order.is_eq(),
        ExprCompareOp::Ne => order.is_ne(),
        ExprCompareOp::Lt => order.is_lt(),
        ExprCompareOp::Le => order.is_le(),
        ExprCompareOp::Gt => order.is_gt(),
        ExprCompareOp::Ge => order.is_ge(),
    }
}

/// The operator with its sides exchanged.
pub(super) fn flipped(op: ExprCompareOp) -> ExprCompareOp {
    match op {
        ExprCompareOp::Lt => ExprCompareOp::Gt,
        ExprCompareOp::Le => ExprCompareOp::Ge,
        ExprCompareOp::Gt => ExprCompareOp::Lt,
        ExprCompareOp::Ge => ExprCompareOp::Le,
        other => other,
    }
}

/// Compares two values that are there (§4.3.3). `literal`: one of them is written as a string literal, so that with `=` and `!=`
/// numerically equal texts are equal too.
pub(super) fn compare(op: ExprCompareOp, left: Scalar<'_>, right: Scalar<'_>, literal: bool) -> bool {
    match (left, right) {
        (Scalar::Bool(left), Scalar::Bool(right)) => {
            return match op {
                ExprCompareOp::Eq => left == right,
                ExprCompareOp::Ne => left != right,
                _ => false,
            };
        }
        (Scalar::Bool(_), _) | (_, Scalar::Bool(_)) => return false,
        _ => {}
    }
    if let Some(left) = left.number()
        && let Some(right) = right.number()
    {
        return holds(op, left.compare(right));
    }
    if literal
        && matches!(op, ExprCompareOp::Eq | ExprCompareOp::Ne)
        && let Some(left) = left.form()
        && let Some(right) = right.form()
    {
        return holds(op, left.compare(right));
    }
    let (mut one, mut other) = (String::new(), String::new());
    holds(op, left.text_in(&mut one).cmp(right.text_in(&mut other)))
}

/// Does any value of a cell pass the test? ∅ has none.
pub(super) fn any(cell: &Cell<'_>, mut test: impl FnMut(Scalar<'_>) -> bool) -> bool {
    match cell {
        Cell::Null => false,
        Cell::Bool(value) => test(Scalar::Bool(*value)),
        Cell::Int(value) => test(Scalar::Number(Number::Int(i128::from(*value)))),
        Cell::UInt(value) => test(Scalar::Number(Number::Int(i128::from(*value)))),
        Cell::Float(value) => test(Scalar::Number(Number::Float(*value))),
        Cell::Time(micros) => test(Scalar::Time(*micros)),
        Cell::Field(text) => test(Scalar::Field(text)),
        Cell::Text(text) => test(Scalar::Text(text)),
        Cell::Multi(texts) => texts.iter().any(|text| test(Scalar::Field(text))),
    }
}

/// A comparison: false with ∅ (§4.2.1), true if any value satisfies it (§4.5.1).
pub(super) fn compare_cells(op: ExprCompareOp, left: &Cell<'_>, right: &Cell<'_>, literal: bool) -> bool {
    if op == ExprCompareOp::Ne && fault("stages-multivalue-not-equal-all") {
        return !left.is_null() && !right.is_null() && !compare_cells(ExprCompareOp::Eq, left, right, literal);
    }
    any(left, |left| any(right, |right| compare(op, left, right, literal)))
}

/// Does a value count as true? Only a condition can; ∅ and values of a wrong type are false.
pub(super) fn truth(cell: &Cell<'_>) -> bool {
    matches!(cell, Cell::Bool(true))
}

/// An operation met a multivalue that it is not defined for (§4.5.2): its result is ∅, and the rule gets `W-MV-SCALAR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Multivalue;

/// What a value is to an arithmetic operator.
enum Operand<'c> {
    /// A number, or a field's text of numeric form.
    Number(f64),
    /// A string, with its number if it has numeric form; or a field's text without one.
    String(&'c str, Option<f64>),
    /// ∅, or a Boolean: a wrong type (§6.1.5).
    None,
    /// Several values.
    Multi,
}

/// What a value is to an arithmetic operator (§4.3.2, §4.3.5).
fn operand<'c>(cell: &'c Cell<'_>) -> Operand<'c> {
    match cell {
        Cell::Null | Cell::Bool(_) => Operand::None,
        Cell::Multi(_) => Operand::Multi,
        Cell::Text(text) => Operand::String(text, Number::parse(text).map(Number::to_f64)),
        Cell::Field(text) => match Number::parse(text) {
            Some(number) => Operand::Number(number.to_f64()),
            None => Operand::String(text, None),
        },
        Cell::Int(_) | Cell::UInt(_) | Cell::Float(_) | Cell::Time(_) => {
            cell.number().map_or(Operand::None, |number| Operand::Number(number.to_f64()))
        }
    }
}

/// The result of an operator on two numbers; not finite where it is ∅ (§4.3.5).
#[inline]
pub(super) fn arithmetic_f64(op: ArithmeticOp, left: f64, right: f64) -> f64 {
    match op {
        ArithmeticOp::Add => left + right,
        ArithmeticOp::Subtract => left - right,
        ArithmeticOp::Multiply => left * right,
        ArithmeticOp::Divide => left / right,
        ArithmeticOp::Modulo => left % right,
        ArithmeticOp::Concat => f64::NAN,
    }
}

/// The result of an arithmetic operator (§4.3.4-4.3.5); `.` is [`write_concat`]'s.
pub(super) fn arithmetic(op: ArithmeticOp, left: &Cell<'_>, right: &Cell<'_>) -> Result<Cell<'static>, Multivalue> {
    let (left, right) = match (operand(left), operand(right)) {
        (Operand::None, _) | (_, Operand::None) => return Ok(Cell::Null),
        (Operand::Multi, _) | (_, Operand::Multi) => return Err(Multivalue),
        (Operand::String(left, _), Operand::String(right, _)) if op == ArithmeticOp::Add => {
            return Ok(Cell::string(format!("{left}{right}")));
        }
        (left, right) => (left, right),
    };
    let number = |operand: Operand<'_>| match operand {
        Operand::Number(number) => Some(number),
        Operand::String(_, number) => number,
        Operand::None | Operand::Multi => None,
    };
    let both = number(left).zip(number(right));
    Ok(both.map_or(Cell::Null, |(left, right)| Cell::of_f64(arithmetic_f64(op, left, right))))
}

/// `-x`.
pub(super) fn negate(cell: &Cell<'_>) -> Result<Cell<'static>, Multivalue> {
    arithmetic(ArithmeticOp::Subtract, &Cell::Int(0), cell)
}

/// Appends the text of `left . right` to `out`; `false`, with nothing appended, if it is ∅.
pub(super) fn write_concat(left: &Cell<'_>, right: &Cell<'_>, out: &mut String) -> Result<bool, Multivalue> {
    for side in [left, right] {
        if matches!(side, Cell::Null | Cell::Bool(_)) {
            return Ok(false);
        }
    }
    if matches!(left, Cell::Multi(_)) || matches!(right, Cell::Multi(_)) {
        return Err(Multivalue);
    }
    write_text(left, out);
    write_text(right, out);
    Ok(true)
}

/// Appends the text of one value (§4.4); nothing for ∅, a Boolean and a multivalue.
pub(super) fn write_text(cell: &Cell<'_>, out: &mut String) {
    match cell {
        Cell::Field(text) | Cell::Text(text) => out.push_str(text),
        Cell::Int(value) => text::write_i64(out, *value),
        Cell::UInt(value) => text::write_u64(out, *value),
        Cell::Float(value) => text::write_f64(out, *value),
        Cell::Time(micros) => out.push_str(&text::epoch_text(*micros)),
        Cell::Null | Cell::Bool(_) | Cell::Multi(_) => {}
    }
}

/// A number in the form in which results have it: integers where the text of §4.4 is that of an integer.
pub(super) fn result_number<'c>(cell: &Cell<'_>) -> Option<Cell<'c>> {
    match cell {
        Cell::Int(value) => Some(Cell::Int(*value)),
        Cell::UInt(value) => Some(i64::try_from(*value).map_or(Cell::UInt(*value), Cell::Int)),
        Cell::Float(value) => Some(integral(*value).map_or(Cell::Float(*value), Cell::Int)),
        Cell::Time(micros) => result_number(&match Number::from_micros(*micros) {
            Number::Int(value) => Cell::Int(i64::try_from(value).unwrap_or(0)),
            Number::Float(value) => Cell::Float(value),
        }),
        _ => None,
    }
}

/// The integer that a double is, where its text has neither point nor exponent (§4.4).
pub(super) fn integral(value: f64) -> Option<i64> {
    if value.abs() < 1e15 && value.trunc() == value {
        #[expect(clippy::cast_possible_truncation, reason = "integral and below 1e15")]
        let whole = value as i64;
        return Some(whole);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExprCompareOp::{Eq, Ge, Gt, Le, Lt, Ne};

    fn field(text: &str) -> Cell<'_> {
        Cell::Field(text.into())
    }

    fn string(text: &str) -> Cell<'_> {
        Cell::Text(text.into())
    }

    fn multi(texts: &[&'static str]) -> Cell<'static> {
        Cell::Multi(texts.iter().map(|text| (*text).into()).collect())
    }

    #[test]
    fn section_4_2_1_null_compares_false_also_with_itself() {
        for op in [Eq, Ne, Lt, Le, Gt, Ge] {
            assert!(!compare_cells(op, &Cell::Null, &Cell::Null, false));
            assert!(!compare_cells(op, &field("a"), &Cell::Null, false));
            assert!(!compare_cells(op, &Cell::Null, &string(""), true));
        }
    }

    #[test]
    fn section_4_3_3_numbers_fields_and_strings() {
        for (op, left, right, literal, expected) in [
            // Numbers, and fields of numeric form.
            (Eq, field("010"), field("10.0"), false, true),
            (Lt, field("9"), field("10"), false, true),
            (Gt, field("9"), Cell::Int(10), false, false),
            (Eq, Cell::Int(9_007_199_254_740_993), Cell::Float(9_007_199_254_740_992.0), false, false),
            (Eq, Cell::UInt(u64::MAX), field("18446744073709551615"), false, true),
            // One side without numeric form: code points, with case.
            (Lt, field("9"), field("10a"), false, false),
            (Eq, field("A"), field("a"), false, false),
            (Gt, field("abc"), Cell::Int(5), false, true),
            // A string literal against a number: texts.
            (Eq, Cell::Int(200), string("200"), true, true),
            (Lt, Cell::Int(30), string("5"), true, true),
            (Lt, field("30"), string("5"), true, true),
            // The exception for `=` and `!=`.
            (Eq, field("200.0"), string("200"), true, true),
            (Ne, field("200.0"), string("200"), true, false),
            (Eq, Cell::Float(200.0), string("200.00"), true, true),
            (Eq, string("200"), string("2e2"), false, false),
            (Eq, field("x"), string("x"), true, true),
            // Booleans.
            (Eq, Cell::Bool(true), Cell::Bool(true), false, true),
            (Ne, Cell::Bool(true), string("true"), true, false),
        ] {
            assert_eq!(compare_cells(op, &left, &right, literal), expected, "{left:?} {op:?} {right:?}");
            assert_eq!(compare_cells(flipped(op), &right, &left, literal), expected, "{right:?} {op:?} {left:?}");
        }
    }

    #[test]
    fn section_4_5_1_any_value() {
        let ab = multi(&["a", "b"]);
        assert!(compare_cells(Eq, &ab, &string("b"), true));
        assert!(!compare_cells(Eq, &ab, &string("c"), true));
        assert!(compare_cells(Ne, &ab, &string("a"), true));
        assert!(!compare_cells(Ne, &multi(&["a", "a"]), &string("a"), true));
        assert!(compare_cells(Gt, &multi(&["1", "12"]), &Cell::Int(9), false));
        assert!(compare_cells(Eq, &ab, &multi(&["c", "b"]), false));
    }

    #[test]
    fn section_4_3_5_arithmetic() {
        let sum = |left: &Cell<'_>, right: &Cell<'_>| arithmetic(ArithmeticOp::Add, left, right).unwrap();
        assert_eq!(sum(&field("5"), &field("6")), Cell::Float(11.0));
        assert_eq!(sum(&string("5"), &string("6")), string("56"));
        assert_eq!(sum(&field("a"), &string("6")), string("a6"));
        assert_eq!(sum(&field("a"), &Cell::Int(6)), Cell::Null);
        assert_eq!(sum(&string("5"), &Cell::Int(6)), Cell::Float(11.0));
        assert_eq!(sum(&Cell::Null, &multi(&["1", "2"])), Cell::Null);
        assert_eq!(arithmetic(ArithmeticOp::Add, &Cell::Int(1), &multi(&["1", "2"])), Err(Multivalue));
        for (op, left, right, expected) in [
            (ArithmeticOp::Divide, 7, 2, Cell::Float(3.5)),
            (ArithmeticOp::Divide, 7, 0, Cell::Null),
            (ArithmeticOp::Modulo, 7, 0, Cell::Null),
            (ArithmeticOp::Modulo, -7, 4, Cell::Float(-3.0)),
            (ArithmeticOp::Multiply, 7, 2, Cell::Float(14.0)),
            (ArithmeticOp::Subtract, 7, 9, Cell::Float(-2.0)),
        ] {
            assert_eq!(arithmetic(op, &Cell::Int(left), &Cell::Int(right)), Ok(expected), "{op:?}");
        }
        assert_eq!(arithmetic(ArithmeticOp::Multiply, &field("abc"), &Cell::Int(2)), Ok(Cell::Null));
        assert_eq!(arithmetic(ArithmeticOp::Multiply, &field(""), &Cell::Int(2)), Ok(Cell::Null));
        assert_eq!(arithmetic(ArithmeticOp::Multiply, &Cell::Float(1e308), &Cell::Int(10)), Ok(Cell::Null));
        assert_eq!(negate(&field("-4")), Ok(Cell::Float(4.0)));
    }

    #[test]
    fn section_4_5_3_concatenation() {
        let concat = |left: &Cell<'_>, right: &Cell<'_>| {
            let mut out = String::new();
            write_concat(left, right, &mut out).map(|is| is.then_some(out))
        };
        assert_eq!(concat(&field("a"), &Cell::Float(1.5)), Ok(Some("a1.5".into())));
        assert_eq!(concat(&field("007"), &string("")), Ok(Some("007".into())));
        assert_eq!(concat(&Cell::Time(1_500_000), &Cell::Float(200.0)), Ok(Some("1.5200".into())));
        assert_eq!(concat(&Cell::Null, &string("x")), Ok(None));
        assert_eq!(concat(&multi(&["a", "b"]), &string("x")), Err(Multivalue));
    }

    #[test]
    fn section_4_4_results_are_integers_where_they_print_as_such() {
        assert_eq!(result_number(&Cell::Float(4.0)), Some(Cell::Int(4)));
        assert_eq!(result_number(&Cell::Float(-0.0)), Some(Cell::Int(0)));
        assert_eq!(result_number(&Cell::Float(1e15)), Some(Cell::Float(1e15)));
        assert_eq!(result_number(&Cell::UInt(7)), Some(Cell::Int(7)));
        assert_eq!(result_number(&Cell::Time(1_500_000)), Some(Cell::Float(1.5)));
    }
}
