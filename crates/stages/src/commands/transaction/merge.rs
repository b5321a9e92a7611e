//! The row of a transaction (§5.19.4).

use std::collections::BTreeSet;

use retrohunt_spl::plan::{MvList, TransactionCommand};

use super::Group;
use crate::batch::{RAW, TIME};
use crate::commands::merged_evidence;
use crate::table::{Table, TableRow, Value};

/// What is needed to put rows into one.
pub(super) struct Merged<'a> {
    /// The options.
    pub(super) command: &'a TransactionCommand,
    /// How many rows of the input a row remembers.
    pub(super) evidence: usize,
    /// Times of the rows in microseconds.
    pub(super) times: &'a [Option<i64>],
}

/// The fields that a transaction has beside those of its rows.
const MADE: [&str; 3] = ["duration", "eventcount", "closed_txn"];

/// The field that marks a row outside any transaction.
const ORPHAN: &str = "_txn_orphan";

impl Merged<'_> {
    /// Do all values of this field stay, in order?
    fn keeps_all(&self, field: &str) -> bool {
        match &self.command.mv_list {
            MvList::None => false,
            MvList::All => true,
            MvList::Fields(fields) => fields.iter().any(|name| name == field),
        }
    }

    /// The values of a field of rows, oldest first.
    fn field(&self, name: &str, values: &[&Value]) -> Value {
        if name == RAW {
            let texts: Vec<String> = values.iter().flat_map(|value| value.texts()).map(Into::into).collect();
            return match (texts.is_empty(), self.command.mv_raw) {
                (true, _) => Value::Null,
                (false, true) => Value::from_texts(texts),
                (false, false) => Value::Text(texts.join("\n")),
            };
        }
        if self.keeps_all(name) {
            if values.iter().all(|value| value.is_null()) {
                return Value::Null;
            }
            let texts = |value: &&Value| match value {
                Value::Null => vec![self.command.null_text.clone()],
                value => value.texts().into_iter().map(Into::into).collect(),
            };
            return Value::from_texts(values.iter().flat_map(texts).collect());
        }
        let distinct: BTreeSet<String> = values.iter().flat_map(|value| value.texts()).map(Into::into).collect();
        Value::from_texts(distinct.into_iter().collect())
    }

    /// The result: newest first, by the time of the earliest row of each.
    pub(super) fn table(&self, source: &Table, groups: &[Group]) -> Table {
        let earliest = |group: &Group| group.rows.iter().filter_map(|row| self.times[*row]).min();
        let mut order: Vec<(&Group, Option<i64>)> = groups.iter().map(|group| (group, earliest(group))).collect();
        order.sort_by(|(left, left_time), (right, right_time)| {
            right_time.cmp(left_time).then_with(|| left.rows.cmp(&right.rows))
        });
        let mut result = Table { columns: source.columns.clone(), rows: Vec::new() };
        let made = MADE.map(|name| result.ensure_column(name));
        let orphan = self.command.keep_orphans.then(|| result.ensure_column(ORPHAN));
        for (group, time) in order {
            let mut values = vec![Value::Null; result.columns.len()];
            // An orphan stays as it is.
            let plain = if let ([row], None) = (group.rows.as_slice(), group.closed) { Some(*row) } else { None };
            for (at, column) in source.columns.iter().enumerate() {
                let cell = |row: usize| source.rows[row].values.get(at).unwrap_or(&Value::Null);
                values[at] = match plain {
                    Some(row) => cell(row).clone(),
                    None if &*column.name == TIME => time.map_or(Value::Null, Value::Time),
                    None => {
                        self.field(&column.name, &group.rows.iter().rev().map(|row| cell(*row)).collect::<Vec<_>>())
                    }
                };
            }
            if let Some(closed) = group.closed {
                let newest = group.rows.iter().filter_map(|row| self.times[*row]).max();
                let duration = newest.zip(time).map(|(newest, oldest)| newest.saturating_sub(oldest));
                values[made[0]] = duration.map_or(Value::Null, |micros| Value::Time(micros).under(MADE[0]));
                values[made[1]] = i64::try_from(group.rows.len()).map_or(Value::Null, Value::Int);
                values[made[2]] = Value::Int(i64::from(closed));
            } else if let Some(at) = orphan {
                values[at] = Value::Int(1);
            }
            let evidence = merged_evidence(group.rows.iter().map(|row| &source.rows[*row]), self.evidence);
            result.rows.push(TableRow { values, evidence });
        }
        result
    }
}
