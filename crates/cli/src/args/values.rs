//! Values of options: texts to the things that they name, or a message.

use std::num::NonZeroUsize;

use jiff::tz::TimeZone;

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
