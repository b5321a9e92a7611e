//! The condition and the time bounds of `search`, on one row (§1.5, §2, §3).

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use retrohunt_spl::plan::{CompareOp, Comparison, FieldRef, Glob, SearchCommand, SearchExpr, Term, TermKind};

use super::breakers::{Haystack, occurs};
use super::compare::{holds, matches_whole};
use super::row::{Row, row_time};
use super::settings::Settings;
use super::{clock, marker, markup, neutral};

/// Does a condition hold on a row of a later stage (§3.15)?
pub(super) fn matches(expr: &SearchExpr, row: &Row, settings: &Settings) -> bool {
    let command = SearchCommand { expr: expr.clone(), earliest: None, latest: None };
    let search = Search { command: &command, settings, first: false, bounds: (None, None), last: RefCell::default() };
    search.keeps(row, &mut BTreeSet::new())
}

/// A `search` command, ready to test rows.
pub(super) struct Search<'a> {
    /// The command.
    command: &'a SearchCommand,
    /// The options.
    settings: &'a Settings,
    /// Is it the first stage? Class markers hold, and terms see the source columns.
    first: bool,
    /// The bounds in microseconds.
    bounds: (Option<i64>, Option<i64>),
    /// What was left of the condition for the last rows, which mostly share their names.
    last: RefCell<Option<Left>>,
}

/// A condition without its neutral leaves, and the names that made them neutral.
struct Left {
    known: Rc<BTreeSet<String>>,
    input: Rc<BTreeSet<String>>,
    expr: Option<SearchExpr>,
    /// Did a leaf go?
    changed: bool,
}

impl<'a> Search<'a> {
    /// Returns the command with its time bounds read, or the text that is not a time.
    pub(super) fn new(command: &'a SearchCommand, settings: &'a Settings, first: bool) -> Result<Self, String> {
        let read = |text: &Option<retrohunt_spl::plan::TimeText>| match text {
            None => Ok(None),
            Some(text) => clock::bound(&text.0, settings).map(Some).ok_or_else(|| text.0.clone()),
        };
        let bounds = (read(&command.earliest)?, read(&command.latest)?);
        Ok(Self { command, settings, first, bounds, last: RefCell::default() })
    }

    /// Does the row pass? What was noticed on the way is added to `warnings`.
    pub(super) fn keeps(&self, row: &Row, warnings: &mut BTreeSet<&'static str>) -> bool {
        let time = row.get("_time").first().and_then(|value| row_time(value, self.settings));
        let run = (self.settings.earliest, self.settings.latest);
        let run = if self.first { run } else { (None, None) };
        if !within(time, self.bounds) || !within(time, run) {
            return false;
        }
        let mut last = self.last.borrow_mut();
        let same = |left: &Left| Rc::ptr_eq(&left.known, &row.known) && Rc::ptr_eq(&left.input, &row.input);
        let left = match last.take().filter(same) {
            Some(left) => last.insert(left),
            None => last.insert(self.left(row)),
        };
        if left.changed {
            warnings.insert("W-UNMAPPED-SELECTOR");
        }
        left.expr.as_ref().is_none_or(|expr| self.holds(expr, row, false, warnings))
    }

    /// The condition without the leaves that are neutral for rows of these names.
    fn left(&self, row: &Row) -> Left {
        let missing = |field: &str| !row.known.contains(field) && !row.input.contains(field);
        let expr = neutral::without_neutral(&self.command.expr, false, &missing);
        let changed = expr.as_ref() != Some(&self.command.expr);
        Left { known: Rc::clone(&row.known), input: Rc::clone(&row.input), expr, changed }
    }

    /// Does the condition hold? `odd` is true under an odd number of NOTs.
    fn holds(&self, expr: &SearchExpr, row: &Row, odd: bool, warnings: &mut BTreeSet<&'static str>) -> bool {
        let leaf = match expr {
            SearchExpr::All | SearchExpr::Subsearch(_) => true,
            SearchExpr::And(members) => return members.iter().all(|member| self.holds(member, row, odd, warnings)),
            SearchExpr::Or(members) => return members.iter().any(|member| self.holds(member, row, odd, warnings)),
            SearchExpr::Not(inner) => return !self.holds(inner, row, !odd, warnings),
            SearchExpr::Term(term) => self.term(term, row),
            SearchExpr::Compare(comparison) => self.compare(comparison, row),
            SearchExpr::In(membership) => {
                let values = row.get(field_name(&membership.field, row));
                membership.values.iter().any(|value| holds(values, CompareOp::Eq, value, false))
            }
        };
        if leaf || odd || !self.first || !self.settings.any_class_marker {
            return leaf;
        }
        let by_class = marker::classes(expr).iter().any(|class| row.classes.contains(class));
        if by_class {
            warnings.insert("W-CLASS-MARKER");
        }
        by_class
    }

    /// `field op value`.
    fn compare(&self, comparison: &Comparison, row: &Row) -> bool {
        let name = field_name(&comparison.field, row);
        if comparison.op == CompareOp::Indexed && !row.known.contains(name) {
            let glob = Glob::new(&format!("{}::{}", comparison.field.name, comparison.value.text()));
            return self.term(&Term { glob, kind: TermKind::Plain, span: comparison.span }, row);
        }
        holds(row.get(name), comparison.op, &comparison.value, comparison.case)
    }

    /// A bare term: is it in any reference text of the row (§2.2)?
    fn term(&self, term: &Term, row: &Row) -> bool {
        if term.glob.pieces.iter().all(String::is_empty) {
            return true;
        }
        let Some(source) = row.source.as_ref().filter(|_| self.first) else { return self.look_for(term, row) };
        let key = (term.glob.pieces.clone(), term.kind);
        if let Some(found) = source.asked.borrow().get(&key) {
            return *found;
        }
        // Most terms are in no text at all, which is quickly seen; markup has a meaning of its own.
        let pieces = term.glob.pieces.iter();
        let absent =
            markup::parse(&term.glob.text()).is_none() && !pieces.into_iter().all(|piece| row.may_hold(source, piece));
        let found = !absent && self.look_for(term, row);
        source.asked.borrow_mut().insert(key, found);
        found
    }

    /// Looks for a term in the reference texts of a row.
    fn look_for(&self, term: &Term, row: &Row) -> bool {
        let raw: Vec<String> = row.get("_raw").iter().map(super::value::Scalar::text).collect();
        let has_raw = !raw.is_empty();
        let source = row.source.as_ref().filter(|_| self.first);
        let values = match source {
            _ if has_raw => raw,
            Some(source) => source.values.clone(),
            None => row.current_values(),
        };
        let pairs = match source {
            _ if has_raw && !self.settings.raw_pairs => Vec::new(),
            Some(source) => source.pairs.clone(),
            None => row.current_pairs(),
        };
        let found = |haystack| occurs(&term.glob, term.kind, haystack, self.settings.substring_terms);
        values.iter().any(|text| found(Haystack::Text(text)))
            || pairs.iter().any(|(name, value)| found(Haystack::Pair(name, value)))
            || markup_holds(term, &pairs)
    }
}

/// Returns the field that a name means on this row (§3.10).
fn field_name<'a>(field: &'a FieldRef, row: &Row) -> &'a str {
    match &field.unquoted {
        Some(unquoted) if !row.known.contains(&field.name) && row.known.contains(unquoted) => unquoted,
        _ => &field.name,
    }
}

/// Does a term that spells a pair in markup hold (§2.2.4)?
fn markup_holds(term: &Term, pairs: &[(String, String)]) -> bool {
    let text = term.glob.text();
    let Some(pair) = markup::parse(&text) else { return false };
    let (name, value) = (Glob { pieces: vec![pair.name.to_owned()] }, Glob::new(pair.value));
    let case = term.kind == TermKind::Case;
    pairs.iter().any(|(column, text)| matches_whole(column, &name, false) && matches_whole(text, &value, case))
}

/// Does a time lie in bounds, the lower inclusive, the upper exclusive? A row without a time passes no bound (§4.6.6, §4.6.8).
fn within(time: Option<i64>, (earliest, latest): (Option<i64>, Option<i64>)) -> bool {
    match time {
        Some(time) => earliest.is_none_or(|earliest| time >= earliest) && latest.is_none_or(|latest| time < latest),
        None => earliest.is_none() && latest.is_none(),
    }
}
