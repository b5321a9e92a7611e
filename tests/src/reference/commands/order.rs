//! Commands about the order and number of rows (§5.16-5.18).

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use retrohunt_spl::plan::{DedupCommand, HeadCommand, SortCommand, SortKey, SortKind};

use super::super::expression::{Datum, World, value};
use super::super::row::{Row, RowSet};
use super::super::value::{Number, Scalar};

/// `sort` (§5.17): stable; only a written limit cuts.
pub(super) fn sort(mut rows: RowSet, command: &SortCommand) -> RowSet {
    rows.rows.sort_by(|left, right| by_keys(&command.keys, left, right));
    if let Some(limit) = command.limit {
        rows.rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    rows
}

/// The order of two rows.
fn by_keys(keys: &[SortKey], left: &Row, right: &Row) -> Ordering {
    let one = |key: &SortKey| match (left.get(&key.field).first(), right.get(&key.field).first()) {
        (None, None) => Ordering::Equal,
        // ∅ is last in both directions.
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => by_kind(key, &left.text(), &right.text()),
    };
    keys.iter().map(one).fold(Ordering::Equal, Ordering::then)
}

/// The order of two texts under a key (§5.17.3).
fn by_kind(key: &SortKey, left: &str, right: &str) -> Ordering {
    let number = |text: &str| Number::of_text(text);
    let address = |text: &str| text.parse::<Ipv4Addr>().ok();
    let turn = |order: Ordering| if key.descending { order.reverse() } else { order };
    match key.kind {
        SortKind::Text => turn(left.cmp(right)),
        SortKind::Number => match (number(left), number(right)) {
            (Some(a), Some(b)) => turn(a.order(b)),
            // What is no number goes last.
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        },
        SortKind::Ip => match (address(left), address(right)) {
            (Some(a), Some(b)) => turn(a.cmp(&b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        },
        SortKind::Auto => {
            let class = |text: &str| match (number(text), address(text)) {
                (Some(_), _) => 0,
                (None, Some(_)) => 1,
                (None, None) => 2,
            };
            turn(class(left).cmp(&class(right)).then_with(|| match (number(left), number(right)) {
                (Some(a), Some(b)) => a.order(b).then_with(|| left.cmp(right)),
                _ => match (address(left), address(right)) {
                    (Some(a), Some(b)) => a.cmp(&b),
                    _ => left.cmp(right),
                },
            }))
        }
    }
}

/// `reverse` (§5.17.4).
pub(super) fn reverse(mut rows: RowSet) -> RowSet {
    rows.rows.reverse();
    rows
}

/// `head` (§5.18).
pub(super) fn head(mut rows: RowSet, command: &HeadCommand, world: &World<'_>) -> RowSet {
    let limit = command.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let mut kept = Vec::new();
    for row in rows.rows.drain(..) {
        if kept.len() == limit {
            break;
        }
        if let Some(condition) = &command.condition {
            let goes_on = match world.watched(|| value(condition, &row, world)).unwrap_or(Datum::Bool(false)) {
                Datum::Bool(truth) => truth,
                Datum::Null => command.null,
                _ => false,
            };
            if !goes_on {
                if command.keep_last {
                    kept.push(row);
                }
                break;
            }
        }
        kept.push(row);
    }
    rows.rows = kept;
    rows
}

/// `tail` (§5.18): the last rows, in reverse order.
pub(super) fn tail(mut rows: RowSet, count: u64) -> RowSet {
    rows.rows.reverse();
    rows.rows.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    rows
}

/// `dedup` (§5.16).
pub(super) fn dedup(mut rows: RowSet, command: &DedupCommand) -> RowSet {
    rows.rows.sort_by(|left, right| by_keys(&command.sort_by, left, right));
    let mut seen: BTreeMap<Vec<Vec<String>>, u64> = BTreeMap::new();
    let mut previous: Option<(Vec<Vec<String>>, u64)> = None;
    let mut kept = Vec::new();
    for mut row in rows.rows.drain(..) {
        let key: Vec<Vec<String>> =
            command.fields.iter().map(|field| row.get(field).iter().map(Scalar::text).collect()).collect();
        if key.iter().any(Vec::is_empty) {
            if command.keep_empty {
                kept.push(row);
            }
            continue;
        }
        let count = if command.consecutive {
            let count = previous.as_ref().filter(|(known, _)| *known == key).map_or(0, |(_, count)| *count) + 1;
            previous = Some((key, count));
            count
        } else {
            let count = seen.entry(key).or_insert(0);
            *count += 1;
            *count
        };
        if count <= command.count {
            kept.push(row);
        } else if command.keep_events {
            command.fields.iter().for_each(|field| row.set(field, Vec::new()));
            kept.push(row);
        }
    }
    rows.rows = kept;
    rows
}
