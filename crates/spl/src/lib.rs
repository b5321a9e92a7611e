//! SPL text to a checked plan.
//!
//! This crate owns the language: lexing, macros, search expressions, commands, and the messages about a rule's text. It does not know
//! archives, columns or values; it never reads files and never prints. What a construct means is stated by the specification, cited as
//! "§3.4" all over.
//!
//! | step | from | to |
//! | --- | --- | --- |
//! | [`expand`](mod@expand) | text | text without macros and comments, each byte with its origin |
//! | [`split`] | text | stages |
//! | [`lex`] | a stage | tokens |
//! | [`search`](mod@search), [`commands`] | tokens | [`plan::Command`] |
//! | [`mod@print`] | a plan | text that gives the same plan |
//!
//! ```
//! use retrohunt_spl::{compile, macros::Macros, print};
//!
//! let (plan, findings) = compile(r#"TERM(ProcessRollup2) ".exe" OR psexec | table _time, host"#, &Macros::shipped());
//! assert!(findings.is_empty());
//! assert_eq!(print::plan(&plan.unwrap()), r#"search TERM("ProcessRollup2") (".exe" OR "psexec") | table _time, host"#);
//! ```

#![forbid(unsafe_code)]

pub mod breakers;
pub mod commands;
pub mod diagnostic;
pub mod escape;
pub mod expand;
pub mod expr;
pub mod functions;
pub mod lex;
pub mod macros;
pub mod manual;
mod pipeline;
pub mod plan;
pub mod print;
pub mod search;
pub mod span;
pub mod split;
pub mod time;

use crate::diagnostic::{Diagnostic, codes};
use crate::expand::Expanded;
use crate::macros::Macros;
use crate::pipeline::Begin;
use crate::plan::{Plan, SearchCommand, SearchExpr};
use crate::span::Span;

/// Returns the plan of a rule and everything found on the way, in the order of the text.
///
/// There is a plan exactly if no finding is an error. Spans are in bytes of `text`, also for text that came out of a macro: they then
/// cover the macro's call.
#[must_use]
pub fn compile(text: &str, macros: &Macros) -> (Option<Plan>, Vec<Diagnostic>) {
    let (expanded, mut findings) = expand::expand(text, macros);
    if findings.iter().any(|finding| finding.code.is_error()) {
        return (None, findings);
    }
    if text.trim().is_empty() {
        findings.push(Diagnostic::new(codes::EMPTY_RULE, Span::new(0, text.len()), "the rule has no text"));
    }
    pipeline(&expanded, Begin::Rule, findings)
}

/// Returns the plan of commands that work on rows from elsewhere, such as the body of a `foreach` or an `appendpipe`, and everything
/// found on the way. No search is put before the first command, and macros are not expanded.
///
/// ```
/// let (plan, findings) = retrohunt_spl::parse_pipeline("rename a AS b | sort - b");
/// assert!(findings.is_empty());
/// assert_eq!(plan.unwrap().steps.len(), 2);
/// ```
#[must_use]
pub fn parse_pipeline(text: &str) -> (Option<Plan>, Vec<Diagnostic>) {
    let findings = if text.trim().is_empty() {
        vec![Diagnostic::new(codes::EMPTY_RULE, Span::new(0, text.len()), "there is no command")]
    } else {
        Vec::new()
    };
    pipeline(&Expanded::plain(text), Begin::Commands, findings)
}

/// Returns the plan of a subsearch such as the filled-in template of a `map` (§1.6.1, §5.28), and everything found on the way: a search,
/// or a command that makes rows, with or without a pipe before it. Macros are not expanded.
///
/// ```
/// let (plan, findings) = retrohunt_spl::parse_subsearch("inputlookup users.csv | table user");
/// assert!(findings.is_empty());
/// assert_eq!(retrohunt_spl::print::plan(&plan.unwrap()), "| inputlookup users.csv | table user");
/// ```
#[must_use]
pub fn parse_subsearch(text: &str) -> (Option<Plan>, Vec<Diagnostic>) {
    let findings = if text.trim().is_empty() {
        vec![Diagnostic::new(codes::EMPTY_RULE, Span::new(0, text.len()), "the subsearch has no text")]
    } else {
        Vec::new()
    };
    pipeline(&Expanded::plain(text), Begin::Subsearch, findings)
}

/// Returns the condition that a text spells, such as the result of a subsearch (§1.6.2). Macros are not expanded, and `NOT ()`, the
/// result without rows, is a condition that nothing fulfils (§1.6.3).
///
/// # Errors
///
/// What is wrong; a time bound too, which is no condition: see [`parse_search_command`].
pub fn parse_search(text: &str) -> Result<SearchExpr, Vec<Diagnostic>> {
    let search = parse_search_command(text)?;
    if search.earliest.is_some() || search.latest.is_some() {
        let span = Span::new(0, text.len());
        return Err(vec![Diagnostic::new(codes::TIME_BOUND_PLACE, span, "a time bound cannot stand here")]);
    }
    Ok(search.expr)
}

/// Returns the expression that a text spells, such as the result of a subsearch in `where` (§1.6.2). Macros are not expanded, and
/// `NOT ()`, the result without rows, is a condition that nothing fulfils (§1.6.3).
///
/// # Errors
///
/// The findings, if it is no expression.
pub fn parse_expression(text: &str) -> Result<plan::Expr, Vec<Diagnostic>> {
    let (_, no_rows) = commands::format_defaults();
    let empty = text.split_whitespace().eq(no_rows.split_whitespace());
    let (expr, findings) = expr::parse(if empty { "1=2" } else { text });
    expr.ok_or(findings)
}

/// Returns the search that a text spells, its time bounds included; otherwise as [`parse_search`].
///
/// # Errors
///
/// What is wrong.
pub fn parse_search_command(text: &str) -> Result<SearchCommand, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let search = search::parse_result(&Expanded::plain(text), &mut findings);
    if findings.iter().any(|finding| finding.code.is_error()) { Err(findings) } else { Ok(search) }
}

/// Reads a pipeline; a plan exactly if no finding is an error.
fn pipeline(expanded: &Expanded, begin: Begin, mut findings: Vec<Diagnostic>) -> (Option<Plan>, Vec<Diagnostic>) {
    let steps = pipeline::read(expanded, 0, expanded.text.len(), begin, &mut findings);
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    // A bracket that never closes is found by the split and by its command.
    findings.dedup_by(|later, first| {
        let twice = later.code == codes::UNBALANCED_BRACKET && (later.code, later.span) == (first.code, first.span);
        if twice && first.help.is_none() {
            first.help = later.help.take();
        }
        twice || later == first
    });
    let failed = findings.iter().any(|finding| finding.code.is_error());
    ((!failed).then_some(Plan { steps }), findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_1_6_3_no_rows_match_nothing() {
        assert_eq!(parse_search("NOT ()"), Ok(SearchExpr::Not(Box::new(SearchExpr::All))));
        assert_eq!(parse_expression("NOT ()"), parse_expression("1=2"));
        assert!(parse_expression("NOT ()").is_ok());
        let found = parse_search(r#"( ( a="1" AND b="x y" ) OR ( a="2" ) )"#).unwrap();
        assert_eq!(print::expr(&found), r#"(a="1" b="x y") OR a="2""#);
        assert_eq!(parse_search("a=(").unwrap_err()[0].code, codes::MISSING_OPERAND);
        assert_eq!(parse_search("earliest=-1d a=1").unwrap_err()[0].code, codes::TIME_BOUND_PLACE);
        assert_eq!(parse_search_command("earliest=-1d a=1").unwrap().earliest.unwrap().0, "-1d");
    }

    #[test]
    fn a_bracket_that_never_closes_is_named_once() {
        let (_, findings) = compile("a [search b | table x", &Macros::shipped());
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].code == codes::UNBALANCED_BRACKET && findings[0].help.is_some());
    }

    #[test]
    fn commands_for_rows_from_elsewhere_have_no_search_before_them() {
        let ok = |text: &str| parse_pipeline(text).0.map(|plan| print::plan(&plan));
        assert_eq!(ok("table a | reverse").unwrap(), "| table a | reverse");
        assert_eq!(ok("| table a").unwrap(), "| table a");
        assert_eq!(ok("a | table a"), None);
        assert_eq!(ok(" "), None);
        assert_eq!(ok("table a | makeresults"), None);
        // Macros are not expanded: a backtick is a character.
        assert_eq!(ok("| table a `b`").unwrap(), "| table a, \"`b`\"");
    }
}
