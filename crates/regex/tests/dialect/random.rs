//! Small random patterns against small random haystacks, with PCRE2 as the oracle.

use super::oracle;
use proptest::prelude::*;
use retrohunt_regex::{Budget, Captures, Regex};

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
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?>",
    "++",
    "*+",
    "?+",
    "\\1",
    "\\2",
    "\\K",
    "\\k<n>",
    "(?(1)",
    "(?(?=",
    "()",
];

/// Characters of haystacks.
const CHARACTERS: &[char] = &[
    'a', 'b', 'k', 'K', '\u{212A}', 's', 'S', '\u{17F}', '1', '\n', '\n', '\r', '\\', ' ', 'é', 'É', '-', ']', '{',
    '|', '#', '\u{2028}',
];

/// Pieces of patterns in which groups, loops and look-arounds meet each other.
const KNOTS: &[&str] = &[
    "a", "a", "b", "ab", ".", "[ab]", "^", "$", "|", "|", "|", "(", "(", "(", ")", ")", ")", ")", "(?:", "(?=", "(?!",
    "(?<=", "(?<!", "(?>", "*", "*", "+", "?", "*?", "+?", "??", "{2}", "{2,}", "{1,2}", "{0,3}?", "*+", "++", "?+",
    "\\1", "\\1", "\\2", "\\g{-1}", "(?(1)", "(?(2)", "(?(?=", "(?(?<!", "\\b", "\\B", "\\K", "\\z", "\\G", "(?m)",
    "\n", "()", "(?i)", "B",
];

fn pattern(pieces: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(pieces), 1..most).prop_map(|pieces| {
        let mut text = pieces.concat();
        // Groups that are open are closed, so that most patterns are valid.
        let open = text.matches('(').count().saturating_sub(text.matches(')').count());
        text.push_str(&")".repeat(open));
        text
    })
}

fn haystack(characters: &'static [char]) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(characters), 0..8).prop_map(String::from_iter)
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

/// Compares a pattern with PCRE2 on texts: whether there is a match, all matches with their groups, and the condition.
fn compare(pattern: &str, haystacks: &[String]) -> Result<(), TestCaseError> {
    if departs(pattern) {
        return Ok(());
    }
    let ours = Regex::new(pattern);
    let Some(theirs) = oracle::compile(pattern) else {
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
    let Ok((simulated, _)) = Regex::with_budget(pattern, &Budget::new(0)) else { panic!("{pattern} compiled before") };
    for haystack in haystacks {
        let Some(expected) = oracle::is_match(&theirs, haystack) else { continue };
        for regex in [&regex, &simulated] {
            let Ok(found) = regex.try_match(haystack.as_bytes()) else {
                // The engine's case of backreferences is not ours.
                prop_assert!(!haystack.is_ascii(), "{:?} in {:?} is undecided", pattern, haystack);
                continue;
            };
            prop_assert_eq!(found, expected, "{:?} in {:?}: {}", pattern, haystack, regex.describe());
            if let (Some(expected), Some(ours)) =
                (oracle::matches(&theirs, haystack), oracle::our_matches(regex, haystack))
            {
                prop_assert_eq!(ours, expected, "{:?} in {:?}: {}", pattern, haystack, regex.describe());
            }
        }
        let required = regex.required();
        prop_assert!(
            !expected || required.holds_in(haystack.as_bytes()),
            "{:?} in {:?}: {}",
            pattern,
            haystack,
            required
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn what_is_accepted_matches_as_in_pcre2(
        pattern in pattern(PIECES, 9),
        haystacks in prop::collection::vec(haystack(CHARACTERS), 6),
    ) {
        compare(&pattern, &haystacks)?;
    }

    #[test]
    fn groups_loops_and_look_arounds_are_as_in_pcre2(
        pattern in pattern(KNOTS, 14),
        haystacks in prop::collection::vec(haystack(&['a', 'a', 'b', 'b', 'B', '\n', ' ']), 6),
    ) {
        compare(&pattern, &haystacks)?;
    }

    #[test]
    fn no_text_is_too_strange_to_be_read(pattern in "\\PC{0,40}") {
        if let Err(error) = Regex::new(&pattern) {
            prop_assert!(pattern.is_char_boundary(error.offset));
        }
    }

    #[test]
    fn no_knot_is_too_tight_to_be_searched(
        pattern in pattern(KNOTS, 60),
        haystack in "[ab\n]{0,40}|\\PC{0,20}",
    ) {
        match Regex::new(&pattern) {
            Ok((regex, _)) => {
                // Undecided or not: it ends, and where groups stand is text.
                let mut captures = Captures::new();
                for start in [0, 1] {
                    if let Ok(true) = regex.captures_at(&haystack, start, &mut captures) {
                        for group in 0..captures.len() {
                            prop_assert!(captures.group(group).is_none_or(|place| haystack.get(place).is_some()));
                        }
                    }
                }
            }
            Err(error) => prop_assert!(pattern.is_char_boundary(error.offset)),
        }
    }
}
