//! One YAML document to one rule: the keys of both shapes in which Splunk rules are published.
//!
//! | Field of [`Rule`] | Forge armory | Splunk security content (ESCU) |
//! | --- | --- | --- |
//! | `id` | `id` | `id` |
//! | `title` | `title` | `name` |
//! | `description` | `description` | `description` |
//! | `logic` | `logic` | `search` |
//! | `logic_format` | `logic_format` | always Splunk |
//! | `techniques` | `techniques` | none |
//! | `technique_id` | `technique_id` | `tags.mitre_attack_id` |
//! | `data_category` | `data_category` | `data_source` |
//! | `references` | `references` | `references` |
//!
//! Other keys are ignored, whatever they hold.

use std::path::Path;

use crate::{
    Entry, LoadError, LoadErrorKind, NotSplunk, PositionMap, Rule,
    positions::SourceText,
    tree::{Collection, Documents, Node, Scalar, TreeError},
};

/// What is known of a rule file before it is read as YAML.
#[derive(Clone, Copy)]
pub(crate) struct File<'a> {
    /// As given or found.
    pub(crate) path: &'a Path,
    /// Of the file's bytes, in hexadecimal.
    pub(crate) sha256: &'a str,
    /// The file's text without a byte order mark.
    pub(crate) source: &'a SourceText,
}

/// Returns one entry for each document of the file, in file order; one error if the file is not YAML or holds nothing.
pub(crate) fn entries(file: File<'_>) -> Vec<Entry> {
    let documents = match crate::tree::parse(file.source.text()) {
        Ok(documents) => documents,
        Err(TreeError { kind, position, message }) => {
            return vec![Entry::Error(LoadError::new(kind, file.path, message).at(position))];
        }
    };
    let empty = |root: &&Node| !documents.scalar(root).is_some_and(Scalar::is_null);
    let entries: Vec<Entry> = documents.roots.iter().filter(empty).map(|root| entry(file, &documents, root)).collect();
    if entries.is_empty() {
        let error = LoadError::new(LoadErrorKind::NoLogic, file.path, "the file is empty");
        return vec![Entry::Error(error.help(HELP_LOGIC))];
    }
    entries
}

/// What a file without SPL is told.
const HELP_LOGIC: &str = "a rule has its SPL under `logic` (or `search`), or is an .spl file";

/// Returns what the document under `root` is.
fn entry(file: File<'_>, documents: &Documents, root: &Node) -> Entry {
    rule(file, documents, root).unwrap_or_else(Entry::Error)
}

/// Returns the rule, or the rule for another product, that the document under `root` is.
fn rule(file: File<'_>, documents: &Documents, root: &Node) -> Result<Entry, LoadError> {
    let Node::Collection(top) = root else {
        let error = LoadError::new(LoadErrorKind::Shape, file.path, "a rule is a mapping of keys to values");
        return Err(error.help(HELP_LOGIC));
    };
    if !top.mapping {
        let error = LoadError::new(LoadErrorKind::Shape, file.path, "the file is a list, and a rule is a mapping");
        return Err(error.at(top.mark.position).help("put each rule into a file of its own"));
    }
    let keys = Keys::new(file, documents, top)?;
    let id = keys.text("id")?.unwrap_or_else(|| stem(file.path));
    let title = keys.text("title")?.or(keys.text("name")?).unwrap_or_else(|| id.clone());
    let mut technique_id = keys.texts("technique_id");
    if let Some(Node::Collection(tags)) = keys.get("tags")
        && tags.mapping
    {
        technique_id.extend(Keys::new(file, documents, tags)?.texts("mitre_attack_id"));
    }
    let logic_format = keys.text("logic_format")?.unwrap_or_else(|| SPLUNK.to_owned());
    let (path, sha256) = (file.path.to_path_buf(), file.sha256.to_owned());
    if !is_splunk(&logic_format) {
        return Ok(Entry::NotSplunk(NotSplunk { id, title, path, sha256, logic_format, technique_id }));
    }
    let logic = keys.logic(top)?;
    let mut data_category = keys.texts("data_category");
    data_category.extend(keys.texts("data_source"));
    Ok(Entry::Rule(Box::new(Rule {
        id,
        title,
        description: keys.text("description")?.unwrap_or_default(),
        path,
        sha256,
        logic: logic.text.clone(),
        logic_format,
        techniques: keys.texts("techniques"),
        technique_id,
        data_category,
        references: keys.texts("references"),
        positions: positions(file.source, logic),
    })))
}

/// The language of a rule that names none.
pub(crate) const SPLUNK: &str = "Splunk";

/// Returns whether `logic_format` names the language of this project.
fn is_splunk(logic_format: &str) -> bool {
    ["splunk", "spl"].iter().any(|name| logic_format.eq_ignore_ascii_case(name))
}

/// Returns the file's name without its ending.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Returns where each byte of `logic` stands in the file.
fn positions(source: &SourceText, logic: &Scalar) -> PositionMap {
    let text = source.text();
    let start = text.char_indices().nth(logic.mark.index).map_or(text.len(), |(at, _)| at);
    PositionMap::of_scalar(source.clone(), content_start(text, start), logic.style, &logic.text)
}

/// Returns where the scalar at `start` begins after its anchor and tag, which the parser counts in; where one of them stands
/// before a block scalar, the first line with content.
fn content_start(text: &str, start: usize) -> usize {
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let mut at = start;
    while rest(at).starts_with(['&', '!']) {
        at += rest(at).find(char::is_whitespace).unwrap_or(rest(at).len());
        at += rest(at).find(|char: char| !char.is_whitespace()).unwrap_or(rest(at).len());
    }
    if at != start && rest(at).starts_with(['|', '>']) {
        at += rest(at).find(['\n', '\r']).unwrap_or(rest(at).len());
        at += rest(at).find(|char: char| !char.is_whitespace()).unwrap_or(rest(at).len());
    }
    at
}

/// The keys of one mapping, each once.
pub(crate) struct Keys<'a> {
    /// The file, for messages.
    file: File<'a>,
    /// For aliases.
    documents: &'a Documents,
    /// Key and value, in file order. Keys that are no text are left out: nothing reads them.
    pairs: Vec<(&'a Scalar, &'a Node)>,
}

impl<'a> Keys<'a> {
    /// Returns the keys of `mapping`.
    ///
    /// # Errors
    ///
    /// If a key stands twice, since readers of YAML differ in which one they take.
    pub(crate) fn new(file: File<'a>, documents: &'a Documents, mapping: &'a Collection) -> Result<Self, LoadError> {
        let mut seen = std::collections::HashMap::new();
        let mut pairs = Vec::new();
        for pair in mapping.children.chunks_exact(2) {
            let Some(key) = documents.scalar(&pair[0]) else { continue };
            if let Some(first) = seen.insert(key.text.as_str(), key.mark.position.line) {
                let message = format!("the key `{}` stands twice; the first is in line {first}", key.text);
                let error = LoadError::new(LoadErrorKind::DuplicateKey, file.path, message);
                return Err(error.at(key.mark.position).help("remove one of them"));
            }
            pairs.push((key, &pair[1]));
        }
        Ok(Self { file, documents, pairs })
    }

    /// Returns the value of `key`; `None` where the key or its value is missing.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        let (_, node) = self.pairs.iter().find(|(name, _)| name.text == key)?;
        (!self.documents.scalar(node).is_some_and(Scalar::is_null)).then_some(*node)
    }

    /// Returns the trimmed text under `key`; `None` where the key or its value is missing or blank.
    ///
    /// # Errors
    ///
    /// If the value is a list or a mapping.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, LoadError> {
        let Some(node) = self.get(key) else { return Ok(None) };
        let text = self.scalar(key, node)?.text.trim();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// Returns the trimmed texts in the list under `key`, or the one text that it is. Entries that are no text are left out.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let nodes = match self.get(key) {
            Some(Node::Collection(list)) if !list.mapping => list.children.as_slice(),
            Some(node) => std::slice::from_ref(node),
            None => &[],
        };
        let scalars = nodes.iter().filter_map(|node| self.documents.scalar(node)).filter(|scalar| !scalar.is_null());
        scalars.map(|scalar| scalar.text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    /// Returns the SPL of the rule that is the mapping `top`.
    ///
    /// # Errors
    ///
    /// If there is none, or it is no text.
    fn logic(&self, top: &Collection) -> Result<&'a Scalar, LoadError> {
        let found = ["logic", "search"].into_iter().find_map(|key| Some((key, self.get(key)?)));
        let error = |message: &str| LoadError::new(LoadErrorKind::NoLogic, self.file.path, message);
        let Some((key, node)) = found else {
            let named = |key| self.get(key).is_some();
            let (message, help) = if named("detection") {
                ("there is no SPL in the rule, which looks like a Sigma rule", "convert it to SPL first")
            } else if named("definition") {
                ("there is no SPL in the file, which looks like a macro", "pass macro files with --macros")
            } else if named("<<") {
                ("there is no SPL in the rule; merge keys (`<<`) are not followed", HELP_LOGIC)
            } else {
                ("there is no SPL in the rule", HELP_LOGIC)
            };
            return Err(error(message).at(top.mark.position).help(help));
        };
        let scalar = self.scalar(key, node)?;
        if scalar.text.trim().is_empty() {
            return Err(error(&format!("the SPL under `{key}` is empty")).at(scalar.mark.position).help(HELP_LOGIC));
        }
        Ok(scalar)
    }

    /// Returns the scalar that `node`, the value of `key`, is.
    fn scalar(&self, key: &str, node: &'a Node) -> Result<&'a Scalar, LoadError> {
        self.documents.scalar(node).ok_or_else(|| {
            let error = LoadError::new(LoadErrorKind::Shape, self.file.path, format!("`{key}` is not a text"));
            let error = error.help("put the value into quotes");
            match node {
                Node::Collection(collection) => error.at(collection.mark.position),
                _ => error,
            }
        })
    }
}
