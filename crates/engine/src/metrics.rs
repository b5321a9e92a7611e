//! Rows and bytes at each narrowing.

use std::ops::AddAssign;

/// What a scan, or a part of one, went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Rows of the row groups that were looked at, pruned ones included.
    pub rows: u64,
    /// Bytes of values that were searched undecoded.
    pub bytes_searched: u64,
    /// Rows that a search let through for some rule.
    pub candidate_rows: u64,
    /// Rows that passed a rule's filter, summed over rules.
    pub passed_rows: u64,
}

impl AddAssign for Metrics {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.bytes_searched += other.bytes_searched;
        self.candidate_rows += other.candidate_rows;
        self.passed_rows += other.passed_rows;
    }
}
