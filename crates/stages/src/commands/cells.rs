//! New values for some rows of a column, and bounds on how many cells a command may make.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, ArrayRef};

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::kernels::value::{Column, ValueRef};
use crate::partial::check_size;
use crate::rows::{array_of, cell_value};
use crate::table::{Table, TableRow, Value};

/// Most cells that a command gives which makes rows or columns out of data: some 2 GB of values. Such a table is refused, never cut.
pub(super) const CELL_LIMIT: usize = if cfg!(test) { 1 << 20 } else { 1 << 26 };

/// What a row takes beside its cells, in cells.
const ROW_CELLS: usize = 4;

/// Most bytes of text that a command may add by repeating the values of a row.
pub(super) const REPEATED_BYTES_LIMIT: usize = 1 << 31;

/// The error for a limit of one command.
pub(super) fn limit(message: impl Into<String>) -> PipelineError {
    PipelineError::new("E-STAGE-LIMIT", message)
}

/// Checks how large a table would be.
///
/// # Errors
///
/// `E-STAGE-LIMIT` if it has more than [`CELL_LIMIT`] cells.
pub(super) fn check_cells(command: &str, rows: usize, columns: usize) -> Result<(), PipelineError> {
    if rows.saturating_mul(columns.saturating_add(ROW_CELLS)) > CELL_LIMIT {
        return Err(limit(format!("{command}: {rows} rows of {columns} columns are too many")));
    }
    Ok(())
}

/// The heap bytes of a row's texts, about.
pub(super) fn row_bytes(row: &TableRow) -> usize {
    let bytes = |value: &Value| match value {
        Value::Text(text) => text.len(),
        Value::List(texts) => texts.iter().map(|text| text.len() + size_of::<String>()).sum(),
        _ => 0,
    };
    row.values.iter().map(|value| size_of::<Value>() + bytes(value)).sum()
}

/// The value of a row in a column of a table; ∅ if there is no such column.
pub(super) fn value_at(row: &TableRow, at: Option<usize>) -> &Value {
    at.and_then(|at| row.values.get(at)).unwrap_or(&Value::Null)
}

/// The columns of a table that have a value in some row: the fields that are there for wildcards (§4.1.5).
pub(super) fn filled(table: &Table) -> Vec<bool> {
    let has_value = |at: usize| table.rows.iter().any(|row| !value_at(row, Some(at)).is_null());
    (0..table.columns.len()).map(has_value).collect()
}

/// The batch with new values of a field in some rows, ascending by row; other rows keep theirs. Without any the batch is unchanged,
/// and a field that it does not have is not added.
pub(super) fn set(batch: Batch, field: &Arc<str>, made: Vec<(usize, Value)>) -> Result<Batch, PipelineError> {
    if made.is_empty() {
        return Ok(batch);
    }
    let old = batch.column(field).cloned();
    let old = old.as_ref().map_or(Column::Missing, |array| Column::new(array));
    let array = match text_column(&old, batch.rows(), &made)? {
        Some(array) => array,
        None => {
            let mut values: Vec<Value> = (0..batch.rows()).map(|row| cell_value(&old, row)).collect();
            for (row, value) in made {
                values[row] = value.under(field);
            }
            array_of(&values.iter().collect::<Vec<_>>())?
        }
    };
    Ok(batch.with_column(field, array))
}

/// The commonest case of [`set`], without a value for each row on the way: texts into a text column, or into a new one.
fn text_column(old: &Column<'_>, rows: usize, made: &[(usize, Value)]) -> Result<Option<ArrayRef>, PipelineError> {
    let old_bytes = match old {
        Column::Text(array) => array.value_data().len(),
        Column::Missing => 0,
        _ => return Ok(None),
    };
    let mut bytes = old_bytes;
    for (_, value) in made {
        let Value::Text(text) = value else { return Ok(None) };
        bytes = bytes.saturating_add(text.len());
    }
    check_size(0, std::iter::once(bytes))?;
    let mut builder = StringBuilder::with_capacity(rows, bytes);
    let mut next = made.iter().peekable();
    for row in 0..rows {
        match (next.next_if(|(at, _)| *at == row), old.scalar(row)) {
            (Some((_, Value::Text(text))), _) => builder.append_value(text),
            (None, Some(ValueRef::Text(text))) => builder.append_value(text),
            _ => builder.append_null(),
        }
    }
    Ok(Some(Arc::new(builder.finish())))
}

/// The batch with a field set from the cells of another, or of itself: `make` gives the new value of a row, or `None` where the row
/// keeps what it has. A source that is not there gives nothing.
pub(super) fn derive(
    batch: Batch,
    source: &str,
    target: &Arc<str>,
    mut make: impl FnMut(&Column<'_>, usize) -> Option<Value>,
) -> Result<Batch, PipelineError> {
    let Some(array) = batch.column(source).cloned() else { return Ok(batch) };
    let column = Column::new(&array);
    let made = (0..array.len()).filter_map(|row| Some((row, make(&column, row)?))).collect();
    set(batch, target, made)
}

/// The value of each row of `first`, or of `second` where that is ∅.
pub(super) fn coalesce(first: &ArrayRef, second: &ArrayRef) -> Result<ArrayRef, PipelineError> {
    let (one, two) = (Column::new(first), Column::new(second));
    if (0..first.len()).all(|row| one.is_present(row)) {
        return Ok(first.clone());
    }
    let pick = |row| if one.is_present(row) { cell_value(&one, row) } else { cell_value(&two, row) };
    let values: Vec<Value> = (0..first.len()).map(pick).collect();
    array_of(&values.iter().collect::<Vec<_>>())
}
