//! A folder of lookup tables, and how a rule's name for a table finds it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::definition::{self, Definition, Source};
use crate::error::{Error, Warning};
use crate::options::Options;
use crate::table::{Cells, Table};

/// Most bytes of a table's file.
const FILE_LIMIT: u64 = 1 << 30;

/// Most bytes of all tables together.
const FOLDER_LIMIT: u64 = 4 << 30;

/// Most bytes of a definition's file.
const DEFINITION_LIMIT: u64 = 1 << 20;

/// Most files that are looked at.
const COUNT_LIMIT: usize = 100_000;

/// The file with definitions of the user.
const DEFINITIONS: &str = "lookups.toml";

/// The lookup tables that rules may ask for.
#[derive(Debug, Default)]
pub struct Lookups {
    /// Tables by the name of their definition.
    defined: BTreeMap<String, Arc<Table>>,
    /// Tables by the name of their file.
    files: BTreeMap<String, Arc<Table>>,
    /// Definitions whose rows are not there.
    absent: BTreeMap<String, Absent>,
}

/// A definition whose rows are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Why, and what to do.
    pub reason: String,
    /// The columns it would have, where the definition says so.
    pub columns: Vec<String>,
}

/// A file of the folder.
#[derive(Debug)]
struct File {
    /// Its name, without the folder.
    name: String,
    /// Where it is.
    path: PathBuf,
}

impl Lookups {
    /// Reads a folder, without its subfolders: every `*.csv` is a table; `lookups.toml` and published YAML definitions give names
    /// and options. A definition in `lookups.toml` goes before a YAML one of the same name.
    ///
    /// # Errors
    ///
    /// As [`Error`] lists: the first file that cannot be used, in order of names.
    pub fn load(dir: &Path) -> Result<(Self, Vec<Warning>), Error> {
        let mut lookups = Self::default();
        let mut warnings = Vec::new();
        let mut cells = BTreeMap::new();
        let mut definitions: BTreeMap<String, (Definition, PathBuf)> = BTreeMap::new();
        let mut left = FOLDER_LIMIT;
        let files = list(dir)?;
        for File { name, path } in &files {
            if has_extension(name, &["csv"]) {
                let text = read(path, FILE_LIMIT.min(left))?;
                left = left.saturating_sub(u64::try_from(text.len()).unwrap_or(u64::MAX));
                cells.insert(name.clone(), Arc::new(Cells::of_csv(&text, path)?));
            } else if has_extension(name, &["yml", "yaml"]) {
                match definition::of_yaml(&read(path, DEFINITION_LIMIT)?, path)? {
                    Some(definition) => add_definition(&mut definitions, definition, path)?,
                    None => warnings.push(Warning::new(path, "the file defines no lookup and is not used")),
                }
            }
        }
        // Last, so that it goes before the others.
        if let Some(File { path, .. }) = files.iter().find(|file| file.name == DEFINITIONS) {
            for definition in definition::of_toml(&read(path, DEFINITION_LIMIT)?, path)? {
                definitions.insert(definition.name.clone(), (definition, path.clone()));
            }
        }
        for (definition, path) in definitions.into_values() {
            lookups.define(definition, &path, &cells, &mut warnings)?;
        }
        for (name, cells) in cells {
            let table = Table::of_cells(&name, cells, Options::default());
            lookups.files.insert(name, Arc::new(table));
        }
        Ok((lookups, warnings))
    }

    /// Adds the table of a definition, or the reason why there is none.
    fn define(
        &mut self,
        definition: Definition,
        path: &Path,
        cells: &BTreeMap<String, Arc<Cells>>,
        warnings: &mut Vec<Warning>,
    ) -> Result<(), Error> {
        let Definition { name, source, options } = definition;
        let (file, columns) = match &source {
            Source::File(file) => (file.clone(), Vec::new()),
            Source::Collection(collection, columns) => (format!("{collection}.csv"), columns.clone()),
        };
        if file.contains(['/', '\\']) {
            let message =
                format!("`{name}`: the file `{file}` must be named without a folder and stand beside this one");
            return Err(Error::new("E-LOOKUP-DEFINITION", path, message));
        }
        if let Some(cells) = cells.get(&file) {
            let table = Table::of_cells(&name, cells.clone(), options);
            for (column, _) in &table.options().match_kinds {
                if table.column(column).is_none() {
                    let message =
                        format!("`match_type` of `{name}` names the column `{column}`, which `{file}` has not");
                    warnings.push(Warning::new(path, message));
                }
            }
            self.defined.insert(name, Arc::new(table));
            return Ok(());
        }
        let reason = match source {
            Source::File(_) => {
                let reason = format!("its file `{file}` is not in the folder of lookups");
                warnings.push(Warning::new(path, format!("`{name}` cannot be used: {reason}")));
                reason
            }
            Source::Collection(collection, _) => {
                format!("its rows are the collection `{collection}` of a store; export them as `{file}`")
            }
        };
        self.absent.insert(name, Absent { reason, columns });
        Ok(())
    }

    /// Adds a table under its name; one that is there under the name is replaced.
    pub fn insert(&mut self, table: Table) {
        self.defined.insert(table.name().to_owned(), Arc::new(table));
    }

    /// Returns the table that a rule means: the definition of that name, else the file of that name, with or without `.csv`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Table>> {
        let file = |name: &str| self.files.get(name);
        let stem = || {
            let mut same = self.files.iter().filter(|(file, _)| stem(file) == name);
            same.next().map(|(_, table)| table)
        };
        self.defined.get(name).or_else(|| file(name)).or_else(stem).or_else(|| {
            let short = name.strip_suffix(".csv")?;
            self.defined.get(short)
        })
    }

    /// Returns why a table that is defined is not there.
    #[must_use]
    pub fn absent(&self, name: &str) -> Option<&Absent> {
        self.absent.get(name).or_else(|| self.absent.get(name.strip_suffix(".csv")?))
    }

    /// Returns the names of the tables that there are, in order: definitions, and files without a definition.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let files = self.files.keys().map(|file| stem(file)).filter(|stem| !self.defined.contains_key(*stem));
        let mut names: Vec<&str> = self.defined.keys().map(String::as_str).chain(files).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Adds a YAML definition.
fn add_definition(
    definitions: &mut BTreeMap<String, (Definition, PathBuf)>,
    definition: Definition,
    path: &Path,
) -> Result<(), Error> {
    if let Some((_, other)) = definitions.get(&definition.name) {
        let message = format!("`{}` is defined in {} too; take one of them out", definition.name, other.display());
        return Err(Error::new("E-LOOKUP-DEFINITION", path, message));
    }
    definitions.insert(definition.name.clone(), (definition, path.to_path_buf()));
    Ok(())
}

/// A file's name without its extension.
fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// Does a file's name end so, in any case?
fn has_extension(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| extensions.iter().any(|known| own.eq_ignore_ascii_case(known)))
}

/// The files of a folder whose names are texts, by name.
fn list(dir: &Path) -> Result<Vec<File>, Error> {
    let failed =
        |error: std::io::Error| Error::new("E-LOOKUP-READ", dir, format!("the folder cannot be read: {error}"));
    let mut files = Vec::new();
    for (count, entry) in std::fs::read_dir(dir).map_err(failed)?.enumerate() {
        if count >= COUNT_LIMIT {
            let message = format!("the folder holds more than {COUNT_LIMIT} files; give one with lookups only");
            return Err(Error::new("E-LOOKUP-LIMIT", dir, message));
        }
        let path = entry.map_err(failed)?.path();
        // A pipe or device would never end.
        let is_file = std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file());
        if is_file && let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            files.push(File { name: name.to_owned(), path: path.clone() });
        }
    }
    files.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(files)
}

/// The text of a file of at most so many bytes.
fn read(path: &Path, limit: u64) -> Result<String, Error> {
    let failed = |error: std::io::Error| Error::new("E-LOOKUP-READ", path, format!("the file cannot be read: {error}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    let length = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > limit {
        let message = format!("the file is too large: {limit} bytes are left of what lookups may take");
        return Err(Error::new("E-LOOKUP-LIMIT", path, message));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = valid.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>() + 1;
        Error::new("E-LOOKUP-READ", path, "the text is not UTF-8; save the file in that encoding").at(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        dir
    }

    fn first_cell<'a>(lookups: &'a Lookups, name: &str) -> Option<&'a str> {
        lookups.get(name).and_then(|table| table.cell(0, 0))
    }

    #[test]
    fn section_5_13_1_tables_by_file_and_by_definition() {
        let dir = folder(&[
            ("a.csv", "x\nfrom a\n"),
            ("b2024.csv", "x\nfrom b\n"),
            ("C.CSV", "x\nfrom c\n"),
            ("b.yml", "name: b\nfilename: b2024.csv\ncase_sensitive_match: 'false'\n"),
            ("notes.txt", "not looked at"),
        ]);
        std::fs::create_dir(dir.path().join("sub.csv")).unwrap();
        let (lookups, warnings) = Lookups::load(dir.path()).unwrap();
        assert_eq!(warnings, []);
        let found = ["a", "a.csv", "b", "b.csv", "b2024", "b2024.csv", "C", "C.CSV", "d", "A", "sub"];
        let expected = [
            Some("from a"),
            Some("from a"),
            Some("from b"),
            Some("from b"),
            Some("from b"),
            Some("from b"),
            Some("from c"),
            Some("from c"),
            None,
            None,
            None,
        ];
        assert_eq!(found.map(|name| first_cell(&lookups, name)), expected);
        assert!(!lookups.get("b.csv").unwrap().options().case_sensitive);
        assert!(lookups.get("b2024").unwrap().options().case_sensitive, "the file itself has no options");
        assert_eq!(lookups.names(), ["C", "a", "b", "b2024"]);
    }

    #[test]
    fn a_definition_goes_before_the_file_of_its_name_and_toml_before_yaml() {
        let dir = folder(&[
            ("a.csv", "x\n1\n"),
            ("a.yml", "name: a\nfilename: a.csv\nmin_matches: 1\n"),
            ("lookups.toml", "[a]\nfile = \"a.csv\"\nmin_matches = 2\n"),
        ]);
        let (lookups, _) = Lookups::load(dir.path()).unwrap();
        assert_eq!(lookups.get("a").unwrap().options().min_matches, 2);
        assert_eq!(lookups.get("a.csv").unwrap().options().min_matches, 0);
    }

    #[test]
    fn a_definition_without_rows_is_absent_with_its_reason() {
        let dir = folder(&[
            ("k.yml", "name: k\ncollection: store\nfields_list: _key, a\n"),
            ("full.yml", "name: full\ncollection: rows\n"),
            ("rows.csv", "a\n1\n"),
            ("gone.yml", "name: gone\nfilename: gone.csv\n"),
            ("w.yml", "name: w\nfilename: rows.csv\nmatch_type: WILDCARD(b)\n"),
            ("other.yml", "title: x\n"),
        ]);
        let (lookups, warnings) = Lookups::load(dir.path()).unwrap();
        let messages: Vec<&str> = warnings.iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "the file defines no lookup and is not used",
                "`gone` cannot be used: its file `gone.csv` is not in the folder of lookups",
                "`match_type` of `w` names the column `b`, which `rows.csv` has not",
            ]
        );
        let absent = lookups.absent("k").unwrap();
        assert_eq!(absent.reason, "its rows are the collection `store` of a store; export them as `store.csv`");
        assert_eq!(absent.columns, ["_key", "a"]);
        assert_eq!(first_cell(&lookups, "full"), Some("1"));
        assert!(lookups.get("k").is_none() && lookups.absent("gone").is_some() && lookups.absent("full").is_none());
    }

    #[test]
    fn files_that_cannot_be_used_stop_the_loading() {
        let code = |files: &[(&str, &str)]| {
            let error = Lookups::load(folder(files).path()).unwrap_err();
            (error.code, error.line)
        };
        assert_eq!(code(&[("a.csv", "a,b\n1\n")]), ("E-LOOKUP-CSV", Some(2)));
        assert_eq!(code(&[("lookups.toml", "[a\n")]), ("E-LOOKUP-DEFINITION", Some(1)));
        let escape = ("a.yml", "name: a\nfilename: ../secret.csv\n");
        assert_eq!(code(&[escape]), ("E-LOOKUP-DEFINITION", None));
        let twice = [("a.yml", "name: a\nfilename: x.csv\n"), ("b.yml", "name: a\nfilename: y.csv\n")];
        assert_eq!(code(&twice), ("E-LOOKUP-DEFINITION", None));
        let dir = folder(&[]);
        std::fs::write(dir.path().join("a.csv"), b"a\nok\n\xFF\n").unwrap();
        let error = Lookups::load(dir.path()).unwrap_err();
        assert_eq!((error.code, error.line), ("E-LOOKUP-READ", Some(3)));
        assert_eq!(Lookups::load(&dir.path().join("none")).unwrap_err().code, "E-LOOKUP-READ");
        let long = "x".repeat(2 << 20);
        assert_eq!(code(&[("a.yml", &long)]), ("E-LOOKUP-LIMIT", None));
    }
}
