//! How far a scan is, on standard error: a bar for people, lines of JSON for programs, or nothing.

use std::{
    io::{IsTerminal, Write},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::args;

/// Time between two lines of JSON.
const INTERVAL: Duration = Duration::from_secs(1);

/// The bar's form.
const TEMPLATE: &str = "{bar:30} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left  {msg}";

/// A scan's progress, which all threads of it report to.
///
/// Numbers are sums of what was reported; the order in which threads report does not matter.
#[derive(Debug)]
pub(crate) struct Progress {
    /// How it is shown.
    shown: Shown,
    /// Bytes to go through.
    total: u64,
    /// Bytes gone through, read or pruned.
    bytes: AtomicU64,
    /// Rows of results so far.
    hits: AtomicU64,
}

/// How progress is shown.
#[derive(Debug)]
enum Shown {
    /// Not at all.
    Nothing,
    /// As a bar.
    Bar(ProgressBar),
    /// As lines of JSON: when the scan began, and when the last line was written.
    Json(Instant, Mutex<Option<Instant>>),
}

/// One line of JSON.
#[derive(Debug, PartialEq, Serialize)]
struct Line {
    /// `progress`, or `done` in the last line.
    event: &'static str,
    /// Bytes gone through.
    bytes: u64,
    /// Bytes to go through.
    total_bytes: u64,
    /// Rows of results so far.
    hits: u64,
    /// Milliseconds since the scan began.
    elapsed_ms: u64,
}

impl Progress {
    /// Returns the progress of a scan of `total` bytes, shown as `mode` says; with `quiet`, only what was asked for.
    pub(crate) fn new(mode: args::Progress, quiet: bool, total: u64) -> Self {
        let shown = match mode {
            args::Progress::Json => Shown::Json(Instant::now(), Mutex::new(None)),
            args::Progress::Auto if !quiet && std::io::stderr().is_terminal() => Shown::Bar(bar(total)),
            args::Progress::Auto | args::Progress::Never => Shown::Nothing,
        };
        Self { shown, total, bytes: AtomicU64::new(0), hits: AtomicU64::new(0) }
    }

    /// Adds bytes that were read or pruned, and rows of results that they gave.
    pub(crate) fn advance(&self, bytes: u64, hits: u64) {
        // Only shown, so threads may see each other late.
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let hits = self.hits.fetch_add(hits, Ordering::Relaxed).saturating_add(hits);
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => {
                bar.inc(bytes);
                bar.set_message(hits_text(hits));
            }
            Shown::Json(began, last) => {
                // A thread that finds another at work leaves the line to it.
                let Ok(mut last) = last.try_lock() else { return };
                if last.is_none_or(|last| last.elapsed() >= INTERVAL) {
                    *last = Some(Instant::now());
                    print(&self.line("progress", began.elapsed()));
                }
            }
        }
    }

    /// Ends the showing: takes the bar away, or writes the last line.
    pub(crate) fn finish(&self) {
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.finish_and_clear(),
            Shown::Json(began, _) => print(&self.line("done", began.elapsed())),
        }
    }

    /// Returns what is to be told after `elapsed`.
    fn line(&self, event: &'static str, elapsed: Duration) -> Line {
        Line {
            event,
            bytes: self.bytes.load(Ordering::Relaxed),
            total_bytes: self.total,
            hits: self.hits.load(Ordering::Relaxed),
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Returns a bar on standard error.
fn bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(5));
    bar.set_style(style);
    bar
}

/// Returns the number of results, for people.
fn hits_text(hits: u64) -> String {
    if hits == 1 { "1 hit".to_owned() } else { format!("{hits} hits") }
}

/// Writes a line of JSON to standard error. That nobody reads it is no reason to stop.
fn print(line: &Line) {
    if let Ok(text) = serde_json::to_string(line) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_add_up() {
        let progress = Progress::new(args::Progress::Never, false, 400);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| progress.advance(1, 2)));
            }
        });
        progress.finish();
        let line = progress.line("done", Duration::from_millis(1500));
        assert_eq!(line, Line { event: "done", bytes: 400, total_bytes: 400, hits: 800, elapsed_ms: 1500 });
    }

    #[test]
    fn a_line_is_one_json_object() {
        let line = Progress::new(args::Progress::Never, true, 7).line("progress", Duration::ZERO);
        let expected = r#"{"event":"progress","bytes":0,"total_bytes":7,"hits":0,"elapsed_ms":0}"#;
        assert_eq!(serde_json::to_string(&line).expect("JSON"), expected);
    }

    #[test]
    fn the_template_of_the_bar_is_valid() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
        assert_eq!((hits_text(1), hits_text(0)), ("1 hit".to_owned(), "0 hits".to_owned()));
    }

    #[test]
    fn quiet_shows_no_bar() {
        assert!(matches!(Progress::new(args::Progress::Auto, true, 1).shown, Shown::Nothing));
        assert!(matches!(Progress::new(args::Progress::Json, true, 1).shown, Shown::Json(..)));
    }
}
