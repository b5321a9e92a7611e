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

#[cfg(test)]
mod calibrate {
    use super::*;
    #[test]
    #[ignore]
    fn calibrate() {
        let hay = std::fs::read("/tmp/cmd.bin").unwrap();
        let hay = &hay[..16 << 20];
        let all: Vec<String> = std::fs::read_to_string("/tmp/needles.txt").unwrap().lines().map(str::to_owned).collect();
        for n in [16, 64, 200, 500] {
            let needles: Vec<_> = all[..n].iter().map(|t| crate::Needle::folded(t.as_str())).collect();
            let set = NeedleSet::new(&needles).unwrap();
            let members: Vec<_> = set.indices().collect();
            let layout = Layout::new(&set, &members).unwrap();
            for groups in [1, 2, 4] {
                let (masks, rate) = buckets::assign(&layout.windows, groups * 8);
                let kernel = Fingerprints { masks, groups, places: layout.places, isa: Isa::Avx2 };
                let t = std::time::Instant::now();
                let mut c = 0;
                for page in hay.chunks(1 << 20) {
                    scan(&kernel, page, |_| c += 1);
                }
                let e = t.elapsed().as_secs_f64() / hay.len() as f64 * 1e12;
                let teddy = layout.build(groups, Isa::Avx2).unwrap();
                let mut hits = Vec::new();
                let t = std::time::Instant::now();
                for page in hay.chunks(1 << 20) {
                    hits.clear();
                    teddy.search(&set, page, &mut hits);
                }
                let f = t.elapsed().as_secs_f64() / hay.len() as f64 * 1e12;
                let mut keyed = 0;
                let mut tested = 0;
                for page in hay.chunks(1 << 20) {
                    scan(&kernel, page, |at| {
                        let k = teddy.table.count(key_of(&page[at..at + layout.places]));
                        keyed += usize::from(k > 0);
                        tested += k;
                    });
                }
                println!("{n} needles {groups} groups: predicted {:.2}% actual {:.2}% keyed {:.2}% tested {:.2}%; scan {e:.0} ps/B, with verification {f:.0}", rate * 100.0, c as f64 / hay.len() as f64 * 100.0, keyed as f64 / hay.len() as f64 * 100.0, tested as f64 / hay.len() as f64 * 100.0);
            }
            let mut top: Vec<_> = layout.windows.iter().map(|w| { let k = w.keys()[0].key.to_le_bytes(); (hay.windows(3).filter(|h| h[0] | 0x20 == k[0] && h[1] | 0x20 == k[1] && h[2] | 0x20 == k[2]).count(), String::from_utf8_lossy(&k[..3]).into_owned(), w.probability()) }).collect();
            top.sort_by(|a, b| b.0.cmp(&a.0));
            println!("{:?}", top.iter().take(30).map(|(c, s, p)| format!("{s} {:.3}% ({:.4}%)", *c as f64 / hay.len() as f64 * 100.0, p * 100.0)).collect::<Vec<_>>());
        }
    }
}
