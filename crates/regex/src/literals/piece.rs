//! One literal, and how its letters may be written.

use super::tree::LiteralTree;
use std::borrow::Cow;

/// A literal on its way into the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The text; characters that may be in either case are canonical (`fold`).
    pub(crate) text: String,
    /// Some character may be in either case.
    pub(crate) either_case: bool,
    /// Some character with case must be as written.
    pub(crate) one_case: bool,
}

impl Piece {
    /// The empty literal, which is everywhere.
    pub(crate) fn empty() -> Self {
        Self { text: String::new(), either_case: false, one_case: false }
    }

    /// A text as written.
    pub(crate) fn exact(text: &str) -> Self {
        Self { text: text.to_owned(), either_case: false, one_case: text.chars().any(retrohunt_fold::has_case) }
    }

    /// One character in any case.
    pub(crate) fn folded(canonical: char) -> Self {
        Self { text: canonical.to_string(), either_case: true, one_case: false }
    }

    /// This literal and `next` behind it.
    pub(crate) fn then(&self, next: &Self) -> Self {
        Self {
            text: format!("{}{}", self.text, next.text),
            either_case: self.either_case || next.either_case,
            one_case: self.one_case || next.one_case,
        }
    }

    /// Returns the text as the tree has it: folded if any character may be in either case.
    pub(crate) fn folded_text(&self) -> Cow<'_, str> {
        if self.either_case { retrohunt_fold::fold(&self.text) } else { Cow::Borrowed(&self.text) }
    }

    /// Returns the condition that the literal occurs.
    pub(crate) fn required(&self) -> LiteralTree {
        if self.text.is_empty() {
            return LiteralTree::Any;
        }
        LiteralTree::Literal { bytes: self.folded_text().into_owned().into_bytes(), folded: self.either_case }
    }
}
