//! What can be wrong with the files of a user.

use std::path::{Path, PathBuf};

/// A file that cannot be used: which, where in it, what is wrong and what to do.
///
/// | Code | Meaning |
/// | --- | --- |
/// | `E-LOOKUP-READ` | a file or folder cannot be read |
/// | `E-LOOKUP-CSV` | a table is malformed |
/// | `E-LOOKUP-DEFINITION` | a definition is malformed, or asks for something unsupported |
/// | `E-LOOKUP-LIMIT` | a table or the folder is too large |
/// | `E-GEOIP` | the location database cannot be used |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Stable code.
    pub code: &'static str,
    /// The file, or for tables that are in no file their name.
    pub path: PathBuf,
    /// Line in the file, from 1, where that is known.
    pub line: Option<u64>,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl Error {
    /// An error about a whole file.
    pub(crate) fn new(code: &'static str, path: &Path, message: impl Into<String>) -> Self {
        Self { code, path: path.to_path_buf(), line: None, message: message.into() }
    }

    /// The same error at a line, counted from 1.
    pub(crate) fn at(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Error {}

/// Something about a file that a user should know, though it stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The file.
    pub path: PathBuf,
    /// One sentence.
    pub message: String,
}

impl Warning {
    /// A warning about a file.
    pub(crate) fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_path_buf(), message: message.into() }
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.message)
    }
}
