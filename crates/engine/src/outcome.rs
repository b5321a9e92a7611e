//! What a run gave: result rows by rule, and what became of every file.

use std::path::PathBuf;

use retrohunt_spl::diagnostic::Code;
use retrohunt_stages::{RowKey, Table};

use crate::metrics::Metrics;

/// What a run gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// By rule, in the order of the program.
    pub rules: Vec<RuleOutcome>,
    /// By input file, in path order.
    pub inputs: Vec<InputOutcome>,
    /// Rows and bytes at each narrowing, over all files.
    pub metrics: Metrics,
    /// The run was stopped before its end, and why.
    pub stopped: Option<String>,
}

impl Outcome {
    /// Was everything read that had to be, and did every runnable rule come to its end?
    #[must_use]
    pub fn complete(&self) -> bool {
        let read = self.inputs.iter().all(|input| input.error.is_none() && input.failed.is_empty());
        read && self.stopped.is_none() && self.rules.iter().all(|rule| rule.error.is_none() && rule.undecided == 0)
    }

    /// Returns the number of result rows of all rules.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.rules.iter().map(|rule| rule.table.rows.len()).sum()
    }

    /// Returns the source position that an order key stands for: file, row group, row in it.
    #[must_use]
    pub fn position(&self, key: &RowKey) -> Option<(&PathBuf, usize, u64)> {
        let input = self.inputs.get(usize::try_from(key.file).ok()?)?;
        let group = input.first_rows.partition_point(|&first| first <= key.row).checked_sub(1)?;
        Some((&input.path, group, key.row - input.first_rows[group]))
    }
}

/// What one rule gave.
#[derive(Debug, Default)]
pub struct RuleOutcome {
    /// Its result rows, in its own order; empty for a rule that did not run.
    pub table: Table,
    /// Its pipeline failed: the result is not complete.
    pub error: Option<String>,
    /// Rows on which it could not be decided.
    pub undecided: u64,
    /// What was noteworthy about it in the input's schemas, sorted.
    pub notes: Vec<(Code, String)>,
}

/// What became of one file.
#[derive(Debug, Default, Clone)]
pub struct InputOutcome {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its rows, read or pruned.
    pub rows: u64,
    /// Number of row groups.
    pub row_groups: usize,
    /// Row groups that were read.
    pub read: usize,
    /// Row groups in which no rule could have a row, proved without reading them.
    pub pruned: usize,
    /// Row groups that could not be read, and why; ascending.
    pub failed: Vec<(usize, String)>,
    /// The file could not be opened.
    pub error: Option<String>,
    /// First row of each row group.
    pub first_rows: Vec<u64>,
    /// Names of the profiles that were applied.
    pub profiles: Vec<String>,
}
