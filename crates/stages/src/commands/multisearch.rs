//! `multisearch` (§5.21): the rows of several searches as one stream.

use retrohunt_spl::plan::Plan;

use super::operand::operand;
use super::unite::unite;
use crate::batch::{TIME, micros_of};
use crate::error::PipelineError;
use crate::kernels::decimal;
use crate::needs::Needs;
use crate::table::{Table, Value};
use crate::table_stage::{Context, Operands, TableStage};

/// A `multisearch` made ready.
#[derive(Debug)]
pub(crate) struct MultiSearch {
    /// The searches.
    operands: Vec<usize>,
}

impl MultiSearch {
    /// Makes a `multisearch` ready.
    pub(crate) fn new(searches: &[Plan], operands: &mut Operands) -> Self {
        Self { operands: searches.iter().map(|search| operands.add(search)).collect() }
    }
}

/// The time of a row whose `_time` is this value.
pub(super) fn time_of(value: &Value) -> Option<i64> {
    match value {
        Value::Time(micros) => Some(*micros),
        Value::Int(seconds) => seconds.checked_mul(1_000_000),
        Value::Float(seconds) => micros_of(*seconds),
        Value::Text(text) => decimal::micros(text),
        Value::Null | Value::UInt(_) | Value::List(_) => None,
    }
}

/// Puts rows into stream order: newest first, those without time last, equal ones as they were (§4.7.1).
pub(super) fn newest_first(table: &mut Table) {
    let Some(at) = table.column(TIME) else { return };
    table.rows.sort_by_cached_key(|row| std::cmp::Reverse(row.values.get(at).and_then(time_of)));
}

impl TableStage for MultiSearch {
    fn run(&self, _table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let mut merged = Table::default();
        for at in &self.operands {
            unite(&mut merged, operand(context, *at)?.clone());
        }
        newest_first(&mut merged);
        Ok(merged)
    }

    fn needs(&self, _after: Needs) -> Needs {
        Needs::Fields(Vec::new())
    }
}
