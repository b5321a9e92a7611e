//! Files of results that appear whole or not at all: written under temporary names and renamed when all is done.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// A folder that results are being written into.
///
/// Until [`OutDir::commit`], the files have hidden names of this process; dropped before that, they are removed.
#[derive(Debug)]
pub(crate) struct OutDir {
    /// The folder.
    folder: PathBuf,
    /// Temporary and final path of each file, in the order of writing.
    files: Vec<(PathBuf, PathBuf)>,
}

impl OutDir {
    /// Returns the folder at `path`, made if it is not there, for files of these names.
    ///
    /// # Errors
    ///
    /// If one of the files is there already and `overwrite` is not set, or if the folder cannot be made.
    pub(crate) fn open(path: &Path, names: &[&str], overwrite: bool) -> Result<Self, Failure> {
        for name in names {
            check_free(&path.join(name), overwrite)?;
        }
        let make = fs::create_dir_all(path);
        make.map_err(|error| Failure::usage(format!("cannot make the folder {}: {error}", path.display())))?;
        Ok(Self { folder: path.to_path_buf(), files: Vec::new() })
    }

    /// Writes one file, whose content `write` gives.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub(crate) fn write(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let path = self.folder.join(name);
        let temporary = self.folder.join(format!(".{name}.{}.partial", std::process::id()));
        self.files.push((temporary.clone(), path.clone()));
        let written = File::create(&temporary).and_then(|file| {
            let mut out = BufWriter::new(file);
            write(&mut out)?;
            out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
        });
        written.map_err(|error| Failure::writing(&path, &error))
    }

    /// Gives the files their names, in the order of writing.
    ///
    /// # Errors
    ///
    /// If one cannot be renamed; those after it are removed.
    pub(crate) fn commit(mut self) -> Result<(), Failure> {
        for (temporary, path) in std::mem::take(&mut self.files) {
            if let Err(error) = fs::rename(&temporary, &path) {
                let _ = fs::remove_file(&temporary);
                return Err(Failure::writing(&path, &error));
            }
        }
        Ok(())
    }
}

impl Drop for OutDir {
    fn drop(&mut self) {
        for (temporary, _) in &self.files {
            // Nothing more can be done about a file that cannot be removed.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Writes one file, whole or not at all.
///
/// # Errors
///
/// If it is there already and `overwrite` is not set, or if it cannot be written.
pub(crate) fn write_file(path: &Path, content: &[u8], overwrite: bool) -> Result<(), Failure> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Err(Failure::usage(format!("{} is not the name of a file, or not UTF-8", path.display())));
    };
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut out = OutDir::open(folder, &[name], overwrite)?;
    out.write(name, |file| file.write_all(content))?;
    out.commit()
}

/// Checks that there is nothing at `path`, or that it may be replaced.
fn check_free(path: &Path, overwrite: bool) -> Result<(), Failure> {
    if overwrite || path.symlink_metadata().is_err() {
        return Ok(());
    }
    let failure = Failure::usage(format!("{} is there already", path.display()));
    Err(failure.help("choose another place, or replace it with --overwrite"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the names in a folder, hidden ones too, ascending.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_together_and_whole() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("new/out");
        let mut out = OutDir::open(&folder, &["a", "b"], false).expect("free");
        out.write("a", |file| file.write_all(b"1")).expect("written");
        out.write("b", |file| file.write_all(b"2")).expect("written");
        assert!(names(&folder).iter().all(|name| name.starts_with('.')));
        out.commit().expect("renamed");
        assert_eq!(names(&folder), ["a", "b"]);
        assert_eq!(fs::read(folder.join("b")).expect("there"), b"2");
    }

    #[test]
    fn nothing_stays_of_files_that_were_not_finished() {
        let root = tempfile::tempdir().expect("a folder");
        let mut out = OutDir::open(root.path(), &["a", "b"], false).expect("free");
        out.write("a", |file| file.write_all(b"1")).expect("written");
        let failure = out.write("b", |_| Err(std::io::Error::other("no room"))).expect_err("no room");
        assert_eq!(failure.code(), 4);
        drop(out);
        assert_eq!(names(root.path()), Vec::<String>::new());
    }

    #[test]
    fn existing_results_are_refused_unless_they_may_be_replaced() {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join("manifest.json");
        write_file(&file, b"1", false).expect("free");
        let failure = write_file(&file, b"2", false).expect_err("there");
        assert_eq!((failure.code(), failure.is_silent()), (3, false));
        assert!(failure.to_string().contains("--overwrite"));
        assert_eq!(fs::read(&file).expect("there"), b"1");
        write_file(&file, b"2", true).expect("replaced");
        assert_eq!(fs::read(&file).expect("there"), b"2");
        assert_eq!(names(root.path()), ["manifest.json"]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_a_usage_error() {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join("file");
        fs::write(&file, "x").expect("written");
        assert_eq!(OutDir::open(&file.join("out"), &["a"], false).expect_err("no folder").code(), 3);
        assert_eq!(write_file(Path::new("/"), b"", false).expect_err("no name").code(), 3);
    }
}
