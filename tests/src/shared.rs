//! The recordings and published rules that lie beside the repository: read in place, not part of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retrohunt_catalogue::{Entry, Rule, load, load_macros};
use retrohunt_spl::macros::Macros;

/// Returns a place in the shared data; if it is not there, prints that the caller is skipped.
#[must_use]
#[expect(clippy::print_stdout, reason = "a test that is skipped must say so")]
pub fn place(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// Returns the Parquet recordings, in path order.
#[must_use]
pub fn recordings() -> Option<Vec<PathBuf>> {
    let entries = std::fs::read_dir(place("data/windows-events")?).ok()?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    files.sort();
    Some(files)
}

/// Returns the rules of a published catalogue, in path order.
#[must_use]
pub fn catalogue(name: &str) -> Option<Vec<Arc<Rule>>> {
    Some(rules(&place("rules")?.join(name)))
}

/// Returns the rules in a file or folder that can be read, in path order.
#[must_use]
pub fn rules(path: &Path) -> Vec<Arc<Rule>> {
    let entries = load(&[path.to_path_buf()]);
    entries.iter().filter_map(Entry::rule).map(|rule| Arc::new(rule.clone())).collect()
}

/// Returns the published macros of the second catalogue beside the shipped ones, or what cannot be read of them.
///
/// # Errors
///
/// If a definition cannot be read.
pub fn escu_macros() -> Result<Option<Macros>, String> {
    let Some(folder) = place("rules/escu-macros") else { return Ok(None) };
    let (definitions, errors) = load_macros(&[folder]);
    if !errors.is_empty() {
        return Err(format!("{errors:?}"));
    }
    let mut macros = Macros::shipped();
    for definition in definitions {
        let params: Vec<&str> = definition.arguments.iter().map(String::as_str).collect();
        macros.define(&definition.name, &params, &definition.definition);
    }
    Ok(Some(macros))
}
