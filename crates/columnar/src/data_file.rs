//! A data file, whatever its format: columns, row groups, statistics, pages, decoded arrays.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef};
use roaring::RoaringBitmap;

use crate::error::{Error, ErrorKind};
use crate::ipc::{self, IpcFile};
use crate::page::{PageCursor, Pages, Place};
use crate::parquet::ParquetFile;
use crate::parquet::footer;
use crate::pushdown::ColumnStatistics;
use crate::schema::{ColumnId, ColumnInfo, ColumnKind, Leaves};
use crate::source::Source;

/// How files are opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Map files into memory; if false, read at positions. Mapping is faster. A file that becomes shorter while it is mapped
    /// gives errors ([`DataFile::poisoned`]); one that is rewritten in place while it is scanned can give values of both versions.
    pub mmap: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { mmap: true }
    }
}

/// An open Parquet or Arrow IPC file. Cheap to share between threads.
pub struct DataFile {
    /// Where it is.
    path: PathBuf,
    /// Its bytes.
    source: Source,
    /// Its format.
    format: Format,
    /// Rows per row group.
    group_rows: Vec<u32>,
    /// The row of the file that each row group begins with, and the number of rows at the end.
    first_rows: Vec<u64>,
}

/// The formats.
enum Format {
    /// Parquet.
    Parquet(ParquetFile),
    /// Arrow IPC, file or stream.
    Ipc(IpcFile),
}

impl DataFile {
    /// The file at `path`, known by its first bytes: Parquet, Arrow IPC file, or Arrow IPC stream.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, is empty, is no such file, is cut, is damaged, or uses what is not supported (encryption). The
    /// error names the file and says what to do.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, Error> {
        Self::open_unplaced(path, options).map_err(|error| error.in_file(path))
    }

    /// [`open`](Self::open) with errors that lack the path.
    fn open_unplaced(path: &Path, options: &OpenOptions) -> Result<Self, Error> {
        let source = Source::open(path, options.mmap)?;
        if source.length() == 0 {
            return Err(Error::new(
                ErrorKind::Empty,
                "the file is empty; its writer never finished, or it may be deleted",
            ));
        }
        let head = source.bytes(0, usize::try_from(source.length().min(8)).unwrap_or(0))?;
        let format = Self::format(source.clone(), &head).map_err(|error| source.intact().err().unwrap_or(error))?;
        source.intact()?;
        let group_rows = match &format {
            Format::Parquet(file) => file.row_group_rows(),
            Format::Ipc(file) => file.row_group_rows(),
        };
        let mut first_rows = vec![0];
        let mut total = 0;
        for rows in &group_rows {
            total += u64::from(*rows);
            first_rows.push(total);
        }
        Ok(Self { path: path.to_path_buf(), source, format, group_rows, first_rows })
    }

    /// The file in `source`, which begins with `head`.
    fn format(source: Source, head: &[u8]) -> Result<Format, Error> {
        if head.starts_with(&footer::MAGIC) {
            ParquetFile::open(source).map(Format::Parquet)
        } else if head.starts_with(&footer::MAGIC_ENCRYPTED) {
            Err(footer::encrypted())
        } else if head.starts_with(&ipc::FILE_MAGIC) {
            IpcFile::open(source, false).map(Format::Ipc)
        } else if head.starts_with(&ipc::STREAM_MAGIC) {
            IpcFile::open(source, true).map(Format::Ipc)
        } else {
            Err(not_data(head))
        }
    }

    /// The path that it was opened by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size in bytes when it was opened.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.source.length()
    }

    /// Its rows, over all row groups.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.first_rows.last().copied().unwrap_or(0)
    }

    /// Its columns: the leaves of its schema, in order; index `i` is [`ColumnId`] `i`.
    #[must_use]
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.leaves().columns
    }

    /// A hash of names, kinds and types of the columns: equal for files with the same columns in the same order.
    #[must_use]
    pub fn schema_fingerprint(&self) -> u64 {
        self.leaves().fingerprint
    }

    /// Its columns and how they are reached.
    fn leaves(&self) -> &Leaves {
        match &self.format {
            Format::Parquet(file) => file.leaves(),
            Format::Ipc(file) => file.leaves(),
        }
    }

    /// The number of its row groups (Parquet) or record batches (Arrow).
    #[must_use]
    pub fn row_groups(&self) -> usize {
        self.group_rows.len()
    }

    /// The number of rows of row group `row_group`; zero past the last.
    #[must_use]
    pub fn row_group_rows(&self, row_group: usize) -> u32 {
        self.group_rows.get(row_group).copied().unwrap_or(0)
    }

    /// The row of the file, from zero, that is row 0 of row group `row_group`; the number of rows past the last.
    #[must_use]
    pub fn row_group_first_row(&self, row_group: usize) -> u64 {
        self.first_rows.get(row_group).copied().unwrap_or_else(|| self.rows())
    }

    /// What is proven about `column` in row group `row_group`; unknown where the file has no statistics or they are not trusted.
    #[must_use]
    pub fn statistics(&self, row_group: usize, column: ColumnId) -> ColumnStatistics {
        match &self.format {
            Format::Parquet(file) => file.statistics(row_group, column),
            Format::Ipc(_) => ColumnStatistics::unknown(u64::from(self.row_group_rows(row_group))),
        }
    }

    /// The uncompressed size of `column` in row group `row_group`, in bytes, as the file states it: good for weighing columns, not to be
    /// trusted. `None` if the file does not say.
    #[must_use]
    pub fn column_bytes(&self, row_group: usize, column: ColumnId) -> Option<u64> {
        match &self.format {
            Format::Parquet(file) => file.column_bytes(row_group, column),
            Format::Ipc(_) => None,
        }
    }

    /// The pages of `column` in row group `row_group`, for searching; `None` if it has to be decoded instead: it is not text or
    /// binary, it is in a list, or its values have a fixed length.
    ///
    /// # Errors
    ///
    /// If there is no such column or row group, the batch is damaged, or the codec is not supported.
    pub fn pages(&self, row_group: usize, column: ColumnId) -> Result<Option<PageCursor<'_>>, Error> {
        let Some(info) = self.columns().get(column.0 as usize) else {
            return Err(Error::damaged(format!("there is no column {}", column.0)).in_file(&self.path));
        };
        let place = Place { path: &self.path, row_group, column: &info.name };
        let pages = match &self.format {
            Format::Parquet(file) => {
                file.pages(row_group, column).map(|pages| pages.map(|pages| Pages::Parquet(Box::new(pages))))
            }
            Format::Ipc(file) => file.pages(row_group, column).map(|pages| pages.map(Pages::Ipc)),
        };
        match pages {
            Ok(pages) => Ok(pages.map(|pages| PageCursor::new(pages, place))),
            Err(error) => Err(self.locate(error, row_group).in_column(&info.name)),
        }
    }

    /// The values of a few `rows` of a flat text or binary column, as [`read`](Self::read) gives them, without decompressing the pages
    /// between them; `None` if this column has to be read. Worth it where most pages hold none of the rows.
    ///
    /// # Errors
    ///
    /// As for [`pages`](Self::pages).
    pub fn lookup(&self, row_group: usize, column: ColumnId, rows: &RoaringBitmap) -> Result<Option<ArrayRef>, Error> {
        let total = self.row_group_rows(row_group);
        if rows.max().is_some_and(|last| last >= total) {
            return Ok(None);
        }
        let Some(cursor) = self.pages(row_group, column)? else { return Ok(None) };
        let Some(values) = cursor.lookup(rows)? else { return Ok(None) };
        // A damaged page could have fewer rows than it claims.
        Ok((values.len() as u64 == rows.len()).then(|| Arc::new(values) as ArrayRef))
    }

    /// The canonical arrays of `columns` in row group `row_group`, in that order: for each of `rows` ascending, or for all rows.
    ///
    /// `rows` are counted in the row group; those past its end are passed over. Types are those of [`ColumnKind`]; dates and
    /// timestamps are ISO 8601 text.
    ///
    /// # Errors
    ///
    /// If a column is damaged, one has more than 2 GiB of text for these rows, or the file changed while it was read.
    pub fn read(
        &self,
        row_group: usize,
        columns: &[ColumnId],
        rows: Option<&RoaringBitmap>,
    ) -> Result<Vec<ArrayRef>, Error> {
        self.read_with_time(row_group, columns, None, rows)
    }

    /// As [`read`](Self::read), but the column `time`, if it is among `columns` and of [`ColumnKind::Time`], becomes
    /// `Timestamp(Microsecond, "UTC")`: the row's time (§4.6.1). Finer digits are floored.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub fn read_with_time(
        &self,
        row_group: usize,
        columns: &[ColumnId],
        time: Option<ColumnId>,
        rows: Option<&RoaringBitmap>,
    ) -> Result<Vec<ArrayRef>, Error> {
        let known = self.columns();
        let mut wanted = Vec::with_capacity(columns.len());
        for column in columns {
            let Some(info) = known.get(column.0 as usize) else {
                return Err(Error::damaged(format!("there is no column {}", column.0)).in_file(&self.path));
            };
            let is_time = time == Some(*column) && info.kind == ColumnKind::Time && !info.multivalue;
            wanted.push((*column, is_time));
        }
        let arrays = match &self.format {
            Format::Parquet(file) => file.read(row_group, &wanted, rows),
            Format::Ipc(file) => file.read(row_group, &wanted, rows),
        };
        let arrays = arrays.and_then(|arrays| self.source.intact().map(|()| arrays));
        arrays.map_err(|error| self.locate(self.source.intact().err().unwrap_or(error), row_group))
    }

    /// The row time of each of `rows` ascending, or of all rows, if `column` is a date or timestamp: one array of
    /// `Timestamp(Microsecond, "UTC")`; any other column as [`read`](Self::read) gives it.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub fn read_time(
        &self,
        row_group: usize,
        column: ColumnId,
        rows: Option<&RoaringBitmap>,
    ) -> Result<ArrayRef, Error> {
        let mut arrays = self.read_with_time(row_group, &[column], Some(column), rows)?;
        arrays.pop().ok_or_else(|| self.locate(Error::damaged("there is no such column"), row_group))
    }

    /// Tells the system that the mapped bytes of row group `row_group` are done with, and drops what is kept of it.
    ///
    /// Arrays that were read stay valid. Reading the row group again works, and costs again.
    pub fn release(&self, row_group: usize) {
        let window = match &self.format {
            Format::Parquet(file) => file.window(row_group),
            Format::Ipc(file) => {
                file.release(row_group);
                file.window(row_group)
            }
        };
        self.source.release(window);
    }

    /// True once the file was found to have changed under its mapping: what was made of it since must be discarded.
    ///
    /// All methods that read check this themselves and give an error; callers that keep slices or arrays of an uncompressed
    /// file check it after they used them.
    #[must_use]
    pub fn poisoned(&self) -> bool {
        self.source.poisoned()
    }

    /// `error` with this file and `row_group`.
    fn locate(&self, error: Error, row_group: usize) -> Error {
        error.in_file(&self.path).in_row_group(row_group)
    }
}

/// The error for a file that begins with `head`, naming what it may be instead.
fn not_data(head: &[u8]) -> Error {
    let what = match head {
        [0x1f, 0x8b, ..] => " (it is gzip; unpack it first)",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => " (it is Zstandard; unpack it first)",
        [b'P', b'K', 3, 4, ..] => " (it is a zip archive; unpack it first)",
        [b'F', b'E', b'A', b'1', ..] => " (it is Feather version 1; rewrite it as Arrow or Parquet)",
        [b'O', b'R', b'C', ..] => " (it is ORC; rewrite it as Parquet)",
        [b'{' | b'[', ..] => " (it looks like JSON; convert it to Parquet)",
        _ => "",
    };
    Error::new(ErrorKind::NotData, format!("neither a Parquet nor an Arrow file{what}"))
}
