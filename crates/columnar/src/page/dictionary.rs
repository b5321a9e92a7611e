//! A column's distinct values, searched once, and which of them were hit.

use super::data::Data;
use super::layout::{Span, plain_spans, value_at};

/// The dictionary that the codes of following pages point into.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    /// The page's bytes: values with their lengths between them, or an Arrow value buffer.
    pub(crate) data: Data,
    /// Where the value of code `i` is in `data`.
    pub(crate) spans: Vec<Span>,
    /// There is a dictionary.
    pub(crate) loaded: bool,
    /// Some value has no searchable bytes, so every row is a candidate.
    pub(crate) opaque: bool,
    /// (code, tag) of every hit, ascending and without repetition once [`settle`](Self::settle) ran.
    hits: Vec<(u32, u32)>,
    /// The hits of code `i` are `hits[first[i]..first[i + 1]]`.
    first: Vec<u32>,
    /// Bit `i` is set if code `i` was hit.
    bits: Vec<u64>,
    /// `hits`, `first` and `bits` agree.
    settled: bool,
}

impl Dictionary {
    /// Forgets the dictionary and its hits, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.spans.clear();
        self.hits.clear();
        self.loaded = false;
        self.opaque = false;
        self.settled = false;
    }

    /// Takes in `values` values stored PLAIN in `data`; their text is checked if `binary`.
    ///
    /// # Errors
    ///
    /// A text if the lengths do not fit the data.
    pub(crate) fn load_plain(&mut self, data: Data, values: u32, binary: bool) -> Result<(), &'static str> {
        self.clear();
        plain_spans(&data, values, &mut self.spans)?;
        self.data = data;
        self.loaded(binary);
        Ok(())
    }

    /// Marks the dictionary in `data` and `spans` as complete; its text is checked if `binary`.
    pub(crate) fn loaded(&mut self, binary: bool) {
        self.loaded = true;
        self.opaque = binary && self.spans.iter().any(|span| std::str::from_utf8(value_at(&self.data, *span)).is_err());
    }

    /// The value of `code`; `None` past the end.
    pub(crate) fn value(&self, code: u32) -> Option<&[u8]> {
        self.spans.get(code as usize).map(|span| value_at(&self.data, *span))
    }

    /// True if some code was hit.
    pub(crate) fn any_hit(&self) -> bool {
        !self.hits.is_empty()
    }

    /// Remembers `hits`: (offset into the dictionary's bytes, tag), ascending by offset.
    pub(crate) fn remember(&mut self, hits: &[(u32, u32)]) {
        let mut at = 0;
        for (offset, tag) in hits {
            if at > 0 && self.spans[at - 1].1 > *offset {
                at = 0;
            }
            at += self.spans[at..].partition_point(|span| span.1 <= *offset);
            match self.spans.get(at) {
                Some(span) if span.0 <= *offset => self.hits.push((u32::try_from(at).unwrap_or(u32::MAX), *tag)),
                Some(_) => {}
                None => break,
            }
        }
        self.settled = false;
    }

    /// Brings the look-up tables up to date with the hits.
    pub(crate) fn settle(&mut self) {
        if self.settled {
            return;
        }
        self.hits.sort_unstable();
        self.hits.dedup();
        self.bits.clear();
        self.bits.resize(self.spans.len().div_ceil(64), 0);
        self.first.clear();
        self.first.resize(self.spans.len() + 1, 0);
        for (code, _) in &self.hits {
            self.bits[*code as usize / 64] |= 1 << (code % 64);
            self.first[*code as usize + 1] += 1;
        }
        for code in 0..self.spans.len() {
            self.first[code + 1] += self.first[code];
        }
        self.settled = true;
    }

    /// True if `code` was hit; false past the end. Only after [`settle`](Self::settle).
    #[inline]
    pub(crate) fn is_hit(&self, code: u32) -> bool {
        self.bits.get(code as usize / 64).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// The hits of `code`: pairs of the code and a tag; none past the end. Only after [`settle`](Self::settle).
    pub(crate) fn hits_of(&self, code: u32) -> &[(u32, u32)] {
        let code = code as usize;
        match (self.first.get(code), self.first.get(code + 1)) {
            (Some(start), Some(end)) => &self.hits[*start as usize..*end as usize],
            _ => &[],
        }
    }
}
