//! `streamstats` (§5.12): aggregates over a window up to each row.
//!
//! Rows enter and leave the windows of their groups one by one ([`sliding`]), so a row costs about the same for any window. A reset
//! forgets all windows. Where a row must be seen with its new values to know whether a reset follows it (`reset_after`), rows run in
//! growing blocks as if none did; what was computed behind the first that does is thrown away, since it starts from nothing anyway.

mod sliding;
mod sorted;

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_buffer::BooleanBuffer;
use hashbrown::HashMap;
use retrohunt_spl::plan::{Expr, StreamstatsCommand};

use self::sliding::{Entry, Sliding};
use super::eventstats::groups_of_rows;
use crate::aggregate::{AllNum, time_of};
use crate::batch::{Batch, TIME};
use crate::error::PipelineError;
use crate::expr::Evaluator;
use crate::faults::fault;
use crate::group::GroupTable;
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::rows::numbered_batch;
use crate::stats::by_fields;
use crate::stats::computed::needs_of;
use crate::stats::names::settle;
use crate::stats::slots::{SlotColumn, Slots};
use crate::table::{Table, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// Rows that Splunk's window has at most (§7).
const SPLUNK_WINDOW: u64 = 10_000;

/// Most values in all lists together, and most rows looked at again for multivalue by-fields.
const WORK_LIMIT: usize = 50_000_000;

/// Most rows of a block.
const BLOCK: usize = 8192;

/// A `streamstats` made ready.
#[derive(Debug)]
pub(crate) struct Streamstats {
    /// By-fields.
    by: Vec<Arc<str>>,
    /// The aggregates.
    slots: Slots,
    /// The options.
    command: StreamstatsCommand,
    /// Clear before a row for which this is true.
    reset_before: Option<Evaluator>,
    /// Clear after a row for which this is true.
    reset_after: Option<Evaluator>,
    /// How many combinations of multivalue by-fields a row may have.
    split_limit: usize,
}

impl Streamstats {
    /// Makes a `streamstats` ready.
    ///
    /// # Errors
    ///
    /// Those of [`by_fields`], [`Slots::new`] and [`Evaluator::new`]; `E-STAGE-SPARKLINE`.
    pub(crate) fn new(command: &StreamstatsCommand, settings: &Settings) -> Result<Self, PipelineError> {
        if command.stats.aggregates.iter().any(|aggregate| aggregate.sparkline.is_some()) {
            return Err(PipelineError::new("E-STAGE-SPARKLINE", "`streamstats` has no sparklines"));
        }
        let by = by_fields(&command.stats.by)?;
        let allnum = if command.stats.allnum { AllNum::Group } else { AllNum::Off };
        let slots = Slots::new(&command.stats.aggregates, &by, allnum, settings)?;
        let evaluator = |expr: &Option<Expr>| expr.as_ref().map(|expr| Evaluator::new(expr, settings)).transpose();
        let (reset_before, reset_after) = (evaluator(&command.reset_before)?, evaluator(&command.reset_after)?);
        let split_limit = settings.split_limit;
        Ok(Self { by, slots, command: command.clone(), reset_before, reset_after, split_limit })
    }

    /// The distinct groups of each row. A row without a by-field, or without a time where there is a window of time, has none.
    fn groups(&self, batch: &Batch, times: &[Option<i64>]) -> Result<Vec<Vec<u32>>, PipelineError> {
        let view = |name: &Arc<str>| batch.column(name).map_or(Column::Missing, |array| Column::new(array));
        let by: Vec<Column<'_>> = self.by.iter().map(view).collect();
        let mut groups = GroupTable::new(by.len(), true, self.split_limit);
        let mut assigned = Vec::new();
        groups.assign(&by, batch.rows(), &mut assigned)?;
        let mut lists = groups_of_rows(&assigned, batch.rows());
        if self.command.time_window.is_some() {
            lists.iter_mut().zip(times).filter(|(_, time)| time.is_none()).for_each(|(list, _)| list.clear());
        }
        Ok(lists)
    }

    /// The rows before which all windows are cleared (§5.12.4).
    fn resets_before(&self, batch: &Batch, groups: &[Vec<u32>], notes: &mut Notes) -> BooleanBuffer {
        let none = || BooleanBuffer::new_unset(batch.rows());
        let asked = self.reset_before.as_ref().map_or_else(none, |condition| condition.filter(batch, notes));
        if !self.command.reset_on_change || self.by.is_empty() {
            return asked;
        }
        let mut previous: Option<&Vec<u32>> = None;
        let changed = BooleanBuffer::collect_bool(batch.rows(), |row| {
            let own = &groups[row];
            if own.is_empty() {
                return false;
            }
            previous.replace(own).is_some_and(|previous| previous != own)
        });
        &asked | &changed
    }

    /// Is the window of time possible on these rows?
    fn check_order(&self, times: &[Option<i64>]) -> Result<(), PipelineError> {
        let known: Vec<i64> = times.iter().flatten().copied().collect();
        if self.command.time_window.is_none() || known.is_sorted() || known.iter().rev().is_sorted() {
            return Ok(());
        }
        let message = "`streamstats time_window` needs rows in the order of `_time`, ascending or descending";
        Err(PipelineError::new("E-STAGE-ORDER", message))
    }
}

impl TableStage for Streamstats {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        if self.command.window > SPLUNK_WINDOW {
            let message = "a window of `streamstats` has over 10000 rows; Splunk's has at most 10000";
            context.notes.warn("W-LIFTED-STREAMSTATS", message);
        }
        let batch = numbered_batch(&table)?;
        let time = batch.column(TIME).map_or(Column::Missing, |array| Column::new(array));
        let times: Vec<Option<i64>> = (0..batch.rows()).map(|row| time_of(&time, row)).collect();
        self.check_order(&times)?;
        let groups = self.groups(&batch, &times)?;
        let before = self.resets_before(&batch, &groups, context.notes);
        self.slots.warn(&batch, batch.rows() > 0, context.notes);
        let mut columns = self.slots.columns(&batch, &Layout::of_table(&table), context.notes);
        let views: Vec<Option<Column<'_>>> =
            columns.iter().map(|column| column.array.as_ref().map(|array| Column::new(array))).collect();
        let rows = Rows { command: &self.command, times: &times, groups: &groups, before: &before, views: &views };
        let funcs: Vec<Sliding> = columns
            .iter()
            .filter_map(|column| self.slots.iter().nth(column.slot))
            .map(|slot| Sliding::new(slot.recipe.func, slot.recipe.allnum != AllNum::Off))
            .collect();
        let mut windows = Windows::new(&funcs);
        let mut results: Vec<Vec<Value>> = Vec::with_capacity(batch.rows());
        let mut block = 1;
        while results.len() < batch.rows() {
            let start = results.len();
            let end = if self.reset_after.is_some() { (start + block).min(batch.rows()) } else { batch.rows() };
            for row in start..end {
                results.push(windows.step(row, &rows)?);
            }
            let Some(condition) = &self.reset_after else { break };
            let mut part = self.with_results(&table, &columns, start, &results[start..]);
            let mut found = Notes::default();
            let resets = condition.filter(&numbered_batch(&part)?, &mut found);
            match resets.set_indices().next() {
                None => block = (block * 2).min(BLOCK),
                Some(first) => {
                    results.truncate(start + first + 1);
                    windows.clear();
                    block = 1;
                    if first + 1 < part.rows.len() {
                        // What was found about rows that run again is found again.
                        part.rows.truncate(first + 1);
                        found = Notes::default();
                        condition.filter(&numbered_batch(&part)?, &mut found);
                    }
                }
            }
            context.notes.absorb(found);
        }
        self.put(&mut table, &mut columns, &groups, results);
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        let by = self.by.iter().fold(after, |needs, field| needs.and_field(field));
        let needs = if self.command.time_window.is_some() { by.and_field(TIME) } else { by };
        let resets = [&self.command.reset_before, &self.command.reset_after].into_iter().flatten();
        self.slots.needs(resets.fold(needs, |needs, expr| needs_of(expr, needs)))
    }
}

impl Streamstats {
    /// The rows from `start` on with their results. A name that two columns have is that of the later one here.
    fn with_results(&self, table: &Table, columns: &[SlotColumn], start: usize, results: &[Vec<Value>]) -> Table {
        let rows = table.rows[start..start + results.len()].iter();
        let rows = rows.map(|row| TableRow { values: row.values.clone(), evidence: Vec::new() }).collect();
        let mut part = Table { columns: table.columns.clone(), rows };
        for (at, column) in columns.iter().enumerate() {
            if self.by.contains(&column.candidate.name) {
                continue;
            }
            let place = part.ensure_column(&column.candidate.name);
            for (row, values) in part.rows.iter_mut().zip(results).filter(|(_, values)| !values.is_empty()) {
                row.values[place] = values[at].clone().under(&column.candidate.name);
            }
        }
        part
    }

    /// Puts the results into the table. A row without a group stays as it was.
    fn put(&self, table: &mut Table, columns: &mut [SlotColumn], groups: &[Vec<u32>], results: Vec<Vec<Value>>) {
        let mut candidates: Vec<_> = columns.iter().map(|column| column.candidate.clone()).collect();
        for values in results {
            for (at, candidate) in candidates.iter_mut().enumerate() {
                candidate.values.push(values.get(at).cloned().unwrap_or(Value::Null));
            }
        }
        for candidate in &mut candidates {
            if let Some(slot) = self.slots.iter().nth(candidate.slot) {
                candidate.values.iter_mut().for_each(|value| slot.present(value));
            }
        }
        for column in settle(candidates, &self.by) {
            let named = column.named || table.column(&column.name).is_some_and(|at| table.columns[at].named);
            let place = table.ensure_column(&column.name);
            table.columns[place].named = named;
            let rows = table.rows.iter_mut().zip(groups).zip(column.values);
            for ((row, _), value) in rows.filter(|((_, groups), _)| !groups.is_empty()) {
                row.values[place] = value.under(&column.name);
            }
        }
    }
}

/// What is known of the rows before they run.
struct Rows<'a> {
    /// The options.
    command: &'a StreamstatsCommand,
    /// Times in microseconds.
    times: &'a [Option<i64>],
    /// Groups of each row; none for a row that passes.
    groups: &'a [Vec<u32>],
    /// Rows before which all is cleared.
    before: &'a BooleanBuffer,
    /// The columns of the aggregates.
    views: &'a [Option<Column<'a>>],
}

impl Rows<'_> {
    /// A row for an aggregate.
    fn entry(&self, row: usize, aggregate: usize) -> Entry<'_> {
        Entry { row, time: self.times[row], column: self.views[aggregate] }
    }

    /// Is a row too far from another for a window of time? The window is half open: a row as far away as it is long is outside.
    fn too_far(&self, old: usize, row: usize) -> bool {
        let (Some(span), Some(old), Some(new)) = (self.command.time_window, self.times[old], self.times[row]) else {
            return false;
        };
        new.abs_diff(old) >= span.unsigned_abs()
    }
}

/// The window of a group.
#[derive(Clone, Debug, Default)]
struct Window {
    /// Its rows, first to last.
    rows: VecDeque<usize>,
    /// The aggregates over them.
    aggregates: Vec<Sliding>,
}

/// All windows.
struct Windows<'a> {
    /// The aggregates over no rows.
    empty: &'a [Sliding],
    /// By group.
    groups: HashMap<u32, Window>,
    /// The rows of the one window over all groups (§5.12.3).
    global: VecDeque<usize>,
    /// What was done that no input of this size should need.
    work: usize,
}

impl<'a> Windows<'a> {
    /// No rows yet.
    fn new(empty: &'a [Sliding]) -> Self {
        Self { empty, groups: HashMap::new(), global: VecDeque::new(), work: 0 }
    }

    /// Forgets all rows.
    fn clear(&mut self) {
        // A new map: clearing costs as much as the greatest number of groups there ever were.
        self.groups = HashMap::new();
        self.global.clear();
    }

    /// Takes a row in, and returns its results; none for a row that passes.
    fn step(&mut self, row: usize, rows: &Rows<'_>) -> Result<Vec<Value>, PipelineError> {
        if rows.before.value(row) {
            self.clear();
        }
        if rows.groups[row].is_empty() {
            return Ok(Vec::new());
        }
        if rows.command.current {
            self.enter(row, rows);
        }
        self.evict(row, rows);
        let values = self.values(row, rows)?;
        if !rows.command.current {
            self.enter(row, rows);
        }
        let lists = values.iter().map(|value| if let Value::List(texts) = value { texts.len() } else { 0 });
        self.spend(lists.sum())?;
        Ok(values)
    }

    /// Adds a row to the windows of its groups.
    fn enter(&mut self, row: usize, rows: &Rows<'_>) {
        for group in &rows.groups[row] {
            let fresh = || Window { rows: VecDeque::new(), aggregates: self.empty.to_vec() };
            let window = self.groups.entry(*group).or_insert_with(fresh);
            window.rows.push_back(row);
            for (at, aggregate) in window.aggregates.iter_mut().enumerate() {
                aggregate.add(rows.entry(row, at));
            }
        }
        if rows.command.global && rows.command.window > 0 {
            self.global.push_back(row);
        }
    }

    /// Takes out the rows that are not in the window of this row.
    fn evict(&mut self, row: usize, rows: &Rows<'_>) {
        let limit = usize::try_from(rows.command.window).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
        let limit = limit.saturating_add(usize::from(fault("stages-window-one-more")));
        while self.global.len() > limit {
            let Some(old) = self.global.pop_front() else { break };
            for group in &rows.groups[old] {
                if let Some(window) = self.groups.get_mut(group)
                    && window.rows.front() == Some(&old)
                {
                    window.drop_first(rows);
                }
            }
        }
        for group in &rows.groups[row] {
            let Some(window) = self.groups.get_mut(group) else { continue };
            while window
                .rows
                .front()
                .is_some_and(|old| rows.too_far(*old, row) || (!rows.command.global && window.rows.len() > limit))
            {
                window.drop_first(rows);
            }
        }
    }

    /// The aggregates over the windows of a row's groups: of several, over all their rows, each once (§5.11).
    fn values(&mut self, row: usize, rows: &Rows<'_>) -> Result<Vec<Value>, PipelineError> {
        let values = |aggregates: &[Sliding]| aggregates.iter().map(Sliding::value).collect();
        let groups = &rows.groups[row];
        if let [group] = groups.as_slice() {
            return Ok(self.groups.get(group).map_or_else(|| values(self.empty), |window| values(&window.aggregates)));
        }
        let windows = groups.iter().filter_map(|group| self.groups.get(group));
        let mut members: Vec<usize> = windows.flat_map(|window| window.rows.iter().copied()).collect();
        self.spend(members.len())?;
        members.sort_unstable();
        members.dedup();
        let mut aggregates = self.empty.to_vec();
        for member in members {
            aggregates.iter_mut().enumerate().for_each(|(at, aggregate)| aggregate.add(rows.entry(member, at)));
        }
        Ok(values(&aggregates))
    }

    /// Notes work that grows faster than the input.
    fn spend(&mut self, work: usize) -> Result<(), PipelineError> {
        self.work = self.work.saturating_add(work);
        if self.work > WORK_LIMIT {
            let message = format!("the lists of `streamstats` over all rows hold more than {WORK_LIMIT} values");
            return Err(PipelineError::new("E-STAGE-LIMIT", message));
        }
        Ok(())
    }
}

impl Window {
    /// Takes the first row out.
    fn drop_first(&mut self, rows: &Rows<'_>) {
        if let Some(old) = self.rows.pop_front() {
            for (at, aggregate) in self.aggregates.iter_mut().enumerate() {
                aggregate.remove(rows.entry(old, at));
            }
        }
    }
}
