//! What a row group's statistics prove about a column, and nothing they do not.
//!
//! Statistics were written wrong in several ways over the years: ordered by signed bytes (the deprecated fields), with NaN among
//! the bounds, cut short without saying so. Whatever is not known to be right is [`Bound::Unknown`] here, so that it cannot prune.

use arrow_schema::{DataType, TimeUnit};
use parquet::basic::{ColumnOrder, SortOrder};
use parquet::file::statistics::Statistics;

use crate::canonical::{MICROS_PER_DAY, scaled, widen};
use crate::pushdown::{Bound, ColumnStatistics};
use crate::schema::ColumnKind;

/// What to make of a column's statistics.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// What its values are.
    pub(crate) kind: ColumnKind,
    /// The type they are decoded from.
    pub(crate) data_type: &'a DataType,
    /// The order in which the file says its bounds are.
    pub(crate) order: ColumnOrder,
    /// Rows in the row group.
    pub(crate) rows: u64,
}

/// The trusted part of `statistics`, for a column that is not in a list.
pub(crate) fn trusted(statistics: Option<&Statistics>, reading: Reading<'_>) -> ColumnStatistics {
    let rows = reading.rows;
    let Some(statistics) = statistics else { return ColumnStatistics::unknown(rows) };
    let null_count = statistics.null_count_opt().filter(|nulls| *nulls <= rows);
    let (min, max) = bounds(statistics, reading).filter(ordered).unwrap_or((Bound::Unknown, Bound::Unknown));
    ColumnStatistics { rows, null_count, min, max }
}

/// False if the bounds contradict each other, so that both are wrong.
fn ordered((min, max): &(Bound, Bound)) -> bool {
    match (min, max) {
        (Bound::Int(min), Bound::Int(max)) | (Bound::Time(min), Bound::Time(max)) => min <= max,
        (Bound::UInt(min), Bound::UInt(max)) => min <= max,
        (Bound::Float(min), Bound::Float(max)) => min <= max,
        (Bound::Bytes { value: min, .. }, Bound::Bytes { value: max, .. }) => min <= max,
        _ => true,
    }
}

/// Both bounds, or `None` if their order is not to be trusted.
fn bounds(statistics: &Statistics, reading: Reading<'_>) -> Option<(Bound, Bound)> {
    let order = sort_order(reading.order)?;
    let deprecated = statistics.is_min_max_deprecated();
    let signed = order == SortOrder::SIGNED;
    let unsigned = order == SortOrder::UNSIGNED && !deprecated;
    let data_type = reading.data_type;
    let pair = match (statistics, reading.kind) {
        (Statistics::Int32(s), ColumnKind::Int) if is_unsigned(data_type) => {
            let wide = |v: &i32| Bound::Int(i64::from(v.cast_unsigned()));
            (unsigned, s.min_opt().map(wide), s.max_opt().map(wide))
        }
        (Statistics::Int32(s), ColumnKind::Int) => {
            let wide = |v: &i32| Bound::Int(i64::from(*v));
            (signed, s.min_opt().map(wide), s.max_opt().map(wide))
        }
        (Statistics::Int64(s), ColumnKind::Int) => {
            (signed, s.min_opt().copied().map(Bound::Int), s.max_opt().copied().map(Bound::Int))
        }
        (Statistics::Int64(s), ColumnKind::UInt) => {
            let wide = |v: &i64| Bound::UInt(v.cast_unsigned());
            (unsigned, s.min_opt().map(wide), s.max_opt().map(wide))
        }
        (Statistics::Int32(s), ColumnKind::Float) => {
            let wide = |v: &i32| decimal(i64::from(*v), data_type);
            (signed, s.min_opt().map(wide), s.max_opt().map(wide))
        }
        (Statistics::Int64(s), ColumnKind::Float) => {
            let wide = |v: &i64| decimal(*v, data_type);
            (signed, s.min_opt().map(wide), s.max_opt().map(wide))
        }
        (Statistics::Float(s), ColumnKind::Float) => {
            floats(s.min_opt().map(|v| widen(*v)), s.max_opt().map(|v| widen(*v)), order)
        }
        (Statistics::Double(s), ColumnKind::Float) => floats(s.min_opt().copied(), s.max_opt().copied(), order),
        (Statistics::Int32(s), ColumnKind::Time) => {
            let count = |v: &i32| i64::from(*v);
            times(s.min_opt().map(count), s.max_opt().map(count), data_type, signed)
        }
        (Statistics::Int64(s), ColumnKind::Time) => {
            times(s.min_opt().copied(), s.max_opt().copied(), data_type, signed)
        }
        (Statistics::ByteArray(s), ColumnKind::Text) if is_text(data_type) => {
            let bound = |bytes: &[u8], exact| Bound::Bytes { value: bytes.to_vec(), exact };
            let min = s.min_bytes_opt().map(|bytes| bound(bytes, s.min_is_exact()));
            let max = s.max_bytes_opt().map(|bytes| bound(bytes, s.max_is_exact()));
            (unsigned, min, max)
        }
        // Booleans are not worth it; the text of binary may be hexadecimal, in another order; the rest has no order.
        _ => return None,
    };
    let (trusted, min, max) = pair;
    trusted.then(|| (min.unwrap_or(Bound::Unknown), max.unwrap_or(Bound::Unknown)))
}

/// The order of the bounds; `None` if the file names one that is not known here.
fn sort_order(order: ColumnOrder) -> Option<SortOrder> {
    match order {
        ColumnOrder::TYPE_DEFINED_ORDER(order) => Some(order),
        ColumnOrder::IEEE_754_TOTAL_ORDER => Some(SortOrder::TOTAL_ORDER),
        // Files from before orders were written: everything was compared as signed.
        ColumnOrder::UNDEFINED => Some(SortOrder::SIGNED),
        _ => None,
    }
}

/// True for unsigned integer types.
fn is_unsigned(data_type: &DataType) -> bool {
    matches!(data_type, DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64)
}

/// True for text, the values of which are the bytes that are stored.
fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

/// The bound that a stored decimal is.
fn decimal(unscaled: i64, data_type: &DataType) -> Bound {
    match data_type {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => Bound::Float(scaled(unscaled, *scale)),
        _ => Bound::Unknown,
    }
}

/// Bounds of floating-point numbers. NaN in either means that the writer compared with NaN, so neither is trusted.
fn floats(min: Option<f64>, max: Option<f64>, order: SortOrder) -> (bool, Option<Bound>, Option<Bound>) {
    let is_nan = |v: Option<f64>| v.is_some_and(f64::is_nan);
    let known = matches!(order, SortOrder::SIGNED | SortOrder::TOTAL_ORDER);
    (known && !is_nan(min) && !is_nan(max), min.map(Bound::Float), max.map(Bound::Float))
}

/// Bounds of dates and timestamps in microseconds, rounded outwards.
fn times(
    min: Option<i64>,
    max: Option<i64>,
    data_type: &DataType,
    trusted: bool,
) -> (bool, Option<Bound>, Option<Bound>) {
    let floor = |count: i64| match data_type {
        DataType::Timestamp(TimeUnit::Second, _) => count.checked_mul(1_000_000),
        DataType::Timestamp(TimeUnit::Millisecond, _) | DataType::Date64 => count.checked_mul(1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => Some(count),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => Some(count.div_euclid(1_000)),
        DataType::Date32 => count.checked_mul(MICROS_PER_DAY),
        _ => None,
    };
    let ceil = |count: i64| {
        let whole = floor(count)?;
        let nanos = matches!(data_type, DataType::Timestamp(TimeUnit::Nanosecond, _));
        if nanos && count.rem_euclid(1_000) != 0 { whole.checked_add(1) } else { Some(whole) }
    };
    let bound = |time: Option<i64>| Some(time.map_or(Bound::Unknown, Bound::Time));
    (trusted, min.and_then(|v| bound(floor(v))), max.and_then(|v| bound(ceil(v))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::data_type::ByteArray;
    use parquet::file::statistics::ValueStatistics;

    /// Statistics of ten rows in the order that `data_type` defines, or an older one.
    fn read(statistics: &Statistics, kind: ColumnKind, data_type: &DataType, order: ColumnOrder) -> ColumnStatistics {
        trusted(Some(statistics), Reading { kind, data_type, order, rows: 10 })
    }

    /// The signed order of current files.
    const SIGNED: ColumnOrder = ColumnOrder::TYPE_DEFINED_ORDER(SortOrder::SIGNED);
    /// The unsigned order of current files.
    const UNSIGNED: ColumnOrder = ColumnOrder::TYPE_DEFINED_ORDER(SortOrder::UNSIGNED);

    /// Text bounds.
    fn text(min: &str, max: &str, deprecated: bool, exact: bool) -> Statistics {
        let values =
            ValueStatistics::new(Some(ByteArray::from(min)), Some(ByteArray::from(max)), None, Some(3), deprecated);
        Statistics::ByteArray(values.with_min_is_exact(exact).with_max_is_exact(exact))
    }

    #[test]
    fn text_bounds_need_the_unsigned_order_and_say_whether_they_are_cut() {
        let utf8 = DataType::Utf8;
        let got = read(&text("a", "m", false, false), ColumnKind::Text, &utf8, UNSIGNED);
        assert_eq!(got.max, Bound::Bytes { value: b"m".to_vec(), exact: false });
        assert_eq!(got.null_count, Some(3));
        let exact = read(&text("a", "m", false, true), ColumnKind::Text, &utf8, UNSIGNED);
        assert_eq!(exact.min, Bound::Bytes { value: b"a".to_vec(), exact: true });
        for untrusted in [
            read(&text("a", "m", true, true), ColumnKind::Text, &utf8, UNSIGNED),
            read(&text("a", "m", false, true), ColumnKind::Text, &utf8, ColumnOrder::UNDEFINED),
            read(&text("a", "m", false, true), ColumnKind::Text, &utf8, ColumnOrder::UNKNOWN),
            read(&text("z", "a", false, true), ColumnKind::Text, &utf8, UNSIGNED),
            read(&text("a", "m", false, true), ColumnKind::Binary, &DataType::Binary, UNSIGNED),
        ] {
            assert_eq!((untrusted.min, untrusted.max), (Bound::Unknown, Bound::Unknown));
        }
    }

    #[test]
    fn unsigned_integers_are_not_read_as_negative() {
        let statistics = Statistics::int32(Some(1), Some(-1), None, Some(0), false);
        let got = read(&statistics, ColumnKind::Int, &DataType::UInt32, UNSIGNED);
        assert_eq!((got.min, got.max), (Bound::Int(1), Bound::Int(i64::from(u32::MAX))));
        let old = read(&statistics, ColumnKind::Int, &DataType::UInt32, ColumnOrder::UNDEFINED);
        assert_eq!(old.max, Bound::Unknown);
        let wide = Statistics::int64(Some(1), Some(-1), None, None, false);
        assert_eq!(read(&wide, ColumnKind::UInt, &DataType::UInt64, UNSIGNED).max, Bound::UInt(u64::MAX));
    }

    #[test]
    fn a_nan_bound_makes_both_unknown() {
        let nan = Statistics::double(Some(1.0), Some(f64::NAN), None, None, false);
        let got = read(&nan, ColumnKind::Float, &DataType::Float64, ColumnOrder::IEEE_754_TOTAL_ORDER);
        assert_eq!((got.min, got.max), (Bound::Unknown, Bound::Unknown));
        let fine = Statistics::double(Some(1.0), Some(2.0), None, None, false);
        assert_eq!(read(&fine, ColumnKind::Float, &DataType::Float64, SIGNED).max, Bound::Float(2.0));
    }

    #[test]
    fn times_are_rounded_outwards() {
        let statistics = Statistics::int64(Some(-1), Some(1), None, None, false);
        let nanos = DataType::Timestamp(TimeUnit::Nanosecond, None);
        let got = read(&statistics, ColumnKind::Time, &nanos, SIGNED);
        assert_eq!((got.min, got.max), (Bound::Time(-1), Bound::Time(1)));
        let huge = Statistics::int64(Some(0), Some(i64::MAX), None, None, false);
        let seconds = DataType::Timestamp(TimeUnit::Second, None);
        assert_eq!(read(&huge, ColumnKind::Time, &seconds, SIGNED).max, Bound::Unknown);
    }

    #[test]
    fn missing_and_impossible_counts_are_unknown() {
        let reading = Reading { kind: ColumnKind::Int, data_type: &DataType::Int64, order: SIGNED, rows: 10 };
        assert_eq!(trusted(None, reading), ColumnStatistics::unknown(10));
        let many = Statistics::int64(None, None, None, Some(11), false);
        assert_eq!(trusted(Some(&many), reading), ColumnStatistics::unknown(10));
    }
}
