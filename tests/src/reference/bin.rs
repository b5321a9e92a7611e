//! `bin` (§5.4).

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use retrohunt_spl::plan::{AlignTime, BinCommand, BinSpan, CalendarUnit};

use super::bin_width::width;
use super::clock;
use super::row::{Field, RowSet, micros, row_time};
use super::settings::Settings;
use super::value::{Number, Scalar, float_text};

/// Puts each value of the field into its bin; others stay as they are (§5.4.7).
pub(super) fn bin(mut rows: RowSet, command: &BinCommand, settings: &Settings) -> RowSet {
    let target = command.alias.as_ref().unwrap_or(&command.field);
    let exists = rows.columns.iter().any(|column| column.name == *target);
    if !exists && command.alias.is_some() {
        rows.columns.push(Field { name: target.clone(), named: true });
    }
    let only_time = target == "_time";
    let Some(width) = width(&rows, command, settings) else { return rows };
    let origin = origin(command, settings);
    for row in &mut rows.rows {
        let values = row.get(&command.field).to_vec();
        let one = |value: &Scalar| one(value, &command.field, &width, origin, settings);
        let binned = values.iter().map(|value| one(value).unwrap_or_else(|| value.clone())).collect();
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

/// Where time bins below a day start, in microseconds (§5.4.7).
fn origin(command: &BinCommand, settings: &Settings) -> i64 {
    let origin = match &command.options.align {
        None => None,
        Some(AlignTime::Earliest) => settings.earliest,
        Some(AlignTime::Latest) => settings.latest,
        Some(AlignTime::At(text)) => clock::bound(&text.0, settings),
    };
    origin.unwrap_or(0)
}

/// Returns the bin of one value, `None` if it is not a number.
fn one(value: &Scalar, field: &str, width: &BinSpan, origin: i64, settings: &Settings) -> Option<Scalar> {
    if field == "_time" {
        let time = row_time(value, settings)?;
        let origin = if matches!(width, BinSpan::Micros(_)) { origin } else { 0 };
        let binned = time_bin(time.checked_sub(origin)?, width, &settings.timezone)?;
        return binned.checked_add(origin).map(Scalar::Time);
    }
    let number = value.number()?;
    match width {
        BinSpan::Micros(span) => Some(floor_number(number, *span)),
        BinSpan::Calendar { .. } => {
            let floored = time_bin(micros(number)?, width, &settings.timezone)?;
            Some(Scalar::Int(floored.div_euclid(1_000_000)))
        }
        BinSpan::Number(span) => {
            let index = (number.real() / span).floor();
            Some(Scalar::Text(range_text(index * span, (index + 1.0) * span)))
        }
        BinSpan::Log { coefficient, base } => log_bin(number.real(), *coefficient, *base).map(Scalar::Text),
    }
}

/// Returns a time rounded down to its bin (§5.4.3).
pub(super) fn time_bin(time: i64, span: &BinSpan, zone: &TimeZone) -> Option<i64> {
    match span {
        BinSpan::Micros(span) => {
            let span = i64::try_from(*span).ok()?;
            time.checked_div_euclid(span)?.checked_mul(span)
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

/// Returns `low-high` (§5.4.5).
pub(super) fn range_text(low: f64, high: f64) -> String {
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
