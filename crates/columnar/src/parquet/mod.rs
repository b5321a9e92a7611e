//! Parquet files.
//!
//! - [`footer`]: is it a Parquet file, is it whole, does its footer make sense
//! - [`statistics`]: what a row group's statistics prove
//! - [`thrift`], [`header`]: page headers, read before anything is decompressed
//! - [`codec`]: decompression into reused buffers
//! - [`levels`], [`delta`]: the encodings of levels, codes and lengths
//! - [`cursor`]: the pages of a column chunk, for searching
//! - [`read`]: decoded columns, by the `parquet` crate's Arrow reader

pub(crate) mod codec;
pub(crate) mod cursor;
pub(crate) mod delta;
pub(crate) mod footer;
pub(crate) mod header;
pub(crate) mod levels;
pub(crate) mod read;
pub(crate) mod statistics;
pub(crate) mod thrift;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};

use crate::error::{Error, ErrorKind};
use crate::pushdown::ColumnStatistics;
use crate::schema::{ColumnId, ColumnKind, Leaves};
use crate::source::Source;
use cursor::ParquetPages;
use header::{PageHeader, PageType};
use statistics::Reading;

/// An open Parquet file.
pub(crate) struct ParquetFile {
    /// Its bytes.
    source: Source,
    /// Its footer, parsed once.
    metadata: ArrowReaderMetadata,
    /// Its columns.
    leaves: Leaves,
    /// One bit per column chunk: its page headers were checked.
    checked: Vec<AtomicU64>,
}

impl ParquetFile {
    /// The Parquet file in `source`, which begins as one.
    ///
    /// # Errors
    ///
    /// If it is cut, damaged or not supported.
    pub(crate) fn open(source: Source) -> Result<Self, Error> {
        let metadata = footer::open(&source)?;
        let leaves = Leaves::of(metadata.schema())?;
        if leaves.leaves.len() != metadata.parquet_schema().num_columns() {
            return Err(Error::new(ErrorKind::Unsupported, "its schema and its Arrow form have different columns"));
        }
        let chunks = metadata.metadata().num_row_groups() * leaves.leaves.len();
        let checked = (0..chunks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Ok(Self { source, metadata, leaves, checked })
    }

    /// Its columns.
    pub(crate) fn leaves(&self) -> &Leaves {
        &self.leaves
    }

    /// Rows per row group.
    pub(crate) fn row_group_rows(&self) -> Vec<u32> {
        let groups = self.metadata.metadata().row_groups();
        groups.iter().map(|group| u32::try_from(group.num_rows()).unwrap_or(0)).collect()
    }

    /// The metadata of `row_group`; `None` past the last.
    fn group(&self, row_group: usize) -> Option<&RowGroupMetaData> {
        self.metadata.metadata().row_groups().get(row_group)
    }

    /// The metadata of a column chunk.
    ///
    /// # Errors
    ///
    /// If there is no such row group or column.
    fn chunk(&self, row_group: usize, column: ColumnId) -> Result<&ColumnChunkMetaData, Error> {
        let chunk = self.group(row_group).and_then(|group| group.columns().get(column.0 as usize));
        chunk.ok_or_else(|| Error::damaged("there is no such row group or column"))
    }

    /// What the statistics prove about `column` in `row_group`.
    pub(crate) fn statistics(&self, row_group: usize, column: ColumnId) -> ColumnStatistics {
        let rows = self.group(row_group).and_then(|group| u64::try_from(group.num_rows()).ok()).unwrap_or(0);
        let index = column.0 as usize;
        let (Ok(chunk), Some(info)) = (self.chunk(row_group, column), self.leaves.columns.get(index)) else {
            return ColumnStatistics::unknown(rows);
        };
        // In a list they count elements, not rows.
        if info.multivalue || chunk.column_descr().max_rep_level() > 0 {
            return ColumnStatistics::unknown(rows);
        }
        let data_type = &self.leaves.leaves[index].data_type;
        let order = self.metadata.metadata().file_metadata().column_order(index);
        statistics::trusted(chunk.statistics(), Reading { kind: info.kind, data_type, order, rows })
    }

    /// The uncompressed size of `column` in `row_group`, in bytes, as the footer states it.
    pub(crate) fn column_bytes(&self, row_group: usize, column: ColumnId) -> Option<u64> {
        u64::try_from(self.chunk(row_group, column).ok()?.uncompressed_size()).ok()
    }

    /// The pages of `column` in `row_group`; `None` if the column has to be decoded instead.
    ///
    /// # Errors
    ///
    /// If there is no such column or its codec is not supported.
    pub(crate) fn pages(&self, row_group: usize, column: ColumnId) -> Result<Option<ParquetPages<'_>>, Error> {
        let chunk = self.chunk(row_group, column)?;
        let leaf = &self.leaves.leaves[column.0 as usize];
        let is_bytes = matches!(leaf.data_type, DataType::Utf8 | DataType::Binary)
            && chunk.column_type() == parquet::basic::Type::BYTE_ARRAY;
        if !is_bytes || chunk.column_descr().max_rep_level() > 0 {
            return Ok(None);
        }
        let binary = self.leaves.columns[column.0 as usize].kind == ColumnKind::Binary;
        let rows = self.group(row_group).and_then(|group| u32::try_from(group.num_rows()).ok()).unwrap_or(0);
        ParquetPages::new(&self.source, chunk, rows, binary).map(Some)
    }

    /// The part of the file that holds `row_group`.
    pub(crate) fn window(&self, row_group: usize) -> Range<u64> {
        let Some(group) = self.group(row_group) else { return 0..0 };
        let ranges = group.columns().iter().map(ColumnChunkMetaData::byte_range);
        let ranges = ranges.map(|(start, length)| start..start + length);
        ranges.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or(0..0)
    }

    /// Checks the page headers of a column chunk before a decoder that allocates by them sees it; once per chunk.
    ///
    /// # Errors
    ///
    /// If a page is too large, too long, or the pages do not have the rows that the row group claims.
    fn check_pages(&self, row_group: usize, column: ColumnId) -> Result<(), Error> {
        let bit = row_group * self.leaves.leaves.len() + column.0 as usize;
        let word = self.checked.get(bit / 64);
        if word.is_some_and(|word| word.load(Ordering::Relaxed) >> (bit % 64) & 1 == 1) {
            return Ok(());
        }
        let chunk = self.chunk(row_group, column)?;
        let name = || self.leaves.columns[column.0 as usize].name.as_str();
        let (start, length) = chunk.byte_range();
        // Outside lists, a row has one value; a decoder stops at the last row. In a list it may look at all pages.
        let is_flat = chunk.column_descr().max_rep_level() == 0;
        let rows = self.group(row_group).and_then(|group| u64::try_from(group.num_rows()).ok()).unwrap_or(0);
        let wanted = if is_flat { rows } else { u64::MAX };
        let (mut at, end, mut values, mut page) = (start, start + length, 0_u64, 0);
        while values < wanted && at < end {
            let header = PageHeader::read(&self.source, at, end);
            let header = header.map_err(|error| error.in_column(name()).in_page(page))?;
            at += header.header_bytes as u64 + header.compressed_bytes as u64;
            if matches!(header.page_type, PageType::DataV1 | PageType::DataV2 { .. }) {
                values += u64::from(header.values);
            }
            page += 1;
        }
        if is_flat && values != rows {
            let message = format!("its pages have {values} rows, but the row group has {rows}");
            return Err(Error::damaged(message).in_column(name()));
        }
        if let Some(word) = word {
            word.fetch_or(1 << (bit % 64), Ordering::Relaxed);
        }
        Ok(())
    }
}
