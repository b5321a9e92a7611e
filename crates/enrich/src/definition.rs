//! Lookup definitions: those of `lookups.toml`, and one YAML file each as published rule sets ship them.
//!
//! ```toml
//! [known_tools]
//! file = "known_tools.csv"
//! case_sensitive_match = false
//! match_type = ["WILDCARD(process)", "CIDR(net)"]
//! max_matches = 1
//! min_matches = 1
//! default_match = "false"
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::Error;
use crate::options::{MAX_MATCHES, MatchKind, Options};
use crate::yaml::flat_mapping;

/// A definition as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    /// The name by which rules ask for it.
    pub(crate) name: String,
    /// Where its rows are.
    pub(crate) source: Source,
    /// How it matches.
    pub(crate) options: Options,
}

/// Where the rows of a definition are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file of the folder.
    File(String),
    /// A collection of another system's store, which has no file of its own: its name and its columns.
    Collection(String, Vec<String>),
}

/// An entry of `lookups.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The file.
    file: String,
    /// Default true.
    case_sensitive_match: Option<bool>,
    /// `EXACT(c)`, `WILDCARD(c)`, `CIDR(c)`.
    match_type: Option<MatchTypes>,
    /// 1 to 1000.
    max_matches: Option<i64>,
    /// 0 to 1000.
    min_matches: Option<i64>,
    /// Default the empty text.
    default_match: Option<String>,
    /// Time-based; not supported.
    time_field: Option<toml::Value>,
    /// A script; not supported.
    external_cmd: Option<toml::Value>,
}

/// `match_type` as a list, or as one text with commas.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum MatchTypes {
    /// One text.
    One(String),
    /// A list.
    List(Vec<String>),
}

/// The definitions of `lookups.toml`, by name.
///
/// # Errors
///
/// `E-LOOKUP-DEFINITION` with the line where that is known.
pub(crate) fn of_toml(text: &str, path: &Path) -> Result<Vec<Definition>, Error> {
    let entries: BTreeMap<String, Entry> = toml::from_str(text).map_err(|error| {
        let failure = Error::new("E-LOOKUP-DEFINITION", path, error.message());
        let before = error.span().and_then(|span| text.get(..span.start));
        before.map_or(failure.clone(), |before| failure.at(line_after(before)))
    })?;
    entries.into_iter().map(|(name, entry)| of_entry(name, entry, path)).collect()
}

/// The line that follows on this text, from 1.
fn line_after(before: &str) -> u64 {
    before.bytes().map(|byte| u64::from(byte == b'\n')).sum::<u64>() + 1
}

/// The definition of an entry.
fn of_entry(name: String, entry: Entry, path: &Path) -> Result<Definition, Error> {
    let wrong = |message: String| Error::new("E-LOOKUP-DEFINITION", path, format!("[{name}]: {message}"));
    if entry.time_field.is_some() {
        return Err(wrong("time-based lookups are not supported; take `time_field` out".to_owned()));
    }
    if entry.external_cmd.is_some() {
        return Err(wrong("scripts are not run; give the table that the script would return".to_owned()));
    }
    let types = match &entry.match_type {
        None => Vec::new(),
        Some(MatchTypes::One(text)) => split_types(text),
        Some(MatchTypes::List(list)) => list.iter().flat_map(|text| split_types(text)).collect(),
    };
    let options = Options {
        case_sensitive: entry.case_sensitive_match.unwrap_or(true),
        match_kinds: match_kinds(&types).map_err(wrong)?,
        max_matches: entry.max_matches.map(max_matches).transpose().map_err(wrong)?,
        min_matches: entry.min_matches.map_or(Ok(0), min_matches).map_err(wrong)?,
        default_match: entry.default_match.unwrap_or_default(),
    };
    check(&options).map_err(wrong)?;
    Ok(Definition { source: Source::File(entry.file), options, name })
}

/// The definition of a published YAML file; `None` if the file defines no lookup.
///
/// # Errors
///
/// `E-LOOKUP-DEFINITION` if it is not YAML or an option has a value that it cannot have.
pub(crate) fn of_yaml(text: &str, path: &Path) -> Result<Option<Definition>, Error> {
    let pairs = flat_mapping(text, path)?;
    let get = |key: &str| pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.trim());
    let wrong = |message: String| Error::new("E-LOOKUP-DEFINITION", path, message);
    let Some(name) = get("name") else { return Ok(None) };
    let source = match (get("filename").or_else(|| get("file")), get("collection")) {
        (Some(file), _) => Source::File(file.to_owned()),
        (None, Some(collection)) => {
            let fields = get("fields_list").unwrap_or_default().split(',').map(str::trim);
            let fields = fields.filter(|field| !field.is_empty()).map(str::to_owned).collect();
            Source::Collection(collection.to_owned(), fields)
        }
        (None, None) => return Ok(None),
    };
    if get("time_field").is_some() {
        return Err(wrong("time-based lookups are not supported; take `time_field` out".to_owned()));
    }
    let number = |key: &str| match get(key) {
        None => Ok(None),
        Some(text) => text.parse::<i64>().map(Some).map_err(|_| wrong(format!("`{key}: {text}` is not a number"))),
    };
    let case_sensitive = match get("case_sensitive_match") {
        None => true,
        Some(text) if ["true", "t", "1", "yes"].iter().any(|word| text.eq_ignore_ascii_case(word)) => true,
        Some(text) if ["false", "f", "0", "no"].iter().any(|word| text.eq_ignore_ascii_case(word)) => false,
        Some(text) => return Err(wrong(format!("`case_sensitive_match: {text}` is neither true nor false"))),
    };
    let options = Options {
        case_sensitive,
        match_kinds: match_kinds(&split_types(get("match_type").unwrap_or_default())).map_err(wrong)?,
        max_matches: number("max_matches")?.map(max_matches).transpose().map_err(wrong)?,
        min_matches: number("min_matches")?.map_or(Ok(0), min_matches).map_err(wrong)?,
        default_match: get("default_match").unwrap_or_default().to_owned(),
    };
    check(&options).map_err(wrong)?;
    Ok(Some(Definition { name: name.to_owned(), source, options }))
}

/// The entries of a `match_type` text.
fn split_types(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The kinds of `match_type` entries; `EXACT` is the default and is left out.
fn match_kinds(entries: &[String]) -> Result<Vec<(String, MatchKind)>, String> {
    let mut kinds = Vec::new();
    for entry in entries {
        let wrong = || format!("`{entry}` in `match_type` is none of EXACT(column), WILDCARD(column), CIDR(column)");
        let (kind, rest) = entry.split_once('(').ok_or_else(wrong)?;
        let column = rest.strip_suffix(')').map(str::trim).filter(|column| !column.is_empty()).ok_or_else(wrong)?;
        match kind.trim().to_ascii_uppercase().as_str() {
            "EXACT" => {}
            "WILDCARD" => kinds.push((column.to_owned(), MatchKind::Wildcard)),
            "CIDR" => kinds.push((column.to_owned(), MatchKind::Cidr)),
            _ => return Err(wrong()),
        }
    }
    Ok(kinds)
}

/// A valid `max_matches` (§5.13.3).
fn max_matches(number: i64) -> Result<u32, String> {
    let valid = u32::try_from(number).ok().filter(|number| (1..=MAX_MATCHES).contains(number));
    valid.ok_or_else(|| format!("`max_matches` is {number}; it must be from 1 to {MAX_MATCHES}"))
}

/// A valid `min_matches`.
fn min_matches(number: i64) -> Result<u32, String> {
    let valid = u32::try_from(number).ok().filter(|number| *number <= MAX_MATCHES);
    valid.ok_or_else(|| format!("`min_matches` is {number}; it must be from 0 to {MAX_MATCHES}"))
}

/// Do the options fit together?
fn check(options: &Options) -> Result<(), String> {
    match options.max_matches {
        Some(max) if options.min_matches > max => {
            Err(format!("`min_matches` is {}, more than `max_matches`, which is {max}", options.min_matches))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toml(text: &str) -> Result<Vec<Definition>, String> {
        of_toml(text, Path::new("lookups.toml")).map_err(|error| error.to_string())
    }

    fn yaml(text: &str) -> Result<Option<Definition>, String> {
        of_yaml(text, Path::new("a.yml")).map_err(|error| error.to_string())
    }

    #[test]
    fn section_5_13_4_all_options_of_a_definition() {
        let text = "[b]\nfile = \"b.csv\"\n[a]\nfile = \"x.csv\"\ncase_sensitive_match = false\n\
                    match_type = [\"WILDCARD(p)\", \"CIDR(n)\", \"EXACT(q)\"]\nmax_matches = 5\nmin_matches = 1\n\
                    default_match = \"none\"\n";
        let options = Options {
            case_sensitive: false,
            max_matches: Some(5),
            min_matches: 1,
            default_match: "none".into(),
            ..Options::default()
        };
        let first = Definition {
            name: "a".into(),
            source: Source::File("x.csv".into()),
            options: options.wildcard("p").cidr("n"),
        };
        let second = Definition { name: "b".into(), source: Source::File("b.csv".into()), options: Options::default() };
        assert_eq!(toml(text).unwrap(), [first, second]);
    }

    #[test]
    fn published_definitions_are_read() {
        let text = "description: d\nfilename: f.csv\nname: n\ndefault_match: 'false'\n\
                    match_type: WILDCARD(a), wildcard( b )\nmin_matches: 1\nmax_matches: 1\ncase_sensitive_match: 'False'\n";
        let definition = yaml(text).unwrap().unwrap();
        let options = Options {
            case_sensitive: false,
            max_matches: Some(1),
            min_matches: 1,
            default_match: "false".into(),
            ..Options::default()
        };
        assert_eq!(definition.options, options.wildcard("a").wildcard("b"));
        assert_eq!((definition.name.as_str(), definition.source), ("n", Source::File("f.csv".into())));
        let store = yaml("name: n\ncollection: c\nfields_list: _key, a,b\n").unwrap().unwrap();
        assert_eq!(store.source, Source::Collection("c".into(), vec!["_key".into(), "a".into(), "b".into()]));
        assert_eq!(yaml("name: n\nsearch: x\n").unwrap(), None);
        assert_eq!(yaml("filename: f.csv\n").unwrap(), None);
    }

    #[test]
    fn what_is_wrong_with_a_definition_is_said_with_its_place() {
        let prefix = "E-LOOKUP-DEFINITION: lookups.toml: [a]: ";
        for (line, message) in [
            ("time_field = \"t\"", "time-based lookups are not supported; take `time_field` out"),
            ("external_cmd = \"x.py\"", "scripts are not run; give the table that the script would return"),
            ("max_matches = 0", "`max_matches` is 0; it must be from 1 to 1000"),
            ("max_matches = 1001", "`max_matches` is 1001; it must be from 1 to 1000"),
            ("min_matches = -1", "`min_matches` is -1; it must be from 0 to 1000"),
            ("min_matches = 2\nmax_matches = 1", "`min_matches` is 2, more than `max_matches`, which is 1"),
            (
                "match_type = \"LIKE(a)\"",
                "`LIKE(a)` in `match_type` is none of EXACT(column), WILDCARD(column), CIDR(column)",
            ),
        ] {
            assert_eq!(toml(&format!("[a]\nfile = \"f\"\n{line}\n")).unwrap_err(), format!("{prefix}{message}"));
        }
        let unknown = toml("[a]\nfile = \"f\"\nmatch = 1\n").unwrap_err();
        assert!(unknown.starts_with("E-LOOKUP-DEFINITION: lookups.toml:3: unknown field `match`"), "{unknown}");
        assert!(toml("[a]\nmax_matches = 1\n").unwrap_err().contains("missing field `file`"));
        assert_eq!(
            yaml("name: a\nfilename: b\nmin_matches: x\n").unwrap_err(),
            "E-LOOKUP-DEFINITION: a.yml: `min_matches: x` is not a number"
        );
    }
}
