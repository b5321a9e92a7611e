//! What a run's outcome is to the shell: the frozen exit codes.

use std::process::ExitCode;

/// Everything went well, and every rule saw every row.
pub(crate) const COMPLETE: u8 = 0;
/// There are findings, and the caller asked to be told by the code.
pub(crate) const FINDINGS: u8 = 1;
/// A rule could not run.
pub(crate) const NOT_RUNNABLE: u8 = 2;
/// The command line, the configuration or an output is not as it must be; nothing was scanned.
pub(crate) const USAGE: u8 = 3;
/// Something is missing from the result: a file, a row group, a row, or what a limit cut off.
pub(crate) const INCOMPLETE: u8 = 4;

/// What a run came to, as far as the exit code is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Hits of all rules.
    pub(crate) findings: u64,
    /// Rules that could not run, rule files that could not be read among them.
    pub(crate) not_runnable: u64,
    /// Whether a file, a row group, a row or a limit keeps the result from being whole.
    pub(crate) incomplete: bool,
}

/// How the caller wants an outcome to be judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Whether findings have a code of their own (`--fail-on any`).
    pub(crate) fail_on_findings: bool,
    /// Whether rules that could not run are no reason for a code (`--allow-not-runnable`).
    pub(crate) allow_not_runnable: bool,
}

impl Outcome {
    /// Returns the exit code: the highest of those that apply.
    pub(crate) fn code(self, policy: Policy) -> u8 {
        let applies = [
            (self.findings > 0 && policy.fail_on_findings, FINDINGS),
            (self.not_runnable > 0 && !policy.allow_not_runnable, NOT_RUNNABLE),
            (self.incomplete, INCOMPLETE),
        ];
        applies.into_iter().filter(|(applies, _)| *applies).map(|(_, code)| code).max().unwrap_or(COMPLETE)
    }
}

/// Returns `code` in the form in which `main` gives it to the shell.
pub(crate) fn exit(code: u8) -> ExitCode {
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the code of an outcome under a policy, both given by their parts.
    fn code(
        findings: u64,
        not_runnable: u64,
        incomplete: bool,
        fail_on_findings: bool,
        allow_not_runnable: bool,
    ) -> u8 {
        let policy = Policy { fail_on_findings, allow_not_runnable };
        Outcome { findings, not_runnable, incomplete }.code(policy)
    }

    #[test]
    fn findings_count_only_when_asked() {
        assert_eq!(code(3, 0, false, false, false), 0);
        assert_eq!(code(3, 0, false, true, false), 1);
        assert_eq!(code(0, 0, false, true, false), 0);
    }

    #[test]
    fn rules_that_cannot_run_count_unless_allowed() {
        assert_eq!(code(0, 1, false, false, false), 2);
        assert_eq!(code(0, 1, false, false, true), 0);
    }

    #[test]
    fn the_highest_code_that_applies_wins() {
        for (findings, not_runnable, incomplete) in
            [0, 1, 2, 3, 4, 5, 6, 7].map(|bits| (bits & 1, bits >> 1 & 1, bits & 4 != 0))
        {
            let expected = match (findings, not_runnable, incomplete) {
                (_, _, true) => 4,
                (_, 1, _) => 2,
                (1, ..) => 1,
                _ => 0,
            };
            assert_eq!(code(findings, not_runnable, incomplete, true, false), expected);
        }
        assert_eq!(code(1, 1, false, true, true), 1);
        assert_eq!(code(1, 1, true, true, true), 4);
    }
}
