//! Which sections of the specification have a rule case: prints those of §1 to §7 without one. Skipped, with a printed reason, where
//! `../shared` is not there.
//!
//! A section is a heading or a numbered item; it is covered if the `spec` of a case, or a text in `spl/` or `diagnostics/`, cites it or
//! a part of it. What is covered stands in `spec-sections.txt`: none of it may lose its case.
//! `UPDATE_GOLDEN=1 cargo test -p retrohunt-tests --test spec_coverage` writes the list anew.
#![expect(clippy::unwrap_used, reason = "a test's own functions")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use retrohunt_tests::cases::{folder, load};

/// The number of a section: `5.7.3` is 5, 7, 3.
type Section = Vec<u32>;

/// The chapters that rule cases are about.
const CHAPTERS: std::ops::RangeInclusive<u32> = 1..=7;

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Reads a number with points; `None` if it is none.
fn section(text: &str) -> Option<Section> {
    let parts: Option<Section> = text.split('.').map(|part| part.parse().ok()).collect();
    parts.filter(|parts| (1..=3).contains(&parts.len()))
}

/// Writes it again.
fn shown(section: &[u32]) -> String {
    section.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// The sections of the specification with the beginning of their text, in order.
fn sections(specification: &str) -> Vec<(Section, &str)> {
    let mut found: Vec<(Section, &str)> = Vec::new();
    for line in specification.lines() {
        let heading = line.starts_with('#');
        let Some((number, text)) = line.trim_start_matches(['#', ' ']).split_once(' ') else { continue };
        let Some(number) = section(number).filter(|number| CHAPTERS.contains(&number[0])) else { continue };
        let place = if heading { number.len() <= 2 } else { number.len() >= 2 };
        // An item goes on from the one before; other lines that begin with a number do not.
        let goes_on = found.last().is_none_or(|(last, _)| *last < number);
        if place && goes_on {
            found.push((number, text));
        }
    }
    found
}

/// The sections that a text cites: `§4.3.1`, `§4.3.1, §5.8`, and `§4.6.4-4.6.6` with what is between.
fn cited(text: &str) -> BTreeSet<Section> {
    let mut found = BTreeSet::new();
    for part in text.split('§').skip(1) {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-' && c != '–').unwrap_or(part.len());
        let mut ends = part[..end].split(['-', '–']).map(|number| section(number.trim_matches('.')));
        let (Some(Some(first)), last) = (ends.next(), ends.next().flatten()) else { continue };
        found.insert(first.clone());
        let Some((&to, front)) = last.as_ref().and_then(|last| last.split_last()) else { continue };
        let Some((&from, same)) = first.split_last().filter(|(_, same)| *same == front) else { continue };
        found.extend((from..=to.min(from + 100)).map(|number| [same, &[number]].concat()));
    }
    found
}

/// All citations of cases and golden files.
fn citations() -> BTreeSet<Section> {
    let mut found: BTreeSet<Section> = load(&folder()).unwrap().iter().flat_map(|case| cited(&case.spec)).collect();
    for folder in ["spl", "diagnostics"] {
        for entry in std::fs::read_dir(beside(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "spl") {
                found.extend(cited(&std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// Is the section cited, or a part of it?
fn covered(section: &[u32], citations: &BTreeSet<Section>) -> bool {
    citations.iter().any(|cited| cited.starts_with(section))
}

#[test]
fn sections_with_a_case_keep_one() {
    let citations = citations();
    let listed = std::fs::read_to_string(beside("spec-sections.txt")).unwrap_or_default();
    if std::env::var_os("UPDATE_GOLDEN").is_none() {
        let listed: Vec<Section> = listed.lines().filter_map(section).collect();
        assert!(listed.len() > 100, "spec-sections.txt lists only {} sections", listed.len());
        let lost: Vec<String> =
            listed.iter().filter(|section| !covered(section, &citations)).map(|section| shown(section)).collect();
        assert!(lost.is_empty(), "no case cites these any more: {}", lost.join(", "));
    }
    let path = beside("../../shared/spec/spl-semantics.md");
    let Ok(specification) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let sections = sections(&specification);
    assert!(sections.len() > 150, "only {} sections were found", sections.len());
    let (with, without): (Vec<_>, Vec<_>) = sections.iter().partition(|(section, _)| covered(section, &citations));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let lines: String = with.iter().map(|(section, _)| format!("{}\n", shown(section))).collect();
        std::fs::write(beside("spec-sections.txt"), lines).unwrap();
    }
    println!("{} of {} sections have a case; these have none:", with.len(), sections.len());
    for (section, text) in without {
        println!("  {} {}", shown(section), text.chars().take(100).collect::<String>());
    }
    let unknown: Vec<String> = citations
        .iter()
        .filter(|cited| CHAPTERS.contains(&cited[0]) && !sections.iter().any(|(section, _)| section == *cited))
        .map(|cited| shown(cited))
        .collect();
    assert!(unknown.is_empty(), "cases cite sections that do not exist: {}", unknown.join(", "));
}

#[test]
fn citations_are_read_with_their_ranges() {
    let numbers = |text: &str| cited(text).iter().map(|section| shown(section)).collect::<Vec<_>>();
    assert_eq!(numbers("§5.7.3"), ["5.7.3"]);
    assert_eq!(numbers("§3.1, §4.6.4-4.6.6 and §8"), ["3.1", "4.6.4", "4.6.5", "4.6.6", "8"]);
    assert_eq!(numbers("§2.3–2.5."), ["2.3", "2.4", "2.5"]);
    assert!(numbers("5.7 without a sign").is_empty());
}

#[test]
fn sections_are_headings_and_items() {
    let text = "## 5 Commands\n### 5.1 search\n5.1.1 One.\n5.1.1 again\n15 rows\n### 5.2 table\n| 5.9 | x |\n## 8 Models\n8.1 Out.";
    let numbers: Vec<String> = sections(text).iter().map(|(section, _)| shown(section)).collect();
    assert_eq!(numbers, ["5", "5.1", "5.1.1", "5.2"]);
}
