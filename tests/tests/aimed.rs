//! Published rules over events aimed at them: engine, `--plain` and the reference interpreter give the same rows. Skipped, with a printed
//! reason, where `../shared` is not there.
//!
//! `AIMED=all` takes every rule and prints those without a hit or a near miss; `AIMED=n` takes n rules, evenly spread; 60 by default.
//! `AIMED_OUT=FILE` writes one line a rule: path, hits, near misses, rows, and what went wrong.
#![expect(clippy::unwrap_used, reason = "a test's own functions")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use retrohunt_catalogue::Rule;
use retrohunt_spl::macros::Macros;
use retrohunt_tests::aimed::{agree, aim};
use retrohunt_tests::shared;

/// Share of the runnable rules that must get a hit and a near miss.
const AIMED_AT: f64 = 0.95;

/// What became of a rule.
#[derive(Clone, Debug, Default)]
struct Line {
    path: String,
    hits: usize,
    misses: usize,
    rows: usize,
    error: String,
}

/// Tries one rule; `None` if it is refused, which other tests look at.
fn try_rule(rule: &Arc<Rule>) -> Option<Line> {
    let settings = retrohunt_engine::Settings::default();
    let program = retrohunt_engine::compile(&[Arc::clone(rule)], &Macros::shipped(), &settings).unwrap();
    let plan = program.body(0)?.plan.clone();
    let aimed = aim(&plan, 1);
    let mut line = Line { path: rule.path.file_name()?.to_string_lossy().into_owned(), ..Line::default() };
    (line.hits, line.misses) = (aimed.hits.len(), aimed.misses.len());
    match &aimed.refused {
        Some(refusal) => line.error.clone_from(refusal),
        None => match agree(rule, &plan, &aimed) {
            Ok(rows) => line.rows = rows,
            Err(error) => line.error = error,
        },
    }
    Some(line)
}

#[test]
fn engine_and_reference_agree_on_events_aimed_at_published_rules() {
    let Some(rules) = shared::catalogue("armory") else { return };
    let wanted = std::env::var("AIMED").unwrap_or_else(|_| "60".to_owned());
    let step = wanted.parse::<usize>().map_or(1, |wanted| (rules.len() / wanted.max(1)).max(1));
    let chosen: Vec<&Arc<Rule>> = rules.iter().step_by(step).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut lines = Vec::new();
        while let Some(rule) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            lines.extend(try_rule(rule));
        }
        lines
    };
    let mut lines: Vec<Line> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    lines.sort_by(|left, right| left.path.cmp(&right.path));
    if let Ok(out) = std::env::var("AIMED_OUT") {
        let mut text = String::new();
        for line in &lines {
            let _ = writeln!(text, "{}\t{}\t{}\t{}\t{:?}", line.path, line.hits, line.misses, line.rows, line.error);
        }
        std::fs::write(out, text).unwrap();
    }
    let wrong: Vec<String> = lines
        .iter()
        .filter(|line| !line.error.is_empty())
        .map(|line| format!("{}: {}", line.path, line.error))
        .collect();
    let reached = lines.iter().filter(|line| line.hits > 0 && line.misses > 0).count();
    let never: Vec<&str> =
        lines.iter().filter(|line| line.hits == 0 || line.misses == 0).map(|line| line.path.as_str()).collect();
    println!("{} rules, {reached} with a hit and a near miss; without: {}", lines.len(), never.join(" "));
    let listed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("aimed.toml")).unwrap();
    let unlisted: Vec<&&str> = never.iter().filter(|name| !listed.contains(&format!("\"{name}\""))).collect();
    assert!(unlisted.is_empty(), "without a hit and a near miss, and not in aimed.toml: {unlisted:?}");
    assert!(wrong.is_empty(), "{} rules differ:\n{}", wrong.len(), wrong.join("\n"));
    // A sample may have more of the rules that nothing can match.
    let enough = wanted != "all" || reached as f64 >= AIMED_AT * lines.len() as f64;
    assert!(enough, "only {reached} of {} rules are aimed at", lines.len());
}
