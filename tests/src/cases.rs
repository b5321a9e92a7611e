//! Rule cases: rows in, a rule, rows out, as TOML files in `tests/rules/`.
//!
//! ```toml
//! spec = "§3.3"                       # the rule of the specification that the case is about
//! rule = '''f=a | table f'''          # or `logic`
//! expect = [ { f = "a" } ]            # rows in order; or expect_refused = "E0113"
//! profile = "sysmon"                  # optional: a shipped profile, or "auto"; without it `cim`, names as they are
//! columns = ["f"]                     # optional: all output columns in order, empty ones that were named included
//! warns = ["W-VIRTUAL-RAW"]           # optional: codes that must be among the warnings
//!
//! [settings]                          # optional, see `Settings`: timezone, now, earliest, latest, class_markers, bare_terms, …
//! [macros]                            # optional: "name" or "name(a, b)" = "definition"
//! [[file]]                            # one or more; a missing `name` is `f0`, `f1`, …
//! rows = [ { _time = "2020-01-01T00:00:00Z", f = "a", n = 5, x = 0.5, b = true, l = ["a", "b"] } ]
//! schema = { g = "text" }             # optional: columns that rows do not show, or of types that TOML lacks
//! ```
//!
//! Instead of `rule`, several rules over the same files may stand in `[[check]]` tables, each with its `rule`, `expect` and so on;
//! each is a case of its own. Strings in `_time` are timestamps. A table of the specification fits in one file that way.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use jiff::tz::TimeZone;
use toml::{Table, Value};

use crate::reference::archive::{Archive, Cell, Column, ColumnKind, File};
use crate::reference::clock;
use crate::reference::output::{OutCell, Output};
use crate::reference::profile::ProfileMapping;
use crate::reference::settings::Settings;

/// One rule over some rows, and what must come out.
#[derive(Clone, Debug)]
pub struct Case {
    /// File stem, with `#n` for the n-th of several checks, counted from 1.
    pub name: String,
    /// The section of the specification.
    pub spec: String,
    /// The SPL text.
    pub rule: String,
    /// A shipped profile's name; `auto` for those that the columns choose, `cim` for names as they are.
    pub profile: String,
    /// Macros: name, parameters, definition.
    pub macros: Vec<(String, Vec<String>, String)>,
    /// The options of the run.
    pub settings: Settings,
    /// The input files.
    pub archive: Archive,
    /// What must come out.
    pub expect: Expect,
    /// All output columns in order, if the case says.
    pub columns: Option<Vec<String>>,
    /// Codes that must be among the warnings of compilation and run.
    pub warns: Vec<String>,
}

/// What a case expects.
#[derive(Clone, Debug)]
pub enum Expect {
    /// These rows in this order; a row lists its present fields.
    Rows(Vec<Vec<(String, Expected)>>),
    /// The rule cannot run, with this code.
    Refused(String),
}

/// An expected value.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// A string.
    Text(String),
    /// A number that is an integer.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// A multivalue.
    List(Vec<String>),
}

impl Expected {
    /// Is this the value of a result cell?
    #[must_use]
    pub fn is(&self, cell: &OutCell) -> bool {
        match (self, cell) {
            (Self::Text(left), OutCell::Text(right)) => left == right,
            (Self::List(left), OutCell::List(right)) => left == right,
            (Self::Integer(left), OutCell::Number(right)) => *right == left.to_string(),
            (Self::Float(left), OutCell::Number(right)) => right.parse() == Ok(*left),
            _ => false,
        }
    }
}

impl Case {
    /// Compares a result with what the case expects; the error says what differs.
    ///
    /// # Errors
    ///
    /// If rows, their order, their values, the columns or the warnings differ.
    pub fn check(&self, output: &Output, warnings: &BTreeSet<String>) -> Result<(), String> {
        let Expect::Rows(rows) = &self.expect else { return Err("the rule ran, but must be refused".to_owned()) };
        let got = || output.ndjson().join("\n  ");
        if rows.len() != output.rows.len() {
            return Err(format!("{} rows, {} expected:\n  {}", output.rows.len(), rows.len(), got()));
        }
        for (index, (expected, row)) in rows.iter().zip(&output.rows).enumerate() {
            for (name, cell) in output.columns.iter().zip(row) {
                let value = expected.iter().find(|(field, _)| field == name).map(|(_, value)| value);
                let good = match value {
                    Some(value) => value.is(cell),
                    None => *cell == OutCell::Missing,
                };
                if !good {
                    return Err(format!(
                        "row {index}: `{name}` is {cell:?}, expected {value:?}; all rows:\n  {}",
                        got()
                    ));
                }
            }
            if let Some((name, _)) = expected.iter().find(|(name, _)| !output.columns.contains(name)) {
                return Err(format!("row {index}: no column `{name}`; all rows:\n  {}", got()));
            }
        }
        if let Some(columns) = self.columns.as_ref().filter(|columns| **columns != output.columns) {
            return Err(format!("columns {:?}, expected {columns:?}", output.columns));
        }
        match self.warns.iter().find(|code| !warnings.contains(*code)) {
            Some(code) => Err(format!("no warning {code}, but {warnings:?}")),
            None => Ok(()),
        }
    }
}

/// Returns the folder of the rule cases.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

/// Returns all cases of a folder, in order of file names.
///
/// # Errors
///
/// If a file cannot be read or is not a case; the text names it.
pub fn load(folder: &Path) -> Result<Vec<Case>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    // The list of refused rules stands beside the cases.
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml") && !path.ends_with("refusals.toml"));
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        cases.extend(parse(&name, &text).map_err(|error| format!("{name}: {error}"))?);
    }
    Ok(cases)
}

/// Returns the cases of one file.
///
/// # Errors
///
/// If the text is not TOML or has a key or a value that a case does not have.
pub fn parse(name: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut top: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let spec = take_text(&mut top, "spec")?.ok_or("no `spec`")?;
    let profile = take_text(&mut top, "profile")?.unwrap_or_else(|| "cim".to_owned());
    let settings = settings(top.remove("settings"))?;
    let macros = macros(top.remove("macros"))?;
    let archive = archive(top.remove("file"), &profile)?;
    let checks = match top.remove("check") {
        None => vec![top],
        Some(_) if !top.is_empty() => return Err("keys beside `check` belong into its tables".to_owned()),
        Some(checks) => tables(checks, "check")?,
    };
    let many = checks.len() > 1;
    let one = |(index, mut check): (usize, Table)| {
        let rule = take_text(&mut check, "rule")?.or(take_text(&mut check, "logic")?).ok_or("no `rule`")?;
        let case = Case {
            name: if many { format!("{name}#{}", index + 1) } else { name.to_owned() },
            spec: take_text(&mut check, "spec")?.unwrap_or_else(|| spec.clone()),
            rule,
            profile: profile.clone(),
            macros: macros.clone(),
            settings: settings.clone(),
            archive: archive.clone(),
            expect: expect(&mut check)?,
            columns: check.remove("columns").map(texts).transpose()?,
            warns: check.remove("warns").map(texts).transpose()?.unwrap_or_default(),
        };
        match check.keys().next() {
            Some(key) => Err(format!("unknown key `{key}`")),
            None => Ok(case),
        }
    };
    checks.into_iter().enumerate().map(one).collect()
}

/// Takes a string out of a table.
fn take_text(table: &mut Table, key: &str) -> Result<Option<String>, String> {
    match table.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("`{key}` is not a string but {other}")),
    }
}

/// Returns a value as a list of strings.
fn texts(value: Value) -> Result<Vec<String>, String> {
    let Value::Array(items) = value else { return Err(format!("not a list of strings: {value}")) };
    let text = |item: Value| match item {
        Value::String(text) => Ok(text),
        other => Err(format!("not a string: {other}")),
    };
    items.into_iter().map(text).collect()
}

/// Returns a value as a list of tables.
fn tables(value: Value, key: &str) -> Result<Vec<Table>, String> {
    let Value::Array(items) = value else { return Err(format!("`{key}` is not a list of tables")) };
    let table = |item: Value| match item {
        Value::Table(table) => Ok(table),
        other => Err(format!("`{key}` holds {other}")),
    };
    items.into_iter().map(table).collect()
}

/// Takes what a check expects.
fn expect(check: &mut Table) -> Result<Expect, String> {
    if let Some(code) = take_text(check, "expect_refused")? {
        return Ok(Expect::Refused(code));
    }
    let rows = tables(check.remove("expect").ok_or("neither `expect` nor `expect_refused`")?, "expect")?;
    let value = |(name, value): (String, Value)| {
        let expected = match value {
            Value::String(text) => Expected::Text(text),
            Value::Integer(number) => Expected::Integer(number),
            Value::Float(number) => Expected::Float(number),
            list @ Value::Array(_) => Expected::List(texts(list)?),
            other => return Err(format!("`{name}` cannot be {other} in a result")),
        };
        Ok((name, expected))
    };
    let row = |row: Table| row.into_iter().map(value).collect::<Result<Vec<_>, String>>();
    Ok(Expect::Rows(rows.into_iter().map(row).collect::<Result<_, String>>()?))
}

/// Returns the options of a run.
fn settings(value: Option<Value>) -> Result<Settings, String> {
    let mut settings = Settings::default();
    let table = match value {
        None => return Ok(settings),
        Some(Value::Table(table)) => table,
        Some(other) => return Err(format!("`settings` is {other}")),
    };
    let time = |text: &str| clock::parse_iso(text, &TimeZone::UTC).ok_or_else(|| format!("not a time: {text}"));
    for (key, value) in table {
        match (key.as_str(), value) {
            ("timezone", Value::String(name)) => {
                settings.timezone = TimeZone::get(&name).map_err(|error| error.to_string())?;
            }
            ("now", Value::String(text)) => settings.now = time(&text)?,
            ("earliest", Value::String(text)) => settings.earliest = Some(time(&text)?),
            ("latest", Value::String(text)) => settings.latest = Some(time(&text)?),
            ("class_markers", Value::String(text)) => settings.any_class_marker = one_of(&text, "any", "exact")?,
            ("bare_terms", Value::String(text)) => settings.substring_terms = one_of(&text, "substring", "segment")?,
            ("raw_pairs", Value::Boolean(truth)) => settings.raw_pairs = truth,
            ("empty_as_null", Value::Boolean(truth)) => settings.empty_as_null = truth,
            ("not_text", list) => settings.not_text = texts(list)?.into_iter().collect(),
            (key, value) => return Err(format!("setting `{key}` cannot be {value}")),
        }
    }
    Ok(settings)
}

/// Is the text the first of two words; any third is an error.
fn one_of(text: &str, yes: &str, no: &str) -> Result<bool, String> {
    match text {
        text if text == yes => Ok(true),
        text if text == no => Ok(false),
        _ => Err(format!("`{text}` is neither `{yes}` nor `{no}`")),
    }
}

/// Returns macros as name, parameters and definition.
fn macros(value: Option<Value>) -> Result<Vec<(String, Vec<String>, String)>, String> {
    let table = match value {
        None => return Ok(Vec::new()),
        Some(Value::Table(table)) => table,
        Some(other) => return Err(format!("`macros` is {other}")),
    };
    let one = |(head, text): (String, Value)| {
        let Value::String(text) = text else { return Err(format!("macro `{head}` is not a string")) };
        let (name, parameters) = head.split_once('(').unwrap_or((&head, ""));
        let parameters = parameters.trim_end_matches(')').split(',').map(|parameter| parameter.trim().to_owned());
        Ok((name.trim().to_owned(), parameters.filter(|parameter| !parameter.is_empty()).collect(), text))
    };
    table.into_iter().map(one).collect()
}

/// Returns the input files.
fn archive(value: Option<Value>, profile: &str) -> Result<Archive, String> {
    let files = value.map_or_else(|| Ok(Vec::new()), |value| tables(value, "file"))?;
    let files = files.into_iter().enumerate().map(|(index, table)| file(index, table, profile));
    Ok(Archive { files: files.collect::<Result<_, String>>()? })
}

/// Returns one input file: the columns of its `schema`, then those that rows show, in order of appearance.
fn file(index: usize, mut table: Table, profile: &str) -> Result<File, String> {
    let name = take_text(&mut table, "name")?.unwrap_or_else(|| format!("f{index}"));
    let mut columns: Vec<Column> = Vec::new();
    if let Some(Value::Table(schema)) = table.remove("schema") {
        for (name, kind) in schema {
            columns.push(Column { name, kind: kind_of(kind.as_str().unwrap_or_default())? });
        }
    }
    let rows = tables(table.remove("rows").ok_or("a file without `rows`")?, "rows")?;
    if let Some(key) = table.keys().next() {
        return Err(format!("unknown key `{key}` in a file"));
    }
    for (name, value) in rows.iter().flatten() {
        let kind = value_kind(name, value)?;
        match columns.iter_mut().find(|column| column.name == *name) {
            None => columns.push(Column { name: name.clone(), kind }),
            Some(column) if (column.kind, kind) == (ColumnKind::Int, ColumnKind::Float) => column.kind = kind,
            Some(_) => {}
        }
    }
    let cells = |row: &Table| columns.iter().map(|column| cell(column, row.get(&column.name))).collect();
    let rows = rows.iter().map(cells).collect::<Result<_, String>>()?;
    let mapping = Rc::new(ProfileMapping::new(profile, &columns)?);
    Ok(File { name, columns, rows, mapping: Some(mapping) })
}

/// Returns the kind that a `schema` word names.
fn kind_of(word: &str) -> Result<ColumnKind, String> {
    Ok(match word {
        "text" => ColumnKind::Text,
        "binary" => ColumnKind::Binary,
        "int" => ColumnKind::Int,
        "uint" => ColumnKind::UInt,
        "float" => ColumnKind::Float,
        "bool" => ColumnKind::Bool,
        "time" => ColumnKind::Time,
        "list" => ColumnKind::List,
        _ => return Err(format!("`{word}` is no column type")),
    })
}

/// Returns the kind of column that a value asks for.
fn value_kind(name: &str, value: &Value) -> Result<ColumnKind, String> {
    match value {
        Value::String(_) if name == "_time" => Ok(ColumnKind::Time),
        Value::String(_) => Ok(ColumnKind::Text),
        Value::Integer(_) => Ok(ColumnKind::Int),
        Value::Float(_) => Ok(ColumnKind::Float),
        Value::Boolean(_) => Ok(ColumnKind::Bool),
        Value::Array(_) => Ok(ColumnKind::List),
        other => Err(format!("`{name}` cannot be {other}")),
    }
}

/// Returns the cell of a row's value in a column.
fn cell(column: &Column, value: Option<&Value>) -> Result<Cell, String> {
    let Some(value) = value else { return Ok(Cell::Null) };
    let wrong = || format!("`{}` is a {:?} column and cannot hold {value}", column.name, column.kind);
    Ok(match (column.kind, value) {
        (ColumnKind::Text | ColumnKind::Binary, Value::String(text)) => Cell::Text(text.clone()),
        (ColumnKind::Int, Value::Integer(number)) => Cell::Int(*number),
        (ColumnKind::UInt, Value::Integer(number)) => Cell::UInt(u64::try_from(*number).map_err(|_| wrong())?),
        (ColumnKind::UInt, Value::String(text)) => Cell::UInt(text.parse().map_err(|_| wrong())?),
        (ColumnKind::Float, Value::Float(number)) => Cell::Float(*number),
        (ColumnKind::Float, Value::Integer(number)) => Cell::Float(*number as f64),
        (ColumnKind::Bool, Value::Boolean(truth)) => Cell::Bool(*truth),
        (ColumnKind::List, list @ Value::Array(_)) => Cell::List(texts(list.clone())?),
        (ColumnKind::Time, Value::String(text)) => {
            Cell::Time(clock::parse_iso(text, &TimeZone::UTC).ok_or_else(wrong)?)
        }
        _ => return Err(wrong()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_share_files_and_types_come_from_values() {
        let text = r#"
            spec = "§3"
            [[check]]
            rule = "a"
            expect = [{ n = 5, x = 0.5, l = ["a", "b"], s = "t" }]
            [[check]]
            rule = "b"
            expect_refused = "E0113"
            [[file]]
            schema = { b = "binary" }
            rows = [{ _time = "1970-01-01T00:00:01Z", n = 5 }, { n = 6, l = ["a"] }]
        "#;
        let cases = parse("two", text).expect("parses");
        assert_eq!(cases.iter().map(|case| case.name.as_str()).collect::<Vec<_>>(), ["two#1", "two#2"]);
        let file = &cases[0].archive.files[0];
        let kinds: Vec<ColumnKind> = file.columns.iter().map(|column| column.kind).collect();
        assert_eq!(kinds, [ColumnKind::Binary, ColumnKind::Time, ColumnKind::Int, ColumnKind::List]);
        assert_eq!(file.rows[0][1], Cell::Time(1_000_000));
        assert!(matches!(&cases[1].expect, Expect::Refused(code) if code == "E0113"));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(parse("x", "spec = '§1'\nrule = 'a'\nexpect = []\nwarn = []").is_err());
        assert!(parse("x", "spec = '§1'\nrule = 'a'").is_err());
        assert!(parse("x", "rule = 'a'\nexpect = []").is_err());
    }
}
