//! `map` (§5.28): one search per row, with the row's values put into its text.

use retrohunt_spl::plan::MapCommand;

use super::unite::unite;
use crate::error::PipelineError;
use crate::needs::{Needs, exactly};
use crate::notes::Notes;
use crate::table::{Table, TableRow};
use crate::table_stage::{Context, TableStage};

/// The placeholder for the number of the run, from 1.
const SERIAL: &str = "_serial_id";

/// A `map` made ready.
#[derive(Debug)]
pub(crate) struct Map {
    /// The search in pieces.
    pieces: Vec<Piece>,
    /// Most runs.
    max: usize,
}

/// A piece of the search.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// As it stands.
    Literal(String),
    /// The value of a field.
    Field {
        /// Its name.
        name: String,
        /// It stands inside double quotes.
        quoted: bool,
    },
}

impl Map {
    /// Makes a `map` ready.
    pub(crate) fn new(command: &MapCommand) -> Self {
        Self { pieces: pieces(&command.template), max: usize::try_from(command.max_searches).unwrap_or(usize::MAX) }
    }

    /// The search for a row; none if the row lacks a field of it.
    fn text(&self, table: &Table, row: &TableRow, number: usize, notes: &mut Notes) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Field { name, .. } if name == SERIAL => text.push_str(&number.to_string()),
                Piece::Field { name, quoted } => {
                    let value = table.column(name).and_then(|at| row.values.get(at)).filter(|value| !value.is_null());
                    let Some(value) = value else {
                        let message = "`map` did not run its search for rows that lack a field which the search names";
                        notes.warn("W-MAP-FIELD", message);
                        return None;
                    };
                    let mut plain = String::new();
                    value.write_text(&mut plain, " ");
                    if *quoted {
                        let special = |character| matches!(character, '"' | '\\');
                        for character in plain.chars() {
                            text.extend(special(character).then_some('\\'));
                            text.push(character);
                        }
                    } else {
                        text.push_str(&plain);
                    }
                }
            }
        }
        Some(text)
    }
}

/// Cuts a template at its placeholders. A `$` that opens none is a text.
fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let (mut quoted, mut rest) = (false, template);
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => taken += rest[taken..].chars().next().map_or(0, char::len_utf8),
            '$' => {
                if let Some((name, _)) = rest[1..].split_once('$').filter(|(name, _)| is_name(name)) {
                    if !literal.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    }
                    pieces.push(Piece::Field { name: name.to_owned(), quoted });
                    rest = &rest[name.len() + 2..];
                    continue;
                }
            }
            _ => {}
        }
        literal.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

/// May a field of a placeholder have this name?
fn is_name(text: &str) -> bool {
    let other = |character| matches!(character, '_' | '.' | ':' | '-' | '{' | '}' | '@');
    !text.is_empty() && text.chars().all(|character| character.is_alphanumeric() || other(character))
}

impl TableStage for Map {
    fn run(&self, table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        if table.rows.len() > self.max {
            let message = format!("`map` ran its search for the first {} rows only, as `maxsearches` says", self.max);
            context.notes.warn("W-MAP-CUT", &message);
        }
        let rows = table.rows.iter().take(self.max).enumerate();
        let searches: Vec<String> =
            rows.filter_map(|(at, row)| self.text(&table, row, at + 1, context.notes)).collect();
        let mut result = Table::default();
        if searches.is_empty() {
            return Ok(result);
        }
        let Some(runner) = context.runner else {
            return Err(PipelineError::new("E-STAGE-MAP", "`map` cannot run searches here"));
        };
        let failed =
            |message: String| PipelineError::new("E-STAGE-MAP", format!("a search of `map` failed: {message}"));
        for table in runner.run(&searches).map_err(failed)? {
            unite(&mut result, table);
        }
        Ok(result)
    }

    fn needs(&self, _after: Needs) -> Needs {
        let fields = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Field { name, .. } if name != SERIAL => Some(exactly(name)),
            _ => None,
        });
        fields.fold(Needs::Fields(Vec::new()), Needs::and)
    }
}

#[cfg(test)]
mod tests;
