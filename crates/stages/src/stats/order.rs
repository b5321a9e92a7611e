//! Groups to rows of a result, in natural order of their keys (§5.10.7).

use std::cmp::Ordering;
use std::sync::Arc;

use super::names::Candidate;
use crate::batch::{RowKey, TIME};
use crate::group::GroupTable;
use crate::kernels::decimal;
use crate::kernels::number::Number;
use crate::table::{Table, TableColumn, TableRow, Value};

/// A group and its key, made ready to compare.
struct Keyed<'a> {
    /// The group.
    group: u32,
    /// Text of each by-field, and its number if it has one.
    key: Vec<(&'a str, Option<Number>)>,
}

/// The result: by-fields, then the columns; one row per group, ascending by the by-fields in their order.
pub(super) fn table(
    by: &[Arc<str>],
    groups: &GroupTable,
    columns: Vec<Candidate>,
    mut evidence: Vec<Vec<RowKey>>,
) -> Table {
    let keyed = |group| {
        let key = groups.key(group).into_iter().map(|text| (text, Number::parse(text))).collect();
        Keyed { group, key }
    };
    let mut order: Vec<Keyed<'_>> = (0_u32..).take(groups.len()).map(keyed).collect();
    order.sort_by(|a, b| compare(&a.key, &b.key));
    let names = by.iter().map(|name| (name, true)).chain(columns.iter().map(|column| (&column.name, column.named)));
    let heads = names.map(|(name, named)| TableColumn { name: name.clone(), named }).collect();
    let mut columns: Vec<(Arc<str>, Vec<Value>)> =
        columns.into_iter().map(|column| (column.name, column.values)).collect();
    let rows = order.iter().map(|keyed| {
        let at = keyed.group as usize;
        let key = by.iter().zip(&keyed.key).map(|(name, (text, _))| by_value(name, text));
        let take = |(name, values): &mut (Arc<str>, Vec<Value>)| {
            values.get_mut(at).map_or(Value::Null, |value| std::mem::replace(value, Value::Null).under(name))
        };
        let values = key.chain(columns.iter_mut().map(take)).collect();
        TableRow { values, evidence: evidence.get_mut(at).map(std::mem::take).unwrap_or_default() }
    });
    Table { columns: heads, rows: rows.collect() }
}

/// The order of two keys: by-field by by-field; numbers as numbers and before other texts, then by code point.
pub(crate) fn compare(left: &[(&str, Option<Number>)], right: &[(&str, Option<Number>)]) -> Ordering {
    let fields = left.iter().zip(right).map(|((left_text, left), (right_text, right))| {
        let natural = match (left, right) {
            (Some(left), Some(right)) => left.compare(*right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        natural.then_with(|| left_text.cmp(right_text))
    });
    fields.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The value of a by-field: its text; under `_time`, the time that it is the text of.
pub(crate) fn by_value(name: &str, text: &str) -> Value {
    if name == TIME
        && let Some(micros) = decimal::micros(text)
    {
        return Value::Time(micros);
    }
    Value::Text(text.to_owned())
}
