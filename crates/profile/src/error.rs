//! Why a profile cannot be used, where it says so, and what to do.

use std::fmt;

/// Why a profile or a marker table cannot be used.
///
/// Its text names the file, line and column (both from 1, the column in characters), what is wrong and what to do.
#[derive(Debug)]
pub struct Error {
    /// File name or profile name.
    origin: String,
    /// Line and column, where the place is known.
    position: Option<(usize, usize)>,
    /// What is wrong; boxed, as results should be small.
    kind: Box<Kind>,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Kind {
    /// The file could not be read.
    #[error("cannot be read: {0}; check the path, or give the name of a shipped profile")]
    Read(std::io::Error),
    /// Not TOML.
    #[error("is not valid TOML: {0}")]
    Syntax(String),
    /// A key nobody reads.
    #[error("unknown key `{key}` in {place}; {}", known(.allowed))]
    UnknownKey {
        /// The key as written.
        key: String,
        /// The table it stands in.
        place: String,
        /// The keys of that table.
        allowed: Vec<String>,
    },
    /// A key that must be there.
    #[error("{place} has no `{key}`; add it")]
    MissingKey {
        /// The missing key.
        key: String,
        /// The table it belongs into.
        place: String,
    },
    /// A value of another type.
    #[error("`{key}` is {found}, but must be {wanted}")]
    WrongType {
        /// The key of the value.
        key: String,
        /// What it is.
        found: String,
        /// What it must be.
        wanted: String,
    },
    /// A name that stands for nothing.
    #[error("`{name}` is not {what}; {}", known(.names))]
    UnknownName {
        /// What it should name.
        what: String,
        /// The name as written.
        name: String,
        /// The names that there are.
        names: Vec<String>,
    },
    /// A value that is of the right type but makes no sense.
    #[error("{0}")]
    Invalid(String),
}

/// Lists what may be written, for messages.
fn known(names: &[String]) -> String {
    if names.is_empty() { "nothing is allowed here".to_owned() } else { format!("known are {}", names.join(", ")) }
}

impl Error {
    /// Makes an error without a place in a text.
    pub(crate) fn new(origin: &str, kind: Kind) -> Self {
        Self { origin: origin.to_owned(), position: None, kind: Box::new(kind) }
    }

    /// Makes an error at byte `offset` of `text`.
    pub(crate) fn at(origin: &str, text: &str, offset: usize, kind: Kind) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { origin: origin.to_owned(), position: Some((line, column)), kind: Box::new(kind) }
    }

    /// Returns line and column, both from 1, the column in characters, where the place is known.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        self.position
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "profile {}:{line}:{column}: {}", self.origin, self.kind),
            None => write!(f, "profile {}: {}", self.origin, self.kind),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind.as_ref() {
            Kind::Read(error) => Some(error),
            _ => None,
        }
    }
}
