//! Which bytes of a needle are its fingerprint: the window of one to three places that is rarest in a haystack.

use super::{Entry, LARGEST_PLACES};
use crate::frequency;
use crate::key_table::key_of;
use crate::needle_set::{Bytes, Index, NeedleSet};
use std::collections::HashMap;

/// Offsets tried in a needle. The best of so many is rare enough; trying more only takes longer to build.
const LARGEST_OFFSET: usize = 64;

/// What a window costs, relative to its probability, when a few other needles use it already.
///
/// Less than one, so that a needle that contains another is found through the shorter one, and the masks stay emptier.
const SHARED: f32 = 0.5;

/// Needles that may share a window at that price. With more, a window costs more with each: all of them are verified wherever it occurs.
const SHARERS: u16 = 4;

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

/// What a window costs: its probability, weighted by how many needles use it already, at least `users`.
fn cost(probability: f32, users: u16) -> f32 {
    match users {
        0 => probability,
        1..SHARERS => probability * SHARED,
        _ => probability * (1.0 + f32::from(users) / f32::from(SHARERS)),
    }
}

/// What the window of `len` places at `offset` of `needle` costs, where `users` counts the needles that use a key.
fn cost_at(needles: &NeedleSet, needle: Index, offset: usize, len: usize, users: &HashMap<u64, u16>) -> f32 {
    let count = |key: u64| users.get(&key).copied().unwrap_or(0);
    if let Some(text) = needles.head(needle).0.get(offset..offset + len) {
        // Nearly every window: one text, but for the case of ASCII letters.
        let mut lower = [0; LARGEST_PLACES];
        lower[..len].copy_from_slice(text);
        lower.make_ascii_lowercase();
        let text = &lower[..len];
        return cost(frequency::of_window(text), count(key_of(text)));
    }
    let texts = Window::new(needles, needle, offset, len).texts();
    let probability = texts.iter().map(|text| frequency::of_window(text)).sum();
    cost(probability, texts.iter().map(|text| count(key_of(text))).min().unwrap_or(0))
}

/// Returns a window of `len` places for each of `members`, which all have so many.
pub(super) fn choose(needles: &NeedleSet, members: &[Index], len: usize) -> Vec<Window> {
    // Short needles first: they have the least choice, and the longer ones may share theirs.
    let mut order = members.to_vec();
    order.sort_by_key(|&index| needles.fixed_len(index));
    let mut users: HashMap<u64, u16> = HashMap::new();
    let mut windows = Vec::with_capacity(order.len());
    for needle in order {
        let offsets = 0..=(needles.fixed_len(needle) - len).min(LARGEST_OFFSET);
        let costs = offsets.map(|offset| (cost_at(needles, needle, offset, len, &users), offset));
        let Some((_, offset)) = costs.min_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
        let window = Window::new(needles, needle, offset, len);
        for entry in window.keys() {
            let count = users.entry(entry.key).or_default();
            *count = count.saturating_add(1);
        }
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
        for text in ["invoke-mimikatz", "c:\\windows\\zqx.exe", "a]b", "\\\\.\\pipe\\"] {
            let chosen = texts(&[Needle::folded(text)], 3);
            let rarest = text.as_bytes().windows(3).map(frequency::of_window).fold(1.0, f32::min);
            assert!(frequency::of_window(chosen[0][0].as_bytes()) <= rarest, "{text} {chosen:?}");
        }
        assert_eq!(texts(&[Needle::folded("A")], 1), [["a"]]);
    }

    #[test]
    fn a_needle_shares_a_rare_window_and_not_a_common_one() {
        assert_eq!(texts(&[Needle::folded("zqx"), Needle::folded("ezqxe")], 3), [["zqx"], ["zqx"]]);
        let found = texts(&[Needle::folded("ent"), Needle::folded("entzqx")], 3);
        assert_ne!(found[0], found[1]);
    }

    #[test]
    fn not_all_needles_share_the_rarest_window() {
        let needles: Vec<Needle> = (0..20).map(|n| Needle::folded(format!("zqx{}", "jq".repeat(n)))).collect();
        let shared = texts(&needles, 3).iter().filter(|texts| *texts == &["zqx"]).count();
        assert!((1..20).contains(&shared), "{shared}");
    }

    #[test]
    fn a_class_outside_ascii_gives_every_text_once() {
        assert_eq!(texts(&[Needle::folded("ä")], 2)[0].len(), 2);
    }
}
