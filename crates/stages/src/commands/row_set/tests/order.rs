//! `sort`, `reverse`, `head`, `tail`, `dedup`, `top`, `rare`.

use retrohunt_spl::plan::{DedupCommand, HeadCommand, SortCommand, SortKey, SortKind, TopCommand};

use super::*;

fn key(field: &str, descending: bool, kind: SortKind) -> SortKey {
    SortKey { field: field.into(), descending, kind }
}

fn sorted(values: &[&str], descending: bool, kind: SortKind) -> Vec<String> {
    let rows: Vec<&[&str]> = values.iter().map(std::slice::from_ref).collect();
    let command = SortCommand { limit: None, keys: vec![key("f", descending, kind)] };
    column(&run(&Command::Sort(command), table(&["f"], &rows)), "f")
}

#[test]
fn section_5_17_3_auto_is_one_total_order() {
    let values = ["b", "10.0.0.2", "∅", "B", "10", "9.9.9.9", "9", "1.0", "1", "", "10.1.a", "-3"];
    let up = ["-3", "1", "1.0", "9", "10", "9.9.9.9", "10.0.0.2", "", "10.1.a", "B", "b", "∅"];
    assert_eq!(sorted(&values, false, SortKind::Auto), up);
    let mut down: Vec<&str> = up[..11].to_vec();
    down.reverse();
    down.push("∅");
    assert_eq!(sorted(&values, true, SortKind::Auto), down);
}

#[test]
fn section_5_17_3_forced_kinds() {
    assert_eq!(sorted(&["9", "10", "∅", "a"], false, SortKind::Text), ["10", "9", "a", "∅"]);
    assert_eq!(sorted(&["9", "z", "∅", "10", "a"], false, SortKind::Number), ["9", "10", "z", "a", "∅"]);
    assert_eq!(sorted(&["9", "z", "∅", "10", "a"], true, SortKind::Number), ["10", "9", "z", "a", "∅"]);
    assert_eq!(sorted(&["10.0.0.1", "x", "9.0.0.1", "::1"], false, SortKind::Ip), ["9.0.0.1", "10.0.0.1", "::1", "x"]);
    assert_eq!(sorted(&["b|a", "a|z"], false, SortKind::Auto), ["a|z", "b|a"]);
    let precise = ["9007199254740993", "9007199254740992"];
    assert_eq!(sorted(&precise, false, SortKind::Auto), [precise[1], precise[0]]);
}

#[test]
fn section_5_17_1_keys_in_turn_stable_and_cut_only_by_a_number() {
    let rows = || table(&["a", "b"], &[&["1", "x"], &["2", "y"], &["1", "z"], &["2", "x"]]);
    let sort = |limit, keys| Command::Sort(SortCommand { limit, keys });
    let by_a = vec![key("a", true, SortKind::Auto)];
    let result = run(&sort(None, by_a.clone()), rows());
    assert_eq!(evidence(&result), [[1], [3], [0], [2]]);
    assert_eq!(evidence(&run(&sort(Some(2), by_a), rows())), [[1], [3]]);
    let both = vec![key("b", false, SortKind::Auto), key("a", true, SortKind::Auto)];
    assert_eq!(evidence(&run(&sort(None, both), rows())), [[3], [0], [1], [2]]);
    assert_eq!(evidence(&run(&sort(None, vec![key("zz", true, SortKind::Auto)]), rows())), [[0], [1], [2], [3]]);
}

#[test]
fn section_7_sort_keeps_all_rows_with_a_note() {
    let rows: Vec<&[&str]> = vec![&["a"]; 10_001];
    let mut notes = Notes::default();
    let command = Command::Sort(SortCommand { limit: None, keys: vec![key("f", false, SortKind::Auto)] });
    assert_eq!(try_run(&command, table(&["f"], &rows), &mut notes).unwrap().rows.len(), 10_001);
    assert_eq!(notes.codes.keys().copied().collect::<Vec<_>>(), ["W-LIFTED-SORT"]);
    let mut notes = Notes::default();
    try_run(&command, table(&["f"], &rows[1..]), &mut notes).unwrap();
    assert!(notes.codes.is_empty());
}

#[test]
fn section_5_18_tail_is_the_last_rows_in_reverse_order() {
    let rows = || table(&["n"], &[&["1"], &["2"], &["3"]]);
    assert_eq!(column(&run(&Command::Tail(2), rows()), "n"), ["3", "2"]);
    assert_eq!(column(&run(&Command::Tail(9), rows()), "n"), ["3", "2", "1"]);
    assert_eq!(column(&run(&Command::Reverse, rows()), "n"), ["3", "2", "1"]);
}

fn head(limit: Option<u64>, condition: Option<Expr>, keep_last: bool, null: bool) -> Command {
    Command::Head(HeadCommand { limit, condition, keep_last, null })
}

#[test]
fn section_5_18_head_by_number_and_by_condition() {
    let rows = || table(&["n"], &[&["1"], &["2"], &["∅"], &["3"], &["9"], &["1"]]);
    let small = || Some(compare("n", ExprCompareOp::Lt, 5.0));
    let shown = |command: &Command| column(&run(command, rows()), "n");
    assert_eq!(shown(&head(Some(2), None, false, false)), ["1", "2"]);
    assert_eq!(shown(&head(None, small(), false, false)), ["1", "2"]);
    assert_eq!(shown(&head(None, small(), true, false)), ["1", "2", "∅"]);
    assert_eq!(shown(&head(None, small(), false, true)), ["1", "2", "∅", "3"]);
    assert_eq!(shown(&head(None, small(), true, true)), ["1", "2", "∅", "3", "9"]);
    assert_eq!(shown(&head(Some(1), small(), true, true)), ["1"]);
    assert_eq!(shown(&head(Some(3), small(), false, true)), ["1", "2", "∅"]);
}

#[test]
fn section_5_18_null_is_three_valued() {
    use retrohunt_spl::plan::expr::LogicOp;
    let rows = || table(&["n", "m"], &[&["1", "1"], &["∅", "1"], &["∅", "9"]]);
    let small = |field| Box::new(compare(field, ExprCompareOp::Lt, 5.0));
    let logic = |op| expr(ExprKind::Logic(op, small("n"), small("m")));
    let count = |condition| run(&head(None, Some(condition), false, true), rows()).rows.len();
    // ∅ AND false is false, ∅ OR false is ∅.
    assert_eq!(count(logic(LogicOp::And)), 2);
    assert_eq!(count(logic(LogicOp::Or)), 3);
    assert_eq!(count(logic(LogicOp::Xor)), 0);
    assert_eq!(count(expr(ExprKind::Not(small("n")))), 0);
    assert_eq!(run(&head(None, Some(expr(ExprKind::Not(small("m")))), true, true), rows()).rows.len(), 1);
}

fn dedup(fields: &[&str]) -> DedupCommand {
    DedupCommand {
        count: 1,
        fields: fields.iter().map(|name| (*name).to_owned()).collect(),
        keep_events: false,
        keep_empty: false,
        consecutive: false,
        sort_by: Vec::new(),
    }
}

fn dedup_rows() -> Table {
    table(
        &["a", "b"],
        &[&["x", "3"], &["x", "1"], &["∅", "2"], &["X", "5"], &["x", "4"], &["∅", "6"], &["p|q", "7"], &["q|p", "8"]],
    )
}

fn kept(command: &DedupCommand) -> Vec<u64> {
    evidence(&run(&Command::Dedup(command.clone()), dedup_rows())).concat()
}

#[test]
fn section_5_16_dedup() {
    let plain = dedup(&["a"]);
    assert_eq!(kept(&plain), [0, 3, 6, 7]);
    assert_eq!(kept(&DedupCommand { count: 2, ..plain.clone() }), [0, 1, 3, 6, 7]);
    assert_eq!(kept(&DedupCommand { keep_empty: true, ..plain.clone() }), [0, 2, 3, 5, 6, 7]);
    assert_eq!(kept(&DedupCommand { consecutive: true, ..plain.clone() }), [0, 3, 4, 6, 7]);
    assert_eq!(kept(&dedup(&["a", "b"])), [0, 1, 3, 4, 6, 7]);
    assert_eq!(kept(&dedup(&["missing"])), Vec::<u64>::new());
    let sort_by = vec![key("b", true, SortKind::Auto)];
    assert_eq!(kept(&DedupCommand { sort_by, ..plain.clone() }), [7, 6, 3, 4]);
    let all = run(&Command::Dedup(DedupCommand { keep_events: true, ..plain }), dedup_rows());
    assert_eq!(column(&all, "a"), ["x", "∅", "∅", "X", "∅", "∅", "p|q", "q|p"]);
    assert_eq!(column(&all, "b"), ["3", "1", "2", "5", "4", "6", "7", "8"]);
}

fn top(fields: &[&str], by: &[&str]) -> TopCommand {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    TopCommand {
        rare: false,
        limit: 10,
        count_field: Some("count".into()),
        percent_field: Some("percent".into()),
        other: None,
        fields: owned(fields),
        by: owned(by),
    }
}

#[test]
fn section_5_22_top_and_rare() {
    let rows = || {
        table(
            &["h", "u"],
            &[&["a", "x"], &["a", "y"], &["a", "y"], &["b", "x"], &["b", "∅"], &["∅", "x"], &["a", "10"], &["a", "9"]],
        )
    };
    let result = run(&Command::Top(top(&["u"], &[])), rows());
    assert_eq!(names(&result), ["u", "count", "percent"]);
    let expected =
        [["x", "3", "42.857143"], ["y", "2", "28.571429"], ["9", "1", "14.285714"], ["10", "1", "14.285714"]];
    assert_eq!(shown(&result), expected);
    assert_eq!(evidence(&result)[0], [0, 3, 5]);
    let result = run(&Command::Top(TopCommand { rare: true, limit: 2, ..top(&["u"], &[]) }), rows());
    assert_eq!(column(&result, "u"), ["9", "10"]);
    let result =
        run(&Command::Top(TopCommand { limit: 1, other: Some("OTHER".into()), ..top(&["u"], &["h"]) }), rows());
    let expected = [["a", "y", "2", "40.000000"], ["a", "OTHER", "3", "60.000000"], ["b", "x", "1", "100.000000"]];
    assert_eq!(shown(&result), expected);
    let bare = TopCommand { limit: 0, count_field: None, percent_field: Some("p".into()), ..top(&["h", "u"], &[]) };
    let result = run(&Command::Top(bare), rows());
    assert_eq!(names(&result), ["h", "u", "p"]);
    assert_eq!(result.rows.len(), 5);
}
