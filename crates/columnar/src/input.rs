//! From input arguments to the files that they name.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::error::{Error, ErrorKind};

/// Extensions of data files: in a directory, only files with one of these are taken.
pub const EXTENSIONS: [&str; 6] = ["parquet", "parq", "arrow", "arrows", "ipc", "feather"];

/// The files that input arguments name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The data files, in ascending order of the bytes of their paths, each once.
    pub files: Vec<PathBuf>,
    /// Files in directories that were passed over because of their name: hidden ones, ones that begin with `_`, ones
    /// without one of the [`EXTENSIONS`]. In ascending order.
    pub skipped: Vec<PathBuf>,
}

/// The files that `arguments` name: files as they are, directories with all that is in them, patterns (`*`, `?`, `[…]`, `**`).
///
/// A file that is named, by itself or by a pattern, is always taken; one that is found in a directory only if its name has one
/// of the [`EXTENSIONS`] (in any case) and does not begin with `.` or `_`; directories that begin so are not entered. A path
/// that exists is never a pattern. A file that is reached twice, also through links, is taken once, under the first of its paths.
///
/// # Errors
///
/// If a path does not exist, a pattern is malformed or matches nothing, or a directory cannot be read.
pub fn expand(arguments: &[PathBuf]) -> Result<Inputs, Error> {
    let mut found = Inputs::default();
    for argument in arguments {
        if argument.exists() {
            found.add(argument)?;
        } else {
            for path in matches(argument)? {
                found.add(&path)?;
            }
        }
    }
    found.files.sort_by(|a, b| a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes()));
    let mut seen = HashSet::new();
    found.files.retain(|path| seen.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    found.skipped.sort();
    found.skipped.dedup();
    Ok(found)
}

/// The paths that the pattern `argument` matches, at least one.
fn matches(argument: &Path) -> Result<Vec<PathBuf>, Error> {
    let missing = |message: String| Err(Error::new(ErrorKind::NotFound, message).in_file(argument));
    let text = argument.to_str().filter(|text| text.contains(['*', '?', '[']));
    let Some(text) = text else {
        return missing("no such file or directory; check the spelling".to_owned());
    };
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
    let paths = match glob::glob_with(text, options) {
        Ok(paths) => paths,
        Err(error) => return missing(format!("the pattern is malformed: {}", error.msg)),
    };
    let paths =
        paths.map(|path| path.map_err(|error| Error::io("read the directory", error.error()).in_file(error.path())));
    let paths: Vec<PathBuf> = paths.collect::<Result<_, Error>>()?;
    if paths.is_empty() {
        missing("the pattern matches no file; check it and its directory".to_owned())
    } else {
        Ok(paths)
    }
}

impl Inputs {
    /// Adds `path`, which was named: a file, or a directory with all that is in it.
    fn add(&mut self, path: &Path) -> Result<(), Error> {
        if !path.is_dir() {
            self.files.push(path.to_path_buf());
            return Ok(());
        }
        let walk = WalkDir::new(path).follow_links(true).into_iter();
        let enter =
            |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_type().is_dir() || !is_private(entry.path());
        for entry in walk.filter_entry(enter) {
            let entry = entry.map_err(|error| {
                let place = error.path().unwrap_or(path).to_path_buf();
                let message = format!("cannot read the directory: {error}");
                Error::new(ErrorKind::Io, message).in_file(&place)
            })?;
            if entry.file_type().is_dir() {
                continue;
            }
            let list =
                if is_private(entry.path()) || !is_data(entry.path()) { &mut self.skipped } else { &mut self.files };
            list.push(entry.into_path());
        }
        Ok(())
    }
}

/// True if the name of `path` begins with `.` or `_`, by which writers mark what is not data.
fn is_private(path: &Path) -> bool {
    path.file_name().is_some_and(|name| matches!(name.as_bytes().first(), Some(b'.' | b'_')))
}

/// True if the extension of `path` is one of [`EXTENSIONS`].
fn is_data(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with `files` in it.
    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        dir
    }

    /// Paths relative to `dir`.
    fn relative(dir: &tempfile::TempDir, paths: &[PathBuf]) -> Vec<String> {
        paths.iter().map(|path| path.strip_prefix(dir.path()).unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_directory_gives_its_data_files_in_byte_order() {
        let dir = tree(&[
            "b.parquet",
            "a/z.arrow",
            "B.PARQ",
            "a.parquet",
            "a/_SUCCESS",
            "notes.txt",
            ".x.parquet",
            "_t/y.ipc",
        ]);
        let found = expand(&[dir.path().to_path_buf()]).unwrap();
        assert_eq!(relative(&dir, &found.files), ["B.PARQ", "a.parquet", "a/z.arrow", "b.parquet"]);
        assert_eq!(relative(&dir, &found.skipped), [".x.parquet", "a/_SUCCESS", "notes.txt"]);
    }

    #[test]
    fn a_named_file_is_taken_whatever_its_name_and_only_once() {
        let dir = tree(&["_notes.txt", "a.parquet"]);
        let arguments = [
            dir.path().join("_notes.txt"),
            dir.path().join("a.parquet"),
            dir.path().join("./a.parquet"),
            dir.path().into(),
        ];
        let found = expand(&arguments).unwrap();
        assert_eq!(found.files.len(), 2);
        assert!(found.files.iter().any(|path| path.ends_with("_notes.txt")));
    }

    #[test]
    fn patterns_match_files_and_directories() {
        let dir = tree(&["y=1/m=1/a.parquet", "y=1/m=2/b.parquet", "y=2/m=1/c.parquet", "y=2/readme"]);
        let found = |pattern: &str| expand(&[dir.path().join(pattern)]).map(|found| relative(&dir, &found.files));
        assert_eq!(found("y=*/m=1/*.parquet").unwrap(), ["y=1/m=1/a.parquet", "y=2/m=1/c.parquet"]);
        assert_eq!(found("**/b.parquet").unwrap(), ["y=1/m=2/b.parquet"]);
        assert_eq!(found("y=[1]").unwrap(), ["y=1/m=1/a.parquet", "y=1/m=2/b.parquet"]);
        for (pattern, text) in [("*.csv", "matches no file"), ("none", "no such file"), ("[", "malformed")] {
            let error = found(pattern).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn a_path_that_exists_is_not_a_pattern() {
        let dir = tree(&["[x].parquet", "x.parquet"]);
        let found = expand(&[dir.path().join("[x].parquet")]).unwrap();
        assert_eq!(relative(&dir, &found.files), ["[x].parquet"]);
    }
}
