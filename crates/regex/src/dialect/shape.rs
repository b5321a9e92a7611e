//! Which engine a tree needs, and how wide its parts are.
//!
//! All functions here recurse as deep as the pattern's groups, which the parser bounds.

use super::ast::{Condition, Kind, Node};

/// The least and the largest number of code points that a part takes; `None` is without limit.
pub(crate) type Width = (u32, Option<u32>);

impl Node {
    /// Returns whether `asked` holds for this node or one inside it.
    pub(crate) fn any(&self, asked: &dyn Fn(&Self) -> bool) -> bool {
        asked(self)
            || match &self.kind {
                Kind::Empty
                | Kind::Char { .. }
                | Kind::Set(_)
                | Kind::Dot { .. }
                | Kind::Assert(_)
                | Kind::Newline
                | Kind::Backreference { .. }
                | Kind::KeepOut => false,
                Kind::Group { inner, .. } | Kind::Repeat { inner, .. } | Kind::Atomic(inner) => inner.any(asked),
                Kind::Look(look) => look.inner.any(asked),
                Kind::Concat(items) | Kind::Alternate(items) => items.iter().any(|item| item.any(asked)),
                Kind::Conditional { condition, yes, no } => {
                    let asks = matches!(condition, Condition::Look(look) if look.inner.any(asked));
                    asks || yes.any(asked) || no.any(asked)
                }
            }
    }

    /// Returns whether an automaton can tell which texts match (§5.6.4).
    pub(crate) fn is_regular(&self) -> bool {
        !self.any(&|node| {
            matches!(
                node.kind,
                Kind::Look(_) | Kind::Atomic(_) | Kind::Backreference { .. } | Kind::KeepOut | Kind::Conditional { .. }
            )
        })
    }

    /// Returns whether there is a capturing group.
    pub(crate) fn captures(&self) -> bool {
        self.any(&|node| matches!(node.kind, Kind::Group { capture: Some(_), .. }))
    }

    /// Returns whether there is an unlimited repeat of something that may match nothing. PCRE leaves such a loop behind an
    /// empty round, with the groups of that round; automata never go an empty round.
    pub(crate) fn has_empty_rounds(&self) -> bool {
        self.any(&|node| matches!(&node.kind, Kind::Repeat { inner, max: None, .. } if inner.may_be_empty()))
    }

    /// Returns whether it may match nothing.
    pub(crate) fn may_be_empty(&self) -> bool {
        match &self.kind {
            Kind::Char { .. } | Kind::Set(_) | Kind::Dot { .. } | Kind::Newline => false,
            Kind::Empty | Kind::Assert(_) | Kind::Look(_) | Kind::KeepOut | Kind::Backreference { .. } => true,
            Kind::Group { inner, .. } | Kind::Atomic(inner) => inner.may_be_empty(),
            Kind::Repeat { inner, min, .. } => *min == 0 || inner.may_be_empty(),
            Kind::Concat(items) => items.iter().all(Self::may_be_empty),
            Kind::Alternate(branches) => branches.iter().any(Self::may_be_empty),
            Kind::Conditional { yes, no, .. } => yes.may_be_empty() || no.may_be_empty(),
        }
    }

    /// Returns how many code points it takes.
    pub(crate) fn width(&self) -> Width {
        match &self.kind {
            Kind::Char { .. } | Kind::Set(_) | Kind::Dot { .. } => (1, Some(1)),
            Kind::Newline => (1, Some(2)),
            Kind::Empty | Kind::Assert(_) | Kind::Look(_) | Kind::KeepOut => (0, Some(0)),
            Kind::Backreference { .. } => (0, None),
            Kind::Group { inner, .. } | Kind::Atomic(inner) => inner.width(),
            Kind::Repeat { max: Some(0), .. } => (0, Some(0)),
            Kind::Repeat { inner, min, max, .. } => {
                let (least, most) = inner.width();
                // PCRE allows no unlimited repeat, not even of nothing.
                let most = most.zip(*max).and_then(|(most, max)| most.checked_mul(max));
                (least.saturating_mul(*min), most)
            }
            Kind::Concat(items) => items.iter().map(Self::width).fold((0, Some(0)), |all: Width, one| {
                (all.0.saturating_add(one.0), all.1.zip(one.1).and_then(|(all, one)| all.checked_add(one)))
            }),
            Kind::Alternate(branches) => branches.iter().map(Self::width).reduce(either).unwrap_or((0, Some(0))),
            // PCRE takes a missing branch to be as wide as the other one.
            Kind::Conditional { yes, no, .. } if yes.width() == no.width() => yes.width(),
            Kind::Conditional { .. } => (0, None),
        }
    }
}

/// The width of one of two parts.
fn either(left: Width, right: Width) -> Width {
    (left.0.min(right.0), left.1.zip(right.1).map(|(left, right)| left.max(right)))
}
