//! Expressions of `eval`, `where`, `head (…)` and `eval(…)` in aggregates (§6): text to [`Expr`].
//!
//! - `lex`: tokens
//! - `parse`: precedence (§6.1)
//! - `call`: calls, and the functions that have a form of their own
//! - `check`: what is wrong or worth a warning although it can be read
//! - `kind`: is it a condition or a value?
//!
//! Long chains of AND, OR and XOR become balanced trees, so that no later part needs a stack as deep as a rule is long; all other nesting
//! is bounded.

mod call;
mod check;
mod kind;
pub(crate) mod lex;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use check::{assigned, condition};
pub use kind::Truth;
pub(crate) use parse::{Level, Parser};

use crate::commands::Arguments;
use crate::diagnostic::Diagnostic;
use crate::expand::Expanded;
use crate::plan::Expr;
use crate::split::Stage;

/// Returns the expression that a text spells, and what was found on the way; there is one exactly if no finding is an error.
///
/// Macros are not expanded. Spans are in bytes of `text`.
///
/// ```
/// let (expr, findings) = retrohunt_spl::expr::parse(r#"NOT match(process, "(?i)cmd") AND count > 5"#);
/// assert!(findings.is_empty());
/// assert_eq!(retrohunt_spl::print::expression(&expr.unwrap()), r#"NOT match(process, "(?i)cmd") AND count > 5"#);
/// ```
#[must_use]
pub fn parse(text: &str) -> (Option<Expr>, Vec<Diagnostic>) {
    let expanded = Expanded::plain(text);
    let stage = Stage { name: "eval".to_owned(), start: 0, arguments: 0, end: text.len(), outer: (0, text.len()) };
    let mut findings = Vec::new();
    let mut arguments = Arguments::new(&expanded, &stage, &mut findings);
    let expr = Parser::new(&mut arguments, 0, text.len()).whole();
    (expr, findings)
}

/// Reads the bytes `start..end` of the expanded text as a condition; `None` after an error.
pub(crate) fn parse_condition(arguments: &mut Arguments<'_>, start: usize, end: usize) -> Option<Expr> {
    let expr = Parser::new(arguments, start, end).whole()?;
    condition(arguments.findings, &expr)?;
    Some(expr)
}
