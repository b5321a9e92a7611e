//! Rounding of decimal texts, half away from zero (§6.5): `2.675` to two places is `2.68`, which the double `2.675` would not give.

/// Most places behind or before the point that a rounding may ask for.
const MAX_PLACES: u64 = 400;

/// Rounds a decimal without exponent to `places` behind the point, or, below zero, before it. The result has exactly that many
/// decimals, no needless sign and no leading zeros. `None` if the text is no such decimal, or too many places are asked for.
pub(crate) fn half_away(decimal: &str, places: i64) -> Option<String> {
    if places.unsigned_abs() > MAX_PLACES {
        return None;
    }
    let (negative, digits) = match decimal.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, decimal.strip_prefix('+').unwrap_or(decimal)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    // Where the kept digits end, counted from the first one.
    let end = i64::try_from(whole.len()).ok()?.checked_add(places)?;
    let up = usize::try_from(end).is_ok_and(|end| kept.get(end).is_some_and(|digit| *digit >= b'5'));
    let up = up && !(crate::faults::fault("stages-round-half-even") && tie_to_even(&kept, end));
    kept.resize(usize::try_from(end).unwrap_or(0), b'0');
    if up {
        add_one(&mut kept);
    }
    if places < 0 {
        kept.resize(kept.len() + usize::try_from(-places).ok()?, b'0');
    }
    let behind = usize::try_from(places).unwrap_or(0);
    if kept.len() <= behind {
        kept.splice(0..0, std::iter::repeat_n(b'0', behind + 1 - kept.len()));
    }
    let leading = kept[..kept.len() - behind - 1].iter().take_while(|digit| **digit == b'0').count();
    let sign = if negative && kept.iter().any(|digit| *digit != b'0') { "-" } else { "" };
    let digits = std::str::from_utf8(&kept[leading..]).ok()?;
    let (whole, fraction) = digits.split_at(digits.len() - behind);
    Some(if behind == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Is the rest exactly half of the last place, and that place even?
fn tie_to_even(digits: &[u8], end: i64) -> bool {
    let Some((kept, rest)) = usize::try_from(end).ok().and_then(|end| digits.split_at_checked(end)) else {
        return false;
    };
    let half =
        rest.split_first().is_some_and(|(first, rest)| *first == b'5' && rest.iter().all(|digit| *digit == b'0'));
    half && kept.last().is_none_or(|last| last % 2 == 0)
}

/// Adds one in the last place.
fn add_one(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_6_5_half_away_from_zero_of_the_decimal() {
        for (decimal, places, expected) in [
            ("2.675", 2, "2.68"),
            ("-2.675", 2, "-2.68"),
            ("2.674", 2, "2.67"),
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("0.4", 0, "0"),
            ("-0.4", 0, "0"),
            ("-0.004", 2, "0.00"),
            ("4", 2, "4.00"),
            ("9.995", 2, "10.00"),
            ("999", -1, "1000"),
            ("994", -1, "990"),
            ("45", -2, "0"),
            ("55", -2, "100"),
            ("55", -3, "0"),
            (".5", 0, "1"),
            (".05", 1, "0.1"),
            ("5.", 1, "5.0"),
            ("+007.5", 0, "8"),
            ("0", 0, "0"),
        ] {
            assert_eq!(half_away(decimal, places).as_deref(), Some(expected), "{decimal} {places}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for (decimal, places) in [("1e5", 0), ("x", 0), ("1", 401), ("1", i64::MIN), ("1.2.3", 0)] {
            assert_eq!(half_away(decimal, places), None, "{decimal}");
        }
    }
}
