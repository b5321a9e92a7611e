//! What can be wrong with a pattern, and what can be odd about one: stable codes, a place in the pattern, and help.
//!
//! Codes `E0301`-`E0319` mean that the text is not a pattern, or beyond the limits; `E0320` and up that it is one which this
//! engine cannot run. A code is never given to another meaning. Reserved, since they were given out before such patterns
//! could run: `E0322` backreference, `E0323` atomic group, `E0324` possessive quantifier, `E0332` and `E0334` mixtures of
//! `$` and multi-line `^`, `E0333` `\R` before a line feed. `E0320`, `E0321`, `E0326`, `E0327` were about the whole construct
//! and are now about what is left of it.

use std::fmt;

/// Why a pattern was refused: a stable code, the place, and what to do about it (§5.6.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The stable code, `E0301` and up.
    pub code: &'static str,
    /// Where in the pattern, in bytes from its start; at most the length of the pattern.
    pub offset: usize,
    /// What is wrong, in one line, with the construct's name.
    pub message: String,
    /// What the author of the rule can do.
    pub help: &'static str,
}

impl Error {
    /// An error of `problem` at `offset` bytes into the pattern; `detail` is added to its message unless empty.
    pub(crate) fn new(problem: Problem, offset: usize, detail: &str) -> Self {
        let (code, what, help) = problem.describe();
        let message = if detail.is_empty() { what.to_owned() } else { format!("{what}: {detail}") };
        Self { code, offset, message, help }
    }

    /// Returns whether the pattern is well-formed PCRE that this engine does not run, as opposed to malformed text.
    #[must_use]
    pub fn is_unsupported(&self) -> bool {
        self.code >= "E0320"
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at offset {}: {} ({})", self.code, self.offset, self.message, self.help)
    }
}

impl std::error::Error for Error {}

/// A search that took too many steps: whether the text matches is not known (§5.6.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecided;

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the search was given up after too many steps")
    }
}

impl std::error::Error for Undecided {}

/// Returns every code of this crate, what it means, and what to do about it.
#[must_use]
pub fn codes() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut all: Vec<_> = Problem::ALL.iter().map(|problem| problem.describe()).collect();
    all.push((
        BACKSLASH,
        "a backslash probably was to be a literal one (§1.4.4)",
        "write `\\\\\\\\` or `\\x5c` for one backslash",
    ));
    all.push((
        DUPLICATE_GROUP,
        "a group name occurs twice; the first that takes part counts (§5.6.7)",
        "give the groups different names",
    ));
    all.push((HYPHEN, "a hyphen that PCRE2 refuses was taken literally", "write `\\-` in the class"));
    all.sort_unstable();
    all
}

/// Something odd about a pattern that still runs: a stable code, the place, and what was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The stable code; texts are not stable (§10).
    pub code: &'static str,
    /// Where in the pattern, in bytes from its start.
    pub offset: usize,
    /// What is odd and how the engine reads it.
    pub message: String,
}

/// Code of a note about a backslash that probably was to be a literal one (§1.4.4).
pub(crate) const BACKSLASH: &str = "W-REGEX-BACKSLASH";
/// Code of a note about a group name that occurs twice (§5.6.7).
pub(crate) const DUPLICATE_GROUP: &str = "W-REGEX-DUPLICATE-GROUP";
/// Code of a note about a hyphen that PCRE2 refuses and PCRE1 takes literally.
pub(crate) const HYPHEN: &str = "W-REGEX-HYPHEN";

/// The kinds of errors; each has one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// `(` without `)`.
    UnclosedGroup,
    /// `)` without `(`.
    UnopenedGroup,
    /// `[` without `]`.
    UnclosedClass,
    /// A quantifier with nothing before it.
    NothingToRepeat,
    /// `{n,m}` with n > m, or a bound that is too large.
    BadBounds,
    /// A class range with its ends in the wrong order.
    BadRange,
    /// An escape that PCRE knows but that is not well-formed here.
    BadEscape,
    /// `(?` followed by something that PCRE does not know.
    BadGroup,
    /// `[:name:]` with an unknown name or in the wrong place.
    BadPosix,
    /// Groups nested beyond the limit.
    TooDeep,
    /// More states than the compile limit allows.
    TooLarge,
    /// `(?#` without `)`.
    UnclosedComment,
    /// A group that the pattern refers to and does not have.
    NoGroup,
    /// Groups nested beyond the limit of backtracking.
    TooDeepToBacktrack,
    /// `(?*`.
    Lookahead,
    /// `(?<*`; `(?<=` and `(?<!` without a limit of their length.
    Lookbehind,
    /// `(?R)`, `(?1)`, `(?&n)`, `(?P>n)`, `\g<n>`.
    Recursion,
    /// `(?(R)`, `(?(DEFINE)`, and conditions that are not understood.
    Conditional,
    /// `\K` in a look-around.
    KeepOut,
    /// `(*VERB)` and `(?C)`.
    Verb,
    /// `\X`.
    Grapheme,
    /// `\p` and `\P`.
    Property,
    /// `(?|`.
    BranchReset,
    /// `(?[`.
    SetOperations,
}

impl Problem {
    /// All of them.
    const ALL: &'static [Self] = &[
        Self::UnclosedGroup,
        Self::UnopenedGroup,
        Self::UnclosedClass,
        Self::NothingToRepeat,
        Self::BadBounds,
        Self::BadRange,
        Self::BadEscape,
        Self::BadGroup,
        Self::BadPosix,
        Self::TooDeep,
        Self::TooLarge,
        Self::UnclosedComment,
        Self::NoGroup,
        Self::TooDeepToBacktrack,
        Self::Lookahead,
        Self::Lookbehind,
        Self::Recursion,
        Self::Conditional,
        Self::KeepOut,
        Self::Verb,
        Self::Grapheme,
        Self::Property,
        Self::BranchReset,
        Self::SetOperations,
    ];

    /// Returns the code, what is wrong, and the help.
    fn describe(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::UnclosedGroup => {
                ("E0301", "group is not closed", "add `)`, or write `\\(` for a literal parenthesis")
            }
            Self::UnopenedGroup => ("E0302", "`)` closes nothing", "write `\\)` for a literal parenthesis"),
            Self::UnclosedClass => ("E0303", "class is not closed", "add `]`, or write `\\[` for a literal bracket"),
            Self::NothingToRepeat => {
                ("E0304", "nothing to repeat before the quantifier", "write a backslash before it for a literal")
            }
            Self::BadBounds => {
                ("E0305", "bad bounds of a counted repeat", "write {n,m} with n at most m and both at most 65535")
            }
            Self::BadRange => {
                ("E0306", "range of a class is out of order", "exchange its ends, or write `\\-` for a literal hyphen")
            }
            Self::BadEscape => {
                ("E0307", "bad escape", "a literal backslash is `\\x5c`, or `\\\\\\\\` in a quoted SPL string")
            }
            Self::BadGroup => (
                "E0308",
                "unknown kind of group after `(?`",
                "write `(?:…)` for a plain group, `\\(` for a parenthesis",
            ),
            Self::BadPosix => {
                ("E0309", "unknown or misplaced POSIX class", "write it inside a class, for example `[[:alpha:]]`")
            }
            Self::TooDeep => ("E0310", "groups are nested too deeply", "at most 250 levels are allowed"),
            Self::TooLarge => ("E0311", "pattern is too large to compile", "lower the bounds of its counted repeats"),
            Self::UnclosedComment => ("E0312", "comment is not closed", "add `)` after the text of `(?#…)`"),
            Self::NoGroup => {
                ("E0313", "there is no such group", "a character given in octal is written \\o{…} or \\0…")
            }
            Self::TooDeepToBacktrack => (
                "E0314",
                "groups are nested too deeply for a pattern that needs backtracking",
                "at most 20 levels are sure to be accepted",
            ),
            Self::Lookahead => ("E0320", "non-atomic lookahead is not supported", "use (?=…)"),
            Self::Lookbehind => (
                "E0321",
                "lookbehind of this kind is not supported",
                "give each branch one length, or at most 255 characters and no groups",
            ),
            Self::Recursion => {
                ("E0325", "recursion or subroutine call is not supported", "write the group's pattern again")
            }
            Self::Conditional => ("E0326", "condition is not supported", "ask for a group by its number"),
            Self::KeepOut => ("E0327", "`\\K` in a look-around is not supported", "write it behind the look-around"),
            Self::Verb => ("E0328", "control verb or callout is not supported", "leave it out"),
            Self::Grapheme => ("E0329", "`\\X` is not supported", "use `.` for one code point"),
            Self::Property => {
                ("E0330", "Unicode property is not supported", "write the ranges of characters in a class")
            }
            Self::BranchReset => ("E0331", "branch reset group is not supported", "use (?:…) and different names"),
            Self::SetOperations => {
                ("E0335", "class with set operations is not supported", "write one class, or `\\(?\\[` for literals")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_code_place_and_help() {
        let error = Error::new(Problem::Recursion, 3, "(?R");
        assert!(error.is_unsupported());
        assert_eq!(
            error.to_string(),
            "E0325 at offset 3: recursion or subroutine call is not supported: (?R (write the group's pattern again)"
        );
        assert_eq!(Undecided.to_string(), "the search was given up after too many steps");
        assert!(!Error::new(Problem::UnclosedGroup, 0, "").is_unsupported());
    }
}
