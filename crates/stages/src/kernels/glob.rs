//! A whole text against a pattern with `*` (§3.1): anchored at both ends, `*` matches any run of characters.

use retrohunt_spl::plan::Glob;

use super::needle::{Case, Needle};

/// A pattern made ready to match.
#[derive(Clone, Debug)]
pub(crate) struct GlobMatch {
    /// Its literal pieces, one `*` between each two neighbours.
    pieces: Vec<Needle>,
    /// How texts are compared.
    case: Case,
    /// The literal text, if there is no wildcard.
    literal: Option<String>,
}

impl GlobMatch {
    /// Makes a pattern ready; `sensitive`: case counts.
    pub(crate) fn new(glob: &Glob, sensitive: bool) -> Self {
        let case = Case::of(sensitive, glob.pieces.iter());
        Self {
            pieces: glob.pieces.iter().map(|piece| Needle::new(piece, case)).collect(),
            case,
            literal: glob.literal().map(str::to_owned),
        }
    }

    /// Does the whole text match?
    #[inline]
    pub(crate) fn matches(&self, text: &str) -> bool {
        if let Some(literal) = &self.literal {
            return match self.case {
                Case::Exact => text == literal,
                Case::Ascii => text.len() == literal.len() && text.eq_ignore_ascii_case(literal),
                Case::Folded => retrohunt_fold::eq(text, literal),
            };
        }
        if self.case == Case::Folded {
            self.matches_bytes(retrohunt_fold::fold(text).as_bytes())
        } else {
            self.matches_bytes(text.as_bytes())
        }
    }

    /// Does the text, folded if that is the way, match piece by piece? The leftmost place of each inner piece is the best one.
    fn matches_bytes(&self, text: &[u8]) -> bool {
        let [first, middle @ .., last] = self.pieces.as_slice() else { return false };
        if text.len() < first.len() + last.len() || !first.begins(text) || !last.ends(text) {
            return false;
        }
        let end = text.len() - last.len();
        let mut at = first.len();
        for piece in middle {
            let Some(found) = piece.find(&text[..end], at) else { return false };
            at = found + piece.len();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The plain way: try every split.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some((wanted, rest)) => text.split_first().is_some_and(|(have, tail)| have == wanted && naive(rest, tail)),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_way(pattern in "[aBé*]{0,7}", text in "[AbÉ\n]{0,9}", sensitive: bool) {
            let fold = |text: &str| -> Vec<char> {
                if sensitive { text.chars().collect() } else { retrohunt_fold::fold(text).chars().collect() }
            };
            let expected = naive(&fold(&pattern), &fold(&text));
            prop_assert_eq!(GlobMatch::new(&Glob::new(&pattern), sensitive).matches(&text), expected);
        }
    }

    #[test]
    fn ends_do_not_overlap() {
        let glob = GlobMatch::new(&Glob::new("ab*ba"), false);
        assert!(!glob.matches("aba"));
        assert!(glob.matches("abba") && glob.matches("AB\nBA"));
    }
}
