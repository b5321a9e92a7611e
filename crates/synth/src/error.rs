//! Why nothing, or not everything, was generated.

use std::path::{Path, PathBuf};

/// Why an archive could not be generated.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Kind);

/// The kinds of [`Error`].
#[derive(Debug, thiserror::Error)]
enum Kind {
    /// The options ask for something impossible.
    #[error("{0}")]
    Options(&'static str),
    /// The output directory has something in it.
    #[error("{path} is not empty; name another directory or allow overwriting", path = path.display())]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// The system refused something.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The Parquet writer failed.
    #[error("{path}: {source}", path = path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        source: parquet::errors::ParquetError,
    },
    /// The Arrow writer failed.
    #[error("{path}: {source}", path = path.display())]
    Arrow {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        source: arrow_schema::ArrowError,
    },
}

impl Error {
    /// Returns the error for options that ask for something impossible.
    pub(crate) fn options(message: &'static str) -> Error {
        Error(Kind::Options(message))
    }

    /// Returns the error for an output directory that is not empty.
    pub(crate) fn not_empty(path: &Path) -> Error {
        Error(Kind::NotEmpty { path: path.to_owned() })
    }

    /// Returns what turns a system error about `path` into an error.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        move |source| Error(Kind::Io { path: path.to_owned(), source })
    }

    /// Returns what turns an error of the Parquet writer of `path` into an error.
    pub(crate) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Error {
        move |source| Error(Kind::Parquet { path: path.to_owned(), source })
    }

    /// Returns what turns an error of the Arrow writer of `path` into an error.
    pub(crate) fn arrow(path: &Path) -> impl FnOnce(arrow_schema::ArrowError) -> Error {
        move |source| Error(Kind::Arrow { path: path.to_owned(), source })
    }

    /// Returns whether the output directory was refused because it is not empty.
    #[must_use]
    pub fn is_not_empty(&self) -> bool {
        matches!(self.0, Kind::NotEmpty { .. })
    }
}
