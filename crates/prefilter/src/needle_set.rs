//! Distinct needles, and the exact test whether one occurs at an offset.
//!
//! Every algorithm but [`crate::naive`] finds candidates and asks [`NeedleSet::report`], so a false candidate costs time and
//! never a false hit. Equal needles (also a folded and an exact one without letters) are one distinct needle with several ids.
//!
//! A distinct needle has a *head*, the units before the first that has alternatives outside ASCII, and for the few that need it
//! a *tail* of units. A head is two byte strings: at place `i` the haystack's byte `b` fits if `b | either[i] == want[i]`. For
//! an ASCII letter `either` is 0x20 and `want` lower case, which holds for exactly its two cases; elsewhere `either` is 0.

use crate::error::Error;
use crate::folding::{Unit, units};
use crate::needle::{Hit, Needle, NeedleId};
use std::collections::HashMap;

/// Index of a distinct needle in a [`NeedleSet`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Index(u32);

/// The bytes that may stand at one place of a needle: one to four, each once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes {
    /// The bytes; entries from `len` on mean nothing.
    bytes: [u8; 4],
    /// Bytes in use.
    len: usize,
}

impl Bytes {
    /// No byte yet.
    const NONE: Self = Self { bytes: [0; 4], len: 0 };

    /// Adds `byte` if it is new and there is room; a unit has at most four alternatives.
    fn insert(&mut self, byte: u8) {
        if self.len < self.bytes.len() && !self.as_slice().contains(&byte) {
            self.bytes[self.len] = byte;
            self.len += 1;
        }
    }

    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Where one distinct needle lies in the pools of its set. Lengths in bytes, but `ids` in needles.
#[derive(Clone, Copy, Debug)]
struct Distinct {
    /// Start of the head in `want` and `either`.
    head: u32,
    /// Length of the head.
    head_len: u32,
    /// Places at a fixed offset from the start: the head, and the tail up to the first unit whose alternatives differ in length
    /// (of that one, as far as the shortest reaches).
    fixed_len: u32,
    /// Start in `ids`.
    ids: u32,
    /// Number of ids.
    ids_len: u32,
    /// Index in `tails`, if there is one.
    tail: Option<u32>,
}

/// What makes a needle distinct: its head, as wanted bytes and the bits that do not count, and its tail.
#[derive(PartialEq, Eq, Hash)]
struct Shape {
    /// The wanted bytes.
    want: Box<[u8]>,
    /// The bits that do not count, parallel to `want`.
    either: Box<[u8]>,
    /// The units past the head.
    tail: Vec<Unit>,
}

impl Shape {
    /// The shape of `needle`.
    fn of(needle: &Needle) -> Self {
        let (mut want, mut either) = (Vec::new(), Vec::new());
        let mut units = units(needle).into_iter().peekable();
        while let Some(&Unit::Byte { want: byte, either: bits }) = units.peek() {
            want.push(byte);
            either.push(bits);
            units.next();
        }
        Self { want: want.into(), either: either.into(), tail: units.collect() }
    }
}

/// The distinct needles of a searcher.
#[derive(Debug)]
pub(crate) struct NeedleSet {
    /// One entry a distinct needle, in order of first appearance.
    distinct: Vec<Distinct>,
    /// Heads: the wanted bytes.
    want: Vec<u8>,
    /// Heads: the bits that do not count, parallel to `want`.
    either: Vec<u8>,
    /// Ids of the distinct needles, ascending for each.
    ids: Vec<NeedleId>,
    /// Units past the head, for needles with case outside ASCII.
    tails: Vec<Vec<Unit>>,
}

impl NeedleSet {
    /// Returns the distinct needles of `needles`.
    ///
    /// # Errors
    ///
    /// If a needle is empty, or indices or bytes exceed 32 bits.
    pub(crate) fn new(needles: &[Needle]) -> Result<Self, Error> {
        let mut seen: HashMap<Shape, u32> = HashMap::with_capacity(needles.len());
        // For each needle, its distinct needle and its id.
        let mut owned: Vec<(u32, NeedleId)> = Vec::with_capacity(needles.len());
        for (position, needle) in needles.iter().enumerate() {
            let id = NeedleId(u32::try_from(position).map_err(|_| Error::too_large())?);
            if needle.bytes.is_empty() {
                return Err(Error::empty_needle(id));
            }
            let next = u32::try_from(seen.len()).map_err(|_| Error::too_large())?;
            owned.push((*seen.entry(Shape::of(needle)).or_insert(next), id));
        }
        owned.sort_unstable();
        let mut order: Vec<(u32, Shape)> = seen.into_iter().map(|(shape, index)| (index, shape)).collect();
        order.sort_unstable_by_key(|(index, _)| *index);
        let mut set = Self {
            distinct: Vec::with_capacity(order.len()),
            want: Vec::new(),
            either: Vec::new(),
            ids: Vec::with_capacity(owned.len()),
            tails: Vec::new(),
        };
        let mut owned = owned.into_iter().peekable();
        for (index, shape) in order {
            let first = set.ids.len();
            while let Some((_, id)) = owned.next_if(|(owner, _)| *owner == index) {
                set.ids.push(id);
            }
            set.push(shape, first).ok_or_else(Error::too_large)?;
        }
        set.want.shrink_to_fit();
        set.either.shrink_to_fit();
        Ok(set)
    }

    /// Adds one distinct needle, whose ids are those from `first_id` on, or returns `None` if an index does not fit.
    fn push(&mut self, shape: Shape, first_id: usize) -> Option<()> {
        let head = u32::try_from(self.want.len()).ok()?;
        let head_len = u32::try_from(shape.want.len()).ok()?;
        self.want.extend_from_slice(&shape.want);
        self.either.extend_from_slice(&shape.either);
        u32::try_from(self.want.len()).ok()?;
        let mut fixed_len = head_len;
        for unit in &shape.tail {
            let (shortest, same) = unit.length();
            fixed_len = fixed_len.checked_add(u32::try_from(shortest).ok()?)?;
            if !same {
                break;
            }
        }
        let tail = if shape.tail.is_empty() {
            None
        } else {
            self.tails.push(shape.tail);
            Some(u32::try_from(self.tails.len() - 1).ok()?)
        };
        let ids_len = u32::try_from(self.ids.len() - first_id).ok()?;
        let ids = u32::try_from(first_id).ok()?;
        self.distinct.push(Distinct { head, head_len, fixed_len, ids, ids_len, tail });
        Some(())
    }

    /// Number of distinct needles.
    pub(crate) fn len(&self) -> usize {
        self.distinct.len()
    }

    /// The distinct needles, in order of first appearance.
    pub(crate) fn indices(&self) -> impl Iterator<Item = Index> + use<> {
        // `push` counts in 32 bits, so the length fits.
        (0..u32::try_from(self.distinct.len()).unwrap_or(u32::MAX)).map(Index)
    }

    /// The entry of one needle.
    fn get(&self, index: Index) -> &Distinct {
        &self.distinct[index.0 as usize]
    }

    /// The head of a needle: wanted bytes and the bits that do not count, of equal length.
    pub(crate) fn head(&self, index: Index) -> (&[u8], &[u8]) {
        let found = self.get(index);
        let range = found.head as usize..found.head as usize + found.head_len as usize;
        (&self.want[range.clone()], &self.either[range])
    }

    /// The units past the head.
    fn tail(&self, index: Index) -> &[Unit] {
        self.get(index).tail.map_or(&[], |tail| self.tails[tail as usize].as_slice())
    }

    /// Number of places at a fixed offset from the needle's start, at least 1. See [`Self::bytes_at`].
    pub(crate) fn fixed_len(&self, index: Index) -> usize {
        self.get(index).fixed_len as usize
    }

    /// Returns the needle's bytes if it is one plain byte string, without letters of two cases.
    pub(crate) fn plain(&self, index: Index) -> Option<&[u8]> {
        let (want, either) = self.head(index);
        (self.get(index).tail.is_none() && either.iter().all(|&bits| bits == 0)).then_some(want)
    }

    /// Returns the bytes that may stand `place` bytes after the needle's start, `place` below [`Self::fixed_len`].
    pub(crate) fn bytes_at(&self, index: Index, place: usize) -> Bytes {
        let (want, either) = self.head(index);
        let mut out = Bytes::NONE;
        if let (Some(&want), Some(&either)) = (want.get(place), either.get(place)) {
            out.insert(want);
            out.insert(want & !either);
            return out;
        }
        let mut left = place - want.len();
        for unit in self.tail(index) {
            let (length, _) = unit.length();
            if left >= length {
                left -= length;
                continue;
            }
            match unit {
                Unit::Byte { want, either } => {
                    out.insert(*want);
                    out.insert(*want & !*either);
                }
                Unit::OneOf(alternatives) => alternatives.iter().for_each(|text| out.insert(text[left])),
            }
            break;
        }
        out
    }

    /// Returns byte strings of which one begins every occurrence of the needle, ASCII letters in lower case: the products
    /// of the alternatives, cut short before there are more than `limit`. At most one of them fits at a place.
    pub(crate) fn beginnings(&self, index: Index, limit: usize) -> Vec<Vec<u8>> {
        let mut out = vec![self.head(index).0.to_vec()];
        for unit in self.tail(index) {
            match unit {
                Unit::Byte { want, .. } => out.iter_mut().for_each(|text| text.push(*want)),
                Unit::OneOf(alternatives) if out.len() * alternatives.len() <= limit => {
                    out = out
                        .iter()
                        .flat_map(|text| alternatives.iter().map(move |more| [text.as_slice(), more].concat()))
                        .collect();
                }
                Unit::OneOf(_) => break,
            }
        }
        out
    }

    /// Returns whether the needle occurs in `haystack` at `start`. Past the end it never does.
    #[inline]
    pub(crate) fn matches(&self, index: Index, haystack: &[u8], start: usize) -> bool {
        let found = self.get(index);
        let (want, either) = self.head(index);
        let Some(rest) = haystack.get(start..) else { return false };
        let Some((head, rest)) = rest.split_at_checked(want.len()) else { return false };
        head_matches(head, want, either) && (found.tail.is_none() || tail_matches(self.tail(index), rest))
    }

    /// Appends a hit for every id of the needle if it occurs in `haystack` at `start`.
    #[inline]
    pub(crate) fn report(&self, index: Index, haystack: &[u8], start: usize, hits: &mut Vec<Hit>) {
        if self.matches(index, haystack, start) {
            self.push_hits(index, start, hits);
        }
    }

    /// Appends a hit at `start` for every id of the needle.
    #[inline]
    pub(crate) fn push_hits(&self, index: Index, start: usize, hits: &mut Vec<Hit>) {
        let found = self.get(index);
        #[expect(clippy::cast_possible_truncation, reason = "the searcher refuses haystacks beyond u32::MAX bytes")]
        let offset = start as u32;
        let ids = &self.ids[found.ids as usize..found.ids as usize + found.ids_len as usize];
        hits.extend(ids.iter().map(|&needle| Hit { offset, needle }));
    }

    /// Heap use in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let tails = self.tails.iter().flatten().map(|unit| match unit {
            Unit::Byte { .. } => size_of::<Unit>(),
            Unit::OneOf(texts) => size_of::<Unit>() + texts.iter().map(|t| size_of_val(t) + t.len()).sum::<usize>(),
        });
        self.distinct.capacity() * size_of::<Distinct>()
            + self.want.capacity()
            + self.either.capacity()
            + self.ids.capacity() * size_of::<NeedleId>()
            + self.tails.capacity() * size_of::<Vec<Unit>>()
            + tails.sum::<usize>()
    }
}

/// Returns whether `found` fits a head; all three have the same length.
#[inline]
fn head_matches(found: &[u8], want: &[u8], either: &[u8]) -> bool {
    let word = u64::from_le_bytes;
    let (found_words, found_rest) = found.as_chunks::<8>();
    let (want_words, want_rest) = want.as_chunks::<8>();
    let (either_words, either_rest) = either.as_chunks::<8>();
    let words = found_words.iter().zip(want_words).zip(either_words);
    let rest = found_rest.iter().zip(want_rest).zip(either_rest);
    words.into_iter().all(|((&found, &want), &either)| word(found) | word(either) == word(want))
        && rest.into_iter().all(|((&found, &want), &either)| found | either == want)
}

/// Returns whether `rest` begins with the units of a tail.
fn tail_matches(tail: &[Unit], mut rest: &[u8]) -> bool {
    tail.iter().all(|unit| {
        unit.matches(rest).is_some_and(|length| {
            rest = &rest[length..];
            true
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive;

    #[test]
    fn equal_needles_are_one_with_all_ids() {
        let needles = [
            Needle::folded("Net"),
            Needle::exact("\\\\"),
            Needle::folded("nET"),
            Needle::folded("\\\\"),
            Needle::exact("net"),
        ];
        let set = NeedleSet::new(&needles).expect("no empty needle");
        assert_eq!(set.len(), 3);
        let mut hits = Vec::new();
        set.indices().for_each(|index| set.report(index, b"net", 0, &mut hits));
        assert_eq!(hits.iter().map(|hit| hit.needle.0).collect::<Vec<_>>(), [0, 2, 4]);
        assert!(set.memory_usage() > 0);
    }

    #[test]
    fn an_empty_needle_is_refused_by_its_id() {
        let error = NeedleSet::new(&[Needle::exact("a"), Needle::folded("")]).expect_err("empty");
        assert_eq!(error.needle(), Some(NeedleId(1)));
    }

    #[test]
    fn fixed_places_end_where_lengths_differ() {
        let fixed = |text: &str| {
            let set = NeedleSet::new(&[Needle::folded(text)]).expect("not empty");
            let index = set.indices().next().expect("one");
            let places = (0..set.fixed_len(index)).map(|place| set.bytes_at(index, place).as_slice().to_vec());
            places.collect::<Vec<_>>()
        };
        assert_eq!(fixed("a1"), [b"aA".to_vec(), b"1".to_vec()]);
        assert_eq!(fixed("ä1"), [vec![0xC3], vec![0x84, 0xA4], vec![b'1']]);
        assert_eq!(fixed("xȺ1"), [b"xX".to_vec(), vec![0xC8, 0xE2], vec![0xBA, 0xB1]]);
    }

    #[test]
    fn beginnings_stay_within_their_limit() {
        let set = NeedleSet::new(&[Needle::folded("aÄöÜx")]).expect("not empty");
        let index = set.indices().next().expect("one");
        assert_eq!(set.beginnings(index, 8).len(), 8);
        assert_eq!(set.beginnings(index, 7), ["aÄÖ", "aÄö", "aäÖ", "aäö"].map(|text| text.as_bytes().to_vec()));
        assert_eq!(set.beginnings(index, 1), [b"a".to_vec()]);
    }

    #[test]
    fn verification_agrees_with_the_oracle_at_every_length() {
        let text = "PowerShell.EXE -Enc ÄÖÜ straße Ⱥ \u{212A}";
        let haystack = text.to_lowercase();
        for end in (1..=text.len()).filter(|&end| text.is_char_boundary(end)) {
            for needle in [Needle::folded(&text[..end]), Needle::exact(&text[..end])] {
                let set = NeedleSet::new(std::slice::from_ref(&needle)).expect("not empty");
                for haystack in
                    [haystack.as_bytes(), text.as_bytes(), &text.as_bytes()[..end], &text.as_bytes()[..end - 1]]
                {
                    let found = set.matches(Index(0), haystack, 0);
                    assert_eq!(found, naive::starts_with(haystack, &needle), "{needle:?}");
                }
            }
        }
    }
}
