//! Sixteen bytes with SSSE3, whose byte shuffle is the table look-up that Teddy is built on.

use super::Vector;
use std::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    _mm_setzero_si128, _mm_shuffle_epi8, _mm_srli_epi16,
};

/// Sixteen lanes in a register. A value exists only where the machine has SSSE3.
#[derive(Clone, Copy)]
pub(crate) struct Ssse3(__m128i);

impl Vector for Ssse3 {
    const BYTES: usize = 16;

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        // SAFETY: the caller vouches for SSSE3, which includes SSE2.
        Self(unsafe { _mm_set1_epi8(byte.cast_signed()) })
    }

    #[inline(always)]
    unsafe fn table(bytes: &[u8; 16]) -> Self {
        // SAFETY: the caller vouches for SSSE3; the array has sixteen bytes.
        unsafe { Self::load(bytes.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn load(at: *const u8) -> Self {
        // SAFETY: the caller vouches for SSSE3 and sixteen readable bytes; the load needs no alignment.
        Self(unsafe { _mm_loadu_si128(at.cast()) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: a value proves SSSE3, which includes SSE2.
        Self(unsafe { _mm_and_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: a value proves SSSE3, which includes SSE2.
        Self(unsafe { _mm_or_si128(self.0, other.0) })
    }

    #[inline(always)]
    fn low_nibbles(self) -> Self {
        // SAFETY: a value proves SSSE3, which includes SSE2.
        Self(unsafe { _mm_and_si128(self.0, _mm_set1_epi8(15)) })
    }

    #[inline(always)]
    fn high_nibbles(self) -> Self {
        // SAFETY: a value proves SSSE3, which includes SSE2. The shift is by 16-bit lanes; the mask drops what came from the neighbour.
        Self(unsafe { _mm_and_si128(_mm_srli_epi16::<4>(self.0), _mm_set1_epi8(15)) })
    }

    #[inline(always)]
    fn look_up(self, nibbles: Self) -> Self {
        // SAFETY: a value proves SSSE3.
        Self(unsafe { _mm_shuffle_epi8(self.0, nibbles.0) })
    }

    #[inline(always)]
    fn equal(self, other: Self) -> Self {
        // SAFETY: a value proves SSSE3, which includes SSE2.
        Self(unsafe { _mm_cmpeq_epi8(self.0, other.0) })
    }

    #[inline(always)]
    fn nonzero(self) -> u32 {
        // SAFETY: a value proves SSSE3, which includes SSE2.
        let zero = unsafe { _mm_movemask_epi8(_mm_cmpeq_epi8(self.0, _mm_setzero_si128())) };
        !zero.cast_unsigned() & 0xFFFF
    }
}
