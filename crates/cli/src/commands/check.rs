//! `retrohunt check`: which rules run, which do not, and why.

use std::io::{self, Write};

use retrohunt_catalogue::{Entry, Rule};

use super::{load, refused, to_stdout};
use crate::{
    args::{Check, ReportFormat},
    exit::{Outcome, Policy},
    failure::Failure,
    manifest::{CheckReport, CheckedRule, DiagnosticRecord, RuleRecord, Status},
    messages::Messages,
    terminal::escape,
};

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the arguments do not fit the files, or the report cannot be written.
pub(super) fn run(args: &Check, messages: Messages) -> Result<u8, Failure> {
    let entries = load(&args.rules, messages)?;
    let rules = entries.iter().map(|entry| match entry {
        Entry::Rule(rule) => CheckedRule::from(RuleRecord::new(rule, judge(rule))),
        Entry::NotSplunk(other) => CheckedRule::from(RuleRecord::from(other)),
        Entry::Error(error) => CheckedRule::from(RuleRecord::from(error)),
    });
    let report = CheckReport::new(rules.collect());
    match args.format {
        ReportFormat::Json => to_stdout(|out| {
            serde_json::to_writer_pretty(&mut *out, &report)?;
            writeln!(out)
        })?,
        ReportFormat::Text => {
            // The report lists them too, with less room: what to do about a file is said apart.
            entries.iter().for_each(|entry| drop(refused(entry, messages)));
            to_stdout(|out| text(out, &report))?;
        }
    }
    let outcome = Outcome { not_runnable: report.summary.not_runnable, ..Outcome::default() };
    Ok(outcome.code(Policy { fail_on_findings: false, allow_not_runnable: args.rules.allow_not_runnable }))
}

/// Returns what is wrong with the rule, or worth knowing.
fn judge(rule: &Rule) -> Vec<DiagnosticRecord> {
    vec![DiagnosticRecord::of_rule("N-NOT-JUDGED", "the engine is not connected".to_owned(), rule, 0)]
}

/// Writes the report for people: a line for each message, and the counts.
fn text(out: &mut dyn Write, report: &CheckReport) -> io::Result<()> {
    for rule in &report.rules {
        for diagnostic in &rule.diagnostics {
            let place = match (diagnostic.line, diagnostic.column) {
                (Some(line), Some(column)) => format!(":{line}:{column}"),
                _ => String::new(),
            };
            let word = match (rule.status, diagnostic.code.as_bytes().first()) {
                (Status::NotRunnable, Some(b'E')) => "error",
                (_, Some(b'W')) => "warning",
                _ => "note",
            };
            let path = escape(&rule.path);
            writeln!(out, "{path}{place}: {word}[{}]: {}", diagnostic.code, escape(&diagnostic.message))?;
        }
    }
    let counts = &report.summary;
    writeln!(
        out,
        "{} rules: {} run, {} run with warnings, {} cannot run",
        counts.total, counts.runs, counts.runs_with_warnings, counts.not_runnable
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_a_line_for_each_message_and_the_counts() {
        let rule = retrohunt_catalogue::query("a\n(");
        let error = DiagnosticRecord::of_rule("E0110", "no `)`\x1b".to_owned(), &rule, 2);
        let warning = DiagnosticRecord::new("W-X", "odd".to_owned());
        let report = CheckReport::new(vec![CheckedRule::from(RuleRecord::new(&rule, vec![error, warning]))]);
        let mut out = Vec::new();
        text(&mut out, &report).expect("memory");
        let expected = "--query:2:1: error[E0110]: no `)`\\x1b\n--query: warning[W-X]: odd\n\
             1 rules: 0 run, 0 run with warnings, 1 cannot run\n";
        assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
    }
}
