//! From a bound filter to what every matching row must hold ([`Need`]).
//!
//! Each rule here errs on the side of [`Need::Any`]: a need that a matching row can fail loses detections (law 1).

use retrohunt_columnar::ColumnKind;
use retrohunt_profile::{Inverse, Wanted};
use retrohunt_regex::LiteralTree;
use retrohunt_spl::plan::{CompareOp, Glob};
use retrohunt_stages::predicate::TermTest;

use crate::bound::{Bound, BoundTree, Field, Leaf};
use crate::faults::fault;
use crate::need::{Literal, Need};
use crate::program::{Predicate, Program};

/// Where leaves are looked up.
pub(crate) struct Leaves<'a> {
    /// The predicates.
    pub program: &'a Program,
    /// The schema.
    pub bound: &'a Bound,
}

/// Returns what every row that passes the tree must hold.
pub(crate) fn need(tree: &BoundTree, leaves: &Leaves<'_>) -> Need {
    match tree {
        BoundTree::Not(part) if fault("engine-not-is-absence") => need(part, leaves),
        BoundTree::Or(parts) if fault("engine-or-takes-first") => {
            parts.first().map_or(Need::Any, |part| need(part, leaves))
        }
        BoundTree::True | BoundTree::Not(_) => Need::Any,
        BoundTree::False => Need::Never,
        BoundTree::And(parts) => Need::all(parts.iter().map(|part| need(part, leaves)).collect()),
        BoundTree::Or(parts) => Need::either(parts.iter().map(|part| need(part, leaves)).collect()),
        BoundTree::Leaf(id) => leaves.leaf(&leaves.bound.leaves[id.index()]),
    }
}

impl Leaves<'_> {
    /// What a leaf demands.
    fn leaf(&self, leaf: &Leaf) -> Need {
        match leaf {
            Leaf::Class(_) | Leaf::VirtualRaw { .. } => Need::Any,
            Leaf::Field { predicate, field } => match &self.program.predicates[predicate.index()] {
                Predicate::Compare { comparison, .. } => match comparison.op {
                    CompareOp::Eq | CompareOp::Indexed => self.value(field, &comparison.value, comparison.case),
                    _ => Need::Any,
                },
                Predicate::In { membership, .. } => {
                    Need::either(membership.values.iter().map(|value| self.value(field, value, false)).collect())
                }
                Predicate::Regex { command, regex } if !command.negated => self.literals(field, regex.required()),
                Predicate::Regex { .. } | Predicate::Term { .. } => Need::Any,
            },
            Leaf::Term { predicate, pairs, constants } => match &self.program.predicates[predicate.index()] {
                Predicate::Term { test, .. } => self.term(test, pairs, constants),
                _ => Need::Any,
            },
        }
    }

    /// `field=value`: each literal piece occurs in a value of the field.
    fn value(&self, field: &Field, value: &Glob, case: bool) -> Need {
        // A network is compared by containment, not by text (§3.7); a number column by number (§3.2).
        let network = |text: &str| {
            text.rsplit_once('/')
                .is_some_and(|(_, length)| !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if value.literal().is_some_and(network) {
            return Need::Any;
        }
        let pieces = value.pieces.iter().filter(|piece| !piece.is_empty());
        Need::all(pieces.map(|piece| self.literal(field, piece.as_bytes(), !case)).collect())
    }

    /// The literals of a pattern, in the field's values.
    fn literals(&self, field: &Field, tree: &LiteralTree) -> Need {
        match tree {
            LiteralTree::Any => Need::Any,
            LiteralTree::Literal { bytes, folded } => self.literal(field, bytes, *folded),
            LiteralTree::All(parts) => Need::all(parts.iter().map(|part| self.literals(field, part)).collect()),
            LiteralTree::Either(parts) => Need::either(parts.iter().map(|part| self.literals(field, part)).collect()),
        }
    }

    /// One literal that a value of a field must hold: in one of the columns that the value may come from.
    fn literal(&self, field: &Field, bytes: &[u8], folded: bool) -> Need {
        if field.name == "_time" || bytes.is_empty() {
            return Need::Any;
        }
        let Ok(literal) = std::str::from_utf8(bytes) else { return Need::Any };
        let wanted = Wanted { literal, folded, at_start: false, at_end: false };
        let mut needs = Vec::new();
        for case in &field.source.cases {
            match Inverse::of(&case.expr, &wanted) {
                Inverse::Unknown | Inverse::Constant(true) => return Need::Any,
                Inverse::Constant(false) => {}
                Inverse::Either(needles) => {
                    needs.extend(
                        needles
                            .iter()
                            .map(|needle| self.has(&[needle.column], needle.literal.as_bytes(), needle.folded)),
                    );
                }
            }
        }
        needs.extend(field.source.reachable_native().map(|column| self.has(&[column], bytes, folded)));
        Need::either(needs)
    }

    /// A literal in one of some columns, each of which must be of texts.
    fn has(&self, columns: &[usize], bytes: &[u8], folded: bool) -> Need {
        let texts = columns.iter().all(|&column| self.bound.columns[column].kind == ColumnKind::Text);
        if !texts {
            return Need::Any;
        }
        let bytes = if folded { fold(bytes) } else { Some(bytes.to_vec()) };
        let Some(bytes) = bytes else { return Need::Any };
        if columns.is_empty() {
            return Need::Never;
        }
        Need::Has(columns.iter().map(|&column| Literal { column, bytes: bytes.clone(), folded }).collect())
    }

    /// A term: its pieces occur in `_raw` or in some value; or it matches as a pair, which no literal search decides.
    fn term(&self, test: &TermTest, pairs: &[Field], constants: &[(Option<usize>, bool)]) -> Need {
        if constants.iter().any(|(_, matches)| *matches) || test.matches_everything() {
            return Need::Any;
        }
        // Rows whose `_raw` is ∅ are searched by their values (§2.2.1), so both kinds of column can hold the piece.
        let values: &[usize] = if self.bound.raw_complete { &[] } else { &self.bound.texts };
        let columns: Vec<usize> = self.bound.raw.into_iter().chain(values.iter().copied()).collect();
        let pieces = test.required_pieces();
        let needs = pieces.iter().map(|piece| {
            let (bytes, folded) = (piece.text.as_bytes(), !piece.case_sensitive);
            // A column of another type takes part only if its text could hold the piece.
            let (texts, others): (Vec<usize>, Vec<usize>) =
                columns.iter().partition(|&&column| self.bound.columns[column].kind == ColumnKind::Text);
            if others.iter().any(|&column| could_hold(self.bound.columns[column].kind, bytes)) {
                return Need::Any;
            }
            self.has(&texts, bytes, folded)
        });
        let values = Need::all(needs.collect());
        if pairs.is_empty() {
            return values;
        }
        Need::either(vec![values, self.pairs(test, pairs)])
    }

    /// What a match of `name=value` or of markup demands: for now only that the field has a value, which no search decides.
    fn pairs(&self, test: &TermTest, pairs: &[Field]) -> Need {
        // `name=value` with one piece: the value begins with what stands behind one of the `=`.
        let pieces = test.required_pieces();
        let [piece] = pieces.as_slice() else { return Need::Any };
        if test.markup().is_some() {
            return Need::Any;
        }
        let tails: Vec<&str> = piece.text.match_indices('=').map(|(at, _)| &piece.text[at + 1..]).collect();
        if tails.iter().any(|tail| tail.is_empty()) {
            return Need::Any;
        }
        let folded = !piece.case_sensitive;
        let fields = pairs
            .iter()
            .map(|field| Need::either(tails.iter().map(|tail| self.literal(field, tail.as_bytes(), folded)).collect()));
        Need::either(fields.collect())
    }
}

/// The literal in folded form; `None` if it is not UTF-8, which no text column can be searched for.
fn fold(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(retrohunt_fold::fold(text).into_owned().into_bytes())
}

/// Could the text of a value of this kind hold these bytes?
fn could_hold(kind: ColumnKind, bytes: &[u8]) -> bool {
    let only = |allowed: &[u8]| bytes.iter().all(|byte| allowed.contains(byte));
    match kind {
        ColumnKind::Text | ColumnKind::Binary => true,
        ColumnKind::Int | ColumnKind::UInt => only(b"0123456789-"),
        ColumnKind::Float => only(b"0123456789-.eE"),
        ColumnKind::Bool => ["true", "false"].iter().any(|text| contains(text.as_bytes(), bytes)),
        ColumnKind::Time => only(b"0123456789-.:tTzZ+"),
    }
}

/// Does `haystack` hold `needle`, without ASCII case?
fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || haystack.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
}
