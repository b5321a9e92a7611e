//! Data files as rows of the reference interpreter, by the `parquet` crate's own reader.

use std::path::Path;
use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::reference::archive::{Cell, Column, ColumnKind, File};
use crate::reference::profile::ProfileMapping;

/// Returns a Parquet file's rows, with the shipped profiles that its columns choose.
///
/// # Errors
///
/// If the file cannot be read, or holds a column that is no string, 64-bit integer or time in microseconds.
pub fn read_file(path: &Path) -> Result<File, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let source = std::fs::File::open(path).map_err(|error| failed(&error))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(source).and_then(ParquetRecordBatchReaderBuilder::build);
    let reader = reader.map_err(|error| failed(&error))?;
    let fields = arrow_array::RecordBatchReader::schema(&reader);
    let kinds = fields.fields().iter().map(|field| {
        let kind = kind(field.data_type()).ok_or_else(|| failed(&format!("{field:?} is not known here")))?;
        Ok(Column { name: field.name().clone(), kind })
    });
    let columns: Vec<Column> = kinds.collect::<Result<_, String>>()?;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| failed(&error))?;
        let cells = |row| batch.columns().iter().map(|column| cell(column, row)).collect();
        rows.extend((0..batch.num_rows()).map(cells));
    }
    let mapping = ProfileMapping::new("auto", &columns).ok().map(|mapping| Rc::new(mapping) as Rc<_>);
    Ok(File { name: path.display().to_string(), columns, rows, mapping })
}

/// Returns the kind of a column.
fn kind(data_type: &DataType) -> Option<ColumnKind> {
    match data_type {
        DataType::Utf8 => Some(ColumnKind::Text),
        DataType::Int64 => Some(ColumnKind::Int),
        DataType::Timestamp(TimeUnit::Microsecond, _) => Some(ColumnKind::Time),
        _ => None,
    }
}

/// Returns one value of a column of a known kind.
fn cell(column: &ArrayRef, row: usize) -> Cell {
    if column.is_null(row) {
        return Cell::Null;
    }
    match column.data_type() {
        DataType::Int64 => Cell::Int(column.as_primitive::<Int64Type>().value(row)),
        DataType::Timestamp(..) => Cell::Time(column.as_primitive::<TimestampMicrosecondType>().value(row)),
        _ => Cell::Text(column.as_string::<i32>().value(row).to_owned()),
    }
}
