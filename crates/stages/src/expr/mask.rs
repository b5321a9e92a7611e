//! Conditions a column at a time: one bit a row.
//!
//! The right side of AND and OR is only evaluated for the rows that the left side leaves open.

use arrow_array::{Array, StringArray};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use retrohunt_spl::functions::Function;
use retrohunt_spl::plan::expr::{ExprCompareOp, LogicOp};

use super::cell::Cell;
use super::like::LikePattern;
use super::node::{Finder, Node};
use super::patterns::{Pattern, Undecided};
use super::row;
use super::scope::{Frame, Scope};
use super::typing::{self, Scalar};
use super::vector::{Values, Vector};
use super::verdicts::Verdicts;
use crate::faults::fault;
use crate::kernels::number::Number;
use crate::kernels::value::{Column, ValueRef};

/// Which rows an evaluation is asked about.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    /// All of so many.
    All(usize),
    /// Those with a set bit.
    Some(BooleanBuffer),
}

impl Rows {
    /// The bits of the rows that pass the test; only rows asked about are tested.
    pub(super) fn collect(&self, mut test: impl FnMut(usize) -> bool) -> BooleanBuffer {
        match self {
            Self::All(rows) => BooleanBuffer::collect_bool(*rows, test),
            Self::Some(bits) => {
                let mut passed = BooleanBufferBuilder::new(bits.len());
                passed.append_n(bits.len(), false);
                for row in bits.set_indices() {
                    if test(row) {
                        passed.set_bit(row, true);
                    }
                }
                passed.finish()
            }
        }
    }

    /// Calls `visit` with each row asked about, ascending.
    pub(super) fn for_each(&self, mut visit: impl FnMut(usize)) {
        match self {
            Self::All(rows) => (0..*rows).for_each(visit),
            Self::Some(bits) => {
                for row in bits.set_indices() {
                    visit(row);
                }
            }
        }
    }

    /// Those of `bits` that are asked about.
    fn within(&self, bits: &BooleanBuffer) -> BooleanBuffer {
        match self {
            Self::All(_) => bits.clone(),
            Self::Some(own) => own & bits,
        }
    }

    /// The rows asked about, as bits.
    pub(super) fn bits(&self) -> BooleanBuffer {
        match self {
            Self::All(rows) => BooleanBuffer::new_set(*rows),
            Self::Some(bits) => bits.clone(),
        }
    }

    /// How many rows there are, asked about or not.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::All(rows) => *rows,
            Self::Some(bits) => bits.len(),
        }
    }
}

/// The answer to a condition. No bit is set outside the rows asked about, and none in both.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    /// Rows for which it is true.
    pub(super) yes: BooleanBuffer,
    /// Rows that could not be decided (§5.6.8), if there are any.
    pub(super) undecided: Option<BooleanBuffer>,
}

/// Bits, if any is set.
fn some(bits: BooleanBuffer) -> Option<BooleanBuffer> {
    (bits.count_set_bits() > 0).then_some(bits)
}

/// The bits that are set in either.
pub(super) fn either(left: Option<BooleanBuffer>, right: Option<BooleanBuffer>) -> Option<BooleanBuffer> {
    match (left, right) {
        (Some(left), Some(right)) => Some(&left | &right),
        (left, right) => left.or(right),
    }
}

impl Mask {
    /// The answer that is the same for all rows.
    fn same(rows: &Rows, yes: bool) -> Self {
        let yes = if yes { rows.bits() } else { BooleanBuffer::new_unset(rows.len()) };
        Self { yes, undecided: None }
    }

    /// The answer of a test that always decides, among rows of which some are undecided already.
    fn of_bits(yes: BooleanBuffer, undecided: Option<BooleanBuffer>) -> Self {
        match undecided {
            None => Self { yes, undecided: None },
            Some(undecided) => Self { yes: &yes & &!&undecided, undecided: Some(undecided) },
        }
    }

    /// The answers of a test that may give up.
    fn of_verdicts(rows: &Rows, mut test: impl FnMut(usize) -> Result<bool, Undecided>) -> Self {
        let mut undecided: Option<BooleanBufferBuilder> = None;
        let yes = rows.collect(|row| {
            test(row).unwrap_or_else(|Undecided| {
                let bits = undecided.get_or_insert_with(|| {
                    let mut bits = BooleanBufferBuilder::new(rows.len());
                    bits.append_n(rows.len(), false);
                    bits
                });
                bits.set_bit(row, true);
                false
            })
        });
        Self { yes, undecided: undecided.map(|mut bits| bits.finish()) }
    }

    /// The opposite answer.
    fn negated(self, rows: &Rows) -> Self {
        Self::of_bits(rows.within(&!&self.yes), self.undecided)
    }
}

impl Node {
    /// The rows for which the condition is true. The same as [`Node::truth`] row by row.
    pub(super) fn mask<'b>(&'b self, scope: &Scope<'b>, rows: &Rows) -> Mask {
        match self {
            Self::Constant(cell) => Mask::same(rows, typing::truth(cell)),
            Self::Not(inner) if fault("stages-not-of-null-is-null") => {
                Mask::of_verdicts(rows, |row| Ok(inner.nullable(scope, &Frame::of_row(row))? == Some(false)))
            }
            Self::Not(inner) => inner.mask(scope, rows).negated(rows),
            Self::Logic(op, left, right) => logic(*op, left, right, scope, rows),
            Self::Compare { op, sides, literal } => {
                let [left, right] = &**sides;
                compare(*op, &left.vector(scope, rows), &right.vector(scope, rows), *literal, rows)
            }
            Self::Search(index) => Mask { yes: rows.within(scope.search(*index)), undecided: None },
            Self::Match(text, Finder::Fixed(pattern)) => matching(&text.vector(scope, rows), pattern, rows),
            Self::Like(text, pattern) => like(&text.vector(scope, rows), pattern, rows),
            Self::In(value, members) if members.iter().all(|(member, _)| member.constant().is_some()) => {
                membership(&value.vector(scope, rows), members, rows)
            }
            Self::Call(function @ (Function::IsNull | Function::IsNotNull), nodes) => match nodes.as_slice() {
                [Self::Field(slot)] => {
                    let column = scope.columns[*slot].0;
                    let present = *function == Function::IsNotNull;
                    let missing = |row| {
                        fault("stages-empty-text-is-null") && matches!(column.scalar(row), Some(ValueRef::Text("")))
                    };
                    let yes = rows.collect(|row| (column.is_present(row) && !missing(row)) == present);
                    Mask { yes, undecided: None }
                }
                _ => self.rowwise(scope, rows),
            },
            _ => self.rowwise(scope, rows),
        }
    }

    /// The rows for which the condition is true, found one by one.
    pub(super) fn rowwise<'b>(&'b self, scope: &Scope<'b>, rows: &Rows) -> Mask {
        Mask::of_verdicts(rows, |row| self.truth(scope, &Frame::of_row(row)))
    }
}

/// AND, OR, XOR.
fn logic<'b>(op: LogicOp, left: &'b Node, right: &'b Node, scope: &Scope<'b>, rows: &Rows) -> Mask {
    let first = left.mask(scope, rows);
    let open = match op {
        // Undecided rows are open: the right side may still decide them.
        LogicOp::And => either(Some(first.yes.clone()), first.undecided.clone()).unwrap_or_else(|| first.yes.clone()),
        LogicOp::Or if fault("stages-or-asks-wrong-side") => first.yes.clone(),
        LogicOp::Or => rows.within(&!&first.yes),
        LogicOp::Xor => rows.bits(),
    };
    if open.count_set_bits() == 0 {
        return first;
    }
    let asked = if open.count_set_bits() == rows.len() { Rows::All(rows.len()) } else { Rows::Some(open) };
    let second = right.mask(scope, &asked);
    let none = || BooleanBuffer::new_unset(rows.len());
    match op {
        LogicOp::And => {
            let yes = &first.yes & &second.yes;
            let undecided = match (first.undecided, second.undecided) {
                (None, None) => None,
                (one, other) => {
                    let (one, other) = (one.unwrap_or_else(none), other.unwrap_or_else(none));
                    some(&(&one & &(&second.yes | &other)) | &(&first.yes & &other))
                }
            };
            Mask { yes, undecided }
        }
        LogicOp::Or => {
            let yes = &first.yes | &second.yes;
            let undecided = either(first.undecided, second.undecided).and_then(|bits| some(&bits & &!&yes));
            Mask { yes, undecided }
        }
        LogicOp::Xor => Mask::of_bits(&first.yes ^ &second.yes, either(first.undecided, second.undecided)),
    }
}

/// `left op right`.
fn compare(op: ExprCompareOp, left: &Values<'_>, right: &Values<'_>, literal: bool, rows: &Rows) -> Mask {
    let undecided = either(left.undecided.clone(), right.undecided.clone());
    let yes = match (&left.vector, &right.vector) {
        (left, right) if fault("stages-multivalue-not-equal-all") => {
            rows.collect(|row| typing::compare_cells(op, &left.cell(row), &right.cell(row), literal))
        }
        (Vector::Field(column, _), Vector::Same(value)) => compare_field(op, *column, value, literal, rows),
        (Vector::Same(value), Vector::Field(column, _)) => {
            compare_field(typing::flipped(op), *column, value, literal, rows)
        }
        (Vector::Field(Column::Text(left), _), Vector::Field(Column::Text(right), _)) => rows.collect(|row| {
            left.is_valid(row)
                && right.is_valid(row)
                && typing::compare(op, Scalar::Field(left.value(row)), Scalar::Field(right.value(row)), literal)
        }),
        (left, right) => rows.collect(|row| typing::compare_cells(op, &left.cell(row), &right.cell(row), literal)),
    };
    Mask::of_bits(yes, undecided)
}

/// `column op value`, the value being the same for all rows.
fn compare_field(op: ExprCompareOp, column: Column<'_>, value: &Cell<'_>, literal: bool, rows: &Rows) -> BooleanBuffer {
    let wanted = match value {
        Cell::Null => return BooleanBuffer::new_unset(rows.len()),
        Cell::Text(text) => return compare_string(op, column, text, literal, rows),
        Cell::Int(value) => Number::Int(i128::from(*value)),
        Cell::UInt(value) => Number::Int(i128::from(*value)),
        Cell::Float(value) => Number::Float(*value),
        other => return rows.collect(|row| typing::compare_cells(op, &Cell::of_column(&column, row), other, literal)),
    };
    match column {
        Column::Int(array) => rows.collect(|row| {
            array.is_valid(row) && typing::holds(op, Number::Int(i128::from(array.value(row))).compare(wanted))
        }),
        _ => rows.collect(|row| {
            column.any(row, |value| typing::compare(op, Scalar::of_value(value), Scalar::Number(wanted), literal))
        }),
    }
}

/// `column op "text"`.
fn compare_string(op: ExprCompareOp, column: Column<'_>, wanted: &str, literal: bool, rows: &Rows) -> BooleanBuffer {
    let equality = matches!(op, ExprCompareOp::Eq | ExprCompareOp::Ne);
    let plain = Number::parse(wanted).is_none() || !(literal && equality);
    match column {
        // Without the exception of §4.3.3, a string is compared as a text.
        Column::Text(texts) if plain && equality => {
            let equal = op == ExprCompareOp::Eq;
            rows.collect(|row| texts.is_valid(row) && (texts.value(row) == wanted) == equal)
        }
        Column::Text(texts) if plain => {
            rows.collect(|row| texts.is_valid(row) && typing::holds(op, texts.value(row).cmp(wanted)))
        }
        _ => rows.collect(|row| {
            column.any(row, |value| typing::compare(op, Scalar::of_value(value), Scalar::Text(wanted), literal))
        }),
    }
}

/// `in(x, v, …)` with members that are the same for all rows.
fn membership(value: &Values<'_>, members: &[(Node, bool)], rows: &Rows) -> Mask {
    let constants: Vec<(&Cell<'static>, bool)> =
        members.iter().filter_map(|(member, literal)| Some((member.constant()?, *literal))).collect();
    // Strings without numeric form are found in a text by equality alone.
    let plain: Option<hashbrown::HashSet<&str>> = constants
        .iter()
        .map(|(member, _)| match member {
            Cell::Text(text) if Number::parse(text).is_none() => Some(&**text),
            _ => None,
        })
        .collect();
    let yes = match (&value.vector, &plain) {
        (Vector::Field(Column::Text(texts), _), Some(plain)) => {
            rows.collect(|row| texts.is_valid(row) && plain.contains(texts.value(row)))
        }
        (vector, _) => rows.collect(|row| {
            let value = vector.cell(row);
            constants.iter().any(|(member, literal)| typing::compare_cells(ExprCompareOp::Eq, &value, member, *literal))
        }),
    };
    Mask::of_bits(yes, value.undecided.clone())
}

/// `match(s, re)` with a pattern that is the same for all rows.
fn matching(text: &Values<'_>, pattern: &Pattern, rows: &Rows) -> Mask {
    let mask = match &text.vector {
        Vector::Field(Column::Text(texts), _) => match_texts(texts, pattern, rows),
        Vector::Texts(texts) => match_texts(texts, pattern, rows),
        Vector::Field(column, _) => {
            let mut scratch = String::new();
            Mask::of_verdicts(rows, |row| {
                let mut verdict = Ok(false);
                let any = column.any(row, |value| match pattern.test(value.text_in(&mut scratch)) {
                    Ok(matches) => matches,
                    undecided => {
                        verdict = undecided;
                        false
                    }
                });
                if any { Ok(true) } else { verdict }
            })
        }
        vector => Mask::of_verdicts(rows, |row| row::matches(pattern, &vector.cell(row))),
    };
    match &text.undecided {
        None => mask,
        Some(before) => Mask::of_bits(mask.yes, either(Some(before.clone()), mask.undecided)),
    }
}

/// `match` on a column of texts.
fn match_texts(texts: &StringArray, pattern: &Pattern, rows: &Rows) -> Mask {
    let mut verdicts = Verdicts::new(rows.len());
    Mask::of_verdicts(rows, |row| {
        if texts.is_null(row) { Ok(false) } else { verdicts.of(texts.value(row), |text| pattern.test(text)) }
    })
}

/// `like(s, p)` with a pattern that is the same for all rows.
fn like(text: &Values<'_>, pattern: &LikePattern, rows: &Rows) -> Mask {
    let mut scratch = String::new();
    let mut test = |value: ValueRef<'_>| pattern.matches(value.text_in(&mut scratch));
    let yes = match &text.vector {
        Vector::Field(column, _) => rows.collect(|row| column.any(row, &mut test)),
        vector => rows.collect(|row| row::like_pattern(pattern, &vector.cell(row))),
    };
    Mask::of_bits(yes, text.undecided.clone())
}
