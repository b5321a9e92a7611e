//! What may be shown on a terminal, and how: data never reaches it with characters that it would obey.

use std::{borrow::Cow, fmt::Write as _, io::IsTerminal};

use anstream::ColorChoice;

use crate::args::Color;

/// Columns that are assumed where a terminal does not tell its width.
const DEFAULT_WIDTH: usize = 80;

/// What is known of the place that standard output goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    /// Columns, or `None` if it is no terminal and lines may be of any length.
    pub(crate) width: Option<usize>,
    /// Whether colours may be used.
    pub(crate) color: bool,
}

impl Screen {
    /// Returns what standard output is, with `color` as the user wants it.
    pub(crate) fn of_stdout(color: Color) -> Self {
        let stdout = std::io::stdout();
        let columns = || terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
        let auto = || anstream::AutoStream::choice(&stdout) != ColorChoice::Never;
        Self { width: stdout.is_terminal().then(columns), color: color.decide(auto) }
    }
}

impl Color {
    /// Returns whether to use colours; `auto` says what the terminal and `NO_COLOR` suggest.
    pub(crate) fn decide(self, auto: impl FnOnce() -> bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => auto(),
        }
    }
}

/// Returns `text` with every character that a terminal or a reader's eye would obey written out: controls as `\n`, `\t`, `\r` or
/// `\x1b`, others as `\u{202e}`.
///
/// Backslashes stay as they are, since command lines are full of them: the result is for people and cannot be read back.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            _ if !is_active(char) => escaped.push(char),
            _ => {
                let code = u32::from(char);
                // Writing into a String cannot fail.
                let _ =
                    if char.is_ascii() { write!(escaped, "\\x{code:02x}") } else { write!(escaped, "\\u{{{code:x}}}") };
            }
        }
    }
    Cow::Owned(escaped)
}

/// Returns whether `char` does something instead of being seen: controls, marks of writing direction, separators of lines, and
/// characters without width that can hide in a name.
fn is_active(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(escape(r"psexec \\srv\c$ – é 😀"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_a_terminal_obeys_is_written_out() {
        assert_eq!(escape("a\x1b[2Jb\n\t\r\x07\x7f\u{9b}"), r"a\x1b[2Jb\n\t\r\x07\x7f\u{9b}");
    }

    #[test]
    fn what_turns_or_hides_text_is_written_out() {
        assert_eq!(escape("cod\u{202e}exe.doc\u{2066}\u{200b}\u{feff}"), r"cod\u{202e}exe.doc\u{2066}\u{200b}\u{feff}");
    }

    #[test]
    fn color_is_as_the_user_says() {
        assert!(Color::Always.decide(|| false));
        assert!(!Color::Never.decide(|| true));
        assert!(Color::Auto.decide(|| true) && !Color::Auto.decide(|| false));
    }
}
