//! `lookup` (§5.13): columns of a table for rows whose fields match its keys.
//!
//! Every value of a multivalue key is looked up on its own, with its own limits and defaults, and what they find is put together in
//! order, a row of the table once (§5.13.5). So `⟨known|unknown⟩` against a table with a default gives `⟨true|false⟩`, and a later
//! test for either keeps the row.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;
use retrohunt_enrich::{MAX_MATCHES, Matcher, Table};
use retrohunt_spl::plan::{LookupCommand, LookupOutput};

use super::enriched::{field_values, texts_under, with_values};
use super::joined_key::{combinations, write_key};
use super::lookup_source::LookupSource;
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::pipeline::Settings;
use crate::stage::Stage;
use crate::table::Value;

/// Splunk's own limit of matches (§7).
const SPLUNK_MATCHES: usize = 100;

/// Most bytes that one output field may take for one batch.
const OUTPUT_LIMIT: usize = 2 << 30;

/// A `lookup` made ready.
#[derive(Debug)]
pub(crate) struct Lookup {
    /// Where the rows are.
    source: LookupSource,
    /// Finds them by the keys, if there are any.
    matcher: Option<Matcher>,
    /// The key fields.
    keys: Vec<Arc<str>>,
    /// What is put out.
    outputs: Vec<Output>,
    /// Write only where there is nothing (`OUTPUTNEW`).
    only_new: bool,
    /// Most combinations of multivalue keys.
    split_limit: usize,
}

/// A field that is put out.
#[derive(Debug)]
struct Output {
    /// Column of the table; none if the table is not there.
    column: Option<usize>,
    /// The field.
    field: Arc<str>,
}

/// What stands in for a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    /// A row of the table.
    Row(u32),
    /// The default.
    Default,
}

impl Lookup {
    /// Makes a `lookup` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-LOOKUP` if there is no such table, or it lacks a column that the command names.
    pub(crate) fn new(command: &LookupCommand, settings: &Settings) -> Result<Self, PipelineError> {
        let source = LookupSource::find(&command.table, settings)?;
        let (pairs, only_new) = match &command.output {
            LookupOutput::Overwrite(pairs) => (pairs.clone(), false),
            LookupOutput::New(pairs) => (pairs.clone(), true),
            LookupOutput::All => {
                let is_key = |column: &&String| command.keys.iter().any(|(key, _)| key == *column);
                let others = source.columns().iter().filter(|column| !is_key(column));
                (others.map(|column| (column.clone(), column.clone())).collect(), false)
            }
        };
        let table = if let LookupSource::Table(table) = &source { Some(table) } else { None };
        let column = |name: &str| table.map(|table| column(table, name)).transpose();
        let outputs =
            pairs.iter().map(|(name, field)| Ok(Output { column: column(name)?, field: field.as_str().into() }));
        let outputs = outputs.collect::<Result<_, PipelineError>>()?;
        let places = command.keys.iter().map(|(name, _)| column(name)).collect::<Result<Option<Vec<usize>>, _>>()?;
        let matcher = table.zip(places).map(|(table, places)| table.matcher(&places));
        let keys = command.keys.iter().map(|(_, field)| field.as_str().into()).collect();
        Ok(Self { matcher, source, keys, outputs, only_new, split_limit: settings.split_limit })
    }

    /// What each row of a batch matches: none where a key is ∅, an empty list where nothing matches.
    fn matches(&self, batch: &Batch, notes: &mut Notes) -> Result<Vec<Option<Rc<[Match]>>>, PipelineError> {
        let columns: Vec<Column<'_>> =
            self.keys.iter().map(|key| batch.column(key).map_or(Column::Missing, |array| Column::new(array))).collect();
        let mut seen: HashMap<Vec<u8>, Rc<[Match]>> = HashMap::new();
        let mut key = Vec::new();
        let mut found = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            let texts: Vec<Vec<Cow<'_, str>>> = columns.iter().map(|column| texts(column, row)).collect();
            if texts.iter().any(Vec::is_empty) {
                found.push(None);
                continue;
            }
            let mut all: Option<Rc<[Match]>> = None;
            combinations(&texts, self.split_limit, |texts| {
                write_key(&mut key, texts);
                let one = match seen.get(&key) {
                    Some(one) => one.clone(),
                    None => {
                        let one: Rc<[Match]> = self.find(texts, notes).into();
                        seen.insert(key.clone(), one.clone());
                        one
                    }
                };
                all = Some(match all.take() {
                    None => one,
                    Some(before) => unite(&before, &one),
                });
            })?;
            found.push(Some(all.unwrap_or_default()));
        }
        Ok(found)
    }

    /// What one key matches, filled up with defaults (§5.13.3).
    fn find(&self, key: &[&str], notes: &mut Notes) -> Vec<Match> {
        let (Some(matcher), LookupSource::Table(table)) = (&self.matcher, &self.source) else { return Vec::new() };
        let mut rows = Vec::new();
        let cut = matcher.find(key, &mut rows);
        let options = table.options();
        if options.max_matches.is_none() && rows.len() > SPLUNK_MATCHES {
            notes.warn(
                "N-LIMIT-LOOKUP",
                "a key has more than 100 matches in a lookup table, which are all used; Splunk takes 100 unless told otherwise",
            );
            if cut {
                notes.warn(
                    "W-LOOKUP-CUT",
                    &format!(
                        "a key has more than {MAX_MATCHES} matches in a lookup table; the first {MAX_MATCHES} are used"
                    ),
                );
            }
        }
        let least = usize::try_from(options.min_matches).unwrap_or(usize::MAX);
        let missing = least.saturating_sub(rows.len());
        rows.into_iter().map(Match::Row).chain(std::iter::repeat_n(Match::Default, missing)).collect()
    }

    /// The value that matches give for an output.
    fn value(&self, output: &Output, matches: &[Match], size: &mut usize) -> Result<Value, PipelineError> {
        let (LookupSource::Table(table), Some(column)) = (&self.source, output.column) else { return Ok(Value::Null) };
        let mut texts = Vec::new();
        for one in matches {
            let text = match one {
                Match::Row(row) => usize::try_from(*row).ok().and_then(|row| table.cell(row, column)),
                Match::Default => Some(table.options().default_match.as_str()),
            };
            let Some(text) = text else { continue };
            *size += text.len();
            if *size > OUTPUT_LIMIT {
                let message = format!("a lookup puts out more than {OUTPUT_LIMIT} bytes for one field");
                return Err(PipelineError::new("E-STAGE-LIMIT", message));
            }
            texts.push(text.to_owned());
        }
        Ok(texts_under(&output.field, texts))
    }
}

/// A column that the command names.
fn column(table: &Table, name: &str) -> Result<usize, PipelineError> {
    table.column(name).ok_or_else(|| {
        let columns = table.columns().join(", ");
        let message = format!("the lookup table `{}` has no column `{name}`; it has {columns}", table.name());
        PipelineError::new("E-STAGE-LOOKUP", message)
    })
}

/// The texts of a cell's values.
fn texts<'a>(column: &Column<'a>, row: usize) -> Vec<Cow<'a, str>> {
    let mut texts = Vec::new();
    column.for_each(row, |_, value| texts.push(value.text()));
    texts
}

/// Matches, and behind them those of a further key that are not among them.
fn unite(before: &[Match], more: &[Match]) -> Rc<[Match]> {
    let new = more.iter().filter(|one| !before.contains(one));
    before.iter().chain(new).copied().collect()
}

impl Stage for Lookup {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        if batch.rows() == 0 {
            return Ok(batch);
        }
        self.source.warn(notes);
        let matches = self.matches(&batch, notes)?;
        let mut batch = batch;
        for output in &self.outputs {
            let mut values = field_values(&batch, &output.field);
            let mut size = 0;
            for (value, matches) in values.iter_mut().zip(&matches) {
                // A key that is ∅ leaves what is there; no match clears it, unless only what is missing is written (§5.13.2).
                let Some(matches) = matches else { continue };
                if !self.only_new || value.is_null() {
                    *value = self.value(output, matches, &mut size)?;
                }
            }
            batch = with_values(batch, &output.field, &values)?;
        }
        Ok(batch)
    }

    fn layout(&self, layout: &mut Layout) {
        self.outputs.iter().for_each(|output| layout.add(&output.field));
    }

    fn needs(&self, after: Needs) -> Needs {
        // What an output field holds before stays where a key is ∅, so the outputs stay among the needs.
        self.keys.iter().fold(after, |needs, key| needs.and_field(key))
    }
}

#[cfg(test)]
mod tests;
