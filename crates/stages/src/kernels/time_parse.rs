//! Text as a time by a pattern (§6.5, `strptime`; §5.26, `mktime`).
//!
//! The whole pattern must match a prefix of the text. White space in the pattern matches any run of white space, numbers but
//! the year may have fewer digits than usual, names count in any case. Parts of the date that are missing come from now if they are larger than what is
//! there (the year of `%d %b`), and are the first if they are smaller (the day of `%Y-%m`).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use super::time_format::{MONTHS, Piece, WEEKDAYS, next_piece};

/// What a text said.
#[derive(Debug, Default)]
struct Parts {
    /// The year.
    year: Option<i16>,
    /// The month, from 1.
    month: Option<i8>,
    /// The day of the month, from 1.
    day: Option<i8>,
    /// The day of the year, from 1.
    day_of_year: Option<i16>,
    /// The hour, or the hour of a half day.
    hour: i8,
    /// Whether the hour is of a half day, and of which.
    twelve: bool,
    /// Second half of the day.
    afternoon: Option<bool>,
    /// The minute.
    minute: i8,
    /// The second; 60 for a leap second.
    second: i8,
    /// Microseconds of the second.
    micros: i64,
    /// Epoch seconds, which decide everything else but the fraction.
    epoch: Option<i64>,
    /// The zone that the text names.
    zone: Option<TimeZone>,
}

/// Returns the time in microseconds since the epoch; `None` if the pattern does not match, or gives a time that does not exist.
pub(crate) fn parse(text: &str, pattern: &str, now: i64, zone: &TimeZone) -> Option<i64> {
    let mut parts = Parts::default();
    let mut rest = text;
    parts.read(&mut rest, pattern)?;
    parts.time(now, zone)
}

impl Parts {
    /// Reads by a pattern; takes what it matches off the text.
    fn read(&mut self, rest: &mut &str, mut pattern: &str) -> Option<()> {
        while let Some(piece) = next_piece(&mut pattern) {
            match piece {
                Piece::Text(text) => literal(rest, text)?,
                Piece::Short(short) => self.read(rest, short)?,
                Piece::Fraction { digits, written } => self.fraction(rest, if written { digits } else { 9 })?,
                Piece::Field(letter) => self.field(rest, letter)?,
            }
        }
        Some(())
    }

    /// Reads one field.
    fn field(&mut self, rest: &mut &str, letter: char) -> Option<()> {
        match letter {
            'Y' => self.year = Some(year(rest)?),
            'y' => {
                let short = number(rest, 2, 0, 99)?;
                self.year = Some(if short < 69 { 2000 + short } else { 1900 + short });
            }
            'm' => self.month = Some(small(number(rest, 2, 1, 12)?)),
            'd' | 'e' => self.day = Some(small(number(rest, 2, 1, 31)?)),
            'j' => self.day_of_year = Some(number(rest, 3, 1, 366)?),
            'b' | 'B' => self.month = Some(small(name(rest, &MONTHS)? + 1)),
            'a' | 'A' => {
                name(rest, &WEEKDAYS)?;
            }
            'w' => {
                number(rest, 1, 0, 6)?;
            }
            'U' | 'V' => {
                number(rest, 2, 0, 53)?;
            }
            'H' => (self.hour, self.twelve) = (small(number(rest, 2, 0, 23)?), false),
            'I' => (self.hour, self.twelve) = (small(number(rest, 2, 1, 12)?), true),
            'p' => self.afternoon = Some(half(rest)?),
            'M' => self.minute = small(number(rest, 2, 0, 59)?),
            'S' => self.second = small(number(rest, 2, 0, 60)?),
            's' => self.epoch = Some(epoch(rest)?),
            'z' | ':' => self.zone = Some(offset(rest)?.to_time_zone()),
            'Z' => self.zone = Some(named_zone(rest)?),
            _ => return None,
        }
        Some(())
    }

    /// Reads up to `most` digits of the fraction of a second; finer ones than microseconds are cut off.
    fn fraction(&mut self, rest: &mut &str, most: usize) -> Option<()> {
        let digits = take_digits(rest, most)?;
        self.micros = format!("{digits:0<6.6}").parse().ok()?;
        Some(())
    }

    /// The time that the parts make.
    fn time(&self, now: i64, zone: &TimeZone) -> Option<i64> {
        let zone = self.zone.as_ref().unwrap_or(zone);
        if let Some(epoch) = self.epoch {
            return epoch.checked_mul(1_000_000)?.checked_add(self.micros);
        }
        let hour = match (self.twelve, self.afternoon) {
            (true, afternoon) => self.hour % 12 + if afternoon == Some(true) { 12 } else { 0 },
            (false, _) => self.hour,
        };
        let time = Time::new(hour, self.minute, self.second.min(59), 0).ok()?;
        let civil = DateTime::from_parts(self.date(now, zone)?, time);
        let mut at = zone.to_zoned_datetime(civil).ok()?;
        if self.second == 60 {
            at = at.checked_add(Span::new().seconds(1)).ok()?;
        }
        at.timestamp().as_microsecond().checked_add(self.micros)
    }

    /// The date that the parts make.
    fn date(&self, now: i64, zone: &TimeZone) -> Option<Date> {
        let today = || Some(Timestamp::from_microsecond(now).ok()?.to_zoned_datetime(zone.clone()).date());
        let year = match self.year {
            Some(year) => year,
            None => today()?.year(),
        };
        if let Some(day) = self.day_of_year {
            let first = Date::new(year, 1, 1).ok()?;
            let date = first.checked_add(Span::new().days(i64::from(day) - 1)).ok()?;
            return (date.year() == year).then_some(date);
        }
        let month = match (self.month, self.year) {
            (Some(month), _) => month,
            (None, Some(_)) => 1,
            (None, None) => today()?.month(),
        };
        let day = match self.day {
            Some(day) => day,
            None if self.month.is_some() || self.year.is_some() => 1,
            None => today()?.day(),
        };
        Date::new(year, month, day).ok()
    }
}

/// A number that was checked to be below 100.
fn small(number: i16) -> i8 {
    i8::try_from(number).unwrap_or(i8::MAX)
}

/// Takes a literal text off; white space in it matches any run of white space.
fn literal(rest: &mut &str, text: &str) -> Option<()> {
    for character in text.chars() {
        if character.is_ascii_whitespace() {
            *rest = rest.trim_ascii_start();
        } else {
            *rest = rest.strip_prefix(character)?;
        }
    }
    Some(())
}

/// Takes one to `most` digits off.
fn take_digits<'t>(rest: &mut &'t str, most: usize) -> Option<&'t str> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count == 0 {
        return None;
    }
    let (digits, tail) = rest.split_at(count);
    *rest = tail;
    Some(digits)
}

/// Takes a number within bounds off; spaces may stand before it.
fn number(rest: &mut &str, most: usize, low: i16, high: i16) -> Option<i16> {
    *rest = rest.trim_ascii_start();
    let value: i16 = take_digits(rest, most)?.parse().ok()?;
    (low..=high).contains(&value).then_some(value)
}

/// Takes a year of just four digits off.
fn year(rest: &mut &str) -> Option<i16> {
    *rest = rest.trim_ascii_start();
    let digits = take_digits(rest, 4)?;
    if digits.len() == 4 { digits.parse().ok() } else { None }
}

/// Takes a name or its first three letters off; gives its place in the list.
fn name(rest: &mut &str, names: &[&str]) -> Option<i16> {
    *rest = rest.trim_ascii_start();
    for (at, name) in (0_i16..).zip(names) {
        for length in [name.len(), 3] {
            if rest.get(..length).is_some_and(|start| start.eq_ignore_ascii_case(&name[..length])) {
                *rest = &rest[length..];
                return Some(at);
            }
        }
    }
    None
}

/// Takes `AM` or `PM` off.
fn half(rest: &mut &str) -> Option<bool> {
    *rest = rest.trim_ascii_start();
    let start = rest.get(..2)?;
    let afternoon = start.eq_ignore_ascii_case("pm");
    if !afternoon && !start.eq_ignore_ascii_case("am") {
        return None;
    }
    *rest = &rest[2..];
    Some(afternoon)
}

/// Takes epoch seconds off.
fn epoch(rest: &mut &str) -> Option<i64> {
    let negative = rest.starts_with('-');
    *rest = rest.strip_prefix('-').unwrap_or(rest);
    let seconds: i64 = take_digits(rest, 18)?.parse().ok()?;
    Some(if negative { -seconds } else { seconds })
}

/// Takes `Z`, `+01`, `+0100` or `+01:00` off.
fn offset(rest: &mut &str) -> Option<Offset> {
    *rest = rest.trim_ascii_start();
    if let Some(tail) = rest.strip_prefix(['Z', 'z']) {
        *rest = tail;
        return Some(Offset::UTC);
    }
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    *rest = &rest[1..];
    let two = |rest: &mut &str| -> Option<i32> {
        let digits = take_digits(rest, 2)?;
        if digits.len() == 2 { digits.parse().ok() } else { None }
    };
    let hours = two(rest)?;
    let mut tail = rest.strip_prefix(':').unwrap_or(rest);
    let minutes = match two(&mut tail) {
        Some(minutes) => {
            *rest = tail;
            minutes
        }
        None => 0,
    };
    if minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// Takes the name of a zone off: an abbreviation that means one offset in the logs of most products, or a name of the zone database.
fn named_zone(rest: &mut &str) -> Option<TimeZone> {
    *rest = rest.trim_ascii_start();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'+' | b'-');
    let length = rest.bytes().take_while(inside).count();
    let (name, tail) = rest.split_at(length);
    let hours = match name.to_ascii_uppercase().as_str() {
        "" => return None,
        "UTC" | "GMT" | "UT" | "Z" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "BST" => 1,
        "CEST" => 2,
        _ => {
            let zone = TimeZone::get(name).ok()?;
            *rest = tail;
            return Some(zone);
        }
    };
    *rest = tail;
    Some(Offset::from_hours(hours).ok()?.to_time_zone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2023-11-14T22:15:23Z.
    const NOW: i64 = 1_700_000_123_000_000;

    fn iso(text: &str, pattern: &str) -> Option<String> {
        let micros = parse(text, pattern, NOW, &TimeZone::UTC)?;
        Some(Timestamp::from_microsecond(micros).unwrap().to_string())
    }

    #[test]
    fn section_6_5_every_conversion() {
        for (text, pattern, expected) in [
            ("2023-11-14T22:15:23", "%Y-%m-%dT%H:%M:%S", "2023-11-14T22:15:23Z"),
            ("11/14/23 22:15:23", "%D %T", "2023-11-14T22:15:23Z"),
            ("11/14/1999", "%x", "1999-11-14T00:00:00Z"),
            ("70-1-2", "%y-%m-%e", "1970-01-02T00:00:00Z"),
            ("68-1-2", "%y-%m-%d", "2068-01-02T00:00:00Z"),
            ("Tue Nov  4 22:15:23 2023", "%c", "2023-11-04T22:15:23Z"),
            ("tuesday, 4 NOVEMBER 2023", "%A, %d %B %Y", "2023-11-04T00:00:00Z"),
            ("2024 060", "%Y %j", "2024-02-29T00:00:00Z"),
            ("2023-11-14 12:05 am", "%F %I:%M %p", "2023-11-14T00:05:00Z"),
            ("2023-11-14 12:05PM", "%F %I:%M%p", "2023-11-14T12:05:00Z"),
            ("2023-11-14T22:15:23.987654321Z", "%FT%T.%NZ", "2023-11-14T22:15:23.987654Z"),
            ("2023-11-14T22:15:23.9876543Z", "%FT%T.%7NZ", "2023-11-14T22:15:23.987654Z"),
            ("2023-11-14T22:15:23.5", "%FT%T.%3Q", "2023-11-14T22:15:23.5Z"),
            ("2023-11-14T22:15:23.123456", "%FT%T.%f", "2023-11-14T22:15:23.123456Z"),
            ("2023-11-14T22:15:23+0130", "%FT%T%z", "2023-11-14T20:45:23Z"),
            ("2023-11-14T22:15:23 -05:00", "%FT%T %:z", "2023-11-15T03:15:23Z"),
            ("2023-11-14T22:15:23Z", "%FT%T%z", "2023-11-14T22:15:23Z"),
            ("2023-11-14T22:15:23 EST", "%FT%T %Z", "2023-11-15T03:15:23Z"),
            ("2023-11-14T22:15:23 Europe/Berlin", "%FT%T %Z", "2023-11-14T21:15:23Z"),
            ("1700000123.25", "%s.%N", "2023-11-14T22:15:23.25Z"),
            ("-1", "%s", "1969-12-31T23:59:59Z"),
            ("2 46 46 2023-11-14", "%w %U %V %F", "2023-11-14T00:00:00Z"),
            ("100% 2023", "100%% %Y", "2023-01-01T00:00:00Z"),
            ("2016-12-31 23:59:60", "%F %T", "2017-01-01T00:00:00Z"),
        ] {
            assert_eq!(iso(text, pattern).as_deref(), Some(expected), "{text} {pattern}");
        }
    }

    #[test]
    fn section_6_5_the_pattern_matches_a_prefix() {
        assert_eq!(iso("2023-11-14T22:15:23Z and more", "%Y-%m-%d").as_deref(), Some("2023-11-14T00:00:00Z"));
        assert_eq!(iso("x2023-11-14", "%Y-%m-%d"), None);
        assert_eq!(iso("2023-11", "%Y-%m-%d"), None);
    }

    #[test]
    fn section_6_5_without_a_date_it_is_today() {
        assert_eq!(iso("01:02:03", "%H:%M:%S").as_deref(), Some("2023-11-14T01:02:03Z"));
        assert_eq!(iso("3 Feb", "%d %b").as_deref(), Some("2023-02-03T00:00:00Z"));
        assert_eq!(iso("3", "%d").as_deref(), Some("2023-11-03T00:00:00Z"));
        assert_eq!(iso("2020-05", "%Y-%m").as_deref(), Some("2020-05-01T00:00:00Z"));
        assert_eq!(iso("anything", "").as_deref(), Some("2023-11-14T00:00:00Z"));
    }

    #[test]
    fn section_4_6_2_times_without_offset_are_in_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(parse("2023-07-01 12:00", "%F %H:%M", NOW, &zone), Some(1_688_205_600_000_000));
        assert_eq!(parse("2023-07-01 12:00 +0000", "%F %H:%M %z", NOW, &zone), Some(1_688_212_800_000_000));
    }

    #[test]
    fn section_6_5_what_is_no_such_time_is_none() {
        for (text, pattern) in [
            ("99-1-1", "%F"),
            ("2023-02-30", "%F"),
            ("2023-13-01", "%F"),
            ("2023 366", "%Y %j"),
            ("24:00", "%H:%M"),
            ("13 PM", "%I %p"),
            ("Foo 2023", "%b %Y"),
            ("2023 +9", "%Y %z"),
            ("2023 +0199", "%Y %z"),
            ("2023 Nowhere/Land", "%Y %Z"),
            ("999999999999999999", "%s"),
            ("99999999999999999999", "%Y%s"),
            ("é", "%p"),
            ("éé", "%b"),
            ("", "%Y"),
            ("x", "%L"),
        ] {
            assert_eq!(iso(text, pattern), None, "{text} {pattern}");
        }
    }
}
