//! `xyseries` (§5.23.3): one row per value of a field, one column per value of another.
//!
//! Rows stand where their x was first seen (§4.7.3), columns in natural order of the y values, of several value fields one after
//! the other.

use hashbrown::{HashMap, HashSet};
use retrohunt_spl::plan::XySeriesCommand;

use super::{Wide, check_cells, merged_evidence};
use crate::error::PipelineError;
use crate::kernels::number::Number;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::stats::order;
use crate::table::{Table, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// An `xyseries` made ready.
#[derive(Clone, Debug)]
pub(crate) struct XySeries {
    /// The command.
    command: XySeriesCommand,
    /// How many rows of the input a row remembers.
    evidence: usize,
}

/// The name of a series: the column value alone where there is one aggregate; of several, `agg: value`, with another text between or
/// in another form if the rule says so (§5.23.1).
pub(super) fn series_name(aggregate: &str, value: &str, several: bool, sep: &str, format: Option<&str>) -> String {
    match format {
        _ if !several => value.to_owned(),
        Some(format) => {
            // In one pass: a value that holds `$AGG$` is not replaced again.
            let piece = |piece: &str| piece.split("$VAL$").collect::<Vec<_>>().join(value);
            format.split("$AGG$").map(piece).collect::<Vec<_>>().join(aggregate)
        }
        None => format!("{aggregate}{sep}{value}"),
    }
}

impl XySeries {
    /// Makes an `xyseries` ready.
    pub(crate) fn new(command: &XySeriesCommand, settings: &Settings) -> Self {
        Self { command: command.clone(), evidence: settings.evidence }
    }
}

/// Texts in natural order: numbers as numbers and first.
pub(super) fn natural(texts: &mut [String]) {
    texts.sort_by(|left, right| {
        order::compare(&[(left.as_str(), Number::parse(left))], &[(right.as_str(), Number::parse(right))])
    });
}

/// The rows of the result, and the names of its series.
struct Lines {
    /// Each with its x and the rows that it is made of.
    lines: Vec<(Value, Vec<usize>)>,
    /// In natural order.
    names: Vec<String>,
}

/// A cell of a row; ∅ where there is no such column.
fn cell(row: &TableRow, at: Option<usize>) -> Value {
    at.and_then(|at| row.values.get(at)).cloned().unwrap_or(Value::Null)
}

impl XySeries {
    /// Which rows come into one. Those without x or y are left out.
    fn lines(&self, table: &Table) -> Lines {
        let (x, y) = (table.column(&self.command.x), table.column(&self.command.y));
        let mut lines: Vec<(Value, Vec<usize>)> = Vec::new();
        let mut by_key: HashMap<Vec<String>, usize> = HashMap::new();
        let mut names: HashSet<String> = HashSet::new();
        let mut previous: Option<Vec<String>> = None;
        for (at, row) in table.rows.iter().enumerate() {
            let (key, series) = (cell(row, x), cell(row, y));
            if key.is_null() || series.is_null() {
                continue;
            }
            for name in series.texts() {
                names.get_or_insert_with(name.as_ref(), str::to_owned);
            }
            let texts: Vec<String> = key.texts().into_iter().map(std::borrow::Cow::into_owned).collect();
            if self.command.grouped && previous.as_ref() != Some(&texts) {
                by_key.clear();
                previous = Some(texts.clone());
            }
            let line = *by_key.entry(texts).or_insert_with(|| {
                lines.push((key, Vec::new()));
                lines.len() - 1
            });
            lines[line].1.push(at);
        }
        let mut names: Vec<String> = names.into_iter().collect();
        natural(&mut names);
        Lines { lines, names }
    }
}

impl TableStage for XySeries {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let command = &self.command;
        let fields: Vec<Option<usize>> = command.values.iter().map(|name| table.column(name)).collect();
        let Lines { lines, names } = self.lines(&table);
        check_cells(lines.len(), names.len().saturating_mul(fields.len()).saturating_add(1))?;
        let place: HashMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let (several, format) = (fields.len() > 1, command.format.as_deref());
        let mut wide = Wide::new(Some(&command.x));
        let mut places = Vec::new();
        for (field, name) in command.values.iter().flat_map(|field| names.iter().map(move |name| (field, name))) {
            places.push(wide.add(&series_name(field, name, several, &command.sep, format), true));
        }
        let mut result = Table { columns: wide.columns, rows: Vec::new() };
        let y = table.column(&command.y);
        for (key, members) in lines {
            let mut values = vec![Value::Null; result.columns.len()];
            values[0] = key.under(&command.x);
            for row in members.iter().map(|member| &table.rows[*member]) {
                for (at, field) in fields.iter().enumerate() {
                    let value = cell(row, *field);
                    for name in cell(row, y).texts().iter().filter(|_| !value.is_null()) {
                        let column = places[at * names.len() + place[name.as_ref()]];
                        values[column] = value.clone().under(&result.columns[column].name);
                    }
                }
            }
            let evidence = merged_evidence(members.iter().map(|member| &table.rows[*member]), self.evidence);
            result.rows.push(TableRow { values, evidence });
        }
        Ok(result)
    }

    fn needs(&self, _after: Needs) -> Needs {
        let named = [&self.command.x, &self.command.y].into_iter().chain(&self.command.values);
        named.fold(Needs::Fields(Vec::new()), |needs, field| needs.and_field(field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_23_1_names_of_series() {
        assert_eq!(series_name("count", "a", false, ": ", Some("x")), "a");
        assert_eq!(series_name("count", "a", true, ": ", None), "count: a");
        assert_eq!(series_name("count", "a", true, "-", None), "count-a");
        assert_eq!(series_name("c", "$AGG$", true, "-", Some("$VAL$ of $AGG$")), "$AGG$ of c");
    }

    #[test]
    fn natural_order_puts_numbers_first() {
        let mut names = ["b", "10", "9", "a"].map(str::to_owned);
        natural(&mut names);
        assert_eq!(names, ["9", "10", "a", "b"]);
    }
}
