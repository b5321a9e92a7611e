//! What a parenthesis begins: groups, look-arounds, conditionals, settings, and what is refused.

use super::ast::{Condition, Kind, Look, Node, Reference};
use super::flags::Flags;
use super::parser::{Item, Parser};
use crate::error::{DUPLICATE_GROUP, Error, Note, Problem};

/// Levels of groups that a pattern may have, as in PCRE2's default build.
const MAX_DEPTH: u32 = 250;

/// What `(?` begins with, if it is refused.
const REFUSED: [(&str, Problem); 9] = [
    ("*", Problem::Lookahead),
    ("<*", Problem::Lookbehind),
    ("|", Problem::BranchReset),
    ("P>", Problem::Recursion),
    ("&", Problem::Recursion),
    ("R", Problem::Recursion),
    ("+", Problem::Recursion),
    ("C", Problem::Verb),
    ("[", Problem::SetOperations),
];

/// What the look-arounds begin with: whether behind, whether negated.
const LOOKS: [(&str, bool, bool); 4] =
    [("=", false, false), ("!", false, true), ("<=", true, false), ("<!", true, true)];

/// Returns whether a bare name in a conditional asks for recursion, or defines groups that only calls reach.
fn is_reserved_condition(name: &str) -> bool {
    let recursion = name.strip_prefix('R').is_some_and(|rest| rest.bytes().all(|digit| digit.is_ascii_digit()));
    recursion || name == "DEFINE" || name == "VERSION"
}

impl Parser<'_> {
    /// Returns the number of capturing groups opened so far.
    pub(super) fn groups(&self) -> u32 {
        u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
    }

    /// A backreference under the flags in force, read already from `start`.
    pub(super) fn backreference(&mut self, group: Reference, start: usize) -> Kind {
        self.references.push((group.clone(), start));
        Kind::Backreference { group, caseless: self.flags.caseless }
    }

    /// Checks that every group that the pattern refers to is there.
    pub(super) fn check_references(&self) -> Result<(), Error> {
        let missing = |reference: &Reference| match reference {
            Reference::Number(number) => *number > self.groups(),
            Reference::Name(name) => !self.names.iter().flatten().any(|known| known == name),
        };
        match self.references.iter().find(|(reference, _)| missing(reference)) {
            Some((Reference::Number(u32::MAX), offset)) => Err(Error::new(Problem::NoGroup, *offset, "")),
            Some((Reference::Number(number), offset)) => {
                Err(Error::new(Problem::NoGroup, *offset, &number.to_string()))
            }
            Some((Reference::Name(name), offset)) => Err(Error::new(Problem::NoGroup, *offset, name)),
            None => Ok(()),
        }
    }

    /// A group whose parenthesis, read already, stood at `start`.
    pub(super) fn group(&mut self, start: usize) -> Result<Item, Error> {
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
        if let Some(look) = self.look(start)? {
            return Ok(Item::Node(Kind::Look(look)));
        }
        if self.cursor.eat(">") {
            return Ok(Item::Node(Kind::Atomic(Box::new(self.inside(start, self.flags)?))));
        }
        if self.cursor.eat("(") {
            return self.conditional(start);
        }
        if self.cursor.eat("P=") {
            return self.python_reference(start);
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
        let rest = self.cursor.rest();
        let digit = |at: usize| rest[at..].starts_with(|next: char| next.is_ascii_digit());
        // `(?-1)` is a call, `(?-i)` a setting.
        if digit(0) || rest.starts_with('-') && digit(1) {
            self.cursor.next();
            return Some(Problem::Recursion);
        }
        let (introducer, problem) = REFUSED.into_iter().find(|(introducer, _)| rest.starts_with(introducer))?;
        self.cursor.eat(introducer);
        Some(problem)
    }

    /// A look-around, if its introducer is next.
    fn look(&mut self, start: usize) -> Result<Option<Look>, Error> {
        let found = LOOKS.into_iter().find(|(introducer, ..)| self.cursor.eat(introducer));
        let Some((_, behind, negated)) = found else { return Ok(None) };
        self.looks += 1;
        let inner = Box::new(self.inside(start, self.flags)?);
        self.looks -= 1;
        Ok(Some(Look { behind, negated, inner }))
    }

    /// `(?P=name)`, of which `(?P=` is read.
    fn python_reference(&mut self, start: usize) -> Result<Item, Error> {
        match self.cursor.name() {
            Some(name) if self.cursor.eat(")") => {
                Ok(Item::Node(self.backreference(Reference::Name(name.to_owned()), start)))
            }
            _ => Err(self.error(Problem::BadGroup, start)),
        }
    }

    /// A conditional group, of which `(?(` is read.
    fn conditional(&mut self, start: usize) -> Result<Item, Error> {
        let condition = if self.cursor.eat("?") {
            match self.look(start)? {
                Some(look) => Condition::Look(look),
                None => return Err(self.error(Problem::Conditional, start)),
            }
        } else {
            let offset = self.cursor.offset();
            let reference = self.condition_group(start)?;
            self.references.push((reference.clone(), offset));
            Condition::Group(reference)
        };
        let branches = self.inside(start, self.flags)?;
        let span = branches.span.clone();
        let (yes, no) = match branches.kind {
            Kind::Alternate(mut branches) => match (branches.pop(), branches.pop()) {
                (Some(no), Some(yes)) if branches.is_empty() => (yes, no),
                _ => return Err(Error::new(Problem::BadGroup, start, "more than two branches of a conditional")),
            },
            kind => (Node { kind, span: span.clone() }, Node { kind: Kind::Empty, span: span.end..span.end }),
        };
        Ok(Item::Node(Kind::Conditional { condition, yes: Box::new(yes), no: Box::new(no) }))
    }

    /// The group that a conditional asks for, and the parenthesis behind it.
    fn condition_group(&mut self, start: usize) -> Result<Reference, Error> {
        let closing = if self.cursor.eat("<") {
            ">)"
        } else if self.cursor.eat("'") {
            "')"
        } else {
            ")"
        };
        let reference = match self.cursor.number_reference(self.groups()) {
            Some(number) if closing == ")" => Some(Reference::Number(number)),
            Some(_) => None,
            None => self.cursor.name().map(|name| Reference::Name(name.to_owned())),
        };
        match reference {
            Some(Reference::Name(name)) if closing == ")" && is_reserved_condition(&name) => {
                Err(self.error(Problem::Conditional, start))
            }
            Some(reference) if self.cursor.eat(closing) => Ok(reference),
            _ => Err(self.error(Problem::Conditional, start)),
        }
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
        let name = match self.cursor.name() {
            Some(name) if self.cursor.eat(closing) => name,
            _ => return Err(self.error(Problem::BadGroup, start)),
        };
        if self.names.iter().flatten().any(|earlier| earlier == name) {
            let message =
                format!("the group name `{name}` occurs twice; the first group that takes part gives the field");
            self.notes.push(Note { code: DUPLICATE_GROUP, offset: start, message });
        }
        Ok(name.to_owned())
    }

    /// The body of a group and its `)`. `capture` is `None` for a plain group, else the name if there is one.
    fn body(&mut self, start: usize, capture: Option<Option<String>>, flags: Flags) -> Result<Item, Error> {
        let capture = match capture {
            None => None,
            Some(name) => {
                self.names.push(name);
                Some(self.groups())
            }
        };
        let inner = Box::new(self.inside(start, flags)?);
        Ok(Item::Node(Kind::Group { capture, inner }))
    }

    /// What is inside a group, under `flags`, and its `)`.
    fn inside(&mut self, start: usize, flags: Flags) -> Result<Node, Error> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(Problem::TooDeep, start));
        }
        let outer = std::mem::replace(&mut self.flags, flags);
        self.depth += 1;
        let inner = self.branches()?;
        self.depth -= 1;
        self.flags = outer;
        if self.quoted || !self.cursor.eat(")") {
            return Err(Error::new(Problem::UnclosedGroup, start, ""));
        }
        Ok(inner)
    }
}
