//! The outermost level of a JSON text: what `fromjson`, `foreach` and `makeresults` need.
//!
//! Nested values are checked and kept as texts, so nothing here is recursive; depth is bounded by [`DEPTH_LIMIT`].

use std::borrow::Cow;

/// Most levels of brackets.
const DEPTH_LIMIT: usize = 512;

/// A JSON value, one level deep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json<'t> {
    /// `null`.
    Null,
    /// A string, escapes removed.
    String(String),
    /// A number, `true`, `false`, or the text of an object or array.
    Other(&'t str),
}

impl Json<'_> {
    /// The text of the value; `None` for `null`.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::String(text) => Some(text),
            Self::Other(text) => Some(text.to_owned()),
        }
    }
}

/// The members of the object that the text is, in order; `None` if it is no object.
pub(super) fn members(text: &str) -> Option<Vec<(String, Json<'_>)>> {
    let mut reader = Reader { text, at: 0 };
    let mut members = Vec::new();
    reader.open(b'{')?;
    if !reader.close(b'}') {
        loop {
            reader.blanks();
            let name = reader.string()?;
            reader.open(b':')?;
            members.push((name, reader.value()?));
            if reader.close(b'}') {
                break;
            }
            reader.open(b',')?;
        }
    }
    reader.at_end().then_some(members)
}

/// The elements of the array that the text is, in order; `None` if it is no array.
pub(super) fn elements(text: &str) -> Option<Vec<Json<'_>>> {
    let mut reader = Reader { text, at: 0 };
    let mut elements = Vec::new();
    reader.open(b'[')?;
    if !reader.close(b']') {
        loop {
            elements.push(reader.value()?);
            if reader.close(b']') {
                break;
            }
            reader.open(b',')?;
        }
    }
    reader.at_end().then_some(elements)
}

/// A place in a text.
struct Reader<'t> {
    /// The text.
    text: &'t str,
    /// Bytes read.
    at: usize,
}

impl<'t> Reader<'t> {
    /// The next byte.
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over white space.
    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes a character if it is next, blanks before it passed over.
    fn close(&mut self, byte: u8) -> bool {
        self.blanks();
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    /// Takes a character that must be next.
    fn open(&mut self, byte: u8) -> Option<()> {
        self.close(byte).then_some(())
    }

    /// Is there nothing but blanks left?
    fn at_end(&mut self) -> bool {
        self.blanks();
        self.at == self.text.len()
    }

    /// A value.
    fn value(&mut self) -> Option<Json<'t>> {
        self.blanks();
        match self.peek()? {
            b'"' => self.string().map(Json::String),
            b'{' | b'[' => self.nested().map(Json::Other),
            _ => match self.scalar()? {
                "null" => Some(Json::Null),
                other => Some(Json::Other(other)),
            },
        }
    }

    /// A number or word.
    fn scalar(&mut self) -> Option<&'t str> {
        let rest = self.text.get(self.at..)?;
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'))).unwrap_or(rest.len());
        let word = &rest[..end];
        let number = || is_number(word);
        if !(matches!(word, "null" | "true" | "false") || number()) {
            return None;
        }
        self.at += end;
        Some(word)
    }

    /// The text of an object or array, its brackets, commas and colons in order.
    fn nested(&mut self) -> Option<&'t str> {
        let start = self.at;
        // Closing brackets that are due.
        let mut open: Vec<u8> = Vec::new();
        loop {
            // A value begins here.
            self.blanks();
            match self.peek()? {
                bracket @ (b'{' | b'[') => {
                    if open.len() == DEPTH_LIMIT {
                        return None;
                    }
                    self.at += 1;
                    open.push(if bracket == b'{' { b'}' } else { b']' });
                    if !self.close(*open.last()?) {
                        self.key(&open)?;
                        continue;
                    }
                    open.pop();
                }
                b'"' => self.skip_string().map(|_| ())?,
                _ => self.scalar().map(|_| ())?,
            }
            // A value ends here.
            loop {
                let Some(due) = open.last().copied() else { return self.text.get(start..self.at) };
                if self.close(due) {
                    open.pop();
                    continue;
                }
                self.open(b',')?;
                self.key(&open)?;
                break;
            }
        }
    }

    /// The key before a value, if the innermost bracket is that of an object.
    fn key(&mut self, open: &[u8]) -> Option<()> {
        if open.last() == Some(&b'}') {
            self.blanks();
            self.skip_string()?;
            self.open(b':')?;
        }
        Some(())
    }

    /// The text between the quotes of a string.
    fn skip_string(&mut self) -> Option<&'t str> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        loop {
            match bytes.get(at)? {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        self.text.get(start..at)
    }

    /// A string, escapes removed.
    fn string(&mut self) -> Option<String> {
        unescape(self.skip_string()?).map(Cow::into_owned)
    }
}

/// Is this a JSON number, a little more leniently than the standard: leading zeros are let pass?
fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && retrohunt_columnar::text::numeric_form(word).is_some()
}

/// The text of a string's inside; `None` if an escape is broken. A lone surrogate becomes U+FFFD.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escaped = rest[at + 1..].chars().next()?;
        rest = &rest[at + 1 + escaped.len_utf8()..];
        match escaped {
            '"' | '\\' | '/' => out.push(escaped),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => {
                let unit = hex(rest)?;
                rest = &rest[4..];
                let low = rest.strip_prefix("\\u").and_then(hex).filter(|low| (0xDC00..0xE000).contains(low));
                let decoded = match (unit, low) {
                    (0xD800..0xDC00, Some(low)) => {
                        rest = &rest[6..];
                        char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
                    }
                    _ => char::from_u32(unit),
                };
                out.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            _ => return None,
        }
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

/// The number of four hexadecimal digits at the front.
fn hex(text: &str) -> Option<u32> {
    let digits = text.get(..4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_an_object() {
        let text = " {\"a\" : \"x\\ny\\u00e9\\ud83d\\ude00\\ud800\", \"b\":-1.5e3,\"c\":null ,\"d\":{\"e\":[1,{}]}, \"\":[ ]} ";
        let expected = [
            ("a", Json::String("x\nyé😀\u{fffd}".into())),
            ("b", Json::Other("-1.5e3")),
            ("c", Json::Null),
            ("d", Json::Other("{\"e\":[1,{}]}")),
            ("", Json::Other("[ ]")),
        ];
        assert_eq!(members(text).unwrap(), expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(members("{}"), Some(vec![]));
    }

    #[test]
    fn elements_of_an_array() {
        let expected = vec![Json::Other("1"), Json::String("a".into()), Json::Other("[true]"), Json::Null];
        assert_eq!(elements("[1,\"a\",[true],null]"), Some(expected));
        assert_eq!(elements("[]"), Some(vec![]));
    }

    #[test]
    fn what_is_no_json_gives_nothing() {
        for text in [
            "",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\":1} x",
            "[1]",
            "{\"a\":[1}",
            "{\"a\":\"\\q\"}",
        ] {
            assert_eq!(members(text), None, "{text}");
        }
        for text in [
            "{\"a\":{\"b\"}}",
            "{\"a\":[1,]}",
            "{\"a\":tru}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":\"\\",
            "{\"a\":[{\"b\":1,]}",
        ] {
            assert_eq!(members(text), None, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("[{}{}]", "[".repeat(depth), "]".repeat(depth));
        assert!(elements(&nested(DEPTH_LIMIT)).is_some());
        assert!(elements(&nested(DEPTH_LIMIT + 1)).is_none());
        assert!(elements(&"[".repeat(1_000_000)).is_none());
    }
}
