//! What a rule's name for a lookup table means (§5.13.1, §5.13.6).

use std::sync::Arc;

use retrohunt_enrich::{MissingLookup, Table};

use crate::error::PipelineError;
use crate::notes::Notes;
use crate::pipeline::Settings;

/// Lookups that Splunk answers by asking the network, with their columns. A table that a user gives under the name goes before.
const EXTERNAL: [(&str, [&str; 2]); 1] = [("dnslookup", ["clientip", "clienthost"])];

/// Most table names that a message lists.
const LISTED: usize = 20;

/// The table of a name.
#[derive(Clone, Debug)]
pub(super) enum LookupSource {
    /// It is there.
    Table(Arc<Table>),
    /// It is not, and counts as empty.
    Missing {
        /// Code of the warning.
        code: &'static str,
        /// The warning.
        message: String,
        /// The columns that it would have, where that is known.
        columns: Vec<String>,
    },
}

impl LookupSource {
    /// The table that a command names.
    ///
    /// # Errors
    ///
    /// `E-STAGE-LOOKUP` if there is none and the settings ask for it; the message lists those that there are.
    pub(super) fn find(name: &str, settings: &Settings) -> Result<Self, PipelineError> {
        let lookups = &settings.enrichment.lookups;
        if let Some(table) = lookups.get(name) {
            return Ok(Self::Table(table.clone()));
        }
        if let Some((_, columns)) = EXTERNAL.iter().find(|(external, _)| *external == name) {
            let message =
                format!("`{name}` asks the network, which is not done; without a table of that name it gives nothing");
            let columns = columns.iter().map(|column| (*column).to_owned()).collect();
            return Ok(Self::Missing { code: "W-EXTERNAL-LOOKUP", message, columns });
        }
        let absent = lookups.absent(name);
        let reason = absent.map_or(String::new(), |absent| format!(": {}", absent.reason));
        if settings.enrichment.missing_lookup == MissingLookup::Empty {
            let message = format!("there is no lookup table `{name}`, so it counts as empty{reason}");
            let columns = absent.map(|absent| absent.columns.clone()).unwrap_or_default();
            return Ok(Self::Missing { code: "W-MISSING-LOOKUP", message, columns });
        }
        let names = lookups.names();
        let there = match names.len() {
            0 => "none was given".to_owned(),
            count if count > LISTED => format!("there are {} and {} more", names[..LISTED].join(", "), count - LISTED),
            _ => format!("there are {}", names.join(", ")),
        };
        let message = format!("there is no lookup table `{name}`{reason}; {there}");
        Err(PipelineError::new("E-STAGE-LOOKUP", message))
    }

    /// Says that the table is not there, if so.
    pub(super) fn warn(&self, notes: &mut Notes) {
        if let Self::Missing { code, message, .. } = self {
            notes.warn(code, message);
        }
    }

    /// The columns, as far as they are known.
    pub(super) fn columns(&self) -> &[String] {
        match self {
            Self::Table(table) => table.columns(),
            Self::Missing { columns, .. } => columns,
        }
    }
}
