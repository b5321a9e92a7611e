#![doc = include_str!("README.md")]
//!
//! `windows` picks the fingerprint of each needle, `buckets` groups them into masks, `kernel` is the vector code.

mod buckets;
mod kernel;
mod windows;

use crate::key_table::{Entry, KeyTable, key_of};
use crate::needle::Hit;
use crate::needle_set::{Index, NeedleSet};
use crate::scan::{Kernel as _, scan};
use crate::vector::Isa;
use kernel::Fingerprints;

/// Buckets in one group of masks: the bits of a lane.
const GROUP_BUCKETS: usize = 8;

/// Most groups of masks: 32 buckets.
pub(crate) const LARGEST_GROUPS: usize = 4;

/// Most places of a fingerprint.
const LARGEST_PLACES: usize = 3;

/// Needles in one Teddy; beyond, every bucket lets nearly everything through, and laying out takes longer than it is worth.
pub(crate) const LARGEST_SET: usize = 1024;

/// A searcher for one to some hundreds of needles.
#[derive(Debug)]
pub(crate) struct Teddy {
    /// Masks and instruction set.
    kernel: Fingerprints,
    /// Needles by the bytes of their fingerprint.
    table: KeyTable,
}

/// The windows of a set of needles, before it is decided how many buckets they get.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Places of each fingerprint, 1 to 3.
    places: usize,
    /// A window for each needle.
    windows: Vec<windows::Window>,
}

impl Layout {
    /// Returns the windows of `members`, or `None` if there are none or more than [`LARGEST_SET`].
    pub(crate) fn new(needles: &NeedleSet, members: &[Index]) -> Option<Self> {
        let shortest = members.iter().map(|&index| needles.fixed_len(index)).min()?;
        let places = shortest.min(LARGEST_PLACES);
        (members.len() <= LARGEST_SET).then(|| Self { places, windows: windows::choose(needles, members, places) })
    }

    /// Returns the searcher with `groups` groups of eight buckets: 1, 2 or 4.
    pub(crate) fn build(&self, groups: usize, isa: Isa) -> Option<Teddy> {
        let (masks, _) = buckets::assign(&self.windows, groups * GROUP_BUCKETS);
        let entries = self.windows.iter().flat_map(windows::Window::keys).collect();
        let kernel = Fingerprints { masks, groups, places: self.places, isa };
        Some(Teddy { kernel, table: KeyTable::new(entries)? })
    }

    /// Returns the expected number of candidates per byte of haystack with `groups` groups of eight buckets.
    pub(crate) fn rate(&self, groups: usize) -> f32 {
        buckets::assign(&self.windows, groups * GROUP_BUCKETS).1
    }

    /// Places of each fingerprint.
    pub(crate) fn places(&self) -> usize {
        self.places
    }
}

impl Teddy {
    /// Appends every occurrence in `haystack`, ascending by fingerprint, which may lie anywhere in its needle.
    pub(crate) fn search(&self, needles: &NeedleSet, haystack: &[u8], hits: &mut Vec<Hit>) {
        let places = self.kernel.reach() + 1;
        scan(&self.kernel, haystack, |at| {
            let key = key_of(&haystack[at..at + places]);
            self.table.report(needles, haystack, key, at, hits);
        });
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.table.memory_usage()
    }
}
