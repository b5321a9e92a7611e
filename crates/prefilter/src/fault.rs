//! Deliberate mistakes, for testing the tests: each must make a test fail that names it.
//!
//! Without the feature `faults` the switch is a constant `false` and costs nothing.

/// The search resumes after a hit, not one byte on: overlapping and nested needles are lost.
pub(crate) const SKIP_OVERLAP: &str = "prefilter-skip-overlap";
/// Folding outside ASCII is ignored.
pub(crate) const ASCII_CROSS_FOLD: &str = "prefilter-ascii-cross-fold";
/// The tail of a haystack that does not fill a vector is not searched.
pub(crate) const DROP_TAIL: &str = "prefilter-drop-tail";
/// Masks and verification know only the lower case of a folded needle.
pub(crate) const ONE_CASE: &str = "prefilter-one-case";

/// The fault that is on.
#[cfg(feature = "faults")]
static ACTIVE: std::sync::RwLock<Option<&'static str>> = std::sync::RwLock::new(None);

/// Switches one fault on, or all off with `None`. Faults of construction hold for searchers built afterwards.
#[cfg(feature = "faults")]
pub fn set_fault(fault: Option<&'static str>) {
    *ACTIVE.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fault;
}

/// Returns whether `fault` is on.
#[cfg(feature = "faults")]
pub(crate) fn is_on(fault: &'static str) -> bool {
    *ACTIVE.read().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(fault)
}

/// Returns whether `fault` is on: never, in this build.
#[cfg(not(feature = "faults"))]
#[inline(always)]
pub(crate) const fn is_on(_fault: &'static str) -> bool {
    false
}
