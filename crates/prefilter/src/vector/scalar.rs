//! Sixteen bytes in plain code: the portable vector, and the meaning of the trait.

use super::Vector;

/// Sixteen lanes in an array.
#[derive(Clone, Copy)]
pub(crate) struct Bytes16([u8; 16]);

impl Bytes16 {
    /// Applies `f` lane by lane.
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(u8, u8) -> u8) -> Self {
        Self(std::array::from_fn(|lane| f(self.0[lane], other.0[lane])))
    }
}

impl Vector for Bytes16 {
    const BYTES: usize = 16;

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        Self([byte; 16])
    }

    #[inline(always)]
    unsafe fn table(bytes: &[u8; 16]) -> Self {
        Self(*bytes)
    }

    #[inline(always)]
    unsafe fn load(at: *const u8) -> Self {
        // SAFETY: the caller vouches for sixteen readable bytes; an array of bytes has no alignment.
        Self(unsafe { at.cast::<[u8; 16]>().read() })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    #[inline(always)]
    fn low_nibbles(self) -> Self {
        Self(self.0.map(|byte| byte & 15))
    }

    #[inline(always)]
    fn high_nibbles(self) -> Self {
        Self(self.0.map(|byte| byte >> 4))
    }

    #[inline(always)]
    fn look_up(self, nibbles: Self) -> Self {
        Self(nibbles.0.map(|nibble| self.0[usize::from(nibble & 15)]))
    }

    #[inline(always)]
    fn equal(self, other: Self) -> Self {
        self.zip(other, |a, b| if a == b { 0xFF } else { 0 })
    }

    #[inline(always)]
    fn nonzero(self) -> u32 {
        self.0.iter().rev().fold(0, |mask, &byte| mask << 1 | u32::from(byte != 0))
    }
}
