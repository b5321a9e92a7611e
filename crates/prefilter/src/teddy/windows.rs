//! Which bytes of a needle are its fingerprint: the window of one to three places that is rarest in a haystack.

use super::{Entry, LARGEST_PLACES};
use crate::frequency;
use crate::key_table::key_of;
use crate::needle_set::{Bytes, Index, NeedleSet};
use std::collections::HashMap;

/// Offsets tried in a needle. The best of so many is rare enough; trying more only takes longer to build.
const LARGEST_OFFSET: usize = 64;

/// A window that another needle uses already is preferred if it is at most so many times likelier than the needle's own best.
///
/// Then a needle that contains another is found through the shorter one, and the masks stay emptier.
const SHARING: f32 = 2.0;

/// Needles that may share a window: each of them is verified wherever it occurs.
const SHARERS: u32 = 4;

/// The fingerprint of one needle.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// The needle.
    needle: Index,
    /// Bytes from the needle's start to the window.
    offset: u32,
    /// What may stand at each place; only the first `len` count.
    places: [Bytes; LARGEST_PLACES],
    /// Places in use.
    len: usize,
}

impl Window {
    /// The window of `needle` at `offset`.
    fn new(needles: &NeedleSet, needle: Index, offset: usize, len: usize) -> Self {
        let places = std::array::from_fn(|place| needles.bytes_at(needle, offset + place.min(len - 1)));
        // Offsets end at `LARGEST_OFFSET`.
        Self { needle, offset: u32::try_from(offset).unwrap_or(0), places, len }
    }

    /// What may stand at each place.
    pub(super) fn places(&self) -> &[Bytes] {
        &self.places[..self.len]
    }

    /// Every text that the window may be, in lower case.
    fn texts(&self) -> Vec<Vec<u8>> {
        let mut texts = vec![Vec::new()];
        for place in self.places() {
            let mut lower: Vec<u8> = place.as_slice().iter().map(u8::to_ascii_lowercase).collect();
            lower.sort_unstable();
            lower.dedup();
            texts = texts
                .iter()
                .flat_map(|text: &Vec<u8>| lower.iter().map(move |&byte| [text.as_slice(), &[byte]].concat()))
                .collect();
        }
        texts
    }

    /// The entries by which verification finds the needle. Some may be equal.
    pub(super) fn keys(&self) -> Vec<Entry> {
        let entry = |text: Vec<u8>| Entry { key: key_of(&text), offset: self.offset, needle: self.needle };
        self.texts().into_iter().map(entry).collect()
    }
}

/// One place where a needle's window may lie.
struct Trial {
    /// Bytes from the needle's start.
    offset: usize,
    /// Probability that a haystack has this window at a given place.
    probability: f32,
    /// Whether others use all of its texts and may still be joined.
    joins: bool,
}

impl Trial {
    /// Weighs the window of `len` places at `offset`.
    fn new(needles: &NeedleSet, needle: Index, offset: usize, len: usize, sharers: &HashMap<u64, u32>) -> Self {
        let joins = |key: u64| sharers.get(&key).is_some_and(|&count| count < SHARERS);
        if let Some(text) = needles.head(needle).0.get(offset..offset + len) {
            // Nearly every window: one text, but for the case of ASCII letters.
            let mut lower = [0; LARGEST_PLACES];
            lower[..len].copy_from_slice(text);
            lower.make_ascii_lowercase();
            let text = &lower[..len];
            return Self { offset, probability: frequency::of_window(text), joins: joins(key_of(text)) };
        }
        let texts = Window::new(needles, needle, offset, len).texts();
        let probability = texts.iter().map(|text| frequency::of_window(text)).sum();
        Self { offset, probability, joins: texts.iter().all(|text| joins(key_of(text))) }
    }
}

/// Returns a window of `len` places for each of `members`, which all have so many.
pub(super) fn choose(needles: &NeedleSet, members: &[Index], len: usize) -> Vec<Window> {
    // Short needles first: they have the least choice, and the longer ones may share theirs.
    let mut order = members.to_vec();
    order.sort_by_key(|&index| needles.fixed_len(index));
    let mut sharers: HashMap<u64, u32> = HashMap::new();
    let mut windows = Vec::with_capacity(order.len());
    for needle in order {
        let offsets = 0..=(needles.fixed_len(needle) - len).min(LARGEST_OFFSET);
        let trials: Vec<Trial> = offsets.map(|offset| Trial::new(needles, needle, offset, len, &sharers)).collect();
        let rarest = |a: &&Trial, b: &&Trial| a.probability.total_cmp(&b.probability);
        let Some(best) = trials.iter().min_by(rarest) else { continue };
        let shared =
            trials.iter().filter(|trial| trial.joins && trial.probability <= best.probability * SHARING).min_by(rarest);
        let window = Window::new(needles, needle, shared.unwrap_or(best).offset, len);
        window.keys().iter().for_each(|entry| *sharers.entry(entry.key).or_default() += 1);
        windows.push(window);
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needle::Needle;

    fn texts(needles: &[Needle], len: usize) -> Vec<Vec<String>> {
        let set = NeedleSet::new(needles).expect("not empty");
        let members: Vec<Index> = set.indices().collect();
        let text =
            |window: &Window| window.texts().iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
        choose(&set, &members, len).iter().map(text).collect()
    }

    #[test]
    fn the_rarest_window_is_chosen() {
        assert_eq!(texts(&[Needle::folded("Invoke-Mimikatz")], 3), [["mik"]]);
        assert_eq!(texts(&[Needle::folded("c:\\windows\\zqxjv")], 3), [["zqx"]]);
        assert_eq!(texts(&[Needle::folded("a")], 1), [["a"]]);
    }

    #[test]
    fn a_needle_that_contains_another_shares_its_window_if_that_is_rare_enough() {
        let found = texts(&[Needle::folded("mimi"), Needle::folded("mimiqqq"), Needle::folded("mimia")], 3);
        assert_eq!(found, [["imi"], ["imi"], ["qqq"]]);
    }

    #[test]
    fn few_needles_share_a_window() {
        let needles: Vec<Needle> = (0..20).map(|n| Needle::folded(format!("zqx{}", "e".repeat(n)))).collect();
        let shared = texts(&needles, 3).iter().filter(|texts| *texts == &["zqx"]).count();
        assert!((4..20).contains(&shared), "{shared}");
    }

    #[test]
    fn a_class_outside_ascii_gives_every_text_once() {
        assert_eq!(texts(&[Needle::folded("ä")], 2)[0].len(), 2);
    }
}
