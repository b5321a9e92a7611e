//! Which profiles fit an archive: by its column names only, with the evidence.

use crate::field_map::ColumnDesc;
use crate::profile::{Evidence, Profile};

/// Which profiles fit, and why; each with a text for people.
#[derive(Clone, Debug)]
pub struct Choice<'p> {
    /// The profiles that fit, in the order given, with the columns that say so.
    pub chosen: Vec<Chosen<'p>>,
    /// The others, with what was missing.
    pub rejected: Vec<Rejected<'p>>,
}

/// A profile that fits.
#[derive(Clone, Debug)]
pub struct Chosen<'p> {
    /// The profile.
    pub profile: &'p Profile,
    /// For people, for example `columns EventID, Image and UtcTime`.
    pub evidence: String,
}

/// A profile that does not fit.
#[derive(Clone, Debug)]
pub struct Rejected<'p> {
    /// The profile.
    pub profile: &'p Profile,
    /// For people, for example `no column event_simpleName or #event_simpleName`.
    pub reason: String,
}

impl<'p> Choice<'p> {
    /// Returns the chosen profiles without their evidence.
    #[must_use]
    pub fn profiles(&self) -> Vec<&'p Profile> {
        self.chosen.iter().map(|chosen| chosen.profile).collect()
    }
}

/// Returns which of `profiles` fit an archive of these columns: all whose evidence is there, else those marked as fallback.
///
/// Only names are looked at (case-sensitively), never values, so files of one schema always get the same profiles.
#[must_use]
pub fn choose<'p>(columns: &[ColumnDesc<'_>], profiles: &'p [Profile]) -> Choice<'p> {
    let mut choice = Choice { chosen: Vec::new(), rejected: Vec::new() };
    for profile in profiles.iter().filter(|profile| !profile.fallback) {
        match weigh(columns, profile) {
            Ok(evidence) => choice.chosen.push(Chosen { profile, evidence }),
            Err(reason) => choice.rejected.push(Rejected { profile, reason }),
        }
    }
    let nothing_fits = choice.chosen.is_empty();
    for profile in profiles.iter().filter(|profile| profile.fallback) {
        if nothing_fits {
            choice.chosen.push(Chosen { profile, evidence: "no other profile fits".to_owned() });
        } else {
            choice.rejected.push(Rejected { profile, reason: "another profile fits".to_owned() });
        }
    }
    choice
}

/// Returns the evidence for a profile, or what is missing of it.
fn weigh(columns: &[ColumnDesc<'_>], profile: &Profile) -> Result<String, String> {
    let mut reasons = Vec::new();
    for evidence in &profile.evidence {
        match weigh_one(columns, profile, evidence) {
            Ok(text) => return Ok(text),
            Err(reason) => reasons.push(reason),
        }
    }
    if reasons.is_empty() {
        Err("it names no evidence and is used only when asked for".to_owned())
    } else {
        Err(reasons.join("; and "))
    }
}

/// Weighs one group of evidence.
fn weigh_one(columns: &[ColumnDesc<'_>], profile: &Profile, evidence: &Evidence) -> Result<String, String> {
    let find = |name: &String| {
        let candidates = profile.candidates(name);
        candidates.into_iter().find(|candidate| columns.iter().any(|column| column.name == candidate))
    };
    let mut found = Vec::new();
    for name in &evidence.all {
        match find(name) {
            Some(column) => found.push(column),
            None => return Err(format!("no column {}", profile.candidates(name).join(" or "))),
        }
    }
    let any: Vec<String> = evidence.any.iter().filter_map(find).collect();
    if any.len() < evidence.at_least {
        let wanted = evidence.any.join(", ");
        return Err(match any.as_slice() {
            [] => format!("none of the columns {wanted}"),
            some => format!("only {} of the columns {wanted}, {} needed", some.join(", "), evidence.at_least),
        });
    }
    found.extend(any);
    Ok(format!("columns {}", found.join(", ")))
}
