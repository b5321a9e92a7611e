//! SPL's `*` in `field=value`: a whole value, any run of characters where a `*` stands (§3.1).
//!
//! A direct matcher: the first and the last piece are compared in place, the pieces between are searched from left to
//! right, each at its first place. That is exact, since a later place never allows more.

use crate::literals::LiteralTree;
use retrohunt_fold as fold;
use std::borrow::Cow;

/// Whether letters match in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// As §2.6 says.
    Folded,
    /// Byte by byte.
    Exact,
}

/// A compiled wildcard; matches a whole value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wildcard {
    /// The texts around the `*`, in order, folded unless exact; one more than there are `*`, at least one. Empty ones
    /// stand only first and last.
    pieces: Vec<String>,
    /// How letters match.
    case: Case,
}

impl Wildcard {
    /// Returns the wildcard of `pattern`, in which every `*` stands for any run of characters, line breaks and the empty
    /// run included. There is no escape: SPL has none (§1.4.7).
    #[must_use]
    pub fn new(pattern: &str, case: Case) -> Self {
        let all: Vec<&str> = pattern.split('*').collect();
        let last = all.len() - 1;
        let kept = all.iter().enumerate().filter(|(index, piece)| *index == 0 || *index == last || !piece.is_empty());
        let own = |piece: &str| match case {
            Case::Folded => fold::fold(piece).into_owned(),
            Case::Exact => piece.to_owned(),
        };
        Self { pieces: kept.map(|(_, piece)| own(piece)).collect(), case }
    }

    /// Returns whether the wildcard is one text without a `*`.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.pieces.len() == 1
    }

    /// Returns whether every value matches, the empty one included.
    #[must_use]
    pub fn matches_everything(&self) -> bool {
        self.pieces.len() > 1 && self.pieces.iter().all(String::is_empty)
    }

    /// Returns how letters match.
    #[must_use]
    pub fn case(&self) -> Case {
        self.case
    }

    /// Returns the texts around the `*`, in order, in folded form if the case is; a single one if there is no `*`. Only
    /// the first and the last may be empty.
    #[must_use]
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// Returns whether the whole of `value` matches. Allocates nothing.
    #[must_use]
    pub fn is_match(&self, value: &str) -> bool {
        let [first, between @ .., last] = self.pieces.as_slice() else {
            return self.pieces.first().is_some_and(|only| self.prefix(value, only) == Some(value.len()));
        };
        let Some(begin) = self.prefix(value, first) else { return false };
        let mut rest = &value[begin..];
        let Some(end) = self.suffix(rest, last) else { return false };
        rest = &rest[..end];
        for piece in between {
            let Some(end) = self.find(rest, piece) else { return false };
            rest = &rest[end..];
        }
        true
    }

    /// Returns where `piece` at the start of `value` ends.
    fn prefix(&self, value: &str, piece: &str) -> Option<usize> {
        match self.case {
            Case::Folded => fold::match_prefix(value, piece),
            Case::Exact => value.starts_with(piece).then_some(piece.len()),
        }
    }

    /// Returns where `piece` at the end of `value` begins.
    fn suffix(&self, value: &str, piece: &str) -> Option<usize> {
        match self.case {
            Case::Folded => fold::match_suffix(value, piece),
            Case::Exact => value.strip_suffix(piece).map(str::len),
        }
    }

    /// Returns where the first `piece` in `value` ends.
    fn find(&self, value: &str, piece: &str) -> Option<usize> {
        match self.case {
            Case::Folded => fold::find(value, piece).map(|range| range.end),
            Case::Exact => value.find(piece).map(|start| start + piece.len()),
        }
    }

    /// Returns the literals that every matching value holds.
    #[must_use]
    pub fn required(&self) -> LiteralTree {
        let literal = |piece: &String| {
            let cased = self.case == Case::Folded && piece.chars().any(fold::has_case);
            LiteralTree::Literal { bytes: piece.clone().into_bytes(), folded: cased }
        };
        LiteralTree::all(self.pieces.iter().filter(|piece| !piece.is_empty()).map(literal))
    }

    /// Returns the wildcard as text, folded if the case is.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self.pieces.as_slice() {
            [only] => Cow::Borrowed(only),
            pieces => Cow::Owned(pieces.join("*")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The plain way: a `*` is nothing, or one character and a `*`.
    fn naive(pattern: &[char], value: &[char], case: Case) -> bool {
        let same = |a: char, b: char| match case {
            Case::Folded => fold::fold_char(a) == fold::fold_char(b),
            Case::Exact => a == b,
        };
        match (pattern, value) {
            ([], []) => true,
            (['*', rest @ ..], _) if naive(rest, value, case) => true,
            (['*', ..], [_, more @ ..]) => naive(pattern, more, case),
            ([a, rest @ ..], [b, more @ ..]) => same(*a, *b) && naive(rest, more, case),
            _ => false,
        }
    }

    fn text(alphabet: Vec<char>) -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(alphabet), 0..9).prop_map(String::from_iter)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn matches_as_the_plain_way_does(
            pattern in text(vec!['*', '*', 'a', 'A', 'k', 'Ⱥ', 'ⱥ', '\n']),
            value in text(vec!['a', 'A', 'k', '\u{212A}', 'Ⱥ', 'ⱥ', '\n']),
        ) {
            for case in [Case::Folded, Case::Exact] {
                let wildcard = Wildcard::new(&pattern, case);
                let (pattern, value_chars): (Vec<char>, Vec<char>) = (pattern.chars().collect(), value.chars().collect());
                let matches = wildcard.is_match(&value);
                prop_assert_eq!(matches, naive(&pattern, &value_chars, case));
                prop_assert!(!matches || wildcard.required().holds_in(value.as_bytes()));
                prop_assert!(matches || !wildcard.matches_everything());
            }
        }
    }

    #[test]
    fn wildcards_of_rules() {
        for (pattern, value, matches) in [
            ("*\\cmd.exe", "C:\\Windows\\CMD.EXE", true),
            ("*\\cmd.exe", "cmd.exe", false),
            ("a*a", "a", false),
            ("a*a", "aA", true),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("one*two", "one\ntwo", true),
            ("ab*bc", "abc", false),
            ("k*", "\u{212A}x", false),
        ] {
            assert_eq!(Wildcard::new(pattern, Case::Folded).is_match(value), matches, "{pattern} {value}");
        }
        assert!(!Wildcard::new("CMD*", Case::Exact).is_match("cmd.exe"));
        assert_eq!(Wildcard::new("*Foo**7*", Case::Folded).required().to_string(), r#"All["foo"i, "7"]"#);
        assert_eq!(Wildcard::new("*Foo**7*", Case::Folded).text(), "*foo*7*");
    }
}
