//! `retrohunt explain`: the plan of each rule, and on an archive its binding, search and pruning.

use std::io::{self, Write};

use retrohunt_engine::trace::Trace;

use super::{archive, load, to_stdout};
use crate::{args::Explain, failure::Failure, messages::Messages};

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the arguments do not fit the files.
pub(super) fn run(args: &Explain, messages: Messages) -> Result<u8, Failure> {
    let entries = load(&args.rules, messages)?;
    let settings = archive::settings(&args.rules, messages, &args.times, 0, args.simd)?;
    let program = archive::program(&args.rules, &archive::rules(&entries), &settings, messages)?;
    let profiles = archive::profiles(&args.reading)?;
    let options = archive::options(&args.reading, 1, false);
    let files = if args.inputs.is_empty() { Vec::new() } else { archive::inputs(&args.inputs, messages)? };
    let folder = tempfile::tempdir().map_err(|error| Failure::usage(error.to_string()))?;
    let event = args.event.as_ref().map(|path| {
        let events = retrohunt_catalogue::TestEvents::File(path.clone());
        retrohunt_ruletest::run::data_file(&events, folder.path())
    });
    let event = event.transpose().map_err(|error| Failure::usage(format!("--event: {error}")))?;
    let mut failed = false;
    to_stdout(|out| {
        for (rule, compiled) in program.rules.iter().enumerate() {
            writeln!(out, "{}", retrohunt_engine::explain::plan(&program, rule))?;
            for finding in &compiled.findings {
                writeln!(out, "{}", archive::rendered(finding, &compiled.rule))?;
            }
            if let (Some(path), Some(_)) = (&event, compiled.body) {
                match retrohunt_engine::trace::trace(&program, rule, path, &profiles, &options) {
                    Ok(traces) => write_traces(out, &traces)?,
                    Err(error) => {
                        failed = true;
                        writeln!(out, "{}\n", crate::terminal::escape(&error.to_string()))?;
                    }
                }
            }
            for path in &files {
                match retrohunt_engine::explain::file(&program, rule, path, &profiles, &options) {
                    Ok(text) => writeln!(out, "{text}")?,
                    Err(error) => {
                        failed = true;
                        writeln!(out, "{}\n", crate::terminal::escape(&error.to_string()))?;
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(if failed { crate::exit::INCOMPLETE } else { crate::exit::COMPLETE })
}

/// Writes why a rule takes or leaves each event.
fn write_traces(out: &mut dyn Write, traces: &[Trace]) -> io::Result<()> {
    for (event, trace) in traces.iter().enumerate() {
        let verdict = if trace.passes { "takes" } else { "leaves" };
        writeln!(out, "event {}: the condition {verdict} it", event + 1)?;
        for clause in &trace.clauses {
            writeln!(out, "  {}", super::test::line(clause, clause.depth))?;
        }
        for (command, rows) in &trace.commands {
            writeln!(out, "  {rows} rows after {}", crate::terminal::escape(command))?;
        }
    }
    Ok(())
}
