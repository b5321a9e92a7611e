//! XML as a tree, for `spath` (§5.25).
//!
//! Elements are named by the path of their names from the root, `a.b.c`; attributes are `a.b{@name}`. Elements of the same name in one
//! parent are one multivalue; `b{}` takes all of them too, `b{2}` the second one (XML counts from one). An element without elements
//! in it has its text as its value; one with elements has the text beside them as a leaf, and its inner XML at a path. An element
//! without content has no value.
//!
//! Names keep their prefixes. A document type is skipped and no entities but the five of XML and character references are replaced, so
//! nothing grows. The tree is kept in one list, so depth costs no stack.

use std::ops::Range;

use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::json_path::{Leaves, MAX_NAME_BYTES, Path, Step, TooLarge};
use crate::table::Value;

/// An element.
#[derive(Debug, Default)]
struct Element {
    /// Its name with prefix.
    name: String,
    /// Its parent's place; a root has none.
    parent: Option<usize>,
    /// Its elements' places.
    children: Vec<usize>,
    /// Its attributes, in order.
    attributes: Vec<(String, String)>,
    /// The text in it, without that of elements in it.
    text: String,
    /// Where its content stands in the source.
    inner: Range<usize>,
}

/// A document.
#[derive(Debug)]
pub(crate) struct Tree<'t> {
    /// The source.
    source: &'t str,
    /// Elements in document order.
    elements: Vec<Element>,
    /// The places of those without parent.
    roots: Vec<usize>,
}

impl<'t> Tree<'t> {
    /// Reads a text; `None` if it is no XML, or its elements are not closed.
    pub(crate) fn read(source: &'t str) -> Option<Self> {
        if !source.trim_ascii_start().starts_with('<') {
            return None;
        }
        let mut reader = Reader::from_str(source);
        let mut tree = Self { source, elements: Vec::new(), roots: Vec::new() };
        let mut open: Option<usize> = None;
        loop {
            let before = usize::try_from(reader.buffer_position()).ok()?;
            let event = reader.read_event().ok()?;
            let after = usize::try_from(reader.buffer_position()).ok()?;
            match event {
                Event::Start(start) => open = Some(tree.add(&start, open, after)),
                Event::Empty(start) => {
                    tree.add(&start, open, after);
                }
                Event::End(_) => {
                    let element = tree.elements.get_mut(open?)?;
                    element.inner.end = before;
                    open = element.parent;
                }
                Event::Text(text) => tree.push_text(open, &text.xml10_content()),
                Event::CData(text) => tree.push_text(open, &text.xml10_content()),
                Event::GeneralRef(reference) => {
                    if let Ok(Some(character)) = reference.resolve_char_ref() {
                        tree.push_text(open, character.encode_utf8(&mut [0; 4]));
                        continue;
                    }
                    let name = reference.into_inner();
                    match resolve_predefined_entity(&name) {
                        Some(text) => tree.push_text(open, text),
                        None => tree.push_text(open, &format!("&{name};")),
                    }
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => return (open.is_none() && !tree.roots.is_empty()).then_some(tree),
            }
        }
    }

    /// Adds an element whose content starts at `from`; returns its place.
    fn add(&mut self, start: &BytesStart<'_>, parent: Option<usize>, from: usize) -> usize {
        let mut element = Element { name: start.name().0.to_owned(), parent, inner: from..from, ..Element::default() };
        // The check for names that occur twice takes quadratic time.
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), Into::into);
            element.attributes.push((attribute.key.0.to_owned(), value));
        }
        let place = self.elements.len();
        self.elements.push(element);
        match parent.and_then(|parent| self.elements.get_mut(parent)) {
            Some(parent) => parent.children.push(place),
            None => self.roots.push(place),
        }
        place
    }

    /// Adds text to an element; text outside of all elements is dropped.
    fn push_text(&mut self, open: Option<usize>, text: &str) {
        if let Some(element) = open.and_then(|open| self.elements.get_mut(open)) {
            element.text.push_str(text);
        }
    }

    /// The values at a path, in document order.
    pub(crate) fn select(&self, path: &Path) -> Vec<Value> {
        // Elements of one name and one parent are a group; an index counts within each.
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (at, step) in path.steps.iter().enumerate() {
            match step {
                Step::Name(name) => {
                    let named = |places: &Vec<usize>| -> Vec<usize> {
                        places.iter().copied().filter(|place| self.elements[*place].name == *name).collect()
                    };
                    groups = if at == 0 {
                        vec![named(&self.roots)]
                    } else {
                        groups.iter().flatten().map(|place| named(&self.elements[*place].children)).collect()
                    };
                    groups.retain(|group| !group.is_empty());
                }
                Step::All => {}
                Step::Index(index) => {
                    let one = |group: &Vec<usize>| Some(vec![*group.get(index.checked_sub(1)?)?]);
                    groups = groups.iter().filter_map(one).collect();
                }
                Step::Attribute(name) => {
                    let attributes = groups.iter().flatten().flat_map(|place| &self.elements[*place].attributes);
                    let values = attributes.filter(|(known, _)| known == name);
                    // Nothing is below an attribute.
                    let last = at + 1 == path.steps.len();
                    return values.filter(|_| last).map(|(_, value)| Value::Text(value.clone())).collect();
                }
            }
        }
        groups.iter().flatten().filter_map(|place| self.value(*place)).collect()
    }

    /// The value of an element at a path.
    fn value(&self, place: usize) -> Option<Value> {
        let element = self.elements.get(place)?;
        let text = if element.children.is_empty() {
            element.text.as_str()
        } else {
            self.source.get(element.inner.clone())?.trim()
        };
        (!text.trim().is_empty()).then(|| Value::Text(text.to_owned()))
    }

    /// All leaves: attributes, and elements that have a text.
    pub(crate) fn leaves(&self) -> Result<Leaves, TooLarge> {
        let mut leaves = Leaves::new();
        let mut names: Vec<String> = Vec::with_capacity(self.elements.len());
        let mut bytes = 0;
        for element in &self.elements {
            let name = match element.parent.and_then(|parent| names.get(parent)) {
                Some(parent) => format!("{parent}.{}", element.name),
                None => element.name.clone(),
            };
            bytes += name.len();
            for (attribute, value) in &element.attributes {
                bytes += name.len();
                if bytes > MAX_NAME_BYTES {
                    return Err(TooLarge);
                }
                leaves.entry(format!("{name}{{@{attribute}}}")).or_default().push(Value::Text(value.clone()));
            }
            if bytes > MAX_NAME_BYTES {
                return Err(TooLarge);
            }
            let text = if element.children.is_empty() { element.text.as_str() } else { element.text.trim() };
            if !text.trim().is_empty() {
                leaves.entry(name.clone()).or_default().push(Value::Text(text.to_owned()));
            }
            names.push(name);
        }
        Ok(leaves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json_path::merged;

    const EVENT: &str = "<?xml version=\"1.0\"?>\n<Event xmlns='urn:e'><System><Provider Name='P&amp;Q'/><EventID>4688</EventID></System>\
        <EventData><Data Name='a'>x &lt; y &#65;</Data><Data Name='b'><![CDATA[<raw>]]></Data><Data/></EventData></Event>";

    fn at(path: &str) -> Value {
        merged(Tree::read(EVENT).unwrap().select(&Path::parse(path).unwrap()))
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn section_5_25_paths_into_xml() {
        assert_eq!(at("Event.System.EventID"), text("4688"));
        assert_eq!(at("Event.System.Provider{@Name}"), text("P&Q"));
        assert_eq!(at("Event.EventData.Data"), Value::List(vec!["x < y A".into(), "<raw>".into()]));
        assert_eq!(at("Event.EventData.Data{}"), at("Event.EventData.Data"));
        assert_eq!(at("Event.EventData.Data{2}"), text("<raw>"));
        assert_eq!(at("Event.EventData.Data{@Name}"), Value::List(vec!["a".into(), "b".into()]));
        assert_eq!(at("Event.EventData.Data{2}{@Name}"), text("b"));
        assert_eq!(at("Event.System"), text("<Provider Name='P&amp;Q'/><EventID>4688</EventID>"));
        for nowhere in ["System", "Event.X", "Event.EventData.Data{0}", "Event.EventData.Data{3}", "Event{@xmlns}.x"] {
            assert_eq!(at(nowhere), Value::Null, "{nowhere}");
        }
    }

    #[test]
    fn section_5_25_leaves_of_xml() {
        let leaves = Tree::read(EVENT).unwrap().leaves().unwrap();
        let named: Vec<(&str, Value)> = leaves.iter().map(|(name, all)| (name.as_str(), merged(all.clone()))).collect();
        assert_eq!(
            named,
            [
                ("Event.EventData.Data", Value::List(vec!["x < y A".into(), "<raw>".into()])),
                ("Event.EventData.Data{@Name}", Value::List(vec!["a".into(), "b".into()])),
                ("Event.System.EventID", text("4688")),
                ("Event.System.Provider{@Name}", text("P&Q")),
                ("Event{@xmlns}", text("urn:e")),
            ]
        );
    }

    #[test]
    fn section_5_25_entities_are_not_expanded() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a k='&c;'>&c;</a>";
        let tree = Tree::read(bomb).unwrap();
        assert_eq!(merged(tree.select(&Path::parse("a").unwrap())), text("&c;"));
        assert_eq!(merged(tree.select(&Path::parse("a{@k}").unwrap())), text("&c;"));
    }

    #[test]
    fn hostile_texts_are_invalid_or_refused() {
        for text in ["", "x", "<", "<a>", "<a></b>", "</a>", "<a", "<!-- only -->", "<a><b></a></b>", "plain <a/>"] {
            assert!(Tree::read(text).is_none(), "{text}");
        }
        let deep = format!("{}x{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        assert_eq!(Tree::read(&deep).unwrap().leaves().err(), Some(TooLarge));
        let attributes: String = (0..20_000).map(|at| format!(" a{at}='1'")).collect();
        assert_eq!(Tree::read(&format!("<a{attributes}/>")).unwrap().leaves().unwrap().len(), 20_000);
    }
}
