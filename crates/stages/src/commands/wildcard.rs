//! What the `*` of a pattern stand for, carried over into another pattern (§5.3.1).
//!
//! A run of characters goes to the leftmost `*` that can be done with the fewest, as in `FieldPattern::selects`.

use retrohunt_spl::plan::{Glob, RenameClause};

/// What each `*` of the pattern stands for in a text that it matches wholly, with case; `None` if it does not match.
pub(crate) fn captures<'t>(glob: &Glob, text: &'t str) -> Option<Vec<&'t str>> {
    let [first, rest @ ..] = glob.pieces.as_slice() else { return None };
    let [middle @ .., last] = rest else { return (text == first).then(Vec::new) };
    let mut tail = text.strip_prefix(first.as_str())?;
    let mut found = Vec::with_capacity(rest.len());
    for piece in middle {
        let (capture, after) = tail.split_once(piece.as_str())?;
        found.push(capture);
        tail = after;
    }
    found.push(tail.strip_suffix(last.as_str())?);
    Some(found)
}

/// The pattern with its `*` replaced. What has no capture is empty.
pub(crate) fn fill(glob: &Glob, captures: &[&str]) -> String {
    let mut out = String::new();
    for (at, piece) in glob.pieces.iter().enumerate() {
        if at > 0 {
            out.push_str(captures.get(at - 1).copied().unwrap_or_default());
        }
        out.push_str(piece);
    }
    out
}

/// The new name of a field that a clause by patterns selects; `None` for other fields, and where no name would be left.
pub(crate) fn rename(clause: &RenameClause, name: &str) -> Option<String> {
    if !clause.from.selects(name) {
        return None;
    }
    Some(fill(&clause.to, &captures(&clause.from.glob, name)?)).filter(|name| !name.is_empty())
}

/// May one of these clauses have given a field of this name?
pub(crate) fn may_give(clauses: &[RenameClause], name: &str) -> bool {
    clauses.iter().any(|clause| captures(&clause.to, name).is_some())
}

/// Do two patterns have as many `*`?
pub(crate) fn same_stars(a: &Glob, b: &Glob) -> bool {
    a.pieces.len() == b.pieces.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use retrohunt_spl::plan::FieldPattern;

    fn renamed(from: &str, to: &str, name: &str) -> Option<String> {
        let clause = RenameClause { from: FieldPattern { glob: Glob::new(from) }, to: Glob::new(to) };
        rename(&clause, name)
    }

    #[test]
    fn section_5_3_1_captures_are_carried_over_in_order() {
        assert_eq!(renamed("x.*", "*", "x.dest").as_deref(), Some("dest"));
        assert_eq!(renamed("*_*_z", "p*.*", "a_b_c_z").as_deref(), Some("pa.b_c"));
        assert_eq!(renamed("x.*", "*", "x."), None);
        assert_eq!(renamed("ab*bc", "*", "abc"), None);
        assert_eq!(renamed("*", "x*", "_time"), None);
        assert_eq!(renamed("_*", "x*", "_time").as_deref(), Some("xtime"));
        assert_eq!(captures(&Glob::new("a"), "a"), Some(vec![]));
    }
}
