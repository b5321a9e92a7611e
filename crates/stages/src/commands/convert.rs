//! `convert` (§5.26): values from one form to another, field by field.
//!
//! Each value of a multivalue is converted. Without `as` the field itself takes the result; with `as` the other field does, also where
//! it is ∅ or stays as it was. Clauses run in order; what `none(…)` selects is left out of the clauses with a wildcard.

use std::sync::Arc;

use jiff::tz::TimeZone;
use retrohunt_spl::plan::{ConvertClause, ConvertFunction, FieldPattern, Glob};

use crate::batch::micros_of;
use crate::error::PipelineError;
use crate::json_path::merged;
use crate::kernels::{decimal, time_format, time_parse};
use crate::layout::Layout;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::table::{Table, Value};
use crate::table_stage::{Context, TableStage};

mod numbers;

/// A `convert` made ready.
#[derive(Debug)]
pub(crate) struct Convert {
    /// For ctime and mktime.
    format: String,
    /// The clauses in order, without `none`.
    clauses: Vec<ConvertClause>,
    /// What `none` selects.
    exempt: Vec<FieldPattern>,
    /// The zone of times.
    zone: TimeZone,
    /// "Now", for texts without a date.
    now: i64,
}

impl Convert {
    /// Makes a `convert` ready.
    pub(crate) fn new(format: &str, clauses: &[ConvertClause], settings: &Settings) -> Self {
        let (none, clauses): (Vec<_>, Vec<_>) =
            clauses.iter().cloned().partition(|clause| clause.function == ConvertFunction::None);
        Self {
            format: format.to_owned(),
            clauses,
            exempt: none.into_iter().map(|clause| clause.field).collect(),
            zone: settings.timezone.clone(),
            now: settings.now,
        }
    }

    /// Runs one clause.
    fn clause(&self, table: &mut Table, clause: &ConvertClause) {
        let wild = clause.field.glob.literal().is_none();
        let names: Vec<Arc<str>> = table.columns.iter().map(|column| column.name.clone()).collect();
        let exempt = |name: &str| wild && self.exempt.iter().any(|pattern| pattern.selects(name));
        for name in names.iter().filter(|name| clause.field.selects(name) && !exempt(name)) {
            let target = match &clause.alias {
                None => name.clone(),
                Some(alias) => renamed(name, &clause.field.glob, alias).into(),
            };
            self.column(table, clause.function, name, &target);
        }
        // A name that the rule writes is a column, also where its source is none.
        if let Some(target) = written(clause) {
            table.ensure_column(target);
        }
    }

    /// Converts the values of one column into another or itself.
    fn column(&self, table: &mut Table, function: ConvertFunction, name: &Arc<str>, target: &Arc<str>) {
        let Some(from) = table.column(name) else { return };
        let to = if name == target { from } else { table.ensure_column(target) };
        let convertible = |value: &Value| value.texts().iter().all(|text| numbers::auto(text).is_some());
        if function == ConvertFunction::Auto && !table.rows.iter().all(|row| convertible(&row.values[from])) {
            for row in &mut table.rows {
                row.values[to] = row.values[from].clone().under(target);
            }
            return;
        }
        for row in &mut table.rows {
            row.values[to] = self.value(function, &row.values[from]).under(target);
        }
    }

    /// Converts a value, each of several.
    fn value(&self, function: ConvertFunction, value: &Value) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::List(texts) => {
                let one = |text: &String| self.single(function, &Value::Text(text.clone()));
                merged(texts.iter().map(one).collect())
            }
            single => self.single(function, single),
        }
    }

    /// Converts a single value; one that cannot be converted stays, but for `num` (§5.26.3).
    fn single(&self, function: ConvertFunction, value: &Value) -> Value {
        let texts = value.texts();
        let Some(text) = texts.first() else { return Value::Null };
        let converted = match function {
            ConvertFunction::Ctime => {
                micros(value).and_then(|micros| time_format::format(micros, &self.format, &self.zone)).map(Value::Text)
            }
            ConvertFunction::Mktime => time_parse::parse(text, &self.format, self.now, &self.zone).map(Value::Time),
            ConvertFunction::Dur2sec => numbers::duration(text),
            ConvertFunction::Mstime => numbers::minutes(text),
            ConvertFunction::Memk => numbers::kilobytes(text),
            ConvertFunction::Rmcomma => text.contains(',').then(|| Value::Text(text.replace(',', ""))),
            ConvertFunction::Rmunit => numbers::leading(text),
            ConvertFunction::Auto => numbers::auto(text),
            ConvertFunction::Num => return numbers::auto(text).unwrap_or(Value::Null),
            ConvertFunction::None => None,
        };
        converted.unwrap_or_else(|| value.clone())
    }
}

/// The microseconds of a value that is a number of seconds.
fn micros(value: &Value) -> Option<i64> {
    match value {
        Value::Time(micros) => Some(*micros),
        Value::Text(text) if decimal::micros(text).is_some() => decimal::micros(text),
        other => match other.number()? {
            crate::kernels::number::Number::Int(seconds) => i64::try_from(seconds.checked_mul(1_000_000)?).ok(),
            crate::kernels::number::Number::Float(seconds) => micros_of(seconds),
        },
    }
}

/// The field that a clause makes by name.
fn written(clause: &ConvertClause) -> Option<&str> {
    clause.field.glob.literal()?;
    clause.alias.as_ref()?.literal()
}

/// The new name of a field: what each `*` of its pattern stands for, put in for those of the new one, the shortest text for each.
fn renamed(name: &str, pattern: &Glob, alias: &Glob) -> String {
    let mut captures: Vec<&str> = Vec::new();
    if let [first, middle @ .., last] = pattern.pieces.as_slice() {
        let inner = name.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str()));
        let mut rest = inner.unwrap_or_default();
        for piece in middle {
            let at = rest.find(piece.as_str()).unwrap_or(0);
            captures.push(&rest[..at]);
            rest = rest.get(at + piece.len()..).unwrap_or_default();
        }
        captures.push(rest);
    }
    let mut out = String::new();
    for (at, piece) in alias.pieces.iter().enumerate() {
        if at > 0 {
            out.push_str(captures.get(at - 1).copied().unwrap_or_default());
        }
        out.push_str(piece);
    }
    out
}

impl TableStage for Convert {
    fn run(&self, mut table: Table, _context: &mut Context<'_>) -> Result<Table, PipelineError> {
        for clause in &self.clauses {
            self.clause(&mut table, clause);
        }
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        self.clauses.iter().rev().fold(after, |after, clause| match written(clause) {
            Some(target) if !after.selects(target) => after,
            Some(target) => after.without_field(target).and(clause.field.clone()),
            None if clause.alias.is_some() => after.and(clause.field.clone()),
            // The field is converted in place: it is read if its result is.
            None => after,
        })
    }

    fn row_wise(&self) -> bool {
        let by_row =
            |clause: &ConvertClause| clause.function != ConvertFunction::Auto && clause.field.glob.literal().is_some();
        self.clauses.iter().all(by_row)
    }

    fn layout(&self, layout: &mut Layout) {
        self.clauses.iter().filter_map(written).for_each(|target| layout.add(&target.into()));
    }
}

#[cfg(test)]
mod tests;
