//! A compiled pattern.

use crate::choose::{Choice, choose, nfa};
use crate::dialect::survey::{Ending, survey};
use crate::dialect::{Parsed, parse};
use crate::error::{Error, Note, Problem};
use crate::limits::{Budget, SURELY_SMALL, estimated_nfa_bytes};
use crate::literals::{LiteralTree, required};
use crate::lower::{Purpose, lower};
use crate::matcher::Slot;
use crate::trim::trim;
use regex_automata::util::pool::Pool;
use regex_syntax::hir::Hir;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A pattern that was found valid; its automaton is built when it is first matched.
///
/// May be shared by threads; each that searches has a cache of its own.
pub struct Regex {
    /// The text it was made from.
    pattern: String,
    /// Name of capturing group `i`.
    names: Vec<Option<String>>,
    /// What is matched: without captures, trimmed.
    hir: Hir,
    /// How the end of a text is presented.
    ending: Ending,
    /// What every match holds.
    required: LiteralTree,
    /// Where automata and caches take their bytes from.
    budget: Arc<Budget>,
    /// The machine, once used.
    choice: OnceLock<Choice>,
    /// What searches write to.
    slots: Pool<Slot, fn() -> Slot>,
}

impl Regex {
    /// Returns the compiled pattern and what is odd about it. Memory is taken from [`Budget::shared`].
    ///
    /// `pattern` is what PCRE would receive, SPL's own unescaping done (§1.4). No flags are set; `(?i)` and others are
    /// part of the pattern (§5.6.2). No automaton is built yet.
    ///
    /// # Errors
    ///
    /// If the text is no pattern, or one that the engine cannot run ([`Error::is_unsupported`]).
    pub fn new(pattern: &str) -> Result<(Self, Vec<Note>), Error> {
        Self::with_budget(pattern, Budget::shared())
    }

    /// Returns the same as [`Regex::new`], with memory taken from `budget`.
    ///
    /// # Errors
    ///
    /// As [`Regex::new`].
    pub fn with_budget(pattern: &str, budget: &Arc<Budget>) -> Result<(Self, Vec<Note>), Error> {
        let Parsed { root, names, notes } = parse(pattern)?;
        let ending = survey(&root)?;
        let hir = trim(lower(&root, Purpose::Match(ending)));
        if estimated_nfa_bytes(&hir) > SURELY_SMALL && nfa(&hir, ending).is_err() {
            return Err(Error::new(Problem::TooLarge, 0, ""));
        }
        let required = required(&lower(&root, Purpose::Literals));
        let regex = Self {
            pattern: pattern.to_owned(),
            names,
            hir,
            ending,
            required,
            budget: Arc::clone(budget),
            choice: OnceLock::new(),
            slots: Pool::new(Slot::default),
        };
        Ok((regex, notes))
    }

    /// Returns whether the pattern matches anywhere in `haystack`, which must be UTF-8 text.
    ///
    /// The first call builds the automaton. Takes time linear in the haystack.
    #[must_use]
    pub fn is_match(&self, haystack: &[u8]) -> bool {
        let machine = &self.choice().machine;
        if self.ending != Ending::Plain && haystack.ends_with(b"\n") {
            machine.is_match_replaced(&mut self.slots.get(), haystack)
        } else if machine.needs_slot() {
            machine.is_match_in(&mut self.slots.get(), haystack)
        } else {
            machine.is_match(haystack)
        }
    }

    /// The machine, built on the first call.
    fn choice(&self) -> &Choice {
        self.choice.get_or_init(|| choose(&self.hir, self.ending, &self.budget))
    }

    /// Returns the literals that every match holds: a necessary condition on a haystack (§2.7.3).
    #[must_use]
    pub fn required(&self) -> &LiteralTree {
        &self.required
    }

    /// Returns the text that the pattern was compiled from.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Returns the names of the capturing groups: element `i` is that of group `i`, `None` if it has none; element 0 is
    /// the whole match. A name may occur twice (§5.6.7).
    #[must_use]
    pub fn capture_names(&self) -> &[Option<String>] {
        &self.names
    }

    /// Returns the name of the algorithm that matches: `always`, `literal`, `dense DFA`, `lazy DFA` or `NFA simulation`.
    /// Builds the automaton if that is not done yet.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.choice().algorithm
    }

    /// Returns the algorithm, why it was chosen, and how the end of a text is treated, in one line for `explain`. Builds
    /// the automaton if that is not done yet.
    #[must_use]
    pub fn describe(&self) -> String {
        let choice = self.choice();
        let ending = match self.ending {
            Ending::Plain => "",
            Ending::Dollar => "; `$` is inside, so a text with a final line feed is copied",
            Ending::Caret => "; `^` may stand last, so a text with a final line feed is copied",
        };
        format!("{}: {}{ending}", choice.algorithm, choice.reason)
    }

    /// Returns the bytes that the pattern and its automaton hold, caches of lazy DFAs apart: those are in
    /// [`Budget::used`].
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        let automaton = self.choice.get().map_or(0, |choice| choice.machine.memory_usage());
        self.pattern.len() + self.hir.properties().memory_usage() + automaton
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regex").field(&self.pattern).finish()
    }
}
