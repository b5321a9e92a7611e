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
//! | [`mod@expr`] | the text of an expression | [`plan::Expr`] |
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
pub mod plan;
pub mod print;
pub mod search;
pub mod span;
pub mod split;
pub mod time;

use crate::diagnostic::{Diagnostic, codes};
use crate::macros::Macros;
use crate::plan::{Command, Plan, SearchCommand, SearchExpr, Step};
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
    let (stages, mistakes) = split::stages(&expanded.text);
    let structure = mistakes.iter().any(|mistake| mistake.code == codes::UNTERMINATED_QUOTE);
    for mistake in mistakes {
        // An empty stage that is all that is left of a macro is no mistake (§1.3.10).
        if mistake.code == codes::EMPTY_STAGE && holds_macro(text, expanded.origin(mistake.start, mistake.end)) {
            continue;
        }
        findings.push(Diagnostic::new(mistake.code, expanded.origin(mistake.start, mistake.end), mistake.message));
    }
    if text.trim().is_empty() {
        findings.push(Diagnostic::new(codes::EMPTY_RULE, Span::new(0, text.len()), "the rule has no text"));
    }
    let mut steps = Vec::with_capacity(stages.len());
    // An unterminated quote inverts all later ones: what follows would be noise.
    if !structure {
        for stage in &stages {
            if stage.name == "|" && stages.len() > 1 {
                continue;
            }
            let span = expanded.origin(stage.start, stage.end);
            if let Some(command) = commands::parse(&expanded, stage, &mut findings) {
                steps.push(Step { command, span });
            }
        }
    }
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    findings.dedup();
    if findings.iter().any(|finding| finding.code.is_error()) {
        return (None, findings);
    }
    if !matches!(steps.first(), Some(Step { command: Command::Search(_), .. })) {
        let search = SearchCommand { expr: SearchExpr::All, earliest: None, latest: None };
        steps.insert(0, Step { command: Command::Search(search), span: Span::new(0, 0) });
    }
    (Some(Plan { steps }), findings)
}

/// Does a macro call stand in this part of the rule?
fn holds_macro(text: &str, span: Span) -> bool {
    text.get(span.range()).is_some_and(|part| part.contains('`'))
}

/// TEMPORARY
pub fn parse_search(_text: &str) -> Result<SearchExpr, Vec<Diagnostic>> {
    Err(Vec::new())
}
/// TEMPORARY
pub fn parse_expression(_text: &str) -> Result<plan::Expr, Vec<Diagnostic>> {
    Err(Vec::new())
}
