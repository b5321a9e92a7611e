//! From the `Hir` to the required literals.
//!
//! Each part of a pattern is described by [`Info`]: either the few literals it matches, or the literals its matches begin
//! and end with and what they must hold in between. Two parts in a row join the end of the first with the start of the
//! second, so prefix, suffix and inner literals all come out of one walk. (The method is that of trigram indexes for code
//! search, with whole literals in place of trigrams.)

use super::piece::Piece;
use super::tree::LiteralTree;
use crate::faults;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// A class of more than this many literals (either case of a letter is one) is not spelt out: `\d`, `\s` add no literals.
const CLASS_LITERALS: usize = 3;
/// Two sets of literals are not combined into more than this many.
const JOINED_LITERALS: usize = 16;
/// Branches are not united into more than this many literals; real rules have up to 107 names in one alternation.
const BRANCH_LITERALS: usize = 256;
/// Sets of literals are not combined into more than this many bytes.
const JOINED_BYTES: usize = 4096;
/// Copies of a counted repeat that are spelt out.
const REPEATED_COPIES: u32 = 8;

/// What is known of the matches of a part of a pattern.
#[derive(Clone, Debug)]
enum Info {
    /// They are among these literals, and if the part has no conditions, they are these literals.
    Exact(Vec<Piece>),
    /// They begin with one of `prefix`, end with one of `suffix`, and `required` holds in them.
    Open {
        /// One empty piece if nothing is known.
        prefix: Vec<Piece>,
        /// One empty piece if nothing is known.
        suffix: Vec<Piece>,
        /// Without what prefix and suffix say.
        required: LiteralTree,
    },
}

/// Returns the literals that every match of `hir` must hold. `hir` must be lowered for this purpose.
pub(crate) fn required(hir: &Hir) -> LiteralTree {
    info(hir).finish()
}

/// Returns the literals that `hir` matches, if it matches just these; empty literals included.
pub(crate) fn exact_pieces(hir: &Hir) -> Option<Vec<Piece>> {
    if !hir.properties().look_set().is_empty() {
        return None;
    }
    match info(hir) {
        Info::Exact(pieces) if !pieces.iter().any(|piece| piece.either_case && piece.one_case) => Some(pieces),
        _ => None,
    }
}

/// Describes a part of a pattern. The recursion is as deep as the pattern's groups.
fn info(hir: &Hir) -> Info {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Info::Exact(vec![Piece::empty()]),
        HirKind::Literal(literal) => match str::from_utf8(&literal.0) {
            Ok(text) => Info::Exact(vec![Piece::exact(text)]),
            Err(_) => Info::unknown(),
        },
        HirKind::Class(class) => class_pieces(class).map_or_else(Info::unknown, Info::Exact),
        HirKind::Repetition(repetition) => repeated(repetition),
        HirKind::Capture(capture) => info(&capture.sub),
        HirKind::Concat(subs) => in_a_row(subs),
        HirKind::Alternation(subs) => one_of(subs.iter().map(info).collect()),
    }
}

/// Describes parts in a row. Exact parts are joined among themselves first, so that a run of letters is one step.
fn in_a_row(subs: &[Hir]) -> Info {
    let nothing = || Info::Exact(vec![Piece::empty()]);
    let (mut before, mut run) = (nothing(), nothing());
    for sub in subs {
        let sub = info(sub);
        let longer = if matches!(sub, Info::Exact(_)) { run.exact_then(&sub) } else { None };
        match longer {
            Some(longer) => run = longer,
            None => {
                before = before.then(std::mem::replace(&mut run, nothing()));
                if matches!(sub, Info::Exact(_)) {
                    run = sub;
                } else {
                    before = before.then(sub);
                }
            }
        }
    }
    before.then(run)
}

/// Returns the literals of a class, or `None` if they are too many.
fn class_pieces(class: &Class) -> Option<Vec<Piece>> {
    let Class::Unicode(class) = class else { return None };
    let mut members: Vec<char> = Vec::new();
    for range in class.ranges() {
        if range.len() + members.len() > CLASS_LITERALS * 4 {
            return None;
        }
        members.extend(range.start()..=range.end());
    }
    let mut pieces = Vec::new();
    while let Some(&first) = members.first() {
        let equivalents = retrohunt_fold::equivalents(first);
        if equivalents.len() > 1 && equivalents.iter().all(|member| members.contains(member)) {
            pieces.push(Piece::folded(retrohunt_fold::fold_char(first)));
            members.retain(|member| !equivalents.contains(member));
        } else {
            pieces.push(Piece::exact(first.encode_utf8(&mut [0; 4])));
            members.remove(0);
        }
    }
    // The class without members matches nothing, about which there is nothing to say.
    (1..=CLASS_LITERALS).contains(&pieces.len()).then_some(pieces)
}

/// Describes a repeated part.
fn repeated(repetition: &Repetition) -> Info {
    let optional = repetition.min == 0 && !faults::on(faults::LITERAL_OPTIONAL);
    let sub = info(&repetition.sub);
    if optional {
        return match sub {
            Info::Exact(mut pieces) if repetition.max == Some(1) => {
                pieces.push(Piece::empty());
                Info::Exact(pieces)
            }
            _ => Info::unknown(),
        };
    }
    let copies = repetition.min.clamp(1, REPEATED_COPIES);
    let mut all = sub.clone();
    // Copies of an open part would say the same again, and nested repeats would say it exponentially often.
    if let Info::Exact(_) = sub {
        for _ in 1..copies {
            all = all.then(sub.clone());
        }
    }
    if repetition.max == Some(copies) { all } else { all.open() }
}

/// Describes what matches one of several parts.
fn one_of(branches: Vec<Info>) -> Info {
    let exact: Option<Vec<&Vec<Piece>>> =
        branches.iter().map(|branch| if let Info::Exact(pieces) = branch { Some(pieces) } else { None }).collect();
    if let Some(exact) = exact
        && exact.iter().map(|pieces| pieces.len()).sum::<usize>() <= BRANCH_LITERALS
    {
        return Info::Exact(exact.into_iter().flatten().cloned().collect());
    }
    let union = |side: fn(&Info) -> &Vec<Piece>| {
        let pieces: Vec<Piece> = branches.iter().flat_map(|branch| side(branch).iter().cloned()).collect();
        let known = pieces.len() <= BRANCH_LITERALS && !pieces.iter().any(|piece| piece.text.is_empty());
        if known { pieces } else { vec![Piece::empty()] }
    };
    let (prefix, suffix) = (union(Info::prefix), union(Info::suffix));
    Info::Open { prefix, suffix, required: LiteralTree::either(branches.into_iter().map(Info::finish)) }
}

/// Returns the condition that one of the literals occurs.
fn any_of(pieces: &[Piece]) -> LiteralTree {
    LiteralTree::either(pieces.iter().map(Piece::required))
}

/// Returns every literal of `left` with every one of `right` behind it, or `None` if they are too many or too long.
fn joined(left: &[Piece], right: &[Piece]) -> Option<Vec<Piece>> {
    let count = left.len() * right.len();
    let bytes = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.len()).sum::<usize>();
    // A set that is not multiplied may be as large as an alternation makes it.
    let limit = if left.len() == 1 || right.len() == 1 { BRANCH_LITERALS } else { JOINED_LITERALS };
    if count > limit || bytes(left) * right.len() + bytes(right) * left.len() > JOINED_BYTES {
        return None;
    }
    Some(left.iter().flat_map(|left| right.iter().map(|right| left.then(right))).collect())
}

impl Info {
    /// Nothing is known.
    fn unknown() -> Self {
        Self::Open { prefix: vec![Piece::empty()], suffix: vec![Piece::empty()], required: LiteralTree::Any }
    }

    /// What the matches begin with.
    fn prefix(&self) -> &Vec<Piece> {
        match self {
            Self::Exact(pieces) | Self::Open { prefix: pieces, .. } => pieces,
        }
    }

    /// What the matches end with.
    fn suffix(&self) -> &Vec<Piece> {
        match self {
            Self::Exact(pieces) | Self::Open { suffix: pieces, .. } => pieces,
        }
    }

    /// The same when more may stand in the middle of the matches.
    fn open(self) -> Self {
        match self {
            Self::Exact(pieces) => Self::Open { prefix: pieces.clone(), suffix: pieces, required: LiteralTree::Any },
            open @ Self::Open { .. } => open,
        }
    }

    /// Everything that must hold in a match.
    fn finish(self) -> LiteralTree {
        match self {
            Self::Exact(pieces) => any_of(&pieces),
            Self::Open { prefix, suffix, required } => LiteralTree::all([any_of(&prefix), required, any_of(&suffix)]),
        }
    }

    /// Describes a match of this part and one of `next` behind it, if both are exact and the result can be.
    fn exact_then(&self, next: &Self) -> Option<Self> {
        match (self, next) {
            (Self::Exact(left), Self::Exact(right)) => joined(left, right).map(Self::Exact),
            _ => None,
        }
    }

    /// Describes a match of this part and one of `next` behind it.
    fn then(self, next: Self) -> Self {
        let join = joined(self.suffix(), next.prefix());
        let exact = matches!((&self, &next), (Self::Exact(_), Self::Exact(_)));
        let middle = match &join {
            Some(join) if exact => return Self::Exact(join.clone()),
            Some(join) => any_of(join),
            None => LiteralTree::all([any_of(self.suffix()), any_of(next.prefix())]),
        };
        // The start of an exact part reaches into the next part, its end into the one before.
        let (prefix, before) = match self {
            Self::Exact(pieces) => (join.clone().unwrap_or(pieces), LiteralTree::Any),
            Self::Open { prefix, required, .. } => (prefix, required),
        };
        let (suffix, after) = match next {
            Self::Exact(pieces) => (join.unwrap_or(pieces), LiteralTree::Any),
            Self::Open { suffix, required, .. } => (suffix, required),
        };
        Self::Open { prefix, suffix, required: LiteralTree::all([before, middle, after]) }
    }
}
