//! The commands of order, windows and shape, and what they share about rows.

use std::sync::Arc;

use arrow_array::ArrayRef;
use hashbrown::HashMap;
use retrohunt_spl::plan::Command;

use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::pipeline::Settings;
use crate::rows::{array_of, batch_to_table};
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::TableStage;

/// Makes a command of order, windows or shape ready; `None` for any other.
pub(crate) fn order(command: &Command, settings: &Settings) -> Result<Option<Box<dyn TableStage>>, PipelineError> {
    Ok(Some(match command {
        Command::Sort(command) => Box::new(super::sort::Sort::new(command)),
        Command::Dedup(command) => Box::new(super::dedup::Dedup::new(command)),
        Command::Reverse => Box::new(super::reverse::Reverse),
        Command::Head(command) => Box::new(super::head::Head::new(command, settings)?),
        Command::Tail(count) => Box::new(super::tail::Tail::new(*count)),
        Command::Eventstats(command) => Box::new(super::eventstats::Eventstats::new(command, settings)?),
        Command::Streamstats(command) => Box::new(super::streamstats::Streamstats::new(command, settings)?),
        Command::Top(command) => Box::new(super::top::Top::new(command, settings)),
        Command::XySeries(command) => Box::new(super::xyseries::XySeries::new(command, settings)),
        Command::Untable { x, y, value } => Box::new(super::untable::Untable::new(x, y, value)),
        Command::Chart(command) => Box::new(super::chart::Chart::new(command, settings)?),
        Command::Transaction(command) => Box::new(super::transaction::Transaction::new(command, settings)?),
        _ => return Ok(None),
    }))
}

/// A column of a table as an array; `None` if there is no such column.
pub(crate) fn column_array(table: &Table, name: &str) -> Result<Option<ArrayRef>, PipelineError> {
    let Some(at) = table.column(name) else { return Ok(None) };
    let values: Vec<&Value> = table.rows.iter().map(|row| row.values.get(at).unwrap_or(&Value::Null)).collect();
    array_of(&values).map(Some)
}

/// Puts an array into a column of a table, which is made if there is none. It has a cell per row.
pub(crate) fn set_column(table: &mut Table, name: &str, array: &ArrayRef) -> Result<(), PipelineError> {
    let keys = (0_u64..).take(array.len()).map(|row| RowKey { time: None, file: 0, row }).collect();
    let cells = batch_to_table(&Batch::new(vec![(Arc::from(name), array.clone())], keys)?);
    let at = table.ensure_column(name);
    for (row, cell) in table.rows.iter_mut().zip(cells.rows) {
        row.values[at] = cell.values.into_iter().next().unwrap_or(Value::Null);
    }
    Ok(())
}

/// The evidence of a row that stands for several: theirs, in stream order, as much as a row may remember.
pub(crate) fn merged_evidence<'a>(rows: impl Iterator<Item = &'a TableRow>, limit: usize) -> Vec<RowKey> {
    let mut keys: Vec<RowKey> = rows.flat_map(|row| row.evidence.iter().copied()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(limit);
    keys
}

/// Most cells of a table whose width hangs on data.
const CELL_LIMIT: usize = 50_000_000;

/// Checks the size of a table whose width hangs on data.
///
/// # Errors
///
/// `E-STAGE-LIMIT` if it is too large.
pub(crate) fn check_cells(rows: usize, columns: usize) -> Result<(), PipelineError> {
    if rows.saturating_mul(columns) > CELL_LIMIT {
        let message = format!("a table of {rows} rows and {columns} columns, over {CELL_LIMIT} cells");
        return Err(PipelineError::new("E-STAGE-LIMIT", message));
    }
    Ok(())
}

/// The columns of a table whose width hangs on data: one for the rows' key, if they have one, and the series.
pub(crate) struct Wide {
    /// The columns.
    pub(crate) columns: Vec<TableColumn>,
    /// Their places.
    places: HashMap<Arc<str>, usize>,
    /// The first is the key.
    keyed: bool,
}

impl Wide {
    /// No series yet.
    pub(crate) fn new(key: Option<&str>) -> Self {
        let mut wide = Self { columns: Vec::new(), places: HashMap::new(), keyed: false };
        if let Some(key) = key {
            wide.add(key, true);
            wide.keyed = true;
        }
        wide
    }

    /// The place of a series, which is made if there is none of its name. The key keeps its name: a series of that name is
    /// `VALUE_<name>`, so that none is lost.
    pub(crate) fn add(&mut self, name: &str, named: bool) -> usize {
        let mut name: Arc<str> = name.into();
        if self.keyed && self.columns.first().is_some_and(|key| key.name == name) {
            name = format!("VALUE_{name}").into();
        }
        let next = self.columns.len();
        let place = *self.places.entry(name.clone()).or_insert(next);
        if place == next {
            self.columns.push(TableColumn { name, named });
        }
        place
    }
}

#[cfg(test)]
mod tests;
