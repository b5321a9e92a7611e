//! The safe door: needles and options in, a searcher out; haystacks in, hits out.

use crate::choose::{Choice, Options, choose};
use crate::error::Error;
use crate::fault;
use crate::needle::{Hit, Needle};
use crate::needle_set::NeedleSet;
use crate::order;
use crate::part::Part;

/// A search for a set of needles: built once, used on any number of haystacks, from any number of threads.
#[derive(Debug)]
pub struct Searcher {
    /// The distinct needles.
    needles: NeedleSet,
    /// One pass each.
    parts: Vec<Part>,
    /// Why these.
    choice: Choice,
    /// Shortest needle in bytes, by id; only for the fault that skips past a hit.
    #[cfg(feature = "faults")]
    lengths: Vec<usize>,
}

impl Searcher {
    /// Returns a searcher for `needles`, whose ids are their positions in the slice. Equal needles are each reported. No needles find nothing.
    ///
    /// # Errors
    ///
    /// If a needle is empty (it would occur everywhere); if the set is too large for 32-bit indices; if `options` ask for instructions
    /// that the machine lacks or force an algorithm that cannot search these needles.
    pub fn new(needles: &[Needle], options: &Options) -> Result<Self, Error> {
        let set = NeedleSet::new(needles)?;
        let (parts, choice) = choose(&set, needles, options)?;
        Ok(Self {
            needles: set,
            parts,
            choice,
            #[cfg(feature = "faults")]
            lengths: needles.iter().map(|needle| needle.bytes.len()).collect(),
        })
    }

    /// Appends to `hits` every place in `haystack` where a needle starts: its offset and its id, ascending by offset, then by id.
    ///
    /// `haystack` is any bytes, for example one page's values with the lengths between them; it need not be UTF-8. Offsets are in
    /// bytes from its start, at most `haystack.len() - 1`. Case is folded as §2.6 says, for needles that ask for it. Every needle that
    /// occurs is reported, overlapping and nested ones too; a hit that spans a value boundary is possible and the caller must discard
    /// it. `hits` is not cleared.
    ///
    /// # Panics
    ///
    /// If `haystack` is longer than `u32::MAX` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use retrohunt_prefilter::{Needle, Options, Searcher};
    /// let searcher = Searcher::new(&[Needle::folded("aa")], &Options::default())?;
    /// let mut hits = Vec::new();
    /// searcher.search(b"aAaA", &mut hits);
    /// assert_eq!(hits.iter().map(|hit| hit.offset).collect::<Vec<_>>(), [0, 1, 2]);
    /// # Ok::<(), retrohunt_prefilter::Error>(())
    /// ```
    pub fn search(&self, haystack: &[u8], hits: &mut Vec<Hit>) {
        assert!(u32::try_from(haystack.len()).is_ok(), "a haystack has at most u32::MAX bytes");
        let first = hits.len();
        for part in &self.parts {
            let start = hits.len();
            part.search(&self.needles, haystack, hits);
            order::sort_part(&mut hits[start..]);
        }
        if self.parts.len() > 1 {
            order::merge_parts(&mut hits[first..]);
        }
        if fault::is_on(fault::SKIP_OVERLAP) {
            self.skip_overlapping(first, hits);
        }
    }

    /// Returns what was chosen to search these needles, and why.
    #[must_use]
    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    /// Returns the heap use in bytes, the texts of [`Self::choice`] apart.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.needles.memory_usage()
            + self.parts.capacity() * size_of::<Part>()
            + self.parts.iter().map(Part::memory_usage).sum::<usize>()
    }

    /// The fault of a search that resumes past each hit: drops hits from `first` on that start within an earlier one.
    #[cfg(feature = "faults")]
    fn skip_overlapping(&self, first: usize, hits: &mut Vec<Hit>) {
        let mut end = 0;
        let kept: Vec<Hit> = hits.split_off(first);
        hits.extend(kept.into_iter().filter(|hit| {
            let keep = hit.offset as usize >= end;
            if keep {
                end = hit.offset as usize + self.lengths[hit.needle.0 as usize];
            }
            keep
        }));
    }

    /// There is no such fault in this build.
    #[cfg(not(feature = "faults"))]
    fn skip_overlapping(&self, _first: usize, _hits: &mut [Hit]) {}
}
