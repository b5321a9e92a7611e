//! Rules, files and a configuration to results.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use retrohunt_catalogue::{Rule, query};
use retrohunt_columnar::text::{write_f64, write_i64, write_u64};
use retrohunt_engine::{Outcome, Profiles, Program, ScanOptions, Silent};
use retrohunt_profile::shipped;
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::Plan;
use retrohunt_stages::{Table, Value};

use super::configuration::Configuration;
use crate::reference::clock;
use crate::reference::output::{OutCell, Output};
use crate::reference::settings::Settings;

/// Definitions of macros: name, parameters, text.
type Definitions = [(String, Vec<String>, String)];

/// What the engine made of some rules and files.
pub struct Scanned {
    /// By rule.
    pub rules: Vec<RuleResult>,
    /// The engine's own account.
    pub outcome: Outcome,
}

/// What the engine made of one rule.
#[derive(Debug)]
pub struct RuleResult {
    /// The rows, unless the rule was refused.
    pub output: Option<Output>,
    /// Codes of what was found about the rule and in the files.
    pub codes: BTreeSet<String>,
}

/// Returns the shipped macros and these.
fn macros(definitions: &Definitions) -> Macros {
    let mut macros = Macros::shipped();
    for (name, parameters, text) in definitions {
        let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
        macros.define(name, &parameters, text);
    }
    macros
}

/// Returns the plan of a rule without macros of its own.
///
/// # Errors
///
/// If it does not compile.
pub fn plan(rule: &str) -> Result<Plan, String> {
    let (plan, findings) = retrohunt_spl::compile(rule, &Macros::shipped());
    plan.ok_or_else(|| format!("`{rule}` does not compile: {findings:?}"))
}

/// Returns the profiles that a case names: `auto` for those that the columns choose.
///
/// # Errors
///
/// If there is no such profile.
pub fn profiles(name: &str) -> Result<Profiles, String> {
    let all = shipped().map_err(|error| error.to_string())?;
    if name == "auto" {
        return Ok(Profiles::Choose(all));
    }
    match all.into_iter().find(|profile| profile.name() == name) {
        Some(profile) => Ok(Profiles::Forced(vec![profile])),
        None => Err(format!("no profile `{name}`")),
    }
}

/// Returns rules compiled for a configuration.
///
/// # Errors
///
/// If the engine cannot be set up.
pub fn compile(
    rules: &[&str],
    definitions: &Definitions,
    settings: &Settings,
    scalar: bool,
) -> Result<Program, String> {
    let rules: Vec<Arc<Rule>> = rules.iter().map(|rule| Arc::new(query(rule))).collect();
    let settings = retrohunt_engine::Settings {
        now: settings.now,
        zone: settings.timezone.clone(),
        earliest: settings.earliest,
        latest: settings.latest,
        class_markers: settings.any_class_marker,
        scalar,
        ..retrohunt_engine::Settings::default()
    };
    retrohunt_engine::compile(&rules, &macros(definitions), &settings).map_err(|error| error.to_string())
}

/// Returns what the rules of a program give over files.
#[must_use]
pub fn scan(
    program: &Program,
    paths: &[PathBuf],
    profiles: &Profiles,
    settings: &Settings,
    configuration: &Configuration,
) -> Scanned {
    let options = ScanOptions {
        threads: configuration.threads,
        plain: configuration.plain,
        mmap: configuration.mmap,
        fail_fast: false,
        not_text: settings.not_text.iter().cloned().collect(),
    };
    scan_settings(program, paths, profiles, &options)
}

/// Returns what the rules of a program give over files, under the engine's own options.
#[must_use]
pub fn scan_settings(program: &Program, paths: &[PathBuf], profiles: &Profiles, options: &ScanOptions) -> Scanned {
    let outcome = retrohunt_engine::scan(program, paths, profiles, options, &Silent);
    let result = |(compiled, outcome): (&retrohunt_engine::CompiledRule, &retrohunt_engine::RuleOutcome)| {
        let found = compiled.findings.iter().map(|finding| finding.code.0.to_owned());
        let noted = outcome.notes.iter().map(|(code, _)| code.0.to_owned());
        let output = compiled.body.is_some().then(|| output(&outcome.table));
        RuleResult { output, codes: found.chain(noted).collect() }
    };
    let rules = program.rules.iter().zip(&outcome.rules).map(result).collect();
    Scanned { rules, outcome }
}

/// Returns a result table in the form of the reference.
#[must_use]
pub fn output(table: &Table) -> Output {
    let columns: Vec<String> = table.columns.iter().map(|column| column.name.to_string()).collect();
    let cells = |row: &retrohunt_stages::TableRow| row.values.iter().map(cell).collect();
    Output { rows: table.rows.iter().map(cells).collect(), columns, ..Output::default() }
}

/// Returns one value in the form of the reference.
fn cell(value: &Value) -> OutCell {
    let number = |write: &dyn Fn(&mut String)| {
        let mut text = String::new();
        write(&mut text);
        OutCell::Number(text)
    };
    match value {
        Value::Null => OutCell::Missing,
        Value::Text(text) => OutCell::Text(text.clone()),
        Value::Int(value) => number(&|text| write_i64(text, *value)),
        Value::UInt(value) => number(&|text| write_u64(text, *value)),
        Value::Float(value) => number(&|text| write_f64(text, *value)),
        Value::Time(micros) => OutCell::Text(clock::rfc3339(*micros)),
        Value::List(texts) => OutCell::List(texts.clone()),
    }
}
