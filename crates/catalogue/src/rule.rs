//! One rule and its metadata.

use std::path::PathBuf;

use crate::{LoadError, PositionMap};

/// One result of loading, in load order: what a file, or a document in it, turned out to be.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A rule whose SPL can be parsed.
    Rule(Box<Rule>),
    /// A rule for another product.
    NotSplunk(NotSplunk),
    /// A file that is not a rule, and why.
    Error(LoadError),
}

/// A detection rule: its SPL and what its author says about it.
///
/// Texts are trimmed at both ends, except `logic`, which is as the file has it. Ids are not unique in real catalogues; the pair
/// of id and path is.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The author's id; the file's name without its ending where there is none.
    pub id: String,
    /// The title; the id where there is none.
    pub title: String,
    /// What the rule finds; empty where nothing is said.
    pub description: String,
    /// The file, as it was given or found.
    pub path: PathBuf,
    /// SHA-256 of the file's bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// The SPL text, decoded from the file's notation.
    pub logic: String,
    /// The language as the rule names it, `Splunk` where it names none.
    pub logic_format: String,
    /// Techniques in words, such as `execution:system services:service execution`.
    pub techniques: Vec<String>,
    /// ATT&CK technique ids, such as `T1569.002`.
    pub technique_id: Vec<String>,
    /// The kinds of data that the rule needs.
    pub data_category: Vec<String>,
    /// Where the idea comes from, usually addresses.
    pub references: Vec<String>,
    /// Where in the file each byte of `logic` stands.
    pub positions: PositionMap,
}

/// A rule in another language, which is named in the output and not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSplunk {
    /// The author's id; the file's name without its ending where there is none.
    pub id: String,
    /// The title; the id where there is none.
    pub title: String,
    /// The file, as it was given or found.
    pub path: PathBuf,
    /// SHA-256 of the file's bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// The language that the rule names.
    pub logic_format: String,
    /// ATT&CK technique ids.
    pub technique_id: Vec<String>,
}

impl NotSplunk {
    /// The stable code under which outputs list such a rule.
    pub const CODE: &'static str = "E-RULE-NOT-SPLUNK";

    /// Returns what to say about the rule, in one sentence without a final stop.
    #[must_use]
    pub fn message(&self) -> String {
        format!("not a Splunk rule: its logic_format is {:?}", self.logic_format)
    }
}

impl Entry {
    /// Returns the rule, if the entry is one.
    #[must_use]
    pub fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Rule(rule) => Some(rule),
            Self::NotSplunk(_) | Self::Error(_) => None,
        }
    }
}
