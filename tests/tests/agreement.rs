//! Published rules over recordings: the engine, all rules in one pass, and the reference interpreter give the same rows. Skipped, with a
//! printed reason, where `../shared` is not there.
//!
//! By default every twentieth rule over the smallest recordings. `AGREEMENT=all` takes all rules and all recordings, which takes the
//! reference interpreter an hour or more; `AGREEMENT_OUT=FILE` then writes one line a rule: path, rows, what differed.
//! `AGREEMENT_FILES=TEXT` takes only recordings with that text in their names.

use std::path::PathBuf;

use retrohunt_engine::{Program, ScanOptions, compile};
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::Plan;
use retrohunt_tests::harness::{profiles, read_file, scan_settings};
use retrohunt_tests::reference::settings::Settings;
use retrohunt_tests::reference::{Gathering, Refusal};
use retrohunt_tests::shared;

/// Recordings up to this size, in bytes, are read by default.
const SMALL_FILE: u64 = 200_000;

/// The reference interpreter gives a rule up that keeps more rows, for the memory.
const MOST_ROWS: usize = 120_000;

/// What became of a rule.
struct Line {
    rule: usize,
    /// Result rows of the engine.
    rows: usize,
    /// Did the reference interpreter run it?
    compared: bool,
    /// How the two differ, or why it was not compared.
    error: String,
}

/// Compares rules, by their places in the program, with what the engine gave for them.
fn compare(
    program: &Program,
    chosen: &[usize],
    files: &[PathBuf],
    engine: &[Vec<String>],
) -> Result<Vec<Line>, String> {
    let settings = Settings::default();
    let plans: Vec<(usize, &Plan)> =
        chosen.iter().filter_map(|rule| Some((*rule, &program.body(*rule)?.plan))).collect();
    let all: Vec<&Plan> = plans.iter().map(|(_, plan)| *plan).collect();
    let refused = |refusal: Refusal| format!("{}: {}", refusal.kind, refusal.text);
    let mut gathering = Gathering::new(&all, &settings, MOST_ROWS).map_err(refused)?;
    for path in files {
        gathering.add(&read_file(path)?);
    }
    let line = |(rule, plan): (usize, &Plan)| {
        let rows = engine[rule].len();
        let (compared, error) = match gathering.run(plan) {
            Err(refusal) => (false, refused(refusal)),
            Ok(None) => (false, format!("keeps more than {MOST_ROWS} rows")),
            Ok(Some(output)) => {
                let expected = output.ndjson();
                let only = |left: &[String], right: &[String]| {
                    let lines: Vec<String> = left.iter().filter(|line| !right.contains(line)).cloned().collect();
                    lines.iter().take(3).cloned().collect::<Vec<_>>().join("\n    ")
                };
                let differs = expected != engine[rule];
                let error = format!(
                    "{} rows, expected {}\n  only here\n    {}\n  only expected\n    {}",
                    rows,
                    expected.len(),
                    only(&engine[rule], &expected),
                    only(&expected, &engine[rule])
                );
                (true, if differs { error } else { String::new() })
            }
        };
        Line { rule, rows, compared, error }
    };
    Ok(plans.into_iter().map(line).collect())
}

#[test]
fn engine_and_reference_agree_on_recordings() {
    let (Some(rules), Some(mut files)) = (shared::catalogue("armory"), shared::recordings()) else { return };
    let all = std::env::var("AGREEMENT").is_ok_and(|wanted| wanted == "all");
    let part = std::env::var("AGREEMENT_FILES").unwrap_or_default();
    files.retain(|path| path.file_name().unwrap().to_string_lossy().contains(&part));
    if !all {
        files.retain(|path| path.metadata().unwrap().len() <= SMALL_FILE);
    }
    let program = compile(&rules, &Macros::shipped(), &retrohunt_engine::Settings::default()).unwrap();
    let options = ScanOptions { threads: 2, ..ScanOptions::default() };
    let scanned = scan_settings(&program, &files, &profiles("auto").unwrap(), &options);
    assert!(scanned.outcome.complete());
    let engine: Vec<Vec<String>> =
        scanned.rules.iter().map(|rule| rule.output.as_ref().map_or_else(Vec::new, |output| output.ndjson())).collect();
    let chosen: Vec<usize> = (0..rules.len()).step_by(if all { 1 } else { 20 }).collect();
    let lines = compare(&program, &chosen, &files, &engine).unwrap();
    let name = |line: &Line| rules[line.rule].path.file_name().unwrap().to_string_lossy().into_owned();
    if let Ok(out) = std::env::var("AGREEMENT_OUT") {
        let text: Vec<String> = lines
            .iter()
            .map(|line| format!("{}\t{}\t{}\t{:?}\n", name(line), line.rows, line.compared, line.error))
            .collect();
        std::fs::write(out, text.concat()).unwrap();
    }
    let compared = lines.iter().filter(|line| line.compared).count();
    let hit = lines.iter().filter(|line| line.compared && line.rows > 0).count();
    println!("{} rules over {} files: {compared} compared, {hit} of them with rows", lines.len(), files.len());
    let wrong: Vec<String> = lines
        .iter()
        .filter(|line| line.compared && !line.error.is_empty())
        .map(|line| format!("{}: {}", name(line), line.error))
        .collect();
    assert!(wrong.is_empty(), "{} rules differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared * 10 >= lines.len() * 9, "only {compared} of {} rules were compared", lines.len());
}
