//! `sum`: the sum of the values of numeric form; none at all gives ∅. A sum of integers alone is an integer if it fits.

use super::float_value;
use super::moments::Moments;
use crate::table::Value;

/// The sum of one group that has numbers.
pub(super) fn value(moments: &Moments) -> Value {
    if moments.floats == 0 {
        // From 10^15 on a result prints as the double that it is (§4.4), so it is one.
        match i64::try_from(moments.sum.integers) {
            Ok(value) if value.unsigned_abs() < 1_000_000_000_000_000 => return Value::Int(value),
            _ => {}
        }
    }
    moments.sum.round().map_or(Value::Null, float_value)
}
