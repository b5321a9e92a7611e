//! Tests on the rules of the repository, and on published catalogues, which are not part of the repository; skipped with a printed reason where they are absent.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{Entry, LoadErrorKind, Rule, load};

/// Returns the folder of a catalogue, or `None` after saying that it is not there.
fn corpus(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/rules").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: the rules of {name} are not at {}", folder.display());
    None
}

/// Checks that each character of the SPL stands in the file where the map says: as it is, as white space for a fold, or as the
/// backslash of an escape.
fn check_positions(rule: &Rule) -> usize {
    let mut lines: BTreeMap<u32, Vec<char>> = BTreeMap::new();
    for (offset, char) in rule.logic.char_indices() {
        let position = rule.positions.locate(offset);
        let line = || rule.positions.line(position.line).unwrap_or_default().chars().collect();
        let line = lines.entry(position.line).or_insert_with(line);
        let shown = line.get(position.column as usize - 1).copied();
        let fold = char.is_whitespace() && shown.is_none_or(char::is_whitespace);
        let place = format!("{}:{position}", rule.path.display());
        assert!(shown == Some(char) || fold || shown == Some('\\'), "{place}: {char:?} is shown as {shown:?}");
    }
    // The last character is exact too, so the map did not fall back to one place for all.
    assert!(rule.positions.locate(rule.logic.len()) > rule.positions.locate(0), "{}", rule.path.display());
    rule.logic.len()
}

/// Checks that all files of the folder but `errors` are rules whose positions are right.
fn check_corpus(folder: PathBuf, rules: usize, errors: usize) -> Vec<Entry> {
    let entries = load(&[folder]);
    let found: Vec<&Rule> = entries.iter().filter_map(Entry::rule).collect();
    let failed = entries.iter().filter(|entry| matches!(entry, Entry::Error(_))).count();
    assert_eq!((found.len(), failed), (rules, errors));
    assert!(found.iter().map(|rule| check_positions(rule)).sum::<usize>() > 100_000);
    entries
}

#[test]
fn the_rules_of_the_repository_load_and_the_seed_is_as_published() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/rules");
    let entries = load(&[folder]);
    assert!(entries.iter().all(|entry| entry.rule().is_some()), "{entries:?}");
    let seed = entries.iter().filter_map(Entry::rule).find(|rule| rule.id == "5343.18043").expect("the seed rule");
    check_positions(seed);
    let Some(folder) = corpus("armory") else { return };
    let published = load(&[folder.join("remote_admin_tools-splunk-edr.yml")]);
    assert_eq!(published[0].rule().map(|rule| &rule.logic), Some(&seed.logic));
}

#[test]
fn armory_positions_are_right_to_the_character() {
    let Some(folder) = corpus("armory") else { return };
    let entries = check_corpus(folder, 972, 0);
    let seed = |entry: &&Rule| entry.path.ends_with("remote_admin_tools-splunk-edr.yml");
    let rule = entries.iter().filter_map(Entry::rule).find(seed).expect("the seed rule");
    assert_eq!((rule.id.as_str(), rule.title.as_str()), ("5343.18043", "Remote Admin Tools"));
    assert_eq!(rule.technique_id, ["T1569.002", "T1021", "T1059.003", "T1570"]);
    assert!(rule.logic.starts_with("`get_endpoint_data`") && rule.logic.ends_with("by _time, host, process "));
    let regex = rule.logic.find("regex process").expect("the regex stage");
    assert_eq!(rule.positions.locate(regex).to_string(), "14:3");
}

#[test]
fn escu_positions_are_right_to_the_character() {
    let Some(folder) = corpus("escu") else { return };
    let entries = check_corpus(folder, 827, 0);
    let tagged = entries.iter().filter_map(Entry::rule).filter(|rule| !rule.technique_id.is_empty()).count();
    assert!(tagged > 700, "{tagged}");
}

#[test]
fn macro_files_define_macros() {
    let Some(folder) = corpus("escu-macros") else { return };
    let (macros, errors) = crate::load_macros(&[folder]);
    assert_eq!(errors, []);
    assert!(macros.len() > 100);
    let found = |name: &str| macros.iter().find(|found| found.name == name).expect("defined");
    assert_eq!(found("security_content_ctime").arguments, ["field"]);
    assert!(found("base64decode").definition.starts_with("eval b64x_split=split($b64in$"));
}

#[test]
fn macro_files_are_named_as_such() {
    let Some(folder) = corpus("escu-macros") else { return };
    let entries = load(&[folder]);
    for entry in &entries {
        let Entry::Error(error) = entry else { panic!("{entry:?}") };
        assert_eq!(error.kind, LoadErrorKind::NoLogic);
        assert!(error.help.as_ref().is_some_and(|help| help.contains("--macros")), "{error}: {:?}", error.help);
    }
    assert!(entries.len() > 100);
}
