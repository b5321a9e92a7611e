//! A command that looks at the whole ordered row set, and what it may use.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use retrohunt_spl::plan::Plan;

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::rows::{batch_to_table, table_to_batch};
use crate::stage::Stage;
use crate::table::Table;

/// Runs searches in the middle of a pipeline, for `map` (§5.28).
pub trait Runner {
    /// Returns the result of each search, in order.
    ///
    /// # Errors
    ///
    /// A sentence, if a text does not compile or its run failed.
    fn run(&self, searches: &[String]) -> Result<Vec<Table>, String>;
}

/// What a command finds around it while it runs.
pub struct Context<'a> {
    /// Results of the subsearches that are operands, by the index that `Operands::add` gave.
    pub operands: &'a [Table],
    /// Runs further searches; absent in tests and in parts of a scan.
    pub runner: Option<&'a dyn Runner>,
    /// Findings.
    pub notes: &'a mut Notes,
}

/// The subsearches that a pipeline takes as operands (§1.6.2), in the order met.
#[derive(Debug, Default)]
pub(crate) struct Operands {
    /// The subsearches.
    pub(crate) plans: Vec<Plan>,
    /// In how many commands that hold commands the pipeline stands.
    pub(crate) depth: usize,
    /// How often `foreach` may still run its template, shared by those inside each other; set while one runs.
    pub(crate) runs_left: Option<Arc<AtomicU64>>,
}

impl Operands {
    /// Adds a subsearch; returns the index of its result in [`Context::operands`].
    pub(crate) fn add(&mut self, plan: &Plan) -> usize {
        self.plans.push(plan.clone());
        self.plans.len() - 1
    }

    /// For a pipeline that a `foreach` at this depth makes while it runs.
    pub(crate) fn inside(depth: usize, runs_left: Arc<AtomicU64>) -> Self {
        Self { plans: Vec::new(), depth, runs_left: Some(runs_left) }
    }

    /// The subsearches.
    pub(crate) fn into_plans(self) -> Vec<Plan> {
        self.plans
    }
}

/// A command over the whole row set, in stream order (§4.7).
pub(crate) trait TableStage: std::fmt::Debug + Send + Sync {
    /// Returns the rows that the command gives for these. Row order is kept unless the command says otherwise (§4.7.3), and so is
    /// the evidence of each row.
    fn run(&self, table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError>;

    /// Returns what must be there before the command, given what must be there after it.
    fn needs(&self, after: Needs) -> Needs {
        let _ = after;
        Needs::All
    }

    /// Does the command look at one row at a time, giving one row for each, and are its new columns known from the rule alone? Then
    /// it also runs on parts of a scan, and [`Self::layout`] must be right.
    fn row_wise(&self) -> bool {
        false
    }

    /// Changes the columns as the command does; only asked if it is row-wise.
    fn layout(&self, layout: &mut Layout) {
        let _ = layout;
    }
}

/// A row-wise command of this kind as a stage over batches.
#[derive(Debug)]
pub(crate) struct RowWise(pub(crate) Box<dyn TableStage>);

impl Stage for RowWise {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        let table = batch_to_table(&batch);
        let mut context = Context { operands: &[], runner: None, notes };
        let table = self.0.run(table, &mut context)?;
        table_to_batch(&table, batch.keys().to_vec())
    }

    fn layout(&self, layout: &mut Layout) {
        self.0.layout(layout);
    }

    fn needs(&self, after: Needs) -> Needs {
        self.0.needs(after)
    }
}
