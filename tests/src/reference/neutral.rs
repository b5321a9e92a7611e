//! Selectors that the input does not have: their leaves leave the tree (§3.12).

use retrohunt_spl::plan::SearchExpr;

/// The selector fields.
const SELECTORS: [&str; 7] = ["index", "sourcetype", "source", "eventtype", "tag", "splunk_server", "savedsearch"];

/// Is this a selector field?
pub(super) fn is_selector(field: &str) -> bool {
    SELECTORS.contains(&field)
}

/// Returns the condition without its neutral leaves; `None` if nothing is left.
///
/// `neutral` says whether the leaf on this field is neutral. `odd` is true under an odd number of NOTs.
pub(super) fn without_neutral(expr: &SearchExpr, odd: bool, neutral: &dyn Fn(&str) -> bool) -> Option<SearchExpr> {
    let is_neutral = |field: &str| is_selector(field) && neutral(field);
    match expr {
        SearchExpr::Compare(comparison) if is_neutral(&comparison.field.name) => None,
        SearchExpr::In(membership) if is_neutral(&membership.field.name) => None,
        SearchExpr::Not(inner) => without_neutral(inner, !odd, neutral).map(|inner| SearchExpr::Not(Box::new(inner))),
        SearchExpr::And(members) => {
            let kept: Vec<SearchExpr> = members.iter().filter_map(|m| without_neutral(m, odd, neutral)).collect();
            if odd && !kept.is_empty() && kept.len() < members.len() {
                return Some(SearchExpr::Not(Box::new(SearchExpr::All)));
            }
            group(kept, SearchExpr::And)
        }
        SearchExpr::Or(members) => {
            let kept: Vec<SearchExpr> = members.iter().filter_map(|m| without_neutral(m, odd, neutral)).collect();
            if !odd && !kept.is_empty() && kept.len() < members.len() {
                return Some(SearchExpr::All);
            }
            group(kept, SearchExpr::Or)
        }
        other => Some(other.clone()),
    }
}

/// Returns the members under one operator, none or one of them without it.
fn group(mut members: Vec<SearchExpr>, operator: fn(Vec<SearchExpr>) -> SearchExpr) -> Option<SearchExpr> {
    if members.len() > 1 { Some(operator(members)) } else { members.pop() }
}

#[cfg(test)]
mod tests {
    use retrohunt_spl::plan::{CompareOp, Comparison, FieldRef, Glob};
    use retrohunt_spl::span::Span;

    use super::*;

    /// `field=x`.
    fn leaf(field: &str) -> SearchExpr {
        let (field, value) = (FieldRef::plain(field), Glob::new("x"));
        SearchExpr::Compare(Comparison { field, op: CompareOp::Eq, value, case: false, span: Span::default() })
    }

    /// `NOT inner`.
    fn not(inner: SearchExpr) -> SearchExpr {
        SearchExpr::Not(Box::new(inner))
    }

    #[test]
    fn removal_keeps_rows_under_either_polarity() {
        let (n, a, b) = (leaf("index"), leaf("a"), leaf("b"));
        let simplify = |expr: &SearchExpr| without_neutral(expr, false, &|_| true);
        assert_eq!(simplify(&n), None);
        assert_eq!(simplify(&not(n.clone())), None);
        assert_eq!(simplify(&SearchExpr::And(vec![n.clone(), a.clone()])), Some(a.clone()));
        assert_eq!(simplify(&SearchExpr::Or(vec![n.clone(), n.clone()])), None);
        assert_eq!(simplify(&SearchExpr::Or(vec![n.clone(), a.clone()])), Some(SearchExpr::All));
        assert_eq!(simplify(&not(SearchExpr::Or(vec![n.clone(), a.clone()]))), Some(not(a.clone())));
        let false_and = not(SearchExpr::And(vec![n, a, b]));
        assert_eq!(simplify(&false_and), Some(not(not(SearchExpr::All))));
    }
}
