//! Command line of retrohunt: arguments in, results out.
//!
//! Only this crate prints, exits, and reads the environment. Results go to standard output, everything else to standard error;
//! the exit code tells whether the results are whole (see [`exit`]).
#![forbid(unsafe_code)]

mod args;
mod commands;
mod exit;
mod failure;
mod manifest;
mod messages;
mod output;
mod progress;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::Cli,
    messages::{Messages, Severity},
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a mistake in the arguments has our code, which is not the parser's.
            let code = if error.use_stderr() { exit::USAGE } else { exit::COMPLETE };
            // That nobody reads it is no reason to fail.
            let _ = error.print();
            return exit::exit(code);
        }
    };
    let messages = Messages::new(cli.talk);
    let code = commands::run(&cli, messages).unwrap_or_else(|failure| {
        if !failure.is_silent() {
            messages.say(Severity::Error, &failure.to_string());
        }
        failure.code()
    });
    exit::exit(code)
}
