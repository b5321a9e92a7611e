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
    let source = match decode(path, bytes) {
        Ok(source) => source,
        Err(error) => return vec![Entry::Error(error)],
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
pub(crate) fn files(path: &Path) -> Vec<Result<PathBuf, LoadError>> {
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
    let visible =
        |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
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
    read(path).map_or_else(|error| vec![Entry::Error(error)], |bytes| load_text(path, &bytes))
}

/// Returns the bytes of the file at `path`.
///
/// # Errors
///
/// If it cannot be read, or is larger than [`MAX_RULE_BYTES`].
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_RULE_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| LoadError::new(LoadErrorKind::Unreadable, path, error.to_string()))?;
    if bytes.len() as u64 > MAX_RULE_BYTES {
        let message = format!("larger than {MAX_RULE_BYTES} bytes");
        return Err(LoadError::new(LoadErrorKind::TooLarge, path, message).help("check that the path is right"));
    }
    Ok(bytes)
}

/// Returns the text of a file without a byte order mark.
///
/// # Errors
///
/// If it is not UTF-8.
pub(crate) fn decode(path: &Path, bytes: &[u8]) -> Result<SourceText, LoadError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(SourceText::new(text.strip_prefix('\u{feff}').unwrap_or(text))),
        Err(invalid) => {
            let valid = std::str::from_utf8(&bytes[..invalid.valid_up_to()]).unwrap_or_default();
            let position = SourceText::new(valid).locate(valid.len());
            let error = LoadError::new(LoadErrorKind::NotUtf8, path, "not UTF-8").at(position);
            Err(error.help("save the file as UTF-8"))
        }
    }
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::NotSplunk;

    /// Returns the only entry of a text.
    fn one(yaml: &str) -> Entry {
        let mut entries = load_text(Path::new("rules/x.yml"), yaml.as_bytes());
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries.remove(0)
    }

    /// Returns the rule of a text.
    fn rule(yaml: &str) -> Rule {
        match one(yaml) {
            Entry::Rule(rule) => *rule,
            other => panic!("not a rule: {other:?}"),
        }
    }

    /// Returns the error of a text.
    fn error(yaml: &[u8]) -> LoadError {
        match load_text(Path::new("rules/x.yml"), yaml).remove(0) {
            Entry::Error(error) => error,
            other => panic!("no error: {other:?}"),
        }
    }

    #[test]
    fn both_published_shapes_are_rules() {
        let armory = rule(
            "id: '1.2'\ntitle: 'A  '\nlogic_format: Splunk\nlogic: x\ntechniques:\n- a:b\ntechnique_id:\n- T1021\n\
             data_category: [EDR Logs]\nreferences: https://example.org\ndescription: d\n",
        );
        assert_eq!((armory.id.as_str(), armory.title.as_str(), armory.description.as_str()), ("1.2", "A", "d"));
        assert_eq!((armory.techniques, armory.technique_id), (vec!["a:b".to_owned()], vec!["T1021".to_owned()]));
        assert_eq!(
            (armory.data_category[0].as_str(), armory.references[0].as_str()),
            ("EDR Logs", "https://example.org")
        );

        let escu = rule("name: N\nid: 66f7\nsearch: x\ntags:\n  mitre_attack_id:\n  - T1546.004\ndata_source: [S]\n");
        assert_eq!((escu.id.as_str(), escu.title.as_str(), escu.logic_format.as_str()), ("66f7", "N", "Splunk"));
        assert_eq!((escu.technique_id[0].as_str(), escu.data_category[0].as_str()), ("T1546.004", "S"));
    }

    #[test]
    fn missing_names_come_from_the_file() {
        let rule = rule("logic: x\ntitle:\nreferences: null\ntechnique_id: [~, T1]\n");
        assert_eq!((rule.id.as_str(), rule.title.as_str()), ("x", "x"));
        assert_eq!((rule.references.len(), rule.technique_id.len()), (0, 1));
    }

    #[test]
    fn another_language_is_named_and_not_run() {
        let Entry::NotSplunk(other) = one("id: 1\ntitle: t\nlogic_format: KQL\nlogic: SecurityEvent\n") else {
            panic!("another language")
        };
        assert_eq!((other.id.as_str(), other.logic_format.as_str()), ("1", "KQL"));
        assert_eq!((NotSplunk::CODE, other.sha256.len()), ("E-RULE-NOT-SPLUNK", 64));
        assert!(other.message().contains("KQL"));
    }

    #[test]
    fn bad_files_are_named_with_cause_and_place() {
        use LoadErrorKind::*;
        let deep = format!("logic: x\nk: {}", "[".repeat(100));
        let block: String = (0..100).map(|depth| format!("{}k:\n", " ".repeat(depth))).collect();
        let cases: &[(&[u8], LoadErrorKind, &str)] = &[
            (b"id: 1\nlogic: \xff", NotUtf8, "2:8"),
            (b"id: [1\nlogic: x\n", Yaml, "2:6"),
            (b"id: 1\nlogic: 'x\n", Yaml, "2:8"),
            (b"id: 1\nlogic: \"\\q\"\n", Yaml, "2:8"),
            (b"id: 1\n\0logic: x\n", Yaml, "2:1"),
            (b"id: 1\nid: 2\nlogic: x\n", DuplicateKey, "2:1"),
            (b"logic: x\ntags: {a: 1, a: 2}\n", DuplicateKey, "2:14"),
            (b"id: 1\n", NoLogic, "1:1"),
            (b"id: 1\nlogic: ''\n", NoLogic, "2:8"),
            (b"id: 1\nlogic: [x]\n", Shape, "2:8"),
            (b"id: {a: b}\nlogic: x\n", Shape, "1:5"),
            (b"- id: 1\n", Shape, "1:1"),
            (deep.as_bytes(), TooDeep, "2:67"),
            (block.as_bytes(), TooDeep, "65:65"),
        ];
        for (yaml, kind, place) in cases {
            let error = error(yaml);
            let text = String::from_utf8_lossy(yaml);
            assert_eq!(error.kind, *kind, "{text}: {error}");
            assert_eq!(error.position.map(|position| position.to_string()).as_deref(), Some(*place), "{text}: {error}");
            assert!(error.to_string().starts_with(&format!("rules/x.yml:{place}: ")), "{error}");
        }
        for (yaml, kind) in [(&b""[..], NoLogic), (b"---\n", NoLogic), (b"# only\n", NoLogic), (b"text", Shape)] {
            assert_eq!(error(yaml).kind, kind);
        }
    }

    #[test]
    fn quoted_lines_that_are_not_indented_are_read_as_published() {
        let rule = rule("id: 1\nlogic: 'a\nAND\n  b ''c''\n\nd'\ntitle: \"x\ny\"\n");
        assert_eq!((rule.logic.as_str(), rule.title.as_str()), ("a AND b 'c'\nd", "x y"));
        let at = |text: &str| rule.positions.locate(rule.logic.find(text).expect("there")).to_string();
        assert_eq!([at("AND"), at("b"), at("c"), at("d")], ["3:1", "4:3", "4:7", "6:1"]);
        assert!(error(b"k: 1\nlogic: 'a\nb\n").message.contains("not closed"));
    }

    #[test]
    fn no_logic_says_what_the_file_may_be() {
        let help = |yaml: &str| error(yaml.as_bytes()).help.unwrap_or_default();
        assert!(help("title: t\ndetection: {a: b}\n").contains("convert"));
        assert!(help("name: m\ndefinition: x\n").contains("--macros"));
        assert!(error(b"<<: {logic: x}\n").message.contains("merge keys"));
    }

    #[test]
    fn aliases_of_a_text_are_read_and_bombs_do_not_grow() {
        let aliased = rule("k: &a 'x ''y'''\nlogic: *a\n");
        assert_eq!((aliased.logic.as_str(), aliased.positions.locate(3).to_string()), ("x 'y'", "1:12".to_owned()));

        let tagged = rule("logic: !!str &a |-\n\n  x\n  y\n");
        assert_eq!((tagged.logic.as_str(), tagged.positions.locate(3).to_string()), ("\nx\ny", "4:3".to_owned()));

        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for level in 1..200 {
            bomb += &format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
        }
        assert_eq!(rule(&(bomb + "logic: x\n")).logic, "x");
        assert_eq!(error(b"logic: *missing\n").kind, LoadErrorKind::Yaml);
        assert_eq!(error(b"a: &a [x]\nlogic: *a\n").kind, LoadErrorKind::Shape);
    }

    #[test]
    fn each_document_is_a_rule() {
        let entries =
            load_text(Path::new("x.yml"), b"---\nid: 1\nlogic: a\n---\nid: 2\n---\nid: 3\nlogic: ' c'\n...\n");
        assert_eq!(entries.len(), 3);
        assert!(matches!(&entries[1], Entry::Error(error) if error.position.is_some_and(|place| place.line == 5)));
        let last = entries[2].rule().expect("a rule");
        assert_eq!((last.logic.as_str(), last.positions.locate(1).to_string()), (" c", "8:10".to_owned()));
    }

    #[test]
    fn an_spl_file_and_a_query_stand_for_themselves() {
        let entries = load_text(Path::new("a/psexec.spl"), "\u{feff}x\n| stats count".as_bytes());
        let rule = entries[0].rule().expect("a rule");
        assert_eq!((rule.id.as_str(), rule.logic.as_str()), ("psexec", "x\n| stats count"));
        assert_eq!(rule.positions.locate(4).to_string(), "2:3");
        assert!(matches!(&load_text(Path::new("a.spl"), b" \n")[0], Entry::Error(_)));

        let query = query("a\tb");
        assert_eq!((query.id.as_str(), query.path.to_str()), ("query", Some("--query")));
        assert_eq!(query.sha256.len(), 64);
    }

    #[test]
    fn folders_are_read_in_path_order_and_each_file_once() {
        let root = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        for name in ["b.yml", "a/z.YAML", "a-b/y.yml", "a/.hidden.yml", ".git/x.yml", "a/README.md"] {
            write(name, "logic: x\n");
        }
        write("a.spl", "x");
        write("bad.yml", "[");
        let names = |paths: &[PathBuf]| -> Vec<String> {
            let path = |entry: &Entry| match entry {
                Entry::Rule(rule) => rule.path.clone(),
                Entry::NotSplunk(other) => other.path.clone(),
                Entry::Error(error) => error.path.clone(),
            };
            let short = |path: PathBuf| path.strip_prefix(root.path()).expect("inside").display().to_string();
            load(paths).iter().map(path).map(short).collect()
        };
        let all = ["a-b/y.yml", "a.spl", "a/z.YAML", "b.yml", "bad.yml"];
        assert_eq!(names(&[root.path().to_path_buf()]), all);
        assert_eq!(
            names(&[root.path().join("b.yml"), root.path().to_path_buf()]),
            ["b.yml", "a-b/y.yml", "a.spl", "a/z.YAML", "bad.yml"]
        );
    }

    #[test]
    fn wrong_paths_are_named() {
        let root = tempfile::tempdir().expect("a folder");
        let note = root.path().join("note.txt");
        let large = root.path().join("large.yml");
        fs::write(&note, "x").expect("a file");
        fs::write(&large, vec![b'#'; usize::try_from(MAX_RULE_BYTES).expect("small") + 1]).expect("a file");
        let empty = root.path().join("empty");
        fs::create_dir(&empty).expect("a folder");
        let kinds: Vec<LoadErrorKind> = load(&[root.path().join("none"), empty, note, large])
            .iter()
            .map(|entry| match entry {
                Entry::Error(error) => error.kind,
                other => panic!("no error: {other:?}"),
            })
            .collect();
        use LoadErrorKind::*;
        assert_eq!(kinds, [Missing, EmptyFolder, UnknownFormat, TooLarge]);
        assert!(Missing.is_path() && !TooLarge.is_path());
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_and_a_circle_is_named() {
        let root = tempfile::tempdir().expect("a folder");
        let data = root.path().join("..data");
        fs::create_dir(&data).expect("a folder");
        fs::write(data.join("r.yml"), "logic: x\n").expect("a file");
        std::os::unix::fs::symlink("..data/r.yml", root.path().join("r.yml")).expect("a link");
        std::os::unix::fs::symlink(".", root.path().join("again")).expect("a link");
        let entries = load(&[root.path().to_path_buf()]);
        assert_eq!(entries.iter().filter_map(Entry::rule).count(), 1);
        assert!(matches!(&entries[1], Entry::Error(error) if error.message.contains("leads back")), "{entries:?}");
    }

    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
