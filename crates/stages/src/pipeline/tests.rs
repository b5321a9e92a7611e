//! Whole pipelines: the tables of §5.10 and §9.5, and the law of splits.

mod law;
mod rules;

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray};
use retrohunt_spl::plan::{
    Aggregate, AggregateFunc, BinCommand, BinOptions, BinSpan, FieldPattern, Glob, Over, StatsCommand,
};

use super::*;
use crate::table::Value;

fn patterns(names: &[&str]) -> Vec<FieldPattern> {
    names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect()
}

fn aggregate(func: AggregateFunc, field: Option<&str>, alias: Option<&str>) -> Aggregate {
    let field = field.map(|field| FieldPattern { glob: Glob::new(field) });
    let argument = field.as_ref().map(|pattern| format!("({})", pattern.glob.text())).unwrap_or_default();
    let default_name = format!("{}{argument}", func.name());
    let over = field.map_or(Over::Rows, Over::Field);
    Aggregate { func, over, sparkline: None, alias: alias.map(Glob::new), default_name }
}

fn stats(aggregates: Vec<Aggregate>, by: &[&str]) -> Command {
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    Command::Stats(StatsCommand { aggregates, by, dedup_splitvals: false, allnum: false, delim: " ".into() })
}

fn table(names: &[&str]) -> Command {
    Command::Table(patterns(names))
}

fn bin_seconds(seconds: u64) -> Command {
    Command::Bin(BinCommand {
        field: "_time".into(),
        alias: None,
        options: BinOptions::fixed(BinSpan::Micros(seconds * 1_000_000)),
    })
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn ints(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn times(seconds: &[f64]) -> ArrayRef {
    let micros = seconds.iter().map(|seconds| crate::batch::micros_of(*seconds));
    Arc::new(TimestampMicrosecondArray::from_iter(micros).with_timezone("UTC"))
}

fn lists(rows: &[&[&str]]) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    rows.iter().for_each(|row| builder.append_value(row.iter().map(Some)));
    Arc::new(builder.finish())
}

/// A batch of one file; keys take their times from `_time`.
fn batch(file: u32, columns: &[(&str, ArrayRef)]) -> Batch {
    use arrow_array::cast::AsArray;
    use arrow_array::types::TimestampMicrosecondType;
    let rows = columns.first().map_or(0, |(_, array)| array.len());
    let time = columns.iter().find(|(name, _)| *name == "_time").map(|(_, array)| array);
    let time = |row| time.map(|array| array.as_primitive::<TimestampMicrosecondType>().value(row));
    let keys = (0..rows).map(|row| RowKey { time: time(row), file, row: row as u64 }).collect();
    Batch::new(columns.iter().map(|(name, array)| (Arc::from(*name), array.clone())).collect(), keys).unwrap()
}

fn settings() -> Settings {
    Settings { evidence: 2, ..Settings::default() }
}

fn run(commands: &[Command], batches: Vec<Batch>) -> Table {
    let pipeline = Pipeline::new(commands, &settings()).unwrap();
    let mut state = pipeline.state();
    batches.into_iter().for_each(|batch| pipeline.update(&mut state, batch).unwrap());
    pipeline.finish_alone(state).unwrap()
}

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| &*column.name).collect()
}

fn values(table: &Table) -> Vec<Vec<Value>> {
    table.rows.iter().map(|row| row.values.clone()).collect()
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn list(values: &[&str]) -> Value {
    Value::List(values.iter().map(|value| (*value).to_owned()).collect())
}
