//! Where the groups of a regular pattern match, by automata.

use crate::captures::Captures;
use crate::dialect::ast::Node;
use crate::dialect::survey::Ending;
use crate::limits::{Budget, DENSE_BYTES, LAZY_BYTES, NFA_BYTES, Reservation};
use crate::lower::{FINAL_LINE_FEED, Purpose, lower};
use crate::matcher::Slot;
use regex_automata::Input;
use regex_automata::meta;
use std::sync::Arc;

/// The engine for groups: `regex_automata`'s choice among one-pass, backtracking in linear time, and simulation, behind a
/// lazy DFA that finds the place.
#[derive(Debug)]
pub(crate) struct GroupAutomaton {
    /// The engine.
    regex: meta::Regex,
    /// How the end of a text is presented.
    ending: Ending,
    /// Its bytes.
    reservation: Reservation,
    /// Where caches take their bytes from.
    budget: Arc<Budget>,
}

/// What one search at a time writes to.
#[derive(Debug)]
pub(crate) struct GroupCache {
    /// States made.
    cache: meta::Cache,
    /// Their bytes.
    reservation: Reservation,
}

impl GroupAutomaton {
    /// Returns the engine for a regular tree, or `None` if it would be too large. `ending` must be exact for its groups.
    pub(crate) fn new(root: &Node, ending: Ending, budget: &Arc<Budget>) -> Option<Self> {
        let hir = lower(root, Purpose::Groups(ending));
        let mut config = meta::Config::new()
            .dfa(false)
            .hybrid(budget.left() > 0)
            .hybrid_cache_capacity(LAZY_BYTES)
            .onepass_size_limit(Some(DENSE_BYTES))
            .nfa_size_limit(Some(NFA_BYTES));
        if ending == Ending::Dollar {
            config = config.line_terminator(FINAL_LINE_FEED);
        }
        let regex = meta::Builder::new().configure(config).build_from_hir(&hir).ok()?;
        let reservation = budget.charge(regex.memory_usage());
        Some(Self { regex, ending, reservation, budget: Arc::clone(budget) })
    }

    /// Returns whether there is a match that begins at `start` or later; writes where its groups matched.
    pub(crate) fn captures(&self, slot: &mut Slot, haystack: &str, start: usize, captures: &mut Captures) -> bool {
        if self.ending != Ending::Plain && haystack.ends_with('\n') {
            return slot.with_replaced(haystack.as_bytes(), |slot, copy| self.search(slot, copy, start, captures));
        }
        self.search(slot, haystack.as_bytes(), start, captures)
    }

    /// Searches a text whose end is presented as it must be.
    fn search(&self, slot: &mut Slot, haystack: &[u8], start: usize, captures: &mut Captures) -> bool {
        let groups = slot.groups.get_or_insert_with(|| {
            let cache = self.regex.create_cache();
            let reservation = self.budget.charge(cache.memory_usage());
            GroupCache { cache, reservation }
        });
        let input = Input::new(haystack).range(start..);
        let found = self.regex.search_slots_with(&mut groups.cache, &input, captures.slots()).is_some();
        if !groups.reservation.grow_to(groups.cache.memory_usage()) {
            slot.groups = None;
        }
        found
    }

    /// Returns the bytes, caches apart.
    pub(crate) fn memory_usage(&self) -> usize {
        self.reservation.bytes()
    }
}
