//! Expressions as they are written in rules, over small batches.
//!
//! Each helper evaluates a column at a time, row by row, and with the rows split, and wants the same from all.

mod examples;
mod law;

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use retrohunt_spl::plan::Expr;

use super::*;
use crate::batch::RowKey;
use crate::kernels::value::Column;
use crate::rows::cell_value;
use crate::table::Value;
use vector::{Values, Vector};

pub(super) fn parse(text: &str) -> Expr {
    let (expr, findings) = retrohunt_spl::expr::parse(text);
    expr.unwrap_or_else(|| panic!("{text}: {findings:?}"))
}

pub(super) fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn ints(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn floats(values: &[Option<f64>]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn times(micros: &[Option<i64>]) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(micros.to_vec()).with_timezone("UTC"))
}

pub(super) fn lists(rows: &[&[&str]]) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for row in rows {
        row.iter().for_each(|text| builder.values().append_value(text));
        builder.append(!row.is_empty());
    }
    Arc::new(builder.finish())
}

pub(super) fn batch(columns: &[(&str, ArrayRef)]) -> Batch {
    let rows = columns.first().map_or(1, |(_, array)| array.len()) as u64;
    let keys = (0..rows).map(|row| RowKey { time: None, file: 0, row }).collect();
    Batch::new(columns.iter().map(|(name, array)| (Arc::from(*name), array.clone())).collect(), keys).unwrap()
}

/// Part of the rows of a batch.
pub(super) fn part(batch: &Batch, from: usize, to: usize) -> Batch {
    let bits = BooleanBuffer::collect_bool(batch.rows(), |row| (from..to).contains(&row));
    batch.clone().filter(&bits).unwrap()
}

pub(super) fn column_values(array: &ArrayRef) -> Vec<Value> {
    let column = Column::new(array);
    (0..array.len()).map(|row| cell_value(&column, row)).collect()
}

/// The values found row by row.
pub(super) fn plain_values(evaluator: &Evaluator, batch: &Batch) -> Vec<Value> {
    let scope = Scope::new(&evaluator.program, batch, &evaluator.settings);
    let cell = |row| evaluator.program.root.cell(&scope, &Frame::of_row(row)).unwrap_or(cell::Cell::Null);
    let values = Values { vector: Vector::Cells((0..batch.rows()).map(cell).collect()), undecided: None };
    let many = evaluator.program.root.may_be_list(&scope);
    column_values(&column::build(values, batch.rows(), many).unwrap())
}

/// A value as far as it does not depend on the column that it stands in.
pub(super) fn essence(value: &Value) -> (bool, Vec<String>) {
    let number = matches!(value, Value::Int(_) | Value::UInt(_) | Value::Float(_) | Value::Time(_));
    (number, value.texts().into_iter().map(std::borrow::Cow::into_owned).collect())
}

/// The values of an expression, each as its texts joined by `|`, `∅` for none; a number has a `#` before it.
fn values_in(evaluator: &Evaluator, batch: &Batch, notes: &mut Notes) -> Vec<String> {
    let whole = column_values(&evaluator.column(batch, notes));
    let plain = plain_values(evaluator, batch);
    assert_eq!(whole.iter().map(essence).collect::<Vec<_>>(), plain.iter().map(essence).collect::<Vec<_>>());
    for cut in 0..=batch.rows() {
        let parts = [part(batch, 0, cut), part(batch, cut, batch.rows())];
        let split = parts.iter().flat_map(|part| column_values(&evaluator.column(part, &mut Notes::default())));
        assert_eq!(split.collect::<Vec<_>>(), whole, "cut at {cut}");
    }
    let show = |value: &Value| match essence(value) {
        (_, texts) if texts.is_empty() => "∅".to_owned(),
        (true, texts) => format!("#{}", texts.join("|")),
        (false, texts) => texts.join("|"),
    };
    whole.iter().map(show).collect()
}

pub(super) fn values(text: &str, batch: &Batch) -> Vec<String> {
    let evaluator = Evaluator::new(&parse(text), &Settings::default()).unwrap();
    values_in(&evaluator, batch, &mut Notes::default())
}

/// The value of an expression without fields.
pub(super) fn value(text: &str) -> String {
    values(text, &batch(&[])).remove(0)
}

/// The rows for which a condition is true, as ones and zeros.
fn rows(text: &str, batch: &Batch) -> String {
    let evaluator = Evaluator::new(&parse(text), &Settings::default()).unwrap();
    let bits = evaluator.filter(batch, &mut Notes::default());
    let scope = Scope::new(&evaluator.program, batch, &evaluator.settings);
    for (row, bit) in bits.iter().enumerate() {
        assert_eq!(evaluator.program.root.truth(&scope, &Frame::of_row(row)), Ok(bit), "{text} in row {row}");
    }
    bits.iter().map(|bit| if bit { '1' } else { '0' }).collect()
}

/// The codes of what was found while a column was made.
fn findings(text: &str, batch: &Batch) -> Vec<String> {
    let mut notes = Notes::default();
    Evaluator::new(&parse(text), &Settings::default()).unwrap().column(batch, &mut notes);
    notes.codes.into_keys().map(str::to_owned).collect()
}

#[test]
fn section_4_2_1_conditions_have_two_values() {
    let batch = batch(&[("x", texts(&[Some("a"), Some("b"), None, Some("")]))]);
    for (condition, expected) in [
        (r#"x="a""#, "1000"),
        (r#"x!="a""#, "0101"),
        (r#"NOT x="a""#, "0111"),
        (r#"NOT match(x,"a")"#, "0111"),
        (r#"NOT like(x,"a")"#, "0111"),
        (r#"NOT x IN ("a")"#, "0111"),
        (r#"NOT x!=x"#, "1111"),
        (r#"x=x"#, "1101"),
        ("x=null()", "0000"),
        ("NOT x=null()", "1111"),
        ("isnull(x)", "0010"),
        ("isnotnull(x)", "1101"),
        (r#"x="""#, "0001"),
        (r#"x!="""#, "1100"),
        ("y=1 OR isnull(y)", "1111"),
    ] {
        assert_eq!(rows(condition, &batch), expected, "{condition}");
    }
    assert_eq!(values(r#"if(NOT x!=x, "t", "f")"#, &batch), ["t", "t", "t", "t"]);
    assert_eq!(values(r#"case(x="a", 1, NOT x="b", 2)"#, &batch), ["#1", "∅", "#2", "#2"]);
    assert_eq!(values(r#"coalesce(x, "none")"#, &batch), ["a", "b", "none", ""]);
}

#[test]
fn section_4_3_3_comparisons() {
    let batch = batch(&[
        ("t", texts(&[Some("200"), Some("200.0"), Some("abc"), Some("30"), None])),
        ("n", ints(&[Some(200), Some(7), Some(30), Some(5), None])),
        ("f", floats(&[Some(200.0), Some(0.5), Some(f64::NAN), Some(-1.0), None])),
        ("_time", times(&[Some(5_000_000), Some(5_500_000), None, Some(0), Some(-1)])),
    ]);
    for (condition, expected) in [
        (r#"t="200""#, "11000"),
        (r#"t!="200""#, "00110"),
        ("t=200", "11000"),
        (r#"t<"5""#, "11010"),
        ("t<5", "00000"),
        ("t>100", "11100"),
        (r#"n="200""#, "10000"),
        (r#""200"=n"#, "10000"),
        (r#"n!="200.0""#, "01110"),
        (r#"n<"30""#, "10000"),
        ("n<30", "01010"),
        ("30>n", "01010"),
        ("n=t", "10000"),
        ("n>=f", "11010"),
        ("f>-2", "11010"),
        ("isnull(f)", "00101"),
        ("_time=5.5", "01000"),
        ("_time>4", "11000"),
        (r#"t IN ("200", 30)"#, "11010"),
        (r#"n IN (7, t, "5.0")"#, "11010"),
        (r#""30" IN (t, n)"#, "00110"),
        (r#"t IN ("abc", "x")"#, "00100"),
    ] {
        assert_eq!(rows(condition, &batch), expected, "{condition}");
    }
}

#[test]
fn section_4_5_multivalues() {
    let batch = batch(&[
        ("m", lists(&[&["a", "b"], &["7", "12"], &["x"], &[]])),
        ("k", lists(&[&["b", "z"], &["q"], &["y", "X"], &["a"]])),
        ("s", texts(&[Some("b"), Some("9"), None, Some("c")])),
    ]);
    for (condition, expected) in [
        (r#"m="b""#, "1000"),
        (r#"m!="a""#, "1110"),
        (r#"NOT m="a""#, "0111"),
        ("m>9", "1110"),
        (r#"match(m, "^.$")"#, "1110"),
        (r#"like(m, "1%")"#, "0100"),
        ("m=k", "1000"),
        ("s IN (m)", "1000"),
        ("NOT s IN (m, k)", "0111"),
        ("ismv(m)", "1100"),
        ("isnull(m)", "0001"),
    ] {
        assert_eq!(rows(condition, &batch), expected, "{condition}");
    }
    assert_eq!(values("upper(m)", &batch), ["A|B", "7|12", "X", "∅"]);
    assert_eq!(values("if(ismv(m), m, 5)", &batch), ["a|b", "7|12", "5", "5"]);
    for undefined in ["m . s", "m + 1", "-m", "len(m)", "substr(m, 1)", r#"split(m, ",")"#] {
        assert_eq!(values(undefined, &batch)[..2], ["∅", "∅"], "{undefined}");
        assert_eq!(findings(undefined, &batch), ["W-MV-SCALAR"], "{undefined}");
    }
    assert_eq!(values("m . s", &batch)[2..], ["∅", "∅"]);
    assert_eq!(findings("upper(m) . \"\"", &part(&batch, 2, 4)), [""; 0]);
}

#[test]
fn section_4_3_5_and_4_4_arithmetic_and_its_texts() {
    let batch = batch(&[
        ("n", ints(&[Some(7), Some(-7), None, Some(9_007_199_254_740_993)])),
        ("t", texts(&[Some("2"), Some("x"), Some("3"), Some("0")])),
        ("f", floats(&[Some(0.25), Some(1e14), Some(1.0), Some(2.5)])),
    ]);
    assert_eq!(values("n + 1", &batch)[..3], ["#8", "#-6", "∅"]);
    assert_eq!(values("n * f", &batch)[..3], ["#1.75", "#-700000000000000", "∅"]);
    assert_eq!(values("f * 10", &batch), ["#2.5", "#1e15", "#10", "#25"]);
    assert_eq!(values("f / n", &batch)[2], "∅");
    assert_eq!(values("n / (f - f)", &batch), ["∅"; 4]);
    assert_eq!(values("1 / (n / 0)", &batch), ["∅"; 4]);
    assert_eq!(values("n % 4", &batch)[..2], ["#3", "#-3"]);
    assert_eq!(values("n + t", &batch)[..3], ["#9", "∅", "∅"]);
    assert_eq!(values(r#"t + "1""#, &batch), ["#3", "x1", "#4", "#1"]);
    assert_eq!(values("n . t", &batch), ["72", "-7x", "∅", "90071992547409930"]);
    assert_eq!(values("n", &batch)[3], "#9007199254740993");
    assert_eq!(values(r#"-t . """#, &batch), ["-2", "∅", "-3", "0"]);
    assert_eq!(value("8.250*0.2"), "#1.6500000000000001");
    assert_eq!(value("0.0000001 + 0"), "#1e-7");
    assert_eq!(value("1 + 2 . \"3\" + 4"), "#37");
}

#[test]
fn section_6_1_5_wrong_types_are_null_not_errors() {
    for text in [r#""a" * 2"#, "true() + 1", "true() . \"a\"", "len(true())", r#"abs("a")"#, "true()", "1 = 1"] {
        assert_eq!(value(text), "∅", "{text}");
    }
    assert_eq!(value(r#"if("true", 1, 2)"#.replace("\"true\"", "null()").as_str()), "#2");
    assert_eq!(value("typeof(1=1) . typeof(null()) . typeof(7) . typeof(\"7\")"), "BooleanInvalidNumberString");
    assert_eq!(value("tostring(1=2)"), "False");
}

#[test]
fn section_6_2_match_and_like() {
    let batch = batch(&[
        ("p", texts(&[Some(r"C:\x\cmd.exe"), Some("CMD"), None, Some("a\nb")])),
        ("n", ints(&[Some(4688), Some(1), None, Some(46)])),
        ("q", texts(&[Some("md"), Some("("), Some("a"), Some("b$")])),
    ]);
    for (condition, expected) in [
        (r#"match(p, "\.exe$")"#, "1000"),
        (r#"match(p, "(?i)cmd")"#, "1100"),
        (r#"match(n, "^46")"#, "1001"),
        ("match(p, q)", "1001"),
        (r#"like(p, "%\\cmd%")"#, "1000"),
        (r#"p LIKE "a_b""#, "0001"),
        (r#"like(p, "%" . q . "%")"#, "1000"),
        ("like(n, \"4%\")", "1001"),
        (r#"match(p, null())"#, "0000"),
        (r#"match(p . "!", "e!$")"#, "1000"),
        (r#"searchmatch("p=cmd*")"#, "0100"),
        (r#"NOT searchmatch("p=cmd*")"#, "1011"),
        (r#"if(searchmatch("p=cmd*"), true(), n=46)"#, "0101"),
    ] {
        assert_eq!(rows(condition, &batch), expected, "{condition}");
    }
    assert_eq!(findings("if(match(p, q), 1, 2)", &batch), ["W-DYNAMIC-PATTERN"]);
    let error = Evaluator::new(&parse(r#"match(p, "a(b")"#), &Settings::default()).unwrap_err();
    assert_eq!(error.code, "E-STAGE-REGEX");
    assert_eq!(rows(r#"match(p, "C:\\")"#, &batch), "1000");
    assert_eq!(findings(r#"if(match(p, "C:\\"), 1, 2)"#, &batch), ["W-REGEX-BACKSLASH"]);
}

#[test]
fn section_5_6_8_undecided_rows_are_no_hits_and_are_counted() {
    let slow = format!("{}.", "a".repeat(300));
    let batch = batch(&[
        ("x", texts(&[Some(&slow), Some("q"), Some(&slow), Some(&slow)])),
        ("y", ints(&[Some(1), Some(1), Some(2), None])),
    ]);
    let gives_up = r#"match(x, "(?=a)(?:a|aa)+(?=b)[^b]")"#;
    for (condition, yes, undecided) in [
        ("P", "0000", "1011"),
        ("NOT P", "0100", "1011"),
        ("P AND y=1", "0000", "1000"),
        ("y=1 AND P", "0000", "1000"),
        ("P OR y=1", "1100", "0011"),
        ("y=1 OR P", "1100", "0011"),
        ("P XOR y=1", "0100", "1011"),
        ("NOT (P AND y=1) OR y=2", "0111", "1000"),
        ("if(P, 1, 2)=2", "0100", "1011"),
        ("1 IN (if(P, 1, 2), y)", "1100", "0011"),
        ("isnull(if(P, 1, 2) . y)", "0000", "1011"),
        ("case(y=1, true(), P, false(), isnull(y), true())", "1100", "0011"),
        ("coalesce(nullif(y, 2), if(P, 1, 2)) > 0", "1100", "0011"),
    ] {
        let evaluator = Evaluator::new(&parse(&condition.replace('P', gives_up)), &Settings::default()).unwrap();
        let mut notes = Notes::default();
        let bits: Vec<bool> = evaluator.filter(&batch, &mut notes).iter().collect();
        let wanted = |marks: &str| marks.chars().map(|mark| mark == '1').collect::<Vec<_>>();
        assert_eq!(bits, wanted(yes), "{condition}");
        let undecided = wanted(undecided);
        assert_eq!(notes.undecided, undecided.iter().filter(|bit| **bit).count() as u64, "{condition}");
        let scope = Scope::new(&evaluator.program, &batch, &evaluator.settings);
        for row in 0..batch.rows() {
            let expected = if undecided[row] { Err(patterns::Undecided) } else { Ok(bits[row]) };
            assert_eq!(evaluator.program.root.truth(&scope, &Frame::of_row(row)), expected, "{condition} in row {row}");
        }
    }
    let text = r#"coalesce(if(P, "a", "b"), y)"#.replace('P', gives_up);
    let mut notes = Notes::default();
    let evaluator = Evaluator::new(&parse(&text), &Settings::default()).unwrap();
    assert_eq!(values_in(&evaluator, &batch, &mut notes), ["∅", "b", "∅", "∅"]);
    assert_eq!(notes.undecided, 3);
}

#[test]
fn section_6_3_replace() {
    let batch = batch(&[
        ("m", lists(&[&["a-1", "b-2"], &["c"], &[]])),
        ("n", ints(&[Some(4688), None, Some(0)])),
        ("r", texts(&[Some(r"<\1>"), Some("z"), None])),
    ]);
    assert_eq!(values(r#"replace(m, "(\w)-(\d)", "\2\1")"#, &batch), ["1a|2b", "c", "∅"]);
    assert_eq!(values(r#"replace(n, "6", "")"#, &batch), ["488", "∅", "0"]);
    assert_eq!(values(r#"replace("ab", "(a)", r)"#, &batch), ["<a>b", "zb", "∅"]);
    assert_eq!(values(r#"replace("a4688", n, "x")"#, &batch), ["ax", "∅", "a4688"]);
    assert_eq!(values(r#"replace("x", "x", m)"#, &batch), ["∅", "c", "∅"]);
    assert_eq!(findings(r#"if(isnull(replace("x", "x", m)), 1, 2)"#, &batch), ["W-MV-SCALAR"]);
    assert_eq!(value(r#"replace("10", "0", "1") + 1"#), "#12");
    assert_eq!(value(r#"typeof(replace("10", "0", "1"))"#), "String");
}

#[test]
fn section_6_2_choices_are_lazy() {
    let batch = batch(&[("m", lists(&[&["a", "b"], &["c"]])), ("x", texts(&[Some("1"), None]))]);
    // The arm that is not taken gives no finding.
    assert_eq!(findings(r#"if(ismv(m), "many", m . "!")"#, &batch), [""; 0]);
    assert_eq!(values(r#"if(ismv(m), "many", m . "!")"#, &batch), ["many", "c!"]);
    assert_eq!(findings(r#"coalesce(x, "a", m . "")"#, &batch), [""; 0]);
    assert_eq!(values(r#"validate(isnotnull(x), "no x", x="1", "not 1")"#, &batch), ["∅", "no x"]);
    assert_eq!(values(r#"nullif(x, "1.0")"#, &batch), ["∅", "∅"]);
    assert_eq!(values(r#"nullif(x, "2")"#, &batch), ["1", "∅"]);
    assert_eq!(values(r#"case(isnull(x), "none", true(), x)"#, &batch), ["1", "none"]);
    assert_eq!(values(r#"case(false(), x)"#, &batch), ["∅", "∅"]);
}

#[test]
fn section_6_4_mvfilter_mvmap_and_mvfind() {
    let batch = batch(&[
        ("m", lists(&[&["a1", "b", "a2"], &["b"], &["a"], &[]])),
        ("n", ints(&[Some(3), None, Some(0), Some(1)])),
    ]);
    assert_eq!(values(r#"mvfilter(match(m, "^a"))"#, &batch), ["a1|a2", "∅", "a", "∅"]);
    assert_eq!(values("mvfilter(n > 1)", &batch), ["#3", "∅", "∅", "∅"]);
    assert_eq!(values(r#"mvmap(m, m . "/" . n)"#, &batch), ["a1/3|b/3|a2/3", "∅", "a/0", "∅"]);
    assert_eq!(values(r#"mvmap(m, if(m="b", null(), upper(m)))"#, &batch), ["A1|A2", "∅", "A", "∅"]);
    assert_eq!(values("mvmap(n, n * 2)", &batch), ["#6", "∅", "#0", "#2"]);
    assert_eq!(values(r#"mvmap(m, mvmap(n, n . m))"#, &batch), ["3a1|3b|3a2", "∅", "0a", "∅"]);
    assert_eq!(values(r#"mvfind(m, "^b")"#, &batch), ["#1", "#0", "∅", "∅"]);
    assert_eq!(values(r#"mvfind(m, n)"#, &batch), ["∅", "∅", "∅", "∅"]);
}

#[test]
fn section_5_18_head_sees_null_conditions() {
    let batch = batch(&[("x", ints(&[Some(1), Some(9), None]))]);
    let nulls = |text: &str| {
        let bits = Evaluator::new(&parse(text), &Settings::default()).unwrap().nulls(&batch);
        bits.iter().map(|bit| if bit { '1' } else { '0' }).collect::<String>()
    };
    assert_eq!(nulls("x > 5"), "001");
    assert_eq!(nulls("x > 5 OR isnull(x)"), "000");
    assert_eq!(nulls("x > 5 AND isnull(x)"), "001");
    assert_eq!(nulls("x > 5 AND isnotnull(x)"), "000");
    assert_eq!(nulls("NOT x > 5"), "000");
    assert_eq!(nulls("null()"), "111");
}

#[test]
fn what_an_expression_reads() {
    let evaluator = |text: &str| Evaluator::new(&parse(text), &Settings::default()).unwrap();
    assert_eq!(evaluator("a + 'b c' . a").fields(), ["a", "b c"]);
    let needs = evaluator(r#"a=1 AND searchmatch("b=2")"#).needs(Needs::Fields(Vec::new()));
    assert!(needs.selects("a") && needs.selects("b") && !needs.selects("c"));
    assert_eq!(evaluator(r#"searchmatch("word")"#).needs(Needs::Fields(Vec::new())), Needs::All);
}

#[test]
fn deep_nesting_is_refused_not_a_stack_overflow() {
    use retrohunt_spl::plan::ExprKind;
    let mut expr = parse("x");
    for _ in 0..2000 {
        let span = expr.span;
        expr = Expr::new(ExprKind::Negate(Box::new(expr)), span);
    }
    assert_eq!(Evaluator::new(&expr, &Settings::default()).unwrap_err().code, "E-STAGE-LIMIT");
    let text = format!("{}x{}", "if(y=1, 0, ".repeat(200), ")".repeat(200));
    assert_eq!(values(&text, &batch(&[("x", ints(&[Some(4)]))])), ["#4"]);
}

#[test]
fn long_chains_are_one_pass() {
    let chain: Vec<String> = (0..3000).map(|number| format!("x={number}")).collect();
    let batch = batch(&[("x", ints(&[Some(2999), Some(3000), None]))]);
    assert_eq!(rows(&chain.join(" OR "), &batch), "100");
}
