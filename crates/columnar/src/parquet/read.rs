//! Decoded columns of a Parquet row group, by the `parquet` crate's Arrow reader: the plain path, short enough to trust.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatchReader};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection, RowSelector};
use roaring::RoaringBitmap;

use super::ParquetFile;
use crate::canonical;
use crate::contain::contain;
use crate::error::Error;
use crate::schema::{ColumnId, Leaf, Step};

/// Rows decoded at a time; more are put together afterwards. Row groups of archives are smaller, so this is rarely reached; it
/// bounds what a reader allocates for a row group that claims many rows.
const BATCH_ROWS: usize = 1 << 20;

/// A column to decode: which, and whether as row time.
pub(crate) type Wanted = (ColumnId, bool);

impl ParquetFile {
    /// The canonical arrays of `columns` in `row_group`, for `rows` ascending or for all.
    ///
    /// # Errors
    ///
    /// If a column is damaged, or has more than 2 GiB of text for these rows. The error lacks file and row group.
    pub(crate) fn read(
        &self,
        row_group: usize,
        columns: &[Wanted],
        rows: Option<&RoaringBitmap>,
    ) -> Result<Vec<ArrayRef>, Error> {
        let group = self.group(row_group).ok_or_else(|| Error::damaged("there is no such row group"))?;
        let total = u32::try_from(group.num_rows()).unwrap_or(0);
        let count = rows.map_or(u64::from(total), |rows| rows.range_cardinality(..total));
        if count == 0 || columns.is_empty() {
            let info = &self.leaves.columns;
            return Ok(columns
                .iter()
                .map(|(column, time)| canonical::empty(&info[column.0 as usize], *time))
                .collect());
        }
        let selected = self.with_companions(columns);
        for leaf in &selected {
            self.check_pages(row_group, ColumnId(u32::try_from(*leaf).unwrap_or(u32::MAX)))?;
        }
        let ways = self.ways(columns, &selected);
        let batch_rows = usize::try_from(count).unwrap_or(BATCH_ROWS).min(BATCH_ROWS);
        let batches = contain(|| {
            let mask = ProjectionMask::leaves(self.metadata.parquet_schema(), selected.iter().copied());
            let builder =
                ParquetRecordBatchReaderBuilder::new_with_metadata(self.source.clone(), self.metadata.clone())
                    .with_row_groups(vec![row_group])
                    .with_projection(mask)
                    .with_batch_size(batch_rows);
            let reader = match rows {
                Some(rows) if count < u64::from(total) => builder.with_row_selection(selection(rows, total)).build()?,
                _ => builder.build()?,
            };
            let _schema = reader.schema();
            let mut batches: Vec<Vec<ArrayRef>> = Vec::new();
            for batch in reader {
                let batch = batch?;
                let column = |(root, steps, time): &Way| canonical::leaf(batch.column(*root), steps, *time);
                batches.push(ways.iter().map(column).collect::<Result<_, _>>()?);
            }
            Ok::<_, parquet::errors::ParquetError>(batches)
        })?;
        let arrays = contain(|| join(&batches))?;
        let wrong = arrays.iter().any(|array| array.len() as u64 != count);
        if wrong || arrays.len() != columns.len() {
            return Err(Error::damaged(format!("it has not the {count} rows that were asked for")));
        }
        Ok(arrays)
    }

    /// The leaves to decode for `columns`: themselves and, for one half of a map, the other.
    fn with_companions(&self, columns: &[Wanted]) -> BTreeSet<usize> {
        let leaves = &self.leaves.leaves;
        let mut selected: BTreeSet<usize> = columns.iter().map(|(column, _)| column.0 as usize).collect();
        let mut queue: Vec<usize> = selected.iter().copied().collect();
        while let Some(leaf) = queue.pop() {
            if let Some(companion) = leaves[leaf].companion
                && selected.insert(companion)
            {
                queue.push(companion);
            }
        }
        selected
    }

    /// Where each of `columns` is in a batch that has only the leaves `selected`.
    fn ways(&self, columns: &[Wanted], selected: &BTreeSet<usize>) -> Vec<Way> {
        let leaves = &self.leaves.leaves;
        let present: Vec<&Leaf> = selected.iter().map(|leaf| &leaves[*leaf]).collect();
        let roots: BTreeSet<usize> = present.iter().map(|leaf| leaf.root).collect();
        columns
            .iter()
            .map(|(column, time)| {
                let leaf = &leaves[column.0 as usize];
                (roots.range(..leaf.root).count(), pruned_steps(leaf, &present), *time)
            })
            .collect()
    }
}

/// A root in a batch, the steps from there, and whether the leaf is wanted as row time.
type Way = (usize, Vec<Step>, bool);

/// The steps to `leaf` in a schema that has only the leaves `present`: a struct there has fewer fields.
fn pruned_steps(leaf: &Leaf, present: &[&Leaf]) -> Vec<Step> {
    let mut steps = Vec::with_capacity(leaf.steps.len());
    for (depth, step) in leaf.steps.iter().enumerate() {
        steps.push(match step {
            Step::Element => Step::Element,
            Step::Field(index) => {
                let siblings = present
                    .iter()
                    .filter(|other| other.root == leaf.root && other.steps.get(..depth) == leaf.steps.get(..depth));
                let before = siblings.filter_map(|other| match other.steps.get(depth) {
                    Some(Step::Field(other)) if other < index => Some(*other),
                    _ => None,
                });
                Step::Field(before.collect::<BTreeSet<usize>>().len())
            }
        });
    }
    steps
}

/// The runs of `rows` among `total` rows.
fn selection(rows: &RoaringBitmap, total: u32) -> RowSelection {
    let mut selectors: Vec<RowSelector> = Vec::new();
    let (mut start, mut end) = (0_u32, 0_u32);
    let mut push = |gap: u32, length: u32| {
        if gap > 0 {
            selectors.push(RowSelector::skip(gap as usize));
        }
        if length > 0 {
            selectors.push(RowSelector::select(length as usize));
        }
    };
    let mut gap = 0;
    for row in rows.range(..total) {
        if row != end {
            push(gap, end - start);
            gap = row - end;
            start = row;
        }
        end = row + 1;
    }
    push(gap, end - start);
    push(total - end, 0);
    RowSelection::from(selectors)
}

/// The columns of `batches` put end to end.
fn join(batches: &[Vec<ArrayRef>]) -> Result<Vec<ArrayRef>, arrow_schema::ArrowError> {
    match batches {
        [] => Ok(Vec::new()),
        [only] => Ok(only.iter().map(Arc::clone).collect()),
        [first, ..] => (0..first.len())
            .map(|column| {
                let parts: Vec<&dyn arrow_array::Array> = batches.iter().map(|batch| &*batch[column]).collect();
                arrow_select::concat::concat(&parts)
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_selection_selects_the_rows_of_its_bitmap(rows in proptest::collection::btree_set(0_u32..200, 1..60)) {
            let bitmap: RoaringBitmap = rows.iter().copied().collect();
            let selectors: Vec<RowSelector> = selection(&bitmap, 200).into();
            let (mut at, mut got) = (0, Vec::new());
            for selector in selectors {
                if !selector.skip {
                    got.extend(at..at + selector.row_count);
                }
                at += selector.row_count;
            }
            prop_assert_eq!(at, 200);
            prop_assert_eq!(got, rows.iter().map(|row| *row as usize).collect::<Vec<_>>());
        }
    }

    #[test]
    fn steps_count_only_the_fields_that_are_present() {
        let leaf = |steps: &[Step]| Leaf {
            root: 0,
            steps: steps.to_vec(),
            data_type: arrow_schema::DataType::Utf8,
            companion: None,
        };
        let all = [
            leaf(&[Step::Field(0)]),
            leaf(&[Step::Field(2), Step::Field(1)]),
            leaf(&[Step::Field(2), Step::Field(3)]),
            leaf(&[Step::Field(5)]),
        ];
        let present: Vec<&Leaf> = all.iter().collect();
        assert_eq!(pruned_steps(&all[2], &present), [Step::Field(1), Step::Field(1)]);
        assert_eq!(pruned_steps(&all[2], &present[2..]), [Step::Field(0), Step::Field(0)]);
        assert_eq!(pruned_steps(&all[3], &present), [Step::Field(2)]);
    }
}
