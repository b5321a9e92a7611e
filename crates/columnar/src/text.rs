//! The one place where numbers and times become text, and where text is read as a number (§4.3.1, §4.4, §4.6.1).
//!
//! Value texts, group keys and outputs all come from here, so that a number has the same text wherever it is seen.

use std::borrow::Cow;
use std::fmt::Write;

use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, cast::AsArray};
use arrow_schema::{DataType, TimeUnit};

/// Integral numbers below this magnitude print without point and exponent; from here on the exponent form is used (§4.4).
const EXPONENT_FROM: f64 = 1e15;

/// Numbers below this magnitude, zero apart, print in exponent form (§4.4).
const EXPONENT_BELOW: f64 = 1e-6;

/// Microseconds in a second.
pub(crate) const MICROS_PER_SECOND: i64 = 1_000_000;

/// Seconds in a day.
const SECONDS_PER_DAY: i64 = 86_400;

/// Appends to `out` the text of `v`: `7`, `-0.25`, `1e15`, `1.5e-7`; negative zero is `0` (§4.4).
///
/// The text reads back to the same double. NaN and the infinities are ∅ (§4.1.3), have no text and append nothing.
///
/// ```
/// let mut out = String::new();
/// retrohunt_columnar::text::write_f64(&mut out, 200.0);
/// assert_eq!(out, "200");
/// ```
pub fn write_f64(out: &mut String, v: f64) {
    if !v.is_finite() {
        return;
    }
    let magnitude = v.abs();
    if magnitude < EXPONENT_FROM && v.trunc() == v {
        #[expect(clippy::cast_possible_truncation, reason = "integral and below 1e15, so exact in 64 bits")]
        let integral = v as i64;
        write_i64(out, integral);
    } else if (EXPONENT_BELOW..EXPONENT_FROM).contains(&magnitude) {
        // `Display` of f64 is the shortest decimal that reads back to the same value, without exponent.
        let _ = write!(out, "{v}");
    } else {
        let _ = write!(out, "{v:e}");
    }
}

/// The text of `v` as [`write_f64`] writes it; empty for NaN and the infinities (§4.4).
#[must_use]
pub fn f64_text(v: f64) -> String {
    let mut out = String::new();
    write_f64(&mut out, v);
    out
}

/// Appends to `out` the decimal text of `v`, without padding.
pub fn write_i64(out: &mut String, v: i64) {
    if v < 0 {
        out.push('-');
    }
    write_u64(out, v.unsigned_abs());
}

/// Appends to `out` the decimal text of `v`, without padding.
pub fn write_u64(out: &mut String, mut v: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(v % 10).unwrap_or(0);
        v /= 10;
        if v == 0 {
            break;
        }
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

/// The value of `text` if it has numeric form: `[+-]?(digits[.digits*]|.digits)([eE][+-]?digits)?`, nothing around it (§4.3.1).
///
/// Hexadecimal, digit grouping, `Inf` and `NaN` have no numeric form and give `None`. A text of numeric form that is beyond
/// the range of a double gives an infinity, which still compares as it should.
///
/// ```
/// use retrohunt_columnar::text::numeric_form;
/// assert_eq!(numeric_form("007"), Some(7.0));
/// assert_eq!(numeric_form(" 7"), None);
/// assert_eq!(numeric_form("0x1f"), None);
/// ```
#[must_use]
pub fn numeric_form(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let body = &bytes[sign..];
    if !matches!(body.first(), Some(b'0'..=b'9' | b'.')) {
        return None;
    }
    let integer = digits(body);
    if integer == body.len() && integer <= 15 {
        // Fifteen digits are exact in a double; this is the common case of event ids, ports and process ids.
        let mut value = 0_f64;
        for digit in body {
            value = value * 10.0 + f64::from(digit - b'0');
        }
        return Some(if bytes[0] == b'-' { -value } else { value });
    }
    let mut at = integer;
    if body.get(at) == Some(&b'.') {
        let fraction = digits(&body[at + 1..]);
        if integer == 0 && fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(body.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(body.get(at), Some(b'+' | b'-')));
        let exponent = digits(&body[at..]);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    if at == body.len() { text.parse().ok() } else { None }
}

/// The number of ASCII digits that `bytes` begins with.
fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// The time `micros` (microseconds since the epoch) as RFC 3339 in UTC, with as many digits of fraction as it needs.
///
/// ```
/// use retrohunt_columnar::text::time_text;
/// assert_eq!(time_text(1_596_613_709_000_000), "2020-08-05T07:48:29Z");
/// assert_eq!(time_text(1_596_613_709_500_000), "2020-08-05T07:48:29.5Z");
/// ```
#[must_use]
pub fn time_text(micros: i64) -> String {
    let fraction = micros.rem_euclid(MICROS_PER_SECOND);
    instant_text(micros.div_euclid(MICROS_PER_SECOND), u32::try_from(fraction * 1000).unwrap_or(0))
}

/// The instant `seconds` since the epoch and `nanos` (below 10⁹) as RFC 3339 in UTC, with the digits of fraction that it needs.
pub(crate) fn instant_text(seconds: i64, nanos: u32) -> String {
    let mut out = date_text(seconds.div_euclid(SECONDS_PER_DAY));
    out.push('T');
    write_clock(&mut out, seconds.rem_euclid(SECONDS_PER_DAY), nanos);
    out.push('Z');
    out
}

/// Appends `hh:mm:ss` and the fraction that it needs; `seconds` counts from midnight, `nanos` is below 10⁹.
pub(crate) fn write_clock(out: &mut String, seconds: i64, nanos: u32) {
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    write_fraction(out, nanos, 9);
}

/// The date `days` after the epoch as `YYYY-MM-DD`; years before 0 have a sign, years after 9999 more digits.
pub(crate) fn date_text(days: i64) -> String {
    // Days to civil date in the proleptic Gregorian calendar: eras of 400 years that begin on 1 March.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
}

/// Appends `.` and `fraction`, a number of `width` digits, without its trailing zeros; nothing if it is zero.
fn write_fraction(out: &mut String, fraction: u32, width: usize) {
    if fraction == 0 {
        return;
    }
    let _ = write!(out, ".{fraction:0width$}");
    while out.ends_with('0') {
        out.pop();
    }
}

/// The time `micros` (microseconds since the epoch) as epoch seconds with as many digits of fraction as it needs (§4.6.1).
///
/// ```
/// use retrohunt_columnar::text::epoch_text;
/// assert_eq!(epoch_text(1_596_613_709_000_000), "1596613709");
/// assert_eq!(epoch_text(1_596_613_709_500_000), "1596613709.5");
/// ```
#[must_use]
pub fn epoch_text(micros: i64) -> String {
    let magnitude = micros.unsigned_abs();
    let unit = MICROS_PER_SECOND.unsigned_abs();
    let mut out = String::new();
    if micros < 0 {
        out.push('-');
    }
    write_u64(&mut out, magnitude / unit);
    write_fraction(&mut out, u32::try_from(magnitude % unit).unwrap_or(0), 6);
    out
}

/// The text of the cell `row` of a canonical column that is not a list; `None` if it is ∅ or past the end (§4.4).
///
/// Text cells are borrowed. Booleans are `true` and `false`, a timestamp is its [`epoch_text`]. A list (a multivalue has
/// several texts) and a type that is not canonical give `None`.
#[must_use]
pub fn cell_text(array: &dyn Array, row: usize) -> Option<Cow<'_, str>> {
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    let mut out = String::new();
    match array.data_type() {
        DataType::Utf8 => return Some(Cow::Borrowed(array.as_string::<i32>().value(row))),
        DataType::Boolean => return Some(Cow::Borrowed(if array.as_boolean().value(row) { "true" } else { "false" })),
        DataType::Int64 => write_i64(&mut out, array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt64 => write_u64(&mut out, array.as_primitive::<UInt64Type>().value(row)),
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(row);
            if !value.is_finite() {
                return None;
            }
            write_f64(&mut out, value);
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            out = epoch_text(array.as_primitive::<TimestampMicrosecondType>().value(row));
        }
        _ => return None,
    }
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{BooleanArray, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray, UInt64Array};
    use proptest::prelude::*;

    #[test]
    fn numbers_print_as_the_specification_lists_them() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (7.0, "7"),
            (-7.0, "-7"),
            (0.1, "0.1"),
            (-0.25, "-0.25"),
            (1.0e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (999_999_999_999_999.0, "999999999999999"),
            (999_999_999_999_999.9, "999999999999999.9"),
            (1e15, "1e15"),
            (-1e15, "-1e15"),
            (1.234_567_890_123_456_7e15, "1.2345678901234568e15"),
            (f64::MAX, "1.7976931348623157e308"),
            (5e-324, "5e-324"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            assert_eq!(f64_text(value), text, "{value:?}");
        }
        let mut out = String::new();
        write_i64(&mut out, i64::MIN);
        out.push(' ');
        write_u64(&mut out, u64::MAX);
        assert_eq!(out, "-9223372036854775808 18446744073709551615");
    }

    #[test]
    fn numeric_form_is_exactly_the_grammar() {
        for text in
            ["0", "007", "+1", "-1", "1.", "1.5", ".5", "-.5", "1e5", "1E+5", "1.e-5", ".5e0", "1234567890123456789"]
        {
            assert_eq!(numeric_form(text), text.parse().ok(), "{text}");
            assert!(numeric_form(text).is_some(), "{text}");
        }
        for text in [
            "", " ", " 1", "1 ", "+", "-", ".", "+.", "e5", ".e5", "1e", "1e+", "1,000", "0x1f", "Inf", "inf", "NaN",
            "nan",
        ] {
            assert_eq!(numeric_form(text), None, "{text}");
        }
        for text in ["--1", "+-1", "1_0", "1e5.0", "1..0", "1.0.0", "١", "infinity", "1f"] {
            assert_eq!(numeric_form(text), None, "{text}");
        }
        assert_eq!(numeric_form("1e999"), Some(f64::INFINITY));
    }

    #[test]
    fn times_have_the_fraction_they_need() {
        assert_eq!(time_text(0), "1970-01-01T00:00:00Z");
        assert_eq!(time_text(1_596_613_709_500_000), "2020-08-05T07:48:29.5Z");
        assert_eq!(time_text(1_596_613_709_000_001), "2020-08-05T07:48:29.000001Z");
        assert_eq!(time_text(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(time_text(951_782_400_000_000), "2000-02-29T00:00:00Z");
        assert_eq!(time_text(-62_167_219_200_000_000), "0000-01-01T00:00:00Z");
        assert_eq!(instant_text(0, 123_456_700), "1970-01-01T00:00:00.1234567Z");
        assert_eq!(date_text(-719_529), "-0001-12-31");
        assert!(time_text(i64::MAX).starts_with("294247-01-10T04:00:54.775807"));
        assert!(time_text(i64::MIN).starts_with("-290308-12-21T"));
    }

    #[test]
    fn epochs_have_the_fraction_they_need() {
        assert_eq!(epoch_text(0), "0");
        assert_eq!(epoch_text(-500_000), "-0.5");
        assert_eq!(epoch_text(1_596_613_709_000_010), "1596613709.00001");
        assert_eq!(epoch_text(i64::MIN), "-9223372036854.775808");
    }

    #[test]
    fn cells_of_every_canonical_type_have_a_text() {
        let text = |array: &dyn Array, row| cell_text(array, row).map(Cow::into_owned);
        let strings = StringArray::from(vec![Some("a"), None]);
        assert_eq!(text(&strings, 0).as_deref(), Some("a"));
        assert_eq!(text(&strings, 1), None);
        assert_eq!(text(&strings, 2), None);
        assert_eq!(text(&Int64Array::from(vec![-3]), 0).as_deref(), Some("-3"));
        assert_eq!(text(&UInt64Array::from(vec![u64::MAX]), 0).as_deref(), Some("18446744073709551615"));
        assert_eq!(text(&Float64Array::from(vec![2.0, f64::NAN]), 0).as_deref(), Some("2"));
        assert_eq!(text(&Float64Array::from(vec![2.0, f64::NAN]), 1), None);
        assert_eq!(text(&BooleanArray::from(vec![true]), 0).as_deref(), Some("true"));
        let time = TimestampMicrosecondArray::from(vec![1_500_000]).with_timezone("UTC");
        assert_eq!(text(&time, 0).as_deref(), Some("1.5"));
    }

    proptest! {
        #[test]
        fn a_number_reads_back_to_itself(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                let text = f64_text(value);
                prop_assert_eq!(numeric_form(&text), Some(value), "{}", text);
            }
        }

        #[test]
        fn numeric_form_agrees_with_the_standard_parser(text in "[+-]?[0-9.]{0,20}([eE][+-]?[0-9]{0,3})?") {
            prop_assert_eq!(numeric_form(&text), text.parse().ok(), "{}", text);
        }
    }
}
