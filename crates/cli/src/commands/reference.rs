//! `retrohunt commands`, `retrohunt functions`, `retrohunt explain-code`: what is supported, and what a code means.

use std::io::{self, Write};

use retrohunt_catalogue::LoadErrorKind;
use retrohunt_spl::commands::docs;
use retrohunt_spl::diagnostic::{EXAMPLES, codes};
use retrohunt_spl::functions::{CONSTANTS, signatures};
use retrohunt_spl::manual;

use super::to_stdout;
use crate::{
    args::{ExplainCode, Listing, ListingFormat},
    exit,
    failure::Failure,
};

/// Prints the commands, or one.
///
/// # Errors
///
/// If there is no such command.
pub(super) fn commands(args: &Listing) -> Result<u8, Failure> {
    let named = |name: &&String, doc: &retrohunt_spl::commands::CommandDoc| {
        doc.name.eq_ignore_ascii_case(name) || doc.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    };
    let mut found: Vec<_> = docs().filter(|doc| args.name.as_ref().is_none_or(|name| named(&name, doc))).collect();
    if let (true, Some(name)) = (found.is_empty(), &args.name) {
        let failure = Failure::usage(format!("`{name}` is not a supported command"));
        return Err(failure.help("`retrohunt commands` lists them"));
    }
    found.sort_by_key(|doc| doc.name);
    if args.format == ListingFormat::Markdown && args.name.is_none() {
        return page(&manual::commands());
    }
    to_stdout(|out| {
        for doc in found {
            let aliases: String = doc.aliases.iter().map(|alias| format!(", {alias}")).collect();
            writeln!(out, "{}{aliases}  ({})\n    {}\n    {}", doc.name, doc.section, doc.syntax, doc.summary)?;
            doc.examples.iter().try_for_each(|example| writeln!(out, "    example: {example}"))?;
        }
        Ok(())
    })?;
    Ok(exit::COMPLETE)
}

/// Prints the functions, or one.
///
/// # Errors
///
/// If there is no such function.
pub(super) fn functions(args: &Listing) -> Result<u8, Failure> {
    if args.format == ListingFormat::Markdown && args.name.is_none() {
        return page(&manual::functions());
    }
    let wanted = |name: &str| args.name.as_ref().is_none_or(|wanted| name.eq_ignore_ascii_case(wanted));
    let mut found = 0_usize;
    to_stdout(|out| {
        for entry in signatures().filter(|entry| wanted(entry.name) || entry.aliases.iter().any(|alias| wanted(alias)))
        {
            found += 1;
            let aliases: String = entry.aliases.iter().map(|alias| format!(", also {alias}")).collect();
            writeln!(out, "{}{aliases}  ({}, {})\n    {}", entry.syntax, entry.family, entry.section, entry.summary)?;
            write_examples(out, entry.examples)?;
        }
        for entry in CONSTANTS.iter().filter(|entry| wanted(entry.name)) {
            found += 1;
            writeln!(out, "{}  (constants, {})\n    {}", entry.syntax, entry.section, entry.summary)?;
            write_examples(out, entry.examples)?;
        }
        Ok(())
    })?;
    match (&args.name, found) {
        (Some(name), 0) => {
            let failure = Failure::usage(format!("`{name}` is not a supported function"));
            Err(failure.help("`retrohunt functions` lists them; aggregates are under `retrohunt commands stats`"))
        }
        _ => Ok(exit::COMPLETE),
    }
}

/// Prints a page.
fn page(text: &str) -> Result<u8, Failure> {
    to_stdout(|out| write!(out, "{text}"))?;
    Ok(exit::COMPLETE)
}

/// Prints expressions and what they give.
fn write_examples(out: &mut dyn Write, examples: &[(&str, &str)]) -> io::Result<()> {
    examples.iter().try_for_each(|(text, value)| writeln!(out, "    example: {text}  gives  {value}"))
}

/// Prints what a code means, with an example and what to do.
///
/// # Errors
///
/// If there is no such code.
pub(super) fn explain_code(args: &ExplainCode) -> Result<u8, Failure> {
    let wanted = args.code.to_ascii_uppercase();
    let all = all_codes();
    let Some((code, meaning)) = all.iter().find(|(code, _)| *code == wanted) else {
        let mut near: Vec<&str> = all.iter().map(|(code, _)| *code).collect();
        near.sort_by_key(|code| std::cmp::Reverse(shared(code, &wanted)));
        near.truncate(3);
        let failure = Failure::usage(format!("there is no code {}", crate::terminal::escape(&args.code)));
        return Err(failure.help(format!("did you mean {}?", near.join(", "))));
    };
    to_stdout(|out| {
        writeln!(out, "{code}: {}", meaning.trim())?;
        let mut examples = EXAMPLES.iter().filter(|(known, ..)| known == code);
        examples.try_for_each(|(_, rule, help)| {
            let rule = if rule.is_empty() { "(an empty text)" } else { rule };
            writeln!(out, "\nexample:\n    {rule}\n\nwhat to do:\n    {help}")
        })
    })?;
    Ok(exit::COMPLETE)
}

/// How many characters two codes share at their beginning.
fn shared(left: &str, right: &str) -> usize {
    left.chars().zip(right.chars()).take_while(|(a, b)| a == b).count()
}

/// Every code that an output may carry, with its meaning.
fn all_codes() -> Vec<(&'static str, String)> {
    let owned = |(code, text): (&'static str, &str)| (code, text.to_owned());
    let mut all: Vec<(&'static str, String)> = codes::ALL.iter().map(|(code, text)| owned((code.0, text))).collect();
    all.extend(retrohunt_regex::codes().iter().map(|(code, what, help)| (*code, format!("Pattern: {what}. {help}."))));
    all.extend(retrohunt_stages::codes::ALL.iter().copied().map(owned));
    all.extend(retrohunt_stages::ERROR_CODES.iter().copied().map(owned));
    all.extend(retrohunt_engine::codes::ALL.iter().map(|(code, text)| owned((code.0, text))));
    all.extend(LoadErrorKind::ALL.iter().map(|kind| owned((kind.code(), kind.meaning()))));
    let mut seen = std::collections::HashSet::new();
    all.retain(|(code, _)| seen.insert(*code));
    all
}
