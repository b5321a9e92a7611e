//! The result rows that the seed rule must give, derived from what was planted.
//!
//! The rule ends in `bin span=1s | stats values(*) as * by _time, host, process`: rows of one second, machine and command
//! line are one result; of every other field it has the distinct texts by code point. Results are ordered by `_time`,
//! then machine, then command line, numbers before other texts (§5.10.7).

use crate::clock::{self, SECOND};
use crate::mapping::Texts;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Id of the seed rule.
const RULE_ID: &str = "5343.18043";
/// Title of the seed rule.
const RULE_TITLE: &str = "Remote Admin Tools";
/// Path of the seed rule.
const RULE_PATH: &str = "datasets/rules/remote_admin_tools.yml";

/// A planted row that the rule returns.
pub(crate) struct HitRow {
    /// Its time, microseconds since the epoch.
    pub(crate) time: i64,
    /// Its fields by name, `host` and `process` among them.
    pub(crate) fields: BTreeMap<&'static str, Texts>,
}

/// What makes rows one result.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    /// The second, since the epoch.
    second: i64,
    /// The machine.
    host: String,
    /// The command line.
    process: String,
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        let texts = natural(&self.host, &other.host).then_with(|| natural(&self.process, &other.process));
        self.second.cmp(&other.second).then(texts)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares two texts in natural order: whole numbers first, by their value, then all others by code point. The
/// generator plants no other numbers than whole ones as names.
fn natural(one: &str, other: &str) -> Ordering {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.len() < 19 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().unwrap_or(0))
    };
    match (number(one), number(other)) {
        (Some(left), Some(right)) => left.cmp(&right).then_with(|| one.cmp(other)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.cmp(other),
    }
}

/// The results, and which result each planted row went into.
pub(crate) struct Truth {
    /// The lines of the truth file, without line ends, in the order of the results.
    pub(crate) lines: Vec<String>,
    /// The number of the line of each hit row, in the order given.
    pub(crate) line_of_row: Vec<usize>,
}

/// Returns the results for `rows`. A row without `host` or `process` has none; the generator plants no such hit.
pub(crate) fn truth(rows: &[HitRow]) -> Truth {
    let mut groups: BTreeMap<Key, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    let mut keys = Vec::new();
    for row in rows {
        let text = |name| row.fields.get(name).and_then(|texts| texts.first()).cloned().unwrap_or_default();
        let key = Key { second: row.time.div_euclid(SECOND), host: text("host"), process: text("process") };
        let group = groups.entry(key.clone()).or_default();
        for (name, texts) in &row.fields {
            if *name != "host" && *name != "process" {
                group.entry(name).or_default().extend(texts.iter().map(String::as_str));
            }
        }
        keys.push(key);
    }
    let numbers: BTreeMap<&Key, usize> = groups.keys().zip(0..).collect();
    let line_of_row = keys.iter().map(|key| numbers.get(key).copied().unwrap_or(0)).collect();
    let lines = groups.iter().map(|(key, group)| line(key, group)).collect();
    Truth { lines, line_of_row }
}

/// Returns one line of the truth file.
fn line(key: &Key, group: &BTreeMap<&str, BTreeSet<&str>>) -> String {
    let mut time = String::new();
    clock::rfc3339_seconds(key.second.saturating_mul(SECOND), &mut time);
    let mut result = Map::new();
    result.insert("_time".to_owned(), Value::String(time));
    result.insert("host".to_owned(), Value::String(key.host.clone()));
    result.insert("process".to_owned(), Value::String(key.process.clone()));
    for (name, texts) in group {
        let value = match texts.len() {
            1 => texts.first().map_or(Value::Null, |&text| json!(text)),
            _ => json!(texts),
        };
        result.insert((*name).to_owned(), value);
    }
    let rule = json!({ "id": RULE_ID, "title": RULE_TITLE, "path": RULE_PATH });
    let mut line = Map::new();
    line.insert("rule".to_owned(), rule);
    line.insert("result".to_owned(), Value::Object(result));
    Value::Object(line).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(time: i64, host: &str, process: &str, others: &[(&'static str, &str)]) -> HitRow {
        let mut fields = BTreeMap::from([("host", vec![host.to_owned()]), ("process", vec![process.to_owned()])]);
        fields.extend(others.iter().map(|&(name, text)| (name, vec![text.to_owned()])));
        HitRow { time, fields }
    }

    #[test]
    fn the_worked_example_of_the_seed_rule() {
        let process = r"net.exe  \\srv\c$";
        let rows = [
            row(100_900_000, "h", process, &[("user", "u2"), ("process_id", "9")]),
            row(100_200_000, "h", process, &[("user", "u1"), ("process_id", "10")]),
        ];
        let truth = truth(&rows);
        assert_eq!(
            truth.lines,
            [concat!(
                r#"{"rule":{"id":"5343.18043","title":"Remote Admin Tools","#,
                r#""path":"datasets/rules/remote_admin_tools.yml"},"#,
                r#""result":{"_time":"1970-01-01T00:01:40Z","host":"h","process":"net.exe  \\\\srv\\c$","#,
                r#""process_id":["10","9"],"user":["u1","u2"]}}"#
            )]
        );
        assert_eq!(truth.line_of_row, [0, 0]);
    }

    #[test]
    fn results_are_ordered_by_second_then_machine_then_command() {
        let rows = [
            row(5_000_000, "b", "x", &[]),
            row(3_000_000, "10", "x", &[]),
            row(3_999_999, "9", "x", &[]),
            row(3_000_000, "9-lives", "x", &[]),
            row(3_000_000, "9", "A", &[]),
        ];
        assert_eq!(truth(&rows).line_of_row, [4, 2, 1, 3, 0]);
    }

    #[test]
    fn equal_texts_become_one_and_missing_fields_stay_away() {
        let rows = [row(1, "h", "p", &[("user", "a")]), row(2, "h", "p", &[("user", "a"), ("src_user", "b")])];
        let lines = truth(&rows).lines;
        assert_eq!(lines.len(), 1);
        assert!(lines[0].ends_with(r#""process":"p","src_user":"b","user":"a"}}"#));
    }
}
