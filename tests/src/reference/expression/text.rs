//! Functions of texts (§6.3).

use std::net::Ipv4Addr;

use retrohunt_spl::functions::Function as F;

use super::super::pattern::Pattern;
use super::super::value::{Number, float_text};
use super::{Datum, World};

/// Returns the value of a text function, `None` for others.
pub(super) fn call(function: F, arguments: &[Datum], world: &World<'_>) -> Option<Datum> {
    let text = |at: usize| arguments.get(at).and_then(Datum::text);
    let number = |at: usize| arguments.get(at).and_then(Datum::loose_number);
    let result = match function {
        F::Len => text(0).map(|text| Datum::Number(text.chars().count() as f64)),
        F::Lower => text(0).map(|text| Datum::Text(text.to_lowercase())),
        F::Upper => text(0).map(|text| Datum::Text(text.to_uppercase())),
        F::Substr => match arguments.len() {
            2 => text(0).zip(number(1)).map(|(text, from)| substr(&text, from, None)),
            _ => text(0).zip(number(1)).zip(number(2)).map(|((text, from), count)| substr(&text, from, Some(count))),
        },
        F::Replace => match (text(0), text(1), text(2)) {
            (Some(subject), Some(pattern), Some(by)) => replace(&subject, &pattern, &by, world),
            _ => None,
        },
        F::Split => match (text(0), text(1)) {
            (Some(text), Some(delimiter)) if delimiter.is_empty() => {
                Some(Datum::of_texts(text.chars().map(String::from).collect()))
            }
            (Some(text), Some(delimiter)) => {
                Some(Datum::of_texts(text.split(delimiter.as_str()).map(str::to_owned).collect()))
            }
            _ => None,
        },
        F::Trim | F::LTrim | F::RTrim => {
            let set = if arguments.len() > 1 { text(1) } else { Some(" \t".to_owned()) };
            text(0).zip(set).map(|(text, set)| {
                let out = |c: char| set.contains(c);
                Datum::Text(
                    match function {
                        F::Trim => text.trim_matches(out),
                        F::LTrim => text.trim_start_matches(out),
                        _ => text.trim_end_matches(out),
                    }
                    .to_owned(),
                )
            })
        }
        F::UrlDecode => text(0).map(|text| Datum::Text(url_decoded(&text))),
        F::ToString => to_string(arguments),
        F::ToNumber => text(0).and_then(|text| match arguments.len() {
            1 => Number::of_text(text.trim_matches(' ')).map(|number| Datum::of_real(number.real())),
            _ => {
                let base = number(1).filter(|base| base.fract() == 0.0 && (2.0..=36.0).contains(base))?;
                let base: u32 = format!("{base:.0}").parse().ok()?;
                let text = text.trim_matches(' ');
                if base == 10 {
                    return Number::of_text(text).map(|number| Datum::of_real(number.real()));
                }
                i64::from_str_radix(text, base).ok().map(|number| Datum::of_real(number as f64))
            }
        }),
        F::IpMask => match (text(0), text(1)) {
            (Some(mask), Some(address)) => match (mask.parse::<Ipv4Addr>(), address.parse::<Ipv4Addr>()) {
                (Ok(mask), Ok(address)) => {
                    Some(Datum::Text(Ipv4Addr::from(u32::from(mask) & u32::from(address)).to_string()))
                }
                _ => None,
            },
            _ => None,
        },
        _ => return None,
    };
    Some(result.unwrap_or(Datum::Null))
}

/// `substr`, as SQLite has it: places count from 1, negative ones from the end; what lies outside the text is cut off.
fn substr(text: &str, from: f64, count: Option<f64>) -> Datum {
    if from.fract() != 0.0 || count.is_some_and(|count| count.fract() != 0.0) {
        return Datum::Null;
    }
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len() as f64;
    // The place of the first character wanted, from 0; it may lie before the text.
    let start = if from < 0.0 { length + from } else { from - 1.0 };
    let end = match count {
        None => length,
        Some(count) if count < 0.0 => {
            // A negative count takes the characters before the place.
            return slice(&characters, start + count, start);
        }
        Some(count) => start + count,
    };
    slice(&characters, start, end)
}

/// The characters of a range, cut to the text.
fn slice(characters: &[char], start: f64, end: f64) -> Datum {
    let inside = characters.iter().enumerate().filter(|(at, _)| *at as f64 >= start && (*at as f64) < end);
    Datum::Text(inside.map(|(_, character)| *character).collect())
}

/// `replace(s, re, r)`: all matches; `\0` … `\9` in r.
fn replace(subject: &str, pattern: &str, by: &str, world: &World<'_>) -> Option<Datum> {
    let pattern = Pattern::new(pattern, pattern).ok()?;
    let Some(matches) = pattern.all(subject) else {
        world.undecided.set(true);
        return None;
    };
    let mut out = String::new();
    let mut done = 0;
    for groups in matches {
        let Some((start, end)) = groups.first().copied().flatten() else { continue };
        out.push_str(&subject[done..start]);
        out.push_str(&filled(by, subject, &groups));
        done = end;
    }
    out.push_str(&subject[done..]);
    Some(Datum::Text(out))
}

/// A replacement with its `\0` … `\9` filled in; a group that took no part is empty.
pub(in super::super) fn filled(by: &str, subject: &str, groups: &[Option<(usize, usize)>]) -> String {
    let mut out = String::new();
    let mut characters = by.chars().peekable();
    while let Some(character) = characters.next() {
        let digit = characters.peek().and_then(|next| next.to_digit(10)).filter(|_| character == '\\');
        match digit {
            Some(digit) => {
                characters.next();
                if let Some((start, end)) = groups.get(digit as usize).copied().flatten() {
                    out.push_str(&subject[start..end]);
                }
            }
            None => out.push(character),
        }
    }
    out
}

/// `%XX` as bytes of UTF-8; what is no such sequence stays.
fn url_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let pair = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match pair
            .filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `tostring(x [, f])`.
fn to_string(arguments: &[Datum]) -> Option<Datum> {
    let first = arguments.first()?;
    if let Datum::Bool(truth) = first {
        return Some(Datum::Text(if *truth { "True" } else { "False" }.to_owned()));
    }
    let Some(form) = arguments.get(1) else { return first.text().map(Datum::Text) };
    let number = first.loose_number()?;
    let whole = || format!("{:.0}", number.trunc()).parse::<i64>().ok();
    Some(Datum::Text(match form.text()?.as_str() {
        "hex" => format!("0x{:X}", whole()?),
        "binary" => format!("{:b}", whole()?),
        "commas" => commas(number),
        "duration" => {
            let seconds = whole()?;
            let (days, rest) = (seconds / 86_400, seconds % 86_400);
            let clock = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
            if days > 0 { format!("{days}+{clock}") } else { clock }
        }
        _ => return None,
    }))
}

/// A number with commas between thousands, and two decimals if it has a fraction.
fn commas(number: f64) -> String {
    let text = if number.fract() == 0.0 { float_text(number) } else { format!("{number:.2}") };
    let (whole, fraction) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    format!("{sign}{out}{fraction}")
}
