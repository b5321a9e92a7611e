//! `foreach` (§5.28): a template of commands that runs once per field, or once per value of one field.
//!
//! The placeholders are replaced in the template's text, the text is parsed, and its commands run on the rows: for fields on all of
//! them, in the order of the list (patterns: of the columns); for values on the one row, since each has values of its own.
//!
//! **Replacement** is textual, with the care that hostile data ask for: in a double-quoted string, quotes and backslashes of what is put
//! in are escaped; a value outside quotes stands as it is if it has numeric form, else as a quoted string. Only row-wise commands, and
//! `foreach` itself, may stand in a template.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use retrohunt_spl::diagnostic::{Diagnostic, visible};
use retrohunt_spl::plan::{Command, ForeachCommand, ForeachMode, Plan};

use super::appendpipe::{DEPTH_LIMIT, append};
use super::cells::{filled, limit, value_at};
use super::json::{Json, elements};
use super::wildcard::captures;
use crate::error::PipelineError;
use crate::kernels::number::Number;
use crate::pipeline::{Pipeline, Settings};
use crate::table::{Table, TableRow, Value};
use crate::table_stage::{Context, Operands, TableStage};

/// Most runs of templates for one `foreach`, those inside it included.
const RUN_LIMIT: u64 = if cfg!(test) { 2_000 } else { 200_000 };

/// Most bytes of a template with its placeholders replaced.
const TEXT_LIMIT: usize = 1 << 20;

/// Most pipelines that are kept for texts that come again.
const KEPT_PIPELINES: usize = 1024;

/// Turns the text of a template into commands.
type Parse = fn(&str) -> (Option<Plan>, Vec<Diagnostic>);

/// A `foreach` made ready.
#[derive(Debug)]
pub(super) struct Foreach {
    /// The command.
    command: ForeachCommand,
    /// What pipelines need to know.
    settings: Settings,
    /// In how many commands it stands.
    depth: usize,
    /// Runs left, if it stands in another `foreach`.
    runs_left: Option<Arc<AtomicU64>>,
    /// How templates are parsed.
    parse: Parse,
}

/// What stands for what in one run.
struct Instance<'a> {
    /// Placeholders with their texts.
    texts: Vec<(&'a str, Insert)>,
    /// What the run is for, for messages.
    about: String,
}

/// What is put in for a placeholder.
#[derive(Clone)]
enum Insert {
    /// A name, or a piece of one.
    Name(String),
    /// A value.
    Value(String),
}

/// Which quotes a place in a template stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// None.
    None,
    /// `'`.
    Single,
    /// `"`.
    Double,
}

impl Foreach {
    /// Makes a `foreach` ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-LIMIT` if too many commands stand inside each other.
    pub(super) fn new(
        command: &ForeachCommand,
        settings: &Settings,
        operands: &Operands,
    ) -> Result<Self, PipelineError> {
        Self::with_parser(command, settings, operands, retrohunt_spl::parse_pipeline)
    }

    /// The same with a parser of templates.
    pub(super) fn with_parser(
        command: &ForeachCommand,
        settings: &Settings,
        operands: &Operands,
        parse: Parse,
    ) -> Result<Self, PipelineError> {
        if operands.depth >= DEPTH_LIMIT {
            return Err(limit(format!("more than {DEPTH_LIMIT} commands stand inside each other")));
        }
        let (command, settings) = (command.clone(), settings.clone());
        Ok(Self { command, settings, depth: operands.depth, runs_left: operands.runs_left.clone(), parse })
    }

    /// The fields with what their patterns matched, each field once.
    fn fields(&self, table: &Table) -> Vec<Instance<'_>> {
        let mut seen = hashbrown::HashSet::new();
        let mut instances = Vec::new();
        let filled = filled(table);
        for pattern in &self.command.fields {
            if let Some(name) = pattern.glob.literal() {
                if seen.insert(name.to_owned()) {
                    instances.push(self.field(name, &[]));
                }
                continue;
            }
            for (column, _) in table.columns.iter().zip(&filled).filter(|(_, filled)| **filled) {
                if pattern.selects(&column.name) && seen.insert(column.name.to_string()) {
                    let found = captures(&pattern.glob, &column.name).unwrap_or_default();
                    instances.push(self.field(&column.name, &found));
                }
            }
        }
        instances
    }

    /// The run for a field.
    fn field(&self, name: &str, found: &[&str]) -> Instance<'_> {
        let mut texts = vec![
            (self.command.field_text.as_str(), Insert::Name(name.to_owned())),
            (self.command.match_text.as_str(), Insert::Name(found.concat())),
        ];
        for (at, text) in self.command.segment_texts.iter().enumerate() {
            texts.push((text, Insert::Name(found.get(at).copied().unwrap_or_default().to_owned())));
        }
        Instance { texts, about: format!("field `{}`", short(name)) }
    }

    /// The run for a value.
    fn value(&self, field: &str, iteration: usize, value: &str) -> Instance<'_> {
        let texts = vec![
            (self.command.item_text.as_str(), Insert::Value(value.to_owned())),
            (self.command.iter_text.as_str(), Insert::Value(iteration.to_string())),
            (self.command.field_text.as_str(), Insert::Name(field.to_owned())),
        ];
        Instance { texts, about: format!("value {iteration} of `{}`: `{}`", short(field), short(value)) }
    }

    /// The values of a field that the mode goes over.
    fn values(&self, value: &Value) -> Vec<String> {
        let array = || {
            let Value::Text(text) = value else { return None };
            let text_of = |element: Json<'_>| element.into_text().unwrap_or_else(|| "null".to_owned());
            Some(elements(text)?.into_iter().map(text_of).collect())
        };
        let texts = || value.texts().into_iter().map(Into::into).collect();
        match self.command.mode {
            ForeachMode::JsonArray => array().unwrap_or_default(),
            ForeachMode::AutoCollections => array().unwrap_or_else(texts),
            ForeachMode::MultiValue | ForeachMode::MultiField => texts(),
        }
    }
}

/// A text for a message.
fn short(text: &str) -> String {
    const LENGTH: usize = 60;
    let mut shown: String = visible(&text.chars().take(LENGTH).collect::<String>());
    if text.chars().nth(LENGTH).is_some() {
        shown.push('…');
    }
    shown
}

/// The template with its placeholders replaced; `None` if it becomes too long.
fn replace(template: &str, instance: &Instance<'_>) -> Option<String> {
    let mut out = String::new();
    let mut quotes = Quotes::None;
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let here = instance.texts.iter().filter(|(text, _)| !text.is_empty() && rest.starts_with(text));
        if let Some((text, insert)) = here.max_by_key(|(text, _)| text.len()) {
            put(&mut out, insert, quotes);
            rest = &rest[text.len()..];
        } else {
            let mut taken = c.len_utf8();
            quotes = match (c, quotes) {
                ('"', Quotes::None) => Quotes::Double,
                ('\'', Quotes::None) => Quotes::Single,
                ('"', Quotes::Double) | ('\'', Quotes::Single) => Quotes::None,
                // What follows a backslash does not close a string.
                ('\\', Quotes::Double) => {
                    taken += rest[taken..].chars().next().filter(|c| matches!(c, '"' | '\\')).map_or(0, char::len_utf8);
                    quotes
                }
                _ => quotes,
            };
            out.push_str(&rest[..taken]);
            rest = &rest[taken..];
        }
        if out.len() > TEXT_LIMIT {
            return None;
        }
    }
    Some(out)
}

/// Appends what stands for a placeholder.
fn put(out: &mut String, insert: &Insert, quotes: Quotes) {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    match (insert, quotes) {
        (Insert::Name(text) | Insert::Value(text), Quotes::Double) => out.push_str(&escaped(text)),
        (Insert::Name(text), _) | (Insert::Value(text), Quotes::Single) => out.push_str(text),
        (Insert::Value(text), Quotes::None) if Number::parse(text).is_some() => out.push_str(text),
        (Insert::Value(text), Quotes::None) => {
            out.push('"');
            out.push_str(&escaped(text));
            out.push('"');
        }
    }
}

/// One `foreach` at work.
struct Run<'a> {
    /// The command.
    foreach: &'a Foreach,
    /// Runs left.
    left: Arc<AtomicU64>,
    /// Pipelines by text.
    kept: hashbrown::HashMap<String, Arc<Pipeline>>,
}

impl Run<'_> {
    /// The rows after the template of an instance.
    fn apply(
        &mut self,
        table: Table,
        instance: &Instance<'_>,
        context: &mut Context<'_>,
    ) -> Result<Table, PipelineError> {
        if self.left.load(Ordering::Relaxed) == 0 {
            return Err(limit(format!("foreach: the template would run more than {RUN_LIMIT} times")));
        }
        self.left.fetch_sub(1, Ordering::Relaxed);
        let text = replace(&self.foreach.command.template, instance)
            .ok_or_else(|| limit(format!("foreach, {}: the template becomes too long", instance.about)))?;
        let pipeline = match self.kept.get(&text) {
            Some(pipeline) => pipeline.clone(),
            None => {
                let pipeline = Arc::new(self.pipeline(&text).map_err(|error| named(&error, instance))?);
                if self.kept.len() < KEPT_PIPELINES {
                    self.kept.insert(text, pipeline.clone());
                }
                pipeline
            }
        };
        pipeline.run(table, context).map_err(|error| named(&error, instance))
    }

    /// The commands of a text, made ready.
    fn pipeline(&self, text: &str) -> Result<Pipeline, PipelineError> {
        let wrong = |message: String| PipelineError::new("E-STAGE-FOREACH", message);
        // A template may begin with a pipe, as a subsearch may.
        let start = text.trim_start();
        let (plan, findings) = (self.foreach.parse)(start.strip_prefix('|').unwrap_or(start));
        let error = findings.iter().find(|finding| finding.code.is_error());
        if let Some(error) = error {
            return Err(wrong(format!("{} in `{}`", visible(&error.message), short(text))));
        }
        let plan = plan.ok_or_else(|| wrong(format!("no commands in `{}`", short(text))))?;
        let commands: Vec<Command> = plan.steps.into_iter().map(|step| step.command).collect();
        let depth = self.foreach.depth + 1;
        let operands = || Operands::inside(depth, self.left.clone());
        let row_wise: Vec<Command> =
            commands.iter().filter(|command| !matches!(command, Command::Foreach(_))).cloned().collect();
        let mut met = operands();
        if Pipeline::inner(&row_wise, &self.foreach.settings, &mut met)?.transforms() || !met.into_plans().is_empty() {
            return Err(wrong(format!("only commands that look at one row may stand in it: `{}`", short(text))));
        }
        Pipeline::inner(&commands, &self.foreach.settings, &mut operands())
    }
}

/// An error of the commands of one run.
fn named(error: &PipelineError, instance: &Instance<'_>) -> PipelineError {
    PipelineError::new(error.code, format!("foreach, {}: {}", instance.about, error.message))
}

impl TableStage for Foreach {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let left = self.runs_left.clone().unwrap_or_else(|| Arc::new(AtomicU64::new(RUN_LIMIT)));
        let mut run = Run { foreach: self, left, kept: hashbrown::HashMap::new() };
        if self.command.mode == ForeachMode::MultiField {
            for instance in self.fields(&table) {
                table = run.apply(table, &instance, context)?;
            }
            return Ok(table);
        }
        let Some(name) = self.command.fields.first().map(|field| field.glob.text()) else { return Ok(table) };
        let Some(at) = table.column(&name) else { return Ok(table) };
        let columns = table.columns.clone();
        let mut result = Table { columns: columns.clone(), rows: Vec::new() };
        // Rows that nothing runs on wait here, so that the columns are matched up once for all of them.
        let mut waiting: Vec<TableRow> = Vec::new();
        for row in std::mem::take(&mut table.rows) {
            let values = self.values(value_at(&row, Some(at)));
            if values.is_empty() {
                waiting.push(row);
                continue;
            }
            let rows = std::mem::take(&mut waiting);
            result = append("foreach", result, Table { columns: columns.clone(), rows })?;
            let mut one = Table { columns: columns.clone(), rows: vec![row] };
            for (iteration, value) in values.iter().enumerate() {
                one = run.apply(one, &self.value(&name, iteration, value), context)?;
            }
            result = append("foreach", result, one)?;
        }
        append("foreach", result, Table { columns, rows: waiting })
    }
}
