//! The text columns of a record batch as pages: value buffers are searched where they are.

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, ByteArrayType, ByteViewType};
use arrow_array::{Array, ArrayRef, GenericByteArray, GenericByteViewArray, downcast_dictionary_array};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

use crate::contain::contain;
use crate::error::Error;
use crate::page::data::Data;
use crate::page::layout::{Layout, Span, offset};
use crate::page::state::PageState;
use crate::page::{PageKind, Place};
use crate::source::Source;

/// The most value bytes in one page; offsets into a page have 32 bits.
const PAGE_BYTES: usize = 1 << 30;

/// True if a column of `data_type` can be searched in pages.
pub(super) fn is_searchable(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => true,
        DataType::Dictionary(_, value) => !matches!(**value, DataType::Dictionary(..)) && is_searchable(value),
        _ => false,
    }
}

/// The pages of one column of a record batch.
pub(crate) struct IpcPages<'a> {
    /// The file.
    source: &'a Source,
    /// The column.
    array: ArrayRef,
    /// The row that the next page begins with.
    next_row: usize,
    /// The number of the next page.
    next_page: usize,
}

impl<'a> IpcPages<'a> {
    /// The pages of `array`, whose type [`is_searchable`].
    pub(super) fn new(source: &'a Source, array: ArrayRef) -> Self {
        Self { source, array, next_row: 0, next_page: 0 }
    }

    /// Puts the next page that may have a hit into `state`; false if there is none.
    ///
    /// # Errors
    ///
    /// If the file changed while it was read; `place` says where.
    pub(crate) fn next(&mut self, state: &mut PageState, place: &Place<'_>) -> Result<bool, Error> {
        let page = self.next_page;
        // A panic is possible only if the mapped arrays changed after they were validated.
        let found =
            contain(|| self.step(state).map_err(Error::damaged)).and_then(|found| self.source.intact().map(|()| found));
        found.map_err(|error| place.locate(self.source.intact().err().unwrap_or(error), page))
    }

    /// [`next`](Self::next) without the place.
    fn step(&mut self, state: &mut PageState) -> Result<bool, &'static str> {
        if self.next_row >= self.array.len() {
            return Ok(false);
        }
        let first_row = u32::try_from(self.next_row).map_err(|_| "it has too many rows")?;
        if let DataType::Dictionary(_, value) = self.array.data_type() {
            state.binary = is_binary(value);
            if self.next_page == 0 {
                state.begin(PageKind::Dictionary, 0, 0);
                self.load_dictionary(state)?;
                self.next_page = 1;
                return Ok(true);
            }
            self.next_row = self.array.len();
            self.next_page += 1;
            if !state.dictionary.any_hit() && !state.dictionary.opaque {
                return Ok(false);
            }
            state.begin(PageKind::Codes, 1, 0);
            let array = &self.array;
            downcast_dictionary_array!(
                array => codes(array, state),
                _ => return Err("its type is not searchable")
            );
            return Ok(true);
        }
        state.binary = is_binary(self.array.data_type());
        state.begin(PageKind::Values, self.next_page, first_row);
        let rows = fill(&self.array, self.next_row, &mut state.data, &mut state.spans)?;
        let end = self.next_row + rows;
        validity(&self.array, self.next_row..end, state);
        state.body = 0..state.data.len();
        state.layout = Layout::Spans;
        state.check_binary()?;
        self.next_row = end;
        self.next_page += 1;
        Ok(true)
    }

    /// Loads the dictionary of the column. A null value has an empty span, which no hit falls into.
    fn load_dictionary(&self, state: &mut PageState) -> Result<(), &'static str> {
        let values = self.array.as_any_dictionary().values();
        state.dictionary.clear();
        let mut spans = std::mem::take(&mut state.dictionary.spans);
        let rows = fill_all(values, &mut state.dictionary.data, &mut spans)?;
        state.dictionary.spans = spans;
        if rows != values.len() {
            return Err("its dictionary has more than 1 GiB");
        }
        state.dictionary.loaded(state.binary);
        Ok(())
    }
}

/// True for binary types.
fn is_binary(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

/// Sets the validity of the page in `state` to that of rows `range` of `array`.
fn validity(array: &dyn Array, range: std::ops::Range<usize>, state: &mut PageState) {
    match array.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => state.validity.set_all(u32::try_from(range.len()).unwrap_or(u32::MAX)),
        Some(nulls) => range.for_each(|row| state.validity.push_run(nulls.is_valid(row), 1)),
    }
}

/// The codes of `array` for the page in `state`: a row is valid if its key is and the value is.
fn codes<K: ArrowDictionaryKeyType>(array: &arrow_array::DictionaryArray<K>, state: &mut PageState) {
    let (keys, values) = (array.keys(), array.values());
    for row in 0..keys.len() {
        let code = keys.value(row).as_usize();
        let valid = keys.is_valid(row) && values.is_valid(code);
        state.validity.push_run(valid, 1);
        if valid {
            state.codes.push(u32::try_from(code).unwrap_or(u32::MAX));
        }
    }
    state.layout = Layout::Codes;
}

/// Puts the values of `array` from row `first` on into `data` and the spans of those that are not null into `spans`, until the
/// page is full; the number of rows.
fn fill(array: &dyn Array, first: usize, data: &mut Data, spans: &mut Vec<Span>) -> Result<usize, &'static str> {
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0).cloned();
    let skip = |row: usize| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
    match array.data_type() {
        DataType::Utf8 => borrow(array.as_string::<i32>(), first, data, spans, skip),
        DataType::LargeUtf8 => borrow(array.as_string::<i64>(), first, data, spans, skip),
        DataType::Binary => borrow(array.as_binary::<i32>(), first, data, spans, skip),
        DataType::LargeBinary => borrow(array.as_binary::<i64>(), first, data, spans, skip),
        DataType::Utf8View => copy(array.as_string_view(), first, data, spans, skip),
        DataType::BinaryView => copy(array.as_binary_view(), first, data, spans, skip),
        _ => Err("its type is not searchable"),
    }
}

/// [`fill`] for a dictionary: every value has a span, a null one an empty one, so that codes stay aligned.
fn fill_all(array: &dyn Array, data: &mut Data, spans: &mut Vec<Span>) -> Result<usize, &'static str> {
    let mut present = Vec::new();
    let rows = fill(array, 0, data, &mut present)?;
    let mut present = present.into_iter();
    let mut last = 0;
    for row in 0..rows {
        let span = if array.is_valid(row) { present.next() } else { None };
        let span = span.unwrap_or((last, last));
        last = span.1;
        spans.push(span);
    }
    Ok(rows)
}

/// [`fill`] from an array with offsets, whose value buffer becomes the page.
fn borrow<T: ByteArrayType>(
    array: &GenericByteArray<T>,
    first: usize,
    data: &mut Data,
    spans: &mut Vec<Span>,
    skip: impl Fn(usize) -> bool,
) -> Result<usize, &'static str> {
    let offsets: &[T::Offset] = array.value_offsets();
    let base = offsets[first].as_usize();
    // The first row that would not fit; one row always does, or its offsets are refused.
    let fits = offsets[first + 1..].partition_point(|end| end.as_usize().saturating_sub(base) <= PAGE_BYTES);
    // None, if there are no rows at all: the dictionary of a column that is ∅ everywhere.
    let fits = fits.max(1).min(offsets.len() - 1 - first);
    let end = offsets[first + fits].as_usize();
    let length = end.checked_sub(base).ok_or("its offsets are not ascending")?;
    if end > array.values().len() {
        return Err("its offsets are beyond its values");
    }
    spans.reserve(fits);
    let mut start = base;
    for row in first..first + fits {
        let stop = offsets[row + 1].as_usize();
        if stop < start || stop > end {
            return Err("its offsets are not ascending");
        }
        if !skip(row) {
            spans.push((offset(start - base)?, offset(stop - base)?));
        }
        start = stop;
    }
    *data = Data::Arrow(array.values().slice_with_length(base, length));
    Ok(fits)
}

/// [`fill`] from an array of views, whose values are copied one after the other.
fn copy<T: ByteViewType>(
    array: &GenericByteViewArray<T>,
    first: usize,
    data: &mut Data,
    spans: &mut Vec<Span>,
    skip: impl Fn(usize) -> bool,
) -> Result<usize, &'static str>
where
    T::Native: AsRef<[u8]>,
{
    let mut out = data.recycle();
    let mut row = first;
    while row < array.len() && (out.len() <= PAGE_BYTES || row == first) {
        if !skip(row) {
            let value: &[u8] = array.value(row).as_ref();
            if row > first && out.len() + value.len() > PAGE_BYTES {
                break;
            }
            let start = offset(out.len())?;
            out.extend_from_slice(value);
            spans.push((start, offset(out.len())?));
        }
        row += 1;
    }
    *data = Data::Owned(out);
    Ok(row - first)
}
