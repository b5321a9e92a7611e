//! §5.25 by example.

use super::*;
use crate::table::TableRow;

fn spath(input: &str, output: Option<&str>, path: Option<&str>) -> Spath {
    let owned = |text: &str| text.to_owned();
    Spath::new(&SpathCommand { input: input.into(), output: output.map(owned), path: path.map(owned) })
}

/// A table of the texts of `_raw` and of one more field `a`.
fn table(rows: &[(&str, &str)]) -> Table {
    let columns = ["_raw", "a"].map(|name| TableColumn { name: name.into(), named: true });
    let row = |(raw, a): &(&str, &str)| TableRow { values: vec![text(raw), text(a)], evidence: Vec::new() };
    Table { columns: columns.to_vec(), rows: rows.iter().map(row).collect() }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// The names and rows after an `spath`, without the first column.
fn run(stage: &Spath, table: Table) -> (Vec<String>, Vec<Vec<Value>>) {
    let mut notes = Notes::default();
    let table = stage.run(table, &mut Context { operands: &[], runner: None, notes: &mut notes }).unwrap();
    let names = table.columns.iter().skip(1).map(|column| column.name.to_string()).collect();
    (names, table.rows.into_iter().map(|row| row.values[1..].to_vec()).collect())
}

#[test]
fn section_5_25_a_path_fills_one_field() {
    let rows = table(&[(r#"{"u":{"n":["x",1]}}"#, "old"), ("no document", "old"), ("<u><n>7</n></u>", "old")]);
    let (names, values) = run(&spath("_raw", None, Some("u.n{}")), rows.clone());
    assert_eq!(names, ["a", "u.n{}"]);
    let list = Value::List(vec!["x".into(), "1".into()]);
    assert_eq!(values, [[text("old"), list], [text("old"), Value::Null], [text("old"), text("7")]]);
    // An existing field is replaced where there is something to replace it with.
    let (names, values) = run(&spath("_raw", Some("a"), Some("u.n{0}")), rows.clone());
    assert_eq!((names, values), (vec!["a".to_owned()], vec![vec![text("x")], vec![text("old")], vec![text("old")]]));
    for stage in [spath("missing", Some("o"), Some("u")), spath("_raw", Some("o"), Some("u{"))] {
        let (names, values) = run(&stage, rows.clone());
        assert_eq!(names, ["a", "o"]);
        assert!(values.iter().all(|row| row[1].is_null()));
    }
}

#[test]
fn section_5_25_without_a_path_every_leaf_is_a_field() {
    let rows =
        table(&[(r#"{"b":1,"a":"new","l":[{"k":"x"},{"k":"y"}]}"#, "old"), ("<b c='d'>2</b>", "old"), ("5", "old")]);
    let (names, values) = run(&spath("_raw", None, None), rows);
    assert_eq!(names, ["a", "b", "b{@c}", "l{}.k"]);
    let list = Value::List(vec!["x".into(), "y".into()]);
    assert_eq!(
        values,
        [
            [text("new"), Value::Int(1), Value::Null, list],
            [text("old"), text("2"), text("d"), Value::Null],
            [text("old"), Value::Null, Value::Null, Value::Null]
        ]
    );
    let (names, _) = run(&spath("missing", None, None), table(&[("{\"z\":1}", "old")]));
    assert_eq!(names, ["a"]);
}

#[test]
fn section_5_25_a_windows_event() {
    let xml = "<RuleAndFileData xmlns='http://x'><PolicyName>EXE</PolicyName><FilePath>%OSDRIVE%\\A.EXE</FilePath></RuleAndFileData>";
    let (names, values) = run(&spath("a", None, None), table(&[("", xml)]));
    assert_eq!(names[1..], ["RuleAndFileData.FilePath", "RuleAndFileData.PolicyName", "RuleAndFileData{@xmlns}"]);
    assert_eq!(values[0][1..3], [text("%OSDRIVE%\\A.EXE"), text("EXE")]);
}

#[test]
fn only_a_path_makes_it_row_wise() {
    let stage = spath("_raw", Some("o"), Some("p"));
    assert!(stage.row_wise());
    assert!(!spath("_raw", None, None).row_wise());
    let needs = stage.needs(Needs::Fields(Vec::new()));
    assert!(needs.selects("_raw") && !needs.selects("o"));
}

#[test]
fn names_without_end_are_an_error() {
    let rows = 20_000;
    let texts: Vec<String> = (0..rows).map(|row| format!("{{\"{row}\":1}}")).collect();
    let table = table(&texts.iter().map(|text| (text.as_str(), "")).collect::<Vec<_>>());
    let mut notes = Notes::default();
    let context = &mut Context { operands: &[], runner: None, notes: &mut notes };
    assert_eq!(spath("_raw", None, None).run(table, context).unwrap_err().code, "E-STAGE-LIMIT");
}

#[test]
fn a_text_with_names_beyond_memory_is_left_out_and_reported() {
    let members: Vec<String> = (0..2000).map(|at| format!("\"{at}\":1")).collect();
    let hostile = format!("{{\"{}\":{{{}}}}}", "k".repeat(1 << 16), members.join(","));
    let mut notes = Notes::default();
    let context = &mut Context { operands: &[], runner: None, notes: &mut notes };
    let table = spath("_raw", None, None).run(table(&[(&hostile, ""), ("{\"z\":1}", "")]), context).unwrap();
    assert_eq!(table.columns.len(), 3);
    assert_eq!(table.rows[1].values[2], Value::Int(1));
    assert_eq!((notes.undecided, notes.codes.contains_key("W-SPATH-LIMIT")), (1, true));
}
