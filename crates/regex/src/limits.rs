//! One budget of memory for all automata and their caches, and the limits of a single pattern.

use regex_syntax::hir::{Class, Hir, HirKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Bytes of the budget unless another is given (design: 64 MB for a run).
pub const DEFAULT_BUDGET: usize = 64 << 20;
/// Largest NFA that a pattern may have, in bytes; beyond, it is refused. `.{1000}` takes about a tenth of it.
pub(crate) const NFA_BYTES: usize = 16 << 20;
/// Patterns whose NFA is estimated below this many bytes are not compiled to find out whether they are too large.
pub(crate) const SURELY_SMALL: usize = 1 << 20;
/// Largest dense DFA, in bytes. Measured over 800 patterns of rules: with this limit one pattern in nine is left to a lazy
/// DFA and building takes 0.2 ms each; four times as much saves a quarter of those and takes half as long again.
pub(crate) const DENSE_BYTES: usize = 64 << 10;
/// Most NFA states from which a dense DFA is tried.
pub(crate) const DENSE_NFA_STATES: usize = 150;
/// Largest cache of a lazy DFA, in bytes, per pattern and thread.
pub(crate) const LAZY_BYTES: usize = 1 << 20;

/// An amount of memory shared by all patterns that were given the same budget.
///
/// What cannot be avoided (an NFA) is charged even beyond the limit; what only makes matching faster (dense DFAs, caches)
/// is built only while it fits.
#[derive(Debug)]
pub struct Budget {
    /// Bytes that may be used.
    limit: usize,
    /// Bytes in use.
    used: AtomicUsize,
}

impl Budget {
    /// Returns a budget of `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicUsize::new(0) })
    }

    /// Returns the budget of patterns that are given none: [`DEFAULT_BUDGET`] bytes for the process.
    #[must_use]
    pub fn shared() -> &'static Arc<Self> {
        static SHARED: OnceLock<Arc<Budget>> = OnceLock::new();
        SHARED.get_or_init(|| Self::new(DEFAULT_BUDGET))
    }

    /// Returns the limit, in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Returns how many bytes automata and caches hold now.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Returns how many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.limit.saturating_sub(self.used())
    }

    /// Takes `bytes` if they are left.
    fn take(&self, bytes: usize) -> bool {
        let taken = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|&used| used <= self.limit)
        });
        taken.is_ok()
    }

    /// Reserves `bytes`, or nothing if they are not left.
    pub(crate) fn reserve(self: &Arc<Self>, bytes: usize) -> Option<Reservation> {
        self.take(bytes).then(|| Reservation { budget: Arc::clone(self), bytes })
    }

    /// Reserves `bytes` that cannot be done without, even beyond the limit.
    pub(crate) fn charge(self: &Arc<Self>, bytes: usize) -> Reservation {
        self.used.fetch_add(bytes, Ordering::Relaxed);
        Reservation { budget: Arc::clone(self), bytes }
    }
}

/// Bytes taken from a budget; given back when dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    /// Where they are from.
    budget: Arc<Budget>,
    /// How many.
    bytes: usize,
}

impl Reservation {
    /// Returns how many bytes are reserved.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Makes it at least `bytes`; returns false, and changes nothing, if they are not left.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        if more > 0 && !self.budget.take(more) {
            return false;
        }
        self.bytes += more;
        true
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Returns an upper estimate of the bytes of the NFA of `hir`; saturates.
pub(crate) fn estimated_nfa_bytes(hir: &Hir) -> usize {
    /// Bytes of one state, its transitions apart.
    const STATE: usize = 40;
    /// Bytes of the states of one range of code points outside ASCII: up to eight sequences of up to four bytes.
    const RANGE: usize = 8 * 4 * STATE;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Literal(literal) => literal.0.len().saturating_mul(STATE),
        HirKind::Class(Class::Bytes(class)) => STATE + class.ranges().len() * 8,
        HirKind::Class(Class::Unicode(class)) if class.is_ascii() => STATE + class.ranges().len() * 8,
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(RANGE),
        HirKind::Repetition(repetition) => {
            let copies = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            let one = estimated_nfa_bytes(&repetition.sub).saturating_add(2 * STATE);
            one.saturating_mul(usize::try_from(copies).unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => estimated_nfa_bytes(&capture.sub),
        HirKind::Concat(subs) => subs.iter().fold(0, |sum, sub| sum.saturating_add(estimated_nfa_bytes(sub))),
        HirKind::Alternation(subs) => {
            subs.iter().fold(STATE, |sum, sub| sum.saturating_add(estimated_nfa_bytes(sub)).saturating_add(STATE))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_never_below_the_nfa() {
        for pattern in [
            "a",
            "",
            r"\b",
            "(?:(?:x|){10}|y){10}",
            "[^x]{1,100}",
            r"\w{20,1000}=?",
            "(?i)[à-ï]{7}é",
            "(?s).{0,300}$",
            r"(?m)^(?:a|bc|\R\h+)*$",
            "(?:a{0}|b*c+d?){3,}",
            r"[\x{1}-\x{10}\x{80}-\x{90}\x{800}-\x{20000}]",
        ] {
            let root = crate::dialect::parse(pattern).expect(pattern).root;
            let ending = crate::dialect::survey::survey(&root).matching.expect(pattern);
            let hir = crate::lower::lower(&root, crate::lower::Purpose::Match(ending));
            let nfa = crate::choose::nfa(&hir, ending).expect(pattern);
            // The prefix that makes a search unanchored is the same for all.
            let prefix = crate::choose::nfa(&Hir::empty(), ending).expect("the empty pattern").memory_usage();
            let (estimated, actual) = (estimated_nfa_bytes(&hir), nfa.memory_usage());
            assert!(estimated + prefix >= actual, "{pattern}: {estimated} + {prefix} < {actual}");
        }
    }

    #[test]
    fn a_budget_refuses_what_is_not_left_and_gets_back_what_is_dropped() {
        let budget = Budget::new(100);
        let mut first = budget.reserve(60).expect("60 of 100 are left");
        assert!(budget.reserve(41).is_none());
        assert!(first.grow_to(100) && !first.grow_to(101));
        assert_eq!((first.bytes(), budget.used(), budget.left()), (100, 100, 0));
        let beyond = budget.charge(50);
        assert_eq!(budget.used(), 150);
        drop(first);
        drop(beyond);
        assert_eq!(budget.used(), 0);
    }
}
