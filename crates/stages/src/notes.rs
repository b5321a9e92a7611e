//! What a pipeline has to say beside its rows.

use std::collections::BTreeMap;

/// Findings of a run about one rule. They are the same for any split of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Rows for which a pattern gave up (§5.6.8): they are no hits, and the result is incomplete.
    pub undecided: u64,
    /// Warnings and notes by code, each with one sentence that does not depend on rows.
    pub codes: BTreeMap<&'static str, String>,
}

impl Notes {
    /// Adds a warning; the first text of a code stays.
    pub(crate) fn warn(&mut self, code: &'static str, message: &str) {
        if !self.codes.contains_key(code) {
            self.codes.insert(code, message.to_owned());
        }
    }

    /// Takes the findings of another part of the rows.
    pub fn absorb(&mut self, other: Self) {
        self.undecided += other.undecided;
        for (code, message) in other.codes {
            // Parts come in any order: of two texts the lesser stays.
            match self.codes.get_mut(code) {
                Some(own) if *own <= message => {}
                Some(own) => *own = message,
                None => {
                    self.codes.insert(code, message);
                }
            }
        }
    }
}
