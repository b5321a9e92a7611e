//! How a pattern is matched: one decision, made on its first use, with its reason.
//!
//! In this order: nothing to search · literal search · dense DFA · lazy DFA, with NFA simulation where its cache does not
//! pay. Measured per row of command lines: dense .70 GB/s, lazy .47, literal search 5 to 10.

use crate::dialect::survey::Ending;
use crate::limits::{Budget, DENSE_BYTES, DENSE_NFA_STATES, LAZY_BYTES, NFA_BYTES};
use crate::literals::{Piece, exact_pieces};
use crate::lower::FINAL_LINE_FEED;
use crate::matcher::{Dense, Finder, Lazy, Machine, may_stop_early};
use regex_automata::dfa::{StartKind, dense};
use regex_automata::hybrid;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_syntax::hir::{Hir, HirKind};
use std::sync::Arc;

/// Most literals that are searched one after the other; more are cheaper in one automaton.
const LITERALS: usize = 3;
/// A lazy DFA gives up on a text when its cache was cleared this often …
const CACHE_CLEARS: usize = 8;
/// … and fewer bytes than this were searched per state made.
const BYTES_PER_STATE: usize = 10;

/// The chosen machine, and why.
#[derive(Debug)]
pub(crate) struct Choice {
    /// What matches.
    pub(crate) machine: Machine,
    /// Its name, as `explain` shows it.
    pub(crate) algorithm: &'static str,
    /// Why this one, and why not those before it.
    pub(crate) reason: String,
}

/// Chooses and builds the machine for `hir`, which is trimmed.
pub(crate) fn choose(hir: &Hir, ending: Ending, budget: &Arc<Budget>) -> Choice {
    if matches!(hir.kind(), HirKind::Empty) {
        let reason = "the pattern can match nothing, which is in every text".to_owned();
        return Choice { machine: Machine::Always, algorithm: "always", reason };
    }
    if let Some(finders) = finders(hir) {
        let reason = format!("the pattern is {} literal(s)", finders.len());
        return Choice { machine: Machine::Literals(finders), algorithm: "literal", reason };
    }
    let nfa = match nfa(hir, ending) {
        Ok(nfa) => nfa,
        // The size was checked when the pattern was compiled, with the same limit.
        Err(problem) => return Choice { machine: Machine::Always, algorithm: "none", reason: problem.to_string() },
    };
    let earliest = may_stop_early(hir);
    let refused = match dense(&nfa, earliest, budget) {
        Ok(machine) => {
            let reason =
                format!("{} NFA states give a DFA of {} bytes", nfa.states().len(), machine.dfa.memory_usage());
            return Choice { machine: Machine::Dense(Box::new(machine)), algorithm: "dense DFA", reason };
        }
        Err(refused) => refused,
    };
    match lazy(nfa, earliest, budget) {
        Ok(machine) => {
            let algorithm = if machine.dfa.is_some() { "lazy DFA" } else { "NFA simulation" };
            Choice { machine: Machine::Lazy(Box::new(machine)), algorithm, reason: refused }
        }
        Err(problem) => Choice { machine: Machine::Always, algorithm: "none", reason: problem },
    }
}

/// Returns the searches for the literals that the pattern is, if it is few of them.
fn finders(hir: &Hir) -> Option<Vec<Finder>> {
    let pieces = exact_pieces(hir).filter(|pieces| (1..=LITERALS).contains(&pieces.len()))?;
    let finder = |piece: &Piece| {
        if piece.text.is_empty() {
            None
        } else if !piece.either_case {
            Some(Finder::exact(piece.text.as_bytes()))
        } else {
            piece.text.is_ascii().then(|| Finder::Folded(piece.folded_text().as_bytes().into()))
        }
    };
    pieces.iter().map(finder).collect()
}

/// Builds the NFA of a pattern, which fails if it is too large.
pub(crate) fn nfa(hir: &Hir, ending: Ending) -> Result<NFA, Box<thompson::BuildError>> {
    let mut look = LookMatcher::new();
    if ending == Ending::Dollar {
        look.set_line_terminator(FINAL_LINE_FEED);
    }
    let config = thompson::Config::new()
        .utf8(!may_stop_early(hir))
        .nfa_size_limit(Some(NFA_BYTES))
        .shrink(false)
        .which_captures(WhichCaptures::Implicit)
        .look_matcher(look);
    thompson::Compiler::new().configure(config).build_from_hir(hir).map_err(Box::new)
}

/// Builds a dense DFA, or says why there is none.
fn dense(nfa: &NFA, earliest: bool, budget: &Arc<Budget>) -> Result<Dense, String> {
    let states = nfa.states().len();
    if states > DENSE_NFA_STATES {
        return Err(format!("{states} NFA states are too many to build a dense DFA"));
    }
    let limit = DENSE_BYTES.min(budget.left());
    let config = dense::Config::new()
        .start_kind(StartKind::Unanchored)
        .dfa_size_limit(Some(limit))
        .determinize_size_limit(Some(4 * DENSE_BYTES));
    let built = dense::Builder::new().configure(config).build_from_nfa(nfa);
    let dfa = built.map_err(|_| format!("a dense DFA of {states} NFA states does not fit in {limit} bytes"))?;
    match budget.reserve(dfa.memory_usage()) {
        Some(reservation) => Ok(Dense { dfa, earliest, reservation }),
        None => Err("the budget has no room for a dense DFA".to_owned()),
    }
}

/// Builds a lazy DFA over the NFA, or only the simulation of the NFA if that fails.
fn lazy(nfa: NFA, earliest: bool, budget: &Arc<Budget>) -> Result<Lazy, String> {
    let config = hybrid::dfa::Config::new()
        .cache_capacity(LAZY_BYTES)
        .skip_cache_capacity_check(true)
        .minimum_cache_clear_count(Some(CACHE_CLEARS))
        .minimum_bytes_per_state(Some(BYTES_PER_STATE));
    let dfa = hybrid::dfa::Builder::new().configure(config).build_from_nfa(nfa.clone()).ok();
    let reservation = budget.charge(nfa.memory_usage());
    let simulation = PikeVM::new_from_nfa(nfa).map_err(|problem| problem.to_string())?;
    Ok(Lazy { dfa, simulation, earliest, reservation, budget: Arc::clone(budget) })
}
