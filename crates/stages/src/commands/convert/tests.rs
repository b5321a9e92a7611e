//! §5.26 by example.

use super::*;
use crate::notes::Notes;
use crate::table::{TableColumn, TableRow};

fn clause(function: ConvertFunction, field: &str, alias: Option<&str>) -> ConvertClause {
    ConvertClause { function, field: FieldPattern { glob: Glob::new(field) }, alias: alias.map(Glob::new) }
}

fn convert(format: &str, clauses: &[ConvertClause]) -> Convert {
    Convert::new(format, clauses, &Settings { now: 1_700_000_123_000_000, ..Settings::default() })
}

fn table(columns: &[&str], rows: &[&[Value]]) -> Table {
    Table {
        columns: columns.iter().map(|name| TableColumn { name: (*name).into(), named: false }).collect(),
        rows: rows.iter().map(|row| TableRow { values: row.to_vec(), evidence: Vec::new() }).collect(),
    }
}

/// The names and rows after a `convert`.
fn run(stage: &Convert, table: Table) -> (Vec<String>, Vec<Vec<Value>>) {
    let mut notes = Notes::default();
    let table = stage.run(table, &mut Context { operands: &[], runner: None, notes: &mut notes }).unwrap();
    let names = table.columns.iter().map(|column| column.name.to_string()).collect();
    (names, table.rows.into_iter().map(|row| row.values).collect())
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// What a conversion of one field in place gives.
fn values(format: &str, function: ConvertFunction, values: &[Value]) -> Vec<Value> {
    let rows: Vec<&[Value]> = values.chunks(1).collect();
    run(&convert(format, &[clause(function, "f", None)]), table(&["f"], &rows)).1.into_iter().flatten().collect()
}

#[test]
fn section_5_26_2_ctime_and_mktime() {
    let iso = "%Y-%m-%dT%H:%M:%S";
    let given = [
        Value::Int(1_700_000_123),
        text("1700000123.5"),
        Value::Float(0.0),
        text("x"),
        Value::Null,
        Value::List(vec!["0".into(), "y".into()]),
    ];
    let expected = [
        text("2023-11-14T22:15:23"),
        text("2023-11-14T22:15:23"),
        text("1970-01-01T00:00:00"),
        text("x"),
        Value::Null,
        Value::List(vec!["1970-01-01T00:00:00".into(), "y".into()]),
    ];
    assert_eq!(values(iso, ConvertFunction::Ctime, &given), expected);
    let given = [text("2023-11-14T22:15:23"), text("x"), Value::Null];
    assert_eq!(values(iso, ConvertFunction::Mktime, &given), [Value::Int(1_700_000_123), text("x"), Value::Null]);
    assert_eq!(values("%s.%3N", ConvertFunction::Mktime, &[text("1.5")]), [Value::Float(1.5)]);
}

#[test]
fn section_5_26_2_a_time_column_converts_in_place() {
    let stage = convert("%H:%M", &[clause(ConvertFunction::Ctime, "_time", None)]);
    let (_, rows) = run(&stage, table(&["_time"], &[&[Value::Time(1_700_000_123_000_000)]]));
    assert_eq!(rows, [[text("22:15")]]);
    let stage = convert("%s", &[clause(ConvertFunction::Mktime, "s", Some("_time"))]);
    let (_, rows) = run(&stage, table(&["s"], &[&[text("5")]]));
    assert_eq!(rows, [[text("5"), Value::Time(5_000_000)]]);
}

#[test]
fn section_5_26_2_the_other_functions_leave_what_they_cannot_convert() {
    for (function, given, expected) in [
        (ConvertFunction::Dur2sec, text("00:10:15"), Value::Int(615)),
        (ConvertFunction::Mstime, text("01:30.250"), Value::Float(90.25)),
        (ConvertFunction::Memk, text("2m"), Value::Int(2048)),
        (ConvertFunction::Rmcomma, text("1,2,x"), text("12x")),
        (ConvertFunction::Rmcomma, Value::Int(7), Value::Int(7)),
        (ConvertFunction::Rmunit, text("212 sec"), Value::Int(212)),
    ] {
        assert_eq!(values("", function, &[given, text("x")]), [expected, text("x")], "{function:?}");
    }
}

#[test]
fn section_5_26_3_auto_converts_all_values_of_a_field_or_none() {
    let given = [text("00:00:10"), text("1,000"), Value::Null, Value::List(vec!["1k".into(), "2".into()])];
    let expected = [Value::Int(10), Value::Int(1000), Value::Null, Value::List(vec!["1".into(), "2".into()])];
    assert_eq!(values("", ConvertFunction::Auto, &given), expected);
    let given = [text("00:00:10"), text("x")];
    assert_eq!(values("", ConvertFunction::Auto, &given), given);
    // `num` takes out what it cannot convert, also one value of several.
    let given = [text("00:00:10"), text("x"), Value::List(vec!["1k".into(), "x".into()])];
    assert_eq!(values("", ConvertFunction::Num, &given), [Value::Int(10), Value::Null, Value::Int(1)]);
}

#[test]
fn section_5_26_1_wildcards_and_names() {
    let clauses =
        [clause(ConvertFunction::Num, "*delay", Some("*delay_secs")), clause(ConvertFunction::None, "xdelay", None)];
    let given = table(&["adelay", "xdelay", "_delay"], &[&[text("00:00:01"), text("00:00:02"), text("00:00:03")]]);
    let (names, rows) = run(&convert("", &clauses), given);
    assert_eq!(names, ["adelay", "xdelay", "_delay", "adelay_secs"]);
    assert_eq!(rows, [[text("00:00:01"), text("00:00:02"), text("00:00:03"), Value::Int(1)]]);
    // `none` does not hold a clause back that names the field.
    let clauses = [clause(ConvertFunction::None, "x*", None), clause(ConvertFunction::Num, "xdelay", None)];
    assert_eq!(run(&convert("", &clauses), table(&["xdelay"], &[&[text("1k")]])).1, [[Value::Int(1)]]);
    assert_eq!(renamed("a.b.c", &Glob::new("*.*"), &Glob::new("*_*!")), "a_b.c!");
    assert_eq!(renamed("abc", &Glob::new("*"), &Glob::new("x")), "x");
    assert_eq!(renamed("abc", &Glob::new("abc"), &Glob::new("*x")), "x");
}

#[test]
fn section_5_26_1_a_name_that_is_written_is_a_column() {
    let stage = convert("%s", &[clause(ConvertFunction::Ctime, "missing", Some("g"))]);
    let (names, rows) = run(&stage, table(&["f"], &[&[text("1")]]));
    assert_eq!((names, rows), (vec!["f".to_owned(), "g".to_owned()], vec![vec![text("1"), Value::Null]]));
    let stage = convert("%s", &[clause(ConvertFunction::Ctime, "missing", None)]);
    assert_eq!(run(&stage, table(&["f"], &[&[text("1")]])).0, ["f"]);
}

#[test]
fn section_7_2_what_a_convert_reads() {
    let fields =
        |names: &[&str]| Needs::Fields(names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect());
    let stage = convert("", &[clause(ConvertFunction::Ctime, "f", Some("g")), clause(ConvertFunction::Num, "h", None)]);
    assert!(stage.row_wise());
    assert_eq!(stage.needs(fields(&["g", "x"])), fields(&["x", "f"]));
    assert_eq!(stage.needs(fields(&["x"])), fields(&["x"]));
    assert!(!convert("", &[clause(ConvertFunction::Auto, "f", None)]).row_wise());
    assert!(!convert("", &[clause(ConvertFunction::Num, "f*", None)]).row_wise());
}
