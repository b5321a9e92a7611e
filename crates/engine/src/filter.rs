//! Filters over a chunk: Boolean trees, each leaf at most once per row, what is already read first.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_buffer::BooleanBuffer;
use fixedbitset::FixedBitSet;
use retrohunt_stages::ValueRef;
use retrohunt_stages::predicate::{RegexTest, TermTest, write_virtual_raw};

use crate::bound::{BoundTree, Field, Leaf, LeafId};
use crate::cells::{bits, each_text, narrow, present, scatter, select_texts};
use crate::chunk::Chunk;
use crate::error::Error;
use crate::program::Predicate;

/// What is known about a leaf: where it was evaluated, and where it held.
pub(crate) struct Verdict {
    /// Rows on which the leaf was evaluated.
    pub(crate) known: FixedBitSet,
    /// Those of them on which it holds.
    pub(crate) holds: FixedBitSet,
}

impl Chunk<'_> {
    /// Returns which of the `live` rows pass the tree.
    pub(crate) fn evaluate(&mut self, tree: &BoundTree, live: &FixedBitSet) -> Result<FixedBitSet, Error> {
        match tree {
            BoundTree::True => Ok(live.clone()),
            BoundTree::False => Ok(FixedBitSet::with_capacity(self.len)),
            BoundTree::Not(part) => {
                let mut rows = live.clone();
                let holds = self.evaluate(part, live)?;
                rows.difference_with(&holds);
                Ok(rows)
            }
            BoundTree::And(parts) => {
                let mut rows = live.clone();
                for index in self.order(parts) {
                    if rows.is_clear() {
                        break;
                    }
                    rows = self.evaluate(&parts[index], &rows)?;
                }
                Ok(rows)
            }
            BoundTree::Or(parts) => {
                let mut open = live.clone();
                let mut rows = FixedBitSet::with_capacity(self.len);
                for index in self.order(parts) {
                    if open.is_clear() {
                        break;
                    }
                    let holds = self.evaluate(&parts[index], &open)?;
                    open.difference_with(&holds);
                    rows.union_with(&holds);
                }
                Ok(rows)
            }
            BoundTree::Leaf(id) => self.leaf(*id, live),
        }
    }

    /// The order in which parts are evaluated: what is already read first, then by how much must be read.
    fn order(&self, parts: &[BoundTree]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_cached_key(|&index| self.effort(&parts[index]));
        order
    }

    /// How many bytes per row must be decoded for a tree, roughly.
    fn effort(&self, tree: &BoundTree) -> u64 {
        match tree {
            BoundTree::True | BoundTree::False => 0,
            BoundTree::Not(part) => self.effort(part),
            BoundTree::And(parts) | BoundTree::Or(parts) => parts.iter().map(|part| self.effort(part)).sum(),
            BoundTree::Leaf(id) => {
                let missing = self.bound.leaf_columns(*id).iter().filter(|column| !self.is_loaded(**column));
                1 + missing.map(|column| self.bound.width(*column)).sum::<u64>()
            }
        }
    }

    /// Returns which of the `live` rows a leaf holds on, evaluating only those not yet known.
    fn leaf(&mut self, id: LeafId, live: &FixedBitSet) -> Result<FixedBitSet, Error> {
        let mut unknown = live.clone();
        if let Some(verdict) = self.verdicts.get(&id) {
            unknown.difference_with(&verdict.known);
        }
        if !unknown.is_clear() {
            let holds = self.decide(id, &unknown)?;
            let len = self.len;
            let verdict = self.verdicts.entry(id).or_insert_with(|| Verdict {
                known: FixedBitSet::with_capacity(len),
                holds: FixedBitSet::with_capacity(len),
            });
            verdict.known.union_with(&unknown);
            verdict.holds.union_with(&holds);
        }
        let mut rows = live.clone();
        if let Some(verdict) = self.verdicts.get(&id) {
            rows.intersect_with(&verdict.holds);
        }
        Ok(rows)
    }

    /// Evaluates a leaf on some rows.
    fn decide(&mut self, id: LeafId, rows: &FixedBitSet) -> Result<FixedBitSet, Error> {
        let (program, bound) = (self.program, self.bound);
        match &bound.leaves[id.index()] {
            Leaf::Class(class) => {
                let mut holds = self.class(*class)?;
                holds.intersect_with(rows);
                Ok(holds)
            }
            Leaf::Field { predicate, field } => {
                let Some(array) = self.field(field)? else { return Ok(FixedBitSet::with_capacity(self.len)) };
                let predicate = &program.predicates[predicate.index()];
                let slow =
                    matches!(predicate, Predicate::Regex { command, regex } if command.negated || !regex.is_regular());
                if let Some(texts) = array.as_string_opt::<i32>().filter(|_| !slow) {
                    // Texts are tested where they lie: copying the wanted rows together would cost more than most tests.
                    return Ok(each_text(texts, rows, self.len, |text| match predicate {
                        Predicate::Compare { test, .. } => test.matches(ValueRef::Text(text)),
                        Predicate::In { test, .. } => test.matches(ValueRef::Text(text)),
                        Predicate::Regex { regex, .. } => regex.is_match(text.as_bytes()),
                        Predicate::Term { test, .. } => test.matches_text(text),
                    }));
                }
                let (array, kept) = narrow(&array, rows)?;
                let holds = match predicate {
                    Predicate::Compare { test, .. } => test.select(array.as_ref()),
                    Predicate::In { test, .. } => test.select(array.as_ref()),
                    Predicate::Regex { command, regex } => {
                        let test = RegexTest::with_regex(Arc::clone(regex), command.negated);
                        return Ok(self.decide_pattern(id, &test, &array, rows, kept));
                    }
                    Predicate::Term { test, .. } => test.select_texts(array.as_ref()),
                };
                Ok(scatter(&holds, rows, kept, self.len))
            }
            Leaf::VirtualRaw { predicate } => {
                let array = self.rendered()?;
                let (array, kept) = narrow(&array, rows)?;
                let Predicate::Regex { command, regex } = &program.predicates[predicate.index()] else {
                    return Ok(FixedBitSet::with_capacity(self.len));
                };
                let test = RegexTest::with_regex(Arc::clone(regex), command.negated);
                Ok(self.decide_pattern(id, &test, &array, rows, kept))
            }
            Leaf::Term { predicate, pairs, constants } => {
                let Predicate::Term { test, .. } = &program.predicates[predicate.index()] else {
                    return Ok(FixedBitSet::with_capacity(self.len));
                };
                self.term(test, pairs, constants, rows)
            }
        }
    }

    /// Evaluates a pattern on the rows of `array`, which are those of `rows` (or all, if `whole`). Rows on which it gives up count as
    /// true here, and are noted: whether they matter depends on the rest of the condition.
    fn decide_pattern(
        &mut self,
        id: LeafId,
        test: &RegexTest,
        array: &ArrayRef,
        rows: &FixedBitSet,
        whole: bool,
    ) -> FixedBitSet {
        let (holds, gave_up) = test.decide(array.as_ref());
        let mut holds = scatter(&holds, rows, whole, self.len);
        if !gave_up.is_empty() {
            let gave_up: BooleanBuffer =
                BooleanBuffer::collect_bool(array.len(), |row| gave_up.binary_search(&row).is_ok());
            let gave_up = scatter(&gave_up, rows, whole, self.len);
            holds.union_with(&gave_up);
            let len = self.len;
            self.gave_up.entry(id).or_insert_with(|| FixedBitSet::with_capacity(len)).union_with(&gave_up);
        }
        holds
    }

    /// Takes out of the rows that pass a tree those on which one of its patterns gave up: they are undecided (§5.6.8). Returns how many.
    ///
    /// Patterns stand among the conjuncts only, so a row that passes with the pattern taken as true hangs on it alone.
    pub(crate) fn undecided(&self, tree: &BoundTree, passed: &mut FixedBitSet) -> u64 {
        let before = passed.count_ones(..);
        for conjunct in tree.conjuncts() {
            if let BoundTree::Leaf(id) = conjunct
                && let Some(gave_up) = self.gave_up.get(id)
            {
                passed.difference_with(gave_up);
            }
        }
        (before - passed.count_ones(..)) as u64
    }

    /// Evaluates a term in the reference texts (§2.2): `_raw`, else value texts; and pair texts.
    fn term(
        &mut self,
        test: &TermTest,
        pairs: &[Field],
        constants: &[(Option<usize>, bool)],
        rows: &FixedBitSet,
    ) -> Result<FixedBitSet, Error> {
        if test.matches_everything() {
            return Ok(rows.clone());
        }
        let bound = self.bound;
        let mut holds = FixedBitSet::with_capacity(self.len);
        // Rows whose reference texts are their values: all, or those whose `_raw` is ∅ (§2.2.1).
        let mut open = rows.clone();
        if let Some(raw) = bound.raw {
            let array = self.column(raw)?;
            holds = select_texts(test, &array, rows, self.len)?;
            open.difference_with(&bits(&present(&array), self.len));
        }
        for (class, matches) in constants {
            if *matches && !open.is_clear() {
                let mut found = match class {
                    Some(class) => self.class(*class)?,
                    None => self.all(),
                };
                found.intersect_with(&open);
                open.difference_with(&found);
                holds.union_with(&found);
            }
        }
        for column in self.text_order() {
            if open.is_clear() {
                break;
            }
            let array = self.column(column)?;
            let found = select_texts(test, &array, &open, self.len)?;
            open.difference_with(&found);
            holds.union_with(&found);
        }
        let mut open = rows.clone();
        open.difference_with(&holds);
        for field in pairs {
            if open.is_clear() {
                break;
            }
            let Some(array) = self.field(field)? else { continue };
            let (narrowed, kept) = narrow(&array, &open)?;
            let found = scatter(&test.select_pairs(&field.name, narrowed.as_ref()), &open, kept, self.len);
            open.difference_with(&found);
            holds.union_with(&found);
        }
        Ok(holds)
    }

    /// The text columns, those already read first, then narrow ones.
    fn text_order(&self) -> Vec<usize> {
        let mut columns = self.bound.texts.clone();
        columns.sort_by_key(|&column| (!self.is_loaded(column), self.bound.width(column), column));
        columns
    }

    /// The rows' fields rendered as one text each, `name=value` by line (§5.5.2).
    fn rendered(&mut self) -> Result<ArrayRef, Error> {
        if let Some(array) = &self.virtual_raw {
            return Ok(Arc::clone(array));
        }
        let bound = self.bound;
        let mut columns = Vec::new();
        for column in &bound.rendered {
            let array = self.column(*column)?;
            columns.push((Arc::<str>::from(bound.columns[*column].name.as_str()), array));
        }
        let mut builder = StringBuilder::new();
        let mut line = String::new();
        for row in 0..self.len {
            line.clear();
            write_virtual_raw(&columns, row, &mut line);
            builder.append_value(&line);
        }
        let array: ArrayRef = Arc::new(builder.finish());
        self.virtual_raw = Some(Arc::clone(&array));
        Ok(array)
    }
}
