//! Expressions (§6) over batches.

pub(crate) mod cell;
mod constant;

pub use constant::{Constant, constant};

use std::sync::Arc;

use arrow_array::{ArrayRef, NullArray};
use arrow_buffer::BooleanBuffer;
use retrohunt_spl::plan::Expr;

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::notes::Notes;
use crate::pipeline::Settings;

/// An expression made ready: patterns compiled, constants folded.
#[derive(Debug)]
pub(crate) struct Evaluator {
    expr: Expr,
}

impl Evaluator {
    /// Makes an expression ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-REGEX` if a literal pattern does not compile; the message says where in the pattern.
    pub(crate) fn new(expr: &Expr, settings: &Settings) -> Result<Self, PipelineError> {
        let _ = settings;
        Ok(Self { expr: expr.clone() })
    }

    /// The fields that it reads.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.expr.fields()
    }

    /// The rows for which the condition is true; a row that could not be decided is counted and left out (§5.6.8).
    pub(crate) fn filter(&self, batch: &Batch, notes: &mut Notes) -> BooleanBuffer {
        let _ = notes;
        BooleanBuffer::new_unset(batch.rows())
    }

    /// The value for each row as a canonical column. A condition's values are ∅ here: Booleans cannot be assigned (§4.1.2).
    pub(crate) fn column(&self, batch: &Batch, notes: &mut Notes) -> ArrayRef {
        let _ = notes;
        Arc::new(NullArray::new(batch.rows()))
    }
}
