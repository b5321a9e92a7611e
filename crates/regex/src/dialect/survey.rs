//! What a pattern needs to know of the end of the text, found before it is lowered.
//!
//! PCRE's `$` looks ahead (at the end, or before one *final* line feed), `(?m)^` does not hold behind a final line feed,
//! and `\R` takes CR LF as one for good. Automata have no such conditions. Where nothing follows a `$` it is `\n?\z`; for
//! the rest, the survey chooses one of the [`Ending`]s; the few patterns for which none is exact need backtracking.

use super::ast::{Assertion, Kind, Named, Node, SetItem};

/// How the end of a text is presented to the automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As it is. Every `$` is last in its branch and lowered to `\n?\z`.
    Plain,
    /// A final line feed is replaced by the byte FF, which is in no text, and `$` is "before FF or at the end".
    Dollar,
    /// A final line feed is replaced by the byte FF, so that `(?m)^` does not hold behind it; `$` and `(?m)$` are last in
    /// their branches and may take the FF.
    Caret,
}

/// What follows a node, on any path to the end of the pattern.
#[derive(Clone, Copy)]
struct Follow {
    /// Nothing at all.
    tail: bool,
    /// It may match nothing.
    nullable: bool,
    /// It may begin with a line feed.
    lf_first: bool,
    /// A condition may come before anything is taken.
    asserts: bool,
}

/// What one node, or a sequence, begins with.
#[derive(Clone, Copy)]
struct First {
    /// It is the empty pattern.
    empty: bool,
    /// It may match nothing.
    nullable: bool,
    /// It may begin with a line feed.
    lf: bool,
    /// A condition may come before anything is taken.
    asserts: bool,
}

/// What was found.
#[derive(Default)]
struct Facts {
    /// There is a `$` or `\Z`.
    dollar: bool,
    /// There is a `$` or `\Z` with something behind it.
    inner_dollar: bool,
    /// A `(?m)$` with something behind it.
    inner_line_end: bool,
    /// There is a `(?m)^` or `(?m)$`.
    multi_line: bool,
    /// There is a `(?m)^` behind which nothing need follow.
    late_caret: bool,
    /// There is a `\R` from which PCRE would not give back the line feed of a CR LF.
    atomic_newline: bool,
    /// There is a `\G`.
    search_start: bool,
}

/// What automata can tell of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Survey {
    /// How the end of the text must be presented to an automaton that tells whether there is a match; `None` if no
    /// [`Ending`] is exact.
    pub(crate) matching: Option<Ending>,
    /// The same for an automaton that tells where the groups matched; `Caret` never is.
    pub(crate) groups: Option<Ending>,
}

/// Returns what automata can tell of `root`, which is regular.
pub(crate) fn survey(root: &Node) -> Survey {
    let mut facts = Facts::default();
    facts.visit(root, Follow { tail: true, nullable: true, lf_first: false, asserts: false });
    let matching = if facts.atomic_newline {
        None
    } else if facts.late_caret {
        (!facts.inner_dollar && !facts.inner_line_end).then_some(Ending::Caret)
    } else if facts.inner_dollar {
        (!facts.multi_line).then_some(Ending::Dollar)
    } else {
        Some(Ending::Plain)
    };
    let beyond = facts.atomic_newline || facts.late_caret || facts.search_start || root.has_empty_rounds();
    let groups = match (facts.dollar, facts.multi_line) {
        _ if beyond => None,
        (true, true) => None,
        (true, false) => Some(Ending::Dollar),
        (false, _) => Some(Ending::Plain),
    };
    Survey { matching, groups }
}

impl Follow {
    /// What follows a node if `first` is of the node behind it and `self` follows that.
    fn behind(self, first: First) -> Self {
        Self {
            tail: self.tail && first.empty,
            nullable: self.nullable && first.nullable,
            lf_first: first.lf || first.nullable && self.lf_first,
            asserts: first.asserts || first.nullable && self.asserts,
        }
    }
}

impl Facts {
    /// Visits a node and everything in it.
    fn visit(&mut self, node: &Node, follow: Follow) {
        match &node.kind {
            Kind::Assert(assertion) => self.assertion(*assertion, follow),
            Kind::Newline => {
                self.atomic_newline |= follow.lf_first || follow.nullable && follow.asserts;
            }
            Kind::Group { inner, .. } => self.visit(inner, follow),
            Kind::Alternate(branches) => {
                for branch in branches {
                    self.visit(branch, follow);
                }
            }
            Kind::Concat(items) => {
                let mut behind = follow;
                for item in items.iter().rev() {
                    self.visit(item, behind);
                    behind = behind.behind(first(item));
                }
            }
            Kind::Repeat { max: Some(0), .. } => {}
            Kind::Repeat { inner, max: Some(1), .. } => self.visit(inner, follow),
            Kind::Repeat { inner, min, max, .. } => {
                let again = first(inner);
                // Any number of line breaks is the same text however CR LF is cut.
                let cut_anywhere = inner.kind == Kind::Newline && *min <= 1 && max.is_none();
                let follow = Follow {
                    tail: false,
                    nullable: follow.nullable,
                    lf_first: follow.lf_first || again.lf && !cut_anywhere,
                    asserts: follow.asserts || again.asserts,
                };
                self.visit(inner, follow);
            }
            // Takes something that is not a line feed for good, or is not regular.
            _ => {}
        }
    }

    /// Notes a condition.
    fn assertion(&mut self, assertion: Assertion, follow: Follow) {
        match assertion {
            Assertion::Dollar => {
                self.dollar = true;
                self.inner_dollar |= !follow.tail;
            }
            Assertion::LineEnd => {
                self.multi_line = true;
                self.inner_line_end |= !follow.tail;
            }
            Assertion::LineStart => {
                self.multi_line = true;
                self.late_caret |= follow.nullable;
            }
            Assertion::SearchStart => self.search_start = true,
            _ => {}
        }
    }
}

/// What a node begins with.
fn first(node: &Node) -> First {
    let takes = |lf| First { empty: false, nullable: false, lf, asserts: false };
    match &node.kind {
        Kind::Empty => First { empty: true, nullable: true, lf: false, asserts: false },
        Kind::Char { value, .. } => takes(*value == '\n'),
        Kind::Set(set) => takes(set.negated != set.items.iter().any(has_line_feed)),
        Kind::Dot { matches_lf } => takes(*matches_lf),
        Kind::Assert(_) => First { empty: false, nullable: true, lf: false, asserts: true },
        Kind::Newline => takes(true),
        Kind::Group { inner, .. } => first(inner),
        Kind::Concat(items) => {
            let mut follow = Follow { tail: true, nullable: true, lf_first: false, asserts: false };
            for item in items.iter().rev() {
                follow = follow.behind(first(item));
            }
            First { empty: follow.tail, nullable: follow.nullable, lf: follow.lf_first, asserts: follow.asserts }
        }
        Kind::Alternate(branches) => branches.iter().map(first).fold(
            First { empty: true, nullable: false, lf: false, asserts: false },
            |all, one| First {
                empty: all.empty && one.empty,
                nullable: all.nullable || one.nullable,
                lf: all.lf || one.lf,
                asserts: all.asserts || one.asserts,
            },
        ),
        Kind::Repeat { max: Some(0), .. } => First { empty: true, nullable: true, lf: false, asserts: false },
        Kind::Look(_) | Kind::Atomic(_) | Kind::Backreference { .. } | Kind::KeepOut | Kind::Conditional { .. } => {
            First { empty: false, nullable: true, lf: true, asserts: true }
        }
        Kind::Repeat { inner, min, .. } => {
            let inner = first(inner);
            First { nullable: inner.nullable || *min == 0, ..inner }
        }
    }
}

/// Returns whether a line feed is a member.
fn has_line_feed(item: &SetItem) -> bool {
    match item {
        SetItem::Range(from, to) => (*from..=*to).contains(&'\n'),
        SetItem::Named { name, negated } => *negated != named_has_line_feed(*name),
    }
}

/// Returns whether a line feed is in a named set.
fn named_has_line_feed(name: Named) -> bool {
    name.ranges().iter().any(|&(from, to)| (from..=to).contains(&'\n'))
}
