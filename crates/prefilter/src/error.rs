//! The one error of this crate: a needle set or an option that cannot be served. Searching never fails.

use crate::choose::{Algorithm, SimdChoice};
use crate::needle::NeedleId;
use std::fmt;

/// Why a [`crate::Searcher`] could not be built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// What is wrong.
    kind: ErrorKind,
}

/// The kinds of [`Error`].
#[derive(Clone, PartialEq, Eq, Debug)]
enum ErrorKind {
    /// A needle without bytes.
    EmptyNeedle(NeedleId),
    /// Needles beyond what 32-bit indices reach.
    TooLarge,
    /// An instruction set that this machine lacks.
    NoSimd(SimdChoice),
    /// A forced algorithm that cannot search these needles.
    Unsuitable(Algorithm, String),
}

impl Error {
    /// A needle without bytes, which would occur everywhere.
    pub(crate) fn empty_needle(needle: NeedleId) -> Self {
        Self { kind: ErrorKind::EmptyNeedle(needle) }
    }

    /// More needles, or more needle bytes, than 32-bit indices reach.
    pub(crate) fn too_large() -> Self {
        Self { kind: ErrorKind::TooLarge }
    }

    /// An instruction set was asked for that this machine lacks.
    pub(crate) fn no_simd(asked: SimdChoice) -> Self {
        Self { kind: ErrorKind::NoSimd(asked) }
    }

    /// The forced algorithm cannot search these needles.
    pub(crate) fn unsuitable(algorithm: Algorithm, reason: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Unsuitable(algorithm, reason.into()) }
    }

    /// Returns the needle that has no bytes, if that is the error.
    #[must_use]
    pub fn needle(&self) -> Option<NeedleId> {
        match self.kind {
            ErrorKind::EmptyNeedle(needle) => Some(needle),
            _ => None,
        }
    }

    /// Returns whether the options, not the needles, are at fault: a forced algorithm or an instruction set that is not there.
    #[must_use]
    pub fn is_option(&self) -> bool {
        matches!(self.kind, ErrorKind::NoSimd(_) | ErrorKind::Unsuitable(..))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::EmptyNeedle(needle) => write!(f, "needle {} is empty and would occur everywhere", needle.0),
            ErrorKind::TooLarge => {
                f.write_str("the needles are too many or too long for 32-bit indices; split the set")
            }
            ErrorKind::NoSimd(asked) => write!(f, "this machine does not have the instructions that {asked:?} needs"),
            ErrorKind::Unsuitable(algorithm, reason) => write!(f, "{algorithm} cannot search these needles: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
