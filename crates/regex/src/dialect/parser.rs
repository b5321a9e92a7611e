//! Branches and quantifiers; what a parenthesis begins is in `group`.
//!
//! One recursive function per level of the grammar; the depth is that of the groups and is bounded (`group`).

use super::ast::{Assertion, Kind, Node, Reference};
use super::class::ClassReader;
use super::cursor::Cursor;
use super::escape::{Escape, Reader, set_of};
use super::flags::Flags;
use crate::error::{BACKSLASH, Error, Note, Problem};

/// Largest bound of a counted repeat, as in PCRE2.
const MAX_REPEAT: u32 = 65_535;

/// A pattern that can be run, as far as its text tells.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    /// The whole pattern.
    pub(crate) root: Node,
    /// Name of capturing group `i`, if it has one; group 0 is the whole match.
    pub(crate) names: Vec<Option<String>>,
    /// What is odd.
    pub(crate) notes: Vec<Note>,
}

/// Reads a pattern.
pub(crate) fn parse(pattern: &str) -> Result<Parsed, Error> {
    let mut parser = Parser {
        cursor: Cursor::new(pattern),
        flags: Flags::default(),
        quoted: false,
        depth: 0,
        looks: 0,
        references: Vec::new(),
        names: vec![None],
        notes: Vec::new(),
    };
    let root = parser.branches()?;
    if parser.cursor.peek().is_some() {
        return Err(parser.error(Problem::UnopenedGroup, parser.cursor.offset()));
    }
    parser.check_references()?;
    Ok(Parsed { root, names: parser.names, notes: parser.notes })
}

/// Returns the bounds of the counted repeat that `text` begins with, and its length in bytes; `None` if the brace is a
/// literal (§5.6.6). A bound that is too large for `u32` is `u32::MAX`.
pub(crate) fn counted_bounds(text: &str) -> Option<(u32, Option<u32>, usize)> {
    let end = text.find('}')?;
    let inside = text[..end].strip_prefix('{')?;
    let number = |digits: &str| {
        let valid = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        valid.then(|| digits.parse::<u32>().unwrap_or(u32::MAX))
    };
    let (min, max) = match inside.split_once(',') {
        None => (number(inside)?, Some(number(inside)?)),
        Some((min, "")) => (number(min)?, None),
        Some((min, max)) => (number(min)?, Some(number(max)?)),
    };
    Some((min, max, end + 1))
}

/// Returns whether a character means nothing in extended mode, or begins a comment there.
fn is_extended_nothing(character: char) -> bool {
    matches!(character, '#' | '\t'..='\r' | ' ' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

/// Reads a pattern from left to right.
pub(super) struct Parser<'p> {
    /// The place.
    pub(super) cursor: Cursor<'p>,
    /// Flags in force.
    pub(super) flags: Flags,
    /// Inside `\Q…\E`.
    pub(super) quoted: bool,
    /// Groups that are open.
    pub(super) depth: u32,
    /// Look-arounds that are open.
    pub(super) looks: u32,
    /// Groups that the pattern refers to, and where.
    pub(super) references: Vec<(Reference, usize)>,
    /// Names of the capturing groups opened so far.
    pub(super) names: Vec<Option<String>>,
    /// What is odd.
    pub(super) notes: Vec<Note>,
}

/// What comes next in a branch.
pub(super) enum Item {
    /// A construct, which may be repeated.
    Node(Kind),
    /// Something that leaves no node and cannot be repeated, such as `(?i)`.
    Setting,
    /// Something that means nothing; a quantifier behind it repeats what stands before.
    Nothing,
}

impl Parser<'_> {
    /// An error that shows the text from `start` to the place.
    pub(super) fn error(&self, problem: Problem, start: usize) -> Error {
        Error::new(problem, start, self.cursor.since(start))
    }

    /// Branches up to `)` or the end.
    pub(super) fn branches(&mut self) -> Result<Node, Error> {
        let start = self.cursor.offset();
        let mut branches = vec![self.branch()?];
        while !self.quoted && self.cursor.eat("|") {
            branches.push(self.branch()?);
        }
        let span = start..self.cursor.offset();
        match branches.pop() {
            Some(only) if branches.is_empty() => Ok(only),
            last => {
                branches.extend(last);
                Ok(Node { kind: Kind::Alternate(branches), span })
            }
        }
    }

    /// One branch: items up to `|`, `)` or the end.
    fn branch(&mut self) -> Result<Node, Error> {
        let start = self.cursor.offset();
        let mut items: Vec<Node> = Vec::new();
        let mut repeatable = false;
        while let Some(next) = self.cursor.peek() {
            if !self.quoted && matches!(next, '|' | ')') {
                break;
            }
            let offset = self.cursor.offset();
            if !self.quoted
                && let Some((min, max)) = self.quantifier()?
            {
                let inner = items.pop().filter(|_| repeatable);
                let Some(inner) = inner else { return Err(self.error(Problem::NothingToRepeat, offset)) };
                let node = self.repeat(inner, min, max)?;
                items.push(node);
                repeatable = false;
                continue;
            }
            match self.item(offset)? {
                Item::Node(kind) => {
                    self.note_late_start(&kind, offset, &items);
                    // PCRE repeats a condition only inside a group.
                    repeatable = !matches!(kind, Kind::Assert(_) | Kind::KeepOut);
                    items.push(Node { kind, span: offset..self.cursor.offset() });
                }
                Item::Setting => repeatable = false,
                Item::Nothing => {}
            }
        }
        let span = start..self.cursor.offset();
        match items.pop() {
            None => Ok(Node { kind: Kind::Empty, span }),
            Some(only) if items.is_empty() => Ok(only),
            last => {
                items.extend(last);
                Ok(Node { kind: Kind::Concat(items), span })
            }
        }
    }

    /// Notes an escape for the start of the text behind a literal, where it can never hold: probably a lost backslash.
    fn note_late_start(&mut self, kind: &Kind, offset: usize, before: &[Node]) {
        let start = matches!(kind, Kind::Assert(Assertion::Start | Assertion::SearchStart));
        let escaped = start && self.cursor.since(offset).starts_with('\\');
        if escaped && before.iter().any(|node| matches!(node.kind, Kind::Char { .. })) {
            let text = self.cursor.since(offset);
            let message = format!(
                "`{text}` stands for the start of the text and cannot hold here; a literal backslash is `\\\\\\\\` or `\\x5c`"
            );
            self.notes.push(Note { code: BACKSLASH, offset, message });
        }
    }

    /// Reads a quantifier without its suffix, if one is next.
    fn quantifier(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let start = self.cursor.offset();
        let bounds = match self.cursor.peek() {
            Some('*') => (0, None, 1),
            Some('+') => (1, None, 1),
            Some('?') => (0, Some(1), 1),
            Some('{') => match counted_bounds(self.cursor.rest()) {
                Some(bounds) => bounds,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let (min, max, length) = bounds;
        let text = &self.cursor.rest()[..length];
        self.cursor.eat(text);
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || max < min) {
            return Err(self.error(Problem::BadBounds, start));
        }
        Ok(Some((min, max)))
    }

    /// Repeats `inner`; reads the suffix of the quantifier.
    fn repeat(&mut self, inner: Node, min: u32, max: Option<u32>) -> Result<Node, Error> {
        self.skip_nothings()?;
        let other = self.cursor.eat("?");
        let possessive = !other && self.cursor.eat("+");
        let span = inner.span.start..self.cursor.offset();
        let greedy = possessive || self.flags.ungreedy == other;
        let mut kind = Kind::Repeat { inner: Box::new(inner), min, max, greedy };
        if possessive {
            kind = Kind::Atomic(Box::new(Node { kind, span: span.clone() }));
        }
        Ok(Node { kind, span })
    }

    /// Reads what may stand between a quantifier and its suffix and means nothing: `\E`, comments, extended white space.
    fn skip_nothings(&mut self) -> Result<(), Error> {
        loop {
            let start = self.cursor.offset();
            if self.cursor.eat("\\E") {
                continue;
            }
            if self.cursor.eat("(?#") {
                self.rest_of_comment(start)?;
                continue;
            }
            match self.cursor.peek() {
                Some(next) if self.flags.extended && is_extended_nothing(next) => {
                    self.cursor.next();
                    self.skip_extended(next);
                }
                _ => return Ok(()),
            }
        }
    }

    /// Reads a comment whose introducer is read and stood at `start`.
    pub(super) fn rest_of_comment(&mut self, start: usize) -> Result<(), Error> {
        match self.cursor.take_until(")") {
            Some(_) => Ok(()),
            None => Err(self.error(Problem::UnclosedComment, start)),
        }
    }

    /// Reads one item that is not a quantifier.
    fn item(&mut self, offset: usize) -> Result<Item, Error> {
        let Some(next) = self.cursor.next() else { return Ok(Item::Nothing) };
        if self.quoted {
            if next == '\\' && self.cursor.eat("E") {
                self.quoted = false;
                return Ok(Item::Nothing);
            }
            return Ok(Item::Node(self.literal(next)));
        }
        if self.flags.extended && self.skip_extended(next) {
            return Ok(Item::Nothing);
        }
        let flags = self.flags;
        Ok(Item::Node(match next {
            '.' => Kind::Dot { matches_lf: flags.dot_all },
            '^' if flags.multi_line => Kind::Assert(Assertion::LineStart),
            '^' => Kind::Assert(Assertion::Start),
            '$' if flags.multi_line => Kind::Assert(Assertion::LineEnd),
            '$' => Kind::Assert(Assertion::Dollar),
            '[' => ClassReader::new(&mut self.cursor, &mut self.notes, offset, flags).read()?,
            '(' => return self.group(offset),
            '\\' => return self.escape(offset),
            literal => self.literal(literal),
        }))
    }

    /// A code point as a node, under the flags in force.
    fn literal(&self, value: char) -> Kind {
        Kind::Char { value, caseless: self.flags.caseless }
    }

    /// In extended mode: returns whether `next`, read already, means nothing; reads the rest of a comment.
    fn skip_extended(&mut self, next: char) -> bool {
        if next == '#' {
            self.cursor.take_while(|character| character != '\n');
        }
        is_extended_nothing(next)
    }

    /// An escape whose backslash stood at `offset`.
    fn escape(&mut self, offset: usize) -> Result<Item, Error> {
        let groups = self.groups();
        let reader = Reader { cursor: &mut self.cursor, notes: &mut self.notes, start: offset, groups };
        Ok(match reader.outside_class()? {
            Escape::Char(value) => Item::Node(self.literal(value)),
            Escape::Named(item) => Item::Node(set_of(item)),
            Escape::Kind(Kind::KeepOut) if self.looks > 0 => return Err(self.error(Problem::KeepOut, offset)),
            Escape::Kind(kind) => Item::Node(kind),
            Escape::Reference(group) => Item::Node(self.backreference(group, offset)),
            Escape::QuoteStart => {
                self.quoted = true;
                Item::Nothing
            }
            Escape::QuoteEnd => Item::Nothing,
        })
    }
}
