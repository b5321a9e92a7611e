//! Commands in order, and their mergeable state.
//!
//! A pipeline is cut at each `stats`. Before the first one every command is row-wise and runs in [`Pipeline::update`]; the state is
//! that of the `stats`, or the rows themselves if there is none. What follows the first `stats` runs once, in
//! [`Pipeline::finish`], on the finished table as rows.
//!
//! **Law.** Any split of the rows into batches and states, merged in any order, gives the same table.

use std::sync::Arc;

use arrow_array::RecordBatch;
use jiff::tz::TimeZone;
use retrohunt_spl::plan::{Command, TimeText};

use crate::batch::{Batch, RowKey};
use crate::bin::Bin;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::filter::{RegexFilter, Search};
use crate::layout::Layout;
use crate::needs::Needs;
use crate::project::Project;
use crate::rows::{RowsState, table_to_batches};
use crate::stage::Stage;
use crate::stats::{Stats, StatsState};
use crate::table::Table;

/// Gives the time of a bound in a later `search`, in microseconds since the epoch; `None` if it cannot be resolved.
pub type ResolveTime = Arc<dyn Fn(&TimeText) -> Option<i64> + Send + Sync>;

/// What a pipeline needs to know beside its commands.
#[derive(Clone)]
pub struct Settings {
    /// Zone of days and longer bins (§4.6.2).
    pub timezone: TimeZone,
    /// How many rows of the input a result row remembers.
    pub evidence: usize,
    /// Fields that are no texts for bare terms (§2.2.2), beside `_time`.
    pub not_text: Vec<String>,
    /// How many combinations of multivalue by-fields one row may have; more is an error.
    pub split_limit: usize,
    /// Resolves the time bounds of a later `search`; without it such a rule cannot run.
    pub resolve_time: Option<ResolveTime>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("timezone", &self.timezone)
            .field("evidence", &self.evidence)
            .field("not_text", &self.not_text)
            .field("split_limit", &self.split_limit)
            .finish_non_exhaustive()
    }
}

impl Default for Settings {
    /// UTC, no evidence, a million combinations.
    fn default() -> Self {
        Self { timezone: TimeZone::UTC, evidence: 0, not_text: Vec::new(), split_limit: 1_000_000, resolve_time: None }
    }
}

/// Commands up to and including a `stats`, or up to the end.
#[derive(Debug)]
struct Segment {
    /// Row-wise commands, each with its place in the pipeline.
    stages: Vec<(usize, Box<dyn Stage>)>,
    /// The `stats`, with its place in the pipeline.
    stats: Option<(usize, Stats)>,
}

/// The commands of a rule after its filter, made ready.
#[derive(Debug)]
pub struct Pipeline {
    /// At least one.
    segments: Vec<Segment>,
    /// How many rows of the input a result row remembers.
    evidence: usize,
}

/// What a pipeline knows of the rows it was given.
#[derive(Clone, Debug)]
pub struct State(Kind);

/// The kinds of state.
#[derive(Clone, Debug)]
enum Kind {
    /// The rows themselves.
    Rows(RowsState),
    /// Groups and aggregates.
    Stats(Box<StatsState>),
}

impl State {
    /// Returns the heap memory that the state holds, in bytes, about. Columns that batches share with others count in full.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        match &self.0 {
            Kind::Rows(rows) => rows.memory_usage(),
            Kind::Stats(state) => state.memory_usage(),
        }
    }
}

impl Pipeline {
    /// Makes commands ready to run.
    ///
    /// # Errors
    ///
    /// As [`PipelineError`] lists; `command_index` says which command it is.
    pub fn new(commands: &[Command], settings: &Settings) -> Result<Self, PipelineError> {
        let mut segments = Vec::new();
        let mut stages: Vec<(usize, Box<dyn Stage>)> = Vec::new();
        for (at, command) in commands.iter().enumerate() {
            let stage: Box<dyn Stage> = match command {
                Command::Search(search) => Box::new(Search::new(search, settings).map_err(|error| error.at(at))?),
                Command::Regex(regex) => Box::new(RegexFilter::new(regex).map_err(|error| error.at(at))?),
                Command::Table(list) => Box::new(Project::table(list)),
                Command::Fields(fields) => Box::new(Project::fields(fields)),
                Command::Bin(bin) => Box::new(Bin::new(bin, &settings.timezone).map_err(|error| error.at(at))?),
                Command::Stats(command) => {
                    // A later `stats` counts rows of a table, each of which may stand for many rows of the input.
                    let evidence =
                        if segments.is_empty() || settings.evidence == 0 { settings.evidence } else { usize::MAX };
                    let stats = Stats::new(command, evidence, settings.split_limit).map_err(|error| error.at(at))?;
                    segments.push(Segment { stages: std::mem::take(&mut stages), stats: Some((at, stats)) });
                    continue;
                }
            };
            stages.push((at, stage));
        }
        if segments.is_empty() || !stages.is_empty() {
            segments.push(Segment { stages, stats: None });
        }
        Ok(Self { segments, evidence: settings.evidence })
    }

    /// Returns which fields of its input the pipeline reads.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let Some(first) = self.segments.first() else { return Needs::All };
        let after = first.stats.as_ref().map_or(Needs::All, |(_, stats)| stats.needs());
        first.stages.iter().rev().fold(after, |after, (_, stage)| stage.needs(after))
    }

    /// Returns whether the pipeline has a `stats`, so that a result row may stand for many rows.
    #[must_use]
    pub fn transforms(&self) -> bool {
        self.segments.iter().any(|segment| segment.stats.is_some())
    }

    /// Returns the state of no rows.
    #[must_use]
    pub fn state(&self) -> State {
        self.segments.first().map_or_else(|| State(Kind::Rows(RowsState::default())), Segment::state)
    }

    /// Takes rows into a state.
    ///
    /// # Errors
    ///
    /// `E-STAGE-LIMIT` and `E-STAGE-ARROW`; the state is then of no use.
    pub fn update(&self, state: &mut State, batch: Batch) -> Result<(), PipelineError> {
        let batch = if fault("stages-drop-order-key") {
            let keys = vec![RowKey { time: None, file: 0, row: 0 }; batch.rows()];
            batch.with_keys(keys)
        } else {
            batch
        };
        self.segments.first().map_or(Ok(()), |segment| segment.update(state, batch))
    }

    /// Returns a state as an Arrow batch that [`Self::merge`] of the same pipeline takes, in another thread, process or machine.
    ///
    /// Columns are found by name; the schema's metadata holds a version tag.
    ///
    /// # Errors
    ///
    /// `E-STAGE-ARROW` if arrow refuses, for example past 2 GiB of text in one column.
    pub fn partial(&self, state: &State) -> Result<RecordBatch, PipelineError> {
        match (&state.0, self.segments.first().and_then(|segment| segment.stats.as_ref())) {
            (Kind::Stats(state), Some((at, stats))) => stats.partial(state).map_err(|error| error.at(*at)),
            (Kind::Rows(rows), None) => rows.partial(),
            _ => Err(mismatch()),
        }
    }

    /// Takes a partial state into a state.
    ///
    /// # Errors
    ///
    /// `E-STAGE-PARTIAL` if it has another version, belongs to another pipeline or is malformed; the state is then of no use.
    pub fn merge(&self, state: &mut State, partial: &RecordBatch) -> Result<(), PipelineError> {
        match (&mut state.0, self.segments.first().and_then(|segment| segment.stats.as_ref())) {
            (Kind::Stats(state), Some((at, stats))) => stats.merge(state, partial).map_err(|error| error.at(*at)),
            (Kind::Rows(rows), None) => rows.merge(partial),
            _ => Err(mismatch()),
        }
    }

    /// Takes one state into another: the same as [`Self::merge`] of its [`Self::partial`], without the detour.
    ///
    /// # Errors
    ///
    /// `E-STAGE-PARTIAL` if they are of different pipelines, `E-STAGE-LIMIT`.
    pub fn absorb(&self, state: &mut State, other: State) -> Result<(), PipelineError> {
        match (&mut state.0, other.0, self.segments.first().and_then(|segment| segment.stats.as_ref())) {
            (Kind::Stats(state), Kind::Stats(other), Some((_, stats))) => stats.absorb(state, *other),
            (Kind::Rows(rows), Kind::Rows(other), None) => {
                rows.absorb(other);
                Ok(())
            }
            _ => Err(mismatch()),
        }
    }

    /// Returns the result.
    ///
    /// # Errors
    ///
    /// Those of [`Self::update`], for the commands after a `stats`.
    pub fn finish(&self, state: State) -> Result<Table, PipelineError> {
        let Some((first, rest)) = self.segments.split_first() else { return Ok(Table::default()) };
        let mut table = first.finish(state, Layout::of_scan(), self.evidence)?;
        for segment in rest {
            let mut state = segment.state();
            for batch in table_to_batches(&table)? {
                segment.update(&mut state, batch)?;
            }
            let mut next = segment.finish(state, Layout::of_table(&table), self.evidence)?;
            self.trace_evidence(&mut next, &table);
            table = next;
        }
        Ok(table)
    }

    /// Turns evidence that points at rows of `table` into the evidence of those rows.
    fn trace_evidence(&self, next: &mut Table, table: &Table) {
        for row in &mut next.rows {
            let sources = row.evidence.iter().filter_map(|key| table.rows.get(usize::try_from(key.row).ok()?));
            let mut keys: Vec<RowKey> = sources.flat_map(|source| source.evidence.iter().copied()).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.truncate(self.evidence);
            row.evidence = keys;
        }
    }
}

impl Segment {
    /// The state of no rows.
    fn state(&self) -> State {
        State(match &self.stats {
            Some((_, stats)) => Kind::Stats(Box::new(stats.state())),
            None => Kind::Rows(RowsState::default()),
        })
    }

    /// Runs the row-wise commands and takes what is left into the state.
    fn update(&self, state: &mut State, mut batch: Batch) -> Result<(), PipelineError> {
        for (at, stage) in &self.stages {
            batch = stage.apply(batch).map_err(|error| error.at(*at))?;
        }
        match (&mut state.0, &self.stats) {
            (Kind::Stats(state), Some((at, stats))) => stats.update(state, &batch).map_err(|error| error.at(*at)),
            (Kind::Rows(rows), None) => {
                rows.update(batch);
                Ok(())
            }
            _ => Err(mismatch()),
        }
    }

    /// The table of a state; `layout`: the columns that came in.
    fn finish(&self, state: State, mut layout: Layout, evidence: usize) -> Result<Table, PipelineError> {
        for (_, stage) in &self.stages {
            stage.layout(&mut layout);
        }
        match (state.0, &self.stats) {
            (Kind::Stats(state), Some((at, stats))) => stats.finish(*state, &layout).map_err(|error| error.at(*at)),
            (Kind::Rows(rows), None) => Ok(rows.finish(&layout, evidence)),
            _ => Err(mismatch()),
        }
    }
}

/// The error for a state of another pipeline.
fn mismatch() -> PipelineError {
    PipelineError::new("E-STAGE-PARTIAL", "the state is of another pipeline")
}

#[cfg(test)]
mod tests;
