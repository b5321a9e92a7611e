//! What follows a backslash.
//!
//! Letters that PCRE does not know are errors in PCRE2 and literals in PCRE1; they are literals here, with a note (§5.6.5).

use super::ast::{Assertion, Kind, Named, Reference, Set, SetItem};
use super::cursor::Cursor;
use crate::error::{BACKSLASH, Error, Note, Problem};

/// The meaning of one escape.
pub(crate) enum Escape {
    /// A code point.
    Char(char),
    /// A named set, outside or inside a class.
    Named(SetItem),
    /// A construct outside classes.
    Kind(Kind),
    /// A backreference.
    Reference(Reference),
    /// `\Q`.
    QuoteStart,
    /// `\E` without `\Q`, which means nothing.
    QuoteEnd,
}

/// Reads one escape whose backslash is read already and stood at `start`.
pub(crate) struct Reader<'c, 'p> {
    /// Stands behind the backslash.
    pub(crate) cursor: &'c mut Cursor<'p>,
    /// Where notes go.
    pub(crate) notes: &'c mut Vec<Note>,
    /// Offset of the backslash, in bytes.
    pub(crate) start: usize,
    /// Capturing groups opened so far.
    pub(crate) groups: u32,
}

impl Reader<'_, '_> {
    /// An error about the escape as far as it was read.
    fn error(&self, problem: Problem) -> Error {
        Error::new(problem, self.start, self.cursor.since(self.start))
    }

    /// Adds a note about the escape as far as it was read.
    fn note(&mut self, what: &str) {
        let text = self.cursor.since(self.start);
        let message = format!("`{text}` {what}; a literal backslash is `\\\\\\\\` or `\\x5c`");
        self.notes.push(Note { code: BACKSLASH, offset: self.start, message });
    }

    /// Reads an escape outside a class.
    pub(crate) fn outside_class(mut self) -> Result<Escape, Error> {
        let Some(letter) = self.cursor.next() else { return Err(self.error(Problem::BadEscape)) };
        let assert = |assertion| Ok(Escape::Kind(Kind::Assert(assertion)));
        match letter {
            'A' => assert(Assertion::Start),
            'G' => assert(Assertion::SearchStart),
            'Z' => assert(Assertion::Dollar),
            'z' => assert(Assertion::End),
            'b' => assert(Assertion::WordBoundary),
            'B' => assert(Assertion::NotWordBoundary),
            'R' => Ok(Escape::Kind(Kind::Newline)),
            'C' => {
                self.note("means one code unit in PCRE and is read as any one code point");
                Ok(Escape::Kind(Kind::Dot { matches_lf: true }))
            }
            'N' => self.not_newline(),
            'K' => Ok(Escape::Kind(Kind::KeepOut)),
            'X' => Err(self.error(Problem::Grapheme)),
            'p' | 'P' => Err(self.error(Problem::Property)),
            'g' => self.group_reference(),
            'k' => self.name_reference(),
            '1'..='9' => self.digits(letter),
            _ => self.anywhere(letter),
        }
    }

    /// Reads an escape inside a class.
    pub(crate) fn inside_class(mut self) -> Result<Escape, Error> {
        let Some(letter) = self.cursor.next() else { return Err(self.error(Problem::BadEscape)) };
        match letter {
            'b' => Ok(Escape::Char('\x08')),
            '1'..='7' => self.octal(letter),
            '8' | '9' => Ok(Escape::Char(letter)),
            'p' | 'P' => Err(self.error(Problem::Property)),
            'A' | 'B' | 'C' | 'G' | 'K' | 'N' | 'R' | 'X' | 'Z' | 'z' => Err(self.error(Problem::BadEscape)),
            _ => self.anywhere(letter),
        }
    }

    /// The escapes that mean the same inside a class and outside; `letter` is read already.
    fn anywhere(&mut self, letter: char) -> Result<Escape, Error> {
        let named = |name, negated| Ok(Escape::Named(SetItem::Named { name, negated }));
        match letter {
            'd' => named(Named::Digit, false),
            'D' => named(Named::Digit, true),
            'h' => named(Named::Horizontal, false),
            'H' => named(Named::Horizontal, true),
            's' => named(Named::Space, false),
            'S' => named(Named::Space, true),
            'v' => named(Named::Vertical, false),
            'V' => named(Named::Vertical, true),
            'w' => named(Named::Word, false),
            'W' => named(Named::Word, true),
            'Q' => Ok(Escape::QuoteStart),
            'E' => Ok(Escape::QuoteEnd),
            'a' => Ok(Escape::Char('\x07')),
            'e' => Ok(Escape::Char('\x1B')),
            'f' => Ok(Escape::Char('\x0C')),
            'n' => Ok(Escape::Char('\n')),
            'r' => Ok(Escape::Char('\r')),
            't' => Ok(Escape::Char('\t')),
            'c' => self.control(),
            'o' => self.braced(8),
            'x' => self.hexadecimal(),
            '0' => self.octal('0'),
            // Errors in PCRE1 as well as in PCRE2, so the rescue of §1.4.4 must see an error.
            'L' | 'l' | 'U' | 'u' => Err(self.error(Problem::BadEscape)),
            _ => {
                if letter.is_ascii_alphabetic() {
                    self.note("is not an escape and is read as the letter");
                }
                Ok(Escape::Char(letter))
            }
        }
    }

    /// `\c` and a printable ASCII character.
    fn control(&mut self) -> Result<Escape, Error> {
        match self.cursor.next() {
            Some(of @ ' '..='~') => match u8::try_from(of.to_ascii_uppercase()) {
                Ok(byte) => Ok(Escape::Char(char::from(byte ^ 0x40))),
                Err(_) => Err(self.error(Problem::BadEscape)),
            },
            _ => Err(self.error(Problem::BadEscape)),
        }
    }

    /// `\xh`, `\xhh`, `\x{h…}`. Without digits it is NUL in PCRE1 and refused by PCRE2, as here: nobody means a NUL.
    fn hexadecimal(&mut self) -> Result<Escape, Error> {
        if self.cursor.rest().starts_with('{') {
            return self.braced(16);
        }
        if !self.cursor.peek().is_some_and(|next| next.is_ascii_hexdigit()) {
            return Err(self.error(Problem::BadEscape));
        }
        self.digits_up_to(0, 16, 2)
    }

    /// `{…}` with digits of the given radix.
    fn braced(&mut self, radix: u32) -> Result<Escape, Error> {
        let digits = if self.cursor.eat("{") { self.cursor.take_until("}") } else { None };
        match digits {
            Some(digits) if !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix)) => {
                self.code_point(u32::from_str_radix(digits, radix).unwrap_or(u32::MAX))
            }
            _ => Err(self.error(Problem::BadEscape)),
        }
    }

    /// `value` and up to `more` further digits of the given radix.
    fn digits_up_to(&mut self, mut value: u32, radix: u32, more: u32) -> Result<Escape, Error> {
        for _ in 0..more {
            let Some(digit) = self.cursor.peek().and_then(|next| next.to_digit(radix)) else { break };
            value = value * radix + digit;
            self.cursor.next();
        }
        self.code_point(value)
    }

    /// Up to three octal digits, of which `first` is read already.
    fn octal(&mut self, first: char) -> Result<Escape, Error> {
        self.digits_up_to(first.to_digit(8).unwrap_or(0), 8, 2)
    }

    /// A code point by its number.
    fn code_point(&self, number: u32) -> Result<Escape, Error> {
        char::from_u32(number).map(Escape::Char).ok_or_else(|| self.error(Problem::BadEscape))
    }

    /// `\` and a digit other than 0, outside a class: a backreference or an octal number. PCRE reads a backreference if
    /// the number is below 10, begins with 8 or 9, or is that of a group opened before.
    fn digits(&mut self, first: char) -> Result<Escape, Error> {
        let mut ahead = self.cursor.clone();
        let more = ahead.take_while(|digit| digit.is_ascii_digit());
        let number = format!("{first}{more}").parse::<u32>().unwrap_or(u32::MAX);
        if number < 10 || first >= '8' || number <= self.groups {
            *self.cursor = ahead;
            return Ok(Escape::Reference(Reference::Number(number)));
        }
        self.octal(first)
    }

    /// `\N`: anything but a line feed, or a code point by number or name.
    fn not_newline(&mut self) -> Result<Escape, Error> {
        if self.cursor.eat("{U+") {
            let digits = self.cursor.take_while(|digit| digit.is_ascii_hexdigit());
            if digits.is_empty() || !self.cursor.eat("}") {
                return Err(self.error(Problem::BadEscape));
            }
            return self.code_point(u32::from_str_radix(digits, 16).unwrap_or(u32::MAX));
        }
        let counted = super::parser::counted_bounds(self.cursor.rest()).is_some();
        if self.cursor.rest().starts_with('{') && !counted {
            return Err(self.error(Problem::BadEscape));
        }
        Ok(Escape::Kind(Kind::Dot { matches_lf: false }))
    }

    /// `\g`: a backreference in braces or bare, a subroutine call in `<…>` or `'…'`.
    fn group_reference(&mut self) -> Result<Escape, Error> {
        if matches!(self.cursor.peek(), Some('<' | '\'')) {
            return Err(self.error(Problem::Recursion));
        }
        let braced = self.cursor.eat("{");
        let reference = match self.cursor.number_reference(self.groups) {
            Some(number) => Some(Reference::Number(number)),
            None if braced => self.cursor.name().map(|name| Reference::Name(name.to_owned())),
            None => None,
        };
        match reference {
            Some(reference) if !braced || self.cursor.eat("}") => Ok(Escape::Reference(reference)),
            _ => Err(self.error(Problem::BadEscape)),
        }
    }

    /// `\k<name>`, `\k'name'`, `\k{name}`.
    fn name_reference(&mut self) -> Result<Escape, Error> {
        let closing = match self.cursor.next() {
            Some('<') => ">",
            Some('\'') => "'",
            Some('{') => "}",
            _ => return Err(self.error(Problem::BadEscape)),
        };
        match self.cursor.name() {
            Some(name) if self.cursor.eat(closing) => Ok(Escape::Reference(Reference::Name(name.to_owned()))),
            _ => Err(self.error(Problem::BadEscape)),
        }
    }
}

/// A set with one member, as an escape outside a class gives it.
pub(crate) fn set_of(item: SetItem) -> Kind {
    Kind::Set(Set { items: vec![item], negated: false, caseless: false })
}
