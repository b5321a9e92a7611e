//! Times as rules and command lines write them (§4.6): relative with snapping, absolute, epoch seconds, ISO 8601.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span as Length, Timestamp, ZonedDateTime};

/// Returns the instant that `text` names, in microseconds since the epoch; `None` for the beginning of time (`0`, `1`).
///
/// `now` is in microseconds since the epoch. Snapping, and absolute times without an offset, are in `zone` (§4.6.2).
///
/// # Errors
///
/// If the text is no time, or lies outside the years -9999 to 9999: a sentence that says so.
pub fn resolve(text: &str, now: i64, zone: &TimeZone) -> Result<Option<i64>, String> {
    let text = text.trim();
    match text {
        "0" | "1" => return Ok(None),
        "now" | "now()" => return Ok(Some(now)),
        _ => {}
    }
    if let Some(time) = absolute(text, zone) {
        return Ok(Some(time));
    }
    let start = Timestamp::from_microsecond(now).map_err(|_| out_of_range(text))?.to_zoned_datetime(zone.clone());
    relative(text, start).map(|zoned| Some(zoned.timestamp().as_microsecond()))
}

/// Is `text` a time? See [`resolve`].
///
/// # Errors
///
/// A sentence that says what is wrong.
pub fn check(text: &str) -> Result<(), String> {
    resolve(text, 0, &TimeZone::UTC).map(|_| ())
}

/// The message for times that no calendar holds.
fn out_of_range(text: &str) -> String {
    format!("the time `{text}` lies outside the years -9999 to 9999")
}

/// Epoch seconds, `MM/DD/YYYY:HH:MM:SS`, ISO 8601 with or without offset.
fn absolute(text: &str, zone: &TimeZone) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.bytes().any(|byte| byte.is_ascii_digit())
    {
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let seconds: i64 = if seconds.is_empty() { 0 } else { seconds.parse().ok()? };
        let micros: i64 = format!("{fraction:0<6.6}").parse().ok()?;
        return seconds.checked_mul(1_000_000)?.checked_add(micros);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_microsecond());
    }
    let civil = slashed(text).or_else(|| text.parse::<DateTime>().ok()).or_else(|| {
        let date: Date = text.parse().ok()?;
        Some(date.to_datetime(Time::midnight()))
    })?;
    Some(zone.to_zoned_datetime(civil).ok()?.timestamp().as_microsecond())
}

/// `MM/DD/YYYY:HH:MM:SS`, the time optional.
fn slashed(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(':').unwrap_or((text, "00:00:00"));
    let parts = |text: &str, by: char| -> Option<[i16; 3]> {
        let numbers: Option<Vec<i16>> = text.split(by).map(|part| part.parse().ok()).collect();
        numbers?.try_into().ok()
    };
    let [month, day, year] = parts(date, '/')?;
    let [hour, minute, second] = parts(time, ':')?;
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    Some(date.to_datetime(time))
}

/// A chain of steps and snaps, applied left to right (§4.6.4, §4.6.5).
fn relative(text: &str, start: ZonedDateTime) -> Result<ZonedDateTime, String> {
    let wrong = || format!("`{text}` is not a time");
    let mut at = start;
    let mut rest = text.strip_prefix("now").unwrap_or(text);
    if rest.is_empty() {
        return Err(wrong());
    }
    while let Some(first) = rest.chars().next() {
        let body = &rest[first.len_utf8()..];
        match first {
            '+' | '-' => {
                let digits = body.bytes().take_while(u8::is_ascii_digit).count();
                let letters = body[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
                let count: i64 = if digits == 0 { 1 } else { body[..digits].parse().map_err(|_| wrong())? };
                let unit = unit(&body[digits..digits + letters]).ok_or_else(wrong)?;
                let count = if first == '-' { -count } else { count };
                at = step(&at, count, unit).ok_or_else(|| out_of_range(text))?;
                rest = &body[digits + letters..];
            }
            '@' => {
                let length = body.bytes().take_while(u8::is_ascii_alphanumeric).count();
                at = snap(&at, &body[..length]).ok_or_else(wrong)?;
                rest = &body[length..];
            }
            _ => return Err(wrong()),
        }
    }
    Ok(at)
}

/// Units of a step or a snap.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Reads a unit (§4.6.4).
fn unit(text: &str) -> Option<Unit> {
    Some(match text.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
        "d" | "day" | "days" => Unit::Day,
        "w" | "week" | "weeks" => Unit::Week,
        "mon" | "month" | "months" => Unit::Month,
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => Unit::Quarter,
        "y" | "yr" | "yrs" | "year" | "years" => Unit::Year,
        _ => return None,
    })
}

/// Adds `count` units; month arithmetic clamps to the last day of the month.
fn step(at: &ZonedDateTime, count: i64, unit: Unit) -> Option<ZonedDateTime> {
    let length = Length::new();
    let length = match unit {
        Unit::Second => length.try_seconds(count),
        Unit::Minute => length.try_minutes(count),
        Unit::Hour => length.try_hours(count),
        Unit::Day => length.try_days(count),
        Unit::Week => length.try_weeks(count),
        Unit::Month => length.try_months(count),
        Unit::Quarter => length.try_months(count.checked_mul(3)?),
        Unit::Year => length.try_years(count),
    };
    at.checked_add(length.ok()?).ok()
}

/// Rounds down to a unit; `w0` to `w7` to a day of the week.
fn snap(at: &ZonedDateTime, text: &str) -> Option<ZonedDateTime> {
    let lower = text.to_ascii_lowercase();
    let day = |at: &ZonedDateTime| at.start_of_day().ok();
    if let Some(weekday) = lower.strip_prefix('w').and_then(|digit| digit.parse::<i64>().ok()) {
        return (weekday <= 7).then(|| start_of_week(at, weekday % 7)).flatten();
    }
    let datetime = at.datetime();
    let first = |month: i8| {
        let date = Date::new(datetime.year(), month, 1).ok()?;
        date.to_zoned_datetime(at.time_zone().clone()).ok()
    };
    match unit(&lower)? {
        Unit::Second => floor_clock(at, 1),
        Unit::Minute => floor_clock(at, 60),
        Unit::Hour => floor_clock(at, 3600),
        Unit::Day => day(at),
        Unit::Week => start_of_week(at, 0),
        Unit::Month => first(datetime.month()),
        Unit::Quarter => first((datetime.month() - 1) / 3 * 3 + 1),
        Unit::Year => first(1),
    }
}

/// Takes off what is over a multiple of `seconds` on the local clock.
fn floor_clock(at: &ZonedDateTime, seconds: i64) -> Option<ZonedDateTime> {
    let time = at.time();
    let of_day = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let over =
        Length::new().try_seconds(of_day % seconds).ok()?.try_nanoseconds(i64::from(time.subsec_nanosecond())).ok()?;
    at.checked_sub(over).ok()
}

/// Midnight of the last such weekday (0 is Sunday), today included.
fn start_of_week(at: &ZonedDateTime, weekday: i64) -> Option<ZonedDateTime> {
    let today = i64::from(at.weekday().to_sunday_zero_offset());
    let back = (today - weekday).rem_euclid(7);
    at.checked_sub(Length::new().try_days(back).ok()?).ok()?.start_of_day().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2023-11-14T22:15:23.5Z, a Tuesday.
    const NOW: i64 = 1_700_000_123_500_000;

    fn at(text: &str) -> String {
        let micros = resolve(text, NOW, &TimeZone::UTC).unwrap().unwrap();
        Timestamp::from_microsecond(micros).unwrap().to_string()
    }

    #[test]
    fn steps_and_snaps_apply_left_to_right_s4_6_4() {
        assert_eq!(at("-1d@d+2h"), "2023-11-13T02:00:00Z");
        assert_eq!(at("@d"), "2023-11-14T00:00:00Z");
        assert_eq!(at("-h@h"), "2023-11-14T21:00:00Z");
        assert_eq!(at("-90mins@m"), "2023-11-14T20:45:00Z");
        assert_eq!(at("now-1s@s"), "2023-11-14T22:15:22Z");
    }

    #[test]
    fn snaps_round_down_s4_6_5() {
        assert_eq!(at("@w"), "2023-11-12T00:00:00Z");
        assert_eq!(at("@w7"), "2023-11-12T00:00:00Z");
        assert_eq!(at("@w3"), "2023-11-08T00:00:00Z");
        assert_eq!(at("@q"), "2023-10-01T00:00:00Z");
        assert_eq!(at("@mon"), "2023-11-01T00:00:00Z");
        assert_eq!(at("@y-1mon"), "2022-12-01T00:00:00Z");
        // Clamped to the last day of the month.
        assert_eq!(at("@y+1mon-1d+1mon"), "2023-02-28T00:00:00Z");
    }

    #[test]
    fn absolute_forms_s4_6_6() {
        assert_eq!(at("11/14/2023:22:00:00"), "2023-11-14T22:00:00Z");
        assert_eq!(at("1700000000"), "2023-11-14T22:13:20Z");
        assert_eq!(at("1700000000.25"), "2023-11-14T22:13:20.25Z");
        assert_eq!(at("2023-11-14T23:00:00+01:00"), "2023-11-14T22:00:00Z");
        assert_eq!(at("2023-11-14"), "2023-11-14T00:00:00Z");
        assert_eq!(resolve("0", NOW, &TimeZone::UTC), Ok(None));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "-1x", "@", "1.2.3", "-99999999999999999999d", "13/40/2023:0:0:0", "+9999999y"] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
