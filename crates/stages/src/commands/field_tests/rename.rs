//! §5.3.

use super::*;

#[test]
fn section_5_3_1_clauses_and_wildcards() {
    let input = rows(&[("a", &["1"]), ("c d", &["2"]), ("x.p", &["3"]), ("x.q", &["4"])]);
    let table = run(&[renames(&[("a", "b"), ("c d", "e"), ("x.*", "*")])], &input);
    assert_eq!(shown(&table), ["b=1 e=2 p=3 q=4"]);
    let input = rows(&[("ab_cd_e", &["1"])]);
    assert_eq!(shown(&run(&[renames(&[("a*_*", "*.*!")])], &input)), ["b.cd_e!=1"]);
}

#[test]
fn section_5_3_1_both_sides_have_as_many_wildcards() {
    let input = rows(&[("a", &["1"])]);
    for pair in [("x.*", "y"), ("y", "x*"), ("*", "*_*")] {
        assert_eq!(failure(&[renames(&[pair])], &input).0, "E-STAGE-WILDCARD");
    }
}

#[test]
fn section_5_3_2_an_existing_target_is_replaced_also_by_nothing() {
    let input = rows(&[("a", &["1", "~"]), ("b", &["x", "y"])]);
    let (table, notes) = run_noted(&[renames(&[("a", "b")])], std::slice::from_ref(&input));
    assert_eq!(shown(&table), ["b=1", ""]);
    assert!(notes.codes.contains_key("W-RENAME-MISSING"));
    let (table, notes) = run_noted(&[renames(&[("zz", "b")])], &[input]);
    assert_eq!((shown(&table), names(&table)), (vec!["a=1".to_owned(), String::new()], vec!["a"]));
    assert!(notes.codes.contains_key("W-RENAME-MISSING"));
}

#[test]
fn section_5_3_2_clauses_go_left_to_right() {
    let input = rows(&[("a", &["1"]), ("b", &["2"])]);
    assert_eq!(shown(&run(&[renames(&[("a", "t"), ("b", "a"), ("t", "b")])], &input)), ["b=1 a=2"]);
    assert_eq!(shown(&run(&[renames(&[("a", "b"), ("b", "c")])], &input)), ["c=1"]);
    assert_eq!(shown(&run(&[renames(&[("a", "a"), ("b", "b")])], &input)), ["a=1 b=2"]);
}

#[test]
fn section_5_3_3_position_and_type_stay() {
    let input = batch(0, &[("a", ints(&[Some(7)])), ("b", column(&["x"])), ("c", column(&["y|z"]))]);
    let renamed = run(&[renames(&[("a", "z"), ("c", "b")])], &input);
    assert_eq!(names(&renamed), ["z", "b"]);
    assert_eq!(renamed.rows[0].values, [Value::Int(7), Value::List(vec!["y".into(), "z".into()])]);
    let listed = run(&[table(&["c", "b", "a"]), renames(&[("b", "z")])], &input);
    assert_eq!(names(&listed), ["c", "z", "a"]);
}

#[test]
fn section_5_3_3_of_two_sources_the_last_with_a_value_wins() {
    let input = rows(&[("a", &["1", "2", "~"]), ("b", &["3", "~", "~"]), ("x", &["o", "o", "o"])]);
    assert_eq!(shown(&run(&[renames(&[("a", "x"), ("b", "x")])], &input)), ["x=3", "x=2", ""]);
    assert_eq!(
        shown(&run(&[renames(&[("a", "x"), ("zz", "x")])], &input))[..2],
        ["b=3 x=1", "x=2"].map(|row| {
            // `x` has the place of `a`.
            row.split(' ').rev().collect::<Vec<_>>().join(" ")
        })
    );
}

#[test]
fn a_pattern_renames_what_the_row_has_whatever_other_files_have() {
    let dotted = batch(0, &[("x.b", column(&["1", "~"])), ("b", column(&["o", "o"]))]);
    let plain = batch(1, &[("b", column(&["2"])), ("z", column(&["3"]))]);
    let (table, _) = run_noted(&[renames(&[("x.*", "*")])], &[dotted, plain]);
    assert_eq!(shown(&table), ["b=1", "b=o", "b=2 z=3"]);
    assert_eq!(names(&table), ["b", "z"]);
    assert!(table.columns.iter().all(|column| !column.named));
}

#[test]
fn a_pattern_renames_all_fields_at_once() {
    let input = rows(&[("a", &["1"]), ("xa", &["2"]), ("_h", &["3"])]);
    assert_eq!(shown(&run(&[renames(&[("*", "x*")])], &input)), ["_h=3 xa=1 xxa=2"]);
    assert_eq!(shown(&run(&[renames(&[("_*", "*")])], &input)), ["a=1 h=3 xa=2"]);
    assert_eq!(shown(&run(&[renames(&[("*", "*")])], &input)), ["_h=3 a=1 xa=2"]);
}

#[test]
fn names_and_patterns_after_a_projection() {
    let input = rows(&[("n", &["1"]), ("x.a", &["2"]), ("x.b", &["~"]), ("m", &["3"])]);
    let commands = [table(&["n", "x.*", "x.b", "m"]), renames(&[("x.*", "*"), ("m", "q")])];
    let renamed = run(&commands, &input);
    assert_eq!(names(&renamed), ["n", "a", "b", "q"]);
    assert_eq!(shown(&renamed), ["n=1 a=2 q=3"]);
    let gone = run(&[table(&["n", "m"]), renames(&[("zz", "m")])], &input);
    assert_eq!(names(&gone), ["n"]);
}

#[test]
fn numbers_become_times_under_their_name_and_times_numbers_under_another() {
    let input = batch(0, &[("t", ints(&[Some(5)]))]);
    assert_eq!(run(&[renames(&[("t", "_time")])], &input).rows[0].values, [Value::Time(5_000_000)]);
    let input = batch(0, &[("_time", times(&[5]))]);
    assert_eq!(run(&[renames(&[("_time", "t")])], &input).rows[0].values, [Value::Int(5)]);
}

#[test]
fn needs_go_back_through_renames() {
    let needs = |pairs: &[(&str, &str)], after: &[&str]| {
        let commands = [renames(pairs), table(after)];
        let mut needed = match Pipeline::new(&commands, &settings()).unwrap().needs() {
            crate::needs::Needs::Fields(fields) => fields.iter().map(|field| field.glob.text()).collect(),
            crate::needs::Needs::All => vec!["ALL".to_owned()],
        };
        needed.sort();
        needed
    };
    assert_eq!(needs(&[("a", "b")], &["b", "c"]), ["a", "c"]);
    assert_eq!(needs(&[("a", "b"), ("b", "c")], &["c"]), ["a"]);
    assert_eq!(needs(&[("a", "b")], &["a"]), [""; 0]);
    assert_eq!(needs(&[("a", "x"), ("b", "x")], &["x"]), ["a", "b"]);
    assert_eq!(needs(&[("a", "b1")], &["b*"]), ["a", "b*"]);
    assert_eq!(needs(&[("x.*", "*")], &["dest"]), ["dest", "x.dest"]);
    assert_eq!(needs(&[("x.*", "y*")], &["dest"]), ["dest"]);
    assert_eq!(needs(&[("*_*", "*.*")], &["a.b", "p*"]), ["*_*", "a.b", "p*"]);
}
