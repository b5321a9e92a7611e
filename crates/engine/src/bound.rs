//! A program in one schema: leaves on columns, filters over leaves, anchors, searches. Data only; `bind` makes it.

use std::collections::BTreeSet;

use retrohunt_columnar::{ColumnInfo, ColumnKind};
use retrohunt_prefilter::{Needle, Searcher};
use retrohunt_profile::{Expr, FieldMap, FieldSource, MatchedBy};
use retrohunt_spl::diagnostic::Code;

use crate::need::{Anchor, Costs};
use crate::program::PredicateId;

/// Index of a leaf in its [`Bound`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LeafId(pub u32);

impl LeafId {
    /// As an index.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A field in one schema.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name that the rule uses (for a single-quoted one, the spelling that exists).
    pub name: String,
    /// Where its values come from.
    pub source: FieldSource,
}

impl Field {
    /// Returns the column that holds the field on every row, if there is such a one.
    #[must_use]
    pub fn plain_column(&self) -> Option<usize> {
        self.source.as_column()
    }

    /// Returns every column that a value of the field may come from.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<usize> {
        self.source.columns().into_iter().collect()
    }

    /// Is every value of the field one of a number column, all of the same type? Then the field has that type, else its values are texts.
    pub(crate) fn is_typed(&self, columns: &[ColumnInfo]) -> bool {
        let plain = self.source.cases.iter().all(|case| matches!(case.expr, Expr::Column(_)));
        let mut kinds = self.source.columns().into_iter().map(|column| &columns[column]);
        let number = |info: &ColumnInfo| {
            matches!(info.kind, ColumnKind::Int | ColumnKind::UInt | ColumnKind::Float | ColumnKind::Bool)
                && !info.multivalue
        };
        let first = kinds.next();
        plain && first.is_some_and(|first| number(first) && kinds.all(|info| number(info) && info.kind == first.kind))
    }

    /// The column of a name as it is, whatever a mapping makes of the name.
    pub(crate) fn native(name: &str, column: usize) -> Self {
        let source =
            FieldSource { name: name.to_owned(), matched: MatchedBy::Exact, cases: Vec::new(), native: Some(column) };
        Self { name: name.to_owned(), source }
    }
}

/// A test with its columns.
pub enum Leaf {
    /// A comparison, IN or pattern on a field that the schema has.
    Field {
        /// The test.
        predicate: PredicateId,
        /// The field.
        field: Field,
    },
    /// A pattern over the rendered row, where there is no `_raw` (§5.5.2).
    VirtualRaw {
        /// The test.
        predicate: PredicateId,
    },
    /// A term in the row's reference texts.
    Term {
        /// The test.
        predicate: PredicateId,
        /// Fields whose `name=value` could match (§2.2.3, §2.2.4).
        pairs: Vec<Field>,
        /// Texts that the profile gives to rows of a class (or to all): does the term match them?
        constants: Vec<(Option<usize>, bool)>,
    },
    /// A class of rows that a marker also means (§2.8).
    Class(usize),
}

/// A filter over leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoundTree {
    /// Every row.
    True,
    /// No row.
    False,
    /// All of them.
    And(Vec<BoundTree>),
    /// Any of them.
    Or(Vec<BoundTree>),
    /// Not this one.
    Not(Box<BoundTree>),
    /// A leaf.
    Leaf(LeafId),
}

impl BoundTree {
    /// Joins by AND, with constants folded.
    pub(crate) fn and(parts: Vec<BoundTree>) -> BoundTree {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                BoundTree::True => {}
                BoundTree::False => return BoundTree::False,
                BoundTree::And(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        let mut kept = distinct(kept);
        match kept.len() {
            0 => BoundTree::True,
            1 => kept.remove(0),
            _ => BoundTree::And(kept),
        }
    }

    /// Joins by OR, with constants folded.
    pub(crate) fn or(parts: Vec<BoundTree>) -> BoundTree {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                BoundTree::False => {}
                BoundTree::True => return BoundTree::True,
                BoundTree::Or(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        let mut kept = distinct(kept);
        match kept.len() {
            0 => BoundTree::False,
            1 => kept.remove(0),
            _ => BoundTree::Or(kept),
        }
    }

    /// Negates, with constants folded.
    pub(crate) fn not(part: BoundTree) -> BoundTree {
        match part {
            BoundTree::True => BoundTree::False,
            BoundTree::False => BoundTree::True,
            BoundTree::Not(inner) => *inner,
            other => BoundTree::Not(Box::new(other)),
        }
    }

    /// Returns the conjuncts.
    #[must_use]
    pub fn conjuncts(&self) -> &[BoundTree] {
        match self {
            BoundTree::And(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }
}

/// The parts without repetitions, in order.
fn distinct(parts: Vec<BoundTree>) -> Vec<BoundTree> {
    let mut kept: Vec<BoundTree> = Vec::with_capacity(parts.len());
    for part in parts {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    kept
}

/// A rule in one schema.
pub struct BoundBody {
    /// Which rows pass.
    pub tree: BoundTree,
    /// What is searched for to find candidates; `None`: every row is one.
    pub anchor: Option<Anchor>,
    /// The conjunct from which the anchor comes, if it is a test on a field: where the test holds, the value that it holds for has one of the
    /// anchor's literals.
    pub source: Option<LeafId>,
    /// The fields that the pipeline reads: columns in schema order, then those that only a profile makes, by name.
    pub fields: Vec<Field>,
}

/// One search over a column's pages, for all rules.
pub struct ColumnSearch {
    /// The column.
    pub column: usize,
    /// The needles, compiled.
    pub searcher: Searcher,
    /// The needles as text, for `explain`.
    pub needles: Vec<Needle>,
    /// For each needle, the bodies whose anchor holds it, as indices in [`crate::Program::bodies`].
    pub bodies: Vec<Vec<usize>>,
}

/// A program in one schema.
pub struct Bound {
    /// Fields, classes and time.
    pub map: FieldMap,
    /// The file's columns.
    pub columns: Vec<ColumnInfo>,
    /// Column of `_raw`.
    pub raw: Option<usize>,
    /// Is there a `_raw` in every row of the files of this schema? Then no other column is searched for a term.
    pub raw_complete: bool,
    /// Columns whose values are reference texts (§2.2.2).
    pub texts: Vec<usize>,
    /// Columns of the rendered row (§5.5.2), in schema order.
    pub rendered: Vec<usize>,
    /// By rule; `None` for one that does not run.
    pub bodies: Vec<BoundBody>,
    /// All leaves; [`LeafId`] is the index.
    pub leaves: Vec<Leaf>,
    /// Searches, by column.
    pub searches: Vec<ColumnSearch>,
    /// What was noteworthy about a rule in this schema.
    pub notes: BTreeSet<(usize, Code, String)>,
    /// By rule: the fields that it names and this schema does not have.
    pub absent: Vec<BTreeSet<String>>,
    /// Columns that each leaf reads.
    pub(crate) leaf_columns: Vec<BTreeSet<usize>>,
    /// Expected bytes per row of each column.
    pub(crate) widths: Vec<u64>,
}

impl Bound {
    /// Do rows have a time?
    pub(crate) fn has_time(&self) -> bool {
        !self.map.time().columns.is_empty()
    }

    /// Number of classes.
    pub(crate) fn classes(&self) -> usize {
        self.map.classes().len()
    }

    /// Columns that a leaf may read.
    pub(crate) fn leaf_columns(&self, id: LeafId) -> &BTreeSet<usize> {
        &self.leaf_columns[id.index()]
    }

    /// Expected bytes per row of a column.
    #[must_use]
    pub fn width(&self, column: usize) -> u64 {
        self.widths.get(column).copied().unwrap_or(0)
    }
}

impl Costs for Bound {
    fn width(&self, column: usize) -> f64 {
        // At most the size of a file: exact as a double.
        u32::try_from(Bound::width(self, column)).map_or(1e9, f64::from)
    }
}

/// What statistics say of the `_raw` of a row group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RawFacts {
    /// Every row has one.
    pub complete: bool,
    /// Its least value begins like a JSON object.
    pub json: bool,
}
