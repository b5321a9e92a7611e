//! The conversions of `convert` to numbers (§5.26.2, §5.26.3).

use crate::kernels::number::Number;
use crate::table::Value;

/// The value of a number; a whole one has no point.
fn of_f64(number: f64) -> Option<Value> {
    if !number.is_finite() {
        return None;
    }
    if number.trunc() == number && number.abs() < 9.0e15 {
        #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^53 in magnitude")]
        let whole = number as i64;
        return Some(Value::Int(whole));
    }
    Some(Value::Float(number))
}

/// The number of a text of numeric form.
fn plain(text: &str) -> Option<Value> {
    match Number::parse(text)? {
        Number::Int(value) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => Some(Value::Int(value)),
            (_, Ok(value)) => Some(Value::UInt(value)),
            _ => None,
        },
        Number::Float(value) => of_f64(value),
    }
}

/// A number of one to `most` digits.
fn digits(text: &str, most: usize) -> Option<i64> {
    let whole = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole { text.parse().ok() } else { None }
}

/// `dur2sec`: `[D+]HH:MM:SS` in seconds.
pub(super) fn duration(text: &str) -> Option<Value> {
    let (days, clock) = match text.split_once('+') {
        Some((days, clock)) => (digits(days, 9)?, clock),
        None => (0, text),
    };
    let mut parts = clock.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (hours, minutes, seconds) = (digits(hours, 9)?, digits(minutes, 2)?, digits(seconds, 2)?);
    let fits = parts.next().is_none() && minutes < 60 && seconds < 60;
    fits.then(|| Value::Int(((days * 24 + hours) * 60 + minutes) * 60 + seconds))
}

/// `mstime`: `[MM:]SS.SSS` in seconds; a plain number stays one.
pub(super) fn minutes(text: &str) -> Option<Value> {
    let Some((minutes, seconds)) = text.split_once(':') else { return plain(text) };
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let total = digits(minutes, 9)? * 60 + digits(whole, 2).filter(|seconds| *seconds < 60)?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // As one decimal, so that the fraction is not rounded on its own first.
    plain(&format!("{total}.{fraction}"))
}

/// `memk`: a number with an optional `k`, `m` or `g` in any case, in kilobytes.
pub(super) fn kilobytes(text: &str) -> Option<Value> {
    let factor = match text.as_bytes().last()? {
        b'k' | b'K' => 1.0,
        b'm' | b'M' => 1024.0,
        b'g' | b'G' => 1024.0 * 1024.0,
        _ => return plain(text),
    };
    // The last byte is a letter, so this is a character boundary.
    let number = Number::parse(&text[..text.len() - 1])?;
    of_f64(number.to_f64() * factor)
}

/// `rmunit`: the number that a text begins with.
pub(super) fn leading(text: &str) -> Option<Value> {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = run(sign);
    let mut end = sign + whole;
    if bytes.get(end) == Some(&b'.') && whole + run(end + 1) > 0 {
        end += 1 + run(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if run(signed) > 0 {
            end = signed + run(signed);
        }
    }
    plain(&text[..end])
}

/// A number with commas between groups of three digits.
fn grouped(text: &str) -> Option<Value> {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = body.split('.').next()?;
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let (mut rest, mut several) = (true, false);
    for group in groups {
        several = true;
        rest &= group.len() == 3 && digits(group, 3).is_some();
    }
    let shaped = several && rest && digits(first, 3).is_some() && !body[whole.len()..].contains(',');
    if shaped { plain(&text.replace(',', "")) } else { None }
}

/// `auto`, `num`: a number, `[D+]HH:MM:SS`, `MM:SS.SSS`, a number with commas, a size with `k`, `m`, `g`; the first that fits.
pub(super) fn auto(text: &str) -> Option<Value> {
    plain(text)
        .or_else(|| duration(text))
        .or_else(|| minutes(text))
        .or_else(|| grouped(text))
        .or_else(|| kilobytes(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A conversion and what it gives for texts.
    type Row = (fn(&str) -> Option<Value>, &'static [(&'static str, Option<Value>)]);

    #[test]
    fn section_5_26_2_conversions_to_numbers() {
        let rows: &[Row] = &[
            (
                duration,
                &[
                    ("00:10:15", Some(Value::Int(615))),
                    ("2+01:00:00", Some(Value::Int(176_400))),
                    ("100:00:00", Some(Value::Int(360_000))),
                    ("00:60:00", None),
                    ("10:15", None),
                    ("1:2:3:4", None),
                    ("+1:00:00", None),
                    ("615", None),
                    ("99999999999999999999:00:00", None),
                ],
            ),
            (
                minutes,
                &[
                    ("01:30.250", Some(Value::Float(90.25))),
                    ("1:30", Some(Value::Int(90))),
                    ("61.5", Some(Value::Float(61.5))),
                    ("1:60", None),
                    ("1:30.x", None),
                    ("x", None),
                ],
            ),
            (
                kilobytes,
                &[
                    ("512", Some(Value::Int(512))),
                    ("512k", Some(Value::Int(512))),
                    ("2m", Some(Value::Int(2048))),
                    ("1.5G", Some(Value::Int(1_572_864))),
                    ("0.0001m", Some(Value::Float(0.1024))),
                    ("m", None),
                    ("5é", None),
                    ("", None),
                    ("1e308g", None),
                ],
            ),
            (
                leading,
                &[
                    ("212 sec", Some(Value::Int(212))),
                    ("-1.5e3ms", Some(Value::Int(-1500))),
                    ("5em", Some(Value::Int(5))),
                    (".5s", Some(Value::Float(0.5))),
                    ("7.", Some(Value::Int(7))),
                    ("10.0.0.1", Some(Value::Int(10))),
                    ("sec 5", None),
                    ("-", None),
                    (".", None),
                    ("", None),
                ],
            ),
            (
                auto,
                &[
                    ("007", Some(Value::Int(7))),
                    ("18446744073709551615", Some(Value::UInt(u64::MAX))),
                    ("00:10:15", Some(Value::Int(615))),
                    ("1:30.5", Some(Value::Float(90.5))),
                    ("1,234,567.5", Some(Value::Float(1_234_567.5))),
                    ("2m", Some(Value::Int(2048))),
                    ("1,23", None),
                    ("1.5,000", None),
                    (",123", None),
                    ("212 sec", None),
                    ("x", None),
                    ("", None),
                    ("1e999", None),
                ],
            ),
        ];
        for (conversion, cases) in rows {
            for (text, expected) in *cases {
                assert_eq!(conversion(text), *expected, "{text}");
            }
        }
    }
}
