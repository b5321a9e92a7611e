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
    let mut accumulator = Accumulator::new(func, allnum);
    let mut next = 0;
    for column in columns {
        let rows = u32::try_from(column.len()).unwrap();
        let assigned: Vec<Assignment> = (0..rows).map(|row| Assignment { row, group: 0 }).collect();
        let keys: Vec<RowKey> = (next..).take(column.len()).map(|row| RowKey { time: None, file: 0, row }).collect();
        next += u64::from(rows);
        let input = Input { assigned: &assigned, column: Some(Column::new(column)), keys: &keys, groups: 1 };
        accumulator.update(&input).unwrap();
    }
    accumulator.finish(1).remove(0)
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

#[test]
fn section_5_10_1_allnum_drops_a_sum_with_other_values() {
    assert_eq!(result_allnum(AggregateFunc::Sum, &[texts(&["1", "x"])], true), Value::Null);
    assert_eq!(result_allnum(AggregateFunc::Sum, &[texts(&["1", "∅", "2"])], true), Value::Int(3));
}
