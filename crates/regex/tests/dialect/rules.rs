//! The patterns of real rules: each is compiled, and its groups are those of PCRE2.
//!
//! Skipped, with a printed reason, where the rules are not beside the checkout.

use super::oracle;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
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

/// Returns the pattern at the start of a command's or function's arguments: touching quoted and bare pieces, joined and
/// unescaped (§1.4, §5.5.5), without an option or field before it.
fn argument(text: &str) -> Option<String> {
    let open = text.find('"').filter(|&open| !text[..open].contains(['|', '\n']))?;
    let bare = text[..open].rsplit([' ', ',', '(']).next().unwrap_or("");
    let bare = if bare.ends_with(['=', '>']) && !bare.contains("(?<") { "" } else { bare };
    // A parenthesis or a blank before the pattern is the function's or the command's, unless it opens a group.
    let start = open - bare.len();
    let grouped = text[..start].ends_with('(') && bare.starts_with('?');
    let mut pattern = String::from(if grouped { "(" } else { "" });
    let (mut quoted, mut characters) = (false, text[start..].chars());
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' => match characters.next()? {
                escaped @ ('"' | '\\') => pattern.push(escaped),
                other => pattern.extend(['\\', other]),
            },
            ' ' | '\n' | '\t' | '|' | ',' if !quoted => return Some(pattern),
            // The parenthesis of the function, not of a group.
            ')' if !quoted && pattern.matches('(').count() <= pattern.matches(')').count() => return Some(pattern),
            other => pattern.push(other),
        }
    }
    quoted.then_some(pattern)
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
                patterns.extend(argument(text).filter(|pattern| !pattern.starts_with("s/")));
            }
        }
    }
    patterns
}

/// Returns texts made from a pattern: as near to matches as texts come, and often matches.
fn texts(pattern: &str, runner: &mut TestRunner) -> Vec<String> {
    let literal = pattern.replace("(?i)", "").replace("\\.", ".").replace("\\s+", "  ").replace("\\s", " ");
    let bare = literal.replace(['(', ')', '?', '+', '^', '$'], "").replace("\\x5c", "\\").replace("\\\\", "\\");
    let branch = bare.split('|').next().unwrap_or("").to_owned();
    let mut texts = vec![pattern.to_owned(), literal, bare.to_ascii_uppercase(), format!("{branch}\n"), branch];
    texts.push(format!("x {bare}\r\n"));
    texts.push(bare);
    // Members of the pattern's language, as far as another parser reads it and its conditions are left out.
    let loose = pattern.replace(['^', '$'], "").replace("\\b", "").replace("(?<!\\/)", "").replace("(?!\\.)", "");
    let loose = loose.replace("(?<=", "(?:").replace("(?=", "(?:");
    if let Ok(members) = proptest::string::string_regex(&loose) {
        for (before, after) in [("", ""), ("x ", " y"), ("a\n", "\n"), ("é", "\r\n"), ("\\", "\\x")] {
            if let Ok(member) = members.new_tree(runner) {
                texts.push(format!("{before}{}{after}", member.current()));
            }
        }
    }
    texts
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
    assert!(compiled > 780 && unsupported == 0);
}

#[test]
fn patterns_of_rules_match_their_own_text_with_the_groups_of_pcre2() {
    let patterns: Vec<String> = patterns().into_iter().collect();
    let mut runner = TestRunner::deterministic();
    let (mut compared, mut matched, mut groups) = (0, 0, 0);
    for (index, pattern) in patterns.iter().enumerate() {
        let (Some(theirs), Ok((regex, notes))) = (oracle::compile(pattern), Regex::new(pattern)) else { continue };
        if !notes.is_empty() {
            continue;
        }
        let mut texts = texts(pattern, &mut runner);
        texts.push(patterns[(index * 7 + 3) % patterns.len()].clone());
        for text in texts {
            let Some(expected) = oracle::is_match(&theirs, &text) else { continue };
            assert_eq!(regex.try_match(text.as_bytes()), Ok(expected), "{pattern:?} in {text:?}: {}", regex.describe());
            assert!(!expected || regex.required().holds_in(text.as_bytes()), "{pattern:?} in {text:?}");
            let Some(theirs) = oracle::matches(&theirs, &text) else { continue };
            compared += 1;
            matched += usize::from(expected);
            groups += theirs.iter().flatten().flatten().count();
            assert_eq!(oracle::our_matches(&regex, &text), Some(theirs), "groups of {pattern:?} in {text:?}");
        }
    }
    println!("{compared} texts compared, {matched} match, {groups} groups");
    assert!(patterns.is_empty() || compared > 5000 && matched > 2000 && groups > 4000);
}
