//! §5.13.7 by example.

use std::sync::Arc;

use retrohunt_enrich::{Enrichment, MissingLookup, Options};
use retrohunt_spl::plan::{Command, CompareOp, Comparison, FieldRef, Glob, SearchExpr};
use retrohunt_spl::span::Span;

use super::super::sample::{NULL, codes, evidence, lookup, names, run, settings, table, text, values};
use super::*;
use crate::pipeline::Pipeline;

fn command(name: &str) -> InputLookupCommand {
    InputLookupCommand { table: name.into(), append: false, start: 0, max: 1_000_000_000, filter: None }
}

fn tools() -> Settings {
    let rows: &[&[&str]] = &[&["nc", "red", "10"], &["cmd", "", "20"], &["psexec", "red", "x"], &["NC", "", ""]];
    settings(vec![lookup("tools", &["tool", "team", "_time"], rows, Options::default())])
}

fn column(command: InputLookupCommand, at: usize) -> Vec<Value> {
    let (result, _) = run(Command::InputLookup(command), &tools(), Table::default()).unwrap();
    values(&result).into_iter().map(|row| row[at].clone()).collect()
}

fn equals(field: &str, value: &str) -> SearchExpr {
    let field = FieldRef::plain(field);
    let value = Glob::new(value);
    SearchExpr::Compare(Comparison { field, op: CompareOp::Eq, value, case: false, span: Span::default() })
}

#[test]
fn section_5_13_7_all_rows_in_table_order_with_empty_cells_as_null() {
    let (result, notes) = run(Command::InputLookup(command("tools")), &tools(), Table::default()).unwrap();
    assert_eq!(names(&result), ["tool", "team", "_time"]);
    assert_eq!(
        values(&result),
        [
            vec![text("nc"), text("red"), Value::Time(10_000_000)],
            vec![text("cmd"), NULL, Value::Time(20_000_000)],
            vec![text("psexec"), text("red"), text("x")],
            vec![text("NC"), NULL, NULL],
        ]
    );
    assert_eq!(codes(&notes), Vec::<&str>::new());
    assert_eq!(evidence(&result), [const { Vec::new() }; 4]);
}

#[test]
fn section_5_13_7_start_and_max() {
    let part = |start, max| column(InputLookupCommand { start, max, ..command("tools") }, 0);
    assert_eq!(part(1, 2), [text("cmd"), text("psexec")]);
    assert_eq!(part(3, u64::MAX), [text("NC")]);
    assert_eq!(part(4, 1), []);
    assert_eq!(part(u64::MAX, 1), []);
    assert_eq!(part(0, 0), []);
}

#[test]
fn section_5_13_7_a_where_clause_filters_as_search_does() {
    let filtered =
        |filter, start, max| column(InputLookupCommand { filter: Some(filter), start, max, ..command("tools") }, 0);
    assert_eq!(filtered(equals("tool", "n*"), 0, 9), [text("nc"), text("NC")]);
    assert_eq!(filtered(SearchExpr::Not(Box::new(equals("team", "red"))), 0, 9), [text("cmd"), text("NC")]);
    assert_eq!(filtered(equals("team", "red"), 1, 9), [text("psexec")], "`start` counts the rows that are wanted");
    assert_eq!(filtered(equals("tool", "n*"), 0, 1), [text("nc")]);
    assert_eq!(filtered(SearchExpr::All, 2, 1), [text("psexec")]);
}

#[test]
fn section_5_13_7_append_adds_the_rows_at_the_end() {
    let before = table(&["host", "team"], vec![vec![text("h"), text("own")]]);
    let append = InputLookupCommand { append: true, max: 1, ..command("tools") };
    let (result, _) = run(Command::InputLookup(append), &tools(), before.clone()).unwrap();
    assert_eq!(names(&result), ["host", "team", "tool", "_time"]);
    assert_eq!(
        values(&result),
        [vec![text("h"), text("own"), NULL, NULL], vec![NULL, text("red"), text("nc"), Value::Time(10_000_000)],]
    );
    assert_eq!(evidence(&result), [vec![(0, 0)], vec![]]);
    let (result, _) = run(Command::InputLookup(command("tools")), &tools(), before).unwrap();
    assert_eq!(result.rows.len(), 4, "without append, the table's rows are all there is");
}

#[test]
fn section_5_13_6_missing_tables() {
    let error = Pipeline::new(&[Command::InputLookup(command("gone"))], &tools()).unwrap_err();
    assert_eq!(error.to_string(), "E-STAGE-LOOKUP: there is no lookup table `gone`; there are tools");
    let enrichment = Enrichment { missing_lookup: MissingLookup::Empty, ..Enrichment::default() };
    let settings = Settings { enrichment: Arc::new(enrichment), ..Settings::default() };
    let (result, notes) = run(Command::InputLookup(command("gone")), &settings, Table::default()).unwrap();
    assert_eq!((result.rows.len(), codes(&notes)), (0, vec!["W-MISSING-LOOKUP"]));
}

#[test]
fn a_generating_command_reads_nothing_of_the_archive() {
    let needs = |append| {
        let command = Command::InputLookup(InputLookupCommand { append, ..command("tools") });
        Pipeline::new(&[command], &tools()).unwrap().needs()
    };
    assert_eq!(needs(false), Needs::Fields(Vec::new()));
    assert_eq!(needs(true), Needs::All);
}
