//! `makeresults` (§5.29): rows made of the time, or of text in the rule.

use retrohunt_spl::plan::{DataFormat, MakeResultsCommand};
use serde_json::Value;

use super::super::expression::{World, json_text};
use super::super::row::{Field, Row, RowSet};
use super::super::value::Scalar;

/// Fields that `annotate` adds; nothing here has a value for them.
const ANNOTATIONS: [&str; 5] = ["_raw", "host", "source", "sourcetype", "splunk_server"];

/// The named values of one row, in order.
type Values = Vec<(String, Vec<Scalar>)>;

/// Returns the rows, each with the time of the run; the error is data that is not of its format.
pub(super) fn make(command: &MakeResultsCommand, world: &World<'_>) -> Result<RowSet, String> {
    let count = usize::try_from(command.count).unwrap_or(usize::MAX);
    let data: Vec<Values> = match &command.data {
        None => vec![Vec::new(); count],
        Some((DataFormat::Csv, text)) => csv(text),
        Some((DataFormat::Json, text)) => json(text).ok_or_else(|| text.clone())?,
    };
    let mut rows = RowSet { columns: vec![Field { name: "_time".to_owned(), named: true }], rows: Vec::new() };
    if command.annotate {
        ANNOTATIONS.iter().for_each(|name| rows.add_column(name, true));
    }
    for values in data {
        let mut row = Row::default();
        row.set("_time", vec![Scalar::Time(world.settings.now)]);
        for (name, values) in values {
            rows.add_column(&name, true);
            row.set(&name, values);
        }
        rows.rows.push(row);
    }
    let names = std::rc::Rc::new(rows.columns.iter().map(|column| column.name.clone()).collect());
    rows.rows.iter_mut().for_each(|row| row.known = std::rc::Rc::clone(&names));
    Ok(rows)
}

/// Returns the rows of comma-separated text below its header. Empty cells are ∅.
fn csv(text: &str) -> Vec<Values> {
    let mut records = records(text).into_iter();
    let names = records.next().unwrap_or_default();
    let row = |cells: Vec<String>| {
        let filled = names.iter().cloned().zip(cells).filter(|(_, cell)| !cell.is_empty());
        filled.map(|(name, cell)| (name, vec![Scalar::Text(cell)])).collect()
    };
    records.map(row).collect()
}

/// Returns the records of comma-separated text (RFC 4180); lines of nothing are no records.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted ^= true,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted && characters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            other => cell.push(other),
        }
    }
    record.push(cell);
    records.push(record);
    records.retain(|record| record.iter().any(|cell| !cell.is_empty()));
    records
}

/// Returns the rows of a JSON array of objects; `None` if the text is none. Values are texts, an object or array its JSON text
/// (as §6.3).
fn json(text: &str) -> Option<Vec<Values>> {
    let Value::Array(objects) = serde_json::from_str(text).ok()? else { return None };
    let texts = |value: &Value| json_text(value).map(Scalar::Text).into_iter().collect();
    let row = |object: &Value| {
        let members = object.as_object()?.iter();
        Some(members.map(|(name, value)| (name.clone(), texts(value))).collect())
    };
    objects.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_commas_quotes_and_lines() {
        let expected = [["a", "b"], ["1,\"2\"", "x\ny"], ["", "z"]].map(|record| record.map(str::to_owned).to_vec());
        assert_eq!(records("a,b\r\n\"1,\"\"2\"\"\",\"x\ny\"\n\n,z\n"), expected);
    }
}
