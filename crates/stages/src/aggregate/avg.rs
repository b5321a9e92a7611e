//! `avg`, `mean`: the mean of the values of numeric form. The sum is exact; it is rounded once, and the quotient once more.

use super::float_value;
use super::moments::Moments;
use crate::table::Value;

/// The mean of one group that has numbers.
pub(super) fn value(moments: &Moments) -> Value {
    moments.sum.round().map_or(Value::Null, |sum| float_value(sum / moments.numbers as f64))
}
