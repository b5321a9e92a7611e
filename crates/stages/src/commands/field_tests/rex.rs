//! §5.7.

use retrohunt_spl::plan::{RexCommand, RexMode, SedStep, SedWhich};

use super::*;

fn rex(field: &str, pattern: &str, max_match: u32) -> Command {
    rex_with(field, pattern, max_match, None)
}

fn rex_with(field: &str, pattern: &str, max_match: u32, offset_field: Option<&str>) -> Command {
    let (pattern, raw_pattern) = (pattern.to_owned(), pattern.to_owned());
    let offset_field = offset_field.map(str::to_owned);
    let mode = RexMode::Extract { pattern, raw_pattern, max_match, offset_field };
    Command::Rex(RexCommand { field: field.into(), mode })
}

fn sed(field: &str, pattern: &str, replacement: &str, which: SedWhich) -> Command {
    let (pattern, raw_pattern) = (pattern.to_owned(), pattern.to_owned());
    let step = SedStep::Substitute { pattern, raw_pattern, replacement: replacement.into(), which };
    Command::Rex(RexCommand { field: field.into(), mode: RexMode::Sed(vec![step]) })
}

#[test]
fn section_5_7_pairs_of_the_table() {
    let input = rows(&[("_raw", &["a=1 b=2", "none"])]);
    let result = run(&[rex("_raw", r"(?<k>\w+)=(?<v>\w+)", 0)], &input);
    assert_eq!(shown(&result), ["_raw=a=1 b=2 k=a|b v=1|2", "_raw=none"]);
    assert_eq!(result.rows[0].values[1], Value::List(vec!["a".into(), "b".into()]));
    let once = run(&[rex("_raw", r"(?<k>\w+)=(?<v>\w+)", 1)], &input);
    assert_eq!(shown(&once), ["_raw=a=1 b=2 k=a v=1", "_raw=none"]);
    let most = run(&[rex("_raw", r"(?<k>\w)", 3)], &input);
    assert_eq!(shown(&most), ["_raw=a=1 b=2 k=a|1|b", "_raw=none k=n|o|n"]);
}

#[test]
fn section_5_7_2_groups_that_took_no_part_leave_values() {
    let input = rows(&[("f", &["ax", "b", "q", "~"]), ("one", &["o", "o", "o", "o"]), ("two", &["t", "~", "t", "t"])]);
    let result = run(&[rex("f", "(?<one>a)(?<two>x)?|(?<two2>b)", 1)], &input);
    assert_eq!(shown(&result), ["f=ax one=a two=x", "f=b one=o two2=b", "f=q one=o two=t", "one=o two=t"]);
    // The field itself may be one of the groups.
    let own = run(&[rex("f", "(?<f>x|b)", 1), table(&["f", "one"])], &input);
    assert_eq!(shown(&own), ["f=x one=o", "f=b one=o", "f=q one=o", "one=o"]);
}

#[test]
fn section_5_7_2_a_pattern_without_a_named_group_cannot_run() {
    let input = rows(&[("f", &["a"])]);
    assert_eq!(failure(&[rex("f", "(a)", 1)], &input).0, "E-STAGE-REGEX");
    assert_eq!(failure(&[rex("f", "(?<a>", 1)], &input).0, "E-STAGE-REGEX");
}

#[test]
fn section_5_7_3_empty_groups_count_and_missing_ones_do_not() {
    let input = rows(&[("f", &["1a 2 3c"])]);
    let result = run(&[rex("f", r"(?<d>\d)(?<e>[a-z]?)(?<o>c)?", 0)], &input);
    assert_eq!(shown(&result), ["f=1a 2 3c d=1|2|3 e=a||c"]);
    // A group that is repeated inside one match gives its last text.
    assert_eq!(shown(&run(&[rex("f", r"(?:(?<d>\d)\D*)+", 0)], &input)), ["f=1a 2 3c d=3"]);
    // One text is no multivalue.
    let one = run(&[rex("f", "(?<x>3)", 0)], &input);
    assert_eq!(one.rows[0].values[1], Value::Text("3".into()));
}

#[test]
fn section_5_7_4_each_value_of_a_multivalue_is_searched_in_order() {
    let input = rows(&[("f", &["a1b2|c|d3", "e4"])]);
    assert_eq!(shown(&run(&[rex("f", r"(?<n>\d)", 1)], &input)), ["f=a1b2|c|d3 n=1|3", "f=e4 n=4"]);
    assert_eq!(shown(&run(&[rex("f", r"(?<n>\d)", 0)], &input)), ["f=a1b2|c|d3 n=1|2|3", "f=e4 n=4"]);
}

#[test]
fn section_5_7_6_offsets_are_inclusive_and_count_characters() {
    let input = rows(&[("f", &["abcde", "éab"])]);
    let result = run(&[rex_with("f", "(?<firstfive>^.{5})", 1, Some("o"))], &input);
    assert_eq!(shown(&result), ["f=abcde firstfive=abcde o=firstfive=0-4", "f=éab"]);
    let result = run(&[rex_with("f", "(?<x>a)(?<y>b)(?<z>c?)", 1, Some("o"))], &input);
    assert_eq!(shown(&result)[1], "f=éab x=a y=b z= o=x=1-1&y=2-2");
}

#[test]
fn section_5_5_2_without_raw_the_rendering_is_searched() {
    let input = batch(0, &[("_time", times(&[5])), ("user", column(&["bob"])), ("id", ints(&[Some(7)]))]);
    let result = run(&[rex("_raw", "^user=(?<u>.*)\nid=(?<i>.*)$", 1)], &input);
    assert_eq!(shown(&result), ["_time=5 id=7 user=bob u=bob i=7"]);
    let result = run(&[sed("_raw", "bob\n", "x ", SedWhich::All)], &input);
    assert_eq!(shown(&result), ["_time=5 _raw=user=x id=7 id=7 user=bob"]);
}

#[test]
fn section_5_7_5_sed_changes_values_and_nothing_else() {
    let input = batch(0, &[("f", column(&["a-b-c", "~", "x"])), ("n", ints(&[Some(11), None, Some(2)]))]);
    let result = run(&[sed("f", "-", "+", SedWhich::All)], &input);
    assert_eq!(shown(&result), ["f=a+b+c n=11", "", "f=x n=2"]);
    let result = run(&[sed("n", "1", "9", SedWhich::Nth(2))], &input);
    assert_eq!(result.rows[0].values[1], Value::Text("19".into()));
    assert_eq!(result.rows[2].values[1], Value::Int(2));
    let lists = rows(&[("f", &["a|b|a", "b|c"])]);
    assert_eq!(shown(&run(&[sed("f", "a", "", SedWhich::All)], &lists)), ["f=|b|", "f=b|c"]);
    assert_eq!(shown(&run(&[sed("zz", "a", "", SedWhich::All)], &lists)), ["f=a|b|a", "f=b|c"]);
}

#[test]
fn values_that_come_again_give_the_same() {
    let cells: Vec<String> =
        (0..3000).map(|row| if row % 3 == 0 { format!("k{row}") } else { format!("k{}", row % 7) }).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let input = rows(&[("f", &cells)]);
    let (table, _) = try_run(&[rex("f", r"k(?<n>\d+)", 1)], &[input]).unwrap();
    for (row, cell) in table.rows.iter().zip(cells) {
        assert_eq!(row.values[1], Value::Text(cell[1..].to_owned()));
    }
}

#[test]
fn section_1_4_4_a_rescued_pattern_is_named() {
    let mode = RexMode::Extract {
        pattern: "(?<x>a\\)".into(),
        raw_pattern: "(?<x>a\\\\)".into(),
        max_match: 1,
        offset_field: None,
    };
    let input = rows(&[("f", &["a\\"])]);
    let (table, notes) = run_noted(&[Command::Rex(RexCommand { field: "f".into(), mode })], &[input]);
    assert_eq!(shown(&table), ["f=a\\ x=a\\"]);
    assert!(notes.codes.contains_key("W-REGEX-BACKSLASH"));
}

#[test]
fn a_given_field_stands_behind_the_others_and_stays_when_empty() {
    let input = rows(&[("f", &["q"]), ("z", &["1"])]);
    let result = run(&[table(&["f", "z"]), rex("f", "(?<b>x)(?<a>y)", 1)], &input);
    assert_eq!(names(&result), ["f", "z", "b", "a"]);
}

#[test]
fn section_5_6_8_rows_that_the_pattern_gives_up_on_keep_their_fields_and_are_counted() {
    let hard = format!("{}!", "a".repeat(40));
    let list = format!("b|{hard}");
    let input = rows(&[("f", &[hard.as_str(), "b", list.as_str()]), ("y", &["o", "o", "o"])]);
    let (table, notes) =
        run_noted(&[rex("f", "^(?=(a+)+$)a|(?<y>b)$", 1), super::table(&["y"])], std::slice::from_ref(&input));
    assert_eq!(shown(&table), ["y=o", "y=b", "y=o"]);
    assert_eq!(notes.undecided, 2);
    let (table, notes) = run_noted(&[sed("f", "^(?=(a+)+$)a|b$", "x", SedWhich::All), super::table(&["f"])], &[input]);
    assert_eq!(shown(&table), [format!("f={hard}"), "f=x".to_owned(), format!("f={list}")]);
    assert_eq!(notes.undecided, 2);
}
