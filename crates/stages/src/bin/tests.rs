//! §5.4 by example.

use super::edges::DAY_SECONDS;
use super::*;
use crate::batch::{RowKey, micros_of};
use arrow_array::UInt64Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, TimestampMicrosecondType};
use jiff::Timestamp;
use retrohunt_spl::plan::{BinOptions, BinSpan, CalendarUnit};

fn bin(field: &str, alias: Option<&str>, span: BinSpan, zone: &str) -> Bin {
    let timezone = if zone == "UTC" { TimeZone::UTC } else { TimeZone::get(zone).unwrap() };
    Bin::new(
        &BinCommand { field: field.into(), alias: alias.map(str::to_owned), options: BinOptions::fixed(span) },
        &timezone,
    )
    .unwrap()
}

fn times(values: &[i64]) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(values.to_vec()).with_timezone("UTC"))
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn cut_time(seconds: f64, span: BinSpan, zone: &str) -> i64 {
    let cut = bin(TIME, None, span, zone).cut(&times(&[micros_of(seconds).unwrap()]));
    cut.as_primitive::<TimestampMicrosecondType>().value(0)
}

fn at(text: &str) -> f64 {
    text.parse::<Timestamp>().unwrap().as_second() as f64
}

fn calendar(count: u32, unit: CalendarUnit) -> BinSpan {
    BinSpan::Calendar { count, unit }
}

#[test]
fn section_5_4_3_table() {
    for (span, expected) in [
        (BinSpan::Micros(1_000_000), 1_700_000_123),
        (BinSpan::Micros(300_000_000), 1_700_000_100),
        (calendar(1, CalendarUnit::Day), 1_699_920_000),
    ] {
        assert_eq!(cut_time(1_700_000_123.987, span, "UTC"), expected * SECOND);
    }
    assert_eq!(cut_time(-0.25, BinSpan::Micros(1_000_000), "UTC"), -SECOND);
    assert_eq!(cut_time(1.987, BinSpan::Micros(100_000), "UTC"), 1_900_000);
}

#[test]
fn section_5_4_3_calendar_units_follow_local_midnight() {
    let berlin = "Europe/Berlin";
    let cases = [
        ("2024-07-04T23:30:00Z", calendar(1, CalendarUnit::Day), "2024-07-04T22:00:00Z"),
        ("2024-01-31T23:30:00Z", calendar(1, CalendarUnit::Month), "2024-01-31T23:00:00Z"),
        ("2024-03-31T12:00:00Z", calendar(1, CalendarUnit::Day), "2024-03-30T23:00:00Z"),
        ("2024-05-15T12:00:00Z", calendar(1, CalendarUnit::Quarter), "2024-03-31T22:00:00Z"),
        ("2024-05-15T12:00:00Z", calendar(1, CalendarUnit::Year), "2023-12-31T23:00:00Z"),
    ];
    for (time, span, expected) in cases {
        assert_eq!(cut_time(at(time), span.clone(), berlin), micros_of(at(expected)).unwrap(), "{time} {span:?}");
    }
    // 2024-07-04 was a Thursday.
    assert_eq!(
        cut_time(at("2024-07-04T01:00:00Z"), calendar(1, CalendarUnit::Week), "UTC"),
        micros_of(at("2024-06-30T00:00:00Z")).unwrap()
    );
    // A day without midnight: clocks went from 00:00 to 01:00.
    assert_eq!(
        cut_time(at("2018-11-04T12:00:00Z"), calendar(1, CalendarUnit::Day), "America/Sao_Paulo"),
        micros_of(at("2018-11-04T03:00:00Z")).unwrap()
    );
}

#[test]
fn section_5_4_3_multiples_count_from_the_epoch() {
    assert_eq!(cut_time(at("1970-01-04T12:00:00Z"), calendar(2, CalendarUnit::Day), "UTC"), 2 * DAY_SECONDS * SECOND);
    assert_eq!(
        cut_time(at("1970-05-20T00:00:00Z"), calendar(3, CalendarUnit::Month), "UTC"),
        micros_of(at("1970-04-01T00:00:00Z")).unwrap()
    );
    assert_eq!(
        cut_time(at("1969-12-31T00:00:00Z"), calendar(2, CalendarUnit::Year), "UTC"),
        micros_of(at("1968-01-01T00:00:00Z")).unwrap()
    );
}

#[test]
fn section_5_4_3_a_new_name_for_a_time_is_a_number() {
    let cut = bin(TIME, Some("t"), BinSpan::Micros(60_000_000), "UTC").cut(&times(&[61_500_000]));
    assert_eq!(cut.as_primitive::<Int64Type>().value(0), 60);
    let cut = bin(TIME, Some("t"), BinSpan::Micros(500_000), "UTC").cut(&times(&[61_700_000]));
    assert_eq!(cut.as_primitive::<Float64Type>().value(0), 61.5);
}

#[test]
fn section_5_4_4_time_spans_on_other_fields_stay_numbers() {
    let bin = bin("group_push_time", None, BinSpan::Micros(2_000_000), "UTC");
    let ints = bin.cut(&(Arc::new(Int64Array::from(vec![Some(5), None, Some(-1)])) as ArrayRef));
    assert_eq!(ints.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(4), None, Some(-2)]);
    let unsigned = bin.cut(&(Arc::new(UInt64Array::from(vec![5])) as ArrayRef));
    assert_eq!(unsigned.as_primitive::<Float64Type>().value(0), 4.0);
    let cut = bin.cut(&texts(&[Some("5.5"), Some("x"), None]));
    assert_eq!(cut.as_string::<i32>().iter().collect::<Vec<_>>(), [Some("4"), Some("x"), None]);
}

#[test]
fn section_5_4_5_numeric_spans_give_texts() {
    let cut = |span: f64, value: &str| {
        bin("n", None, BinSpan::Number(span), "UTC").cut(&texts(&[Some(value)])).as_string::<i32>().value(0).to_owned()
    };
    assert_eq!(cut(10.0, "15"), "10-20");
    assert_eq!(cut(1.0, "-0.4"), "-1-0");
    assert_eq!(cut(0.1, "0.3"), "0.3-0.4");
    assert_eq!(cut(10.0, "n/a"), "n/a");
    assert_eq!(cut(10.0, "1e300"), "1e300-1e300");
    let numbers = bin("n", None, BinSpan::Number(10.0), "UTC").cut(&(Arc::new(Int64Array::from(vec![20])) as ArrayRef));
    assert_eq!(numbers.as_string::<i32>().value(0), "20-30");
}

#[test]
fn section_5_4_5_logarithmic_spans() {
    let cut = |coefficient, base, value: &str| {
        let span = BinSpan::Log { coefficient, base };
        bin("n", None, span, "UTC").cut(&texts(&[Some(value)])).as_string::<i32>().value(0).to_owned()
    };
    assert_eq!(cut(1.0, 10.0, "1000"), "1000-10000");
    assert_eq!(cut(1.0, 10.0, "0.5"), "0.1-1");
    assert_eq!(cut(2.0, 5.0, "9"), "2-10");
    assert_eq!(cut(1.0, 2.0, "8"), "8-16");
    assert_eq!(cut(1.0, 10.0, "-3"), "-3");
}

#[test]
fn section_5_4_7_each_value_of_a_multivalue_and_the_old_field_stays() {
    let mut builder = ListBuilder::new(StringBuilder::new());
    builder.append_value([Some("15"), None, Some("x")]);
    let keys = vec![RowKey { time: None, file: 0, row: 0 }];
    let batch = Batch::new(vec![("n".into(), Arc::new(builder.finish()) as ArrayRef)], keys).unwrap();
    let cut = bin("n", Some("m"), BinSpan::Number(10.0), "UTC").apply(batch, &mut Notes::default()).unwrap();
    let mut values = Vec::new();
    Column::new(cut.column("m").unwrap()).for_each(0, |_, value| values.push(value.text().into_owned()));
    assert_eq!(values, ["10-20", "x"]);
    assert!(cut.column("n").is_some());
}

#[test]
fn spans_that_are_not_above_zero_are_refused() {
    for span in [
        BinSpan::Micros(0),
        BinSpan::Number(-1.0),
        BinSpan::Log { coefficient: 1.0, base: 1.0 },
        calendar(0, CalendarUnit::Day),
    ] {
        let command = BinCommand { field: "n".into(), alias: None, options: BinOptions::fixed(span) };
        assert_eq!(Bin::new(&command, &TimeZone::UTC).unwrap_err().code, "E-STAGE-SPAN");
    }
}

#[test]
fn a_mixed_column_keeps_numbers_numbers() {
    use crate::table::Value;
    let values = [Value::Int(5), Value::Text("7.5".into()), Value::Null, Value::Float(9.5), Value::Text("x".into())];
    let array = crate::rows::array_of(&values.iter().collect::<Vec<_>>()).unwrap();
    let cells = |array: &ArrayRef| {
        let keys = (0..5).map(|row| RowKey { time: None, file: 0, row }).collect();
        let batch = Batch::new(vec![("n".into(), array.clone())], keys).unwrap();
        crate::rows::batch_to_table(&batch).rows.into_iter().map(|row| row.values[0].clone()).collect::<Vec<_>>()
    };
    let cut = bin("n", None, BinSpan::Micros(2_000_000), "UTC").cut(&array);
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(cells(&cut), [Value::Int(4), text("6"), Value::Null, Value::Int(8), text("x")]);
    let cut = bin("n", None, BinSpan::Number(10.0), "UTC").cut(&array);
    assert_eq!(cells(&cut), [text("0-10"), text("0-10"), Value::Null, text("0-10"), text("x")]);
}
