//! Small tables and runs of one command, for tests.

use std::sync::Arc;

use retrohunt_enrich::{Enrichment, Lookups, Options};
use retrohunt_spl::plan::{Command, Plan};

use crate::batch::RowKey;
use crate::error::PipelineError;
use crate::notes::Notes;
use crate::pipeline::{Pipeline, Settings};
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::Context;

/// ∅.
pub(super) const NULL: Value = Value::Null;

/// A text.
pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A multivalue.
pub(super) fn list(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// A table of these rows; row `i` stands for row `i` of file `file`.
pub(super) fn table_of(file: u32, names: &[&str], rows: Vec<Vec<Value>>) -> Table {
    let columns = names.iter().map(|name| TableColumn { name: (*name).into(), named: false }).collect();
    let key = |row| RowKey { time: None, file, row };
    let rows = rows.into_iter().zip(0..).map(|(values, row)| TableRow { values, evidence: vec![key(row)] });
    Table { columns, rows: rows.collect() }
}

/// A table of these rows.
pub(super) fn table(names: &[&str], rows: Vec<Vec<Value>>) -> Table {
    table_of(0, names, rows)
}

/// The names of the columns.
pub(super) fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| &*column.name).collect()
}

/// The values, row by row.
pub(super) fn values(table: &Table) -> Vec<Vec<Value>> {
    table.rows.iter().map(|row| row.values.clone()).collect()
}

/// File and row of the evidence, row by row.
pub(super) fn evidence(table: &Table) -> Vec<Vec<(u32, u64)>> {
    table.rows.iter().map(|row| row.evidence.iter().map(|key| (key.file, key.row)).collect()).collect()
}

/// The codes of the findings.
pub(super) fn codes(notes: &Notes) -> Vec<&str> {
    notes.codes.keys().copied().collect()
}

/// A lookup table.
pub(super) fn lookup(name: &str, columns: &[&str], rows: &[&[&str]], options: Options) -> retrohunt_enrich::Table {
    let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect());
    retrohunt_enrich::Table::new(name, columns, rows, options).unwrap()
}

/// Settings with these lookup tables, and evidence of ten rows.
pub(super) fn settings(tables: Vec<retrohunt_enrich::Table>) -> Settings {
    let mut lookups = Lookups::default();
    tables.into_iter().for_each(|table| lookups.insert(table));
    let enrichment = Enrichment { lookups, ..Enrichment::default() };
    Settings { evidence: 10, enrichment: Arc::new(enrichment), ..Settings::default() }
}

/// The result of one command over a table, with the results of its subsearches.
pub(super) fn run_with(
    command: Command,
    settings: &Settings,
    table: Table,
    operands: &[Table],
) -> Result<(Table, Notes), PipelineError> {
    let mut notes = Notes::default();
    let pipeline = Pipeline::new(&[command], settings)?;
    assert_eq!(pipeline.operands().len(), operands.len());
    let table = pipeline.run(table, &mut Context { operands, runner: None, notes: &mut notes })?;
    Ok((table, notes))
}

/// The result of one command over a table.
pub(super) fn run(command: Command, settings: &Settings, table: Table) -> Result<(Table, Notes), PipelineError> {
    run_with(command, settings, table, &[])
}

/// A subsearch, whose result is given otherwise.
pub(super) fn subsearch() -> Plan {
    Plan { steps: Vec::new() }
}
