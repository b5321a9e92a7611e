//! `retrohunt test`: the tests that rules carry, what differed, and which clause decided against an event.

use std::sync::Arc;

use retrohunt_catalogue::Entry;
use retrohunt_engine::trace::Trace;
use retrohunt_ruletest::{Report, Runner, Verdict, junit};

use super::{archive, load, to_stdout};
use crate::{
    args::Test,
    exit,
    failure::Failure,
    messages::{Messages, Severity},
    terminal::escape,
};

/// Runs the command and returns its exit code: 1 if a test failed, 2 if one could not be run.
///
/// # Errors
///
/// If the arguments are wrong, or no rule has a test.
pub(super) fn run(args: &Test, messages: Messages) -> Result<u8, Failure> {
    let entries = load(&args.rules, messages)?;
    let settings = archive::settings(&args.rules, messages, &args.times, 0, args.simd)?;
    let macros = archive::macros(&args.rules, messages)?;
    let profiles = archive::profiles(&args.reading)?;
    let options = archive::options(&args.reading, 1, true);
    let runner = Runner { macros: &macros, settings: &settings, profiles: &profiles, options: &options };
    let mut suites: Vec<(String, Vec<Report>)> = Vec::new();
    let mut broken = false;
    for rule in entries.iter().filter_map(Entry::rule) {
        let (tests, errors) = retrohunt_catalogue::rule_tests(rule);
        for error in &errors {
            broken = true;
            messages.say(Severity::Error, &error.to_string());
        }
        if !tests.is_empty() {
            suites.push((rule.path.display().to_string(), runner.run(&Arc::new(rule.clone()), &tests)));
        }
    }
    if suites.is_empty() && !broken {
        let failure = Failure::usage("none of the rules has a test");
        return Err(failure.help("write `tests:` into the rule's YAML, or a file `<rule>.tests.yml` beside it"));
    }
    if let Some(path) = &args.junit {
        std::fs::write(path, junit::document(&suites))
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    }
    to_stdout(|out| {
        for (name, reports) in &suites {
            for report in reports {
                write!(out, "{}", text(name, report))?;
            }
        }
        let count = |test: fn(&Verdict) -> bool| {
            suites.iter().flat_map(|(_, reports)| reports).filter(|report| test(&report.verdict)).count()
        };
        let passed = count(|verdict| matches!(verdict, Verdict::Passed));
        let failed = count(|verdict| matches!(verdict, Verdict::Failed { .. }));
        let stuck = count(|verdict| matches!(verdict, Verdict::Broken(_)));
        writeln!(out, "{passed} passed, {failed} failed, {stuck} could not be run, of {} rules", suites.len())
    })?;
    let any = |test: fn(&Verdict) -> bool| suites.iter().flat_map(|(_, reports)| reports).any(|r| test(&r.verdict));
    Ok(if broken || any(|verdict| matches!(verdict, Verdict::Broken(_))) {
        exit::NOT_RUNNABLE
    } else if any(|verdict| matches!(verdict, Verdict::Failed { .. })) {
        exit::FINDINGS
    } else {
        exit::COMPLETE
    })
}

/// A report as lines.
fn text(rule: &str, report: &Report) -> String {
    let head = format!("{}: {}", escape(rule), escape(&report.name));
    match &report.verdict {
        Verdict::Passed => format!("ok      {head}\n"),
        Verdict::Broken(message) => format!("broken  {head}\n        {}\n", escape(message)),
        Verdict::Failed { differences, traces } => {
            let mut out = format!("FAILED  {head}\n");
            for line in differences {
                out.push_str(&format!("        {}\n", escape(line)));
            }
            for (event, trace) in traces.iter().enumerate() {
                out.push_str(&format!("        event {}: {}", event + 1, verdict(trace)));
            }
            out
        }
    }
}

/// What a rule says of an event, in short: the clauses that decide against it, or where its rows went.
fn verdict(trace: &Trace) -> String {
    if trace.passes {
        let mut out = String::from("the condition takes it\n");
        for (command, rows) in &trace.commands {
            out.push_str(&format!("          {rows} rows after {}\n", escape(command)));
        }
        return out;
    }
    let mut out = String::from("the condition leaves it\n");
    for clause in trace.failed() {
        let detail = if clause.detail.is_empty() { String::new() } else { format!("  ({})", escape(&clause.detail)) };
        out.push_str(&format!("          does not hold: {}{detail}\n", escape(&clause.text)));
        let from = trace.clauses.iter().position(|known| std::ptr::eq(known, clause)).map_or(0, |at| at + 1);
        for part in trace.clauses[from..].iter().take_while(|part| part.depth > clause.depth) {
            out.push_str(&format!("          {}\n", line(part, part.depth - clause.depth)));
        }
    }
    out
}

/// A clause as a line, indented by its depth.
pub(super) fn line(clause: &retrohunt_engine::trace::Clause, depth: usize) -> String {
    let mark = match clause.holds {
        Some(true) => "yes ",
        Some(false) => "no  ",
        None => "-   ",
    };
    let detail = if clause.detail.is_empty() { String::new() } else { format!("  ({})", escape(&clause.detail)) };
    format!("{mark}{}{}{detail}", "  ".repeat(depth), escape(&clause.text))
}
