//! Where groups matched, and one match after the other.

use crate::error::Undecided;
use crate::regex::Regex;
use regex_automata::util::primitives::NonMaxUsize;
use std::ops::Range;

/// Where the groups of one match stand in a text; kept by the caller and written to by searches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures {
    /// Start of group `i` at `2 i`, its end behind it.
    slots: Vec<Option<NonMaxUsize>>,
}

impl Captures {
    /// Returns captures of no groups; the first search makes room for those of its pattern.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns where group `index` matched last, in bytes; group 0 is the whole match. `None` if it took no part, if there
    /// is no such group, or if the last search found nothing.
    #[must_use]
    pub fn group(&self, index: usize) -> Option<Range<usize>> {
        let slot = |at: usize| self.slots.get(at).copied().flatten().map(NonMaxUsize::get);
        Some(slot(index.checked_mul(2)?)?..slot(index * 2 + 1)?)
    }

    /// Returns the number of groups of the pattern that was searched last, the whole match included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len() / 2
    }

    /// Returns whether nothing was searched yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Forgets everything and makes room for `groups` groups.
    pub(crate) fn reset(&mut self, groups: usize) {
        self.slots.clear();
        self.slots.resize(groups * 2, None);
    }

    /// Sets where a group matched.
    pub(crate) fn set(&mut self, index: usize, place: Option<&Range<usize>>) {
        if let Some([start, end]) = self.slots.get_mut(index * 2..).and_then(<[_]>::first_chunk_mut::<2>) {
            *start = place.and_then(|place| NonMaxUsize::new(place.start));
            *end = place.and_then(|place| NonMaxUsize::new(place.end));
        }
    }

    /// Where searches write to.
    pub(crate) fn slots(&mut self) -> &mut [Option<NonMaxUsize>] {
        &mut self.slots
    }
}

/// The matches of a pattern in a text, from left to right, none overlapping another; made by [`Regex::matches`].
///
/// The next search begins at the end of a match, or one character further if the match was empty (§6.3). So an empty match
/// may stand at the end of another: `a*` matches twice in `a`.
#[derive(Debug)]
pub struct Matches<'r, 'h> {
    /// The pattern.
    regex: &'r Regex,
    /// The text.
    haystack: &'h str,
    /// Where the next search begins; `None` once there is none.
    next: Option<usize>,
}

impl<'r, 'h> Matches<'r, 'h> {
    /// The matches of `regex` in `haystack`.
    pub(crate) fn new(regex: &'r Regex, haystack: &'h str) -> Self {
        Self { regex, haystack, next: Some(0) }
    }

    /// Returns whether there is another match; writes where its groups stand to `captures`.
    ///
    /// # Errors
    ///
    /// If the search took too many steps; no more matches are looked for.
    pub fn advance(&mut self, captures: &mut Captures) -> Result<bool, Undecided> {
        let Some(start) = self.next.take() else { return Ok(false) };
        if !self.regex.captures_at(self.haystack, start, captures)? {
            return Ok(false);
        }
        if let Some(found) = captures.group(0) {
            self.next = if found.is_empty() {
                self.haystack[found.end..].chars().next().map(|character| found.end + character.len_utf8())
            } else {
                Some(found.end)
            };
        }
        Ok(true)
    }
}
