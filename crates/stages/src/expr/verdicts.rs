//! Verdicts of a pattern on texts that were met before.
//!
//! A column of command lines or image paths repeats itself: a hash and a comparison of bytes cost less than another run of an
//! automaton over the same text. Where texts do not repeat, the table notices and stands aside.

use std::hash::BuildHasher;

use super::patterns::Undecided;

/// A verdict on one text.
type Verdict = Result<bool, Undecided>;

/// Slots of the table. The texts of a row group that come often are few.
const SLOTS: usize = 1024;

/// After how many texts it is decided whether the table pays.
const TRIAL: u32 = 2048;

/// Of that many texts in the trial one must have been met before.
const ONE_IN: u32 = 4;

/// Verdicts by text; of two texts with the same slot the later stays.
pub(super) struct Verdicts<'t> {
    /// The last text of each slot, and its verdict. Empty once the table stands aside.
    slots: Vec<Option<(&'t str, Verdict)>>,
    /// What spreads texts over slots.
    hasher: foldhash::fast::FixedState,
    /// Texts so far, up to the end of the trial.
    asked: u32,
    /// How many of them were met before.
    met: u32,
}

impl<'t> Verdicts<'t> {
    /// The table for a column of `rows` rows; one that short repeats too little to bother.
    pub(super) fn new(rows: usize) -> Self {
        let slots = if rows >= 64 { vec![None; SLOTS] } else { Vec::new() };
        Self { slots, hasher: foldhash::fast::FixedState::default(), asked: 0, met: 0 }
    }

    /// The verdict on a text: a known one, or that of `judge`.
    #[inline]
    pub(super) fn of(&mut self, text: &'t str, judge: impl FnOnce(&str) -> Verdict) -> Verdict {
        if self.slots.is_empty() {
            return judge(text);
        }
        let slot = usize::try_from(self.hasher.hash_one(text.as_bytes()) % SLOTS as u64).unwrap_or(0);
        let met = self.slots[slot].filter(|(known, _)| *known == text);
        if self.asked < TRIAL {
            self.asked += 1;
            self.met += u32::from(met.is_some());
            if self.asked == TRIAL && self.met < TRIAL / ONE_IN {
                self.slots = Vec::new();
                return judge(text);
            }
        }
        if let Some((_, verdict)) = met {
            return verdict;
        }
        let verdict = judge(text);
        self.slots[slot] = Some((text, verdict));
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_texts_are_judged_once() {
        let mut verdicts = Verdicts::new(1000);
        let mut judged = 0;
        for round in 0..100 {
            for text in ["a", "b", "c"] {
                let verdict = verdicts.of(text, |text| {
                    judged += 1;
                    if text == "c" { Err(Undecided) } else { Ok(text == "a") }
                });
                let expected = if text == "c" { Err(Undecided) } else { Ok(text == "a") };
                assert_eq!(verdict, expected, "{round}");
            }
        }
        assert_eq!(judged, 3);
    }

    #[test]
    fn texts_that_do_not_repeat_put_the_table_aside() {
        let texts: Vec<String> = (0..5000).map(|number| format!("text {number}")).collect();
        let mut verdicts = Verdicts::new(texts.len());
        for text in &texts {
            assert_eq!(verdicts.of(text, |text| Ok(text.ends_with('7'))), Ok(text.ends_with('7')));
        }
        assert!(verdicts.slots.is_empty());
    }
}
