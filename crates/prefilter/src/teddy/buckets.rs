//! Which bucket each fingerprint goes to, and the masks that come of it.
//!
//! A bucket lets through every byte whose lower half is one of its lower halves and whose upper half one of its upper ones, at each
//! place on its own. So a bucket with two unlike fingerprints lets through much that is neither. Fingerprints are placed one by
//! one, likeliest first, each where it adds least to the expected number of candidates.

use super::kernel::Masks;
use super::windows::Window;
use super::{GROUP_BUCKETS, LARGEST_PLACES};
use crate::frequency;

/// How many more candidates come than the rates of the places multiplied say: bytes come in words. Measured, 16 to 500 needles of detection
/// rules on recorded command lines: 1 to 3 times.
const CORRELATION: f32 = 2.0;

/// The nibbles of the bytes that one place of a bucket holds.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Place {
    /// Bit `n` is set for lower half `n`.
    low: u16,
    /// Bit `n` is set for upper half `n`.
    high: u16,
}

impl Place {
    /// Both taken together.
    fn union(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }

    /// Probability that a byte of a haystack is let through.
    fn probability(self, of_byte: &[f32; 256]) -> f32 {
        let sum: f32 = bits(self.high).flat_map(|high| bits(self.low).map(move |low| of_byte[high << 4 | low])).sum();
        sum.min(1.0)
    }
}

/// The numbers of the bits that are set, ascending.
fn bits(mut set: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (set != 0).then_some(set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        bit
    })
}

/// What one bucket lets through.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// The places; of fingerprints with fewer, only the first count.
    places: [Place; LARGEST_PLACES],
    /// Expected candidates per byte of haystack.
    rate: f32,
}

impl Bucket {
    /// A bucket that lets nothing through.
    const EMPTY: Self = Self { places: [Place { low: 0, high: 0 }; LARGEST_PLACES], rate: 0.0 };

    /// The bucket of one fingerprint.
    fn of(window: &Window, of_byte: &[f32; 256]) -> Self {
        let mut bucket = Self::EMPTY;
        for (place, bytes) in bucket.places.iter_mut().zip(window.places()) {
            for &byte in bytes.as_slice() {
                *place = place.union(Place { low: 1 << (byte & 15), high: 1 << (byte >> 4) });
            }
        }
        bucket.with_rate(window.places().len(), of_byte)
    }

    /// Both fingerprints' bucket, of `len` places.
    fn union(&self, other: &Self, len: usize, of_byte: &[f32; 256]) -> Self {
        let places = std::array::from_fn(|place| self.places[place].union(other.places[place]));
        if places == self.places {
            return *self;
        }
        Self { places, rate: 0.0 }.with_rate(len, of_byte)
    }

    /// The same with its rate computed over `len` places.
    fn with_rate(self, len: usize, of_byte: &[f32; 256]) -> Self {
        let rate = self.places.iter().take(len).map(|place| place.probability(of_byte)).product();
        Self { rate, ..self }
    }
}

/// Returns masks that hold every window in one of `buckets` buckets, and the expected candidates per byte of haystack.
pub(super) fn assign(windows: &[Window], buckets: usize) -> (Masks, f32) {
    let len = windows.first().map_or(0, |window| window.places().len());
    let of_byte: [f32; 256] = std::array::from_fn(|byte| u8::try_from(byte).map_or(0.0, frequency::of_case));
    let mut order: Vec<Bucket> = windows.iter().map(|window| Bucket::of(window, &of_byte)).collect();
    order.sort_by(|a, b| b.rate.total_cmp(&a.rate).then_with(|| key(a).cmp(&key(b))));
    order.dedup_by_key(|bucket| key(bucket));
    let mut filled = vec![Bucket::EMPTY; buckets];
    for fingerprint in &order {
        let grown = |bucket: &Bucket| bucket.union(fingerprint, len, &of_byte);
        let best = (0..buckets).map(|at| (at, grown(&filled[at]))).min_by(|(a, with_a), (b, with_b)| {
            (with_a.rate - filled[*a].rate).total_cmp(&(with_b.rate - filled[*b].rate))
        });
        if let Some((at, with)) = best {
            filled[at] = with;
        }
    }
    let rate = (filled.iter().map(|bucket| bucket.rate).sum::<f32>() * CORRELATION).min(1.0);
    (masks(&filled), rate)
}

/// An order of what buckets hold.
fn key(bucket: &Bucket) -> [(u16, u16); LARGEST_PLACES] {
    bucket.places.map(|place| (place.low, place.high))
}

/// The masks of the buckets: bucket `b` is bit `b % 8` of group `b / 8`.
fn masks(buckets: &[Bucket]) -> Masks {
    let mut masks = Masks::EMPTY;
    for (number, bucket) in buckets.iter().enumerate() {
        let (group, bit) = (number / GROUP_BUCKETS, 1u8 << (number % GROUP_BUCKETS));
        for (place, nibbles) in bucket.places.iter().enumerate() {
            for nibble in 0..16 {
                if nibbles.low >> nibble & 1 == 1 {
                    masks.low[group][place][nibble] |= bit;
                }
                if nibbles.high >> nibble & 1 == 1 {
                    masks.high[group][place][nibble] |= bit;
                }
            }
        }
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needle::Needle;
    use crate::needle_set::NeedleSet;
    use crate::teddy::windows;

    fn assign_texts(texts: &[&str], buckets: usize) -> (Masks, f32) {
        let needles: Vec<Needle> = texts.iter().map(|text| Needle::folded(*text)).collect();
        let set = NeedleSet::new(&needles).expect("not empty");
        let members: Vec<_> = set.indices().collect();
        assign(&windows::choose(&set, &members, 3), buckets)
    }

    /// The buckets, as bits, that let `text` through.
    fn through(masks: &Masks, groups: usize, text: &[u8]) -> u32 {
        (0..groups).fold(0, |bits, group| {
            let lane = text.iter().enumerate().fold(0xFF, |lane, (place, byte)| {
                lane & masks.low[group][place][usize::from(byte & 15)]
                    & masks.high[group][place][usize::from(byte >> 4)]
            });
            bits | u32::from(lane) << (8 * group)
        })
    }

    #[test]
    fn every_fingerprint_passes_in_every_case() {
        let texts = ["zqx", "ZQY", "jvk", "1.2", "#a!", "xzz", "\\\\a", "-e ", "atz", "qqq"];
        for groups in [1, 2, 4] {
            let (masks, _) = assign_texts(&texts, groups * 8);
            for text in texts {
                assert_ne!(through(&masks, groups, text.to_uppercase().as_bytes()), 0, "{text}");
                assert_ne!(through(&masks, groups, text.to_lowercase().as_bytes()), 0, "{text}");
            }
            assert_eq!(through(&masks, groups, b"..."), 0);
        }
    }

    #[test]
    fn a_letter_lets_through_its_two_cases_and_nothing_else() {
        let (masks, _) = assign_texts(&["zqx"], 8);
        let passing: Vec<u8> = (0..=255u8).filter(|&byte| through(&masks, 1, &[byte, b'q', b'x']) != 0).collect();
        assert_eq!(passing, b"Zz");
    }

    #[test]
    fn like_fingerprints_share_a_bucket_when_buckets_are_few() {
        let (masks, _) = assign_texts(&["xqa", "xqb", "1#7", "1#6"], 2);
        assert_eq!(through(&masks, 1, b"xqa"), through(&masks, 1, b"xqb"));
        assert_eq!(through(&masks, 1, b"1#7"), through(&masks, 1, b"1#6"));
        assert_ne!(through(&masks, 1, b"xqa"), through(&masks, 1, b"1#7"));
    }

    #[test]
    fn more_buckets_let_less_through() {
        let texts: Vec<String> = (b'a'..=b'z').map(|c| format!("{}{}x", c as char, (c ^ 3) as char)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert!(assign_texts(&texts, 32).1 < assign_texts(&texts, 8).1);
    }
}
