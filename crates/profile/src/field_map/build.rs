//! Binding profiles to a schema.

use std::collections::{BTreeMap, HashMap};

use super::{BoundClass, Case, ClassIdx, ColumnDesc, FieldMap, Kind, NamedCase, TimeColumn, TimeSource};
use crate::expr::Expr;
use crate::profile::{Mapping, Profile};
use crate::selector;
use crate::time::TimeFormat;

/// Binds profiles to a schema.
pub(super) fn field_map(columns: &[ColumnDesc<'_>], profiles: &[&Profile], extra_not_text: &[String]) -> FieldMap {
    let mut native = HashMap::new();
    for (index, column) in columns.iter().enumerate() {
        native.entry(column.name.to_owned()).or_insert(index);
    }
    let mut builder = Builder { native: &native, mapped: BTreeMap::new(), classes: Vec::new() };
    profiles.iter().for_each(|profile| builder.add_classes(profile));
    profiles.iter().for_each(|profile| builder.add_always(profile, columns));
    builder.drop_identities();
    let Builder { mapped, classes, .. } = builder;
    let time = time_source(columns, &native, profiles);
    let raw = native.get("_raw").copied().filter(|&index| columns.get(index).is_some_and(|raw| raw.kind == Kind::Text));
    let not_text: Vec<&String> = profiles.iter().flat_map(|profile| &profile.not_text).chain(extra_not_text).collect();
    let is_provenance: Vec<bool> =
        columns.iter().map(|column| not_text.iter().any(|pattern| matches(pattern, column.name))).collect();
    let is_text = columns.iter().zip(&is_provenance).enumerate().map(|(index, (column, provenance))| {
        let is_time = column.name == "_time" || time.columns.iter().any(|time| time.column == index);
        !(*provenance || is_time || column.name == "_raw" || column.kind == Kind::Binary)
    });
    FieldMap {
        is_text: is_text.collect(),
        names: columns.iter().map(|column| column.name.to_owned()).collect(),
        folded: folded_names(&native, &mapped),
        profiles: profiles.iter().map(|profile| profile.name.clone()).collect(),
        native,
        mapped,
        classes,
        time,
        raw,
        is_provenance,
    }
}

/// The parts of a map under construction.
struct Builder<'a> {
    native: &'a HashMap<String, usize>,
    mapped: BTreeMap<String, Vec<NamedCase>>,
    classes: Vec<BoundClass>,
}

impl Builder<'_> {
    /// Adds the classes of a profile that the schema can have, with those of their fields that have columns here.
    fn add_classes(&mut self, profile: &Profile) {
        for class in &profile.classes {
            let Some(selector) = selector::bind(&class.select, &self.lookup(profile)) else { continue };
            let index = ClassIdx(self.classes.len());
            self.classes.push(BoundClass {
                profile: profile.name.clone(),
                name: class.name.clone(),
                event_class: class.event_class,
                selector,
            });
            let origin = format!("{}: {}", profile.name, class.name);
            for mapping in &class.fields {
                self.add(profile, mapping, Some(index), &origin);
            }
        }
    }

    /// Adds what a profile says of every row: its own mappings, its logical columns under their names, and event data that a
    /// shipper put under a prefix under its bare name.
    fn add_always(&mut self, profile: &Profile, columns: &[ColumnDesc<'_>]) {
        for mapping in &profile.always {
            self.add(profile, mapping, None, &profile.name);
        }
        let by_name =
            |name: &str| Mapping { field: name.to_owned(), expr: Expr::Column(name.to_owned()), value_text: false };
        for (logical, _) in profile.columns.iter().filter(|(logical, _)| !logical.starts_with('_')) {
            self.add(profile, &by_name(logical), None, &profile.name);
        }
        let is_logical = |bare: &str| profile.columns.iter().any(|(logical, _)| logical == bare);
        for column in columns {
            let bare_names = profile.prefixes.iter().filter(|prefix| !prefix.is_empty());
            for bare in bare_names.filter_map(|prefix| column.name.strip_prefix(prefix.as_str())) {
                if !bare.is_empty() && !bare.starts_with('_') && !is_logical(bare) {
                    self.add(profile, &by_name(bare), None, &profile.name);
                }
            }
        }
    }

    /// Adds a case of a field, unless its columns are absent or an earlier one takes every row already.
    fn add(&mut self, profile: &Profile, mapping: &Mapping, class: Option<ClassIdx>, origin: &str) {
        let Some(expr) = mapping.expr.bind(&self.lookup(profile)) else { return };
        let cases = self.mapped.entry(mapping.field.clone()).or_default();
        if cases.iter().all(|named| named.case.class.is_some()) {
            let case = Case { class, expr };
            cases.push(NamedCase { case, origin: origin.to_owned(), value_text: mapping.value_text });
        }
    }

    /// Returns how a profile's logical columns are found in the schema.
    fn lookup<'b>(&self, profile: &'b Profile) -> impl Fn(&str) -> Vec<usize> + use<'b, '_> {
        let native = self.native;
        move |name| profile.candidates(name).iter().filter_map(|candidate| native.get(candidate).copied()).collect()
    }

    /// Drops fields that are their native column on every row anyway.
    fn drop_identities(&mut self) {
        let native = self.native;
        self.mapped.retain(|field, cases| {
            let own = native.get(field).map(|&column| Expr::Column(column));
            !cases.iter().all(|named| Some(&named.case.expr) == own.as_ref())
        });
    }
}

/// Does a name meet a pattern of provenance: the name itself, or a beginning and `*`?
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

/// Finds the columns of the row's time.
fn time_source(columns: &[ColumnDesc<'_>], native: &HashMap<String, usize>, profiles: &[&Profile]) -> TimeSource {
    let usable = |column: usize, format: TimeFormat| {
        let format = match (columns.get(column)?.kind, format) {
            (Kind::Time, _) => TimeFormat::Stored,
            (Kind::Text, format) => format,
            // A number is a count; it cannot be a calendar date.
            (Kind::Number, TimeFormat::Iso) | (Kind::Bool | Kind::Binary, _) => return None,
            (Kind::Number, format) => format,
        };
        Some(TimeColumn { column, format })
    };
    if let Some(&column) = native.get("_time") {
        let is_number = columns.get(column).is_some_and(|time| time.kind == Kind::Number);
        let format = if is_number { TimeFormat::EpochSeconds } else { TimeFormat::Iso };
        if let Some(time) = usable(column, format) {
            return TimeSource { columns: vec![time] };
        }
    }
    let mut found: Vec<TimeColumn> = Vec::new();
    for profile in profiles {
        for rule in &profile.time {
            for name in profile.candidates(&rule.column) {
                let time = native.get(&name).and_then(|&column| usable(column, rule.format));
                found.extend(time.filter(|time| found.iter().all(|known| known.column != time.column)));
            }
        }
    }
    TimeSource { columns: found }
}

/// Returns the field names by their folded forms.
fn folded_names(
    native: &HashMap<String, usize>,
    mapped: &BTreeMap<String, Vec<NamedCase>>,
) -> HashMap<String, Vec<String>> {
    let mut folded: HashMap<String, Vec<String>> = HashMap::new();
    for name in native.keys().chain(mapped.keys()) {
        folded.entry(retrohunt_fold::fold(name).into_owned()).or_default().push(name.clone());
    }
    for names in folded.values_mut() {
        names.sort_unstable();
        names.dedup();
    }
    folded
}
