//! Mapped Parquet and Arrow files to pruned pages and decoded batches.
//!
//! This crate owns the files: their bytes ([`OpenOptions`] maps or reads them), footers, schemas, statistics, pages, and the
//! canonical arrays that they decode to. It knows nothing of rules, needles or SPL: a searcher gets bytes of a page and hands
//! hits back, a stage gets arrays of a few types. Files are untrusted: whatever a file holds, the answer is a value or an
//! [`Error`], never a panic, a crash, or an allocation that only the file's word justifies.
//!
//! ```no_run
//! use retrohunt_columnar::{ColumnId, DataFile, OpenOptions};
//!
//! let file = DataFile::open("events.parquet".as_ref(), &OpenOptions::default())?;
//! for (index, column) in (0..).zip(file.columns()) {
//!     let statistics = file.statistics(0, ColumnId(index));
//!     assert!(statistics.rows == u64::from(file.row_group_rows(0)), "{}", column.name);
//! }
//! let arrays = file.read(0, &[ColumnId(0)], None)?;
//! assert_eq!(arrays[0].len(), file.row_group_rows(0) as usize);
//! # Ok::<(), retrohunt_columnar::Error>(())
//! ```
//!
//! # Where things are
//!
//! - [`input`]: arguments to files
//! - [`DataFile`]: one file, whatever its format; Parquet and Arrow IPC behind it
//! - [`PageCursor`], [`PageView`]: the pages of a column, searched without decoding
//! - [`pushdown`]: proofs that a row group has no match
//! - [`text`]: numbers and times as text
//!
//! # Invariants
//!
//! - Nothing past this crate sees a type that is not canonical (see [`ColumnKind`]); a source's empty text is null (§4.1.4).
//! - A page or row group is passed over only on proof: a dictionary without a hit clears its own pages of codes, no others.
//! - Every error names file, row group, column and page as far as they apply.

mod canonical;
mod contain;
mod data_file;
mod error;
mod faults;
pub mod input;
mod ipc;
mod page;
mod parquet;
pub mod pushdown;
mod schema;
mod source;
pub mod text;

pub use data_file::{DataFile, OpenOptions};
pub use error::{Error, ErrorKind};
#[cfg(feature = "faults")]
pub use faults::{FAULTS, set_fault};
pub use page::{PageCursor, PageKind, PageView, RowHit};
pub use pushdown::{Bound, ColumnStatistics, Proof};
pub use schema::{ColumnId, ColumnInfo, ColumnKind};

/// How deep a schema may nest; every walk over it is recursive.
pub(crate) const MAX_NESTING: usize = 64;

/// The most rows in a row group. Writers stay far below; beyond it, lists of rows alone would need gigabytes.
pub(crate) const MAX_ROW_GROUP_ROWS: u32 = 1 << 28;
