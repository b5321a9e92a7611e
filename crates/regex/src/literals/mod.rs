//! The literals that every match of a pattern must hold: a tree of necessary conditions.
//!
//! `tree` is the result and its simplification · `piece` one literal and its case · `extract` walks the `Hir`.
//!
//! The law: if a text matches, the tree holds in it. A condition too few costs time, one too many loses a row.

mod extract;
mod piece;
mod tree;

pub(crate) use extract::{exact_pieces, required};
pub(crate) use piece::Piece;
pub use tree::LiteralTree;
