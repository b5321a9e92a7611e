//! §5.11-5.23 by example.

mod charts;
mod order;
mod transactions;
mod windows;

use retrohunt_spl::plan::expr::{ArithmeticOp, ExprCompareOp, Literal};
use retrohunt_spl::plan::{Aggregate, AggregateFunc, Expr, ExprKind, FieldPattern, Glob, Over, StatsCommand};
use retrohunt_spl::span::Span;

use super::*;
use crate::kernels::decimal;
use crate::notes::Notes;
use crate::table_stage::Context;

/// A table of texts, `∅`, `a|b` for a multivalue, `#7` for a number; `_time` in seconds. Row `i` has the evidence of row `i`.
fn table(names: &[&str], rows: &[&[&str]]) -> Table {
    let value = |(name, text): (&&str, &&str)| match *text {
        "∅" => Value::Null,
        text if *name == "_time" => decimal::micros(text).map_or(Value::Null, Value::Time),
        text if text.starts_with('#') => Value::Float(text[1..].parse().unwrap()),
        text => Value::from_texts(text.split('|').map(str::to_owned).collect()),
    };
    let columns = names.iter().map(|name| TableColumn { name: Arc::from(*name), named: false }).collect();
    let row = |(at, row): (u64, &&[&str])| TableRow {
        values: names.iter().zip(row.iter()).map(value).collect(),
        evidence: vec![RowKey { time: None, file: 0, row: at }],
    };
    Table { columns, rows: (0..).zip(rows).map(row).collect() }
}

fn settings() -> Settings {
    Settings { evidence: 100, ..Settings::default() }
}

fn try_run(command: &Command, table: Table, notes: &mut Notes) -> Result<Table, PipelineError> {
    let mut context = Context { operands: &[], runner: None, notes };
    match crate::select::build(command, &settings(), 100, &mut crate::table_stage::Operands::default())? {
        crate::select::Built::Table(stage) => stage.run(table, &mut context),
        _ => panic!("not over a table: {command:?}"),
    }
}

fn run(command: &Command, table: Table) -> Table {
    try_run(command, table, &mut Notes::default()).unwrap()
}

fn code(command: &Command, table: Table) -> &'static str {
    try_run(command, table, &mut Notes::default()).unwrap_err().code
}

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| &*column.name).collect()
}

/// The texts of the rows, as [`table`] takes them, numbers without `#`.
fn shown(table: &Table) -> Vec<Vec<String>> {
    let text = |value: &Value| if value.is_null() { "∅".to_owned() } else { value.texts().join("|") };
    table.rows.iter().map(|row| row.values.iter().map(text).collect()).collect()
}

/// The texts of one column.
fn column(table: &Table, name: &str) -> Vec<String> {
    let at = table.column(name).unwrap();
    shown(table).into_iter().map(|row| row[at].clone()).collect()
}

/// Which rows of the input each row stands for.
fn evidence(table: &Table) -> Vec<Vec<u64>> {
    table.rows.iter().map(|row| row.evidence.iter().map(|key| key.row).collect()).collect()
}

fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

/// `field op number`.
fn compare(field: &str, op: ExprCompareOp, number: f64) -> Expr {
    let (field, number) = (expr(ExprKind::Field(field.into())), expr(ExprKind::Number(Literal(number))));
    expr(ExprKind::Compare(op, Box::new(field), Box::new(number)))
}

/// `func(field)`; without a field, over rows.
fn aggregate(func: AggregateFunc, field: &str, alias: Option<&str>) -> Aggregate {
    let over = match field {
        "" => Over::Rows,
        field => Over::Field(FieldPattern { glob: Glob::new(field) }),
    };
    let argument = if field.is_empty() { String::new() } else { format!("({field})") };
    let default_name = format!("{}{argument}", func.name());
    Aggregate { func, over, sparkline: None, alias: alias.map(Glob::new), default_name }
}

fn stats(aggregates: Vec<Aggregate>, by: &[&str]) -> StatsCommand {
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    StatsCommand { aggregates, by, dedup_splitvals: false, allnum: false, delim: " ".into() }
}

#[test]
fn section_5_10_8_an_expression_is_aggregated() {
    let rows = table(&["a"], &[&["1"], &["5"], &["∅"], &["x"]]);
    let condition = compare("a", ExprCompareOp::Gt, 2.0);
    let a = || Box::new(expr(ExprKind::Field("a".into())));
    let square = expr(ExprKind::Arithmetic(ArithmeticOp::Multiply, a(), a()));
    let over = |func, expr, name: &str| Aggregate { over: Over::Eval(expr), ..aggregate(func, "", Some(name)) };
    let aggregates = vec![
        over(AggregateFunc::Count, condition.clone(), "c"),
        over(AggregateFunc::Sum, square.clone(), "s"),
        over(AggregateFunc::Count, square, "n"),
        over(AggregateFunc::Sum, condition, "truths"),
    ];
    let result = run(&Command::Eventstats(stats(aggregates, &[])), rows);
    // A text is compared as a text: `x` is behind `2`.
    assert_eq!(shown(&result)[0], ["1", "2", "26", "2", "2"]);
}
