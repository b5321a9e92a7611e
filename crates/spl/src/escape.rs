//! What a backslash means, by context (§1.4).

/// Removes escapes of `search` text: `\"` is `"`, `\\` is `\`, `\|` is `|`; any other `\c` keeps both characters.
#[must_use]
pub fn search(text: &str) -> String {
    unescape(text, &['"', '\\', '|'])
}

/// Removes escapes of patterns, expression strings and field lists: `\"` is `"`, `\\` is `\`; anything else stays.
#[must_use]
pub fn string(text: &str) -> String {
    unescape(text, &['"', '\\'])
}

/// Drops the backslash before each of `known`.
fn unescape(text: &str, known: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && known.contains(next) => {
                out.push(*next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// Returns text that [`search`] and [`string`] both read back as `text`: `"` and `\` get a backslash.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_s1_4_3() {
        // As written between the quotes; as text of a search; as what PCRE receives.
        let cases = [
            (r"\\\\", r"\\", r"\\"),
            (r"\\", r"\", r"\"),
            (r"\\\(x", r"\\(x", r"\\(x"),
            (r"a\\b", r"a\b", r"a\b"),
            (r"a\\\\b", r"a\\b", r"a\\b"),
            (r"\x5c\x5c", r"\x5c\x5c", r"\x5c\x5c"),
            (r#"say \"x\""#, r#"say "x""#, r#"say "x""#),
            (r"\(x86\)", r"\(x86\)", r"\(x86\)"),
            (r"Program\sFiles\\AnyDesk", r"Program\sFiles\AnyDesk", r"Program\sFiles\AnyDesk"),
            (r"\|(?<x>[^|]+)", r"|(?<x>[^|]+)", r"\|(?<x>[^|]+)"),
        ];
        for (written, in_search, in_pattern) in cases {
            // Three backslashes: the first two are one, the third is kept before a character that SPL does not escape.
            assert_eq!(search(written), in_search, "{written}");
            assert_eq!(string(written), in_pattern, "{written}");
        }
    }

    #[test]
    fn quoting_reads_back() {
        for text in [r"\", r#"a"b\"#, r"\|", r"\\*", "plain"] {
            let quoted = quote(text);
            assert_eq!(search(&quoted[1..quoted.len() - 1]), text);
            assert_eq!(string(&quoted[1..quoted.len() - 1]), text);
        }
    }
}
