//! `bin` (§5.4).

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use retrohunt_spl::plan::{BinCommand, BinSpan, CalendarUnit};

use super::clock;
use super::row::{Field, RowSet, micros, row_time};
use super::settings::Settings;
use super::spans::{self, Width};
use super::value::{Number, Scalar, float_text};

/// Most bins where none were written (§5.4.6).
const MOST_BINS: u64 = 100;

/// Puts each value of the field into its bin; others stay as they are (§5.4.7).
pub(super) fn bin(mut rows: RowSet, command: &BinCommand, settings: &Settings) -> RowSet {
    let all: Vec<Scalar> = rows.rows.iter().flat_map(|row| row.get(&command.field)).cloned().collect();
    let width = spans::width(&command.options, &command.field, &all, MOST_BINS, false, settings);
    let target = command.alias.as_ref().unwrap_or(&command.field);
    let exists = rows.columns.iter().any(|column| column.name == *target);
    if !exists && command.alias.is_some() {
        rows.columns.push(Field { name: target.clone(), named: true });
    }
    let only_time = target == "_time";
    for row in &mut rows.rows {
        let values = row.get(&command.field).to_vec();
        let bin = |value: &Scalar| width.as_ref().and_then(|width| one(value, &command.field, width, settings));
        let binned = values.iter().map(|value| bin(value).unwrap_or_else(|| value.clone())).collect();
        row.set(target, binned);
        if !only_time {
            row.source = None;
        }
        if !row.known.contains(target) && command.alias.is_some() {
            let known: BTreeSet<String> = row.known.iter().chain([target]).cloned().collect();
            row.known = Rc::new(known);
        }
    }
    rows
}

/// Returns the bin of one value of a field, `None` if it is not a number.
pub(super) fn one(value: &Scalar, field: &str, width: &Width, settings: &Settings) -> Option<Scalar> {
    if field == "_time" {
        let time = row_time(value, settings)?;
        return time_bin(time, &width.span, width.origin, &settings.timezone).map(Scalar::Time);
    }
    let number = value.number()?;
    match &width.span {
        BinSpan::Micros(span) => Some(floor_number(number, *span)),
        BinSpan::Calendar { .. } => {
            let floored = time_bin(micros(number)?, &width.span, 0, &settings.timezone)?;
            Some(Scalar::Int(floored.div_euclid(1_000_000)))
        }
        BinSpan::Number(span) => {
            let (low, high) = edges(number.real(), *span);
            Some(Scalar::Text(range_text(low, high)))
        }
        BinSpan::Log { coefficient, base } => log_bin(number.real(), *coefficient, *base).map(Scalar::Text),
    }
}

/// Returns a time rounded down to its bin (§5.4.3). Bins of a fixed length begin at `origin` and every length from there
/// (§5.4.7).
pub(super) fn time_bin(time: i64, span: &BinSpan, origin: i64, zone: &TimeZone) -> Option<i64> {
    match span {
        BinSpan::Micros(span) => {
            let span = i64::try_from(*span).ok()?;
            time.checked_sub(origin)?.checked_div_euclid(span)?.checked_mul(span)?.checked_add(origin)
        }
        BinSpan::Calendar { count, unit } => {
            let today = clock::civil(time, zone)?.date();
            let start = calendar_start(today, i32::try_from(*count).ok()?, *unit)?;
            clock::local(start.at(0, 0, 0, 0), zone)
        }
        // A number without a unit means seconds on `_time`; the parser gives microseconds for it.
        BinSpan::Number(_) | BinSpan::Log { .. } => None,
    }
}

/// Returns the beginning of the bin of time that follows the one that begins at `start`.
pub(super) fn following(start: i64, span: &BinSpan, zone: &TimeZone) -> Option<i64> {
    let (count, unit) = match span {
        BinSpan::Micros(span) => return start.checked_add(i64::try_from(*span).ok()?),
        BinSpan::Calendar { count, unit } => (i64::from(*count), *unit),
        BinSpan::Number(_) | BinSpan::Log { .. } => return None,
    };
    let none = jiff::Span::new();
    let days = match unit {
        CalendarUnit::Day => none.try_days(count),
        CalendarUnit::Week => none.try_weeks(count),
        CalendarUnit::Month => none.try_months(count),
        CalendarUnit::Quarter => none.try_months(count.checked_mul(3)?),
        CalendarUnit::Year => none.try_years(count),
    };
    let day = clock::civil(start, zone)?.date().checked_add(days.ok()?).ok()?;
    clock::local(day.at(0, 0, 0, 0), zone)
}

/// Returns the first day of the bin of `count` calendar units that holds a day; multiples count from 1970 (§5.4.3).
fn calendar_start(day: Date, count: i32, unit: CalendarUnit) -> Option<Date> {
    let floor = |index: i32| index.div_euclid(count) * count;
    let epoch = date(1970, 1, 1);
    let days_since = |from: Date| day.since((jiff::Unit::Day, from)).ok().map(|span| span.get_days());
    let months = i32::from(day.year() - 1970) * 12 + i32::from(day.month()) - 1;
    match unit {
        CalendarUnit::Day => epoch.checked_add(floor(days_since(epoch)?).days()).ok(),
        CalendarUnit::Week => {
            // The Sunday of the week that holds 1970-01-01.
            let sunday = date(1969, 12, 28);
            sunday.checked_add((floor(days_since(sunday)?.div_euclid(7)) * 7).days()).ok()
        }
        CalendarUnit::Month => epoch.checked_add(floor(months).months()).ok(),
        CalendarUnit::Quarter => epoch.checked_add((floor(months.div_euclid(3)) * 3).months()).ok(),
        CalendarUnit::Year => epoch.checked_add(floor(i32::from(day.year() - 1970)).years()).ok(),
    }
}

/// Returns a number of seconds rounded down to a span in microseconds; it stays a number (§5.4.4).
fn floor_number(number: Number, span: u64) -> Scalar {
    let whole_seconds = i128::from(span / 1_000_000);
    match number {
        Number::Integer(integer) if span.is_multiple_of(1_000_000) && whole_seconds > 0 => {
            let floored = integer.div_euclid(whole_seconds) * whole_seconds;
            i64::try_from(floored).map_or(Scalar::Float(floored as f64), Scalar::Int)
        }
        other => {
            let seconds = span as f64 / 1e6;
            Scalar::Float((other.real() / seconds).floor() * seconds)
        }
    }
}

/// Returns the edges of a number's bin, with the decimals of the span: 0.3 in bins of 0.1 is the low edge of its bin, although
/// 0.3 / 0.1 is below 3 in doubles.
pub(super) fn edges(number: f64, span: f64) -> (f64, f64) {
    let decimals = format!("{span}").split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let edge = |index: f64| format!("{:.decimals$}", index * span).parse::<f64>().unwrap_or(index * span);
    let mut index = (number / span).floor();
    if edge(index + 1.0) <= number {
        index += 1.0;
    }
    (edge(index), edge(index + 1.0))
}

/// Returns `low-high` (§5.4.5).
fn range_text(low: f64, high: f64) -> String {
    format!("{}-{}", float_text(low), float_text(high))
}

/// Returns the logarithmic bin of a positive number: edges are `coefficient * base^k`.
fn log_bin(number: f64, coefficient: f64, base: f64) -> Option<String> {
    if number <= 0.0 || coefficient <= 0.0 || base <= 1.0 {
        return None;
    }
    let edge = |power: f64| coefficient * base.powf(power);
    let mut power = ((number / coefficient).ln() / base.ln()).floor();
    // The logarithm may be off by a rounding at an edge.
    while edge(power) > number {
        power -= 1.0;
    }
    while edge(power + 1.0) <= number {
        power += 1.0;
    }
    Some(range_text(edge(power), edge(power + 1.0)))
}
