//! Values, their texts, numeric form, and the one definition of case.

use std::cmp::Ordering;

/// One value of a field. A field is a list of these: none is missing, several are a multivalue (§4.1.1).
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A string.
    Text(String),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A finite float.
    Float(f64),
    /// A source Boolean, which is the string `true` or `false` (§4.1.3).
    Bool(bool),
    /// Microseconds since the epoch; as a number, seconds (§4.6.1).
    Time(i64),
}

impl Scalar {
    /// Returns the text of §4.4.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Int(number) => number.to_string(),
            Self::UInt(number) => number.to_string(),
            Self::Float(number) => float_text(*number),
            Self::Bool(truth) => truth.to_string(),
            Self::Time(micros) => seconds_text(*micros),
        }
    }

    /// Is it a number by type, so that output may print a JSON number (§4.4)?
    #[must_use]
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Bool(_))
    }

    /// Returns the number it acts as: a number, or a text of numeric form (§4.3.2).
    #[must_use]
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Text(text) => Number::of_text(text),
            Self::Int(number) => Some(Number::Integer(i128::from(*number))),
            Self::UInt(number) => Some(Number::Integer(i128::from(*number))),
            Self::Float(number) => Some(Number::Real(*number)),
            Self::Bool(_) => None,
            Self::Time(micros) => Number::of_text(&seconds_text(*micros)),
        }
    }
}

/// A number: integers stay exact (§4.3.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer.
    Integer(i128),
    /// Anything else.
    Real(f64),
}

impl Number {
    /// Returns the number a text is, if the whole text has numeric form (§4.3.1).
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        if !has_numeric_form(text) {
            return None;
        }
        // Integers of 64 bits are exact, longer ones are doubles (§4.3.4).
        let exact = i128::from(i64::MIN)..=i128::from(u64::MAX);
        if let Some(integer) = text.parse::<i128>().ok().filter(|integer| exact.contains(integer)) {
            return Some(Self::Integer(integer));
        }
        text.parse().ok().map(Self::Real)
    }

    /// Returns it as a double.
    #[must_use]
    pub fn real(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Real(real) => real,
        }
    }

    /// Returns the order of two numbers, as exact values.
    #[must_use]
    pub fn order(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => left.cmp(&right),
            // Numeric form has no NaN.
            (Self::Real(left), Self::Real(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
            (Self::Integer(left), Self::Real(right)) => mixed_order(left, right),
            (Self::Real(left), Self::Integer(right)) => mixed_order(right, left).reverse(),
        }
    }
}

/// The order of an integer of about 64 bits and a double.
fn mixed_order(integer: i128, real: f64) -> Ordering {
    if real.abs() >= 1e30 {
        return if real > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    let whole: i128 = format!("{:.0}", real.trunc()).parse().unwrap_or(0);
    integer.cmp(&whole).then_with(|| 0.0.partial_cmp(&real.fract()).unwrap_or(Ordering::Equal))
}

/// Is the text wholly `[+-]?(digits[.digits*]|.digits)([eE][+-]?digits)?` (§4.3.1)?
#[must_use]
pub fn has_numeric_form(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let mantissa_good = match mantissa.split_once('.') {
        None => digits(mantissa),
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
    };
    let exponent_good = exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    mantissa_good && exponent_good
}

/// Returns the text of a double (§4.4): the shortest decimal that reads back, with an exponent only outside 10^-6 … 10^15.
#[must_use]
pub fn float_text(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e15).contains(&size) {
        format!("{number}")
    } else {
        format!("{number:e}")
    }
}

/// Returns microseconds as decimal seconds, without trailing zeros.
#[must_use]
pub fn seconds_text(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let size = micros.unsigned_abs();
    let whole = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
    whole.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns the texts of values.
#[must_use]
pub fn texts(values: &[Scalar]) -> Vec<String> {
    values.iter().map(Scalar::text).collect()
}

/// Returns the natural order of two texts (§5.10.7): numbers first, by number, then by text; other texts by code point.
#[must_use]
pub fn natural_order(left: &str, right: &str) -> Ordering {
    match (Number::of_text(left), Number::of_text(right)) {
        (Some(a), Some(b)) => a.order(b).then_with(|| left.cmp(right)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

/// Returns a character folded (§2.6): ASCII onto ASCII, others by Unicode simple folding, never a non-ASCII one onto ASCII.
#[must_use]
pub fn fold_char(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let folded = unicode_case_mapping::case_folded(character).and_then(|code| char::from_u32(code.get()));
    folded.filter(|folded| !folded.is_ascii()).unwrap_or(character)
}

/// Returns a text folded, character by character.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numeric_form_is_strict() {
        for text in ["0", "007", "-1", "+1.5", ".5", "5.", "1e5", "1E-5", "1.5e+3"] {
            assert!(has_numeric_form(text), "{text}");
        }
        for text in ["", ".", "-", "0x1f", "1,000", "Inf", "NaN", " 1", "1 ", "1e", "1e+", "1.2.3", "e5", "٣"] {
            assert!(!has_numeric_form(text), "{text}");
        }
    }

    #[test]
    fn numbers_compare_as_exact_values() {
        let order =
            |left: &str, right: &str| Number::of_text(left).zip(Number::of_text(right)).map(|(a, b)| a.order(b));
        assert_eq!(order("9007199254740993", "9007199254740992.0"), Some(Ordering::Greater));
        assert_eq!(order("9007199254740992.0", "9007199254740993"), Some(Ordering::Less));
        assert_eq!(order("18446744073709551615", "1e30"), Some(Ordering::Less));
        assert_eq!(order("-2", "-1.5"), Some(Ordering::Less));
        assert_eq!(order("1", "1.5"), Some(Ordering::Less));
        assert_eq!(order("99999999999999999999", "99999999999999999998"), Some(Ordering::Equal));
    }

    #[test]
    fn float_texts() {
        let cases = [
            (5.0, "5"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (1e15, "1e15"),
            (999_999_999_999_999.0, "999999999999999"),
            (1.5e-7, "1.5e-7"),
            (0.000_001, "0.000001"),
            (-2.5, "-2.5"),
        ];
        for (number, text) in cases {
            assert_eq!(float_text(number), text);
        }
    }

    #[test]
    fn folding_never_crosses_ascii() {
        assert_eq!(fold("AbÉ"), "abé");
        assert_eq!(fold("\u{212A}"), "\u{212A}");
        assert_eq!(fold("\u{17F}"), "\u{17F}");
        assert_eq!(fold("ΣΑΣ"), fold("σας"));
    }

    #[test]
    fn natural_order_puts_numbers_first() {
        let mut texts = vec!["b", "10", "9", "B", "1.0", "1", "01"];
        texts.sort_by(|left, right| natural_order(left, right));
        assert_eq!(texts, ["01", "1", "1.0", "9", "10", "B", "b"]);
    }

    #[test]
    fn seconds_keep_microseconds() {
        assert_eq!(seconds_text(1_700_000_123_987_000), "1700000123.987");
        assert_eq!(seconds_text(-1_500_000), "-1.5");
        assert_eq!(seconds_text(0), "0");
    }
}
