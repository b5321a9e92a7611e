//! `_raw`: the row as the vendor's own text.

use crate::clock;
use crate::row::{Column, Row, Value, append};

/// Appends the cells that are not null as one JSON object, in column order.
pub(crate) fn json(columns: &[Column], row: &Row, out: &mut String) {
    out.push('{');
    for (index, column) in columns.iter().enumerate() {
        let value = row.value(index);
        if value == Value::Null {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        out.push('"');
        out.push_str(column.name);
        out.push_str("\":");
        match value {
            Value::Null => {}
            Value::Text(text) => json_string(text, out),
            Value::Int(value) => append(out, format_args!("{value}")),
            Value::Float(value) => append(out, format_args!("{value}")),
            Value::Time(value) => {
                out.push('"');
                clock::iso_micros(value, out);
                out.push('"');
            }
        }
    }
    out.push('}');
}

/// Appends `text` as a JSON string, quotes included.
fn json_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter < ' ' || letter == '"' || letter == '\\') {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let mut letters = special.chars();
        match letters.next() {
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(letter @ ('"' | '\\')) => out.extend(['\\', letter]),
            Some(letter) => append(out, format_args!("\\u{:04x}", u32::from(letter))),
            None => {}
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Appends the cells from column `first` that are not null as Windows renders event data: single quotes around names,
/// `&`, `<` and `>` escaped.
pub(crate) fn xml_data(columns: &[Column], first: usize, row: &Row, out: &mut String) {
    let mut text = String::new();
    for (index, column) in columns.iter().enumerate().skip(first) {
        text.clear();
        if !row.write_text(index, &mut text) {
            continue;
        }
        out.push_str("<Data Name='");
        out.push_str(column.name);
        out.push_str("'>");
        xml_text(&text, out);
        out.push_str("</Data>");
    }
}

/// Appends `text` with the letters escaped that XML gives a meaning.
pub(crate) fn xml_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>']) {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let mut letters = special.chars();
        out.push_str(match letters.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            _ => "&gt;",
        });
        rest = letters.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::{float, int, text, time};

    #[test]
    fn json_is_what_a_json_reader_reads() {
        let columns = [text("a"), int("b"), text("gone"), float("c"), time("t"), text("e")];
        let mut row = Row::default();
        row.text("q\"b\\n\nt\tv\u{b}ü");
        row.int(-2);
        row.null();
        row.float(1.5);
        row.time(Some(clock::START));
        row.text("");
        let mut out = String::new();
        json(&columns, &row, &mut out);
        let read: serde_json::Value = serde_json::from_str(&out).unwrap();
        let expected = serde_json::json!({
            "a": "q\"b\\n\nt\tv\u{b}ü", "b": -2, "c": 1.5, "t": "2024-03-01T00:00:00.000000Z", "e": ""
        });
        assert_eq!(read, expected);
    }

    #[test]
    fn xml_escapes_markup_and_leaves_out_what_is_missing() {
        let columns = [text("x"), text("A"), text("B"), int("C")];
        let mut row = Row::default();
        row.text("skipped");
        row.text("a<b>&\"c\"");
        row.null();
        row.int(3);
        let mut out = String::new();
        xml_data(&columns, 1, &row, &mut out);
        assert_eq!(out, "<Data Name='A'>a&lt;b&gt;&amp;\"c\"</Data><Data Name='C'>3</Data>");
    }
}
