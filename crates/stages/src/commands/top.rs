//! `top` and `rare` (§5.22): the most and least frequent combinations of fields.

use std::cmp::Ordering;
use std::sync::Arc;

use retrohunt_spl::plan::TopCommand;

use super::merged_evidence;
use crate::aggregate::count_value;
use crate::error::PipelineError;
use crate::group::GroupTable;
use crate::kernels::number::Number;
use crate::kernels::value::Column;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::rows::numbered_batch;
use crate::stats::order::{by_value, compare};
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// A `top` or `rare` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Top {
    /// The command.
    command: TopCommand,
    /// How many combinations of multivalue fields a row may have.
    split_limit: usize,
    /// How many rows of the input a row remembers.
    evidence: usize,
}

/// A combination and its rows.
struct Entry<'a> {
    /// By-fields and fields, with their numbers.
    key: Vec<(&'a str, Option<Number>)>,
    /// Rows, as often as they have the combination.
    rows: Vec<usize>,
}

impl Top {
    /// Makes a `top` or `rare` ready.
    pub(crate) fn new(command: &TopCommand, settings: &Settings) -> Self {
        Self { command: command.clone(), split_limit: settings.split_limit, evidence: settings.evidence }
    }

    /// One row of the result.
    fn row(&self, key: &[&str], count: usize, total: usize, members: &[usize], table: &Table) -> TableRow {
        let names = self.command.by.iter().chain(&self.command.fields);
        let mut values: Vec<Value> = names.zip(key).map(|(name, text)| by_value(name, text)).collect();
        if self.command.count_field.is_some() {
            values.push(count_value(count as u64));
        }
        if self.command.percent_field.is_some() {
            values.push(Value::Text(format!("{:.6}", count as f64 / total.max(1) as f64 * 100.0)));
        }
        TableRow { values, evidence: merged_evidence(members.iter().map(|at| &table.rows[*at]), self.evidence) }
    }

    /// Appends the rows of one group, its entries in the order of their keys.
    fn group(&self, mut entries: Vec<Entry<'_>>, table: &Table, out: &mut Vec<TableRow>) {
        let by = self.command.by.len();
        let mut distinct: Vec<usize> = entries.iter().flat_map(|entry| entry.rows.iter().copied()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let total = distinct.len();
        // Stable, so ties stay ascending by value.
        entries.sort_by(|left, right| {
            let order = left.rows.len().cmp(&right.rows.len());
            if self.command.rare { order } else { order.reverse() }
        });
        let limit = match usize::try_from(self.command.limit) {
            Ok(0) | Err(_) => usize::MAX,
            Ok(limit) => limit,
        };
        let rest = entries.split_off(limit.min(entries.len()));
        let texts = |entry: &Entry<'_>| entry.key.iter().map(|(text, _)| (*text).to_owned()).collect::<Vec<String>>();
        for entry in &entries {
            let key = texts(entry);
            let key: Vec<&str> = key.iter().map(String::as_str).collect();
            out.push(self.row(&key, entry.rows.len(), total, &entry.rows, table));
        }
        if let (Some(other), Some(first)) = (&self.command.other, rest.first()) {
            let group = texts(first);
            let fields = std::iter::repeat_n(other.as_str(), self.command.fields.len());
            let key: Vec<&str> = group.iter().take(by).map(String::as_str).chain(fields).collect();
            let members: Vec<usize> = rest.iter().flat_map(|entry| entry.rows.iter().copied()).collect();
            out.push(self.row(&key, members.len(), total, &members, table));
        }
    }
}

impl TableStage for Top {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let batch = numbered_batch(&table)?;
        let view = |name: &String| batch.column(name).map_or(Column::Missing, |array| Column::new(array));
        let columns: Vec<Column<'_>> = self.command.by.iter().chain(&self.command.fields).map(view).collect();
        let mut groups = GroupTable::new(columns.len(), false, self.split_limit);
        let mut assigned = Vec::new();
        groups.assign(&columns, batch.rows(), &mut assigned)?;
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
        for assignment in &assigned {
            members[assignment.group as usize].push(assignment.row as usize);
        }
        let key = |group| groups.key(group).into_iter().map(|text| (text, Number::parse(text))).collect();
        let mut entries: Vec<Entry<'_>> =
            (0_u32..).zip(members).map(|(group, rows)| Entry { key: key(group), rows }).collect();
        entries.sort_by(|left, right| compare(&left.key, &right.key));
        let by = self.command.by.len();
        let mut rows = Vec::new();
        let mut group: Vec<Entry<'_>> = Vec::new();
        for entry in entries {
            let same = |first: &Entry<'_>| compare(&entry.key[..by], &first.key[..by]) == Ordering::Equal;
            if !group.first().is_none_or(same) {
                self.group(std::mem::take(&mut group), &table, &mut rows);
            }
            group.push(entry);
        }
        self.group(group, &table, &mut rows);
        let numbers = self.command.count_field.iter().chain(&self.command.percent_field);
        let names = self.command.by.iter().chain(&self.command.fields).chain(numbers);
        let columns = names.map(|name| TableColumn { name: Arc::from(name.as_str()), named: true }).collect();
        Ok(Table { columns, rows })
    }

    fn needs(&self, _after: Needs) -> Needs {
        let named = self.command.by.iter().chain(&self.command.fields);
        named.fold(Needs::Fields(Vec::new()), |needs, field| needs.and_field(field))
    }
}
