//! `eval` in pipelines.

use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use retrohunt_spl::plan::{Command, FieldPattern, Glob};

use super::*;
use crate::batch::RowKey;
use crate::pipeline::Pipeline;

fn assign(target: EvalTarget, value: &str) -> Assignment {
    let (value, findings) = retrohunt_spl::expr::parse(value);
    Assignment { target, value: value.unwrap_or_else(|| panic!("{findings:?}")) }
}

/// `name=value, …`.
fn eval(assignments: &[(&str, &str)]) -> Command {
    let field = |(name, value): &(&str, &str)| assign(EvalTarget::Field((*name).to_owned()), value);
    Command::Eval(assignments.iter().map(field).collect())
}

/// `prefix{field}=value`.
fn template(prefix: &str, field: &str, value: &str) -> Command {
    let pieces = vec![TargetPiece::Literal(prefix.to_owned()), TargetPiece::Field(field.to_owned())];
    Command::Eval(vec![assign(EvalTarget::Template(pieces), value)])
}

fn table(names: &[&str]) -> Command {
    Command::Table(names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect())
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn batch(columns: &[(&str, ArrayRef)]) -> Batch {
    let keys = (0..columns[0].1.len() as u64).map(|row| RowKey { time: None, file: 0, row }).collect();
    Batch::new(columns.iter().map(|(name, array)| (Arc::from(*name), array.clone())).collect(), keys).unwrap()
}

/// The result of commands on a batch, which is the same when its rows come one by one.
fn run(commands: &[Command], batch: &Batch) -> Table {
    let pipeline = Pipeline::new(commands, &Settings::default()).unwrap();
    let (mut whole, mut split) = (pipeline.state(), pipeline.state());
    pipeline.update(&mut whole, batch.clone()).unwrap();
    for only in 0..batch.rows() {
        let bits = arrow_buffer::BooleanBuffer::collect_bool(batch.rows(), |row| row == only);
        pipeline.update(&mut split, batch.clone().filter(&bits).unwrap()).unwrap();
    }
    let whole = pipeline.finish_alone(whole).unwrap();
    assert_eq!(pipeline.finish_alone(split).unwrap(), whole);
    whole
}

/// Names, then rows; `∅` for nothing.
fn show(table: &Table) -> Vec<String> {
    let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
    let mut lines = vec![names.join(" ")];
    for row in &table.rows {
        let value = |value: &Value| if value.is_null() { "∅".to_owned() } else { value.texts().join("|") };
        lines.push(row.values.iter().map(value).collect::<Vec<_>>().join(" "));
    }
    lines
}

#[test]
fn section_5_9_1_later_assignments_see_earlier_ones_and_null_removes() {
    let rows = batch(&[("a", texts(&[Some("1"), Some("x")])), ("z", texts(&[Some("old"), Some("old")]))]);
    let command = eval(&[("b", "a * 2"), ("c", "b + 1"), ("z", "if(c=3, z, null())"), ("gone", "null()")]);
    assert_eq!(show(&run(&[table(&["a", "z"]), command], &rows)), ["a z b c gone", "1 old 2 3 ∅", "x ∅ ∅ ∅ ∅"]);
}

#[test]
fn a_value_keeps_its_kind_whatever_stands_beside_it() {
    let rows = batch(&[("a", Arc::new(Float64Array::from(vec![1.0, 1.5, 4.0])) as ArrayRef)]);
    let result = run(&[eval(&[("b", "a * 2 + 0.5 * (a - 1)"), ("c", r#"if(a=4, "four", a)"#)])], &rows);
    let values: Vec<_> = result.rows.iter().map(|row| row.values[1..].to_vec()).collect();
    assert_eq!(
        values,
        [
            vec![Value::Int(2), Value::Int(1)],
            vec![Value::Float(3.25), Value::Float(1.5)],
            vec![Value::Float(9.5), Value::Text("four".into())],
        ]
    );
}

#[test]
fn section_5_9_3_a_number_under_time_is_a_time_for_later_commands() {
    let times = TimestampMicrosecondArray::from(vec![Some(1_700_000_123_987_654), Some(1_000_000), None]);
    let rows =
        batch(&[("_time", Arc::new(times.with_timezone("UTC"))), ("n", texts(&[Some("5"), Some("6"), Some("7")]))]);
    let commands = [eval(&[("_time", "_time + 0.5")]), eval(&[("t", "_time"), ("later", "if(_time > 2, 1, 0)")])];
    let result = run(&commands, &rows);
    assert_eq!(show(&result), ["_time n t later", "1700000124.487654 5 1700000124.487654 1", "1.5 6 1.5 0", "∅ 7 ∅ 0"]);
    assert_eq!(result.rows[0].values[0], Value::Time(1_700_000_124_487_654));
    assert_eq!(result.rows[1].values[2], Value::Float(1.5));
}

#[test]
fn section_5_9_2_targets_named_by_values() {
    let rows = batch(&[
        ("f", texts(&[Some("x"), Some("y"), None, Some("x")])),
        ("n", Arc::new(Int64Array::from(vec![1, 2, 3, 4]))),
    ]);
    assert_eq!(
        show(&run(&[template("v_", "f", "n * 10")], &rows)),
        ["f n v_x v_y", "x 1 10 ∅", "y 2 ∅ 20", "∅ 3 ∅ ∅", "x 4 40 ∅"]
    );
    // An existing field is set, and taken away where the value is ∅.
    let named = template("", "g", "if(n > 3, null(), f)");
    let with_g = eval(&[("g", r#""n""#)]);
    assert_eq!(show(&run(&[with_g, named, table(&["n", "g"])], &rows)), ["n g", "x n", "y n", "∅ n", "∅ n"]);
}

#[test]
fn too_many_computed_targets_are_an_error() {
    let names: Vec<String> = (0..8000).map(|number| format!("f{number}")).collect();
    let rows = batch(&[("f", Arc::new(StringArray::from(names)))]);
    let pipeline = Pipeline::new(&[template("", "f", "1")], &Settings::default()).unwrap();
    let mut state = pipeline.state();
    pipeline.update(&mut state, rows).unwrap();
    assert_eq!(pipeline.finish_alone(state).unwrap_err().code, "E-STAGE-LIMIT");
}

#[test]
fn needs_are_exact() {
    let needs = |commands: &[Command]| Pipeline::new(commands, &Settings::default()).unwrap().needs();
    let fields =
        |names: &[&str]| Needs::Fields(names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect());
    let list = table(&["b", "c"]);
    // `c` is made of `a`; `d` is read by nobody.
    assert_eq!(needs(&[eval(&[("c", "a . x"), ("d", "y")]), list.clone()]), fields(&["b", "a", "x"]));
    // A later value replaces an earlier one, but reads it.
    assert_eq!(needs(&[eval(&[("c", "p"), ("c", "c . q")]), list.clone()]), fields(&["b", "q", "p"]));
    assert_eq!(needs(&[eval(&[("a", "1")])]), Needs::All);
    assert_eq!(needs(&[template("", "f", "1"), list]), Needs::All);
}

#[test]
fn a_column_that_grows_without_bounds_is_an_error() {
    let mut commands = vec![eval(&[("a", r#""0123456789abcdef""#)])];
    commands.extend((0..60).map(|_| eval(&[("a", "a . a")])));
    let pipeline = Pipeline::new(&commands, &Settings::default()).unwrap();
    let rows = batch(&[("x", texts(&[Some("1")]))]);
    assert_eq!(pipeline.update(&mut pipeline.state(), rows).unwrap_err().code, "E-STAGE-LIMIT");
}
