//! Published rules split into stages as an independent splitter of a few lines splits them. Skipped, with a printed reason, where
//! `../shared` is not there.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test's own functions")]

use retrohunt_spl::expand::expand;
use retrohunt_spl::macros::Macros;
use retrohunt_spl::split::stages;
use retrohunt_tests::shared;

/// Returns the stages of a text, outer pipes only (§1.1.3): each from behind its pipe to the next.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut depth) = (false, 0_i32);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '|' if !quoted && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            _ => {}
        }
        let part = parts.last_mut().unwrap();
        part.push(character);
        if character == '\\' {
            part.extend(characters.next());
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Returns the command of a stage: its first word, `search` where the first stage has none.
fn command(part: &str, first: bool) -> String {
    let word: String = part.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let known = ["search", "tstats", "inputlookup", "makeresults", "mstats", "from", "union", "multisearch", "rest"];
    let known = known.contains(&word.to_lowercase().as_str());
    if first && !known { "search".to_owned() } else { word.to_lowercase() }
}

/// Compares the splits of a catalogue's rules; returns how many were compared, and those that differ.
fn compare(catalogue: &str, macros: &Macros) -> Option<(usize, Vec<String>)> {
    let mut differ = Vec::new();
    let mut compared = 0;
    for rule in shared::catalogue(catalogue)? {
        let (expanded, findings) = expand(&rule.logic, macros);
        let (found, mistakes) = stages(&expanded.text);
        // A quote or bracket that is never closed is refused; two splitters need not agree on the rest.
        if findings.iter().any(|finding| finding.code.is_error())
            || mistakes.iter().any(|mistake| mistake.code.is_error() && mistake.code.0 != "E0103")
        {
            println!("{}: malformed, not compared", rule.path.display());
            continue;
        }
        compared += 1;
        let begins_with_pipe = expanded.text.trim_start().starts_with('|');
        let parts = split(&expanded.text);
        let expected: Vec<String> =
            parts.iter().enumerate().map(|(at, part)| command(part, at == 0 && !begins_with_pipe)).collect();
        // A stage without a name is the search that begins a rule.
        let name = |name: &str| if name.is_empty() { "search".to_owned() } else { name.to_lowercase() };
        let found: Vec<String> =
            found.iter().filter(|stage| stage.name != "|").map(|stage| name(&stage.name)).collect();
        if found != expected {
            differ.push(format!("{}: {found:?}, expected {expected:?}", rule.path.display()));
        }
    }
    Some((compared, differ))
}

#[test]
fn stages_are_those_of_an_independent_split() {
    let Some(escu_macros) = shared::escu_macros().unwrap() else { return };
    for (catalogue, macros, least) in [("armory", Macros::shipped(), 960), ("escu", escu_macros, 820)] {
        let Some((compared, differ)) = compare(catalogue, &macros) else { return };
        println!("{catalogue}: {compared} rules compared");
        assert!(differ.is_empty(), "{} rules differ:\n{}", differ.len(), differ.join("\n"));
        assert!(compared >= least, "only {compared} rules were compared");
    }
}
