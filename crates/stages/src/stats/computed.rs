//! `eval(…)` as the argument of an aggregate (§5.10.8).

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array};
use retrohunt_spl::functions::Function;
use retrohunt_spl::plan::{Expr, ExprKind};

use crate::batch::Batch;
use crate::error::PipelineError;
use crate::expr::Evaluator;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;

/// An expression whose results are aggregated.
#[derive(Debug)]
pub(crate) struct Computed {
    /// The expression as written.
    expr: Expr,
    /// The expression made ready.
    evaluator: Evaluator,
    /// It is a condition.
    condition: bool,
}

impl Computed {
    /// Makes an expression ready.
    ///
    /// # Errors
    ///
    /// Those of [`Evaluator::new`].
    pub(crate) fn new(expr: &Expr, settings: &Settings) -> Result<Self, PipelineError> {
        Ok(Self { expr: expr.clone(), evaluator: Evaluator::new(expr, settings)?, condition: is_condition(expr) })
    }

    /// These fields and those that it reads.
    pub(crate) fn needs(&self, needs: Needs) -> Needs {
        needs_of(&self.expr, needs)
    }

    /// The result for each row; a condition gives 1 where it is true and ∅ elsewhere, so that a count of it is what it should be.
    pub(crate) fn column(&self, batch: &Batch, notes: &mut Notes) -> ArrayRef {
        if !self.condition {
            return self.evaluator.column(batch, notes);
        }
        let rows = self.evaluator.filter(batch, notes);
        Arc::new(rows.iter().map(|holds| holds.then_some(1)).collect::<Int64Array>())
    }
}

/// These fields and those that an expression reads; `searchmatch` may look at any.
pub(crate) fn needs_of(expr: &Expr, needs: Needs) -> Needs {
    let mut all = false;
    expr.walk(&mut |part| all |= matches!(part.kind, ExprKind::SearchMatch(_) | ExprKind::Subsearch(_)));
    if all { Needs::All } else { expr.fields().into_iter().fold(needs, Needs::and_field) }
}

/// Is the result of the expression a Boolean, for all that can be told from its form? `if`, `case` and the like are, if all that they
/// choose from is.
fn is_condition(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Bool(_)
        | ExprKind::Not(_)
        | ExprKind::Compare(..)
        | ExprKind::Logic(..)
        | ExprKind::SearchMatch(_)
        | ExprKind::Subsearch(_) => true,
        ExprKind::Call(function, arguments) => call_is_condition(*function, arguments),
        _ => false,
    }
}

/// Is the result of this call a Boolean?
fn call_is_condition(function: Function, arguments: &[Expr]) -> bool {
    use Function as F;
    let chosen = |mut values: &mut dyn Iterator<Item = &Expr>| {
        let mut any = false;
        let all = (&mut values).filter(|value| value.kind != ExprKind::Null).all(|value| {
            any = true;
            is_condition(value)
        });
        any && all
    };
    match function {
        F::IsNull
        | F::IsNotNull
        | F::IsNum
        | F::IsInt
        | F::IsStr
        | F::IsBool
        | F::IsMv
        | F::Match
        | F::Like
        | F::CidrMatch
        | F::In
        | F::JsonValid => true,
        F::If => chosen(&mut arguments.iter().skip(1)),
        F::Case | F::Validate => chosen(&mut arguments.iter().skip(1).step_by(2)),
        F::Coalesce | F::NullIf => chosen(&mut arguments.iter()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use retrohunt_spl::span::Span;

    fn expr(kind: ExprKind) -> Expr {
        Expr::new(kind, Span::default())
    }

    #[test]
    fn section_5_10_8_what_is_a_condition() {
        let field = || expr(ExprKind::Field("a".into()));
        let call = |function, arguments| is_condition(&expr(ExprKind::Call(function, arguments)));
        let truth = || expr(ExprKind::Bool(true));
        let null = || expr(ExprKind::Null);
        assert!(call(Function::Match, vec![field(), field()]));
        assert!(!call(Function::Len, vec![field()]));
        assert!(call(Function::If, vec![truth(), truth(), null()]));
        assert!(!call(Function::If, vec![truth(), truth(), field()]));
        assert!(!call(Function::If, vec![truth(), null(), null()]));
        assert!(call(Function::Case, vec![field(), truth(), field(), truth()]));
        assert!(!call(Function::Case, vec![truth(), field()]));
        assert!(!is_condition(&field()));
    }
}
