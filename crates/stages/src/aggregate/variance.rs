//! `var`, `varp`, `stdev`, `stdevp`: variance and standard deviation, of a sample or of the whole (§5.10.8). A sample of one has 0.
//!
//! The numerator `n·Σx² − (Σx)²` comes out of exact sums and is rounded once, so equal values give exactly 0 and large offsets
//! cost no digits.

use super::float_value;
use super::moments::Moments;
use crate::kernels::total::Total;
use crate::table::Value;

/// The variance of one group that has numbers; `None` beyond the range of doubles.
fn variance(moments: &Moments, sample: bool) -> Option<f64> {
    if moments.overflows > 0 {
        return None;
    }
    let count = moments.numbers as f64;
    if moments.numbers < 2 {
        return Some(0.0);
    }
    let spread = Total::spread(moments.numbers, &moments.sum, &moments.squares)?;
    Some(spread / (count * if sample { count - 1.0 } else { count }))
}

/// The variance of one group, or its root.
pub(super) fn value(moments: &Moments, sample: bool, root: bool) -> Value {
    variance(moments, sample).map_or(Value::Null, |value| float_value(if root { value.sqrt() } else { value }))
}
