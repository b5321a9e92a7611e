//! The tables of what is supported, as Markdown: made from the entries beside the parsers, so that they cannot promise what is not there.

use std::fmt::Write as _;

use crate::commands::{self, CommandDoc};
use crate::functions;

/// Returns the commands as a Markdown table, by name.
#[must_use]
pub fn commands() -> String {
    let mut docs: Vec<&CommandDoc> = commands::docs().collect();
    docs.sort_by_key(|doc| doc.name);
    let mut out = String::from("| Command | Syntax | What it does | Section |\n| --- | --- | --- | --- |\n");
    for doc in docs {
        let names: Vec<String> =
            std::iter::once(&doc.name).chain(doc.aliases).map(|name| format!("`{name}`")).collect();
        let _ = writeln!(
            out,
            "| {} | `{}` | {} | {} |",
            names.join(", "),
            cell(doc.syntax),
            cell(doc.summary),
            doc.section
        );
    }
    out
}

/// Returns the functions of expressions as Markdown, a table for each family.
#[must_use]
pub fn functions() -> String {
    let mut out = String::new();
    let mut family = "";
    for entry in functions::signatures() {
        if entry.family != family {
            family = entry.family;
            let _ = write!(out, "\n### {family}\n\n{FUNCTION_HEAD}");
        }
        let example = entry.examples.first().map(|(text, value)| format!("`{}` → `{}`", cell(text), cell(value)));
        let aliases: String = entry.aliases.iter().map(|alias| format!(", also `{alias}`")).collect();
        let _ = writeln!(
            out,
            "| `{}`{aliases} | {} | {} | {} |",
            cell(entry.syntax),
            cell(entry.summary),
            example.unwrap_or_default(),
            entry.section
        );
    }
    let _ = write!(out, "\n### constants\n\n{FUNCTION_HEAD}");
    for entry in functions::CONSTANTS {
        let example = entry.examples.first().map(|(text, value)| format!("`{}` → `{}`", cell(text), cell(value)));
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            cell(entry.syntax),
            cell(entry.summary),
            example.unwrap_or_default(),
            entry.section
        );
    }
    out.trim_start().to_owned()
}

/// Head of a table of functions.
const FUNCTION_HEAD: &str = "| Function | What it gives | Example | Section |\n| --- | --- | --- | --- |\n";

/// Text as it may stand in a cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page that holds the tables.
    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

    #[test]
    fn the_page_is_what_the_entries_say() {
        let text = format!("{HEAD}\n## Commands\n\n{}\n## Functions\n\n{}", commands(), functions());
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(PAGE, &text).unwrap();
        }
        let page = std::fs::read_to_string(PAGE).unwrap_or_default();
        assert!(page == text, "the page is not what the entries say; UPDATE_GOLDEN=1 writes it anew");
    }

    /// What stands above the tables.
    const HEAD: &str = "# What is supported\n\n\
        This page is written by a test of this crate from the entries that stand beside the parsers of commands and the table of functions;\n\
        `retrohunt commands` and `retrohunt functions` print the same entries. Anything else is refused with a code, which\n\
        `retrohunt explain-code` explains. A rule that `check` accepts is run by `scan`: both compile it in the same way.\n";

    #[test]
    fn a_pipe_does_not_end_a_cell() {
        assert_eq!(cell("a|b"), "a\\|b");
    }
}
