//! `printf` (§6.3), as C formats.

use std::iter::Peekable;
use std::str::Chars;

use super::Datum;

/// What stands between `%` and the letter.
#[derive(Debug, Default)]
struct Form {
    left: bool,
    plus: bool,
    blank: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

/// Widths and precisions beyond this are a mistake.
const MOST: usize = 1000;

/// Returns the text; none where an argument is of the wrong type or missing.
pub(super) fn printf(arguments: &[Datum]) -> Option<String> {
    let (format, rest) = arguments.split_first()?;
    let format = format.text()?;
    let mut rest = rest.iter();
    let mut out = String::new();
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let mut form = Form::default();
        while let Some(flag) = letters.next_if(|next| "-+ 0#".contains(*next)) {
            match flag {
                '-' => form.left = true,
                '+' => form.plus = true,
                ' ' => form.blank = true,
                '0' => form.zero = true,
                _ => form.alternate = true,
            }
        }
        form.width = size(&mut letters)?;
        if letters.next_if_eq(&'.').is_some() {
            form.precision = Some(size(&mut letters)?);
        }
        match letters.next()? {
            '%' => out.push('%'),
            conversion => out.push_str(&converted(&form, conversion, rest.next()?)?),
        }
    }
    Some(out)
}

/// Takes a width or a precision, 0 if there are no digits; none if it is too large.
fn size(letters: &mut Peekable<Chars<'_>>) -> Option<usize> {
    let mut text = "0".to_owned();
    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
        text.push(digit);
    }
    text.parse().ok().filter(|size| *size <= MOST)
}

/// One argument by its conversion.
fn converted(form: &Form, conversion: char, argument: &Datum) -> Option<String> {
    match conversion {
        's' => {
            let text = argument.text()?;
            let text: String = text.chars().take(form.precision.unwrap_or(usize::MAX)).collect();
            Some(padded(form, "", &text, false))
        }
        'c' => Some(padded(form, "", &argument.text()?.chars().next()?.to_string(), false)),
        'd' | 'i' | 'u' => {
            let number = whole(argument)?;
            Some(integer(form, sign(form, number < 0), &number.unsigned_abs().to_string()))
        }
        'x' | 'X' | 'o' => {
            // As C does: the bits of a negative number.
            let bits = u64::from_ne_bytes(whole(argument)?.to_ne_bytes());
            let (text, prefix) = match conversion {
                'x' => (format!("{bits:x}"), "0x"),
                'X' => (format!("{bits:X}"), "0X"),
                _ => (format!("{bits:o}"), "0"),
            };
            Some(integer(form, if form.alternate && bits != 0 { prefix } else { "" }, &text))
        }
        'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
            let number = argument.loose_number()?;
            let precision = form.precision.unwrap_or(6);
            let text = match conversion.to_ascii_lowercase() {
                'f' => format!("{:.precision$}", number.abs()),
                'e' => exponential(number.abs(), precision),
                _ => shortest(number.abs(), precision.max(1), form.alternate),
            };
            let text = if conversion.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text };
            Some(padded(form, sign(form, number < 0.0), &text, true))
        }
        _ => None,
    }
}

/// The argument as an integer, its fraction cut off.
fn whole(argument: &Datum) -> Option<i64> {
    format!("{:.0}", argument.loose_number()?.trunc()).parse().ok()
}

/// What stands in front of a number.
fn sign(form: &Form, negative: bool) -> &'static str {
    match (negative, form.plus, form.blank) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

/// An integer with at least as many digits as the precision says; a precision turns the flag `0` off.
fn integer(form: &Form, prefix: &str, digits: &str) -> String {
    let least = form.precision.unwrap_or(1);
    let digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
    padded(form, prefix, &digits, form.precision.is_none())
}

/// Pads to the width: with zeros behind the prefix, or with blanks.
fn padded(form: &Form, prefix: &str, text: &str, zeros: bool) -> String {
    let missing = form.width.saturating_sub(prefix.chars().count() + text.chars().count());
    if form.left {
        format!("{prefix}{text}{}", " ".repeat(missing))
    } else if form.zero && zeros {
        format!("{prefix}{}{text}", "0".repeat(missing))
    } else {
        format!("{}{prefix}{text}", " ".repeat(missing))
    }
}

/// `d.ddde+xx`.
fn exponential(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{mantissa}e{sign}{exponent:0>2}")
}

/// `%g`: so many significant digits, with an exponent below 10^-4 and from 10^precision on; without zeros at the end.
fn shortest(number: f64, precision: usize, keep_zeros: bool) -> String {
    let scientific = exponential(number, precision - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i64 = exponent.parse().unwrap_or(0);
    let digits = i64::try_from(precision).unwrap_or(i64::MAX);
    let trim = |text: &str| {
        if keep_zeros || !text.contains('.') {
            text.to_owned()
        } else {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    };
    if power < -4 || power >= digits {
        return format!("{}e{exponent}", trim(mantissa));
    }
    let places = usize::try_from(digits - 1 - power).unwrap_or(0);
    trim(&format!("{number:.places$}"))
}
