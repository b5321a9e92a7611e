//! The tree of a pattern: what PCRE means, before any choice of automaton.
//!
//! Case is not resolved here: a node says whether it is caseless, `lower` asks `fold` what that means.

use std::ops::Range;

/// One construct and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// The construct.
    pub(crate) kind: Kind,
    /// Its place in the pattern, in bytes.
    pub(crate) span: Range<usize>,
}

/// The constructs of the dialect that can be run. Those from `Look` on need more than an automaton.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Matches the empty text.
    Empty,
    /// One code point.
    Char {
        /// The code point as written.
        value: char,
        /// Whether its equivalents match too.
        caseless: bool,
    },
    /// One code point out of a set.
    Set(Set),
    /// Any code point.
    Dot {
        /// Whether a line feed is one of them.
        matches_lf: bool,
    },
    /// A condition on the place between two code points.
    Assert(Assertion),
    /// `\R`: a line break, CR LF taken as one.
    Newline,
    /// A group.
    Group {
        /// Number of the capturing group, from 1; `None` if it does not capture.
        capture: Option<u32>,
        /// What is inside.
        inner: Box<Node>,
    },
    /// One after the other; not empty.
    Concat(Vec<Node>),
    /// Branches in the order of preference; at least two.
    Alternate(Vec<Node>),
    /// A quantifier and what it repeats.
    Repeat {
        /// What is repeated.
        inner: Box<Node>,
        /// Least number of repeats.
        min: u32,
        /// Largest number of repeats; `None` is without limit.
        max: Option<u32>,
        /// Whether more repeats are preferred.
        greedy: bool,
    },
    /// A condition on what follows or precedes.
    Look(Look),
    /// `(?>…)` and possessive quantifiers: the first way to match is the only one.
    Atomic(Box<Node>),
    /// The text that a group took.
    Backreference {
        /// Which group.
        group: Reference,
        /// Whether letters match in either case.
        caseless: bool,
    },
    /// `\K`: the match is told to begin here.
    KeepOut,
    /// `(?(condition)yes|no)`.
    Conditional {
        /// What chooses.
        condition: Condition,
        /// If it holds.
        yes: Box<Node>,
        /// If it does not.
        no: Box<Node>,
    },
}

/// A look-around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Whether it is about the text before the place.
    pub(crate) behind: bool,
    /// Whether it holds where `inner` does not match.
    pub(crate) negated: bool,
    /// What is looked for.
    pub(crate) inner: Box<Node>,
}

/// How a pattern names one of its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// By its number.
    Number(u32),
    /// By its name, which several groups may have.
    Name(String),
}

/// What a conditional asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Whether a group took part so far.
    Group(Reference),
    /// A look-around.
    Look(Look),
}

/// Conditions on a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assertion {
    /// `^` and `\A`.
    Start,
    /// `\G`: where the search began.
    SearchStart,
    /// `\z`.
    End,
    /// `$` and `\Z`: the end, or before one final line feed.
    Dollar,
    /// `(?m)^`: the start, or after a line feed that is not the last character.
    LineStart,
    /// `(?m)$`: the end, or before a line feed.
    LineEnd,
    /// `\b`.
    WordBoundary,
    /// `\B`.
    NotWordBoundary,
    /// `[[:<:]]`.
    WordStart,
    /// `[[:>:]]`.
    WordEnd,
}

/// A set of code points, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set {
    /// Members.
    pub(crate) items: Vec<SetItem>,
    /// Whether the set is of all others; applied after case.
    pub(crate) negated: bool,
    /// Whether equivalents of members are members.
    pub(crate) caseless: bool,
}

/// Members of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetItem {
    /// All code points from the first to the second.
    Range(char, char),
    /// A named set, or all code points but its members.
    Named {
        /// Which.
        name: Named,
        /// Whether the others are meant.
        negated: bool,
    },
}

/// Named sets of code points. All but the last two hold ASCII only (§5.6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// `[:alnum:]`.
    Alnum,
    /// `[:alpha:]`.
    Alpha,
    /// `[:ascii:]`.
    Ascii,
    /// `[:blank:]`.
    Blank,
    /// `[:cntrl:]`.
    Cntrl,
    /// `\d` and `[:digit:]`.
    Digit,
    /// `[:graph:]`.
    Graph,
    /// `[:lower:]`.
    Lower,
    /// `[:print:]`.
    Print,
    /// `[:punct:]`.
    Punct,
    /// `\s` and `[:space:]`.
    Space,
    /// `[:upper:]`.
    Upper,
    /// `\w` and `[:word:]`.
    Word,
    /// `[:xdigit:]`.
    Xdigit,
    /// `\h`.
    Horizontal,
    /// `\v`.
    Vertical,
}

impl Named {
    /// Returns the set of a POSIX name.
    pub(crate) fn from_posix(name: &str) -> Option<Self> {
        Some(match name {
            "alnum" => Self::Alnum,
            "alpha" => Self::Alpha,
            "ascii" => Self::Ascii,
            "blank" => Self::Blank,
            "cntrl" => Self::Cntrl,
            "digit" => Self::Digit,
            "graph" => Self::Graph,
            "lower" => Self::Lower,
            "print" => Self::Print,
            "punct" => Self::Punct,
            "space" => Self::Space,
            "upper" => Self::Upper,
            "word" => Self::Word,
            "xdigit" => Self::Xdigit,
            _ => return None,
        })
    }

    /// Returns the members as ranges, first and last included.
    pub(crate) fn ranges(self) -> &'static [(char, char)] {
        match self {
            Self::Alnum => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
            Self::Alpha => &[('A', 'Z'), ('a', 'z')],
            Self::Ascii => &[('\0', '\x7F')],
            Self::Blank => &[('\t', '\t'), (' ', ' ')],
            Self::Cntrl => &[('\0', '\x1F'), ('\x7F', '\x7F')],
            Self::Digit => &[('0', '9')],
            Self::Graph => &[('!', '~')],
            Self::Lower => &[('a', 'z')],
            Self::Print => &[(' ', '~')],
            Self::Punct => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
            Self::Space => &[('\t', '\r'), (' ', ' ')],
            Self::Upper => &[('A', 'Z')],
            Self::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            Self::Xdigit => &[('0', '9'), ('A', 'F'), ('a', 'f')],
            Self::Horizontal => &[
                ('\t', '\t'),
                (' ', ' '),
                ('\u{A0}', '\u{A0}'),
                ('\u{1680}', '\u{1680}'),
                ('\u{180E}', '\u{180E}'),
                ('\u{2000}', '\u{200A}'),
                ('\u{202F}', '\u{202F}'),
                ('\u{205F}', '\u{205F}'),
                ('\u{3000}', '\u{3000}'),
            ],
            Self::Vertical => &[('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')],
        }
    }
}
