//! Result rows as they are reported (§4.4, §5.2.3, §9.6).

use super::clock;
use super::row::RowSet;
use super::settings::Settings;
use super::value::Scalar;

/// The result of a rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// Column names in order; columns that no one named and that are empty in all rows are left out.
    pub columns: Vec<String>,
    /// The rows in order; cell `i` belongs to column `i`.
    pub rows: Vec<Vec<OutCell>>,
    /// Codes of what was noticed while running.
    pub warnings: Vec<&'static str>,
    /// Rows on which a regex gave up (§5.6.8).
    pub undecided: u64,
}

/// One reported value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutCell {
    /// Not there; left out of a JSON object.
    Missing,
    /// A JSON string.
    Text(String),
    /// A JSON number, as its text.
    Number(String),
    /// A JSON array of strings: a multivalue.
    List(Vec<String>),
}

impl OutCell {
    /// Returns the cell of a field's values.
    fn new(column: &str, values: &[Scalar], settings: &Settings) -> Self {
        match values {
            [] => Self::Missing,
            [one] if column == "_time" => match super::row::row_time(one, settings) {
                Some(micros) if one.is_number() => Self::Text(clock::rfc3339(micros)),
                _ => Self::Text(one.text()),
            },
            [one] if one.is_number() => Self::Number(one.text()),
            [one] => Self::Text(one.text()),
            many => Self::List(many.iter().map(Scalar::text).collect()),
        }
    }

    /// Returns it as JSON text, `None` where it is missing.
    #[must_use]
    pub fn json(&self) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Text(text) => Some(quoted(text)),
            Self::Number(text) => Some(text.clone()),
            Self::List(texts) => {
                let items: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                Some(format!("[{}]", items.join(",")))
            }
        }
    }
}

/// Returns a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Output {
    /// Returns the reported form of the last rows.
    pub(super) fn new(rows: &RowSet, settings: &Settings) -> Self {
        let filled = |name: &str| rows.rows.iter().any(|row| !row.get(name).is_empty());
        let columns = rows.columns.iter().filter(|column| column.named || filled(&column.name));
        let columns: Vec<String> = columns.map(|column| column.name.clone()).collect();
        let cells = |row: &super::row::Row| {
            columns.iter().map(|column| OutCell::new(column, row.get(column), settings)).collect()
        };
        Self { rows: rows.rows.iter().map(cells).collect(), columns, ..Self::default() }
    }

    /// Returns each row as a JSON object on one line, keys in column order, missing fields left out.
    #[must_use]
    pub fn ndjson(&self) -> Vec<String> {
        let object = |row: &Vec<OutCell>| {
            let cells = self.columns.iter().zip(row);
            let members = cells.filter_map(|(name, cell)| Some(format!("{}:{}", quoted(name), cell.json()?)));
            format!("{{{}}}", members.collect::<Vec<String>>().join(","))
        };
        self.rows.iter().map(object).collect()
    }
}
