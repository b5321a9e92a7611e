//! One JSON object a line for each result: `{"rule":{…},"result":{…},"source":[…]}`, keys in this order.
//!
//! Columns keep the rule's order; a missing value is left out; a multivalue is an array; only values of number columns are JSON
//! numbers (§4.4); a time is RFC 3339 in UTC.

use std::io::{self, Write};

use super::{Hits, Source, Value};

/// Writes a line for each result; with `evidence`, each with the rows behind it.
pub(super) fn write(out: &mut dyn Write, results: &[&dyn Hits], evidence: bool) -> io::Result<()> {
    let mut line = Vec::new();
    for hits in results {
        let rule = hits.rule();
        let mut start = br#"{"rule":{"#.to_vec();
        for (name, value) in [("id", rule.id), ("title", rule.title), ("path", rule.path)] {
            key(&mut start, name)?;
            string(&mut start, value)?;
        }
        start.extend_from_slice(br#"},"result":{"#);
        for row in 0..hits.rows() {
            line.clear();
            line.extend_from_slice(&start);
            for (column, name) in hits.columns().iter().enumerate() {
                write_value(&mut line, name, hits.value(row, column))?;
            }
            line.push(b'}');
            if evidence {
                line.extend_from_slice(br#","source":["#);
                for source in hits.sources(row) {
                    write_source(&mut line, &source)?;
                }
                line.push(b']');
            }
            line.extend_from_slice(b"}\n");
            out.write_all(&line)?;
        }
    }
    Ok(())
}

/// Appends a column and its value; nothing if the value is missing.
fn write_value(line: &mut Vec<u8>, name: &str, value: Value<'_>) -> io::Result<()> {
    let value = value.normal();
    if value == Value::Null {
        return Ok(());
    }
    key(line, name)?;
    match value {
        Value::List(values) => {
            line.push(b'[');
            for value in values {
                comma(line);
                string(line, &value)?;
            }
            line.push(b']');
        }
        Value::Int(_) | Value::UInt(_) | Value::Float(_) => {
            for text in value.texts() {
                line.extend_from_slice(text.as_bytes());
            }
        }
        Value::Null | Value::Text(_) | Value::Time(_) => {
            for text in value.texts() {
                string(line, &text)?;
            }
        }
    }
    Ok(())
}

/// Appends one row of the input.
fn write_source(line: &mut Vec<u8>, source: &Source<'_>) -> io::Result<()> {
    comma(line);
    line.extend_from_slice(br#"{"file":"#);
    string(line, &source.file)?;
    write!(line, r#","row_group":{},"row":{}}}"#, source.row_group, source.row)
}

/// Appends the name of a value, after a comma unless it is the first in its object.
fn key(line: &mut Vec<u8>, name: &str) -> io::Result<()> {
    comma(line);
    string(line, name)?;
    line.push(b':');
    Ok(())
}

/// Appends a comma, unless an object or array has just begun.
fn comma(line: &mut Vec<u8>) {
    if !matches!(line.last(), Some(b'{' | b'[')) {
        line.push(b',');
    }
}

/// Appends a JSON string.
fn string(line: &mut Vec<u8>, text: &str) -> io::Result<()> {
    serde_json::to_writer(line, text).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::super::sample::*;
    use super::*;
    use crate::args::Format;

    /// Returns the lines of one rule's results.
    fn lines(columns: &[&str], rows: Vec<Vec<Value<'static>>>) -> String {
        written(Format::Ndjson, &[&hits(["1", "p", "t"], columns, rows)], None, false)
    }

    #[test]
    fn a_line_is_as_documented() {
        let expected = concat!(
            r#"{"rule":{"id":"5343.18043","title":"Remote Admin Tools","path":"datasets/rules/remote_admin_tools.yml"},"#,
            r#""result":{"_time":"2020-08-05T07:48:29Z","host":"W5","process":"psexec.exe  \\\\srv \"x\"","user":["a","b"]},"#,
            r#""source":[{"file":"a/b.parquet","row_group":0,"row":17}]}"#,
            "\n"
        );
        assert_eq!(written(Format::Ndjson, &[&seed()], None, true), expected);
    }

    #[test]
    fn without_evidence_there_is_no_source() {
        assert!(written(Format::Ndjson, &[&seed()], None, false).ends_with("[\"a\",\"b\"]}}\n"));
    }

    #[test]
    fn missing_values_are_left_out_wherever_they_stand() {
        let row = vec![Value::Null, Value::Int(1), list(&[]), Value::Float(f64::INFINITY), list(&["x"]), Value::Null];
        let line = lines(&["a", "b", "c", "d", "e", "f"], vec![row, vec![Value::Null; 6]]);
        let results: Vec<&str> = line.lines().filter_map(|line| Some(line.split_once("\"result\":")?.1)).collect();
        assert_eq!(results, [r#"{"b":1,"e":"x"}}"#, "{}}"]);
    }

    #[test]
    fn numbers_are_numbers_and_texts_stay_texts() {
        let numbers = [f64::from(7), 0.5, 1e15, 1.5e-7, -0.0].map(Value::Float);
        let row =
            [Value::Int(-3), Value::UInt(u64::MAX), Value::Text("007".into())].into_iter().chain(numbers).collect();
        let line = lines(&["i", "u", "t", "a", "b", "c", "d", "e"], vec![row]);
        assert!(
            line.contains(r#"{"i":-3,"u":18446744073709551615,"t":"007","a":7,"b":0.5,"c":1e15,"d":1.5e-7,"e":0}"#),
            "{line}"
        );
    }

    #[test]
    fn every_line_is_json_whatever_the_data_hold() {
        let text = "\u{0}\u{1b}\u{7f}\u{202e}\n\r\t\"\\/é😀\u{2028}";
        let line = lines(&["{[", "\"k\n"], vec![vec![Value::Text(text.into()), list(&["{", "[", text])]]);
        assert_eq!(line.lines().count(), 1);
        let json: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(json["result"]["{["], text);
        assert_eq!(json["result"]["\"k\n"], serde_json::json!(["{", "[", text]));
    }

    #[test]
    fn times_have_the_digits_they_need() {
        let line = lines(&["a", "b"], vec![vec![Value::Time(1_500_000), Value::Time(-1)]]);
        assert!(line.contains(r#"{"a":"1970-01-01T00:00:01.5Z","b":"1969-12-31T23:59:59.999999Z"}"#), "{line}");
    }
}
