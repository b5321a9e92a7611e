//! Rows on their way through a pipeline: columns by field name, and the order key of each row.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, TimestampMicrosecondArray};
use arrow_buffer::BooleanBuffer;
use arrow_schema::{DataType, TimeUnit};

use crate::error::PipelineError;
use crate::kernels::value::is_canonical;

/// The field that holds the time of a row (§4.6.1).
pub const TIME: &str = "_time";

/// The field that holds the original text of a row (§2.2.1).
pub const RAW: &str = "_raw";

/// Where a row stands in the stream: newest first, rows without time last, then by file and row (§4.7.1).
///
/// The time is the row's own, also after a `bin` has changed its `_time`. No two rows of a run have the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// Time in microseconds since the epoch, UTC.
    pub time: Option<i64>,
    /// Ordinal of the file in path order.
    pub file: u32,
    /// Row in the file, from 0.
    pub row: u64,
}

impl Ord for RowKey {
    /// Stream order: the row that comes out first is the least.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // `None` is less than any time, so the reversed comparison puts it last.
        other.time.cmp(&self.time).then(self.file.cmp(&other.file)).then(self.row.cmp(&other.row))
    }
}

impl PartialOrd for RowKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Rows: canonical columns by field name, all as long as there are keys. Names occur once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The columns, in schema order.
    fields: Vec<(Arc<str>, ArrayRef)>,
    /// Key of each row.
    keys: Vec<RowKey>,
}

impl Batch {
    /// Returns the batch of these columns; `keys[i]` is the key of row `i`.
    ///
    /// A field `_time` of a number type is taken as epoch seconds and becomes a time; finer digits than microseconds are cut off.
    ///
    /// # Errors
    ///
    /// `E-STAGE-BATCH` if the lengths differ, a name occurs twice, or a column has a type that is not canonical.
    pub fn new(fields: Vec<(Arc<str>, ArrayRef)>, keys: Vec<RowKey>) -> Result<Self, PipelineError> {
        let wrong = |message: String| Err(PipelineError::new("E-STAGE-BATCH", message));
        let mut names = hashbrown::HashSet::with_capacity(fields.len());
        for (name, array) in &fields {
            if array.len() != keys.len() {
                return wrong(format!("column `{name}` has {} rows, the batch {}", array.len(), keys.len()));
            }
            if !is_canonical(array.data_type()) {
                return wrong(format!("column `{name}` has type {}, which is not canonical", array.data_type()));
            }
            if !names.insert(name.clone()) {
                return wrong(format!("two columns are named `{name}`"));
            }
        }
        let mut batch = Self { fields, keys };
        if let Some(time) = batch.fields.iter_mut().find(|(name, _)| &**name == TIME)
            && let Some(array) = as_time(time.1.as_ref())
        {
            time.1 = array;
        }
        Ok(batch)
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.keys.len()
    }

    /// Returns the columns in schema order.
    #[must_use]
    pub fn fields(&self) -> &[(Arc<str>, ArrayRef)] {
        &self.fields
    }

    /// Returns the keys, one per row.
    #[must_use]
    pub fn keys(&self) -> &[RowKey] {
        &self.keys
    }

    /// Returns the column of a field, if the batch has it.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.fields.iter().find(|(field, _)| &**field == name).map(|(_, array)| array)
    }

    /// The batch with only the fields that the test keeps.
    pub(crate) fn keep_fields(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.fields.retain(|(name, _)| keep(name));
        self
    }

    /// The batch with a column replaced, or added behind the others.
    pub(crate) fn with_column(mut self, name: &Arc<str>, array: ArrayRef) -> Self {
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, column)) => *column = array,
            None => self.fields.push((name.clone(), array)),
        }
        self
    }

    /// The batch with its keys replaced; they are as many.
    pub(crate) fn with_keys(self, keys: Vec<RowKey>) -> Self {
        Self { keys, ..self }
    }

    /// The columns and the keys.
    pub(crate) fn into_parts(self) -> (Vec<(Arc<str>, ArrayRef)>, Vec<RowKey>) {
        (self.fields, self.keys)
    }

    /// The rows whose bit is set.
    pub(crate) fn filter(self, rows: &BooleanBuffer) -> Result<Self, PipelineError> {
        if rows.count_set_bits() == self.keys.len() {
            return Ok(self);
        }
        let mask = BooleanArray::new(rows.clone(), None);
        let filter = |(name, array): (Arc<str>, ArrayRef)| match arrow_select::filter::filter(&array, &mask) {
            Ok(filtered) => Ok((name, filtered)),
            Err(error) => Err(PipelineError::new("E-STAGE-ARROW", error.to_string())),
        };
        let fields = self.fields.into_iter().map(filter).collect::<Result<_, _>>()?;
        let keys = rows.set_indices().map(|row| self.keys[row]).collect();
        Ok(Self { fields, keys })
    }
}

/// A column of epoch seconds as times; `None` if the column has no number type. A number that no time can hold is ∅.
pub(crate) fn as_time(array: &dyn Array) -> Option<ArrayRef> {
    let micros: TimestampMicrosecondArray = match array.data_type() {
        DataType::Int64 => {
            array.as_primitive::<Int64Type>().iter().map(|v| v.and_then(|v| v.checked_mul(1_000_000))).collect()
        }
        DataType::UInt64 => {
            let whole = |value: u64| i64::try_from(value).ok().and_then(|value| value.checked_mul(1_000_000));
            array.as_primitive::<UInt64Type>().iter().map(|v| v.and_then(whole)).collect()
        }
        DataType::Float64 => array.as_primitive::<Float64Type>().iter().map(|v| v.and_then(micros_of)).collect(),
        DataType::Timestamp(TimeUnit::Microsecond, _) => return None,
        _ => return None,
    };
    Some(Arc::new(micros.with_timezone("UTC")))
}

/// The microseconds of a number of seconds, finer digits floored; `None` if it is out of range.
pub(crate) fn micros_of(seconds: f64) -> Option<i64> {
    // A double of today's seconds is up to 0.12 µs off its decimal; rounding the tenths first keeps `.987654` what it is.
    let micros = ((seconds * 1e7).round() / 10.0).floor();
    if micros.abs() >= 9.2e18 || micros.is_nan() {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "integral and within the range that was just checked")]
    let whole = micros as i64;
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Float64Array, Int64Array, StringArray};

    fn key(time: Option<i64>, file: u32, row: u64) -> RowKey {
        RowKey { time, file, row }
    }

    #[test]
    fn section_4_7_1_newest_first_timeless_last_then_file_and_row() {
        let expected = [key(Some(9), 1, 0), key(Some(5), 0, 3), key(Some(5), 1, 2), key(None, 0, 0), key(None, 0, 1)];
        let mut sorted = expected;
        sorted.reverse();
        sorted.sort();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn epoch_seconds_become_times() {
        let keys = vec![key(None, 0, 0), key(None, 0, 1)];
        for array in [
            Arc::new(Int64Array::from(vec![Some(1_700_000_123), Some(i64::MAX)])) as ArrayRef,
            Arc::new(Float64Array::from(vec![Some(1_700_000_123.0), Some(1e300)])),
        ] {
            let batch = Batch::new(vec![(TIME.into(), array)], keys.clone()).unwrap();
            let times = batch.column(TIME).unwrap().as_primitive::<arrow_array::types::TimestampMicrosecondType>();
            assert_eq!(times.iter().collect::<Vec<_>>(), [Some(1_700_000_123_000_000), None]);
        }
        assert_eq!(micros_of(1_700_000_123.987654), Some(1_700_000_123_987_654));
        assert_eq!(micros_of(-0.5), Some(-500_000));
    }

    #[test]
    fn malformed_batches_are_refused() {
        let text = || Arc::new(StringArray::from(vec!["x"])) as ArrayRef;
        let one = vec![key(None, 0, 0)];
        assert!(Batch::new(vec![("a".into(), text()), ("a".into(), text())], one.clone()).is_err());
        assert!(Batch::new(vec![("a".into(), text())], vec![]).is_err());
        let narrow = Arc::new(arrow_array::Int32Array::from(vec![1])) as ArrayRef;
        assert!(Batch::new(vec![("a".into(), narrow)], one).is_err());
    }

    #[test]
    fn filter_keeps_keys_beside_their_rows() {
        let array = Arc::new(StringArray::from(vec!["x", "y", "z"])) as ArrayRef;
        let batch = Batch::new(vec![("a".into(), array)], (0..3).map(|row| key(None, 0, row)).collect()).unwrap();
        let kept = batch.filter(&BooleanBuffer::from(vec![false, true, true])).unwrap();
        assert_eq!(kept.keys().iter().map(|key| key.row).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(kept.column("a").unwrap().as_string::<i32>().value(1), "z");
    }
}
