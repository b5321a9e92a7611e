//! One needle that is one byte string: `memchr`'s substring search, restarted one byte after each find.

use crate::fault;
use crate::needle::Hit;
use crate::needle_set::{Index, NeedleSet};
use memchr::memmem::Finder;

/// A searcher for one plain byte string.
#[derive(Debug)]
pub(crate) struct Memmem {
    /// The needle.
    index: Index,
    /// Its search, with its bytes copied.
    finder: Finder<'static>,
}

impl Memmem {
    /// Returns a searcher for the needle, or `None` if it is more than one byte string ([`NeedleSet::plain`]).
    pub(crate) fn new(needles: &NeedleSet, index: Index) -> Option<Self> {
        let bytes = needles.plain(index)?;
        Some(Self { index, finder: Finder::new(bytes).into_owned() })
    }

    /// Appends every occurrence in `haystack`.
    pub(crate) fn search(&self, needles: &NeedleSet, haystack: &[u8], hits: &mut Vec<Hit>) {
        let haystack =
            if fault::is_on(fault::DROP_TAIL) { &haystack[..haystack.len() - haystack.len() % 32] } else { haystack };
        let mut at = 0;
        while let Some(found) = self.finder.find(&haystack[at..]) {
            needles.push_hits(self.index, at + found, hits);
            // One byte on, not past the find: `aa` occurs in `aaa` twice. The find has a byte, so `at` stays within the haystack.
            at += found + 1;
        }
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.finder.needle().len()
    }
}
