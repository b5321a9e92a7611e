//! `format` (§5.27): the rows as the text of a search expression, in the field `search`.

use retrohunt_spl::plan::{FieldPattern, FormatCommand, Glob};

use super::cells::{REPEATED_BYTES_LIMIT, limit};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::needs::Needs;
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// Name of the field that holds the text.
pub(super) const SEARCH: &str = "search";

/// A `format` made ready.
#[derive(Clone, Debug)]
pub(super) struct Format {
    /// The command.
    command: FormatCommand,
}

impl Format {
    /// Makes a `format` ready.
    pub(super) fn new(command: &FormatCommand) -> Self {
        Self { command: command.clone() }
    }
}

/// Appends a piece, with a blank before it; an empty piece is none.
fn put(out: &mut String, piece: &str) {
    if !piece.is_empty() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(piece);
    }
}

/// `name="value"`, quotes and backslashes of the value escaped.
pub(super) fn comparison(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The text of one field: a comparison, or several between parentheses. A column `search` or `query` gives its text as it is (§1.6.4).
fn field(name: &str, value: &Value, separator: &str) -> String {
    let raw = name == SEARCH || name == "query";
    let texts: Vec<String> =
        value.texts().iter().map(|text| if raw { text.clone().into_owned() } else { comparison(name, text) }).collect();
    match texts.as_slice() {
        [one] => one.clone(),
        _ => format!("( {} )", texts.join(&format!(" {separator} "))),
    }
}

/// Checks how long a text of all rows becomes: names are written once per row.
///
/// # Errors
///
/// `E-STAGE-LIMIT` if it is too long.
pub(super) fn check_length(command: &str, length: usize) -> Result<(), PipelineError> {
    if length > REPEATED_BYTES_LIMIT {
        return Err(limit(format!("{command}: the text of the rows is too long")));
    }
    Ok(())
}

/// The rows as a search expression. Hidden fields, fields that are ∅ and rows without any field are left out.
fn text(table: &Table, command: &FormatCommand) -> Result<String, PipelineError> {
    let [row_start, column_start, column_separator, column_end, row_separator, row_end] = &command.strings;
    let most =
        if command.max_results == 0 { usize::MAX } else { usize::try_from(command.max_results).unwrap_or(usize::MAX) };
    let mut out = String::new();
    let mut any = false;
    for row in table.rows.iter().take(most) {
        let cells = table.columns.iter().zip(&row.values);
        let shown = cells.filter(|(column, value)| !column.name.starts_with('_') && !value.is_null());
        let fields: Vec<String> = shown.map(|(column, value)| field(&column.name, value, &command.mv_sep)).collect();
        if fields.is_empty() {
            continue;
        }
        put(&mut out, if any { row_separator } else { row_start });
        put(&mut out, column_start);
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                put(&mut out, column_separator);
            }
            put(&mut out, field);
        }
        put(&mut out, column_end);
        any = true;
        check_length("format", out.len())?;
    }
    if !any {
        return Ok(command.empty.clone());
    }
    put(&mut out, row_end);
    Ok(out)
}

/// Returns the rows of a subsearch as the text of a condition: as `format` does without arguments, or what the subsearch wrote itself in
/// a field `search` or `query` (§1.6.2, §1.6.4). No rows give `NOT ()` (§1.6.3).
///
/// # Errors
///
/// `E-STAGE-LIMIT` if the text is too long.
pub fn format_rows(table: &Table) -> Result<String, PipelineError> {
    if let ([column], [row]) = (table.columns.as_slice(), table.rows.as_slice())
        && [SEARCH, "query"].contains(&&*column.name)
        && let [Value::Text(text)] = row.values.as_slice()
    {
        return Ok(text.clone());
    }
    let strings = ["(", "(", "AND", ")", "OR", ")"].map(str::to_owned);
    let empty = if fault("stages-empty-subsearch-matches-all") { "*" } else { "NOT ()" };
    let command = FormatCommand { strings, mv_sep: "OR".to_owned(), max_results: 0, empty: empty.to_owned() };
    text(table, &command)
}

/// A table of one row with the text in `search`, which stands for all rows.
pub(super) fn one_row(table: Table, text: String) -> Table {
    let mut evidence: Vec<_> = table.rows.into_iter().flat_map(|row| row.evidence).collect();
    evidence.sort_unstable();
    evidence.dedup();
    let columns = vec![TableColumn { name: SEARCH.into(), named: true }];
    Table { columns, rows: vec![TableRow { values: vec![Value::Text(text)], evidence }] }
}

impl TableStage for Format {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let text = text(&table, &self.command)?;
        Ok(one_row(table, text))
    }

    fn needs(&self, _after: Needs) -> Needs {
        Needs::Fields(vec![FieldPattern { glob: Glob::new("*") }])
    }
}
