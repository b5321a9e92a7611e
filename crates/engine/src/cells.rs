//! Cells and sets of rows: the small steps between arrays and verdicts.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, BooleanArray, StringArray, UInt32Array};
use arrow_buffer::BooleanBuffer;
use fixedbitset::FixedBitSet;
use retrohunt_columnar::{ColumnId, DataFile, text};
use retrohunt_profile::{Test, TimeFormat};
use retrohunt_stages::predicate::{CompareTest, TermTest};
use roaring::RoaringBitmap;

use crate::error::Error;

/// Rows of a row group per row that is wanted, from which on single values are looked up in their pages: below, most pages hold one of the
/// rows anyway, and the decoder's loops are faster than ours.
const SPARSE: u64 = 64;

/// One column, decoded; `plain` only ever by the `parquet` crate's own reader.
pub(crate) fn read_one(
    file: &DataFile,
    row_group: usize,
    column: usize,
    rows: Option<&RoaringBitmap>,
    plain: bool,
) -> Result<ArrayRef, Error> {
    let total = u64::from(file.row_group_rows(row_group));
    if let Some(rows) = rows
        && !plain
        && rows.len() * SPARSE <= total
        && let Some(values) = file.lookup(row_group, column_id(column), rows)?
    {
        return Ok(values);
    }
    // All rows without a selection is the reader's faster way.
    let rows = rows.filter(|rows| rows.len() < total);
    file.read(row_group, &[column_id(column)], rows)?.pop().ok_or_else(|| Error::internal("no column was read"))
}

/// A column's id for `columnar`.
pub(crate) fn column_id(column: usize) -> ColumnId {
    ColumnId(u32::try_from(column).unwrap_or(u32::MAX))
}

/// Is it a multivalue column?
pub(crate) fn is_list(array: &ArrayRef) -> bool {
    matches!(array.data_type(), arrow_schema::DataType::List(_))
}

/// Which cells are not ∅.
pub(crate) fn present(array: &ArrayRef) -> BooleanBuffer {
    CompareTest::new(retrohunt_spl::plan::CompareOp::Eq, &retrohunt_spl::plan::Glob::new("*"), false)
        .select(array.as_ref())
}

/// Does any value of a cell meet a test?
pub(crate) fn cell_holds(array: &ArrayRef, row: usize, test: &Test) -> bool {
    if let (Test::Integers(wanted), arrow_schema::DataType::Int64) = (test, array.data_type()) {
        return wanted.contains(&array.as_primitive::<Int64Type>().value(row));
    }
    cell_texts(array, row).iter().any(|value| test.holds(value))
}

/// The texts of a cell: none, one, or those of a multivalue.
pub(crate) fn cell_texts(array: &ArrayRef, row: usize) -> Vec<Cow<'_, str>> {
    let Some(lists) = array.as_list_opt::<i32>() else {
        return text::cell_text(array.as_ref(), row).into_iter().collect();
    };
    if lists.is_null(row) {
        return Vec::new();
    }
    let offsets = lists.value_offsets();
    let at = |index: usize| usize::try_from(offsets[index]).unwrap_or(0);
    let values = lists.values();
    (at(row)..at(row + 1)).filter_map(|index| text::cell_text(values.as_ref(), index)).collect()
}

/// The time of a row, read from a cell.
pub(crate) fn row_time(array: &ArrayRef, row: usize, format: TimeFormat) -> Option<i64> {
    if array.is_null(row) {
        return None;
    }
    if let arrow_schema::DataType::Timestamp(..) = array.data_type() {
        return Some(array.as_primitive::<TimestampMicrosecondType>().value(row));
    }
    let value = text::cell_text(array.as_ref(), row)?;
    retrohunt_profile::parse_time(&value, format)
}

/// Which of the rows hold a text that passes the test; ∅ does not.
pub(crate) fn each_text(
    texts: &StringArray,
    rows: &FixedBitSet,
    len: usize,
    test: impl Fn(&str) -> bool,
) -> FixedBitSet {
    let mut out = FixedBitSet::with_capacity(len);
    out.extend(rows.ones().filter(|&row| texts.is_valid(row) && test(texts.value(row))));
    out
}

/// Which of the rows hold a text that the term matches.
pub(crate) fn select_texts(
    test: &TermTest,
    array: &ArrayRef,
    rows: &FixedBitSet,
    len: usize,
) -> Result<FixedBitSet, Error> {
    if let Some(texts) = array.as_string_opt::<i32>() {
        return Ok(each_text(texts, rows, len, |text| test.matches_text(text)));
    }
    let (narrowed, kept) = narrow(array, rows)?;
    Ok(scatter(&test.select_texts(narrowed.as_ref()), rows, kept, len))
}

/// The rows of an array that are in the set; `true` if that is all of them.
pub(crate) fn narrow(array: &ArrayRef, rows: &FixedBitSet) -> Result<(ArrayRef, bool), Error> {
    let count = rows.count_ones(..);
    if count == array.len() {
        return Ok((Arc::clone(array), true));
    }
    let indices: UInt32Array = rows.ones().map(|row| u32::try_from(row).unwrap_or(u32::MAX)).collect();
    Ok((take(array, &indices)?, false))
}

/// Puts verdicts on narrowed rows back to their places.
pub(crate) fn scatter(holds: &BooleanBuffer, rows: &FixedBitSet, whole: bool, len: usize) -> FixedBitSet {
    if whole {
        return bits(holds, len);
    }
    let mut out = FixedBitSet::with_capacity(len);
    for (index, row) in rows.ones().enumerate() {
        if holds.value(index) {
            out.insert(row);
        }
    }
    out
}

/// A Boolean buffer as a set.
pub(crate) fn bits(buffer: &BooleanBuffer, len: usize) -> FixedBitSet {
    let mut out = FixedBitSet::with_capacity(len);
    for row in buffer.set_indices() {
        out.insert(row);
    }
    out
}

/// Arrow's `take`.
pub(crate) fn take(array: &ArrayRef, indices: &UInt32Array) -> Result<ArrayRef, Error> {
    arrow_select::take::take(array, indices, None).map_err(|error| Error::internal(error.to_string()))
}

/// Arrow's `filter` by a set.
pub(crate) fn keep(array: &ArrayRef, rows: &FixedBitSet) -> Result<ArrayRef, Error> {
    let mask: BooleanArray = (0..array.len()).map(|row| Some(rows.contains(row))).collect();
    arrow_select::filter::filter(array, &mask).map_err(|error| Error::internal(error.to_string()))
}
