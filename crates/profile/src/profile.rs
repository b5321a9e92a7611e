//! A profile: which archives it fits and how their columns become fields. Data only; names of columns, not yet bound.

use std::path::Path;

use crate::document;
use crate::error::{Error, Kind};
use crate::event_class::EventClass;
use crate::expr::Expr;
use crate::selector::Clause;
use crate::time::TimeFormat;

/// A profile may not be larger than this, in bytes: it is text written by hand, and larger files are mistakes.
const LARGEST_FILE: u64 = 4 << 20;

/// How the columns of one kind of archive become SPL and CIM field names.
///
/// Column names in it are *logical*: [`Profile::candidates`] says which columns of an archive may stand behind one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// Chosen only when no other profile is.
    pub(crate) fallback: bool,
    /// Alternatives; one that holds is enough. Empty for a profile that must be forced.
    pub(crate) evidence: Vec<Evidence>,
    /// Prefixes under which shippers put event data, the empty one included.
    pub(crate) prefixes: Vec<String>,
    /// Logical column name to the archive's columns, first choice first, prefixes resolved.
    pub(crate) columns: Vec<(String, Vec<String>)>,
    /// Provenance columns; a trailing `*` stands for any rest.
    pub(crate) not_text: Vec<String>,
    pub(crate) time: Vec<TimeRule>,
    pub(crate) always: Vec<Mapping>,
    pub(crate) classes: Vec<Class>,
}

/// Columns by which an archive is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// Logical columns that must all be there.
    pub(crate) all: Vec<String>,
    /// Logical columns of which `at_least` must be there.
    pub(crate) any: Vec<String>,
    /// How many of `any`.
    pub(crate) at_least: usize,
}

/// Where the time of an event stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimeRule {
    /// Logical column.
    pub(crate) column: String,
    /// How it is written there.
    pub(crate) format: TimeFormat,
}

/// One field and how its value is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    pub(crate) field: String,
    pub(crate) expr: Expr<String>,
    /// A constant that bare terms see as a value of the row (§2.2.2).
    pub(crate) value_text: bool,
}

/// A class of rows and its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) name: String,
    pub(crate) event_class: Option<EventClass>,
    pub(crate) select: Vec<Clause>,
    pub(crate) fields: Vec<Mapping>,
}

impl Profile {
    /// Returns the profile that `text` describes (TOML, see the crate's README). `origin` names it in messages.
    ///
    /// # Errors
    ///
    /// If `text` is not TOML, or a key is unknown, missing or of a wrong type; the message gives line and column.
    pub fn parse(origin: &str, text: &str) -> Result<Self, Error> {
        document::profile(origin, text)
    }

    /// Returns the profile in the file at `path`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is over 4 MiB, or as for [`Profile::parse`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        let origin = path.display().to_string();
        let bytes = std::fs::metadata(path).map_err(|error| Error::new(&origin, Kind::Read(error)))?.len();
        if bytes > LARGEST_FILE {
            let message =
                format!("has {bytes} bytes, more than a profile may have ({LARGEST_FILE}); is this the right file?");
            return Err(Error::new(&origin, Kind::Invalid(message)));
        }
        let text = std::fs::read_to_string(path).map_err(|error| Error::new(&origin, Kind::Read(error)))?;
        Self::parse(&origin, &text)
    }

    /// Returns the name by which the profile is chosen and reported.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the title, for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns a sentence or two about what is mapped; may be empty.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Returns the archive columns that may hold the logical column `name`, first choice first.
    #[must_use]
    pub fn candidates(&self, name: &str) -> Vec<String> {
        match self.columns.iter().find(|(logical, _)| logical == name) {
            Some((_, columns)) => columns.clone(),
            None => self.prefixes.iter().map(|prefix| format!("{prefix}{name}")).collect(),
        }
    }

    /// Returns the names of the fields that the profile can make, sorted, each once.
    #[must_use]
    pub fn field_names(&self) -> Vec<&str> {
        let of_classes = self.classes.iter().flat_map(|class| &class.fields);
        let mut names: Vec<&str> = self.always.iter().chain(of_classes).map(|mapping| mapping.field.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
