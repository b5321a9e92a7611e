//! What every field name means in one schema: columns, expressions, classes of rows.

mod build;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use crate::event_class::EventClass;
use crate::expr::{Expr, Skip};
use crate::selector::Selector;
use crate::time::TimeFormat;

/// A column of an archive, as far as names are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnDesc<'a> {
    /// The name; struct leaves are dotted (§4.1.3).
    pub name: &'a str,
    /// What its values are.
    pub kind: Kind,
    /// Does a row hold a list?
    pub multivalue: bool,
}

/// What a column's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Texts.
    Text,
    /// Integers or floats.
    Number,
    /// Truth values.
    Bool,
    /// Timestamps or dates.
    Time,
    /// Bytes.
    Binary,
}

/// Index of a class in [`FieldMap::classes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassIdx(pub usize);

/// A class of rows, bound to the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundClass {
    /// Name of the profile.
    pub profile: String,
    /// Name of the class in it.
    pub name: String,
    /// What kind of event its rows are, where it says.
    pub event_class: Option<EventClass>,
    /// Its rows. Rows may belong to several classes.
    pub selector: Selector,
}

/// One way in which a field gets its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The rows: those of this class, or all.
    pub class: Option<ClassIdx>,
    /// The value on these rows.
    pub expr: Expr,
}

/// Where a field's values come from.
///
/// For each row the first case whose class takes the row decides, even if its value is null; on rows that no case takes, it is
/// the native column; without one the field is null there. Class `None` takes every row and is always the last case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSource {
    /// The field's name in this schema; the name asked for, unless it was found without regard to case.
    pub name: String,
    /// How the name was found.
    pub matched: MatchedBy,
    /// The cases, in the order in which they are tried.
    pub cases: Vec<Case>,
    /// Index of the column of the field's own name.
    pub native: Option<usize>,
}

/// How a field name was found in a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchedBy {
    /// As written.
    Exact,
    /// Without regard to case (§2.6); exactly one name fits.
    CaseInsensitive,
    /// Not at all: the field is null in every row.
    Absent,
    /// Not as written, and without regard to case more than one name fits, these: the field is null in every row.
    Ambiguous(Vec<String>),
}

impl FieldSource {
    /// Is the field null in every row?
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.cases.is_empty() && self.native.is_none()
    }

    /// Is the field one column's value on every row? Then that column's index.
    #[must_use]
    pub fn as_column(&self) -> Option<usize> {
        match (self.cases.as_slice(), self.native) {
            ([], native) => native,
            ([Case { class: None, expr: Expr::Column(column) }], _) => Some(*column),
            _ => None,
        }
    }

    /// Returns the indices of the columns from which the value may come, each once; those of selectors are not among them.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        let mut out = Vec::new();
        for column in self.cases.iter().flat_map(|case| case.expr.columns()).chain(self.reachable_native()) {
            if !out.contains(&column) {
                out.push(column);
            }
        }
        out
    }

    /// Returns the native column if some row may fall through to it.
    #[must_use]
    pub fn reachable_native(&self) -> Option<usize> {
        let total = self.cases.last().is_some_and(|case| case.class.is_none());
        self.native.filter(|_| !total)
    }
}

/// A field and what makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// The field's name.
    pub name: String,
    /// Index of the column of that name, if there is one.
    pub native: Option<usize>,
    /// The mappings, as `profile: class` or `profile`, in the order in which they are tried; each once.
    pub mapped_by: Vec<String>,
}

/// A mapping that hides a native column of the same name on the rows it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// The name of both.
    pub field: String,
    /// Index of the hidden column.
    pub column: usize,
    /// The mappings that hide it, as in [`FieldInfo::mapped_by`].
    pub hidden_by: Vec<String>,
}

/// A text that holds on all rows of a class, or on all rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstantText {
    /// The field.
    pub field: String,
    /// Its value.
    pub text: String,
    /// The rows.
    pub class: Option<ClassIdx>,
    /// Do bare terms see it as a value of the row (§2.2.2)? If not, there is only the pair text `field=text` (§2.2.3).
    pub value_text: bool,
}

/// A name under which a column's value is seen unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisibleName {
    /// The field name.
    pub name: String,
    /// The rows where it is so.
    pub class: Option<ClassIdx>,
}

/// Where the time of a row stands: the first of the columns whose value is a time decides. Empty: rows have no `_time`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeSource {
    /// The columns, first choice first.
    pub columns: Vec<TimeColumn>,
}

/// A column that may hold the row's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeColumn {
    /// Index of the column.
    pub column: usize,
    /// How the time is written.
    pub format: TimeFormat,
}

/// What every field name means in one schema. Made once per distinct schema.
#[derive(Clone, Debug)]
pub struct FieldMap {
    /// Column name to index; of two columns of one name the first.
    native: HashMap<String, usize>,
    /// Column names by index.
    names: Vec<String>,
    /// Field name to its cases.
    mapped: BTreeMap<String, Vec<NamedCase>>,
    /// Folded field name to the names with that folded form, sorted.
    folded: HashMap<String, Vec<String>>,
    classes: Vec<BoundClass>,
    profiles: Vec<String>,
    time: TimeSource,
    raw: Option<usize>,
    /// Per column: does it take part in bare-term matching?
    is_text: Vec<bool>,
    /// Per column: does it hold data about the collection, not the event?
    is_provenance: Vec<bool>,
}

/// A case and the mapping it comes from.
#[derive(Clone, Debug)]
struct NamedCase {
    case: Case,
    /// `profile: class` or `profile`.
    origin: String,
    /// A constant that bare terms see.
    value_text: bool,
}

impl FieldMap {
    /// Returns what the field names mean in a schema under these profiles.
    ///
    /// Index `i` of columns everywhere is that of `columns`. Profiles are applied in order: classes of all profiles stand
    /// before what a profile says of every row. `extra_not_text` names further provenance columns, a trailing `*` standing
    /// for any rest (option `--not-text`).
    #[must_use]
    pub fn new(columns: &[ColumnDesc<'_>], profiles: &[&crate::Profile], extra_not_text: &[String]) -> Self {
        build::field_map(columns, profiles, extra_not_text)
    }

    /// Returns where the values of a field come from: exact name first, else the only name that is equal without regard to
    /// case (design: "column names match without case where unambiguous").
    ///
    /// `_time` and `_raw` answer their native columns; rows' times are [`FieldMap::time`].
    #[must_use]
    pub fn resolve(&self, field: &str) -> FieldSource {
        if self.is_field(field) {
            return self.source(field, MatchedBy::Exact);
        }
        match self.folded.get(retrohunt_fold::fold(field).as_ref()).map(Vec::as_slice) {
            Some([one]) => self.source(one, MatchedBy::CaseInsensitive),
            Some(several) => self.source(field, MatchedBy::Ambiguous(several.to_vec())),
            None => self.source(field, MatchedBy::Absent),
        }
    }

    /// Returns the field's values on one row, in order; null is an empty list. This is the plain reading of [`FieldSource`].
    ///
    /// `get` gives the values of the column of that index on the row.
    pub fn values<'r>(
        &'r self,
        source: &'r FieldSource,
        get: &mut dyn FnMut(usize) -> Vec<Cow<'r, str>>,
    ) -> Vec<Cow<'r, str>> {
        for case in &source.cases {
            let takes = match case.class {
                None => true,
                Some(index) => self.class(index).is_some_and(|class| class.selector.holds(get)),
            };
            if takes {
                return case.expr.values(get);
            }
        }
        source.native.map(get).unwrap_or_default()
    }

    /// Is this the exact name of a column or mapped field?
    fn is_field(&self, name: &str) -> bool {
        self.native.contains_key(name) || self.mapped.contains_key(name)
    }

    /// Returns the source of an exact name.
    fn source(&self, name: &str, matched: MatchedBy) -> FieldSource {
        let cases = self.mapped.get(name).map(Vec::as_slice).unwrap_or_default();
        FieldSource {
            name: name.to_owned(),
            matched,
            cases: cases.iter().map(|named| named.case.clone()).collect(),
            native: self.native.get(name).copied(),
        }
    }

    /// Returns every field that has a name here, native and mapped, sorted by name, each once.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldInfo> {
        let mut names: Vec<&String> = self.native.keys().chain(self.mapped.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let info = |name: &String| FieldInfo {
            name: name.clone(),
            native: self.native.get(name).copied(),
            mapped_by: self.mapped.get(name).map(|cases| origins(cases)).unwrap_or_default(),
        };
        names.into_iter().map(info).collect()
    }

    /// Returns the classes of rows that the schema can have, in the order in which their mappings are tried.
    #[must_use]
    pub fn classes(&self) -> &[BoundClass] {
        &self.classes
    }

    /// Returns the class of that index.
    #[must_use]
    pub fn class(&self, index: ClassIdx) -> Option<&BoundClass> {
        self.classes.get(index.0)
    }

    /// Returns the classes whose rows are events of this kind (§2.8.2).
    #[must_use]
    pub fn classes_of(&self, event_class: EventClass) -> Vec<ClassIdx> {
        let of_kind =
            |(index, class): (usize, &BoundClass)| (class.event_class == Some(event_class)).then_some(ClassIdx(index));
        self.classes.iter().enumerate().filter_map(of_kind).collect()
    }

    /// Returns the names of the profiles, in the order in which they are applied.
    #[must_use]
    pub fn profiles(&self) -> &[String] {
        &self.profiles
    }

    /// Returns where the time of a row stands: a column `_time` of a time type, of ISO 8601 texts or of epoch seconds; without
    /// one, the columns that the profiles name.
    #[must_use]
    pub fn time(&self) -> &TimeSource {
        &self.time
    }

    /// Returns the index of the text column `_raw`, if there is one.
    #[must_use]
    pub fn raw(&self) -> Option<usize> {
        self.raw
    }

    /// Returns the indices, ascending, of the columns whose values are reference texts of bare terms where there is no
    /// `_raw` (§2.2.2), and which have pair texts (§2.2.3): all but `_raw`, the columns of the row's time, binary ones and
    /// provenance.
    #[must_use]
    pub fn text_columns(&self) -> Vec<usize> {
        self.is_text.iter().enumerate().filter_map(|(index, is_text)| is_text.then_some(index)).collect()
    }

    /// Is the column provenance: about the collection, not the event?
    #[must_use]
    pub fn is_provenance(&self, column: usize) -> bool {
        self.is_provenance.get(column).copied().unwrap_or(false)
    }

    /// Returns the constants that hold on some or all rows, in the order of [`FieldMap::fields`] and cases.
    #[must_use]
    pub fn constants(&self) -> Vec<ConstantText> {
        let mut out = Vec::new();
        for (field, cases) in &self.mapped {
            for named in cases {
                if let Expr::Constant(text) = &named.case.expr {
                    let (field, text) = (field.clone(), text.clone());
                    out.push(ConstantText { field, text, class: named.case.class, value_text: named.value_text });
                }
            }
        }
        out
    }

    /// Returns the names under which the column's value is seen unchanged, its own first, for pair texts (§2.2.3). Computed
    /// fields are not among them; [`FieldMap::fields`] lists those too.
    ///
    /// A name with a class holds on the class's rows only, and there only where no earlier case or column decides.
    #[must_use]
    pub fn aliases_of(&self, column: usize) -> Vec<VisibleName> {
        let own = self.names.get(column).map(|name| VisibleName { name: name.clone(), class: None });
        let mut out: Vec<VisibleName> = own.into_iter().collect();
        for (field, cases) in &self.mapped {
            for named in cases {
                let visible = VisibleName { name: field.clone(), class: named.case.class };
                if shows(&named.case.expr, column) && !out.contains(&visible) {
                    out.push(visible);
                }
            }
        }
        out
    }

    /// Returns the mappings that hide a native column of their name, sorted by field. A mapping that reads the hidden column
    /// itself, as first choice or later, is not one.
    #[must_use]
    pub fn collisions(&self) -> Vec<Collision> {
        let mut out = Vec::new();
        for (field, cases) in &self.mapped {
            let Some(&column) = self.native.get(field) else { continue };
            let hiding: Vec<NamedCase> =
                cases.iter().filter(|named| !named.case.expr.columns().contains(&column)).cloned().collect();
            if !hiding.is_empty() {
                out.push(Collision { field: field.clone(), column, hidden_by: origins(&hiding) });
            }
        }
        out
    }
}

/// Returns where cases come from, each once.
fn origins(cases: &[NamedCase]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for named in cases {
        if !out.contains(&named.origin) {
            out.push(named.origin.clone());
        }
    }
    out
}

/// Does the expression show the column's value unchanged on some rows?
fn shows(expr: &Expr, column: usize) -> bool {
    match expr {
        Expr::Column(shown) => *shown == column,
        Expr::Coalesce { members, skip: Skip::Null | Skip::Unset(_) } | Expr::All(members) => {
            members.iter().any(|member| shows(member, column))
        }
        _ => false,
    }
}
