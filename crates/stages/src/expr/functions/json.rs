//! Functions of JSON (§6.3), on top of [`crate::json_path`].
//!
//! A value becomes JSON so: ∅ is null; numbers and Booleans are themselves; a field's text is a number where it reads as a JSON number
//! (`007` does not); a text that is a JSON object or array is nested; any other text is a string; a multivalue is an array of strings.

use retrohunt_spl::functions::Function;
use serde_json::{Map, Value as Json};

use super::super::cell::Cell;
use super::super::env::Env;
use super::multivalue::{MAX_BYTES, texts};
use super::numbers::integer;
use crate::commands::spath;
use crate::json_path::{Path, merged, read, read_nested, value};
use crate::kernels::number::Number;
use crate::table::Value;

/// The value of a function of this family.
pub(super) fn call<'a>(function: Function, arguments: &[Cell<'a>], _env: &Env<'_>) -> Option<Cell<'a>> {
    let result = match function {
        Function::Spath => spath_value(arguments),
        Function::JsonExtract => extract(arguments),
        Function::JsonExtractExact => extract_exact(arguments),
        Function::JsonObject => object(arguments),
        Function::JsonArray => Some(json_text(&Json::Array(arguments.iter().map(to_json).collect()))),
        Function::JsonKeys => keys(arguments),
        Function::JsonValid => valid(arguments),
        Function::JsonSet => set(arguments),
        Function::JsonAppend => append(arguments),
        Function::JsonDelete => delete(arguments),
        Function::JsonArrayToMv => array_to_multivalue(arguments),
        Function::MvToJsonArray => multivalue_to_array(arguments),
        _ => return None,
    };
    Some(result.unwrap_or(Cell::Null))
}

/// A JSON text as a value; ∅ if it is too long: calls in calls double every quotation mark's escapes.
fn json_text<'a>(json: &Json) -> Cell<'a> {
    let text = json.to_string();
    if text.len() > MAX_BYTES { Cell::Null } else { Cell::string(text) }
}

/// A value of a table as one of an expression; texts are strings (§4.3.2).
fn of_value<'a>(value: Value) -> Cell<'a> {
    match value {
        Value::Null => Cell::Null,
        Value::Text(text) => Cell::string(text),
        Value::Int(value) => Cell::Int(value),
        Value::UInt(value) => Cell::UInt(value),
        Value::Float(value) => Cell::of_f64(value),
        Value::Time(micros) => Cell::Time(micros),
        Value::List(texts) => Cell::from_texts(texts.into_iter().map(Into::into).collect()),
    }
}

/// A value as JSON.
fn to_json(cell: &Cell<'_>) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Bool(truth) => Json::Bool(*truth),
        Cell::Multi(texts) => Json::Array(texts.iter().map(|text| Json::from(text.as_ref())).collect()),
        Cell::Text(text) => read_nested(text).unwrap_or_else(|| Json::from(text.as_ref())),
        Cell::Field(text) => inferred(text),
        number => number.number().map_or(Json::Null, of_number),
    }
}

/// A number as JSON: integral ones without a point (§4.4).
fn of_number(number: Number) -> Json {
    match number {
        Number::Int(value) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => Json::from(value),
            (_, Ok(value)) => Json::from(value),
            _ => Json::from(value as f64),
        },
        Number::Float(value) => integer(&Cell::Float(value)).map_or_else(|| Json::from(value), Json::from),
    }
}

/// A text as JSON: a number, an object or an array if it reads so, else a string.
fn inferred(text: &str) -> Json {
    let number = || Number::parse(text).and_then(|_| read(text));
    read_nested(text).or_else(number).unwrap_or_else(|| Json::from(text))
}

/// `spath(s, path)`: also into XML.
fn spath_value<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    let [subject, path] = arguments else { return None };
    let path = Path::parse(&path.text()?)?;
    Some(of_value(merged(spath::select(&subject.text()?, &path))))
}

/// `json_extract(s, path…)`: without path the whole; with several an array, null for a path that leads nowhere. All elements of an
/// array are an array again.
fn extract<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    let (subject, paths) = arguments.split_first()?;
    let root = read(&subject.text()?)?;
    let one = |path: &Cell<'_>| {
        let path = Path::parse(&path.text()?)?;
        let found = path.select(&root);
        if path.is_wide() {
            (!found.is_empty()).then(|| Json::Array(found.into_iter().cloned().collect()))
        } else {
            found.first().map(|json| (*json).clone())
        }
    };
    match paths {
        [] => Some(of_value(value(&root))),
        [path] => Some(of_value(value(&one(path)?))),
        paths => Some(json_text(&Json::Array(paths.iter().map(|path| one(path).unwrap_or(Json::Null)).collect()))),
    }
}

/// `json_extract_exact(s, key…)`: keys of the outermost object, whatever they are made of.
fn extract_exact<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    let (subject, keys) = arguments.split_first()?;
    let root = read(&subject.text()?)?;
    let one = |key: &Cell<'_>| root.as_object()?.get(&*key.text()?).cloned();
    match keys {
        [] => Some(of_value(value(&root))),
        [key] => Some(of_value(value(&one(key)?))),
        keys => Some(json_text(&Json::Array(keys.iter().map(|key| one(key).unwrap_or(Json::Null)).collect()))),
    }
}

/// `json_object(k, v, …)`: a key without text makes the whole ∅.
fn object<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    let mut members = Map::new();
    for pair in arguments.chunks(2) {
        let [key, value] = pair else { return None };
        members.insert(key.text()?.into_owned(), to_json(value));
    }
    Some(json_text(&Json::Object(members)))
}

/// `json_keys(s)`: ∅ for anything but an object.
fn keys<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    let root = read(&arguments.first()?.text()?)?;
    let keys: Vec<Json> = root.as_object()?.keys().map(|key| Json::from(key.as_str())).collect();
    Some(json_text(&Json::Array(keys)))
}

/// `json_valid(s)`: a condition.
fn valid<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    Some(Cell::Bool(read(&arguments.first()?.text()?).is_some()))
}

/// The document and the pairs of a path and a value behind it, each given to `change` in order; a pair whose path is none is skipped.
fn changed<'a>(arguments: &[Cell<'a>], change: impl Fn(&mut Json, &Path, Json)) -> Option<Cell<'a>> {
    let (subject, pairs) = arguments.split_first()?;
    let mut root = read_nested(&subject.text()?)?;
    for pair in pairs.chunks(2) {
        let [path, value] = pair else { return None };
        if let Some(path) = path.text().and_then(|path| Path::parse(&path)) {
            change(&mut root, &path, to_json(value));
        }
    }
    Some(json_text(&root))
}

/// `json_set(s, path, v, …)`: a place that can be made is made.
fn set<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    changed(arguments, |root, path, value| {
        // A place that turns out not to exist must not leave half a path behind.
        if path.select(root).is_empty() {
            let mut tried = root.clone();
            if let Some(slot) = path.slot(&mut tried, true) {
                *slot = value;
                *root = tried;
            }
        } else if let Some(slot) = path.slot(root, false) {
            *slot = value;
        }
    })
}

/// `json_append(s, path, v, …)`: to an array; another value becomes the first element of one. A path that leads nowhere is skipped.
fn append<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    changed(arguments, |root, path, value| match path.slot(root, false) {
        Some(Json::Array(elements)) => elements.push(value),
        Some(other) => *other = Json::Array(vec![other.take(), value]),
        None => {}
    })
}

/// `json_delete(s, path…)`: a key that is spelled so comes before the path.
fn delete<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    let (subject, paths) = arguments.split_first()?;
    let mut root = read_nested(&subject.text()?)?;
    for path in paths {
        let text = path.text()?;
        if root.as_object_mut().and_then(|members| members.shift_remove(&*text)).is_none()
            && let Some(path) = Path::parse(&text)
        {
            path.remove(&mut root);
        }
    }
    Some(json_text(&root))
}

/// `json_array_to_mv(s)`: nested values as JSON texts, nulls left out.
fn array_to_multivalue<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    let root = read_nested(&arguments.first()?.text()?)?;
    Some(of_value(merged(root.as_array()?.iter().map(value).collect())))
}

/// `mv_to_json_array(x [, infer])`: strings; with `infer`, whatever each text reads as.
fn multivalue_to_array<'a>(arguments: &[Cell<'a>]) -> Option<Cell<'a>> {
    let list = arguments.first()?;
    let infer = match arguments.get(1) {
        None => false,
        Some(Cell::Bool(infer)) => *infer,
        Some(other) => integer(other)? != 0,
    };
    let texts = texts(list);
    if texts.is_empty() {
        return None;
    }
    let one = |text: &str| if infer { read(text) } else { None }.unwrap_or_else(|| Json::from(text));
    Some(json_text(&Json::Array(texts.iter().map(|text| one(text)).collect())))
}

#[cfg(test)]
mod tests;
