//! Times as text by a pattern (§6.5, `strftime`; §5.26, `ctime`), and how such a pattern reads.
//!
//! `%c`, `%x` and `%X` are those of the documentation's US English examples: `Tue Nov 14 22:15:23 2023`, `11/14/2023`, `22:15:23`.

use std::fmt::Write;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// Full names of the weekdays, Sunday first.
pub(crate) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Full names of the months.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'p> {
    /// A text that stands for itself; also an unknown conversion.
    Text(&'p str),
    /// A conversion that is one field of a time, by its letter; `:` is `%:z`.
    Field(char),
    /// `%N`, `%Q`, `%f`: that many digits of the fraction of a second; `written` if the pattern said how many.
    Fraction {
        /// How many digits.
        digits: usize,
        /// The pattern said so, or the conversion has just one number of digits.
        written: bool,
    },
    /// A conversion that is short for this pattern.
    Short(&'static str),
}

/// Takes the next piece off a pattern.
pub(crate) fn next_piece<'p>(pattern: &mut &'p str) -> Option<Piece<'p>> {
    let text: &'p str = pattern;
    if text.is_empty() {
        return None;
    }
    let mut take = |length: usize| {
        let (piece, rest) = text.split_at(length);
        *pattern = rest;
        piece
    };
    let Some(body) = text.strip_prefix('%') else {
        return Some(Piece::Text(take(text.find('%').unwrap_or(text.len()))));
    };
    let bytes = body.as_bytes();
    let (length, piece) = match (bytes.first(), bytes.get(1)) {
        (Some(b'%'), _) => (2, Piece::Text("%")),
        (Some(b':'), Some(b'z')) => (3, Piece::Field(':')),
        (Some(digit @ b'1'..=b'9'), Some(b'N' | b'Q')) => {
            (3, Piece::Fraction { digits: usize::from(digit - b'0'), written: true })
        }
        (Some(b'N'), _) => (2, Piece::Fraction { digits: 9, written: false }),
        (Some(b'Q'), _) => (2, Piece::Fraction { digits: 3, written: false }),
        (Some(b'f'), _) => (2, Piece::Fraction { digits: 6, written: false }),
        (Some(b'T' | b'X'), _) => (2, Piece::Short("%H:%M:%S")),
        (Some(b'F'), _) => (2, Piece::Short("%Y-%m-%d")),
        (Some(b'D'), _) => (2, Piece::Short("%m/%d/%y")),
        (Some(b'x'), _) => (2, Piece::Short("%m/%d/%Y")),
        (Some(b'c'), _) => (2, Piece::Short("%a %b %e %H:%M:%S %Y")),
        (Some(letter), _) if b"YmdHMSybBaAjpIeZzswUV".contains(letter) => (2, Piece::Field(char::from(*letter))),
        // Unknown: the percent sign is text, and what follows it too.
        _ => (1, Piece::Text("%")),
    };
    take(length);
    Some(piece)
}

/// The text of a time by a pattern; `None` if no calendar holds the time.
pub(crate) fn format(micros: i64, pattern: &str, zone: &TimeZone) -> Option<String> {
    let time = Timestamp::from_microsecond(micros).ok()?.to_zoned_datetime(zone.clone());
    let mut out = String::with_capacity(pattern.len() + 16);
    write(&mut out, pattern, micros, &time);
    Some(out)
}

/// Appends the text of a time by a pattern.
fn write(out: &mut String, mut pattern: &str, micros: i64, time: &ZonedDateTime) {
    while let Some(piece) = next_piece(&mut pattern) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Short(short) => write(out, short, micros, time),
            Piece::Fraction { digits, .. } => {
                let fraction = format!("{:06}000", micros.rem_euclid(1_000_000));
                out.push_str(&fraction[..digits]);
            }
            Piece::Field(letter) => {
                // Writing to a string cannot fail.
                let _ = write_field(out, letter, micros, time);
            }
        }
    }
}

/// Appends one field of a time.
fn write_field(out: &mut String, letter: char, micros: i64, time: &ZonedDateTime) -> std::fmt::Result {
    let weekday = usize::try_from(time.weekday().to_sunday_zero_offset()).unwrap_or(0);
    let month = usize::try_from(time.month() - 1).unwrap_or(0);
    let twelve = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    match letter {
        'Y' if time.year() < 0 => write!(out, "-{:04}", time.year().unsigned_abs()),
        'Y' => write!(out, "{:04}", time.year()),
        'y' => write!(out, "{:02}", time.year().rem_euclid(100)),
        'm' => write!(out, "{:02}", time.month()),
        'd' => write!(out, "{:02}", time.day()),
        'e' => write!(out, "{:2}", time.day()),
        'H' => write!(out, "{:02}", time.hour()),
        'I' => write!(out, "{twelve:02}"),
        'M' => write!(out, "{:02}", time.minute()),
        'S' => write!(out, "{:02}", time.second()),
        'p' => out.write_str(if time.hour() < 12 { "AM" } else { "PM" }),
        'B' => out.write_str(MONTHS[month]),
        'b' => out.write_str(&MONTHS[month][..3]),
        'A' => out.write_str(WEEKDAYS[weekday]),
        'a' => out.write_str(&WEEKDAYS[weekday][..3]),
        'w' => write!(out, "{weekday}"),
        'j' => write!(out, "{:03}", time.day_of_year()),
        'U' => {
            // Weeks begin on Sunday; the days before the first one are week 0.
            let day = usize::try_from(time.day_of_year() - 1).unwrap_or(0);
            write!(out, "{:02}", (day + 7 - weekday) / 7)
        }
        'V' => write!(out, "{:02}", time.iso_week_date().week()),
        's' => write!(out, "{}", micros.div_euclid(1_000_000)),
        'Z' => out.write_str(time.time_zone().to_offset_info(time.timestamp()).abbreviation()),
        'z' | ':' => write_offset(out, time.offset().seconds(), letter == ':'),
        _ => Ok(()),
    }
}

/// Appends `+0100` or `+01:00`.
fn write_offset(out: &mut String, seconds: i32, colon: bool) -> std::fmt::Result {
    let minutes = seconds.unsigned_abs() / 60;
    let (sign, between) = (if seconds < 0 { '-' } else { '+' }, if colon { ":" } else { "" });
    write!(out, "{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2023-11-14T22:15:23.987654Z, a Tuesday.
    const TIME: i64 = 1_700_000_123_987_654;

    fn utc(pattern: &str) -> String {
        format(TIME, pattern, &TimeZone::UTC).unwrap()
    }

    #[test]
    fn section_6_5_every_conversion() {
        for (pattern, expected) in [
            ("%Y-%m-%d", "2023-11-14"),
            ("%H:%M:%S", "22:15:23"),
            ("%y %e %j", "23 14 318"),
            ("%b %B %a %A", "Nov November Tue Tuesday"),
            ("%I:%M %p", "10:15 PM"),
            ("%Z %z %:z", "UTC +0000 +00:00"),
            ("%s", "1700000123"),
            ("%f %N %Q", "987654 987654000 987"),
            ("%1N %2N %3N %4N %5N %6N %7N %8N %9N", "9 98 987 9876 98765 987654 9876540 98765400 987654000"),
            ("%3Q %6Q", "987 987654"),
            ("%T|%F|%D", "22:15:23|2023-11-14|11/14/23"),
            ("%c|%x|%X", "Tue Nov 14 22:15:23 2023|11/14/2023|22:15:23"),
            ("%w %U %V", "2 46 46"),
            ("100%%", "100%"),
            ("plain é", "plain é"),
            ("", ""),
        ] {
            assert_eq!(utc(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn section_6_5_unknown_conversions_are_text() {
        for pattern in ["%", "%é", "%5Y", "%:Y", "%L", "%0N", "x%"] {
            assert_eq!(utc(pattern), pattern);
        }
        assert_eq!(utc("%%Y"), "%Y");
    }

    #[test]
    fn section_6_5_weeks_at_the_ends_of_years() {
        for (day, expected) in [("2023-01-01", "01 52"), ("2024-12-30", "52 01"), ("2022-01-01", "00 52")] {
            let micros = crate::kernels::time_parse::parse(day, "%F", 0, &TimeZone::UTC).unwrap();
            assert_eq!(format(micros, "%U %V", &TimeZone::UTC).unwrap(), expected, "{day}");
        }
    }

    #[test]
    fn section_4_6_2_times_are_shown_in_the_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        assert_eq!(format(TIME, "%F %T %Z %z %:z", &zone).unwrap(), "2023-11-14 17:15:23 EST -0500 -05:00");
        let midnight = 1_699_941_600_000_000 - 3_600_000_000;
        assert_eq!(format(midnight, "%I %p %H", &zone).unwrap(), "12 AM 00");
    }

    #[test]
    fn section_4_6_1_times_before_the_epoch_and_beyond_all_calendars() {
        assert_eq!(format(-1, "%FT%T.%6N %s", &TimeZone::UTC).unwrap(), "1969-12-31T23:59:59.999999 -1");
        assert_eq!(format(-100_000_000_000_000_000, "%Y", &TimeZone::UTC).unwrap(), "-1199");
        assert_eq!(format(i64::MAX, "%Y", &TimeZone::UTC), None);
    }
}
