//! Rule cases under configurations.

use super::configuration::Configuration;
use super::engine::{RuleResult, compile, profiles, scan};
use super::write::write_archive;
use crate::cases::{Case, Expect};
use crate::reference::settings::Settings;

/// Whether a case is about a setting.
type IsAbout = fn(&Settings) -> bool;

/// Settings of the specification that the engine does not offer: how to see that a case is about one, and what holds instead.
pub const NOT_OFFERED: &[(IsAbout, &str)] = &[
    (|settings| !settings.empty_as_null, "empty source strings are always missing (§4.1.4)"),
    (|settings| !settings.raw_pairs, "pair texts always count beside `_raw` (§2.2.1)"),
    (|settings| settings.substring_terms, "bare terms always match whole segments (§2.3.6)"),
];

/// Returns the cases by file: checks of one file share rows, settings and macros.
#[must_use]
pub fn by_file(cases: Vec<Case>) -> Vec<Vec<Case>> {
    let mut files: Vec<Vec<Case>> = Vec::new();
    for case in cases {
        match files.last_mut().filter(|file| file.first().is_some_and(|first| stem(first) == stem(&case))) {
            Some(file) => file.push(case),
            None => files.push(vec![case]),
        }
    }
    files
}

/// Returns the name of a case's file, without its ending.
#[must_use]
pub fn stem(case: &Case) -> &str {
    case.name.split('#').next().unwrap_or_default()
}

/// Returns why the engine is not asked about a case, if it is not.
#[must_use]
pub fn excluded(case: &Case) -> Option<&'static str> {
    NOT_OFFERED.iter().find(|(is_about, _)| is_about(&case.settings)).map(|(_, reason)| *reason)
}

/// Compares what the engine made of a rule with what its case expects.
fn check(case: &Case, result: &RuleResult) -> Result<(), String> {
    match (&result.output, &case.expect) {
        // The reference names kinds of mistakes where the language has a code for each.
        (None, Expect::Refused(code)) if result.codes.contains(code) || !code.starts_with('E') => Ok(()),
        (None, _) => Err(format!("refused: {:?}", result.codes)),
        (Some(output), _) => case.check(output, &result.codes),
    }
}

/// Runs the checks of one file in one program, or each in its own; returns what differs.
///
/// # Errors
///
/// If the case cannot be set up.
pub fn failures(cases: &[Case], configuration: &Configuration, together: bool) -> Result<Vec<String>, String> {
    let Some(first) = cases.first().filter(|first| excluded(first).is_none()) else { return Ok(Vec::new()) };
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let paths = write_archive(&first.archive, &configuration.layout, folder.path())?;
    let profiles = profiles(&first.profile)?;
    let programs: Vec<&[Case]> = if together { vec![cases] } else { cases.chunks(1).collect() };
    let mut failures = Vec::new();
    for cases in programs {
        let rules: Vec<&str> = cases.iter().map(|case| case.rule.as_str()).collect();
        let program = compile(&rules, &first.macros, &first.settings, configuration.scalar)?;
        let scanned = scan(&program, &paths, &profiles, &first.settings, configuration);
        for (case, result) in cases.iter().zip(&scanned.rules) {
            let complete =
                if scanned.outcome.complete() { Ok(()) } else { Err(format!("incomplete: {:?}", scanned.outcome)) };
            if let Err(message) = check(case, result).and(complete) {
                let Case { name, spec, rule, .. } = case;
                failures.push(format!("{name} ({spec}) under \"{}\": `{rule}`\n  {message}", configuration.name));
            }
        }
    }
    Ok(failures)
}
