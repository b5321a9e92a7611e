//! Widths of bins and lengths of time as options spell them (§5.4.3-5.4.5).

use crate::plan::{BinSpan, CalendarUnit};

/// Reads the width of a bin on `_time` or on another field; `None` if it is none.
pub(super) fn width(text: &str, time: bool) -> Option<BinSpan> {
    let lower = text.to_ascii_lowercase();
    if let Some((coefficient, base)) = lower.split_once("log") {
        let number = |text: &str, default: f64| if text.is_empty() { Some(default) } else { text.parse().ok() };
        let (coefficient, base): (f64, f64) = (number(coefficient, 1.0)?, number(base, 10.0)?);
        let valid = !time && coefficient >= 1.0 && base > 1.0 && coefficient < base && base.is_finite();
        return valid.then_some(BinSpan::Log { coefficient, base });
    }
    let (number, unit) = number_and_unit(&lower);
    if unit.is_empty() && !time {
        let number: f64 = number.parse().ok()?;
        return (number > 0.0 && number.is_finite()).then_some(BinSpan::Number(number));
    }
    let count: u64 = if number.is_empty() { 1 } else { number.parse().ok()? };
    if count == 0 {
        return None;
    }
    let calendar = |unit| u32::try_from(count).ok().map(|count| BinSpan::Calendar { count, unit });
    match unit {
        "d" | "day" | "days" => return calendar(CalendarUnit::Day),
        "w" | "week" | "weeks" => return calendar(CalendarUnit::Week),
        "mon" | "month" | "months" => return calendar(CalendarUnit::Month),
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => return calendar(CalendarUnit::Quarter),
        "y" | "yr" | "yrs" | "year" | "years" => return calendar(CalendarUnit::Year),
        _ => {}
    }
    let micros = count.checked_mul(unit_micros(unit)?).filter(|&micros| i64::try_from(micros).is_ok())?;
    // Spans under a second must divide it.
    let fraction = matches!(unit, "us" | "ms" | "cs" | "ds");
    (!fraction || 1_000_000 % micros == 0).then_some(BinSpan::Micros(micros))
}

/// Reads a length of time in microseconds: seconds, or a number with a unit up to weeks; `None` if it is none.
pub(super) fn duration(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let (number, unit) = number_and_unit(&lower);
    let factor = match unit {
        "d" | "day" | "days" => 86_400_000_000,
        "w" | "week" | "weeks" => 604_800_000_000,
        _ => unit_micros(unit)?,
    };
    let count: u64 = number.parse().ok()?;
    count.checked_mul(factor).and_then(|micros| i64::try_from(micros).ok())
}

/// Splits `5min` behind its digits.
fn number_and_unit(lower: &str) -> (&str, &str) {
    lower.split_at(lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len()))
}

/// Microseconds in a unit up to hours; none at all means seconds.
fn unit_micros(unit: &str) -> Option<u64> {
    Some(match unit {
        "us" => 1,
        "ms" => 1_000,
        "cs" => 10_000,
        "ds" => 100_000,
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000_000,
        _ => return None,
    })
}

/// Returns the spelling of a calendar unit in a span.
pub(crate) fn calendar_unit_name(unit: CalendarUnit) -> &'static str {
    match unit {
        CalendarUnit::Day => "d",
        CalendarUnit::Week => "w",
        CalendarUnit::Month => "mon",
        CalendarUnit::Quarter => "q",
        CalendarUnit::Year => "y",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_4_3_units() {
        assert_eq!(width("10min", true), Some(BinSpan::Micros(600_000_000)));
        assert_eq!(width("90", true), Some(BinSpan::Micros(90_000_000)));
        assert_eq!(width("90", false), Some(BinSpan::Number(90.0)));
        assert_eq!(width("250ms", true), Some(BinSpan::Micros(250_000)));
        assert_eq!(width("300ms", true), None);
        assert_eq!(width("0us", true), None);
        assert_eq!(width("2w", true), Some(BinSpan::Calendar { count: 2, unit: CalendarUnit::Week }));
        assert_eq!(width("2log5", false), Some(BinSpan::Log { coefficient: 2.0, base: 5.0 }));
        assert_eq!(width("5x", true), None);
    }

    #[test]
    fn lengths_of_time_need_no_divisor() {
        assert_eq!(duration("1500ms"), Some(1_500_000));
        assert_eq!(duration("2d"), Some(172_800_000_000));
        assert_eq!(duration("30"), Some(30_000_000));
        assert_eq!(duration("5mon"), None);
        assert_eq!(duration("99999999999999999999s"), None);
    }
}
