//! `retrohunt explain`: the plan of each rule, and on an archive its binding, search and pruning.

use super::{archive, load, to_stdout};
use crate::{args::Explain, failure::Failure, messages::Messages};

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the arguments do not fit the files.
pub(super) fn run(args: &Explain, messages: Messages) -> Result<u8, Failure> {
    let entries = load(&args.rules, messages)?;
    let settings = archive::settings(&args.times, 0, args.simd)?;
    let program = archive::program(&args.rules, &archive::rules(&entries), &settings, messages)?;
    let profiles = archive::profiles(&args.reading)?;
    let options = archive::options(&args.reading, 1, false);
    let files = if args.inputs.is_empty() { Vec::new() } else { archive::inputs(&args.inputs, messages)? };
    let mut failed = false;
    to_stdout(|out| {
        for (rule, compiled) in program.rules.iter().enumerate() {
            writeln!(out, "{}", retrohunt_engine::explain::plan(&program, rule))?;
            for finding in &compiled.findings {
                writeln!(out, "{}", archive::rendered(finding, &compiled.rule))?;
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
