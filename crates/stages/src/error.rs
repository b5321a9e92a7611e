//! What can go wrong with a pipeline.

/// The codes of [`PipelineError`] with their meanings.
pub const ERROR_CODES: &[(&str, &str)] = &[
    ("E-STAGE-CLASH", "Two aggregates of one `stats` have the same name (§5.10.5)."),
    (
        "E-STAGE-WILDCARD",
        "The `*` of an aggregate's argument and of its name do not fit (§5.10.4), or a `by` holds one (§5.10.3).",
    ),
    ("E-STAGE-REGEX", "A pattern does not compile (§5.6.9)."),
    ("E-STAGE-TIME", "A time bound of a later `search` cannot be resolved."),
    ("E-STAGE-SPAN", "A bin's span is not above zero."),
    ("E-STAGE-BATCH", "A batch is malformed."),
    ("E-STAGE-PARTIAL", "A partial state has another version, belongs to another pipeline, or is malformed."),
    ("E-STAGE-LIMIT", "A limit of the pipeline was hit; the result would be incomplete."),
    ("E-STAGE-ARROW", "Arrow refused an operation."),
];

/// A pipeline that cannot be built, or rows and partial states that it cannot take.
///
/// | Code | Meaning |
/// | --- | --- |
/// | `E-STAGE-CLASH` | two aggregates of one `stats` have the same name (§5.10.5) |
/// | `E-STAGE-WILDCARD` | the `*` of two sides do not fit (§5.3.1, §5.10.4), or a `by` holds one (§5.10.3) |
/// | `E-STAGE-REGEX` | a pattern does not compile (§5.6.9), or has no group where one is needed (§5.7.2) |
/// | `E-STAGE-COMMAND` | a command cannot run in this form |
/// | `E-STAGE-FOREACH` | what `foreach` made of its template cannot run (§5.28) |
/// | `E-STAGE-TIME` | a time bound of a later `search` cannot be resolved |
/// | `E-STAGE-SPAN` | a bin's span is not above zero |
/// | `E-STAGE-ORDER` | a window of time over rows that are not in the order of their times (§5.12.5) |
/// | `E-STAGE-SPARKLINE` | a sparkline in a command that gives a value per row |
/// | `E-STAGE-BATCH` | a batch is malformed |
/// | `E-STAGE-PARTIAL` | a partial state has another version, belongs to another pipeline, or is malformed |
/// | `E-STAGE-LOOKUP` | a lookup table, or a column of it, is not there (§5.13.6) |
/// | `E-STAGE-OPERAND` | a subsearch that is an operand was not run (§1.6.2) |
/// | `E-STAGE-MAP` | a search of `map` failed, or cannot be run (§5.28) |
/// | `E-STAGE-LIMIT` | a limit of [`crate::Settings`] or of a command was hit; the result would be incomplete |
/// | `E-STAGE-ARROW` | arrow refused an operation |
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct PipelineError {
    /// Stable code.
    pub code: &'static str,
    /// Which command of the pipeline it is about, from 0.
    pub command_index: Option<usize>,
    /// What happened.
    pub message: String,
}

impl PipelineError {
    /// An error that is not about one command.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, command_index: None, message: message.into() }
    }

    /// The same error about a command, unless it says already which.
    pub(crate) fn at(mut self, command: usize) -> Self {
        self.command_index.get_or_insert(command);
        self
    }
}
