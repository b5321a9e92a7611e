//! What a literal in a field's value demands of the columns that the value is made of.
//!
//! A prefilter searches columns, a rule asks about fields. Everything here is a *necessary* condition (§2.7.1): if the
//! literal occurs in the field's value, then at least one of the needles occurs in its column. Never the other way round.

use std::borrow::Cow;

use retrohunt_fold::{fold, has_case};

use crate::expr::{Expr, MapBy, Otherwise};

/// A concatenation is searched for the literal's places by trying them; past this many steps nothing is known.
const MOST_STEPS: usize = 4096;

/// Past this many needles a disjunction is no help to a prefilter.
const MOST_NEEDLES: usize = 64;

/// A literal that a field's value is known to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The text that must occur.
    pub literal: &'a str,
    /// Does case not count (§2.6)?
    pub folded: bool,
    /// Must it stand at the beginning of the value?
    pub at_start: bool,
    /// Must it stand at the end of the value?
    pub at_end: bool,
}

/// A literal that a column's value must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceNeedle {
    /// Index of the column.
    pub column: usize,
    /// The text that must occur.
    pub literal: String,
    /// Does case not count (§2.6)?
    pub folded: bool,
    /// Must it stand at the beginning of the value?
    pub at_start: bool,
    /// Must it stand at the end of the value?
    pub at_end: bool,
}

/// What a literal in a field's value demands of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inverse {
    /// On every row whose value holds the literal, at least one of these holds. Never empty.
    Either(Vec<SourceNeedle>),
    /// The value holds the literal on every row (true), or on none (false).
    Constant(bool),
    /// Nothing is known.
    Unknown,
}

impl Inverse {
    /// Returns what `wanted` in the value of `expr` demands of its columns. An empty literal demands nothing.
    #[must_use]
    pub fn of(expr: &Expr, wanted: &Wanted<'_>) -> Self {
        if wanted.literal.is_empty() {
            return Self::Unknown;
        }
        match expr {
            Expr::Column(column) => Self::Either(vec![SourceNeedle {
                column: *column,
                literal: wanted.literal.to_owned(),
                folded: wanted.folded,
                at_start: wanted.at_start,
                at_end: wanted.at_end,
            }]),
            Expr::Constant(text) => Self::Constant(holds(text, wanted)),
            Expr::LastPart { of, separators } if !has_any(wanted, separators) => {
                Self::of(of, &Wanted { at_start: false, ..*wanted })
            }
            Expr::ParentPart { of, .. } => Self::of(of, &Wanted { at_end: false, ..*wanted }),
            Expr::TextBefore { of, mark } if !has_mark(wanted, mark) => {
                Self::of(of, &Wanted { at_end: false, ..*wanted })
            }
            Expr::TextAfter { of, mark } if !has_mark(wanted, mark) => {
                Self::of(of, &Wanted { at_start: false, ..*wanted })
            }
            // The literal holds what the value cannot hold.
            Expr::LastPart { .. } | Expr::TextBefore { .. } | Expr::TextAfter { .. } => Self::Constant(false),
            Expr::Keyed { of, .. } | Expr::StripBraces(of) => {
                Self::of(of, &Wanted { at_start: false, at_end: false, ..*wanted })
            }
            Expr::Coalesce { members, .. } | Expr::All(members) => {
                Self::either(members.iter().map(|member| Self::of(member, wanted)))
            }
            Expr::Concat(members) => concat(members, wanted),
            Expr::PathJoin { folder, name } => path_join(folder, name, wanted),
            Expr::Map { of, by, table, otherwise } => map(of, *by, table, otherwise, wanted),
            Expr::HexToDecimal(_) => Self::Unknown,
            Expr::Lower(of) => {
                if !wanted.folded && wanted.literal.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    return Self::Constant(false);
                }
                Self::of(of, &Wanted { folded: true, ..*wanted })
            }
        }
    }

    /// Returns what follows if one of several values holds the literal and it is not known which.
    fn either(members: impl Iterator<Item = Self>) -> Self {
        let mut needles: Vec<SourceNeedle> = Vec::new();
        for member in members {
            match member {
                Self::Constant(false) => {}
                Self::Either(more) => {
                    for needle in more {
                        if !needles.contains(&needle) {
                            needles.push(needle);
                        }
                    }
                }
                // That one value always holds it says nothing about the row's value, which may be another.
                Self::Unknown | Self::Constant(true) => return Self::Unknown,
            }
        }
        match needles.len() {
            0 => Self::Constant(false),
            1..=MOST_NEEDLES => Self::Either(needles),
            _ => Self::Unknown,
        }
    }
}

/// Returns the text in the form in which it is compared.
fn form<'a>(text: &'a str, wanted: &Wanted<'_>) -> Cow<'a, str> {
    if wanted.folded { fold(text) } else { Cow::Borrowed(text) }
}

/// Does a known text hold the literal?
fn holds(text: &str, wanted: &Wanted<'_>) -> bool {
    let (text, literal) = (form(text, wanted), form(wanted.literal, wanted));
    match (wanted.at_start, wanted.at_end) {
        (true, true) => text == literal,
        (true, false) => text.starts_with(literal.as_ref()),
        (false, true) => text.ends_with(literal.as_ref()),
        (false, false) => text.contains(literal.as_ref()),
    }
}

/// Does the literal hold one of these characters, in a way that no other character can stand for?
fn has_any(wanted: &Wanted<'_>, characters: &str) -> bool {
    let counts = |&character: &char| characters.contains(character) && !(wanted.folded && has_case(character));
    wanted.literal.chars().any(|character| counts(&character))
}

/// Does the literal hold the mark, in a way that no other text can stand for?
fn has_mark(wanted: &Wanted<'_>, mark: &str) -> bool {
    wanted.literal.contains(mark) && !(wanted.folded && mark.chars().any(has_case))
}

/// A translation: the source holds the beginning or whole of an entry whose result holds the literal.
fn map(of: &Expr, by: MapBy, table: &[(String, String)], otherwise: &Otherwise, wanted: &Wanted<'_>) -> Inverse {
    if matches!(otherwise, Otherwise::Text(text) if holds(text, wanted)) {
        return Inverse::Unknown;
    }
    let from = table.iter().filter(|(_, to)| holds(to, wanted)).map(|(from, _)| {
        // An empty entry is a blank source (whole) or any source (prefix).
        if from.is_empty() {
            return if by == MapBy::Whole { Inverse::Constant(false) } else { Inverse::Unknown };
        }
        Inverse::of(of, &Wanted { literal: from, folded: true, at_start: false, at_end: false })
    });
    let kept = (*otherwise == Otherwise::Keep).then(|| Inverse::of(of, wanted));
    Inverse::either(from.chain(kept))
}

/// A path: the literal is in the folder, in the name, or spans the separator between them. The separator may be the folder's
/// own last character, so the folder's needle is not anchored at its end.
fn path_join(folder: &Expr, name: &Expr, wanted: &Wanted<'_>) -> Inverse {
    let mut ways = vec![Inverse::of(folder, wanted)];
    if !wanted.at_start {
        ways.push(Inverse::of(name, wanted));
    }
    for (at, _) in wanted.literal.match_indices(['\\', '/']) {
        let (left, right) = (&wanted.literal[..at], &wanted.literal[at + 1..]);
        ways.push(if right.len() >= left.len() {
            Inverse::of(name, &Wanted { literal: right, at_start: true, ..*wanted })
        } else {
            Inverse::of(folder, &Wanted { literal: left, at_end: false, ..*wanted })
        });
    }
    Inverse::either(ways.into_iter())
}

/// A concatenation: every place that the literal can take over its parts gives a way, of which the longest piece is kept.
fn concat(members: &[Expr], wanted: &Wanted<'_>) -> Inverse {
    let literal = form(wanted.literal, wanted);
    let parts = members.iter().map(|member| match member {
        Expr::Constant(text) => Part::Fixed(form(text, wanted)),
        other => Part::Open(other),
    });
    let wanted = Wanted { literal: &literal, ..*wanted };
    let mut search = Alignments { parts: parts.collect(), wanted, steps: 0, ways: Vec::new() };
    search.run();
    if search.steps > MOST_STEPS { Inverse::Unknown } else { Inverse::either(search.ways.into_iter()) }
}

/// A part of a concatenation.
enum Part<'a> {
    /// A known text, in the form in which it is compared.
    Fixed(Cow<'a, str>),
    /// A text of the row, not empty.
    Open(&'a Expr),
}

/// The search for the places that a literal can take in a concatenation.
struct Alignments<'a> {
    parts: Vec<Part<'a>>,
    wanted: Wanted<'a>,
    steps: usize,
    ways: Vec<Inverse>,
}

/// What the longest open piece so far demands, and the length of that piece in bytes.
type Best = Option<(usize, Inverse)>;

impl<'a> Alignments<'a> {
    /// Collects all ways.
    fn run(&mut self) {
        let literal = self.wanted.literal;
        for first in 0..self.parts.len() {
            if self.wanted.at_start && first > 0 {
                break;
            }
            let start_here = self.wanted.at_start;
            match &self.parts[first] {
                Part::Fixed(text) => {
                    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                    let tails: Vec<String> = offsets.iter().map(|&at| text[at..].to_owned()).collect();
                    for tail in tails.iter().take(if start_here { 1 } else { tails.len() }) {
                        self.fixed(first, tail, literal, None);
                    }
                }
                Part::Open(_) => self.open(first, literal, start_here, &None),
            }
        }
    }

    /// Goes on with `rest` of the literal at the beginning of part `index`.
    fn follow(&mut self, index: usize, rest: &'a str, best: Best) {
        match self.parts.get(index) {
            None => {}
            Some(Part::Fixed(text)) => {
                let text = text.to_string();
                self.fixed(index, &text, rest, best);
            }
            Some(Part::Open(_)) => self.open(index, rest, true, &best),
        }
    }

    /// `rest` begins where `text`, the end of a known part, begins.
    fn fixed(&mut self, index: usize, text: &str, rest: &'a str, best: Best) {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return;
        }
        if text.starts_with(rest) {
            if self.may_end(index, text.len() == rest.len()) {
                self.ways.push(best.map_or(Inverse::Unknown, |(_, inverse)| inverse));
            }
        } else if let Some(rest) = rest.strip_prefix(text) {
            self.follow(index + 1, rest, best);
        }
    }

    /// `rest` begins within an open part, at its beginning if `at_start`.
    fn open(&mut self, index: usize, rest: &'a str, at_start: bool, best: &Best) {
        let Some(Part::Open(expr)) = self.parts.get(index) else { return };
        let expr: &'a Expr = expr;
        let last = index + 1 == self.parts.len();
        // It ends here …
        if last || !self.wanted.at_end {
            let piece = Wanted { literal: rest, at_start, ..self.wanted };
            let way = longer(best.clone(), rest.len(), Inverse::of(expr, &piece));
            self.ways.push(way.map_or(Inverse::Unknown, |(_, inverse)| inverse));
        }
        // … or goes on in the next part.
        if last {
            return;
        }
        for (at, _) in rest.char_indices().skip(1) {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return;
            }
            let piece = Wanted { literal: &rest[..at], at_start, at_end: true, ..self.wanted };
            let way = longer(best.clone(), at, Inverse::of(expr, &piece));
            self.follow(index + 1, &rest[at..], way);
        }
    }

    /// May the literal end in part `index`, at its end or not?
    fn may_end(&self, index: usize, at_part_end: bool) -> bool {
        !self.wanted.at_end || (at_part_end && index + 1 == self.parts.len())
    }
}

/// Returns the more telling of two demands of which both hold: an impossible one, else that of the longer piece.
fn longer(best: Best, length: usize, inverse: Inverse) -> Best {
    match (best, inverse) {
        (best, Inverse::Unknown | Inverse::Constant(true)) => best,
        (_, Inverse::Constant(false)) => Some((usize::MAX, Inverse::Constant(false))),
        (Some(best), _) if best.0 >= length => Some(best),
        (_, inverse) => Some((length, inverse)),
    }
}

#[cfg(test)]
mod tests;
