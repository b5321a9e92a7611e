//! One row group, all rules: prune, search pages, verify, filter, hand the rows to pipelines.
//!
//! The order is that of the design: what proves that no row can match comes first, then the search over undecoded pages, then the
//! filters over candidate rows only. With `plain` the first two are left out and every row is a candidate: that is the oracle.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, ArrayRef, StringArray};
use fixedbitset::FixedBitSet;
use retrohunt_columnar::{DataFile, RowHit};
use retrohunt_prefilter::Hit;
use retrohunt_profile::Expr;
use retrohunt_stages::predicate::RegexTest;
use retrohunt_stages::{Batch, RowKey, State};
use roaring::RoaringBitmap;

use crate::bound::{Bound, BoundBody, BoundTree, ColumnSearch, Field, Leaf};
use crate::cells::{column_id, keep, read_one};
use crate::chunk::{CHUNK_ROWS, Chunk, Copied};
use crate::error::Error;
use crate::faults::fault;
use crate::metrics::Metrics;
use crate::program::{Body, Predicate, PredicateId, Program};
use crate::prune;

/// What one row group gave.
#[derive(Default)]
pub(crate) struct RowGroupResult {
    /// Per rule that had rows: its state.
    pub(crate) states: Vec<(usize, State)>,
    /// Per body whose pipeline failed: what happened.
    pub(crate) failures: Vec<(usize, String)>,
    /// Per body with any: rows on which a pattern of its filter gave up.
    pub(crate) undecided: Vec<(usize, u64)>,
    /// No rule could have a row here; nothing was read.
    pub(crate) pruned: bool,
    /// Rows and bytes at each narrowing.
    pub(crate) metrics: Metrics,
}

/// One row group to scan.
pub(crate) struct Task<'a> {
    /// The rules.
    pub(crate) program: &'a Program,
    /// The rules in the file's schema.
    pub(crate) bound: &'a Bound,
    /// The file.
    pub(crate) file: &'a DataFile,
    /// Its place in path order.
    pub(crate) ordinal: u32,
    /// The row group.
    pub(crate) row_group: usize,
    /// Every row is a candidate of every rule; nothing is pruned or searched.
    pub(crate) plain: bool,
}

/// Buffers that a thread keeps from one row group to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    hits: Vec<Hit>,
    offsets: Vec<(u32, u32)>,
    rows: Vec<RowHit>,
}

impl Task<'_> {
    /// Scans the row group.
    pub(crate) fn run(&self, scratch: &mut Scratch) -> Result<RowGroupResult, Error> {
        let mut result = RowGroupResult::default();
        let rows = self.file.row_group_rows(self.row_group);
        result.metrics.rows = u64::from(rows);
        let active = self.active_rules();
        if active.is_empty() || rows == 0 {
            result.pruned = true;
            return Ok(result);
        }
        let mut copied = HashMap::new();
        let mut candidates: Vec<Option<RoaringBitmap>> = vec![None; self.bound.bodies.len()];
        for &rule in &active {
            let anchored = !self.plain && self.body(rule).is_some_and(|(bound, _)| bound.anchor.is_some());
            candidates[rule] = Some(if anchored { RoaringBitmap::new() } else { (0..rows).collect() });
        }
        if !self.plain {
            for search in &self.bound.searches {
                self.search(search, &mut candidates, &mut copied, scratch, &mut result.metrics)?;
            }
            for &rule in &active {
                self.verify_copied(rule, &mut candidates, &copied)?;
            }
        }
        self.filter(&candidates, &copied, &mut result)?;
        Ok(result)
    }

    /// A body, and what it is in this schema.
    fn body(&self, body: usize) -> Option<(&BoundBody, &Body)> {
        Some((self.bound.bodies.get(body)?, self.program.bodies.get(body)?))
    }

    /// The rules that may have a row in this row group.
    fn active_rules(&self) -> Vec<usize> {
        let all = 0..self.bound.bodies.len();
        if self.plain {
            return all.collect();
        }
        let statistics = prune::Statistics::new(self.file, self.row_group);
        all.filter(|&body| {
            self.body(body)
                .is_some_and(|(bound, body)| prune::may_match(self.program, self.bound, bound, body, &statistics))
        })
        .collect()
    }

    /// Searches a column for the needles of all rules; adds the rows of hits to the rules' candidates and keeps their values.
    fn search(
        &self,
        search: &ColumnSearch,
        candidates: &mut [Option<RoaringBitmap>],
        copied: &mut HashMap<usize, Copied>,
        scratch: &mut Scratch,
        metrics: &mut Metrics,
    ) -> Result<(), Error> {
        let wanted = |needle: usize| search.bodies[needle].iter().any(|&rule| candidates[rule].is_some());
        if !(0..search.needles.len()).any(wanted) {
            return Ok(());
        }
        let mut found: Vec<RoaringBitmap> = vec![RoaringBitmap::new(); search.needles.len()];
        let Some(mut cursor) = self.file.pages(self.row_group, column_id(search.column))? else {
            self.search_decoded(search, &mut found, metrics)?;
            add(search, &found, candidates);
            return Ok(());
        };
        let mut values = StringBuilder::new();
        let mut value_rows = RoaringBitmap::new();
        let mut complete = true;
        while let Some(mut page) = cursor.next()? {
            if page.opaque() {
                complete = false;
                for rows in &mut found {
                    rows.insert_range(page.rows());
                }
                continue;
            }
            scratch.hits.clear();
            search.searcher.search(page.haystack(), &mut scratch.hits);
            metrics.bytes_searched += page.haystack().len() as u64;
            scratch.offsets.clear();
            scratch.offsets.extend(scratch.hits.iter().map(|hit| (hit.offset, hit.needle.0)));
            scratch.rows.clear();
            page.rows_of(&scratch.offsets, &mut scratch.rows)?;
            if scratch.rows.is_empty() {
                continue;
            }
            let mut page_rows = RoaringBitmap::new();
            for hit in &scratch.rows {
                found[hit.tag as usize].insert(hit.row);
                page_rows.insert(hit.row);
            }
            if complete {
                // Values that cannot be copied are decoded later, where damage is an error.
                complete = page.values(&page_rows, &mut values).is_ok();
                value_rows |= page_rows;
            }
        }
        if complete {
            let values: ArrayRef = Arc::new(values.finish());
            copied.insert(search.column, Copied { rows: value_rows, values });
        }
        add(search, &found, candidates);
        Ok(())
    }

    /// Searches a column that has no searchable pages: its decoded texts.
    fn search_decoded(
        &self,
        search: &ColumnSearch,
        found: &mut [RoaringBitmap],
        metrics: &mut Metrics,
    ) -> Result<(), Error> {
        let array = read_one(self.file, self.row_group, search.column, None, false)?;
        let mut hits = Vec::new();
        let mut in_texts =
            |texts: &StringArray, range: std::ops::Range<usize>, row: u32, found: &mut [RoaringBitmap]| {
                for index in range {
                    if texts.is_valid(index) {
                        hits.clear();
                        search.searcher.search(texts.value(index).as_bytes(), &mut hits);
                        metrics.bytes_searched += texts.value(index).len() as u64;
                        for hit in &hits {
                            found[hit.needle.0 as usize].insert(row);
                        }
                    }
                }
            };
        for row in 0..array.len() {
            let number = u32::try_from(row).unwrap_or(u32::MAX);
            if let Some(texts) = array.as_string_opt::<i32>() {
                in_texts(texts, row..row + 1, number, found);
            } else if let Some(lists) = array.as_list_opt::<i32>() {
                let Some(texts) = lists.values().as_string_opt::<i32>() else { continue };
                let at = |index: usize| usize::try_from(lists.value_offsets()[index]).unwrap_or(0);
                if lists.is_valid(row) {
                    in_texts(texts, at(row)..at(row + 1), number, found);
                }
            } else {
                // A needle is only ever bound to a column of texts; should another come, all its rows stay candidates.
                found.iter_mut().for_each(|rows| {
                    rows.insert(number);
                });
            }
        }
        Ok(())
    }

    /// Drops candidates whose copied values already fail a test.
    fn verify_copied(
        &self,
        rule: usize,
        candidates: &mut [Option<RoaringBitmap>],
        copied: &HashMap<usize, Copied>,
    ) -> Result<(), Error> {
        let (Some((bound, _)), Some(rows)) = (self.body(rule), candidates[rule].as_mut()) else { return Ok(()) };
        for conjunct in bound.tree.conjuncts() {
            let BoundTree::Leaf(id) = conjunct else { continue };
            let Leaf::Field { predicate, field } = &self.bound.leaves[id.index()] else { continue };
            let columns = own_columns(field);
            // With one column, each candidate has its value here or the test is left for later. With several, only the test that the anchor
            // comes from can be decided: where it holds, the value has a literal of the anchor, so that value was copied.
            let decided = match columns.as_slice() {
                [] => false,
                [column] => copied.get(column).is_some_and(|copied| rows.is_subset(&copied.rows)),
                several => bound.source == Some(*id) && several.iter().all(|column| copied.contains_key(column)),
            };
            if !decided || rows.is_empty() {
                continue;
            }
            let mut passed = RoaringBitmap::new();
            for copied in columns.iter().filter_map(|column| copied.get(column)) {
                let Some(holds) = self.test_copied(*predicate, rows, copied)? else { return Ok(()) };
                passed |= holds;
            }
            *rows = passed;
        }
        Ok(())
    }

    /// Returns those of the rows that have a copied value which passes the test; `None` where the test must not be made so.
    fn test_copied(
        &self,
        predicate: PredicateId,
        rows: &RoaringBitmap,
        copied: &Copied,
    ) -> Result<Option<RoaringBitmap>, Error> {
        let here = rows & &copied.rows;
        let values = copied.of(&here)?;
        let holds = match &self.program.predicates[predicate.index()] {
            Predicate::Regex { command, regex } if !command.negated && regex.is_regular() => {
                RegexTest::with_regex(Arc::clone(regex), false).select(values.as_ref())
            }
            Predicate::Compare { test, .. } => test.select(values.as_ref()),
            Predicate::In { test, .. } => test.select(values.as_ref()),
            _ => return Ok(None),
        };
        Ok(Some(here.iter().enumerate().filter(|(index, _)| holds.value(*index)).map(|(_, row)| row).collect()))
    }

    /// Evaluates the rules' filters on their candidates, a chunk of rows at a time, and hands what passes to their pipelines.
    fn filter(
        &self,
        candidates: &[Option<RoaringBitmap>],
        copied: &HashMap<usize, Copied>,
        result: &mut RowGroupResult,
    ) -> Result<(), Error> {
        let mut all = RoaringBitmap::new();
        for rows in candidates.iter().flatten() {
            all |= rows;
        }
        result.metrics.candidate_rows += all.len();
        let mut states: HashMap<usize, State> = HashMap::new();
        let mut failed: HashMap<usize, String> = HashMap::new();
        let mut rest = all.iter();
        loop {
            let rows: RoaringBitmap = rest.by_ref().take(CHUNK_ROWS).collect();
            if rows.is_empty() {
                break;
            }
            let mut chunk = Chunk::new(self.program, self.bound, self.file, self.row_group, rows, copied, self.plain);
            let survivors = self.survivors(&mut chunk, candidates, &mut result.undecided)?;
            self.hand_over(chunk, &survivors, &mut states, &mut failed, &mut result.metrics)?;
        }
        result.states = states.into_iter().filter(|(rule, _)| !failed.contains_key(rule)).collect();
        result.states.sort_by_key(|(rule, _)| *rule);
        result.failures = failed.into_iter().collect();
        Ok(())
    }

    /// The rules' rows of a chunk that pass filter and time bounds.
    fn survivors(
        &self,
        chunk: &mut Chunk<'_>,
        candidates: &[Option<RoaringBitmap>],
        undecided: &mut Vec<(usize, u64)>,
    ) -> Result<Vec<(usize, FixedBitSet)>, Error> {
        let mut survivors = Vec::new();
        for (rule, rows) in candidates.iter().enumerate() {
            let Some(rows) = rows else { continue };
            let Some((bound, body)) = self.body(rule) else { continue };
            let live = chunk.among(rows);
            if live.is_clear() {
                continue;
            }
            let mut passed = chunk.evaluate(&bound.tree, &live)?;
            if !passed.is_clear() && (body.earliest.is_some() || body.latest.is_some()) {
                within(body, &chunk.times()?, &mut passed);
            }
            let gave_up = chunk.undecided(&bound.tree, &mut passed);
            if gave_up > 0 {
                undecided.push((rule, gave_up));
            }
            if !passed.is_clear() {
                survivors.push((rule, passed));
            }
        }
        Ok(survivors)
    }

    /// Materialises the rows that passed and updates the pipelines.
    fn hand_over(
        &self,
        mut chunk: Chunk<'_>,
        survivors: &[(usize, FixedBitSet)],
        states: &mut HashMap<usize, State>,
        failed: &mut HashMap<usize, String>,
        metrics: &mut Metrics,
    ) -> Result<(), Error> {
        let mut any = FixedBitSet::with_capacity(chunk.len());
        for (_, rows) in survivors {
            any.union_with(rows);
        }
        let count = any.count_ones(..);
        if count == 0 {
            return Ok(());
        }
        // Few rows are left: decode what the pipelines want for those only.
        let places: Option<Vec<usize>> = (count * 4 < chunk.len()).then(|| any.ones().collect());
        if let Some(places) = &places {
            chunk = chunk.narrow(places)?;
        }
        let keys = self.keys(&mut chunk)?;
        for (rule, rows) in survivors {
            let Some((bound, body)) = self.body(*rule) else { continue };
            let rows = match &places {
                None => rows.clone(),
                Some(places) => {
                    let mut narrowed = FixedBitSet::with_capacity(places.len());
                    narrowed.extend(
                        places.iter().enumerate().filter(|(_, place)| rows.contains(**place)).map(|(index, _)| index),
                    );
                    narrowed
                }
            };
            metrics.passed_rows += rows.count_ones(..) as u64;
            let mut fields = Vec::with_capacity(bound.fields.len());
            for field in &bound.fields {
                if let Some(values) = chunk.field(field)? {
                    fields.push((Arc::<str>::from(field.name.as_str()), keep(&values, &rows)?));
                }
            }
            let keys = rows.ones().map(|row| keys[row]).collect();
            let state = states.entry(*rule).or_insert_with(|| body.pipeline.state());
            if let Err(error) = Batch::new(fields, keys).and_then(|batch| body.pipeline.update(state, batch)) {
                failed.insert(*rule, error.to_string());
            }
        }
        Ok(())
    }

    /// The order keys of a chunk's rows.
    fn keys(&self, chunk: &mut Chunk<'_>) -> Result<Vec<RowKey>, Error> {
        let times = chunk.times()?;
        let times = times.as_primitive::<TimestampMicrosecondType>();
        let first = if fault("engine-row-in-group-as-key") { 0 } else { self.file.row_group_first_row(self.row_group) };
        let rows = chunk.rows.iter().enumerate().map(|(index, row)| RowKey {
            time: times.is_valid(index).then(|| times.value(index)),
            file: self.ordinal,
            row: first + u64::from(row),
        });
        Ok(rows.collect())
    }
}

/// Adds the rows of needles to the candidates of the rules that are anchored on them.
fn add(search: &ColumnSearch, found: &[RoaringBitmap], candidates: &mut [Option<RoaringBitmap>]) {
    for (needle, rows) in found.iter().enumerate() {
        if rows.is_empty() {
            continue;
        }
        for &rule in &search.bodies[needle] {
            if let Some(candidates) = candidates[rule].as_mut() {
                *candidates |= rows;
            }
        }
    }
}

/// The columns of which a field's values are the values, unchanged; empty if some value is made otherwise.
///
/// On rows that no class takes the field may be ∅, but never anything else; so a test that fails on all these columns' values fails on the field.
fn own_columns(field: &Field) -> Vec<usize> {
    let plain = field.source.cases.iter().all(|case| plain_value(&case.expr));
    if plain && field.name != "_time" { field.columns().into_iter().collect() } else { Vec::new() }
}

/// Is the expression's value always one of its columns' values, unchanged?
fn plain_value(expr: &Expr) -> bool {
    match expr {
        Expr::Column(_) => true,
        Expr::Coalesce { members, .. } => members.iter().all(plain_value),
        _ => false,
    }
}

/// Drops rows outside a rule's time bounds; a row without time passes no bound (§4.6.8).
fn within(body: &Body, times: &ArrayRef, rows: &mut FixedBitSet) {
    let times = times.as_primitive::<TimestampMicrosecondType>();
    let outside: Vec<usize> = rows
        .ones()
        .filter(|&row| {
            let time = times.is_valid(row).then(|| times.value(row));
            !time.is_some_and(|time| {
                body.earliest.is_none_or(|earliest| time >= earliest)
                    && body
                        .latest
                        .is_none_or(|latest| time < latest || (time == latest && fault("engine-latest-inclusive")))
            })
        })
        .collect();
    for row in outside {
        rows.set(row, false);
    }
}
