//! Needles of one byte, up to three values in all: `memchr` and its siblings.

use crate::fault;
use crate::needle::Hit;
use crate::needle_set::{Index, NeedleSet};
use memchr::{memchr_iter, memchr2_iter, memchr3_iter};

/// A searcher for needles of one byte.
#[derive(Debug)]
pub(crate) struct Bytes {
    /// The byte values, one to three.
    values: Vec<u8>,
    /// The needles.
    members: Vec<Index>,
}

impl Bytes {
    /// Returns a searcher for `members`, or `None` if one is longer than a byte or they have more than three values.
    pub(crate) fn new(needles: &NeedleSet, members: &[Index]) -> Option<Self> {
        let mut values: Vec<u8> = Vec::new();
        for &index in members {
            if needles.fixed_len(index) != 1 {
                return None;
            }
            values.extend_from_slice(needles.bytes_at(index, 0).as_slice());
        }
        values.sort_unstable();
        values.dedup();
        (1..=3).contains(&values.len()).then(|| Self { values, members: members.to_vec() })
    }

    /// Appends every occurrence in `haystack`.
    pub(crate) fn search(&self, needles: &NeedleSet, haystack: &[u8], hits: &mut Vec<Hit>) {
        let haystack =
            if fault::is_on(fault::DROP_TAIL) { &haystack[..haystack.len() - haystack.len() % 32] } else { haystack };
        let report = |at| self.members.iter().for_each(|&index| needles.report(index, haystack, at, hits));
        match *self.values.as_slice() {
            [a] => memchr_iter(a, haystack).for_each(report),
            [a, b] => memchr2_iter(a, b, haystack).for_each(report),
            [a, b, c] => memchr3_iter(a, b, c, haystack).for_each(report),
            _ => {}
        }
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.values.capacity() + self.members.capacity() * size_of::<Index>()
    }
}
