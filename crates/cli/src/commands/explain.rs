//! `retrohunt explain`: the plan of each rule.

use super::load;
use crate::{args::Explain, failure::Failure, messages::Messages};

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the arguments do not fit the files.
pub(super) fn run(args: &Explain, messages: Messages) -> Result<u8, Failure> {
    let _entries = load(&args.rules, messages)?;
    Err(Failure::usage("the engine is not connected"))
}
