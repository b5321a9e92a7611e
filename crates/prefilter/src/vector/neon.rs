//! Sixteen bytes with NEON, which every machine of this architecture has.

use super::Vector;
use std::arch::aarch64::{
    uint8x16_t, vaddv_u8, vandq_u8, vceqq_u8, vdupq_n_u8, vget_high_u8, vget_low_u8, vld1q_u8, vorrq_u8, vqtbl1q_u8,
    vshrq_n_u8, vtstq_u8,
};

/// Sixteen lanes in a register.
#[derive(Clone, Copy)]
pub(crate) struct Neon(uint8x16_t);

/// The bit of each lane within its half.
const LANE_BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

impl Vector for Neon {
    const BYTES: usize = 16;

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        // SAFETY: NEON is part of the architecture.
        Self(unsafe { vdupq_n_u8(byte) })
    }

    #[inline(always)]
    unsafe fn table(bytes: &[u8; 16]) -> Self {
        // SAFETY: the array has sixteen bytes.
        unsafe { Self::load(bytes.as_ptr()) }
    }

    #[inline(always)]
    unsafe fn load(at: *const u8) -> Self {
        // SAFETY: the caller vouches for sixteen readable bytes; the load needs no alignment beyond that of a byte.
        Self(unsafe { vld1q_u8(at) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: NEON is part of the architecture.
        Self(unsafe { vandq_u8(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: NEON is part of the architecture.
        Self(unsafe { vorrq_u8(self.0, other.0) })
    }

    #[inline(always)]
    fn low_nibbles(self) -> Self {
        // SAFETY: NEON is part of the architecture.
        Self(unsafe { vandq_u8(self.0, vdupq_n_u8(15)) })
    }

    #[inline(always)]
    fn high_nibbles(self) -> Self {
        // SAFETY: NEON is part of the architecture.
        Self(unsafe { vshrq_n_u8::<4>(self.0) })
    }

    #[inline(always)]
    fn look_up(self, nibbles: Self) -> Self {
        // SAFETY: NEON is part of the architecture.
        Self(unsafe { vqtbl1q_u8(self.0, nibbles.0) })
    }

    #[inline(always)]
    fn equal(self, other: Self) -> Self {
        // SAFETY: NEON is part of the architecture.
        Self(unsafe { vceqq_u8(self.0, other.0) })
    }

    #[inline(always)]
    fn nonzero(self) -> u32 {
        // SAFETY: NEON is part of the architecture; the array has sixteen bytes.
        unsafe {
            // Each lane keeps its own bit where it is not zero; the sum of a half's eight lanes is then its mask.
            let bits = vandq_u8(vtstq_u8(self.0, self.0), vld1q_u8(LANE_BITS.as_ptr()));
            u32::from(vaddv_u8(vget_low_u8(bits))) | u32::from(vaddv_u8(vget_high_u8(bits))) << 8
        }
    }
}
