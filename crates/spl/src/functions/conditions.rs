//! conditions functions.

use super::Signature;

/// The entries.
pub(super) const TABLE: &[Signature] = &[];
