//! A sum of integers and doubles that is exact and can be undone, so that it depends neither on the order of the terms nor on terms
//! that came and went.

use super::exact_sum::ExactSum;

/// Integers below this magnitude have exact squares in a double's 53 bits and in 128 bits with room for 2⁶⁴ of them.
const SMALL: f64 = 2_147_483_648.0;

/// An exact sum.
#[derive(Clone, Debug, Default)]
pub(crate) struct Total {
    /// Sum of the integers: each has at most 64 bits, so 2⁶³ of them fit.
    pub(crate) integers: i128,
    /// Sum of the other numbers, once there was one.
    pub(crate) fractions: Option<Box<ExactSum>>,
}

impl Total {
    /// Adds an integer of at most 64 bits.
    pub(crate) fn add_int(&mut self, value: i128) {
        self.integers = self.integers.wrapping_add(value);
    }

    /// Adds a finite double.
    pub(crate) fn add_f64(&mut self, value: f64) {
        if value.abs() < SMALL && value.trunc() == value {
            #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^31 in magnitude")]
            let whole = value as i64;
            self.add_int(i128::from(whole));
        } else {
            self.fractions.get_or_insert_default().add_f64(value);
        }
    }

    /// Adds the product of two finite doubles without rounding it, or takes it away; false if it is beyond the range of doubles.
    ///
    /// Digits of the product below the smallest double are lost, the same ones for the same factors.
    pub(crate) fn add_product(&mut self, left: f64, right: f64, negative: bool) -> bool {
        let sign = if negative { -1.0 } else { 1.0 };
        let high = left * right;
        if !high.is_finite() {
            return false;
        }
        // A fused multiply-add rounds once, so this is exactly what the product was rounded by.
        let low = left.mul_add(right, -high);
        self.add_f64(sign * high);
        if low != 0.0 {
            self.add_f64(sign * low);
        }
        true
    }

    /// Adds another sum.
    pub(crate) fn add(&mut self, other: &Self) {
        self.integers = self.integers.wrapping_add(other.integers);
        if let Some(fractions) = &other.fractions {
            self.fractions.get_or_insert_default().add(fractions);
        }
    }

    /// The nearest double; `None` beyond their range.
    pub(crate) fn round(&self) -> Option<f64> {
        let mut sum = self.fractions.as_deref().cloned().unwrap_or_default();
        sum.add_int(self.integers);
        sum.round()
    }

    /// Doubles whose exact sum this is, greatest first; `None` beyond the range of doubles.
    fn components(&self) -> Option<Vec<f64>> {
        let mut rest = self.fractions.as_deref().cloned().unwrap_or_default();
        rest.add_int(self.integers);
        let mut parts = Vec::new();
        // Each step takes at least 53 of the sum's bits away, so this ends.
        loop {
            let part = rest.round()?;
            if part == 0.0 {
                return Some(parts);
            }
            rest.add_f64(-part);
            parts.push(part);
        }
    }

    /// `count · squares − sum²`, rounded once: the square of the count times the population variance.
    pub(crate) fn spread(count: u64, sum: &Self, squares: &Self) -> Option<f64> {
        let mut exact = Self::default();
        for part in squares.components()? {
            exact.add_product(count as f64, part, false).then_some(())?;
        }
        let parts = sum.components()?;
        for left in &parts {
            for right in &parts {
                exact.add_product(*left, *right, true).then_some(())?;
            }
        }
        exact.round()
    }

    /// Heap memory in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.fractions.as_ref().map_or(0, |_| size_of::<ExactSum>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(values: &[f64]) -> Option<f64> {
        let (mut sum, mut squares) = (Total::default(), Total::default());
        for value in values {
            sum.add_f64(*value);
            squares.add_product(*value, *value, false);
        }
        Total::spread(values.len() as u64, &sum, &squares)
    }

    #[test]
    fn spread_has_no_cancellation() {
        // 2·Σx² − (Σx)² = (a − b)² for two values.
        assert_eq!(spread(&[1e15, 1e15 + 1.0]), Some(1.0));
        assert_eq!(spread(&[0.1, 0.1, 0.1]), Some(0.0));
        assert_eq!(spread(&[1.0, 2.0, 3.0, 4.0]), Some(20.0));
        assert_eq!(spread(&[1e9 + 0.5, 1e9 - 0.5]), Some(1.0));
        assert_eq!(spread(&[]), Some(0.0));
    }

    #[test]
    fn a_square_beyond_doubles_is_told() {
        assert!(!Total::default().add_product(1e200, 1e200, false));
        assert_eq!(spread(&[1e153, -1e153, 1e153]), Some(8e306));
    }

    #[test]
    fn what_is_added_can_be_taken_away() {
        let mut total = Total::default();
        for value in [0.1, 1e300, 7.0, -2.5] {
            total.add_f64(value);
        }
        for value in [1e300, 0.1, -2.5] {
            total.add_f64(-value);
        }
        assert_eq!(total.round(), Some(7.0));
    }
}
