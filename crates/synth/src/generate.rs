//! The run: plans, then files, two at a time, then the truth.

use crate::encode::Encoder;
use crate::error::Error;
use crate::event::{Event, RawForm, Source};
use crate::mapping;
use crate::options::{FileSpec, Format, Options, Vendor};
use crate::plant::{Plan, Plant, Stream, Verdict, schedule};
use crate::random::Random;
use crate::row::Row;
use crate::truth::{HitRow, truth};
use crate::vendor::Shape;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Name of the file with the expected results of the seed rule.
pub const TRUTH_FILE: &str = "truth.ndjson";

/// Name of the file that lists the planted rows.
pub const TRUTH_ROWS_FILE: &str = "truth-rows.ndjson";

/// A written file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSummary {
    /// Its name in the output directory.
    pub name: String,
    /// Whose rows it has.
    pub vendor: Vendor,
    /// Whether it has a `_raw` column.
    pub raw: bool,
    /// Its format.
    pub format: Format,
    /// Its rows.
    pub rows: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// Rows that the seed rule returns.
    pub hit_rows: u64,
    /// Rows that it narrowly does not return.
    pub near_miss_rows: u64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The data files, in the order of the layout.
    pub files: Vec<FileSummary>,
    /// Result rows of the seed rule over all files: lines of `truth.ndjson`.
    pub results: u64,
}

impl Summary {
    /// Returns the rows of all files.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Returns the bytes of all data files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// A planted row that was written.
struct Planted {
    /// Its row in the file, from 0.
    row: u64,
    /// Its kind, as listed.
    kind: String,
    /// Its part of the truth; none for a near miss.
    hit: Option<HitRow>,
}

/// A file to be written.
struct Job<'a> {
    /// What it is.
    spec: FileSpec,
    /// Its name.
    name: String,
    /// The plan of its stream.
    plan: &'a Plan,
    /// The number of its first row in the stream.
    first: u64,
    /// The number of its random numbers.
    stream: u64,
    /// Rows of a row group.
    group_rows: u32,
}

/// Writes the archive that `options` describe: data files, `truth.ndjson` and `truth-rows.ndjson`. Returns what was
/// written.
///
/// `truth.ndjson` has the result rows that the seed rule gives over all files together, as `scan --format ndjson` prints
/// them. `truth-rows.ndjson` has a line for each planted row: its file, its row in the file from 0, its kind (`hit:…` or
/// `near-miss:…`), and for hits the line of the truth, from 0, that it is part of. Memory does not grow with the number of
/// rows but for the planted ones, about one in 10,000.
///
/// # Errors
///
/// When the options ask for something impossible, when the directory is not empty and may not be overwritten, and when
/// the system refuses to write. The truth is written last, so a broken run leaves none.
pub fn generate(options: &Options) -> Result<Summary, Error> {
    let layout = options.layout()?;
    prepare(options)?;
    let source = Source::new();
    let plans = plans(&layout, options.seed, &source);
    let jobs = jobs(&layout, &plans, options);
    let done = run(&jobs, options, &source)?;
    let results = write_truth(&options.out, &jobs, &done)?;
    let files = jobs.iter().zip(&done).map(|(job, (bytes, planted))| summary(job, *bytes, planted)).collect();
    Ok(Summary { files, results })
}

/// Makes the output directory ready.
fn prepare(options: &Options) -> Result<(), Error> {
    let out = &options.out;
    fs::create_dir_all(out).map_err(Error::io(out))?;
    for entry in fs::read_dir(out).map_err(Error::io(out))? {
        let path = entry.map_err(Error::io(out))?.path();
        if !options.overwrite {
            return Err(Error::not_empty(out));
        }
        if path.is_file() && path.file_name().and_then(|name| name.to_str()).is_some_and(is_ours) {
            fs::remove_file(&path).map_err(Error::io(&path))?;
        }
    }
    Ok(())
}

/// Returns whether an earlier run may have written a file of that name.
fn is_ours(name: &str) -> bool {
    let data = [Format::Parquet, Format::Arrow].iter().any(|format| name.ends_with(format.extension()))
        && Vendor::ALL.iter().any(|vendor| name.starts_with(vendor.name()));
    data || name == TRUTH_FILE || name == TRUTH_ROWS_FILE
}

/// Returns the stream that a file belongs to.
fn stream(spec: &FileSpec) -> Stream {
    Stream { vendor: spec.vendor, raw: spec.raw }
}

/// Returns the plan of every stream.
fn plans(layout: &[FileSpec], seed: u64, source: &Source) -> BTreeMap<Stream, Plan> {
    let mut rows: BTreeMap<Stream, u64> = BTreeMap::new();
    for spec in layout {
        *rows.entry(stream(spec)).or_default() += spec.rows;
    }
    rows.into_iter().map(|(stream, rows)| (stream, schedule(stream, rows, seed, source))).collect()
}

/// Returns the files to be written.
fn jobs<'a>(layout: &[FileSpec], plans: &'a BTreeMap<Stream, Plan>, options: &Options) -> Vec<Job<'a>> {
    let group_rows = options.group_rows(layout.iter().map(|spec| spec.rows).sum());
    let mut next: BTreeMap<Stream, (u64, u64)> = BTreeMap::new();
    let mut jobs = Vec::new();
    for &spec in layout {
        let stream = stream(&spec);
        let Some(plan) = plans.get(&stream) else { continue };
        let (number, first) = next.entry(stream).or_default();
        let raw = if spec.raw { "-raw" } else { "" };
        jobs.push(Job {
            spec,
            name: format!("{}{raw}-{number:03}.{}", spec.vendor.name(), spec.format.extension()),
            plan,
            first: *first,
            stream: (stream.number() << 32) | *number | 1 << 60,
            group_rows,
        });
        *number += 1;
        *first += spec.rows;
    }
    jobs
}

/// Bytes and planted rows of a written file.
type Done = (u64, Vec<Planted>);

/// Writes all files, several at a time; returns what came of each, in the order of `jobs`.
fn run(jobs: &[Job<'_>], options: &Options, source: &Source) -> Result<Vec<Done>, Error> {
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<Result<Done, Error>>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        while let (Some(job), Some(slot)) = {
            let number = next.fetch_add(1, Ordering::Relaxed);
            (jobs.get(number), slots.get(number))
        } {
            let result = write_file(job, options, source);
            let failed = result.is_err();
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(result);
            }
            if failed {
                // The others stop at their next file.
                next.store(jobs.len(), Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..options.threads.min(jobs.len()) {
            scope.spawn(work);
        }
        work();
    });
    // A slot is empty only where an error, in another slot, stopped the run.
    slots.into_iter().filter_map(|slot| slot.into_inner().ok().flatten()).collect()
}

/// Writes one file.
fn write_file(job: &Job<'_>, options: &Options, source: &Source) -> Result<Done, Error> {
    let shape = Shape::of(job.spec.vendor);
    let path = options.out.join(&job.name);
    let mut encoder = Encoder::create(&path, shape.columns, job.spec.raw, job.spec.format, job.group_rows)?;
    let mut random = Random::new(options.seed, job.stream);
    let mut event = Event::new();
    let (mut row, mut raw) = (Row::default(), String::new());
    let mut planted = Vec::new();
    for number in 0..job.spec.rows {
        let in_stream = job.first + number;
        let time = job.plan.time(in_stream, &mut random);
        let plant = job.plan.plants.get(&in_stream);
        match plant {
            Some(plant) => plant.write(source, &mut event),
            None => source.draw(time, shape.others, &mut random, &mut event),
        }
        row.clear();
        (shape.fill)(&event, &mut row);
        debug_assert_eq!(row.len(), shape.columns.len(), "a vendor fills every column");
        raw.clear();
        let has_raw = job.spec.raw && write_raw(shape, &row, &event, &mut raw);
        encoder.push(&row, has_raw.then_some(raw.as_str()))?;
        planted.extend(plant.map(|plant| record(plant, number, shape, &row, &event)));
    }
    Ok((encoder.finish()?, planted))
}

/// Appends the text of `_raw` and returns true; false when it is to be null.
fn write_raw(shape: &Shape, row: &Row, event: &Event, raw: &mut String) -> bool {
    match event.raw {
        RawForm::Whole => (shape.raw)(row, event, raw),
        RawForm::Replaced => raw.push_str("collector: event dropped, queue full"),
        RawForm::Missing => return false,
    }
    true
}

/// Returns what the truth needs of a planted row.
fn record(plant: &Plant, number: u64, shape: &Shape, row: &Row, event: &Event) -> Planted {
    let hit = (plant.verdict == Verdict::Hit).then(|| HitRow {
        time: event.time.unwrap_or_default(),
        fields: mapping::fields(shape.columns, (shape.fields)(event.activity), row),
    });
    Planted { row: number, kind: plant.kind(), hit }
}

/// Returns the summary of one file.
fn summary(job: &Job<'_>, bytes: u64, planted: &[Planted]) -> FileSummary {
    let count =
        |hits: bool| u64::try_from(planted.iter().filter(|row| row.hit.is_some() == hits).count()).unwrap_or(u64::MAX);
    FileSummary {
        name: job.name.clone(),
        vendor: job.spec.vendor,
        raw: job.spec.raw,
        format: job.spec.format,
        rows: job.spec.rows,
        bytes,
        hit_rows: count(true),
        near_miss_rows: count(false),
    }
}

/// Writes the two files of the truth; returns the number of results.
fn write_truth(out: &Path, jobs: &[Job<'_>], done: &[Done]) -> Result<u64, Error> {
    let mut hits = Vec::new();
    let mut listed = Vec::new();
    for (job, (_, planted)) in jobs.iter().zip(done) {
        for planted in planted {
            let hit = planted.hit.as_ref().map(|hit| {
                hits.push(HitRow { time: hit.time, fields: hit.fields.clone() });
                hits.len() - 1
            });
            listed.push((job.name.as_str(), planted, hit));
        }
    }
    let truth = truth(&hits);
    write_lines(
        &out.join(TRUTH_ROWS_FILE),
        listed.into_iter().map(|(file, planted, hit)| {
            let mut line = Map::new();
            line.insert("file".to_owned(), json!(file));
            line.insert("row".to_owned(), json!(planted.row));
            line.insert("kind".to_owned(), json!(planted.kind));
            if let Some(number) = hit.and_then(|hit| truth.line_of_row.get(hit)) {
                line.insert("line".to_owned(), json!(number));
            }
            Value::Object(line).to_string()
        }),
    )?;
    let results = u64::try_from(truth.lines.len()).unwrap_or(u64::MAX);
    write_lines(&out.join(TRUTH_FILE), truth.lines.into_iter())?;
    Ok(results)
}

/// Writes `lines` to the file at `path`, each with a line end.
fn write_lines(path: &Path, lines: impl Iterator<Item = String>) -> Result<(), Error> {
    let file = fs::File::create(path).map_err(Error::io(path))?;
    let mut writer = BufWriter::new(file);
    for line in lines {
        writeln!(writer, "{line}").map_err(Error::io(path))?;
    }
    writer.flush().map_err(Error::io(path))
}
