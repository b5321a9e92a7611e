//! Events to an Arrow file: columns from what the events hold, so that a rule sees them as it sees an archive.
//!
//! A field is a column of integers, floats or Booleans if all its values are, of lists if one is a list, and of texts otherwise. A field
//! inside a field is a column of its own, `outer.inner`; a mapping inside a list is its JSON text. A text under `_time` that is a date with
//! a time is a timestamp.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{ArrowError, Field, Schema};
use retrohunt_catalogue::TestValue;
use serde_json::Value as Json;

/// An event: fields and values.
pub type Event = Vec<(String, TestValue)>;

/// Most events that a file of events may hold; tests are small.
const MOST_EVENTS: usize = 100_000;

/// Why events cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A line is no JSON object.
    #[error("{path}:{line}: {message}")]
    Line {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Too many events for a test.
    #[error("{path}: more than {MOST_EVENTS} events; scan an archive instead")]
    TooMany {
        /// The file.
        path: String,
    },
    /// The data file cannot be written.
    #[error("the events cannot be written to a temporary file: {0}")]
    Unwritable(String),
}

impl From<ArrowError> for EventError {
    fn from(error: ArrowError) -> Self {
        Self::Unwritable(error.to_string())
    }
}

/// Returns the events of a file with one JSON object a line; empty lines are passed over.
///
/// # Errors
///
/// If the file cannot be read, or a line is no JSON object.
pub fn read_ndjson(path: &Path) -> Result<Vec<Event>, EventError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| EventError::Unreadable { path: name.clone(), source })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut events = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |message: String| EventError::Line { path: name.clone(), line: index + 1, message };
        let value: Json = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let Json::Object(fields) = value else { return Err(wrong("a line must be one JSON object".to_owned())) };
        if events.len() == MOST_EVENTS {
            return Err(EventError::TooMany { path: name });
        }
        events.push(fields.into_iter().map(|(field, value)| (field, of_json(value))).collect());
    }
    Ok(events)
}

/// A JSON value as a test's.
fn of_json(value: Json) -> TestValue {
    match value {
        Json::Null => TestValue::Null,
        Json::Bool(value) => TestValue::Bool(value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => TestValue::Int(number),
            // An integer beyond 64 bits keeps its digits as a text.
            (None, Some(float)) if !number.is_u64() => TestValue::Float(float),
            _ => TestValue::Text(number.to_string()),
        },
        Json::String(text) => TestValue::Text(text),
        Json::Array(values) => TestValue::List(values.into_iter().map(of_json).collect()),
        Json::Object(fields) => {
            TestValue::Map(fields.into_iter().map(|(name, value)| (name, of_json(value))).collect())
        }
    }
}

/// Writes events as an Arrow file with one batch.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write_arrow(events: &[Event], path: &Path) -> Result<(), EventError> {
    let rows: Vec<Event> = events.iter().map(|event| flattened(event)).collect();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let columns: Vec<(&str, ArrayRef)> = names.iter().map(|name| (*name, column(name, &rows))).collect();
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)?;
    let file = File::create(path).map_err(|error| EventError::Unwritable(error.to_string()))?;
    let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    Ok(())
}

/// An event with the fields inside its fields as fields of their own; of two with one name the later counts.
fn flattened(event: &[(String, TestValue)]) -> Event {
    let mut out: Event = Vec::new();
    for (name, value) in event {
        let inner = match value {
            TestValue::Map(fields) => {
                let dotted = flattened(fields);
                dotted.into_iter().map(|(inner, value)| (format!("{name}.{inner}"), value)).collect()
            }
            other => vec![(name.clone(), other.clone())],
        };
        for (name, value) in inner {
            match out.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => out.push((name, value)),
            }
        }
    }
    out
}

/// The column of a field.
fn column(name: &str, rows: &[Event]) -> ArrayRef {
    let null = TestValue::Null;
    let values: Vec<&TestValue> =
        rows.iter().map(|row| row.iter().find(|(field, _)| field == name).map_or(&null, |(_, value)| value)).collect();
    let only = |test: fn(&TestValue) -> bool| {
        values.iter().all(|value| **value == TestValue::Null || test(value)) && values.iter().any(|value| test(value))
    };
    if name == "_time"
        && let Some(times) = times(&values)
    {
        return Arc::new(times);
    }
    if only(|value| matches!(value, TestValue::Int(_))) {
        let number = |value: &&TestValue| if let TestValue::Int(value) = value { Some(*value) } else { None };
        return Arc::new(values.iter().map(number).collect::<Int64Array>());
    }
    if only(|value| matches!(value, TestValue::Int(_) | TestValue::Float(_))) {
        let number = |value: &&TestValue| match value {
            TestValue::Float(value) => Some(*value),
            TestValue::Int(value) => Some(*value as f64),
            _ => None,
        };
        return Arc::new(values.iter().map(number).collect::<Float64Array>());
    }
    if only(|value| matches!(value, TestValue::Bool(_))) {
        let truth = |value: &&TestValue| if let TestValue::Bool(value) = value { Some(*value) } else { None };
        return Arc::new(values.iter().map(truth).collect::<BooleanArray>());
    }
    if values.iter().any(|value| matches!(value, TestValue::List(_))) {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for value in values {
            match value {
                TestValue::Null => builder.append_null(),
                TestValue::List(values) => builder.append_value(values.iter().map(text)),
                other => builder.append_value([text(other)]),
            }
        }
        return Arc::new(builder.finish());
    }
    Arc::new(values.into_iter().map(text).collect::<StringArray>())
}

/// Timestamps, if every value is a date with a time.
fn times(values: &[&TestValue]) -> Option<TimestampMicrosecondArray> {
    let mut times = Vec::with_capacity(values.len());
    for value in values {
        times.push(match value {
            TestValue::Null => None,
            TestValue::Text(text) => Some(text.parse::<jiff::Timestamp>().ok()?.as_microsecond()),
            _ => return None,
        });
    }
    times.iter().any(Option::is_some).then(|| TimestampMicrosecondArray::from(times).with_timezone("UTC"))
}

/// The text of a value; `None` for nothing.
pub(crate) fn text(value: &TestValue) -> Option<String> {
    match value {
        TestValue::Null => None,
        TestValue::Bool(value) => Some(value.to_string()),
        TestValue::Int(value) => Some(value.to_string()),
        TestValue::Float(value) => Some(value.to_string()),
        TestValue::Text(text) => Some(text.clone()),
        TestValue::List(_) | TestValue::Map(_) => Some(json(value).to_string()),
    }
}

/// A value as JSON.
fn json(value: &TestValue) -> Json {
    match value {
        TestValue::Null => Json::Null,
        TestValue::Bool(value) => Json::from(*value),
        TestValue::Int(value) => Json::from(*value),
        TestValue::Float(value) => Json::from(*value),
        TestValue::Text(text) => Json::from(text.as_str()),
        TestValue::List(values) => Json::from(values.iter().map(json).collect::<Vec<_>>()),
        TestValue::Map(fields) => fields.iter().map(|(name, value)| (name.clone(), json(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_schema::DataType;

    use super::*;

    fn read(text: &str) -> Result<Vec<Event>, EventError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read_ndjson(file.path())
    }

    #[test]
    fn columns_take_the_kind_of_their_values() {
        let events = read("{\"a\":1,\"b\":1,\"c\":\"x\",\"d\":{\"e\":true},\"l\":[\"x\",2]}\n\n{\"a\":2,\"b\":1.5,\"c\":3,\"l\":null}\n").unwrap();
        let rows: Vec<Event> = events.iter().map(|event| flattened(event)).collect();
        let kind = |name| column(name, &rows).data_type().clone();
        assert_eq!(
            [kind("a"), kind("b"), kind("c"), kind("d.e")],
            [DataType::Int64, DataType::Float64, DataType::Utf8, DataType::Boolean]
        );
        assert_eq!(column("c", &rows).as_string::<i32>().value(1), "3");
        let lists = column("l", &rows);
        assert!(lists.is_null(1));
        assert_eq!(lists.as_list::<i32>().value(0).as_string::<i32>().value(1), "2");
    }

    #[test]
    fn times_are_times_where_all_are() {
        let rows = vec![vec![("_time".to_owned(), TestValue::Text("2024-05-01T10:00:00.5Z".to_owned()))], vec![]];
        let times = column("_time", &rows);
        let times = times.as_primitive::<arrow_array::types::TimestampMicrosecondType>();
        assert_eq!((times.value(0), times.is_null(1)), (1_714_557_600_500_000, true));
        let rows = vec![vec![("_time".to_owned(), TestValue::Int(1_714_557_600))]];
        assert_eq!(column("_time", &rows).data_type(), &DataType::Int64);
    }

    #[test]
    fn a_bad_line_is_named() {
        assert!(read("{\"a\":1}\n[1]\n").unwrap_err().to_string().ends_with(":2: a line must be one JSON object"));
        assert!(read("{\"a\":\n").unwrap_err().to_string().contains(":1: "));
    }
}
