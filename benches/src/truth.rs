//! Results as JSON, and what they must be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use retrohunt_columnar::text;
use retrohunt_stages::{Table, Value};
use retrohunt_synth::{TRUTH_FILE, TRUTH_ROWS_FILE};
use serde_json::{Map, Value as Json, json};

use crate::Error;

/// Returns the rows of a table as the `result` objects of the command line's NDJSON.
#[must_use]
pub fn results(table: &Table) -> Vec<Json> {
    let row = |values: &[Value]| {
        let named = table.columns.iter().zip(values);
        let given = named.filter_map(|(column, value)| Some((column.name.to_string(), json(value)?)));
        Json::Object(given.collect::<Map<_, _>>())
    };
    table.rows.iter().map(|found| row(&found.values)).collect()
}

/// Returns a value as JSON; `None` if it is missing.
fn json(value: &Value) -> Option<Json> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(json!(text)),
        Value::Int(number) => Some(json!(number)),
        Value::UInt(number) => Some(json!(number)),
        Value::Float(number) => Some(json!(number)),
        Value::Time(micros) => Some(json!(text::time_text(*micros))),
        Value::List(texts) => Some(json!(texts)),
    }
}

/// Returns the `result` objects that the seed rule must give over the archive in `path`, in their order.
///
/// # Errors
///
/// If the archive has no truth, or it cannot be read.
pub fn expected(path: &Path) -> Result<Vec<Json>, Error> {
    let lines = fs::read_to_string(path.join(TRUTH_FILE))?;
    let result = |line: &str| Ok(serde_json::from_str::<Json>(line)?["result"].take());
    lines.lines().map(result).collect()
}

/// Returns the rows, counted in the file, that the seed rule returns, by the name of the file in the archive in `path`.
///
/// # Errors
///
/// If the archive has no truth, or it cannot be read.
pub fn hit_rows(path: &Path) -> Result<BTreeMap<String, BTreeSet<u64>>, Error> {
    let mut rows: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for line in fs::read_to_string(path.join(TRUTH_ROWS_FILE))?.lines() {
        let line: Json = serde_json::from_str(line)?;
        let (file, row, kind) = (line["file"].as_str(), line["row"].as_u64(), line["kind"].as_str());
        let (Some(file), Some(row), Some(kind)) = (file, row, kind) else {
            return Err(format!("{TRUTH_ROWS_FILE}: a line lacks file, row or kind").into());
        };
        if kind.starts_with("hit:") {
            rows.entry(file.to_owned()).or_default().insert(row);
        }
    }
    Ok(rows)
}

/// Compares results; returns their number.
///
/// # Errors
///
/// If they differ; the message names the first that does.
pub fn compare(found: &[Json], expected: &[Json]) -> Result<usize, Error> {
    let first = found.iter().zip(expected).find(|(found, expected)| found != expected);
    if let Some((found, expected)) = first {
        return Err(format!("wrong result: found {found}, expected {expected}").into());
    }
    if found.len() != expected.len() {
        return Err(format!("wrong results: found {} rows, expected {}", found.len(), expected.len()).into());
    }
    Ok(found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_an_extra_and_a_changed_result_are_found() {
        let (one, two) = (json!({"a": "1"}), json!({"a": "2"}));
        assert_eq!(compare(&[one.clone(), two.clone()], &[one.clone(), two.clone()]).unwrap(), 2);
        assert!(compare(std::slice::from_ref(&one), &[one.clone(), two.clone()]).is_err());
        assert!(compare(&[one.clone(), two.clone()], std::slice::from_ref(&one)).is_err());
        assert!(compare(&[one], &[two]).is_err());
    }

    #[test]
    fn names_do_not_depend_on_their_order() {
        let (one, two) = (json!({"a": "1", "b": ["2", "3"]}), json!({"b": ["2", "3"], "a": "1"}));
        assert!(compare(&[one], &[two]).is_ok());
    }
}
