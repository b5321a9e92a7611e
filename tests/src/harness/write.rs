//! Batches as files.

use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};

use super::arrays;
use super::layout::{Dictionary, Format, Layout, Parquet, Statistics};
use crate::reference::archive::{Archive, File};

/// Bytes after which a dictionary is full under [`Dictionary::Fallback`]: a few short values.
const SMALL_DICTIONARY: usize = 24;

/// Writes an archive into a folder; returns the paths in path order, which is the order of the files' names.
///
/// # Errors
///
/// If a file cannot be written.
pub fn write_archive(archive: &Archive, layout: &Layout, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files: Vec<&File> = archive.files.iter().collect();
    files.sort_by(|left, right| left.name.cmp(&right.name));
    let mut paths = Vec::new();
    for (index, file) in files.into_iter().enumerate() {
        let rows = layout.cut.unwrap_or(usize::MAX).max(1);
        let parts: Vec<File> = match file.rows.len() {
            0 => vec![file.clone()],
            _ => file.rows.chunks(rows).map(|rows| File { rows: rows.to_vec(), ..file.clone() }).collect(),
        };
        for (part, file) in parts.iter().enumerate() {
            let ending = match layout.format {
                Format::Parquet(_) => "parquet",
                Format::ArrowFile { .. } => "arrow",
                Format::ArrowStream { .. } => "arrows",
            };
            let path = folder.join(format!("{index:03}-{part:05}.{ending}"));
            write_file(file, layout, &path)?;
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Writes one file; [`Layout::cut`] is not looked at.
///
/// # Errors
///
/// If it cannot be written.
pub fn write_file(file: &File, layout: &Layout, path: &Path) -> Result<(), String> {
    let batch = arrays::batch(file, layout.texts)?;
    let sink = std::fs::File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
    match &layout.format {
        Format::Parquet(knobs) => write_parquet(&batch, knobs, sink),
        Format::ArrowFile { batch_rows, zstd } => {
            let options = ipc(*zstd)?;
            let mut writer = FileWriter::try_new_with_options(sink, &batch.schema(), options).map_err(text)?;
            for part in slices(&batch, *batch_rows) {
                writer.write(&part).map_err(text)?;
            }
            writer.finish().map_err(text)
        }
        Format::ArrowStream { batch_rows, zstd } => {
            let options = ipc(*zstd)?;
            let mut writer = StreamWriter::try_new_with_options(sink, &batch.schema(), options).map_err(text)?;
            for part in slices(&batch, *batch_rows) {
                writer.write(&part).map_err(text)?;
            }
            writer.finish().map_err(text)
        }
    }
}

/// Returns an error as text.
fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Returns the batch in pieces of so many rows.
fn slices(batch: &RecordBatch, rows: usize) -> Vec<RecordBatch> {
    let rows = rows.max(1);
    let starts = (0..batch.num_rows()).step_by(rows);
    starts.map(|start| batch.slice(start, rows.min(batch.num_rows() - start))).collect()
}

/// Returns the options of an Arrow writer.
fn ipc(zstd: bool) -> Result<IpcWriteOptions, String> {
    let compression = zstd.then_some(CompressionType::ZSTD);
    IpcWriteOptions::default().try_with_compression(compression).map_err(text)
}

/// Writes a Parquet file. The batch goes to the writer in pieces of a page, since it looks at limits only between pieces.
fn write_parquet(batch: &RecordBatch, knobs: &Parquet, sink: std::fs::File) -> Result<(), String> {
    let level = ZstdLevel::try_new(1).map_err(text)?;
    let mut properties = WriterProperties::builder()
        .set_dictionary_enabled(knobs.dictionary != Dictionary::Off)
        .set_writer_version(if knobs.version_2 { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 })
        .set_data_page_row_count_limit(knobs.page_rows.max(1))
        .set_write_batch_size(knobs.page_rows.clamp(1, 1024))
        .set_max_row_group_row_count(Some(knobs.group_rows.max(1)))
        .set_compression(if knobs.zstd { Compression::ZSTD(level) } else { Compression::UNCOMPRESSED });
    if knobs.dictionary == Dictionary::Fallback {
        properties = properties.set_dictionary_page_size_limit(SMALL_DICTIONARY).set_write_batch_size(1);
    }
    properties = match knobs.statistics {
        Statistics::None => properties.set_statistics_enabled(EnabledStatistics::None),
        Statistics::Full => properties.set_statistics_truncate_length(None).set_column_index_truncate_length(None),
        Statistics::Truncated(bytes) => properties
            .set_statistics_truncate_length(Some(bytes.max(1)))
            .set_column_index_truncate_length(Some(bytes.max(1))),
    };
    let mut writer = ArrowWriter::try_new(sink, batch.schema(), Some(properties.build())).map_err(text)?;
    for part in slices(batch, knobs.page_rows) {
        writer.write(&part).map_err(text)?;
    }
    writer.close().map(|_| ()).map_err(text)
}
