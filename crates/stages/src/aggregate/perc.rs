//! `perc`, `median`, `upperperc`: a percentile by linear interpolation; `exactperc`: by nearest rank (§5.10.8).

use retrohunt_spl::plan::{AggregateFunc, Percent};

use super::numbers::Numbers;
use super::{Recipe, float_value};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::table::Value;

/// A percentage as a double.
fn percentage(percent: Percent) -> f64 {
    f64::from(percent.0) / 10_000.0
}

/// The percentile of `count` numbers of which `at` gives the i-th in ascending order; ∅ if there are none.
pub(crate) fn value(func: AggregateFunc, count: usize, at: impl Fn(usize) -> f64) -> Value {
    let Some(last) = count.checked_sub(1) else { return Value::Null };
    let index = |place: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floored, not negative, saturates")]
        let index = place as usize;
        index.min(last)
    };
    match func {
        AggregateFunc::ExactPerc(percent) => {
            float_value(at(index((percentage(percent) * count as f64 / 100.0).floor())))
        }
        AggregateFunc::Perc(percent) => {
            let place = percentage(percent) * last as f64 / 100.0;
            let below = index(place.floor());
            let (low, high) = (at(below), at((below + 1).min(last)));
            let part = place - below as f64;
            if low == high || part <= 0.0 || fault("stages-percentile-without-interpolation") {
                return float_value(low);
            }
            // The difference of two doubles may be out of range where the result is not.
            let step = high - low;
            float_value(if step.is_finite() { low + step * part } else { low * (1.0 - part) + high * part })
        }
        _ => Value::Null,
    }
}

/// The percentile of each group.
pub(super) fn finish(state: &mut Numbers, recipe: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    let lists = state.sorted(groups);
    let dropped = recipe.allnum.dropped(&lists.iter().map(|(_, others)| *others).collect::<Vec<_>>());
    let value = |((list, _), dropped): (&(Vec<f64>, bool), bool)| {
        if dropped { Value::Null } else { value(recipe.func, list.len(), |at| list.get(at).copied().unwrap_or(0.0)) }
    };
    Ok(lists.iter().zip(dropped).map(value).collect())
}
