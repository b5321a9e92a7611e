//! Why a command ended without an outcome: said once, on standard error, with what to do.

use std::{fmt, io, path::Path};

use crate::exit;

/// The end of a command that cannot go on.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What it means for the exit code.
    kind: Kind,
    /// What is wrong, in one sentence without a final stop.
    message: String,
    /// What to do about it.
    help: Option<String>,
}

/// The sort of a [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The command line or something that it names is wrong.
    Usage,
    /// Results could not be written to the end.
    Output,
    /// Whoever read our output has seen enough (`| head`). Not a mistake of anybody.
    Closed,
}

impl Failure {
    /// Returns a failure of the command line, or of something that it names: exit code 3.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, message: message.into(), help: None }
    }

    /// Returns the failure with what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Returns the failure of writing to `path`: exit code 4, since results are missing.
    pub(crate) fn writing(path: &Path, error: &io::Error) -> Self {
        let message = format!("cannot write {}: {error}", path.display());
        Self { kind: Kind::Output, message, help: None }
    }

    /// Returns the exit code.
    pub(crate) fn code(&self) -> u8 {
        match self.kind {
            Kind::Usage => exit::USAGE,
            Kind::Output => exit::INCOMPLETE,
            Kind::Closed => exit::COMPLETE,
        }
    }

    /// Returns whether there is nothing to say: the reader of our output went away.
    pub(crate) fn is_silent(&self) -> bool {
        self.kind == Kind::Closed
    }
}

/// The failure of writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::BrokenPipe { Kind::Closed } else { Kind::Output };
        Self { kind, message: format!("cannot write the results: {error}"), help: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sort_has_its_code() {
        assert_eq!(Failure::usage("x").code(), 3);
        assert_eq!(Failure::from(io::Error::other("disk full")).code(), 4);
        assert_eq!(Failure::writing(Path::new("a"), &io::Error::other("x")).to_string(), "cannot write a: x");
    }

    #[test]
    fn a_closed_pipe_is_silent_and_no_error() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(failure.is_silent());
        assert_eq!(failure.code(), 0);
    }

    #[test]
    fn help_stands_on_a_line_of_its_own() {
        assert_eq!(Failure::usage("no input").help("name one").to_string(), "no input\n  help: name one");
    }
}
