//! `sparkline(agg [, span])`: another aggregate per bucket of time, as a list of texts behind the marker `##__SPARKLINE__##`
//! (§5.10.8).
//!
//! All groups have the same buckets, from the first with a value to the last; a bucket without rows is 0. Without a span it is the
//! smallest step of the ladder of §5.4.6 that gives at most [`BUCKETS`]. Since that hangs on all rows, every value is kept.
//!
//! Partial state: lists with an element per value: `when` (`Int64`, microseconds), `time`, `file`, `row` (the key of its row),
//! `position` (`UInt32`), `kind` (`UInt8`) and `value` (`Utf8`), the last two null for a counted row.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, PrimitiveBuilder, StringBuilder};
use arrow_array::types::{Int64Type, UInt8Type, UInt32Type};
use arrow_array::{Array, ArrayRef};
use hashbrown::HashMap;
use jiff::tz::TimeZone;

use super::cell::Cell;
use super::{Accumulator, Input, Recipe, State, vector_bytes};
use crate::batch::RowKey;
use crate::bin::auto::time_edges;
use crate::bin::edges::Floor;
use crate::error::PipelineError;
use crate::group::Assignment;
use crate::kernels::value::Column;
use crate::partial::{Parts, check_size, elements, read_key_lists, refused, write_key_lists};
use crate::rows::array_of;
use crate::table::Value;

/// First text of the list.
const MARKER: &str = "##__SPARKLINE__##";

/// Most buckets where the rule gives no span.
const BUCKETS: u64 = 100;

/// Most texts in the result.
const LIMIT: usize = 10_000_000;

/// A value, or a row that is counted.
#[derive(Clone, Debug)]
struct Item {
    /// Its group.
    group: u32,
    /// Its time in microseconds.
    when: i64,
    /// Its row.
    key: RowKey,
    /// Its place within the row's multivalue.
    position: u32,
    /// The value; none for a row.
    cell: Option<Cell>,
}

/// State of `sparkline`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sparkline {
    /// The items of all groups, in no order.
    items: Vec<Item>,
}

impl Sparkline {
    /// The items of each group in stream order.
    fn sorted(&self, groups: usize) -> Vec<Vec<&Item>> {
        let mut lists = vec![Vec::new(); groups];
        for item in &self.items {
            if let Some(list) = lists.get_mut(item.group as usize) {
                list.push(item);
            }
        }
        lists.iter_mut().for_each(|list: &mut Vec<&Item>| list.sort_by_key(|item| (item.key, item.position)));
        lists
    }
}

impl State for Sparkline {
    fn update(&mut self, input: &Input<'_>) -> Result<(), PipelineError> {
        let key = |assignment: &Assignment| input.keys[assignment.row as usize];
        if input.column.is_none() {
            let timed = input.assigned.iter().filter_map(|a| Some((a, input.time(a.row)?)));
            self.items.extend(timed.map(|(a, when)| Item {
                group: a.group,
                when,
                key: key(a),
                position: 0,
                cell: None,
            }));
            return Ok(());
        }
        input.for_each(|assignment, position, value| {
            if let Some(when) = input.time(assignment.row) {
                let (group, key, cell) = (assignment.group, key(&assignment), Some(Cell::new(value)));
                self.items.push(Item { group, when, key, position, cell });
            }
            Ok(())
        })
    }

    fn partial(&self, groups: usize) -> Result<Vec<(&'static str, ArrayRef)>, PipelineError> {
        let stored = |item: &Item| item.cell.as_ref().map_or(0, |cell| cell.stored().len());
        check_size(self.items.len(), self.items.iter().map(stored))?;
        let lists = self.sorted(groups);
        let mut when = ListBuilder::new(PrimitiveBuilder::<Int64Type>::new());
        let mut positions = ListBuilder::new(PrimitiveBuilder::<UInt32Type>::new());
        let mut kinds = ListBuilder::new(PrimitiveBuilder::<UInt8Type>::new());
        let mut values = ListBuilder::new(StringBuilder::new());
        for list in &lists {
            when.append_value(list.iter().map(|item| Some(item.when)));
            positions.append_value(list.iter().map(|item| Some(item.position)));
            kinds.append_value(list.iter().map(|item| item.cell.as_ref().map(Cell::kind)));
            values.append_value(list.iter().map(|item| item.cell.as_ref().map(Cell::stored)));
        }
        let keys: Vec<Vec<RowKey>> = lists.iter().map(|list| list.iter().map(|item| item.key).collect()).collect();
        let mut parts = write_key_lists(keys.iter().map(Vec::as_slice)).to_vec();
        parts.push(("when", Arc::new(when.finish())));
        parts.push(("position", Arc::new(positions.finish())));
        parts.push(("kind", Arc::new(kinds.finish())));
        parts.push(("value", Arc::new(values.finish())));
        Ok(parts)
    }

    fn merge(&mut self, map: &[u32], parts: &Parts<'_>) -> Result<(), PipelineError> {
        let keys = read_key_lists(parts)?;
        let (when_lists, when) = parts.number_lists::<Int64Type>("when")?;
        let (position_lists, positions) = parts.number_lists::<UInt32Type>("position")?;
        let (kind_lists, kinds) = parts.number_lists::<UInt8Type>("kind")?;
        let (value_lists, values) = parts.text_lists("value")?;
        for ((row, group), keys) in map.iter().enumerate().zip(keys) {
            let starts = [when_lists, position_lists, kind_lists, value_lists].map(|lists| elements(lists, row));
            if starts.iter().any(|range| range.len() != keys.len()) {
                return Err(refused(format!("the lists of `{}` differ in length", parts.prefix)));
            }
            for (at, key) in keys.into_iter().enumerate() {
                let [when_at, position_at, kind_at, value_at] = starts.each_ref().map(|range| range.start + at);
                let cell = (kinds.is_valid(kind_at) && values.is_valid(value_at)).then(|| {
                    let cell = Cell::read(kinds.value(kind_at), values.value(value_at));
                    cell.ok_or_else(|| refused(format!("`{}` holds a malformed value", parts.prefix)))
                });
                let (when, position) = (when.value(when_at), positions.value(position_at));
                self.items.push(Item { group: *group, when, key, position, cell: cell.transpose()? });
            }
        }
        Ok(())
    }

    fn absorb(&mut self, map: &[u32], other: Self) -> Result<(), PipelineError> {
        let moved =
            other.items.into_iter().filter_map(|item| Some(Item { group: *map.get(item.group as usize)?, ..item }));
        self.items.extend(moved);
        Ok(())
    }

    fn memory_usage(&self) -> usize {
        let texts = self.items.iter().filter_map(|item| item.cell.as_ref());
        vector_bytes(&self.items) + texts.map(Cell::memory_usage).sum::<usize>()
    }
}

/// The lists.
pub(super) fn finish(state: &mut Sparkline, recipe: &Recipe, groups: usize) -> Result<Vec<Value>, PipelineError> {
    let ends = state.items.iter().map(|item| item.when);
    let Some((low, high)) = ends.clone().min().zip(ends.max()) else { return Ok(vec![Value::Null; groups]) };
    let edges = match &recipe.sparkline {
        Some(Some(edges)) => edges.clone(),
        _ => time_edges(low, high, BUCKETS, None, &TimeZone::UTC)?,
    };
    let count = edges.count(low, high).and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
    if count.saturating_mul(groups.max(1)) > LIMIT {
        let message = format!("a sparkline of {count} buckets for each of {groups} groups, more than {LIMIT} in all");
        return Err(PipelineError::new("E-STAGE-LIMIT", message));
    }
    let mut floor = Floor::new(&edges);
    let bucket = |item: &Item| floor.micros(item.when).unwrap_or(item.when);
    let (values, subgroups) = bucket_values(&state.sorted(groups), recipe, bucket)?;
    let mut starts = vec![Floor::new(&edges).micros(low).unwrap_or(low)];
    while starts.len() < count {
        let Some(next) = starts.last().and_then(|start| edges.next(*start)) else { break };
        starts.push(next);
    }
    let text = |group: u32, start: &i64| {
        let value = subgroups.get(&(group, *start)).and_then(|at| values.get(*at as usize));
        let text = value.map(|value| value.texts().join(" ")).filter(|text| !text.is_empty());
        text.unwrap_or_else(|| "0".to_owned())
    };
    let list = |group: u32| {
        let texts = std::iter::once(MARKER.to_owned()).chain(starts.iter().map(|start| text(group, start)));
        Value::List(texts.collect())
    };
    let mut present = vec![false; groups];
    subgroups.keys().for_each(|(group, _)| present[*group as usize] = true);
    Ok((0_u32..).zip(present).map(|(group, present)| if present { list(group) } else { Value::Null }).collect())
}

/// A value for each group and bucket that has items: the values, and which of them it is.
#[expect(clippy::type_complexity, reason = "used once")]
fn bucket_values(
    lists: &[Vec<&Item>],
    recipe: &Recipe,
    mut bucket: impl FnMut(&Item) -> i64,
) -> Result<(Vec<Value>, HashMap<(u32, i64), u32>), PipelineError> {
    let items: Vec<&Item> = lists.iter().flatten().copied().collect();
    let mut subgroups: HashMap<(u32, i64), u32> = HashMap::new();
    let mut assigned = Vec::with_capacity(items.len());
    for (row, item) in (0_u32..).zip(&items) {
        let next = u32::try_from(subgroups.len()).unwrap_or(u32::MAX);
        let group = *subgroups.entry((item.group, bucket(item))).or_insert(next);
        assigned.push(Assignment { row, group });
    }
    let cells: Vec<Value> = items.iter().map(|item| item.cell.clone().map_or(Value::Null, Cell::into_value)).collect();
    let counted = items.iter().any(|item| item.cell.is_none());
    let column = if counted { None } else { Some(array_of(&cells.iter().collect::<Vec<_>>())?) };
    let when: Vec<Value> = items.iter().map(|item| Value::Time(item.when)).collect();
    let times = array_of(&when.iter().collect::<Vec<_>>())?;
    // Items are in stream order within their group, so their number is a key.
    let keys: Vec<RowKey> = (0_u64..).take(items.len()).map(|row| RowKey { time: None, file: 0, row }).collect();
    let mut inner = Accumulator::new(&Recipe { sparkline: None, ..recipe.clone() });
    let (column, times) = (column.as_ref().map(|array| Column::new(array)), Column::new(&times));
    let groups = subgroups.len();
    inner.update(&Input { assigned: &assigned, column, times, keys: &keys, groups })?;
    Ok((inner.finish(groups)?, subgroups))
}
