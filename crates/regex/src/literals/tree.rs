//! The tree of required literals.

use std::fmt;

/// Beyond this many members, those of an `All` are not compared with each other any more: it grows part by part, and
/// every step compares all of them.
const COMPARED_IN_ALL: usize = 64;
/// The same for an `Either`, whose members come at once; real rules have up to 107.
const COMPARED_IN_EITHER: usize = 256;

/// A necessary condition on a text, made of literals (§2.7.3).
///
/// A text in which the tree does not hold cannot match; one in which it does may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiteralTree {
    /// Nothing is known; holds in every text.
    Any,
    /// The literal occurs in the text.
    Literal {
        /// UTF-8, at least one byte; in folded form (`retrohunt_fold::fold`) if `folded`.
        bytes: Vec<u8>,
        /// Whether it occurs without regard to case (§2.6); if not, byte by byte.
        folded: bool,
    },
    /// All members hold; at least two members, none of them `All` or `Any`.
    All(Vec<LiteralTree>),
    /// At least one member holds; at least two members, none of them `Either` or `Any`.
    Either(Vec<LiteralTree>),
}

impl LiteralTree {
    /// Returns the tree that holds where all members hold, without members that follow from others.
    pub(crate) fn all(members: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for member in members {
            match member {
                Self::Any => {}
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::minimal(&mut flat, COMPARED_IN_ALL, |kept, member| kept.implies(member));
        match flat.pop() {
            None => Self::Any,
            Some(only) if flat.is_empty() => only,
            last => {
                flat.extend(last);
                Self::All(flat)
            }
        }
    }

    /// Returns the tree that holds where at least one member holds, without members that others follow from. No members
    /// at all give `Any`.
    pub(crate) fn either(members: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for member in members {
            match member {
                Self::Any => return Self::Any,
                Self::Either(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::minimal(&mut flat, COMPARED_IN_EITHER, |kept, member| member.implies(kept));
        match flat.pop() {
            None => Self::Any,
            Some(only) if flat.is_empty() => only,
            last => {
                flat.extend(last);
                Self::Either(flat)
            }
        }
    }

    /// Removes each member that `spares` says another one makes needless, the earlier of two such staying; removes none if
    /// there are more than `most`.
    fn minimal(members: &mut Vec<Self>, most: usize, spares: impl Fn(&Self, &Self) -> bool) {
        if members.len() > most {
            return;
        }
        let mut at = 0;
        while at < members.len() {
            let member = &members[at];
            let needless = members
                .iter()
                .enumerate()
                .any(|(other, kept)| other != at && spares(kept, member) && (other < at || !spares(member, kept)));
            if needless {
                members.remove(at);
            } else {
                at += 1;
            }
        }
    }

    /// Returns whether `other` certainly holds in every text in which `self` does.
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Any) => true,
            (Self::Either(members), _) => members.iter().all(|member| member.implies(other)),
            (_, Self::All(others)) => others.iter().all(|other| self.implies(other)),
            (Self::All(members), _) if members.iter().any(|member| member.implies(other)) => true,
            (_, Self::Either(others)) => others.iter().any(|other| self.implies(other)),
            (Self::Literal { bytes, folded }, Self::Literal { bytes: part, folded: part_folded }) => {
                literal_implies(bytes, *folded, part, *part_folded)
            }
            _ => false,
        }
    }

    /// Returns whether the tree holds in `haystack`, which is UTF-8 text; the plain way, for tests and small texts.
    #[must_use]
    pub fn holds_in(&self, haystack: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Literal { bytes, folded: false } => memchr::memmem::find(haystack, bytes).is_some(),
            Self::Literal { bytes, folded: true } => match (str::from_utf8(haystack), str::from_utf8(bytes)) {
                (Ok(haystack), Ok(needle)) => retrohunt_fold::contains(haystack, needle),
                _ => true,
            },
            Self::All(members) => members.iter().all(|member| member.holds_in(haystack)),
            Self::Either(members) => members.iter().any(|member| member.holds_in(haystack)),
        }
    }
}

/// Returns whether `part` occurs wherever the first literal does.
fn literal_implies(bytes: &[u8], folded: bool, part: &[u8], part_folded: bool) -> bool {
    if folded == part_folded {
        return memchr::memmem::find(bytes, part).is_some();
    }
    let (Ok(text), Ok(part)) = (str::from_utf8(bytes), str::from_utf8(part)) else { return false };
    if part_folded {
        retrohunt_fold::contains(text, part)
    } else {
        // A folded literal fixes only characters without case.
        text.contains(part) && !part.chars().any(retrohunt_fold::has_case)
    }
}

impl fmt::Display for LiteralTree {
    /// Writes the tree as `explain` shows it: `"exact"`, `"folded"i`, `All[…]`, `Either[…]`, `Any`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, members) = match self {
            Self::Any => return f.write_str("Any"),
            Self::Literal { bytes, folded } => {
                return write!(f, "{:?}{}", String::from_utf8_lossy(bytes), if *folded { "i" } else { "" });
            }
            Self::All(members) => ("All", members),
            Self::Either(members) => ("Either", members),
        };
        write!(f, "{name}[")?;
        for (index, member) in members.iter().enumerate() {
            write!(f, "{}{member}", if index == 0 { "" } else { ", " })?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> LiteralTree {
        LiteralTree::Literal { bytes: text.as_bytes().to_vec(), folded: false }
    }

    fn folded(text: &str) -> LiteralTree {
        LiteralTree::Literal { bytes: text.as_bytes().to_vec(), folded: true }
    }

    #[test]
    fn all_keeps_the_stronger_and_either_the_weaker() {
        assert_eq!(LiteralTree::all([exact("foo"), exact("xfoo"), LiteralTree::Any]), exact("xfoo"));
        assert_eq!(LiteralTree::either([exact("foo"), exact("xfoo")]), exact("foo"));
        assert_eq!(LiteralTree::either([exact("foo"), exact("foo")]), exact("foo"));
        assert_eq!(LiteralTree::either([exact("foo"), LiteralTree::Any]), LiteralTree::Any);
        assert_eq!(LiteralTree::all([]), LiteralTree::Any);
    }

    #[test]
    fn a_folded_literal_does_not_imply_an_exact_letter() {
        assert_eq!(LiteralTree::all([folded("foo1"), exact("oo")]).to_string(), r#"All["foo1"i, "oo"]"#);
        assert_eq!(LiteralTree::all([folded("foo1"), exact("1")]), folded("foo1"));
        assert_eq!(LiteralTree::all([exact("FOO"), folded("oo")]), exact("FOO"));
        assert_eq!(LiteralTree::either([exact("FOO"), folded("oo")]), folded("oo"));
    }

    #[test]
    fn trees_are_shown_and_tested_by_member() {
        let tree = LiteralTree::all([LiteralTree::either([folded(".exe"), folded("psexec")]), exact("\\\\")]);
        assert_eq!(tree.to_string(), r#"All[Either[".exe"i, "psexec"i], "\\\\"]"#);
        assert!(tree.holds_in(br"NET.EXE \\x"));
        assert!(!tree.holds_in(br"NET.EXE \x"));
        assert!(!tree.holds_in(br"net \\x"));
    }
}
