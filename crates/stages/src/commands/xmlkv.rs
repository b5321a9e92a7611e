//! `xmlkv`: `<tag>text</tag>` pairs of a field.
//!
//! A pair is an element without elements inside; attributes are passed over, the text is taken as it stands, with blanks around it cut
//! off, and an empty one is no pair. A name keeps its letters, digits, `_`, `.`, `-` and `:`. Several elements of one name in a row give a
//! multivalue, which replaces a field that is there. Broken markup gives what can be read.

use super::cells::value_at;
use super::pairs::Found;
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::table::{Table, Value};
use crate::table_stage::{Context, TableStage};

/// An `xmlkv` made ready.
#[derive(Clone, Debug)]
pub(super) struct XmlKv {
    /// The field.
    field: String,
}

impl XmlKv {
    /// Makes an `xmlkv` ready.
    pub(super) fn new(field: &str) -> Self {
        Self { field: field.to_owned() }
    }
}

/// The name of a tag whose text starts after `<`; `None` for closing tags, comments and the like.
fn tag_name(tag: &str) -> Option<&str> {
    let end = tag.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ':'))).unwrap_or(tag.len());
    let (name, rest) = tag.split_at(end);
    let bounded = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (bounded && name.starts_with(|c: char| c.is_alphabetic() || c == '_')).then_some(name)
}

/// The pairs of a text, from left to right, each byte looked at once.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    // The name and the start of the text of the tag before, if it opened an element.
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|found| at + found) {
        let Some(end) = text[start..].find('>').map(|found| start + found) else { break };
        let tag = &text[start + 1..end];
        let closing = tag.strip_prefix('/').map(str::trim);
        if let (Some((name, from)), Some(closing)) = (open, closing)
            && name == closing
        {
            let value = text[from..start].trim();
            if !value.is_empty() {
                pairs.push((name, value));
            }
        }
        open = match closing {
            None if !tag.ends_with('/') => tag_name(tag).map(|name| (name, end + 1)),
            _ => None,
        };
        at = end + 1;
    }
    pairs
}

impl TableStage for XmlKv {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let field = table.column(&self.field);
        let mut found = Found::default();
        for (at, row) in table.rows.iter().enumerate() {
            let mut values: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
            for text in value_at(row, field).texts() {
                for (name, value) in pairs(&text) {
                    values.entry(name.to_owned()).or_default().push(value.to_owned());
                }
            }
            for (name, texts) in values {
                found.add(at, &name, Value::from_texts(texts));
            }
        }
        found.into_table("xmlkv", table)
    }

    fn needs(&self, after: Needs) -> Needs {
        // Fields that rows have already stay where nothing is found for them.
        after.and_field(&self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_without_elements_inside_are_pairs() {
        let text = "<Task version='1.2'><Exec>\n<Command>cmd.exe</Command> <Arguments a=\"b\"> /c x </Arguments ></Exec></Task>";
        assert_eq!(pairs(text), [("Command", "cmd.exe"), ("Arguments", "/c x")]);
        assert_eq!(pairs("<a>1</a><a>2</a><b/>3</b>"), [("a", "1"), ("a", "2")]);
    }

    #[test]
    fn broken_markup_gives_what_can_be_read() {
        assert_eq!(pairs("<a>1</b><c>2</c><d>3"), [("c", "2")]);
        assert_eq!(pairs("a < b > c </ b><!-- x --><?y?><é>ü</é>"), [("é", "ü")]);
        assert_eq!(pairs("<><</>>"), []);
        assert_eq!(pairs(&"<".repeat(100_000)), []);
        assert_eq!(pairs(&"<a>".repeat(10_000)), []);
    }
}
