//! Published rules that are refused, each listed with its code in `rules/refusals.toml`; every other one runs. Skipped, with a printed
//! reason, where `../shared` is not there. `UPDATE_GOLDEN=1` writes the list anew; each new line is to be read.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's own functions")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use retrohunt_engine::{Settings, compile};
use retrohunt_spl::macros::Macros;
use retrohunt_tests::shared;
use toml::{Table, Value};

/// What each code follows from: a section of the specification, or of the inventory of rules.
const SECTIONS: &[(&str, &str)] = &[
    ("E0101", "§1.4.5; corpus 11.1, a stray quote"),
    ("E0104", "§1.1.3"),
    ("E0110", "§1.5.1; corpus 11.1, missing `)`"),
    ("E0111", "§1.5.1; corpus 11.1, one `)` too many"),
    ("E0112", "§1.5.1"),
    ("E0113", "§1.5.7"),
    ("E0114", "§5.5.1; corpus 11.1, `-` for `=`"),
    ("E0115", "§5.5.1; corpus 11.1, text behind the pattern"),
    ("E0120", "§5.30"),
    ("E0121", "§5.30"),
    ("E0140", "§6.5.1; corpus 11.1, an operator glued to a call"),
    ("E0141", "§6.1.5; corpus 11.1, one-armed `match`"),
    ("E0142", "§6.1; corpus 11.1, `contains` as an operator"),
    ("E0143", "§1.5.2"),
    ("E0144", "§5.8"),
    ("E0150", "§5.7.2"),
    ("E0170", "§8"),
    ("E0171", "§5.30, metrics"),
    ("E0172", "§5.30, machine learning"),
    ("E0201", "§1.3.9"),
    ("E0202", "§1.3.1; corpus 11.1, a macro call without its `)`"),
    ("E0302", "§5.6.9; corpus 11.1, `)` behind a pattern"),
    ("E-STAGE-LOOKUP", "§5.13.6, a table that was not given"),
];

/// A refused rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Refused {
    catalogue: String,
    file: String,
    code: String,
}

/// Returns the rules of a catalogue that are refused, and how many run.
fn refused(catalogue: &str, macros: &Macros) -> Option<(Vec<Refused>, usize)> {
    let rules = shared::catalogue(catalogue)?;
    // What a site would have to give is not looked at here: a missing table is no reason.
    let enrichment = retrohunt_enrich::Enrichment {
        missing_lookup: retrohunt_enrich::MissingLookup::Empty,
        ..retrohunt_enrich::Enrichment::default()
    };
    let settings = Settings { enrichment: Arc::new(enrichment), ..Settings::default() };
    let program = compile(&rules, macros, &settings).unwrap();
    let mut found = Vec::new();
    for compiled in program.rules.iter().filter(|rule| rule.body.is_none()) {
        let error = compiled.findings.iter().find(|finding| finding.code.is_error());
        let error = error.unwrap_or_else(|| panic!("{}: refused without a reason", compiled.rule.path.display()));
        assert!(!error.message.is_empty(), "{error:?}");
        let file = compiled.rule.path.file_name().unwrap().to_string_lossy().into_owned();
        found.push(Refused { catalogue: catalogue.to_owned(), file, code: error.code.0.to_owned() });
    }
    found.sort();
    Some((found, program.bodies.iter().map(|body| body.rule).collect::<std::collections::BTreeSet<_>>().len()))
}

#[test]
fn every_published_rule_runs_or_is_listed_with_its_reason() {
    let Some(escu_macros) = shared::escu_macros().unwrap() else { return };
    let (Some(armory), Some(escu)) = (refused("armory", &Macros::shipped()), refused("escu", &escu_macros)) else {
        return;
    };
    for ((found, runs), name) in [(&armory, "armory"), (&escu, "escu")] {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        found.iter().for_each(|refused| *counts.entry(&refused.code).or_default() += 1);
        println!("{name}: {runs} run, refused: {counts:?}");
    }
    let mut all = armory.0;
    all.extend(escu.0);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/refusals.toml");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let mut text = String::from(
            "# Rules of the published catalogues that are refused, and what the refusal follows from; see tests/refusals.rs.\n",
        );
        for Refused { catalogue, file, code } in &all {
            let section = SECTIONS.iter().find(|(known, _)| known == code).map_or("", |(_, section)| section);
            let _ = writeln!(
                text,
                "\n[[refused]]\ncatalogue = \"{catalogue}\"\nfile = \"{file}\"\ncode = \"{code}\"\nfollows = \"{section}\""
            );
        }
        std::fs::write(&path, text).unwrap();
    }
    let mut table: Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
    let Some(Value::Array(entries)) = table.remove("refused") else { panic!("the list is empty") };
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let listed: Vec<Refused> = entries
        .iter()
        .map(|entry| {
            assert!(!text(entry, "follows").is_empty(), "{entry} does not say what it follows from");
            Refused { catalogue: text(entry, "catalogue"), file: text(entry, "file"), code: text(entry, "code") }
        })
        .collect();
    let new: Vec<&Refused> = all.iter().filter(|refused| !listed.contains(refused)).collect();
    let gone: Vec<&Refused> = listed.iter().filter(|refused| !all.contains(refused)).collect();
    assert!(new.is_empty() && gone.is_empty(), "refused and not listed: {new:#?}\nlisted and not refused: {gone:#?}");
}
