//! CSV text to cells, one after the other.
//!
//! Cells are separated by commas, rows by line ends; quotes hold commas, line ends and, doubled, quotes. Lines without anything on
//! them are skipped. White space around a cell without quotes is no part of it: published tables have `name, value` both in their
//! head and below it, and their rules expect the names and values without the blank.

use std::borrow::Cow;

/// Reads rows.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    /// What is left.
    rest: &'a str,
    /// The line at which `rest` begins, from 1.
    line: u64,
}

/// Why a row cannot be read, and the line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// From 1.
    pub(crate) line: u64,
    /// What is wrong, and what to do.
    pub(crate) message: &'static str,
}

impl<'a> Reader<'a> {
    /// A reader of a whole file; a byte order mark in front is skipped.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text.strip_prefix('\u{FEFF}').unwrap_or(text), line: 1 }
    }

    /// Puts the cells of the next row into `cells`, whose content is lost; returns its line, or `None` at the end.
    pub(crate) fn row(&mut self, cells: &mut Vec<Cow<'a, str>>) -> Result<Option<u64>, Malformed> {
        cells.clear();
        loop {
            let bytes = self.rest.as_bytes();
            let Some(first) = bytes.first() else { return Ok(None) };
            if !matches!(first, b'\n' | b'\r') {
                break;
            }
            self.end_line();
        }
        let line = self.line;
        loop {
            let cell = self.cell()?;
            cells.push(cell);
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
            } else {
                self.end_line();
                return Ok(Some(line));
            }
        }
    }

    /// Skips one line end, if one stands here.
    fn end_line(&mut self) {
        let after = self.rest.strip_prefix("\r\n").or_else(|| self.rest.strip_prefix(['\n', '\r']));
        if let Some(rest) = after {
            self.rest = rest;
            self.line += 1;
        }
    }

    /// The cell that begins here; what follows is a comma, a line end or nothing.
    fn cell(&mut self) -> Result<Cow<'a, str>, Malformed> {
        let blank = |character| matches!(character, ' ' | '\t');
        if let Some(quoted) = self.rest.trim_start_matches(blank).strip_prefix('"') {
            return self.quoted(quoted);
        }
        let end = self.rest.find([',', '\n', '\r']).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Cow::Borrowed(cell.trim_matches(blank)))
    }

    /// The cell whose opening quote stands before `text`.
    fn quoted(&mut self, text: &'a str) -> Result<Cow<'a, str>, Malformed> {
        let opened = self.line;
        let mut cell = Cow::Borrowed("");
        let mut rest = text;
        loop {
            let Some(quote) = rest.find('"') else {
                let message =
                    "the quote that opens here is not closed; close it, or double a quote that belongs to the cell";
                return Err(Malformed { line: opened, message });
            };
            let (piece, after) = rest.split_at(quote);
            append(&mut cell, piece);
            rest = &after[1..];
            match rest.strip_prefix('"') {
                Some(next) => {
                    append(&mut cell, "\"");
                    rest = next;
                }
                None => break,
            }
        }
        self.line += line_ends(&text[..text.len() - rest.len()]);
        self.rest = rest.trim_start_matches([' ', '\t']);
        if self.rest.is_empty() || self.rest.starts_with([',', '\n', '\r']) {
            return Ok(cell);
        }
        let message = "text follows a closing quote; double quotes that belong to the cell";
        Err(Malformed { line: self.line, message })
    }
}

/// Adds a piece to a cell, which stays borrowed while it is one piece.
fn append<'a>(cell: &mut Cow<'a, str>, piece: &'a str) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(piece);
    } else if !piece.is_empty() {
        cell.to_mut().push_str(piece);
    }
}

/// How many lines end in a text; `\r\n` ends one.
fn line_ends(text: &str) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for byte in text.bytes() {
        count += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Result<Vec<(u64, Vec<String>)>, Malformed> {
        let mut reader = Reader::new(text);
        let (mut cells, mut rows) = (Vec::new(), Vec::new());
        while let Some(line) = reader.row(&mut cells)? {
            rows.push((line, cells.iter().map(|cell| cell.clone().into_owned()).collect()));
        }
        Ok(rows)
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn quotes_hold_commas_line_ends_and_quotes() {
        let text = "\u{FEFF}a,b\r\n\"x,\"\"y\"\"\",\"1\r\n2\n3\"\r\n\r\n\nlast,\n";
        let expected = [row(1, &["a", "b"]), row(2, &["x,\"y\"", "1\r\n2\n3"]), row(7, &["last", ""])];
        assert_eq!(rows(text).unwrap(), expected);
    }

    #[test]
    fn blanks_around_a_cell_count_only_inside_quotes() {
        assert_eq!(
            rows("domain, isLegit\na.com, True \n\" b \" , \" \"").unwrap(),
            [row(1, &["domain", "isLegit"]), row(2, &["a.com", "True"]), row(3, &[" b ", " "])]
        );
    }

    #[test]
    fn a_quote_inside_a_cell_without_quotes_is_text() {
        assert_eq!(rows("a\"b,c\"\"").unwrap(), [row(1, &["a\"b", "c\"\""])]);
    }

    #[test]
    fn malformed_quotes_are_named_with_their_line() {
        assert_eq!(rows("a\n\"b\nc").unwrap_err().line, 2);
        assert_eq!(rows("a\n\"b\n\"c").unwrap_err().line, 3);
    }

    proptest! {
        #[test]
        fn written_cells_read_back(cells in prop::collection::vec(prop::collection::vec("[a\", \r\n é]{0,6}", 2), 1..5)) {
            let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let lines: Vec<String> =
                cells.iter().map(|row| row.iter().map(quote).collect::<Vec<_>>().join(",")).collect();
            let read: Vec<Vec<String>> = rows(&lines.join("\n")).unwrap().into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(read, cells);
        }

        #[test]
        fn no_text_is_a_panic(text in "[a\",\r\n é\u{FEFF}]{0,40}") {
            let _ = rows(&text);
        }
    }
}
