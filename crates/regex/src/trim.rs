//! What a pattern may lose when only the existence of a match is asked for.
//!
//! A search is not anchored, so a part at either end that can match nothing without a condition can be left out:
//! `.*foo.*` is `foo`, `foo.{2,}` is `foo.{2}`. The automaton becomes smaller and finds its match sooner.

use regex_syntax::hir::{Hir, HirKind, Repetition};

/// The end that is trimmed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// The start of the pattern.
    Head,
    /// The end of the pattern.
    Tail,
}

/// Returns a pattern that matches somewhere in a text exactly if `hir` does.
pub(crate) fn trim(hir: Hir) -> Hir {
    side(side(hir, Side::Tail), Side::Head)
}

/// Trims one end. The recursion is as deep as the pattern's groups.
fn side(hir: Hir, end: Side) -> Hir {
    let properties = hir.properties();
    if properties.minimum_len() == Some(0) && properties.look_set().is_empty() {
        return Hir::empty();
    }
    if !matches!(hir.kind(), HirKind::Concat(_) | HirKind::Alternation(_) | HirKind::Repetition(_)) {
        return hir;
    }
    match hir.into_kind() {
        HirKind::Concat(mut subs) => {
            if end == Side::Head {
                subs.reverse();
            }
            while let Some(last) = subs.pop() {
                let trimmed = side(last, end);
                if !matches!(trimmed.kind(), HirKind::Empty) {
                    subs.push(trimmed);
                    break;
                }
            }
            if end == Side::Head {
                subs.reverse();
            }
            Hir::concat(subs)
        }
        HirKind::Alternation(subs) => Hir::alternation(subs.into_iter().map(|sub| side(sub, end)).collect()),
        HirKind::Repetition(Repetition { min: 1, sub, .. }) => side(*sub, end),
        HirKind::Repetition(repetition) if repetition.min > 1 => {
            Hir::repetition(Repetition { max: Some(repetition.min), ..repetition })
        }
        HirKind::Repetition(repetition) => Hir::repetition(repetition),
        // Excluded above.
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) | HirKind::Capture(_) => {
            Hir::empty()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pattern: &str) -> Hir {
        regex_syntax::parse(pattern).expect("a valid pattern")
    }

    #[test]
    fn ends_that_may_be_empty_are_left_out() {
        for (pattern, trimmed) in [
            (".*foo.*", "foo"),
            ("foo.{2,}", "foo.{2}"),
            ("a+b+", "ab"),
            ("x?(?:a|b*c)d*", "a|c"),
            ("a*", ""),
            (r"\b.*a", r"\b.*a"),
            ("(?:a*b|c)+$", "[bc]$"),
            ("^.*a", "^.*a"),
            ("[ab]{3,7}", "[ab]{3}"),
        ] {
            assert_eq!(trim(parse(pattern)), parse(trimmed), "{pattern}");
        }
    }
}
