//! What rows are enriched with: lookup tables, a location database, the parts of addresses. Read once, shared by all rules.
//!
//! The crate owns the files that a user gives for `lookup`, `inputlookup` (§5.13), `iplocation` (§5.14) and `ut_parse_extended`
//! (§5.29): their formats, their limits, and how a key finds its rows. It refuses to own: rows and values of a scan, and what a
//! command writes where (`stages`); rule text (`spl`).
//!
//! | Step | Module |
//! | --- | --- |
//! | folder to tables by name | [`Lookups`] |
//! | CSV to cells, definitions to options | `csv`, `definition` |
//! | keys to rows | [`Matcher`], with the cell patterns in `pattern` |
//! | address to place | [`Geo`] |
//! | URL or host name to parts | [`UrlParts`] |
//!
//! What must stay true: an empty cell is ∅; rows found come in table order; a hostile file is an error with its place, never a
//! panic, and takes memory in proportion to its size.
//!
//! ```
//! use retrohunt_enrich::{Options, Table};
//!
//! let rows = [["10.0.0.0/8", "internal"], ["10.1.0.0/16", "lab"]];
//! let rows = rows.map(|row| row.map(str::to_owned).to_vec());
//! let options = Options::default().cidr("net");
//! let table = Table::new("networks", &["net", "zone"], rows, options)?;
//!
//! let mut found = Vec::new();
//! let cut = table.matcher(&[0]).find(&["10.1.2.3"], &mut found);
//! assert_eq!((found, cut), (vec![0, 1], false));
//! assert_eq!(table.cell(1, 1), Some("lab"));
//! # Ok::<(), retrohunt_enrich::Error>(())
//! ```
#![forbid(unsafe_code)]

mod csv;
mod definition;
mod error;
mod geo;
mod lookups;
mod matcher;
mod options;
mod pattern;
mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod url;
mod yaml;

pub use error::{Error, Warning};
pub use geo::{Geo, Place};
pub use lookups::{Absent, Lookups};
pub use matcher::Matcher;
pub use options::{MAX_MATCHES, MatchKind, Options};
pub use table::Table;
pub use url::UrlParts;

/// All that rules may be enriched with. By default there is nothing.
#[derive(Debug, Default)]
pub struct Enrichment {
    /// The lookup tables.
    pub lookups: Lookups,
    /// The location database.
    pub geo: Option<Geo>,
    /// What a rule gets that asks for a table that is not there.
    pub missing_lookup: MissingLookup,
}

/// What becomes of a `lookup` or `inputlookup` whose table is not there (§5.13.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingLookup {
    /// The rule is not runnable.
    #[default]
    Error,
    /// The table counts as empty, with a warning.
    Empty,
}
