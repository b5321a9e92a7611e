//! Files and row groups over threads.
//!
//! A work unit is a row group. A thread takes the next unit of a file that is open, or opens the next file; so one large file and many
//! small ones both keep all threads busy, and few files are open at a time. States are merged per thread and in the end over threads; they
//! are mergeable in any order (law 3), so the output does not depend on who did what.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use retrohunt_columnar::{Bound as StatisticBound, ColumnId, ColumnInfo, ColumnKind, DataFile, OpenOptions};
use retrohunt_profile::{ColumnDesc, FieldMap, Kind, Profile, choose};
use retrohunt_stages::State;

use crate::bind;
use crate::bound::{Bound, RawFacts};
use crate::error::Error;
use crate::finish::{Totals, finish};
use crate::outcome::{InputOutcome, Outcome};
use crate::program::Program;
use crate::scan::{RowGroupResult, Scratch, Task};
use crate::subsearch::{self, Archive, MapRunner};

/// How a run goes over its input.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// Threads, at least 1.
    pub threads: usize,
    /// Every column decoded, nothing searched or pruned, one thread: the oracle.
    pub plain: bool,
    /// Map files into memory; otherwise read them by position.
    pub mmap: bool,
    /// Stop at the first file or row group that cannot be read.
    pub fail_fast: bool,
    /// Further columns that are not event text (§2.2.2).
    pub not_text: Vec<String>,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self { threads: 1, plain: false, mmap: true, fail_fast: false, not_text: Vec::new() }
    }
}

/// The profiles that may be applied.
#[derive(Clone, Debug)]
pub enum Profiles {
    /// The fitting ones of these, by schema.
    Choose(Vec<Profile>),
    /// These, whatever the schema.
    Forced(Vec<Profile>),
}

/// Hears how a run comes along. Called from all threads.
pub trait Observer: Sync {
    /// `bytes` more of the input are done, in which `rows` rows passed some rule's filter.
    fn progress(&self, bytes: u64, rows: u64);

    /// Should the run stop?
    fn cancelled(&self) -> bool {
        false
    }
}

/// Hears nothing.
pub struct Silent;

impl Observer for Silent {
    fn progress(&self, _bytes: u64, _rows: u64) {}
}

/// Runs all rules over all files; returns the result rows and what became of each file.
///
/// `inputs` are in path order, which is the order of equal times in a result. A file or row group that cannot be read is named in the
/// outcome, and the others are still done. Rules with subsearches in their conditions take a pass of their own for those.
#[must_use]
pub fn scan(
    program: &Program,
    inputs: &[PathBuf],
    profiles: &Profiles,
    options: &ScanOptions,
    observer: &dyn Observer,
) -> Outcome {
    subsearch::run(program, Archive { inputs, profiles, options, observer })
}

/// One pass over all files.
pub(crate) fn pass(program: &Program, archive: Archive<'_>) -> Outcome {
    let Archive { inputs, profiles, options, observer } = archive;
    let run = Run {
        program,
        profiles,
        options,
        observer,
        inputs,
        queue: Mutex::new(Queue::default()),
        bound: Mutex::new(HashMap::new()),
        reports: Mutex::new(
            inputs.iter().map(|path| InputOutcome { path: path.clone(), ..InputOutcome::default() }).collect(),
        ),
        stop: AtomicBool::new(false),
        stopped: Mutex::new(None),
    };
    let threads = if options.plain { 1 } else { options.threads.max(1) };
    let mut totals: Vec<Totals> = Vec::new();
    if threads == 1 {
        totals.push(run.work());
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| run.work())).collect();
            for worker in workers {
                match worker.join() {
                    Ok(total) => totals.push(total),
                    Err(_) => run.halt("internal error: a worker thread ended early"),
                }
            }
        });
    }
    run.finish(totals, archive)
}

/// A bound program and the profiles it was bound with.
type SharedBound = Arc<(Bound, Vec<String>)>;

/// One run.
pub(crate) struct Run<'a> {
    program: &'a Program,
    profiles: &'a Profiles,
    options: &'a ScanOptions,
    observer: &'a dyn Observer,
    inputs: &'a [PathBuf],
    queue: Mutex<Queue>,
    /// By schema, and whether `_raw` is there in every row of the row group.
    bound: Mutex<HashMap<(u64, RawFacts), SharedBound>>,
    reports: Mutex<Vec<InputOutcome>>,
    stop: AtomicBool,
    stopped: Mutex<Option<String>>,
}

/// What is left to do.
#[derive(Default)]
struct Queue {
    /// The next file to open.
    next_file: usize,
    /// Row groups of open files, last first.
    units: Vec<Unit>,
}

/// One row group of an open file.
struct Unit {
    file: Arc<DataFile>,
    ordinal: usize,
    row_group: usize,
    bound: SharedBound,
}

/// Locks; a panic elsewhere does not make counters unusable.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What to do next.
enum Next {
    Scan(Unit),
    Open(usize),
    Done,
}

impl Run<'_> {
    /// Stops the run.
    fn halt(&self, why: &str) {
        self.stop.store(true, Ordering::Relaxed);
        lock(&self.stopped).get_or_insert_with(|| why.to_owned());
    }

    /// Takes the next piece of work.
    fn next(&self) -> Next {
        if self.observer.cancelled() {
            self.halt("interrupted");
        }
        if self.stop.load(Ordering::Relaxed) {
            return Next::Done;
        }
        let mut queue = lock(&self.queue);
        if let Some(unit) = queue.units.pop() {
            return Next::Scan(unit);
        }
        if queue.next_file < self.inputs.len() {
            queue.next_file += 1;
            return Next::Open(queue.next_file - 1);
        }
        Next::Done
    }

    /// One thread's part.
    fn work(&self) -> Totals {
        let mut totals = Totals::new(self.program);
        let mut scratch = Scratch::default();
        loop {
            match self.next() {
                Next::Done => break,
                Next::Open(index) => self.open(index),
                Next::Scan(unit) => self.scan_unit(&unit, &mut scratch, &mut totals),
            }
        }
        totals
    }

    /// Opens a file and queues its row groups.
    fn open(&self, index: usize) {
        let path = &self.inputs[index];
        let options = OpenOptions { mmap: self.options.mmap };
        let opened = DataFile::open(path, &options).map_err(Error::from).and_then(|file| {
            let bound = (0..file.row_groups()).map(|group| self.bind(&file, group)).collect::<Result<Vec<_>, _>>()?;
            Ok((file, bound))
        });
        let (file, bound) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
                let mut reports = lock(&self.reports);
                reports[index].error = Some(error.to_string());
                reports[index].bytes = bytes;
                drop(reports);
                self.observer.progress(bytes, 0);
                if self.options.fail_fast {
                    self.halt(&format!("{error}"));
                }
                return;
            }
        };
        let file = Arc::new(file);
        {
            let mut reports = lock(&self.reports);
            let report = &mut reports[index];
            report.bytes = file.bytes();
            report.rows = file.rows();
            report.row_groups = file.row_groups();
            report.first_rows = (0..file.row_groups()).map(|group| file.row_group_first_row(group)).collect();
            report.profiles = bound.first().map(|bound| bound.1.clone()).unwrap_or_default();
        }
        let mut queue = lock(&self.queue);
        for (row_group, bound) in bound.into_iter().enumerate().rev() {
            queue.units.push(Unit { file: Arc::clone(&file), ordinal: index, row_group, bound });
        }
    }

    /// The program bound to one file's schema, outside of a run.
    pub(crate) fn bind_alone(
        program: &Program,
        file: &DataFile,
        profiles: &Profiles,
        options: &ScanOptions,
    ) -> Result<(Bound, Vec<String>), Error> {
        let (map, names) = field_map(file.columns(), profiles, &options.not_text);
        let (widths, facts) = (widths(file), whole_raw_facts(file));
        Ok((bind::bind(program, map, file.columns(), widths, facts)?, names))
    }

    /// What a binding to one file is made from, outside of a run.
    pub(crate) fn facts(file: &DataFile, profiles: &Profiles, options: &ScanOptions) -> (FieldMap, Vec<u64>, RawFacts) {
        let (map, _) = field_map(file.columns(), profiles, &options.not_text);
        (map, widths(file), whole_raw_facts(file))
    }

    /// The program bound to the schema of a file's row group; made once per schema, and once more for row groups in which some row may
    /// lack its `_raw`, since those are searched in all columns.
    fn bind(&self, file: &DataFile, row_group: usize) -> Result<SharedBound, Error> {
        let facts = raw_facts(file, row_group);
        let key = (file.schema_fingerprint(), facts);
        let mut cache = lock(&self.bound);
        if let Some(bound) = cache.get(&key) {
            return Ok(Arc::clone(bound));
        }
        let (map, names) = field_map(file.columns(), self.profiles, &self.options.not_text);
        let bound = bind::bind(self.program, map, file.columns(), widths(file), facts)?;
        let bound = Arc::new((bound, names));
        cache.insert(key, Arc::clone(&bound));
        Ok(bound)
    }

    /// Scans one row group and takes its states over, if all of it could be read.
    fn scan_unit(&self, unit: &Unit, scratch: &mut Scratch, totals: &mut Totals) {
        let ordinal = u32::try_from(unit.ordinal).unwrap_or(u32::MAX);
        let task = Task {
            program: self.program,
            bound: &unit.bound.0,
            file: &unit.file,
            ordinal,
            row_group: unit.row_group,
            plain: self.options.plain,
        };
        let scanned = catch_unwind(AssertUnwindSafe(|| task.run(scratch)));
        let scanned = scanned.unwrap_or_else(|_| Err(Error::internal("a scan of this row group ended in a panic")));
        // A file that shrank while it was mapped reads as zeros: nothing of this row group can be trusted.
        let scanned = if unit.file.poisoned() {
            Err(Error::new("the file changed while it was read (it is shorter than it was)"))
        } else {
            scanned
        };
        unit.file.release(unit.row_group);
        let share = unit.file.bytes() / (unit.file.row_groups().max(1) as u64);
        let mut reports = lock(&self.reports);
        let report = &mut reports[unit.ordinal];
        match scanned {
            Ok(result) => {
                if result.pruned {
                    report.pruned += 1;
                } else {
                    report.read += 1;
                }
                drop(reports);
                self.observer.progress(share, result.metrics.passed_rows);
                self.absorb(result, totals);
            }
            Err(error) => {
                report.failed.push((unit.row_group, error.to_string()));
                drop(reports);
                self.observer.progress(share, 0);
                *scratch = Scratch::default();
                if self.options.fail_fast {
                    self.halt(&error.to_string());
                }
            }
        }
    }

    /// Adds a row group's states to the thread's.
    fn absorb(&self, result: RowGroupResult, totals: &mut Totals) {
        totals.metrics += result.metrics;
        for (body, message) in result.failures {
            totals.errors[body].get_or_insert(message);
        }
        for (body, rows) in result.undecided {
            totals.undecided[body] += rows;
        }
        for (body, state) in result.states {
            merge(self.program, body, &mut totals.states[body], state, &mut totals.errors[body]);
        }
    }
}

impl Run<'_> {
    /// Finishes the pipelines and adds what became of the files.
    fn finish(self, totals: Vec<Totals>, archive: Archive<'_>) -> Outcome {
        let runner = MapRunner { archive, settings: &self.program.settings };
        let cache = lock(&self.bound);
        let bounds: Vec<&Bound> = cache.values().map(|bound| &bound.0).collect();
        let mut outcome = finish(self.program, totals, &bounds, &runner);
        outcome.stopped = lock(&self.stopped).take();
        outcome.inputs = std::mem::take(&mut *lock(&self.reports));
        for input in &mut outcome.inputs {
            input.failed.sort();
        }
        outcome
    }
}

/// Merges a state into a slot.
pub(crate) fn merge(
    program: &Program,
    body: usize,
    slot: &mut Option<State>,
    state: State,
    error: &mut Option<String>,
) {
    match (slot.as_mut(), program.bodies.get(body)) {
        (Some(own), Some(body)) => {
            if let Err(failure) = body.pipeline.absorb(own, state) {
                error.get_or_insert(failure.to_string());
            }
        }
        _ => *slot = Some(state),
    }
}

/// Returns what field names mean in a schema, and the names of the profiles applied.
#[must_use]
pub fn field_map(columns: &[ColumnInfo], profiles: &Profiles, not_text: &[String]) -> (FieldMap, Vec<String>) {
    let descriptions: Vec<ColumnDesc<'_>> = columns.iter().map(describe).collect();
    let applied: Vec<&Profile> = match profiles {
        Profiles::Choose(profiles) => choose(&descriptions, profiles).profiles(),
        Profiles::Forced(profiles) => profiles.iter().collect(),
    };
    let names = applied.iter().map(|profile| profile.name().to_owned()).collect();
    (FieldMap::new(&descriptions, &applied, not_text), names)
}

/// A column as profiles see it.
#[must_use]
pub fn describe(column: &ColumnInfo) -> ColumnDesc<'_> {
    let kind = match column.kind {
        ColumnKind::Text => Kind::Text,
        ColumnKind::Binary => Kind::Binary,
        ColumnKind::Int | ColumnKind::UInt | ColumnKind::Float => Kind::Number,
        ColumnKind::Bool => Kind::Bool,
        ColumnKind::Time => Kind::Time,
    };
    ColumnDesc { name: &column.name, kind, multivalue: column.multivalue }
}

/// What the statistics of a row group say of `_raw`. An empty text counts as none (§4.1.4).
fn raw_facts(file: &DataFile, row_group: usize) -> RawFacts {
    let Some(raw) = file.columns().iter().position(|column| column.name == "_raw") else { return RawFacts::default() };
    let statistics = file.statistics(row_group, ColumnId(u32::try_from(raw).unwrap_or(u32::MAX)));
    let least = match &statistics.min {
        StatisticBound::Bytes { value, .. } => value.first().copied(),
        _ => None,
    };
    RawFacts { complete: statistics.null_count == Some(0) && least.is_some(), json: least == Some(b'{') }
}

/// What the statistics of all row groups say of `_raw`.
fn whole_raw_facts(file: &DataFile) -> RawFacts {
    let facts: Vec<RawFacts> = (0..file.row_groups()).map(|group| raw_facts(file, group)).collect();
    RawFacts { complete: facts.iter().all(|facts| facts.complete), json: facts.iter().any(|facts| facts.json) }
}

/// Expected bytes per row of each column, from the first row group's sizes.
fn widths(file: &DataFile) -> Vec<u64> {
    let rows = if file.row_groups() == 0 { 1 } else { u64::from(file.row_group_rows(0)).max(1) };
    let default = |name: &str| if name == "_raw" { 800 } else { 64 };
    let columns = file.columns().iter().enumerate();
    let width = |(index, info): (usize, &ColumnInfo)| {
        let column = ColumnId(u32::try_from(index).unwrap_or(u32::MAX));
        file.column_bytes(0, column).map_or_else(|| default(&info.name), |bytes| bytes / rows + 1)
    };
    columns.map(width).collect()
}

/// Whether a rule could match in an archive, by schemas and statistics alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CanMatch {
    /// It is proven that it cannot: what it needs is in no file.
    No,
    /// A file could not be opened, and in the others it cannot.
    Unknown,
    /// Some row group has what it needs.
    Yes,
}

/// Returns for each rule whether it could match in these files. Only schemas and statistics are read.
#[must_use]
pub fn can_match(program: &Program, inputs: &[PathBuf], profiles: &Profiles, options: &ScanOptions) -> Vec<CanMatch> {
    let mut answers = vec![CanMatch::No; program.rules.len()];
    for path in inputs {
        let opened = DataFile::open(path, &OpenOptions { mmap: options.mmap }).map_err(Error::from);
        let Ok((file, (bound, _))) =
            opened.and_then(|file| Run::bind_alone(program, &file, profiles, options).map(|bound| (file, bound)))
        else {
            answers.iter_mut().for_each(|answer| *answer = (*answer).max(CanMatch::Unknown));
            continue;
        };
        for (rule, answer) in answers.iter_mut().enumerate() {
            let Some(body) = program.rules[rule].body else { continue };
            let (Some(bound_rule), Some(body)) = (bound.bodies.get(body), program.bodies.get(body)) else { continue };
            // A rule that makes its own rows needs none of the input.
            if body.filter == crate::program::Tree::Or(Vec::new()) {
                *answer = CanMatch::Yes;
                continue;
            }
            let needed = bound_rule.anchor.as_ref().is_none_or(|anchor| !anchor.literals.is_empty());
            let reachable = needed
                && *answer != CanMatch::Yes
                && (0..file.row_groups()).any(|group| {
                    let statistics = crate::prune::Statistics::new(&file, group);
                    crate::prune::may_match(program, &bound, bound_rule, body, &statistics)
                });
            if reachable {
                *answer = CanMatch::Yes;
            }
        }
    }
    answers
}
