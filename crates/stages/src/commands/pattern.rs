//! Patterns of commands, and what is odd about them.

use std::sync::Arc;

use retrohunt_regex::Regex;

use crate::error::PipelineError;
use crate::notes::Notes;
use crate::predicate::compile_rescued;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// What matches.
    pub(super) regex: Arc<Regex>,
    /// What is odd: codes and sentences.
    findings: Vec<(&'static str, String)>,
}

impl Pattern {
    /// The compiled pattern; the one as it was written, if only that compiles (§1.4.4).
    ///
    /// # Errors
    ///
    /// `E-STAGE-REGEX` if neither compiles.
    pub(super) fn new(pattern: &str, raw_pattern: &str) -> Result<Self, PipelineError> {
        let (regex, notes, rescued) = compile_rescued(pattern, raw_pattern)
            .map_err(|error| PipelineError::new("E-STAGE-REGEX", format!("the pattern `{pattern}`: {error}")))?;
        let sentence = |note: retrohunt_regex::Note| (note.code, format!("the pattern `{pattern}`: {}", note.message));
        let mut findings: Vec<(&'static str, String)> = notes.into_iter().map(sentence).collect();
        if rescued {
            let message = format!("the pattern `{raw_pattern}` was taken as it is written, since unescaped it is none");
            findings.insert(0, ("W-REGEX-BACKSLASH", message));
        }
        Ok(Self { regex: Arc::new(regex), findings })
    }

    /// Notes what is odd, if there are rows: that no batch came by, or an empty one, must not show.
    pub(super) fn warn(&self, rows: usize, notes: &mut Notes) {
        if rows > 0 {
            self.findings.iter().for_each(|(code, message)| notes.warn(code, message));
        }
    }
}
