//! From Arrow's many types to the canonical few (§4.1.3, §4.1.4): the one place where a stored value becomes a field value.
//!
//! | Stored | Canonical |
//! | --- | --- |
//! | text in any layout, dictionary | `Utf8`; an empty text is null |
//! | binary in any layout | `Utf8`: as it is if it is UTF-8, else lower-case hexadecimal |
//! | integers | `Int64`; unsigned ones of 64 bits `UInt64` |
//! | floats | `Float64`; NaN and infinities are null |
//! | decimals | `Float64` up to 15 digits, else `Utf8` |
//! | Booleans | `Boolean` |
//! | dates, timestamps | `Utf8` in ISO 8601, UTC; as row time `Timestamp(Microsecond, "UTC")`, finer digits floored |
//! | times of day | `Utf8` |
//! | anything in a list or map | `List<Utf8>` of value texts; null elements and empty texts are dropped, an empty list is null |
//! | anything else | `Utf8` as Arrow displays it |

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Float32Type, Float64Type,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, PrimitiveArray, StringArray, TimestampMicrosecondArray,
    new_empty_array, new_null_array,
};
use arrow_buffer::BooleanBuffer;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType, Field, TimeUnit};
use arrow_select::nullif::nullif;
use arrow_select::take::take;

use crate::faults::fault;
use crate::page::state::hexadecimal;
use crate::schema::{ColumnInfo, ColumnKind, EXACT_DIGITS, Step};
use crate::text;

/// The canonical column of the leaf that `steps` lead to from `root`; as row time if `as_time` and the leaf is a date or timestamp.
///
/// # Errors
///
/// If the steps do not fit the array, or a text column has more than 2 GiB.
pub(crate) fn leaf(root: &ArrayRef, steps: &[Step], as_time: bool) -> Result<ArrayRef, ArrowError> {
    if steps.contains(&Step::Element) {
        return multivalue(root, steps);
    }
    scalar(&descend(root, steps)?, as_time)
}

/// The leaf that `steps`, which lead through structs only, lead to from `root`, as it is stored.
///
/// # Errors
///
/// If the steps do not fit the array.
pub(crate) fn descend(root: &ArrayRef, steps: &[Step]) -> Result<ArrayRef, ArrowError> {
    let mut array = Arc::clone(root);
    for step in steps {
        let Step::Field(index) = step else { continue };
        let child = field(&array, *index)?;
        // A null struct hides whatever its children hold.
        array = match array.nulls().filter(|nulls| nulls.null_count() > 0) {
            Some(nulls) => nullif(&child, &BooleanArray::new(!nulls.inner(), None))?,
            None => child,
        };
    }
    Ok(array)
}

/// An array of no rows, of the type that `column` decodes to.
pub(crate) fn empty(column: &ColumnInfo, as_time: bool) -> ArrayRef {
    let data_type = match column.kind {
        _ if column.multivalue => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
        ColumnKind::Int => DataType::Int64,
        ColumnKind::UInt => DataType::UInt64,
        ColumnKind::Float => DataType::Float64,
        ColumnKind::Bool => DataType::Boolean,
        ColumnKind::Time if as_time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnKind::Text | ColumnKind::Binary | ColumnKind::Time => DataType::Utf8,
    };
    new_empty_array(&data_type)
}

/// Child `index` of the struct `array`, or of the entries of a map.
fn field(array: &dyn Array, index: usize) -> Result<ArrayRef, ArrowError> {
    let child = array.as_struct_opt().and_then(|array| array.columns().get(index));
    child.cloned().ok_or_else(|| ArrowError::SchemaError("a column is not where the schema says".to_owned()))
}

/// The canonical column of `array`, which is not nested.
fn scalar(array: &ArrayRef, as_time: bool) -> Result<ArrayRef, ArrowError> {
    match array.data_type() {
        DataType::Utf8 => without_empty(array.as_string()),
        DataType::LargeUtf8 | DataType::Utf8View => {
            without_empty(arrow_cast::cast(array, &DataType::Utf8)?.as_string())
        }
        DataType::Binary => match StringArray::try_from_binary(array.as_binary::<i32>().clone()) {
            Ok(text) => without_empty(&text),
            Err(_) => Ok(binary(array.as_binary::<i32>().iter())),
        },
        DataType::LargeBinary => Ok(binary(array.as_binary::<i64>().iter())),
        DataType::BinaryView => Ok(binary(array.as_binary_view().iter())),
        DataType::FixedSizeBinary(_) => Ok(binary(array.as_fixed_size_binary().iter())),
        DataType::Boolean | DataType::Int64 | DataType::UInt64 => Ok(Arc::clone(array)),
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => {
            arrow_cast::cast(array, &DataType::Int64)
        }
        DataType::Float64 => Ok(finite(array.as_primitive())),
        DataType::Float32 => {
            let wide: Float64Array = array.as_primitive::<Float32Type>().unary(widen);
            Ok(finite(&wide))
        }
        DataType::Float16 => {
            let single = arrow_cast::cast(array, &DataType::Float32)?;
            scalar(&single, as_time)
        }
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 if as_time => micros(array),
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_) => {
            instants(array)
        }
        DataType::Decimal32(digits, _)
        | DataType::Decimal64(digits, _)
        | DataType::Decimal128(digits, _)
        | DataType::Decimal256(digits, _) => decimal(array, *digits),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            take(&scalar(dictionary.values(), as_time)?, dictionary.keys(), None)
        }
        DataType::RunEndEncoded(_, values) => {
            let flat = arrow_cast::cast(array, values.data_type())?;
            scalar(&flat, as_time)
        }
        DataType::Null => Ok(new_null_array(&DataType::Utf8, array.len())),
        _ => displayed(array),
    }
}

/// `array` with null for empty texts (§4.1.4).
fn without_empty(array: &StringArray) -> Result<ArrayRef, ArrowError> {
    if fault("columnar-empty-text-is-a-value") {
        return Ok(Arc::new(array.clone()));
    }
    let offsets = array.value_offsets();
    if offsets.windows(2).all(|pair| pair[0] != pair[1]) {
        return Ok(Arc::new(array.clone()));
    }
    let empty = BooleanBuffer::collect_bool(array.len(), |row| offsets[row] == offsets[row + 1]);
    nullif(array, &BooleanArray::new(empty, None))
}

/// Bytes as text: as they are if UTF-8, else in hexadecimal; empty is null.
fn binary<'a>(values: impl Iterator<Item = Option<&'a [u8]>>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    for value in values {
        match value.map(|bytes| (bytes, std::str::from_utf8(bytes))) {
            None | Some(([], _)) => builder.append_null(),
            Some((_, Ok(text))) => builder.append_value(text),
            Some((bytes, Err(_))) => builder.append_value(hexadecimal(bytes)),
        }
    }
    Arc::new(builder.finish())
}

/// `array` with null for NaN and infinities.
fn finite(array: &Float64Array) -> ArrayRef {
    if array.values().iter().all(|value| value.is_finite()) {
        return Arc::new(array.clone());
    }
    Arc::new(array.iter().map(|value| value.filter(|value| value.is_finite())).collect::<Float64Array>())
}

/// The double that prints as `value` does: 0.1 for the single-precision 0.1, which plain widening turns into
/// 0.10000000149011612. Source numbers print as in the column (§4.4).
pub(crate) fn widen(value: f32) -> f64 {
    let wide = f64::from(value);
    if wide.fract() == 0.0 || !wide.is_finite() { wide } else { value.to_string().parse().unwrap_or(wide) }
}

/// Seconds and nanoseconds of a stored count of units, of which a second has `per_second`.
fn split(count: i64, per_second: i64) -> (i64, u32) {
    let rest = count.rem_euclid(per_second) * (1_000_000_000 / per_second);
    (count.div_euclid(per_second), u32::try_from(rest).unwrap_or(0))
}

/// Dates, timestamps and times of day as ISO 8601 text.
fn instants(array: &dyn Array) -> Result<ArrayRef, ArrowError> {
    let stamp = |count: i64, per_second: i64| {
        let (seconds, nanos) = split(count, per_second);
        text::instant_text(seconds, nanos)
    };
    let clock = |count: i64, per_second: i64| {
        let (seconds, nanos) = split(count, per_second);
        let mut out = String::new();
        text::write_clock(&mut out, seconds, nanos);
        out
    };
    let column = match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => texts(array.as_primitive::<TimestampSecondType>(), |v| stamp(v, 1)),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            texts(array.as_primitive::<TimestampMillisecondType>(), |v| stamp(v, 1_000))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            texts(array.as_primitive::<TimestampMicrosecondType>(), |v| stamp(v, 1_000_000))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            texts(array.as_primitive::<TimestampNanosecondType>(), |v| stamp(v, 1_000_000_000))
        }
        DataType::Date32 => texts(array.as_primitive::<Date32Type>(), |v| text::date_text(i64::from(v))),
        DataType::Date64 => texts(array.as_primitive::<Date64Type>(), |v| text::date_text(v.div_euclid(86_400_000))),
        DataType::Time32(TimeUnit::Second) => {
            texts(array.as_primitive::<Time32SecondType>(), |v| clock(i64::from(v), 1))
        }
        DataType::Time32(_) => texts(array.as_primitive::<Time32MillisecondType>(), |v| clock(i64::from(v), 1_000)),
        DataType::Time64(TimeUnit::Microsecond) => {
            texts(array.as_primitive::<Time64MicrosecondType>(), |v| clock(v, 1_000_000))
        }
        DataType::Time64(_) => texts(array.as_primitive::<Time64NanosecondType>(), |v| clock(v, 1_000_000_000)),
        _ => return displayed(array),
    };
    Ok(column)
}

/// The values of `array` as texts.
fn texts<T: arrow_array::ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    text: impl Fn(T::Native) -> String,
) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(array.len(), array.len() * 24);
    for value in array {
        match value {
            Some(value) => builder.append_value(text(value)),
            None => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}

/// Dates and timestamps as microseconds since the epoch in UTC, finer digits floored; null beyond the range of 64 bits.
fn micros(array: &dyn Array) -> Result<ArrayRef, ArrowError> {
    let times: TimestampMicrosecondArray = match array.data_type() {
        DataType::Timestamp(TimeUnit::Microsecond, _) => array.as_primitive::<TimestampMicrosecondType>().clone(),
        DataType::Timestamp(TimeUnit::Second, _) => {
            array.as_primitive::<TimestampSecondType>().unary_opt(|v| v.checked_mul(1_000_000))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            array.as_primitive::<TimestampMillisecondType>().unary_opt(|v| v.checked_mul(1_000))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            array.as_primitive::<TimestampNanosecondType>().unary(|v| v.div_euclid(1_000))
        }
        DataType::Date32 => array.as_primitive::<Date32Type>().unary(|days| i64::from(days) * MICROS_PER_DAY),
        DataType::Date64 => array.as_primitive::<Date64Type>().unary_opt(|v| v.checked_mul(1_000)),
        other => return Err(ArrowError::CastError(format!("{other} is not a time"))),
    };
    Ok(Arc::new(times.with_timezone("UTC")))
}

/// Microseconds in a day.
pub(crate) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Decimals of up to `digits` digits as numbers if all of them are exact (§4.1.3), else as text.
fn decimal(array: &dyn Array, digits: u8) -> Result<ArrayRef, ArrowError> {
    if digits > EXACT_DIGITS {
        return arrow_cast::cast(array, &DataType::Utf8);
    }
    let numbers: Float64Array = match array.data_type() {
        DataType::Decimal32(_, scale) => array.as_primitive::<Decimal32Type>().unary(|v| scaled(i64::from(v), *scale)),
        DataType::Decimal64(_, scale) => array.as_primitive::<Decimal64Type>().unary(|v| scaled(v, *scale)),
        DataType::Decimal128(_, scale) => {
            let scale = *scale;
            array.as_primitive::<Decimal128Type>().unary_opt(|v| i64::try_from(v).ok().map(|v| scaled(v, scale)))
        }
        _ => arrow_cast::cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone(),
    };
    Ok(finite(&numbers))
}

/// The number `unscaled` × 10^-`scale`, correctly rounded for up to 15 digits and a scale of up to 22.
pub(crate) fn scaled(unscaled: i64, scale: i8) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "at most 15 digits by the column's type, which a double holds exactly"
    )]
    let number = unscaled as f64;
    let factor = 10_f64.powi(i32::from(scale).abs());
    if scale < 0 { number * factor } else { number / factor }
}

/// Values as Arrow displays them: for types that have no form of their own here.
fn displayed(array: &dyn Array) -> Result<ArrayRef, ArrowError> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options)?;
    let mut builder = StringBuilder::new();
    let mut text = String::new();
    for row in 0..array.len() {
        text.clear();
        if array.is_valid(row) {
            write!(text, "{}", formatter.value(row))
                .map_err(|_| ArrowError::CastError("a value has no text".to_owned()))?;
        }
        if text.is_empty() { builder.append_null() } else { builder.append_value(&text) }
    }
    Ok(Arc::new(builder.finish()))
}

/// The `List<Utf8>` column of a leaf within lists: per row the texts of all its elements, in order.
fn multivalue(root: &ArrayRef, steps: &[Step]) -> Result<ArrayRef, ArrowError> {
    let rows = root.len();
    // (row, index into `array`) of every element, ascending by row.
    let mut elements: Vec<(usize, usize)> = (0..rows).map(|row| (row, row)).collect();
    let mut array = Arc::clone(root);
    for step in steps {
        elements.retain(|(_, index)| array.is_valid(*index));
        match step {
            Step::Field(index) => array = field(&array, *index)?,
            Step::Element => {
                let inner = elements_of(&array)?;
                elements = elements
                    .iter()
                    .flat_map(|(row, index)| inner.range(*index).map(move |element| (*row, element)))
                    .collect();
                array = inner.values;
            }
        }
    }
    let values = scalar(&array, false)?;
    let mut builder = ListBuilder::new(StringBuilder::new());
    let mut next = elements.iter().peekable();
    for row in 0..rows {
        let mut any = false;
        while let Some((_, index)) = next.next_if(|(of, _)| *of == row) {
            if let Some(text) = text::cell_text(&values, *index) {
                builder.values().append_value(text);
                any = true;
            }
        }
        builder.append(any);
    }
    Ok(Arc::new(builder.finish()))
}

/// The elements of a list array.
struct Elements {
    /// All of them.
    values: ArrayRef,
    /// Where those of list `i` are: from start `i` on, as many as length `i`.
    starts: Vec<(usize, usize)>,
}

impl Elements {
    /// The elements of list `index`.
    fn range(&self, index: usize) -> std::ops::Range<usize> {
        let (start, length) = self.starts[index];
        start..start + length
    }
}

/// `offsets` as starts and lengths.
fn starts<O: arrow_buffer::ArrowNativeType>(offsets: &[O]) -> Vec<(usize, usize)> {
    offsets.windows(2).map(|pair| (pair[0].as_usize(), pair[1].as_usize().saturating_sub(pair[0].as_usize()))).collect()
}

/// The elements of the lists or map entries in `array`.
fn elements_of(array: &dyn Array) -> Result<Elements, ArrowError> {
    let elements = match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            Elements { values: Arc::clone(list.values()), starts: starts(list.value_offsets()) }
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            Elements { values: Arc::clone(list.values()), starts: starts(list.value_offsets()) }
        }
        DataType::Map(..) => {
            let map = array.as_map();
            Elements { values: Arc::new(map.entries().clone()), starts: starts(map.value_offsets()) }
        }
        DataType::FixedSizeList(_, size) => {
            let list = array.as_fixed_size_list();
            let size = usize::try_from(*size).unwrap_or(0);
            Elements { values: Arc::clone(list.values()), starts: (0..list.len()).map(|i| (i * size, size)).collect() }
        }
        DataType::ListView(_) | DataType::LargeListView(_) => {
            let item = match array.data_type() {
                DataType::ListView(item) | DataType::LargeListView(item) => Arc::clone(item),
                _ => Arc::new(Field::new_list_field(DataType::Null, true)),
            };
            return elements_of(&arrow_cast::cast(array, &DataType::LargeList(item))?);
        }
        other => return Err(ArrowError::SchemaError(format!("{other} is not a list"))),
    };
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::builder::{Int32Builder, MapBuilder};
    use arrow_array::types::Int32Type;
    use arrow_array::{
        BinaryArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Int8Array, ListArray,
        StringViewArray, StructArray, Time64NanosecondArray, TimestampNanosecondArray, UInt32Array,
    };
    use arrow_schema::Fields;

    /// The texts of the canonical column of `array`, lists in brackets.
    fn texts_of(array: impl Array + 'static, steps: &[Step]) -> Vec<Option<String>> {
        let array: ArrayRef = Arc::new(array);
        let column = leaf(&array, steps, false).unwrap();
        assert_eq!(column.len(), array.len());
        (0..column.len()).map(|row| cell(&column, row)).collect()
    }

    /// One cell as text.
    fn cell(column: &dyn Array, row: usize) -> Option<String> {
        if let DataType::List(_) = column.data_type() {
            let list = column.as_list::<i32>();
            return list.is_valid(row).then(|| {
                let values = list.value(row);
                let texts: Vec<&str> = values.as_string::<i32>().iter().map(Option::unwrap).collect();
                format!("[{}]", texts.join("|"))
            });
        }
        text::cell_text(column, row).map(std::borrow::Cow::into_owned)
    }

    /// Owned expectations.
    fn want(texts: &[Option<&str>]) -> Vec<Option<String>> {
        texts.iter().map(|text| text.map(str::to_owned)).collect()
    }

    #[test]
    fn empty_texts_are_null_in_every_layout() {
        let values = vec![Some("a"), Some(""), None, Some("b")];
        let expected = want(&[Some("a"), None, None, Some("b")]);
        assert_eq!(texts_of(StringArray::from(values.clone()), &[]), expected);
        assert_eq!(texts_of(StringViewArray::from(values.clone()), &[]), expected);
        let dictionary: DictionaryArray<Int32Type> = values.into_iter().collect();
        assert_eq!(texts_of(dictionary, &[]), expected);
        let bytes: Vec<Option<&[u8]>> = vec![Some(b"a"), Some(b""), None, Some(b"b")];
        assert_eq!(texts_of(BinaryArray::from(bytes), &[]), expected);
    }

    #[test]
    fn binary_is_text_or_hexadecimal_per_value() {
        let bytes: Vec<Option<&[u8]>> = vec![Some(b"MZ"), Some(&[0xff, 0x00, 0x1a]), Some("é".as_bytes())];
        assert_eq!(texts_of(BinaryArray::from(bytes), &[]), want(&[Some("MZ"), Some("ff001a"), Some("é")]));
    }

    #[test]
    fn numbers_keep_their_texts() {
        assert_eq!(texts_of(Int8Array::from(vec![-1]), &[]), want(&[Some("-1")]));
        assert_eq!(texts_of(UInt32Array::from(vec![u32::MAX]), &[]), want(&[Some("4294967295")]));
        let floats = Float32Array::from(vec![0.1, 3.0, f32::NAN, f32::INFINITY, 16_777_216.0]);
        assert_eq!(texts_of(floats, &[]), want(&[Some("0.1"), Some("3"), None, None, Some("16777216")]));
        let decimals = Decimal128Array::from(vec![Some(12345), None]).with_precision_and_scale(15, 2).unwrap();
        assert_eq!(texts_of(decimals, &[]), want(&[Some("123.45"), None]));
        let wide = Decimal128Array::from(vec![12_345_678_901_234_567_890]).with_precision_and_scale(20, 2).unwrap();
        assert_eq!(texts_of(wide, &[]), want(&[Some("123456789012345678.90")]));
    }

    #[test]
    fn times_are_text_unless_they_are_the_row_time() {
        let array: ArrayRef =
            Arc::new(TimestampNanosecondArray::from(vec![Some(1_596_613_709_123_456_789), Some(-1), None]));
        let expected = [Some("2020-08-05T07:48:29.123456789Z"), Some("1969-12-31T23:59:59.999999999Z"), None];
        assert_eq!(texts_of(Arc::clone(&array), &[]), want(&expected));
        let times = leaf(&array, &[], true).unwrap();
        assert_eq!(times.data_type(), &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
        assert_eq!(times.as_primitive::<TimestampMicrosecondType>().values()[..2], [1_596_613_709_123_456, -1]);
        assert_eq!(texts_of(Date32Array::from(vec![0, -1]), &[]), want(&[Some("1970-01-01"), Some("1969-12-31")]));
        let clock = Time64NanosecondArray::from(vec![3_600_000_000_001]);
        assert_eq!(texts_of(clock, &[]), want(&[Some("01:00:00.000000001")]));
    }

    #[test]
    fn a_null_struct_hides_its_children() {
        let child: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
        let fields = Fields::from(vec![Field::new("x", DataType::Utf8, true)]);
        let array = StructArray::new(fields, vec![child], Some(vec![false, true].into()));
        assert_eq!(texts_of(array, &[Step::Field(0)]), want(&[None, Some("b")]));
    }

    #[test]
    fn lists_drop_nulls_and_are_null_when_nothing_is_left() {
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
            Some(vec![Some(1), None, Some(2)]),
            None,
            Some(vec![]),
            Some(vec![None]),
            Some(vec![Some(7)]),
        ]);
        let expected = want(&[Some("[1|2]"), None, None, None, Some("[7]")]);
        assert_eq!(texts_of(list.clone(), &[Step::Element]), expected);
        assert_eq!(texts_of(list.slice(3, 2), &[Step::Element]), expected[3..]);
    }

    #[test]
    fn maps_are_two_lists() {
        let mut builder = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        builder.keys().append_value("k");
        builder.values().append_value(1);
        builder.keys().append_value("l");
        builder.values().append_null();
        builder.append(true).unwrap();
        builder.append(false).unwrap();
        let map: ArrayRef = Arc::new(builder.finish());
        assert_eq!(texts_of(Arc::clone(&map), &[Step::Element, Step::Field(0)]), want(&[Some("[k|l]"), None]));
        assert_eq!(texts_of(map, &[Step::Element, Step::Field(1)]), want(&[Some("[1]"), None]));
    }

    #[test]
    fn widening_keeps_the_order() {
        let mut last = f64::NEG_INFINITY;
        for bits in (0..0x7f80_0000_u32).step_by(99_991) {
            let wide = widen(f32::from_bits(bits));
            assert!(wide > last, "{wide} after {last}");
            last = wide;
        }
    }
}
