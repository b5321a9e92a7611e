//! Golden files of the language: for every `spl/<point>.spl` its tokens and its plan, for every `diagnostics/<mistake>.spl` the messages.
//!
//! `UPDATE_GOLDEN=1 cargo test -p retrohunt-tests --test golden` writes the files anew; review the difference like code.

#![expect(clippy::unwrap_used, reason = "a test stops where its files are missing")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use retrohunt_spl::lex::{self, TokenKind};
use retrohunt_spl::macros::Macros;
use retrohunt_spl::{compile, diagnostic, expand, print, split};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The rules of a folder: name and text without the line break at the end.
fn rules(name: &str) -> Vec<(PathBuf, String)> {
    let mut found: Vec<(PathBuf, String)> = std::fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "spl"))
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap().trim_end().to_owned()))
        .collect();
    found.sort();
    assert!(found.len() > 5, "the golden files of `{name}` are missing");
    found
}

/// Compares with the file of that ending, or writes it.
fn golden(path: &Path, ending: &str, actual: &str) {
    let path = path.with_extension(ending);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{} differs; see the head of this test for how to update it", path.display());
}

/// The tokens of every stage, one line each.
fn tokens(text: &str) -> String {
    let (expanded, _) = expand::expand(text, &Macros::shipped());
    let (stages, _) = split::stages(&expanded.text);
    let mut out = String::new();
    for stage in &stages {
        let arguments = &expanded.text[stage.arguments..stage.end];
        let search = stage.name.is_empty() || stage.name.eq_ignore_ascii_case("search");
        let _ = writeln!(out, "{}", if stage.name.is_empty() { "(search)" } else { &stage.name });
        let tokens =
            if search { lex::search(arguments, stage.arguments) } else { lex::words(arguments, stage.arguments) };
        for token in tokens {
            let origin = expanded.origin(token.start, token.end);
            let kind = match token.kind {
                TokenKind::Directive(true, text) => format!("CASE({text})"),
                TokenKind::Directive(false, text) => format!("TERM({text})"),
                kind => format!("{kind:?}"),
            };
            let _ = writeln!(out, "  {origin} {kind}");
        }
    }
    out
}

#[test]
fn tokens_and_plans() {
    let macros = Macros::shipped();
    for (path, text) in rules("spl") {
        golden(&path, "tokens", &tokens(&text));
        let (plan, findings) = compile(&text, &macros);
        let plan = plan.unwrap_or_else(|| panic!("{}: {findings:?}", path.display()));
        let printed = print::plan(&plan);
        golden(&path, "plan", &format!("{}\n", printed.replace(" | ", "\n| ")));
        let (again, _) = compile(&printed, &macros);
        assert_eq!(again.as_ref(), Some(&plan), "{}: the printed plan reads back differently", path.display());
    }
}

#[test]
fn messages() {
    let macros = Macros::shipped();
    for (path, text) in rules("diagnostics") {
        let (_, findings) = compile(&text, &macros);
        let mut out = String::new();
        for finding in &findings {
            let place = format!("rule:{}", finding.span.start + 1);
            out.push_str(&diagnostic::render(finding, &place, &text));
        }
        golden(&path, "out", &out);
    }
}

#[test]
fn every_code_has_a_message_on_file() {
    let messages: String = rules("diagnostics")
        .iter()
        .map(|(path, _)| std::fs::read_to_string(path.with_extension("out")).unwrap_or_default())
        .collect();
    let missing: Vec<&str> = diagnostic::codes::ALL
        .iter()
        .map(|(code, _)| code.0)
        .filter(|code| !messages.contains(&format!("[{code}]")))
        // Needs more text than a file should hold; tested in `retrohunt_spl::expand`.
        .filter(|code| !["E0203", "E0204"].contains(code))
        // Need macros with `iseval` or `validation`; tested in `retrohunt_spl::macros`.
        .filter(|code| !["E0180", "E0181"].contains(code))
        .collect();
    assert!(missing.is_empty(), "no file in diagnostics/ shows {missing:?}");
}
