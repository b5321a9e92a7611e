//! Paths into JSON (§5.25, §6.3), and what stands at them.
//!
//! A path is names joined by points; behind a name, `{}` takes all elements of an array and `{2}` one of them, counted from zero.
//! `{@name}` is an attribute of XML and takes nothing from JSON. An array is only entered by braces.
//!
//! JSON is read by `serde_json`, which refuses nesting beyond 128 levels: such a text is invalid. Of a key that occurs twice the last
//! counts. Integers of 64 bits are exact; other numbers are doubles, so `1.50` is `1.5`. JSON's null is ∅, an empty string is kept.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::table::Value;

/// Most bytes that the names of all leaves of one text may have together: keys repeat in the name of every leaf below them, so a
/// small text can have names beyond any memory.
pub(crate) const MAX_NAME_BYTES: usize = 1 << 26;

/// Most bytes of names that may be compared for one text: a long key above a long array is compared once an element.
const MAX_NAME_WORK: usize = 1 << 30;

/// Most steps of a path. What a path makes (`json_set`) must not be deeper than what can be read.
const MAX_STEPS: usize = 100;

/// The values of each leaf, by its name.
pub(crate) type Leaves = BTreeMap<String, Vec<Value>>;

/// The names of the leaves are too long together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The member of an object, or the child elements, of this name.
    Name(String),
    /// `{}`: all elements.
    All,
    /// `{n}`: one element.
    Index(usize),
    /// `{@name}`: an attribute of XML.
    Attribute(String),
}

/// A path, at least one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// The steps.
    pub(crate) steps: Vec<Step>,
}

impl Path {
    /// Reads a path; `None` if the text is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text;
        loop {
            let end = rest.find(['.', '{']).unwrap_or(rest.len());
            let (name, tail) = rest.split_at(end);
            if !name.is_empty() {
                steps.push(Step::Name(name.to_owned()));
            } else if !tail.starts_with('{') {
                return None;
            }
            rest = tail;
            while let Some(body) = rest.strip_prefix('{') {
                let (inner, tail) = body.split_once('}')?;
                steps.push(match inner.strip_prefix('@') {
                    Some(attribute) => Step::Attribute(attribute.to_owned()),
                    None if inner.is_empty() => Step::All,
                    None => Step::Index(inner.parse().ok()?),
                });
                rest = tail;
            }
            if steps.len() > MAX_STEPS {
                return None;
            }
            if rest.is_empty() {
                return Some(Self { steps });
            }
            rest = rest.strip_prefix('.')?;
        }
    }

    /// May it take several values?
    pub(crate) fn is_wide(&self) -> bool {
        self.steps.contains(&Step::All)
    }

    /// What stands at the path, in document order.
    pub(crate) fn select<'j>(&self, root: &'j Json) -> Vec<&'j Json> {
        let mut found = vec![root];
        for step in &self.steps {
            found = match step {
                Step::Name(name) => found.iter().filter_map(|json| json.as_object()?.get(name)).collect(),
                Step::All => found.iter().filter_map(|json| json.as_array()).flatten().collect(),
                Step::Index(at) => found.iter().filter_map(|json| json.as_array()?.get(*at)).collect(),
                Step::Attribute(_) => Vec::new(),
            };
        }
        found
    }

    /// The one place of the path, to be changed; `None` if there is none, or the path may take several. With `create`, a member that
    /// is missing is made, as null, and so are the objects above it; an array grows by one element at its end.
    pub(crate) fn slot<'j>(&self, root: &'j mut Json, create: bool) -> Option<&'j mut Json> {
        let mut at = root;
        for step in &self.steps {
            at = match step {
                Step::Name(name) => {
                    if create && at.is_null() {
                        *at = Json::Object(serde_json::Map::new());
                    }
                    let members = at.as_object_mut()?;
                    if create && !members.contains_key(name) {
                        members.insert(name.clone(), Json::Null);
                    }
                    members.get_mut(name)?
                }
                Step::Index(index) => {
                    let elements = at.as_array_mut()?;
                    if create && *index == elements.len() {
                        elements.push(Json::Null);
                    }
                    elements.get_mut(*index)?
                }
                Step::All | Step::Attribute(_) => return None,
            };
        }
        Some(at)
    }

    /// Takes out what stands at the path, if it is one place.
    pub(crate) fn remove(&self, root: &mut Json) {
        let Some((last, above)) = self.steps.split_last() else { return };
        let parent = Self { steps: above.to_vec() };
        match (last, parent.slot(root, false)) {
            (Step::Name(name), Some(Json::Object(members))) => {
                members.shift_remove(name);
            }
            (Step::Index(at), Some(Json::Array(elements))) if *at < elements.len() => {
                elements.remove(*at);
            }
            _ => {}
        }
    }
}

/// Reads a text as JSON; `None` if it is none.
pub(crate) fn read(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}

/// Reads a text as a JSON object or array.
pub(crate) fn read_nested(text: &str) -> Option<Json> {
    // Most texts are no JSON; they are turned away by their first byte.
    if !text.trim_ascii_start().starts_with(['{', '[']) {
        return None;
    }
    read(text)
}

/// The value of a piece of JSON: ∅ for null, the JSON text of an object or array.
pub(crate) fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Text(truth.to_string()),
        Json::String(text) => Value::Text(text.clone()),
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(integer), ..) => Value::Int(integer),
            (_, Some(integer), _) => Value::UInt(integer),
            (.., Some(float)) if float.is_finite() => Value::Float(float),
            _ => Value::Null,
        },
        Json::Array(_) | Json::Object(_) => Value::Text(json.to_string()),
    }
}

/// One value of several: ∅, the value itself, or the multivalue of their texts (§4.1.1).
pub(crate) fn merged(mut values: Vec<Value>) -> Value {
    values.retain(|value| !value.is_null());
    if values.len() == 1 {
        return values.pop().unwrap_or(Value::Null);
    }
    Value::from_texts(values.iter().flat_map(Value::texts).map(std::borrow::Cow::into_owned).collect())
}

/// All leaves of an object or array: `a.b`, and `a{}.b` for what stands in an array.
pub(crate) fn leaves(root: &Json) -> Result<Leaves, TooLarge> {
    let mut collected = Collector { leaves: Leaves::new(), bytes: 0, work: 0 };
    collected.visit(root, &mut String::new())?;
    Ok(collected.leaves)
}

/// Leaves so far.
struct Collector {
    /// Their values.
    leaves: Leaves,
    /// Bytes of all names.
    bytes: usize,
    /// Bytes of the name of each value.
    work: usize,
}

impl Collector {
    /// Adds the leaves of a piece of JSON. It calls itself once a level, of which there are at most 128.
    fn visit(&mut self, json: &Json, name: &mut String) -> Result<(), TooLarge> {
        let length = name.len();
        match json {
            Json::Object(members) => {
                for (key, member) in members {
                    if length > 0 {
                        name.push('.');
                    }
                    name.push_str(key);
                    self.visit(member, name)?;
                    name.truncate(length);
                }
            }
            Json::Array(elements) => {
                name.push_str("{}");
                for element in elements {
                    self.visit(element, name)?;
                }
                name.truncate(length);
            }
            Json::Null => {}
            _ if name.is_empty() => {}
            scalar => {
                self.work = self.work.saturating_add(length);
                if self.work > MAX_NAME_WORK {
                    return Err(TooLarge);
                }
                if let Some(values) = self.leaves.get_mut(name.as_str()) {
                    values.push(value(scalar));
                    return Ok(());
                }
                self.bytes += length;
                if self.bytes > MAX_NAME_BYTES {
                    return Err(TooLarge);
                }
                self.leaves.insert(name.clone(), vec![value(scalar)]);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        r#"{"a":{"b":[{"c":1},{"c":"two"},{"d":null}],"e":true},"n":[1,2.50,[3]],"big":18446744073709551615,"s":""}"#;

    fn at(path: &str) -> Value {
        let root = read(TEXT).unwrap();
        merged(Path::parse(path).map(|path| path.select(&root).into_iter().map(value).collect()).unwrap_or_default())
    }

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    #[test]
    fn section_5_25_paths() {
        assert_eq!(at("a.b{0}.c"), Value::Int(1));
        assert_eq!(at("a.b{1}.c"), text("two"));
        assert_eq!(at("a.b{}.c"), Value::List(vec!["1".into(), "two".into()]));
        assert_eq!(at("a.b{0}"), text(r#"{"c":1}"#));
        assert_eq!(at("n"), text("[1,2.5,[3]]"));
        assert_eq!(at("n{}"), Value::List(vec!["1".into(), "2.5".into(), "[3]".into()]));
        assert_eq!(at("n{2}{0}"), Value::Int(3));
        assert_eq!(at("a.e"), text("true"));
        assert_eq!(at("big"), Value::UInt(u64::MAX));
        assert_eq!(at("s"), text(""));
        for nowhere in ["x", "a.b.c", "a{}", "n{9}", "a.b{2}.d", "a.b{@c}", "a.e.f"] {
            assert_eq!(at(nowhere), Value::Null, "{nowhere}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in ["", ".", "a.", ".a", "a..b", "a{", "a{x}", "a{-1}", "a{0}b", "a{99999999999999999999}", "a}{"] {
            assert_eq!(Path::parse(path), None, "{path}");
        }
        assert_eq!(Path::parse(&"a.".repeat(200_000)), None);
        assert_eq!(Path::parse("{}.a{0}{@x}").unwrap().steps.len(), 4);
        assert_eq!(Path::parse("a b.c-d").unwrap().steps, [Step::Name("a b".into()), Step::Name("c-d".into())]);
    }

    #[test]
    fn section_5_25_leaves_have_dotted_names() {
        let leaves = leaves(&read(TEXT).unwrap()).unwrap();
        let named: Vec<(&str, Value)> = leaves.iter().map(|(name, all)| (name.as_str(), merged(all.clone()))).collect();
        assert_eq!(
            named,
            [
                ("a.b{}.c", Value::List(vec!["1".into(), "two".into()])),
                ("a.e", text("true")),
                ("big", Value::UInt(u64::MAX)),
                ("n{}", Value::List(vec!["1".into(), "2.5".into()])),
                ("n{}{}", Value::Int(3)),
                ("s", text("")),
            ]
        );
    }

    #[test]
    fn hostile_texts_are_invalid_or_refused() {
        assert_eq!(read(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))), None);
        assert_eq!(read("1e999"), None);
        let key = "k".repeat(1 << 16);
        let many: Vec<String> = (0..2000).map(|at| format!("\"{at}\":1")).collect();
        let root = read(&format!("{{\"{key}\":{{{}}}}}", many.join(","))).unwrap();
        assert_eq!(leaves(&root).err(), Some(TooLarge));
        let root = read(&format!("{{\"{}\":[{}1]}}", "k".repeat(1 << 20), "1,".repeat(2000))).unwrap();
        assert_eq!(leaves(&root).err(), Some(TooLarge));
    }

    #[test]
    fn places_are_made_changed_and_taken_out() {
        let mut root = read(TEXT).unwrap();
        *Path::parse("x.y").unwrap().slot(&mut root, true).unwrap() = Json::from(1);
        *Path::parse("n{3}").unwrap().slot(&mut root, true).unwrap() = Json::from(4);
        assert!(Path::parse("n{9}").unwrap().slot(&mut root, true).is_none());
        assert!(Path::parse("n{}").unwrap().slot(&mut root, true).is_none());
        assert!(Path::parse("s.t").unwrap().slot(&mut root, true).is_none());
        Path::parse("a").unwrap().remove(&mut root);
        Path::parse("n{0}").unwrap().remove(&mut root);
        Path::parse("no.such").unwrap().remove(&mut root);
        assert_eq!(root.to_string(), r#"{"n":[2.5,[3],4],"big":18446744073709551615,"s":"","x":{"y":1}}"#);
    }
}
