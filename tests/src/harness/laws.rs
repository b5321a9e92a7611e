//! The laws, as checks that say what breaks them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use super::configuration::Configuration;
use super::engine::{compile, plan, profiles, scan};
use super::generate;
use super::layout::{Layout, Parquet, Statistics};
use super::write::write_archive;
use crate::reference;
use crate::reference::archive::Archive;
use crate::reference::output::{OutCell, Output};
use crate::reference::settings::Settings;

/// How much is tried, and where it begins.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Random cases.
    pub cases: u32,
    /// Start of the random sequence.
    pub seed: u8,
    /// Make a failing case as small as it gets.
    pub shrink: bool,
}

impl Effort {
    /// Returns so many cases, or as many as `LAW_CASES` says, from the start that `LAW_SEED` says.
    #[must_use]
    pub fn of(cases: u32) -> Self {
        let number = |name: &str| std::env::var(name).ok()?.parse().ok();
        let seed = number("LAW_SEED").and_then(|seed: u32| u8::try_from(seed).ok());
        Self { cases: number("LAW_CASES").unwrap_or(cases), seed: seed.unwrap_or(1), shrink: true }
    }

    /// Tries a check on random values.
    fn run<S: Strategy>(
        self,
        strategy: &S,
        check: impl Fn(S::Value) -> Result<(), String>,
        describe: impl Fn(&S::Value) -> String,
    ) -> Result<(), String> {
        let config = Config {
            cases: self.cases,
            failure_persistence: None,
            max_shrink_iters: if self.shrink { 3_000 } else { 0 },
            max_shrink_time: 60_000,
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[self.seed; 32]);
        let mut runner = TestRunner::new_with_rng(config, rng);
        let check = |value: S::Value| check(value).map_err(TestCaseError::fail);
        match runner.run(strategy, check) {
            Ok(()) => Ok(()),
            Err(TestError::Fail(reason, value)) => Err(format!("{reason}\nwith {}", describe(&value))),
            Err(TestError::Abort(reason)) => Err(reason.to_string()),
        }
    }
}

/// What one rule gave: columns and lines, or that it was refused.
#[derive(Debug, PartialEq, Eq)]
enum Given {
    Refused,
    Rows(Vec<String>, Vec<String>),
}

impl Given {
    /// Of a rule's result. Where no command gives columns an order, the specification leaves it open, and they are sorted here.
    fn of(rule: &str, output: &Output) -> Self {
        let mut order: Vec<usize> = (0..output.columns.len()).collect();
        if !rule.contains("| table") && !rule.contains("| stats") {
            order.sort_by_key(|index| &output.columns[*index]);
        }
        // `fields` keeps a field that is in the input and empty, or not; of `table` it is said that it does (§9.6).
        if rule.contains("| fields") {
            order.retain(|index| output.rows.iter().any(|row| row[*index] != OutCell::Missing));
        }
        let columns = order.iter().map(|index| output.columns[*index].clone()).collect();
        let row = |row: &Vec<OutCell>| order.iter().map(|index| row[*index].clone()).collect();
        let sorted = Output { columns, rows: output.rows.iter().map(row).collect(), ..Output::default() };
        Self::Rows(sorted.columns.clone(), sorted.ndjson())
    }
}

/// Returns an archive as the text of a rule case, which can be pasted into one.
fn described(archive: &Archive) -> String {
    let mut text = String::new();
    for file in &archive.files {
        let schema: Vec<String> = file.columns.iter().map(|c| format!("{:?}: {:?}", c.name, c.kind)).collect();
        let _ = writeln!(text, "{} {{ {} }}", file.name, schema.join(", "));
        for row in &file.rows {
            let cells: Vec<String> = row.iter().map(|cell| format!("{cell:?}")).collect();
            let _ = writeln!(text, "  [{}]", cells.join(", "));
        }
    }
    text
}

/// Returns what the engine gives for each rule.
fn engine(archive: &Archive, rules: &[String], configuration: &Configuration) -> Result<Vec<Given>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let paths = write_archive(archive, &configuration.layout, folder.path())?;
    let texts: Vec<&str> = rules.iter().map(String::as_str).collect();
    let settings = Settings::default();
    let program = compile(&texts, &[], &settings, configuration.scalar)?;
    let scanned = scan(&program, &paths, &profiles("cim")?, &settings, configuration);
    if !scanned.outcome.complete() {
        return Err(format!("incomplete under {configuration:?}: {:?}", scanned.outcome));
    }
    let given = |(rule, result): (&String, &super::RuleResult)| match &result.output {
        Some(output) => Given::of(rule, output),
        None => Given::Refused,
    };
    Ok(rules.iter().zip(&scanned.rules).map(given).collect())
}

/// Returns what the reference gives for a rule, `None` where a pattern gave up.
fn interpreter(archive: &Archive, rule: &str) -> Option<Given> {
    let Ok(plan) = plan(rule) else { return Some(Given::Refused) };
    match reference::run(archive, &plan, &Settings::default()) {
        Ok(output) if output.undecided == 0 => Some(Given::of(rule, &output)),
        Ok(_) => None,
        Err(_) => Some(Given::Refused),
    }
}

/// Compares two results of each rule.
fn same(rules: &[String], left: (&str, &[Given]), right: (&str, &[Given])) -> Result<(), String> {
    for (index, rule) in rules.iter().enumerate() {
        if left.1[index] != right.1[index] {
            return Err(format!("`{rule}`\n  {}: {:?}\n  {}: {:?}", left.0, left.1[index], right.0, right.1[index]));
        }
    }
    Ok(())
}

/// Fast and plain path give what the reference gives, whatever the layout (laws 1 and 2).
///
/// # Errors
///
/// What differs, for which rows and rules.
pub fn fast_is_plain_is_reference(effort: Effort) -> Result<(), String> {
    let rules = prop::collection::vec(generate::rule(), 1..4);
    effort.run(
        &(generate::archive(6), rules, generate::configuration()),
        |(archive, rules, configuration)| {
            let fast = engine(&archive, &rules, &configuration)?;
            let plain = engine(&archive, &rules, &configuration.plain())?;
            same(&rules, ("fast", &fast), ("plain", &plain))?;
            for (rule, given) in rules.iter().zip(&fast) {
                match interpreter(&archive, rule) {
                    // The engine has no look-around; the reference has.
                    Some(wanted) if wanted != *given => {
                        return Err(format!("`{rule}`\n  engine: {given:?}\n  reference: {wanted:?}"));
                    }
                    _ => {}
                }
            }
            Ok(())
        },
        |(archive, _, configuration)| format!("{}{configuration:?}", described(archive)),
    )
}

/// The same rows give the same result however they are cut into files and row groups (law 3).
///
/// # Errors
///
/// What differs, for which rows and rules.
pub fn any_cut_gives_the_same(effort: Effort) -> Result<(), String> {
    let rules = prop::collection::vec(generate::rule(), 1..6);
    let others = prop::collection::vec(generate::configuration(), 1..4);
    effort.run(
        &(generate::archive(60), rules, others),
        |(archive, rules, others)| {
            let whole = Configuration::fast("whole", Layout::parquet(Parquet::default()));
            let wanted = engine(&archive, &rules, &whole)?;
            for other in &others {
                same(&rules, ("whole", &wanted), ("cut", &engine(&archive, &rules, other)?))?;
            }
            Ok(())
        },
        |(archive, _, others)| format!("{}{others:?}", described(archive)),
    )
}

/// Statistics that are missing or cut change nothing (law 2).
///
/// # Errors
///
/// What differs, for which rows and rules.
pub fn statistics_change_nothing(effort: Effort) -> Result<(), String> {
    let rules = prop::collection::vec(generate::rule(), 1..6);
    effort.run(
        &(generate::archive(12), rules, 1_usize..4),
        |(archive, rules, group_rows)| {
            let with = |statistics| {
                let layout = Layout::parquet(Parquet { statistics, group_rows, ..Parquet::default() });
                engine(&archive, &rules, &Configuration::fast("statistics", layout))
            };
            let wanted = with(Statistics::None)?;
            for statistics in [Statistics::Full, Statistics::Truncated(1), Statistics::Truncated(3)] {
                same(&rules, ("without statistics", &wanted), ("with", &with(statistics)?))?;
            }
            Ok(())
        },
        |(archive, _, rows)| format!("{}{rows} rows in a group", described(archive)),
    )
}

/// Most random rules compile and a good part of them give rows, so the laws are about something.
///
/// # Errors
///
/// The shares, if they are too small.
pub fn random_rules_are_about_something(effort: Effort) -> Result<(), String> {
    let seen = std::cell::RefCell::new((0_u32, 0_u32, BTreeSet::new()));
    effort.run(
        &(generate::archive(6), generate::rule()),
        |(archive, rule)| {
            let mut seen = seen.borrow_mut();
            match interpreter(&archive, &rule) {
                Some(Given::Rows(_, lines)) => {
                    seen.0 += 1;
                    seen.1 += u32::from(!lines.is_empty());
                }
                _ => {
                    seen.2.insert(rule);
                }
            }
            Ok(())
        },
        |(archive, rule)| format!("{}{rule}", described(archive)),
    )?;
    let (compiled, filled, refused) = seen.into_inner();
    if compiled * 10 >= effort.cases * 8 && filled * 4 >= effort.cases {
        return Ok(());
    }
    Err(format!("of {} rules {compiled} compile and {filled} give rows; refused: {refused:#?}", effort.cases))
}
