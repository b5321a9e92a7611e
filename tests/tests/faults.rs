//! Deliberate mistakes, and the tests that notice them. `cargo test -p retrohunt-tests --features faults --test faults`
//!
//! `faults.toml` lists every mistake with the check that catches it: `rules/<case file>` under the covering configurations, or
//! `laws/<law>`. Each is switched on for the whole process, so all of them stand in one test, one after the other.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's own functions")]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use retrohunt_tests::cases::{Case, folder, load};
use retrohunt_tests::harness::covering;
use retrohunt_tests::harness::laws::{self, Effort};
use retrohunt_tests::harness::suite::{by_file, failures, stem};
use toml::{Table, Value};

/// One deliberate mistake.
#[derive(Debug)]
struct Fault {
    name: String,
    /// The crate that has it.
    package: String,
    /// The check that catches it.
    caught_by: String,
}

/// Returns the list.
fn faults() -> Vec<Fault> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults.toml");
    let mut table: Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let Some(Value::Array(entries)) = table.remove("fault") else { panic!("faults.toml lists no fault") };
    let entry = |entry: Value| {
        let text = |key: &str| {
            entry.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("no {key} in {entry}")).to_owned()
        };
        assert!(text("wrong").len() > 10, "{entry} does not say what is wrong");
        Fault { name: text("name"), package: text("crate"), caught_by: text("caught_by") }
    };
    entries.into_iter().map(entry).collect()
}

/// Switches the mistake of this name on, or all off.
fn switch(fault: Option<&Fault>) {
    let on = |package: &str| fault.filter(|fault| fault.package == package).map(|fault| &*fault.name.clone().leak());
    retrohunt_prefilter::set_fault(on("prefilter"));
    retrohunt_regex::set_fault(on("regex"));
    retrohunt_stages::set_fault(on("stages"));
    retrohunt_columnar::set_fault(on("columnar"));
    retrohunt_engine::set_fault(on("engine"));
}

/// Runs a check by its name; `Err` says what it noticed, a panic included.
fn run(check: &str, files: &[Vec<Case>]) -> Result<(), String> {
    let law = |law: fn(Effort) -> Result<(), String>| law(Effort { cases: 120, seed: 1, shrink: false });
    let run = || match check.split_once('/') {
        Some(("rules", name)) => {
            let cases =
                files.iter().find(|cases| stem(&cases[0]) == name).ok_or_else(|| format!("no case file {name}"));
            let cases = cases.unwrap();
            let found: Vec<String> =
                covering().iter().flat_map(|configuration| failures(cases, configuration, true).unwrap()).collect();
            if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
        }
        Some(("laws", "fast_is_plain_is_reference")) => law(laws::fast_is_plain_is_reference),
        Some(("laws", "any_cut_gives_the_same")) => law(laws::any_cut_gives_the_same),
        Some(("laws", "statistics_change_nothing")) => law(laws::statistics_change_nothing),
        _ => panic!("no check {check}"),
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("a panic".to_owned()))
}

#[test]
fn every_mistake_is_caught_by_the_check_that_its_entry_names() {
    let (faults, files) = (faults(), by_file(load(&folder()).unwrap()));
    let mut wrong = Vec::new();
    let checks: BTreeSet<&str> = faults.iter().map(|fault| fault.caught_by.as_str()).collect();
    switch(None);
    for check in checks {
        if let Err(message) = run(check, &files) {
            wrong.push(format!("{check} fails without any mistake: {message}"));
        }
    }
    for fault in &faults {
        switch(Some(fault));
        let noticed = run(&fault.caught_by, &files).is_err();
        switch(None);
        if !noticed {
            wrong.push(format!("{} does not notice {}", fault.caught_by, fault.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_mistake_of_the_crates_is_listed_once() {
    let faults = faults();
    let mut listed: Vec<&str> = faults.iter().map(|fault| fault.name.as_str()).collect();
    listed.sort_unstable();
    let mut known = BTreeSet::new();
    let crates = ["columnar", "engine", "prefilter", "regex", "stages"];
    for source in
        crates.map(|package| format!("{package}/src/{}.rs", if package == "prefilter" { "fault" } else { "faults" }))
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(&source);
        let (package, text) = (source.split('/').next().unwrap(), std::fs::read_to_string(path).unwrap());
        let names = text.split('"').skip(1).step_by(2).filter(|word| word.starts_with(&format!("{package}-")));
        known.extend(names.map(str::to_owned));
    }
    assert_eq!(listed, known.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Prints which case files notice which mistake, for writing `faults.toml`; only those with `FAULT` in their names, if it is set.
#[test]
#[ignore = "a listing, not a check"]
fn list_what_notices_what() {
    let files = by_file(load(&folder()).unwrap());
    let sound: BTreeSet<&str> = files
        .iter()
        .map(|cases| stem(&cases[0]))
        .filter(|name| run(&format!("rules/{name}"), &files).is_ok())
        .collect();
    let only = std::env::var("FAULT").unwrap_or_default();
    for fault in faults().into_iter().filter(|fault| fault.name.contains(&only)) {
        switch(Some(&fault));
        let noticed = sound.iter().filter(|name| run(&format!("rules/{name}"), &files).is_err());
        println!("{}: {:?}", fault.name, noticed.collect::<Vec<_>>());
        switch(None);
    }
}
