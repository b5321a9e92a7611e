//! The page in memory: filled by a reader of some format, asked by [`super::PageView`]. Buffers are reused from page to page.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use super::data::Data;
use super::dictionary::Dictionary;
use super::layout::{Layout, PlainWalk, Span, value_at};
use super::validity::{Rank, Select, Validity};
use super::{PageKind, RowHit};
use crate::parquet::levels::{Piece, Pieces, unpack};

/// A message about damage in the page.
type Damage = &'static str;

/// The message for a code that no dictionary value has.
const BAD_CODE: Damage = "a code is beyond the end of the dictionary";

/// One page and the dictionary before it.
pub(crate) struct PageState {
    /// What the page is.
    pub(crate) kind: PageKind,
    /// Its number in the column chunk.
    pub(crate) page: usize,
    /// The row in the row group that its first row is.
    pub(crate) first_row: u32,
    /// Its rows, and which of them have a value.
    pub(crate) validity: Validity,
    /// Its bytes.
    pub(crate) data: Data,
    /// The part of `data` that holds the values, or the codes.
    pub(crate) body: Range<usize>,
    /// How the values are found in the body.
    pub(crate) layout: Layout,
    /// The values' places in the body, for [`Layout::Spans`].
    pub(crate) spans: Vec<Span>,
    /// The values' codes, for [`Layout::Codes`].
    pub(crate) codes: Vec<u32>,
    /// The bytes of some value are not its text.
    pub(crate) opaque: bool,
    /// The column is binary: a value that is not UTF-8 has a hexadecimal text.
    pub(crate) binary: bool,
    /// The dictionary of the column chunk.
    pub(crate) dictionary: Dictionary,
    /// Space for a reader that decodes in two steps.
    pub(crate) spare: Vec<u8>,
    /// Space for decoded lengths.
    pub(crate) lengths: Vec<i64>,
    /// Space for decoded prefix lengths.
    pub(crate) prefixes: Vec<i64>,
    /// A codec's working memory.
    pub(crate) zstd: Option<zstd::bulk::Decompressor<'static>>,
    /// The last value that was asked for in a PLAIN page.
    walk: PlainWalk,
    /// The last row that was asked for.
    rank: Rank,
}

impl Default for PageState {
    fn default() -> Self {
        Self {
            kind: PageKind::Values,
            page: 0,
            first_row: 0,
            validity: Validity::default(),
            data: Data::default(),
            body: 0..0,
            layout: Layout::Unknown,
            spans: Vec::new(),
            codes: Vec::new(),
            opaque: false,
            binary: false,
            dictionary: Dictionary::default(),
            spare: Vec::new(),
            lengths: Vec::new(),
            prefixes: Vec::new(),
            zstd: None,
            walk: PlainWalk::default(),
            rank: Rank::default(),
        }
    }
}

impl PageState {
    /// Forgets page and dictionary, keeps the memory that is owned.
    pub(crate) fn clear(&mut self) {
        self.begin(PageKind::Values, 0, 0);
        self.data = Data::Owned(self.data.recycle());
        self.dictionary.clear();
        self.dictionary.data = Data::Owned(self.dictionary.data.recycle());
        self.binary = false;
    }

    /// Starts a new page of `kind`, number `page`, whose first row is `first_row`; the dictionary stays.
    pub(crate) fn begin(&mut self, kind: PageKind, page: usize, first_row: u32) {
        self.kind = kind;
        self.page = page;
        self.first_row = first_row;
        self.validity.clear();
        self.body = 0..0;
        self.layout = Layout::Unknown;
        self.spans.clear();
        self.codes.clear();
        self.opaque = false;
        self.walk = PlainWalk::default();
        self.rank = Rank::default();
    }

    /// Bytes of memory held.
    pub(crate) fn memory(&self) -> usize {
        let owned = |data: &Data| if let Data::Owned(vector) = data { vector.capacity() } else { 0 };
        owned(&self.data)
            + owned(&self.dictionary.data)
            + self.spare.capacity()
            + (self.spans.capacity() + self.dictionary.spans.capacity()) * size_of::<Span>()
            + self.codes.capacity() * size_of::<u32>()
            + (self.lengths.capacity() + self.prefixes.capacity()) * size_of::<i64>()
    }

    /// The bytes to search.
    pub(crate) fn haystack(&self) -> &[u8] {
        match self.kind {
            PageKind::Dictionary => &self.dictionary.data,
            PageKind::Codes => &[],
            PageKind::Values => self.body(),
        }
    }

    /// The values or codes of the page.
    pub(crate) fn body(&self) -> &[u8] {
        self.data.get(self.body.clone()).unwrap_or_default()
    }

    /// True if the absence of a hit proves nothing.
    pub(crate) fn opaque(&self) -> bool {
        match self.kind {
            PageKind::Dictionary | PageKind::Codes => self.dictionary.opaque,
            PageKind::Values => self.opaque,
        }
    }

    /// The rows of the page in the row group.
    pub(crate) fn rows(&self) -> Range<u32> {
        match self.kind {
            PageKind::Dictionary => 0..0,
            _ => self.first_row..self.first_row + self.validity.rows(),
        }
    }

    /// Checks the text of every value of a binary column's page, so that it is opaque if one is not UTF-8.
    pub(crate) fn check_binary(&mut self) -> Result<(), Damage> {
        if !self.binary || self.kind != PageKind::Values {
            return Ok(());
        }
        let valid = self.validity.valid();
        let body = self.body();
        self.opaque = match self.layout {
            Layout::Prefixed => {
                let mut walk = PlainWalk::default();
                let mut opaque = false;
                while walk.value < valid && !opaque {
                    let (start, end) = walk.span(body)?;
                    opaque = std::str::from_utf8(&body[start..end]).is_err();
                    walk.advance(end);
                }
                opaque
            }
            Layout::Spans => self.spans.iter().any(|span| std::str::from_utf8(value_at(body, *span)).is_err()),
            _ => self.opaque,
        };
        Ok(())
    }

    /// See [`super::PageView::rows_of`].
    pub(crate) fn rows_of(&mut self, hits: &[(u32, u32)], out: &mut Vec<RowHit>) -> Result<(), Damage> {
        match (self.kind, self.layout) {
            (PageKind::Dictionary, _) => {
                self.dictionary.remember(hits);
                Ok(())
            }
            (PageKind::Codes, Layout::Hybrid(width)) => self.rows_of_hybrid(width, out),
            (PageKind::Codes, _) => {
                self.rows_of_codes(out);
                Ok(())
            }
            (PageKind::Values, Layout::Prefixed) => self.rows_of_prefixed(hits, out),
            (PageKind::Values, Layout::Spans) => {
                self.rows_of_spans(hits, out);
                Ok(())
            }
            (PageKind::Values, _) => Ok(()),
        }
    }

    /// Rows of hits in a PLAIN page: walks the lengths up to the last hit.
    fn rows_of_prefixed(&self, hits: &[(u32, u32)], out: &mut Vec<RowHit>) -> Result<(), Damage> {
        let body = self.body();
        let mut emit = Emit::new(self, out);
        let mut walk = PlainWalk::default();
        for (offset, tag) in hits {
            let offset = *offset as usize;
            if offset < walk.at {
                walk = PlainWalk::default();
            }
            while walk.value < self.validity.valid() {
                let (start, end) = walk.span(body)?;
                if offset < end {
                    if offset >= start {
                        emit.value(walk.value, *tag);
                    }
                    break;
                }
                walk.advance(end);
            }
        }
        Ok(())
    }

    /// Rows of hits in a page whose values have spans.
    fn rows_of_spans(&self, hits: &[(u32, u32)], out: &mut Vec<RowHit>) {
        let mut emit = Emit::new(self, out);
        let mut at = 0;
        for (offset, tag) in hits {
            if at > 0 && self.spans[at - 1].1 > *offset {
                at = 0;
            }
            at += self.spans[at..].partition_point(|span| span.1 <= *offset);
            match self.spans.get(at) {
                Some(span) if span.0 <= *offset => emit.value(u32::try_from(at).unwrap_or(u32::MAX), *tag),
                Some(_) => {}
                None => break,
            }
        }
    }

    /// Rows whose code was hit, from Parquet's hybrid. A code beyond the dictionary was not hit, and is noticed where it is decoded.
    fn rows_of_hybrid(&mut self, width: u32, out: &mut Vec<RowHit>) -> Result<(), Damage> {
        self.dictionary.settle();
        let dictionary = &self.dictionary;
        let mut emit = Emit::new(self, out);
        let mut value = 0;
        let mut pieces = Pieces::new(self.body(), width, self.validity.valid());
        while let Some(piece) = pieces.next()? {
            match piece {
                Piece::Run { count, value: code } => {
                    if dictionary.is_hit(code) {
                        (value..value + count).for_each(|value| emit.code(value, dictionary.hits_of(code)));
                    }
                    value += count;
                }
                Piece::Packed { count, bytes } => unpack(bytes, width, count, |codes| {
                    if codes.iter().fold(false, |any, code| any | dictionary.is_hit(*code)) {
                        for (value, code) in (value..).zip(codes) {
                            emit.code(value, dictionary.hits_of(*code));
                        }
                    }
                    value += u32::try_from(codes.len()).unwrap_or(0);
                }),
            }
        }
        Ok(())
    }

    /// Rows whose code was hit, from decoded codes.
    fn rows_of_codes(&mut self, out: &mut Vec<RowHit>) {
        self.dictionary.settle();
        let mut emit = Emit::new(self, out);
        for (value, code) in (0..).zip(&self.codes) {
            if self.dictionary.is_hit(*code) {
                emit.code(value, self.dictionary.hits_of(*code));
            }
        }
    }

    /// See [`super::PageView::value_of`].
    pub(crate) fn text_of(&mut self, row: u32) -> Result<Option<Cow<'_, str>>, Damage> {
        if !self.rows().contains(&row) {
            return Ok(None);
        }
        let Some(value) = self.rank.value_of(&self.validity, row - self.first_row) else { return Ok(None) };
        if let Layout::Hybrid(width) = self.layout {
            self.decode_codes(width)?;
        }
        let bytes = match self.layout {
            Layout::Prefixed => {
                if value < self.walk.value {
                    self.walk = PlainWalk::default();
                }
                let body = self.data.get(self.body.clone()).unwrap_or_default();
                let (mut start, mut end) = self.walk.span(body)?;
                while self.walk.value < value {
                    self.walk.advance(end);
                    (start, end) = self.walk.span(body)?;
                }
                &body[start..end]
            }
            Layout::Spans => {
                let span = self.spans.get(value as usize).ok_or("it has fewer values than rows")?;
                value_at(self.body(), *span)
            }
            Layout::Codes | Layout::Hybrid(_) => {
                let code = self.codes.get(value as usize).ok_or("it has fewer codes than rows")?;
                self.dictionary.value(*code).ok_or(BAD_CODE)?
            }
            Layout::Unknown => return Err("its encoding is not supported by page search; decode the column instead"),
        };
        text(bytes, self.binary)
    }

    /// Turns Parquet's hybrid into decoded codes.
    fn decode_codes(&mut self, width: u32) -> Result<(), Damage> {
        let valid = self.validity.valid();
        let mut codes = std::mem::take(&mut self.codes);
        codes.clear();
        let mut pieces = Pieces::new(self.body(), width, valid);
        while let Some(piece) = pieces.next()? {
            match piece {
                Piece::Run { count, value } => codes.resize(codes.len() + count as usize, value),
                Piece::Packed { count, bytes } => unpack(bytes, width, count, |group| codes.extend_from_slice(group)),
            }
        }
        self.codes = codes;
        self.layout = Layout::Codes;
        Ok(())
    }
}

/// The text of a value: ∅ if empty (§4.1.4), hexadecimal if it is binary and not UTF-8 (§4.1.3).
fn text(bytes: &[u8], binary: bool) -> Result<Option<Cow<'_, str>>, Damage> {
    if bytes.is_empty() {
        return Ok(None);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Some(Cow::Borrowed(text))),
        Err(_) if binary => Ok(Some(Cow::Owned(hexadecimal(bytes)))),
        Err(_) => Err("a text is not UTF-8; the writer should have declared the column binary"),
    }
}

/// `bytes` in lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Turns value numbers, asked in ascending order, into row hits.
struct Emit<'a> {
    /// The rows of the page.
    validity: &'a Validity,
    /// The row in the row group of the page's first row.
    first_row: u32,
    /// Where the last answer was.
    select: Select,
    /// Where rows go.
    out: &'a mut Vec<RowHit>,
}

impl<'a> Emit<'a> {
    /// For the page `state`, appending to `out`.
    fn new(state: &'a PageState, out: &'a mut Vec<RowHit>) -> Self {
        Self { validity: &state.validity, first_row: state.first_row, select: Select::default(), out }
    }

    /// The row of value number `value` was hit by `tag`.
    fn value(&mut self, value: u32, tag: u32) {
        let row = self.first_row + self.select.row_of(self.validity, value);
        let hit = RowHit { row, tag };
        if self.out.last() != Some(&hit) {
            self.out.push(hit);
        }
    }

    /// The row of value number `value` has a code with `hits`.
    fn code(&mut self, value: u32, hits: &[(u32, u32)]) {
        if hits.is_empty() {
            return;
        }
        let row = self.first_row + self.select.row_of(self.validity, value);
        self.out.extend(hits.iter().map(|(_, tag)| RowHit { row, tag: *tag }));
    }
}
