//! `eval` (§5.9): assignments in order, each sees those before.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array};
use retrohunt_spl::plan::{Assignment, EvalTarget, TargetPiece};

use crate::batch::{Batch, TIME, as_time};
use crate::error::PipelineError;
use crate::expr::Evaluator;
use crate::kernels::number::Number;
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::rows::{cell_value, numbered_batch};
use crate::stage::Stage;
use crate::table::{Table, TableColumn, Value};
use crate::table_stage::{Context, TableStage};

/// An `eval` whose targets are known from the rule.
#[derive(Debug)]
pub(crate) struct Eval {
    /// Targets and values.
    assignments: Vec<(Arc<str>, Evaluator)>,
}

/// An `eval` with a target whose name comes from the rows (§5.9.2). Its columns depend on data, so it sees the whole row set.
#[derive(Debug)]
pub(crate) struct EvalTemplate {
    /// Targets and values.
    assignments: Vec<(EvalTarget, Evaluator)>,
}

/// Is any target's name made of field values?
pub(crate) fn has_template(assignments: &[Assignment]) -> bool {
    assignments.iter().any(|assignment| matches!(assignment.target, EvalTarget::Template(_)))
}

impl Eval {
    /// Makes an `eval` without templates ready.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::new`].
    pub(crate) fn new(assignments: &[Assignment], settings: &Settings) -> Result<Self, PipelineError> {
        let ready = |assignment: &Assignment| {
            let EvalTarget::Field(name) = &assignment.target else { return Ok(None) };
            Ok(Some((name.as_str().into(), Evaluator::new(&assignment.value, settings)?)))
        };
        let assignments = assignments.iter().filter_map(|assignment| ready(assignment).transpose());
        Ok(Self { assignments: assignments.collect::<Result<_, _>>()? })
    }
}

/// The values of an assignment as a column of that name: numbers under `_time` are times (§5.9.3, §4.6.1).
fn under(name: &str, array: ArrayRef) -> ArrayRef {
    if name != TIME {
        return array;
    }
    // Integers and doubles beside each other are a mixed column.
    let column = Column::new(&array);
    if let Column::Mixed(texts, numbers) = column
        && (0..texts.len()).all(|row| texts.is_null(row) || numbers.value(row))
    {
        let seconds = |row| column.scalar(row).and_then(|value| value.number()).map(Number::to_f64);
        let seconds: Float64Array = (0..texts.len()).map(seconds).collect();
        return as_time(&seconds).unwrap_or(array);
    }
    as_time(array.as_ref()).unwrap_or(array)
}

impl Stage for Eval {
    fn apply(&self, mut batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        for (name, value) in &self.assignments {
            let array = value.try_column(&batch, notes)?;
            batch = batch.with_column(name, under(name, array));
        }
        Ok(batch)
    }

    fn layout(&self, layout: &mut Layout) {
        for (name, _) in &self.assignments {
            layout.add(name);
        }
    }

    fn needs(&self, after: Needs) -> Needs {
        self.assignments.iter().rev().fold(after, |after, (name, value)| {
            // What nobody reads afterwards need not be right.
            if after.selects(name) { value.needs(after.without_field(name)) } else { after }
        })
    }
}

/// How many values the columns of one template may add up to; a template over a field of many values makes a column of each.
const MOST_VALUES: usize = 50_000_000;

impl EvalTemplate {
    /// Makes an `eval` with templates ready.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::new`].
    pub(crate) fn new(assignments: &[Assignment], settings: &Settings) -> Result<Self, PipelineError> {
        let ready =
            |assignment: &Assignment| Ok((assignment.target.clone(), Evaluator::new(&assignment.value, settings)?));
        Ok(Self { assignments: assignments.iter().map(ready).collect::<Result<_, PipelineError>>()? })
    }
}

impl TableStage for EvalTemplate {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        for (target, value) in &self.assignments {
            let array = value.try_column(&numbered_batch(&table)?, context.notes)?;
            let column = Column::new(&array);
            let values = (0..table.rows.len()).map(|row| cell_value(&column, row)).collect();
            match target {
                EvalTarget::Field(name) => {
                    let at = table.ensure_column(name);
                    set(&mut table, values, |_| Some(at));
                }
                EvalTarget::Template(pieces) => {
                    let places = places(&mut table, pieces, context.notes)?;
                    set(&mut table, values, |row| places[row]);
                }
            }
        }
        Ok(table)
    }
}

/// Puts each row's value into a column, if the row has one to put it in.
fn set(table: &mut Table, values: Vec<Value>, place: impl Fn(usize) -> Option<usize>) {
    for (at, value) in values.into_iter().enumerate() {
        if let Some(column) = place(at) {
            table.rows[at].values[column] = value.under(&table.columns[column].name);
        }
    }
}

/// The column that a template names in each row; new ones are added. A row in which a field of the template is ∅ names none
/// (§5.9.2), and neither does one in which it has several values.
fn places(table: &mut Table, pieces: &[TargetPiece], notes: &mut Notes) -> Result<Vec<Option<usize>>, PipelineError> {
    let mut known: hashbrown::HashMap<String, usize> =
        table.columns.iter().enumerate().map(|(at, column)| (column.name.to_string(), at)).collect();
    let before = table.columns.len();
    let fields: Vec<Option<usize>> = pieces
        .iter()
        .map(|piece| match piece {
            TargetPiece::Literal(_) => None,
            TargetPiece::Field(name) => table.column(name),
        })
        .collect();
    let mut places = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let mut name = Some(String::new());
        for (piece, field) in pieces.iter().zip(&fields) {
            let value = match piece {
                TargetPiece::Literal(text) => {
                    name.iter_mut().for_each(|name| name.push_str(text));
                    continue;
                }
                TargetPiece::Field(_) => field.and_then(|at| row.values.get(at)).unwrap_or(&Value::Null),
            };
            match value {
                Value::Null => name = None,
                Value::List(_) => {
                    notes.warn("W-MV-SCALAR", "a multivalue names no field; such rows are left as they are");
                    name = None;
                }
                value => name.iter_mut().for_each(|name| value.write_text(name, "")),
            }
        }
        places.push(name.filter(|name| !name.is_empty()).map(|name| {
            let next = known.len();
            *known.entry(name).or_insert(next)
        }));
    }
    let added = known.len() - before;
    if added.saturating_mul(table.rows.len()) > MOST_VALUES {
        let message = format!("a computed target of `eval` names {added} fields in {} rows", table.rows.len());
        return Err(PipelineError::new("E-STAGE-LIMIT", message));
    }
    let mut names: Vec<(usize, String)> =
        known.into_iter().map(|(name, at)| (at, name)).filter(|(at, _)| *at >= before).collect();
    names.sort_unstable();
    // The names come from data, so their columns are not the rule's own (§9.6).
    table.columns.extend(names.into_iter().map(|(_, name)| TableColumn { name: name.as_str().into(), named: false }));
    let width = table.columns.len();
    table.rows.iter_mut().for_each(|row| row.values.resize(width, Value::Null));
    Ok(places)
}

#[cfg(test)]
mod tests;
