//! `search` and `regex` as later commands (§3.15, §5.5).

use std::sync::Arc;

use arrow_array::NullArray;
use arrow_buffer::BooleanBuffer;
use retrohunt_spl::plan::{RegexCommand, SearchCommand};

use crate::batch::{Batch, RAW, TIME};
use crate::error::PipelineError;
use crate::kernels::value::{Column, ValueRef};
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::predicate::rows::RowTest;
use crate::predicate::{RegexTest, write_virtual_raw};
use crate::stage::Stage;

/// A later `search` made ready.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// The condition.
    test: RowTest,
    /// Lower time bound, inclusive, in microseconds.
    earliest: Option<i64>,
    /// Upper time bound, exclusive, in microseconds.
    latest: Option<i64>,
    /// Fields that are no texts for bare terms.
    hidden: Vec<String>,
}

impl Search {
    /// Makes a `search` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-TIME` if it has a time bound that the settings cannot resolve.
    pub(crate) fn new(command: &SearchCommand, settings: &Settings) -> Result<Self, PipelineError> {
        let bound = |text: &Option<retrohunt_spl::plan::TimeText>| {
            let Some(text) = text else { return Ok(None) };
            let micros = settings.resolve_time.as_ref().and_then(|resolve| resolve(text));
            let message = || format!("the time `{}` cannot be resolved", text.0);
            micros.map(Some).ok_or_else(|| PipelineError::new("E-STAGE-TIME", message()))
        };
        let (earliest, latest) = (bound(&command.earliest)?, bound(&command.latest)?);
        Ok(Self { test: RowTest::new(&command.expr), earliest, latest, hidden: settings.not_text.clone() })
    }

    /// Is the search bounded in time?
    fn bounded(&self) -> bool {
        self.earliest.is_some() || self.latest.is_some()
    }

    /// The rows within the bounds; a row without time passes no bound (§4.6.8).
    fn within(&self, batch: &Batch) -> BooleanBuffer {
        let time = batch.column(TIME).map(|array| Column::new(array));
        BooleanBuffer::collect_bool(batch.rows(), |row| match time.and_then(|column| column.scalar(row)) {
            Some(ValueRef::Time(micros)) => {
                self.earliest.is_none_or(|bound| micros >= bound) && self.latest.is_none_or(|bound| micros < bound)
            }
            _ => false,
        })
    }
}

impl Stage for Search {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        let mut rows = self.test.select(&batch, &self.hidden);
        if self.bounded() {
            rows = &rows & &self.within(&batch);
        }
        batch.filter(&rows)
    }

    fn needs(&self, after: Needs) -> Needs {
        let before = self.test.needs(after);
        if self.bounded() { before.and_field(TIME) } else { before }
    }
}

/// A later `regex` made ready.
#[derive(Clone, Debug)]
pub(crate) struct RegexFilter {
    /// The field.
    field: Arc<str>,
    /// The pattern.
    test: RegexTest,
}

impl RegexFilter {
    /// Makes a `regex` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-REGEX` if the pattern does not compile.
    pub(crate) fn new(command: &RegexCommand) -> Result<Self, PipelineError> {
        let test = RegexTest::new(command).map_err(|error| {
            PipelineError::new("E-STAGE-REGEX", format!("the pattern `{}`: {error}", command.pattern))
        })?;
        Ok(Self { field: command.field.as_str().into(), test })
    }
}

impl Stage for RegexFilter {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        let (rows, undecided) = match batch.column(&self.field) {
            Some(array) => self.test.select_counting(array),
            None if &*self.field == RAW => {
                // The rendering stands for the event's own text, which the row's time is not part of (§2.2.2).
                let fields: Vec<_> = batch.fields().iter().filter(|(name, _)| &**name != TIME).cloned().collect();
                let (mut text, mut undecided) = (String::new(), 0);
                let rows = BooleanBuffer::collect_bool(batch.rows(), |row| {
                    text.clear();
                    write_virtual_raw(&fields, row, &mut text);
                    self.test.try_keeps([ValueRef::Text(&text)]).unwrap_or_else(|_| {
                        undecided += 1;
                        false
                    })
                });
                (rows, undecided)
            }
            None => self.test.select_counting(&NullArray::new(batch.rows())),
        };
        notes.undecided += undecided;
        batch.filter(&rows)
    }

    fn needs(&self, after: Needs) -> Needs {
        // A virtual raw text is made of all fields (§5.5.2).
        if &*self.field == RAW { Needs::All } else { after.and_field(&self.field) }
    }
}
