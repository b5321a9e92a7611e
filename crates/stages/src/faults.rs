//! Deliberate mistakes, for tests that prove that other tests would notice.
//!
//! Without the feature `faults` every question is answered `false` at compile time and costs nothing.

/// The names that [`set_fault`] knows.
#[cfg(feature = "faults")]
pub const FAULTS: &[&str] = &[
    "stages-merge-forgets-group",
    "stages-drop-order-key",
    "stages-null-group-kept",
    "stages-not-equal-keeps-null",
    "stages-term-substring",
    "stages-values-unsorted",
    "stages-first-is-last",
    "stages-regex-ne-drops-null",
    "stages-in-first-only",
    "stages-min-text-order",
    "stages-bin-rounds-up",
    "stages-pair-name-matches",
    "stages-earliest-by-place",
    "stages-percentile-without-interpolation",
    "stages-round-half-even",
    "stages-integers-as-doubles",
    "stages-multivalue-not-equal-all",
    "stages-coalesce-takes-null",
    "stages-pattern-not-rescued",
    "stages-like-drops-backslash",
    "stages-mvindex-from-one",
    "stages-elementwise-first-only",
    "stages-relative-time-from-now",
    "stages-strftime-in-utc",
    "stages-not-of-null-is-null",
    "stages-empty-text-is-null",
    "stages-or-asks-wrong-side",
    "stages-rex-keeps-last-match",
    "stages-rex-unmatched-group-is-empty",
    "stages-window-first-is-last",
    "stages-window-one-more",
    "stages-join-without-time",
    "stages-eventstats-drops-ungrouped",
    "stages-fillnull-fills-empty",
    "stages-sort-null-first",
    "stages-append-in-front",
    "stages-dedup-keeps-last",
    "stages-empty-subsearch-matches-all",
    "stages-mvexpand-reverses",
    "stages-tail-in-order",
    "stages-head-one-more",
];

/// The fault that is switched on, if one is.
#[cfg(feature = "faults")]
static FAULT: std::sync::RwLock<Option<&'static str>> = std::sync::RwLock::new(None);

/// Switches one fault on for the whole process, or all of them off.
#[cfg(feature = "faults")]
pub fn set_fault(fault: Option<&'static str>) {
    *FAULT.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fault;
}

/// Is this fault switched on?
#[cfg(feature = "faults")]
pub(crate) fn fault(name: &str) -> bool {
    *FAULT.read().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(name)
}

/// Is this fault switched on? Never, without the feature.
#[cfg(not(feature = "faults"))]
#[inline]
pub(crate) fn fault(_name: &str) -> bool {
    false
}
