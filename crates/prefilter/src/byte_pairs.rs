//! Needles with one or two places that can be looked at: a bit for each of the 65,536 pairs of bytes.
//!
//! So short a needle has no rare window, and its hits may well cost more than its search; one look-up a byte is honest and does
//! not depend on the number of needles. The bits fit the nearest cache (8 KB).

use crate::fault;
use crate::needle::Hit;
use crate::needle_set::{Index, NeedleSet};

/// Words of the bit table.
const WORDS: usize = (1 << 16) / 64;

/// A searcher that tests every pair of neighbouring bytes.
#[derive(Debug)]
pub(crate) struct BytePairs {
    /// Bit `a + 256 b` is set if a needle may start at a byte `a` that is followed by `b`.
    bits: Box<[u64; WORDS]>,
    /// `members[starts[a]..starts[a + 1]]` may start with byte `a`.
    starts: Vec<u32>,
    /// Needles by first byte; one with two cases is there twice.
    members: Vec<Index>,
}

impl BytePairs {
    /// Returns a searcher for `members`, of any length.
    pub(crate) fn new(needles: &NeedleSet, members: &[Index]) -> Self {
        let mut bits = Box::new([0; WORDS]);
        let mut by_first: Vec<(u8, Index)> = Vec::new();
        for &index in members {
            let first = needles.bytes_at(index, 0);
            by_first.extend(first.as_slice().iter().map(|&a| (a, index)));
            let second = if needles.fixed_len(index) > 1 {
                needles.bytes_at(index, 1).as_slice().to_vec()
            } else {
                (0..=u8::MAX).collect()
            };
            for &a in first.as_slice() {
                for &b in &second {
                    let pair = u16::from_le_bytes([a, b]);
                    bits[usize::from(pair / 64)] |= 1 << (pair % 64);
                }
            }
        }
        by_first.sort_unstable();
        let mut starts = vec![0u32; 257];
        for &(a, _) in &by_first {
            starts[usize::from(a) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { bits, starts, members: by_first.into_iter().map(|(_, index)| index).collect() }
    }

    /// Appends every occurrence in `haystack`, ascending by offset.
    pub(crate) fn search(&self, needles: &NeedleSet, haystack: &[u8], hits: &mut Vec<Hit>) {
        for (at, pair) in haystack.array_windows::<2>().enumerate() {
            let code = u16::from_le_bytes(*pair);
            if self.bits[usize::from(code / 64)] >> (code % 64) & 1 == 1 {
                self.verify(needles, haystack, at, hits);
            }
        }
        // The last byte is followed by none and has no pair.
        if !haystack.is_empty() && !fault::is_on(fault::DROP_TAIL) {
            self.verify(needles, haystack, haystack.len() - 1, hits);
        }
    }

    /// Appends the needles that start at `at`, which is within `haystack`.
    fn verify(&self, needles: &NeedleSet, haystack: &[u8], at: usize, hits: &mut Vec<Hit>) {
        let first = usize::from(haystack[at]);
        let range = self.starts[first] as usize..self.starts[first + 1] as usize;
        self.members[range].iter().for_each(|&index| needles.report(index, haystack, at, hits));
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of_val(&*self.bits)
            + self.starts.capacity() * size_of::<u32>()
            + self.members.capacity() * size_of::<Index>()
    }
}
