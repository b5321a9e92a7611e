//! The machines that tell whether a text matches.
//!
//! A machine is shared by all threads; what a search writes to lives in a [`Slot`], one per thread that searches.

use crate::groups::GroupCache;
use crate::limits::{Budget, Reservation};
use crate::lower::FINAL_LINE_FEED;
use memchr::memmem;
use regex_automata::dfa::{Automaton as _, dense};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::{Input, MatchError, hybrid};
use regex_syntax::hir::{Hir, Look};
use std::sync::Arc;

/// Bytes of a copied text that a slot keeps for the next one.
const KEPT_COPY: usize = 64 << 10;

/// What matches a pattern.
#[derive(Debug)]
pub(crate) enum Machine {
    /// Every text.
    Always,
    /// Texts that hold one of the literals.
    Literals(Vec<Finder>),
    /// A DFA built in full.
    Dense(Box<Dense>),
    /// A DFA built as it is used.
    Lazy(Box<Lazy>),
}

/// The search for one literal.
#[derive(Debug)]
pub(crate) enum Finder {
    /// Byte by byte.
    Exact(Box<memmem::Finder<'static>>),
    /// Without regard to case; lower-case ASCII.
    Folded(Box<[u8]>),
}

/// A DFA built in full.
#[derive(Debug)]
pub(crate) struct Dense {
    /// The automaton.
    pub(crate) dfa: dense::DFA<Vec<u32>>,
    /// Whether a search may stop at the first match it is sure of ([`may_stop_early`]).
    pub(crate) earliest: bool,
    /// Its bytes.
    pub(crate) reservation: Reservation,
}

/// A DFA built as it is used, and the simulation that takes over where that does not pay.
#[derive(Debug)]
pub(crate) struct Lazy {
    /// The automaton, if it could be built.
    pub(crate) dfa: Option<hybrid::dfa::DFA>,
    /// The simulation.
    pub(crate) simulation: PikeVM,
    /// Whether a search may stop at the first match it is sure of ([`may_stop_early`]).
    pub(crate) earliest: bool,
    /// The bytes of the NFA.
    pub(crate) reservation: Reservation,
    /// Where caches take their bytes from.
    pub(crate) budget: Arc<Budget>,
}

/// What one search at a time may write to.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    /// States that the lazy DFA has made, and their bytes.
    cache: Option<(hybrid::dfa::Cache, Reservation)>,
    /// Threads of the simulation.
    simulation: Option<pikevm::Cache>,
    /// What the search for groups has made.
    pub(crate) groups: Option<GroupCache>,
    /// A text whose final line feed is replaced.
    copy: Vec<u8>,
}

impl Slot {
    /// Returns what `search` finds in `haystack` once its final byte, a line feed, is replaced.
    pub(crate) fn with_replaced(&mut self, haystack: &[u8], search: impl FnOnce(&mut Self, &[u8]) -> bool) -> bool {
        let mut copy = std::mem::take(&mut self.copy);
        copy.clear();
        copy.extend_from_slice(haystack);
        if let Some(last) = copy.last_mut() {
            *last = FINAL_LINE_FEED;
        }
        let found = search(self, &copy);
        if copy.capacity() <= KEPT_COPY {
            self.copy = copy;
        }
        found
    }
}

impl Finder {
    /// The search for a literal byte by byte.
    pub(crate) fn exact(literal: &[u8]) -> Self {
        Self::Exact(Box::new(memmem::Finder::new(literal).into_owned()))
    }

    /// Returns whether the literal occurs.
    fn is_in(&self, haystack: &[u8]) -> bool {
        match self {
            Self::Exact(finder) => finder.find(haystack).is_some(),
            Self::Folded(literal) => retrohunt_fold::find_ascii(haystack, literal).is_some(),
        }
    }
}

/// Returns whether a search for `hir` may stop at the end of any match, instead of the leftmost one.
///
/// It may not if `\B` alone can be a match: automata go byte by byte, and `\B` holds inside a code point, where PCRE has no
/// place. Such an empty match must be passed over, and passing over it loses a longer one that began before.
pub(crate) fn may_stop_early(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.minimum_len() != Some(0) || !properties.look_set().contains(Look::WordAsciiNegate)
}

/// Returns what a DFA found. A DFA without quit bytes has no errors on its way through a text; were there one, the row
/// would be kept, since a lost row is worse (§0.3).
fn found<T>(result: Result<Option<T>, MatchError>) -> bool {
    debug_assert!(result.is_ok(), "a DFA without quit bytes gave up");
    result.map_or(true, |found| found.is_some())
}

impl Machine {
    /// Returns whether the machine needs a slot.
    pub(crate) fn needs_slot(&self) -> bool {
        matches!(self, Self::Lazy(_))
    }

    /// Returns whether `haystack` matches, for machines that need no slot; lazy ones are given a slot of their own.
    pub(crate) fn is_match(&self, haystack: &[u8]) -> bool {
        match self {
            Self::Always => true,
            Self::Literals(finders) => finders.iter().any(|finder| finder.is_in(haystack)),
            Self::Dense(dense) => found(dense.dfa.try_search_fwd(&Input::new(haystack).earliest(dense.earliest))),
            Self::Lazy(lazy) => lazy.is_match(&mut Slot::default(), haystack),
        }
    }

    /// Returns whether `haystack` matches.
    pub(crate) fn is_match_in(&self, slot: &mut Slot, haystack: &[u8]) -> bool {
        match self {
            Self::Lazy(lazy) => lazy.is_match(slot, haystack),
            other => other.is_match(haystack),
        }
    }

    /// Returns whether `haystack` matches once its final byte, a line feed, is replaced.
    pub(crate) fn is_match_replaced(&self, slot: &mut Slot, haystack: &[u8]) -> bool {
        slot.with_replaced(haystack, |slot, copy| self.is_match_in(slot, copy))
    }

    /// Returns the bytes of the automata, caches apart.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Self::Always => 0,
            Self::Literals(finders) => finders.len() * size_of::<Finder>(),
            Self::Dense(dense) => dense.reservation.bytes(),
            Self::Lazy(lazy) => lazy.reservation.bytes(),
        }
    }
}

impl Lazy {
    /// Returns whether `haystack` matches.
    fn is_match(&self, slot: &mut Slot, haystack: &[u8]) -> bool {
        if let Some(dfa) = &self.dfa
            && let Some(found) = self.search_lazily(dfa, slot, haystack)
        {
            return found;
        }
        let cache = slot.simulation.get_or_insert_with(|| self.simulation.create_cache());
        self.simulation.search_slots(cache, &Input::new(haystack).earliest(self.earliest), &mut []).is_some()
    }

    /// Returns what the lazy DFA finds, or `None` if it gave up or there is no room for its cache.
    fn search_lazily(&self, dfa: &hybrid::dfa::DFA, slot: &mut Slot, haystack: &[u8]) -> Option<bool> {
        if slot.cache.is_none() {
            let cache = dfa.create_cache();
            let reservation = self.budget.reserve(cache.memory_usage())?;
            slot.cache = Some((cache, reservation));
        }
        let (cache, reservation) = slot.cache.as_mut()?;
        let result = dfa.try_search_fwd(cache, &Input::new(haystack).earliest(self.earliest));
        if !reservation.grow_to(cache.memory_usage()) {
            slot.cache = None;
        }
        result.ok().map(|found| found.is_some())
    }
}
