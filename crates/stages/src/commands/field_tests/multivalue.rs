//! §5.24.

use retrohunt_spl::plan::{MakeMvBy, MakeMvCommand};

use super::*;

fn makemv(by: MakeMvBy, allow_empty: bool, set_sv: bool) -> Command {
    Command::MakeMv(MakeMvCommand { field: "f".into(), by, allow_empty, set_sv })
}

fn split(delimiter: &str, allow_empty: bool, cell: &str) -> String {
    let input = rows(&[("f", &[cell])]);
    shown(&run(&[makemv(MakeMvBy::Delimiter(delimiter.into()), allow_empty, false)], &input)).remove(0)
}

#[test]
fn section_5_24_makemv_splits_at_delimiters() {
    assert_eq!(split(",", false, "a,b,,c"), "f=a|b|c");
    assert_eq!(split(",", true, "a,b,,c"), "f=a|b||c");
    assert_eq!(split("::", false, "a::b:c"), "f=a|b:c");
    assert_eq!(split(",", false, "abc"), "f=abc");
    assert_eq!(split(",", false, ",,"), "");
    assert_eq!(split(",", true, ","), "f=|");
    assert_eq!(split("", false, "abc"), "f=abc");
    assert_eq!(split(",", false, "a,b|c|,d"), "f=a|b|c|d");
}

#[test]
fn section_5_24_makemv_tokens_are_group_1() {
    let tokenizer = |pattern: &str| makemv(MakeMvBy::Tokenizer(pattern.into()), false, false);
    let input = rows(&[("f", &["a1 b2", "none", "~"])]);
    assert_eq!(shown(&run(&[tokenizer(r"[a-z](\d)")], &input)), ["f=1|2", "f=none", ""]);
    assert_eq!(failure(&[tokenizer("a")], &input).0, "E-STAGE-REGEX");
    assert_eq!(failure(&[tokenizer("(a")], &input).0, "E-STAGE-REGEX");
}

#[test]
fn section_5_24_setsv_joins_again() {
    let input = rows(&[("f", &["a,,b"])]);
    let joined = run(&[makemv(MakeMvBy::Delimiter(",".into()), false, true)], &input);
    assert_eq!(joined.rows[0].values, [Value::Text("a,b".into())]);
}

#[test]
fn section_5_24_nomv_joins_with_line_feeds() {
    let input = rows(&[("f", &["a|b", "c", "~"])]);
    let joined = run(&[Command::NoMv("f".into())], &input);
    assert_eq!(joined.rows[0].values, [Value::Text("a\nb".into())]);
    assert_eq!(joined.rows[1].values, [Value::Text("c".into())]);
    assert_eq!(shown(&run(&[Command::NoMv("zz".into())], &input)), ["f=a|b", "f=c", ""]);
}

#[test]
fn section_5_24_mvexpand_gives_a_row_per_value_and_drops_rows_without() {
    let input = rows(&[("f", &["a|b|a", "~", "", "c"]), ("k", &["1", "2", "3", "4"])]);
    let expand = |limit| Command::MvExpand { field: "f".into(), limit };
    let expanded = run(&[expand(0)], &input);
    assert_eq!(shown(&expanded), ["f=a k=1", "f=b k=1", "f=a k=1", "f= k=3", "f=c k=4"]);
    assert_eq!(evidence(&expanded), [vec![0], vec![0], vec![0], vec![2], vec![3]]);
    assert_eq!(shown(&run(&[expand(2)], &input)), ["f=a k=1", "f=b k=1", "f= k=3", "f=c k=4"]);
    assert_eq!(run(&[Command::MvExpand { field: "zz".into(), limit: 0 }], &input).rows.len(), 0);
}

#[test]
fn section_5_24_mvexpand_is_not_for_internal_fields() {
    let input = rows(&[("_raw", &["a|b"])]);
    assert_eq!(failure(&[Command::MvExpand { field: "_raw".into(), limit: 0 }], &input).0, "E-STAGE-COMMAND");
}

#[test]
fn mvexpand_refuses_what_would_not_fit() {
    let values = vec!["v"; 70_000].join("|");
    let raw = "x".repeat(40_000);
    let input = rows(&[("f", &[values.as_str()]), ("_raw", &[raw.as_str()])]);
    let (code, message) = failure(&[Command::MvExpand { field: "f".into(), limit: 0 }], &input);
    assert_eq!(code, "E-STAGE-LIMIT");
    assert!(message.contains("`f`"), "{message}");
    let (some, _) = try_run(&[Command::MvExpand { field: "f".into(), limit: 3 }], &[input]).unwrap();
    assert_eq!(some.rows.len(), 3);
}

#[test]
fn section_5_24_mvcombine_joins_rows_that_are_equal_in_the_rest() {
    let input = rows(&[
        ("f", &["c", "x", "a", "~", "b|c", "y"]),
        ("k", &["1", "2", "1", "1", "1", "~"]),
        ("m", &["p|q", "p|q", "p|q", "p|q", "p|q", "p|q"]),
    ]);
    let combined = run(&[Command::MvCombine { delim: " ".into(), field: "f".into() }], &input);
    assert_eq!(shown(&combined), ["f=c|a|b|c k=1 m=p|q", "f=x k=2 m=p|q", "f=y m=p|q"]);
    assert_eq!(evidence(&combined), [vec![0, 2, 3, 4], vec![1], vec![5]]);
    assert_eq!(run(&[Command::MvCombine { delim: " ".into(), field: "zz".into() }], &input).rows.len(), 6);
}

#[test]
fn mvcombine_tells_null_from_empty_and_two_values_from_one() {
    let input = rows(&[("f", &["1", "2", "3", "4"]), ("k", &["~", "", "a|b", "ab"])]);
    let combined = run(&[Command::MvCombine { delim: " ".into(), field: "f".into() }], &input);
    assert_eq!(combined.rows.len(), 4);
}
