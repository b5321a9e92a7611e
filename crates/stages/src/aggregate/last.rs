//! `last`: the value at the last place in stream order (§4.7).

use super::edge::Edge;

/// No rows yet.
pub(super) fn state() -> Edge {
    Edge::new(true)
}
