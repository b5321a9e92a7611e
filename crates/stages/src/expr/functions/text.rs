//! Text functions (§6.3). `replace` is a node of its own.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use retrohunt_columnar::text::numeric_form;
use retrohunt_spl::functions::Function;

use super::format;
use crate::expr::cell::Cell;
use crate::expr::env::Env;
use crate::kernels::number::Number;

/// Calls a function of this family; `None` if it is of another.
pub(super) fn call<'a>(function: Function, arguments: &[Cell<'a>], _env: &Env<'_>) -> Option<Cell<'a>> {
    let result = match (function, arguments) {
        (Function::Len, [value]) => value.text().map(|text| count(text.chars().count())),
        (Function::Lower, [value]) => value.text().map(|text| Cell::string(text.to_lowercase())),
        (Function::Upper, [value]) => value.text().map(|text| Cell::string(text.to_uppercase())),
        (Function::Substr, [value, start]) => part(value, start, None),
        (Function::Substr, [value, start, length]) => part(value, start, Some(length)),
        (Function::Split, [value, delimiter]) => split(value, delimiter),
        (Function::Trim | Function::LTrim | Function::RTrim, [value]) => trim(function, value, " \t"),
        (Function::Trim | Function::LTrim | Function::RTrim, [value, set]) => {
            set.text().and_then(|set| trim(function, value, &set))
        }
        (Function::UrlDecode, [value]) => value.text().map(|text| Cell::string(url_decode(&text))),
        (Function::Printf, [template, values @ ..]) => {
            template.text().and_then(|template| format::printf(&template, values)).map(Cell::string)
        }
        (Function::ToString, [value]) => to_string(value),
        (Function::ToString, [value, style]) => style
            .text()
            .zip(integer_or_float(value))
            .and_then(|(style, number)| format::number(number, &style))
            .map(Cell::string),
        (Function::ToNumber, [value]) => to_number(value, 10),
        (Function::ToNumber, [value, base]) => {
            integer(base).and_then(|base| u32::try_from(base).ok()).and_then(|base| to_number(value, base))
        }
        (Function::IpMask, [mask, address]) => ip_mask(mask, address),
        _ => return None,
    };
    Some(result.unwrap_or(Cell::Null))
}

/// A number of things.
fn count<'a>(number: usize) -> Cell<'a> {
    Cell::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The number that a value is or has the form of, strings included.
pub(super) fn integer_or_float(value: &Cell<'_>) -> Option<Number> {
    match value {
        Cell::Text(text) => Number::parse(text),
        other => other.number(),
    }
}

/// The integer that a value is or has the form of, a fraction cut off; what does not fit is the nearest that does.
pub(super) fn integer(value: &Cell<'_>) -> Option<i64> {
    Some(match integer_or_float(value)? {
        Number::Int(value) => i64::try_from(value).unwrap_or(i64::MAX),
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and the fraction is to go")]
        Number::Float(value) => value as i64,
    })
}

/// `substr(s, i [, n])`, as SQLite has it.
fn part<'a>(value: &Cell<'a>, start: &Cell<'_>, length: Option<&Cell<'_>>) -> Option<Cell<'a>> {
    let text = value.text()?;
    let start = i128::from(integer(start)?);
    let length = match length {
        Some(length) => i128::from(integer(length)?),
        None => i128::from(i64::MAX),
    };
    let characters = i128::try_from(text.chars().count()).ok()?;
    // Where the part begins, counted from 0; `start` 0 is the place before the first character.
    let origin = match start {
        0 => -1,
        1.. => start - 1,
        ..0 => characters + start,
    };
    let (from, to) = if length < 0 { (origin + length, origin) } else { (origin, origin + length) };
    let clamp = |at: i128| usize::try_from(at.clamp(0, characters)).unwrap_or(0);
    let (from, to) = (clamp(from), clamp(to));
    let part: String = text.chars().skip(from).take(to.saturating_sub(from)).collect();
    Some(Cell::string(part))
}

/// `split(s, d)`: empty pieces stay, `""` gives the characters.
fn split<'a>(value: &Cell<'a>, delimiter: &Cell<'_>) -> Option<Cell<'a>> {
    let (text, delimiter) = (value.text()?, delimiter.text()?);
    let pieces: Vec<Cow<'a, str>> = if delimiter.is_empty() {
        text.chars().map(|character| Cow::Owned(character.to_string())).collect()
    } else {
        text.split(&*delimiter).map(|piece| Cow::Owned(piece.to_owned())).collect()
    };
    Some(Cell::from_texts(pieces))
}

/// `trim`, `ltrim`, `rtrim`: `set` holds the characters that go.
fn trim<'a>(function: Function, value: &Cell<'a>, set: &str) -> Option<Cell<'a>> {
    let text = value.text()?;
    let gone = |character: char| set.contains(character);
    let trimmed = match function {
        Function::LTrim => text.trim_start_matches(gone),
        Function::RTrim => text.trim_end_matches(gone),
        _ => text.trim_matches(gone),
    };
    Some(Cell::string(trimmed.to_owned()))
}

/// Decodes `%XX` as UTF-8; sequences that are none stay.
fn url_decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let bytes: Vec<u8> = rest.as_bytes().chunks_exact(3).map_while(escaped_byte).collect();
        if bytes.is_empty() {
            out.push('%');
            rest = &rest[1..];
            continue;
        }
        let mut place = 0;
        for chunk in bytes.utf8_chunks() {
            out.push_str(chunk.valid());
            place += chunk.valid().len();
            out.push_str(&rest[place * 3..(place + chunk.invalid().len()) * 3]);
            place += chunk.invalid().len();
        }
        rest = &rest[bytes.len() * 3..];
    }
    out.push_str(rest);
    out
}

/// The byte that `%XX` stands for.
fn escaped_byte(escape: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match escape {
        [b'%', high, low] => Some(digit(*high)? * 16 + digit(*low)?),
        _ => None,
    }
}

/// `tostring(x)`.
fn to_string<'a>(value: &Cell<'a>) -> Option<Cell<'a>> {
    match value {
        Cell::Bool(value) => Some(Cell::string(if *value { "True" } else { "False" })),
        other => other.text().map(|text| Cell::string(text.into_owned())),
    }
}

/// `tonumber(s, base)`.
fn to_number<'a>(value: &Cell<'a>, base: u32) -> Option<Cell<'a>> {
    if !(2..=36).contains(&base) {
        return None;
    }
    if base == 10 && matches!(value, Cell::Int(_) | Cell::UInt(_) | Cell::Float(_) | Cell::Time(_)) {
        return Some(value.clone());
    }
    let text = value.text()?;
    let text = text.trim_matches(' ');
    if base == 10 {
        numeric_form(text)?;
        return Some(of_number(Number::parse(text)?));
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefix = if base == 16 { digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) } else { None };
    let digits = prefix.unwrap_or(digits);
    if digits.is_empty() {
        return None;
    }
    let mut whole = Some(0_i128);
    let mut float = 0_f64;
    for character in digits.chars() {
        let digit = character.to_digit(base)?;
        whole = whole.and_then(|whole| whole.checked_mul(i128::from(base))?.checked_add(i128::from(digit)));
        float = float * f64::from(base) + f64::from(digit);
    }
    let sign = |negative: bool| if negative { -1 } else { 1 };
    Some(match whole {
        Some(whole) => of_number(Number::Int(whole * sign(negative))),
        None => Cell::of_f64(if negative { -float } else { float }),
    })
}

/// A number as a value.
fn of_number<'a>(number: Number) -> Cell<'a> {
    match number {
        Number::Int(value) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => Cell::Int(value),
            (_, Ok(value)) => Cell::UInt(value),
            _ => Cell::of_f64(number.to_f64()),
        },
        Number::Float(value) => Cell::of_f64(value),
    }
}

/// `ipmask(mask, ip)`.
fn ip_mask<'a>(mask: &Cell<'_>, address: &Cell<'_>) -> Option<Cell<'a>> {
    let parse = |value: &Cell<'_>| value.text()?.parse::<Ipv4Addr>().ok();
    Some(Cell::string((parse(mask)? & parse(address)?).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::functions::test::{field, multi, result, text as string};

    /// The text of a result; `∅` for nothing.
    fn text(function: Function, arguments: &[Cell<'_>]) -> String {
        let value = result(function, arguments).unwrap();
        if value.is_null() { "∅".to_owned() } else { value.texts().join("|") }
    }

    #[test]
    fn section_6_3_len_lower_upper() {
        assert_eq!(result(Function::Len, &[field("né\u{1F600}")]), Ok(Cell::Int(3)));
        assert_eq!(result(Function::Len, &[Cell::Float(200.0)]), Ok(Cell::Int(3)));
        assert_eq!(result(Function::Len, &[field("")]), Ok(Cell::Int(0)));
        assert_eq!(result(Function::Len, &[Cell::Bool(true)]), Ok(Cell::Null));
        assert_eq!(result(Function::Lower, &[field("ÉCMD")]), Ok(string("écmd")));
        assert_eq!(result(Function::Upper, &[field("straße")]), Ok(string("STRASSE")));
    }

    #[test]
    fn section_6_3_substr_is_as_in_sqlite() {
        for (start, length, expected) in [
            (1, None, "abcdef"),
            (2, Some(3), "bcd"),
            (-2, None, "ef"),
            (-2, Some(1), "e"),
            (0, Some(2), "a"),
            (0, None, "abcdef"),
            (-9, Some(4), "a"),
            (-9, Some(3), ""),
            (3, Some(-2), "ab"),
            (7, None, ""),
            (3, Some(0), ""),
            (5, Some(100), "ef"),
            (i64::MIN, Some(i64::MAX), "abcde"),
            (i64::MAX, Some(i64::MAX), ""),
        ] {
            let mut arguments = vec![field("abcdef"), Cell::Int(start)];
            arguments.extend(length.map(Cell::Int));
            assert_eq!(text(Function::Substr, &arguments), expected, "{start} {length:?}");
        }
        assert_eq!(text(Function::Substr, &[field("abc"), field("x")]), "∅");
        assert_eq!(text(Function::Substr, &[field("né!"), Cell::Int(2), Cell::Int(1)]), "é");
    }

    #[test]
    fn section_6_3_split_and_trim() {
        assert_eq!(text(Function::Split, &[field("a,,b,"), string(",")]), "a||b|");
        assert_eq!(text(Function::Split, &[field("abc"), string("")]), "a|b|c");
        assert_eq!(result(Function::Split, &[field("abc"), string(",")]), Ok(field("abc")));
        assert_eq!(result(Function::Split, &[field(""), string(",")]), Ok(field("")));
        assert_eq!(text(Function::Split, &[field(""), string("")]), "∅");
        assert_eq!(text(Function::Trim, &[field(" \t a\n ")]), "a\n");
        assert_eq!(text(Function::Trim, &[field("xyaxy"), string("yx")]), "a");
        assert_eq!(text(Function::LTrim, &[field("00700"), string("0")]), "700");
        assert_eq!(text(Function::RTrim, &[field("a  ")]), "a");
        assert_eq!(text(Function::Trim, &[multi(&[" a", "b "])]), "a|b");
    }

    #[test]
    fn section_6_3_urldecode() {
        for (encoded, decoded) in [
            ("a%20b", "a b"),
            ("a+b", "a+b"),
            ("%C3%A9", "é"),
            ("%C3", "%C3"),
            ("%c3%41", "%c3A"),
            ("%zz%4", "%zz%4"),
            ("100%", "100%"),
            ("%%41", "%A"),
            ("é%2", "é%2"),
        ] {
            assert_eq!(text(Function::UrlDecode, &[field(encoded)]), decoded, "{encoded}");
        }
    }

    #[test]
    fn section_6_3_tonumber() {
        for (value, base, expected) in [
            ("0A4", 16, "164"),
            ("0xff", 16, "255"),
            ("-z", 36, "-35"),
            ("102", 2, "∅"),
            (" 12 ", 10, "12"),
            ("1.50", 10, "1.5"),
            ("1,000", 10, "∅"),
            ("a", 10, "∅"),
            ("", 16, "∅"),
            ("1e999", 10, "∅"),
            ("ffffffffffffffff", 16, "18446744073709551615"),
            ("10", 37, "∅"),
        ] {
            assert_eq!(text(Function::ToNumber, &[field(value), Cell::Int(base)]), expected, "{value} {base}");
        }
        assert_eq!(result(Function::ToNumber, &[string("7")]), Ok(Cell::Int(7)));
        assert_eq!(text(Function::ToNumber, &[Cell::Int(10), Cell::Int(2)]), "2");
    }

    #[test]
    fn section_6_3_tostring() {
        assert_eq!(text(Function::ToString, &[Cell::Bool(true)]), "True");
        assert_eq!(result(Function::ToString, &[Cell::Float(200.0)]), Ok(string("200")));
        assert_eq!(text(Function::ToString, &[field("x"), string("hex")]), "∅");
        assert_eq!(text(Function::ToString, &[field("15"), string("hex")]), "0xF");
        assert_eq!(text(Function::ToString, &[Cell::Int(1), string("roman")]), "∅");
    }

    #[test]
    fn section_6_3_ipmask() {
        assert_eq!(text(Function::IpMask, &[string("0.255.0.255"), field("10.20.30.40")]), "0.20.0.40");
        assert_eq!(text(Function::IpMask, &[string("255.0.0.0"), field("::1")]), "∅");
    }
}
