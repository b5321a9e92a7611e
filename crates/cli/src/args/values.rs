//! Values of options: texts to the things that they name, or a message.

use std::num::NonZeroUsize;

use jiff::tz::TimeZone;

/// Returns the number of bytes that `text` names: digits, then nothing, `K`, `M`, `G` or `T`, each a factor of 1024, with `B`
/// or `iB` after it if you like; case does not count.
///
/// # Errors
///
/// If it is none of these, zero, or more than 64 bits hold.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let power = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        _ => return Err("a size is a number, with K, M, G or T after it if you like".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "a size begins with digits".to_owned())?;
    match number.checked_mul(1024_u64.pow(power)) {
        Some(0) => Err("the size must not be zero".to_owned()),
        Some(bytes) => Ok(bytes),
        None => Err("the size is too large".to_owned()),
    }
}

/// Returns the number of threads that `text` names.
///
/// # Errors
///
/// If it is no number, or zero.
pub(crate) fn threads(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "the number of threads is 1 or more".to_owned())
}

/// Returns the time zone that `text` names: `UTC`, or a name such as `Europe/Berlin`.
///
/// # Errors
///
/// If there is no such zone.
pub(crate) fn timezone(text: &str) -> Result<TimeZone, String> {
    if text.eq_ignore_ascii_case("utc") {
        return Ok(TimeZone::UTC);
    }
    TimeZone::get(text).map_err(|_| "no such time zone; a zone has a name such as UTC or Europe/Berlin".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units() {
        assert_eq!(bytes("1048576"), Ok(1 << 20));
        assert_eq!(
            (bytes("64m"), bytes("2GiB"), bytes("3 KB"), bytes("1T")),
            (Ok(64 << 20), Ok(2 << 30), Ok(3072), Ok(1 << 40))
        );
        for wrong in ["", "0", "0K", "-1", "1X", "M", "99999999999999999999", "999999999T", "1.5G"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn threads_are_at_least_one() {
        assert_eq!(threads("2").map(NonZeroUsize::get), Ok(2));
        assert!(threads("0").is_err() && threads("x").is_err());
    }

    #[test]
    fn zones_have_names() {
        assert_eq!(timezone("utc"), Ok(TimeZone::UTC));
        assert!(timezone("Mars/Olympus").is_err());
    }
}
