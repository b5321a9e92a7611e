//! The commands on rows: each case runs on the whole, and where the commands are row-wise also on every row by itself.

mod fields;
mod foreach;
mod generated;
mod multivalue;
mod rename;
mod rex;

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray};
use retrohunt_spl::plan::{Command, FieldPattern, Glob, Plan, RenameClause, Step};
use retrohunt_spl::span::Span;

use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::notes::Notes;
use crate::pipeline::{Pipeline, Settings};
use crate::table::{Table, Value};
use crate::table_stage::Context;

/// A column of texts; `~` is ∅, and `|` stands between the values of a multivalue.
fn column(cells: &[&str]) -> ArrayRef {
    let present = |cell: &&&str| **cell != "~";
    if cells.iter().any(|cell| cell.contains('|')) {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for cell in cells {
            builder.append_option(Some(cell).filter(present).map(|cell| cell.split('|').map(Some)));
        }
        return Arc::new(builder.finish());
    }
    Arc::new(cells.iter().map(|cell| Some(*cell).filter(|cell| *cell != "~")).collect::<StringArray>())
}

fn ints(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn times(seconds: &[i64]) -> ArrayRef {
    let micros = seconds.iter().map(|seconds| Some(seconds * 1_000_000));
    Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

/// Rows of one file, in stream order.
fn batch(file: u32, columns: &[(&str, ArrayRef)]) -> Batch {
    let rows = columns.first().map_or(0, |(_, array)| array.len());
    let keys = (0..rows as u64).map(|row| RowKey { time: None, file, row }).collect();
    Batch::new(columns.iter().map(|(name, array)| (Arc::from(*name), array.clone())).collect(), keys).unwrap()
}

/// Rows of texts.
fn rows(columns: &[(&str, &[&str])]) -> Batch {
    let columns: Vec<(&str, ArrayRef)> = columns.iter().map(|(name, cells)| (*name, column(cells))).collect();
    batch(0, &columns)
}

fn settings() -> Settings {
    Settings { evidence: 4, now: 1_700_000_000_500_000, ..Settings::default() }
}

/// The result on the whole, and what was noted.
fn try_run(commands: &[Command], batches: &[Batch]) -> Result<(Table, Notes), PipelineError> {
    let pipeline = Pipeline::new(commands, &settings())?;
    let mut state = pipeline.state();
    batches.iter().try_for_each(|batch| pipeline.update(&mut state, batch.clone()))?;
    let mut notes = Notes::default();
    let table = pipeline.finish(state, &mut Context { operands: &[], runner: None, notes: &mut notes })?;
    Ok((table, notes))
}

/// The result when every row comes by itself, states merged from the last to the first.
fn run_apart(commands: &[Command], batches: &[Batch]) -> (Table, Notes) {
    let pipeline = Pipeline::new(commands, &settings()).unwrap();
    let mut whole = pipeline.state();
    for batch in batches.iter().rev() {
        for row in (0..batch.rows()).rev() {
            let bits = (0..batch.rows()).map(|at| at == row).collect();
            let mut state = pipeline.state();
            pipeline.update(&mut state, batch.clone().filter(&bits).unwrap()).unwrap();
            pipeline.merge(&mut whole, &pipeline.partial(&state).unwrap()).unwrap();
        }
    }
    let mut notes = Notes::default();
    let table = pipeline.finish(whole, &mut Context { operands: &[], runner: None, notes: &mut notes }).unwrap();
    (table, notes)
}

/// The result, after checking that no split of the rows, and no column that is not needed, changes it.
fn run_noted(commands: &[Command], batches: &[Batch]) -> (Table, Notes) {
    let (table, notes) = try_run(commands, batches).unwrap();
    assert_eq!(run_apart(commands, batches), (table.clone(), notes.clone()), "rows one by one");
    let needs = Pipeline::new(commands, &settings()).unwrap().needs();
    let needed: Vec<Batch> =
        batches.iter().map(|batch| batch.clone().keep_fields(|name| needs.selects(name))).collect();
    assert_eq!(try_run(commands, &needed).unwrap().0, table, "only the columns of {needs:?}");
    (table, notes)
}

fn run(commands: &[Command], batch: &Batch) -> Table {
    run_noted(commands, std::slice::from_ref(batch)).0
}

/// The error of a pipeline, on building or running it: its code.
fn failure(commands: &[Command], batch: &Batch) -> (&'static str, String) {
    let error = try_run(commands, std::slice::from_ref(batch)).unwrap_err();
    (error.code, error.message)
}

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| &*column.name).collect()
}

/// The rows as texts, `name=value` with blanks between; ∅ is left out, multivalues have `|` between their values.
fn shown(table: &Table) -> Vec<String> {
    let row = |values: &[Value]| {
        let cells = table.columns.iter().zip(values).filter(|(_, value)| !value.is_null());
        let cell = |(column, value): (&crate::table::TableColumn, &Value)| {
            let mut text = format!("{}=", column.name);
            value.write_text(&mut text, "|");
            text
        };
        cells.map(cell).collect::<Vec<_>>().join(" ")
    };
    table.rows.iter().map(|table_row| row(&table_row.values)).collect()
}

/// The rows that each result row stands for.
fn evidence(table: &Table) -> Vec<Vec<u64>> {
    table.rows.iter().map(|row| row.evidence.iter().map(|key| key.row).collect()).collect()
}

fn patterns(names: &[&str]) -> Vec<FieldPattern> {
    names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect()
}

fn table(names: &[&str]) -> Command {
    Command::Table(patterns(names))
}

fn renames(pairs: &[(&str, &str)]) -> Command {
    let clause =
        |(from, to): &(&str, &str)| RenameClause { from: FieldPattern { glob: Glob::new(from) }, to: Glob::new(to) };
    Command::Rename(pairs.iter().map(clause).collect())
}

fn fillnull(value: &str, fields: &[&str]) -> Command {
    Command::FillNull { value: value.into(), fields: patterns(fields) }
}

/// Rules for the law of splits in `pipeline`, over fields `a`, `b`, `ab`, `host` and `_time`.
pub(crate) fn rules() -> Vec<Vec<Command>> {
    use retrohunt_spl::plan::{Aggregate, AggregateFunc, Over, StatsCommand};
    use retrohunt_spl::plan::{MakeMvBy, MakeMvCommand, RexCommand, RexMode};
    let extract = |field: &str, max_match| {
        let pattern = r"(?<d>\d)(?<b>\.)?|(?<host>x)".to_owned();
        let mode =
            RexMode::Extract { raw_pattern: pattern.clone(), pattern, max_match, offset_field: Some("o".into()) };
        Command::Rex(RexCommand { field: field.into(), mode })
    };
    let makemv =
        MakeMvCommand { field: "a".into(), by: MakeMvBy::Delimiter(".".into()), allow_empty: true, set_sv: false };
    let texts = || {
        let over = Over::Field(FieldPattern { glob: Glob::new("*") });
        let (func, alias, default_name) = (AggregateFunc::List, Some(Glob::new("*")), "list(*)".to_owned());
        let list = Aggregate { func, over, sparkline: None, alias, default_name };
        let (by, delim) = (Vec::new(), " ".to_owned());
        Command::Stats(StatsCommand { aggregates: vec![list], by, dedup_splitvals: false, allnum: false, delim })
    };
    // A column of lists and numbers holds the numbers as texts, and parts of the rows may have been of one kind: so all become texts.
    let mixing = [
        vec![renames(&[("a", "c"), ("b", "c"), ("ab", "host")]), table(&["c", "host", "x"])],
        vec![renames(&[("a*", "*"), ("host", "a")])],
        vec![extract("a", 1), extract("b", 0), table(&["d", "b", "host", "o"])],
        vec![fillnull("-", &["a", "new"]), Command::MakeMv(makemv), Command::NoMv("b".into())],
        vec![Command::Base64 { decode: false, field: "a".into() }, Command::Shannon { field: "b".into() }],
    ];
    let mut rules: Vec<Vec<Command>> = mixing.into_iter().map(|rule| [rule, vec![texts()]].concat()).collect();
    rules.push(vec![renames(&[("a", "b"), ("ab", "a")])]);
    rules.push(vec![renames(&[("*", "x.*")]), table(&["x.a*", "_time"]), renames(&[("x.*", "*")])]);
    rules.push(vec![table(&["host", "_time"]), fillnull("0", &[])]);
    rules
}

fn plan(commands: Vec<Command>) -> Plan {
    Plan { steps: commands.into_iter().map(|command| Step { command, span: Span::default() }).collect() }
}
