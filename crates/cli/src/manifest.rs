//! The records of a run for machines: `manifest.json` of a scan, and the report of `check --format json`.
//!
//! The keys and their order are contracts. A position is left out of neither: it is `null` where there is none.

use std::path::Path;

use jiff::Timestamp;
use retrohunt_catalogue::{LoadError, NotSplunk, Rule};
use serde::Serialize;

/// What a scan did, of which rules and inputs, and what is missing from its results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Manifest {
    /// Whether the results are whole: every input was read to its end, no row is undecided, no limit was hit.
    pub(crate) complete: bool,
    /// Hits of all rules.
    pub(crate) findings: u64,
    /// The program.
    pub(crate) tool: Tool,
    /// When the scan began, RFC 3339 in UTC.
    pub(crate) started: String,
    /// Every rule that was asked for, those that could not run among them, ordered by id and path.
    pub(crate) rules: Vec<RuleRecord>,
    /// Every input file, ordered by path.
    pub(crate) inputs: Vec<InputRecord>,
    /// Every limit that was hit.
    pub(crate) limits: Vec<LimitRecord>,
}

/// The program that wrote a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Tool {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its version.
    pub(crate) version: &'static str,
}

/// This program.
pub(crate) const TOOL: Tool = Tool { name: "retrohunt", version: env!("CARGO_PKG_VERSION") };

/// Whether a rule can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// It runs.
    Runs,
    /// It runs, and something about it is worth knowing.
    RunsWithWarnings,
    /// It cannot run.
    NotRunnable,
}

/// One rule in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct RuleRecord {
    /// The rule's id; the file's name where the rule could not be read.
    pub(crate) id: String,
    /// The rule's path, as it was given or found.
    pub(crate) path: String,
    /// SHA-256 of the rule's file in hexadecimal; `null` where it could not be read.
    pub(crate) sha256: Option<String>,
    /// Whether it ran.
    pub(crate) status: Status,
    /// What is wrong with it, or worth knowing.
    pub(crate) diagnostics: Vec<DiagnosticRecord>,
    /// Its hits.
    pub(crate) hits: u64,
    /// Rows on which it could not be decided.
    pub(crate) undecided: u64,
}

/// One message about a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct DiagnosticRecord {
    /// The stable code.
    pub(crate) code: String,
    /// The message.
    pub(crate) message: String,
    /// Line of the rule's file, counted from 1.
    pub(crate) line: Option<u32>,
    /// Column of the rule's file, counted from 1, in characters.
    pub(crate) column: Option<u32>,
    /// Byte offset in the rule's SPL text.
    pub(crate) offset: Option<u64>,
}

/// One input file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct InputRecord {
    /// Its path, as it was given or found.
    pub(crate) path: String,
    /// Its size.
    pub(crate) bytes: u64,
    /// All its rows, read or pruned.
    pub(crate) rows: u64,
    /// What became of its row groups.
    pub(crate) row_groups: RowGroups,
    /// Why it could not be read, or not to its end; `null` if it was.
    pub(crate) error: Option<String>,
}

/// What became of the row groups of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct RowGroups {
    /// All of them.
    pub(crate) total: u64,
    /// Read.
    pub(crate) read: u64,
    /// Passed over, with proof that no rule can match in them.
    pub(crate) pruned: u64,
    /// Not readable.
    pub(crate) failed: u64,
}

/// One limit that was hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct LimitRecord {
    /// The limit's name.
    pub(crate) limit: String,
    /// The id of the rule that hit it; `null` if it is one of the whole run.
    pub(crate) rule: Option<String>,
    /// What is missing because of it.
    pub(crate) message: String,
}

/// The report of `check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct CheckReport {
    /// Counts.
    pub(crate) summary: CheckSummary,
    /// Every rule that was asked for, ordered by id and path.
    pub(crate) rules: Vec<CheckedRule>,
}

/// How many rules there are of each status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct CheckSummary {
    /// All rules.
    pub(crate) total: u64,
    /// Those that run without a warning.
    pub(crate) runs: u64,
    /// Those that run with one.
    pub(crate) runs_with_warnings: u64,
    /// Those that cannot run.
    pub(crate) not_runnable: u64,
}

/// One rule in the report of `check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct CheckedRule {
    /// The rule's id; the file's name where the rule could not be read.
    pub(crate) id: String,
    /// The rule's path, as it was given or found.
    pub(crate) path: String,
    /// Whether it runs.
    pub(crate) status: Status,
    /// Whether it could match in the archive; left out where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) can_match: Option<CanMatch>,
    /// What is wrong with it, or worth knowing.
    pub(crate) diagnostics: Vec<DiagnosticRecord>,
}

/// Whether a rule could match in an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CanMatch {
    /// It has what the rule asks for.
    Yes,
    /// It cannot, whatever its rows hold.
    No,
    /// Nobody can say without reading it.
    Unknown,
}

impl Manifest {
    /// Returns the manifest of a scan that began at `started`, its lists in order and its counts made up.
    pub(crate) fn new(
        started: Timestamp,
        mut rules: Vec<RuleRecord>,
        mut inputs: Vec<InputRecord>,
        limits: Vec<LimitRecord>,
    ) -> Self {
        rules.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        let whole = |input: &InputRecord| input.error.is_none() && input.row_groups.failed == 0;
        let decided = rules.iter().all(|rule| rule.undecided == 0);
        Self {
            complete: limits.is_empty() && decided && inputs.iter().all(whole),
            findings: rules.iter().map(|rule| rule.hits).sum(),
            tool: TOOL,
            started: started.to_string(),
            rules,
            inputs,
            limits,
        }
    }

    /// Returns the rules that could not run.
    pub(crate) fn not_runnable(&self) -> u64 {
        count(&self.rules, |rule| rule.status == Status::NotRunnable)
    }
}

impl CheckReport {
    /// Returns the report on these rules, in order and counted.
    pub(crate) fn new(mut rules: Vec<CheckedRule>) -> Self {
        rules.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
        let of = |status| count(&rules, |rule| rule.status == status);
        let summary = CheckSummary {
            total: count(&rules, |_| true),
            runs: of(Status::Runs),
            runs_with_warnings: of(Status::RunsWithWarnings),
            not_runnable: of(Status::NotRunnable),
        };
        Self { summary, rules }
    }
}

/// Returns how many of the items pass the test.
fn count<T>(items: &[T], test: impl Fn(&T) -> bool) -> u64 {
    items.iter().map(|item| u64::from(test(item))).sum()
}

impl RuleRecord {
    /// Returns the record of a rule with these messages and no hits yet.
    pub(crate) fn new(rule: &Rule, diagnostics: Vec<DiagnosticRecord>) -> Self {
        Self {
            id: rule.id.clone(),
            path: text(&rule.path),
            sha256: Some(rule.sha256.clone()),
            status: Status::of(&diagnostics),
            diagnostics,
            hits: 0,
            undecided: 0,
        }
    }
}

/// The record of a rule in another language.
impl From<&NotSplunk> for RuleRecord {
    fn from(other: &NotSplunk) -> Self {
        let place = DiagnosticRecord::new(NotSplunk::CODE, other.message());
        Self {
            id: other.id.clone(),
            path: text(&other.path),
            sha256: Some(other.sha256.clone()),
            status: Status::NotRunnable,
            diagnostics: vec![place],
            hits: 0,
            undecided: 0,
        }
    }
}

/// The record of a file that is not a rule.
impl From<&LoadError> for RuleRecord {
    fn from(error: &LoadError) -> Self {
        let mut diagnostic = DiagnosticRecord::new(error.kind.code(), error.message.clone());
        diagnostic.line = error.position.map(|position| position.line);
        diagnostic.column = error.position.map(|position| position.column);
        let id = error.path.file_stem().unwrap_or(error.path.as_os_str());
        Self {
            id: id.to_string_lossy().into_owned(),
            path: text(&error.path),
            sha256: None,
            status: Status::NotRunnable,
            diagnostics: vec![diagnostic],
            hits: 0,
            undecided: 0,
        }
    }
}

/// The same rule in the report of `check`, without an archive.
impl From<RuleRecord> for CheckedRule {
    fn from(record: RuleRecord) -> Self {
        let RuleRecord { id, path, status, diagnostics, .. } = record;
        Self { id, path, status, can_match: None, diagnostics }
    }
}

impl DiagnosticRecord {
    /// Returns a message without a place.
    pub(crate) fn new(code: &str, message: String) -> Self {
        Self { code: code.to_owned(), message, line: None, column: None, offset: None }
    }

    /// Returns a message about byte `offset` of the rule's SPL.
    pub(crate) fn of_rule(code: &str, message: String, rule: &Rule, offset: usize) -> Self {
        let position = rule.positions.locate(offset);
        Self {
            line: Some(position.line),
            column: Some(position.column),
            offset: u64::try_from(offset).ok(),
            ..Self::new(code, message)
        }
    }
}

impl Status {
    /// Returns what messages with these codes make of a rule: `E…` keeps it from running, `W…` is a warning, others are notes.
    pub(crate) fn of(diagnostics: &[DiagnosticRecord]) -> Self {
        let any = |letter| diagnostics.iter().any(|diagnostic| diagnostic.code.starts_with(letter));
        match (any('E'), any('W')) {
            (true, _) => Self::NotRunnable,
            (false, true) => Self::RunsWithWarnings,
            (false, false) => Self::Runs,
        }
    }
}

/// Returns the text of a path; what is not UTF-8 in it is replaced.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use retrohunt_catalogue::{Entry, load_text, query};
    use serde_json::json;

    use super::*;

    /// Returns the record of a rule with hits.
    fn ran(id: &str, path: &str, hits: u64) -> RuleRecord {
        let mut rule = query("x");
        (rule.id, rule.path) = (id.to_owned(), path.into());
        RuleRecord { hits, ..RuleRecord::new(&rule, vec![]) }
    }

    #[test]
    fn a_manifest_is_as_documented() {
        let mut rule = query("a b");
        rule.sha256 = "00".to_owned();
        let warning = DiagnosticRecord::of_rule("W-X", "odd".to_owned(), &rule, 2);
        let record = RuleRecord { hits: 2, undecided: 0, ..RuleRecord::new(&rule, vec![warning]) };
        let row_groups = RowGroups { total: 3, read: 2, pruned: 1, failed: 0 };
        let input = InputRecord { path: "a.parquet".to_owned(), bytes: 9, rows: 7, row_groups, error: None };
        let started = Timestamp::from_second(1_596_613_709).expect("in range");
        let manifest = Manifest::new(started, vec![record], vec![input], vec![]);
        let expected = json!({
            "complete": true,
            "findings": 2,
            "tool": {"name": "retrohunt", "version": env!("CARGO_PKG_VERSION")},
            "started": "2020-08-05T07:48:29Z",
            "rules": [{
                "id": "query", "path": "--query", "sha256": "00", "status": "runs_with_warnings",
                "diagnostics": [{"code": "W-X", "message": "odd", "line": 1, "column": 3, "offset": 2}],
                "hits": 2, "undecided": 0
            }],
            "inputs": [{
                "path": "a.parquet", "bytes": 9, "rows": 7,
                "row_groups": {"total": 3, "read": 2, "pruned": 1, "failed": 0}, "error": null
            }],
            "limits": []
        });
        // As texts, so that the order of the keys counts.
        assert_eq!(serde_json::to_string(&manifest).expect("JSON"), expected.to_string());
    }

    #[test]
    fn whatever_is_missing_makes_a_manifest_incomplete() {
        let complete = |rules, inputs, limits| Manifest::new(Timestamp::UNIX_EPOCH, rules, inputs, limits).complete;
        let limit = LimitRecord { limit: "memory".to_owned(), rule: None, message: "cut".to_owned() };
        let unreadable = InputRecord { error: Some("cut off".to_owned()), ..InputRecord::default() };
        let row_groups = RowGroups { total: 1, failed: 1, ..RowGroups::default() };
        let failed = InputRecord { row_groups, ..InputRecord::default() };
        let undecided = RuleRecord { undecided: 1, ..ran("1", "p", 0) };
        assert!(complete(vec![ran("1", "p", 0)], vec![InputRecord::default()], vec![]));
        assert!(!complete(vec![], vec![], vec![limit]));
        assert!(!complete(vec![], vec![unreadable], vec![]));
        assert!(!complete(vec![], vec![failed], vec![]));
        assert!(!complete(vec![undecided], vec![], vec![]));
    }

    #[test]
    fn rules_are_in_order_and_hits_are_summed() {
        let manifest = Manifest::new(
            Timestamp::UNIX_EPOCH,
            vec![ran("9", "a", 1), ran("10", "z", 2), ran("10", "b", 4)],
            vec![],
            vec![],
        );
        let order: Vec<(&str, &str)> =
            manifest.rules.iter().map(|rule| (rule.id.as_str(), rule.path.as_str())).collect();
        assert_eq!((order, manifest.findings), (vec![("10", "b"), ("10", "z"), ("9", "a")], 7));
        assert_eq!(manifest.not_runnable(), 0);
    }

    #[test]
    fn files_that_are_no_rules_are_listed_as_not_runnable() {
        let Entry::Error(error) = &load_text("rules/bad.yml".as_ref(), b"id: 1\nlogic: 'x")[0] else {
            panic!("an error")
        };
        let record = RuleRecord::from(error);
        assert_eq!(
            (record.id.as_str(), record.path.as_str(), record.status),
            ("bad", "rules/bad.yml", Status::NotRunnable)
        );
        let place = &record.diagnostics[0];
        assert_eq!(
            (place.code.as_str(), place.line, place.column, place.offset),
            ("E-RULE-YAML", Some(2), Some(8), None)
        );

        let Entry::NotSplunk(other) = &load_text("k.yml".as_ref(), b"id: 7\nlogic_format: KQL\nlogic: x")[0] else {
            panic!("another language")
        };
        let record = RuleRecord::from(other);
        assert_eq!((record.id.as_str(), record.diagnostics[0].code.as_str()), ("7", "E-RULE-NOT-SPLUNK"));
    }

    #[test]
    fn a_check_report_is_as_documented() {
        let bad = query("(");
        let diagnostic = DiagnosticRecord::of_rule("E0110", "no `)`".to_owned(), &bad, 0);
        let failed = CheckedRule::from(RuleRecord::new(&bad, vec![diagnostic]));
        let runs = CheckedRule { can_match: Some(CanMatch::Unknown), ..CheckedRule::from(ran("1", "p", 0)) };
        let report = CheckReport::new(vec![failed, runs]);
        let expected = json!({
            "summary": {"total": 2, "runs": 1, "runs_with_warnings": 0, "not_runnable": 1},
            "rules": [
                {"id": "1", "path": "p", "status": "runs", "can_match": "unknown", "diagnostics": []},
                {"id": "query", "path": "--query", "status": "not_runnable",
                 "diagnostics": [{"code": "E0110", "message": "no `)`", "line": 1, "column": 1, "offset": 0}]}
            ]
        });
        assert_eq!(serde_json::to_string(&report).expect("JSON"), expected.to_string());
    }

    #[test]
    fn answers_are_as_documented() {
        let answers = [CanMatch::Yes, CanMatch::No, CanMatch::Unknown];
        assert_eq!(serde_json::to_string(&answers).expect("JSON"), r#"["yes","no","unknown"]"#);
    }

    #[test]
    fn codes_decide_the_status() {
        let of = |codes: &[&str]| {
            let records: Vec<_> = codes.iter().map(|code| DiagnosticRecord::new(code, String::new())).collect();
            Status::of(&records)
        };
        assert_eq!(
            [of(&[]), of(&["N-X"]), of(&["N-X", "W-X"])],
            [Status::Runs, Status::Runs, Status::RunsWithWarnings]
        );
        assert_eq!(of(&["W-X", "E0101"]), Status::NotRunnable);
    }
}
