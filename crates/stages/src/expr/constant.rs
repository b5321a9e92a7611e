//! Expressions without fields.

use retrohunt_spl::plan::Expr;

use super::Evaluator;
use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::kernels::value::Column;
use crate::notes::Notes;
use crate::pipeline::Settings;

/// What an expression without fields gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// A condition; `None` where it is ∅.
    Condition(Option<bool>),
    /// A value as text; `None` where it is ∅. The values of a multivalue are joined by line feeds.
    Value(Option<String>),
}

/// Returns what an expression gives on a row without fields; `condition`: it is one.
///
/// # Errors
///
/// `E-STAGE-REGEX` if a pattern in it does not compile.
pub fn constant(expr: &Expr, condition: bool, settings: &Settings) -> Result<Constant, PipelineError> {
    let evaluator = Evaluator::new(expr, settings)?;
    let batch = Batch::new(Vec::new(), vec![RowKey { time: None, file: 0, row: 0 }])?;
    let mut notes = Notes::default();
    if condition {
        return Ok(Constant::Condition(Some(evaluator.filter(&batch, &mut notes).value(0))));
    }
    let array = evaluator.column(&batch, &mut notes);
    let mut texts: Vec<String> = Vec::new();
    Column::new(&array).for_each(0, |_, value| texts.push(value.text().into_owned()));
    Ok(Constant::Value((!texts.is_empty()).then(|| texts.join("\n"))))
}
