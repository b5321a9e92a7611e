//! The width of bins that a rule leaves open (§5.4.6).

use retrohunt_spl::plan::{BinCommand, BinSpan, CalendarUnit};

use super::bin::time_bin;
use super::row::{RowSet, row_time};
use super::settings::Settings;
use super::value::Scalar;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// Most bins where none are written.
const BINS: u64 = 100;

/// Returns the width that is written, or the one that the field's values call for; none if there is no number.
pub(super) fn width(rows: &RowSet, command: &BinCommand, settings: &Settings) -> Option<BinSpan> {
    if let Some(span) = &command.options.span {
        return Some(span.clone());
    }
    let values = || rows.rows.iter().flat_map(|row| row.get(&command.field));
    let bins = command.options.bins.unwrap_or(BINS);
    if command.field == "_time" {
        let times: Vec<i64> = values().filter_map(|value| row_time(value, settings)).collect();
        return of_times(&times, bins, command, settings);
    }
    let numbers: Vec<f64> = values().filter_map(Scalar::number).map(super::value::Number::real).collect();
    let low = numbers.iter().copied().reduce(f64::min)?;
    let high = numbers.iter().copied().reduce(f64::max)?;
    let low = command.options.start.map_or(low, |start| start.0.min(low));
    let high = command.options.end.map_or(high, |end| end.0.max(high));
    let least = match command.options.min_span {
        Some(BinSpan::Number(least)) => least,
        _ => 0.0,
    };
    let powers = (-300..=300).filter_map(|power| format!("1e{power}").parse::<f64>().ok());
    let fits = |span: &f64| *span >= least && (high / span).floor() - (low / span).floor() < bins as f64;
    powers.into_iter().find(fits).map(BinSpan::Number)
}

/// The first step of the ladder that gives few enough bins.
fn of_times(times: &[i64], bins: u64, command: &BinCommand, settings: &Settings) -> Option<BinSpan> {
    let (low, high) = (*times.iter().min()?, *times.iter().max()?);
    let seconds = |written: f64| format!("{:.0}", written * 1e6).parse::<i64>().ok();
    let low = command.options.start.and_then(|start| seconds(start.0)).map_or(low, |start| start.min(low));
    let high = command.options.end.and_then(|end| seconds(end.0)).map_or(high, |end| end.max(high));
    let least = command.options.min_span.as_ref().map_or(0, length);
    let fits = |span: &BinSpan| {
        let ends = time_bin(low, span, &settings.timezone).zip(time_bin(high, span, &settings.timezone));
        length(span) >= least
            && ends.is_some_and(|(first, last)| {
                let steps = ((last - first) as f64 / length(span) as f64).round();
                steps < bins as f64
            })
    };
    let last = BinSpan::Calendar { count: 1, unit: CalendarUnit::Month };
    Some(ladder().into_iter().find(fits).unwrap_or(last))
}

/// The steps of time: 1s 5s 10s 30s 1m 5m 10m 30m 1h 1d 1mon.
fn ladder() -> Vec<BinSpan> {
    let micros = [1, 5, 10, 30, 60, 300, 600, 1800, 3600].map(|seconds| BinSpan::Micros(seconds * 1_000_000));
    let calendar = [CalendarUnit::Day, CalendarUnit::Month].map(|unit| BinSpan::Calendar { count: 1, unit });
    micros.into_iter().chain(calendar).collect()
}

/// About how many microseconds a span of time has.
pub(super) fn length(span: &BinSpan) -> i64 {
    match span {
        BinSpan::Micros(span) => i64::try_from(*span).unwrap_or(i64::MAX),
        BinSpan::Calendar { count, unit } => {
            let days = match unit {
                CalendarUnit::Day => 1,
                CalendarUnit::Week => 7,
                CalendarUnit::Month => 30,
                CalendarUnit::Quarter => 91,
                CalendarUnit::Year => 365,
            };
            i64::from(*count) * days * 86400 * SECOND
        }
        BinSpan::Number(_) | BinSpan::Log { .. } => 0,
    }
}
