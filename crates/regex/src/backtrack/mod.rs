//! The one door to backtracking: what no automaton can tell (§5.6.1, §5.6.4).
//!
//! `translate` writes our tree as a pattern of `fancy_regex`, whose optimiser is off. The engine keeps its own stack, so
//! no pattern or text makes ours deep. Every step back is counted over the whole search of a text; a text that takes more
//! than [`STEPS`] is undecided (§5.6.8).

mod translate;

use crate::captures::Captures;
use crate::dialect::ast::{Kind, Node};
use crate::error::{Error, Problem, Undecided};
use crate::limits::{Budget, NFA_BYTES, Reservation};
use std::sync::Arc;
use translate::translate;

/// Steps back that a search may take: twenty times the `match_limit` of Splunk's `rex`, since a step here is less than one of
/// PCRE2, and every place where a match is tried takes one. Measured on hostile patterns, built for tests: 0.1 to 0.3 s; 3 s
/// where each step back runs through a hundred optional parts again.
pub(crate) const STEPS: usize = 2_000_000;
/// Most instructions of a pattern.
const INSTRUCTIONS: usize = 200_000;
/// Bytes that are charged for each byte of a translated pattern.
const BYTES_PER_BYTE: usize = 64;

/// A pattern that is matched by backtracking.
#[derive(Debug)]
pub(crate) struct Backtracker {
    /// The engine.
    regex: fancy_regex::Regex,
    /// Whether texts are compared without regard to case.
    caseless: bool,
    /// Its bytes, estimated.
    reservation: Reservation,
}

impl Backtracker {
    /// Returns the engine for a tree whose groups have the given names.
    pub(crate) fn new(root: &Node, names: &[Option<String>], budget: &Arc<Budget>) -> Result<Self, Error> {
        let pattern = translate(root, names)?;
        let built = fancy_regex::RegexBuilder::new(&pattern)
            .optimize(false)
            .seek(false)
            .backtrack_limit(STEPS)
            .max_prog_size(INSTRUCTIONS)
            .delegate_size_limit(NFA_BYTES)
            .build();
        let regex = built.map_err(|problem| {
            let deep = matches!(problem, fancy_regex::Error::ParseError(_, fancy_regex::ParseError::RecursionExceeded));
            Error::new(if deep { Problem::TooDeepToBacktrack } else { Problem::TooLarge }, 0, "")
        })?;
        let caseless = root.any(&|node| matches!(node.kind, Kind::Backreference { caseless: true, .. }));
        let reservation = budget.charge(pattern.len().saturating_mul(BYTES_PER_BYTE));
        Ok(Self { regex, caseless, reservation })
    }

    /// Returns whether the pattern matches in `haystack`.
    pub(crate) fn is_match(&self, haystack: &str) -> Result<bool, Undecided> {
        self.check(haystack)?;
        self.regex.is_match(haystack).map_err(|_| Undecided)
    }

    /// Returns whether there is a match that begins at `start` or later; writes where its groups matched.
    pub(crate) fn captures(&self, haystack: &str, start: usize, captures: &mut Captures) -> Result<bool, Undecided> {
        self.check(haystack)?;
        let Some(found) = self.regex.captures_from_pos(haystack, start).map_err(|_| Undecided)? else {
            return Ok(false);
        };
        for group in 0..captures.len() {
            captures.set(group, found.get(group).map(|place| place.range()).as_ref());
        }
        Ok(true)
    }

    /// Gives up where the engine's notion of case is not ours (§2.6): it takes the Kelvin sign for a `k` and the long s for
    /// an `s`, and equivalents of different lengths for different.
    fn check(&self, haystack: &str) -> Result<(), Undecided> {
        let foreign = |character: char| {
            let same_length = retrohunt_fold::fold_char(character).len_utf8() == character.len_utf8();
            matches!(character, '\u{212A}' | '\u{17F}') || !same_length
        };
        if self.caseless && !haystack.is_ascii() && haystack.chars().any(foreign) { Err(Undecided) } else { Ok(()) }
    }

    /// Returns the bytes, estimated.
    pub(crate) fn memory_usage(&self) -> usize {
        self.reservation.bytes()
    }
}
