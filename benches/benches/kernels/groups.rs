//! Group-by through a pipeline: `stats count dc values` over many rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::{ArrayRef, StringArray};
use criterion::{BatchSize, Criterion, Throughput};
use retrohunt_benches::Error;
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::Command;
use retrohunt_stages::{Batch, Pipeline, RowKey, Settings, Table, Value};

/// What is measured.
const SPL: &str = "* | stats count dc(user) values(process_name) by host, parent_process_name";

/// Rows of a batch, as a scan hands them over.
const BATCH_ROWS: usize = 65_536;

/// The fields: name, and number of different values. Small numbers are more frequent than large ones.
const FIELDS: [(&str, usize); 4] = [("host", 300), ("parent_process_name", 12), ("user", 500), ("process_name", 60)];

/// A row: for each field, the number of its value.
type Row = [usize; 4];

/// Returns `count` rows, the same in each run.
fn rows(count: usize) -> Vec<Row> {
    let mut state = 1_u64;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % limit
    };
    let mut value = |(_, values): (&str, usize)| {
        let most = below(values) + 1;
        below(most)
    };
    (0..count).map(|_| FIELDS.map(&mut value)).collect()
}

/// Returns the text of a value.
fn text(field: usize, value: usize) -> String {
    format!("{}-{value}.example", FIELDS[field].0)
}

/// Returns the rows as batches.
fn batches(rows: &[Row]) -> Result<Vec<Batch>, Error> {
    let texts: Vec<Vec<String>> =
        FIELDS.iter().enumerate().map(|(field, (_, values))| (0..*values).map(|v| text(field, v)).collect()).collect();
    let mut batches = Vec::new();
    let mut first = 0;
    for part in rows.chunks(BATCH_ROWS) {
        let column = |field: usize| {
            let array: StringArray = part.iter().map(|row| Some(texts[field][row[field]].as_str())).collect();
            (Arc::<str>::from(FIELDS[field].0), Arc::new(array) as ArrayRef)
        };
        let keys = (first..).take(part.len()).map(|row| RowKey { time: None, file: 0, row }).collect();
        batches.push(Batch::new((0..FIELDS.len()).map(column).collect(), keys)?);
        first += part.len() as u64;
    }
    Ok(batches)
}

/// One group: host and parent.
type Key = (String, String);

/// What is known about one group: number of rows, number of users, process names.
type Group = (i64, i64, Vec<String>);

/// Returns the groups, made row by row.
fn expected(rows: &[Row]) -> BTreeMap<Key, Group> {
    let mut groups: BTreeMap<[usize; 2], (i64, [BTreeSet<usize>; 2])> = BTreeMap::new();
    for [host, parent, user, name] in rows {
        let (count, [users, names]) = groups.entry([*host, *parent]).or_default();
        *count += 1;
        users.insert(*user);
        names.insert(*name);
    }
    let mut texts = BTreeMap::new();
    for ([host, parent], (count, [users, names])) in groups {
        let mut names: Vec<String> = names.into_iter().map(|name| text(3, name)).collect();
        names.sort_unstable();
        texts.insert((text(0, host), text(1, parent)), (count, i64::try_from(users.len()).unwrap_or(0), names));
    }
    texts
}

/// Returns the groups of a table.
fn groups(table: &Table) -> Result<BTreeMap<Key, Group>, Error> {
    let group = |values: &[Value]| match values {
        [Value::Text(host), Value::Text(parent), Value::Int(count), Value::Int(users), names] => {
            let names = match names {
                Value::Text(name) => vec![name.clone()],
                Value::List(names) => names.clone(),
                _ => Vec::new(),
            };
            Ok(((host.clone(), parent.clone()), (*count, *users, names)))
        }
        _ => Err(Error::from(format!("not a group: {values:?}"))),
    };
    table.rows.iter().map(|row| group(&row.values)).collect()
}

/// Returns the pipeline behind the search.
fn pipeline() -> Result<Pipeline, Error> {
    let (plan, _) = retrohunt_spl::compile(SPL, &Macros::shipped());
    let plan = plan.ok_or("the rule does not compile")?;
    let commands: Vec<Command> = plan.steps.into_iter().skip(1).map(|step| step.command).collect();
    Ok(Pipeline::new(&commands, &Settings::default())?)
}

/// Runs the pipeline over the batches.
fn run(pipeline: &Pipeline, batches: Vec<Batch>) -> Result<Table, Error> {
    let mut state = pipeline.state();
    for batch in batches {
        pipeline.update(&mut state, batch)?;
    }
    Ok(pipeline.finish_alone(state)?)
}

/// Measures grouping `count` rows.
pub(crate) fn measure(criterion: &mut Criterion, count: usize) -> Result<(), Error> {
    let rows = rows(count);
    let pipeline = pipeline()?;
    let batches = batches(&rows)?;
    let expected = expected(&rows);
    let found = groups(&run(&pipeline, batches.clone())?)?;
    assert!(found == expected, "wrong groups");
    let mut group = criterion.benchmark_group("groups");
    group.sample_size(10);
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function("count-dc-values", |bencher| {
        let make = || batches.clone();
        let measured = |batches| {
            let table = run(&pipeline, batches).ok();
            assert_eq!(table.as_ref().map(|table| table.rows.len()), Some(expected.len()), "wrong number of groups");
            table
        };
        bencher.iter_batched(make, measured, BatchSize::LargeInput);
    });
    group.finish();
    Ok(())
}
