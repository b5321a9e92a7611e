//! `fillnull` and `filldown` (§5.15), and the commands that read pairs, replace and add up.

use retrohunt_spl::plan::{AddTotalsCommand, ExtractCommand, ReplaceCommand};

use super::*;

#[test]
fn section_5_15_fillnull_with_a_list_creates_fields_and_keeps_empty_texts() {
    let input = batch(0, &[("a", column(&["x", "~", ""])), ("n", ints(&[Some(1), None, Some(3)]))]);
    let filled = run(&[fillnull("0", &["n", "new", "a"])], &input);
    assert_eq!(shown(&filled), ["a=x n=1 new=0", "a=0 n=0 new=0", "a= n=3 new=0"]);
    assert_eq!(filled.rows[0].values[1], Value::Int(1));
    assert_eq!(filled.rows[1].values[1], Value::Text("0".into()));
}

#[test]
fn section_5_15_fillnull_with_a_list_is_the_same_for_files_without_the_field() {
    let (one, two) = (batch(0, &[("a", column(&["x", "~"]))]), batch(1, &[("b", column(&["y"]))]));
    let (filled, _) = run_noted(&[fillnull("-", &["a"])], &[one, two]);
    assert_eq!(shown(&filled), ["a=x", "a=-", "a=- b=y"]);
}

#[test]
fn section_5_15_fillnull_without_a_list_fills_fields_that_some_row_has() {
    let input = rows(&[("a", &["x", "~"]), ("b", &["~", "y"])]);
    let filled = run(&[table(&["a", "b", "none"]), fillnull("-", &[])], &input);
    assert_eq!(shown(&filled), ["a=x b=-", "a=- b=y"]);
    assert_eq!(names(&filled), ["a", "b", "none"]);
    let patterned = run(&[fillnull("-", &["b*", "new"])], &input);
    assert_eq!(shown(&patterned), ["a=x b=- new=-", "b=y new=-"]);
}

#[test]
fn section_5_15_filldown_takes_the_last_value_above() {
    let input = rows(&[("a", &["~", "x", "~", "", "~"]), ("b", &["1", "~", "2|3", "~", "~"])]);
    let all = run(&[Command::FillDown(Vec::new())], &input);
    assert_eq!(shown(&all), ["b=1", "a=x b=1", "a=x b=2|3", "a= b=2|3", "a= b=2|3"]);
    let one = run(&[Command::FillDown(patterns(&["a*", "zz"]))], &input);
    assert_eq!(shown(&one), ["b=1", "a=x", "a=x b=2|3", "a=", "a="]);
}

fn replace(pairs: &[(&str, &str)], fields: &[&str]) -> Command {
    let pairs = pairs.iter().map(|(old, new)| (Glob::new(old), Glob::new(new))).collect();
    Command::Replace(ReplaceCommand { pairs, fields: fields.iter().map(|field| (*field).to_owned()).collect() })
}

#[test]
fn replace_changes_whole_values_by_the_first_pair_that_matches() {
    let input = batch(
        0,
        &[
            ("a", column(&["%%8448", "x%%8448", "Abc"])),
            ("b", column(&["%%8448|y", "~", "abc"])),
            ("_raw", column(&["%%8448", "~", "abc"])),
            ("n", ints(&[Some(5), None, Some(6)])),
        ],
    );
    let all = run(
        &[replace(&[("%%8448", "Success"), ("a*c", "<*>"), ("*", "never")], &[]), table(&["a", "b", "_raw"])],
        &input,
    );
    assert_eq!(shown(&all), ["a=Success b=Success|never _raw=%%8448", "a=never", "a=never b=<b> _raw=abc"]);
    let listed = run(&[replace(&[("5", "five"), ("abc", "q")], &["n", "_raw", "zz"])], &input);
    assert_eq!(listed.rows[0].values[3], Value::Text("five".into()));
    assert_eq!(listed.rows[2].values[3], Value::Int(6));
    assert_eq!(names(&listed), ["_raw", "a", "b", "n"]);
    assert_eq!(failure(&[replace(&[("a", "b*")], &[])], &input).0, "E-STAGE-WILDCARD");
}

#[test]
fn extract_takes_pairs_out_of_raw() {
    let input = rows(&[("_raw", &["a=1 b=2 a=3", "~", "c=\"x y\""]), ("b", &["old", "old", "old"])]);
    let command = Command::Extract(ExtractCommand { pair_delims: String::new(), kv_delims: String::new() });
    let result = run(&[command, table(&["a", "b", "c"])], &input);
    assert_eq!(shown(&result), ["a=1 b=2", "b=old", "b=old c=x y"]);
}

#[test]
fn xmlkv_takes_elements_of_a_field() {
    let text = "<Task><Command>cmd</Command><Hidden>true</Hidden><Arg>1</Arg><Arg>2</Arg></Task>";
    let input = rows(&[("Message", &[text, "no markup", "~"]), ("Hidden", &["x", "y", "~"])]);
    let result = run(&[Command::XmlKv { field: "Message".into() }, table(&["Command", "Hidden", "Arg"])], &input);
    assert_eq!(shown(&result), ["Command=cmd Hidden=true Arg=1|2", "Hidden=y", ""]);
    let (table, _) = try_run(&[Command::XmlKv { field: "Message".into() }], &[input]).unwrap();
    assert_eq!(names(&table), ["Hidden", "Message", "Arg", "Command"]);
}

#[test]
fn fromjson_takes_the_members_of_an_object() {
    let text = "{\"zu\":\"http://x\",\"n\":1.50,\"l\":[1, 2],\"o\":{\"a\":null},\"none\":null,\"k\":true}";
    let input = rows(&[("Data", &[text, "{broken", "[1]"]), ("n", &["old", "old", "old"])]);
    let from = |prefix: &str| Command::FromJson { field: "Data".into(), prefix: prefix.into() };
    let result = run(&[from(""), table(&["zu", "n", "l", "o", "none", "k"])], &input);
    assert_eq!(shown(&result), ["zu=http://x n=1.50 l=[1, 2] o={\"a\":null} k=true", "n=old", "n=old"]);
    let result = run(&[from("p."), table(&["p.zu", "n"])], &input);
    assert_eq!(shown(&result), ["p.zu=http://x n=old", "n=old", "n=old"]);
}

#[test]
fn names_out_of_data_are_bounded() {
    let object = |row: usize| {
        let members: Vec<String> = (0..3000).map(|at| format!("\"k{row}_{at}\":1")).collect();
        format!("{{{}}}", members.join(","))
    };
    let cells: Vec<String> = (0..200).map(object).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let input = rows(&[("j", &cells)]);
    let (code, _) = failure(&[Command::FromJson { field: "j".into(), prefix: String::new() }], &input);
    assert_eq!(code, "E-STAGE-LIMIT");
}

fn addtotals(row: Option<&str>, column: Option<(&str, Option<&str>)>, fields: &[&str]) -> Command {
    let column = column.map(|(label, field)| (label.to_owned(), field.map(str::to_owned)));
    Command::AddTotals(AddTotalsCommand { row: row.map(str::to_owned), column, fields: patterns(fields) })
}

#[test]
fn addtotals_of_rows() {
    let input = batch(
        0,
        &[
            ("a", ints(&[Some(1), None, Some(i64::MAX)])),
            ("b", column(&["2.5", "x", "1"])),
            ("c", column(&["1|2", "~", "~"])),
            ("_n", ints(&[Some(100), Some(100), Some(100)])),
        ],
    );
    let result = run(&[addtotals(Some("Total"), None, &[]), table(&["Total"])], &input);
    let totals: Vec<Value> = result.rows.iter().map(|row| row.values[0].clone()).collect();
    assert_eq!(totals, [Value::Float(3.5), Value::Int(0), Value::Float(9_223_372_036_854_775_808.0)]);
    let listed = run(&[addtotals(Some("b"), None, &["a", "_n"]), table(&["b"])], &input);
    assert_eq!(listed.rows[0].values, [Value::Int(101)]);
}

#[test]
fn addtotals_does_not_depend_on_the_order_of_columns() {
    let cells = [("a", "1e16"), ("b", "1"), ("c", "-1e16"), ("d", "0.25")];
    let forward: Vec<(&str, ArrayRef)> = cells.iter().map(|(name, cell)| (*name, column(&[*cell]))).collect();
    let backward: Vec<(&str, ArrayRef)> = forward.iter().rev().cloned().collect();
    let total =
        |columns: &[(&str, ArrayRef)]| run(&[addtotals(Some("t"), None, &[]), table(&["t"])], &batch(0, columns));
    assert_eq!(shown(&total(&forward)), ["t=1.25"]);
    assert_eq!(total(&forward), total(&backward));
}

#[test]
fn addtotals_of_columns() {
    let input = batch(0, &[("a", ints(&[Some(1), Some(2)])), ("b", column(&["x", "y"]))]);
    let result = run(&[addtotals(Some("Total"), Some(("Sum", Some("b"))), &[])], &input);
    assert_eq!(shown(&result), ["a=1 b=x Total=1", "a=2 b=y Total=2", "a=3 b=Sum Total=3"]);
    let result = run(&[addtotals(None, Some(("Sum", None)), &["a"])], &input);
    assert_eq!(shown(&result), ["a=1 b=x", "a=2 b=y", "a=3"]);
    assert_eq!(result.rows[2].evidence, []);
}

#[test]
fn section_5_29_avlbase64_sets_its_field_only_where_it_succeeds() {
    let input = rows(&[("c", &["aQBlAHgA", "???", "~", "YQ==|!|Yg=="]), ("base64_c", &["o", "o", "o", "o"])]);
    let result = run(&[Command::Base64 { decode: true, field: "c".into() }, table(&["base64_c"])], &input);
    assert_eq!(shown(&result), ["base64_c=iex", "base64_c=o", "base64_c=o", "base64_c=a|b"]);
    let result = run(&[Command::Base64 { decode: false, field: "c".into() }, table(&["base64_c"])], &input);
    assert_eq!(shown(&result)[..2], ["base64_c=YVFCbEFIZ0E=", "base64_c=Pz8/"]);
}

#[test]
fn section_5_29_shannon() {
    let input = rows(&[("p", &["abcd", "", "~"])]);
    let result = run(&[Command::Shannon { field: "p".into() }], &input);
    assert_eq!(shown(&result), ["p=abcd ut_shannon=2", "p= ut_shannon=0", ""]);
    assert_eq!(result.rows[0].values[1], Value::Float(2.0));
}
