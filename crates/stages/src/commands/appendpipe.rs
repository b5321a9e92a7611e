//! `appendpipe` (§5.21): commands that run on a copy of the rows, whose result comes behind them.

use retrohunt_spl::plan::{Command, Plan};

use super::cells::{check_cells, limit};
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::pipeline::{Pipeline, Settings};
use crate::table::{Table, Value};
use crate::table_stage::{Context, Operands, TableStage};

/// Most commands inside each other.
pub(super) const DEPTH_LIMIT: usize = 32;

/// An `appendpipe` made ready.
#[derive(Debug)]
pub(super) struct AppendPipe {
    /// The commands.
    pipeline: Pipeline,
}

impl AppendPipe {
    /// Makes an `appendpipe` ready.
    ///
    /// # Errors
    ///
    /// Those of the commands inside, and `E-STAGE-LIMIT` if there are too many inside each other.
    pub(super) fn new(plan: &Plan, settings: &Settings, operands: &mut Operands) -> Result<Self, PipelineError> {
        if operands.depth >= DEPTH_LIMIT {
            return Err(limit(format!("more than {DEPTH_LIMIT} commands stand inside each other")));
        }
        let commands: Vec<Command> = plan.steps.iter().map(|step| step.command.clone()).collect();
        operands.depth += 1;
        let pipeline = Pipeline::inner(&commands, settings, operands);
        operands.depth -= 1;
        // The places inside say nothing to who knows the rule's own commands.
        let pipeline = pipeline.map_err(|error| PipelineError::new(error.code, error.message))?;
        Ok(Self { pipeline })
    }
}

/// The rows of the second table behind those of the first; columns that only it has come behind the others.
pub(super) fn append(command: &str, mut first: Table, second: Table) -> Result<Table, PipelineError> {
    let mut by_name: hashbrown::HashMap<_, usize> =
        first.columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect();
    let before = first.columns.len();
    let mut places = Vec::with_capacity(second.columns.len());
    for column in second.columns {
        match by_name.get(&column.name) {
            Some(at) => {
                first.columns[*at].named |= column.named;
                places.push(*at);
            }
            None => {
                by_name.insert(column.name.clone(), first.columns.len());
                places.push(first.columns.len());
                first.columns.push(column);
            }
        }
    }
    let width = first.columns.len();
    check_cells(command, first.rows.len().saturating_add(second.rows.len()), width)?;
    if width > before {
        first.rows.iter_mut().for_each(|row| row.values.resize(width, Value::Null));
    }
    for mut row in second.rows {
        let mut values = vec![Value::Null; width];
        for (place, value) in places.iter().zip(row.values) {
            values[*place] = value;
        }
        row.values = values;
        first.rows.push(row);
    }
    Ok(first)
}

impl TableStage for AppendPipe {
    fn run(&self, table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        check_cells("appendpipe", table.rows.len().saturating_mul(2), table.columns.len())?;
        let added =
            self.pipeline.run(table.clone(), context).map_err(|error| PipelineError::new(error.code, error.message))?;
        append("appendpipe", table, added)
    }

    fn needs(&self, after: Needs) -> Needs {
        match (after, self.pipeline.needs()) {
            (Needs::Fields(own), Needs::Fields(inner)) => inner.into_iter().fold(Needs::Fields(own), Needs::and),
            _ => Needs::All,
        }
    }
}
