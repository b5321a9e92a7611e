//! `min`: the least value.

use super::extreme::Extreme;

/// No rows yet.
pub(super) fn state() -> Extreme {
    Extreme::new(false)
}
