//! Expressions without fields, for macros that compute their text (§1.3.7, §1.3.8).

use retrohunt_spl::expr::Truth;
use retrohunt_spl::macros::Evaluated;
use retrohunt_spl::plan::Expr;
use retrohunt_stages::Settings;

/// Returns what an expression without fields gives. "Now" is the beginning of time: a macro's text must not depend on the clock.
#[must_use]
pub fn evaluate(expr: &Expr) -> Evaluated {
    let condition = expr.truth() == Truth::Boolean;
    match retrohunt_stages::constant(expr, condition, &Settings::default()) {
        Ok(retrohunt_stages::Constant::Condition(truth)) => Evaluated::Condition(truth),
        Ok(retrohunt_stages::Constant::Value(text)) => Evaluated::Value(text),
        Err(_) => Evaluated::Value(None),
    }
}
