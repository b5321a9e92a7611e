//! Commands in order, and their mergeable state.
//!
//! A pipeline is cut at each command that looks at more than one row. What stands before the first such command is row-wise and runs
//! in [`Pipeline::update`]; the state is that of the `stats` that follows, or the rows themselves before any other. What follows
//! runs once, in [`Pipeline::finish`], on the ordered rows.
//!
//! **Law.** Any split of the rows into batches and states, merged in any order, gives the same table.

use std::sync::Arc;

use arrow_array::RecordBatch;
use jiff::tz::TimeZone;
use retrohunt_enrich::Enrichment;
use retrohunt_spl::plan::{Command, Plan, TimeText};

use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::partial;
use crate::rows::{RowsState, numbered_batch};
use crate::select::{Built, build};
use crate::stage::Stage;
use crate::stats::{Stats, StatsState};
use crate::table::Table;
use crate::table_stage::{Context, Operands, RowWise, TableStage};

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
    /// "Now", microseconds since the epoch (§4.6.3).
    pub now: i64,
    /// Bounds of the run, microseconds, where it has any (§5.29, `addinfo`).
    pub bounds: (Option<i64>, Option<i64>),
    /// Seed of `random()` (§6.5).
    pub seed: u64,
    /// What rows are enriched with (§5.13, §5.14).
    pub enrichment: Arc<Enrichment>,
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
        Self {
            timezone: TimeZone::UTC,
            evidence: 0,
            not_text: Vec::new(),
            split_limit: 1_000_000,
            resolve_time: None,
            now: 0,
            bounds: (None, None),
            seed: 0,
            enrichment: Arc::default(),
        }
    }
}

/// Row-wise commands, and the command over the row set that follows them.
#[derive(Debug)]
struct Segment {
    /// Row-wise commands, each with its place in the pipeline.
    stages: Vec<(usize, Box<dyn Stage>)>,
    /// What follows, with its place in the pipeline; nothing at the end.
    barrier: Option<(usize, Barrier)>,
}

/// A command over the row set.
#[derive(Debug)]
enum Barrier {
    /// `stats`, whose state merges.
    Stats(Box<Stats>),
    /// Any other.
    Table(Box<dyn TableStage>),
}

/// The commands of a rule after its filter, made ready.
#[derive(Debug)]
pub struct Pipeline {
    /// At least one.
    segments: Vec<Segment>,
    /// How many rows of the input a result row remembers.
    evidence: usize,
    /// Subsearches whose results [`Self::finish`] takes.
    operands: Vec<Plan>,
}

/// What a pipeline knows of the rows it was given.
#[derive(Clone, Debug)]
pub struct State {
    /// Rows or groups.
    kind: Kind,
    /// Findings so far.
    notes: Notes,
}

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
        match &self.kind {
            Kind::Rows(rows) => rows.memory_usage(),
            Kind::Stats(state) => state.memory_usage(),
        }
    }

    /// Returns what was found so far.
    #[must_use]
    pub fn notes(&self) -> &Notes {
        &self.notes
    }
}

impl Pipeline {
    /// Makes commands ready to run.
    ///
    /// # Errors
    ///
    /// As [`PipelineError`] lists; `command_index` says which command it is.
    pub fn new(commands: &[Command], settings: &Settings) -> Result<Self, PipelineError> {
        let mut operands = Operands::default();
        let pipeline = Self::inner(commands, settings, &mut operands)?;
        Ok(Self { operands: operands.into_plans(), ..pipeline })
    }

    /// A pipeline inside a command of another, to which its subsearches are added.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub(crate) fn inner(
        commands: &[Command],
        settings: &Settings,
        operands: &mut Operands,
    ) -> Result<Self, PipelineError> {
        let segments = segments(commands, settings, operands)?;
        Ok(Self { segments, evidence: settings.evidence, operands: Vec::new() })
    }

    /// Returns the subsearches whose results [`Self::finish`] takes, in the order of [`Context::operands`].
    #[must_use]
    pub fn operands(&self) -> &[Plan] {
        &self.operands
    }

    /// Returns which fields of its input the pipeline reads.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.segments.iter().rev().fold(Needs::All, |after, segment| {
            let after = match &segment.barrier {
                None => after,
                Some((_, Barrier::Stats(stats))) => stats.needs(),
                Some((_, Barrier::Table(stage))) => stage.needs(after),
            };
            segment.stages.iter().rev().fold(after, |after, (_, stage)| stage.needs(after))
        })
    }

    /// Returns whether the pipeline has a command over the row set, so that a result row may stand for many rows, or for none.
    #[must_use]
    pub fn transforms(&self) -> bool {
        self.segments.iter().any(|segment| segment.barrier.is_some())
    }

    /// Returns the state of no rows.
    #[must_use]
    pub fn state(&self) -> State {
        self.segments.first().map_or_else(State::of_rows, Segment::state)
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
        let batch = match (&state.kind, self.first_stats()) {
            (Kind::Stats(state), Some((at, stats))) => stats.partial(state).map_err(|error| error.at(at))?,
            (Kind::Rows(rows), None) => rows.partial()?,
            _ => return Err(mismatch()),
        };
        partial::with_notes(&batch, &state.notes)
    }

    /// Takes a partial state into a state.
    ///
    /// # Errors
    ///
    /// `E-STAGE-PARTIAL` if it has another version, belongs to another pipeline or is malformed; the state is then of no use.
    pub fn merge(&self, state: &mut State, partial: &RecordBatch) -> Result<(), PipelineError> {
        state.notes.absorb(partial::notes(partial)?);
        match (&mut state.kind, self.first_stats()) {
            (Kind::Stats(state), Some((at, stats))) => stats.merge(state, partial).map_err(|error| error.at(at)),
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
        state.notes.absorb(other.notes);
        match (&mut state.kind, other.kind, self.first_stats()) {
            (Kind::Stats(state), Kind::Stats(other), Some((_, stats))) => stats.absorb(state, *other),
            (Kind::Rows(rows), Kind::Rows(other), None) => {
                rows.absorb(other);
                Ok(())
            }
            _ => Err(mismatch()),
        }
    }

    /// Returns the result, and what was found on the way. `context` gives what the commands over the row set may use; its notes are
    /// added to those of the state.
    ///
    /// # Errors
    ///
    /// Those of [`Self::update`], for the commands after the first one over the row set.
    pub fn finish(&self, state: State, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        context.notes.absorb(state.notes);
        let Some((first, rest)) = self.segments.split_first() else { return Ok(Table::default()) };
        let mut table = first.finish(state.kind, Layout::of_scan(), self.evidence, context)?;
        for segment in rest {
            table = segment.run(table, self.evidence, context)?;
        }
        table.drop_empty();
        Ok(table)
    }

    /// Returns the result of a pipeline that needs nothing around it: no subsearches, no further runs.
    ///
    /// # Errors
    ///
    /// As [`Self::finish`].
    pub fn finish_alone(&self, state: State) -> Result<Table, PipelineError> {
        let mut notes = Notes::default();
        self.finish(state, &mut Context { operands: &[], runner: None, notes: &mut notes })
    }

    /// Runs the commands on rows that are there already.
    pub(crate) fn run(&self, table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        self.segments.iter().try_fold(table, |table, segment| segment.run(table, self.evidence, context))
    }

    /// The `stats` of the first segment, with its place.
    fn first_stats(&self) -> Option<(usize, &Stats)> {
        match self.segments.first()?.barrier.as_ref()? {
            (at, Barrier::Stats(stats)) => Some((*at, stats)),
            (_, Barrier::Table(_)) => None,
        }
    }
}

impl State {
    /// No rows yet, of a pipeline that keeps rows.
    fn of_rows() -> Self {
        Self { kind: Kind::Rows(RowsState::default()), notes: Notes::default() }
    }
}

/// Cuts commands into segments, at least one.
fn segments(commands: &[Command], settings: &Settings, operands: &mut Operands) -> Result<Vec<Segment>, PipelineError> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut stages: Vec<(usize, Box<dyn Stage>)> = Vec::new();
    for (at, command) in commands.iter().enumerate() {
        // A later `stats` counts rows of a table, each of which may stand for many rows of the input.
        let evidence = if segments.is_empty() || settings.evidence == 0 { settings.evidence } else { usize::MAX };
        let barrier = match build(command, settings, evidence, operands).map_err(|error| error.at(at))? {
            Built::Row(stage) => {
                stages.push((at, stage));
                continue;
            }
            Built::Table(stage) if stage.row_wise() => {
                stages.push((at, Box::new(RowWise(stage))));
                continue;
            }
            Built::Table(stage) => Barrier::Table(stage),
            Built::Stats(stats) => Barrier::Stats(stats),
        };
        segments.push(Segment { stages: std::mem::take(&mut stages), barrier: Some((at, barrier)) });
    }
    if segments.is_empty() || !stages.is_empty() {
        segments.push(Segment { stages, barrier: None });
    }
    Ok(segments)
}

/// Turns evidence that points at rows of `sources` into the evidence of those rows, the first `limit` of them.
fn trace_evidence(next: &mut Table, sources: &[Vec<RowKey>], limit: usize) {
    for row in &mut next.rows {
        let traced = row.evidence.iter().filter_map(|key| sources.get(usize::try_from(key.row).ok()?));
        let mut keys: Vec<RowKey> = traced.flatten().copied().collect();
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(limit);
        row.evidence = keys;
    }
}

impl Segment {
    /// The state of no rows.
    fn state(&self) -> State {
        let kind = match &self.barrier {
            Some((_, Barrier::Stats(stats))) => Kind::Stats(Box::new(stats.state())),
            _ => Kind::Rows(RowsState::default()),
        };
        State { kind, notes: Notes::default() }
    }

    /// Runs the row-wise commands and takes what is left into the state.
    fn update(&self, state: &mut State, mut batch: Batch) -> Result<(), PipelineError> {
        for (at, stage) in &self.stages {
            batch = stage.apply(batch, &mut state.notes).map_err(|error| error.at(*at))?;
        }
        let State { kind, notes } = state;
        match (kind, &self.barrier) {
            (Kind::Stats(state), Some((at, Barrier::Stats(stats)))) => {
                stats.update(state, &batch, notes).map_err(|error| error.at(*at))
            }
            (Kind::Rows(rows), None | Some((_, Barrier::Table(_)))) => {
                rows.update(batch);
                Ok(())
            }
            _ => Err(mismatch()),
        }
    }

    /// Runs the segment on the ordered rows of a table.
    fn run(&self, mut table: Table, evidence: usize, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        if self.stages.is_empty()
            && let Some((at, Barrier::Table(stage))) = &self.barrier
        {
            return stage.run(table, context).map_err(|error| error.at(*at));
        }
        let sources: Vec<Vec<RowKey>> = table.rows.iter_mut().map(|row| std::mem::take(&mut row.evidence)).collect();
        let mut state = self.state();
        self.update(&mut state, numbered_batch(&table)?)?;
        context.notes.absorb(std::mem::take(&mut state.notes));
        let mut layout = Layout::of_table(&table);
        let keep = if evidence == 0 { 0 } else { usize::MAX };
        for (_, stage) in &self.stages {
            stage.layout(&mut layout);
        }
        drop(table);
        match (state.kind, &self.barrier) {
            (Kind::Stats(state), Some((at, Barrier::Stats(stats)))) => {
                let mut next = stats.finish(*state, &layout).map_err(|error| error.at(*at))?;
                trace_evidence(&mut next, &sources, evidence);
                Ok(next)
            }
            (Kind::Rows(rows), barrier) => {
                let mut next = rows.finish(&layout, keep.min(1));
                trace_evidence(&mut next, &sources, evidence);
                match barrier {
                    Some((at, Barrier::Table(stage))) => stage.run(next, context).map_err(|error| error.at(*at)),
                    _ => Ok(next),
                }
            }
            _ => Err(mismatch()),
        }
    }

    /// The table of a state of the first segment; `layout`: the columns that came in.
    fn finish(
        &self,
        kind: Kind,
        mut layout: Layout,
        evidence: usize,
        context: &mut Context<'_>,
    ) -> Result<Table, PipelineError> {
        for (_, stage) in &self.stages {
            stage.layout(&mut layout);
        }
        match (kind, &self.barrier) {
            (Kind::Stats(state), Some((at, Barrier::Stats(stats)))) => {
                stats.finish(*state, &layout).map_err(|error| error.at(*at))
            }
            (Kind::Rows(rows), None) => Ok(rows.finish(&layout, evidence)),
            (Kind::Rows(rows), Some((at, Barrier::Table(stage)))) => {
                stage.run(rows.finish(&layout, evidence), context).map_err(|error| error.at(*at))
            }
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
