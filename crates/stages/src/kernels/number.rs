//! Numbers that compare exactly, whatever columns they come from.

use std::cmp::Ordering;

use crate::faults::fault;
use retrohunt_columnar::text::numeric_form;

/// The number of a value. Integers of 64 bits stay exact beside doubles (§4.3.4).
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// An integer, within the range of `i64` or `u64`.
    Int(i128),
    /// A double: never NaN; infinite only for a text beyond the range of doubles.
    Float(f64),
}

/// Texts with more characters than this have no 64-bit integer in them, unless padded with zeros; the double is as good.
const INTEGER_TEXT_LIMIT: usize = 24;

impl Number {
    /// Returns the number of a text of numeric form (§4.3.1), `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Most texts are words; they are turned away by their first byte.
        if !matches!(text.as_bytes().first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.')) {
            return None;
        }
        let value = numeric_form(text)?;
        if text.len() <= INTEGER_TEXT_LIMIT
            && let Ok(integer) = text.parse::<i128>()
            && integer >= i128::from(i64::MIN)
            && integer <= i128::from(u64::MAX)
        {
            return Some(Self::Int(integer));
        }
        Some(Self::Float(value))
    }

    /// Returns the number of a time in microseconds since the epoch: its seconds.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        if micros % 1_000_000 == 0 { Self::Int(i128::from(micros / 1_000_000)) } else { Self::Float(seconds(micros)) }
    }

    /// Returns the nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// Compares the two as exact values; negative and positive zero are equal.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) if fault("stages-integers-as-doubles") => (a as f64).total_cmp(&(b as f64)),
            (Self::Int(a), Self::Int(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Self::Int(a), Self::Float(b)) => compare_mixed(a, b),
            (Self::Float(a), Self::Int(b)) => compare_mixed(b, a).reverse(),
        }
    }
}

/// The seconds of a time in microseconds, as the nearest double.
pub(crate) fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Compares an integer of at most 64 bits with a double, exactly.
fn compare_mixed(integer: i128, float: f64) -> Ordering {
    // 2^100 is beyond every such integer and still exact to convert.
    let limit = 2_f64.powi(100);
    if float >= limit {
        return Ordering::Less;
    }
    if float <= -limit {
        return Ordering::Greater;
    }
    #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^100 in magnitude")]
    let whole = float.trunc() as i128;
    integer.cmp(&whole).then_with(|| 0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_beyond_53_bits_differ() {
        let parse = |text| Number::parse(text).unwrap();
        assert_eq!(parse("9007199254740993").compare(parse("9007199254740992")), Ordering::Greater);
        assert_eq!(parse("9007199254740993").compare(Number::Float(9_007_199_254_740_992.0)), Ordering::Greater);
        assert_eq!(parse("18446744073709551615").compare(parse("1e30")), Ordering::Less);
    }

    #[test]
    fn equal_numbers_of_different_spelling_are_equal() {
        for (a, b) in [("1", "1.0"), ("01", "1"), ("+1", "1"), ("1e1", "10"), ("-0", "0"), ("-0.0", "0"), (".5", "0.5")]
        {
            assert_eq!(Number::parse(a).unwrap().compare(Number::parse(b).unwrap()), Ordering::Equal, "{a} {b}");
        }
        for (a, b) in [("1.5", "2"), ("-1.5", "-1"), ("1", "1.5"), ("-2", "-1.5")] {
            assert_eq!(Number::parse(a).unwrap().compare(Number::parse(b).unwrap()), Ordering::Less, "{a} {b}");
        }
    }

    #[test]
    fn texts_without_numeric_form_are_no_numbers() {
        for text in ["", "0x1f", "1,000", "Inf", "NaN", " 1", "1 ", "1_000", "-", ".", "1e", "١"] {
            assert!(Number::parse(text).is_none(), "{text:?}");
        }
    }
}
