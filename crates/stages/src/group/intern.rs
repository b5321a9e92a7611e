//! Byte strings to dense numbers.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use crate::error::PipelineError;

/// Distinct byte strings, numbered from 0 in the order in which they were first seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interner {
    /// Numbers, by the hash of their bytes.
    table: HashTable<u32>,
    /// Hash of each number's bytes.
    hashes: Vec<u64>,
    /// Where each number's bytes end; they start where those of the number before end.
    ends: Vec<usize>,
    /// All bytes.
    arena: Vec<u8>,
    /// Seeded at random, so that no file can be made to collide.
    hasher: foldhash::fast::RandomState,
}

impl Interner {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Heap memory in bytes, about.
    pub(crate) fn memory_usage(&self) -> usize {
        // The table keeps a byte of its own beside each number.
        let table = self.table.capacity() * (size_of::<u32>() + 1);
        let ends = self.ends.capacity() * size_of::<usize>();
        table + ends + self.hashes.capacity() * size_of::<u64>() + self.arena.capacity()
    }

    /// The bytes of a number; empty for one that was not given out.
    #[inline]
    pub(crate) fn bytes(&self, number: u32) -> &[u8] {
        slice(&self.arena, &self.ends, number)
    }

    /// The text of a number, which was interned as a text.
    pub(crate) fn text(&self, number: u32) -> &str {
        std::str::from_utf8(self.bytes(number)).unwrap_or_default()
    }

    /// The number of these bytes; a new one if they were not seen before.
    ///
    /// # Errors
    ///
    /// `E-STAGE-LIMIT` past 2³² - 1 distinct byte strings.
    #[inline]
    pub(crate) fn intern(&mut self, bytes: &[u8]) -> Result<u32, PipelineError> {
        let hash = self.hasher.hash_one(bytes);
        let (arena, ends) = (&self.arena, &self.ends);
        if let Some(number) = self.table.find(hash, |&number| slice(arena, ends, number) == bytes) {
            return Ok(*number);
        }
        self.insert(hash, bytes)
    }

    /// Adds bytes that are not there.
    fn insert(&mut self, hash: u64, bytes: &[u8]) -> Result<u32, PipelineError> {
        let number = u32::try_from(self.ends.len()).ok().filter(|number| *number < u32::MAX);
        let number = number.ok_or_else(|| PipelineError::new("E-STAGE-LIMIT", "more than 4294967295 distinct keys"))?;
        self.arena.extend_from_slice(bytes);
        self.ends.push(self.arena.len());
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(hash, number, |&number| hashes[number as usize]);
        Ok(number)
    }

    /// For every number, its place among all of them sorted by their bytes, which for texts is by code point.
    pub(crate) fn ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.ends.len()).filter_map(|number| u32::try_from(number).ok()).collect();
        order.sort_unstable_by(|a, b| self.bytes(*a).cmp(self.bytes(*b)));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in (0_u32..).zip(order) {
            ranks[number as usize] = rank;
        }
        ranks
    }
}

/// The bytes of a number in an arena.
#[inline]
fn slice<'a>(arena: &'a [u8], ends: &[usize], number: u32) -> &'a [u8] {
    let at = number as usize;
    let start = if at == 0 { 0 } else { ends.get(at - 1).copied().unwrap_or(0) };
    ends.get(at).and_then(|end| arena.get(start..*end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_stable() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..3000).map(|at| format!("w{}", at % 1000)).chain([String::new()]).collect();
        let numbers: Vec<u32> = words.iter().map(|word| interner.intern(word.as_bytes()).unwrap()).collect();
        assert_eq!(interner.len(), 1001);
        for (word, number) in words.iter().zip(numbers) {
            assert_eq!(interner.text(number), word);
        }
        assert_eq!(interner.text(5000), "");
    }

    #[test]
    fn ranks_follow_code_points() {
        let mut interner = Interner::default();
        for word in ["b", "é", "B", "", "10", "9"] {
            interner.intern(word.as_bytes()).unwrap();
        }
        assert_eq!(interner.ranks(), [4, 5, 3, 0, 1, 2]);
    }
}
