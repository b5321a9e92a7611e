//! Candidate rows of one row group, and what has been read of them.
//!
//! A [`Chunk`] is a slice of a row group's candidate rows, at most [`CHUNK_ROWS`]. Columns are decoded when something first asks for them, for
//! exactly the chunk's rows, and kept for all rules; so are mapped fields and classes. Rows are numbered within the chunk, from 0.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{Array, ArrayRef, TimestampMicrosecondArray, UInt32Array};
use fixedbitset::FixedBitSet;
use retrohunt_columnar::{DataFile, text};
use retrohunt_profile::{Condition, Expr, Selector, TimeFormat};
use roaring::RoaringBitmap;

use crate::bound::{Bound, Field, LeafId};
use crate::cells::{bits, cell_holds, cell_texts, column_id, is_list, present, read_one, row_time, take};
use crate::error::Error;
use crate::filter::Verdict;
use crate::program::Program;

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

impl Copied {
    /// Returns the values of these rows, which must all be among the copied ones.
    pub(crate) fn of(&self, rows: &RoaringBitmap) -> Result<ArrayRef, Error> {
        let place = |row| u32::try_from(self.rows.rank(row) - 1).unwrap_or(u32::MAX);
        take(&self.values, &rows.iter().map(place).collect())
    }
}

/// Candidate rows of one row group and what has been read of them.
pub(crate) struct Chunk<'a> {
    pub(crate) program: &'a Program,
    pub(crate) bound: &'a Bound,
    pub(crate) file: &'a DataFile,
    pub(crate) row_group: usize,
    /// Decode by the plainest way only.
    plain: bool,
    /// The rows, within the row group.
    pub(crate) rows: RoaringBitmap,
    pub(crate) len: usize,
    /// Place in the chunk of each row from the first to the last, `u32::MAX` for rows that are not in it; made when first needed.
    places: Vec<u32>,
    copied: &'a HashMap<usize, Copied>,
    columns: HashMap<usize, ArrayRef>,
    fields: HashMap<String, Option<ArrayRef>>,
    classes: Vec<Option<FixedBitSet>>,
    pub(crate) verdicts: HashMap<LeafId, Verdict>,
    /// Rows on which the pattern of a leaf gave up; the leaf counts as true there until [`Self::undecided`] takes them out.
    pub(crate) gave_up: HashMap<LeafId, FixedBitSet>,
    times: Option<ArrayRef>,
    pub(crate) virtual_raw: Option<ArrayRef>,
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
        plain: bool,
    ) -> Self {
        let len = usize::try_from(rows.len()).unwrap_or(usize::MAX);
        Self {
            program,
            bound,
            file,
            row_group,
            plain,
            len,
            rows,
            places: Vec::new(),
            copied,
            columns: HashMap::new(),
            fields: HashMap::new(),
            classes: vec![None; bound.classes()],
            verdicts: HashMap::new(),
            gave_up: HashMap::new(),
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
        let mut chunk = Chunk::new(self.program, self.bound, self.file, self.row_group, rows, self.copied, self.plain);
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
            Some(copied) if self.rows.is_subset(&copied.rows) => copied.of(&self.rows)?,
            _ => {
                self.columns_read += 1;
                read_one(self.file, self.row_group, column, Some(&self.rows), self.plain)?
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
}
