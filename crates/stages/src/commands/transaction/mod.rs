//! `transaction` (§5.19): rows that belong together, put into one.
//!
//! Rows are taken newest first ([`open`] says which join), so what a transaction ends with opens it and what it starts with closes it.

mod merge;
mod open;

use arrow_buffer::BooleanBuffer;
use retrohunt_spl::plan::{Boundary, TransactionCommand};

use self::merge::Merged;
use self::open::{Member, Opened};
use crate::aggregate::time_of;
use crate::batch::{Batch, TIME};
use crate::error::PipelineError;
use crate::expr::Evaluator;
use crate::kernels::value::Column;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::predicate::rows::RowTest;
use crate::rows::numbered_batch;
use crate::table::Table;
use crate::table_stage::{Context, TableStage};

/// A `transaction` made ready.
#[derive(Debug)]
pub(crate) struct Transaction {
    /// The options.
    command: TransactionCommand,
    /// What a first row is.
    starts: Option<Test>,
    /// What a last row is.
    ends: Option<Test>,
    /// Fields that are no texts for bare terms.
    hidden: Vec<String>,
    /// How many rows of the input a row remembers.
    evidence: usize,
}

/// A boundary made ready.
#[derive(Debug)]
enum Test {
    /// A search.
    Search(RowTest),
    /// An expression.
    Eval(Evaluator),
}

impl Test {
    /// Makes a boundary ready.
    fn new(boundary: &Boundary, settings: &Settings) -> Result<Self, PipelineError> {
        Ok(match boundary {
            Boundary::Search(expr) => Self::Search(RowTest::new(expr)),
            Boundary::Eval(expr) => Self::Eval(Evaluator::new(expr, settings)?),
        })
    }

    /// The rows that are such a boundary.
    fn select(&self, batch: &Batch, hidden: &[String], notes: &mut Notes) -> BooleanBuffer {
        match self {
            Self::Search(test) => test.select(batch, hidden),
            Self::Eval(evaluator) => evaluator.filter(batch, notes),
        }
    }
}

/// Rows that are put out as one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    /// The rows, newest first.
    rows: Vec<usize>,
    /// `closed_txn`; none for an orphan.
    closed: Option<bool>,
}

impl Transaction {
    /// Makes a `transaction` ready.
    ///
    /// # Errors
    ///
    /// Those of [`Evaluator::new`].
    pub(crate) fn new(command: &TransactionCommand, settings: &Settings) -> Result<Self, PipelineError> {
        let test =
            |boundary: &Option<Boundary>| boundary.as_ref().map(|boundary| Test::new(boundary, settings)).transpose();
        let (starts, ends) = (test(&command.starts_with)?, test(&command.ends_with)?);
        let (hidden, evidence) = (settings.not_text.clone(), settings.evidence);
        Ok(Self { command: command.clone(), starts, ends, hidden, evidence })
    }

    /// Puts the rows into groups. They are in descending order of `_time`.
    fn group(&self, batch: &Batch, times: &[Option<i64>], notes: &mut Notes) -> Result<Vec<Group>, PipelineError> {
        let mut select = |test: &Option<Test>| test.as_ref().map(|test| test.select(batch, &self.hidden, notes));
        let (starts, ends) = (select(&self.starts), select(&self.ends));
        let is = |rows: &Option<BooleanBuffer>, row: usize| rows.as_ref().is_some_and(|rows| rows.value(row));
        let view = |name: &String| batch.column(name).map_or(Column::Missing, |array| Column::new(array));
        let fields: Vec<Column<'_>> = self.command.fields.iter().map(view).collect();
        let mut opened = Opened::new(&self.command);
        for (row, time) in times.iter().enumerate() {
            let texts = |column: &Column<'_>| {
                let mut texts = Vec::new();
                column.for_each(row, |_, value| texts.push(value.text().into_owned()));
                texts
            };
            let values = fields.iter().map(texts).collect();
            opened.take(&Member { row, time: *time, values, starts: is(&starts, row), ends: is(&ends, row) })?;
        }
        Ok(opened.finish(times.last().copied().flatten()))
    }
}

impl TableStage for Transaction {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let mut batch = numbered_batch(&table)?;
        let mut times = times_of(&batch);
        if !times.is_sorted_by(|newer, older| newer >= older) {
            let message = "the rows before `transaction` were not in descending order of `_time` and were sorted";
            context.notes.warn("W-TRANSACTION-ORDER", message);
            let mut rows: Vec<_> = times.iter().copied().zip(table.rows).collect();
            // ∅ is less than any time, so it comes last.
            rows.sort_by(|(left, _), (right, _)| right.cmp(left));
            table.rows = rows.into_iter().map(|(_, row)| row).collect();
            batch = numbered_batch(&table)?;
            times = times_of(&batch);
        }
        let groups = self.group(&batch, &times, context.notes)?;
        let merged = Merged { command: &self.command, evidence: self.evidence, times: &times };
        Ok(merged.table(&table, &groups))
    }
}

/// The times of rows in microseconds.
fn times_of(batch: &Batch) -> Vec<Option<i64>> {
    let time = batch.column(TIME).map_or(Column::Missing, |array| Column::new(array));
    (0..batch.rows()).map(|row| time_of(&time, row)).collect()
}
