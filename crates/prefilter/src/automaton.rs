//! The automaton of the `aho-corasick` crate, in its standard, overlapping search.
//!
//! Its speed does not depend on what the haystack holds, only on whether its table fits the caches. One automaton serves both cases
//! and the exact needles: it folds ASCII if any needle does, and finds are verified.

use crate::error::Error;
use crate::fault;
use crate::needle::Hit;
use crate::needle_set::{Index, NeedleSet};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, StartKind};

/// Needle bytes up to which the automaton is a full table (about a kilobyte a byte). Beyond, a table costs more cache misses than it saves steps.
pub(crate) const FULL_TABLE_BYTES: usize = 16 << 10;

/// Most literals that a needle with case outside ASCII is multiplied out to; beyond, only its beginning is.
const LARGEST_PRODUCT: usize = 16;

/// A searcher for any number of needles.
#[derive(Debug)]
pub(crate) struct Automaton {
    /// The automaton.
    automaton: AhoCorasick,
    /// The needle of each of its patterns.
    needles: Vec<Index>,
}

impl Automaton {
    /// Returns an automaton for `members`.
    ///
    /// # Errors
    ///
    /// If it would have more states than it can count.
    pub(crate) fn new(needles: &NeedleSet, members: &[Index]) -> Result<Self, Error> {
        let mut patterns: Vec<Vec<u8>> = Vec::new();
        let mut owners = Vec::new();
        let mut folds = false;
        for &index in members {
            folds |= needles.plain(index).is_none();
            let mut beginnings = needles.beginnings(index, LARGEST_PRODUCT);
            if beginnings.iter().any(Vec::is_empty) {
                // The product is limited above the size of a class, so a needle without a head begins with a class at least.
                return Err(Error::too_large());
            }
            owners.resize(owners.len() + beginnings.len(), index);
            patterns.append(&mut beginnings);
        }
        let bytes: usize = patterns.iter().map(Vec::len).sum();
        let kind = if bytes <= FULL_TABLE_BYTES { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            .ascii_case_insensitive(folds && !fault::is_on(fault::ONE_CASE))
            .kind(Some(kind))
            .build(&patterns)
            .map_err(|_| Error::too_large())?;
        Ok(Self { automaton, needles: owners })
    }

    /// Appends every occurrence in `haystack`, not in order: the automaton finds them by their ends.
    pub(crate) fn search(&self, needles: &NeedleSet, haystack: &[u8], hits: &mut Vec<Hit>) {
        let searched =
            if fault::is_on(fault::DROP_TAIL) { &haystack[..haystack.len() - haystack.len() % 32] } else { haystack };
        for found in self.automaton.find_overlapping_iter(searched) {
            needles.report(self.needles[found.pattern().as_usize()], haystack, found.start(), hits);
        }
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.automaton.memory_usage() + self.needles.capacity() * size_of::<Index>()
    }
}
