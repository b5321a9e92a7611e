//! Expressions (§6) over batches.
//!
//! | step | module |
//! | --- | --- |
//! | tree to nodes: names, patterns, constants | `compile`, `node` |
//! | one row at a time: what everything means | `row` |
//! | a column at a time: conditions, values | `mask`, `vector` |
//! | values to a column | `column` |
//! | null, multivalue and numeric form | `typing`; for functions, `functions` |
//! | patterns | `patterns`, `like`, `verdicts` |

pub(crate) mod cell;
mod column;
mod compile;
mod constant;
pub(crate) mod env;
pub(crate) mod functions;
mod like;
mod mask;
mod node;
mod patterns;
mod row;
mod scope;
#[cfg(test)]
mod tests;
mod typing;
mod vector;
mod verdicts;

pub use constant::{Constant, constant};

use std::sync::Arc;

use arrow_array::{ArrayRef, NullArray};
use arrow_buffer::BooleanBuffer;
use retrohunt_spl::plan::Expr;

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use compile::Program;
use mask::Rows;
use scope::{Frame, Scope};

/// An expression made ready: patterns compiled, constants folded.
#[derive(Debug)]
pub(crate) struct Evaluator {
    /// The compiled expression.
    program: Program,
    /// Zone, now, seed.
    settings: Settings,
}

impl Evaluator {
    /// Makes an expression ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-REGEX` if a literal pattern does not compile; the message says where in the pattern. `E-STAGE-LIMIT` if it is nested
    /// too deep, `E-STAGE-COMMAND` if it holds a subsearch that was not run.
    pub(crate) fn new(expr: &Expr, settings: &Settings) -> Result<Self, PipelineError> {
        Ok(Self { program: Program::new(expr, settings)?, settings: settings.clone() })
    }

    /// The fields that it names; for what it reads, see [`Self::needs`].
    #[cfg(test)]
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.program.fields.iter().map(String::as_str).collect()
    }

    /// These fields and those that the expression reads; a `searchmatch` may read all.
    pub(crate) fn needs(&self, after: Needs) -> Needs {
        let named = self.program.fields.iter().fold(after, |needs, field| needs.and_field(field));
        self.program.searches.iter().fold(named, |needs, search| search.needs(needs))
    }

    /// The rows for which the condition is true; a row that could not be decided is counted and left out (§5.6.8).
    pub(crate) fn filter(&self, batch: &Batch, notes: &mut Notes) -> BooleanBuffer {
        let scope = Scope::new(&self.program, batch, &self.settings);
        let mask = self.program.root.mask(&scope, &Rows::All(batch.rows()));
        self.note(&scope, notes);
        if scope.findings().has_size() {
            notes.undecided += count(batch.rows());
            return BooleanBuffer::new_unset(batch.rows());
        }
        notes.undecided += mask.undecided.map_or(0, |rows| count(rows.count_set_bits()));
        mask.yes
    }

    /// The rows for which the condition is ∅: it compares with ∅, or hangs on such a comparison (§4.2.1), as `head (…) null=` asks
    /// (§5.18).
    pub(crate) fn nulls(&self, batch: &Batch) -> BooleanBuffer {
        let scope = Scope::new(&self.program, batch, &self.settings);
        BooleanBuffer::collect_bool(batch.rows(), |row| {
            self.program.root.nullable(&scope, &Frame::of_row(row)) == Ok(None)
        })
    }

    /// The value for each row as a canonical column. A condition's values are ∅ here: Booleans cannot be assigned (§4.1.2). A row
    /// that could not be decided is ∅ and is counted; so are all rows if the column would be too large.
    pub(crate) fn column(&self, batch: &Batch, notes: &mut Notes) -> ArrayRef {
        self.try_column(batch, notes).unwrap_or_else(|_| {
            notes.undecided += count(batch.rows());
            Arc::new(NullArray::new(batch.rows()))
        })
    }

    /// The same as [`Self::column`], but a column that would be too large is an error.
    ///
    /// # Errors
    ///
    /// `E-STAGE-LIMIT`.
    pub(crate) fn try_column(&self, batch: &Batch, notes: &mut Notes) -> Result<ArrayRef, PipelineError> {
        let too_large =
            || PipelineError::new("E-STAGE-LIMIT", "the values of an expression are too large for one column");
        let scope = Scope::new(&self.program, batch, &self.settings);
        let values = self.program.root.vector(&scope, &Rows::All(batch.rows()));
        self.note(&scope, notes);
        if scope.findings().has_size() {
            return Err(too_large());
        }
        let undecided = values.undecided.as_ref().map_or(0, BooleanBuffer::count_set_bits);
        let array = column::build(values, batch.rows(), self.program.root.may_be_list(&scope)).ok_or_else(too_large)?;
        notes.undecided += count(undecided);
        Ok(array)
    }

    /// Writes down what was found on the way.
    fn note(&self, scope: &Scope<'_>, notes: &mut Notes) {
        let findings = scope.findings();
        if findings.has_multivalue() {
            notes.warn(
                "W-MV-SCALAR",
                "a multivalue stands where one value is needed; the result is empty for such rows",
            );
        }
        if findings.has_pattern() {
            notes.warn(
                "W-DYNAMIC-PATTERN",
                "a pattern out of a field does not compile; it matches nothing in such rows",
            );
        }
        if self.program.rescued && scope.rows() > 0 {
            let message = "a pattern compiles only without the removal of its backslashes, and is taken so";
            notes.warn("W-REGEX-BACKSLASH", message);
        }
    }
}

/// A number of rows.
fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
