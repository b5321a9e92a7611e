//! §5.21 by example: `append`, `appendcols`, `multisearch`, `union`.

use retrohunt_spl::plan::{Command, Plan, SearchCommand, SearchExpr, Step};
use retrohunt_spl::span::Span;

use super::super::sample::{
    NULL, codes, evidence, names, run_with, settings, subsearch, table, table_of, text, values,
};
use crate::needs::Needs;
use crate::pipeline::{Pipeline, Settings};
use crate::table::{Table, Value};

fn main_rows() -> Table {
    table(&["a", "b"], vec![vec![text("1"), text("m")], vec![text("2"), NULL]])
}

fn result(command: Command, main: Table, operands: &[Table]) -> Table {
    run_with(command, &settings(Vec::new()), main, operands).unwrap().0
}

#[test]
fn section_5_21_append_puts_rows_behind_and_unites_columns() {
    let sub = table_of(1, &["c", "a"], vec![vec![text("x"), Value::Int(3)]]);
    let result = result(Command::Append(Box::new(subsearch())), main_rows(), &[sub]);
    assert_eq!(names(&result), ["a", "b", "c"]);
    assert_eq!(
        values(&result),
        [vec![text("1"), text("m"), NULL], vec![text("2"), NULL, NULL], vec![Value::Int(3), NULL, text("x")],]
    );
    assert_eq!(evidence(&result), [[(0, 0)], [(0, 1)], [(1, 0)]]);
}

#[test]
fn section_5_21_appendcols_pairs_rows_by_their_number() {
    let command = |overwrite| Command::AppendCols { overwrite, subsearch: Box::new(subsearch()) };
    let row = |b, c: &str| vec![b, text(c), Value::Time(1)];
    let sub = || table_of(1, &["b", "c", "_time"], vec![row(text("s"), "x"), row(text("s"), "y"), row(NULL, "z")]);
    let kept = result(command(false), main_rows(), &[sub()]);
    assert_eq!(names(&kept), ["a", "b", "c"]);
    assert_eq!(
        values(&kept),
        [
            vec![text("1"), text("m"), text("x")],
            vec![text("2"), text("s"), text("y")], // the main row has no `b`
            vec![NULL, NULL, text("z")],           // a row more
        ]
    );
    assert_eq!(evidence(&kept), [vec![(0, 0), (1, 0)], vec![(0, 1), (1, 1)], vec![(1, 2)]]);
    let overwritten = result(command(true), main_rows(), &[sub()]);
    assert_eq!(values(&overwritten)[0], [text("1"), text("s"), text("x")]);
    let fewer = result(command(true), main_rows(), &[table_of(1, &["b"], vec![vec![NULL]])]);
    assert_eq!(values(&fewer), values(&main_rows()), "∅ overwrites nothing");
}

/// Two streams with times; the second has two rows of one time, and one without.
fn streams() -> [Table; 2] {
    let row = |seconds: i64, name: &str| vec![Value::Time(seconds * 1_000_000), text(name)];
    let first = table_of(1, &["_time", "n"], vec![row(9, "a9"), row(5, "a5")]);
    let rows = vec![row(7, "b7"), row(5, "b5"), row(5, "b5'"), vec![NULL, text("b")], row(10, "late")];
    [first, table_of(2, &["_time", "n"], rows)]
}

fn order(table: &Table) -> String {
    let at = table.column("n").unwrap();
    table.rows.iter().map(|row| row.values[at].texts().join("")).collect::<Vec<_>>().join(" ")
}

fn search() -> Step {
    let search = SearchCommand { expr: SearchExpr::All, earliest: None, latest: None };
    Step { command: Command::Search(search), span: Span::default() }
}

#[test]
fn section_5_21_multisearch_merges_newest_first() {
    let command = Command::MultiSearch(vec![subsearch(), subsearch()]);
    assert_eq!(order(&result(command, Table::default(), &streams())), "late a9 b7 a5 b5 b5' b");
}

#[test]
fn section_5_21_union_merges_streaming_searches_and_appends_others() {
    let streaming = || Plan { steps: vec![search()] };
    let sorted = || Plan { steps: vec![search(), Step { command: Command::Reverse, span: Span::default() }] };
    let union = |searches: Vec<Plan>, main| order(&result(Command::Union(searches), main, &streams()));
    assert_eq!(union(vec![streaming(), streaming()], Table::default()), "late a9 b7 a5 b5 b5' b");
    assert_eq!(union(vec![streaming(), sorted()], Table::default()), "a9 a5 b7 b5 b5' b late");
    let main = || table(&["n"], vec![vec![text("own")]]);
    assert_eq!(union(vec![streaming(), streaming()], main()), "own late a9 b7 a5 b5 b5' b");
}

#[test]
fn section_7_large_subsearches_are_noted() {
    let large = || table_of(1, &["a"], vec![vec![text("v")]; 50_001]);
    let note = |command: Command, operands: &[Table]| {
        let (_, notes) = run_with(command, &Settings::default(), main_rows(), operands).unwrap();
        codes(&notes).join(" ")
    };
    let sub = || Box::new(subsearch());
    assert_eq!(note(Command::Append(sub()), &[large()]), "N-LIMIT-APPEND");
    assert_eq!(note(Command::AppendCols { overwrite: false, subsearch: sub() }, &[large()]), "N-LIMIT-APPENDCOLS");
    let reverse = Plan { steps: vec![Step { command: Command::Reverse, span: Span::default() }] };
    assert_eq!(note(Command::Union(vec![reverse]), &[large()]), "N-LIMIT-UNION");
    assert_eq!(note(Command::MultiSearch(vec![subsearch()]), &[large()]), "");
    assert_eq!(note(Command::Append(sub()), &[main_rows()]), "");
}

#[test]
fn subsearches_are_numbered_in_the_order_of_the_rule() {
    let streaming = Plan { steps: vec![search()] };
    let commands =
        [Command::MultiSearch(vec![subsearch(), streaming.clone()]), Command::Append(Box::new(streaming.clone()))];
    let pipeline = Pipeline::new(&commands, &Settings::default()).unwrap();
    assert_eq!(pipeline.operands(), [subsearch(), streaming.clone(), streaming]);
    assert_eq!(pipeline.needs(), Needs::Fields(Vec::new()));
}

#[test]
fn a_subsearch_that_was_not_run_is_an_error() {
    let pipeline = Pipeline::new(&[Command::Append(Box::new(subsearch()))], &Settings::default()).unwrap();
    let error = pipeline.finish_alone(pipeline.state()).unwrap_err();
    assert_eq!(error.code, "E-STAGE-OPERAND");
}
