//! A table: cells of texts under named columns.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::csv::{Malformed, Reader};
use crate::error::Error;
use crate::matcher::Matcher;
use crate::options::Options;

/// Most columns of a table.
const COLUMN_LIMIT: usize = 10_000;

/// Most cells of a table, so that a file of commas alone does not take many times its size.
const CELL_LIMIT: usize = 200_000_000;

/// A lookup table and the options of its definition. Row and column numbers count from 0.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name by which rules ask for it.
    name: Arc<str>,
    /// The cells, shared by all definitions over one file.
    cells: Arc<Cells>,
    /// How it matches.
    options: Options,
}

/// The cells of a table.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// Names of the columns, no two the same.
    columns: Vec<String>,
    /// All cells, row by row.
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
}

impl Cells {
    /// The empty table of these columns.
    pub(crate) fn empty(columns: Vec<String>) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Reads a file that is CSV with a head.
    ///
    /// # Errors
    ///
    /// `E-LOOKUP-CSV` with the line: no head, a name twice or empty, a row with more or fewer cells than the head, quotes that do
    /// not close. `E-LOOKUP-LIMIT` for too many columns or cells.
    pub(crate) fn of_csv(text: &str, path: &Path) -> Result<Self, Error> {
        let malformed = |Malformed { line, message }| Error::new("E-LOOKUP-CSV", path, message).at(line);
        let mut reader = Reader::new(text);
        let mut row: Vec<Cow<'_, str>> = Vec::new();
        let Some(line) = reader.row(&mut row).map_err(malformed)? else {
            return Err(Error::new("E-LOOKUP-CSV", path, "the file is empty; the first line must name the columns"));
        };
        let columns = row.iter().map(|cell| cell.clone().into_owned()).collect();
        let mut cells = Self::with_columns(columns, path).map_err(|error| error.at(line))?;
        while let Some(line) = reader.row(&mut row).map_err(malformed)? {
            cells.push(&row, path).map_err(|error| error.at(line))?;
        }
        cells.ends.shrink_to_fit();
        Ok(cells)
    }

    /// A table without rows, its column names checked.
    fn with_columns(columns: Vec<String>, path: &Path) -> Result<Self, Error> {
        if columns.len() > COLUMN_LIMIT {
            let message = format!("the table has {} columns; at most {COLUMN_LIMIT} are read", columns.len());
            return Err(Error::new("E-LOOKUP-LIMIT", path, message));
        }
        let mut seen = hashbrown::HashMap::with_capacity(columns.len());
        for (at, name) in columns.iter().enumerate() {
            if name.is_empty() {
                let message = format!("column {} has no name; name it or take it out", at + 1);
                return Err(Error::new("E-LOOKUP-CSV", path, message));
            }
            if let Some(first) = seen.insert(name.as_str(), at) {
                let message = format!("columns {} and {} are both named `{name}`; rename one", first + 1, at + 1);
                return Err(Error::new("E-LOOKUP-CSV", path, message));
            }
        }
        drop(seen);
        Ok(Self::empty(columns))
    }

    /// Adds a row.
    fn push(&mut self, row: &[impl AsRef<str>], path: &Path) -> Result<(), Error> {
        if row.len() != self.columns.len() {
            let message = format!(
                "the row has {} cells, the first line names {} columns; quote cells that hold a comma",
                row.len(),
                self.columns.len()
            );
            return Err(Error::new("E-LOOKUP-CSV", path, message));
        }
        if self.ends.len() + row.len() > CELL_LIMIT || u32::try_from(self.rows()).is_err() {
            let message = format!("the table has more than {CELL_LIMIT} cells; split it or take columns out");
            return Err(Error::new("E-LOOKUP-LIMIT", path, message));
        }
        for cell in row {
            self.text.push_str(cell.as_ref());
            self.ends.push(self.text.len());
        }
        Ok(())
    }

    /// How many rows there are.
    fn rows(&self) -> usize {
        self.ends.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// The text of a cell, empty for an empty one and for places outside the table.
    fn text(&self, row: usize, column: usize) -> &str {
        let width = self.columns.len();
        let Some(at) = row.checked_mul(width).and_then(|at| at.checked_add(column)).filter(|_| column < width) else {
            return "";
        };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }
}

impl Table {
    /// Returns a table of these rows, each with one text per column; an empty text is ∅.
    ///
    /// # Errors
    ///
    /// Those of a file: a column without name or twice, a row of another length, too many cells.
    pub fn new(
        name: &str,
        columns: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
        options: Options,
    ) -> Result<Self, Error> {
        let path = Path::new(name);
        let mut cells = Cells::with_columns(columns.iter().map(|column| (*column).to_owned()).collect(), path)?;
        for row in rows {
            cells.push(&row, path)?;
        }
        Ok(Self::of_cells(name, Arc::new(cells), options))
    }

    /// A table over cells that may be shared.
    pub(crate) fn of_cells(name: &str, cells: Arc<Cells>, options: Options) -> Self {
        Self { name: name.into(), cells, options }
    }

    /// Returns the name by which rules ask for it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the options of its definition.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Returns the names of the columns, in file order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.cells.columns
    }

    /// Returns the place of a column; names are case-sensitive.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns().iter().position(|column| column == name)
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.rows()
    }

    /// Returns whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the text of a cell; `None` for an empty one, and outside the table.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> Option<&str> {
        Some(self.cells.text(row, column)).filter(|text| !text.is_empty())
    }

    /// Returns an index that finds rows by keys for these columns, in their order.
    #[must_use]
    pub fn matcher(&self, columns: &[usize]) -> Matcher {
        Matcher::new(self, columns)
    }

    /// Returns the heap memory of the cells, in bytes, about.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.cells.text.capacity() + self.cells.ends.capacity() * size_of::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, Error> {
        Cells::of_csv(text, Path::new("t.csv")).map(|cells| Table::of_cells("t", Arc::new(cells), Options::default()))
    }

    #[test]
    fn section_5_13_2_an_empty_cell_is_null() {
        let table = read("a,b\n1,\n\"\",2\n").unwrap();
        assert_eq!((table.columns(), table.len()), (&["a".to_owned(), "b".to_owned()][..], 2));
        let cells: Vec<Option<&str>> = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(r, c)| table.cell(r, c)).to_vec();
        assert_eq!(cells, [Some("1"), None, None, Some("2")]);
        assert_eq!([table.cell(0, 2), table.cell(2, 0), table.cell(usize::MAX, 1)], [None; 3]);
    }

    #[test]
    fn malformed_tables_are_errors_with_the_line_and_what_to_do() {
        let message = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(
            message("a,b\n1,2\n\n1,2,3\n"),
            "E-LOOKUP-CSV: t.csv:4: the row has 3 cells, the first line names 2 columns; quote cells that hold a comma"
        );
        assert_eq!(message(""), "E-LOOKUP-CSV: t.csv: the file is empty; the first line must name the columns");
        assert_eq!(message("a, ,b\n"), "E-LOOKUP-CSV: t.csv:1: column 2 has no name; name it or take it out");
        assert_eq!(message("\na,b,a\n"), "E-LOOKUP-CSV: t.csv:2: columns 1 and 3 are both named `a`; rename one");
        assert!(message("a\n\"x\ny\n").starts_with("E-LOOKUP-CSV: t.csv:2: the quote that opens here is not closed"));
    }

    #[test]
    fn a_table_has_at_most_ten_thousand_columns() {
        let head = |count: usize| (0..count).map(|at| format!("c{at}")).collect::<Vec<_>>().join(",");
        assert_eq!(read(&head(10_000)).unwrap().columns().len(), 10_000);
        assert_eq!(read(&head(10_001)).unwrap_err().code, "E-LOOKUP-LIMIT");
    }
}
