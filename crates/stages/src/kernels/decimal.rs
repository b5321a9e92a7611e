//! Decimal numbers with an exact fraction, for the edges of numeric bins (§5.4.5).
//!
//! `0.3` with a span of `0.1` must fall into `0.3-0.4`; with doubles it would not. Numbers whose digits do not fit are left to
//! doubles by the caller.

use std::fmt::Write;

use retrohunt_columnar::text;

/// A decimal: `mantissa · 10^-scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// All digits.
    mantissa: i128,
    /// How many of them are behind the point.
    scale: u32,
}

/// Digits that a mantissa may have, so that scaling and the arithmetic of one bin cannot overflow.
const MAX_DIGITS: u32 = 34;

impl Decimal {
    /// Reads a text of numeric form; `None` if it has another form, or more digits than fit.
    pub(crate) fn parse(number: &str) -> Option<Self> {
        text::numeric_form(number)?;
        let (digits, exponent) = match number.find(['e', 'E']) {
            Some(at) => (&number[..at], number[at + 1..].parse::<i32>().ok()?),
            None => (number, 0),
        };
        let (sign, digits) = match digits.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, digits.strip_prefix('+').unwrap_or(digits)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut mantissa = 0_i128;
        for digit in whole.bytes().chain(fraction.bytes()) {
            mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let decimal = Self { mantissa: sign * mantissa, scale: 0 };
        if scale >= 0 {
            Self { scale: u32::try_from(scale).ok()?, ..decimal }.checked()
        } else {
            decimal.shifted(scale.unsigned_abs())?.checked()
        }
    }

    /// The value itself, if its digits fit.
    fn checked(self) -> Option<Self> {
        let fits = self.scale <= MAX_DIGITS && self.mantissa.unsigned_abs() < 10_u128.pow(MAX_DIGITS);
        fits.then_some(self)
    }

    /// The mantissa times 10^`places`, if it fits.
    fn shifted(self, places: u32) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(10_i128.checked_pow(places)?)?;
        Some(Self { mantissa, scale: self.scale })
    }

    /// The greatest multiple of `span` that is not greater than the value, and the next one. `span` is above zero.
    pub(crate) fn bin(self, span: Self) -> Option<(Self, Self)> {
        let scale = self.scale.max(span.scale);
        let value = self.shifted(scale - self.scale)?.mantissa;
        let width = span.shifted(scale - span.scale)?.mantissa;
        if width <= 0 {
            return None;
        }
        let low = value.div_euclid(width).checked_mul(width)?;
        let high = low.checked_add(width)?;
        Some((Self { mantissa: low, scale }, Self { mantissa: high, scale }))
    }

    /// Appends the text of §4.4: no zeros behind the fraction, the exponent form for very large and very small numbers.
    pub(crate) fn write(self, out: &mut String) {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        let digits = mantissa.unsigned_abs().to_string();
        let places = usize::try_from(scale).unwrap_or(0);
        let mut plain = String::new();
        if digits.len() > places {
            plain.push_str(&digits[..digits.len() - places]);
        } else {
            plain.push('0');
        }
        if places > 0 {
            let tail = if digits.len() > places { &digits[digits.len() - places..] } else { digits.as_str() };
            let _ = write!(plain, ".{tail:0>places$}");
        }
        let sign = if mantissa < 0 { "-" } else { "" };
        match text::numeric_form(&plain) {
            Some(value) if value != 0.0 && !(1e-6..1e15).contains(&value) => {
                out.push_str(sign);
                text::write_f64(out, value);
            }
            _ => {
                out.push_str(sign);
                out.push_str(&plain);
            }
        }
    }
}

/// The microseconds of a text that is a number of seconds, finer digits floored; `None` for another text or one out of range.
pub(crate) fn micros(seconds: &str) -> Option<i64> {
    let decimal = Decimal::parse(seconds)?;
    let micros = if decimal.scale <= 6 {
        decimal.shifted(6 - decimal.scale)?.mantissa
    } else {
        decimal.mantissa.div_euclid(10_i128.checked_pow(decimal.scale - 6)?)
    };
    i64::try_from(micros).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bin(value: &str, span: &str) -> String {
        let (low, high) = Decimal::parse(value).unwrap().bin(Decimal::parse(span).unwrap()).unwrap();
        let mut out = String::new();
        low.write(&mut out);
        out.push('-');
        high.write(&mut out);
        out
    }

    #[test]
    fn section_5_4_5_edges_are_exact() {
        for (value, span, expected) in [
            ("15", "10", "10-20"),
            ("-0.4", "1", "-1-0"),
            ("0.3", "0.1", "0.3-0.4"),
            ("0", "10", "0-10"),
            ("-10", "10", "-10-0"),
            ("-11", "10", "-20--10"),
            ("1e3", "250", "1000-1250"),
            ("2.5e-1", "0.25", "0.25-0.5"),
            ("1e15", "1e15", "1e15-2e15"),
            ("9.99", "0.05", "9.95-10"),
        ] {
            assert_eq!(bin(value, span), expected, "{value} {span}");
        }
    }

    #[test]
    fn section_4_6_1_seconds_to_microseconds() {
        for (text, expected) in [
            ("1700000123.987654", Some(1_700_000_123_987_654)),
            ("-0.5", Some(-500_000)),
            ("1e3", Some(1_000_000_000)),
            ("0.0000019", Some(1)),
            ("-0.0000001", Some(-1)),
            ("1e30", None),
            ("x", None),
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for number in ["1e400", "1e-40", "1e9999999999", "x", "", "12345678901234567890123456789012345678901234567890"]
        {
            assert_eq!(Decimal::parse(number), None, "{number}");
        }
    }
}
