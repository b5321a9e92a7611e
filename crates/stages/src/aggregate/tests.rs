//! §5.10.8 by example, one aggregate at a time. The law of splits is tested over whole pipelines.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{Array, BooleanArray, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};

use super::*;

/// The result for one group whose rows are those of the columns, one after the other. Row `i` of all is the `i`-th of the stream.
fn result(func: AggregateFunc, columns: &[Arc<dyn Array>]) -> Value {
    result_allnum(func, columns, false)
}

fn result_allnum(func: AggregateFunc, columns: &[Arc<dyn Array>], allnum: bool) -> Value {
    let allnum = if allnum { AllNum::Field } else { AllNum::Off };
    let mut accumulator = Accumulator::new(&Recipe { func, allnum, sparkline: None });
    let mut next = 0;
    for column in columns {
        let rows = u32::try_from(column.len()).unwrap();
        let assigned: Vec<Assignment> = (0..rows).map(|row| Assignment { row, group: 0 }).collect();
        let keys: Vec<RowKey> = (next..).take(column.len()).map(|row| RowKey { time: None, file: 0, row }).collect();
        next += u64::from(rows);
        let input = Input {
            assigned: &assigned,
            column: Some(Column::new(column)),
            times: Column::Missing,
            keys: &keys,
            groups: 1,
        };
        accumulator.update(&input).unwrap();
    }
    accumulator.finish(1).unwrap().remove(0)
}

fn texts(values: &[&str]) -> Arc<dyn Array> {
    Arc::new(values.iter().map(|value| (*value != "∅").then_some(*value)).collect::<StringArray>())
}

fn ints(values: &[i64]) -> Arc<dyn Array> {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn floats(values: &[f64]) -> Arc<dyn Array> {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn lists(rows: &[&[&str]]) -> Arc<dyn Array> {
    let mut builder = ListBuilder::new(StringBuilder::new());
    rows.iter().for_each(|row| builder.append_value(row.iter().map(Some)));
    Arc::new(builder.finish())
}

fn list(values: &[&str]) -> Value {
    Value::List(values.iter().map(|value| (*value).to_owned()).collect())
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn section_5_10_8_count_and_dc() {
    use AggregateFunc::{Count, Dc};
    assert_eq!(result(Count, &[texts(&["a", "∅", "a", ""])]), Value::Int(3));
    assert_eq!(result(Count, &[lists(&[&["a", "b"], &[]])]), Value::Int(2));
    assert_eq!(result(Count, &[]), Value::Int(0));
    assert_eq!(result(Dc, &[texts(&["1", "1.0", "01", "1", "∅"]), ints(&[1])]), Value::Int(3));
    assert_eq!(result(Dc, &[texts(&["∅"])]), Value::Int(0));
}

#[test]
fn section_5_10_8_values_sort_by_code_point() {
    let values = result(AggregateFunc::Values, &[texts(&["9", "70", "b", "B", "10", "é", "9"]), ints(&[100, 70])]);
    assert_eq!(values, list(&["10", "100", "70", "9", "B", "b", "é"]));
    assert_eq!(result(AggregateFunc::Values, &[texts(&["x", "x"])]), text("x"));
    assert_eq!(result(AggregateFunc::Values, &[texts(&["∅"])]), Value::Null);
    let times: Arc<dyn Array> = Arc::new(TimestampMicrosecondArray::from(vec![1_500_000, 2_000_000]));
    assert_eq!(result(AggregateFunc::Values, &[times]), list(&["1.5", "2"]));
}

#[test]
fn section_5_10_8_list_keeps_order_and_duplicates() {
    assert_eq!(
        result(AggregateFunc::List, &[texts(&["b", "a", "∅", "b"]), lists(&[&["z", "y"]])]),
        list(&["b", "a", "b", "z", "y"])
    );
}

#[test]
fn section_5_10_8_first_and_last() {
    let columns = [texts(&["∅", "a"]), lists(&[&["b", "c"]]), ints(&[7])];
    assert_eq!(result(AggregateFunc::First, &columns), text("a"));
    assert_eq!(result(AggregateFunc::Last, &columns), Value::Int(7));
    assert_eq!(result(AggregateFunc::Last, &columns[..2]), text("c"));
    assert_eq!(result(AggregateFunc::First, &columns[1..]), text("b"));
}

#[test]
fn section_5_10_8_min_and_max() {
    use AggregateFunc::{Max, Min};
    let mixed = [texts(&["x", "10", "9", "Ab"])];
    assert_eq!(result(Min, &mixed), text("9"));
    assert_eq!(result(Max, &mixed), text("x"));
    assert_eq!(result(Max, &[texts(&["10", "9", "1e1"])]), text("10"));
    assert_eq!(result(Min, &[texts(&["1.0", "1", "01"])]), text("01"));
    assert_eq!(result(Max, &[texts(&["1.0", "1", "01"])]), text("01"));
    assert_eq!(result(Min, &[ints(&[3]), texts(&["3"]), floats(&[3.0])]), Value::Int(3));
    assert_eq!(result(Min, &[floats(&[2.5]), ints(&[3])]), Value::Float(2.5));
    assert_eq!(result(Max, &[Arc::new(BooleanArray::from(vec![true, false])) as Arc<dyn Array>]), text("true"));
    assert_eq!(result(Max, &[]), Value::Null);
}

#[test]
fn section_5_10_8_sum() {
    use AggregateFunc::Sum;
    assert_eq!(result(Sum, &[texts(&["1", "x", "2", "∅"]), ints(&[4])]), Value::Int(7));
    assert_eq!(result(Sum, &[texts(&["0.1", "0.2"]), ints(&[1])]), Value::Float(1.3));
    assert_eq!(result(Sum, &[texts(&["x"])]), Value::Null);
    assert_eq!(result(Sum, &[lists(&[&["1", "2"], &["x"]])]), Value::Int(3));
    assert_eq!(result(Sum, &[ints(&[i64::MAX, 1])]), Value::Float(9_223_372_036_854_775_808.0));
    assert_eq!(result(Sum, &[ints(&[999_999_999_999_998, 1])]), Value::Int(999_999_999_999_999));
    assert_eq!(result(Sum, &[ints(&[i64::MIN, i64::MIN])]), Value::Float(-18_446_744_073_709_551_616.0));
    assert_eq!(result(Sum, &[floats(&[1e300, 1.0, -1e300])]), Value::Float(1.0));
    assert_eq!(result(Sum, &[texts(&["1e999", "1"])]), Value::Int(1));
}

use AggregateFunc::{
    Avg, Earliest, EarliestTime, ExactPerc, Latest, LatestTime, Mode, Perc, Range, Rate, Stdev, StdevP, Sum, SumSq,
    Var, VarP,
};
use retrohunt_spl::plan::Percent;

#[test]
fn section_5_10_8_means_and_squares() {
    let values = || [texts(&["1", "x", "2", "∅"]), ints(&[4]), floats(&[0.5])];
    assert_eq!(result(Avg, &values()), Value::Float(1.875));
    assert_eq!(result(SumSq, &values()), Value::Float(21.25));
    assert_eq!(result(Range, &values()), Value::Float(3.5));
    assert_eq!(result(Range, &[ints(&[-3, 7])]), Value::Int(10));
    assert_eq!(result(Range, &[ints(&[5])]), Value::Int(0));
    assert_eq!(result(Range, &[texts(&["1.0", "4"])]), Value::Int(3));
    for func in [Avg, SumSq, Range, Var, Stdev, Perc(Percent(500_000)), Mode] {
        assert_eq!(result(func, &[texts(&["∅"])]), Value::Null, "{func:?}");
    }
    assert_eq!(result(Avg, &[texts(&["x"])]), Value::Null);
    // Exact: a plain sum of doubles would give 0.
    assert_eq!(result(Avg, &[floats(&[1e300, 1.0, -1e300, 1.0])]), Value::Float(0.5));
    assert_eq!(result(SumSq, &[floats(&[1e200])]), Value::Null);
    assert_eq!(result(Avg, &[ints(&[i64::MAX, i64::MAX])]), Value::Float(9_223_372_036_854_775_807.0));
}

#[test]
fn section_5_10_8_variance_and_deviation() {
    let four = || [ints(&[1, 2, 3, 4])];
    assert_eq!(result(Var, &four()), Value::Float(20.0 / 12.0));
    assert_eq!(result(VarP, &four()), Value::Float(1.25));
    assert_eq!(result(Stdev, &four()), Value::Float((20.0_f64 / 12.0).sqrt()));
    assert_eq!(result(StdevP, &four()), Value::Float(1.25_f64.sqrt()));
    for func in [Var, VarP, Stdev, StdevP] {
        assert_eq!(result(func, &[texts(&["7", "x"])]), Value::Float(0.0), "{func:?}");
        assert_eq!(result(func, &[floats(&[0.1, 0.1, 0.1])]), Value::Float(0.0), "{func:?}");
    }
    assert_eq!(result(Var, &[ints(&[1_000_000_000_000, 1_000_000_000_001])]), Value::Float(0.5));
}

#[test]
fn section_5_10_8_percentiles() {
    let ten = || [ints(&(1..=10).rev().collect::<Vec<_>>())];
    let percent = |func: fn(Percent) -> AggregateFunc, tenthousandths| result(func(Percent(tenthousandths)), &ten());
    assert_eq!(percent(Perc, 500_000), Value::Float(5.5));
    assert_eq!(percent(Perc, 950_000), Value::Float(9.55));
    assert_eq!(percent(Perc, 0), Value::Float(1.0));
    assert_eq!(percent(Perc, 1_000_000), Value::Float(10.0));
    assert_eq!(percent(Perc, 333_000), Value::Float(3.997));
    assert_eq!(percent(ExactPerc, 500_000), Value::Float(6.0));
    assert_eq!(percent(ExactPerc, 950_000), Value::Float(10.0));
    assert_eq!(percent(ExactPerc, 1_000_000), Value::Float(10.0));
    assert_eq!(percent(ExactPerc, 99_999), Value::Float(1.0));
    let wide = [floats(&[-f64::MAX, f64::MAX])];
    assert_eq!(result(Perc(Percent(500_000)), &wide), Value::Float(0.0));
    assert_eq!(result(Perc(Percent(500_000)), &[texts(&["9", "x", "10"])]), Value::Float(9.5));
}

#[test]
fn section_5_10_8_mode_takes_the_smallest_of_the_most_frequent() {
    assert_eq!(result(Mode, &[texts(&["b", "a", "b", "a", "c"])]), text("a"));
    assert_eq!(result(Mode, &[texts(&["1.0", "1", "1.0"]), ints(&[1])]), text("1"));
    assert_eq!(result(Mode, &[lists(&[&["x", "y"], &["y"]])]), text("y"));
}

/// The result over texts whose rows have these times in seconds, in stream order.
fn timed(func: AggregateFunc, rows: &[(Option<i64>, &str)]) -> Value {
    let values = texts(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
    let times: TimestampMicrosecondArray = rows.iter().map(|row| row.0.map(|time| time * 1_000_000)).collect();
    let assigned: Vec<Assignment> = (0_u32..).take(rows.len()).map(|row| Assignment { row, group: 0 }).collect();
    let keys: Vec<RowKey> = (0_u64..).take(rows.len()).map(|row| RowKey { time: None, file: 0, row }).collect();
    let mut accumulator = Accumulator::new(&Recipe { func, allnum: AllNum::Off, sparkline: None });
    let (column, times) = (Some(Column::new(&values)), Column::new(&times));
    accumulator.update(&Input { assigned: &assigned, column, times, keys: &keys, groups: 1 }).unwrap();
    accumulator.finish(1).unwrap().remove(0)
}

#[test]
fn section_5_10_8_earliest_and_latest_by_time() {
    let rows = [(Some(5), "5"), (None, "timeless"), (Some(9), "first of 9"), (Some(9), "later of 9"), (Some(7), "7")];
    assert_eq!(timed(Earliest, &rows), text("5"));
    assert_eq!(timed(Latest, &rows), text("first of 9"));
    assert_eq!(timed(Earliest, &[(Some(5), "a"), (Some(5), "b"), (Some(6), "c"), (Some(1), "∅")]), text("b"));
    assert_eq!(timed(EarliestTime, &rows), Value::Time(5_000_000));
    assert_eq!(timed(LatestTime, &rows), Value::Time(9_000_000));
    assert_eq!(timed(Earliest, &[(None, "a")]), Value::Null);
    assert_eq!(timed(Rate, &[(Some(10), "70"), (Some(4), "10"), (Some(6), "1")]), Value::Float(10.0));
    assert_eq!(timed(Rate, &[(Some(10), "70"), (Some(10), "10")]), Value::Null);
    assert_eq!(timed(Rate, &rows), Value::Null);
}

#[test]
fn section_5_10_1_allnum_is_for_all_numeric_aggregates() {
    let percent = Percent(500_000);
    for func in [Sum, Avg, SumSq, Range, Var, VarP, Stdev, StdevP, Perc(percent), ExactPerc(percent)] {
        assert_eq!(result_allnum(func, &[texts(&["1", "x"])], true), Value::Null, "{func:?}");
        assert_ne!(result_allnum(func, &[texts(&["1", "∅"])], true), Value::Null, "{func:?}");
        assert_ne!(result(func, &[texts(&["1", "x"])]), Value::Null, "{func:?}");
    }
    assert_eq!(result_allnum(AggregateFunc::Max, &[texts(&["1", "x"])], true), text("x"));
}

#[test]
fn section_5_10_1_allnum_drops_a_field_or_a_group() {
    let column = texts(&["1", "x", "2"]);
    let assigned = [(0, 0), (1, 0), (2, 1)].map(|(row, group)| Assignment { row, group });
    let keys = [0, 1, 2].map(|row| RowKey { time: None, file: 0, row });
    for (allnum, expected) in [
        (AllNum::Off, [Value::Int(1), Value::Int(2)]),
        (AllNum::Field, [Value::Null, Value::Null]),
        (AllNum::Group, [Value::Null, Value::Int(2)]),
    ] {
        let mut accumulator = Accumulator::new(&Recipe { func: Sum, allnum, sparkline: None });
        let input = Input {
            assigned: &assigned,
            column: Some(Column::new(&column)),
            times: Column::Missing,
            keys: &keys,
            groups: 2,
        };
        accumulator.update(&input).unwrap();
        assert_eq!(accumulator.finish(2).unwrap(), expected, "{allnum:?}");
    }
}

#[test]
fn states_of_different_aggregates_do_not_merge() {
    let accumulator = |func| Accumulator::new(&Recipe { func, allnum: AllNum::Off, sparkline: None });
    let error = accumulator(Sum).absorb(&[], accumulator(AggregateFunc::Count)).unwrap_err();
    assert_eq!(error.code, "E-STAGE-PARTIAL");
}

#[test]
fn section_5_10_1_allnum_drops_a_sum_with_other_values() {
    assert_eq!(result_allnum(AggregateFunc::Sum, &[texts(&["1", "x"])], true), Value::Null);
    assert_eq!(result_allnum(AggregateFunc::Sum, &[texts(&["1", "∅", "2"])], true), Value::Int(3));
}
