//! Recorded telemetry, which is not part of the repository: `../shared` beside it. Skipped with a printed reason where it is absent.
//!
//! `UPDATE_GOLDEN=1 cargo test -p retrohunt-tests --test recordings` writes `recordings/seed.ndjson` anew.
#![expect(clippy::unwrap_used, reason = "a test's own functions")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retrohunt_catalogue::Rule;
use retrohunt_engine::{Outcome, Program, ScanOptions, Settings, Silent, Status, compile, scan};
use retrohunt_spl::macros::Macros;
use retrohunt_tests::harness::{output, profiles};
use retrohunt_tests::shared;

/// Rows of all recordings together.
const ROWS: u64 = 586_397;

/// Published rules that ran when this was written, of 972. It may grow.
const RUNNABLE: usize = 948;

/// Files up to this size are read in full by the plain path in the time that a test may take.
const SMALL_FILE: u64 = 1_000_000;

/// Returns the small ones.
fn small(files: &[PathBuf]) -> Vec<PathBuf> {
    files.iter().filter(|path| path.metadata().unwrap().len() <= SMALL_FILE).cloned().collect()
}

/// Returns rules compiled, with up to five source positions a row.
fn program(rules: &[Arc<Rule>]) -> Program {
    compile(rules, &Macros::shipped(), &Settings { evidence: 5, ..Settings::default() }).unwrap()
}

/// Returns the program of the seed rule.
fn seed() -> Program {
    let rules = shared::rules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/rules/remote_admin_tools.yml"));
    assert_eq!(rules.len(), 1, "the seed rule is missing");
    program(&rules)
}

/// Runs a program.
fn run(program: &Program, files: &[PathBuf], threads: usize, plain: bool) -> Outcome {
    let options = ScanOptions { threads, plain, ..ScanOptions::default() };
    scan(program, files, &profiles("auto").unwrap(), &options, &Silent)
}

/// Returns the result rows of a rule as lines, each with the rows it comes from.
fn lines(outcome: &Outcome, rule: usize) -> Vec<String> {
    let table = &outcome.rules[rule].table;
    let source = |key: &retrohunt_stages::RowKey| {
        let (path, group, row) = outcome.position(key).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        format!("{{\"file\":\"{name}\",\"row_group\":{group},\"row\":{row}}}")
    };
    let line = |(result, row): (String, &retrohunt_stages::TableRow)| {
        let sources: Vec<String> = row.evidence.iter().map(source).collect();
        format!("{{\"result\":{result},\"source\":[{}]}}\n", sources.join(","))
    };
    output(table).ndjson().into_iter().zip(&table.rows).map(line).collect()
}

#[test]
fn the_seed_rule_finds_its_two_rows() {
    let Some(files) = shared::recordings() else { return };
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/seed.ndjson");
    for threads in [1, 2, 5] {
        let outcome = run(&seed(), &files, threads, false);
        assert!(outcome.complete(), "{outcome:?}");
        assert_eq!((outcome.inputs.len(), outcome.inputs.iter().map(|input| input.rows).sum::<u64>()), (17, ROWS));
        let groups = outcome.inputs.iter().map(|input| (input.row_groups, input.read + input.pruned));
        assert!(groups.into_iter().all(|(all, done)| all == done), "a row group is not accounted for: {outcome:?}");
        let found = lines(&outcome, 0).concat();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(&golden).unwrap_or_default(), "with {threads} threads");
    }
}

#[test]
fn the_seed_rule_finds_the_same_without_its_fast_path() {
    let Some(files) = shared::recordings() else { return };
    let mut some = small(&files);
    some.push(files.into_iter().find(|path| path.ends_with("mordor-security-00.parquet")).unwrap());
    some.sort();
    let (fast, plain) = (run(&seed(), &some, 2, false), run(&seed(), &some, 1, true));
    assert!(fast.complete() && plain.complete(), "{fast:?}\n{plain:?}");
    assert_eq!(lines(&fast, 0), lines(&plain, 0));
    assert_eq!(lines(&fast, 0).len(), 1, "{:?}", lines(&fast, 0));
}

#[test]
fn every_published_rule_has_a_status() {
    let Some(rules) = shared::catalogue("armory") else { return };
    let program = program(&rules);
    assert!(rules.len() > 900, "only {} rules", rules.len());
    let count = |status| program.rules.iter().filter(|rule| rule.status() == status).count();
    let (runs, warned, refused) = (count(Status::Runs), count(Status::RunsWithWarnings), count(Status::NotRunnable));
    println!("{runs} rules run, {warned} with warnings, {refused} do not");
    let mut reasons: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for finding in program.rules.iter().flat_map(|rule| &rule.findings).filter(|finding| finding.code.is_error()) {
        *reasons.entry(finding.code.0).or_default() += 1;
    }
    println!("reasons: {reasons:?}");
    for rule in program.rules.iter().filter(|rule| rule.status() == Status::NotRunnable) {
        assert!(
            rule.findings.iter().any(|finding| finding.code.is_error()),
            "{}: refused without a reason",
            rule.rule.id
        );
    }
    assert!(runs + warned >= RUNNABLE, "{runs} run, {warned} with warnings, {refused} do not");
}

#[test]
fn published_rules_find_the_same_without_the_fast_path() {
    let (Some(rules), Some(files)) = (shared::catalogue("armory"), shared::recordings()) else { return };
    let program = program(&rules);
    let files = small(&files);
    let (fast, plain) = (run(&program, &files, 2, false), run(&program, &files, 1, true));
    assert!(fast.complete() && plain.complete());
    let mut different = Vec::new();
    for (index, compiled) in program.rules.iter().enumerate() {
        let (fast, plain) = (lines(&fast, index), lines(&plain, index));
        if fast != plain {
            different.push(format!("{} `{}`\n fast {fast:?}\n plain {plain:?}", compiled.rule.id, compiled.rule.logic));
        }
    }
    assert!(different.is_empty(), "{} rules differ:\n{}", different.len(), different.join("\n"));
    let mut listed =
        String::from("# Rules of the first catalogue with hits over the small recordings, and how many result rows.\n");
    for (compiled, found) in program.rules.iter().zip(&fast.rules).filter(|(_, found)| !found.table.rows.is_empty()) {
        let name = compiled.rule.path.file_name().unwrap().to_string_lossy();
        listed.push_str(&format!("{name}\t{}\n", found.table.rows.len()));
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings/hits.tsv");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &listed).unwrap();
    }
    assert_eq!(listed, std::fs::read_to_string(&golden).unwrap_or_default(), "hits by rule");
    let hits = fast.hits();
    println!("{hits} result rows in {} files", files.len());
    assert!(hits > 50, "only {hits} result rows, the comparison says little");
}
