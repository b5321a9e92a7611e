//! Quoted texts whose later lines are not indented, which published rules have and readers of YAML 1.1 accept.
//!
//! YAML 1.2 asks for one blank before each later line of a quoted text; the parser refuses files without it. Blanks at the
//! start of such lines never count, so putting them in changes no text. [`Padding`] does that in a copy and turns the places
//! of the copy back into places of the file.

/// Quoted texts that are mended in one file; each costs another reading of it.
const MAX_REPAIRS: usize = 16;

/// Blanks that are put into one file at most, in bytes.
const MAX_BLANKS: usize = 1 << 20;

/// One run of blanks that the file does not have, at the start of a line.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The line, counted from 1, as the parser counts.
    line: usize,
    /// Characters of the padded text before the run.
    start: usize,
    /// Blanks in the run.
    blanks: usize,
    /// Blanks in the runs before it.
    before: usize,
}

/// The text of a file with blanks put in. The default has none.
#[derive(Debug, Default)]
pub(crate) struct Padding {
    /// The runs put in so far, ascending.
    runs: Vec<Run>,
    /// Number of texts mended so far.
    repairs: usize,
}

/// What [`Padding::mend`] found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mended {
    /// The text with the quoted text's lines indented.
    Text(String),
    /// The quoted text has no closing quote.
    NotClosed,
    /// There is nothing that blanks would mend.
    No,
}

impl Padding {
    /// Indents the later lines of the quoted text that starts at character `start` of `text`, which has the runs put in so far,
    /// to `column`, counted from 0.
    pub(crate) fn mend(&mut self, text: &str, start: usize, column: usize) -> Mended {
        let Some((from, quote)) = text.char_indices().nth(start) else { return Mended::No };
        let lines = match later_lines(&text[from..], quote) {
            Some(lines) if !lines.is_empty() => lines,
            Some(_) => return Mended::No,
            None => return Mended::NotClosed,
        };
        let mut before = self.runs.last().map_or(0, |run| run.before + run.blanks);
        let wanted = column.checked_mul(lines.len()).and_then(|wanted| wanted.checked_add(before));
        if self.repairs == MAX_REPAIRS || column == 0 || wanted.is_none_or(|wanted| wanted > MAX_BLANKS) {
            return Mended::No;
        }
        self.repairs += 1;
        let mut padded = String::with_capacity(text.len() + column * lines.len());
        let mut done = 0;
        let (mut chars, mut line) = (0, 1);
        for at in lines.into_iter().map(|at| from + at) {
            let piece = &text[done..at];
            padded.push_str(piece);
            chars += piece.chars().count();
            line += line_breaks(piece);
            self.runs.push(Run { line, start: chars, blanks: column, before });
            before += column;
            padded.extend(std::iter::repeat_n(' ', column));
            chars += column;
            done = at;
        }
        padded.push_str(&text[done..]);
        Mended::Text(padded)
    }

    /// Returns the character of the file that character `index` of the padded text is.
    pub(crate) fn index(&self, index: usize) -> usize {
        match self.runs.partition_point(|run| run.start < index).checked_sub(1) {
            Some(last) => {
                let run = self.runs[last];
                index - run.before - run.blanks.min(index - run.start)
            }
            None => index,
        }
    }

    /// Returns the column of the file, counted from 0, that `column` of `line` of the padded text is.
    pub(crate) fn column(&self, line: usize, column: usize) -> usize {
        let run = self.runs.binary_search_by_key(&line, |run| run.line);
        column.saturating_sub(run.map_or(0, |run| self.runs[run].blanks))
    }
}

/// Returns how many line breaks there are in `text`, as the parser counts them.
fn line_breaks(text: &str) -> usize {
    text.matches(['\n', '\r']).count() - text.matches("\r\n").count()
}

/// Returns the byte offsets at which later lines of the quoted text at the start of `text` begin; `None` if it is not closed
/// before the end or before a mark that ends the document.
fn later_lines(text: &str, quote: char) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\'' if quote == '\'' && bytes.get(at) == Some(&b'\'') => at += 1,
            b'\'' if quote == '\'' => return Some(lines),
            b'"' if quote == '"' => return Some(lines),
            b'\\' if quote == '"' && bytes.get(at).is_some_and(|next| !matches!(next, b'\n' | b'\r')) => at += 1,
            b'\n' | b'\r' if !(byte == b'\r' && bytes.get(at) == Some(&b'\n')) => {
                let mark = bytes.get(at..at + 3).is_some_and(|mark| mark == b"---" || mark == b"...");
                if mark && bytes.get(at + 3).is_none_or(u8::is_ascii_whitespace) {
                    return None;
                }
                lines.push(at);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text with the quoted text at `start` mended, and the padding.
    fn mend(text: &str, start: usize, column: usize) -> (Mended, Padding) {
        let mut padding = Padding::default();
        (padding.mend(text, start, column), padding)
    }

    #[test]
    fn later_lines_are_indented_and_places_lead_back() {
        let text = "é: 'a\nb ''\r\n\nc'\nd: 1\n";
        let (mended, padding) = mend(text, 3, 3);
        let Mended::Text(padded) = mended else { panic!("mended") };
        assert_eq!(padded, "é: 'a\n   b ''\r\n   \n   c'\nd: 1\n");
        let original: Vec<char> = text.chars().collect();
        for (index, char) in padded.chars().enumerate().filter(|(_, char)| !char.is_whitespace()) {
            assert_eq!(original[padding.index(index)], char, "at {index}");
        }
        assert_eq!([padding.column(1, 3), padding.column(2, 3), padding.column(4, 4)], [3, 0, 1]);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_apart() {
        assert_eq!(mend("'a\nb", 0, 1).0, Mended::NotClosed);
        assert_eq!(mend("\"a\\\"\nb", 0, 1).0, Mended::NotClosed);
        assert_eq!(mend("'a\n--- b'", 0, 1).0, Mended::NotClosed);
        assert_eq!(mend("'a'", 0, 1).0, Mended::No);
        assert_eq!(mend("'a\nb'", 9, 1).0, Mended::No);
    }

    #[test]
    fn blanks_are_bounded() {
        let text = format!("'{}'", "\n".repeat(5000));
        assert_eq!(mend(&text, 0, 1000).0, Mended::No);
        let mut padding = Padding::default();
        let tried = (0..MAX_REPAIRS + 1).map(|_| padding.mend("'\n'", 0, 1));
        assert_eq!(tried.filter(|mended| *mended == Mended::No).count(), 1);
    }

    #[test]
    fn escaped_breaks_count_as_breaks() {
        assert_eq!(later_lines("\"a\\\nb\\\\\"", '"'), Some(vec![4]));
        assert_eq!((line_breaks("a\r\nb\rc\n"), line_breaks("")), (3, 0));
    }
}
