//! Functions of multivalues (§6.4). A single value is a list of one, and a list of one is that value (§4.1.1).

use std::borrow::Cow;

use jiff::tz::TimeZone;
use retrohunt_columnar::text;
use retrohunt_spl::functions::Function;

use super::super::cell::Cell;
use super::super::env::Env;
use super::numbers::{integer, number};
use super::time::micros;
use crate::faults::fault;
use crate::kernels::number::Number;

/// Most values that a function may make out of nothing (`mvrange`), or out of shorter lists (`mvappend`); more is ∅.
const MAX_VALUES: usize = 1 << 20;

/// Most bytes of text that a function may make out of a short delimiter and many values; more is ∅.
pub(super) const MAX_BYTES: usize = 1 << 28;

/// The value of a function of this family.
pub(super) fn call<'a>(function: Function, arguments: &[Cell<'a>], env: &Env<'_>) -> Option<Cell<'a>> {
    Some(match function {
        Function::MvCount => count(arguments),
        Function::MvIndex => index(arguments),
        Function::MvJoin => join(arguments),
        Function::MvAppend => append(arguments),
        Function::MvDedup => rearranged(arguments, |texts| {
            let mut seen = hashbrown::HashSet::with_capacity(texts.len());
            texts.retain(|text| seen.insert(text.clone()));
        }),
        // The order of UTF-8 bytes is that of code points.
        Function::MvSort => rearranged(arguments, |texts| texts.sort()),
        Function::MvReverse => rearranged(arguments, |texts| texts.reverse()),
        Function::MvZip => zip(arguments),
        Function::MvRange => range(arguments, &env.settings.timezone),
        _ => return None,
    })
}

/// The texts of a value's values, each as long-lived as it can be.
pub(super) fn texts<'a>(cell: &Cell<'a>) -> Vec<Cow<'a, str>> {
    match cell {
        Cell::Multi(texts) => texts.clone(),
        Cell::Field(text) | Cell::Text(text) => vec![text.clone()],
        other => other.text().map(|text| Cow::Owned(text.into_owned())).into_iter().collect(),
    }
}

/// `mvcount(x)`.
fn count<'a>(arguments: &[Cell<'a>]) -> Cell<'a> {
    match arguments.first() {
        None | Some(Cell::Null | Cell::Bool(_)) => Cell::Null,
        Some(Cell::Multi(texts)) => i64::try_from(texts.len()).map_or(Cell::Null, Cell::Int),
        Some(_) => Cell::Int(1),
    }
}

/// `mvindex(x, i [, j])`: anything out of range is ∅, also in part.
fn index<'a>(arguments: &[Cell<'a>]) -> Cell<'a> {
    let [list, bounds @ ..] = arguments else { return Cell::Null };
    let length = match list {
        Cell::Null | Cell::Bool(_) => return Cell::Null,
        Cell::Multi(texts) => texts.len(),
        _ => 1,
    };
    let place = |cell: &Cell<'_>| {
        let at = integer(cell)?.saturating_sub(i64::from(fault("stages-mvindex-from-one")));
        let from_start = if at < 0 { at.checked_add(i64::try_from(length).ok()?)? } else { at };
        usize::try_from(from_start).ok().filter(|at| *at < length)
    };
    let Some(from) = bounds.first().and_then(place) else { return Cell::Null };
    let to = if bounds.len() > 1 { bounds.get(1).and_then(place) } else { Some(from) };
    match (list, to) {
        (_, None) => Cell::Null,
        (_, Some(to)) if to < from => Cell::Null,
        (Cell::Multi(texts), Some(to)) => Cell::from_texts(texts[from..=to].to_vec()),
        (single, Some(_)) => single.clone(),
    }
}

/// `mvjoin(x, d)`.
fn join<'a>(arguments: &[Cell<'a>]) -> Cell<'a> {
    let [list, delimiter] = arguments else { return Cell::Null };
    let Some(delimiter) = delimiter.text() else { return Cell::Null };
    let texts = texts(list);
    if texts.is_empty() || texts.len().saturating_mul(delimiter.len()) > MAX_BYTES {
        return Cell::Null;
    }
    Cell::string(texts.join(&*delimiter))
}

/// `mvappend(a, …)`: ∅ is skipped.
fn append<'a>(arguments: &[Cell<'a>]) -> Cell<'a> {
    let mut parts = arguments.iter().filter(|cell| !matches!(cell, Cell::Null | Cell::Bool(_)));
    let (Some(first), second) = (parts.next(), parts.next()) else { return Cell::Null };
    let Some(second) = second else { return first.clone() };
    let (mut all, mut bytes) = (Vec::new(), 0_usize);
    for text in [first, second].into_iter().chain(parts).flat_map(texts) {
        bytes = bytes.saturating_add(text.len());
        // A rule that appends a field to itself doubles it each time.
        if all.len() >= MAX_VALUES || bytes > MAX_BYTES {
            return Cell::Null;
        }
        all.push(text);
    }
    Cell::from_texts(all)
}

/// A function that leaves out or moves values; a single value stays what it is.
fn rearranged<'a>(arguments: &[Cell<'a>], change: impl Fn(&mut Vec<Cow<'a, str>>)) -> Cell<'a> {
    match arguments.first() {
        None | Some(Cell::Bool(_)) => Cell::Null,
        Some(Cell::Multi(texts)) => {
            let mut texts = texts.clone();
            change(&mut texts);
            Cell::from_texts(texts)
        }
        Some(single) => single.clone(),
    }
}

/// `mvzip(a, b [, d])`: pairs up to the end of the shorter list.
fn zip<'a>(arguments: &[Cell<'a>]) -> Cell<'a> {
    let [a, b, delimiter @ ..] = arguments else { return Cell::Null };
    let delimiter = match delimiter.first() {
        None => Some(Cow::Borrowed(",")),
        Some(delimiter) => delimiter.text(),
    };
    let Some(delimiter) = delimiter else { return Cell::Null };
    let (a, b) = (texts(a), texts(b));
    if a.len().min(b.len()).saturating_mul(delimiter.len()) > MAX_BYTES {
        return Cell::Null;
    }
    Cell::from_texts(a.iter().zip(&b).map(|(a, b)| Cow::Owned(format!("{a}{delimiter}{b}"))).collect())
}

/// `mvrange(a, b [, step])`: from a on, up to but without b; downwards for a step below zero.
fn range<'a>(arguments: &[Cell<'a>], zone: &TimeZone) -> Cell<'a> {
    let [from, to, step @ ..] = arguments else { return Cell::Null };
    let (Some(start), Some(end)) = (number(from), number(to)) else { return Cell::Null };
    let texts = match step.first() {
        None => numbers(start, end, Number::Int(1)),
        Some(step) => match (number(step), step.text()) {
            (Some(step), _) => numbers(start, end, step),
            (None, Some(span)) => micros(from).zip(micros(to)).and_then(|(from, to)| times(from, to, &span, zone)),
            (None, None) => None,
        },
    };
    texts.map_or(Cell::Null, Cell::from_texts)
}

/// The numbers of a range; `None` for a step of zero and for too many of them.
fn numbers(from: Number, to: Number, step: Number) -> Option<Vec<Cow<'static, str>>> {
    if let (Some(from), Some(to), Some(step)) = (whole(from), whole(to), whole(step)) {
        let count =
            if step > 0 { (to - from).div_euclid(step) + i128::from((to - from).rem_euclid(step) > 0) } else { 0 };
        let count = if step < 0 {
            (from - to).div_euclid(-step) + i128::from((from - to).rem_euclid(-step) > 0)
        } else {
            count
        };
        let count = usize::try_from(count.max(0)).ok().filter(|count| step != 0 && *count <= MAX_VALUES)?;
        return Some((0_i128..).take(count).map(|at| Cow::Owned((from + at * step).to_string())).collect());
    }
    let (from, to, step) = (from.to_f64(), to.to_f64(), step.to_f64());
    let mut texts = Vec::new();
    // A product instead of a running sum, so that errors do not add up.
    for at in 0_u32.. {
        let value = from + f64::from(at) * step;
        let inside = if step > 0.0 { value < to } else { step < 0.0 && value > to };
        if !inside {
            return (step != 0.0).then_some(texts);
        }
        if texts.len() >= MAX_VALUES {
            return None;
        }
        texts.push(Cow::Owned(text::f64_text(value)));
    }
    None
}

/// The integer that a number is.
fn whole(number: Number) -> Option<i128> {
    match number {
        Number::Int(value) => Some(value),
        Number::Float(value) => integer(&Cell::Float(value)).map(i128::from),
    }
}

/// The times of a range whose step is a span like `7d` (§4.6.4): each is counted from the first, so months do not drift.
fn times(from: i64, to: i64, span: &str, zone: &TimeZone) -> Option<Vec<Cow<'static, str>>> {
    let span = span.trim();
    let (sign, span) = span.strip_prefix('-').map_or(("+", span.trim_start_matches('+')), |rest| ("-", rest));
    let digits = span.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = span.split_at(digits);
    let count: i64 = if count.is_empty() { 1 } else { count.parse().ok()? };
    if count == 0 || !unit.bytes().all(|byte| byte.is_ascii_alphabetic()) || unit.is_empty() {
        return None;
    }
    let mut texts = Vec::new();
    for at in 0_i64.. {
        let step = format!("{sign}{}{unit}", count.checked_mul(at)?);
        let time = retrohunt_spl::time::resolve(&step, from, zone).ok()??;
        if if sign == "+" { time >= to } else { time <= to } {
            return Some(texts);
        }
        if texts.len() >= MAX_VALUES {
            return None;
        }
        texts.push(Cow::Owned(text::epoch_text(time)));
    }
    None
}

#[cfg(test)]
mod tests;
