//! `makemv` and `nomv` (§5.24).

use std::sync::Arc;

use retrohunt_regex::{Captures, Undecided};
use retrohunt_spl::plan::{MakeMvBy, MakeMvCommand};

use super::cells::{derive, set};
use super::pattern::Pattern;
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::kernels::value::Column;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::stage::Stage;
use crate::table::Value;

/// How a text is split.
#[derive(Clone, Debug)]
enum Splitter {
    /// At this text.
    Delimiter(String),
    /// Group 1 of each match.
    Tokenizer(Pattern),
}

/// A `makemv` made ready.
///
/// A text that the delimiter or the tokenizer does not occur in stays what it is. Each value of a multivalue is split, the pieces
/// follow each other. With `setsv` the pieces are joined again, by the delimiter, or by a space where a tokenizer made them.
#[derive(Clone, Debug)]
pub(super) struct MakeMv {
    /// The field.
    field: Arc<str>,
    /// How it splits.
    by: Splitter,
    /// Keep empty pieces.
    allow_empty: bool,
    /// Join in the end.
    set_sv: bool,
}

impl MakeMv {
    /// Makes a `makemv` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-REGEX` if a tokenizer does not compile or has no group.
    pub(super) fn new(command: &MakeMvCommand) -> Result<Self, PipelineError> {
        let by = match &command.by {
            MakeMvBy::Delimiter(text) => Splitter::Delimiter(text.clone()),
            MakeMvBy::Tokenizer(pattern) => {
                let compiled = Pattern::new(pattern, pattern)?;
                if compiled.regex.capture_names().len() < 2 {
                    let message = format!("the tokenizer `{pattern}` of `makemv` has no group");
                    return Err(PipelineError::new("E-STAGE-REGEX", message));
                }
                Splitter::Tokenizer(compiled)
            }
        };
        let field = command.field.as_str().into();
        Ok(Self { field, by, allow_empty: command.allow_empty, set_sv: command.set_sv })
    }

    /// The pieces of a text; `None` if it does not split.
    fn split(&self, text: &str, captures: &mut Captures) -> Result<Option<Vec<String>>, Undecided> {
        let mut pieces: Vec<String> = match &self.by {
            Splitter::Delimiter(delimiter) if delimiter.is_empty() || !text.contains(delimiter) => return Ok(None),
            Splitter::Delimiter(delimiter) => text.split(delimiter.as_str()).map(str::to_owned).collect(),
            Splitter::Tokenizer(pattern) => {
                let (mut matches, mut pieces, mut any) = (pattern.regex.matches(text), Vec::new(), false);
                while matches.advance(captures)? {
                    any = true;
                    let piece = captures.group(1).and_then(|range| text.get(range));
                    pieces.extend(piece.map(str::to_owned));
                }
                if !any {
                    return Ok(None);
                }
                pieces
            }
        };
        if !self.allow_empty {
            pieces.retain(|piece| !piece.is_empty());
        }
        Ok(Some(pieces))
    }

    /// The new value of a cell; `None` if it stays.
    fn cell(&self, column: &Column<'_>, row: usize, captures: &mut Captures) -> Result<Option<Value>, Undecided> {
        let (mut pieces, mut split, mut texts) = (Vec::new(), false, Vec::new());
        column.for_each(row, |_, value| texts.push(value.text()));
        for text in texts {
            match self.split(&text, captures)? {
                Some(parts) => {
                    split = true;
                    pieces.extend(parts);
                }
                None => pieces.push(text.into_owned()),
            }
        }
        let joins = self.set_sv && pieces.len() > 1;
        if !split && !joins {
            return Ok(None);
        }
        if self.set_sv && !pieces.is_empty() {
            let delimiter = if let Splitter::Delimiter(text) = &self.by { text.as_str() } else { " " };
            return Ok(Some(Value::Text(pieces.join(delimiter))));
        }
        Ok(Some(Value::from_texts(pieces)))
    }
}

impl Stage for MakeMv {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        let Some(array) = batch.column(&self.field).cloned() else { return Ok(batch) };
        if let Splitter::Tokenizer(pattern) = &self.by {
            pattern.warn(batch.rows(), notes);
        }
        let column = Column::new(&array);
        let (mut captures, mut made) = (Captures::new(), Vec::new());
        for row in 0..batch.rows() {
            match self.cell(&column, row, &mut captures) {
                Ok(Some(value)) => made.push((row, value)),
                Ok(None) => {}
                Err(Undecided) => notes.undecided += 1,
            }
        }
        set(batch, &self.field, made)
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}

/// `nomv`: a multivalue becomes one text, joined by line feeds.
#[derive(Clone, Debug)]
pub(super) struct NoMv {
    /// The field.
    field: Arc<str>,
}

impl NoMv {
    /// Makes a `nomv` ready.
    pub(super) fn new(field: &str) -> Self {
        Self { field: field.into() }
    }
}

impl Stage for NoMv {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        derive(batch, &self.field, &self.field, |column, row| {
            if !column.is_list() {
                return None;
            }
            let mut texts = Vec::new();
            column.for_each(row, |_, value| texts.push(value.text()));
            (texts.len() > 1).then(|| Value::Text(texts.join("\n")))
        })
    }

    fn needs(&self, after: Needs) -> Needs {
        after
    }
}
