//! Results for people: a block for each rule that has some, with its title, its path and its count.
//!
//! A block is a grid if its columns fit side by side with room to read, else a list of records, a line for each field. On no
//! terminal, lines may be of any length and a block is always a grid. Data are escaped (see [`escape`]) in both, so that a
//! value cannot break out of its cell; values of a multivalue stand on lines of their own (§4.5.5).

use std::{
    borrow::Cow,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style as Paint};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    Hits, Source, Style, Value,
    wrap::{width, wrap},
};
use crate::terminal::escape;

/// Columns of a terminal that a wrapped cell gets at least; below, a block is a list of records. Command lines of 24 columns
/// are just readable.
const LEAST_WRAPPED: usize = 24;

/// Blanks between two columns.
const GAP: usize = 2;

/// Columns of a table that does not go to a terminal.
const PAGE: usize = 160;

/// Most characters of one value that are shown; the other forms have all of them.
const MOST_SHOWN: usize = 1_000;

/// The name of the column with the rows behind each result.
const SOURCE: &str = "_source";

/// Writes the blocks, with an empty line between them.
pub(super) fn write(out: &mut dyn Write, results: &[&dyn Hits], style: &Style) -> io::Result<()> {
    let mut first = true;
    for hits in results.iter().filter(|hits| hits.rows() > 0) {
        if !std::mem::take(&mut first) {
            writeln!(out)?;
        }
        let block = Block::new(*hits, style);
        block.title(out)?;
        match block.grid_widths() {
            Some(widths) => block.grid(out, &widths)?,
            None => block.records(out)?,
        }
    }
    Ok(())
}

/// The results of one rule, on their way to a terminal.
struct Block<'a> {
    /// The results.
    hits: &'a dyn Hits,
    /// The form.
    style: &'a Style,
    /// Escaped names of the columns, that of the sources last.
    names: Vec<Cow<'a, str>>,
    /// Bold, or nothing without colours.
    strong: Paint,
    /// Dim, or nothing without colours.
    faint: Paint,
}

impl<'a> Block<'a> {
    /// Returns the block of `hits`.
    fn new(hits: &'a dyn Hits, style: &'a Style) -> Self {
        let names = hits.columns().iter().map(|name| escape(name));
        let names = names.chain(style.evidence.then_some(Cow::Borrowed(SOURCE))).collect();
        let (strong, faint) = if style.screen.color {
            (Paint::new().bold().fg_color(Some(AnsiColor::Cyan.into())), Paint::new().dimmed())
        } else {
            (Paint::new(), Paint::new())
        };
        Self { hits, style, names, strong, faint }
    }

    /// Writes the rule's id, title and count, and its path.
    fn title(&self, out: &mut dyn Write) -> io::Result<()> {
        let (rule, rows) = (self.hits.rule(), self.hits.rows());
        let (strong, faint) = (self.strong, self.faint);
        let unit = if rows == 1 { "hit" } else { "hits" };
        let title = format!("{}  {}", escape(rule.id), escape(rule.title));
        writeln!(out, "{strong}{title}{strong:#}  {rows} {unit}")?;
        writeln!(out, "{faint}{}{faint:#}", escape(rule.path))
    }

    /// Returns the escaped lines of the cell in `column` of `row`; none if the value is missing.
    fn cell(&self, row: usize, column: usize) -> Vec<String> {
        if column >= self.hits.columns().len() {
            return self.hits.sources(row).iter().map(Source::text).map(|text| escape(&text).into_owned()).collect();
        }
        match self.hits.value(row, column) {
            Value::Time(micros) => vec![zoned(micros, &self.style.timezone)],
            value => value.texts().iter().map(|text| shortened(&escape(text))).collect(),
        }
    }

    /// Returns the number of columns that a line may have.
    fn page(&self) -> usize {
        self.style.screen.width.unwrap_or(PAGE)
    }

    /// Returns the width of each column side by side, or `None` if they do not fit.
    fn grid_widths(&self) -> Option<Vec<usize>> {
        let mut widths: Vec<usize> = self.names.iter().map(|name| width(name)).collect();
        for row in 0..self.hits.rows() {
            for (column, widest) in widths.iter_mut().enumerate() {
                *widest = self.cell(row, column).iter().map(|line| width(line)).fold(*widest, usize::max);
            }
        }
        fit(widths, self.page().checked_sub(GAP * self.names.len().saturating_sub(1))?)
    }

    /// Writes the results as a grid.
    fn grid(&self, out: &mut dyn Write, widths: &[usize]) -> io::Result<()> {
        let heading: Vec<_> = self.names.iter().map(|name| vec![name.to_string()]).collect();
        grid_row(out, &heading, widths, self.strong)?;
        let rules: Vec<_> = widths.iter().map(|&width| vec!["-".repeat(width)]).collect();
        grid_row(out, &rules, widths, self.faint)?;
        for row in 0..self.hits.rows() {
            let cells: Vec<_> = (0..self.names.len()).map(|column| self.cell(row, column)).collect();
            grid_row(out, &cells, widths, Paint::new())?;
        }
        Ok(())
    }

    /// Writes the results as records; missing values are left out.
    fn records(&self, out: &mut dyn Write) -> io::Result<()> {
        let (strong, faint) = (self.strong, self.faint);
        // A very long name must not leave the values without room.
        let screen = self.page();
        let widest = self.names.iter().map(|name| width(name)).max().unwrap_or(0).min(screen / 3);
        let room = screen.saturating_sub(widest + 2 * GAP).max(1);
        for row in 0..self.hits.rows() {
            writeln!(out, "{faint}-- {} --{faint:#}", row + 1)?;
            for (column, name) in self.names.iter().enumerate() {
                let cell = self.cell(row, column);
                let lines = cell.iter().flat_map(|text| wrap(text, room));
                for (at, line) in lines.enumerate() {
                    let (name, first) = if at == 0 { (name.as_ref(), true) } else { ("", false) };
                    if first && width(name) > widest {
                        writeln!(out, "  {strong}{name}{strong:#}")?;
                        writeln!(out, "  {:widest$}  {line}", "")?;
                    } else {
                        let blanks = widest - width(name);
                        writeln!(out, "  {strong}{name}{strong:#}{:blanks$}  {line}", "")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns the text, or its beginning and how much is missing.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            format!("{}… ({rest} more characters; --format ndjson has them)", &text[..end])
        }
    }
}

/// Returns the widths that columns of the natural widths `widths` get in `room`: narrow ones keep theirs, the others share what
/// is left. `None` if that leaves one of them fewer than [`LEAST_WRAPPED`].
fn fit(mut widths: Vec<usize>, room: usize) -> Option<Vec<usize>> {
    let mut wide: Vec<usize> = (0..widths.len()).collect();
    let mut left = room;
    loop {
        let share = left / wide.len().max(1);
        let (narrow, still): (Vec<usize>, Vec<usize>) = wide.iter().partition(|&&column| widths[column] <= share);
        if narrow.is_empty() {
            wide.iter().for_each(|&column| widths[column] = share);
            return (wide.is_empty() || share >= LEAST_WRAPPED).then_some(widths);
        }
        left -= narrow.iter().map(|&column| widths[column]).sum::<usize>();
        wide = still;
    }
}

/// Writes one row of a grid, over as many lines as its tallest cell has.
fn grid_row(out: &mut dyn Write, cells: &[Vec<String>], widths: &[usize], paint: Paint) -> io::Result<()> {
    let cells: Vec<Vec<&str>> = cells
        .iter()
        .zip(widths)
        .map(|(cell, &width)| cell.iter().flat_map(|text| wrap(text, width)).collect())
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for line in 0..height {
        let mut blanks = 0;
        for (cell, &room) in cells.iter().zip(widths) {
            let text = cell.get(line).copied().unwrap_or("");
            if !text.is_empty() {
                // Blanks are owed until there is text again, so no line ends in blanks.
                write!(out, "{:blanks$}{paint}{text}{paint:#}", "")?;
                blanks = 0;
            }
            blanks += room.saturating_sub(width(text)) + GAP;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Returns the time in the zone, with its offset, or in UTC as the other forms have it.
fn zoned(micros: i64, zone: &TimeZone) -> String {
    match Timestamp::from_microsecond(micros) {
        Ok(time) if *zone != TimeZone::UTC => {
            let offset = zone.to_offset(time);
            time.display_with_offset(offset).to_string()
        }
        _ => retrohunt_columnar::text::time_text(micros),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::*;
    use super::*;
    use crate::{args::Format, terminal::Screen};

    #[test]
    fn a_block_that_fits_is_a_grid() {
        let expected = "\
5343.18043  Remote Admin Tools  1 hit
datasets/rules/remote_admin_tools.yml
_time                 host  process                user
--------------------  ----  ---------------------  ----
2020-08-05T07:48:29Z  W5    psexec.exe  \\\\srv \"x\"  a
                                                   b
";
        assert_eq!(written(Format::Table, &[&seed()], Some(80), false), expected);
        assert_eq!(written(Format::Table, &[&seed()], None, false), expected);
    }

    #[test]
    fn long_cells_are_wrapped_to_the_terminal() {
        let long = "x".repeat(60);
        let hits = hits(["1", "p", "t"], &["n", "text"], vec![vec![Value::Int(7), Value::Text(long.into())]]);
        let text = written(Format::Table, &[&hits], Some(40), false);
        let expected =
            format!("1  t  1 hit\np\nn  text\n-  {}\n7  {}\n   {}\n", "-".repeat(37), "x".repeat(37), "x".repeat(23));
        assert_eq!(text, expected);
    }

    #[test]
    fn columns_without_room_become_records() {
        let text = written(Format::Table, &[&seed()], Some(30), true);
        let expected = "\
5343.18043  Remote Admin Tools  1 hit
datasets/rules/remote_admin_tools.yml
-- 1 --
  _time    2020-08-05T07:48:29
           Z
  host     W5
  process  psexec.exe  \\\\srv\x20
           \"x\"
  user     a
           b
  _source  a/b.parquet:0:17
";
        assert_eq!(text, expected);
    }

    #[test]
    fn missing_values_are_blank_in_a_grid_and_left_out_of_records() {
        let rows = || vec![vec![Value::Null, Value::Text("x".into()), Value::Null]];
        let hits = hits(["1", "p", "t"], &["a", "b", "c"], rows());
        assert!(written(Format::Table, &[&hits], Some(80), false).ends_with("\n   x\n"));
        assert!(written(Format::Table, &[&hits], Some(4), false).ends_with("-- 1 --\n  b  x\n"));
    }

    #[test]
    fn data_cannot_break_out_of_their_cell() {
        let text: Value<'static> = Value::Text("a\x1b[31m\n\u{202e}b".into());
        let hits = hits(["1\n", "p\x1b", "t\x07"], &["c\r"], vec![vec![text]]);
        for width in [None, Some(80), Some(10)] {
            let table = written(Format::Table, &[&hits], width, false);
            assert!(table.chars().all(|char| char == '\n' || !char.is_control() && char != '\u{202e}'), "{table:?}");
        }
        assert!(written(Format::Table, &[&hits], None, false).contains(r"a\x1b[31m\n\u{202e}b"));
    }

    #[test]
    fn a_name_wider_than_the_terminal_leaves_room_for_values() {
        let name = "n".repeat(100);
        let hits = hits(["1", "p", "t"], &[&name, "b"], vec![vec![Value::Text("x".into()), Value::Int(2)]]);
        let table = written(Format::Table, &[&hits], Some(20), false);
        assert!(table.ends_with(&format!("  {name}\n{:10}x\n  b{:7}2\n", "", "")), "{table}");
    }

    #[test]
    fn times_are_in_the_zone_of_the_user() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(zoned(1_596_613_709_500_000, &zone), "2020-08-05T09:48:29.5+02:00");
        assert_eq!(zoned(0, &TimeZone::UTC), "1970-01-01T00:00:00Z");
        assert!(zoned(i64::MAX, &zone).ends_with('Z'));
    }

    #[test]
    fn colors_are_there_when_allowed() {
        let style = Style { screen: Screen { width: None, color: true }, timezone: TimeZone::UTC, evidence: false };
        let mut out = Vec::new();
        write(&mut out, &[&seed()], &style).expect("memory");
        assert!(String::from_utf8(out).expect("UTF-8").contains("\x1b[1m"));
    }

    #[test]
    fn narrow_columns_keep_their_width_and_wide_ones_share() {
        assert_eq!(fit(vec![5, 100, 100], 65), Some(vec![5, 30, 30]));
        assert_eq!(fit(vec![5, 100, 26], 65), Some(vec![5, 34, 26]));
        assert_eq!(fit(vec![5, 100, 100], 40), None);
        assert_eq!(fit(vec![5, 6], 11), Some(vec![5, 6]));
        assert_eq!(fit(vec![], 0), Some(vec![]));
    }
}
