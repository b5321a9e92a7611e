//! Deliberate mistakes, for tests that prove that other tests would notice.
//!
//! Without the feature `faults` every question is answered `false` at compile time and costs nothing.

/// The names that [`set_fault`] knows.
#[cfg(feature = "faults")]
pub const FAULTS: &[&str] = &[
    "engine-not-is-absence",
    "engine-or-takes-first",
    "engine-unknown-prunes",
    "engine-marker-under-not",
    "engine-latest-inclusive",
    "engine-row-in-group-as-key",
    "engine-neutral-or-is-false",
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
