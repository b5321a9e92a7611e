//! A rule over the events of its tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retrohunt_catalogue::{Expectation, Rule, RuleTest, TestEvents, TestValue};
use retrohunt_engine::trace::Trace;
use retrohunt_engine::{Profiles, Program, ScanOptions, Settings, Silent};
use retrohunt_spl::macros::Macros;
use retrohunt_stages::Table;

use crate::events;

/// What tests are run with.
pub struct Runner<'a> {
    /// Macros.
    pub macros: &'a Macros,
    /// Settings of the engine.
    pub settings: &'a Settings,
    /// Profiles that may be applied to the events.
    pub profiles: &'a Profiles,
    /// How files are gone over.
    pub options: &'a ScanOptions,
}

/// What became of one test.
#[derive(Clone, Debug)]
pub struct Report {
    /// The test's name.
    pub name: String,
    /// Whether it passed.
    pub verdict: Verdict,
}

/// Whether a test passed.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// What came out is what was expected.
    Passed,
    /// It is not.
    Failed {
        /// What differs, a line each.
        differences: Vec<String>,
        /// Why the rule takes or leaves each event.
        traces: Vec<Trace>,
    },
    /// The test could not be run: its events cannot be read, or the rule cannot run.
    Broken(String),
}

impl Runner<'_> {
    /// Returns what became of the tests of a rule, in order.
    #[must_use]
    pub fn run(&self, rule: &Arc<Rule>, tests: &[RuleTest]) -> Vec<Report> {
        let program = retrohunt_engine::compile(&[Arc::clone(rule)], self.macros, self.settings);
        let program = program.map_err(|error| error.to_string()).and_then(|program| {
            let finding =
                program.rules.first().and_then(|rule| rule.findings.iter().find(|finding| finding.code.is_error()));
            match finding {
                Some(finding) => Err(format!("the rule cannot run: {}: {}", finding.code.0, finding.message)),
                None => Ok(program),
            }
        });
        let report = |test: &RuleTest| {
            let verdict = program.as_ref().map_err(Clone::clone).and_then(|program| self.test(program, test));
            Report { name: test.name.clone(), verdict: verdict.unwrap_or_else(Verdict::Broken) }
        };
        tests.iter().map(report).collect()
    }

    /// Runs one test.
    fn test(&self, program: &Program, test: &RuleTest) -> Result<Verdict, String> {
        let folder = tempfile::tempdir().map_err(|error| format!("there is no place for temporary files: {error}"))?;
        let path = data_file(&test.events, folder.path())?;
        let outcome =
            retrohunt_engine::scan(program, std::slice::from_ref(&path), self.profiles, self.options, &Silent);
        let failed = outcome
            .inputs
            .iter()
            .find_map(|input| input.error.clone().or_else(|| Some(input.failed.first()?.1.clone())));
        if let Some(error) = failed.or_else(|| outcome.rules.first().and_then(|rule| rule.error.clone())) {
            return Err(error);
        }
        let table = outcome.rules.into_iter().next().map(|rule| rule.table).unwrap_or_default();
        let differences = differences(&test.expect, &table);
        if differences.is_empty() {
            return Ok(Verdict::Passed);
        }
        let traces = retrohunt_engine::trace::trace(program, 0, &path, self.profiles, self.options);
        Ok(Verdict::Failed { differences, traces: traces.map_err(|error| error.to_string())? })
    }
}

/// Returns the data file of a test's events; those written in the test, or in NDJSON, are written into `folder`.
///
/// # Errors
///
/// If they cannot be read or written.
pub fn data_file(events: &TestEvents, folder: &Path) -> Result<PathBuf, String> {
    let rows = match events {
        TestEvents::Inline(rows) => rows.clone(),
        TestEvents::File(path) => {
            let ndjson =
                path.extension().is_some_and(|ending| ["ndjson", "jsonl", "json"].iter().any(|known| ending == *known));
            if !ndjson {
                return Ok(path.clone());
            }
            events::read_ndjson(path).map_err(|error| error.to_string())?
        }
    };
    let path = folder.join("events.arrow");
    events::write_arrow(&rows, &path).map_err(|error| error.to_string())?;
    Ok(path)
}

/// Returns how a result differs from what is expected, a line each.
fn differences(expect: &Expectation, table: &Table) -> Vec<String> {
    let found = table.rows.len();
    let rows = |number: usize| if number == 1 { "1 row".to_owned() } else { format!("{number} rows") };
    match expect {
        Expectation::Count(count) if usize::try_from(*count) == Ok(found) => Vec::new(),
        Expectation::Count(count) => {
            let mut lines = vec![format!("{}, {count} expected", rows(found))];
            lines.extend((0..found.min(SHOWN)).map(|row| format!("found: {}", row_text(table, row))));
            lines
        }
        Expectation::Rows(expected) => {
            let mut lines = Vec::new();
            if expected.len() != found {
                lines.push(format!("{}, {} expected", rows(found), expected.len()));
            }
            for (at, fields) in expected.iter().enumerate().take(found) {
                lines.extend(fields.iter().filter_map(|(name, value)| field_difference(table, at, name, value)));
            }
            for row in expected.len()..found.min(expected.len() + SHOWN) {
                lines.push(format!("not expected: {}", row_text(table, row)));
            }
            lines
        }
    }
}

/// Most rows that a report shows.
const SHOWN: usize = 10;

/// How a field differs from what is expected.
fn field_difference(table: &Table, row: usize, name: &str, expected: &TestValue) -> Option<String> {
    let found: Vec<String> = table
        .column(name)
        .and_then(|column| table.rows[row].values.get(column))
        .map(|value| value.texts().into_iter().map(std::borrow::Cow::into_owned).collect())
        .unwrap_or_default();
    let wanted: Vec<String> = match expected {
        TestValue::List(values) => values.iter().filter_map(events::text).collect(),
        other => events::text(other).into_iter().collect(),
    };
    if found == wanted || same_time(name, &found, &wanted) {
        return None;
    }
    let show =
        |texts: &[String]| if texts.is_empty() { "nothing".to_owned() } else { format!("`{}`", texts.join("`, `")) };
    Some(format!("row {}: `{name}` is {}, {} expected", row + 1, show(&found), show(&wanted)))
}

/// Is it one time, once in seconds and once as a date?
fn same_time(name: &str, found: &[String], wanted: &[String]) -> bool {
    let (true, [found], [wanted]) = (name == "_time", found, wanted) else { return false };
    let wanted = wanted.parse::<jiff::Timestamp>().map(|time| time.as_microsecond());
    let found = found.parse::<f64>().map(|seconds| (seconds * 1e6).round());
    matches!((found, wanted), (Ok(found), Ok(wanted)) if found == wanted as f64)
}

/// A result row as one line.
fn row_text(table: &Table, row: usize) -> String {
    let cells = table.columns.iter().zip(&table.rows[row].values);
    let present = cells.filter(|(_, value)| !value.is_null());
    present.map(|(column, value)| format!("{}={}", column.name, value.texts().join("|"))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(logic: &str, tests: &str) -> Vec<Report> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.yml");
        std::fs::write(&path, format!("id: r\nlogic: '{logic}'\ntests:\n{tests}")).unwrap();
        std::fs::write(folder.path().join("e.ndjson"), "{\"process\":\"whoami\",\"host\":\"h\"}\n").unwrap();
        let entries = retrohunt_catalogue::load(&[path]);
        let rule = Arc::new(entries[0].rule().unwrap().clone());
        let (tests, errors) = retrohunt_catalogue::rule_tests(&rule);
        assert!(errors.is_empty(), "{errors:?}");
        let (macros, settings) = (Macros::shipped(), Settings::default());
        let (profiles, options) = (Profiles::Choose(Vec::new()), ScanOptions::default());
        Runner { macros: &macros, settings: &settings, profiles: &profiles, options: &options }.run(&rule, &tests)
    }

    #[test]
    fn rows_counts_and_none() {
        let reports = run(
            "process=who* | table host, process",
            "- events: [{process: whoami, host: h}, {process: id}]\n  expect: 1\n- events: e.ndjson\n  expect: [{host: h, user: null}]\n- events: [{process: id}]\n  expect: none\n",
        );
        assert!(reports.iter().all(|report| matches!(report.verdict, Verdict::Passed)), "{reports:?}");
    }

    #[test]
    fn a_failure_says_what_differs_and_which_clause_failed() {
        let reports = run(
            "process=who* (host=a OR host=b) NOT user=x | table host",
            "- events: [{process: whoami, host: c, user: y}]\n  expect: 1\n- events: [{process: whoami, host: a}]\n  expect: [{host: b}]\n",
        );
        let Verdict::Failed { differences, traces } = &reports[0].verdict else { panic!("{reports:?}") };
        assert_eq!(differences, &["0 rows, 1 expected"]);
        let failed: Vec<&str> = traces[0].failed().iter().map(|clause| clause.text.as_str()).collect();
        assert_eq!(failed, ["any of"]);
        let details: Vec<&str> = traces[0].clauses.iter().map(|clause| clause.detail.as_str()).collect();
        assert!(details.contains(&"host <- column host: c"), "{details:?}");
        let Verdict::Failed { differences, .. } = &reports[1].verdict else { panic!("{reports:?}") };
        assert_eq!(differences, &["row 1: `host` is `a`, `b` expected"]);
    }

    #[test]
    fn a_rule_that_cannot_run_breaks_its_tests() {
        let reports = run("(process=x", "- events: [{a: 1}]\n  expect: 0\n");
        assert!(matches!(&reports[0].verdict, Verdict::Broken(message) if message.contains("E0110")), "{reports:?}");
    }
}
