//! `inputlookup` (§5.13.7): the rows of a table.
//!
//! The filter comes before `start` and `max`, so that they count rows that are wanted.

use std::sync::Arc;

use retrohunt_enrich::Table as LookupTable;
use retrohunt_spl::plan::{InputLookupCommand, SearchCommand, SearchExpr};

use super::enriched::text_under;
use super::lookup_source::LookupSource;
use super::unite::unite;
use crate::error::PipelineError;
use crate::filter::Search;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::rows::numbered_batch;
use crate::stage::Stage as _;
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// An `inputlookup` made ready.
#[derive(Debug)]
pub(crate) struct InputLookup {
    /// Where the rows are.
    source: LookupSource,
    /// Behind the rows that are there, rather than in place of them.
    append: bool,
    /// First row.
    start: usize,
    /// Most rows.
    max: usize,
    /// Which rows.
    filter: Option<Search>,
}

impl InputLookup {
    /// Makes an `inputlookup` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-LOOKUP` if there is no such table.
    pub(crate) fn new(command: &InputLookupCommand, settings: &Settings) -> Result<Self, PipelineError> {
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let search = |expr: &SearchExpr| {
            Search::new(&SearchCommand { expr: expr.clone(), earliest: None, latest: None }, settings)
        };
        Ok(Self {
            source: LookupSource::find(&command.table, settings)?,
            append: command.append,
            start: size(command.start),
            max: size(command.max),
            filter: command.filter.as_ref().map(search).transpose()?,
        })
    }
}

/// The rows of a lookup table from `start` on, at most `max`.
fn rows_of(table: &LookupTable, start: usize, max: usize) -> Table {
    let names: Vec<Arc<str>> = table.columns().iter().map(|name| name.as_str().into()).collect();
    let row = |row| {
        let cell = |(at, name): (usize, &Arc<str>)| {
            table.cell(row, at).map_or(Value::Null, |text| text_under(name, text.to_owned()))
        };
        TableRow { values: names.iter().enumerate().map(cell).collect(), evidence: Vec::new() }
    };
    let rows = (0..table.len()).skip(start).take(max).map(row).collect();
    Table { columns: names.iter().map(|name| TableColumn { name: name.clone(), named: false }).collect(), rows }
}

impl TableStage for InputLookup {
    fn run(&self, table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        self.source.warn(context.notes);
        let mut read = match (&self.source, &self.filter) {
            (LookupSource::Missing { .. }, _) => Table::default(),
            (LookupSource::Table(source), None) => rows_of(source, self.start, self.max),
            (LookupSource::Table(source), Some(filter)) => {
                let mut all = rows_of(source, 0, usize::MAX);
                let kept = filter.apply(numbered_batch(&all)?, context.notes)?;
                let places = kept.keys().iter().filter_map(|key| usize::try_from(key.row).ok());
                let places = places.skip(self.start).take(self.max);
                let rows = places.filter_map(|at| all.rows.get_mut(at).map(std::mem::take)).collect();
                Table { columns: all.columns, rows }
            }
        };
        if self.append {
            let mut table = table;
            unite(&mut table, read);
            return Ok(table);
        }
        read.rows.shrink_to_fit();
        Ok(read)
    }

    fn needs(&self, after: Needs) -> Needs {
        if self.append { after } else { Needs::Fields(Vec::new()) }
    }
}

#[cfg(test)]
mod tests;
