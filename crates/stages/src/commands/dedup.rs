//! `dedup` (§5.16).

use hashbrown::HashMap;
use retrohunt_spl::plan::{DedupCommand, SortKey};

use super::sort::sort_rows;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::needs::Needs;
use crate::table::{Table, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// A `dedup` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Dedup {
    /// Rows kept per combination.
    count: u64,
    /// The fields.
    fields: Vec<String>,
    /// Keep all rows, but clear the fields of the extra ones.
    keep_events: bool,
    /// Keep rows in which a field is ∅.
    keep_empty: bool,
    /// Compare with the previous row only.
    consecutive: bool,
    /// Sort first.
    sort_by: Vec<SortKey>,
}

/// The texts of a row's fields, one list each. Values compare as texts, and a multivalue in all its values.
type Key = Vec<Vec<String>>;

impl Dedup {
    /// Makes a `dedup` ready.
    pub(crate) fn new(command: &DedupCommand) -> Self {
        Self {
            count: command.count.max(1),
            fields: command.fields.clone(),
            keep_events: command.keep_events,
            keep_empty: command.keep_empty,
            consecutive: command.consecutive,
            sort_by: command.sort_by.clone(),
        }
    }

    /// The combination of a row; `None` if a field is ∅.
    fn key(row: &TableRow, columns: &[Option<usize>]) -> Option<Key> {
        let texts = |column: &Option<usize>| {
            let value = column.and_then(|at| row.values.get(at)).filter(|value| !value.is_null())?;
            Some(value.texts().into_iter().map(std::borrow::Cow::into_owned).collect())
        };
        columns.iter().map(texts).collect()
    }
}

impl TableStage for Dedup {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        if !self.sort_by.is_empty() {
            sort_rows(&mut table, &self.sort_by);
        }
        let columns: Vec<Option<usize>> = self.fields.iter().map(|field| table.column(field)).collect();
        let last = fault("stages-dedup-keeps-last");
        if last {
            table.rows.reverse();
        }
        let mut seen: HashMap<Key, u64> = HashMap::new();
        table.rows.retain_mut(|row| {
            let Some(key) = Self::key(row, &columns) else {
                // A row without a combination is neither first nor extra; it parts its neighbours.
                if self.consecutive {
                    seen.clear();
                }
                return self.keep_empty || self.keep_events;
            };
            if self.consecutive && !seen.contains_key(&key) {
                seen.clear();
            }
            let count = seen.entry(key).or_insert(0);
            *count += 1;
            if *count <= self.count {
                return true;
            }
            if self.keep_events {
                columns.iter().flatten().for_each(|at| row.values[*at] = Value::Null);
            }
            self.keep_events
        });
        if last {
            table.rows.reverse();
        }
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        let sorted = self.sort_by.iter().fold(after, |needs, key| needs.and_field(&key.field));
        self.fields.iter().fold(sorted, |needs, field| needs.and_field(field))
    }
}
