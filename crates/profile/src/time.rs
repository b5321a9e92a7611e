//! How a row's time is written in a column, and its reading: microseconds since the epoch, UTC, finer digits floored.

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeFormat {
    /// The column is of a time type: nothing to parse.
    Stored,
    /// Seconds since the epoch, with or without a fraction.
    EpochSeconds,
    /// Milliseconds since the epoch.
    EpochMillis,
    /// Microseconds since the epoch.
    EpochMicros,
    /// Nanoseconds since the epoch.
    EpochNanos,
    /// ISO 8601 or close to it; without a zone it is UTC. See [`parse_time`].
    Iso,
    /// Intervals of 100 ns since 1601-01-01 UTC.
    FileTime,
}

/// Names in profiles; [`TimeFormat::Stored`] follows from the column's type and has none.
const NAMES: [(TimeFormat, &str); 6] = [
    (TimeFormat::EpochSeconds, "epoch_s"),
    (TimeFormat::EpochMillis, "epoch_ms"),
    (TimeFormat::EpochMicros, "epoch_us"),
    (TimeFormat::EpochNanos, "epoch_ns"),
    (TimeFormat::Iso, "iso"),
    (TimeFormat::FileTime, "filetime"),
];

/// Microseconds from 1601-01-01 to 1970-01-01.
const FILETIME_EPOCH_MICROS: i128 = 11_644_473_600_000_000;

impl TimeFormat {
    /// Returns the format of that name in a profile, for example `epoch_ms`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(format, _)| *format)
    }

    /// Returns the name in profiles and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(format, _)| *format == self).map_or("stored", |(_, name)| name)
    }

    /// Returns all names, for messages.
    pub(crate) fn names() -> Vec<String> {
        NAMES.iter().map(|(_, name)| (*name).to_owned()).collect()
    }

    /// Returns how many units make a microsecond or how many microseconds a unit, as numerator and denominator of
    /// microseconds per unit. `None` for formats that are no count.
    fn micros_per_unit(self) -> Option<(i128, i128)> {
        match self {
            Self::EpochSeconds => Some((1_000_000, 1)),
            Self::EpochMillis => Some((1_000, 1)),
            Self::EpochMicros => Some((1, 1)),
            Self::EpochNanos => Some((1, 1_000)),
            Self::FileTime => Some((1, 10)),
            Self::Stored | Self::Iso => None,
        }
    }

    /// Returns what must be subtracted, in microseconds, to count from 1970.
    fn epoch_micros(self) -> i128 {
        if self == Self::FileTime { FILETIME_EPOCH_MICROS } else { 0 }
    }
}

/// Returns the time in microseconds since the epoch, or `None` where the text is not of the format or out of range.
///
/// Counts may carry a decimal fraction. [`TimeFormat::Iso`] takes `YYYY-MM-DD`, then optionally `T` or a blank,
/// `hh:mm[:ss[.fraction]]` and a zone: `Z`, `UTC`, `±hh`, `±hhmm` or `±hh:mm`, with a blank before it or not, and a `UTC`
/// after an offset as Go prints it. Second 60 is the first of the next minute. White space around the text does not count.
#[must_use]
pub fn parse_time(text: &str, format: TimeFormat) -> Option<i64> {
    let text = text.trim();
    match format {
        TimeFormat::Stored => None,
        TimeFormat::Iso => parse_iso(text),
        count => parse_count(text, count),
    }
}

/// Returns the time of a whole number of units in microseconds since the epoch; `None` out of range or for formats that are
/// no count.
#[must_use]
pub fn parse_epoch_int(value: i128, format: TimeFormat) -> Option<i64> {
    let (numerator, denominator) = format.micros_per_unit()?;
    let micros = value.checked_mul(numerator)?.div_euclid(denominator).checked_sub(format.epoch_micros())?;
    i64::try_from(micros).ok()
}

/// Returns the time of a number of units in microseconds since the epoch; `None` for NaN, infinities, out of range or formats
/// that are no count.
///
/// The number is read through its shortest decimal text (§4.4), so that 1596612509.123 is 123000 µs and not 122999.
#[must_use]
pub fn parse_epoch_f64(value: f64, format: TimeFormat) -> Option<i64> {
    if !value.is_finite() {
        return None;
    }
    // Display of f64 never uses an exponent.
    parse_count(&value.to_string(), format)
}

/// Reads a decimal count of units.
fn parse_count(text: &str, format: TimeFormat) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (numerator, denominator) = format.micros_per_unit()?;
    // Nine digits of a fraction decide any microsecond of the coarsest unit; further ones only matter for the floor of a
    // negative count, where they count as one more unit in the tenth place.
    let mut nanos: i128 = 0;
    for place in 0..9 {
        let digit = fraction.as_bytes().get(place).map_or(0, |byte| i128::from(byte - b'0'));
        nanos = nanos * 10 + digit;
    }
    let rest = fraction.bytes().skip(9).any(|byte| byte != b'0');
    let scaled = whole.parse::<i128>().ok()?.checked_mul(1_000_000_000)?.checked_add(nanos)?;
    let scaled = if negative { -scaled - i128::from(rest) } else { scaled };
    let micros = scaled.checked_mul(numerator)?.div_euclid(denominator.checked_mul(1_000_000_000)?);
    i64::try_from(micros.checked_sub(format.epoch_micros())?).ok()
}

/// Reads an ISO 8601 time.
fn parse_iso(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let (year, month, day) = (number(bytes, 0, 4)?, number(bytes, 5, 2)?, number(bytes, 8, 2)?);
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') || !valid_date(year, month, day) {
        return None;
    }
    let midnight = days_from_civil(year, month, day) * 86_400;
    if bytes.len() == 10 {
        return midnight.checked_mul(1_000_000);
    }
    if !matches!(bytes.get(10), Some(b'T' | b't' | b' ')) || bytes.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (number(bytes, 11, 2)?, number(bytes, 14, 2)?);
    let mut at = 16;
    let mut second = 0;
    let mut micros = 0;
    if bytes.get(at) == Some(&b':') {
        second = number(bytes, at + 1, 2)?;
        at += 3;
        if matches!(bytes.get(at), Some(b'.' | b',')) {
            let digits = bytes.get(at + 1..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            for place in 0..6 {
                let digit = if place < digits { i64::from(bytes.get(at + 1 + place)? - b'0') } else { 0 };
                micros = micros * 10 + digit;
            }
            at += 1 + digits;
        }
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset = zone_seconds(text.get(at..)?)?;
    let seconds = midnight + hour * 3600 + minute * 60 + second - offset;
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

/// Returns the `length` digits at `at` as a number.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<i64> {
    let digits = bytes.get(at..at + length)?;
    digits.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

/// Returns the offset from UTC of a zone, in seconds; none is UTC.
fn zone_seconds(zone: &str) -> Option<i64> {
    let zone = zone.trim_start();
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") || zone.eq_ignore_ascii_case("utc") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = zone.get(1..)?;
    // Go prints a time as `2021-07-28 18:43:51 +0000 UTC`.
    let digits = digits.strip_suffix(" UTC").unwrap_or(digits).as_bytes();
    let hours = number(digits, 0, 2)?;
    let minutes = match digits.len() {
        2 => 0,
        4 => number(digits, 2, 2)?,
        5 if digits.get(2) == Some(&b':') => number(digits, 3, 2)?,
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Is this a day of the Gregorian calendar?
fn valid_date(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// Returns the days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that the leap day
/// is the last of its year; 400 such years are 146,097 days.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    // 719,468 days from 0000-03-01 to 1970-01-01.
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Option<i64> {
        parse_time(text, TimeFormat::Iso)
    }

    #[test]
    fn iso_times_of_the_shippers_are_read() {
        let noon = 1_689_792_012_053_000;
        assert_eq!(iso("2023-07-19T18:40:12.053Z"), Some(noon));
        assert_eq!(iso("2023-07-19 18:40:12.053"), Some(noon), "Sysmon UtcTime: a blank, no zone");
        assert_eq!(iso("2023-07-19T18:40:12.0530000Z"), Some(noon), "Azure: seven digits");
        assert_eq!(iso(" 2023-07-19T20:40:12.053+02:00 "), Some(noon));
        assert_eq!(iso("2023-07-19 18:40:12.053 +0000 UTC"), Some(noon), "Carbon Black Cloud");
        assert_eq!(iso("2023-07-19T13:10:12.053-0530"), Some(noon));
        assert_eq!(iso("2023-07-19"), Some(1_689_724_800_000_000));
        assert_eq!(iso("2023-07-19T18:40"), Some(1_689_792_000_000_000));
        assert_eq!(iso("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(iso("1969-12-31T23:59:59.999999Z"), Some(-1));
        assert_eq!(iso("2000-02-29T00:00:00Z"), Some(951_782_400_000_000));
        assert_eq!(iso("2016-12-31T23:59:60Z"), iso("2017-01-01T00:00:00Z"));
        assert_eq!(iso("0000-01-01T00:00:00Z"), Some(-62_167_219_200_000_000));
    }

    #[test]
    fn what_is_not_iso_is_refused() {
        for text in [
            "",
            "2023",
            "2023-7-19",
            "2023-02-29",
            "2023-13-01",
            "2023-00-01",
            "2023-01-00",
            "2023-07-19X10:00",
            "2023-07-19T24:00:00Z",
            "2023-07-19T10:60:00Z",
            "2023-07-19T10:00:61Z",
            "2023-07-19T10:00:00.Z",
            "2023-07-19T10:00:00 CET",
            "2023-07-19T10:00:00+1",
            "2023-07-19T10:00:00+24:00",
            "2023/07/19 10:00:00",
            "2023-07-19T1é:00:00Z",
            "-023-07-19",
            "2023-07-19T10:0",
            "２０２３-07-19",
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }

    #[test]
    fn counts_are_read_in_every_unit() {
        assert_eq!(parse_time("1596612509", TimeFormat::EpochSeconds), Some(1_596_612_509_000_000));
        assert_eq!(parse_time("1596612509.1239", TimeFormat::EpochSeconds), Some(1_596_612_509_123_900));
        assert_eq!(parse_time("1596612509123", TimeFormat::EpochMillis), Some(1_596_612_509_123_000));
        assert_eq!(parse_time("1596612509123456", TimeFormat::EpochMicros), Some(1_596_612_509_123_456));
        assert_eq!(parse_time("1596612509123456789", TimeFormat::EpochNanos), Some(1_596_612_509_123_456));
        assert_eq!(parse_time("116444736000000009", TimeFormat::FileTime), Some(0));
        assert_eq!(parse_time("116444736000000010", TimeFormat::FileTime), Some(1));
        assert_eq!(parse_epoch_int(1_596_612_509_123, TimeFormat::EpochMillis), Some(1_596_612_509_123_000));
        assert_eq!(parse_epoch_int(116_444_735_999_999_999, TimeFormat::FileTime), Some(-1));
        assert_eq!(parse_epoch_f64(1_596_612_509.123, TimeFormat::EpochSeconds), Some(1_596_612_509_123_000));
    }

    #[test]
    fn finer_digits_are_floored_below_zero_too() {
        assert_eq!(parse_time("-1", TimeFormat::EpochNanos), Some(-1));
        assert_eq!(parse_time("-0.0000001", TimeFormat::EpochSeconds), Some(-1));
        assert_eq!(parse_time("-0.0000000000001", TimeFormat::EpochSeconds), Some(-1));
        assert_eq!(parse_time("0.0000009", TimeFormat::EpochSeconds), Some(0));
    }

    #[test]
    fn extremes_give_no_time_and_no_panic() {
        let long = "9".repeat(60);
        for format in NAMES.map(|(format, _)| format) {
            for text in [
                &long,
                "-",
                ".",
                "1.",
                ".5",
                "1e5",
                "NaN",
                "0x10",
                "--1",
                "+1",
                "1_000",
                "170141183460469231731687303715884105727",
            ] {
                assert_eq!(parse_time(text, format), None, "{text} {}", format.name());
            }
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN] {
                assert_eq!(parse_epoch_f64(value, format), None);
            }
            assert_eq!(parse_epoch_int(i128::MAX, format), None);
            assert_eq!(parse_epoch_int(i128::MIN, format), None);
        }
        assert_eq!(parse_epoch_int(i128::from(i64::MAX), TimeFormat::EpochMicros), Some(i64::MAX));
        assert_eq!(parse_time("5", TimeFormat::Stored), None);
    }
}
