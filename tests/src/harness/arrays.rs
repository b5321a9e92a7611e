//! Rows as Arrow batches.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float64Array, Int64Array, LargeStringArray, RecordBatch, RecordBatchOptions,
    StringArray, StringViewArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{Field, Schema};

use super::layout::Texts;
use crate::reference::archive::{Cell, ColumnKind, File};

/// Returns the rows of a file as one batch, its columns in order, all nullable.
///
/// # Errors
///
/// If a cell is not of its column's kind.
pub(super) fn batch(file: &File, texts: Texts) -> Result<RecordBatch, String> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for (index, column) in file.columns.iter().enumerate() {
        let cells: Vec<&Cell> = file.rows.iter().filter_map(|row| row.get(index)).collect();
        let array = array(column.kind, &cells, texts)?;
        fields.push(Field::new(&column.name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(file.rows.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).map_err(|e| e.to_string())
}

/// Returns the values of `pick` in cells, `None` where a cell is missing.
///
/// # Errors
///
/// If `pick` does not know a cell that is there.
fn pick<'a, T>(cells: &[&'a Cell], pick: impl Fn(&'a Cell) -> Option<T>) -> Result<Vec<Option<T>>, String> {
    let one = |cell: &&'a Cell| match (pick(cell), cell) {
        (Some(value), _) => Ok(Some(value)),
        (None, Cell::Null) => Ok(None),
        (None, other) => Err(format!("{other:?} stands in a column of another kind")),
    };
    cells.iter().map(one).collect()
}

/// Returns the array of a column.
fn array(kind: ColumnKind, cells: &[&Cell], texts: Texts) -> Result<ArrayRef, String> {
    Ok(match kind {
        ColumnKind::Text => strings(&pick(cells, text)?, texts)?,
        ColumnKind::Binary => {
            let bytes: Vec<Option<&[u8]>> = pick(cells, |cell| text(cell).map(str::as_bytes))?;
            Arc::new(BinaryArray::from(bytes))
        }
        ColumnKind::Int => Arc::new(Int64Array::from(pick(cells, |cell| match cell {
            Cell::Int(number) => Some(*number),
            _ => None,
        })?)),
        ColumnKind::UInt => Arc::new(UInt64Array::from(pick(cells, |cell| match cell {
            Cell::UInt(number) => Some(*number),
            _ => None,
        })?)),
        ColumnKind::Float => Arc::new(Float64Array::from(pick(cells, |cell| match cell {
            Cell::Float(number) => Some(*number),
            _ => None,
        })?)),
        ColumnKind::Bool => Arc::new(BooleanArray::from(pick(cells, |cell| match cell {
            Cell::Bool(truth) => Some(*truth),
            _ => None,
        })?)),
        ColumnKind::Time => {
            let times = pick(cells, |cell| match cell {
                Cell::Time(micros) => Some(*micros),
                _ => None,
            })?;
            Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC"))
        }
        ColumnKind::List => lists(&pick(cells, |cell| match cell {
            Cell::List(texts) => Some(texts),
            _ => None,
        })?),
    })
}

/// Returns the text of a text cell.
fn text(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

/// Returns an array of strings.
fn strings(values: &[Option<&str>], texts: Texts) -> Result<ArrayRef, String> {
    let values = values.iter().copied();
    Ok(match texts {
        Texts::Utf8 => Arc::new(values.collect::<StringArray>()),
        Texts::LargeUtf8 => Arc::new(values.collect::<LargeStringArray>()),
        Texts::Utf8View => Arc::new(values.collect::<StringViewArray>()),
        Texts::Dictionary => {
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            for value in values {
                match value {
                    Some(text) => builder.append(text).map(|_| ()).map_err(|error| error.to_string())?,
                    None => builder.append_null(),
                }
            }
            Arc::new(builder.finish())
        }
    })
}

/// Returns an array of lists of strings.
fn lists(values: &[Option<&Vec<String>>]) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for value in values {
        match value {
            Some(texts) => builder.append_value(texts.iter().map(|text| Some(text.as_str()))),
            None => builder.append(false),
        }
    }
    Arc::new(builder.finish())
}
