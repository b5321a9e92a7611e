//! Text to lines of a given width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns the terminal columns that `text`, without controls, takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Returns `text` cut into lines of at most `limit` terminal columns, at least one line. A line ends after a blank or a
/// separator of paths and lists if there is one in its second half, else anywhere between characters. Joined, the lines are the
/// text. A character wider than the limit has a line of its own.
pub(super) fn wrap(text: &str, limit: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while width(rest) > limit {
        let end = line_end(rest, limit);
        if end == rest.len() {
            break;
        }
        let (line, after) = rest.split_at(end);
        lines.push(line);
        rest = after;
    }
    lines.push(rest);
    lines
}

/// Returns the byte at which the first line of `text` ends, at least one character in.
fn line_end(text: &str, limit: usize) -> usize {
    let mut used = 0;
    let mut good = None;
    for (at, char) in text.char_indices() {
        used += char.width().unwrap_or(0);
        if used > limit && at > 0 {
            return good.unwrap_or(at);
        }
        if used * 2 > limit && matches!(char, ' ' | ',' | ';' | '\\' | '/' | '|' | '&') {
            good = Some(at + char.len_utf8());
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_one_line() {
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("abcde", 5), ["abcde"]);
    }

    #[test]
    fn lines_end_after_separators_when_they_can() {
        assert_eq!(
            wrap(r"C:\Windows\System32\cmd.exe /c whoami", 16),
            [r"C:\Windows\", r"System32\", "cmd.exe /c ", "whoami"]
        );
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_wide() {
        for text in ["日本語のテキスト", "a日b本c", "e\u{301}e\u{301}e\u{301}", "a b  c,d", "\u{301}"] {
            for limit in 1..12 {
                let lines = wrap(text, limit);
                assert_eq!(lines.concat(), text);
                assert!(
                    lines.iter().all(|line| width(line) <= limit || line.chars().count() <= 2),
                    "{lines:?} {limit}"
                );
            }
        }
    }
}
