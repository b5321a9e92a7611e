//! `retrohunt synth`: synthetic telemetry with planted ground truth.

use retrohunt_synth::{Options, TRUTH_FILE, generate};

use super::to_stdout;
use crate::{args::Synth, exit, failure::Failure};

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the folder is not empty, or cannot be written.
pub(super) fn run(args: &Synth) -> Result<u8, Failure> {
    let options =
        Options { seed: args.seed, raw: args.raw, overwrite: args.overwrite, ..Options::new(&args.out, args.rows) };
    let summary = generate(&options).map_err(|error| {
        let failure = Failure::usage(error.to_string());
        if error.is_not_empty() {
            failure.help("choose another folder, or replace its files with --overwrite")
        } else {
            failure
        }
    })?;
    to_stdout(|out| {
        for file in &summary.files {
            writeln!(
                out,
                "{}: {} rows, {} bytes",
                crate::terminal::escape(&args.out.join(&file.name).to_string_lossy()),
                file.rows,
                file.bytes
            )?;
        }
        writeln!(
            out,
            "{} rows; {} result rows of the bundled rule are in {TRUTH_FILE}",
            summary.rows(),
            summary.results
        )
    })?;
    Ok(exit::COMPLETE)
}
