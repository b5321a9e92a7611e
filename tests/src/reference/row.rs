//! A row on its way through the commands, and what bare terms and regexes see of it.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use retrohunt_spl::plan::TermKind;

use super::archive::{Archive, ColumnKind, EventClass, File, Mapped, Origin, SourceRow};
use super::clock;
use super::settings::Settings;
use super::value::{Number, Scalar, fold};

/// A column of the row set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// Its name.
    pub(super) name: String,
    /// Was it named, rather than matched by a pattern? Named columns are kept when empty (§9.6).
    pub(super) named: bool,
}

/// The rows between two commands.
#[derive(Clone, Debug, Default)]
pub(super) struct RowSet {
    /// The columns, in order.
    pub(super) columns: Vec<Field>,
    /// The rows, in stream order (§4.7).
    pub(super) rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    /// Present fields; a missing one has no entry.
    pub(super) fields: BTreeMap<String, Vec<Scalar>>,
    /// The field names that the row's file, or the command before, has (§3.10-3.13).
    pub(super) known: Rc<BTreeSet<String>>,
    /// The field names that the input has, whatever projections did since (§3.12).
    pub(super) input: Rc<BTreeSet<String>>,
    /// What bare terms of the first stage see, until a command changes the fields.
    pub(super) source: Option<Rc<SourceTexts>>,
    /// The classes of the row (§2.8).
    pub(super) classes: Vec<EventClass>,
    /// Names of provenance, and of binary columns: no text, no pair (§2.2.2, §2.2.3).
    pub(super) hidden: Rc<BTreeSet<String>>,
}

/// Texts of a source row (§2.2.2, §2.2.3).
#[derive(Clone, Debug, Default)]
pub(super) struct SourceTexts {
    /// Value texts: source columns and constants.
    pub(super) values: Vec<String>,
    /// Pair texts: columns under their own name, aliases, constants, computed fields.
    pub(super) pairs: Vec<(String, String)>,
    /// The source columns alone, for the virtual raw text (§5.5.2).
    pub(super) columns: Vec<(String, String)>,
    /// All of these texts and `_raw`, folded, in one: what is not in it is in none of them.
    pub(super) folded: OnceCell<String>,
    /// Terms that were looked for already, by pieces and kind, and whether they are there: many rules ask the same.
    pub(super) asked: RefCell<HashMap<(Vec<String>, TermKind), bool>>,
}

impl RowSet {
    /// Sets a field in every row, or removes it where there are no values. A new field's column comes last; the rule names it.
    pub(super) fn assign(&mut self, name: &str, values: Vec<Vec<Scalar>>) {
        self.add_column(name, true);
        for (row, values) in self.rows.iter_mut().zip(values) {
            row.set(name, values);
        }
        self.changed();
    }

    /// Adds a column behind the others, unless it is there; `named`: the rule names it.
    pub(super) fn add_column(&mut self, name: &str, named: bool) {
        match self.columns.iter_mut().find(|column| column.name == name) {
            Some(column) => column.named |= named,
            None => self.columns.push(Field { name: name.to_owned(), named }),
        }
    }

    /// The fields have changed: rows know the columns that there are now, and terms look at the current fields (§3.15).
    pub(super) fn changed(&mut self) {
        let names: BTreeSet<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        for row in &mut self.rows {
            let known: BTreeSet<String> =
                row.known.union(&names).filter(|name| names.contains(*name)).cloned().collect();
            row.known = Rc::new(known);
            row.source = None;
        }
    }
}

impl Row {
    /// Returns the values of a field, empty if it is missing.
    pub(super) fn get(&self, name: &str) -> &[Scalar] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// Sets a field, or removes it.
    pub(super) fn set(&mut self, name: &str, values: Vec<Scalar>) {
        if values.is_empty() {
            self.fields.remove(name);
        } else {
            self.fields.insert(name.to_owned(), values);
        }
    }

    /// Is a text possibly in one of the source's texts? `false` is certain.
    pub(super) fn may_hold(&self, source: &SourceTexts, text: &str) -> bool {
        let folded = source.folded.get_or_init(|| {
            let pairs = source.pairs.iter().map(|(name, value)| format!("{name}={value}"));
            let raw = self.get("_raw").iter().map(Scalar::text);
            let all: Vec<String> = source.values.iter().cloned().chain(pairs).chain(raw).collect();
            fold(&all.join("\n"))
        });
        folded.contains(&fold(text))
    }

    /// Drops the texts that only bare terms of the first stage look at.
    pub(super) fn without_term_texts(mut self) -> Self {
        if let Some(source) = &self.source {
            let columns = source.columns.clone();
            self.source = Some(Rc::new(SourceTexts { columns, ..SourceTexts::default() }));
        }
        self
    }

    /// Returns value texts of the current fields (§3.15).
    pub(super) fn current_values(&self) -> Vec<String> {
        self.current_pairs().into_iter().map(|(_, text)| text).collect()
    }

    /// Returns pair texts of the current fields, in order of names.
    pub(super) fn current_pairs(&self) -> Vec<(String, String)> {
        let shown = self.fields.iter().filter(|(name, _)| self.shows(name));
        shown.flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.text()))).collect()
    }

    /// Does a field have texts? `_raw`, `_time` and provenance have none (§2.2.3).
    pub(super) fn shows(&self, name: &str) -> bool {
        name != "_raw" && name != "_time" && !self.hidden.contains(name)
    }

    /// Returns the virtual raw text (§5.5.2): `name=value` lines of the source columns, later of the current fields, in column order.
    pub(super) fn virtual_raw(&self, columns: &[Field]) -> String {
        let lines: Vec<(String, String)> = match &self.source {
            Some(source) => source.columns.clone(),
            None => {
                let shown = columns.iter().filter(|column| self.shows(&column.name));
                let pairs = shown.flat_map(|c| self.get(&c.name).iter().map(|value| (c.name.clone(), value.text())));
                pairs.collect()
            }
        };
        let lines: Vec<String> = lines.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        lines.join("\n")
    }
}

/// Returns all rows of an archive in stream order: newest first, then by file name and row number, rows without a time last (§4.7).
pub(super) fn read(archive: &Archive, settings: &Settings) -> RowSet {
    let mut files: Vec<&File> = archive.files.iter().collect();
    files.sort_by(|left, right| left.name.cmp(&right.name));
    let mut keyed: Vec<(Option<i64>, Row)> = Vec::new();
    let mut native: Vec<String> = Vec::new();
    let mut mapped: Vec<String> = Vec::new();
    for file in files {
        native.extend(file.columns.iter().map(|column| column.name.clone()));
        mapped.extend(file.mapping.iter().flat_map(|mapping| mapping.names()));
        each(file, settings, &mut |time, row| keyed.push((time, row)));
    }
    // The sort is stable, so equal times keep the order of files and rows.
    keyed.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    RowSet { columns: columns(native, mapped), rows: keyed.into_iter().map(|(_, row)| row).collect() }
}

/// Returns the columns of files with these columns and mapped names, each once.
pub(super) fn columns(native: Vec<String>, mapped: Vec<String>) -> Vec<Field> {
    let mut columns: Vec<Field> = Vec::new();
    for name in native.into_iter().chain(mapped) {
        if !columns.iter().any(|column| column.name == name) {
            columns.push(Field { name, named: false });
        }
    }
    columns
}

/// Gives the rows of one file to `take`, with their times, in file order.
pub(super) fn each(file: &File, settings: &Settings, take: &mut dyn FnMut(Option<i64>, Row)) {
    let native = file.columns.iter().map(|column| column.name.clone());
    let mapped = file.mapping.iter().flat_map(|mapping| mapping.names());
    let known: Rc<BTreeSet<String>> = Rc::new(native.chain(mapped).collect());
    let provenance = |name: &str| {
        settings.not_text.contains(name) || file.mapping.as_ref().is_some_and(|mapping| mapping.is_provenance(name))
    };
    let binary = |name: &str| file.columns.iter().any(|c| c.name == name && c.kind == ColumnKind::Binary);
    let hidden: BTreeSet<String> = known.iter().filter(|name| provenance(name) || binary(name)).cloned().collect();
    let hidden = Rc::new(hidden);
    let build = |cells: &Vec<super::archive::Cell>| {
        let values: Vec<Vec<Scalar>> = cells.iter().map(|cell| cell.values(settings.empty_as_null)).collect();
        let source = SourceRow { columns: &file.columns, values: &values };
        let mut row = Row { known: Rc::clone(&known), input: Rc::clone(&known), ..Row::default() };
        row.hidden = Rc::clone(&hidden);
        for (column, values) in file.columns.iter().zip(&values) {
            row.set(&column.name, values.clone());
        }
        let mapped = file.mapping.as_ref().map_or_else(Vec::new, |mapping| mapping.fields(source));
        for field in &mapped {
            row.set(&field.name, field.values.clone());
        }
        row.classes = file.mapping.as_ref().map_or_else(Vec::new, |mapping| mapping.classes(source));
        row.source = Some(Rc::new(source_texts(file, source, &mapped, &row)));
        let time = row.get("_time").first().and_then(|value| row_time(value, settings));
        row.set("_time", time.map(Scalar::Time).into_iter().collect());
        (time, row)
    };
    for (time, row) in file.rows.iter().map(build) {
        take(time, row);
    }
}

/// Returns the texts of a source row.
fn source_texts(file: &File, source: SourceRow<'_>, mapped: &[Mapped], row: &Row) -> SourceTexts {
    let is_time = |name: &str| file.mapping.as_ref().is_some_and(|mapping| mapping.is_time_source(name));
    let mut texts = SourceTexts::default();
    for (column, values) in file.columns.iter().zip(source.values) {
        if row.shows(&column.name) && !is_time(&column.name) {
            texts.columns.extend(values.iter().map(|value| (column.name.clone(), value.text())));
        }
    }
    texts.values.extend(texts.columns.iter().map(|(_, text)| text.clone()));
    texts.pairs.clone_from(&texts.columns);
    for field in mapped.iter().filter(|field| row.shows(&field.name)) {
        let own = field.values.iter().map(Scalar::text);
        if field.origin == Origin::Constant {
            texts.values.extend(own.clone());
        }
        texts.pairs.extend(own.map(|text| (field.name.clone(), text)));
    }
    texts
}

/// Returns the time that a `_time` value means: a timestamp, epoch seconds or ISO 8601.
pub(super) fn row_time(value: &Scalar, settings: &Settings) -> Option<i64> {
    match value {
        Scalar::Time(micros) => Some(*micros),
        Scalar::Bool(_) => None,
        Scalar::Text(text) if value.number().is_none() => clock::parse_iso(text, &settings.timezone),
        other => other.number().and_then(micros),
    }
}

/// Returns microseconds of epoch seconds, floored.
pub(super) fn micros(seconds: Number) -> Option<i64> {
    match seconds {
        Number::Integer(whole) => i64::try_from(whole.checked_mul(1_000_000)?).ok(),
        Number::Real(real) => real_micros(real),
    }
}

/// Returns microseconds of fractional epoch seconds: of the shortest decimal that the double prints as.
fn real_micros(seconds: f64) -> Option<i64> {
    if seconds.abs() >= 9e12 {
        return None;
    }
    // Rounding first keeps 1700000123.987 from falling to …986999; the digits past the sixth are then below a double's precision.
    format!("{:.0}", seconds * 1e6).parse().ok()
}
