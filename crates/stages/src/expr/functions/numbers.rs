//! Functions of numbers (§6.5). Integers stay exact where a function can keep them (§4.3.4); what has no value is ∅.
//!
//! Where only a number makes sense, a string of numeric form acts as one, as it does in arithmetic (§4.3.5). `min`, `max`, `sum` and
//! `avg` tell the two apart (§4.3.2).

use std::cmp::Ordering;

use retrohunt_spl::functions::Function;

use super::super::cell::Cell;
use super::super::env::Env;
use crate::kernels::number::Number;
use crate::kernels::round;

/// The value of a function of this family.
pub(super) fn call<'a>(function: Function, arguments: &[Cell<'a>], env: &Env<'_>) -> Option<Cell<'a>> {
    let first = || arguments.first().and_then(number);
    Some(match function {
        Function::Abs => first().map_or(Cell::Null, abs),
        Function::Ceiling => whole(arguments, f64::ceil),
        Function::Floor => whole(arguments, f64::floor),
        // How precise the parts of a calculation were is not kept (§4.4), so there is nothing to cut to.
        Function::Exact | Function::SigFig => first().map_or(Cell::Null, of_number),
        Function::Pi => Cell::Float(std::f64::consts::PI),
        Function::Log => logarithm(arguments),
        Function::Pow | Function::Atan2 | Function::Hypot => {
            let operation = match function {
                Function::Pow => f64::powf,
                Function::Atan2 => f64::atan2,
                _ => f64::hypot,
            };
            let second = arguments.get(1).and_then(number);
            first().zip(second).map_or(Cell::Null, |(x, y)| Cell::of_f64(operation(x.to_f64(), y.to_f64())))
        }
        Function::Round => rounded(arguments),
        Function::Min => extreme(arguments, Ordering::Less),
        Function::Max => extreme(arguments, Ordering::Greater),
        Function::Sum => sum(&numbers(arguments)),
        Function::Avg => average(&numbers(arguments)),
        Function::Random => Cell::Int(random(env)),
        other => first_of_one(other)?(arguments),
    })
}

/// A function of one double, as a function of arguments.
type OfOne<'a> = fn(&[Cell<'a>]) -> Cell<'a>;

/// The functions of one double.
fn first_of_one<'a>(function: Function) -> Option<OfOne<'a>> {
    Some(match function {
        Function::Exp => |a| of_one(a, f64::exp),
        Function::Ln => |a| of_one(a, f64::ln),
        Function::Sqrt => |a| of_one(a, f64::sqrt),
        Function::Sin => |a| of_one(a, f64::sin),
        Function::Cos => |a| of_one(a, f64::cos),
        Function::Tan => |a| of_one(a, f64::tan),
        Function::Asin => |a| of_one(a, f64::asin),
        Function::Acos => |a| of_one(a, f64::acos),
        Function::Atan => |a| of_one(a, f64::atan),
        Function::Sinh => |a| of_one(a, f64::sinh),
        Function::Cosh => |a| of_one(a, f64::cosh),
        Function::Tanh => |a| of_one(a, f64::tanh),
        _ => return None,
    })
}

/// A function of the first argument; ∅ outside its domain.
fn of_one<'a>(arguments: &[Cell<'a>], operation: fn(f64) -> f64) -> Cell<'a> {
    let number = arguments.first().and_then(number);
    number.map_or(Cell::Null, |number| Cell::of_f64(operation(number.to_f64())))
}

/// The number that a value is or has the form of, also for a string.
pub(super) fn number(cell: &Cell<'_>) -> Option<Number> {
    match cell {
        Cell::Text(text) => Number::parse(text),
        other => other.number(),
    }
}

/// A number as a value.
pub(super) fn of_number(number: Number) -> Cell<'static> {
    match number {
        Number::Int(value) => of_i128(value),
        Number::Float(value) => Cell::of_f64(value),
    }
}

/// An integer as a value: exact where 64 bits hold it.
fn of_i128(value: i128) -> Cell<'static> {
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(value), _) => Cell::Int(value),
        (_, Ok(value)) => Cell::UInt(value),
        _ => Cell::of_f64(value as f64),
    }
}

/// `abs(x)`.
fn abs(number: Number) -> Cell<'static> {
    match number {
        Number::Int(value) => of_i128(value.abs()),
        Number::Float(value) => Cell::of_f64(value.abs()),
    }
}

/// `ceiling(x)`, `floor(x)`.
fn whole<'a>(arguments: &[Cell<'a>], operation: fn(f64) -> f64) -> Cell<'a> {
    match arguments.first().and_then(number) {
        Some(Number::Float(value)) => Cell::of_f64(operation(value)),
        Some(integer) => of_number(integer),
        None => Cell::Null,
    }
}

/// `log(x [, base])`.
fn logarithm<'a>(arguments: &[Cell<'a>]) -> Cell<'a> {
    let number = |at: usize| arguments.get(at).and_then(number).map(Number::to_f64);
    let base = if arguments.len() > 1 { number(1) } else { Some(10.0) };
    let Some((x, base)) = number(0).zip(base) else { return Cell::Null };
    // The two common bases have functions of their own, which are exact at their powers.
    Cell::of_f64(match base {
        10.0 => x.log10(),
        2.0 => x.log2(),
        base if base > 0.0 => x.ln() / base.ln(),
        _ => f64::NAN,
    })
}

/// `round(x [, n])`: half away from zero of the decimal text. With n above zero the result is a text of exactly n decimals (§4.4) that
/// still acts as a number.
fn rounded<'a>(arguments: &[Cell<'a>]) -> Cell<'a> {
    let Some(cell) = arguments.first() else { return Cell::Null };
    let places = match arguments.get(1) {
        None => Some(0),
        Some(places) => integer(places),
    };
    let Some((number, places)) = number(cell).zip(places) else { return Cell::Null };
    let decimal = match (cell, number) {
        // A field's text is its own decimal, unless it has an exponent.
        (Cell::Field(text) | Cell::Text(text), _) if !text.contains(['e', 'E']) => text.to_string(),
        (_, Number::Int(value)) => value.to_string(),
        // Display of a double never has an exponent.
        (_, Number::Float(value)) if value.is_finite() => value.to_string(),
        _ => return Cell::Null,
    };
    let Some(text) = round::half_away(&decimal, places) else { return Cell::Null };
    if places > 0 {
        return Cell::Field(text.into());
    }
    match (number, Number::parse(&text)) {
        (Number::Int(_), Some(result)) => of_number(result),
        (Number::Float(_), Some(result)) => Cell::of_f64(result.to_f64()),
        (_, None) => Cell::Null,
    }
}

/// The integer that a value is; `None` if it is none, or beyond 64 bits.
pub(super) fn integer(cell: &Cell<'_>) -> Option<i64> {
    match number(cell)? {
        Number::Int(value) => i64::try_from(value).ok(),
        Number::Float(value) if value.trunc() == value && value.abs() < 9.0e15 => {
            #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^53 in magnitude")]
            let whole = value as i64;
            Some(whole)
        }
        Number::Float(_) => None,
    }
}

/// `min(a, …)`, `max(a, …)`: numbers are below strings; each value of a multivalue counts; ∅ does not.
fn extreme<'a>(arguments: &[Cell<'a>], wanted: Ordering) -> Cell<'a> {
    let mut best: Option<Cell<'a>> = None;
    let mut offer = |cell: Cell<'a>| {
        if best.as_ref().is_none_or(|best| order(&cell, best) == wanted) {
            best = Some(cell);
        }
    };
    for argument in arguments {
        match argument {
            Cell::Null | Cell::Bool(_) => {}
            Cell::Multi(texts) => texts.iter().for_each(|text| offer(Cell::Field(text.clone()))),
            other => offer(other.clone()),
        }
    }
    best.unwrap_or(Cell::Null)
}

/// The order of `min` and `max`.
fn order(a: &Cell<'_>, b: &Cell<'_>) -> Ordering {
    match (a.number(), b.number()) {
        (Some(a), Some(b)) => a.compare(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.text().cmp(&b.text()),
    }
}

/// The numbers among the arguments and among the values of multivalues.
fn numbers(arguments: &[Cell<'_>]) -> Vec<Number> {
    let mut numbers = Vec::new();
    for argument in arguments {
        match argument {
            Cell::Multi(texts) => numbers.extend(texts.iter().filter_map(|text| Number::parse(text))),
            other => numbers.extend(other.number()),
        }
    }
    numbers
}

/// `sum(a, …)`: exact while all are integers.
fn sum(numbers: &[Number]) -> Cell<'static> {
    if numbers.is_empty() {
        return Cell::Null;
    }
    let integers = numbers.iter().try_fold(0_i128, |sum, number| match number {
        Number::Int(value) => sum.checked_add(*value),
        Number::Float(_) => None,
    });
    integers.map_or_else(|| Cell::of_f64(numbers.iter().map(|number| number.to_f64()).sum()), of_i128)
}

/// `avg(a, …)`.
fn average(numbers: &[Number]) -> Cell<'static> {
    let count = numbers.len() as f64;
    match sum(numbers).number() {
        Some(sum) if count > 0.0 => Cell::of_f64(sum.to_f64() / count),
        _ => Cell::Null,
    }
}

/// `random()`: 0 to 2³¹−1, the same for the same seed, file and row (§6.5).
fn random(env: &Env<'_>) -> i64 {
    let mixed = mix(mix(mix(env.settings.seed) ^ u64::from(env.key.file)) ^ env.key.row);
    i64::try_from(mixed >> 33).unwrap_or(0)
}

/// One step of the generator splitmix64: every bit of the result depends on every bit of the input.
fn mix(input: u64) -> u64 {
    let mut bits = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests;
