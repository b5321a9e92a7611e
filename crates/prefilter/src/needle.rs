//! The vocabulary: needles going in, hits coming out.

/// Index of a needle in the slice given to [`crate::Searcher::new`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NeedleId(pub u32);

/// How the case of a needle counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NeedleCase {
    /// Byte for byte.
    Exact,
    /// Without regard to case (§2.6): ASCII letters fold with ASCII letters only, characters outside ASCII by
    /// [`retrohunt_fold::fold_char`], and never across. Bytes of the needle that are not UTF-8 count byte for byte.
    Folded,
}

/// A literal to search for: at least one byte, and how its case counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Needle {
    /// The bytes; UTF-8 as a rule, but not by need. Case as the caller has it: a folded needle need not be in folded form.
    pub bytes: Vec<u8>,
    /// How its case counts.
    pub case: NeedleCase,
}

impl Needle {
    /// Returns a needle that occurs byte for byte.
    #[must_use]
    pub fn exact(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), case: NeedleCase::Exact }
    }

    /// Returns a needle that occurs in any case (§2.6).
    #[must_use]
    pub fn folded(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), case: NeedleCase::Folded }
    }
}

/// One occurrence: a needle and where it starts. Ordered by offset, then by needle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hit {
    /// Offset in bytes of the needle's first byte in the haystack, at most `haystack.len() - 1`.
    pub offset: u32,
    /// The needle.
    pub needle: NeedleId,
}
