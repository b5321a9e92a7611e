//! The keys of rows, and the group each row belongs to.

use super::intern::Interner;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::kernels::value::Column;

/// A row of a batch and one of its groups. A row without a multivalue by-field has at most one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// Row in the batch.
    pub(crate) row: u32,
    /// Group index.
    pub(crate) group: u32,
}

/// The groups seen so far, by key.
#[derive(Clone, Debug)]
pub(crate) struct GroupTable {
    /// Keys to group indices.
    keys: Interner,
    /// Number of by-fields.
    fields: usize,
    /// A duplicate within one row's multivalue counts once (`dedup_splitvals`).
    dedup: bool,
    /// How many combinations of multivalues one row may have.
    split_limit: usize,
    /// The key of the current row.
    scratch: Vec<u8>,
    /// The text of a number.
    text: String,
}

impl GroupTable {
    /// No groups yet, for keys of this many by-fields.
    pub(crate) fn new(fields: usize, dedup: bool, split_limit: usize) -> Self {
        Self { keys: Interner::default(), fields, dedup, split_limit, scratch: Vec::new(), text: String::new() }
    }

    /// How many groups there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Heap memory in bytes, about.
    pub(crate) fn memory_usage(&self) -> usize {
        self.keys.memory_usage() + self.scratch.capacity() + self.text.capacity()
    }

    /// The texts of a group's key, one per by-field.
    pub(crate) fn key(&self, group: u32) -> Vec<&str> {
        let mut rest = self.keys.bytes(group);
        let mut texts = Vec::with_capacity(self.fields);
        while let Some((length, tail)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX).min(tail.len());
            texts.push(std::str::from_utf8(&tail[..length]).unwrap_or_default());
            rest = &tail[length..];
        }
        texts
    }

    /// The group of a key given as texts.
    pub(crate) fn group_of<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> Result<u32, PipelineError> {
        self.scratch.clear();
        for text in texts {
            push(&mut self.scratch, text)?;
        }
        self.keys.intern(&self.scratch)
    }

    /// Appends to `out` the groups of rows `0..rows`; rows are ascending. `columns` are the by-fields; one that the batch does not have is missing.
    pub(crate) fn assign(
        &mut self,
        columns: &[Column<'_>],
        rows: usize,
        out: &mut Vec<Assignment>,
    ) -> Result<(), PipelineError> {
        let rows =
            u32::try_from(rows).map_err(|_| PipelineError::new("E-STAGE-LIMIT", "a batch of over 4294967295 rows"))?;
        out.reserve(usize::try_from(rows).unwrap_or(0));
        let split = columns.iter().any(Column::is_list);
        for row in 0..rows {
            if split {
                self.assign_combinations(columns, row, out)?;
            } else if self.write_key(columns, row as usize)? {
                let group = self.keys.intern(&self.scratch)?;
                out.push(Assignment { row, group });
            }
        }
        Ok(())
    }

    /// Writes the key of a row without multivalues into the scratch; false if a by-field is ∅.
    #[inline]
    fn write_key(&mut self, columns: &[Column<'_>], row: usize) -> Result<bool, PipelineError> {
        self.scratch.clear();
        for column in columns {
            match column.scalar(row) {
                Some(value) => push(&mut self.scratch, value.text_in(&mut self.text))?,
                None if fault("stages-null-group-kept") => push(&mut self.scratch, "")?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Puts a row into the group of every combination of its by-fields' values.
    fn assign_combinations(
        &mut self,
        columns: &[Column<'_>],
        row: u32,
        out: &mut Vec<Assignment>,
    ) -> Result<(), PipelineError> {
        let mut values: Vec<Vec<String>> = Vec::with_capacity(columns.len());
        let mut combinations = 1_usize;
        for column in columns {
            let mut texts: Vec<String> = Vec::new();
            column.for_each(row as usize, |_, value| {
                let text = value.text();
                if !self.dedup || !texts.iter().any(|seen| **seen == *text) {
                    texts.push(text.into_owned());
                }
            });
            if texts.is_empty() && fault("stages-null-group-kept") {
                texts.push(String::new());
            }
            combinations = combinations.saturating_mul(texts.len());
            values.push(texts);
        }
        if combinations > self.split_limit {
            let message =
                format!("the by-fields of one row have {combinations} combinations, more than {}", self.split_limit);
            return Err(PipelineError::new("E-STAGE-LIMIT", message));
        }
        for mut combination in 0..combinations {
            self.scratch.clear();
            for texts in &values {
                push(&mut self.scratch, &texts[combination % texts.len()])?;
                combination /= texts.len();
            }
            let group = self.keys.intern(&self.scratch)?;
            out.push(Assignment { row, group });
        }
        Ok(())
    }
}

/// Appends a text and its length to a key.
#[inline]
fn push(key: &mut Vec<u8>, text: &str) -> Result<(), PipelineError> {
    let length =
        u32::try_from(text.len()).map_err(|_| PipelineError::new("E-STAGE-LIMIT", "a by-field text of over 4 GiB"))?;
    key.extend_from_slice(&length.to_le_bytes());
    key.extend_from_slice(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::{Array, Int64Array, ListArray, StringArray};

    fn lists(rows: &[&[&str]]) -> ListArray {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for row in rows {
            builder.append_value(row.iter().map(Some));
        }
        builder.finish()
    }

    fn groups(table: &mut GroupTable, columns: &[&dyn Array]) -> Vec<(u32, Vec<String>)> {
        let views: Vec<Column<'_>> = columns.iter().map(|array| Column::new(*array)).collect();
        let mut out = Vec::new();
        table.assign(&views, columns[0].len(), &mut out).unwrap();
        out.iter().map(|a| (a.row, table.key(a.group).iter().map(|text| (*text).to_owned()).collect())).collect()
    }

    fn pair(row: u32, a: &str, b: &str) -> (u32, Vec<String>) {
        (row, vec![a.to_owned(), b.to_owned()])
    }

    #[test]
    fn section_5_10_3_null_leaves_a_row_out_and_numbers_are_texts() {
        let names = StringArray::from(vec![Some("w"), None, Some("w"), Some("")]);
        let numbers = Int64Array::from(vec![Some(7), Some(7), None, Some(7)]);
        let mut table = GroupTable::new(2, false, 10);
        assert_eq!(groups(&mut table, &[&names, &numbers]), [pair(0, "w", "7"), pair(3, "", "7")]);
        let texts = StringArray::from(vec!["7"]);
        assert_eq!(groups(&mut table, &[&StringArray::from(vec!["w"]), &texts]), [pair(0, "w", "7")]);
        assert_eq!(table.len(), 2);
    }

    #[test]
    fn a_text_cannot_imitate_a_border() {
        let mut table = GroupTable::new(2, false, 10);
        let left = StringArray::from(vec!["a", "a\u{1}\0\0\0b", ""]);
        let right = StringArray::from(vec!["b\u{1}\0\0\0c", "c", "a"]);
        groups(&mut table, &[&left, &right]);
        assert_eq!(table.len(), 3);
    }

    #[test]
    fn section_5_10_3_multivalues_give_every_combination() {
        let (left, right) = (lists(&[&["a", "b"], &[]]), lists(&[&["x", "x"], &["x"]]));
        let mut table = GroupTable::new(2, false, 10);
        let expected = [pair(0, "a", "x"), pair(0, "b", "x"), pair(0, "a", "x"), pair(0, "b", "x")];
        assert_eq!(groups(&mut table, &[&left, &right]), expected);
        let mut table = GroupTable::new(2, true, 10);
        assert_eq!(groups(&mut table, &[&left, &right]), expected[..2]);
    }

    #[test]
    fn too_many_combinations_are_an_error() {
        let column = lists(&[&["a", "b", "c"]]);
        let view = Column::new(&column);
        let error = GroupTable::new(3, false, 26).assign(&[view, view, view], 1, &mut Vec::new()).unwrap_err();
        assert_eq!(error.code, "E-STAGE-LIMIT");
    }

    #[test]
    fn without_by_fields_there_is_one_group() {
        let mut out = Vec::new();
        let mut table = GroupTable::new(0, false, 10);
        table.assign(&[], 3, &mut out).unwrap();
        assert_eq!(out.iter().map(|a| a.group).collect::<Vec<_>>(), [0, 0, 0]);
        assert_eq!(table.len(), 1);
        assert!(table.key(0).is_empty());
    }
}
