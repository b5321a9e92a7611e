//! What stands in brackets: members, ranges, POSIX names; no set operations (§5.6.6).

use super::ast::{Assertion, Kind, Named, Set, SetItem};
use super::cursor::Cursor;
use super::escape::{Escape, Reader};
use super::flags::Flags;
use crate::error::{Error, HYPHEN, Note, Problem};

/// Reads one class whose `[` is read already and stood at `start`.
pub(crate) struct ClassReader<'c, 'p> {
    /// Stands behind the bracket.
    cursor: &'c mut Cursor<'p>,
    /// Where notes go.
    notes: &'c mut Vec<Note>,
    /// Offset of the bracket, in bytes.
    start: usize,
    /// Flags in force.
    flags: Flags,
    /// Members so far.
    items: Vec<SetItem>,
    /// What a hyphen would mean here.
    state: State,
    /// Inside `\Q…\E`.
    quoted: bool,
}

/// What the members read last allow.
#[derive(Clone, Copy)]
enum State {
    /// A hyphen is a literal.
    Start,
    /// The last member is this code point, so a hyphen may make it a range.
    Member(char),
    /// This code point and a hyphen were read; the next code point ends the range.
    Open(char),
    /// The last member is a named set; a hyphen is a literal, to be noted unless it is the last member.
    Named,
}

/// Returns what a class is called that begins with `rest`, after `[`: a delimiter `:`, `.` or `=`, and the text up to the
/// same delimiter and `]`, if PCRE would take it for POSIX syntax.
fn posix(rest: &str) -> Option<(char, &str)> {
    let delimiter = rest.chars().next().filter(|next| matches!(next, ':' | '.' | '='))?;
    let body = &rest[1..];
    let mut characters = body.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|&(_, next)| next);
        match character {
            '\\' if matches!(next, Some('\\' | ']')) => {
                characters.next();
            }
            '[' if next == Some(delimiter) => return None,
            ']' => return None,
            _ if character == delimiter && next == Some(']') => return Some((delimiter, &body[..at])),
            _ => {}
        }
    }
    None
}

impl<'c, 'p> ClassReader<'c, 'p> {
    /// A reader behind the bracket that stood at `start`.
    pub(crate) fn new(cursor: &'c mut Cursor<'p>, notes: &'c mut Vec<Note>, start: usize, flags: Flags) -> Self {
        Self { cursor, notes, start, flags, items: Vec::new(), state: State::Start, quoted: false }
    }

    /// Reads the class to its closing bracket.
    pub(crate) fn read(mut self) -> Result<Kind, Error> {
        if self.cursor.eat("[:<:]]") {
            return Ok(Kind::Assert(Assertion::WordStart));
        }
        if self.cursor.eat("[:>:]]") {
            return Ok(Kind::Assert(Assertion::WordEnd));
        }
        if posix(self.cursor.rest()).is_some() {
            return Err(Error::new(Problem::BadPosix, self.start, "outside a class"));
        }
        let negated = self.negation();
        let mut first = true;
        loop {
            let offset = self.cursor.offset();
            let Some(next) = self.cursor.next() else { return Err(Error::new(Problem::UnclosedClass, self.start, "")) };
            if self.quoted {
                self.quoted_char(next, offset)?;
                first &= !self.quoted;
                continue;
            }
            match next {
                ']' if !first => break,
                ' ' | '\t' if self.flags.extended_more => continue,
                '[' => self.bracket(offset)?,
                '\\' => {
                    first &= self.escape(offset)?;
                    continue;
                }
                '-' => self.hyphen(offset)?,
                literal => self.member(literal, offset)?,
            }
            first = false;
        }
        self.close_range();
        Ok(Kind::Set(Set { items: self.items, negated, caseless: self.flags.caseless }))
    }

    /// Reads what may stand before the members; returns whether `^` is there.
    fn negation(&mut self) -> bool {
        let mut negated = false;
        loop {
            let more = self.flags.extended_more;
            let nothing = self.cursor.eat("\\E")
                || self.cursor.eat("\\Q\\E")
                || more && (self.cursor.eat(" ") || self.cursor.eat("\t"));
            if !nothing && (negated || !self.cursor.eat("^")) {
                return negated;
            }
            negated |= !nothing;
        }
    }

    /// A code point inside `\Q…\E`, or its end.
    fn quoted_char(&mut self, next: char, offset: usize) -> Result<(), Error> {
        if next == '\\' && self.cursor.eat("E") {
            self.quoted = false;
            return Ok(());
        }
        self.member(next, offset)
    }

    /// Adds a code point, or ends a range with it.
    fn member(&mut self, value: char, offset: usize) -> Result<(), Error> {
        if let State::Open(first) = self.state {
            if first > value {
                return Err(Error::new(Problem::BadRange, offset, &format!("{first}-{value}")));
            }
            self.items.push(SetItem::Range(first, value));
            self.state = State::Start;
        } else {
            self.items.push(SetItem::Range(value, value));
            self.state = State::Member(value);
        }
        Ok(())
    }

    /// A hyphen: it makes a range, ends one, or is a member.
    fn hyphen(&mut self, offset: usize) -> Result<(), Error> {
        match self.state {
            State::Member(first) if !self.cursor.rest().starts_with(']') => {
                self.items.pop();
                self.state = State::Open(first);
                Ok(())
            }
            State::Named if !self.cursor.rest().starts_with(']') => {
                self.note_hyphen(offset);
                self.items.push(SetItem::Range('-', '-'));
                self.state = State::Start;
                Ok(())
            }
            _ => self.member('-', offset),
        }
    }

    /// Adds a named set; a hyphen before it is a member.
    fn named(&mut self, item: SetItem, offset: usize) {
        if matches!(self.state, State::Open(_)) {
            self.note_hyphen(offset.saturating_sub(1));
        }
        self.close_range();
        self.items.push(item);
        self.state = State::Named;
    }

    /// Makes members of a range that has no end.
    fn close_range(&mut self) {
        if let State::Open(first) = self.state {
            self.items.extend([SetItem::Range(first, first), SetItem::Range('-', '-')]);
            self.state = State::Start;
        }
    }

    /// Adds the note about a hyphen next to a named set.
    fn note_hyphen(&mut self, offset: usize) {
        let message = "a hyphen next to a named set makes no range and is read as a hyphen".to_owned();
        self.notes.push(Note { code: HYPHEN, offset, message });
    }

    /// An opening bracket: a POSIX name, or a member.
    fn bracket(&mut self, offset: usize) -> Result<(), Error> {
        let Some((delimiter, body)) = posix(self.cursor.rest()) else { return self.member('[', offset) };
        let (name, negated) = body.strip_prefix('^').map_or((body, false), |name| (name, true));
        let named = Named::from_posix(name).filter(|_| delimiter == ':');
        let Some(mut name) = named else { return Err(Error::new(Problem::BadPosix, offset, body)) };
        // PCRE gives up the case of these two before it negates.
        if self.flags.caseless && matches!(name, Named::Lower | Named::Upper) {
            name = Named::Alpha;
        }
        self.cursor.eat(&format!("{delimiter}{body}{delimiter}]"));
        self.named(SetItem::Named { name, negated }, offset);
        Ok(())
    }

    /// An escape whose backslash stood at `offset`; returns whether it added no member.
    fn escape(&mut self, offset: usize) -> Result<bool, Error> {
        let reader = Reader { cursor: self.cursor, notes: self.notes, start: offset, groups: 0 };
        match reader.inside_class()? {
            Escape::Char(value) => self.member(value, offset)?,
            Escape::Named(item) => self.named(item, offset),
            Escape::QuoteStart => {
                self.quoted = true;
                return Ok(true);
            }
            Escape::QuoteEnd => return Ok(true),
            Escape::Kind(_) | Escape::Reference(_) => {
                return Err(Error::new(Problem::BadEscape, offset, self.cursor.since(offset)));
            }
        }
        Ok(false)
    }
}
