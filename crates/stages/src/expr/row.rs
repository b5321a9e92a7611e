//! The plain way to evaluate: one row at a time, each part once it is needed (§6.1.4).
//!
//! Everything has its meaning here; the kernels of `mask` and `vector` are the same, faster.

use std::borrow::Cow;

use retrohunt_spl::functions::Function;
use retrohunt_spl::plan::expr::{ArithmeticOp, ExprCompareOp, LogicOp};

use super::cell::Cell;
use super::functions;
use super::like::{self, LikePattern};
use super::node::{Exchange, Finder, Node, Slot};
use super::patterns::{Pattern, Replacement, Undecided};
use super::scope::{Frame, Scope};
use super::typing::{self, Multivalue};

impl Node {
    /// The value in a row.
    pub(super) fn cell<'b>(&'b self, scope: &Scope<'b>, frame: &Frame<'_, 'b>) -> Result<Cell<'b>, Undecided> {
        Ok(match self {
            Self::Constant(cell) => cell.borrowed(),
            Self::Field(slot) => frame.field(scope, *slot),
            Self::Negate(inner) => scope.single(typing::negate(&inner.cell(scope, frame)?)),
            Self::Arithmetic(op, left, right) => {
                operate(scope, *op, &left.cell(scope, frame)?, &right.cell(scope, frame)?)
            }
            Self::Choose(choice) => {
                for (condition, value) in &choice.arms {
                    if condition.truth(scope, frame)? == choice.wanted {
                        return value.cell(scope, frame);
                    }
                }
                return choice.otherwise.cell(scope, frame);
            }
            Self::Coalesce(nodes) => {
                for node in nodes {
                    let cell = node.cell(scope, frame)?;
                    if !cell.is_null() {
                        return Ok(cell);
                    }
                }
                Cell::Null
            }
            Self::NullIf { sides, literal } => {
                let [left, right] = &**sides;
                let (left, right) = (left.cell(scope, frame)?, right.cell(scope, frame)?);
                if typing::compare_cells(ExprCompareOp::Eq, &left, &right, *literal) { Cell::Null } else { left }
            }
            Self::Replace(text, finder, exchange) => {
                let text = text.cell(scope, frame)?;
                let pattern = finder.pattern(scope, frame, text.is_null())?;
                let replacement = exchange.replacement(scope, frame, text.is_null())?;
                match (pattern, replacement) {
                    (Some(pattern), Some(replacement)) => replace(scope, &text, &pattern, &replacement)?,
                    _ => Cell::Null,
                }
            }
            Self::MvFind(values, finder) => {
                let values = values.cell(scope, frame)?;
                let pattern = finder.pattern(scope, frame, values.is_null())?;
                find(&values, pattern.as_deref())?
            }
            Self::MvFilter(slot, condition) => filter(*slot, condition, scope, frame)?,
            Self::MvMap(slot, parts) => map(*slot, parts, scope, frame)?,
            Self::Call(function, nodes) => call(*function, nodes, scope, frame)?,
            // As a value, a comparison with a null operand is ∅ and not false (§4.2.1): `isnull(x="a")`.
            Self::Compare { .. } => self.nullable(scope, frame)?.map_or(Cell::Null, Cell::Bool),
            Self::Not(_) | Self::Logic(..) | Self::Search(_) | Self::Match(..) | Self::Like(..) | Self::In(..) => {
                Cell::Bool(self.truth(scope, frame)?)
            }
        })
    }

    /// Does the condition hold in a row? Two-valued (§4.2.1), but for texts that a pattern gave up on.
    pub(super) fn truth<'b>(&'b self, scope: &Scope<'b>, frame: &Frame<'_, 'b>) -> Result<bool, Undecided> {
        match self {
            Self::Not(inner) => Ok(!inner.truth(scope, frame)?),
            Self::Compare { op, sides, literal } => {
                let [left, right] = &**sides;
                let (left, right) = (left.cell(scope, frame)?, right.cell(scope, frame)?);
                Ok(typing::compare_cells(*op, &left, &right, *literal))
            }
            Self::Logic(op, left, right) => {
                let left = left.truth(scope, frame);
                match (op, left) {
                    (LogicOp::And, Ok(false)) | (LogicOp::Or, Ok(true)) => left,
                    (LogicOp::And, Ok(true)) | (LogicOp::Or, Ok(false)) => right.truth(scope, frame),
                    // What the left side leaves open, the right one may still decide.
                    (LogicOp::And, Err(_)) => {
                        if right.truth(scope, frame) == Ok(false) {
                            Ok(false)
                        } else {
                            left
                        }
                    }
                    (LogicOp::Or, Err(_)) => {
                        if right.truth(scope, frame) == Ok(true) {
                            Ok(true)
                        } else {
                            left
                        }
                    }
                    (LogicOp::Xor, left) => {
                        let right = right.truth(scope, frame)?;
                        Ok(left? != right)
                    }
                }
            }
            Self::Search(index) => Ok(scope.search(*index).value(frame.row)),
            Self::Match(text, finder) => {
                let text = text.cell(scope, frame)?;
                let pattern = finder.pattern(scope, frame, text.is_null())?;
                pattern.map_or(Ok(false), |pattern| matches(&pattern, &text))
            }
            Self::Like(text, pattern) => Ok(like_pattern(pattern, &text.cell(scope, frame)?)),
            Self::In(value, members) => {
                let value = value.cell(scope, frame)?;
                let mut verdict = Ok(false);
                for (member, literal) in members {
                    match member.cell(scope, frame) {
                        Ok(member) if typing::compare_cells(ExprCompareOp::Eq, &value, &member, *literal) => {
                            return Ok(true);
                        }
                        Ok(_) => {}
                        Err(undecided) => verdict = Err(undecided),
                    }
                }
                verdict
            }
            other => Ok(typing::truth(&other.cell(scope, frame)?)),
        }
    }

    /// The condition in three values, as `head (…)` sees it (§4.2.1, §5.18): `None` for a comparison with a null operand, and for
    /// what hangs on one. `NOT` of it is true.
    pub(super) fn nullable<'b>(&'b self, scope: &Scope<'b>, frame: &Frame<'_, 'b>) -> Result<Option<bool>, Undecided> {
        Ok(match self {
            Self::Compare { op, sides, literal } => {
                let [left, right] = &**sides;
                let (left, right) = (left.cell(scope, frame)?, right.cell(scope, frame)?);
                let there = !left.is_null() && !right.is_null();
                there.then(|| typing::compare_cells(*op, &left, &right, *literal))
            }
            Self::Logic(op, left, right) => match (op, left.nullable(scope, frame)?, right.nullable(scope, frame)?) {
                (LogicOp::And, Some(false), _) | (LogicOp::And, _, Some(false)) => Some(false),
                (LogicOp::Or, Some(true), _) | (LogicOp::Or, _, Some(true)) => Some(true),
                (_, None, _) | (_, _, None) => None,
                (LogicOp::And | LogicOp::Or, Some(left), Some(_)) => Some(left),
                (LogicOp::Xor, Some(left), Some(right)) => Some(left != right),
            },
            Self::Not(_) | Self::Search(_) | Self::Match(..) | Self::Like(..) | Self::In(..) => {
                Some(self.truth(scope, frame)?)
            }
            other => match other.cell(scope, frame)? {
                Cell::Null => None,
                cell => Some(typing::truth(&cell)),
            },
        })
    }
}

impl Finder {
    /// The pattern in a row; none for ∅, for what is no pattern, and where it is not `needed` because the text is ∅.
    fn pattern<'b>(
        &'b self,
        scope: &Scope<'b>,
        frame: &Frame<'_, 'b>,
        text_is_null: bool,
    ) -> Result<Option<Cow<'b, Pattern>>, Undecided> {
        let node = match self {
            Self::Fixed(pattern) => return Ok(Some(Cow::Borrowed(pattern))),
            Self::Made(node) => node,
        };
        let cell = node.cell(scope, frame)?;
        if text_is_null {
            return Ok(None);
        }
        if matches!(cell, Cell::Multi(_)) {
            scope.single(Err(Multivalue));
            return Ok(None);
        }
        let Some(text) = cell.text() else { return Ok(None) };
        let pattern = scope.patterns.get(&text);
        if pattern.is_none() {
            scope.bad_pattern();
        }
        Ok(pattern.map(Cow::Owned))
    }
}

impl Exchange {
    /// The replacement in a row; none for ∅ and for what is no text.
    fn replacement<'b>(
        &'b self,
        scope: &Scope<'b>,
        frame: &Frame<'_, 'b>,
        text_is_null: bool,
    ) -> Result<Option<Cow<'b, Replacement>>, Undecided> {
        let node = match self {
            Self::Fixed(replacement) => return Ok(Some(Cow::Borrowed(replacement))),
            Self::Made(node) => node,
        };
        let cell = node.cell(scope, frame)?;
        if !text_is_null && matches!(cell, Cell::Multi(_)) {
            scope.single(Err(Multivalue));
        }
        Ok(cell.text().map(|text| Cow::Owned(Replacement::parse(&text))))
    }
}

/// `left op right`.
pub(super) fn operate<'c>(scope: &Scope<'_>, op: ArithmeticOp, left: &Cell<'_>, right: &Cell<'_>) -> Cell<'c> {
    if op != ArithmeticOp::Concat {
        return scope.single(typing::arithmetic(op, left, right));
    }
    let mut out = String::new();
    scope.single(typing::write_concat(left, right, &mut out).map(|is| if is { Cell::string(out) } else { Cell::Null }))
}

/// Does any text of a value pass the test? Undecided if none does and some are.
fn any_text(cell: &Cell<'_>, mut test: impl FnMut(&str) -> Result<bool, Undecided>) -> Result<bool, Undecided> {
    match cell {
        Cell::Null | Cell::Bool(_) => Ok(false),
        Cell::Field(text) | Cell::Text(text) => test(text),
        Cell::Multi(texts) => {
            let mut verdict = Ok(false);
            for text in texts {
                match test(text) {
                    Ok(true) => return Ok(true),
                    Ok(false) => {}
                    undecided => verdict = undecided,
                }
            }
            verdict
        }
        number => {
            let mut text = String::new();
            typing::write_text(number, &mut text);
            test(&text)
        }
    }
}

/// `match(s, re)` (§6.2, §4.5.1).
pub(super) fn matches(pattern: &Pattern, cell: &Cell<'_>) -> Result<bool, Undecided> {
    any_text(cell, |text| pattern.test(text))
}

/// `like(s, p)` with a pattern that is no literal.
pub(super) fn like(text: &Cell<'_>, pattern: &str) -> bool {
    any_text(text, |text| Ok(like::matches(pattern, text))) == Ok(true)
}

/// `like(s, p)` with a literal pattern.
pub(super) fn like_pattern(pattern: &LikePattern, text: &Cell<'_>) -> bool {
    any_text(text, |text| Ok(pattern.matches(text))) == Ok(true)
}

/// `mvfind(x, re)` (§6.4).
fn find<'c>(values: &Cell<'_>, pattern: Option<&Pattern>) -> Result<Cell<'c>, Undecided> {
    let Some(pattern) = pattern else { return Ok(Cell::Null) };
    for (text, index) in values.texts().iter().zip(0..) {
        if pattern.test(text)? {
            return Ok(Cell::Int(index));
        }
    }
    Ok(Cell::Null)
}

/// `replace(s, re, r)`, value by value (§6.3, §4.5.2).
fn replace<'c>(
    scope: &Scope<'_>,
    text: &Cell<'_>,
    pattern: &Pattern,
    replacement: &Replacement,
) -> Result<Cell<'c>, Undecided> {
    let exchange = |text: &str| -> Result<Option<Cow<'c, str>>, Undecided> {
        let replaced = pattern.replace(text, replacement)?.map(|text| Cow::Owned(text.into_owned()));
        if replaced.is_none() {
            scope.too_large();
        }
        Ok(replaced)
    };
    if let Cell::Multi(texts) = text {
        let mut replaced = Vec::with_capacity(texts.len());
        for text in texts {
            replaced.extend(exchange(text)?);
        }
        return Ok(Cell::from_texts(replaced));
    }
    let Some(whole) = text.text() else { return Ok(Cell::Null) };
    Ok(exchange(&whole)?.map_or(Cell::Null, Cell::Text))
}

/// `mvfilter(c)` (§6.4): a single value is a list of one.
fn filter<'b>(
    slot: Slot,
    condition: &'b Node,
    scope: &Scope<'b>,
    frame: &Frame<'_, 'b>,
) -> Result<Cell<'b>, Undecided> {
    let value = frame.field(scope, slot);
    let Cell::Multi(texts) = value else {
        let keep = !value.is_null() && condition.truth(scope, &frame.bind(slot, value.clone()))?;
        return Ok(if keep { value } else { Cell::Null });
    };
    let mut kept = Vec::with_capacity(texts.len());
    for text in texts {
        if condition.truth(scope, &frame.bind(slot, Cell::Field(text.clone())))? {
            kept.push(text);
        }
    }
    Ok(Cell::from_texts(kept))
}

/// `mvmap(x, e)` (§6.4): ∅ results are left out, several values of one result take their places.
fn map<'b>(
    slot: Slot,
    [values, made]: &'b [Node; 2],
    scope: &Scope<'b>,
    frame: &Frame<'_, 'b>,
) -> Result<Cell<'b>, Undecided> {
    let value = values.cell(scope, frame)?;
    let texts = match value {
        Cell::Null => return Ok(Cell::Null),
        Cell::Multi(texts) => texts,
        value => return made.cell(scope, &frame.bind(slot, value)),
    };
    let mut results = Vec::with_capacity(texts.len());
    for text in texts {
        match made.cell(scope, &frame.bind(slot, Cell::Field(text)))? {
            Cell::Field(text) | Cell::Text(text) => results.push(text),
            Cell::Multi(texts) => results.extend(texts),
            other => results.extend(other.text().map(|text| Cow::Owned(text.into_owned()))),
        }
    }
    Ok(Cell::from_texts(results))
}

/// Calls a function; its arguments stand on the stack where they are few.
fn call<'b>(
    function: Function,
    nodes: &'b [Node],
    scope: &Scope<'b>,
    frame: &Frame<'_, 'b>,
) -> Result<Cell<'b>, Undecided> {
    let env = scope.env(frame.row);
    let value = |at: usize| nodes[at].cell(scope, frame);
    let result = match nodes.len() {
        1 => functions::call(function, &[value(0)?], &env),
        2 => functions::call(function, &[value(0)?, value(1)?], &env),
        3 => functions::call(function, &[value(0)?, value(1)?, value(2)?], &env),
        count => {
            let arguments = (0..count).map(value).collect::<Result<Vec<_>, _>>()?;
            functions::call(function, &arguments, &env)
        }
    };
    Ok(scope.single(result))
}
