//! Many needles: a hash of a few bytes, looked at only every so many bytes.
//!
//! A *gram* is a run of `length` bytes. If every needle has at least `length + stride - 1` bytes, then wherever one occurs, some multiple of
//! `stride` is the start of a gram that lies wholly inside it. So it is enough to look at the grams that start at multiples of `stride`, if
//! each needle is known by `stride` grams in a row. For example, with grams of 4 and a stride of 3:
//!
//! ```text
//! haystack    c : \ t e m p \ m i m i k a t z . e x e        needle mimikatz, known by imik, mika, ikat
//! looked at   c:\t  .     \mim  .     katz  .                 at 0, 3, 6, 9 …
//!                   temp        imik        z.ex              imik is known: mimikatz may start one byte earlier
//! ```
//!
//! The run of grams is chosen where it is rarest in the needle, and where fewer other needles have it. Each look is one load, one multiplication
//! and one test of a bit in a table that fits a near cache, whatever the number of needles; only a set bit leads to the hash table
//! that knows the needles, and from there to verification.

use crate::fault;
use crate::frequency;
use crate::key_table::{CASE_BITS, Entry, KeyTable, MULTIPLIER, hash, key_of};
use crate::needle::Hit;
use crate::needle_set::{Index, NeedleSet};

/// Bytes in the longest gram: a machine word.
const LARGEST_LENGTH: usize = 8;

/// Bytes in the shortest gram: less says nothing.
pub(crate) const SMALLEST_LENGTH: usize = 3;

/// Longest stride. Beyond, looking costs less than anything else already, and every needle is known by as many grams.
const LARGEST_STRIDE: usize = 8;

/// Offsets tried in a needle; more only take longer to build.
const LARGEST_OFFSET: usize = 48;

/// Bits of the bit table for every gram in it, so that an unknown gram finds its bit set about once in so many looks.
const BITS_A_GRAM: usize = 64;

/// The same when the table is beyond [`NEAR_TABLE`]: there, a miss of the cache costs more than a bit set in vain.
const FEWER_BITS_A_GRAM: usize = 16;

/// Logarithm of the smallest bit table: 8 KB, which leaves room in the nearest cache.
const SMALLEST_TABLE: u32 = 16;

/// Logarithm of the largest table with [`BITS_A_GRAM`]: 128 KB.
const NEAR_TABLE: u32 = 20;

/// Logarithm of the largest bit table: 1 MB, which fits the second cache.
const LARGEST_TABLE: u32 = 23;

/// How many more looks meet a known gram than the chain of [`frequency`] says: texts repeat themselves. Measured, 64 to 1000 needles of
/// detection rules on recorded command lines: 3 to 4 times.
const REPETITION: f32 = 3.5;

/// What a gram costs for each needle that might be known by it already, as a probability.
const CROWDING: f32 = 2e-5;

/// Logarithm of the table that counts grams while runs are chosen. Grams that share an entry are taken for one.
const COUNT_BITS: u32 = 18;

/// A searcher for any number of needles of at least [`SMALLEST_LENGTH`] bytes.
#[derive(Debug)]
pub(crate) struct Grams {
    /// How the haystack is looked at.
    shape: Shape,
    /// A bit for the hash of every known gram; a power of two of words.
    bits: Vec<u64>,
    /// The needles by gram.
    keys: KeyTable,
}

/// How long grams are and how far apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shape {
    /// Bytes in a gram.
    pub(crate) length: usize,
    /// Bytes from one look to the next.
    pub(crate) stride: usize,
}

impl Shape {
    /// Returns the shapes that needles of at least `shortest` bytes allow, each gram length with the longest stride.
    pub(crate) fn all(shortest: usize) -> impl Iterator<Item = Self> {
        (SMALLEST_LENGTH..=LARGEST_LENGTH.min(shortest))
            .map(move |length| Self { length, stride: (shortest - length + 1).min(LARGEST_STRIDE) })
    }

    /// Bytes that a needle must have before its first alternative outside ASCII.
    fn span(self) -> usize {
        self.length + self.stride - 1
    }

    /// The bits of a loaded word that are the gram.
    fn mask(self) -> u64 {
        u64::MAX >> (64 - 8 * self.length)
    }
}

/// Where the grams of each needle of a set lie.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The shape.
    shape: Shape,
    /// Each needle with the offset of its first gram.
    runs: Vec<(Index, usize)>,
    /// Sum over all grams of the probability that a look meets them.
    rate: f32,
}

impl Layout {
    /// Returns the runs of grams of `members`, or `None` if one of them is too short for `shape`.
    pub(crate) fn new(needles: &NeedleSet, members: &[Index], shape: Shape) -> Option<Self> {
        let mut counts = vec![0u16; 1 << COUNT_BITS];
        for &index in members {
            for gram in needles.head(index).0.windows(shape.length).take(LARGEST_OFFSET + shape.stride) {
                let count = &mut counts[hash(key_of(gram), COUNT_BITS)];
                *count = count.saturating_add(1);
            }
        }
        let mut runs = Vec::with_capacity(members.len());
        let mut rate = 0.0;
        // Per gram of the needle at hand: probability in a haystack, and that plus what crowding costs.
        let (mut likely, mut costs) = (Vec::new(), Vec::new());
        for &index in members {
            let head = needles.head(index).0;
            let offsets = 0..=head.len().checked_sub(shape.span())?.min(LARGEST_OFFSET);
            likely.clear();
            costs.clear();
            for gram in head.windows(shape.length).take(LARGEST_OFFSET + shape.stride) {
                let others = f32::from(counts[hash(key_of(gram), COUNT_BITS)].saturating_sub(1));
                let probability = frequency::of_window(gram);
                likely.push(probability);
                costs.push(probability + others * CROWDING);
            }
            let run = |of: &[f32], offset: usize| of[offset..offset + shape.stride].iter().sum::<f32>();
            let offset = offsets.min_by(|&a, &b| run(&costs, a).total_cmp(&run(&costs, b)))?;
            rate += run(&likely, offset);
            runs.push((index, offset));
        }
        Some(Self { shape, runs, rate })
    }

    /// Returns the probability that a look finds its bit set, if these needles are a sample of a set of `all`.
    pub(crate) fn rate(&self, all: usize) -> f32 {
        let grams = all * self.shape.stride;
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let (density, scale) =
            (grams as f32 / (1u64 << table_bits(grams)) as f32, all as f32 / self.runs.len().max(1) as f32);
        (self.rate * scale * REPETITION + density).min(1.0)
    }

    /// Returns the searcher, or `None` if there are more grams than 32 bits can count.
    pub(crate) fn build(&self, needles: &NeedleSet) -> Option<Grams> {
        let mut entries = Vec::with_capacity(self.runs.len() * self.shape.stride);
        for &(needle, first) in &self.runs {
            let head = needles.head(needle).0;
            for offset in first..first + self.shape.stride {
                let key = key_of(&head[offset..offset + self.shape.length]);
                entries.push(Entry { key, offset: u32::try_from(offset).ok()?, needle });
            }
        }
        let table = table_bits(entries.len());
        let mut bits = vec![0u64; (1 << table) / 64];
        for entry in &entries {
            let (word, bit) = place(&bits, entry.key);
            bits[word] |= 1 << bit;
        }
        Some(Grams { shape: self.shape, bits, keys: KeyTable::new(entries)? })
    }
}

/// Logarithm of the size of the bit table for so many grams.
fn table_bits(grams: usize) -> u32 {
    let bits = |each: usize| (grams * each).next_power_of_two().trailing_zeros();
    bits(BITS_A_GRAM).min(bits(FEWER_BITS_A_GRAM).max(NEAR_TABLE)).clamp(SMALLEST_TABLE, LARGEST_TABLE)
}

impl Grams {
    /// Appends every occurrence in `haystack`, ascending by gram, which may lie anywhere in its needle.
    pub(crate) fn search(&self, needles: &NeedleSet, haystack: &[u8], hits: &mut Vec<Hit>) {
        let Shape { length, stride } = self.shape;
        let mask = self.shape.mask();
        let bits = self.bits.as_slice();
        let mut at = 0;
        // Whole words first, four looks a round: they do not wait for each other, and the haystack's length is checked once.
        let round = 3 * stride + LARGEST_LENGTH;
        while let Some(block) = haystack.get(at..at + round) {
            let keys: [u64; 4] = std::array::from_fn(|look| word(block, look * stride) & mask);
            for (look, &key) in keys.iter().enumerate() {
                if is_set(bits, key) {
                    self.keys.report(needles, haystack, key, at + look * stride, hits);
                }
            }
            at += 4 * stride;
        }
        // The rest byte by byte; the last gram may end with the haystack.
        while let Some(gram) = haystack.get(at..at + length).filter(|_| !fault::is_on(fault::DROP_TAIL)) {
            let key = key_of(gram);
            if is_set(bits, key) {
                self.keys.report(needles, haystack, key, at, hits);
            }
            at += stride;
        }
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.bits.capacity() * size_of::<u64>() + self.keys.memory_usage()
    }
}

/// Where in `bits` a key has its bit: the word, and the bit in it.
///
/// The table has at most `2^LARGEST_TABLE` bits, fewer than the bits of the hash that are left; with a constant shift this is an instruction or two shorter
/// than [`hash`].
#[inline(always)]
fn place(bits: &[u64], key: u64) -> (usize, u32) {
    let hash = key.wrapping_mul(MULTIPLIER) >> 40;
    let (word, bit) = ((hash >> 6) as usize & (bits.len() - 1), (hash & 63) as u32);
    (word, bit)
}

/// Returns whether the gram with this key may be known.
#[inline(always)]
fn is_set(bits: &[u64], key: u64) -> bool {
    let (word, bit) = place(bits, key);
    bits[word] >> bit & 1 == 1
}

/// The eight bytes of `block` from `at` on as a key; there must be so many.
#[inline(always)]
fn word(block: &[u8], at: usize) -> u64 {
    block[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)) | CASE_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needle::Needle;

    #[test]
    fn shapes_fit_the_shortest_needle() {
        for shortest in 0..40 {
            for shape in Shape::all(shortest) {
                assert!(shape.span() <= shortest && shape.stride >= 1, "{shape:?}");
            }
        }
        assert_eq!(Shape::all(2).count(), 0);
        assert_eq!(Shape::all(5).last(), Some(Shape { length: 5, stride: 1 }));
    }

    #[test]
    fn a_needle_too_short_for_the_shape_is_refused() {
        let needles = NeedleSet::new(&[Needle::folded("abcde")]).expect("not empty");
        let members: Vec<Index> = needles.indices().collect();
        assert!(Layout::new(&needles, &members, Shape { length: 4, stride: 2 }).is_some());
        assert!(Layout::new(&needles, &members, Shape { length: 4, stride: 3 }).is_none());
    }

    #[test]
    fn crowded_grams_are_avoided() {
        let texts: Vec<String> = (0..2000u32).map(|n| format!("host{}.example.com", n * 7919)).collect();
        let needles: Vec<Needle> = texts.iter().map(|text| Needle::folded(text.as_str())).collect();
        let set = NeedleSet::new(&needles).expect("not empty");
        let members: Vec<Index> = set.indices().collect();
        let layout = Layout::new(&set, &members, Shape { length: 6, stride: 2 }).expect("long enough");
        let in_suffix = layout.runs.iter().filter(|&&(index, at)| at + 7 > set.fixed_len(index) - 8).count();
        assert!(in_suffix < 20, "{in_suffix}");
    }
}
