//! What to generate: how many rows, by which vendors, in which files.

use crate::error::Error;
use std::path::{Path, PathBuf};

/// Rows from which an archive counts as large and gets larger row groups.
const LARGE_ROWS: u64 = 5_000_000;

/// Rows of a row group of a small archive.
const SMALL_GROUP: u32 = 131_072;

/// Rows of a row group of a large archive.
const LARGE_GROUP: u32 = 262_144;

/// Most rows of one file of the default layout.
const FILE_ROWS: u64 = 1_000_000;

/// A vendor whose telemetry can be imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vendor {
    /// CrowdStrike Falcon Data Replicator.
    CrowdStrike,
    /// Microsoft Defender advanced hunting.
    Defender,
    /// Carbon Black event forwarder.
    CarbonBlack,
    /// Sysmon.
    Sysmon,
    /// The Windows security log.
    Security,
}

impl Vendor {
    /// All vendors.
    pub const ALL: [Vendor; 5] =
        [Vendor::CrowdStrike, Vendor::Defender, Vendor::CarbonBlack, Vendor::Sysmon, Vendor::Security];

    /// Returns the vendor's name in file names and on the command line, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Vendor::CrowdStrike => "crowdstrike",
            Vendor::Defender => "defender",
            Vendor::CarbonBlack => "carbon-black",
            Vendor::Sysmon => "sysmon",
            Vendor::Security => "security",
        }
    }

    /// Returns the vendor of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Vendor> {
        Vendor::ALL.into_iter().find(|vendor| vendor.name() == name)
    }

    /// The vendor's part of the rows of the default layout, in relation to the others.
    fn share(self) -> u64 {
        match self {
            Vendor::CrowdStrike => 30,
            Vendor::Defender | Vendor::Sysmon | Vendor::Security => 20,
            Vendor::CarbonBlack => 10,
        }
    }

    /// A number that stays the vendor's own, for its random numbers.
    pub(crate) fn number(self) -> u64 {
        match self {
            Vendor::CrowdStrike => 0,
            Vendor::Defender => 1,
            Vendor::CarbonBlack => 2,
            Vendor::Sysmon => 3,
            Vendor::Security => 4,
        }
    }
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Parquet, zstd level 3.
    Parquet,
    /// Arrow IPC file, zstd.
    Arrow,
}

impl Format {
    /// Returns the ending of the format's files, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Format::Parquet => "parquet",
            Format::Arrow => "arrow",
        }
    }
}

/// One file to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSpec {
    /// Whose rows.
    pub vendor: Vendor,
    /// How many rows.
    pub rows: u64,
    /// Whether there is a `_raw` column.
    pub raw: bool,
    /// The format.
    pub format: Format,
}

/// What to generate. Equal options give equal files, byte for byte, with the same version of the writers.
#[derive(Clone, Debug)]
pub struct Options {
    /// Rows in all files together; not looked at when `files` names the files.
    pub rows: u64,
    /// The directory to write to. It is made if it is missing.
    pub out: PathBuf,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Whether files have a `_raw` column with the vendor's own text; not looked at when `files` names the files.
    pub raw: bool,
    /// Format of all files; not looked at when `files` names the files.
    pub format: Format,
    /// Rows of a row group; 131,072, or 262,144 from 5,000,000 rows on, when absent. Arrow files have batches of at most
    /// 32,768 rows.
    pub row_group_rows: Option<u32>,
    /// Whose telemetry to imitate; not looked at when `files` names the files.
    pub vendors: Vec<Vendor>,
    /// The files to write; empty for the default layout: each vendor's share in files of at most 1,000,000 rows.
    pub files: Vec<FileSpec>,
    /// Whether a directory that is not empty may be written to. Data and truth files of an earlier run are removed
    /// first, other files stay.
    pub overwrite: bool,
    /// Number of files written at the same time, at least one. It does not change what is written.
    pub threads: usize,
}

impl Options {
    /// Returns the options for `rows` rows of all vendors in `out`: Parquet without `_raw`, seed 1, two threads.
    #[must_use]
    pub fn new(out: &Path, rows: u64) -> Options {
        Options {
            rows,
            out: out.to_owned(),
            seed: 1,
            raw: false,
            format: Format::Parquet,
            row_group_rows: None,
            vendors: Vendor::ALL.to_vec(),
            files: Vec::new(),
            overwrite: false,
            threads: 2,
        }
    }

    /// Returns the files that these options ask for, in the order of their names' numbers.
    ///
    /// # Errors
    ///
    /// When there are no rows, no vendors, a vendor twice, or a row group of no rows.
    pub(crate) fn layout(&self) -> Result<Vec<FileSpec>, Error> {
        if self.row_group_rows == Some(0) {
            return Err(Error::options("a row group needs at least one row"));
        }
        if !self.files.is_empty() {
            return match self.files.iter().all(|file| file.rows > 0) {
                true => Ok(self.files.clone()),
                false => Err(Error::options("every file needs at least one row")),
            };
        }
        let mut vendors = self.vendors.clone();
        vendors.sort();
        vendors.dedup();
        if vendors.len() != self.vendors.len() {
            return Err(Error::options("a vendor is named twice"));
        }
        if vendors.is_empty() {
            return Err(Error::options("no vendor is named"));
        }
        let mut files = Vec::new();
        let (mut shares, mut rows) = (vendors.iter().map(|vendor| vendor.share()).sum::<u64>(), self.rows);
        for vendor in vendors {
            let part = if shares == vendor.share() { rows } else { scale(rows, vendor.share(), shares) };
            shares -= vendor.share();
            rows -= part;
            let count = part.div_ceil(FILE_ROWS);
            for number in 0..count {
                let size = scale(part, number + 1, count) - scale(part, number, count);
                files.push(FileSpec { vendor, rows: size, raw: self.raw, format: self.format });
            }
        }
        if files.is_empty() { Err(Error::options("no rows are asked for")) } else { Ok(files) }
    }

    /// Returns the rows of a row group for `rows` rows in all.
    pub(crate) fn group_rows(&self, rows: u64) -> u32 {
        self.row_group_rows.unwrap_or(if rows >= LARGE_ROWS { LARGE_GROUP } else { SMALL_GROUP })
    }
}

/// Returns `value * part / whole`, rounded down; 0 when `whole` is 0.
fn scale(value: u64, part: u64, whole: u64) -> u64 {
    let product = u128::from(value) * u128::from(part);
    product.checked_div(u128::from(whole)).and_then(|quotient| u64::try_from(quotient).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_has_all_rows_and_small_files() {
        for rows in [1, 4, 5, 999, 1_000_000, 10_000_000, 33_333_333] {
            let files = Options::new(Path::new("x"), rows).layout().unwrap();
            assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), rows);
            assert!(files.iter().all(|file| file.rows > 0 && file.rows <= FILE_ROWS));
        }
        assert_eq!(Options::new(Path::new("x"), 10_000_000).layout().unwrap().len(), 10);
    }

    #[test]
    fn impossible_options_are_refused() {
        let options = Options::new(Path::new("x"), 10);
        let refused = [
            Options { rows: 0, ..options.clone() },
            Options { vendors: Vec::new(), ..options.clone() },
            Options { vendors: vec![Vendor::Sysmon, Vendor::Sysmon], ..options.clone() },
            Options { row_group_rows: Some(0), ..options.clone() },
            Options {
                files: vec![FileSpec { vendor: Vendor::Sysmon, rows: 0, raw: false, format: Format::Arrow }],
                ..options
            },
        ];
        assert!(refused.iter().all(|options| options.layout().is_err()));
    }

    #[test]
    fn names_lead_back_to_their_vendor() {
        for vendor in Vendor::ALL {
            assert_eq!(Vendor::from_name(vendor.name()), Some(vendor));
        }
        assert_eq!(Vendor::from_name("nobody"), None);
    }
}
