//! Every rule case through the engine, under every configuration of a covering set, against the case's own expectation.

use retrohunt_tests::cases::{Case, Expect, folder, load};
use retrohunt_tests::harness::{Configuration, RuleResult, compile, covering, profiles, scan, write_archive};
use retrohunt_tests::reference::settings::Settings;

/// Settings of the specification that the engine does not offer, and how to see that a case is about one.
const NOT_OFFERED: &[(fn(&Settings) -> bool, &str)] = &[
    (|settings| !settings.empty_as_null, "empty source strings are always missing (§4.1.4)"),
    (|settings| !settings.raw_pairs, "pair texts always count beside `_raw` (§2.2.1)"),
    (|settings| settings.substring_terms, "bare terms always match whole segments (§2.3.6)"),
];

/// Cases that the engine refuses with a code, where the specification has a meaning, and why that is so for now.
const REFUSED: &[(&str, &str, &str)] = &[
    ("pattern-constructs#1", "E0320", "look-ahead has no linear-time automaton"),
    ("pattern-constructs#2", "E0321", "look-behind has no linear-time automaton"),
    ("pattern-constructs#3", "E0322", "a backreference is not regular"),
    ("pattern-constructs#4", "E0323", "an atomic group depends on the order of trying"),
    ("pattern-constructs#5", "E0323", "a possessive quantifier depends on the order of trying"),
];

/// Why the engine is not asked about a case.
fn excluded(case: &Case) -> Option<&'static str> {
    NOT_OFFERED.iter().find(|(is_about, _)| is_about(&case.settings)).map(|(_, reason)| *reason)
}

/// The cases by file: checks of one file share rows, settings and macros.
fn files() -> Vec<Vec<Case>> {
    let mut files: Vec<Vec<Case>> = Vec::new();
    let stem = |case: &Case| case.name.split('#').next().unwrap().to_owned();
    for case in load(&folder()).unwrap() {
        match files.last_mut().filter(|file| stem(&file[0]) == stem(&case)) {
            Some(file) => file.push(case),
            None => files.push(vec![case]),
        }
    }
    files
}

/// Compares what the engine made of a rule with what its case expects.
fn check(case: &Case, result: &RuleResult) -> Result<(), String> {
    if let Some((_, code, _)) = REFUSED.iter().find(|(name, ..)| *name == case.name) {
        let refused = result.output.is_none() && result.codes.contains(*code);
        return if refused { Ok(()) } else { Err(format!("not refused with {code}, but {:?}", result.codes)) };
    }
    match (&result.output, &case.expect) {
        // The reference names kinds of mistakes where the language has a code for each.
        (None, Expect::Refused(code)) if result.codes.contains(code) || !code.starts_with('E') => Ok(()),
        (None, _) => Err(format!("refused: {:?}", result.codes)),
        (Some(output), _) => case.check(output, &result.codes),
    }
}

/// Runs all checks of a file in one program, or each in its own, and appends what differs.
fn run(cases: &[Case], configuration: &Configuration, together: bool, failures: &mut Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_archive(&cases[0].archive, &configuration.layout, folder.path()).unwrap();
    let programs: Vec<&[Case]> = if together { vec![cases] } else { cases.chunks(1).collect() };
    for cases in programs {
        let (first, rules): (&Case, Vec<&str>) = (&cases[0], cases.iter().map(|case| case.rule.as_str()).collect());
        let program = compile(&rules, &first.macros, &first.settings, configuration.scalar).unwrap();
        let scanned = scan(&program, &paths, &profiles(&first.profile).unwrap(), &first.settings, configuration);
        for (case, result) in cases.iter().zip(&scanned.rules) {
            let complete = if scanned.outcome.complete() { Ok(()) } else { Err(format!("incomplete: {:?}", scanned.outcome)) };
            if let Err(message) = check(case, result).and(complete) {
                let Case { name, spec, rule, .. } = case;
                failures.push(format!("{name} ({spec}) under \"{}\": `{rule}`\n  {message}", configuration.name));
            }
        }
    }
}

/// Runs every case under some configurations.
fn run_all(configurations: &[Configuration], together: bool) {
    let mut failures = Vec::new();
    for cases in files().iter().filter(|cases| excluded(&cases[0]).is_none()) {
        for configuration in configurations {
            run(cases, configuration, together, &mut failures);
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_case_holds_under_every_configuration() {
    run_all(&covering(), true);
}

#[test]
fn every_case_holds_alone_in_its_program() {
    let all = covering();
    let some: Vec<Configuration> = all.into_iter().take(2).collect();
    run_all(&some, false);
}

#[test]
fn exclusions_are_few_and_each_is_used() {
    let files = files();
    assert!(files.len() > 100, "only {} files of cases were found", files.len());
    for (is_about, reason) in NOT_OFFERED {
        let cases = files.iter().filter(|cases| is_about(&cases[0].settings)).count();
        assert!((1..=2).contains(&cases), "{cases} files of cases are not run since {reason}");
    }
    for (name, code, reason) in REFUSED {
        let found = files.iter().flatten().any(|case| case.name == *name);
        assert!(found, "no case {name}, which is refused with {code} since {reason}");
    }
}
