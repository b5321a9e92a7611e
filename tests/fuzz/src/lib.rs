//! What the targets share: macros, rows, and the law that the rows' split does not matter.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    Array as _, ArrayRef, BooleanArray, Float64Array, Int64Array, NullArray, StringArray, TimestampMicrosecondArray,
    UInt64Array,
};
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::{Command, Plan};
use retrohunt_stages::{Batch, Pipeline, RowKey, Settings, Table};

/// Macros as a user has them, with such as call themselves, call each other, grow, and compute.
#[must_use]
pub fn macros() -> Macros {
    let mut macros = Macros::shipped();
    macros.define("filter", &[], "search *");
    macros.define("between", &["low", "high"], "bytes>$low$ bytes<$high$");
    macros.define("self", &[], "a `self`");
    macros.define("ping", &[], "`pong`");
    macros.define("pong", &[], "`ping`");
    macros.define("grow", &["x"], "`grow($x$ $x$)`");
    macros.define("twice", &["x"], "$x$ $x$");
    macros.define("open", &[], "\"(");
    macros
}

/// A folder of files that goes with its value.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Writes the files that have a content, and takes away those that have none.
    ///
    /// # Panics
    ///
    /// If the disk refuses.
    #[must_use]
    pub fn of(files: &[(&str, Option<&[u8]>)]) -> Self {
        let folder = std::env::temp_dir().join(format!("retrohunt-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        for (name, content) in files {
            let path = folder.join(name);
            match content {
                Some(content) => fs::write(path, content).expect("a file can be written"),
                None => drop(fs::remove_file(path)),
            }
        }
        Self(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Columns by name.
type Columns = Vec<(Arc<str>, ArrayRef)>;

/// A row whose `_raw` is `text`.
#[must_use]
pub fn document(text: &str) -> Columns {
    vec![
        ("_time".into(), Arc::new(TimestampMicrosecondArray::from(vec![1]).with_timezone("UTC"))),
        ("_raw".into(), Arc::new(StringArray::from(vec![text]))),
    ]
}

/// Five rows with a column of every kind.
fn columns() -> Columns {
    let texts = |values: [Option<&str>; 5]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
    let mut lists = ListBuilder::new(StringBuilder::new());
    for values in [&["a", "b"][..], &[], &["10", "9", "x"], &["ß", "SS"], &["a", "a"]] {
        for value in values {
            lists.values().append_value(value);
        }
        lists.append(!values.is_empty());
    }
    let times = vec![Some(1_700_000_000_123_456), Some(0), None, Some(-1), Some(i64::MAX)];
    let raws = [
        Some(r#"{"a":{"b":[1,2,{"c":"x"}]},"d":null}"#),
        Some("<a><b c='1'>x</b><b/></a>"),
        Some("user=bob src=10.1.2.3 cmd=\"a b\""),
        Some(""),
        None,
    ];
    vec![
        ("_time".into(), Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC"))),
        ("_raw".into(), texts(raws)),
        ("text".into(), texts([Some("10.1.2.3"), Some("C:\\Temp\\a b.exe"), Some("ǅ"), Some(""), None])),
        ("digits".into(), texts([Some("1e308"), Some("0x1F"), Some("-0"), Some(" 7 "), Some("99999999999999999999")])),
        ("int".into(), Arc::new(Int64Array::from(vec![Some(i64::MIN), Some(-1), Some(0), Some(i64::MAX), None]))),
        ("uint".into(), Arc::new(UInt64Array::from(vec![Some(u64::MAX), Some(0), Some(1), None, Some(1 << 53)]))),
        (
            "float".into(),
            Arc::new(Float64Array::from(vec![Some(f64::NAN), Some(f64::INFINITY), Some(-0.0), Some(0.1), None])),
        ),
        ("flag".into(), Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true), Some(false)]))),
        ("list".into(), Arc::new(lists.finish())),
        ("nothing".into(), Arc::new(NullArray::new(5))),
    ]
}

/// Runs commands over rows of every kind.
///
/// # Panics
///
/// As [`same_of`].
pub fn same_however_split(plan: &Plan) {
    same_of(plan, &columns());
}

/// Runs commands over all rows at once, and row by row and in two parts, in states that are brought together.
///
/// # Panics
///
/// If the two differ, or an error has no code.
pub fn same_of(plan: &Plan, columns: &Columns) {
    let commands: Vec<Command> = plan.steps.iter().map(|step| step.command.clone()).collect();
    let rows = columns.first().map_or(0, |(_, array)| array.len());
    let settings = Settings { split_limit: 10_000, evidence: 2, ..Settings::default() };
    let pipeline = match Pipeline::new(&commands, &settings) {
        Ok(pipeline) => pipeline,
        Err(error) => return assert!(error.code.starts_with("E-"), "{error}"),
    };
    let whole = run(&pipeline, columns, &[(0, rows)]);
    let single: Vec<(usize, usize)> = (0..rows).rev().map(|row| (row, 1)).collect();
    let half = rows / 2;
    // Parts of several rows too: a part of one row seldom has several groups.
    for parts in [single, vec![(half, rows - half), (0, half)]] {
        let split = run(&pipeline, columns, &parts);
        // As text, since a NaN is not equal to itself.
        assert_eq!(format!("{whole:?}"), format!("{split:?}"), "the result depends on the rows' split");
    }
}

/// The result, or the code of the error.
fn run(pipeline: &Pipeline, columns: &Columns, parts: &[(usize, usize)]) -> Result<Table, &'static str> {
    let result = || {
        let mut state = pipeline.state();
        for (start, count) in parts {
            let fields = columns.iter().map(|(name, array)| (name.clone(), array.slice(*start, *count))).collect();
            let keys = (*start..start + count).map(|row| key(columns, row)).collect();
            // Not an error of the commands: both sides would have it, and nothing would be tested.
            let batch = Batch::new(fields, keys).expect("the rows are canonical");
            let mut part = pipeline.state();
            pipeline.update(&mut part, batch)?;
            // Both ways to bring states together.
            if start % 2 == 1 {
                pipeline.absorb(&mut state, part)?;
            } else {
                let part = pipeline.partial(&part)?;
                pipeline.merge(&mut state, &part)?;
            }
        }
        pipeline.finish_alone(state)
    };
    result().map_err(|error: retrohunt_stages::PipelineError| {
        assert!(error.code.starts_with("E-"), "{error}");
        error.code
    })
}

/// Where a row stands.
fn key(columns: &Columns, row: usize) -> RowKey {
    let times = columns.first().and_then(|(_, array)| array.as_any().downcast_ref::<TimestampMicrosecondArray>());
    let time = times.filter(|times| times.is_valid(row)).map(|times| times.value(row));
    RowKey { time, file: 0, row: u64::try_from(row).unwrap_or(u64::MAX) }
}
