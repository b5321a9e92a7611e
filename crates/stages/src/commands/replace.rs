//! `replace old WITH new, … [IN fields]`.
//!
//! As the vendor's reference has it: whole values, with case; `*` is a wildcard on both sides, and a new value with `*` needs as many
//! as the old one, whose captures it takes. The first pair that matches counts. Without a list of fields it is for all but the internal
//! ones. A multivalue's values are replaced one by one. A field that is not there is not made.

use retrohunt_spl::plan::{Glob, ReplaceCommand};

use super::cells::set;
use super::wildcard::{captures, fill, same_stars};
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::kernels::value::Column;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::stage::Stage;
use crate::table::Value;

/// A `replace` made ready.
#[derive(Clone, Debug)]
pub(super) struct Replace {
    /// Old and new.
    pairs: Vec<(Glob, Glob)>,
    /// The fields; empty: all but internal ones.
    fields: Vec<String>,
}

/// Most bytes that one value may become.
const VALUE_LIMIT: usize = 1 << 28;

impl Replace {
    /// Makes a `replace` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-WILDCARD` if a new value has `*`, but not as many as the old one.
    pub(super) fn new(command: &ReplaceCommand) -> Result<Self, PipelineError> {
        for (old, new) in &command.pairs {
            if new.literal().is_none() && !same_stars(old, new) {
                let message = format!("`{}` WITH `{}`: both sides must have as many `*`", old.text(), new.text());
                return Err(PipelineError::new("E-STAGE-WILDCARD", message));
            }
        }
        Ok(Self { pairs: command.pairs.clone(), fields: command.fields.clone() })
    }

    /// The new value of a text; `None` if no pair matches.
    fn replaced(&self, text: &str) -> Option<String> {
        self.pairs.iter().find_map(|(old, new)| Some(fill(new, &captures(old, text)?)))
    }

    /// The new value of a cell; `None` if it stays.
    fn cell(&self, column: &Column<'_>, row: usize, scratch: &mut String) -> Option<Value> {
        if !column.is_list() {
            return self.replaced(column.scalar(row)?.text_in(scratch)).map(Value::Text);
        }
        let (mut texts, mut changed) = (Vec::new(), false);
        column.for_each(row, |_, value| {
            let text = value.text();
            let new = self.replaced(&text);
            changed |= new.is_some();
            texts.push(new.unwrap_or_else(|| text.into_owned()));
        });
        changed.then(|| Value::from_texts(texts))
    }
}

impl Stage for Replace {
    fn apply(&self, mut batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        let chosen = |name: &str| {
            if self.fields.is_empty() { !name.starts_with('_') } else { self.fields.iter().any(|field| field == name) }
        };
        let columns: Vec<_> = batch.fields().iter().filter(|(name, _)| chosen(name)).cloned().collect();
        let mut scratch = String::new();
        for (name, array) in columns {
            let column = Column::new(&array);
            let (mut made, mut bytes) = (Vec::new(), 0_usize);
            for row in 0..batch.rows() {
                if let Some(value) = self.cell(&column, row, &mut scratch) {
                    bytes = bytes.saturating_add(if let Value::Text(text) = &value { text.len() } else { 0 });
                    if bytes > VALUE_LIMIT {
                        return Err(super::cells::limit("replace: the new values are too large"));
                    }
                    made.push((row, value));
                }
            }
            batch = set(batch, &name, made)?;
        }
        Ok(batch)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}
