//! `head` (§5.18): the first rows, by number, or while a condition holds.

use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use retrohunt_spl::functions::Function;
use retrohunt_spl::plan::expr::LogicOp;
use retrohunt_spl::plan::{Expr, ExprKind, HeadCommand};

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::expr::Evaluator;
use crate::kernels::value::Column;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::rows::numbered_batch;
use crate::stats::computed::needs_of;
use crate::table::Table;
use crate::table_stage::{Context, TableStage};

/// A `head` made ready.
#[derive(Debug)]
pub(crate) struct Head {
    /// Most rows.
    limit: usize,
    /// Rows while this is true.
    condition: Option<Condition>,
    /// Also the row that ended it.
    keep_last: bool,
    /// A ∅ result goes on.
    null: bool,
}

/// A condition with its third value: inside, a comparison with ∅ is ∅ rather than false (§4.2.1), which only `null=` can tell.
#[derive(Debug)]
struct Condition {
    /// The condition as written.
    expr: Expr,
    /// What is true.
    truth: Evaluator,
    /// What is ∅.
    unknown: Ternary,
}

impl Head {
    /// Makes a `head` ready.
    ///
    /// # Errors
    ///
    /// Those of [`Evaluator::new`].
    pub(crate) fn new(command: &HeadCommand, settings: &Settings) -> Result<Self, PipelineError> {
        let condition = |expr: &Expr| {
            let (truth, unknown) = (Evaluator::new(expr, settings)?, Ternary::new(expr, settings)?);
            Ok(Condition { expr: expr.clone(), truth, unknown })
        };
        Ok(Self {
            limit: command.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
            condition: command.condition.as_ref().map(condition).transpose()?,
            keep_last: command.keep_last,
            null: command.null,
        })
    }
}

impl TableStage for Head {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        table.rows.truncate(self.limit);
        let Some(condition) = &self.condition else { return Ok(table) };
        let batch = numbered_batch(&table)?;
        let truth = condition.truth.filter(&batch, context.notes);
        let goes_on = if self.null {
            // Only the rows in question are looked at twice, and what is found again is not news.
            &truth | &condition.unknown.evaluate(&batch, &mut Notes::default()).1
        } else {
            truth
        };
        let kept = (0..batch.rows()).take_while(|row| goes_on.value(*row)).count();
        table.rows.truncate(kept + usize::from(self.keep_last));
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        self.condition.iter().fold(after, |needs, condition| needs_of(&condition.expr, needs))
    }
}

/// A condition in three-valued logic.
#[derive(Debug)]
enum Ternary {
    /// Both or either of two, or one of them.
    Logic(LogicOp, Box<Ternary>, Box<Ternary>),
    /// Not this one.
    Not(Box<Ternary>),
    /// True as it says, and ∅ where one of these is.
    Leaf(Evaluator, Vec<Evaluator>),
}

/// The rows for which a condition is true, and those for which it is ∅.
type Truth = (BooleanBuffer, BooleanBuffer);

/// A condition nested deeper than this is not taken apart: it counts as one that is never ∅.
const DEPTH: usize = 500;

impl Ternary {
    /// Makes a condition ready.
    fn new(expr: &Expr, settings: &Settings) -> Result<Self, PipelineError> {
        Self::nested(expr, settings, 0)
    }

    /// Makes a condition ready that stands so deep.
    fn nested(expr: &Expr, settings: &Settings, depth: usize) -> Result<Self, PipelineError> {
        let leaf = |values: &[&Expr]| {
            let values = values.iter().map(|value| Evaluator::new(value, settings)).collect::<Result<_, _>>()?;
            Ok(Self::Leaf(Evaluator::new(expr, settings)?, values))
        };
        let inner = |expr: &Expr| Ok(Box::new(Self::nested(expr, settings, depth + 1)?));
        match &expr.kind {
            _ if depth > DEPTH => leaf(&[]),
            ExprKind::Logic(op, left, right) => Ok(Self::Logic(*op, inner(left)?, inner(right)?)),
            ExprKind::Not(operand) => Ok(Self::Not(inner(operand)?)),
            ExprKind::Compare(_, left, right) => leaf(&[left, right]),
            ExprKind::Call(Function::Match | Function::Like | Function::CidrMatch, arguments) => {
                leaf(&arguments.iter().collect::<Vec<_>>())
            }
            // A ∅ member of the list is passed over (§6.1.5).
            ExprKind::Call(Function::In, arguments) => leaf(&arguments.iter().take(1).collect::<Vec<_>>()),
            ExprKind::Field(_) | ExprKind::Null => leaf(&[expr]),
            _ => leaf(&[]),
        }
    }

    /// The rows for which it is true, and those for which it is ∅.
    fn evaluate(&self, batch: &Batch, notes: &mut Notes) -> Truth {
        match self {
            Self::Leaf(truth, values) => {
                let truth = truth.filter(batch, notes);
                let mut unknown = BooleanBuffer::new_unset(batch.rows());
                for value in values {
                    let array = value.column(batch, notes);
                    let column = Column::new(&array);
                    unknown = &unknown | &BooleanBuffer::collect_bool(array.len(), |row| !column.is_present(row));
                }
                (&truth & &!&unknown, unknown)
            }
            Self::Not(inner) => {
                let (truth, unknown) = inner.evaluate(batch, notes);
                (!&(&truth | &unknown), unknown)
            }
            Self::Logic(op, left, right) => {
                let (left, right) = (left.evaluate(batch, notes), right.evaluate(batch, notes));
                combine(*op, &left, &right)
            }
        }
    }
}

/// Two conditions in one.
fn combine(op: LogicOp, left: &Truth, right: &Truth) -> Truth {
    let some_unknown = &left.1 | &right.1;
    match op {
        LogicOp::And => {
            let truth = &left.0 & &right.0;
            let possible = &(&left.0 | &left.1) & &(&right.0 | &right.1);
            (truth, &possible & &some_unknown)
        }
        LogicOp::Or => {
            let truth = &left.0 | &right.0;
            let unknown = &some_unknown & &!&truth;
            (truth, unknown)
        }
        LogicOp::Xor => (&(&left.0 ^ &right.0) & &!&some_unknown, some_unknown),
    }
}
