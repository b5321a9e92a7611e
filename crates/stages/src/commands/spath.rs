//! `spath` (§5.25): values out of JSON or XML in a field.
//!
//! A text that is a JSON object or array is read as JSON, any other as XML; one that is neither changes nothing. A path that leads
//! nowhere leaves the output field as it was. Without a path every leaf becomes a field; those that are new stand behind the others,
//! by code point. A text made so that the names of its leaves fill any memory changes nothing either, but is reported.

use std::collections::BTreeMap;
use std::sync::Arc;

use retrohunt_spl::plan::SpathCommand;

use crate::error::PipelineError;
use crate::json_path::{Leaves, Path, TooLarge, leaves, merged, read_nested, value};
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::table::{Table, TableColumn, Value};
use crate::table_stage::{Context, TableStage};
use crate::xml_tree::Tree;

/// Most cells that the columns of all leaves may have; names that differ from row to row would square the input.
const MAX_CELLS: usize = 1 << 27;

/// What stands at a path of a text, JSON or else XML.
pub(crate) fn select(text: &str, path: &Path) -> Vec<Value> {
    match read_nested(text) {
        Some(root) => path.select(&root).into_iter().map(value).collect(),
        None => Tree::read(text).map(|tree| tree.select(path)).unwrap_or_default(),
    }
}

/// All leaves of a text, JSON or else XML.
fn all_leaves(text: &str) -> Result<Leaves, TooLarge> {
    match read_nested(text) {
        Some(root) => leaves(&root),
        None => Tree::read(text).map_or_else(|| Ok(Leaves::new()), |tree| tree.leaves()),
    }
}

/// An `spath` made ready.
#[derive(Debug)]
pub(crate) struct Spath {
    /// The field with the text.
    input: String,
    /// Where to look, and the field that takes what is there; none: all leaves.
    target: Option<Target>,
}

/// A path and the field that it fills.
#[derive(Debug)]
struct Target {
    /// The path; none if its text is no path, so that nothing is ever there.
    path: Option<Path>,
    /// The field.
    output: Arc<str>,
}

impl Spath {
    /// Makes an `spath` ready.
    pub(crate) fn new(command: &SpathCommand) -> Self {
        let target = command.path.as_ref().map(|path| Target {
            path: Path::parse(path),
            output: command.output.as_ref().unwrap_or(path).as_str().into(),
        });
        Self { input: command.input.clone(), target }
    }

    /// Fills the field of a path.
    fn one(&self, mut table: Table, target: &Target) -> Table {
        let input = table.column(&self.input);
        let output = table.ensure_column(&target.output);
        let Some((input, path)) = input.zip(target.path.as_ref()) else { return table };
        for row in &mut table.rows {
            let found: Vec<Value> = row.values[input].texts().iter().flat_map(|text| select(text, path)).collect();
            let value = merged(found);
            if !value.is_null() {
                row.values[output] = value.under(&target.output);
            }
        }
        table
    }

    /// Fills the fields of all leaves.
    fn all(&self, mut table: Table, notes: &mut Notes) -> Result<Table, PipelineError> {
        let Some(input) = table.column(&self.input) else { return Ok(table) };
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut found: Vec<Vec<(usize, Value)>> = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let mut leaves = Leaves::new();
            for text in row.values[input].texts() {
                let Ok(found) = all_leaves(&text) else {
                    notes.warn("W-SPATH-LIMIT", "`spath` left out a text whose fields have too long names");
                    notes.undecided += 1;
                    continue;
                };
                for (name, values) in found {
                    leaves.entry(name).or_default().extend(values);
                }
            }
            let mut values = Vec::with_capacity(leaves.len());
            for (name, leaf) in leaves {
                let value = merged(leaf).under(&name);
                let next = places.len();
                let place = *places.entry(name).or_insert(next);
                values.push((place, value));
            }
            found.push(values);
            if places.len().saturating_mul(table.rows.len()) > MAX_CELLS {
                return Err(PipelineError::new(
                    "E-STAGE-LIMIT",
                    "`spath` without a path finds too many fields to hold",
                ));
            }
        }
        // Places count in the order of discovery; columns are by name, so that both are kept apart.
        let mut columns = vec![0; places.len()];
        for (name, place) in places {
            let known = table.column(&name);
            columns[place] = known.unwrap_or(table.columns.len());
            if known.is_none() {
                table.columns.push(TableColumn { name: name.into(), named: false });
            }
        }
        for (row, values) in table.rows.iter_mut().zip(found) {
            row.values.resize(table.columns.len(), Value::Null);
            for (place, value) in values {
                row.values[columns[place]] = value;
            }
        }
        Ok(table)
    }
}

impl TableStage for Spath {
    fn run(&self, table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        match &self.target {
            Some(target) => Ok(self.one(table, target)),
            None => self.all(table, context.notes),
        }
    }

    fn needs(&self, after: Needs) -> Needs {
        // The old value of the output stays where nothing is found, so it is read too if it is needed.
        after.and_field(&self.input)
    }

    fn row_wise(&self) -> bool {
        self.target.is_some()
    }

    fn layout(&self, layout: &mut Layout) {
        if let Some(target) = &self.target {
            layout.add(&target.output);
        }
    }
}

#[cfg(test)]
mod tests;
