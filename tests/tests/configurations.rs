//! Every rule case through the engine, under every configuration of a covering set, against the case's own expectation.
#![expect(clippy::unwrap_used, reason = "a test's own functions")]

use retrohunt_tests::cases::{Case, folder, load};
use retrohunt_tests::harness::suite::{NOT_OFFERED, by_file, failures};
use retrohunt_tests::harness::{Configuration, covering};

/// All cases, by file.
fn files() -> Vec<Vec<Case>> {
    by_file(load(&folder()).unwrap())
}

/// Runs every case under some configurations.
fn run_all(configurations: &[Configuration], together: bool) {
    let mut found = Vec::new();
    for cases in &files() {
        for configuration in configurations {
            found.extend(failures(cases, configuration, together).unwrap());
        }
    }
    assert!(found.is_empty(), "{} failures:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_case_holds_under_every_configuration() {
    run_all(&covering(), true);
}

#[test]
fn every_case_holds_alone_in_its_program() {
    // Together, a rule's needles could hide that it has none of its own.
    run_all(&covering()[..2], false);
}

#[test]
fn exclusions_are_few_and_each_is_used() {
    let files = files();
    assert!(files.len() > 100, "only {} files of cases were found", files.len());
    for (is_about, reason) in NOT_OFFERED {
        let cases = files.iter().filter(|cases| is_about(&cases[0].settings)).count();
        assert!((1..=2).contains(&cases), "{cases} files of cases are not run since {reason}");
    }
}
