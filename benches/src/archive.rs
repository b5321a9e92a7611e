//! Synthetic archives, written once and used again.

use std::fs;
use std::path::{Path, PathBuf};

use retrohunt_synth::Options;

use crate::Error;

/// The file that says what an archive was made from. It is written last, so a broken run leaves none.
const STAMP: &str = "made-from.txt";

/// A directory of data files with the truth about them.
#[derive(Clone, Debug)]
pub struct Archive {
    /// The directory.
    pub path: PathBuf,
    /// Its data files, in path order.
    pub files: Vec<PathBuf>,
}

impl Archive {
    /// Returns the archive in the directory `path`, as it is.
    ///
    /// # Errors
    ///
    /// If there is no data file in it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let files = retrohunt_columnar::input::expand(&[path.to_owned()])?.files;
        if files.is_empty() {
            return Err(format!("{}: there is no data file in it", path.display()).into());
        }
        Ok(Self { path: path.to_owned(), files })
    }

    /// Returns the synthetic archive of `rows` rows, with or without `_raw`, under `parent`; it is written unless an earlier run
    /// has written the same.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn synthetic(parent: &Path, rows: u64, raw: bool) -> Result<Self, Error> {
        let path = parent.join(format!("synthetic-{rows}{}", if raw { "-raw" } else { "" }));
        let options = Options { raw, overwrite: true, ..Options::new(&path, rows) };
        let wanted = format!("{} {options:?}\n", env!("CARGO_PKG_VERSION"));
        let stamp = path.join(STAMP);
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Self::open(&path);
        }
        if stamp.exists() {
            fs::remove_file(&stamp)?;
        }
        retrohunt_synth::generate(&options)?;
        fs::write(&stamp, wanted)?;
        Self::open(&path)
    }

    /// Returns the size of the data files in bytes.
    ///
    /// # Errors
    ///
    /// If a file cannot be looked at.
    pub fn bytes(&self) -> Result<u64, Error> {
        let mut bytes = 0;
        for file in &self.files {
            bytes += fs::metadata(file)?.len();
        }
        Ok(bytes)
    }
}
