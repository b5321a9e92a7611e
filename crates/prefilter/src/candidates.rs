//! Places where a vector kernel saw something, on their way to verification.
//!
//! A kernel is small and knows no needles; verification is plain code. Between them is this buffer of fixed size: the kernel fills it
//! and returns, the caller empties it and calls again.

/// Places that fit in the buffer. Large enough that calls do not matter, small enough for the nearest cache (2 KB).
const CAPACITY: usize = 512;

/// Most places that one vector can add: one for each bit of its mask.
const LARGEST_STEP: usize = 32;

/// A buffer of window starts, ascending, as offsets in bytes into the haystack.
pub(crate) struct Candidates {
    /// The starts; entries from `len` on mean nothing.
    at: [u32; CAPACITY],
    /// Entries in use.
    len: usize,
}

impl Candidates {
    /// An empty buffer.
    pub(crate) fn new() -> Self {
        Self { at: [0; CAPACITY], len: 0 }
    }

    /// Returns whether a whole vector's places still fit.
    #[inline(always)]
    pub(crate) fn has_room(&self) -> bool {
        self.len <= CAPACITY - LARGEST_STEP
    }

    /// Adds `base + i` for every bit `i` of `mask`. Without room ([`Self::has_room`]) it panics.
    #[inline(always)]
    pub(crate) fn push(&mut self, base: usize, mut mask: u32) {
        #[expect(clippy::cast_possible_truncation, reason = "the searcher refuses haystacks beyond u32::MAX bytes")]
        let base = base as u32;
        while mask != 0 {
            self.at[self.len] = base + mask.trailing_zeros();
            self.len += 1;
            mask &= mask - 1;
        }
    }

    /// Returns the places and empties the buffer.
    pub(crate) fn take(&mut self) -> &[u32] {
        let len = std::mem::take(&mut self.len);
        &self.at[..len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_become_ascending_places() {
        let mut candidates = Candidates::new();
        candidates.push(100, 0b1001);
        candidates.push(132, 1 << 31);
        assert_eq!(candidates.take(), [100, 103, 163]);
        assert!(candidates.take().is_empty());
    }

    #[test]
    fn there_is_room_until_a_full_vector_no_longer_fits() {
        let mut candidates = Candidates::new();
        let mut pushed = 0;
        while candidates.has_room() {
            candidates.push(pushed * 32, u32::MAX);
            pushed += 1;
        }
        assert_eq!(candidates.take().len(), CAPACITY);
    }
}
