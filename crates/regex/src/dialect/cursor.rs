//! A place in the text of a pattern, moved forward code point by code point.

/// Longest group name, in bytes, as in PCRE2.
const MAX_NAME: usize = 128;

/// Reads a pattern from its start to its end; every position is a byte offset at a code point boundary.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'p> {
    /// The whole pattern.
    pattern: &'p str,
    /// Bytes read so far.
    offset: usize,
}

impl<'p> Cursor<'p> {
    /// A cursor at the start of `pattern`.
    pub(crate) fn new(pattern: &'p str) -> Self {
        Self { pattern, offset: 0 }
    }

    /// Returns the position, in bytes.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Returns what is not read yet.
    pub(crate) fn rest(&self) -> &'p str {
        &self.pattern[self.offset..]
    }

    /// Returns the text read since `start`.
    pub(crate) fn since(&self, start: usize) -> &'p str {
        &self.pattern[start..self.offset]
    }

    /// Returns the next code point without reading it.
    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads one code point.
    pub(crate) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.offset += next.len_utf8();
        Some(next)
    }

    /// Reads `expected` if it is next; returns whether it was.
    pub(crate) fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.offset += expected.len();
        }
        found
    }

    /// Reads code points while `accept` holds; returns them.
    pub(crate) fn take_while(&mut self, accept: impl FnMut(char) -> bool) -> &'p str {
        let rest = self.rest();
        let taken = rest.len() - rest.trim_start_matches(accept).len();
        self.offset += taken;
        &rest[..taken]
    }

    /// Reads the name of a group; `None` if there is none, whatever was read of it.
    pub(crate) fn name(&mut self) -> Option<&'p str> {
        let name = self.take_while(|next| next.is_ascii_alphanumeric() || next == '_');
        let first = name.bytes().next()?;
        (name.len() <= MAX_NAME && !first.is_ascii_digit()).then_some(name)
    }

    /// Reads the number of a group, or one relative to the groups opened so far: `-1` is the last, `+1` the next. Reads
    /// nothing if there is none; a number that no group can have is `u32::MAX`.
    pub(crate) fn number_reference(&mut self, groups: u32) -> Option<u32> {
        let mut ahead = self.clone();
        let sign = ahead.peek().filter(|sign| matches!(sign, '+' | '-'));
        if sign.is_some() {
            ahead.next();
        }
        let digits = ahead.take_while(|next| next.is_ascii_digit());
        if digits.is_empty() {
            return None;
        }
        *self = ahead;
        let number = digits.parse::<u32>().unwrap_or(u32::MAX);
        let absolute = match sign {
            None => Some(number),
            Some(_) if number == 0 => None,
            Some('-') => (groups + 1).checked_sub(number).filter(|&group| group > 0),
            Some(_) => groups.checked_add(number),
        };
        Some(absolute.filter(|&group| group > 0).unwrap_or(u32::MAX))
    }

    /// Reads up to `end` and `end` itself; returns the text before it, or `None` (and reads nothing) if it never comes.
    pub(crate) fn take_until(&mut self, end: &str) -> Option<&'p str> {
        let rest = self.rest();
        let length = rest.find(end)?;
        self.offset += length + end.len();
        Some(&rest[..length])
    }
}
