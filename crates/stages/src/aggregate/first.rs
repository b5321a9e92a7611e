//! `first`: the value at the first place in stream order (§4.7).

use super::edge::Edge;
use crate::faults::fault;

/// No rows yet.
pub(super) fn state() -> Edge {
    Edge::new(fault("stages-first-is-last"))
}
