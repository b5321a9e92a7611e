//! Small random patterns against small random haystacks, with PCRE2 as the oracle.

use super::oracle;
use proptest::prelude::*;
use retrohunt_regex::{Budget, Regex};

/// Pieces of patterns, from the corners of the dialect; most texts made of them are valid.
const PIECES: &[&str] = &[
    "a",
    "b",
    "k",
    "K",
    "s",
    "\u{212A}",
    "\u{17F}",
    "1",
    " ",
    "é",
    "É",
    "\n",
    "-",
    "]",
    "{",
    "}",
    ",",
    "#",
    "ab",
    "ks",
    ".",
    "^",
    "$",
    "|",
    "|",
    "(",
    ")",
    "(",
    ")",
    "(?:",
    "(?i)",
    "(?s)",
    "(?m)",
    "(?x)",
    "(?-i)",
    "(?-m)",
    "(?i:",
    "(?U)",
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "{2}",
    "{1,}",
    "{0,2}",
    "{,2}a",
    "{1",
    "[",
    "[^",
    "[a-k]",
    "[^k]",
    "[^\\n]",
    "[]k]",
    "[[:alpha:]]",
    "[[:^upper:]",
    "[s-\\x7f]",
    "[\\w-]",
    "\\d",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "\\b",
    "\\B",
    "\\A",
    "\\z",
    "\\Z",
    "\\G",
    "\\n",
    "\\R",
    "\\h",
    "\\N",
    "\\v",
    "\\\\",
    "\\x6b",
    "\\x{212A}",
    "\\Q",
    "\\E",
    "\\Q*\\E",
    "\\x5c",
    "\\10",
    "(?#c)",
    "(?<n>",
    "\\$",
    "\\|",
    "\\-",
    "[[:<:]]a",
];

/// Characters of haystacks.
const CHARACTERS: &[char] = &[
    'a', 'b', 'k', 'K', '\u{212A}', 's', 'S', '\u{17F}', '1', '\n', '\n', '\r', '\\', ' ', 'é', 'É', '-', ']', '{',
    '|', '#', '\u{2028}',
];

fn pattern() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 1..9).prop_map(|pieces| {
        let mut text = pieces.concat();
        // Groups that are open are closed, so that most patterns are valid.
        let open = text.matches('(').count().saturating_sub(text.matches(')').count());
        text.push_str(&")".repeat(open));
        text
    })
}

fn haystack() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(CHARACTERS), 0..8).prop_map(String::from_iter)
}

/// Returns whether the specification departs from PCRE2 on this text on purpose.
fn departs(pattern: &str) -> bool {
    // `{,n}` counts in PCRE2 since 10.43; a hyphen beside a named set and a name that occurs twice are errors.
    let counts = pattern
        .match_indices("{,")
        .any(|(at, _)| pattern[at + 2..].starts_with(|next: char| next.is_ascii_digit() || next == ' '));
    let blank = pattern
        .match_indices('{')
        .any(|(at, _)| pattern[at..].find('}').is_some_and(|end| pattern[at..at + end].contains(' ')));
    counts || blank
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn what_is_accepted_matches_as_in_pcre2(pattern in pattern(), haystacks in prop::collection::vec(haystack(), 6)) {
        if departs(&pattern) {
            return Ok(());
        }
        let ours = Regex::new(&pattern);
        let Some(theirs) = oracle::compile(&pattern) else {
            // What PCRE2 does not compile is refused, or read with a note.
            prop_assert!(ours.as_ref().map_or(true, |(_, notes)| !notes.is_empty()), "{:?} is no pattern", pattern);
            return Ok(());
        };
        let regex = match ours {
            Ok((regex, _)) => regex,
            Err(error) => {
                prop_assert!(error.is_unsupported(), "{:?} is a pattern: {}", pattern, error);
                return Ok(());
            }
        };
        // With no budget the same pattern is simulated; the answer may not change.
        let (simulated, _) = Regex::with_budget(&pattern, &Budget::new(0)).expect("compiled before");
        for haystack in &haystacks {
            let Some(expected) = oracle::is_match(&theirs, haystack) else { continue };
            prop_assert_eq!(regex.is_match(haystack.as_bytes()), expected, "{:?} in {:?}: {}", pattern, haystack, regex.describe());
            prop_assert_eq!(simulated.is_match(haystack.as_bytes()), expected, "{:?} in {:?}: {}", pattern, haystack, simulated.describe());
            prop_assert!(!expected || regex.required().holds_in(haystack.as_bytes()), "{:?} in {:?}: {}", pattern, haystack, regex.required());
        }
    }

    #[test]
    fn no_text_is_too_strange_to_be_read(pattern in "\\PC{0,40}") {
        if let Err(error) = Regex::new(&pattern) {
            prop_assert!(pattern.is_char_boundary(error.offset));
        }
    }
}
