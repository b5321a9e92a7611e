//! Why a file is not a rule: one coded message per cause, with the place in the file and what to do.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use crate::Position;

/// What is wrong with a rule file. Every kind has a stable code, which is never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoadErrorKind {
    /// The path that was named does not exist.
    Missing,
    /// The file or folder is there and cannot be read.
    Unreadable,
    /// The folder that was named holds no rule file.
    EmptyFolder,
    /// The file that was named has an ending that no rule has.
    UnknownFormat,
    /// The file is larger than [`crate::MAX_RULE_BYTES`].
    TooLarge,
    /// The file is not UTF-8.
    NotUtf8,
    /// The file is not YAML, or has characters that YAML does not allow.
    Yaml,
    /// The YAML is nested deeper than any rule is.
    TooDeep,
    /// A key stands twice in a mapping that is read.
    DuplicateKey,
    /// The file is YAML but not a rule: no mapping, or a key with the wrong kind of value.
    Shape,
    /// There is no SPL in the file.
    NoLogic,
}

impl LoadErrorKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::Missing,
        Self::Unreadable,
        Self::EmptyFolder,
        Self::UnknownFormat,
        Self::TooLarge,
        Self::NotUtf8,
        Self::Yaml,
        Self::TooDeep,
        Self::DuplicateKey,
        Self::Shape,
        Self::NoLogic,
    ];

    /// Returns what the kind means, in one sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Missing => "The path that was named does not exist.",
            Self::Unreadable => "The file or folder is there and cannot be read.",
            Self::EmptyFolder => "The folder that was named holds no rule file.",
            Self::UnknownFormat => "The file that was named has an ending that no rule has.",
            Self::TooLarge => "The file is larger than a rule may be.",
            Self::NotUtf8 => "The file is not UTF-8.",
            Self::Yaml => "The file is not YAML, or has characters that YAML does not allow.",
            Self::TooDeep => "The YAML is nested deeper than any rule is.",
            Self::DuplicateKey => "A key stands twice in a mapping that is read.",
            Self::Shape => "The file is YAML but not a rule: no mapping, or a key with the wrong kind of value.",
            Self::NoLogic => "There is no SPL in the file.",
        }
    }

    /// Returns the stable code that outputs carry, such as `E-RULE-YAML`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "E-RULE-MISSING",
            Self::Unreadable => "E-RULE-UNREADABLE",
            Self::EmptyFolder => "E-RULE-EMPTY-FOLDER",
            Self::UnknownFormat => "E-RULE-FORMAT",
            Self::TooLarge => "E-RULE-TOO-LARGE",
            Self::NotUtf8 => "E-RULE-UTF8",
            Self::Yaml => "E-RULE-YAML",
            Self::TooDeep => "E-RULE-DEPTH",
            Self::DuplicateKey => "E-RULE-DUPLICATE-KEY",
            Self::Shape => "E-RULE-SHAPE",
            Self::NoLogic => "E-RULE-NO-LOGIC",
        }
    }

    /// Returns whether the path itself is wrong, which is a mistake on the command line and not one in a rule.
    #[must_use]
    pub fn is_path(self) -> bool {
        matches!(self, Self::Missing | Self::EmptyFolder | Self::UnknownFormat)
    }
}

/// A file that could not be loaded as a rule. Printed, it reads `path:line:column: message`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct LoadError {
    /// The cause.
    pub kind: LoadErrorKind,
    /// The file or folder, as it was given or found.
    pub path: PathBuf,
    /// The place in the file; `None` where the whole file is meant.
    pub position: Option<Position>,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// What to do about it, in one sentence without a final stop; `None` where there is nothing to add.
    pub help: Option<String>,
}

impl LoadError {
    /// Returns an error about the whole of `path`.
    pub(crate) fn new(kind: LoadErrorKind, path: &Path, message: impl Into<String>) -> Self {
        Self { kind, path: path.to_path_buf(), position: None, message: message.into(), help: None }
    }

    /// Returns the error with its place in the file.
    pub(crate) fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// Returns the error with what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(position) = self.position {
            write!(f, ":{position}")?;
        }
        write!(f, ": {}", self.message)
    }
}
