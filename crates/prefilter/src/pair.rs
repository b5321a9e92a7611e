//! One needle: two of its rarest bytes are compared at every start, a vector at a time.
//!
//! The haystack is loaded twice, shifted against each other by the distance of the two places. A letter of either case is
//! compared with bit 0x20 set, so folding costs one instruction. What is left is verified.

use crate::candidates::Candidates;
use crate::frequency;
use crate::needle::Hit;
use crate::needle_set::{Index, NeedleSet};
use crate::scan::{Kernel, LARGEST_REACH, scan};
use crate::vector::{Isa, Vector, scalar::Bytes16};

/// A searcher for one needle.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The needle.
    index: Index,
    /// Bytes from the needle's start to the first of the two places.
    offset: usize,
    /// The comparison.
    kernel: Comparison,
}

/// What is compared at a window's start and `gap` bytes later.
#[derive(Clone, Copy, Debug)]
struct Comparison {
    /// Wanted byte at each place, once the bits of `either` are set.
    want: [u8; 2],
    /// Bits that do not count at each place.
    either: [u8; 2],
    /// Bytes between the two places, at least 1, at most [`LARGEST_REACH`].
    gap: usize,
    /// The instruction set.
    isa: Isa,
}

impl Pair {
    /// Returns a searcher for the needle, or `None` if it has fewer than two places before its first alternative outside ASCII.
    pub(crate) fn new(needles: &NeedleSet, index: Index, isa: Isa) -> Option<Self> {
        let (want, either) = needles.head(index);
        let places = want.len().min(LARGEST_REACH + 1);
        if places < 2 {
            return None;
        }
        let rarity = |place: usize| {
            let byte = want[place];
            if either[place] == 0 { frequency::of_case(byte) } else { frequency::of_byte(byte) }
        };
        let rarest = (0..places).min_by(|&a, &b| rarity(a).total_cmp(&rarity(b)))?;
        // A second byte equal to the first would say less: bytes come in runs.
        let again = |place: usize| rarity(place) + if want[place] == want[rarest] { 1.0 } else { 0.0 };
        let second = (0..places).filter(|&place| place != rarest).min_by(|&a, &b| again(a).total_cmp(&again(b)))?;
        let (first, second) = (rarest.min(second), rarest.max(second));
        let kernel = Comparison {
            want: [want[first], want[second]],
            either: [either[first], either[second]],
            gap: second - first,
            isa,
        };
        Some(Self { index, offset: first, kernel })
    }

    /// Appends every occurrence in `haystack`, ascending by offset.
    pub(crate) fn search(&self, needles: &NeedleSet, haystack: &[u8], hits: &mut Vec<Hit>) {
        scan(&self.kernel, haystack, |window| {
            if let Some(start) = window.checked_sub(self.offset) {
                needles.report(self.index, haystack, start, hits);
            }
        });
    }

    /// Returns the two places that are compared, in bytes from the needle's start.
    pub(crate) fn places(&self) -> [usize; 2] {
        [self.offset, self.offset + self.kernel.gap]
    }
}

impl Kernel for Comparison {
    fn width(&self) -> usize {
        self.isa.width()
    }

    fn reach(&self) -> usize {
        self.gap
    }

    fn run(&self, haystack: &[u8], from: usize, end: usize, out: &mut Candidates) -> usize {
        assert!(end.checked_add(self.gap).is_some_and(|last| last <= haystack.len()));
        // SAFETY: every load of `compare` starts below `end - width` or `gap` bytes later and takes `width` bytes, which the assertion
        // keeps within the haystack; a value of `Isa` exists only where the machine has the set.
        unsafe {
            match self.isa {
                Isa::Scalar => compare::<Bytes16>(self, haystack, from, end, out),
                #[cfg(target_arch = "x86_64")]
                Isa::Ssse3 => compare_ssse3(self, haystack, from, end, out),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => compare_avx2(self, haystack, from, end, out),
                #[cfg(target_arch = "aarch64")]
                Isa::Neon => compare::<crate::vector::neon::Neon>(self, haystack, from, end, out),
            }
        }
    }
}

/// [`compare`] with SSSE3.
///
/// # Safety
///
/// As [`compare`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "ssse3")]
unsafe fn compare_ssse3(kernel: &Comparison, haystack: &[u8], from: usize, end: usize, out: &mut Candidates) -> usize {
    // SAFETY: passed on to the caller.
    unsafe { compare::<crate::vector::ssse3::Ssse3>(kernel, haystack, from, end, out) }
}

/// [`compare`] with AVX2.
///
/// # Safety
///
/// As [`compare`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn compare_avx2(kernel: &Comparison, haystack: &[u8], from: usize, end: usize, out: &mut Candidates) -> usize {
    // SAFETY: passed on to the caller.
    unsafe { compare::<crate::vector::avx2::Avx2>(kernel, haystack, from, end, out) }
}

/// The kernel; see [`Kernel::run`].
///
/// # Safety
///
/// The machine must have the instruction set, and `end + gap` must not exceed the length of `haystack`.
#[inline(always)]
unsafe fn compare<V: Vector>(
    kernel: &Comparison,
    haystack: &[u8],
    from: usize,
    end: usize,
    out: &mut Candidates,
) -> usize {
    // SAFETY: the caller vouches for the instruction set.
    let [want_a, want_b, either_a, either_b] = unsafe {
        [V::splat(kernel.want[0]), V::splat(kernel.want[1]), V::splat(kernel.either[0]), V::splat(kernel.either[1])]
    };
    let mut at = from;
    while at + V::BYTES <= end && out.has_room() {
        // SAFETY: `at + V::BYTES <= end`, and the caller vouches that `end + gap` is within the haystack.
        let (a, b) = unsafe {
            let start = haystack.as_ptr().add(at);
            (V::load(start), V::load(start.add(kernel.gap)))
        };
        let found = a.or(either_a).equal(want_a).and(b.or(either_b).equal(want_b)).nonzero();
        if found != 0 {
            out.push(at, found);
        }
        at += V::BYTES;
    }
    at
}
