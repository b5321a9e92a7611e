//! `retrohunt check`: which rules run, which do not, and why.

use std::sync::Arc;

use std::io::{self, Write};

use retrohunt_catalogue::Entry;
use retrohunt_engine::{Program, Settings};

use super::{archive, load, refused, to_stdout};
use crate::{
    args::{Check, ReportFormat},
    exit::{Outcome, Policy},
    failure::Failure,
    manifest::{CanMatch, CheckReport, CheckedRule, RuleRecord, Status},
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
    let enrichment = archive::enrichment(&args.rules, messages)?;
    let settings = Settings { enrichment: Arc::new(enrichment), ..Settings::default() };
    let program = archive::program(&args.rules, &archive::rules(&entries), &settings, messages)?;
    let can_match = if args.against.is_empty() { None } else { Some(against(args, &program, messages)?) };
    let compiled = program.rules.iter().enumerate().map(|(index, compiled)| {
        let mut checked = CheckedRule::from(archive::record(compiled));
        checked.can_match = can_match.as_ref().and_then(|answers| answers.get(index)).copied();
        checked
    });
    let others = entries.iter().filter_map(|entry| match entry {
        Entry::Rule(_) => None,
        Entry::NotSplunk(other) => Some(CheckedRule::from(RuleRecord::from(other))),
        Entry::Error(error) => Some(CheckedRule::from(RuleRecord::from(error))),
    });
    let report = CheckReport::new(compiled.chain(others).collect());
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

/// Returns for each rule whether it could match in the archive.
///
/// # Errors
///
/// If an input is wrong.
fn against(args: &Check, program: &Program, messages: Messages) -> Result<Vec<CanMatch>, Failure> {
    let files = archive::inputs(&args.against, messages)?;
    let profiles = archive::profiles(&args.reading)?;
    let answers = retrohunt_engine::can_match(program, &files, &profiles, &archive::options(&args.reading, 1, false));
    let answers = answers.into_iter().zip(&program.rules).map(|(answer, compiled)| match answer {
        // What does not run matches nothing.
        _ if compiled.body.is_none() => CanMatch::No,
        retrohunt_engine::CanMatch::No => CanMatch::No,
        retrohunt_engine::CanMatch::Unknown => CanMatch::Unknown,
        retrohunt_engine::CanMatch::Yes => CanMatch::Yes,
    });
    Ok(answers.collect())
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
    )?;
    let answers: Vec<CanMatch> = report.rules.iter().filter_map(|rule| rule.can_match).collect();
    if !answers.is_empty() {
        let of = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
        let (yes, no, unknown) = (of(CanMatch::Yes), of(CanMatch::No), of(CanMatch::Unknown));
        writeln!(out, "in the archive: {yes} could match, {no} cannot, {unknown} unknown")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::DiagnosticRecord;

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
