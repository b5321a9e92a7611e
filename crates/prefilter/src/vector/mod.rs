//! The fence around the instruction sets: one small trait, and one module for each set.
//!
//! Kernels are written once, over [`Vector`], as `#[inline(always)]` functions without features of their own. What calls them is one
//! outermost function a set, the only one with `#[target_feature]`; the compiler then inlines kernel and trait into it, where the
//! instructions are allowed. Which set is used is decided once, by [`Isa::choose`] when a searcher is built; [`scalar`] is
//! always there and is the plain meaning of the trait.
//!
//! A value of a vector type is the proof that the machine has its instructions: values come into being only through the
//! `unsafe` constructors, whose caller vouches for it. So the methods on values are safe.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod scalar;
#[cfg(target_arch = "x86_64")]
pub(crate) mod ssse3;

use crate::choose::SimdChoice;
use crate::error::Error;

/// A vector of bytes: 16 or 32 lanes.
pub(crate) trait Vector: Copy {
    /// Number of lanes, a multiple of 16, at most 32.
    const BYTES: usize;

    /// A vector with `byte` in every lane.
    ///
    /// # Safety
    ///
    /// The machine must have the instruction set.
    unsafe fn splat(byte: u8) -> Self;

    /// A table of 16 bytes, repeated in every run of 16 lanes, for [`Self::look_up`].
    ///
    /// # Safety
    ///
    /// The machine must have the instruction set.
    unsafe fn table(bytes: &[u8; 16]) -> Self;

    /// The [`Self::BYTES`] bytes from `at` on, which need not be aligned.
    ///
    /// # Safety
    ///
    /// The machine must have the instruction set, and the bytes must lie within one allocation, initialised.
    unsafe fn load(at: *const u8) -> Self;

    /// Bitwise and.
    fn and(self, other: Self) -> Self;

    /// Bitwise or.
    fn or(self, other: Self) -> Self;

    /// The lower four bits of every lane.
    fn low_nibbles(self) -> Self;

    /// The upper four bits of every lane, as a number below 16.
    fn high_nibbles(self) -> Self;

    /// Takes `self` as a [`Self::table`] and returns its entry for every lane of `nibbles`, all below 16.
    fn look_up(self, nibbles: Self) -> Self;

    /// 0xFF in every lane where both are equal, else 0.
    fn equal(self, other: Self) -> Self;

    /// Bit `i` is set where lane `i` is not 0.
    fn nonzero(self) -> u32;
}

/// An instruction set that a searcher runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Isa {
    /// None: [`scalar`].
    Scalar,
    /// 16 lanes, [`ssse3`]. A value exists only where the machine has it.
    #[cfg(target_arch = "x86_64")]
    Ssse3,
    /// 32 lanes, [`avx2`]. A value exists only where the machine has it.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 16 lanes, [`neon`]. Part of every machine of this architecture.
    #[cfg(target_arch = "aarch64")]
    Neon,
}

impl Isa {
    /// Returns the set to use: the one asked for, or the widest that the machine has.
    ///
    /// # Errors
    ///
    /// If the one asked for is not there.
    pub(crate) fn choose(asked: SimdChoice) -> Result<Self, Error> {
        match asked {
            SimdChoice::Auto => Ok(Self::best()),
            SimdChoice::Scalar => Ok(Self::Scalar),
            #[cfg(target_arch = "x86_64")]
            SimdChoice::Ssse3 if is_x86_feature_detected!("ssse3") => Ok(Self::Ssse3),
            #[cfg(target_arch = "x86_64")]
            SimdChoice::Avx2 if is_x86_feature_detected!("avx2") => Ok(Self::Avx2),
            SimdChoice::Ssse3 | SimdChoice::Avx2 => Err(Error::no_simd(asked)),
        }
    }

    /// The widest set that the machine has.
    #[cfg(target_arch = "x86_64")]
    fn best() -> Self {
        if is_x86_feature_detected!("avx2") {
            Self::Avx2
        } else if is_x86_feature_detected!("ssse3") {
            Self::Ssse3
        } else {
            Self::Scalar
        }
    }

    /// The widest set that the machine has.
    #[cfg(target_arch = "aarch64")]
    fn best() -> Self {
        Self::Neon
    }

    /// The widest set that the machine has.
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn best() -> Self {
        Self::Scalar
    }

    /// The name that `explain` prints.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Ssse3 => "ssse3",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "avx2",
            #[cfg(target_arch = "aarch64")]
            Self::Neon => "neon",
        }
    }

    /// Bytes in a vector.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Scalar => scalar::Bytes16::BYTES,
            #[cfg(target_arch = "x86_64")]
            Self::Ssse3 => ssse3::Ssse3::BYTES,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => avx2::Avx2::BYTES,
            #[cfg(target_arch = "aarch64")]
            Self::Neon => neon::Neon::BYTES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lanes that hold every byte at least once, in four vectors' worth.
    fn bytes() -> Vec<u8> {
        (0..=255u8).chain((0..=255).rev()).collect()
    }

    /// Reads the lanes of a vector back through the trait alone.
    ///
    /// # Safety
    ///
    /// As [`Vector::splat`].
    unsafe fn lanes<V: Vector>(vector: V) -> Vec<u8> {
        let mut out = vec![0; V::BYTES];
        for value in 0..=255u8 {
            // SAFETY: the caller vouches for the instruction set.
            let equal = vector.equal(unsafe { V::splat(value) }).nonzero();
            (0..V::BYTES).filter(|lane| equal >> lane & 1 == 1).for_each(|lane| out[lane] = value);
        }
        out
    }

    /// Compares every method with its meaning on plain bytes.
    ///
    /// # Safety
    ///
    /// As [`Vector::splat`].
    unsafe fn check<V: Vector>() {
        let bytes = bytes();
        let table: [u8; 16] = [5, 42, 79, 116, 153, 190, 227, 8, 45, 82, 119, 156, 193, 230, 11, 48];
        for at in 0..=bytes.len() - V::BYTES {
            let plain = &bytes[at..at + V::BYTES];
            let map = |f: &dyn Fn(u8) -> u8| plain.iter().map(|&b| f(b)).collect::<Vec<_>>();
            // SAFETY: the caller vouches for the instruction set, and `plain` has as many bytes as the vector.
            unsafe {
                let vector = V::load(plain.as_ptr());
                assert_eq!(lanes(vector), plain);
                assert_eq!(lanes(vector.and(V::splat(0x5A))), map(&|b| b & 0x5A));
                assert_eq!(lanes(vector.or(V::splat(0x20))), map(&|b| b | 0x20));
                assert_eq!(lanes(vector.low_nibbles()), map(&|b| b & 15));
                assert_eq!(lanes(vector.high_nibbles()), map(&|b| b >> 4));
                let looked_up = V::table(&table).look_up(vector.low_nibbles());
                assert_eq!(lanes(looked_up), map(&|b| table[usize::from(b & 15)]));
                let nonzero = (0..V::BYTES).filter(|&i| plain[i] != 0).fold(0u32, |mask, i| mask | 1 << i);
                assert_eq!(vector.nonzero(), nonzero);
            }
        }
    }

    #[test]
    fn every_instruction_set_means_what_the_plain_one_means() {
        // SAFETY: the plain vectors need nothing; the others run only where the machine was asked.
        unsafe {
            check::<scalar::Bytes16>();
            #[cfg(target_arch = "x86_64")]
            {
                if is_x86_feature_detected!("ssse3") {
                    check::<ssse3::Ssse3>();
                }
                if is_x86_feature_detected!("avx2") {
                    check::<avx2::Avx2>();
                }
            }
            #[cfg(target_arch = "aarch64")]
            check::<neon::Neon>();
        }
    }

    #[test]
    fn the_plain_set_is_always_there() {
        assert_eq!(Isa::choose(SimdChoice::Scalar), Ok(Isa::Scalar));
        assert!(Isa::choose(SimdChoice::Auto).is_ok());
    }
}
