//! The patterns of real rules: each is compiled, or refused because it needs more than an automaton.
//!
//! Skipped, with a printed reason, where the rules are not beside the checkout.

use super::oracle;
use retrohunt_regex::{LiteralTree, Regex};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Where pattern strings begin: the patterns of `regex`, `rex`, `match`, `replace` and `mvfind`, roughly.
const BEFORE: &[&str] = &["regex ", "rex ", "match(", "match (", "replace(", "mvfind("];

/// Returns all files under `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Returns the quoted string that begins within the next characters of `text`, unescaped as §1.4 says.
fn quoted(text: &str) -> Option<String> {
    let open = text.find('"').filter(|&open| !text[..open].contains(['|', '\n']))?;
    let mut pattern = String::new();
    let mut characters = text[open + 1..].chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some(pattern),
            '\\' => match characters.next()? {
                escaped @ ('"' | '\\') => pattern.push(escaped),
                other => pattern.extend(['\\', other]),
            },
            other => pattern.push(other),
        }
    }
    None
}

/// Returns the patterns of all rules.
fn patterns() -> BTreeSet<String> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/rules");
    let mut patterns = BTreeSet::new();
    for path in files(&rules) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for before in BEFORE {
            for (at, _) in text.match_indices(before) {
                let text: String = text[at + before.len()..].chars().take(3000).collect();
                let text = text.replace("''", "'");
                let text =
                    if before.ends_with('(') { text.split_once(',').map_or("", |(_, rest)| rest) } else { &text };
                patterns.extend(quoted(text));
            }
        }
    }
    patterns
}

#[test]
fn patterns_of_rules_compile_as_in_pcre2_or_are_refused_by_code() {
    let patterns = patterns();
    if patterns.is_empty() {
        println!("skipped: no rules beside the checkout");
        return;
    }
    let mut refused = BTreeMap::<&str, Vec<&str>>::new();
    let mut algorithms = BTreeMap::<String, usize>::new();
    let (mut compiled, mut known) = (0, 0);
    for pattern in &patterns {
        let theirs = oracle::compile(pattern);
        match Regex::new(pattern) {
            Ok((regex, notes)) => {
                assert!(theirs.is_some() || !notes.is_empty(), "PCRE2 refuses {pattern:?}");
                compiled += 1;
                known += usize::from(*regex.required() != LiteralTree::Any);
                assert!(
                    !regex.is_match(b"\x01") || theirs.is_none_or(|theirs| theirs.is_match(b"\x01").unwrap_or(true))
                );
                *algorithms.entry(regex.algorithm().to_owned()).or_default() += 1;
            }
            Err(error) => {
                assert!(theirs.is_none() || error.is_unsupported(), "{pattern:?}: {error}");
                refused.entry(error.code).or_default().push(pattern);
            }
        }
    }
    println!("{} patterns, {compiled} compiled, {known} with required literals, {algorithms:?}", patterns.len());
    println!("refused: {refused:#?}");
    let unsupported: usize = refused.iter().filter(|(code, _)| **code >= "E0320").map(|(_, list)| list.len()).sum();
    assert!(compiled > 700 && unsupported <= 8);
}

#[test]
fn patterns_of_rules_match_their_own_text_as_in_pcre2() {
    // Pattern texts are as near to matches as texts come that are not made for it.
    let patterns: Vec<String> = patterns().into_iter().collect();
    for (index, pattern) in patterns.iter().enumerate() {
        let (Some(theirs), Ok((regex, notes))) = (oracle::compile(pattern), Regex::new(pattern)) else { continue };
        if !notes.is_empty() {
            continue;
        }
        let literal = pattern.replace("(?i)", "").replace("\\.", ".").replace("\\s+", "  ").replace("\\s", " ");
        let bare = literal.replace(['(', ')', '?', '+', '^', '$'], "").replace("\\x5c", "\\").replace("\\\\", "\\");
        let upper = bare.to_ascii_uppercase();
        let branch = bare.split('|').next().unwrap_or("").to_owned();
        let line = format!("{branch}\n");
        let other = patterns[(index * 7 + 3) % patterns.len()].clone();
        for text in [pattern.clone(), literal, bare.clone(), upper, branch, line, other, format!("x {bare}\r\n")] {
            let Some(expected) = oracle::is_match(&theirs, &text) else { continue };
            assert_eq!(regex.is_match(text.as_bytes()), expected, "{pattern:?} in {text:?}: {}", regex.describe());
            assert!(!expected || regex.required().holds_in(text.as_bytes()), "{pattern:?} in {text:?}");
        }
    }
}
