//! The pages of a Parquet column chunk, one after the other, decompressed only where a hit is possible.

use std::ops::Range;

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::file::metadata::ColumnChunkMetaData;
use roaring::RoaringBitmap;

use super::codec::Codec;
use super::header::{PageHeader, PageType};
use super::{delta, levels};
use crate::error::Error;
use crate::faults::fault;
use crate::page::data::Data;
use crate::page::layout::Layout;
use crate::page::state::PageState;
use crate::page::{PageKind, Place};
use crate::source::Source;

/// The pages of one flat byte-array column chunk.
pub(crate) struct ParquetPages<'a> {
    /// The file.
    source: &'a Source,
    /// The part of the file that is not read yet.
    range: Range<u64>,
    /// How pages are decompressed.
    codec: Codec,
    /// The definition level of a row with a value; zero if every row has one.
    max_definition: u32,
    /// The column is binary rather than text.
    binary: bool,
    /// The metadata proves that every data page has dictionary codes.
    all_codes: bool,
    /// Rows in the row group.
    rows: u32,
    /// The row that the next data page begins with.
    next_row: u32,
    /// The number of the next page.
    next_page: usize,
    /// If given, only pages that hold one of these rows are wanted, whatever was hit.
    wanted: Option<&'a RoaringBitmap>,
}

impl<'a> ParquetPages<'a> {
    /// The pages of `chunk`, whose byte range was checked against the file, in a row group of `rows` rows.
    ///
    /// # Errors
    ///
    /// If the codec is not supported.
    pub(crate) fn new(
        source: &'a Source,
        chunk: &'a ColumnChunkMetaData,
        rows: u32,
        binary: bool,
    ) -> Result<Self, Error> {
        let (start, length) = chunk.byte_range();
        Ok(Self {
            source,
            range: start..start + length,
            codec: Codec::of(chunk, source, rows)?,
            max_definition: u32::try_from(chunk.column_descr().max_def_level()).unwrap_or(0),
            binary,
            all_codes: proves_all_codes(chunk),
            rows,
            next_row: 0,
            next_page: 0,
            wanted: None,
        })
    }

    /// From now on gives only pages that hold one of `rows`, and the dictionary; hits do not count.
    pub(crate) fn only(&mut self, rows: &'a RoaringBitmap) {
        self.wanted = Some(rows);
    }

    /// Is the next page, of `values` rows, passed over because no wanted row is in it?
    fn unwanted(&self, values: u32) -> bool {
        let end = self.next_row.saturating_add(values);
        self.wanted.is_some_and(|rows| rows.range_cardinality(self.next_row..end) == 0)
    }

    /// Puts the next page that may have a hit into `state`; false if there is none.
    ///
    /// # Errors
    ///
    /// If the page is damaged; `place` says where.
    pub(crate) fn next(&mut self, state: &mut PageState, place: &Place<'_>) -> Result<bool, Error> {
        state.binary = self.binary;
        let page = self.next_page;
        match self.step(state) {
            Ok(found) => match self.source.intact() {
                Ok(()) => Ok(found),
                Err(changed) => Err(place.locate(changed, page)),
            },
            // What a poisoned mapping holds is not the file's fault.
            Err(error) => Err(place.locate(self.source.intact().err().unwrap_or(error), self.next_page)),
        }
    }

    /// [`next`](Self::next) without the place.
    fn step(&mut self, state: &mut PageState) -> Result<bool, Error> {
        while self.next_row < self.rows {
            if self.unwanted(self.rows - self.next_row) {
                self.next_row = self.rows;
                return Ok(false);
            }
            let no_hit = state.dictionary.loaded && !state.dictionary.any_hit() && !state.dictionary.opaque;
            let no_codes = no_hit && self.wanted.is_none();
            if no_codes && (self.all_codes || fault("columnar-dictionary-miss-skips-chunk")) {
                self.next_row = self.rows;
                return Ok(false);
            }
            if self.range.is_empty() {
                let message = format!("the column chunk ends after {} of {} rows", self.next_row, self.rows);
                return Err(Error::damaged(message));
            }
            let header = PageHeader::read(self.source, self.range.start, self.range.end)?;
            let is_data = !matches!(header.page_type, PageType::Dictionary | PageType::Index);
            if is_data && header.values > self.rows - self.next_row {
                return Err(Error::damaged("it has more values than the row group has rows left"));
            }
            let body = self.range.start + header.header_bytes as u64;
            let passed = is_data && (self.unwanted(header.values) || header.is_dictionary_coded() && no_codes);
            let skip = header.page_type == PageType::Index || passed;
            if skip {
                self.codec.skip()?;
            } else {
                self.load(&header, body, state)?;
            }
            self.range.start = body + header.compressed_bytes as u64;
            self.next_page += 1;
            if is_data {
                self.next_row += header.values;
            }
            if !skip {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Decompresses the page with `header` at `body` into `state`.
    fn load(&mut self, header: &PageHeader, body: u64, state: &mut PageState) -> Result<(), Error> {
        let damaged = |message: &str| Error::damaged(message);
        let page = self.bytes(header, body, state)?;
        if header.page_type == PageType::Dictionary {
            if state.dictionary.loaded {
                return Err(damaged("the column chunk has two dictionaries"));
            }
            if header.encoding != Some(Encoding::PLAIN) && !header.is_dictionary_coded() {
                return Err(damaged("its dictionary is not PLAIN"));
            }
            state.begin(PageKind::Dictionary, self.next_page, self.next_row);
            state.dictionary.load_plain(page.data, header.values, self.binary).map_err(damaged)?;
            return Ok(());
        }
        state.begin(PageKind::Values, self.next_page, self.next_row);
        state.data = page.data;
        let start = self.levels(header, page.levels.as_deref(), state)?;
        state.body = start..state.data.len();
        self.lay_out(header, state).map_err(damaged)?;
        state.check_binary().map_err(damaged)
    }

    /// The decompressed bytes of the page with `header` at `body`; its levels apart if they are stored so.
    fn bytes(&mut self, header: &PageHeader, body: u64, state: &mut PageState) -> Result<PageBytes, Error> {
        if let Some(bytes) = self.codec.foreign_page()? {
            return Ok(PageBytes { levels: None, data: Data::File(bytes) });
        }
        let raw = self.source.bytes(body, header.compressed_bytes)?;
        if header.crc.is_some_and(|crc| crc != crc32fast::hash(&raw)) {
            return Err(Error::damaged("its checksum is wrong; restore the file from a good copy"));
        }
        let (levels, raw, compressed) = match header.page_type {
            PageType::DataV2 { definition_bytes, repetition_bytes, compressed } => {
                let length = definition_bytes + repetition_bytes;
                (raw.slice(..length), raw.slice(length..), compressed)
            }
            _ => (Bytes::new(), raw, true),
        };
        let v2 = matches!(header.page_type, PageType::DataV2 { .. });
        let levels_bytes = levels.len();
        let levels = v2.then_some(levels);
        if matches!(self.codec, Codec::Plain) || !compressed {
            return Ok(PageBytes { levels, data: Data::File(raw) });
        }
        let is_dictionary = header.page_type == PageType::Dictionary;
        let place = if is_dictionary { &mut state.dictionary.data } else { &mut state.data };
        let mut out = place.recycle();
        let size = header.uncompressed_bytes - levels_bytes;
        self.codec
            .decompress(&mut state.zstd, &raw, size, &mut out)
            .map_err(|message| Error::damaged(format!("it cannot be decompressed: {message}")))?;
        Ok(PageBytes { levels, data: Data::Owned(out) })
    }

    /// Decodes the definition levels of the page in `state`; the offset in its bytes where the values begin.
    fn levels(&self, header: &PageHeader, apart: Option<&[u8]>, state: &mut PageState) -> Result<usize, Error> {
        let rows = header.values;
        let bytes = &*state.data;
        let (definition, start) = match (header.page_type, apart) {
            (PageType::DataV2 { definition_bytes, repetition_bytes, .. }, Some(levels)) => {
                (levels.get(repetition_bytes..repetition_bytes + definition_bytes), 0)
            }
            (PageType::DataV2 { definition_bytes, repetition_bytes, .. }, None) => {
                let end = repetition_bytes + definition_bytes;
                (bytes.get(repetition_bytes..end), end)
            }
            _ if self.max_definition == 0 => (Some(&[][..]), 0),
            _ if !header.levels_are_runs => {
                state.validity.set_all(rows);
                state.opaque = true;
                return Ok(bytes.len());
            }
            _ => {
                let length = bytes.get(..4).and_then(|prefix| prefix.try_into().ok()).map(u32::from_le_bytes);
                let end =
                    length.and_then(|length| usize::try_from(length).ok()).and_then(|length| length.checked_add(4));
                let end = end.ok_or_else(|| Error::damaged("its levels are longer than the page"))?;
                (bytes.get(4..end), end)
            }
        };
        let definition = definition.ok_or_else(|| Error::damaged("its levels are longer than the page"))?;
        if self.max_definition == 0 || fault("columnar-nulls-not-counted") {
            state.validity.set_all(rows);
        } else {
            levels::validity(definition, self.max_definition, rows, &mut state.validity).map_err(Error::damaged)?;
        }
        Ok(start)
    }

    /// Finds out how the values of the page in `state` are laid out, decoding lengths where they are apart from the values.
    fn lay_out(&self, header: &PageHeader, state: &mut PageState) -> Result<(), &'static str> {
        let valid = state.validity.valid();
        if state.opaque {
            return Ok(());
        }
        match header.encoding {
            Some(Encoding::PLAIN) => state.layout = Layout::Prefixed,
            _ if header.is_dictionary_coded() => {
                if !state.dictionary.loaded {
                    return Err("it has codes, but the column chunk has no dictionary");
                }
                state.kind = PageKind::Codes;
                let Some(width) = state.body().first().copied() else {
                    state.layout = Layout::Codes;
                    return if valid == 0 { Ok(()) } else { Err("its codes are missing") };
                };
                if width > 32 {
                    return Err("its codes have more than 32 bits");
                }
                state.body.start += 1;
                state.layout = Layout::Hybrid(u32::from(width));
            }
            Some(Encoding::DELTA_LENGTH_BYTE_ARRAY) => {
                let body = state.data.get(state.body.clone()).unwrap_or_default();
                let start = delta::length_byte_array(body, valid, &mut state.lengths, &mut state.spans)?;
                state.body.start += start;
                state.layout = Layout::Spans;
            }
            Some(Encoding::DELTA_BYTE_ARRAY) => {
                let body = state.data.get(state.body.clone()).unwrap_or_default();
                let mut out = std::mem::take(&mut state.spare);
                out.clear();
                let buffers = (&mut state.prefixes, &mut state.lengths);
                delta::byte_array(body, valid, buffers, &mut state.spans, &mut out)?;
                state.spare = state.data.recycle();
                state.body = 0..out.len();
                state.data = Data::Owned(out);
                state.layout = Layout::Spans;
            }
            _ => {
                state.layout = Layout::Unknown;
                state.opaque = true;
            }
        }
        Ok(())
    }
}

/// A decompressed page.
struct PageBytes {
    /// Repetition and definition levels, if they are not part of `data`.
    levels: Option<Bytes>,
    /// The rest.
    data: Data,
}

/// True if the metadata of `chunk` says that all its data pages have dictionary codes.
///
/// Only the statistics of page encodings say so; the plain list of encodings cannot tell a fallback page from the levels.
fn proves_all_codes(chunk: &ColumnChunkMetaData) -> bool {
    let all_codes = chunk
        .page_encoding_stats_mask()
        .is_some_and(|mask| mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY));
    all_codes && chunk.dictionary_page_offset().is_some()
}
