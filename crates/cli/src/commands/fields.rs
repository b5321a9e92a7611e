//! `retrohunt fields`: the columns of each input and the fields that they are mapped to.

use crate::{args::Fields, failure::Failure};

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the arguments do not fit the files.
pub(super) fn run(_args: &Fields) -> Result<u8, Failure> {
    Err(Failure::usage("the engine is not connected"))
}
