//! A sum of doubles that is exact, so that it does not depend on the order of the terms.
//!
//! The sum is one long fixed-point number in two's complement: bit 0 stands for 2⁻¹⁰⁷⁴, the smallest double, so every double is
//! an integer multiple of it. 34 limbs of 64 bits leave 77 bits above the largest double, room for 2⁷⁷ terms. Only
//! [`ExactSum::round`] rounds, once, to the nearest double with ties to even.

/// Number of limbs.
const LIMBS: usize = 34;

/// Bytes of the stored form.
pub(crate) const STORED_BYTES: usize = LIMBS * 8;

/// The bit that stands for 2⁰.
const ONE: usize = 1074;

/// An exact sum of finite doubles and of integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExactSum {
    /// Two's complement, lowest limb first.
    limbs: [u64; LIMBS],
}

impl Default for ExactSum {
    fn default() -> Self {
        Self { limbs: [0; LIMBS] }
    }
}

impl ExactSum {
    /// Adds a finite double; others are passed over.
    pub(crate) fn add_f64(&mut self, value: f64) {
        if !value.is_finite() || value == 0.0 {
            return;
        }
        let bits = value.to_bits();
        let exponent = usize::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
        let fraction = bits & ((1 << 52) - 1);
        // A subnormal has no hidden bit and the scale of exponent 1.
        let (mantissa, shift) = if exponent == 0 { (fraction, 0) } else { (fraction | (1 << 52), exponent - 1) };
        self.add_shifted(mantissa, shift, value < 0.0);
    }

    /// Adds an integer.
    pub(crate) fn add_int(&mut self, value: i128) {
        let magnitude = value.unsigned_abs();
        for part in 0..4 {
            let digits = u64::try_from((magnitude >> (32 * part)) & 0xffff_ffff).unwrap_or(0);
            self.add_shifted(digits, ONE + 32 * part, value < 0);
        }
    }

    /// Adds another sum.
    pub(crate) fn add(&mut self, other: &Self) {
        let mut carry = false;
        for (limb, &term) in self.limbs.iter_mut().zip(&other.limbs) {
            let (sum, first) = limb.overflowing_add(term);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            *limb = sum;
            carry = first || second;
        }
    }

    /// Adds or subtracts `digits` shifted left by `shift` bits.
    fn add_shifted(&mut self, digits: u64, shift: usize, negative: bool) {
        let wide = u128::from(digits) << (shift % 64);
        let halves = [u64::try_from(wide & u128::from(u64::MAX)).unwrap_or(0), u64::try_from(wide >> 64).unwrap_or(0)];
        let start = shift / 64;
        let mut carry = false;
        for (at, limb) in self.limbs[start..].iter_mut().enumerate() {
            let term = halves.get(at).copied().unwrap_or(0);
            if at >= 2 && !carry {
                break;
            }
            let (sum, first, second);
            if negative {
                let (partial, borrowed) = limb.overflowing_sub(term);
                (sum, second) = partial.overflowing_sub(u64::from(carry));
                first = borrowed;
            } else {
                let (partial, carried) = limb.overflowing_add(term);
                (sum, second) = partial.overflowing_add(u64::from(carry));
                first = carried;
            }
            *limb = sum;
            carry = first || second;
        }
    }

    /// Returns the nearest double, ties to even; `None` if it is beyond the range of doubles.
    pub(crate) fn round(&self) -> Option<f64> {
        let negative = self.limbs[LIMBS - 1] >> 63 == 1;
        let limbs = if negative { self.negated() } else { self.limbs };
        let Some(top_limb) = (0..LIMBS).rev().find(|&at| limbs[at] != 0) else { return Some(0.0) };
        let top = top_limb * 64 + 63 - usize::try_from(limbs[top_limb].leading_zeros()).unwrap_or(0);
        let bit = |at: usize| limbs[at / 64] >> (at % 64) & 1;
        let magnitude = if top < 53 {
            // At most 53 bits above the smallest double: exact.
            limbs[0] as f64 * f64::from_bits(1)
        } else {
            let low = top - 52;
            let mut mantissa = (0..53).fold(0_u64, |digits, at| digits | bit(low + at) << at);
            let half = bit(low - 1) == 1;
            let rest = (0..low - 1).any(|at| bit(at) == 1);
            if half && (rest || mantissa & 1 == 1) {
                mantissa += 1;
            }
            let exponent = i32::try_from(low).unwrap_or(i32::MAX) - i32::try_from(ONE).unwrap_or(0);
            scale(mantissa as f64, exponent)
        };
        magnitude.is_finite().then_some(if negative { -magnitude } else { magnitude })
    }

    /// The two's complement of the limbs.
    fn negated(&self) -> [u64; LIMBS] {
        let mut out = [0; LIMBS];
        let mut carry = true;
        for (target, limb) in out.iter_mut().zip(&self.limbs) {
            let (value, overflow) = (!limb).overflowing_add(u64::from(carry));
            *target = value;
            carry = overflow;
        }
        out
    }

    /// The stored form: the limbs, lowest first, little-endian.
    pub(crate) fn to_bytes(&self) -> [u8; STORED_BYTES] {
        let mut out = [0; STORED_BYTES];
        for (chunk, limb) in out.chunks_exact_mut(8).zip(&self.limbs) {
            chunk.copy_from_slice(&limb.to_le_bytes());
        }
        out
    }

    /// Reads the stored form; `None` if it has another length.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != STORED_BYTES {
            return None;
        }
        let mut sum = Self::default();
        for (limb, chunk) in sum.limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_le_bytes(chunk.try_into().ok()?);
        }
        Some(sum)
    }
}

/// `mantissa` (an integer of at most 54 bits) times 2^`exponent`; exact or infinite, since the caller has rounded.
fn scale(mantissa: f64, exponent: i32) -> f64 {
    // One factor may be out of range where the product is not, so the power is applied in two parts.
    let half = exponent / 2;
    mantissa * 2_f64.powi(half) * 2_f64.powi(exponent - half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(values: &[f64]) -> f64 {
        let mut exact = ExactSum::default();
        for &value in values {
            exact.add_f64(value);
        }
        exact.round().unwrap()
    }

    #[test]
    fn single_values_come_back() {
        for value in [0.1, -0.1, 1.0, f64::MAX, -f64::MAX, f64::MIN_POSITIVE, 5e-324, -5e-324, 1e300, 3.0e-310, 2.5] {
            assert_eq!(sum(&[value]).to_bits(), value.to_bits(), "{value:e}");
        }
    }

    #[test]
    fn cancellation_is_exact_and_ties_go_to_even() {
        assert_eq!(sum(&[1e300, 1.0, -1e300]), 1.0);
        assert_eq!(sum(&[0.1, 0.2, -0.3]), 2.7755575615628914e-17);
        assert_eq!(sum(&[9_007_199_254_740_992.0, 1.0]), 9_007_199_254_740_992.0);
        assert_eq!(sum(&[9_007_199_254_740_992.0, 1.0, 5e-324]), 9_007_199_254_740_994.0);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
    }

    #[test]
    fn beyond_the_range_there_is_no_double() {
        let mut exact = ExactSum::default();
        exact.add_f64(f64::MAX);
        exact.add_f64(f64::MAX);
        assert_eq!(exact.round(), None);
    }

    #[test]
    fn integers_take_part() {
        let mut exact = ExactSum::default();
        exact.add_int(i128::from(u64::MAX) * 1000);
        exact.add_int(-i128::from(u64::MAX) * 1000);
        exact.add_f64(0.5);
        exact.add_int(-3);
        assert_eq!(exact.round(), Some(-2.5));
    }

    proptest! {
        #[test]
        fn any_order_and_any_split_give_the_same_bits(
            mut values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL, 0..20),
            cut in 0..20_usize,
        ) {
            let mut whole = ExactSum::default();
            values.iter().for_each(|&value| whole.add_f64(value));
            let cut = cut.min(values.len());
            values.reverse();
            let (mut left, mut right) = (ExactSum::default(), ExactSum::default());
            values[..cut].iter().for_each(|&value| left.add_f64(value));
            values[cut..].iter().for_each(|&value| right.add_f64(value));
            right.add(&ExactSum::from_bytes(&left.to_bytes()).unwrap());
            prop_assert_eq!(whole, right);
        }

        #[test]
        fn small_integers_agree_with_integer_sums(values in prop::collection::vec(-1_000_000_i64..1_000_000, 0..30)) {
            let floats: Vec<f64> = values.iter().map(|&value| value as f64).collect();
            prop_assert_eq!(sum(&floats), values.iter().sum::<i64>() as f64);
        }
    }
}
