//! Filters over one chunk of candidate rows: Boolean trees, each predicate at most once per row.
//!
//! A [`Chunk`] is a slice of a row group's candidate rows, at most [`CHUNK_ROWS`]. Columns are decoded when a predicate first asks for
//! them, for exactly the chunk's rows, and kept; so are mapped fields, classes and the verdicts of predicates. Rows are numbered within
//! the chunk, from 0.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, BooleanArray, StringArray, TimestampMicrosecondArray, UInt32Array};
use arrow_buffer::BooleanBuffer;
use fixedbitset::FixedBitSet;
use retrohunt_columnar::{ColumnId, DataFile, text};
use retrohunt_profile::{Condition, Expr, Selector, Test, TimeFormat};
use retrohunt_stages::ValueRef;
use retrohunt_stages::predicate::{CompareTest, RegexTest, TermTest, write_virtual_raw};
use roaring::RoaringBitmap;

use crate::bind::{Bound, BoundTree, Field, Leaf, LeafId};
use crate::error::Error;
use crate::program::{Predicate, Program};

/// Most rows in a chunk. A column of it is decoded whole: 65,536 rows of an 800-byte `_raw` are 50 MB.
pub(crate) const CHUNK_ROWS: usize = 65_536;

/// Values of a column that a search has already copied out, for some rows of the row group.
#[derive(Clone)]
pub(crate) struct Copied {
    /// The rows, within the row group.
    pub(crate) rows: RoaringBitmap,
    /// Their values, in the same order.
    pub(crate) values: ArrayRef,
}

/// What is known about a leaf: where it was evaluated, and where it held.
struct Verdict {
    known: FixedBitSet,
    holds: FixedBitSet,
}

/// Candidate rows of one row group and what has been read of them.
pub(crate) struct Chunk<'a> {
    program: &'a Program,
    bound: &'a Bound,
    file: &'a DataFile,
    row_group: usize,
    /// The rows, within the row group.
    pub(crate) rows: RoaringBitmap,
    len: usize,
    /// Place in the chunk of each row from the first to the last, `u32::MAX` for rows that are not in it; made when first needed.
    places: Vec<u32>,
    copied: &'a HashMap<usize, Copied>,
    columns: HashMap<usize, ArrayRef>,
    fields: HashMap<String, Option<ArrayRef>>,
    classes: Vec<Option<FixedBitSet>>,
    verdicts: HashMap<LeafId, Verdict>,
    times: Option<ArrayRef>,
    virtual_raw: Option<ArrayRef>,
    /// Columns decoded so far, for the metrics.
    pub(crate) columns_read: usize,
}

impl<'a> Chunk<'a> {
    /// Opens a chunk of `rows`.
    pub(crate) fn new(
        program: &'a Program,
        bound: &'a Bound,
        file: &'a DataFile,
        row_group: usize,
        rows: RoaringBitmap,
        copied: &'a HashMap<usize, Copied>,
    ) -> Self {
        let len = usize::try_from(rows.len()).unwrap_or(usize::MAX);
        Self {
            program,
            bound,
            file,
            row_group,
            len,
            rows,
            places: Vec::new(),
            copied,
            columns: HashMap::new(),
            fields: HashMap::new(),
            classes: vec![None; bound.classes()],
            verdicts: HashMap::new(),
            times: None,
            virtual_raw: None,
            columns_read: 0,
        }
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// A set with every row in it.
    pub(crate) fn all(&self) -> FixedBitSet {
        let mut all = FixedBitSet::with_capacity(self.len);
        all.insert_range(..);
        all
    }

    /// Returns the chunk's rows that are in `rows` (of the row group), numbered within the chunk.
    pub(crate) fn among(&mut self, rows: &RoaringBitmap) -> FixedBitSet {
        let mut out = FixedBitSet::with_capacity(self.len);
        let (Some(first), Some(last)) = (self.rows.min(), self.rows.max()) else { return out };
        if rows.len() == self.rows.len() && rows == &self.rows {
            out.insert_range(..);
            return out;
        }
        // One table for all rules: with many rules of few candidates each, walking the chunk for every rule would cost the most.
        if self.places.is_empty() {
            self.places = vec![u32::MAX; usize::try_from(last - first).unwrap_or(0) + 1];
            for (place, row) in (0_u32..).zip(self.rows.iter()) {
                self.places[usize::try_from(row - first).unwrap_or(0)] = place;
            }
        }
        for row in rows.range(first..=last) {
            let place = self.places[usize::try_from(row - first).unwrap_or(0)];
            if place != u32::MAX {
                out.insert(usize::try_from(place).unwrap_or(0));
            }
        }
        out
    }

    /// Returns the chunk of the rows at these places of this one; what was read is taken over.
    pub(crate) fn narrow(self, places: &[usize]) -> Result<Chunk<'a>, Error> {
        let numbers: Vec<u32> = self.rows.iter().collect();
        let rows: RoaringBitmap = places.iter().map(|&place| numbers[place]).collect();
        let indices: UInt32Array = places.iter().map(|&place| u32::try_from(place).unwrap_or(u32::MAX)).collect();
        let mut chunk = Chunk::new(self.program, self.bound, self.file, self.row_group, rows, self.copied);
        for (column, array) in &self.columns {
            chunk.columns.insert(*column, take(array, &indices)?);
        }
        if let Some(times) = &self.times {
            chunk.times = Some(take(times, &indices)?);
        }
        chunk.columns_read = self.columns_read;
        Ok(chunk)
    }

    /// Returns a column of the file for the chunk's rows.
    pub(crate) fn column(&mut self, column: usize) -> Result<ArrayRef, Error> {
        if let Some(array) = self.columns.get(&column) {
            return Ok(Arc::clone(array));
        }
        let array = match self.copied.get(&column) {
            Some(copied) if self.rows.is_subset(&copied.rows) => {
                let indices: UInt32Array =
                    self.rows.iter().map(|row| u32::try_from(copied.rows.rank(row) - 1).unwrap_or(u32::MAX)).collect();
                take(&copied.values, &indices)?
            }
            _ => {
                self.columns_read += 1;
                read_one(self.file, self.row_group, column, Some(&self.rows))?
            }
        };
        self.columns.insert(column, Arc::clone(&array));
        Ok(array)
    }

    /// Is the column there without decoding?
    pub(crate) fn is_loaded(&self, column: usize) -> bool {
        self.columns.contains_key(&column)
            || self.copied.get(&column).is_some_and(|copied| self.rows.is_subset(&copied.rows))
    }

    /// Returns the rows of a class.
    pub(crate) fn class(&mut self, class: usize) -> Result<FixedBitSet, Error> {
        if let Some(Some(rows)) = self.classes.get(class) {
            return Ok(rows.clone());
        }
        let bound = self.bound;
        let rows = self.select(&bound.map.classes()[class].selector)?;
        self.classes[class] = Some(rows.clone());
        Ok(rows)
    }

    /// Returns the rows that a selector takes: all of its conditions hold.
    fn select(&mut self, selector: &Selector) -> Result<FixedBitSet, Error> {
        let mut rows = self.all();
        for condition in &selector.all {
            if rows.is_clear() {
                break;
            }
            let holds = self.condition(condition)?;
            rows.intersect_with(&holds);
        }
        Ok(rows)
    }

    /// Returns the rows on which a condition holds.
    fn condition(&mut self, condition: &Condition) -> Result<FixedBitSet, Error> {
        match condition {
            Condition::Test { columns, test } => self.first_value(columns, |array, row| cell_holds(array, row, test)),
            Condition::Present { columns } => self.first_value(columns, |_, _| true),
            Condition::All(parts) => {
                let mut rows = self.all();
                for part in parts {
                    let holds = self.condition(part)?;
                    rows.intersect_with(&holds);
                }
                Ok(rows)
            }
            Condition::Any(parts) => {
                let mut rows = FixedBitSet::with_capacity(self.len);
                for part in parts {
                    let holds = self.condition(part)?;
                    rows.union_with(&holds);
                }
                Ok(rows)
            }
        }
    }

    /// Returns the rows on which the first of the columns that is not null passes the test.
    fn first_value(
        &mut self,
        columns: &[usize],
        test: impl Fn(&ArrayRef, usize) -> bool,
    ) -> Result<FixedBitSet, Error> {
        let mut rows = FixedBitSet::with_capacity(self.len);
        let mut open = self.all();
        for &column in columns {
            if open.is_clear() {
                break;
            }
            let array = self.column(column)?;
            let mut decided = bits(&present(&array), self.len);
            decided.intersect_with(&open);
            open.difference_with(&decided);
            rows.extend(decided.ones().filter(|&row| test(&array, row)));
        }
        Ok(rows)
    }

    /// Returns the row times, in microseconds.
    pub(crate) fn times(&mut self) -> Result<ArrayRef, Error> {
        if let Some(times) = &self.times {
            return Ok(Arc::clone(times));
        }
        let bound = self.bound;
        let mut out: Vec<Option<i64>> = vec![None; self.len];
        for source in &bound.map.time().columns {
            if out.iter().all(Option::is_some) {
                break;
            }
            // A column of times is text everywhere but as the row's time.
            let array = match source.format {
                TimeFormat::Stored => {
                    self.file.read_time(self.row_group, column_id(source.column), Some(&self.rows))?
                }
                _ => self.column(source.column)?,
            };
            for (row, time) in out.iter_mut().enumerate() {
                if time.is_none() {
                    *time = row_time(&array, row, source.format);
                }
            }
        }
        let times: ArrayRef = Arc::new(TimestampMicrosecondArray::from(out).with_timezone("UTC"));
        self.times = Some(Arc::clone(&times));
        Ok(times)
    }

    /// Returns a field's values, or `None` if the file has no such field.
    pub(crate) fn field(&mut self, field: &Field) -> Result<Option<ArrayRef>, Error> {
        if field.name == "_time" {
            return if self.bound.has_time() { self.times().map(Some) } else { Ok(None) };
        }
        if let Some(column) = field.plain_column() {
            return self.column(column).map(Some);
        }
        if let Some(values) = self.fields.get(&field.name) {
            return Ok(values.clone());
        }
        let values = self.mapped(field)?;
        self.fields.insert(field.name.clone(), values.clone());
        Ok(values)
    }

    /// Makes a mapped field: on each row the first case whose class holds decides, then the native column (§ profiles).
    fn mapped(&mut self, field: &Field) -> Result<Option<ArrayRef>, Error> {
        if field.source.is_absent() {
            return Ok(None);
        }
        let mut open = self.all();
        let mut parts: Vec<(FixedBitSet, Expr)> = Vec::new();
        for case in &field.source.cases {
            let mut rows = match case.class {
                Some(class) => self.class(class.0)?,
                None => self.all(),
            };
            rows.intersect_with(&open);
            open.difference_with(&rows);
            if !rows.is_clear() {
                parts.push((rows, case.expr.clone()));
            }
        }
        if let Some(native) = field.source.native
            && !open.is_clear()
        {
            parts.push((open, Expr::Column(native)));
        }
        // Columns of one number type keep it; anything else is text on every row, whatever rows happen to be together (law 3).
        if field.is_typed(&self.bound.columns) { self.typed(&parts).map(Some) } else { self.texts(&parts).map(Some) }
    }

    /// Puts the values of columns of one type together.
    fn typed(&mut self, parts: &[(FixedBitSet, Expr)]) -> Result<ArrayRef, Error> {
        let mut arrays = Vec::with_capacity(parts.len());
        for (_, expr) in parts {
            if let Expr::Column(column) = expr {
                arrays.push(self.column(*column)?);
            }
        }
        let Some(first) = arrays.first() else { return self.texts(parts) };
        let missing = arrow_array::new_null_array(first.data_type(), 1);
        let place = |row: usize| match parts.iter().position(|(rows, _)| rows.contains(row)) {
            Some(part) => (part, row),
            None => (arrays.len(), 0),
        };
        let indices: Vec<(usize, usize)> = (0..self.len).map(place).collect();
        let mut sources: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
        sources.push(missing.as_ref());
        arrow_select::interleave::interleave(&sources, &indices).map_err(|error| Error::internal(error.to_string()))
    }

    /// Evaluates expressions on their rows, as texts.
    fn texts(&mut self, parts: &[(FixedBitSet, Expr)]) -> Result<ArrayRef, Error> {
        let mut columns: HashMap<usize, ArrayRef> = HashMap::new();
        let mut lists = false;
        for (_, expr) in parts {
            for column in expr.columns() {
                let array = self.column(column)?;
                columns.insert(column, array);
            }
            lists |= expr.is_multivalued(&|column| columns.get(&column).is_some_and(is_list));
        }
        let part_of = |row: usize| parts.iter().find(|(rows, _)| rows.contains(row)).map(|(_, expr)| expr);
        if lists {
            let mut builder = ListBuilder::new(StringBuilder::new());
            for row in 0..self.len {
                let values = part_of(row).map(|expr| expr.values(&mut |column| cell_texts(&columns[&column], row)));
                match values.filter(|values| !values.is_empty()) {
                    Some(values) => {
                        for value in values {
                            builder.values().append_value(value);
                        }
                        builder.append(true);
                    }
                    None => builder.append(false),
                }
            }
            return Ok(Arc::new(builder.finish()));
        }
        let mut builder = StringBuilder::with_capacity(self.len, self.len * 16);
        for row in 0..self.len {
            let value =
                part_of(row).and_then(|expr| expr.eval(&mut |column| text::cell_text(columns[&column].as_ref(), row)));
            builder.append_option(value);
        }
        Ok(Arc::new(builder.finish()))
    }

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
                if let Some(texts) = array.as_string_opt::<i32>()
                    && !matches!(predicate, Predicate::Regex { command, .. } if command.negated)
                {
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
                        RegexTest::with_regex(Arc::clone(regex), command.negated).select(array.as_ref())
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
                let holds = RegexTest::with_regex(Arc::clone(regex), command.negated).select(array.as_ref());
                Ok(scatter(&holds, rows, kept, self.len))
            }
            Leaf::Term { predicate, pairs, constants } => {
                let Predicate::Term { test, .. } = &program.predicates[predicate.index()] else {
                    return Ok(FixedBitSet::with_capacity(self.len));
                };
                self.term(test, pairs, constants, rows)
            }
        }
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

/// One column, decoded.
pub(crate) fn read_one(
    file: &DataFile,
    row_group: usize,
    column: usize,
    rows: Option<&RoaringBitmap>,
) -> Result<ArrayRef, Error> {
    // All rows without a selection is the reader's faster way.
    let rows = rows.filter(|rows| rows.len() < u64::from(file.row_group_rows(row_group)));
    file.read(row_group, &[column_id(column)], rows)?.pop().ok_or_else(|| Error::internal("no column was read"))
}

/// A column's id for `columnar`.
pub(crate) fn column_id(column: usize) -> ColumnId {
    ColumnId(u32::try_from(column).unwrap_or(u32::MAX))
}

/// Is it a multivalue column?
fn is_list(array: &ArrayRef) -> bool {
    matches!(array.data_type(), arrow_schema::DataType::List(_))
}

/// Which cells are not ∅.
fn present(array: &ArrayRef) -> BooleanBuffer {
    CompareTest::new(retrohunt_spl::plan::CompareOp::Eq, &retrohunt_spl::plan::Glob::new("*"), false)
        .select(array.as_ref())
}

/// Does any value of a cell meet a test?
fn cell_holds(array: &ArrayRef, row: usize, test: &Test) -> bool {
    if let (Test::Integers(wanted), arrow_schema::DataType::Int64) = (test, array.data_type()) {
        return wanted.contains(&array.as_primitive::<Int64Type>().value(row));
    }
    cell_texts(array, row).iter().any(|value| test.holds(value))
}

/// The texts of a cell: none, one, or those of a multivalue.
pub(crate) fn cell_texts(array: &ArrayRef, row: usize) -> Vec<Cow<'_, str>> {
    let Some(lists) = array.as_list_opt::<i32>() else {
        return text::cell_text(array.as_ref(), row).into_iter().collect();
    };
    if lists.is_null(row) {
        return Vec::new();
    }
    let offsets = lists.value_offsets();
    let at = |index: usize| usize::try_from(offsets[index]).unwrap_or(0);
    let values = lists.values();
    (at(row)..at(row + 1)).filter_map(|index| text::cell_text(values.as_ref(), index)).collect()
}

/// The time of a row, read from a cell.
fn row_time(array: &ArrayRef, row: usize, format: TimeFormat) -> Option<i64> {
    if array.is_null(row) {
        return None;
    }
    if let arrow_schema::DataType::Timestamp(..) = array.data_type() {
        return Some(array.as_primitive::<TimestampMicrosecondType>().value(row));
    }
    let value = text::cell_text(array.as_ref(), row)?;
    retrohunt_profile::parse_time(&value, format)
}

/// Which of the rows hold a text that passes the test; ∅ does not.
fn each_text(texts: &StringArray, rows: &FixedBitSet, len: usize, test: impl Fn(&str) -> bool) -> FixedBitSet {
    let mut out = FixedBitSet::with_capacity(len);
    out.extend(rows.ones().filter(|&row| texts.is_valid(row) && test(texts.value(row))));
    out
}

/// Which of the rows hold a text that the term matches.
fn select_texts(test: &TermTest, array: &ArrayRef, rows: &FixedBitSet, len: usize) -> Result<FixedBitSet, Error> {
    if let Some(texts) = array.as_string_opt::<i32>() {
        return Ok(each_text(texts, rows, len, |text| test.matches_text(text)));
    }
    let (narrowed, kept) = narrow(array, rows)?;
    Ok(scatter(&test.select_texts(narrowed.as_ref()), rows, kept, len))
}

/// The rows of an array that are in the set; `true` if that is all of them.
fn narrow(array: &ArrayRef, rows: &FixedBitSet) -> Result<(ArrayRef, bool), Error> {
    let count = rows.count_ones(..);
    if count == array.len() {
        return Ok((Arc::clone(array), true));
    }
    let indices: UInt32Array = rows.ones().map(|row| u32::try_from(row).unwrap_or(u32::MAX)).collect();
    Ok((take(array, &indices)?, false))
}

/// Puts verdicts on narrowed rows back to their places.
fn scatter(holds: &BooleanBuffer, rows: &FixedBitSet, whole: bool, len: usize) -> FixedBitSet {
    if whole {
        return bits(holds, len);
    }
    let mut out = FixedBitSet::with_capacity(len);
    for (index, row) in rows.ones().enumerate() {
        if holds.value(index) {
            out.insert(row);
        }
    }
    out
}

/// A Boolean buffer as a set.
fn bits(buffer: &BooleanBuffer, len: usize) -> FixedBitSet {
    let mut out = FixedBitSet::with_capacity(len);
    for row in buffer.set_indices() {
        out.insert(row);
    }
    out
}

/// Arrow's `take`.
pub(crate) fn take(array: &ArrayRef, indices: &UInt32Array) -> Result<ArrayRef, Error> {
    arrow_select::take::take(array, indices, None).map_err(|error| Error::internal(error.to_string()))
}

/// Arrow's `filter` by a set.
pub(crate) fn keep(array: &ArrayRef, rows: &FixedBitSet) -> Result<ArrayRef, Error> {
    let mask: BooleanArray = (0..array.len()).map(|row| Some(rows.contains(row))).collect();
    arrow_select::filter::filter(array, &mask).map_err(|error| Error::internal(error.to_string()))
}
