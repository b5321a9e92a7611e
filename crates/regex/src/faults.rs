//! Deliberate mistakes, by name, that the tests must catch. Without the feature `faults` nothing of this is compiled in.

/// `(?i)` also folds `k` with the Kelvin sign.
pub(crate) const UNICODE_FOLD: &str = "regex-unicode-fold";
/// `$` matches at the very end only.
pub(crate) const DOLLAR_NO_NEWLINE: &str = "regex-dollar-no-newline";
/// The literal of an optional part is taken as required.
pub(crate) const LITERAL_OPTIONAL: &str = "regex-literal-optional";

#[cfg(feature = "faults")]
mod switch {
    use std::sync::RwLock;

    /// The mistake that is on.
    static FAULT: RwLock<Option<&'static str>> = RwLock::new(None);

    /// Turns one mistake on for patterns compiled from now on, in all threads; `None` turns all off.
    pub fn set_fault(fault: Option<&'static str>) {
        *FAULT.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fault;
    }

    /// Returns whether the mistake is on.
    pub(crate) fn on(fault: &str) -> bool {
        *FAULT.read().unwrap_or_else(std::sync::PoisonError::into_inner) == Some(fault)
    }
}

#[cfg(feature = "faults")]
pub(crate) use switch::on;
#[cfg(feature = "faults")]
pub use switch::set_fault;

/// Returns false: the feature is off.
#[cfg(not(feature = "faults"))]
#[inline(always)]
pub(crate) const fn on(_fault: &str) -> bool {
    false
}
