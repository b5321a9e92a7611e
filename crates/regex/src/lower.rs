//! The tree of a pattern to `regex_syntax`'s `Hir`, with explicit classes for case.
//!
//! `(?i)` of `regex_syntax` is never used: it folds `k` with the Kelvin sign and `s` with the long s, which §2.6 forbids.
//! What must stay true: the `Hir` matches exactly the texts that the tree does, once the text's end is presented as the
//! [`Ending`] says.

use crate::dialect::ast::{Assertion, Kind, Node, Set, SetItem};
use crate::dialect::survey::Ending;
use crate::faults;
use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition,
};

/// The byte that stands for a final line feed; it is in no UTF-8 text.
pub(crate) const FINAL_LINE_FEED: u8 = 0xFF;

/// What the `Hir` is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be matched against texts whose end is presented as the ending says.
    Match(Ending),
    /// The same, with the capturing groups, and with `$` as a condition that takes nothing.
    Groups(Ending),
    /// To tell texts that surely do not match: conditions and look-arounds are empty, what was taken for good can be given
    /// back, a backreference is any text.
    Necessary,
}

/// Lowers a tree, which must be regular unless the purpose is `Necessary`.
pub(crate) fn lower(root: &Node, purpose: Purpose) -> Hir {
    Lowering { purpose }.node(root)
}

/// What lowering knows.
struct Lowering {
    /// What the result is for.
    purpose: Purpose,
}

impl Lowering {
    /// Lowers a node. The depth of the recursion is that of the groups.
    fn node(&self, node: &Node) -> Hir {
        match &node.kind {
            Kind::Empty => Hir::empty(),
            Kind::Char { value, caseless } => self.char(*value, *caseless),
            Kind::Set(set) => self.class(set_members(set)),
            Kind::Dot { matches_lf: true } => self.class(class_of(&[('\0', char::MAX)])),
            Kind::Dot { matches_lf: false } => self.class(class_of(&[('\0', '\x09'), ('\x0B', char::MAX)])),
            Kind::Assert(assertion) => self.assertion(*assertion),
            Kind::Newline => self.newline(),
            Kind::Group { capture: Some(index), inner } if matches!(self.purpose, Purpose::Groups(_)) => {
                Hir::capture(Capture { index: *index, name: None, sub: Box::new(self.node(inner)) })
            }
            Kind::Group { inner, .. } | Kind::Atomic(inner) => self.node(inner),
            Kind::Look(_) | Kind::KeepOut => Hir::empty(),
            Kind::Backreference { .. } => {
                let any = Box::new(self.class(class_of(&[('\0', char::MAX)])));
                Hir::repetition(Repetition { min: 0, max: None, greedy: true, sub: any })
            }
            Kind::Conditional { yes, no, .. } => Hir::alternation(vec![self.node(yes), self.node(no)]),
            Kind::Concat(items) => Hir::concat(items.iter().map(|item| self.node(item)).collect()),
            Kind::Alternate(branches) => Hir::alternation(branches.iter().map(|branch| self.node(branch)).collect()),
            Kind::Repeat { max: Some(0), .. } => Hir::empty(),
            Kind::Repeat { inner, min, max, greedy } => {
                let sub = Box::new(self.node(inner));
                Hir::repetition(Repetition { min: *min, max: *max, greedy: *greedy, sub })
            }
        }
    }

    /// How the end of a text is presented.
    fn ending(&self) -> Option<Ending> {
        match self.purpose {
            Purpose::Match(ending) | Purpose::Groups(ending) => Some(ending),
            Purpose::Necessary => None,
        }
    }

    /// One code point, with its equivalents if `caseless`.
    fn char(&self, value: char, caseless: bool) -> Hir {
        if caseless || value == '\n' {
            return self.class(char_members(value, caseless));
        }
        Hir::literal(value.to_string().into_bytes())
    }

    /// One code point out of a class; with a line feed comes the byte that stands for a final one.
    fn class(&self, class: ClassUnicode) -> Hir {
        let line_feed = matches!(self.ending(), Some(Ending::Dollar | Ending::Caret)) && contains(&class, '\n');
        let class = Hir::class(Class::Unicode(class));
        if line_feed { Hir::alternation(vec![class, final_line_feed()]) } else { class }
    }

    /// `\R`.
    fn newline(&self) -> Hir {
        let single = [('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')];
        let pair = Hir::concat(vec![Hir::literal(*b"\r"), self.char('\n', false)]);
        Hir::alternation(vec![pair, self.class(class_of(&single))])
    }

    /// A condition.
    fn assertion(&self, assertion: Assertion) -> Hir {
        let Some(ending) = self.ending() else { return Hir::empty() };
        match assertion {
            // Where groups are asked for, a search may begin later: such patterns have no automaton for groups.
            Assertion::Start | Assertion::SearchStart => Hir::look(Look::Start),
            Assertion::End => Hir::look(Look::End),
            Assertion::Dollar if faults::on(faults::DOLLAR_NO_NEWLINE) => Hir::look(Look::End),
            Assertion::Dollar => match ending {
                Ending::Plain => Hir::concat(vec![optional(Hir::literal(*b"\n")), Hir::look(Look::End)]),
                Ending::Dollar => Hir::look(Look::EndLF),
                Ending::Caret => Hir::alternation(vec![Hir::look(Look::End), final_line_feed()]),
            },
            Assertion::LineStart => Hir::look(Look::StartLF),
            Assertion::LineEnd if ending == Ending::Caret => {
                Hir::alternation(vec![Hir::look(Look::EndLF), final_line_feed()])
            }
            Assertion::LineEnd => Hir::look(Look::EndLF),
            Assertion::WordBoundary => Hir::look(Look::WordAscii),
            Assertion::NotWordBoundary => Hir::look(Look::WordAsciiNegate),
            Assertion::WordStart => Hir::look(Look::WordStartAscii),
            Assertion::WordEnd => Hir::look(Look::WordEndAscii),
        }
    }
}

/// The byte that stands for a final line feed, as a pattern.
fn final_line_feed() -> Hir {
    Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(FINAL_LINE_FEED, FINAL_LINE_FEED)])))
}

/// `sub` or nothing.
fn optional(sub: Hir) -> Hir {
    Hir::repetition(Repetition { min: 0, max: Some(1), greedy: true, sub: Box::new(sub) })
}

/// The class of the given ranges.
fn class_of(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(from, to)| ClassUnicodeRange::new(from, to)))
}

/// Returns whether `character` is a member.
fn contains(class: &ClassUnicode, character: char) -> bool {
    class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&character))
}

/// A code point, and its equivalents if `caseless`.
pub(crate) fn char_members(value: char, caseless: bool) -> ClassUnicode {
    let mut class = class_of(&[(value, value)]);
    if caseless {
        close_under_case(&mut class);
    }
    class
}

/// The members of a set: case first, then negation.
pub(crate) fn set_members(set: &Set) -> ClassUnicode {
    let mut class = ClassUnicode::empty();
    for item in &set.items {
        if let SetItem::Range(from, to) = *item {
            class.push(ClassUnicodeRange::new(from, to));
        }
    }
    if set.caseless {
        close_under_case(&mut class);
    }
    for item in &set.items {
        if let SetItem::Named { name, negated } = *item {
            let mut named = class_of(name.ranges());
            if negated {
                named.negate();
            }
            class.union(&named);
        }
    }
    if set.negated {
        class.negate();
    }
    class
}

/// Adds to a class every equivalent of its members (§2.6).
fn close_under_case(class: &mut ClassUnicode) {
    if faults::on(faults::UNICODE_FOLD) && class.try_case_fold_simple().is_ok() {
        return;
    }
    let mut added = Vec::new();
    let mut add = |character: char| {
        let equivalents = retrohunt_fold::equivalents(character);
        added.extend(equivalents.iter().map(|&member| ClassUnicodeRange::new(member, member)));
    };
    for range in class.ranges() {
        (range.start().min('\x7F')..=range.end().min('\x7F')).filter(char::is_ascii_alphabetic).for_each(&mut add);
        retrohunt_fold::cased_non_ascii(range.start(), range.end()).for_each(&mut add);
    }
    class.union(&ClassUnicode::new(added));
}
