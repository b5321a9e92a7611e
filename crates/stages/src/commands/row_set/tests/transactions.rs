//! `transaction`.

use retrohunt_spl::plan::{Boundary, CompareOp, Comparison, FieldRef, MvList, SearchExpr, TransactionCommand};

use super::*;

fn transaction(fields: &[&str]) -> TransactionCommand {
    TransactionCommand {
        fields: fields.iter().map(|name| (*name).to_owned()).collect(),
        max_span: None,
        max_pause: None,
        max_events: Some(1000),
        starts_with: None,
        ends_with: None,
        connected: true,
        unify_ends: true,
        keep_orphans: false,
        keep_evicted: false,
        mv_list: MvList::None,
        mv_raw: false,
        delim: " ".into(),
        null_text: "NULL".into(),
    }
}

/// The boundary `a=value`.
fn boundary(value: &str) -> Option<Boundary> {
    let (field, value) = (FieldRef::plain("a"), Glob::new(value));
    let comparison = Comparison { field, op: CompareOp::Eq, value, case: false, span: Span::default() };
    Some(Boundary::Search(SearchExpr::Compare(comparison)))
}

/// Rows in descending order of time, ten seconds apart from the last at 0; each has the fields `a` and, by its text, `u` and `v`.
fn events(rows: &[[&str; 3]]) -> Table {
    let times: Vec<String> = (0..rows.len()).rev().map(|at| (at * 10).to_string()).collect();
    let rows: Vec<[&str; 4]> = rows.iter().zip(&times).map(|(row, time)| [time, row[0], row[1], row[2]]).collect();
    table(&["_time", "a", "u", "v"], &rows.iter().map(<[&str; 4]>::as_slice).collect::<Vec<_>>())
}

/// Which rows each transaction has, with its `closed_txn`.
fn groups(command: &TransactionCommand, rows: Table) -> Vec<(Vec<u64>, String)> {
    let result = run(&Command::Transaction(command.clone()), rows);
    evidence(&result).into_iter().zip(column(&result, "closed_txn")).collect()
}

/// The same in short.
fn grouped(command: &TransactionCommand, rows: &[[&str; 3]]) -> Vec<String> {
    let text = |(rows, closed): (Vec<u64>, String)| {
        format!("{}:{closed}", rows.iter().map(ToString::to_string).collect::<String>())
    };
    groups(command, events(rows)).into_iter().map(text).collect()
}

#[test]
fn section_5_19_2_example() {
    let texts: Vec<String> = (1..=10).rev().map(|n| n.to_string()).collect();
    let rows: Vec<[&str; 3]> = texts.iter().map(|text| [text.as_str(), "bob", "∅"]).collect();
    let command = TransactionCommand { max_span: Some(11_000_000), ..transaction(&["u"]) };
    let result = run(&Command::Transaction(command), events(&rows));
    assert_eq!(names(&result), ["_time", "a", "u", "v", "duration", "eventcount", "closed_txn"]);
    assert_eq!(shown(&result)[0], ["80", "10|9", "bob", "∅", "10", "2", "1"]);
    assert_eq!(column(&result, "_time"), ["80", "60", "40", "20", "0"]);
    assert_eq!(column(&result, "closed_txn"), ["1", "1", "1", "1", "0"]);
}

#[test]
fn section_5_19_2_another_order_is_sorted_first() {
    let mut notes = Notes::default();
    let rows = table(&["_time", "u"], &[&["5", "x"], &["∅", "x"], &["9", "x"]]);
    let command = TransactionCommand { max_span: Some(3_000_000), ..transaction(&["u"]) };
    let result = try_run(&Command::Transaction(command), rows, &mut notes).unwrap();
    assert_eq!(evidence(&result), [vec![2], vec![0, 1]]);
    assert_eq!(column(&result, "duration"), ["0", "0"]);
    assert_eq!(notes.codes.keys().copied().collect::<Vec<_>>(), ["W-TRANSACTION-ORDER"]);
}

#[test]
fn section_5_19_3_fields_link_transitively() {
    let rows = [["1", "x", "∅"], ["2", "x", "k"], ["3", "∅", "k"], ["4", "∅", "∅"], ["5", "y", "k"]];
    // The last row shares `v` but not `u`; the one before it has neither field.
    assert_eq!(grouped(&transaction(&["u", "v"]), &rows), ["012:0", "4:0"]);
    assert_eq!(grouped(&transaction(&["u"]), &rows), ["01:0", "4:0"]);
    let rows = [["1", "x", "∅"], ["2", "∅", "k"], ["3", "x", "k"]];
    assert_eq!(grouped(&transaction(&["u", "v"]), &rows), ["0:0", "12:0"]);
    let loose = TransactionCommand { connected: false, ..transaction(&["u", "v"]) };
    assert_eq!(grouped(&loose, &rows), ["012:0"]);
    assert_eq!(grouped(&transaction(&[]), &rows), ["012:0"]);
    // A multivalue joins by any of its values.
    assert_eq!(grouped(&transaction(&["u"]), &[["1", "p|q", "∅"], ["2", "q|r", "∅"], ["3", "r", "∅"]]), ["012:0"]);
}

#[test]
fn section_5_19_3_limits() {
    let rows = [["1", "x", "∅"], ["2", "y", "∅"], ["3", "x", "∅"], ["4", "x", "∅"], ["5", "y", "∅"]];
    let pause = TransactionCommand { max_pause: Some(10_000_000), ..transaction(&["u"]) };
    assert_eq!(grouped(&pause, &rows), ["0:1", "1:1", "23:0", "4:0"]);
    let span = TransactionCommand { max_span: Some(20_000_000), ..transaction(&["u"]) };
    assert_eq!(grouped(&span, &rows), ["1:1", "02:1", "3:0", "4:0"]);
    let two = TransactionCommand { max_events: Some(2), ..transaction(&["u"]) };
    assert_eq!(grouped(&two, &rows), ["02:1", "3:0", "14:1"]);
    // What a limit of time has closed by the last row is closed by it.
    let short = TransactionCommand { max_span: Some(1_000_000), ..transaction(&["u"]) };
    assert_eq!(grouped(&short, &rows), ["0:1", "1:1", "2:1", "3:1", "4:0"]);
}

#[test]
fn section_5_19_5_startswith_alone() {
    let rows = [["x", "u", "∅"], ["s", "u", "∅"], ["x", "u", "∅"], ["x", "u", "∅"], ["s", "u", "∅"], ["x", "u", "∅"]];
    let command = TransactionCommand { starts_with: boundary("s"), ..transaction(&["u"]) };
    assert_eq!(grouped(&command, &rows), ["01:1", "234:1"]);
    let evicted = TransactionCommand { keep_evicted: true, ..command };
    assert_eq!(grouped(&evicted, &rows), ["01:1", "234:1", "5:0"]);
}

#[test]
fn section_5_19_5_endswith_alone() {
    let rows = [["x", "u", "∅"], ["e", "u", "∅"], ["x", "u", "∅"], ["e", "u", "∅"], ["x", "u", "∅"]];
    let command = TransactionCommand { ends_with: boundary("e"), ..transaction(&["u"]) };
    assert_eq!(grouped(&command, &rows), ["12:0", "34:0"]);
    let orphans = run(&Command::Transaction(TransactionCommand { keep_orphans: true, ..command }), events(&rows));
    assert_eq!(column(&orphans, "_txn_orphan"), ["1", "∅", "∅"]);
    assert_eq!(shown(&orphans)[0], ["40", "x", "u", "∅", "∅", "∅", "∅", "1"]);
}

#[test]
fn section_5_19_5_both_boundaries() {
    let both = TransactionCommand { starts_with: boundary("s"), ends_with: boundary("e"), ..transaction(&["u"]) };
    let rows = [
        ["e", "u", "∅"],
        ["x", "u", "∅"],
        ["s", "u", "∅"],
        ["x", "u", "∅"],
        ["e", "u", "∅"],
        ["e", "u", "∅"],
        ["s", "u", "∅"],
    ];
    assert_eq!(grouped(&both, &rows), ["012:1", "56:1"]);
    let evicted = TransactionCommand { keep_evicted: true, ..both.clone() };
    assert_eq!(grouped(&evicted, &rows), ["012:1", "4:0", "56:1"]);
    // A start without the field belongs to none, unless boundaries need not share one.
    let rows = [["e", "u", "∅"], ["s", "∅", "∅"], ["s", "u", "∅"]];
    assert_eq!(grouped(&both, &rows), ["02:1"]);
    let loose = TransactionCommand { unify_ends: false, ..both.clone() };
    assert_eq!(grouped(&loose, &rows), ["01:1"]);
    // What is both starts and ends by itself, or closes what is open.
    let same = TransactionCommand { starts_with: boundary("e"), ..both };
    assert_eq!(grouped(&same, &[["e", "u", "∅"], ["e", "u", "∅"]]), ["0:1", "1:1"]);
}

#[test]
fn section_5_19_1_a_boundary_by_expression() {
    let late = Some(Boundary::Eval(compare("a", ExprCompareOp::Ge, 5.0)));
    let command = TransactionCommand { ends_with: late, ..transaction(&["u"]) };
    assert_eq!(grouped(&command, &[["7", "u", "∅"], ["1", "u", "∅"], ["9", "u", "∅"]]), ["01:0", "2:0"]);
}

#[test]
fn section_5_19_4_fields_of_the_row() {
    let rows = || {
        table(
            &["_time", "_raw", "a", "u"],
            &[&["12.5", "new", "10", "k"], &["10", "mid", "∅", "k"], &["10", "old", "9", "k"]],
        )
    };
    let plain = run(&Command::Transaction(transaction(&["u"])), rows());
    assert_eq!(shown(&plain), [["10", "old\nmid\nnew", "10|9", "k", "2.5", "3", "0"]]);
    assert_eq!(plain.rows[0].values[0], Value::Time(10_000_000));
    let command = TransactionCommand { mv_list: MvList::All, mv_raw: true, ..transaction(&["u"]) };
    let all = run(&Command::Transaction(command), rows());
    assert_eq!(shown(&all), [["10", "old|mid|new", "9|NULL|10", "k|k|k", "2.5", "3", "0"]]);
    let command = TransactionCommand { mv_list: MvList::Fields(vec!["u".into()]), ..transaction(&["u"]) };
    let some = run(&Command::Transaction(command), rows());
    assert_eq!(shown(&some)[0][2..4], ["10|9", "k|k|k"]);
}

#[test]
fn transactions_of_many_open_ones_are_found_by_value() {
    let users: Vec<String> = (0..5000).map(|n| format!("u{}", n % 2500)).collect();
    let rows: Vec<[&str; 3]> = users.iter().map(|user| ["1", user.as_str(), "∅"]).collect();
    let result = groups(&transaction(&["u"]), events(&rows));
    assert_eq!((result.len(), &result[0]), (2500, &(vec![0, 2500], "0".to_owned())));
}
