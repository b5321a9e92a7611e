//! A rule's own tests: a list `tests` in its YAML, or the same in a file beside it.
//!
//! ```yaml
//! tests:
//!   - name: a remote shell is found
//!     events:                       # mappings, or the path of a data file (NDJSON, Parquet, Arrow), relative to this file
//!       - { _time: 2024-05-01T10:00:00Z, host: w1, process: 'psexec.exe \\w2 cmd' }
//!     expect: 1                     # a number of rows, `none`, or a list of rows
//! ```
//!
//! The file beside `rule.yml` (or `rule.spl`) is `rule.tests.yml`. A row of `expect` lists fields and their values; `null` is a field that the
//! row must not have; fields that it does not list are not looked at. ESCU's own `tests` name recordings to download (`attack_data`):
//! those are passed over.

use std::path::{Path, PathBuf};

use saphyr_parser::ScalarStyle;

use crate::{
    LoadError, LoadErrorKind, Position, Rule,
    document::{File, Keys},
    load,
    tree::{self, Collection, Documents, Node, Scalar},
};

/// One test of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleTest {
    /// Its name; `test 2` for a second one without.
    pub name: String,
    /// The file that it stands in.
    pub path: PathBuf,
    /// Where it stands in the file.
    pub position: Position,
    /// The events that the rule is run over.
    pub events: TestEvents,
    /// What must come out.
    pub expect: Expectation,
}

/// The events of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum TestEvents {
    /// Written in the test: fields and values of each.
    Inline(Vec<Vec<(String, TestValue)>>),
    /// A data file.
    File(PathBuf),
}

/// What a test wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// This many rows.
    Count(u64),
    /// These rows, in this order, by the fields that each lists.
    Rows(Vec<Vec<(String, TestValue)>>),
}

/// A value in a test, by YAML's own kinds.
#[derive(Clone, Debug, PartialEq)]
pub enum TestValue {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Another number.
    Float(f64),
    /// A text.
    Text(String),
    /// Several values.
    List(Vec<TestValue>),
    /// Fields inside a field.
    Map(Vec<(String, TestValue)>),
}

/// Returns the tests of a rule, those in its own file first, and what could not be read.
#[must_use]
pub fn rule_tests(rule: &Rule) -> (Vec<RuleTest>, Vec<LoadError>) {
    let (mut tests, mut errors) = (Vec::new(), Vec::new());
    let own = rule.path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
    let mut files: Vec<PathBuf> = if own { vec![rule.path.clone()] } else { Vec::new() };
    files.extend(
        ["tests.yml", "tests.yaml"]
            .map(|ending| rule.path.with_extension(ending))
            .into_iter()
            .filter(|path| path.is_file()),
    );
    for path in files {
        match load::read(&path).and_then(|bytes| read(&path, &bytes)) {
            Ok(found) => tests.extend(found),
            Err(error) => errors.push(error),
        }
    }
    (tests, errors)
}

/// Returns the tests that the bytes of a file hold.
fn read(path: &Path, bytes: &[u8]) -> Result<Vec<RuleTest>, LoadError> {
    let source = load::decode(path, bytes)?;
    let documents = tree::parse(source.text())
        .map_err(|error| LoadError::new(error.kind, path, error.message).at(error.position))?;
    let mut tests = Vec::new();
    for root in &documents.roots {
        let list = match root {
            Node::Collection(top) if top.mapping => {
                match Keys::new(File { path, sha256: "", source: &source }, &documents, top)?.get("tests") {
                    Some(Node::Collection(list)) => list,
                    _ => continue,
                }
            }
            Node::Collection(list) => list,
            _ => continue,
        };
        let reader = Reader { path, documents: &documents };
        for node in &list.children {
            if let Some(test) = reader.test(node, tests.len() + 1)? {
                tests.push(test);
            }
        }
    }
    Ok(tests)
}

/// What reading a test needs to know.
struct Reader<'a> {
    path: &'a Path,
    documents: &'a Documents,
}

impl Reader<'_> {
    /// An error about a place.
    fn wrong(&self, position: Position, message: &str, help: &str) -> LoadError {
        LoadError::new(LoadErrorKind::Shape, self.path, message).at(position).help(help)
    }

    /// One test; `None` for one that names recordings to download.
    fn test(&self, node: &Node, number: usize) -> Result<Option<RuleTest>, LoadError> {
        let Node::Collection(top) = node else { return Ok(None) };
        let position = top.mark.position;
        let pairs = self.fields(top)?;
        let get = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        if get("attack_data").is_some() && get("events").is_none() {
            return Ok(None);
        }
        let name = match get("name") {
            Some(TestValue::Text(name)) => name.clone(),
            _ => format!("test {number}"),
        };
        let help = "a test has `events` (a list of mappings, or the path of a data file) and `expect` (a number, `none`, or a list of rows)";
        let events = match get("events") {
            Some(TestValue::Text(file)) => TestEvents::File(self.path.parent().unwrap_or(Path::new(".")).join(file)),
            Some(TestValue::List(events)) => TestEvents::Inline(self.rows(events, position, "events")?),
            _ => return Err(self.wrong(position, &format!("the test `{name}` has no `events`"), help)),
        };
        let expect = match get("expect") {
            Some(TestValue::Int(count)) if *count >= 0 => Expectation::Count(count.unsigned_abs()),
            Some(TestValue::Text(none)) if none == "none" => Expectation::Count(0),
            Some(TestValue::List(rows)) => Expectation::Rows(self.rows(rows, position, "expect")?),
            _ => return Err(self.wrong(position, &format!("the test `{name}` does not say what to expect"), help)),
        };
        Ok(Some(RuleTest { name, path: self.path.to_path_buf(), position, events, expect }))
    }

    /// A list of mappings.
    fn rows(
        &self,
        list: &[TestValue],
        position: Position,
        key: &str,
    ) -> Result<Vec<Vec<(String, TestValue)>>, LoadError> {
        let row = |value: &TestValue| match value {
            TestValue::Map(fields) => Ok(fields.clone()),
            _ => Err(self.wrong(
                position,
                &format!("`{key}` holds something that is no mapping"),
                "write `- { field: value }`",
            )),
        };
        list.iter().map(row).collect()
    }

    /// The fields of a mapping.
    fn fields(&self, mapping: &Collection) -> Result<Vec<(String, TestValue)>, LoadError> {
        let mut fields: Vec<(String, TestValue)> = Vec::new();
        for pair in mapping.children.chunks_exact(2) {
            let Some(key) = self.documents.scalar(&pair[0]) else { continue };
            if fields.iter().any(|(name, _)| *name == key.text) {
                let message = format!("the key `{}` stands twice", key.text);
                let error = LoadError::new(LoadErrorKind::DuplicateKey, self.path, message);
                return Err(error.at(key.mark.position).help("remove one of them"));
            }
            fields.push((key.text.clone(), self.value(&pair[1])?));
        }
        Ok(fields)
    }

    /// A value.
    fn value(&self, node: &Node) -> Result<TestValue, LoadError> {
        if let Some(scalar) = self.documents.scalar(node) {
            return Ok(scalar_value(scalar));
        }
        match node {
            Node::Collection(mapping) if mapping.mapping => self.fields(mapping).map(TestValue::Map),
            Node::Collection(list) => {
                list.children.iter().map(|child| self.value(child)).collect::<Result<_, _>>().map(TestValue::List)
            }
            // An alias of a collection could make a small file large.
            _ => Ok(TestValue::Null),
        }
    }
}

/// The value of a scalar, by the core schema of YAML 1.2.
fn scalar_value(scalar: &Scalar) -> TestValue {
    if scalar.style != ScalarStyle::Plain {
        return TestValue::Text(scalar.text.clone());
    }
    if scalar.is_null() {
        return TestValue::Null;
    }
    match scalar.text.as_str() {
        "true" | "True" | "TRUE" => return TestValue::Bool(true),
        "false" | "False" | "FALSE" => return TestValue::Bool(false),
        _ => {}
    }
    if let Ok(number) = scalar.text.parse::<i64>() {
        return TestValue::Int(number);
    }
    let numeric = scalar.text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
    match scalar.text.parse::<f64>() {
        Ok(number) if numeric && number.is_finite() => TestValue::Float(number),
        _ => TestValue::Text(scalar.text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(yaml: &str) -> Result<Vec<RuleTest>, LoadError> {
        read(Path::new("r/a.yml"), yaml.as_bytes())
    }

    #[test]
    fn inline_events_keep_their_kinds() {
        let tests = parse(
            "logic: x\ntests:\n- name: n\n  events:\n  - {a: 1, b: '1', c: [x, y], d: {e: true}, f: ~, t: 2024-05-01T10:00:00Z}\n  expect: none\n",
        )
        .unwrap();
        let text = |text: &str| TestValue::Text(text.to_owned());
        let expected = vec![
            ("a".to_owned(), TestValue::Int(1)),
            ("b".to_owned(), text("1")),
            ("c".to_owned(), TestValue::List(vec![text("x"), text("y")])),
            ("d".to_owned(), TestValue::Map(vec![("e".to_owned(), TestValue::Bool(true))])),
            ("f".to_owned(), TestValue::Null),
            ("t".to_owned(), text("2024-05-01T10:00:00Z")),
        ];
        assert_eq!(tests[0].events, TestEvents::Inline(vec![expected]));
        assert_eq!((tests[0].name.as_str(), &tests[0].expect), ("n", &Expectation::Count(0)));
        assert_eq!(tests[0].position.line, 3);
    }

    #[test]
    fn a_list_alone_a_data_file_and_expected_rows() {
        let tests = parse("- events: events.ndjson\n  expect:\n  - {host: w1, n: 1.5}\n").unwrap();
        assert_eq!(tests[0].events, TestEvents::File(PathBuf::from("r/events.ndjson")));
        let row = vec![("host".to_owned(), TestValue::Text("w1".into())), ("n".to_owned(), TestValue::Float(1.5))];
        assert_eq!(tests[0].expect, Expectation::Rows(vec![row]));
        assert_eq!(tests[0].name, "test 1");
    }

    #[test]
    fn recordings_to_download_are_passed_over_and_mistakes_are_named() {
        assert!(
            parse("search: x\ntests:\n- name: t\n  attack_data:\n  - data: https://example.org/x.log\n")
                .unwrap()
                .is_empty()
        );
        for (yaml, part) in [
            ("tests:\n- name: t\n  expect: 1\n", "has no `events`"),
            ("tests:\n- events: [{a: 1}]\n", "does not say what to expect"),
            ("tests:\n- events: [x]\n  expect: 1\n", "no mapping"),
            ("tests:\n- events: [{a: 1}]\n  expect: -1\n", "does not say what to expect"),
            ("tests:\n- events: [{a: 1, a: 2}]\n  expect: 1\n", "stands twice"),
        ] {
            let error = parse(yaml).unwrap_err();
            assert!(error.message.contains(part), "{yaml}: {}", error.message);
            assert_eq!(error.position.unwrap().line, 2, "{yaml}");
        }
    }
}
