//! What is said on standard error: messages of commands, and the log of the crates with `-v`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::{args::Talk, terminal::escape};

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Something cannot be done.
    Error,
    /// Something is likely not as it is meant.
    Warning,
    /// Something is worth knowing.
    Note,
}

/// Standard error, as the user wants to hear from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Messages {
    /// Whether only errors are wanted.
    quiet: bool,
    /// Whether colours may be used.
    color: bool,
}

impl Messages {
    /// Returns standard error as the options ask for it, and sends the log of the crates there.
    pub(crate) fn new(talk: Talk) -> Self {
        let auto = || anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        let color = talk.color.decide(auto);
        let level = match (talk.quiet, talk.verbose) {
            (true, _) => LevelFilter::Error,
            (false, 0) => LevelFilter::Warn,
            (false, 1) => LevelFilter::Info,
            (false, 2) => LevelFilter::Debug,
            (false, _) => LevelFilter::Trace,
        };
        // Only a second call could fail, and there is none.
        if log::set_logger(&Logger).is_ok() {
            log::set_max_level(level);
        }
        Self { quiet: talk.quiet, color }
    }

    /// Returns standard error that says nothing but errors, for tests.
    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        Self { quiet: true, color: false }
    }

    /// Says `message`, which may have further lines; whatever a terminal would obey in it is written out.
    pub(crate) fn say(&self, severity: Severity, message: &str) {
        if !(self.quiet && severity != Severity::Error) {
            let _ = self.write(&mut io::stderr().lock(), severity, message);
        }
    }

    /// Says something that only those who ask for more want to know (`-v`).
    pub(crate) fn detail(&self, message: &str) {
        log::info!("{message}");
    }

    /// Writes a message to `out`.
    fn write(&self, out: &mut dyn Write, severity: Severity, message: &str) -> io::Result<()> {
        let (word, color) = match severity {
            Severity::Error => ("error", AnsiColor::Red),
            Severity::Warning => ("warning", AnsiColor::Yellow),
            Severity::Note => ("note", AnsiColor::Cyan),
        };
        let style = if self.color { Style::new().bold().fg_color(Some(color.into())) } else { Style::new() };
        write!(out, "{style}{word}{style:#}: ")?;
        for line in message.split('\n') {
            writeln!(out, "{}", escape(line))?;
        }
        Ok(())
    }
}

/// Sends the log to standard error.
struct Logger;

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("retrohunt")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let level = match record.level() {
                Level::Error => "error",
                Level::Warn => "warning",
                Level::Info => "info",
                Level::Debug => "debug",
                Level::Trace => "trace",
            };
            let text = record.args().to_string();
            let _ = writeln!(io::stderr().lock(), "{level}: {}: {}", record.target(), escape(&text));
        }
    }

    fn flush(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is said.
    fn said(color: bool, severity: Severity, message: &str) -> String {
        let mut out = Vec::new();
        Messages { quiet: false, color }.write(&mut out, severity, message).expect("memory");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_message_has_its_severity_and_its_lines() {
        assert_eq!(said(false, Severity::Warning, "odd\n  help: x"), "warning: odd\n  help: x\n");
        assert!(said(true, Severity::Error, "bad").starts_with("\x1b["));
    }

    #[test]
    fn names_of_files_cannot_talk_to_the_terminal() {
        assert_eq!(said(false, Severity::Note, "a\x1b]0;x\x07b"), "note: a\\x1b]0;x\\x07b\n");
    }

    #[test]
    fn only_our_own_crates_are_heard() {
        let heard = |target| Logger.enabled(&Metadata::builder().target(target).build());
        assert!(heard("retrohunt_engine::scan") && !heard("parquet::file"));
    }
}
