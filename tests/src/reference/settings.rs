//! Options of a run.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

/// Options of a run; [`Settings::default`] is what the command line does without options.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Zone of day and larger bins and of times written without one (§4.6.2).
    pub timezone: TimeZone,
    /// "Now" in microseconds since the epoch (§4.6.3).
    pub now: i64,
    /// Lower bound of the run in microseconds, inclusive.
    pub earliest: Option<i64>,
    /// Upper bound of the run in microseconds, exclusive.
    pub latest: Option<i64>,
    /// `class_markers = any` (§2.8.2).
    pub any_class_marker: bool,
    /// `bare_terms = substring` (§2.3.6).
    pub substring_terms: bool,
    /// `raw_pairs`: pair texts count beside `_raw` (§2.2.1).
    pub raw_pairs: bool,
    /// `empty_as_null`: empty source strings are missing (§4.1.4).
    pub empty_as_null: bool,
    /// Columns that bare terms do not look at (§2.2.2).
    pub not_text: BTreeSet<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timezone: TimeZone::UTC,
            now: 0,
            earliest: None,
            latest: None,
            any_class_marker: true,
            substring_terms: false,
            raw_pairs: true,
            empty_as_null: true,
            not_text: BTreeSet::new(),
        }
    }
}
