//! From a byte of a rule's SPL to a line and column of the rule's file.

use std::{fmt, sync::Arc};

use saphyr_parser::ScalarStyle;

use crate::walk;

/// A place in a file, for people: lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line; line feed, carriage return and both together end one.
    pub line: u32,
    /// The column, in characters from the start of the line.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A file's text with the start of each line.
#[derive(Clone, Debug)]
pub(crate) struct SourceText {
    /// The whole text, without a byte order mark.
    text: Arc<str>,
    /// Byte offset of the start of line `i + 1`; never empty.
    lines: Arc<[u32]>,
}

impl SourceText {
    /// Returns the text with its lines found. Only the first 4 GiB can be located, far above the size limit of a rule.
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter_map(|(at, byte)| match byte {
            b'\n' => Some(at + 1),
            b'\r' if bytes.get(at + 1) != Some(&b'\n') => Some(at + 1),
            _ => None,
        });
        let lines = std::iter::once(0).chain(ends).map_while(|at| u32::try_from(at).ok()).collect();
        Self { text: text.into(), lines }
    }

    /// Returns the text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the place of the character that holds byte `offset`; the end of the text for an offset past it.
    pub(crate) fn locate(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|&start| start as usize <= offset).max(1);
        let start = self.lines[line - 1] as usize;
        let column = self.text[start..offset].chars().count() + 1;
        let clamp = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: clamp(line), column: clamp(column) }
    }

    /// Returns line `line`, counted from 1, without what ends it; `None` past the last line.
    fn line(&self, line: u32) -> Option<&str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.lines.get(index)? as usize;
        let end = self.lines.get(index + 1).map_or(self.text.len(), |&end| end as usize);
        Some(self.text[start..end].trim_end_matches(['\n', '\r']))
    }
}

/// A stretch of decoded text and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Offset of the first byte in the decoded text.
    pub(crate) decoded: u32,
    /// Offset of the first byte in the file's text.
    pub(crate) source: u32,
    /// Whether the following bytes stand in the file as they are; otherwise all of the stretch comes from one fold or escape.
    pub(crate) verbatim: bool,
}

/// Maps byte offsets of a rule's SPL to places in the rule's file, through quotes, folds and escapes of YAML.
///
/// The map is made by reading the file's scalar a second time beside the decoded text. Should the two readings ever disagree,
/// every offset maps to the start of the scalar: less exact, never wrong about the rule.
#[derive(Clone, Debug)]
pub struct PositionMap {
    /// The file.
    source: SourceText,
    /// Ascending in `decoded`; the first one starts at 0.
    segments: Arc<[Segment]>,
}

impl PositionMap {
    /// Returns the map of a file that is its own SPL: every offset stands for itself.
    pub(crate) fn identity(source: SourceText) -> Self {
        Self { source, segments: Arc::from([Segment { decoded: 0, source: 0, verbatim: true }]) }
    }

    /// Returns the map of the scalar that starts at byte `start` of the file, was written in `style` and reads `decoded`.
    pub(crate) fn of_scalar(source: SourceText, start: usize, style: ScalarStyle, decoded: &str) -> Self {
        let whole = Segment { decoded: 0, source: u32::try_from(start).unwrap_or(u32::MAX), verbatim: false };
        let segments = walk::segments(source.text(), start, style, decoded).unwrap_or_default();
        let segments = if segments.is_empty() { Arc::from([whole]) } else { Arc::from(segments) };
        Self { source, segments }
    }

    /// Returns the place in the file of byte `offset` of the SPL. An offset past the end gives the place after the last
    /// character.
    #[must_use]
    pub fn locate(&self, offset: usize) -> Position {
        self.source.locate(self.source_offset(offset))
    }

    /// Returns the byte offset in the file's text (after a byte order mark) of byte `offset` of the SPL. All bytes that come
    /// from one fold or escape have the offset where that starts.
    #[must_use]
    pub fn source_offset(&self, offset: usize) -> usize {
        let index = self.segments.partition_point(|segment| segment.decoded as usize <= offset);
        let segment = self.segments[index.saturating_sub(1)];
        let within = if segment.verbatim { offset.saturating_sub(segment.decoded as usize) } else { 0 };
        (segment.source as usize).saturating_add(within).min(self.source.text.len())
    }

    /// Returns line `line` of the file, counted from 1, without its line end; `None` past the last line. For showing a message
    /// with the line that it is about.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&str> {
        self.source.line(line)
    }

    /// Returns the file's text, without a byte order mark.
    #[must_use]
    pub fn file_text(&self) -> &str {
        self.source.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_lf_crlf_and_cr() {
        let source = SourceText::new("a\nbc\r\nd\re");
        let at = |offset| source.locate(offset).to_string();
        assert_eq!([at(0), at(2), at(3), at(6), at(8), at(99)], ["1:1", "2:1", "2:2", "3:1", "4:1", "4:2"]);
        assert_eq!((source.line(2), source.line(4), source.line(5)), (Some("bc"), Some("e"), None));
    }

    #[test]
    fn columns_count_characters_and_offsets_inside_one_count_for_it() {
        let source = SourceText::new("é—x");
        let at = |offset| source.locate(offset).column;
        assert_eq!([at(0), at(1), at(2), at(4), at(5)], [1, 1, 2, 2, 3]);
    }

    #[test]
    fn an_empty_text_has_one_place() {
        assert_eq!(SourceText::new("").locate(5).to_string(), "1:1");
        assert_eq!(PositionMap::identity(SourceText::new("")).locate(0).to_string(), "1:1");
    }

    #[test]
    fn a_disagreement_falls_back_to_the_start_of_the_scalar() {
        let map = PositionMap::of_scalar(SourceText::new("k: 'abc'"), 3, ScalarStyle::SingleQuoted, "abd");
        assert_eq!([map.locate(0).column, map.locate(2).column, map.locate(99).column], [4, 4, 4]);
    }
}
