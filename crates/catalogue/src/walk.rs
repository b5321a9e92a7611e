//! Reads a YAML scalar a second time, beside its decoded text, to learn where each decoded byte comes from.
//!
//! The walk decodes by itself, following YAML 1.2: quotes, doubled quotes, escapes, folded lines. Every character that it
//! decodes is compared with the text that the parser gave, so a disagreement is noticed and never trusted.

use std::{iter::Peekable, str::Chars};

use saphyr_parser::ScalarStyle;

use crate::positions::Segment;

/// Returns the segments of the scalar that starts at byte `start` of `source`, ascending, or `None` if the scalar does not
/// read as `decoded`. Empty for an empty text.
///
/// `start` is the opening quote of a quoted scalar, the first character of a plain one, and the first content character of a
/// block scalar.
pub(crate) fn segments(source: &str, start: usize, style: ScalarStyle, decoded: &str) -> Option<Vec<Segment>> {
    let mut walk = Walk { source, at: start, decoded: decoded.chars().peekable(), done: 0, segments: Vec::new() };
    if !source.is_char_boundary(start) {
        return None;
    }
    match style {
        ScalarStyle::Plain => walk.flow(None)?,
        ScalarStyle::SingleQuoted => walk.flow(Some('\''))?,
        ScalarStyle::DoubleQuoted => walk.flow(Some('"'))?,
        ScalarStyle::Literal | ScalarStyle::Folded => walk.block()?,
    }
    walk.decoded.peek().is_none().then_some(walk.segments)
}

/// The state of the two readings.
struct Walk<'a> {
    /// The file's text.
    source: &'a str,
    /// Byte offset in `source` of the next character to read.
    at: usize,
    /// What the parser decoded and the walk has not seen yet.
    decoded: Peekable<Chars<'a>>,
    /// Bytes of the decoded text already seen.
    done: usize,
    /// What was found so far.
    segments: Vec<Segment>,
}

impl Walk<'_> {
    /// Returns the next character of the source without taking it.
    fn peek(&self) -> Option<char> {
        self.source.get(self.at..)?.chars().next()
    }

    /// Records that `char`, decoded, comes from byte `from` of the source. `None` if the parser decoded another character.
    fn emit(&mut self, char: char, from: usize, verbatim: bool) -> Option<()> {
        (self.decoded.next()? == char).then_some(())?;
        let segment = Segment { decoded: u32::try_from(self.done).ok()?, source: u32::try_from(from).ok()?, verbatim };
        self.done += char.len_utf8();
        let follows = self.segments.last().is_some_and(|last| {
            last.verbatim && verbatim && segment.decoded - last.decoded == segment.source.wrapping_sub(last.source)
        });
        if !follows {
            self.segments.push(segment);
        }
        Some(())
    }

    /// Takes the next character of the source and records that it stands for itself.
    fn copy(&mut self) -> Option<()> {
        let char = self.peek()?;
        self.emit(char, self.at, true)?;
        self.at += char.len_utf8();
        Some(())
    }

    /// Takes a line break (`\n`, `\r\n` or `\r`) and returns where it started; `None`, taking nothing, at anything else.
    fn line_break(&mut self) -> Option<usize> {
        let from = self.at;
        match self.peek()? {
            '\n' => self.at += 1,
            '\r' if self.source.as_bytes().get(from + 1) == Some(&b'\n') => self.at += 2,
            '\r' => self.at += 1,
            _ => return None,
        }
        Some(from)
    }

    /// Takes blanks.
    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.at += 1;
        }
    }

    /// Walks a quoted scalar, or a plain one if `quote` is `None`, until the decoded text is used up.
    fn flow(&mut self, quote: Option<char>) -> Option<()> {
        if let Some(quote) = quote {
            (self.peek()? == quote).then_some(())?;
            self.at += 1;
        }
        while self.decoded.peek().is_some() {
            match (self.peek()?, quote) {
                (' ' | '\t' | '\n' | '\r', _) => self.white_space()?,
                ('\'', Some('\'')) => {
                    self.source[self.at..].starts_with("''").then_some(())?;
                    self.emit('\'', self.at, false)?;
                    self.at += 2;
                }
                ('"', Some('"')) => return None,
                ('\\', Some('"')) => self.escape()?,
                _ => self.copy()?,
            }
        }
        Some(())
    }

    /// Walks blanks between words, which stand for themselves, or a fold over lines: one break is a blank, more breaks are one
    /// line feed less than there are breaks, and blanks around breaks do not count.
    fn white_space(&mut self) -> Option<()> {
        let from = self.at;
        self.skip_blanks();
        let end_of_blanks = self.at;
        let Some(first) = self.line_break() else {
            self.at = from;
            while self.at < end_of_blanks {
                self.copy()?;
            }
            return Some(());
        };
        if self.empty_lines()? == 0 {
            self.emit(' ', first, false)?;
        }
        Some(())
    }

    /// Takes empty lines and the blanks before the next text, records a line feed for each, and returns how many there were.
    fn empty_lines(&mut self) -> Option<usize> {
        let mut count = 0;
        loop {
            self.skip_blanks();
            let Some(from) = self.line_break() else { return Some(count) };
            self.emit('\n', from, false)?;
            count += 1;
        }
    }

    /// Walks one escape of a double-quoted scalar.
    fn escape(&mut self) -> Option<()> {
        let from = self.at;
        self.at += 1;
        if self.line_break().is_some() {
            // An escaped break joins the lines; empty lines after it still count.
            self.empty_lines()?;
            return Some(());
        }
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        let char = match letter {
            '0' => '\0',
            'a' => '\x07',
            'b' => '\x08',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\x0b',
            'f' => '\x0c',
            'r' => '\r',
            'e' => '\x1b',
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            ' ' | '"' | '/' | '\\' => letter,
            'x' => self.code_point(2)?,
            'u' => self.code_point(4)?,
            'U' => self.code_point(8)?,
            _ => return None,
        };
        self.emit(char, from, false)
    }

    /// Takes `digits` hexadecimal digits and returns their character.
    fn code_point(&mut self, digits: usize) -> Option<char> {
        let text = self.source.get(self.at..self.at.checked_add(digits)?)?;
        self.at += digits;
        char::from_u32(u32::from_str_radix(text, 16).ok()?)
    }

    /// Walks a block scalar from its first content character. How breaks were folded and chomped is read off the decoded text,
    /// in which a line feed can only come from a break.
    fn block(&mut self) -> Option<()> {
        let line = self.source[..self.at].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let indent = self.at - line;
        self.leading_breaks(line)?;
        while self.decoded.peek().is_some() {
            while !matches!(self.peek(), None | Some('\n' | '\r')) {
                self.copy()?;
            }
            self.block_breaks(indent)?;
        }
        Some(())
    }

    /// Records line feeds before the first content, which stand for the empty lines before the line that starts at `line`.
    fn leading_breaks(&mut self, line: usize) -> Option<()> {
        let from = line.saturating_sub(1);
        while self.decoded.peek() == Some(&'\n') {
            self.emit('\n', from, false)?;
        }
        Some(())
    }

    /// Walks from the end of one content line to the next: the break, empty lines, and `indent` blanks.
    fn block_breaks(&mut self, indent: usize) -> Option<()> {
        let mut breaks = Vec::new();
        while let Some(from) = self.line_break() {
            breaks.push(from);
            let mut blanks = 0;
            while blanks < indent && self.peek() == Some(' ') {
                self.at += 1;
                blanks += 1;
            }
        }
        let mut kept = 0;
        while self.decoded.peek() == Some(&'\n') {
            // A file that ends without a break still ends its last line.
            let from = breaks.get(kept).copied().or((breaks.is_empty() && kept == 0).then_some(self.at))?;
            self.emit('\n', from, false)?;
            kept += 1;
        }
        match breaks.first() {
            Some(&first) if kept == 0 && self.decoded.peek().is_some() => self.emit(' ', first, false),
            None if self.decoded.peek().is_some() => None,
            _ => Some(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Node, parse};

    /// Returns, for each character of the only value of the YAML text, the decoded character and what stands at its place.
    fn places(yaml: &str) -> Vec<(char, String)> {
        let documents = parse(yaml).expect("YAML");
        let Node::Collection(top) = &documents.roots[0] else { panic!("a mapping") };
        let scalar = documents.scalar(&top.children[1]).expect("a text");
        let start = yaml.char_indices().nth(scalar.mark.index).map_or(yaml.len(), |(at, _)| at);
        let segments = segments(yaml, start, scalar.style, &scalar.text).expect("both readings agree");
        let place = |offset: usize| {
            let segment = segments[segments.partition_point(|segment| segment.decoded as usize <= offset) - 1];
            segment.source as usize + if segment.verbatim { offset - segment.decoded as usize } else { 0 }
        };
        let shown = |offset: usize| yaml.get(place(offset)..).unwrap_or("?").chars().take(2).collect::<String>();
        scalar.text.char_indices().map(|(offset, char)| (char, shown(offset))).collect()
    }

    /// Checks that each decoded character stands at its place as it is, as white space, or as the escape that it came from,
    /// and that the text reads `expected`.
    fn check(yaml: &str, expected: &str) {
        let places = places(yaml);
        assert_eq!(places.iter().map(|(char, _)| *char).collect::<String>(), expected);
        for (char, shown) in places {
            let first = shown.chars().next();
            let white = char.is_whitespace() && first.is_none_or(char::is_whitespace);
            assert!(first == Some(char) || white || first == Some('\\'), "{char:?} is said to stand at {shown:?}");
        }
    }

    #[test]
    fn single_quoted_folds_and_doubled_quotes() {
        check("k: 'a ''b''\n  c  \n\n\n  ''d'' e '\n", "a 'b' c\n\n'd' e ");
    }

    #[test]
    fn double_quoted_escapes_and_joined_lines() {
        check(
            "k: \"a\\tb\\x41\\u00e9\\U0001F600 \\\\ \\\"q\\\" \\\n   c\\\n\n   d\n   e\"\n",
            "a\tbAé😀 \\ \"q\" c\nd e",
        );
    }

    #[test]
    fn every_escape_letter() {
        let yaml = "k: \"\\0\\a\\b\\t\\n\\v\\f\\r\\e\\ \\\"\\/\\\\\\N\\_\\L\\P\"\n";
        check(yaml, "\0\x07\x08\t\n\x0b\x0c\r\x1b \"/\\\u{85}\u{a0}\u{2028}\u{2029}");
    }

    #[test]
    fn plain_over_lines() {
        check("k: index=a b\n  | stats count\n\n  | head 1 # a comment\nz: 1\n", "index=a b | stats count\n| head 1");
    }

    #[test]
    fn literal_block_with_indent_and_leading_empty_lines() {
        check("k: |\n\n  a\n    b\n\n  c\n", "\na\n  b\n\nc\n");
        check("k: |2-\n    a\n   b\n", "  a\n b");
        check("k: |+\n  a\n\n\n", "a\n\n\n");
    }

    #[test]
    fn folded_block_keeps_breaks_round_indented_lines() {
        check("k: >\n  a\n  b\n\n  c\n    d\n    e\n  f\n", "a b\nc\n  d\n  e\nf\n");
        check("k: >-\n  a\n  b\n", "a b");
        check("k: >-\n  a\n  b", "a b");
    }

    #[test]
    fn a_block_that_the_file_ends() {
        check("k: |\n  a\n  b", "a\nb\n");
    }

    #[test]
    fn windows_line_ends_and_wide_characters() {
        check("k: 'é —\r\n  ü ''x''\r\n\r\n  z'\r\n", "é — ü 'x'\nz");
        check("k: >\r\n  é\r\n  ü\r\n\r\n  z\r\n", "é ü\nz\n");
        check("é: |\r\n  a\r\n  b\r\n", "a\nb\n");
    }

    #[test]
    fn places_are_exact_inside_lines() {
        let at = |yaml, n: usize| places(yaml)[n].1.clone();
        assert_eq!(at("k: 'ab''cd\n  ef'\n", 3), "cd");
        assert_eq!(at("k: 'ab''cd\n  ef'\n", 6), "ef");
        assert_eq!(at("k: \"a\\u0041b\"\n", 2), "b\"");
    }

    #[test]
    fn a_different_text_is_noticed() {
        assert_eq!(segments("'ab'", 0, ScalarStyle::SingleQuoted, "abc"), None);
        assert_eq!(segments("'ab", 0, ScalarStyle::SingleQuoted, "abc"), None);
        assert_eq!(segments("ab'", 0, ScalarStyle::SingleQuoted, "ab"), None);
        assert_eq!(segments("é", 1, ScalarStyle::Plain, "a"), None);
        assert_eq!(segments("\"\\q\"", 0, ScalarStyle::DoubleQuoted, "q"), None);
        assert_eq!(segments("a", 0, ScalarStyle::Literal, "a\nb"), None);
    }
}
