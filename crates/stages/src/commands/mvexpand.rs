//! `mvexpand` and `mvcombine` (§5.24).

use super::cells::{REPEATED_BYTES_LIMIT, check_cells, limit, row_bytes, value_at};
use crate::error::PipelineError;
use crate::faults::fault;
use crate::needs::Needs;
use crate::table::{Table, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// `mvexpand`: one row per value, in place and order. A row without the field goes.
#[derive(Clone, Debug)]
pub(super) struct MvExpand {
    /// The field.
    field: String,
    /// Values used per row; 0: all.
    limit: usize,
}

impl MvExpand {
    /// Makes an `mvexpand` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-COMMAND` for an internal field, which the command is not for.
    pub(super) fn new(field: &str, limit: u64) -> Result<Self, PipelineError> {
        if field.starts_with('_') {
            let message = format!("`mvexpand` cannot expand the internal field `{field}`");
            return Err(PipelineError::new("E-STAGE-COMMAND", message));
        }
        Ok(Self { field: field.to_owned(), limit: usize::try_from(limit).unwrap_or(usize::MAX) })
    }
}

impl TableStage for MvExpand {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let Some(at) = table.column(&self.field) else { return Ok(Table { rows: Vec::new(), ..table }) };
        let most = if self.limit == 0 { usize::MAX } else { self.limit };
        let (mut rows, mut bytes) = (Vec::with_capacity(table.rows.len()), 0_usize);
        for mut row in table.rows {
            let texts = match row.values.get_mut(at) {
                None | Some(Value::Null) => continue,
                Some(Value::List(texts)) => std::mem::take(texts),
                Some(_) => {
                    rows.push(row);
                    continue;
                }
            };
            row.values[at] = Value::Null;
            let used = texts.len().min(most);
            let evidence = size_of_val(row.evidence.as_slice());
            bytes = bytes.saturating_add(used.saturating_mul(row_bytes(&row).saturating_add(evidence)));
            if bytes > REPEATED_BYTES_LIMIT {
                return Err(limit(format!("mvexpand: the rows that `{}` expands to are too large", self.field)));
            }
            let texts = if fault("stages-mvexpand-reverses") { texts.into_iter().rev().collect() } else { texts };
            for text in texts.into_iter().take(used) {
                let mut next = row.clone();
                next.values[at] = Value::Text(text);
                rows.push(next);
            }
        }
        check_cells("mvexpand", rows.len(), 1)?;
        Ok(Table { columns: table.columns, rows })
    }

    fn needs(&self, after: Needs) -> Needs {
        after.and_field(&self.field)
    }
}

/// `mvcombine`: rows that are equal in all other fields become one, at the place of the first, with all values of the field in order.
/// A row without the field adds none. The delimiter would only show where a multivalue is made one text, which `nomv` does by line
/// feeds here.
#[derive(Clone, Debug)]
pub(super) struct MvCombine {
    /// The field.
    field: String,
}

impl MvCombine {
    /// Makes an `mvcombine` ready.
    pub(super) fn new(field: &str) -> Self {
        Self { field: field.to_owned() }
    }
}

/// Appends what tells a value from others to a key: values are equal if all their texts are.
fn write_key(key: &mut Vec<u8>, value: &Value) {
    let texts = value.texts();
    key.extend(texts.len().to_le_bytes());
    for text in texts {
        key.extend(text.len().to_le_bytes());
        key.extend(text.as_bytes());
    }
}

impl TableStage for MvCombine {
    fn run(&self, table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let Some(at) = table.column(&self.field) else { return Ok(table) };
        let mut places: hashbrown::HashMap<Vec<u8>, usize> = hashbrown::HashMap::new();
        let mut rows: Vec<TableRow> = Vec::new();
        // The values of rows that others were joined to.
        let mut joined: Vec<Option<Vec<String>>> = Vec::new();
        for mut row in table.rows {
            let mut key = Vec::new();
            for (_, value) in row.values.iter().enumerate().filter(|(column, _)| *column != at) {
                write_key(&mut key, value);
            }
            let texts =
                |row: &TableRow| value_at(row, Some(at)).texts().into_iter().map(Into::into).collect::<Vec<String>>();
            match places.get(&key) {
                Some(place) => {
                    let first = &mut rows[*place];
                    joined[*place].get_or_insert_with(|| texts(first)).extend(texts(&row));
                    first.evidence.append(&mut row.evidence);
                }
                None => {
                    places.insert(key, rows.len());
                    rows.push(row);
                    joined.push(None);
                }
            }
        }
        for (row, texts) in rows.iter_mut().zip(joined) {
            if let Some(texts) = texts {
                row.values[at] = Value::from_texts(texts);
                row.evidence.sort_unstable();
                row.evidence.dedup();
            }
        }
        Ok(Table { columns: table.columns, rows })
    }
}
