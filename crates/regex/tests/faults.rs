//! The deliberate mistakes of the feature `faults`: each changes an answer that the shared cases fix.
#![cfg(feature = "faults")]

use retrohunt_regex::{Regex, set_fault};

/// Fault, pattern, haystack, and what the mistake does to it.
const FAULTS: &[(&str, &str, &str, Mistake)] = &[
    ("regex-unicode-fold", "(?i)k", "\u{212A}", Mistake::Match),
    ("regex-unicode-fold", "(?i)s", "\u{17F}", Mistake::Match),
    ("regex-dollar-no-newline", "a$", "a\n", Mistake::Match),
    ("regex-literal-optional", "a(?:foo)?b", "ab", Mistake::Required),
];

/// The answer that is wrong.
enum Mistake {
    /// `is_match`.
    Match,
    /// `required` does not hold in a match.
    Required,
}

#[test]
fn every_fault_changes_an_answer() {
    for (fault, pattern, haystack, mistake) in FAULTS {
        let answer = || {
            let (regex, _) = Regex::new(pattern).expect("a valid pattern");
            match mistake {
                Mistake::Match => regex.is_match(haystack.as_bytes()),
                Mistake::Required => regex.required().holds_in(haystack.as_bytes()),
            }
        };
        set_fault(None);
        let right = answer();
        set_fault(Some(fault));
        let wrong = answer();
        set_fault(None);
        assert_ne!(right, wrong, "{fault}");
    }
}
