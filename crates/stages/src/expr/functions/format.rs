//! Numbers and texts in a given format: `printf`, and the styles of `tostring` (§6.3).

use retrohunt_columnar::text::f64_text;

use super::text::{integer, integer_or_float};
use crate::expr::cell::Cell;
use crate::kernels::number::Number;

/// Widths and precisions beyond this give ∅: nobody means them, and they cost memory.
const MOST_WIDTH: usize = 1000;

/// A number in a style of `tostring`; `None` for an unknown style and for a number beyond it.
pub(super) fn number(number: Number, style: &str) -> Option<String> {
    let whole = match number {
        Number::Int(value) => value,
        // Beyond this, digits are not known.
        Number::Float(value) if value.abs() < 1e36 => {
            #[expect(clippy::cast_possible_truncation, reason = "below 1e36, and the fraction is to go")]
            let whole = value.trunc() as i128;
            whole
        }
        Number::Float(_) => return None,
    };
    let negative = number.to_f64() < 0.0;
    let sign = if negative { "-" } else { "" };
    let magnitude = whole.unsigned_abs();
    Some(match style {
        "hex" => format!("{sign}0x{magnitude:X}"),
        "binary" => format!("{sign}{magnitude:b}"),
        "commas" => commas(number),
        "duration" => {
            let (days, seconds) = (magnitude / 86_400, magnitude % 86_400);
            let days = if days > 0 { format!("{days}+") } else { String::new() };
            format!("{sign}{days}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
        }
        _ => return None,
    })
}

/// The digits in groups of three, and two decimals if there is a fraction.
fn commas(number: Number) -> String {
    let plain = match number {
        Number::Int(value) => value.to_string(),
        Number::Float(value) if value.trunc() == value => format!("{value:.0}"),
        Number::Float(value) => two_decimals(value),
    };
    let (sign, plain) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::from(sign);
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Two decimals, rounded half away from zero by the decimal text, as `round` does (§6.5).
fn two_decimals(value: f64) -> String {
    let text = f64_text(value);
    let Some((_, fraction)) = text.split_once('.').filter(|_| !text.contains('e')) else {
        return format!("{value:.2}");
    };
    let up = fraction.as_bytes().get(2).is_some_and(|digit| *digit >= b'5');
    let cut = text.len() - fraction.len().saturating_sub(2);
    let mut digits: Vec<u8> = text.as_bytes()[..cut].to_vec();
    digits.resize(cut + 2_usize.saturating_sub(fraction.len()), b'0');
    if up {
        let mut carry = true;
        for digit in digits.iter_mut().rev().filter(|digit| digit.is_ascii_digit()) {
            carry = *digit == b'9';
            *digit = if carry { b'0' } else { *digit + 1 };
            if !carry {
                break;
            }
        }
        if carry {
            digits.insert(usize::from(digits[0] == b'-'), b'1');
        }
    }
    String::from_utf8(digits).unwrap_or_default()
}

/// One `%…` of a template.
#[derive(Clone, Copy, Debug, Default)]
struct Directive {
    /// `-`.
    left: bool,
    /// `+`.
    plus: bool,
    /// A blank.
    blank: bool,
    /// `0`.
    zero: bool,
    /// `#`.
    alternate: bool,
    /// Least width.
    width: usize,
    /// Digits, or most characters.
    precision: Option<usize>,
}

/// `printf(template, …)` as in C; `None` where a value is missing, has a wrong type, or the template is malformed.
pub(super) fn printf(template: &str, values: &[Cell<'_>]) -> Option<String> {
    let mut out = String::with_capacity(template.len());
    let mut values = values.iter();
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let mut characters = rest[at + 1..].chars();
        let directive = directive(&mut characters, &mut values)?;
        match characters.next()? {
            '%' => out.push('%'),
            conversion => directive.write(conversion, values.next()?, &mut out)?,
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    Some(out)
}

/// Reads flags, width, precision and length; the next character is the conversion.
fn directive(characters: &mut std::str::Chars<'_>, values: &mut std::slice::Iter<'_, Cell<'_>>) -> Option<Directive> {
    let mut directive = Directive::default();
    let peek = |characters: &std::str::Chars<'_>| characters.clone().next();
    loop {
        match peek(characters)? {
            '-' => directive.left = true,
            '+' => directive.plus = true,
            ' ' => directive.blank = true,
            '0' => directive.zero = true,
            '#' => directive.alternate = true,
            // Grouping depends on a locale; in the one of C it does nothing.
            '\'' => {}
            _ => break,
        }
        characters.next();
    }
    if let Some(width) = size(characters, values)? {
        directive.left |= width < 0;
        directive.width = usize::try_from(width.unsigned_abs()).ok()?;
    }
    if peek(characters)? == '.' {
        characters.next();
        // A negative precision is as if there were none.
        let precision = size(characters, values)?.unwrap_or(0);
        directive.precision = usize::try_from(precision).ok();
    }
    while matches!(peek(characters)?, 'h' | 'l' | 'L' | 'q' | 'j' | 'z' | 't') {
        characters.next();
    }
    let fits = directive.width <= MOST_WIDTH && directive.precision.is_none_or(|precision| precision <= MOST_WIDTH);
    fits.then_some(directive)
}

/// Reads digits, or `*` with its value. The outer `None` is malformed.
fn size(characters: &mut std::str::Chars<'_>, values: &mut std::slice::Iter<'_, Cell<'_>>) -> Option<Option<i64>> {
    let text = characters.as_str();
    if text.starts_with('*') {
        characters.next();
        return integer(values.next()?).map(Some);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Some(None);
    }
    *characters = text[digits..].chars();
    text[..digits].parse().ok().map(Some)
}

impl Directive {
    /// Appends one value; `None` if it has a wrong type.
    fn write(mut self, conversion: char, value: &Cell<'_>, out: &mut String) -> Option<()> {
        let (sign, digits) = match conversion {
            's' => {
                let text = value.text()?;
                let text: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
                self.zero = false;
                ("", text)
            }
            'c' => {
                self.zero = false;
                ("", character(value)?.to_string())
            }
            'd' | 'i' => {
                let whole = integer(value)?;
                (self.sign(whole < 0), self.whole(whole.unsigned_abs().to_string()))
            }
            'u' | 'x' | 'X' | 'o' => self.unsigned(conversion, value)?,
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
                let number = integer_or_float(value)?.to_f64();
                if !number.is_finite() {
                    return None;
                }
                (self.sign(number.is_sign_negative()), self.float(conversion, number.abs()))
            }
            _ => return None,
        };
        self.pad(sign, &digits, out);
        Some(())
    }

    /// What stands before a number.
    fn sign(self, negative: bool) -> &'static str {
        if negative {
            "-"
        } else if self.plus {
            "+"
        } else if self.blank {
            " "
        } else {
            ""
        }
    }

    /// The digits of an integer, as many as the precision asks for. With a precision, `0` has no effect.
    fn whole(&mut self, digits: String) -> String {
        let Some(precision) = self.precision else { return digits };
        self.zero = false;
        if precision == 0 && digits == "0" { String::new() } else { format!("{digits:0>precision$}") }
    }

    /// An unsigned conversion; a negative number is what its 64 bits say, as in C.
    fn unsigned(&mut self, conversion: char, value: &Cell<'_>) -> Option<(&'static str, String)> {
        let bits = match integer_or_float(value)? {
            Number::Int(value) => {
                u64::try_from(value).ok().or_else(|| i64::try_from(value).ok().map(i64::cast_unsigned))?
            }
            Number::Float(_) => integer(value)?.cast_unsigned(),
        };
        let prefix = match conversion {
            'x' if self.alternate && bits != 0 => "0x",
            'X' if self.alternate && bits != 0 => "0X",
            'o' if self.alternate && bits != 0 => "0",
            _ => "",
        };
        let digits = match conversion {
            'x' => format!("{bits:x}"),
            'X' => format!("{bits:X}"),
            'o' => format!("{bits:o}"),
            _ => bits.to_string(),
        };
        Some((prefix, self.whole(digits)))
    }

    /// The digits of a double that is not negative.
    fn float(self, conversion: char, number: f64) -> String {
        let precision = self.precision.unwrap_or(6);
        let text = match conversion {
            'f' | 'F' => format!("{number:.precision$}"),
            'e' | 'E' => exponent_form(number, precision),
            _ => self.general(number, precision.max(1)),
        };
        if conversion.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text }
    }

    /// `%g`: plain for exponents from -4 up to the precision, without zeros behind the fraction.
    fn general(self, number: f64, precision: usize) -> String {
        let scientific = exponent_form(number, precision - 1);
        let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i64>().ok()).unwrap_or(0);
        let places = i64::try_from(precision).unwrap_or(i64::MAX);
        let (mut digits, tail) = if exponent < -4 || exponent >= places {
            let (digits, tail) = scientific.split_at(scientific.find('e').unwrap_or(scientific.len()));
            (digits.to_owned(), tail.to_owned())
        } else {
            let decimals = usize::try_from(places - 1 - exponent).unwrap_or(0);
            (format!("{number:.decimals$}"), String::new())
        };
        if !self.alternate && digits.contains('.') {
            digits.truncate(digits.trim_end_matches('0').trim_end_matches('.').len());
        }
        digits + &tail
    }

    /// Appends sign and digits, padded to the width.
    fn pad(self, sign: &str, digits: &str, out: &mut String) {
        let missing = self.width.saturating_sub(sign.chars().count() + digits.chars().count());
        let fill = |out: &mut String, with: char| out.extend(std::iter::repeat_n(with, missing));
        if !self.left && !self.zero {
            fill(out, ' ');
        }
        out.push_str(sign);
        if !self.left && self.zero {
            fill(out, '0');
        }
        out.push_str(digits);
        if self.left {
            fill(out, ' ');
        }
    }
}

/// `%e`: one digit, the fraction, and an exponent of at least two digits with its sign.
fn exponent_form(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// `%c`: the character of a number's code, or the first one of a text.
fn character(value: &Cell<'_>) -> Option<char> {
    match value {
        Cell::Int(_) | Cell::UInt(_) | Cell::Float(_) => char::from_u32(u32::try_from(integer(value)?).ok()?),
        other => other.text()?.chars().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(template: &str, values: &[Cell<'_>]) -> String {
        printf(template, values).unwrap_or_else(|| "∅".to_owned())
    }

    #[test]
    fn section_6_3_printf_of_integers() {
        for (template, value, expected) in [
            ("%05d", 42, "00042"),
            ("%-5d|", 42, "42   |"),
            ("%+d", 42, "+42"),
            ("% d", 42, " 42"),
            ("%i", -42, "-42"),
            ("%06d", -42, "-00042"),
            ("%.4d", 42, "0042"),
            ("%06.4d", 42, "  0042"),
            ("%u", 42, "42"),
            ("%x", 255, "ff"),
            ("%#X", 255, "0XFF"),
            ("%o", 8, "10"),
            ("%x", -1, "ffffffffffffffff"),
            ("%ld%%", 42, "42%"),
            ("%c", 65, "A"),
            ("%s", 65, "65"),
        ] {
            assert_eq!(print(template, &[Cell::Int(value)]), expected, "{template}");
        }
    }

    #[test]
    fn section_6_3_printf_of_fractions() {
        for (template, value, expected) in [
            ("%.2f", 2.71901, "2.72"),
            ("%f", 1.5, "1.500000"),
            ("%8.3f", -1.5, "  -1.500"),
            ("%08.3f", -1.5, "-001.500"),
            ("%e", 12345.678, "1.234568e+04"),
            ("%.0e", 0.00012, "1e-04"),
            ("%E", 1.0, "1.000000E+00"),
            ("%g", 0.0001, "0.0001"),
            ("%g", 0.00001, "1e-05"),
            ("%g", 1_000_000.0, "1e+06"),
            ("%g", 100_000.0, "100000"),
            ("%.3g", 2.71901, "2.72"),
            ("%#g", 1.5, "1.50000"),
            ("%d", 1.9, "1"),
        ] {
            assert_eq!(print(template, &[Cell::Float(value)]), expected, "{template}");
        }
    }

    #[test]
    fn section_6_3_printf_of_texts_and_what_does_not_fit() {
        let text = |text: &'static str| Cell::Field(text.into());
        assert_eq!(print("%s-%x", &[text("a"), Cell::Int(255)]), "a-ff");
        assert_eq!(print("%-6.2s|", &[text("néx")]), "né    |");
        assert_eq!(print("%*d", &[Cell::Int(4), text("7")]), "   7");
        assert_eq!(print("100%%", &[]), "100%");
        assert_eq!(print("%c", &[text("abc")]), "a");
        for (template, values) in [
            ("%d", vec![text("abc")]),
            ("%d", vec![]),
            ("%", vec![]),
            ("%y", vec![Cell::Int(1)]),
            ("%s", vec![Cell::Bool(true)]),
            ("%99999999999999999999d", vec![Cell::Int(1)]),
            ("%1001d", vec![Cell::Int(1)]),
            ("%.5000f", vec![Cell::Int(1)]),
        ] {
            assert_eq!(print(template, &values), "∅", "{template}");
        }
    }

    #[test]
    fn section_6_3_tostring_styles() {
        let float = |value: f64, style| number(Number::Float(value), style).unwrap_or_else(|| "∅".to_owned());
        let whole = |value: i128, style| number(Number::Int(value), style).unwrap_or_else(|| "∅".to_owned());
        assert_eq!(whole(300, "hex"), "0x12C");
        assert_eq!(whole(9, "binary"), "1001");
        assert_eq!(whole(-1_234_567, "commas"), "-1,234,567");
        assert_eq!(whole(999, "commas"), "999");
        assert_eq!(float(12345.6789, "commas"), "12,345.68");
        assert_eq!(float(0.5, "commas"), "0.50");
        assert_eq!(float(999.995, "commas"), "1,000.00");
        assert_eq!(float(-2.675, "commas"), "-2.68");
        assert_eq!(float(1e-7, "commas"), "0.00");
        assert_eq!(whole(615, "duration"), "00:10:15");
        assert_eq!(float(93_784.9, "duration"), "1+02:03:04");
        assert_eq!(whole(-61, "duration"), "-00:01:01");
        assert_eq!(float(1e300, "hex"), "∅");
    }
}
