//! Random numbers whose sequence never changes with a library version.
//!
//! The stream cipher ChaCha8 gives the bits; the few ways in which the generator uses them are written here, so that
//! the same seed gives the same archive for as long as this file stays as it is.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// Lower-case hexadecimal digits, by value.
const HEX: &[u8; 16] = b"0123456789abcdef";

/// A source of random numbers for one file or one plan.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    /// Returns the source for `seed`, independent of the sources for other `stream` numbers.
    pub(crate) fn new(seed: u64, stream: u64) -> Random {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        Random(random)
    }

    /// Returns 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Returns a number in `0..bound`; 0 when `bound` is 0. The bias is below `bound / 2^32`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let product = u64::from(self.0.next_u32()) * u64::from(bound);
        u32::try_from(product >> 32).unwrap_or(0)
    }

    /// Returns an index into a list of `length` items; 0 when the list is empty.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        let bound = u32::try_from(length).unwrap_or(u32::MAX);
        usize::try_from(self.below(bound)).unwrap_or(0)
    }

    /// Returns a number in `0..bound`, for bounds past 32 bits; 0 when `bound` is 0.
    pub(crate) fn below_large(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.bits()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// Returns true `part` times in `whole`, on average.
    pub(crate) fn chance(&mut self, part: u32, whole: u32) -> bool {
        self.below(whole) < part
    }

    /// Returns one of `items`; an empty text when there are none.
    pub(crate) fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        let index = self.index(items.len());
        items.get(index).copied().unwrap_or("")
    }

    /// Appends `digits` random lower-case hexadecimal digits to `out`.
    pub(crate) fn hex(&mut self, digits: usize, out: &mut String) {
        let mut bits = 0;
        for position in 0..digits {
            if position % 16 == 0 {
                bits = self.bits();
            }
            out.push(hex_digit(bits));
            bits >>= 4;
        }
    }
}

/// Returns the lower-case hexadecimal digit of the lowest four bits of `value`.
pub(crate) fn hex_digit(value: u64) -> char {
    let index = usize::try_from(value & 15).unwrap_or(0);
    char::from(HEX.get(index).copied().unwrap_or(b'0'))
}

/// A skewed choice among `0..items`: item `k` is drawn in proportion to `1 / (k + 1)`.
///
/// The proportions are kept in a table of 65,536 slots, so that a draw is one look-up.
pub(crate) struct Zipf(Vec<u32>);

impl Zipf {
    /// Number of slots of the table.
    const SLOTS: u32 = 1 << 16;

    /// Returns the choice among `items` items, at least one.
    pub(crate) fn new(items: u32) -> Zipf {
        let weights: Vec<u64> = (1..=u64::from(items.max(1))).map(|rank| (1 << 40) / rank).collect();
        Zipf::weighted(&weights)
    }

    /// Returns the choice in which item `k` is drawn in proportion to `weights[k]`.
    pub(crate) fn weighted(weights: &[u64]) -> Zipf {
        let total: u128 = weights.iter().map(|&weight| u128::from(weight)).sum::<u128>().max(1);
        let mut slots = Vec::new();
        let mut sum: u128 = 0;
        for (item, &weight) in (0u32..).zip(weights) {
            sum += u128::from(weight);
            let end = usize::try_from(sum * u128::from(Self::SLOTS) / total).unwrap_or(0);
            slots.resize(end.max(slots.len()), item);
        }
        if slots.is_empty() {
            slots.push(0);
        }
        Zipf(slots)
    }

    /// Returns the number of a drawn item.
    pub(crate) fn draw(&self, random: &mut Random) -> usize {
        let slot = random.index(self.0.len());
        self.0.get(slot).and_then(|&item| usize::try_from(item).ok()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_numbers_and_streams_differ() {
        let mut one = Random::new(7, 1);
        let mut same = Random::new(7, 1);
        let mut other = Random::new(7, 2);
        let first: Vec<u64> = (0..8).map(|_| one.bits()).collect();
        assert_eq!(first, (0..8).map(|_| same.bits()).collect::<Vec<_>>());
        assert_ne!(first, (0..8).map(|_| other.bits()).collect::<Vec<_>>());
    }

    #[test]
    fn bounds_hold() {
        let mut random = Random::new(1, 0);
        assert_eq!(random.below(0), 0);
        assert_eq!(random.below_large(0), 0);
        for _ in 0..1000 {
            assert!(random.below(3) < 3);
            assert!(random.below_large(1 << 40) < 1 << 40);
        }
        let mut text = String::new();
        random.hex(37, &mut text);
        assert_eq!(text.len(), 37);
        assert!(text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn zipf_prefers_low_numbers_and_reaches_high_ones() {
        let zipf = Zipf::new(100);
        let mut random = Random::new(3, 0);
        let mut counts = vec![0u32; 100];
        for _ in 0..20_000 {
            counts[zipf.draw(&mut random)] += 1;
        }
        assert!(counts[0] > 5 * counts[20]);
        assert!(counts.iter().all(|&count| count > 0));
    }
}
