//! Groups, branches and quantifiers.
//!
//! One recursive function per level of the grammar; the depth is that of the groups and is bounded by [`MAX_DEPTH`].

use super::ast::{Assertion, Kind, Node};
use super::class::ClassReader;
use super::cursor::Cursor;
use super::escape::{Escape, Reader, set_of};
use super::flags::Flags;
use crate::error::{BACKSLASH, DUPLICATE_GROUP, Error, Note, Problem};

/// Levels of groups that a pattern may have, as in PCRE2's default build.
const MAX_DEPTH: u32 = 250;
/// Largest bound of a counted repeat, as in PCRE2.
const MAX_REPEAT: u32 = 65_535;
/// Longest group name, in bytes, as in PCRE2.
const MAX_NAME: usize = 128;

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
        names: vec![None],
        notes: Vec::new(),
    };
    let root = parser.branches()?;
    if parser.cursor.peek().is_some() {
        return Err(parser.error(Problem::UnopenedGroup, parser.cursor.offset()));
    }
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
struct Parser<'p> {
    /// The place.
    cursor: Cursor<'p>,
    /// Flags in force.
    flags: Flags,
    /// Inside `\Q…\E`.
    quoted: bool,
    /// Groups that are open.
    depth: u32,
    /// Names of the capturing groups opened so far.
    names: Vec<Option<String>>,
    /// What is odd.
    notes: Vec<Note>,
}

/// What comes next in a branch.
enum Item {
    /// A construct, which may be repeated.
    Node(Kind),
    /// Something that leaves no node and cannot be repeated, such as `(?i)`.
    Setting,
    /// Something that means nothing; a quantifier behind it repeats what stands before.
    Nothing,
}

impl Parser<'_> {
    /// An error that shows the text from `start` to the place.
    fn error(&self, problem: Problem, start: usize) -> Error {
        Error::new(problem, start, self.cursor.since(start))
    }

    /// Branches up to `)` or the end.
    fn branches(&mut self) -> Result<Node, Error> {
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
                let (node, again) = self.repeat(inner, min, max, offset)?;
                items.push(node);
                repeatable = again;
                continue;
            }
            match self.item(offset)? {
                Item::Node(kind) => {
                    self.note_late_start(&kind, offset, &items);
                    // PCRE repeats a condition only inside a group.
                    repeatable = !matches!(kind, Kind::Assert(_));
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
        let escaped = *kind == Kind::Assert(Assertion::Start) && self.cursor.since(offset).starts_with('\\');
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

    /// Repeats `inner`; reads the suffix of the quantifier, which stood at `offset`. Returns the node and whether it may
    /// be repeated again.
    fn repeat(&mut self, inner: Node, min: u32, max: Option<u32>, offset: usize) -> Result<(Node, bool), Error> {
        let mut greedy = !self.flags.ungreedy;
        self.skip_nothings()?;
        if self.cursor.eat("?") {
            greedy = !greedy;
        } else if self.cursor.eat("+") {
            return Err(self.error(Problem::Possessive, offset));
        }
        let span = inner.span.start..self.cursor.offset();
        let kind = Kind::Repeat { inner: Box::new(inner), min, max, greedy };
        Ok((Node { kind, span }, false))
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
    fn rest_of_comment(&mut self, start: usize) -> Result<(), Error> {
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
        let groups = u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX);
        let reader = Reader { cursor: &mut self.cursor, notes: &mut self.notes, start: offset, groups };
        Ok(match reader.outside_class()? {
            Escape::Char(value) => Item::Node(self.literal(value)),
            Escape::Named(item) => Item::Node(set_of(item)),
            Escape::Kind(kind) => Item::Node(kind),
            Escape::QuoteStart => {
                self.quoted = true;
                Item::Nothing
            }
            Escape::QuoteEnd => Item::Nothing,
        })
    }

    /// A group whose parenthesis, read already, stood at `start`.
    fn group(&mut self, start: usize) -> Result<Item, Error> {
        if !self.cursor.eat("?") {
            if self.cursor.peek() == Some('*') {
                let mut ahead = self.cursor.clone();
                ahead.next();
                if ahead.peek().is_some_and(|next| next.is_ascii_alphabetic() || next == ':') {
                    return Err(self.error(Problem::Verb, start));
                }
            }
            let capture = if self.flags.no_capture { None } else { Some(None) };
            return self.body(start, capture, self.flags);
        }
        if self.cursor.eat(":") {
            return self.body(start, None, self.flags);
        }
        if let Some(refused) = self.refused_group() {
            return Err(self.error(refused, start));
        }
        if self.cursor.eat("#") {
            self.rest_of_comment(start)?;
            return Ok(Item::Nothing);
        }
        let closing = if self.cursor.eat("<") || self.cursor.eat("P<") {
            ">"
        } else if self.cursor.eat("'") {
            "'"
        } else {
            return self.setting(start);
        };
        let name = self.name(closing, start)?;
        self.body(start, Some(Some(name)), self.flags)
    }

    /// Reads the introducer of a group that is not supported, if one is next.
    fn refused_group(&mut self) -> Option<Problem> {
        const REFUSED: [(&str, Problem); 17] = [
            ("=", Problem::Lookahead),
            ("!", Problem::Lookahead),
            ("*", Problem::Lookahead),
            ("<=", Problem::Lookbehind),
            ("<!", Problem::Lookbehind),
            ("<*", Problem::Lookbehind),
            (">", Problem::AtomicGroup),
            ("|", Problem::BranchReset),
            ("(", Problem::Conditional),
            ("P=", Problem::Backreference),
            ("P>", Problem::Recursion),
            ("&", Problem::Recursion),
            ("R", Problem::Recursion),
            ("+", Problem::Recursion),
            ("C", Problem::Verb),
            ("[", Problem::SetOperations),
            ("-", Problem::Recursion),
        ];
        let rest = self.cursor.rest();
        let digit = |at: usize| rest[at..].starts_with(|next: char| next.is_ascii_digit());
        if digit(0) {
            return Some(Problem::Recursion);
        }
        let (introducer, problem) = REFUSED.into_iter().find(|(introducer, _)| rest.starts_with(introducer))?;
        // `(?-1)` is a call, `(?-i)` a setting.
        if introducer == "-" && !digit(1) {
            return None;
        }
        self.cursor.eat(introducer);
        Some(problem)
    }

    /// Flags, and `)` or the body of a group under them.
    fn setting(&mut self, start: usize) -> Result<Item, Error> {
        let Some(flags) = self.flags.read(&mut self.cursor) else {
            self.cursor.next();
            return Err(self.error(Problem::BadGroup, start));
        };
        if self.cursor.eat(":") {
            return self.body(start, None, flags);
        }
        self.cursor.eat(")");
        self.flags = flags;
        Ok(Item::Setting)
    }

    /// The name of a group, up to `closing`.
    fn name(&mut self, closing: &str, start: usize) -> Result<String, Error> {
        let name = self.cursor.take_while(|next| next.is_ascii_alphanumeric() || next == '_');
        let valid =
            !name.is_empty() && name.len() <= MAX_NAME && !name.starts_with(|first: char| first.is_ascii_digit());
        if !valid || !self.cursor.eat(closing) {
            return Err(self.error(Problem::BadGroup, start));
        }
        if self.names.iter().flatten().any(|earlier| earlier == name) {
            let message =
                format!("the group name `{name}` occurs twice; the first group that takes part gives the field");
            self.notes.push(Note { code: DUPLICATE_GROUP, offset: start, message });
        }
        Ok(name.to_owned())
    }

    /// The body of a group and its `)`. `capture` is `None` for a plain group, else the name if there is one.
    fn body(&mut self, start: usize, capture: Option<Option<String>>, flags: Flags) -> Result<Item, Error> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(Problem::TooDeep, start));
        }
        let capture = match capture {
            None => None,
            Some(name) => {
                self.names.push(name);
                Some(u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX))
            }
        };
        let outer = std::mem::replace(&mut self.flags, flags);
        self.depth += 1;
        let inner = Box::new(self.branches()?);
        self.depth -= 1;
        self.flags = outer;
        if self.quoted || !self.cursor.eat(")") {
            return Err(Error::new(Problem::UnclosedGroup, start, ""));
        }
        Ok(Item::Node(Kind::Group { capture, inner }))
    }
}
