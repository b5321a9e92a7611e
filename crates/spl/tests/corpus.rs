//! Published rules: what of them compiles. Skipped where the rules are not at hand.

#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use std::path::{Path, PathBuf};

use retrohunt_catalogue::{Entry, load, load_macros};
use retrohunt_spl::diagnostic::Diagnostic;
use retrohunt_spl::macros::{MacroDefinition, Macros};
use retrohunt_spl::plan::Plan;
use retrohunt_spl::{compile, print};

/// The folder of a corpus, if it is at hand.
fn corpus(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/rules").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: the rules of {name} are not at {}", folder.display());
    None
}

/// Compiles each rule of a corpus; its name, plan and findings.
fn compiled(folder: PathBuf, macros: &Macros) -> Vec<(String, Option<Plan>, Vec<Diagnostic>)> {
    let entries = load(&[folder]);
    let rules = entries.iter().filter_map(Entry::rule);
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    rules
        .map(|rule| {
            let (plan, findings) = compile(&rule.logic, macros);
            (name(&rule.path), plan, findings)
        })
        .collect()
}

/// Each plan, printed and read again, is the same.
fn plans_read_back(rules: &[(String, Option<Plan>, Vec<Diagnostic>)]) {
    for (name, plan, _) in rules {
        let Some(plan) = plan else { continue };
        let text = print::plan(plan);
        let (again, findings) = compile(&text, &Macros::shipped());
        assert_eq!(again.as_ref(), Some(plan), "{name}: {text}\n{findings:?}");
    }
}

#[test]
fn armory_rules_are_refused_only_for_mistakes_of_their_own() {
    let Some(folder) = corpus("armory") else { return };
    let rules = compiled(folder, &Macros::shipped());
    let refused: Vec<(&str, &str)> = rules
        .iter()
        .filter(|(_, plan, _)| plan.is_none())
        .map(|(name, _, findings)| {
            let error = findings.iter().find(|finding| finding.code.is_error()).expect("an error");
            (error.code.0, name.as_str())
        })
        .collect();
    // The rows of corpus §11.1 that no tolerant reading repairs, and two macros that nobody defines.
    let of = |code: &str| refused.iter().filter(|(found, _)| *found == code).count();
    let counts = ["E0101", "E0110", "E0111", "E0114", "E0140", "E0141", "E0201", "E0202"].map(of);
    assert_eq!(counts, [1, 5, 2, 1, 3, 8, 1, 1], "{refused:?}");
    assert_eq!(refused.len(), 22, "{refused:?}");
    plans_read_back(&rules);
}

#[test]
fn escu_rules_are_refused_only_for_what_an_archive_does_not_have() {
    let (Some(folder), Some(definitions)) = (corpus("escu"), corpus("escu-macros")) else { return };
    let mut macros = Macros::shipped();
    for found in load_macros(&[definitions]).0 {
        let (name, arguments, definition) = (found.name, found.arguments, found.definition);
        macros.define_full(MacroDefinition { name, arguments, definition, ..MacroDefinition::default() });
    }
    let rules = compiled(folder, &macros);
    // Data models, metrics, models; and one macro that nobody defines.
    let known = ["E0170", "E0171", "E0172", "E0201"];
    for (name, _, findings) in &rules {
        let other = findings.iter().find(|finding| finding.code.is_error() && !known.contains(&finding.code.0));
        assert!(other.is_none(), "{name}: {other:?}");
    }
    let planned = rules.iter().filter(|(_, plan, _)| plan.is_some()).count();
    assert!(planned >= 367 && rules.len() == 827, "{planned} of {}", rules.len());
    plans_read_back(&rules);
}
