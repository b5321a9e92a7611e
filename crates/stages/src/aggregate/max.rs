//! `max`: the greatest value.

use super::extreme::Extreme;

/// No rows yet.
pub(super) fn state() -> Extreme {
    Extreme::new(true)
}
