//! Times: printing, and the forms in which rules and data write them (§4.6).

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, ZonedDateTime};

use super::settings::Settings;

/// Returns RFC 3339 UTC with as many digits of fraction as the time needs.
///
/// A time that the calendar cannot hold prints as epoch seconds.
#[must_use]
pub fn rfc3339(micros: i64) -> String {
    let Some(moment) = moment(micros) else { return super::value::seconds_text(micros) };
    let civil = TimeZone::UTC.to_datetime(moment);
    let whole = civil.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let fraction = format!(".{:06}", micros.rem_euclid(1_000_000));
    format!("{whole}{}Z", fraction.trim_end_matches('0').trim_end_matches('.'))
}

/// Returns the microseconds of an ISO 8601 text; without an offset it is read in `zone`, without a time at midnight.
#[must_use]
pub fn parse_iso(text: &str, zone: &TimeZone) -> Option<i64> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(floor_micros(moment));
    }
    let civil = text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)))?;
    local(civil, zone)
}

/// Returns the microseconds of a local time.
#[must_use]
pub fn local(civil: DateTime, zone: &TimeZone) -> Option<i64> {
    zone.to_timestamp(civil).ok().map(floor_micros)
}

/// Returns the local time of a moment.
#[must_use]
pub fn civil(micros: i64, zone: &TimeZone) -> Option<DateTime> {
    moment(micros).map(|moment| zone.to_datetime(moment))
}

/// Returns the moment of microseconds since the epoch, if the calendar holds it.
fn moment(micros: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(micros).ok()
}

/// Returns whole microseconds, finer digits floored.
fn floor_micros(moment: Timestamp) -> i64 {
    let nanos = moment.as_nanosecond().div_euclid(1_000);
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// Returns the microseconds of a bound as rules write it (§4.6.4-4.6.6), or `None` if it is not a time.
#[must_use]
pub fn bound(text: &str, settings: &Settings) -> Option<i64> {
    let text = text.trim();
    match text {
        "now" | "now()" => return Some(settings.now),
        "0" | "1" => return Some(i64::MIN),
        _ => {}
    }
    if super::value::has_numeric_form(text) && !text.starts_with(['+', '-']) {
        return epoch(text);
    }
    if let Ok(civil) = DateTime::strptime("%m/%d/%Y:%H:%M:%S", text) {
        return local(civil, &settings.timezone);
    }
    parse_iso(text, &settings.timezone).or_else(|| relative(text, settings))
}

/// Returns the microseconds of epoch seconds in decimal.
fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut digits: String = fraction.chars().take(6).collect();
    while digits.len() < 6 {
        digits.push('0');
    }
    whole.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(digits.parse().ok()?)
}

/// Returns the microseconds of a modifier such as `-1d@d+2h`, relative to now (§4.6.4, §4.6.5).
pub(super) fn relative(text: &str, settings: &Settings) -> Option<i64> {
    let mut now = moment(settings.now)?.to_zoned_datetime(settings.timezone.clone());
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        let digits = rest.len() - rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
        let count = &rest[..digits];
        let letters = rest[digits..].len() - rest[digits..].trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let unit = &rest[digits..digits + letters];
        match sign {
            '+' | '-' => {
                let count: i64 = if count.is_empty() { 1 } else { count.parse().ok()? };
                let span = span(unit, if sign == '-' { -count } else { count })?;
                now = now.checked_add(span).ok()?;
                rest = &rest[digits + letters..];
            }
            '@' if count.is_empty() => {
                let after = &rest[letters..];
                let weekday = unit == "w" && after.starts_with(|digit: char| ('0'..='7').contains(&digit));
                let taken = letters + usize::from(weekday);
                now = snap(&now, &rest[..taken])?;
                rest = &rest[taken..];
            }
            _ => return None,
        }
    }
    Some(floor_micros(now.timestamp()))
}

/// Returns a number of units as a span; the units' spellings are those of §4.6.4.
fn span(unit: &str, count: i64) -> Option<Span> {
    let new = Span::new();
    let made = match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => new.try_seconds(count),
        "m" | "min" | "mins" | "minute" | "minutes" => new.try_minutes(count),
        "h" | "hr" | "hrs" | "hour" | "hours" => new.try_hours(count),
        "d" | "day" | "days" => new.try_days(count),
        "w" | "week" | "weeks" => new.try_weeks(count),
        "mon" | "month" | "months" => new.try_months(count),
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => new.try_months(count.checked_mul(3)?),
        "y" | "yr" | "yrs" | "year" | "years" => new.try_years(count),
        _ => return None,
    };
    made.ok()
}

/// Returns the moment rounded down to a unit (§4.6.5).
fn snap(now: &ZonedDateTime, unit: &str) -> Option<ZonedDateTime> {
    let civil = now.datetime();
    let date = civil.date();
    let days_back = |days: i8| date.checked_sub(i64::from(days).days()).ok();
    let start = match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => date.at(civil.hour(), civil.minute(), civil.second(), 0),
        "m" | "min" | "mins" | "minute" | "minutes" => date.at(civil.hour(), civil.minute(), 0, 0),
        "h" | "hr" | "hrs" | "hour" | "hours" => date.at(civil.hour(), 0, 0, 0),
        "d" | "day" | "days" => date.at(0, 0, 0, 0),
        "w" | "week" | "weeks" => days_back(date.weekday().to_sunday_zero_offset())?.at(0, 0, 0, 0),
        "mon" | "month" | "months" => date.first_of_month().at(0, 0, 0, 0),
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => {
            Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?.at(0, 0, 0, 0)
        }
        "y" | "yr" | "yrs" | "year" | "years" => date.first_of_year().at(0, 0, 0, 0),
        _ => {
            let day: i8 = unit.strip_prefix('w')?.parse().ok()?;
            days_back((date.weekday().to_sunday_zero_offset() - day % 7).rem_euclid(7))?.at(0, 0, 0, 0)
        }
    };
    now.time_zone().to_zoned_datetime(start).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Microseconds of a whole second.
    fn seconds(count: i64) -> Option<i64> {
        Some(count * 1_000_000)
    }

    #[test]
    fn printing_keeps_only_needed_digits() {
        assert_eq!(rfc3339(1_700_000_123_987_000), "2023-11-14T22:15:23.987Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999999Z");
    }

    #[test]
    fn absolute_forms() {
        let settings = Settings { now: 5_000_000, ..Settings::default() };
        assert_eq!(bound("1700000123", &settings), seconds(1_700_000_123));
        assert_eq!(bound("11/14/2023:22:15:23", &settings), seconds(1_700_000_123));
        assert_eq!(bound("2023-11-14T22:15:23Z", &settings), seconds(1_700_000_123));
        assert_eq!(bound("2023-11-14T22:15:23", &settings), seconds(1_700_000_123));
        assert_eq!(bound("now", &settings), seconds(5));
        assert_eq!(bound("0", &settings), Some(i64::MIN));
        assert_eq!(bound("soon", &settings), None);
    }

    #[test]
    fn relative_forms() {
        // 2023-11-14T22:15:23Z, a Tuesday.
        let settings = Settings { now: 1_700_000_123_000_000, ..Settings::default() };
        let at = |text: &str| bound(text, &settings).map(rfc3339);
        let is = |text: &str, expected: &str| assert_eq!(at(text).as_deref(), Some(expected), "{text}");
        is("-1h", "2023-11-14T21:15:23Z");
        is("-1d@d+2h", "2023-11-13T02:00:00Z");
        is("@w", "2023-11-12T00:00:00Z");
        is("@w1", "2023-11-13T00:00:00Z");
        is("@w5", "2023-11-10T00:00:00Z");
        is("@w7", "2023-11-12T00:00:00Z");
        is("@q", "2023-10-01T00:00:00Z");
        is("-mon@mon", "2023-10-01T00:00:00Z");
        assert_eq!(at("-1x"), None);
        assert_eq!(at("@"), None);
    }
}
