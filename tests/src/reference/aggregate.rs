//! One aggregate over the rows of one group (§5.10, table of functions).

use std::cmp::Ordering;
use std::collections::BTreeSet;

use retrohunt_spl::plan::AggregateFunc;

use super::expand::Output;
use super::expression::{Datum, World, value};
use super::row::{Row, row_time};
use super::value::{Number, Scalar};

/// What an aggregate sees of the rows of one group, in stream order: each value with the time of its row (§4.5.4).
#[derive(Debug, Default)]
struct Seen {
    /// How many rows there are.
    rows: usize,
    /// The values.
    values: Vec<(Option<i64>, Scalar)>,
    /// Rows for which a condition is true; none if the argument is no condition.
    truths: Option<usize>,
    /// Is it a count of rows?
    of_rows: bool,
}

/// Returns what an aggregate over a field, an expression or rows sees of the rows of one group.
fn seen(output: &Output, rows: &[&Row], world: &World<'_>) -> Seen {
    let mut seen =
        Seen { rows: rows.len(), of_rows: output.field.is_none() && output.expr.is_none(), ..Seen::default() };
    for row in rows {
        let time = row.get("_time").first().and_then(|time| row_time(time, world.settings));
        let values = match (&output.field, &output.expr) {
            (Some(field), _) => row.get(field).to_vec(),
            (None, Some(expr)) => match world.watched(|| value(expr, row, world)).unwrap_or(Datum::Null) {
                Datum::Bool(truth) => {
                    *seen.truths.get_or_insert(0) += usize::from(truth);
                    Vec::new()
                }
                value => value.into_values(),
            },
            (None, None) => Vec::new(),
        };
        seen.values.extend(values.into_iter().map(|value| (time, value)));
    }
    seen
}

/// Is it an aggregate by time?
pub(super) fn is_timed(func: AggregateFunc) -> bool {
    use AggregateFunc as F;
    matches!(func, F::Earliest | F::Latest | F::EarliestTime | F::LatestTime | F::Rate)
}

/// Returns the result of an output column over rows; empty is missing.
pub(super) fn result(output: &Output, rows: &[&Row], world: &World<'_>) -> Vec<Scalar> {
    let seen = seen(output, rows, world);
    // A wildcard's result for a field with no value in a group is ∅, of a count, too (§5.10.4).
    if output.expanded() && seen.values.is_empty() { Vec::new() } else { of_seen(output.func, &seen) }
}

/// Returns the result of an aggregate.
fn of_seen(func: AggregateFunc, seen: &Seen) -> Vec<Scalar> {
    if seen.of_rows {
        return vec![count(seen.rows)];
    }
    let values: Vec<&Scalar> = seen.values.iter().map(|(_, value)| value).collect();
    let texts = || values.iter().map(|value| value.text());
    let number = |value: Option<f64>| value.map(Scalar::Float).into_iter().collect();
    match func {
        AggregateFunc::Count => vec![count(seen.truths.unwrap_or(values.len()))],
        AggregateFunc::Dc => vec![count(texts().collect::<BTreeSet<String>>().len())],
        AggregateFunc::Values => texts().collect::<BTreeSet<String>>().into_iter().map(Scalar::Text).collect(),
        AggregateFunc::List => texts().map(Scalar::Text).collect(),
        AggregateFunc::First => values.first().map(|value| (*value).clone()).into_iter().collect(),
        AggregateFunc::Last => values.last().map(|value| (*value).clone()).into_iter().collect(),
        AggregateFunc::Min => extreme(&values, Ordering::is_lt).into_iter().collect(),
        AggregateFunc::Max => extreme(&values, Ordering::is_gt).into_iter().collect(),
        AggregateFunc::Sum => sum(&values).into_iter().collect(),
        AggregateFunc::Avg => {
            let count = numbers(&values).len() as f64;
            number(sum(&values).and_then(|sum| sum.number()).map(|sum| sum.real() / count))
        }
        AggregateFunc::SumSq => {
            let squares: Vec<Scalar> = numbers(&values).iter().map(|number| Scalar::Float(number * number)).collect();
            sum(&squares.iter().collect::<Vec<_>>()).into_iter().collect()
        }
        AggregateFunc::Range => {
            let numbers = numbers(&values);
            let ends = numbers.iter().copied().reduce(f64::min).zip(numbers.iter().copied().reduce(f64::max));
            number(ends.map(|(least, greatest)| greatest - least))
        }
        AggregateFunc::Stdev => number(variance(&numbers(&values), 1.0).map(f64::sqrt)),
        AggregateFunc::StdevP => number(variance(&numbers(&values), 0.0).map(f64::sqrt)),
        AggregateFunc::Var => number(variance(&numbers(&values), 1.0)),
        AggregateFunc::VarP => number(variance(&numbers(&values), 0.0)),
        AggregateFunc::Mode => {
            let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
            texts().for_each(|text| *counts.entry(text).or_default() += 1);
            // Of equal counts the text that is least.
            let most = counts.iter().rev().max_by_key(|(_, count)| **count);
            most.map(|(text, _)| Scalar::Text(text.clone())).into_iter().collect()
        }
        AggregateFunc::Perc(percent) => {
            let numbers = sorted(numbers(&values));
            number(interpolated(&numbers, f64::from(percent.0) / 10_000.0))
        }
        AggregateFunc::ExactPerc(percent) => {
            let numbers = sorted(numbers(&values));
            let place = (f64::from(percent.0) / 10_000.0 * numbers.len() as f64 / 100.0).floor();
            let place = format!("{place:.0}").parse::<usize>().unwrap_or(0).min(numbers.len().saturating_sub(1));
            number(numbers.get(place).copied())
        }
        AggregateFunc::Earliest => at_time(seen, Ordering::is_lt).map(|(_, value)| value).into_iter().collect(),
        AggregateFunc::Latest => at_time(seen, Ordering::is_gt).map(|(_, value)| value).into_iter().collect(),
        AggregateFunc::EarliestTime => number(at_time(seen, Ordering::is_lt).map(|(time, _)| time as f64 / 1e6)),
        AggregateFunc::LatestTime => number(at_time(seen, Ordering::is_gt).map(|(time, _)| time as f64 / 1e6)),
        AggregateFunc::Rate => {
            let (first, last) = (at_time(seen, Ordering::is_lt), at_time(seen, Ordering::is_gt));
            let rate = first.zip(last).and_then(|((begin, first), (end, last))| {
                let rise = last.number()?.real() - first.number()?.real();
                (end != begin).then(|| rise / ((end - begin) as f64 / 1e6))
            });
            number(rate)
        }
    }
}

/// The numbers among values.
fn numbers(values: &[&Scalar]) -> Vec<f64> {
    values.iter().filter_map(|value| value.number()).map(Number::real).collect()
}

/// Numbers in ascending order.
fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(|left, right| left.partial_cmp(right).unwrap_or(Ordering::Equal));
    numbers
}

/// The variance; one number has none (§5.10.8). `less`: 1 for a sample.
fn variance(numbers: &[f64], less: f64) -> Option<f64> {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    match numbers.len() {
        0 => None,
        1 => Some(0.0),
        _ => Some(numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / (count - less)),
    }
}

/// The percentile at F = N·(n-1)/100 between neighbours.
fn interpolated(numbers: &[f64], percent: f64) -> Option<f64> {
    let last = numbers.len().checked_sub(1)?;
    let place = percent * last as f64 / 100.0;
    let below = format!("{:.0}", place.floor()).parse::<usize>().ok()?.min(last);
    let above = (below + 1).min(last);
    Some(numbers[below] + (numbers[above] - numbers[below]) * (place - place.floor()))
}

/// The value at the least or greatest time: of equal times the last in the stream for the least, the first for the greatest.
fn at_time(seen: &Seen, better: fn(Ordering) -> bool) -> Option<(i64, Scalar)> {
    let mut best: Option<(i64, Scalar)> = None;
    for (time, value) in &seen.values {
        let Some(time) = time else { continue };
        let wins = best.as_ref().is_none_or(|(known, _)| {
            let order = time.cmp(known);
            // `<` is the least: there a later one of the same time replaces an earlier one.
            better(order) || (order.is_eq() && better(Ordering::Less))
        });
        if wins {
            best = Some((*time, value.clone()));
        }
    }
    best
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
pub(super) fn sum(values: &[&Scalar]) -> Option<Scalar> {
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
