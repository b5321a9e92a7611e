//! Times as the vendors write them, from microseconds since the epoch, UTC.

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// Seconds in a day.
const DAY: i64 = 86_400;

/// 2024-03-01T00:00:00Z in microseconds since the epoch: the first row of every archive is at or after it.
pub(crate) const START: i64 = 1_709_251_200 * SECOND;

/// A time of the proleptic Gregorian calendar, UTC.
struct Civil {
    /// Year.
    year: i64,
    /// Month, 1 to 12.
    month: i64,
    /// Day of the month, 1 to 31.
    day: i64,
    /// Hour, 0 to 23.
    hour: i64,
    /// Minute, 0 to 59.
    minute: i64,
    /// Second, 0 to 59.
    second: i64,
    /// Microsecond, 0 to 999,999.
    micro: i64,
}

impl Civil {
    /// Returns the calendar time of `time`, microseconds since the epoch.
    fn of(time: i64) -> Civil {
        let seconds = time.div_euclid(SECOND);
        let (days, of_day) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        // Days are counted in 400-year eras that begin on 1 March, so the leap day is the last day of a year.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march_month = (5 * of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Civil {
            year: year + era * 400 + i64::from(month <= 2),
            month,
            day: of_year - (153 * march_month + 2) / 5 + 1,
            hour: of_day / 3600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            micro: time.rem_euclid(SECOND),
        }
    }
}

/// Appends two decimal digits of `value`, 0 to 99.
fn two(value: i64, out: &mut String) {
    digits(value, 2, out);
}

/// Appends the last `count` decimal digits of `value`, which is not negative.
pub(crate) fn digits(value: i64, count: u32, out: &mut String) {
    for place in (0..count).rev() {
        let digit = value / 10i64.pow(place) % 10;
        out.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
    }
}

/// Appends `YYYY-MM-DD`, `between`, and `hh:mm:ss`.
fn date_and_time(civil: &Civil, between: char, out: &mut String) {
    digits(civil.year, 4, out);
    out.push('-');
    two(civil.month, out);
    out.push('-');
    two(civil.day, out);
    out.push(between);
    two(civil.hour, out);
    out.push(':');
    two(civil.minute, out);
    out.push(':');
    two(civil.second, out);
}

/// Appends `time` as RFC 3339 in whole seconds, UTC: `2024-03-01T00:00:00Z`, as result rows print it.
pub(crate) fn rfc3339_seconds(time: i64, out: &mut String) {
    date_and_time(&Civil::of(time), 'T', out);
    out.push('Z');
}

/// Appends `time` as ISO 8601 with six digits of fraction and `Z`.
pub(crate) fn iso_micros(time: i64, out: &mut String) {
    let civil = Civil::of(time);
    date_and_time(&civil, 'T', out);
    out.push('.');
    digits(civil.micro, 6, out);
    out.push('Z');
}

/// Appends `time` as Sysmon's UtcTime: `2024-03-01 00:00:00.000`, without a zone.
pub(crate) fn utc_millis(time: i64, out: &mut String) {
    let civil = Civil::of(time);
    date_and_time(&civil, ' ', out);
    out.push('.');
    digits(civil.micro / 1000, 3, out);
}

/// Appends `time` as the first line of a Windows text event: `03/01/2024 12:00:00 AM`.
pub(crate) fn us_clock(time: i64, out: &mut String) {
    let civil = Civil::of(time);
    two(civil.month, out);
    out.push('/');
    two(civil.day, out);
    out.push('/');
    digits(civil.year, 4, out);
    out.push(' ');
    two(if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 }, out);
    out.push(':');
    two(civil.minute, out);
    out.push(':');
    two(civil.second, out);
    out.push_str(if civil.hour < 12 { " AM" } else { " PM" });
}

/// Appends `time` as milliseconds since the epoch.
pub(crate) fn epoch_millis(time: i64, out: &mut String) {
    crate::row::append(out, format_args!("{}", time.div_euclid(1000)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: fn(i64, &mut String), time: i64) -> String {
        let mut out = String::new();
        write(time, &mut out);
        out
    }

    #[test]
    fn calendar_times_are_right() {
        assert_eq!(text(rfc3339_seconds, START), "2024-03-01T00:00:00Z");
        assert_eq!(text(rfc3339_seconds, START - 1), "2024-02-29T23:59:59Z");
        assert_eq!(text(rfc3339_seconds, 0), "1970-01-01T00:00:00Z");
        assert_eq!(text(rfc3339_seconds, -1), "1969-12-31T23:59:59Z");
        assert_eq!(text(rfc3339_seconds, 1_596_613_709 * SECOND), "2020-08-05T07:48:29Z");
        assert_eq!(text(rfc3339_seconds, 951_782_400 * SECOND), "2000-02-29T00:00:00Z");
    }

    #[test]
    fn fractions_keep_their_leading_noughts() {
        assert_eq!(text(iso_micros, START + 42), "2024-03-01T00:00:00.000042Z");
        assert_eq!(text(utc_millis, START + 7_000), "2024-03-01 00:00:00.007");
        assert_eq!(text(epoch_millis, START + 7_999), "1709251200007");
    }

    #[test]
    fn twelve_hour_clock_has_no_hour_nought() {
        assert_eq!(text(us_clock, START), "03/01/2024 12:00:00 AM");
        assert_eq!(text(us_clock, START + 13 * 3600 * SECOND), "03/01/2024 01:00:00 PM");
        assert_eq!(text(us_clock, START + 12 * 3600 * SECOND), "03/01/2024 12:00:00 PM");
    }
}
