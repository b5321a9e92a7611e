//! The one error of this crate: what is wrong with a file, where in it, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

/// What kind of trouble an [`Error`] is, for callers that treat kinds differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The path does not exist, or a pattern matches nothing.
    NotFound,
    /// The operating system refused: permissions, a directory in place of a file, a failing disk.
    Io,
    /// The file has no bytes.
    Empty,
    /// The file is neither Parquet nor Arrow IPC.
    NotData,
    /// The file ends before its data does: a copy or a writer was interrupted.
    Cut,
    /// The file contradicts itself: sizes, offsets, levels, checksums or encodings are wrong.
    Damaged,
    /// The file is sound but uses something that is not supported.
    Unsupported,
    /// The file changed while it was read.
    Changed,
}

/// What went wrong, with the file, row group, column and page where it did.
///
/// Row groups, columns and pages count from zero; pages count per column and row group, the dictionary page included.
pub struct Error(Box<Context>);

/// The fields of an [`Error`], boxed to keep results small.
struct Context {
    /// What kind of trouble.
    kind: ErrorKind,
    /// What is wrong and what to do.
    message: String,
    /// The file or argument.
    path: Option<PathBuf>,
    /// The row group in the file.
    row_group: Option<usize>,
    /// The dotted name of the column.
    column: Option<String>,
    /// The page in the column chunk.
    page: Option<usize>,
}

impl Error {
    /// An error of `kind` that says `message`, without a place.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Context { kind, message, path: None, row_group: None, column: None, page: None }))
    }

    /// A [`ErrorKind::Damaged`] error that says `message`.
    pub(crate) fn damaged(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Damaged, message)
    }

    /// An error of the operating system while doing `what`.
    pub(crate) fn io(what: &str, error: &std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::UnexpectedEof => ErrorKind::Changed,
            _ => ErrorKind::Io,
        };
        let help = match kind {
            ErrorKind::NotFound => "; check the spelling",
            ErrorKind::Changed => ": the file became shorter while it was read; run again when nothing writes to it",
            _ => "",
        };
        Self::new(kind, format!("cannot {what}: {error}{help}"))
    }

    /// The error for a mapping on which a fault was caught.
    pub(crate) fn changed() -> Self {
        let message = "the file changed while it was read (it became shorter, or its disk failed); \
                       run again when nothing writes to it";
        Self::new(ErrorKind::Changed, message)
    }

    /// This error, placed in the file `path` unless it has a file already.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        self.0.path.get_or_insert_with(|| path.to_path_buf());
        self
    }

    /// This error, placed in row group `row_group` unless it has one already.
    pub(crate) fn in_row_group(mut self, row_group: usize) -> Self {
        self.0.row_group.get_or_insert(row_group);
        self
    }

    /// This error, placed in the column `name` unless it has one already.
    pub(crate) fn in_column(mut self, name: &str) -> Self {
        self.0.column.get_or_insert_with(|| name.to_owned());
        self
    }

    /// This error, placed in page `page` unless it has one already.
    pub(crate) fn in_page(mut self, page: usize) -> Self {
        self.0.page.get_or_insert(page);
        self
    }

    /// What kind of trouble this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is wrong and what to do, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The file or input argument concerned, if known.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The row group concerned, counted from zero in its file, if the trouble is in one.
    #[must_use]
    pub fn row_group(&self) -> Option<usize> {
        self.0.row_group
    }

    /// The dotted name of the column concerned, if the trouble is in one.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The page concerned, counted from zero in its column and row group, if the trouble is in one.
    #[must_use]
    pub fn page(&self) -> Option<usize> {
        self.0.page
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Context { message, path, row_group, column, page, .. } = &*self.0;
        let mut separator = "";
        if let Some(path) = path {
            write!(f, "{}", path.display())?;
            separator = ", ";
        }
        if let Some(row_group) = row_group {
            write!(f, "{separator}row group {row_group}")?;
            separator = ", ";
        }
        if let Some(column) = column {
            write!(f, "{separator}column `{column}`")?;
            separator = ", ";
        }
        if let Some(page) = page {
            write!(f, "{separator}page {page}")?;
            separator = ", ";
        }
        if separator.is_empty() { write!(f, "{message}") } else { write!(f, ": {message}") }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_comes_first_and_the_first_place_stays() {
        let error = Error::damaged("a length is wrong").in_page(2).in_column("a.b").in_row_group(3);
        let error = error.in_file(Path::new("x.parquet")).in_file(Path::new("y")).in_page(9);
        assert_eq!(error.to_string(), "x.parquet, row group 3, column `a.b`, page 2: a length is wrong");
        assert_eq!((error.row_group(), error.column(), error.page()), (Some(3), Some("a.b"), Some(2)));
        assert_eq!(error.kind(), ErrorKind::Damaged);
        assert_eq!(Error::changed().to_string(), Error::changed().message());
    }
}
