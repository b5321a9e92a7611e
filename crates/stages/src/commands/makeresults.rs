//! `makeresults` (§5.29): rows out of nothing, with `_time` = now; the rows before it are not looked at.
//!
//! `annotate` adds `_raw`, `host`, `source`, `sourcetype` and `splunk_server`, which are ∅ here. Rows given as data have `_time` too,
//! unless the data have that field. An empty cell is ∅ (§4.1.4). CSV data begin with the names; cells may be quoted, `""` inside. JSON data
//! are an array of objects, whose members are read as by `fromjson`.

use retrohunt_spl::plan::{DataFormat, MakeResultsCommand};

use super::cells::check_cells;
use super::json::{Json, elements, members};
use super::pairs::Found;
use crate::batch::{RAW, TIME};
use crate::error::PipelineError;
use crate::needs::Needs;
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// A `makeresults` made ready.
#[derive(Clone, Debug)]
pub(super) struct MakeResults {
    /// How many rows.
    count: usize,
    /// Add the columns of events.
    annotate: bool,
    /// The rows that were given: names and values.
    data: Option<Vec<Vec<(String, String)>>>,
    /// Microseconds since the epoch.
    now: i64,
}

impl MakeResults {
    /// Makes a `makeresults` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-COMMAND` if the data cannot be read.
    pub(super) fn new(command: &MakeResultsCommand, now: i64) -> Result<Self, PipelineError> {
        let broken = |kind: &str| PipelineError::new("E-STAGE-COMMAND", format!("makeresults: the data are no {kind}"));
        let data = match &command.data {
            None => None,
            Some((DataFormat::Csv, text)) => Some(csv(text).ok_or_else(|| broken("CSV"))?),
            Some((DataFormat::Json, text)) => Some(json(text).ok_or_else(|| broken("array of JSON objects"))?),
        };
        let count = usize::try_from(command.count).unwrap_or(usize::MAX);
        Ok(Self { count, annotate: command.annotate, data, now })
    }
}

/// Rows of CSV text by the names of its first line; `None` if a quote is not closed.
fn csv(text: &str) -> Option<Vec<Vec<(String, String)>>> {
    let mut lines = csv_cells(text)?.into_iter();
    let names: Vec<String> = lines.next()?.into_iter().map(|name| name.trim().to_owned()).collect();
    Some(lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect())
}

/// The cells of CSV text, line by line; lines without any character are passed over.
fn csv_cells(text: &str) -> Option<Vec<Vec<String>>> {
    let (mut lines, mut line, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut touched) = (false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted || cell.trim().is_empty() => {
                if !quoted {
                    cell.clear();
                }
                quoted = !quoted;
                touched = true;
            }
            ',' if !quoted => {
                line.push(std::mem::take(&mut cell));
                touched = true;
            }
            '\r' if !quoted && chars.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                if touched || !cell.is_empty() {
                    line.push(std::mem::take(&mut cell));
                    lines.push(std::mem::take(&mut line));
                }
                touched = false;
            }
            c => cell.push(c),
        }
    }
    if touched || !cell.is_empty() {
        line.push(cell);
        lines.push(line);
    }
    (!quoted).then_some(lines)
}

/// Rows of a JSON array of objects.
fn json(text: &str) -> Option<Vec<Vec<(String, String)>>> {
    let row = |element: Json<'_>| {
        let Json::Other(object) = element else { return None };
        let cells = members(object)?.into_iter().filter_map(|(name, value)| Some((name, value.into_text()?)));
        Some(cells.collect())
    };
    elements(text)?.into_iter().map(row).collect()
}

impl TableStage for MakeResults {
    fn run(&self, _table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let mut columns = vec![TIME];
        if self.annotate {
            columns.extend([RAW, "host", "source", "sourcetype", "splunk_server"]);
        }
        let rows = self.data.as_ref().map_or(self.count, Vec::len);
        check_cells("makeresults", rows, columns.len())?;
        let mut values = vec![Value::Null; columns.len()];
        values[0] = Value::Time(self.now);
        let columns = columns.into_iter().map(|name| TableColumn { name: name.into(), named: true }).collect();
        let table = Table { columns, rows: vec![TableRow { values, evidence: Vec::new() }; rows] };
        let mut found = Found::default();
        for (row, cells) in self.data.iter().flatten().enumerate() {
            for (name, text) in cells.iter().filter(|(name, text)| !name.is_empty() && !text.is_empty()) {
                found.add(row, name, Value::Text(text.clone()));
            }
        }
        let mut table = found.into_table("makeresults", table)?;
        table.columns.iter_mut().for_each(|column| column.named = true);
        Ok(table)
    }

    fn needs(&self, _after: Needs) -> Needs {
        Needs::Fields(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cells_may_be_quoted() {
        let cells = csv_cells("a, \"b\"\r\n\n1,\"x, \"\"y\"\"\nz\"\n,\n\"\"").unwrap();
        let expected = [vec!["a", "b"], vec!["1", "x, \"y\"\nz"], vec!["", ""], vec![""]];
        assert_eq!(cells, expected);
        assert_eq!(csv_cells("a,\"b"), None);
        assert_eq!(csv(""), None);
    }

    #[test]
    fn json_rows_are_objects() {
        let expected = vec![vec![("a".to_owned(), "1".to_owned())], vec![]];
        assert_eq!(json("[{\"a\":1},{\"b\":null}]"), Some(expected));
        assert_eq!(json("[1]"), None);
        assert_eq!(json("{}"), None);
    }
}
