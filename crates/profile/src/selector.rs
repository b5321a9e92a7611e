//! Which rows a class takes: conditions on columns, as data, and their plain reading.

use std::borrow::Cow;

/// Which rows a class takes: those for which all conditions hold. `C` names a column as in [`crate::Expr`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector<C = usize> {
    /// The conditions; at least one once bound.
    pub all: Vec<Condition<C>>,
}

/// One condition on a row. A null never meets a condition; a multivalue meets it with any of its values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Condition<C = usize> {
    /// The first of the columns that is not null on the row meets the test; the later ones do not count then.
    Test {
        /// Columns that hold the same value under different names, first choice first.
        columns: Vec<C>,
        /// What the value must be.
        test: Test,
    },
    /// One of the columns is not null.
    Present {
        /// The columns.
        columns: Vec<C>,
    },
    /// All of them.
    All(Vec<Condition<C>>),
    /// At least one of them.
    Any(Vec<Condition<C>>),
}

/// What a value must be. White space around a value does not count (§3 of the profile reference: channels are padded).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// One of these texts, without regard to case (§2.6).
    Texts(Vec<String>),
    /// A text that begins with one of these, which are folded (§2.6).
    Prefixes(Vec<String>),
    /// One of these numbers; the column may hold numbers or their plain decimal texts.
    Integers(Vec<i64>),
}

impl Test {
    /// Does a value of this text meet the test?
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let text = text.trim();
        match self {
            Self::Texts(texts) => texts.iter().any(|wanted| retrohunt_fold::eq(wanted, text)),
            Self::Prefixes(starts) => starts.iter().any(|start| retrohunt_fold::match_prefix(text, start).is_some()),
            // Text comparison, not parsing: `01` and `+1` are not how a log writes 1, and an engine that compares texts agrees.
            Self::Integers(numbers) => numbers.iter().any(|number| number.to_string() == text),
        }
    }

    /// Returns the texts of which a value must be one, without regard to case; `None` for a test on beginnings.
    #[must_use]
    pub fn texts(&self) -> Option<Vec<String>> {
        match self {
            Self::Texts(texts) => Some(texts.clone()),
            Self::Integers(numbers) => Some(numbers.iter().map(i64::to_string).collect()),
            Self::Prefixes(_) => None,
        }
    }
}

impl Selector<usize> {
    /// Does the row meet all conditions? `get` gives the values of a column on the row, none for null.
    pub fn holds<'r>(&self, get: &mut dyn FnMut(usize) -> Vec<Cow<'r, str>>) -> bool {
        self.all.iter().all(|condition| condition.holds(get))
    }

    /// Returns the indices of the columns that are read, each once, in order of use.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        let mut out = Vec::new();
        self.all.iter().for_each(|condition| condition.collect_columns(&mut out));
        out
    }
}

impl Condition<usize> {
    /// Does the row meet the condition? `get` gives the values of a column on the row, none for null.
    pub fn holds<'r>(&self, get: &mut dyn FnMut(usize) -> Vec<Cow<'r, str>>) -> bool {
        let mut first = |columns: &[usize]| {
            let values = columns.iter().map(|column| {
                let mut values = get(*column);
                values.retain(|text| !text.is_empty());
                values
            });
            values.into_iter().find(|values| !values.is_empty()).unwrap_or_default()
        };
        match self {
            Self::Test { columns, test } => first(columns).iter().any(|text| test.holds(text)),
            Self::Present { columns } => !first(columns).is_empty(),
            Self::All(members) => members.iter().all(|member| member.holds(get)),
            Self::Any(members) => members.iter().any(|member| member.holds(get)),
        }
    }

    /// Appends the columns that are read and not yet in `out`.
    fn collect_columns(&self, out: &mut Vec<usize>) {
        match self {
            Self::Test { columns, .. } | Self::Present { columns } => {
                for column in columns {
                    if !out.contains(column) {
                        out.push(*column);
                    }
                }
            }
            Self::All(members) | Self::Any(members) => {
                members.iter().for_each(|member| member.collect_columns(out));
            }
        }
    }
}

/// A condition as a profile writes it: it may be left out where its columns are absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    /// What must hold.
    pub(crate) body: ClauseBody,
    /// Left out, rather than never true, in an archive without its columns.
    pub(crate) optional: bool,
}

/// What a [`Clause`] demands; columns are names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClauseBody {
    /// A column's value meets a test.
    Test {
        /// Logical column name.
        column: String,
        /// What the value must be.
        test: Test,
    },
    /// A column has a value.
    Present(String),
    /// All of them.
    All(Vec<Clause>),
    /// At least one of them.
    Any(Vec<Clause>),
}

/// What a clause comes to in a schema.
enum Bound {
    /// It depends on the row.
    Holds(Condition),
    /// It never holds, as its columns are absent.
    Never,
    /// It does not count, as its columns are absent and it is optional.
    LeftOut,
}

/// Returns the selector over a schema's columns; `None` if it never holds there or nothing of it is left.
///
/// A class that lost all its conditions would take every row, which no profile means; so it takes none.
pub(crate) fn bind(clauses: &[Clause], lookup: &dyn Fn(&str) -> Vec<usize>) -> Option<Selector> {
    match bind_all(clauses, lookup) {
        Bound::Holds(Condition::All(all)) => Some(Selector { all }),
        Bound::Holds(one) => Some(Selector { all: vec![one] }),
        Bound::Never | Bound::LeftOut => None,
    }
}

/// Binds one clause.
fn bind_clause(clause: &Clause, lookup: &dyn Fn(&str) -> Vec<usize>) -> Bound {
    let bound = match &clause.body {
        ClauseBody::Test { column, test } => match lookup(column) {
            columns if columns.is_empty() => Bound::Never,
            columns => Bound::Holds(Condition::Test { columns, test: test.clone() }),
        },
        ClauseBody::Present(column) => match lookup(column) {
            columns if columns.is_empty() => Bound::Never,
            columns => Bound::Holds(Condition::Present { columns }),
        },
        ClauseBody::All(members) => bind_all(members, lookup),
        ClauseBody::Any(members) => bind_any(members, lookup),
    };
    match bound {
        Bound::Never if clause.optional => Bound::LeftOut,
        bound => bound,
    }
}

/// Binds clauses of which all must hold.
fn bind_all(clauses: &[Clause], lookup: &dyn Fn(&str) -> Vec<usize>) -> Bound {
    let mut kept = Vec::new();
    for clause in clauses {
        match bind_clause(clause, lookup) {
            Bound::Holds(Condition::All(members)) => kept.extend(members),
            Bound::Holds(condition) => kept.push(condition),
            Bound::Never => return Bound::Never,
            Bound::LeftOut => {}
        }
    }
    match kept.len() {
        0 => Bound::LeftOut,
        1 => Bound::Holds(kept.remove(0)),
        _ => Bound::Holds(Condition::All(kept)),
    }
}

/// Binds clauses of which one must hold. Members that cannot hold here are dropped, and so is a conjunction that repeats a
/// member of its own (`a or (b and a)` is `a`), so that no column is read for nothing.
fn bind_any(clauses: &[Clause], lookup: &dyn Fn(&str) -> Vec<usize>) -> Bound {
    let mut members = Vec::new();
    for clause in clauses {
        if let Bound::Holds(condition) = bind_clause(clause, lookup) {
            members.push(condition);
        }
    }
    let absorbed = |member: &Condition| match member {
        Condition::All(parts) => members.iter().any(|other| parts.contains(other)),
        _ => false,
    };
    let mut kept: Vec<Condition> = members.iter().filter(|member| !absorbed(member)).cloned().collect();
    match kept.len() {
        0 => Bound::Never,
        1 => Bound::Holds(kept.remove(0)),
        _ => Bound::Holds(Condition::Any(kept)),
    }
}
