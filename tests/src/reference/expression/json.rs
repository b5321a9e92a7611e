//! Functions of JSON (§6.3) and the paths that `spath` uses (§5.25).

use retrohunt_spl::functions::Function as F;
use serde_json::Value;

use super::super::value::float_text;
use super::Datum;

/// Returns the value of a JSON function, `None` for others.
pub(super) fn call(function: F, arguments: &[Datum]) -> Option<Datum> {
    let text = |at: usize| arguments.get(at).and_then(Datum::text);
    let document = || text(0).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let paths = || arguments.iter().skip(1).filter_map(Datum::text).collect::<Vec<_>>();
    let result = match function {
        F::Spath => document()
            .zip(text(1))
            .map(|(document, path)| Datum::of_texts(lookup(&document, &path).iter().filter_map(shown).collect())),
        F::JsonExtract if arguments.len() == 1 => document().map(|document| Datum::Text(document.to_string())),
        F::JsonExtract => document().and_then(|document| {
            let found = |path: &String| {
                let values = lookup(&document, path);
                if path.contains("{}") && !values.is_empty() {
                    Some(Value::Array(values))
                } else {
                    values.into_iter().next()
                }
            };
            extracted(paths().iter().map(found).collect())
        }),
        F::JsonExtractExact => {
            document().and_then(|document| extracted(paths().iter().map(|key| document.get(key).cloned()).collect()))
        }
        F::JsonObject => {
            let pairs = arguments.chunks_exact(2).filter_map(|pair| Some((pair[0].text()?, json_of(&pair[1]))));
            Some(Datum::Text(Value::Object(pairs.collect()).to_string()))
        }
        F::JsonArray => Some(Datum::Text(Value::Array(arguments.iter().map(json_of).collect()).to_string())),
        F::JsonKeys => document().and_then(|document| match document {
            Value::Object(fields) => {
                Some(Datum::Text(Value::Array(fields.keys().cloned().map(Value::String).collect()).to_string()))
            }
            _ => None,
        }),
        F::JsonValid => Some(Datum::Bool(document().is_some())),
        F::JsonArrayToMv => document().and_then(|document| match document {
            Value::Array(values) => Some(Datum::of_texts(values.iter().filter_map(shown).collect())),
            _ => None,
        }),
        F::MvToJsonArray => {
            let infer = text(1).is_some();
            let value = |text: String| {
                let inferred = serde_json::from_str(&text).ok().filter(|_| infer);
                inferred.unwrap_or(Value::String(text))
            };
            let texts = arguments.first().map(Datum::texts).unwrap_or_default();
            Some(Datum::Text(Value::Array(texts.into_iter().map(value).collect()).to_string()))
        }
        F::JsonSet | F::JsonAppend => document().and_then(|mut document| {
            for pair in arguments.get(1..)?.chunks_exact(2) {
                put(&mut document, &pair[0].text()?, json_of(&pair[1]), function == F::JsonAppend);
            }
            Some(Datum::Text(document.to_string()))
        }),
        F::JsonDelete => document().map(|mut document| {
            paths().iter().for_each(|path| delete(&mut document, path));
            Datum::Text(document.to_string())
        }),
        _ => return None,
    };
    Some(result.unwrap_or(Datum::Null))
}

/// A step of a path: the key of an object, or a place in an array.
enum PathStep {
    Key(String),
    Place(usize),
}

/// The steps of a path such as `a.b{0}`; none if it speaks of all elements.
fn path_steps(path: &str) -> Option<Vec<PathStep>> {
    let mut steps = Vec::new();
    for step in path.split('.') {
        let mut parts = step.split('{');
        let key = parts.next().unwrap_or_default();
        if !key.is_empty() {
            steps.push(PathStep::Key(key.to_owned()));
        }
        for place in parts {
            steps.push(PathStep::Place(place.trim_end_matches('}').parse().ok()?));
        }
    }
    Some(steps)
}

/// The value at some steps of a document, if it is there.
fn at<'v>(document: &'v mut Value, steps: &[PathStep]) -> Option<&'v mut Value> {
    steps.iter().try_fold(document, |value, step| match step {
        PathStep::Key(key) => value.get_mut(key),
        PathStep::Place(place) => value.get_mut(place),
    })
}

/// Sets the value at a path, or appends to the array there. A key may be new if what it belongs to is there.
fn put(document: &mut Value, path: &str, value: Value, append: bool) {
    let Some(steps) = path_steps(path) else { return };
    let Some((last, before)) = steps.split_last() else { return };
    let Some(parent) = at(document, before) else { return };
    let place = match (parent, last) {
        (Value::Object(fields), PathStep::Key(key)) if !append || fields.contains_key(key) => {
            fields.entry(key.clone()).or_insert(Value::Null)
        }
        (Value::Array(values), PathStep::Place(place)) if *place < values.len() => &mut values[*place],
        _ => return,
    };
    match place {
        Value::Array(values) if append => values.push(value),
        place if !append => *place = value,
        _ => {}
    }
}

/// Removes the value at a path.
fn delete(document: &mut Value, path: &str) {
    let Some(steps) = path_steps(path) else { return };
    let Some((last, before)) = steps.split_last() else { return };
    match (at(document, before), last) {
        (Some(Value::Object(fields)), PathStep::Key(key)) => {
            fields.shift_remove(key);
        }
        (Some(Value::Array(values)), PathStep::Place(place)) if *place < values.len() => {
            values.remove(*place);
        }
        _ => {}
    }
}

/// What `json_extract` gives: one value as itself, several as an array with null for what is not there.
fn extracted(mut found: Vec<Option<Value>>) -> Option<Datum> {
    if found.len() == 1 {
        return shown(&found.remove(0)?).map(Datum::Text);
    }
    Some(Datum::Text(Value::Array(found.into_iter().map(Option::unwrap_or_default).collect()).to_string()))
}

/// A value of an expression as JSON: numbers as numbers, Booleans as Booleans.
fn json_of(value: &Datum) -> Value {
    match value {
        Datum::Null => Value::Null,
        Datum::Bool(truth) => Value::Bool(*truth),
        Datum::Number(number) => serde_json::from_str(&float_text(*number)).unwrap_or_default(),
        Datum::Big(number) => serde_json::from_str(&number.to_string()).unwrap_or_default(),
        Datum::Field(text) | Datum::Literal(text) | Datum::Text(text) => Value::String(text.clone()),
        Datum::Multi(texts) => Value::Array(texts.iter().cloned().map(Value::String).collect()),
    }
}

/// The text of a JSON value as a field has it; none for null.
pub(in super::super) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => match number.as_f64() {
            Some(real) if !number.is_i64() && !number.is_u64() => Some(float_text(real)),
            _ => Some(number.to_string()),
        },
        other => Some(other.to_string()),
    }
}

/// Returns the values at a path: `a.b`, `a{}.b` for all elements, `a{0}` for one.
pub(in super::super) fn lookup(document: &Value, path: &str) -> Vec<Value> {
    let mut found = vec![document.clone()];
    for step in path.split('.') {
        let (key, places) =
            step.split_once('{').map_or((step, String::new()), |(key, rest)| (key, format!("{{{rest}")));
        if !key.is_empty() {
            found = found.iter().filter_map(|value| value.get(key).cloned()).collect();
        }
        for place in places.split('{').skip(1).map(|place| place.trim_end_matches('}')) {
            found = found
                .into_iter()
                .flat_map(|value| match (value, place) {
                    (Value::Array(values), "") => values,
                    (Value::Array(values), place) => {
                        place.parse::<usize>().ok().and_then(|at| values.get(at).cloned()).into_iter().collect()
                    }
                    _ => Vec::new(),
                })
                .collect();
        }
    }
    found
}

/// Returns all leaves of a document under their paths, in order of first appearance; the same path several times is a multivalue.
pub(in super::super) fn leaves(document: &Value) -> Vec<(String, Vec<String>)> {
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    collect(document, String::new(), &mut out);
    out
}

/// Adds the leaves of a value.
fn collect(value: &Value, path: String, out: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(value, path, out);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, format!("{path}{{}}"), out)),
        leaf => {
            if let Some(text) = shown(leaf) {
                match out.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, texts)) => texts.push(text),
                    None => out.push((path, vec![text])),
                }
            }
        }
    }
}
