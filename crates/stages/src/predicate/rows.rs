//! A later `search` over a whole batch (§3.15): the Boolean tree, and bare terms over the current fields of a row.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef};
use arrow_buffer::BooleanBuffer;
use retrohunt_spl::plan::{CompareOp, Comparison, FieldRef, Glob, Membership, SearchExpr, Term, TermKind};

use super::compare::CompareTest;
use super::membership::InTest;
use super::term::TermTest;
use crate::batch::{Batch, RAW, TIME};
use crate::kernels::value::Column;
use crate::needs::Needs;

/// Fields that select input; a comparison with one that the rows do not have is neutral (§3.12).
const SELECTORS: [&str; 7] = ["index", "sourcetype", "source", "eventtype", "tag", "splunk_server", "savedsearch"];

/// A search condition made ready to test batches.
#[derive(Clone, Debug)]
pub(crate) enum RowTest {
    /// Every row.
    All,
    /// All of them.
    And(Vec<RowTest>),
    /// Any of them.
    Or(Vec<RowTest>),
    /// Not this one.
    Not(Box<RowTest>),
    /// A bare term.
    Term(Box<TermTest>),
    /// A comparison; for `name::value`, also the term that it is where the rows have no such field (§3.11).
    Compare(FieldRef, Box<CompareTest>, Option<Box<TermTest>>),
    /// A membership.
    In(FieldRef, Box<InTest>),
}

impl RowTest {
    /// Makes a condition ready.
    pub(crate) fn new(expr: &SearchExpr) -> Self {
        let all = |members: &[SearchExpr]| members.iter().map(Self::new).collect();
        match expr {
            // A subsearch is replaced by its result before a pipeline is made; were one left, no row would be lost (§0.3).
            SearchExpr::All | SearchExpr::Subsearch(_) => Self::All,
            SearchExpr::And(members) => Self::And(all(members)),
            SearchExpr::Or(members) => Self::Or(all(members)),
            SearchExpr::Not(inner) => Self::Not(Box::new(Self::new(inner))),
            SearchExpr::Term(term) => Self::Term(Box::new(TermTest::new(term))),
            SearchExpr::Compare(comparison) => Self::comparison(comparison),
            SearchExpr::In(Membership { field, values, .. }) => Self::In(field.clone(), Box::new(InTest::new(values))),
        }
    }

    /// Makes a comparison ready.
    fn comparison(comparison: &Comparison) -> Self {
        let Comparison { field, op, value, case, span } = comparison;
        let term = (*op == CompareOp::Indexed).then(|| {
            let glob = Glob::new(&format!("{}::{}", field.name, value.text()));
            Box::new(TermTest::new(&Term { glob, kind: TermKind::Plain, span: *span }))
        });
        Self::Compare(field.clone(), Box::new(CompareTest::new(*op, value, *case)), term)
    }

    /// Which rows of the batch pass. Fields in `hidden` are no texts for bare terms (§2.2.2).
    pub(crate) fn select(&self, batch: &Batch, hidden: &[String]) -> BooleanBuffer {
        self.evaluate(batch, hidden, false).unwrap_or_else(|| BooleanBuffer::new_set(batch.rows()))
    }

    /// The rows that pass, or `None` for a neutral condition. `negated`: it stands under an odd number of NOTs.
    fn evaluate(&self, batch: &Batch, hidden: &[String], negated: bool) -> Option<BooleanBuffer> {
        let none = || BooleanBuffer::new_unset(batch.rows());
        match self {
            Self::All => Some(BooleanBuffer::new_set(batch.rows())),
            Self::And(members) => {
                let parts: Vec<_> = members.iter().map(|member| member.evaluate(batch, hidden, negated)).collect();
                let neutral = parts.iter().any(Option::is_none);
                let known = parts.into_iter().flatten().reduce(|a, b| &a & &b)?;
                // §3.12: the neutral member could have been false, and then the NOT above would have kept the row.
                Some(if neutral && negated { none() } else { known })
            }
            Self::Or(members) => {
                let parts: Vec<_> = members.iter().map(|member| member.evaluate(batch, hidden, negated)).collect();
                let neutral = parts.iter().any(Option::is_none);
                let known = parts.into_iter().flatten().reduce(|a, b| &a | &b)?;
                Some(if neutral && !negated { BooleanBuffer::new_set(batch.rows()) } else { known })
            }
            Self::Not(inner) => inner.evaluate(batch, hidden, !negated).map(|bits| !&bits),
            Self::Term(term) => Some(select_term(term, batch, hidden)),
            Self::Compare(field, test, term) => match (resolve(field, batch), term) {
                (Some(column), _) => Some(test.select(column)),
                (None, Some(term)) => Some(select_term(term, batch, hidden)),
                (None, None) => (!is_selector(field)).then(none),
            },
            Self::In(field, test) => match resolve(field, batch) {
                Some(column) => Some(test.select(column)),
                None => (!is_selector(field)).then(none),
            },
        }
    }

    /// These fields and those that the condition reads.
    pub(crate) fn needs(&self, after: Needs) -> Needs {
        let named = |after: Needs, field: &FieldRef| {
            let after = after.and_field(&field.name);
            field.unquoted.iter().fold(after, |after, name| after.and_field(name))
        };
        match self {
            Self::All => after,
            Self::And(members) | Self::Or(members) => members.iter().fold(after, |after, member| member.needs(after)),
            Self::Not(inner) => inner.needs(after),
            Self::Term(term) if term.matches_everything() => after,
            Self::Term(_) | Self::Compare(_, _, Some(_)) => Needs::All,
            Self::Compare(field, _, None) | Self::In(field, _) => named(after, field),
        }
    }
}

/// Is a comparison with this field neutral where the rows do not have it?
fn is_selector(field: &FieldRef) -> bool {
    SELECTORS.contains(&field.name.as_str())
}

/// The column that a field name means: as written, or without its single quotes if only that is there (§3.10).
fn resolve<'a>(field: &FieldRef, batch: &'a Batch) -> Option<&'a dyn Array> {
    let unquoted = || field.unquoted.as_deref().and_then(|name| batch.column(name));
    batch.column(&field.name).or_else(unquoted).map(|array| array.as_ref())
}

/// The rows in which a bare term matches: `_raw` if the row has it, else the value texts; and pair texts and markup (§3.15, §2.2).
fn select_term(term: &TermTest, batch: &Batch, hidden: &[String]) -> BooleanBuffer {
    if term.matches_everything() {
        return BooleanBuffer::new_set(batch.rows());
    }
    let raw = batch.column(RAW);
    let mut found = match raw {
        Some(raw) => term.select_texts(raw),
        None => BooleanBuffer::new_unset(batch.rows()),
    };
    let without_raw = raw.map(|raw| {
        let column = Column::new(raw);
        BooleanBuffer::collect_bool(batch.rows(), |row| !column.is_present(row))
    });
    for (name, array) in batch.fields() {
        if &**name == RAW || &**name == TIME || hidden.iter().any(|other| **name == **other) {
            continue;
        }
        let texts = match &without_raw {
            Some(rows) if rows.count_set_bits() == 0 => None,
            Some(rows) => Some(&term.select_texts(array) & rows),
            None => Some(term.select_texts(array)),
        };
        if let Some(texts) = texts {
            found = &found | &texts;
        }
        found = &found | &term.select_pairs(name, array);
    }
    found
}

/// Appends the virtual raw text of a row to `out`: `name=value` for every value that is not ∅, joined by newline, in the order of
/// `fields` (§5.5.2). A multivalue gives a line per value.
pub fn write_virtual_raw(fields: &[(Arc<str>, ArrayRef)], row: usize, out: &mut String) {
    let start = out.len();
    for (name, array) in fields {
        Column::new(array).for_each(row, |_, value| {
            if out.len() > start {
                out.push('\n');
            }
            out.push_str(name);
            out.push('=');
            value.write_text(out);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::RowKey;
    use arrow_array::{Int64Array, StringArray};
    use retrohunt_spl::span::Span;

    fn batch(columns: &[(&str, ArrayRef)]) -> Batch {
        let rows = columns[0].1.len() as u64;
        let keys = (0..rows).map(|row| RowKey { time: None, file: 0, row }).collect();
        Batch::new(columns.iter().map(|(name, array)| (Arc::from(*name), array.clone())).collect(), keys).unwrap()
    }

    fn texts(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    fn term(text: &str) -> SearchExpr {
        SearchExpr::Term(Term { glob: Glob::new(text), kind: TermKind::Plain, span: Span::default() })
    }

    fn equals(field: &str, value: &str) -> SearchExpr {
        compare(field, CompareOp::Eq, value)
    }

    fn compare(field: &str, op: CompareOp, value: &str) -> SearchExpr {
        let (field, value) = (FieldRef::plain(field), Glob::new(value));
        SearchExpr::Compare(Comparison { field, op, value, case: false, span: Span::default() })
    }

    fn rows(expr: &SearchExpr, batch: &Batch) -> Vec<bool> {
        RowTest::new(expr).select(batch, &["file".to_owned()]).iter().collect()
    }

    #[test]
    fn section_3_3_not_and_missing_fields() {
        let rows_of = batch(&[("f", texts(&[Some("a"), Some("b"), None]))]);
        let not = |expr| SearchExpr::Not(Box::new(expr));
        assert_eq!(rows(&not(equals("f", "a")), &rows_of), [false, true, true]);
        assert_eq!(rows(&not(equals("g", "a")), &rows_of), [true, true, true]);
        assert_eq!(rows(&equals("g", "*"), &rows_of), [false, false, false]);
        assert_eq!(
            rows(&SearchExpr::And(vec![equals("f", "*"), not(equals("f", "b"))]), &rows_of),
            [true, false, false]
        );
    }

    #[test]
    fn section_3_12_selectors_without_a_column_are_neutral() {
        let rows_of = batch(&[("f", texts(&[Some("a"), Some("b")]))]);
        let not = |expr| SearchExpr::Not(Box::new(expr));
        let and = |a, b| SearchExpr::And(vec![a, b]);
        let or = |a, b| SearchExpr::Or(vec![a, b]);
        assert_eq!(rows(&equals("index", "x"), &rows_of), [true, true]);
        assert_eq!(rows(&not(equals("index", "x")), &rows_of), [true, true]);
        assert_eq!(rows(&and(equals("index", "x"), equals("f", "a")), &rows_of), [true, false]);
        assert_eq!(rows(&or(equals("index", "x"), equals("f", "a")), &rows_of), [true, true]);
        assert_eq!(rows(&not(or(equals("index", "x"), equals("f", "a"))), &rows_of), [false, true]);
        assert_eq!(rows(&not(and(equals("index", "x"), equals("f", "a"))), &rows_of), [true, true]);
        assert_eq!(rows(&or(equals("tag", "x"), equals("index", "x")), &rows_of), [true, true]);
    }

    #[test]
    fn section_3_15_terms_look_at_raw_if_the_row_has_it() {
        let rows_of = batch(&[
            ("_raw", texts(&[Some("cmd.exe"), Some("other"), None])),
            ("process", texts(&[Some("x"), Some("cmd.exe"), Some("cmd.exe")])),
            ("file", texts(&[Some("secret"), Some("secret"), Some("secret")])),
            ("code", Arc::new(Int64Array::from(vec![1, 2, 1]))),
        ]);
        assert_eq!(rows(&term("cmd"), &rows_of), [true, false, true]);
        assert_eq!(rows(&term("code=1"), &rows_of), [true, false, true]);
        assert_eq!(rows(&term("process"), &rows_of), [false, false, false]);
        assert_eq!(rows(&term("secret"), &rows_of), [false, false, false]);
        assert_eq!(rows(&term("<code>2<"), &rows_of), [false, true, false]);
        assert_eq!(rows(&term("*"), &rows_of), [true, true, true]);
    }

    #[test]
    fn section_3_10_and_3_11_names() {
        let rows_of = batch(&[("f", texts(&[Some("a"), Some("g::a")]))]);
        let field = FieldRef { name: "'f'".into(), unquoted: Some("f".into()) };
        let quoted = Membership { field, values: vec![Glob::new("A")], span: Span::default() };
        assert_eq!(rows(&SearchExpr::In(quoted), &rows_of), [true, false]);
        assert_eq!(rows(&compare("f", CompareOp::Indexed, "a"), &rows_of), [true, false]);
        assert_eq!(rows(&compare("g", CompareOp::Indexed, "a"), &rows_of), [false, true]);
    }

    #[test]
    fn section_5_5_2_virtual_raw() {
        let rows_of =
            batch(&[("a", texts(&[Some("x y")])), ("b", texts(&[None])), ("c", Arc::new(Int64Array::from(vec![7])))]);
        let mut out = String::new();
        write_virtual_raw(rows_of.fields(), 0, &mut out);
        assert_eq!(out, "a=x y\nc=7");
    }
}
