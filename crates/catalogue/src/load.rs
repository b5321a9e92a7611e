//! Paths to entries: which files are rules, in which order, and what each of them is.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::{
    Entry, LoadError, LoadErrorKind, PositionMap, Rule,
    document::{self, SPLUNK, stem},
    positions::SourceText,
};

/// Bytes that a rule file may have. The largest published rule has under 64 KiB; the bound keeps a wrong path (a log, a disk
/// image) from being read into memory.
pub const MAX_RULE_BYTES: u64 = 1 << 20;

/// How a file's name says that it is a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    /// `.yml` or `.yaml`: a mapping with the SPL and more.
    Yaml,
    /// `.spl`: the SPL text alone.
    Spl,
}

impl Format {
    /// Returns the format that the ending of `path` names, in either case.
    fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "yml" | "yaml" => Some(Self::Yaml),
            "spl" => Some(Self::Spl),
            _ => None,
        }
    }
}

/// Returns what the rules at `paths` are: files as they are named, folders with all rule files in them at any depth.
///
/// The order is that of `paths`; inside a folder, ascending by the bytes of the path. A file that several paths lead to is
/// loaded once, by the first. In a folder, hidden files and folders and files with other endings than `.yml`, `.yaml` and `.spl`
/// are passed over; links are followed. A YAML file with several documents gives an entry for each.
///
/// Loading never ends early: what cannot be loaded is an [`Entry::Error`] in its place.
#[must_use]
pub fn load(paths: &[PathBuf]) -> Vec<Entry> {
    let mut seen = HashSet::new();
    let mut entries = Vec::new();
    for path in paths {
        for found in files(path) {
            match found {
                Ok(file) => {
                    if seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())) {
                        entries.extend(load_file(&file));
                    }
                }
                Err(error) => entries.push(Entry::Error(error)),
            }
        }
    }
    entries
}

/// Returns what the bytes of a rule file are; `path` tells the format and is kept for messages, nothing is read from it.
#[must_use]
pub fn load_text(path: &Path, bytes: &[u8]) -> Vec<Entry> {
    let error = |kind, message: String| LoadError::new(kind, path, message);
    let Some(format) = Format::of(path) else {
        let error = error(LoadErrorKind::UnknownFormat, "not a rule file by its name".to_owned());
        return vec![Entry::Error(error.help("rules are .yml, .yaml or .spl files"))];
    };
    let sha256 = sha256(bytes);
    let source = match std::str::from_utf8(bytes) {
        Ok(text) => SourceText::new(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(invalid) => {
            let valid = std::str::from_utf8(&bytes[..invalid.valid_up_to()]).unwrap_or_default();
            let position = SourceText::new(valid).locate(valid.len());
            let error = error(LoadErrorKind::NotUtf8, "not UTF-8".to_owned()).at(position);
            return vec![Entry::Error(error.help("save the file as UTF-8"))];
        }
    };
    match format {
        Format::Yaml => document::entries(document::File { path, sha256: &sha256, source: &source }),
        Format::Spl if source.text().trim().is_empty() => {
            vec![Entry::Error(error(LoadErrorKind::NoLogic, "the file is empty".to_owned()))]
        }
        Format::Spl => vec![Entry::Rule(Box::new(plain(stem(path), path.to_path_buf(), sha256, source)))],
    }
}

/// Returns the rule that an SPL text from the command line is: its id is `query`, its path `--query`.
#[must_use]
pub fn query(spl: &str) -> Rule {
    plain("query".to_owned(), PathBuf::from("--query"), sha256(spl.as_bytes()), SourceText::new(spl))
}

/// Returns a rule that is SPL and nothing else.
fn plain(id: String, path: PathBuf, sha256: String, source: SourceText) -> Rule {
    Rule {
        title: id.clone(),
        id,
        description: String::new(),
        path,
        sha256,
        logic: source.text().to_owned(),
        logic_format: SPLUNK.to_owned(),
        techniques: Vec::new(),
        technique_id: Vec::new(),
        data_category: Vec::new(),
        references: Vec::new(),
        positions: PositionMap::identity(source),
    }
}

/// Returns the rule files under `path`, in load order, and what could not be looked into.
fn files(path: &Path) -> Vec<Result<PathBuf, LoadError>> {
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let error = LoadError::new(LoadErrorKind::Missing, path, "there is no such file or folder");
            vec![Err(error.help("check the path"))]
        }
        Err(error) => vec![Err(LoadError::new(LoadErrorKind::Unreadable, path, error.to_string()))],
        Ok(metadata) if metadata.is_dir() => folder(path),
        Ok(_) => vec![Ok(path.to_path_buf())],
    }
}

/// Returns the rule files in the folder `root` at any depth, ascending by path bytes, then what could not be looked into.
fn folder(root: &Path) -> Vec<Result<PathBuf, LoadError>> {
    let mut files = Vec::new();
    let mut errors = Vec::new();
    // The root itself may be hidden or `.`: it was asked for.
    let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    for entry in WalkDir::new(root).follow_links(true).into_iter().filter_entry(visible) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && Format::of(entry.path()).is_some() => {
                files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(root);
                errors.push(LoadError::new(LoadErrorKind::Unreadable, path, walk_error(&error)));
            }
        }
    }
    if files.is_empty() && errors.is_empty() {
        let error = LoadError::new(LoadErrorKind::EmptyFolder, root, "there is no rule in the folder");
        return vec![Err(error.help("rules are .yml, .yaml or .spl files"))];
    }
    files.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    errors.sort_by(|a, b| a.path.as_os_str().as_encoded_bytes().cmp(b.path.as_os_str().as_encoded_bytes()));
    files.into_iter().map(Ok).chain(errors.into_iter().map(Err)).collect()
}

/// Returns what went wrong while walking, without the path, which the message has already.
fn walk_error(error: &walkdir::Error) -> String {
    match (error.loop_ancestor(), error.io_error()) {
        (Some(ancestor), _) => format!("a link leads back to {}", ancestor.display()),
        (None, Some(error)) => error.to_string(),
        (None, None) => "cannot be read".to_owned(),
    }
}

/// Returns what the file at `path` is.
fn load_file(path: &Path) -> Vec<Entry> {
    if Format::of(path).is_none() {
        // Named by its path, so it is not passed over; and not read, since it may be anything.
        return load_text(path, &[]);
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_RULE_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return vec![Entry::Error(LoadError::new(LoadErrorKind::Unreadable, path, error.to_string()))];
    }
    if bytes.len() as u64 > MAX_RULE_BYTES {
        let message = format!("larger than {MAX_RULE_BYTES} bytes");
        return vec![Entry::Error(LoadError::new(LoadErrorKind::TooLarge, path, message).help("is this a rule?"))];
    }
    load_text(path, &bytes)
}

/// Returns the SHA-256 of `bytes` in lower-case hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
