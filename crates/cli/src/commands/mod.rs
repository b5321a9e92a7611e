//! One module for each command: its arguments to an exit code. What they share is here: loading the rules.

mod archive;
mod check;
mod explain;
mod fields;
mod reference;
mod scan;
mod synth;
mod test;

use std::io::{self, BufWriter, Write};

use retrohunt_catalogue::{Entry, LoadError, LoadErrorKind};

use crate::{
    args::{self, Cli, Command},
    failure::Failure,
    manifest::RuleRecord,
    messages::{Messages, Severity},
    terminal::Screen,
};

/// Runs the command and returns its exit code.
///
/// # Errors
///
/// If the command cannot go on; its results, if any, are not whole.
pub(crate) fn run(cli: &Cli, messages: Messages) -> Result<u8, Failure> {
    let screen = Screen::of_stdout(cli.talk.color);
    match &cli.command {
        Command::Scan(args) => scan::run(args, cli.talk, screen, messages),
        Command::Check(args) => check::run(args, messages),
        Command::Explain(args) => explain::run(args, messages),
        Command::Test(args) => test::run(args, messages),
        Command::Fields(args) => fields::run(args, messages),
        Command::Synth(args) => synth::run(args),
        Command::Commands(args) => reference::commands(args),
        Command::Functions(args) => reference::functions(args),
        Command::ExplainCode(args) => reference::explain_code(args),
    }
}

/// Writes to standard output what `write` gives.
///
/// # Errors
///
/// If it cannot be written; silent if its reader went away.
fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    write(&mut out)?;
    Ok(out.flush()?)
}

/// Returns what the options mean: the selected rules, and with them files that are no rules, in load order.
///
/// # Errors
///
/// If a path is wrong, or no rule is left.
fn load(args: &args::Rules, messages: Messages) -> Result<Vec<Entry>, Failure> {
    let entries = match &args.query {
        Some(spl) => vec![Entry::Rule(Box::new(retrohunt_catalogue::query(spl)))],
        None => retrohunt_catalogue::load(&args.rules),
    };
    let wrong_path = |entry: &Entry| match entry {
        Entry::Error(error) if error.kind.is_path() => Some(path_failure(error)),
        _ => None,
    };
    if let Some(failure) = entries.iter().find_map(wrong_path) {
        return Err(failure);
    }
    let selected = args.selection().apply(entries);
    for part in &selected.unmatched {
        messages
            .say(Severity::Warning, &format!("no rule is named by {part:?} in --rule-id, --technique or --exclude"));
    }
    if selected.entries.is_empty() {
        let failure = Failure::usage("no rule is left to work on");
        return Err(failure.help("look at --rule-id, --technique and --exclude"));
    }
    Ok(selected.entries)
}

/// Returns the failure that a wrong path is.
fn path_failure(error: &LoadError) -> Failure {
    let failure = Failure::usage(error.to_string());
    match (&error.help, error.kind) {
        (Some(help), LoadErrorKind::Missing) => failure.help(format!("{help} after --rules")),
        (Some(help), _) => failure.help(help),
        (None, _) => failure,
    }
}

/// Says why an entry is no rule that can run, and returns its record; `None` for a rule.
fn refused(entry: &Entry, messages: Messages) -> Option<RuleRecord> {
    let (text, record) = match entry {
        Entry::Rule(_) => return None,
        Entry::NotSplunk(other) => (format!("{}: {}", other.path.display(), other.message()), RuleRecord::from(other)),
        Entry::Error(error) => {
            let help = error.help.as_ref().map(|help| format!("\n  help: {help}"));
            (format!("{error}{}", help.unwrap_or_default()), RuleRecord::from(error))
        }
    };
    messages.say(Severity::Warning, &text);
    Some(record)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// Returns what the words of a command line load.
    fn loaded(words: &[&str]) -> Result<Vec<Entry>, Failure> {
        let cli = Cli::try_parse_from([&["retrohunt", "check"], words].concat()).expect("arguments");
        let Command::Check(args) = &cli.command else { panic!("check") };
        load(&args.rules, Messages::silent())
    }

    #[test]
    fn a_query_is_a_rule() {
        let entries = loaded(&["--query", "cmd.exe"]).expect("a rule");
        assert_eq!(entries[0].rule().map(|rule| rule.logic.as_str()), Some("cmd.exe"));
    }

    #[test]
    fn a_wrong_path_is_a_usage_error() {
        let failure = loaded(&["--rules", "no/such/folder"]).expect_err("no such folder");
        assert_eq!(failure.code(), 3);
        assert!(failure.to_string().contains("no/such/folder: there is no such file"), "{failure}");
    }

    #[test]
    fn a_selection_of_nothing_is_a_usage_error() {
        assert_eq!(loaded(&["--query", "x", "--rule-id", "other"]).expect_err("nothing left").code(), 3);
    }

    #[test]
    fn files_that_are_no_rules_are_recorded() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bad.yml");
        std::fs::write(&path, "id: [").expect("written");
        let entries = loaded(&["--rules", path.to_str().expect("UTF-8")]).expect("loaded");
        assert_eq!(refused(&entries[0], Messages::silent()).map(|record| record.id).as_deref(), Some("bad"));
    }
}
