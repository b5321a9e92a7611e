//! The vector code of Teddy: for every start, the buckets whose fingerprints may be there.

use super::{GROUP_BUCKETS, LARGEST_GROUPS, LARGEST_PLACES};
use crate::candidates::Candidates;
use crate::scan::Kernel;
use crate::vector::{Isa, Vector, scalar::Bytes16};

/// Look-up tables by half byte: entry `n` of `low[g][p]` has bit `b` set if bucket `8 g + b` has a byte with lower half `n` at place `p`.
#[derive(Clone, Debug)]
pub(super) struct Masks {
    /// By the lower half of a byte.
    pub(super) low: [[[u8; 16]; LARGEST_PLACES]; LARGEST_GROUPS],
    /// By the upper half of a byte.
    pub(super) high: [[[u8; 16]; LARGEST_PLACES]; LARGEST_GROUPS],
}

impl Masks {
    /// Masks that let nothing through.
    pub(super) const EMPTY: Self =
        Self { low: [[[0; 16]; LARGEST_PLACES]; LARGEST_GROUPS], high: [[[0; 16]; LARGEST_PLACES]; LARGEST_GROUPS] };
}

/// The masks of a set of needles, and how they are applied.
#[derive(Clone, Debug)]
pub(super) struct Fingerprints {
    /// The masks; groups and places beyond those in use mean nothing.
    pub(super) masks: Masks,
    /// Groups of [`GROUP_BUCKETS`] buckets in use: 1, 2 or 4.
    pub(super) groups: usize,
    /// Places in use: 1, 2 or 3.
    pub(super) places: usize,
    /// The instruction set.
    pub(super) isa: Isa,
}

const _: () = assert!(GROUP_BUCKETS == 8, "a bucket is a bit of a byte");

impl Kernel for Fingerprints {
    fn width(&self) -> usize {
        self.isa.width()
    }

    fn reach(&self) -> usize {
        self.places - 1
    }

    fn run(&self, haystack: &[u8], from: usize, end: usize, out: &mut Candidates) -> usize {
        assert!(end.checked_add(self.reach()).is_some_and(|last| last <= haystack.len()));
        // SAFETY: every load starts at most `end - width + reach` bytes into the haystack and takes `width` bytes, which the assertion
        // keeps within it; a value of `Isa` exists only where the machine has the set.
        unsafe {
            match self.isa {
                Isa::Scalar => by_shape::<Bytes16>(self, haystack, from, end, out),
                #[cfg(target_arch = "x86_64")]
                Isa::Ssse3 => by_shape_ssse3(self, haystack, from, end, out),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => by_shape_avx2(self, haystack, from, end, out),
                #[cfg(target_arch = "aarch64")]
                Isa::Neon => by_shape::<crate::vector::neon::Neon>(self, haystack, from, end, out),
            }
        }
    }
}

/// [`by_shape`] with SSSE3.
///
/// # Safety
///
/// As [`find`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "ssse3")]
unsafe fn by_shape_ssse3(
    kernel: &Fingerprints,
    haystack: &[u8],
    from: usize,
    end: usize,
    out: &mut Candidates,
) -> usize {
    // SAFETY: passed on to the caller.
    unsafe { by_shape::<crate::vector::ssse3::Ssse3>(kernel, haystack, from, end, out) }
}

/// [`by_shape`] with AVX2.
///
/// # Safety
///
/// As [`find`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn by_shape_avx2(
    kernel: &Fingerprints,
    haystack: &[u8],
    from: usize,
    end: usize,
    out: &mut Candidates,
) -> usize {
    // SAFETY: passed on to the caller.
    unsafe { by_shape::<crate::vector::avx2::Avx2>(kernel, haystack, from, end, out) }
}

/// Calls [`find`] with the number of groups and places as constants, so that its loops unroll.
///
/// # Safety
///
/// As [`find`].
#[inline(always)]
unsafe fn by_shape<V: Vector>(
    kernel: &Fingerprints,
    haystack: &[u8],
    from: usize,
    end: usize,
    out: &mut Candidates,
) -> usize {
    let masks = &kernel.masks;
    // SAFETY: passed on to the caller; no arm looks at more places than `kernel.places`.
    unsafe {
        match (kernel.groups, kernel.places) {
            (1, 1) => find::<V, 1, 1>(masks, haystack, from, end, out),
            (1, 2) => find::<V, 1, 2>(masks, haystack, from, end, out),
            (1, _) => find::<V, 1, 3>(masks, haystack, from, end, out),
            (2, 1) => find::<V, 2, 1>(masks, haystack, from, end, out),
            (2, 2) => find::<V, 2, 2>(masks, haystack, from, end, out),
            (2, _) => find::<V, 2, 3>(masks, haystack, from, end, out),
            (_, 1) => find::<V, 4, 1>(masks, haystack, from, end, out),
            (_, 2) => find::<V, 4, 2>(masks, haystack, from, end, out),
            (_, _) => find::<V, 4, 3>(masks, haystack, from, end, out),
        }
    }
}

/// The kernel, see [`Kernel::run`]: a start is a candidate if the bit of some bucket survives the look-ups of all its places.
///
/// # Safety
///
/// The machine must have the instruction set, and `end + PLACES - 1` must not exceed the length of `haystack`.
#[inline(always)]
unsafe fn find<V: Vector, const GROUPS: usize, const PLACES: usize>(
    masks: &Masks,
    haystack: &[u8],
    from: usize,
    end: usize,
    out: &mut Candidates,
) -> usize {
    // SAFETY: the caller vouches for the instruction set.
    let none = unsafe { V::splat(0) };
    let mut low = [[none; PLACES]; GROUPS];
    let mut high = [[none; PLACES]; GROUPS];
    for group in 0..GROUPS {
        for place in 0..PLACES {
            // SAFETY: the caller vouches for the instruction set.
            (low[group][place], high[group][place]) =
                unsafe { (V::table(&masks.low[group][place]), V::table(&masks.high[group][place])) };
        }
    }
    let mut at = from;
    while at + V::BYTES <= end && out.has_room() {
        let mut buckets = [none; GROUPS];
        for place in 0..PLACES {
            // SAFETY: `at + V::BYTES <= end`, and the caller vouches that `end + PLACES - 1` is within the haystack.
            let bytes = unsafe { V::load(haystack.as_ptr().add(at + place)) };
            let (low_half, high_half) = (bytes.low_nibbles(), bytes.high_nibbles());
            for group in 0..GROUPS {
                let here = low[group][place].look_up(low_half).and(high[group][place].look_up(high_half));
                buckets[group] = if place == 0 { here } else { buckets[group].and(here) };
            }
        }
        let mut any = buckets[0];
        for &more in &buckets[1..] {
            any = any.or(more);
        }
        let found = any.nonzero();
        if found != 0 {
            out.push(at, found);
        }
        at += V::BYTES;
    }
    at
}
