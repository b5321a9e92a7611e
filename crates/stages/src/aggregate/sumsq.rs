//! `sumsq`: the sum of the squares of the values of numeric form, rounded once.

use super::float_value;
use super::moments::Moments;
use crate::table::Value;

/// The sum of squares of one group that has numbers; ∅ beyond the range of doubles.
pub(super) fn value(moments: &Moments) -> Value {
    if moments.overflows > 0 {
        return Value::Null;
    }
    moments.squares.round().map_or(Value::Null, float_value)
}
