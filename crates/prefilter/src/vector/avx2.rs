//! Thirty-two bytes with AVX2. The shuffle works within each half of sixteen lanes, which is all that a table look-up needs.

use super::Vector;
use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_srli_epi16,
};

/// Thirty-two lanes in a register. A value exists only where the machine has AVX2.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(__m256i);

impl Vector for Avx2 {
    const BYTES: usize = 32;

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        // SAFETY: the caller vouches for AVX2.
        Self(unsafe { _mm256_set1_epi8(byte.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn table(bytes: &[u8; 16]) -> Self {
        // SAFETY: the caller vouches for AVX2; the array has sixteen bytes and the load needs no alignment.
        Self(unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(bytes.as_ptr().cast())) })
    }

    #[inline(always)]
    unsafe fn load(at: *const u8) -> Self {
        // SAFETY: the caller vouches for AVX2 and thirty-two readable bytes; the load needs no alignment.
        Self(unsafe { _mm256_loadu_si256(at.cast()) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: a value proves AVX2.
        Self(unsafe { _mm256_and_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: a value proves AVX2.
        Self(unsafe { _mm256_or_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn low_nibbles(self) -> Self {
        // SAFETY: a value proves AVX2.
        Self(unsafe { _mm256_and_si256(self.0, _mm256_set1_epi8(15)) })
    }

    #[inline(always)]
    fn high_nibbles(self) -> Self {
        // SAFETY: a value proves AVX2. The shift is by 16-bit lanes; the mask drops what came from the neighbour.
        Self(unsafe { _mm256_and_si256(_mm256_srli_epi16::<4>(self.0), _mm256_set1_epi8(15)) })
    }

    #[inline(always)]
    fn look_up(self, nibbles: Self) -> Self {
        // SAFETY: a value proves AVX2.
        Self(unsafe { _mm256_shuffle_epi8(self.0, nibbles.0) })
    }

    #[inline(always)]
    fn equal(self, other: Self) -> Self {
        // SAFETY: a value proves AVX2.
        Self(unsafe { _mm256_cmpeq_epi8(self.0, other.0) })
    }

    #[inline(always)]
    fn nonzero(self) -> u32 {
        // SAFETY: a value proves AVX2.
        let zero = unsafe { _mm256_movemask_epi8(_mm256_cmpeq_epi8(self.0, _mm256_setzero_si256())) };
        !zero.cast_unsigned()
    }
}
