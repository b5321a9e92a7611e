//! `addtotals`: a total per row, per column, or both.
//!
//! As the vendor's reference has it: a row's total is the sum of its numeric values in the listed fields, or in all but the internal
//! ones; a row without any has 0. A column total is a row at the end with the sum of each column that has a numeric value, the row totals
//! among them, and with the label in its field, which is made if it is not there. Sums do not depend on the order of the columns.

use std::sync::Arc;

use retrohunt_spl::plan::{AddTotalsCommand, FieldPattern};

use crate::error::PipelineError;
use crate::kernels::exact_sum::ExactSum;
use crate::kernels::number::Number;
use crate::layout::Layout;
use crate::needs::{Needs, exactly};
use crate::table::{Table, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// An `addtotals` made ready.
#[derive(Clone, Debug)]
pub(super) struct AddTotals {
    /// Name of the row total.
    row: Option<Arc<str>>,
    /// Label of the column totals, and its field.
    column: Option<(String, Option<String>)>,
    /// The fields; empty: all but internal ones.
    fields: Vec<FieldPattern>,
}

impl AddTotals {
    /// Makes an `addtotals` ready.
    pub(super) fn new(command: &AddTotalsCommand) -> Self {
        let row = command.row.as_deref().map(Arc::from);
        Self { row, column: command.column.clone(), fields: command.fields.clone() }
    }

    /// Is a field summed?
    fn sums(&self, name: &str) -> bool {
        if self.fields.is_empty() {
            return !name.starts_with('_');
        }
        self.fields.iter().any(|field| field.selects(name))
    }
}

/// A sum: whole numbers stay whole as long as they fit.
#[derive(Debug, Default)]
struct Sum {
    /// The exact sum.
    exact: ExactSum,
    /// The sum, while all numbers are whole.
    whole: Option<i128>,
    /// Some number was not whole.
    fraction: bool,
    /// How many numbers.
    count: usize,
}

impl Sum {
    /// Takes a value, if it is numeric.
    fn add(&mut self, value: &Value) {
        match value.number() {
            Some(Number::Int(number)) => {
                self.exact.add_int(number);
                self.whole = self.whole.unwrap_or(0).checked_add(number);
                self.fraction |= self.whole.is_none();
                self.count += 1;
            }
            Some(Number::Float(number)) if number.is_finite() => {
                self.exact.add_f64(number);
                self.fraction = true;
                self.count += 1;
            }
            _ => {}
        }
    }

    /// The sum as a value; 0 for none.
    fn value(&self) -> Value {
        let whole = self.whole.filter(|_| !self.fraction).or((self.count == 0).then_some(0));
        match whole.and_then(|whole| i64::try_from(whole).ok()) {
            Some(whole) => Value::Int(whole),
            None => self.exact.round().map_or(Value::Null, Value::Float),
        }
    }
}

impl TableStage for AddTotals {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let mut summed: Vec<bool> = table.columns.iter().map(|column| self.sums(&column.name)).collect();
        if let Some(name) = &self.row {
            let at = table.ensure_column(name);
            summed.resize(table.columns.len(), false);
            // A total that is there already is no summand of itself.
            summed[at] = false;
            for row in &mut table.rows {
                let mut sum = Sum::default();
                row.values.iter().zip(&summed).filter(|(_, summed)| **summed).for_each(|(value, _)| sum.add(value));
                row.values[at] = sum.value();
            }
            summed[at] = self.fields.is_empty() || self.sums(name);
        }
        if let Some((label, field)) = &self.column {
            let mut values: Vec<Value> = Vec::with_capacity(table.columns.len());
            for (at, summed) in summed.iter().enumerate() {
                let mut sum = Sum::default();
                if *summed {
                    table.rows.iter().for_each(|row| sum.add(&row.values[at]));
                }
                values.push(if sum.count > 0 { sum.value() } else { Value::Null });
            }
            if let Some(field) = field {
                let at = table.ensure_column(field);
                values.resize(table.columns.len(), Value::Null);
                values[at] = Value::Text(label.clone());
            }
            table.rows.push(TableRow { values, evidence: Vec::new() });
        }
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        let own = |needs: Needs| match &self.row {
            Some(name) if !self.sums(name) => needs.without_field(name),
            _ => needs,
        };
        if self.row.is_none() {
            return after;
        }
        if self.fields.is_empty() {
            return own(after).and(FieldPattern { glob: retrohunt_spl::plan::Glob::new("*") });
        }
        self.fields.iter().fold(own(after), |needs, field| match field.glob.literal() {
            Some(name) => needs.and(exactly(name)),
            None => needs.and(field.clone()),
        })
    }

    fn row_wise(&self) -> bool {
        self.column.is_none()
    }

    fn layout(&self, layout: &mut Layout) {
        if let Some(name) = &self.row {
            layout.add(name);
        }
    }
}
