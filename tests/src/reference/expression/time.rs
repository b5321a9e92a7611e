//! Functions of time (§6.5): `now`, `relative_time`, `strftime`, `strptime`, each conversion spelled out; and `random`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use retrohunt_spl::functions::Function as F;

use super::super::clock;
use super::super::settings::Settings;
use super::{Datum, World};

/// Returns the value of a time function, `None` for others.
pub(super) fn call(function: F, arguments: &[Datum], world: &World<'_>) -> Option<Datum> {
    let settings = world.settings;
    let micros = |at: usize| {
        let seconds = arguments.get(at).and_then(Datum::loose_number)?;
        if seconds.abs() < 9e12 { format!("{:.0}", seconds * 1e6).parse::<i64>().ok() } else { None }
    };
    let text = |at: usize| arguments.get(at).and_then(Datum::text);
    let seconds = |micros: i64| Datum::Number(micros as f64 / 1e6);
    let result = match function {
        F::Now | F::Time => Some(seconds(settings.now)),
        // A fixed value: cases may depend on its range alone.
        F::Random => Some(Datum::Number(1_804_289_383.0)),
        F::RelativeTime => micros(0).zip(text(1)).and_then(|(micros, modifier)| {
            clock::relative(&modifier, &Settings { now: micros, ..settings.clone() }).map(seconds)
        }),
        F::Strftime => {
            micros(0).zip(text(1)).and_then(|(micros, form)| format(micros, &form, &settings.timezone)).map(Datum::Text)
        }
        F::Strptime => text(0).zip(text(1)).and_then(|(text, form)| parse(&text, &form, settings)).map(seconds),
        _ => return None,
    };
    Some(result.unwrap_or(Datum::Null))
}

/// Names of the days from Sunday.
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Names of the months.
const MONTHS: [&str; 12] = [
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

/// Returns a time by a format (`strftime`).
pub(in super::super) fn format(micros: i64, form: &str, zone: &TimeZone) -> Option<String> {
    let local = Timestamp::from_microsecond(micros).ok()?.to_zoned_datetime(zone.clone());
    let mut out = String::new();
    let mut rest = form;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        if character != '%' {
            out.push(character);
            continue;
        }
        let digits = rest.len() - rest.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
        let width = rest[..digits].parse::<usize>().ok();
        let after = &rest[digits..];
        if let Some(tail) = after.strip_prefix(['N', 'Q']) {
            let default = if after.starts_with('N') { 9 } else { 3 };
            let width = width.unwrap_or(default);
            if (1..=9).contains(&width) {
                let nanos = format!("{:09}", local.subsec_nanosecond());
                out.push_str(&nanos[..width]);
                rest = tail;
                continue;
            }
        }
        if digits > 0 {
            out.push('%');
            continue;
        }
        if let Some(tail) = rest.strip_prefix(":z") {
            out.push_str(&offset(&local, ":"));
            rest = tail;
            continue;
        }
        let Some(letter) = rest.chars().next() else {
            out.push('%');
            break;
        };
        match conversion(letter, &local, micros) {
            Some(text) => out.push_str(&text),
            None => out.extend(['%', letter]),
        }
        rest = &rest[letter.len_utf8()..];
    }
    Some(out)
}

/// One conversion of `strftime`.
fn conversion(letter: char, local: &ZonedDateTime, micros: i64) -> Option<String> {
    let day = usize::try_from(local.weekday().to_sunday_zero_offset()).ok()?;
    let month = usize::try_from(local.month() - 1).ok()?;
    let hour = local.hour();
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let clock = || format!("{hour:02}:{:02}:{:02}", local.minute(), local.second());
    Some(match letter {
        'Y' => format!("{:04}", local.year()),
        'y' => format!("{:02}", local.year().rem_euclid(100)),
        'm' => format!("{:02}", local.month()),
        'd' => format!("{:02}", local.day()),
        'e' => format!("{:>2}", local.day()),
        'H' => format!("{hour:02}"),
        'I' => format!("{twelve:02}"),
        'M' => format!("{:02}", local.minute()),
        'S' => format!("{:02}", local.second()),
        'p' => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        'b' => MONTHS[month][..3].to_owned(),
        'B' => MONTHS[month].to_owned(),
        'a' => DAYS[day][..3].to_owned(),
        'A' => DAYS[day].to_owned(),
        'j' => format!("{:03}", local.day_of_year()),
        'w' => day.to_string(),
        'U' => {
            // Weeks that begin with a Sunday; days before the first Sunday are week 0.
            let week = (i64::from(local.day_of_year()) + 6 - i64::try_from(day).ok()?) / 7;
            format!("{week:02}")
        }
        'V' => format!("{:02}", local.date().iso_week_date().week()),
        'T' | 'X' => clock(),
        'F' => format!("{:04}-{:02}-{:02}", local.year(), local.month(), local.day()),
        'D' => format!("{:02}/{:02}/{:02}", local.month(), local.day(), local.year().rem_euclid(100)),
        'x' => format!("{:02}/{:02}/{:04}", local.month(), local.day(), local.year()),
        'c' => format!("{} {} {:>2} {} {}", &DAYS[day][..3], &MONTHS[month][..3], local.day(), clock(), local.year()),
        'Z' => local.time_zone().to_offset_info(local.timestamp()).abbreviation().to_owned(),
        'z' => offset(local, ""),
        's' => micros.div_euclid(1_000_000).to_string(),
        'f' => format!("{:06}", local.subsec_nanosecond() / 1000),
        '%' => "%".to_owned(),
        _ => return None,
    })
}

/// The offset of a zone, `+HHMM` with a text between.
fn offset(local: &ZonedDateTime, between: &str) -> String {
    let seconds = local.offset().seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{:02}{between}{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60)
}

/// What a format has found so far.
#[derive(Debug, Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    hour: Option<i64>,
    twelve: Option<i64>,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    micros: i64,
    offset: Option<i64>,
    epoch: Option<i64>,
    day_of_year: Option<i64>,
}

/// Returns the time that a text says in a format (`strptime`); the format must fit a beginning of the text.
pub(in super::super) fn parse(text: &str, form: &str, settings: &Settings) -> Option<i64> {
    let mut parts = Parts::default();
    fit(text, form, &mut parts)?;
    if let Some(epoch) = parts.epoch {
        return epoch.checked_mul(1_000_000)?.checked_add(parts.micros);
    }
    let today = clock::civil(settings.now, &settings.timezone)?;
    let dated = parts.year.is_some() || parts.month.is_some() || parts.day.is_some() || parts.day_of_year.is_some();
    let year = parts.year.unwrap_or_else(|| i64::from(today.year()));
    let (month, day) = match (dated, parts.day_of_year) {
        (_, Some(day)) => {
            let first = jiff::civil::Date::new(i16::try_from(year).ok()?, 1, 1).ok()?;
            let date = first.checked_add(jiff::Span::new().try_days(day - 1).ok()?).ok()?;
            (i64::from(date.month()), i64::from(date.day()))
        }
        (true, None) => (parts.month.unwrap_or(1), parts.day.unwrap_or(1)),
        (false, None) => (i64::from(today.month()), i64::from(today.day())),
    };
    let hour = match (parts.hour, parts.twelve, parts.afternoon) {
        (Some(hour), ..) => hour,
        (None, Some(twelve), Some(true)) => twelve % 12 + 12,
        (None, Some(twelve), _) => twelve % 12,
        (None, None, _) => 0,
    };
    let small = |number: i64| i8::try_from(number).ok();
    let second = small(parts.second.min(59))?;
    let civil = DateTime::new(
        i16::try_from(year).ok()?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(parts.minute)?,
        second,
        0,
    )
    .ok()?;
    let base = match parts.offset {
        Some(offset) => {
            let utc = clock::local(civil, &TimeZone::UTC)?;
            utc.checked_sub(offset.checked_mul(1_000_000)?)?
        }
        None => clock::local(civil, &settings.timezone)?,
    };
    base.checked_add(parts.micros)
}

/// Fits a format to the beginning of a text; returns what is left of the text.
fn fit<'t>(mut text: &'t str, form: &str, parts: &mut Parts) -> Option<&'t str> {
    let mut rest = form;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        if character.is_whitespace() {
            text = text.trim_start();
            continue;
        }
        if character != '%' {
            text = text.strip_prefix(character)?;
            continue;
        }
        let digits = rest.len() - rest.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == ':').len();
        let letter = rest[digits..].chars().next()?;
        rest = &rest[digits + letter.len_utf8()..];
        text = one(text, letter, parts)?;
    }
    Some(text)
}

/// Fits one conversion.
fn one<'t>(text: &'t str, letter: char, parts: &mut Parts) -> Option<&'t str> {
    let number = |text: &'t str, most: usize| -> Option<(i64, &'t str)> {
        let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if digits == 0 { None } else { Some((text[..digits].parse().ok()?, &text[digits..])) }
    };
    let within = |value: i64, low: i64, high: i64| (low..=high).contains(&value).then_some(value);
    let rest;
    match letter {
        'Y' => (parts.year, rest) = number(text, 4).map(|(value, rest)| (Some(value), rest))?,
        'y' => {
            let (value, tail) = number(text, 2)?;
            parts.year = Some(if value < 69 { 2000 + value } else { 1900 + value });
            rest = tail;
        }
        'm' | 'd' | 'e' | 'H' | 'I' | 'M' | 'S' | 'j' => {
            let text = if letter == 'e' { text.trim_start() } else { text };
            let (value, tail) = number(text, if letter == 'j' { 3 } else { 2 })?;
            match letter {
                'm' => parts.month = Some(within(value, 1, 12)?),
                'd' | 'e' => parts.day = Some(within(value, 1, 31)?),
                'H' => parts.hour = Some(within(value, 0, 23)?),
                'I' => parts.twelve = Some(within(value, 1, 12)?),
                'M' => parts.minute = within(value, 0, 59)?,
                'j' => parts.day_of_year = Some(within(value, 1, 366)?),
                _ => parts.second = within(value, 0, 60)?,
            }
            rest = tail;
        }
        'b' | 'B' => {
            let (at, tail) = named(text, &MONTHS)?;
            parts.month = Some(at + 1);
            rest = tail;
        }
        'a' | 'A' => rest = named(text, &DAYS)?.1,
        'p' => {
            let head = text.get(..2)?;
            parts.afternoon = Some(head.eq_ignore_ascii_case("pm"));
            if !head.eq_ignore_ascii_case("am") && !head.eq_ignore_ascii_case("pm") {
                return None;
            }
            rest = &text[2..];
        }
        'N' | 'Q' | 'f' => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let padded: String = text[..digits].chars().chain("000000".chars()).take(6).collect();
            parts.micros = if digits == 0 { return None } else { padded.parse().ok()? };
            rest = &text[digits..];
        }
        's' => {
            let (value, tail) = number(text, 18)?;
            parts.epoch = Some(value);
            rest = tail;
        }
        'z' | 'Z' => {
            if let Some(tail) = text.strip_prefix(['Z', 'z']) {
                parts.offset = Some(0);
                rest = tail;
            } else if text.starts_with(['+', '-']) {
                let (hours, tail) = number(&text[1..], 2)?;
                let (minutes, tail) = number(tail.strip_prefix(':').unwrap_or(tail), 2).unwrap_or((0, tail));
                let seconds = hours * 3600 + minutes * 60;
                parts.offset = Some(if text.starts_with('-') { -seconds } else { seconds });
                rest = tail;
            } else {
                let name = text.bytes().take_while(u8::is_ascii_alphabetic).count();
                parts.offset = Some(match &text[..name] {
                    "UTC" | "GMT" => 0,
                    _ => return None,
                });
                rest = &text[name..];
            }
        }
        'T' | 'X' => rest = fit(text, "%H:%M:%S", parts)?,
        'F' => rest = fit(text, "%Y-%m-%d", parts)?,
        'D' => rest = fit(text, "%m/%d/%y", parts)?,
        'x' => rest = fit(text, "%m/%d/%Y", parts)?,
        'c' => rest = fit(text, "%a %b %e %H:%M:%S %Y", parts)?,
        '%' => rest = text.strip_prefix('%')?,
        _ => return None,
    }
    Some(rest)
}

/// A name in full or by its first three letters, in any case; its place.
fn named<'t>(text: &'t str, names: &[&str]) -> Option<(i64, &'t str)> {
    for (at, name) in (0..).zip(names) {
        for candidate in [*name, &name[..3]] {
            if text.get(..candidate.len()).is_some_and(|head| head.eq_ignore_ascii_case(candidate)) {
                return Some((at, &text[candidate.len()..]));
            }
        }
    }
    None
}
