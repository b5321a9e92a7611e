//! `retrohunt synth`: synthetic telemetry with planted ground truth.

use crate::{args::Synth, failure::Failure};

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the arguments do not fit the files.
pub(super) fn run(_args: &Synth) -> Result<u8, Failure> {
    Err(Failure::usage("the engine is not connected"))
}
