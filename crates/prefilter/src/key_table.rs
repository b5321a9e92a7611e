//! From a few bytes of the haystack to the needles that have them at a known place: a hash table that is filled once.
//!
//! A key is up to eight bytes as a little-endian number, each with bit 0x20 set ([`key_of`]), which makes both cases of an ASCII letter
//! one and a few other pairs too; verification tells them apart.

use crate::needle::Hit;
use crate::needle_set::{Index, NeedleSet};

/// Bit 0x20 of every byte.
pub(crate) const CASE_BITS: u64 = 0x2020_2020_2020_2020;

/// Multiplier of the hash: 2^64 over the golden ratio, odd.
pub(crate) const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Returns the key of up to eight bytes; more are left out.
#[inline]
pub(crate) fn key_of(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |key, &byte| key << 8 | u64::from(byte | 0x20))
}

/// Returns the upper `bits` bits, 1 to 32, of a hash of `key`.
#[inline(always)]
pub(crate) fn hash(key: u64, bits: u32) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits are left")]
    let hash = (key.wrapping_mul(MULTIPLIER) >> (64 - bits)) as usize;
    hash
}

/// One way to meet a needle: the key, and how far before it the needle starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: u64,
    /// Bytes from the needle's start to the key's first byte.
    pub(crate) offset: u32,
    /// The needle.
    pub(crate) needle: Index,
}

/// Entries by key.
#[derive(Debug)]
pub(crate) struct KeyTable {
    /// Bits of the hash that pick a slot.
    bits: u32,
    /// Slot `i` is `entries[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    /// All entries, by slot.
    entries: Vec<Entry>,
}

impl KeyTable {
    /// Most bits of a hash that pick a slot.
    const LARGEST_BITS: u32 = 24;

    /// Returns a table of `entries`, or `None` if there are more than 32 bits can count. Equal entries are kept once, so that no
    /// occurrence is reported twice.
    pub(crate) fn new(mut entries: Vec<Entry>) -> Option<Self> {
        u32::try_from(entries.len()).ok()?;
        // About two slots an entry.
        let bits = (entries.len() * 2).next_power_of_two().trailing_zeros().clamp(4, Self::LARGEST_BITS);
        entries.sort_unstable_by_key(|entry| (hash(entry.key, bits), *entry));
        entries.dedup();
        entries.shrink_to_fit();
        let mut starts = vec![0u32; (1 << bits) + 1];
        for entry in &entries {
            starts[hash(entry.key, bits) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Some(Self { bits, starts, entries })
    }

    /// Appends every needle with `key` at `at` that occurs in `haystack`.
    #[inline]
    pub(crate) fn report(&self, needles: &NeedleSet, haystack: &[u8], key: u64, at: usize, hits: &mut Vec<Hit>) {
        let slot = hash(key, self.bits);
        for entry in &self.entries[self.starts[slot] as usize..self.starts[slot + 1] as usize] {
            if entry.key == key
                && let Some(start) = at.checked_sub(entry.offset as usize)
            {
                needles.report(entry.needle, haystack, start, hits);
            }
        }
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.starts.capacity() * size_of::<u32>() + self.entries.capacity() * size_of::<Entry>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needle::Needle;

    #[test]
    fn a_key_is_the_same_in_both_cases() {
        assert_eq!(key_of(b"Ab1"), key_of(b"aB1"));
        assert_eq!(key_of(b"ab"), 0x6261);
        assert_ne!(key_of(b"ab"), key_of(b"ba"));
        assert_eq!(key_of(b"abcdefghi"), key_of(b"abcdefgh"));
    }

    #[test]
    fn equal_entries_report_once_and_starts_before_the_haystack_never() {
        let needles = NeedleSet::new(&[Needle::folded("abc")]).expect("not empty");
        let needle = needles.indices().next().expect("one");
        let entry = |offset, text: &[u8]| Entry { key: key_of(text), offset, needle };
        let table = KeyTable::new(vec![entry(1, b"bc"), entry(1, b"bc"), entry(0, b"ab")]).expect("few");
        assert_eq!(table.entries.len(), 2);
        let mut hits = Vec::new();
        table.report(&needles, b"bcABC", key_of(b"bc"), 0, &mut hits);
        assert!(hits.is_empty());
        table.report(&needles, b"bcABC", key_of(b"bc"), 3, &mut hits);
        assert_eq!(hits.len(), 1);
    }
}
