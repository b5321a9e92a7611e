//! `earliest`, `latest`: the value at the least and greatest `_time`; `earliest_time`, `latest_time`: those times; `rate`: the change
//! per second between the two (§5.10.8).
//!
//! The time is the row's current `_time`; a row without one is left out. Of several values at one time `earliest` takes the last in
//! the stream and `latest` the first. A rate between values of which one is no number, or without any time between, is ∅.
//!
//! Partial state: the columns `time`, `file`, `row`, `position`, `kind`, `value` of [`super::edge`] and `when` (`Int64`,
//! microseconds), each with `earliest.` or `latest.` in front.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::types::{Int64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, Int64Array, UInt32Array};
use retrohunt_spl::plan::AggregateFunc;

use super::cell::Cell;
use super::extreme::{read_cells, write_cells};
use super::{Input, Recipe, State, float_value, grow, reach, vector_bytes};
use crate::batch::RowKey;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::kernels::value::ValueRef;
use crate::partial::{Parts, read_keys, write_keys};
use crate::table::Value;

/// A kept value, its time and its place in the stream.
#[derive(Clone, Debug)]
struct Kept {
    /// Its time in microseconds.
    when: i64,
    /// Its row.
    key: RowKey,
    /// Its place within the row's multivalue.
    position: u32,
    /// The value.
    cell: Cell,
}

/// The value at the least and at the greatest time.
#[derive(Clone, Debug, Default)]
struct Ends {
    /// At the least time.
    earliest: Option<Kept>,
    /// At the greatest time.
    latest: Option<Kept>,
}

/// State of these aggregates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timed {
    /// By group.
    ends: Vec<Ends>,
}

/// Does a value at this time and place come before the other for `earliest`, or for `latest`? The one at the later place wins a tie
/// for `earliest`, the one at the earlier place for `latest`.
pub(crate) fn wins<P: Ord + Copy>(value: (i64, P), other: (i64, P), latest: bool) -> bool {
    let order = if fault("stages-earliest-by-place") { Ordering::Equal } else { value.0.cmp(&other.0) };
    let order = if latest { order } else { order.reverse() };
    let places = other.1.cmp(&value.1);
    order.then(if latest { places } else { places.reverse() }) == Ordering::Greater
}

/// Keeps a value if it comes before the one that is kept.
fn offer(slot: &mut Option<Kept>, when: i64, (key, position): (RowKey, u32), value: ValueRef<'_>, latest: bool) {
    match slot {
        Some(kept) => {
            if wins((when, (key, position)), (kept.when, (kept.key, kept.position)), latest) {
                (kept.when, kept.key, kept.position) = (when, key, position);
                kept.cell.set(value);
            }
        }
        empty => *empty = Some(Kept { when, key, position, cell: Cell::new(value) }),
    }
}

impl Ends {
    /// One of the two ends.
    fn end(&self, latest: bool) -> Option<&Kept> {
        if latest { self.latest.as_ref() } else { self.earliest.as_ref() }
    }

    /// One of the two ends.
    fn end_mut(&mut self, latest: bool) -> &mut Option<Kept> {
        if latest { &mut self.latest } else { &mut self.earliest }
    }
}

/// The names of the columns of an end.
const NAMES: [[&str; 7]; 2] = [
    [
        "earliest.when",
        "earliest.time",
        "earliest.file",
        "earliest.row",
        "earliest.position",
        "earliest.kind",
        "earliest.value",
    ],
    ["latest.when", "latest.time", "latest.file", "latest.row", "latest.position", "latest.kind", "latest.value"],
];

impl State for Timed {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        grow(&mut self.ends, input.groups);
        input.for_each(|assignment, position, value| {
            if let Some(when) = input.time(assignment.row) {
                let place = (input.keys[assignment.row as usize], position);
                let ends = &mut self.ends[assignment.group as usize];
                offer(&mut ends.earliest, when, place, value, false);
                offer(&mut ends.latest, when, place, value, true);
            }
            Ok(())
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        let mut parts = Vec::new();
        for (latest, names) in [false, true].into_iter().zip(NAMES) {
            let kept = (0..groups).map(|group| self.ends.get(group).and_then(|ends| ends.end(latest)));
            let nowhere = RowKey { time: None, file: 0, row: 0 };
            let keys: Vec<RowKey> = kept.clone().map(|kept| kept.map_or(nowhere, |kept| kept.key)).collect();
            let when: Int64Array = kept.clone().map(|kept| kept.map(|kept| kept.when)).collect();
            let positions: UInt32Array = kept.clone().map(|kept| Some(kept.map_or(0, |kept| kept.position))).collect();
            let mut arrays: Vec<ArrayRef> = vec![Arc::new(when)];
            arrays.extend(write_keys(&keys).map(|(_, array)| array));
            arrays.push(Arc::new(positions));
            arrays
                .extend(write_cells(kept.map(|kept| kept.map(|kept| &kept.cell)))?.into_iter().map(|(_, array)| array));
            parts.extend(names.into_iter().zip(arrays));
        }
        Ok(parts)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        grow(&mut self.ends, reach(map));
        for (latest, name) in [(false, "earliest."), (true, "latest.")] {
            let parts = Parts { batch: parts.batch, prefix: format!("{}{name}", parts.prefix) };
            let (when, keys) = (parts.numbers::<Int64Type>("when")?, read_keys(&parts)?);
            let positions = parts.numbers::<UInt32Type>("position")?;
            for (row, (group, cell)) in map.iter().zip(read_cells(&parts)?).enumerate() {
                if let Some(cell) = cell.filter(|_| when.is_valid(row) && positions.is_valid(row)) {
                    let slot = self.ends[*group as usize].end_mut(latest);
                    offer(slot, when.value(row), (keys[row], positions.value(row)), cell.value(), latest);
                }
            }
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        grow(&mut self.ends, reach(map));
        for (group, other) in map.iter().zip(other.ends) {
            let ends = &mut self.ends[*group as usize];
            for latest in [false, true] {
                if let Some(kept) = other.end(latest) {
                    offer(ends.end_mut(latest), kept.when, (kept.key, kept.position), kept.cell.value(), latest);
                }
            }
        }
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        let kept = self.ends.iter().flat_map(|ends| [&ends.earliest, &ends.latest]);
        vector_bytes(&self.ends) + kept.flatten().map(|kept| kept.cell.memory_usage()).sum::<usize>()
    }
}

/// A value and its time in microseconds.
type At<'a> = (i64, &'a Cell);

/// What a function makes of the values at the two ends; ∅ where there are none.
pub(crate) fn value(func: AggregateFunc, ends: Option<(At<'_>, At<'_>)>) -> Value {
    let Some((earliest, latest)) = ends else { return Value::Null };
    match func {
        AggregateFunc::Earliest => earliest.1.clone().into_value(),
        AggregateFunc::Latest => latest.1.clone().into_value(),
        AggregateFunc::EarliestTime => Value::Time(earliest.0),
        AggregateFunc::LatestTime => Value::Time(latest.0),
        _ => {
            let numbers = earliest.1.value().number().zip(latest.1.value().number());
            let micros = i128::from(latest.0) - i128::from(earliest.0);
            let rate = |(low, high): (crate::kernels::number::Number, crate::kernels::number::Number)| {
                float_value((high.to_f64() - low.to_f64()) / (micros as f64 / 1e6))
            };
            if micros == 0 { Value::Null } else { numbers.map_or(Value::Null, rate) }
        }
    }
}

/// The results.
pub(super) fn finish(state: &mut Timed, recipe: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    grow(&mut state.ends, groups);
    let of = |kept: &Option<Kept>| kept.as_ref().map(|kept| (kept.when, kept.cell.clone()));
    let value = |ends: &Ends| {
        let ends = of(&ends.earliest).zip(of(&ends.latest));
        value(recipe.func, ends.as_ref().map(|(earliest, latest)| ((earliest.0, &earliest.1), (latest.0, &latest.1))))
    };
    Ok(state.ends.iter().map(value).collect())
}
