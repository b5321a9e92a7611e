//! What can go wrong while rules run over files.

use std::fmt;

/// A failure of one row group, file or rule.
#[derive(Debug)]
pub struct Error {
    message: String,
}

impl Error {
    /// A broken invariant of this program, reported instead of ending it.
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self { message: format!("internal error, please report it: {}", message.into()) }
    }

    /// A failure with its own message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<retrohunt_columnar::Error> for Error {
    fn from(error: retrohunt_columnar::Error) -> Self {
        Self { message: error.to_string() }
    }
}

impl From<retrohunt_stages::PipelineError> for Error {
    fn from(error: retrohunt_stages::PipelineError) -> Self {
        Self { message: error.to_string() }
    }
}
