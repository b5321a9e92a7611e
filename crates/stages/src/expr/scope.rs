//! What an evaluation over one batch knows.

use std::cell::{Cell as Flag, OnceCell};

use arrow_array::ArrayRef;
use arrow_buffer::BooleanBuffer;

use super::cell::Cell;
use super::compile::Program;
use super::env::Env;
use super::node::Slot;
use super::patterns::PatternCache;
use super::typing::Multivalue;
use crate::batch::Batch;
use crate::kernels::value::Column;
use crate::pipeline::Settings;

/// What was found during an evaluation, beside its result. It depends on the rows alone, not on how they are split.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// A multivalue stood where one value is needed (§4.5.2).
    multivalue: Flag<bool>,
    /// A pattern out of a field does not compile.
    pattern: Flag<bool>,
    /// A text or a column became too large.
    size: Flag<bool>,
}

impl Findings {
    /// Was anything found?
    pub(super) fn any(&self) -> bool {
        self.multivalue.get() || self.pattern.get() || self.size.get()
    }

    /// A multivalue stood where one value is needed.
    pub(super) fn has_multivalue(&self) -> bool {
        self.multivalue.get()
    }

    /// A pattern out of a field does not compile.
    pub(super) fn has_pattern(&self) -> bool {
        self.pattern.get()
    }

    /// Something became too large, and the result is of no use.
    pub(super) fn has_size(&self) -> bool {
        self.size.get()
    }
}

/// The surroundings of an evaluation.
pub(super) struct Scope<'b> {
    /// The expression.
    pub(super) program: &'b Program,
    /// The rows.
    pub(super) batch: &'b Batch,
    /// The column of each slot, with its array if the batch has the field.
    pub(super) columns: Vec<(Column<'b>, Option<&'b ArrayRef>)>,
    /// Zone, now, seed.
    pub(super) settings: &'b Settings,
    /// Patterns that come from fields.
    pub(super) patterns: PatternCache,
    /// The rows that pass each `searchmatch`, once asked for.
    searches: Vec<OnceCell<BooleanBuffer>>,
    /// What was found.
    findings: Findings,
}

impl<'b> Scope<'b> {
    /// The surroundings of an evaluation over these rows.
    pub(super) fn new(program: &'b Program, batch: &'b Batch, settings: &'b Settings) -> Self {
        let column = |name: &String| {
            let array = batch.column(name);
            (array.map_or(Column::Missing, |array| Column::new(array)), array)
        };
        Self {
            program,
            batch,
            columns: program.fields.iter().map(column).collect(),
            settings,
            patterns: PatternCache::default(),
            searches: program.searches.iter().map(|_| OnceCell::new()).collect(),
            findings: Findings::default(),
        }
    }

    /// The number of rows.
    pub(super) fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// What was found so far.
    pub(super) fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The rows that pass a `searchmatch`.
    pub(super) fn search(&self, index: usize) -> &BooleanBuffer {
        self.searches[index].get_or_init(|| self.program.searches[index].select(self.batch, &self.settings.not_text))
    }

    /// What a function knows in a row.
    pub(super) fn env(&self, row: usize) -> Env<'b> {
        Env { settings: self.settings, key: self.batch.keys()[row] }
    }

    /// The value of an operation, ∅ with a finding if it met a multivalue.
    pub(super) fn single<'c>(&self, value: Result<Cell<'c>, Multivalue>) -> Cell<'c> {
        value.unwrap_or_else(|Multivalue| {
            self.findings.multivalue.set(true);
            Cell::Null
        })
    }

    /// A pattern out of a field does not compile.
    pub(super) fn bad_pattern(&self) {
        self.findings.pattern.set(true);
    }

    /// Something became too large.
    pub(super) fn too_large(&self) {
        self.findings.size.set(true);
    }
}

/// One row, and the fields that `mvmap` and `mvfilter` have bound to one value in it.
pub(super) struct Frame<'f, 'b> {
    /// The row.
    pub(super) row: usize,
    /// A bound field, its value, and the bindings around.
    bound: Option<(Slot, Cell<'b>, &'f Frame<'f, 'b>)>,
}

impl<'f, 'b> Frame<'f, 'b> {
    /// A row without bindings.
    pub(super) fn of_row(row: usize) -> Self {
        Self { row, bound: None }
    }

    /// The same row with one more binding.
    pub(super) fn bind(&'f self, slot: Slot, value: Cell<'b>) -> Self {
        Self { row: self.row, bound: Some((slot, value, self)) }
    }

    /// The value of a field.
    pub(super) fn field(&self, scope: &Scope<'b>, slot: Slot) -> Cell<'b> {
        let mut frame = self;
        while let Some((bound, value, outer)) = &frame.bound {
            if *bound == slot {
                return value.clone();
            }
            frame = outer;
        }
        Cell::of_column(&scope.columns[slot].0, self.row)
    }
}
