//! One aggregate over the rows of one group (§5.10, table of functions).

use std::cmp::Ordering;
use std::collections::BTreeSet;

use retrohunt_spl::plan::AggregateFunc;

use super::row::Row;
use super::value::{Number, Scalar};

/// Returns the result of an aggregate over rows in stream order; empty is missing.
///
/// Without a field, `count` counts rows. Each value of a multivalue is seen on its own (§4.5.4).
pub(super) fn result(func: AggregateFunc, field: Option<&str>, rows: &[&Row]) -> Vec<Scalar> {
    let Some(field) = field else { return vec![count(rows.len())] };
    let values: Vec<&Scalar> = rows.iter().flat_map(|row| row.get(field)).collect();
    let texts = || values.iter().map(|value| value.text());
    match func {
        AggregateFunc::Count => vec![count(values.len())],
        AggregateFunc::Dc => vec![count(texts().collect::<BTreeSet<String>>().len())],
        AggregateFunc::Values => texts().collect::<BTreeSet<String>>().into_iter().map(Scalar::Text).collect(),
        AggregateFunc::List => texts().map(Scalar::Text).collect(),
        AggregateFunc::First => values.first().map(|value| (*value).clone()).into_iter().collect(),
        AggregateFunc::Last => values.last().map(|value| (*value).clone()).into_iter().collect(),
        AggregateFunc::Min => extreme(&values, Ordering::is_lt).into_iter().collect(),
        AggregateFunc::Max => extreme(&values, Ordering::is_gt).into_iter().collect(),
        AggregateFunc::Sum => sum(&values).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Returns a number of rows or values.
fn count(number: usize) -> Scalar {
    u64::try_from(number).map_or(Scalar::UInt(u64::MAX), Scalar::UInt)
}

/// Returns the least or greatest value: numbers by number and before strings, strings by code point; equal numbers give the smaller
/// text, equal texts a value of a number type.
fn extreme(values: &[&Scalar], better: fn(Ordering) -> bool) -> Option<Scalar> {
    let mut best: Option<&Scalar> = None;
    for value in values {
        let wins = best.is_none_or(|best| {
            let order = value_order(value, best);
            let tie = value.text().cmp(&best.text()).then_with(|| best.is_number().cmp(&value.is_number()));
            better(order) || (order.is_eq() && tie.is_lt())
        });
        if wins {
            best = Some(value);
        }
    }
    best.cloned()
}

/// Numbers before strings, numbers by number, strings by code point.
fn value_order(left: &Scalar, right: &Scalar) -> Ordering {
    match (left.number(), right.number()) {
        (Some(left), Some(right)) => left.order(right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.text().cmp(&right.text()),
    }
}

/// Returns the sum of the numeric values, exact and rounded once; none if there is no number.
fn sum(values: &[&Scalar]) -> Option<Scalar> {
    let numbers: Vec<Number> = values.iter().filter_map(|value| value.number()).collect();
    if numbers.is_empty() {
        return None;
    }
    let mut integers: i128 = 0;
    let mut reals: Vec<f64> = Vec::new();
    for number in numbers {
        match number {
            Number::Integer(integer) => match integers.checked_add(integer) {
                Some(total) => integers = total,
                None => reals.push(integer as f64),
            },
            Number::Real(real) => add_exactly(&mut reals, real),
        }
    }
    if reals.is_empty() {
        return Some(integer_scalar(integers));
    }
    // An i128 may have more digits than a double: add its two halves.
    let high = (integers >> 50) << 50;
    add_exactly(&mut reals, high as f64);
    add_exactly(&mut reals, (integers - high) as f64);
    Some(Scalar::Float(round_partials(&reals)))
}

/// Returns an integral result: below 10^15 as an integer, else as a double, which prints as §4.4 says.
fn integer_scalar(total: i128) -> Scalar {
    if total.unsigned_abs() < 1_000_000_000_000_000 {
        i64::try_from(total).map_or(Scalar::Float(total as f64), Scalar::Int)
    } else {
        Scalar::Float(total as f64)
    }
}

/// Adds a number to partial sums that together are exact (Shewchuk's algorithm).
fn add_exactly(partials: &mut Vec<f64>, number: f64) {
    let mut carried = number;
    let mut kept: Vec<f64> = Vec::new();
    for &partial in partials.iter() {
        let (large, small) = if carried.abs() < partial.abs() { (partial, carried) } else { (carried, partial) };
        let high = large + small;
        let low = small - (high - large);
        if low != 0.0 {
            kept.push(low);
        }
        carried = high;
    }
    kept.push(carried);
    *partials = kept;
}

/// Returns the sum of non-overlapping partials, largest last, rounded half to even once.
fn round_partials(partials: &[f64]) -> f64 {
    let mut rest: Vec<f64> = partials.to_vec();
    let Some(mut high) = rest.pop() else { return 0.0 };
    let mut low = 0.0;
    while let Some(next) = rest.pop() {
        let before = high;
        high = before + next;
        low = next - (high - before);
        if low != 0.0 {
            break;
        }
    }
    // Exactly half way: what lies below decides the direction.
    let below = rest.pop().unwrap_or(0.0);
    if (low < 0.0 && below < 0.0) || (low > 0.0 && below > 0.0) {
        let doubled = low * 2.0;
        let moved = high + doubled;
        if doubled == moved - high {
            high = moved;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum of floats.
    fn total(numbers: &[f64]) -> Option<String> {
        let values: Vec<Scalar> = numbers.iter().map(|number| Scalar::Float(*number)).collect();
        sum(&values.iter().collect::<Vec<_>>()).map(|total| total.text())
    }

    #[test]
    fn sums_are_exact_in_any_order() {
        assert_eq!(total(&[1e100, 1.0, -1e100]).as_deref(), Some("1"));
        assert_eq!(total(&[0.1; 10]).as_deref(), Some("1"));
        assert_eq!(total(&[-1e100, 0.5, 1e100, 0.25]).as_deref(), Some("0.75"));
        assert_eq!(total(&[]), None);
    }

    #[test]
    fn large_integer_sums_print_as_doubles() {
        let values = [Scalar::Int(9_007_199_254_740_993), Scalar::Int(-1)];
        let total = sum(&values.iter().collect::<Vec<_>>()).map(|total| total.text());
        assert_eq!(total.as_deref(), Some("9.007199254740992e15"));
    }

    #[test]
    fn extremes_put_numbers_before_strings() {
        let values = ["b", "10", "9.0", "9", "B"].map(|text| Scalar::Text(text.to_owned()));
        let values: Vec<&Scalar> = values.iter().collect();
        assert_eq!(extreme(&values, Ordering::is_lt), Some(Scalar::Text("9".to_owned())));
        assert_eq!(extreme(&values, Ordering::is_gt), Some(Scalar::Text("b".to_owned())));
    }
}
