//! Is an expression a condition or a value? Conditions exist only inside expressions (§4.1.2).

use crate::functions::Function;
use crate::plan::{Expr, ExprKind};

/// What an expression gives, as far as its text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// A condition: true or false.
    Boolean,
    /// A text, a number or a multivalue; or ∅ in the place of one.
    Value,
    /// Nothing is known: ∅ alone, or a subsearch.
    Unknown,
    /// The one or the other, by row.
    Mixed,
}

impl Truth {
    /// What a choice between two gives.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, other) => other,
            (this, Self::Unknown) => this,
            (this, other) if this == other => this,
            _ => Self::Mixed,
        }
    }
}

impl Expr {
    /// Returns whether the expression is a condition or a value.
    #[must_use]
    pub fn truth(&self) -> Truth {
        match &self.kind {
            ExprKind::Text { .. }
            | ExprKind::Number(_)
            | ExprKind::Field(_)
            | ExprKind::Negate(_)
            | ExprKind::Arithmetic(..) => Truth::Value,
            ExprKind::Bool(_)
            | ExprKind::Not(_)
            | ExprKind::Compare(..)
            | ExprKind::Logic(..)
            | ExprKind::SearchMatch(_) => Truth::Boolean,
            ExprKind::Null | ExprKind::Subsearch(_) => Truth::Unknown,
            ExprKind::Call(function, arguments) => call(*function, arguments),
        }
    }
}

/// What a call gives.
fn call(function: Function, arguments: &[Expr]) -> Truth {
    let choice =
        |values: &mut dyn Iterator<Item = &Expr>| values.fold(Truth::Unknown, |truth, value| truth.or(value.truth()));
    match function {
        Function::If => choice(&mut arguments.iter().skip(1)),
        Function::Case | Function::Validate => choice(&mut arguments.iter().skip(1).step_by(2)),
        Function::Coalesce => choice(&mut arguments.iter()),
        Function::NullIf => choice(&mut arguments.iter().take(1)),
        Function::IsNull
        | Function::IsNotNull
        | Function::IsNum
        | Function::IsInt
        | Function::IsStr
        | Function::IsBool
        | Function::IsMv
        | Function::Match
        | Function::Like
        | Function::CidrMatch
        | Function::In
        | Function::JsonValid => Truth::Boolean,
        _ => Truth::Value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(text: &str) -> Truth {
        crate::expr::parse(text).0.unwrap_or_else(|| panic!("{text} is refused")).truth()
    }

    #[test]
    fn choices_take_after_their_values() {
        assert_eq!(truth("a"), Truth::Value);
        assert_eq!(truth("a . \"b\" = c"), Truth::Boolean);
        assert_eq!(truth("null()"), Truth::Unknown);
        assert_eq!(truth("if(a = 1, true(), null())"), Truth::Boolean);
        assert_eq!(truth("case(a = 1, 5, a = 2, isnull(b))"), Truth::Mixed);
        assert_eq!(truth("coalesce(null(), a)"), Truth::Value);
        assert_eq!(truth("nullif(match(a, \"b\"), null())"), Truth::Boolean);
        assert_eq!(truth("validate(isnum(a), \"no number\")"), Truth::Value);
    }
}
