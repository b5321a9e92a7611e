//! Rows to Arrow batches to files.

use crate::error::Error;
use crate::options::Format;
use crate::row::{Column, Kind, Row, Value};
use arrow_array::builder::{Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that are handed to the Parquet writer at once.
const PARQUET_BATCH: u32 = 8_192;

/// Most rows of a batch of an Arrow file.
const ARROW_BATCH: u32 = 32_768;

/// Level of zstd in Parquet files.
const ZSTD_LEVEL: i32 = 3;

/// The cells of one column, collected.
enum Cells {
    /// Texts.
    Text(StringBuilder),
    /// Integers.
    Int(Int64Builder),
    /// Floats.
    Float(Float64Builder),
    /// Times.
    Time(TimestampMicrosecondBuilder),
}

impl Cells {
    /// Returns no cells of that type.
    fn new(kind: Kind) -> Cells {
        match kind {
            Kind::Text => Cells::Text(StringBuilder::new()),
            Kind::Int => Cells::Int(Int64Builder::new()),
            Kind::Float => Cells::Float(Float64Builder::new()),
            Kind::Time => Cells::Time(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
        }
    }

    /// Appends `value`; null when it is of another type.
    fn push(&mut self, value: Value<'_>) {
        match (self, value) {
            (Cells::Text(cells), Value::Text(text)) => cells.append_value(text),
            (Cells::Int(cells), Value::Int(value)) => cells.append_value(value),
            (Cells::Float(cells), Value::Float(value)) => cells.append_value(value),
            (Cells::Time(cells), Value::Time(value)) => cells.append_value(value),
            (Cells::Text(cells), _) => cells.append_null(),
            (Cells::Int(cells), _) => cells.append_null(),
            (Cells::Float(cells), _) => cells.append_null(),
            (Cells::Time(cells), _) => cells.append_null(),
        }
    }

    /// Returns the collected cells and begins anew.
    fn finish(&mut self) -> ArrayRef {
        match self {
            Cells::Text(cells) => Arc::new(cells.finish()),
            Cells::Int(cells) => Arc::new(cells.finish()),
            Cells::Float(cells) => Arc::new(cells.finish()),
            Cells::Time(cells) => Arc::new(cells.finish()),
        }
    }
}

/// Returns the Arrow type of a column.
fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8,
        Kind::Int => DataType::Int64,
        Kind::Float => DataType::Float64,
        Kind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

/// The writer of a file's format.
enum Sink {
    /// Parquet. Boxed, as the writer is large.
    Parquet(Box<ArrowWriter<File>>),
    /// Arrow IPC.
    Arrow(Box<FileWriter<BufWriter<File>>>),
}

/// A file under construction.
pub(crate) struct Encoder {
    /// Its path, for errors.
    path: PathBuf,
    /// Its schema.
    schema: SchemaRef,
    /// One collection a column; that of `_raw` is last.
    cells: Vec<Cells>,
    /// Whether there is a `_raw` column.
    raw: bool,
    /// Rows collected.
    rows: u32,
    /// Rows at which a batch is written.
    batch_rows: u32,
    /// Where batches go.
    sink: Sink,
}

impl Encoder {
    /// Creates the file at `path` with `columns`, and `_raw` behind them if `raw`.
    pub(crate) fn create(
        path: &Path,
        columns: &[Column],
        raw: bool,
        format: Format,
        group_rows: u32,
    ) -> Result<Encoder, Error> {
        let names = columns.iter().map(|column| (column.name, column.kind)).chain(raw.then_some(("_raw", Kind::Text)));
        let fields: Vec<Field> = names.clone().map(|(name, kind)| Field::new(name, data_type(kind), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let file = File::create(path).map_err(Error::io(path))?;
        let sink = match format {
            Format::Parquet => Sink::Parquet(Box::new(parquet_writer(path, file, &schema, group_rows)?)),
            Format::Arrow => Sink::Arrow(Box::new(arrow_writer(path, file, &schema)?)),
        };
        Ok(Encoder {
            path: path.to_owned(),
            cells: names.map(|(_, kind)| Cells::new(kind)).collect(),
            schema,
            raw,
            rows: 0,
            batch_rows: match format {
                Format::Parquet => PARQUET_BATCH,
                Format::Arrow => group_rows.min(ARROW_BATCH),
            },
            sink,
        })
    }

    /// Appends a row; `raw` is its `_raw`, not looked at where there is no such column.
    pub(crate) fn push(&mut self, row: &Row, raw: Option<&str>) -> Result<(), Error> {
        let columns = self.cells.len() - usize::from(self.raw);
        for (index, cells) in self.cells.iter_mut().take(columns).enumerate() {
            cells.push(row.value(index));
        }
        if self.raw
            && let Some(cells) = self.cells.last_mut()
        {
            cells.push(raw.map_or(Value::Null, Value::Text));
        }
        self.rows += 1;
        if self.rows >= self.batch_rows { self.flush() } else { Ok(()) }
    }

    /// Hands the collected rows to the writer.
    fn flush(&mut self) -> Result<(), Error> {
        let arrays = self.cells.iter_mut().map(Cells::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(Error::arrow(&self.path))?;
        self.rows = 0;
        match &mut self.sink {
            Sink::Parquet(writer) => writer.write(&batch).map_err(Error::parquet(&self.path)),
            Sink::Arrow(writer) => writer.write(&batch).map_err(Error::arrow(&self.path)),
        }
    }

    /// Writes what is left and returns the size of the file in bytes.
    pub(crate) fn finish(mut self) -> Result<u64, Error> {
        if self.rows > 0 {
            self.flush()?;
        }
        let path = &self.path;
        match self.sink {
            Sink::Parquet(writer) => {
                writer.close().map_err(Error::parquet(path))?;
            }
            Sink::Arrow(mut writer) => {
                writer.finish().map_err(Error::arrow(path))?;
                writer.get_mut().flush().map_err(Error::io(path))?;
            }
        }
        Ok(std::fs::metadata(path).map_err(Error::io(path))?.len())
    }
}

/// Returns a Parquet writer on `file`.
fn parquet_writer(path: &Path, file: File, schema: &SchemaRef, group_rows: u32) -> Result<ArrowWriter<File>, Error> {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(Error::parquet(path))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(usize::try_from(group_rows).unwrap_or(usize::MAX)))
        .build();
    ArrowWriter::try_new(file, Arc::clone(schema), Some(properties)).map_err(Error::parquet(path))
}

/// Returns an Arrow IPC writer on `file`.
fn arrow_writer(path: &Path, file: File, schema: &SchemaRef) -> Result<FileWriter<BufWriter<File>>, Error> {
    let options =
        IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD)).map_err(Error::arrow(path))?;
    FileWriter::try_new_with_options(BufWriter::new(file), schema, options).map_err(Error::arrow(path))
}
