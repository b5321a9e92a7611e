//! A compiled pattern.

use crate::backtrack::Backtracker;
use crate::captures::{Captures, Matches};
use crate::choose::{Choice, choose, nfa};
use crate::dialect::ast::Node;
use crate::dialect::survey::{Ending, Survey, survey};
use crate::dialect::{Parsed, parse};
use crate::error::{Error, Note, Problem, Undecided};
use crate::groups::GroupAutomaton;
use crate::limits::{Budget, SURELY_SMALL, estimated_nfa_bytes};
use crate::literals::{LiteralTree, required};
use crate::lower::{Purpose, lower};
use crate::matcher::Slot;
use crate::trim::trim;
use regex_automata::util::pool::Pool;
use regex_syntax::hir::Hir;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A pattern that was found valid; its automata are built when they are first needed.
///
/// May be shared by threads; each that searches has a cache of its own.
pub struct Regex {
    /// The text it was made from.
    pattern: String,
    /// Name of capturing group `i`.
    names: Vec<Option<String>>,
    /// What the text means.
    root: Node,
    /// What is matched: without captures, trimmed. A necessary condition if the pattern is not regular.
    hir: Hir,
    /// How the end of a text is presented for it.
    ending: Ending,
    /// How the end of a text is presented to find groups, if an automaton can.
    groups_ending: Option<Ending>,
    /// What every match holds.
    required: LiteralTree,
    /// Where automata and caches take their bytes from.
    budget: Arc<Budget>,
    /// The machine for `hir`, once used.
    choice: OnceLock<Choice>,
    /// What decides, if the pattern is not regular.
    backtracker: Option<Backtracker>,
    /// What finds groups, once used, if the pattern is regular.
    groups: OnceLock<Groups>,
    /// What searches write to.
    slots: Pool<Slot, fn() -> Slot>,
}

/// What finds the groups of a regular pattern.
enum Groups {
    /// Automata.
    Automaton(Box<GroupAutomaton>),
    /// Backtracking, where automata do not give the groups that PCRE does, or would be too large.
    Backtracking(Box<Backtracker>),
    /// Nothing: beyond all limits.
    Nothing,
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
        let Survey { matching, groups: groups_ending } =
            if root.is_regular() { survey(&root) } else { Survey { matching: None, groups: None } };
        let ending = matching.unwrap_or(Ending::Plain);
        let necessary = lower(&root, Purpose::Necessary);
        let hir = match matching {
            Some(ending) => trim(lower(&root, Purpose::Match(ending))),
            None => trim(necessary.clone()),
        };
        if estimated_nfa_bytes(&hir) > SURELY_SMALL && nfa(&hir, ending).is_err() {
            return Err(Error::new(Problem::TooLarge, 0, ""));
        }
        let backtracker = match matching {
            Some(_) => None,
            None => Some(Backtracker::new(&root, &names, budget)?),
        };
        let regex = Self {
            pattern: pattern.to_owned(),
            names,
            root,
            hir,
            ending,
            groups_ending,
            required: required(&necessary),
            budget: Arc::clone(budget),
            choice: OnceLock::new(),
            backtracker,
            groups: OnceLock::new(),
            slots: Pool::new(Slot::default),
        };
        Ok((regex, notes))
    }

    /// Returns whether the pattern matches anywhere in `haystack`, which must be UTF-8 text.
    ///
    /// The first call builds the automaton. Takes time linear in the haystack if the pattern [`Regex::is_regular`]; if not,
    /// an undecided text gives false, so [`Regex::try_match`] should be asked instead.
    #[must_use]
    pub fn is_match(&self, haystack: &[u8]) -> bool {
        self.try_match(haystack).unwrap_or(false)
    }

    /// Returns whether the pattern matches anywhere in `haystack`, which must be UTF-8 text. The first call builds the
    /// automaton.
    ///
    /// # Errors
    ///
    /// If the search took too many steps; never if the pattern [`Regex::is_regular`].
    pub fn try_match(&self, haystack: &[u8]) -> Result<bool, Undecided> {
        if !self.may_match(haystack) {
            return Ok(false);
        }
        match &self.backtracker {
            None => Ok(true),
            Some(backtracker) => backtracker.is_match(&String::from_utf8_lossy(haystack)),
        }
    }

    /// Returns whether the automaton finds a match: exact if the pattern is regular, necessary if not.
    fn may_match(&self, haystack: &[u8]) -> bool {
        let machine = &self.choice().machine;
        if self.ending != Ending::Plain && haystack.ends_with(b"\n") {
            machine.is_match_replaced(&mut self.slots.get(), haystack)
        } else if machine.needs_slot() {
            machine.is_match_in(&mut self.slots.get(), haystack)
        } else {
            machine.is_match(haystack)
        }
    }

    /// Returns whether there is a match that begins at `start` or later, and writes where its groups stand to `captures`:
    /// the leftmost one, and of those that begin there the one that PCRE prefers. What stands before `start` is seen by
    /// `^`, `\b` and look-behind.
    ///
    /// `start` must be at a character boundary or there is no match. The first call builds what finds groups.
    ///
    /// # Errors
    ///
    /// If the search took too many steps. A regular pattern can fail too, where automata would not give the groups that
    /// PCRE gives and a backtracking search is made: an unlimited repeat of something that may be empty, `\G`, and some
    /// mixtures of `$` and multi-line mode.
    pub fn captures_at(&self, haystack: &str, start: usize, captures: &mut Captures) -> Result<bool, Undecided> {
        captures.reset(self.names.len());
        // Without conditions, what matches at `start` or later also matches in the text from there on.
        let candidate = match self.backtracker {
            Some(_) => haystack.get(start..).is_some_and(|rest| self.may_match(rest.as_bytes())),
            None => haystack.is_char_boundary(start) && (start > 0 || self.may_match(haystack.as_bytes())),
        };
        if !candidate {
            return Ok(false);
        }
        if let Some(backtracker) = &self.backtracker {
            return backtracker.captures(haystack, start, captures);
        }
        match self.groups() {
            Groups::Automaton(automaton) => Ok(automaton.captures(&mut self.slots.get(), haystack, start, captures)),
            Groups::Backtracking(backtracker) => backtracker.captures(haystack, start, captures),
            Groups::Nothing => Err(Undecided),
        }
    }

    /// Returns the matches in `haystack`, one after the other.
    #[must_use]
    pub fn matches<'r, 'h>(&'r self, haystack: &'h str) -> Matches<'r, 'h> {
        Matches::new(self, haystack)
    }

    /// The machine, built on the first call.
    fn choice(&self) -> &Choice {
        self.choice.get_or_init(|| choose(&self.hir, self.ending, &self.budget))
    }

    /// What finds groups, built on the first call.
    fn groups(&self) -> &Groups {
        self.groups.get_or_init(|| {
            let automaton = self.groups_ending.and_then(|ending| GroupAutomaton::new(&self.root, ending, &self.budget));
            match automaton {
                Some(automaton) => Groups::Automaton(Box::new(automaton)),
                None => match Backtracker::new(&self.root, &self.names, &self.budget) {
                    Ok(backtracker) => Groups::Backtracking(Box::new(backtracker)),
                    Err(_) => Groups::Nothing,
                },
            }
        })
    }

    /// Returns whether an automaton decides which texts match, so that no text is ever undecided (§5.6.4).
    #[must_use]
    pub fn is_regular(&self) -> bool {
        self.backtracker.is_none()
    }

    /// Returns the numbers of the groups called `name`, ascending.
    pub fn groups_of_name<'r>(&'r self, name: &'r str) -> impl Iterator<Item = usize> + use<'r> {
        self.names.iter().enumerate().filter(move |(_, known)| known.as_deref() == Some(name)).map(|(group, _)| group)
    }

    /// Returns where the group called `name` stands in a match of this pattern: of several groups of that name, the first
    /// that took part (§5.6.7).
    #[must_use]
    pub fn group_of_name(&self, captures: &Captures, name: &str) -> Option<Range<usize>> {
        self.groups_of_name(name).find_map(|group| captures.group(group))
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

    /// Returns the name of the algorithm that matches: `always`, `literal`, `dense DFA`, `lazy DFA`, `NFA simulation`, or
    /// `backtracking behind a relaxed automaton`. Builds the automaton if that is not done yet.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        if self.is_regular() { self.choice().algorithm } else { "backtracking behind a relaxed automaton" }
    }

    /// Returns the algorithm, why it was chosen, and how the end of a text is treated, in one line for `explain`. Builds
    /// the automaton if that is not done yet.
    #[must_use]
    pub fn describe(&self) -> String {
        let choice = self.choice();
        if !self.is_regular() {
            return format!("{} ({}: {})", self.algorithm(), choice.algorithm, choice.reason);
        }
        let ending = match self.ending {
            Ending::Plain => "",
            Ending::Dollar => "; `$` is inside, so a text with a final line feed is copied",
            Ending::Caret => "; `^` may stand last, so a text with a final line feed is copied",
        };
        format!("{}: {}{ending}", choice.algorithm, choice.reason)
    }

    /// Returns the bytes that the pattern and its automata hold, caches of lazy DFAs apart: those are in
    /// [`Budget::used`].
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        let automaton = self.choice.get().map_or(0, |choice| choice.machine.memory_usage());
        let groups = match self.groups.get() {
            None | Some(Groups::Nothing) => 0,
            Some(Groups::Automaton(automaton)) => automaton.memory_usage(),
            Some(Groups::Backtracking(backtracker)) => backtracker.memory_usage(),
        };
        let backtracker = self.backtracker.as_ref().map_or(0, Backtracker::memory_usage);
        self.pattern.len() + self.hir.properties().memory_usage() + automaton + groups + backtracker
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regex").field(&self.pattern).finish()
    }
}
