//! The exact test of a bare term, a phrase, `TERM(x)` or `CASE(x)` (§2.2-2.5).
//!
//! A term matches a text where its literal pieces stand one after the other and the outer ends are bounded by breakers. Its first
//! piece is looked for with a fast search, so a text without it costs one pass of `memchr`.

use std::borrow::Cow;

use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use retrohunt_spl::plan::{Term, TermKind};

use super::breaker;
use super::markup::Markup;
use crate::faults::fault;
use crate::kernels::glob::GlobMatch;
use crate::kernels::needle::{Case, Needle};
use crate::kernels::value::{Column, ValueRef};

/// What an outer end of a match must stand at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    /// Anywhere: a `*` stands at this end, or the term has a breaker of its own there.
    Free,
    /// The end of the text or any breaker (§2.3.1).
    Any,
    /// The end of the text or a major breaker (§2.4.2).
    Major,
}

/// A literal that must occur in a text for the term to match it (§2.7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredPiece {
    /// The literal; folded (§2.6) unless `case_sensitive`.
    pub text: String,
    /// Case counts.
    pub case_sensitive: bool,
    /// The literal is the term's first and must begin at the start of the text or after a breaker.
    pub left: bool,
    /// The literal is the term's last and must end at the end of the text or before a breaker.
    pub right: bool,
}

/// A term made ready to test texts.
#[derive(Clone, Debug)]
pub struct TermTest {
    /// The literal pieces, none of them empty; none at all in a term that matches everything.
    needles: Vec<Needle>,
    /// Condition at the left end.
    left: Bound,
    /// Condition at the right end.
    right: Bound,
    /// How texts are compared.
    case: Case,
    /// What the term says as markup, and how the value is compared.
    markup: Option<(Markup, GlobMatch)>,
}

impl TermTest {
    /// Makes a term ready.
    #[must_use]
    pub fn new(term: &Term) -> Self {
        let pieces: Vec<&String> = term.glob.pieces.iter().filter(|piece| !piece.is_empty()).collect();
        let sensitive = term.kind == TermKind::Case;
        let case = Case::of(sensitive, pieces.iter().copied());
        let needles: Vec<Needle> = pieces.iter().map(|piece| Needle::new(piece, case)).collect();
        let strict = term.kind == TermKind::Term && !needles.iter().any(|needle| breaker::holds_major(needle.bytes()));
        let (left, right) = if strict { strict_bounds(&needles) } else { plain_bounds(&needles) };
        let markup = Markup::parse(&term.glob).filter(|_| !strict).map(|markup| {
            let value = GlobMatch::new(&markup.value, sensitive);
            (markup, value)
        });
        Self {
            needles,
            left: if term.glob.leading() { Bound::Free } else { left },
            right: if term.glob.trailing() { Bound::Free } else { right },
            case,
            markup,
        }
    }

    /// Returns the term with the conditions at its ends dropped: `bare_terms = substring` (§2.3.6).
    #[must_use]
    pub fn substring(mut self) -> Self {
        (self.left, self.right) = (Bound::Free, Bound::Free);
        self
    }

    /// Returns whether the term is `*` or `""`, which match every row, even one without any text (§2.3.4).
    #[must_use]
    pub fn matches_everything(&self) -> bool {
        self.needles.is_empty()
    }

    /// Returns whether the term matches this reference text (§2.3-2.5).
    #[must_use]
    pub fn matches_text(&self, text: &str) -> bool {
        let text = self.prepared(text);
        self.occurs(text.as_bytes(), None)
    }

    /// Returns whether the term matches the text `name=value` in a place that overlaps that `=` (§2.2.3).
    #[must_use]
    pub fn matches_pair(&self, name: &str, value: &str) -> bool {
        if fault("stages-pair-name-matches") {
            return self.matches_text(&format!("{name}={value}"));
        }
        if self.matches_everything() {
            return true;
        }
        if !self.can_overlap_pair() {
            return false;
        }
        let (name, value) = (self.prepared(name), self.prepared(value));
        if let [needle] = self.needles.as_slice() {
            return self.splits(needle, name.as_bytes(), value.as_bytes());
        }
        let pair = format!("{name}={value}");
        self.occurs(pair.as_bytes(), Some(name.len()))
    }

    /// Returns whether a pair text could match at all: the term holds a `=`, or an inner `*` that may stretch over one.
    ///
    /// A leading or trailing `*` never stretches over the `=` (§2.2.3).
    #[must_use]
    pub fn can_overlap_pair(&self) -> bool {
        self.needles.len() > 1 || self.needles.iter().any(|needle| needle.bytes().contains(&b'='))
    }

    /// Returns the field and value that the term names as markup (§2.2.4).
    #[must_use]
    pub fn markup(&self) -> Option<&Markup> {
        self.markup.as_ref().map(|(markup, _)| markup)
    }

    /// Returns whether the term is markup that names this column and exactly this value (§2.2.4).
    #[must_use]
    pub fn matches_markup(&self, name: &str, value: &str) -> bool {
        self.markup
            .as_ref()
            .is_some_and(|(markup, wanted)| retrohunt_fold::eq(&markup.name, name) && wanted.matches(value))
    }

    /// Returns the literals that a text must hold for [`Self::matches_text`], in their order in the text.
    ///
    /// They say nothing of pair texts and markup, which split the term; ask [`Self::can_overlap_pair`] and [`Self::markup`].
    #[must_use]
    pub fn required_pieces(&self) -> Vec<RequiredPiece> {
        let last = self.needles.len().saturating_sub(1);
        let piece = |(at, needle): (usize, &Needle)| RequiredPiece {
            text: String::from_utf8_lossy(needle.bytes()).into_owned(),
            case_sensitive: self.case == Case::Exact,
            left: at == 0 && self.left != Bound::Free,
            right: at == last && self.right != Bound::Free,
        };
        self.needles.iter().enumerate().map(piece).collect()
    }

    /// Returns, per row, whether any value text of the column matches. ∅ is false.
    #[must_use]
    pub fn select_texts(&self, array: &dyn Array) -> BooleanBuffer {
        let column = Column::new(array);
        let possible = match column {
            Column::Missing => false,
            Column::Int(_) | Column::UInt(_) | Column::Float(_) | Column::Time(_) => self.fits_number(),
            Column::Text(_) | Column::List(..) | Column::Bool(_) | Column::Mixed(..) => true,
        };
        if !possible {
            return BooleanBuffer::new_unset(array.len());
        }
        let mut scratch = String::new();
        BooleanBuffer::collect_bool(array.len(), |row| {
            column.any(row, |value| self.matches_text(value.text_in(&mut scratch)))
        })
    }

    /// Returns, per row, whether any value of the column matches as a pair text or as markup under this name. ∅ is false.
    #[must_use]
    pub fn select_pairs(&self, name: &str, array: &dyn Array) -> BooleanBuffer {
        let named = self.markup().is_some_and(|markup| retrohunt_fold::eq(&markup.name, name));
        if !named && !self.can_overlap_pair() && !fault("stages-pair-name-matches") {
            return BooleanBuffer::new_unset(array.len());
        }
        let column = Column::new(array);
        let mut scratch = String::new();
        BooleanBuffer::collect_bool(array.len(), |row| {
            column.any(row, |value: ValueRef<'_>| {
                let text = value.text_in(&mut scratch);
                self.matches_pair(name, text) || self.matches_markup(name, text)
            })
        })
    }

    /// Could the term occur in the text of a number (§4.4)?
    fn fits_number(&self) -> bool {
        let digit = |&byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'.' | b'e');
        self.needles.iter().all(|needle| needle.bytes().iter().all(digit))
    }

    /// The text in the form that the needles are compared with.
    fn prepared<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.case == Case::Folded { retrohunt_fold::fold(text) } else { Cow::Borrowed(text) }
    }

    /// Does the term occur in the text, covering offset `cover` if one is given?
    fn occurs(&self, text: &[u8], cover: Option<usize>) -> bool {
        let Some(first) = self.needles.first() else { return true };
        let mut from = 0;
        // Where an attempt failed on one line, a later start whose piece ends on the same line fails too: what it can reach is
        // a part of what the first could.
        let mut fruitless_to = 0;
        while let Some(start) = first.find(text, from) {
            from = start + 1;
            let end = start + first.len();
            if cover.is_some_and(|at| start > at) {
                return false;
            }
            if end < fruitless_to || !self.left_holds(text, start) {
                continue;
            }
            if self.needles.len() == 1 {
                if self.right_holds(text, end) && cover.is_none_or(|at| at < end) {
                    return true;
                }
            } else {
                let line_end = line_end(text, end);
                if self.rest_occurs(text, end, line_end, cover) {
                    return true;
                }
                fruitless_to = line_end + 1;
            }
        }
        false
    }

    /// Do the pieces after the first stand behind offset `from`, with no line break between two pieces (§2.3.2)?
    ///
    /// `line_end` is the first line break at or after `from`. The leftmost place of each inner piece is the best one.
    fn rest_occurs(&self, text: &[u8], from: usize, line_end_of_first: usize, cover: Option<usize>) -> bool {
        let Some(([_, middle @ ..], last)) = self.needles.split_last().map(|(last, head)| (head, last)) else {
            return false;
        };
        let (mut at, mut line_end_here) = (from, line_end_of_first);
        for needle in middle {
            let Some(found) = find_on_line(needle, text, at, line_end_here) else { return false };
            at = found + needle.len();
            if at > line_end_here {
                line_end_here = line_end(text, at);
            }
        }
        let mut next = at;
        while let Some(found) = find_on_line(last, text, next, line_end_here) {
            let end = found + last.len();
            if self.right_holds(text, end) && cover.is_none_or(|at| at < end) {
                return true;
            }
            next = found + 1;
        }
        false
    }

    /// Is the left end bounded as it must be, if the match starts at `at`?
    fn left_holds(&self, text: &[u8], at: usize) -> bool {
        match self.left {
            _ if at == 0 || fault("stages-term-substring") => true,
            Bound::Free => true,
            Bound::Any => breaker::any_ends(text, at),
            Bound::Major => breaker::major_ends(text, at),
        }
    }

    /// Is the right end bounded as it must be, if the match ends at `at`?
    fn right_holds(&self, text: &[u8], at: usize) -> bool {
        match self.right {
            _ if at == text.len() || fault("stages-term-substring") => true,
            Bound::Free => true,
            Bound::Any => breaker::any_starts(text, at),
            Bound::Major => breaker::major_starts(text, at),
        }
    }

    /// Does the term, which is one piece, match the pair text with one of its own `=` on the pair's?
    ///
    /// Its left part must end the name and its right part begin the value; no text is put together.
    fn splits(&self, needle: &Needle, name: &[u8], value: &[u8]) -> bool {
        let fold = self.case == Case::Ascii;
        let same = |have: &[u8], want: &[u8]| if fold { have.eq_ignore_ascii_case(want) } else { have == want };
        memchr::memchr_iter(b'=', needle.bytes()).any(|at| {
            let (left, right) = (&needle.bytes()[..at], &needle.bytes()[at + 1..]);
            let Some(start) = name.len().checked_sub(left.len()) else { return false };
            let Some(head) = value.get(..right.len()) else { return false };
            same(&name[start..], left)
                && same(head, right)
                && self.left_holds(name, start)
                && self.right_holds(value, right.len())
        })
    }
}

/// The bounds of a word or phrase: a term that begins or ends with a breaker needs none at that end (§2.3.1).
fn plain_bounds(needles: &[Needle]) -> (Bound, Bound) {
    let starts = needles.first().is_some_and(|needle| breaker::any_starts(needle.bytes(), 0));
    let ends = needles.last().is_some_and(|needle| breaker::any_ends(needle.bytes(), needle.len()));
    let bound = |own: bool| if own { Bound::Free } else { Bound::Any };
    (bound(starts), bound(ends))
}

/// The bounds of `TERM(x)`: any breaker for a plain piece, major breakers if x has a minor one inside (§2.4.2).
fn strict_bounds(needles: &[Needle]) -> (Bound, Bound) {
    let minor = needles.iter().any(|needle| breaker::holds_minor(needle.bytes()));
    let bound = if minor { Bound::Major } else { Bound::Any };
    (bound, bound)
}

/// The offset of the first line break at or after `from`, or the length of the text.
fn line_end(text: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &text[from..]).map_or(text.len(), |at| from + at)
}

/// The first place at or after `from` where the needle occurs, with no line break before it.
fn find_on_line(needle: &Needle, text: &[u8], from: usize, line_end: usize) -> Option<usize> {
    let end = text.len().min(line_end + needle.len());
    needle.find(&text[..end], from)
}

#[cfg(test)]
mod tests;
