//! Proofs, from statistics alone, that no row of a row group can pass a rule's filter. Unknown never prunes (law 2).

use std::cell::RefCell;
use std::collections::HashMap;

use retrohunt_columnar::pushdown::{self, Comparison};
use retrohunt_columnar::{ColumnKind, ColumnStatistics, DataFile, Proof, text};
use retrohunt_profile::{Condition, Selector, Test};
use retrohunt_spl::plan::{CompareOp, Glob};

use crate::bound::{Bound, BoundBody, BoundTree, Field, Leaf};
use crate::cells::column_id;
use crate::faults::fault;
use crate::program::{Body, Predicate, Program};

/// Statistics of one row group, read when asked for.
pub(crate) struct Statistics<'a> {
    file: &'a DataFile,
    row_group: usize,
    read: RefCell<HashMap<usize, ColumnStatistics>>,
}

impl<'a> Statistics<'a> {
    /// Those of a row group.
    pub(crate) fn new(file: &'a DataFile, row_group: usize) -> Self {
        Self { file, row_group, read: RefCell::default() }
    }

    /// Asks about a column.
    fn of<T>(&self, column: usize, ask: impl FnOnce(&ColumnStatistics) -> T) -> T {
        let mut read = self.read.borrow_mut();
        let statistics = read.entry(column).or_insert_with(|| self.file.statistics(self.row_group, column_id(column)));
        if fault("engine-unknown-prunes") && statistics.null_count.is_none() {
            statistics.null_count = Some(statistics.rows);
        }
        ask(statistics)
    }
}

/// May some row pass the rule's filter and time bounds?
pub(crate) fn may_match(
    program: &Program,
    bound: &Bound,
    rule: &BoundBody,
    body: &Body,
    statistics: &Statistics<'_>,
) -> bool {
    let prover = Prover { program, bound, statistics };
    !prover.tree(&rule.tree).prunes() && !prover.times(body).prunes()
}

/// What proofs are made from.
struct Prover<'a> {
    program: &'a Program,
    bound: &'a Bound,
    statistics: &'a Statistics<'a>,
}

impl Prover<'_> {
    /// Can some row be within the time bounds?
    fn times(&self, body: &Body) -> Proof {
        let [only] = self.bound.map.time().columns.as_slice() else {
            // Without any time no row passes an explicit bound (§4.6.8); with several columns nothing is known.
            let bounded = body.earliest.is_some() || body.latest.is_some();
            return if bounded && !self.bound.has_time() { Proof::Never } else { Proof::Maybe };
        };
        self.statistics.of(only.column, |statistics| pushdown::time_range(statistics, body.earliest, body.latest))
    }

    /// Can some row pass the tree?
    fn tree(&self, tree: &BoundTree) -> Proof {
        match tree {
            // Absence of a match is not absence of values.
            BoundTree::True | BoundTree::Not(_) => Proof::Maybe,
            BoundTree::False => Proof::Never,
            BoundTree::And(parts) => parts.iter().fold(Proof::Maybe, |proof, part| proof.and(self.tree(part))),
            BoundTree::Or(parts) => parts.iter().fold(Proof::Never, |proof, part| proof.or(self.tree(part))),
            BoundTree::Leaf(id) => self.leaf(&self.bound.leaves[id.index()]),
        }
    }

    /// Can a leaf hold on some row?
    fn leaf(&self, leaf: &Leaf) -> Proof {
        match leaf {
            Leaf::VirtualRaw { .. } | Leaf::Term { .. } => Proof::Maybe,
            Leaf::Class(class) => self.selector(&self.bound.map.classes()[*class].selector),
            Leaf::Field { field, .. } if field.name == "_time" => Proof::Maybe,
            Leaf::Field { predicate, field } => match &self.program.predicates[predicate.index()] {
                Predicate::Compare { comparison, .. } => {
                    self.compare(field, comparison.op, &comparison.value, comparison.case)
                }
                Predicate::In { membership, .. } => {
                    let proofs = membership.values.iter().map(|value| self.compare(field, CompareOp::Eq, value, false));
                    proofs.fold(Proof::Never, Proof::or)
                }
                Predicate::Regex { command, .. } if command.negated => Proof::Maybe,
                Predicate::Regex { .. } => self.present(field),
                Predicate::Term { .. } => Proof::Maybe,
            },
        }
    }

    /// Can the field have a value on some row? Only if one of its columns can, or a constant stands for it.
    fn present(&self, field: &Field) -> Proof {
        if field.source.cases.iter().any(|case| case.expr.columns().is_empty()) {
            return Proof::Maybe;
        }
        field
            .columns()
            .into_iter()
            .fold(Proof::Never, |proof, column| proof.or(self.statistics.of(column, pushdown::all_null)))
    }

    /// Can `field op value` hold on some row? Every comparison needs a value (§3.3); more is known only of a plain column.
    fn compare(&self, field: &Field, op: CompareOp, value: &Glob, case: bool) -> Proof {
        let present = self.present(field);
        let Some(column) = field.plain_column() else { return present };
        let info = &self.bound.columns[column];
        if info.multivalue {
            return present;
        }
        let proof = self.statistics.of(column, |statistics| match info.kind {
            ColumnKind::Int | ColumnKind::UInt | ColumnKind::Float => number(statistics, op, value),
            ColumnKind::Text if op == CompareOp::Eq && !case => match value.literal() {
                // A network is compared by containment (§3.7).
                Some(text) if !text.contains('/') => pushdown::equals_text(statistics, text),
                _ => Proof::Maybe,
            },
            _ => Proof::Maybe,
        });
        present.and(proof)
    }

    /// Can a selector take some row?
    fn selector(&self, selector: &Selector) -> Proof {
        selector.all.iter().fold(Proof::Maybe, |proof, condition| proof.and(self.condition(condition)))
    }

    /// Can a condition hold on some row?
    fn condition(&self, condition: &Condition) -> Proof {
        match condition {
            Condition::All(parts) => parts.iter().fold(Proof::Maybe, |proof, part| proof.and(self.condition(part))),
            Condition::Any(parts) => parts.iter().fold(Proof::Never, |proof, part| proof.or(self.condition(part))),
            Condition::Present { columns } => columns
                .iter()
                .fold(Proof::Never, |proof, column| proof.or(self.statistics.of(*column, pushdown::all_null))),
            Condition::Test { columns, test } => {
                columns.iter().fold(Proof::Never, |proof, column| proof.or(self.test(*column, test)))
            }
        }
    }

    /// Can a value of a column pass a test?
    fn test(&self, column: usize, test: &Test) -> Proof {
        self.statistics.of(column, |statistics| {
            let proof = match (test, self.bound.columns[column].kind) {
                (Test::Integers(numbers), ColumnKind::Int | ColumnKind::UInt | ColumnKind::Float) => {
                    numbers.iter().fold(Proof::Never, |proof, number| proof.or(integer(statistics, *number)))
                }
                // Texts are compared trimmed, so a value may begin with a blank: no range holds it.
                _ => Proof::Maybe,
            };
            proof.and(pushdown::all_null(statistics))
        })
    }
}

/// Can some number of the column be this one?
fn integer(statistics: &ColumnStatistics, number: i64) -> Proof {
    match text::numeric_form(&number.to_string()) {
        Some(number) => pushdown::number(statistics, Comparison::Equal, number),
        None => Proof::Maybe,
    }
}

/// Can some number of the column stand in the comparison?
fn number(statistics: &ColumnStatistics, op: CompareOp, value: &Glob) -> Proof {
    let Some(wanted) = value.literal().and_then(text::numeric_form) else { return Proof::Maybe };
    let comparison = match op {
        CompareOp::Eq => Comparison::Equal,
        CompareOp::Lt => Comparison::Less,
        CompareOp::Le => Comparison::LessOrEqual,
        CompareOp::Gt => Comparison::Greater,
        CompareOp::Ge => Comparison::GreaterOrEqual,
        // `!=` compares texts (§3.2), and so does `::`.
        CompareOp::Ne | CompareOp::Indexed => return Proof::Maybe,
    };
    pushdown::number(statistics, comparison, wanted)
}
