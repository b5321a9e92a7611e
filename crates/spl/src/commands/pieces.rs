//! Patterns out of touching quoted and unquoted pieces (§5.5.5), for `regex` and `rex`.

use crate::lex;

/// A pattern as written, without the quotes round it or in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Joined {
    /// The pieces, one behind the other, escapes still in them.
    pub(super) raw: String,
    /// How many bytes of the text they take.
    pub(super) length: usize,
    /// Did quotes stand anywhere but round the whole?
    pub(super) displaced: bool,
}

/// Joins touching pieces up to the next blank outside quotes.
pub(super) fn join(text: &str) -> Joined {
    let (mut raw, mut at, mut pieces, mut quotes) = (String::new(), 0, 0, 0);
    while let Some(next) = text[at..].chars().next() {
        if next.is_whitespace() {
            break;
        }
        pieces += 1;
        if next == '"' {
            let (inner, length) = lex::quoted_text(&text[at..]);
            raw.push_str(inner);
            at += length;
            quotes += 1;
            continue;
        }
        let length = bare_length(&text[at..]);
        raw.push_str(&text[at..at + length]);
        at += length;
    }
    // In quotes, a last lone backslash would keep the quote from closing; doubled, it means the same (§1.4.1).
    let backslashes = raw.len() - raw.trim_end_matches('\\').len();
    if !backslashes.is_multiple_of(2) {
        raw.push('\\');
    }
    Joined { raw, length: at, displaced: quotes > 0 && pieces > 1 }
}

/// Length of an unquoted piece: up to a blank or a quote that no backslash stands before.
pub(super) fn bare_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().find(|&(_, c)| {
        let ends = !escaped && (c == '"' || c.is_whitespace());
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> (String, usize, bool) {
        let joined = join(text);
        (joined.raw, joined.length, joined.displaced)
    }

    #[test]
    fn section_5_5_5_quotes_inside_a_pattern_are_dropped() {
        assert_eq!(raw(r#""a b" c"#), ("a b".to_owned(), 5, false));
        assert_eq!(raw(r#"(?<x>"a b")c d"#), ("(?<x>a b)c".to_owned(), 12, true));
        assert_eq!(raw(r#""a"b"c""#), ("abc".to_owned(), 7, true));
        assert_eq!(raw(r#"a\"b"#), (r#"a\"b"#.to_owned(), 4, false));
        assert_eq!(raw(r"a\"), (r"a\\".to_owned(), 2, false));
    }
}
