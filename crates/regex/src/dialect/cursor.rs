//! A place in the text of a pattern, moved forward code point by code point.

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

    /// Reads up to `end` and `end` itself; returns the text before it, or `None` (and reads nothing) if it never comes.
    pub(crate) fn take_until(&mut self, end: &str) -> Option<&'p str> {
        let rest = self.rest();
        let length = rest.find(end)?;
        self.offset += length + end.len();
        Some(&rest[..length])
    }
}
