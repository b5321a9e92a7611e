//! The pipeline form of a rule: typed commands, macros expanded, escapes removed.
//!
//! A [`Plan`] is what every later part reads: the scanner compiles it, the reference interpreter walks it, `explain` prints it
//! (see [`crate::print`]; printing a plan and parsing the text again gives the same plan). Nothing in it depends on an archive:
//! field names are SPL's, and selectors (§3.12), class markers (§2.8) and `name::value` (§3.11) are decided when a plan meets a schema.

use crate::span::Span;

/// A whole rule: its commands in order. The first is always a [`Command::Search`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The commands, first to last.
    pub steps: Vec<Step>,
}

/// One command and where it stands in the rule's text.
#[derive(Clone, Debug)]
pub struct Step {
    /// What the command does.
    pub command: Command,
    /// Where it was written; for text that came out of a macro, where the macro was called.
    pub span: Span,
}

impl PartialEq for Step {
    /// Two steps are the same if their commands are; positions do not count.
    fn eq(&self, other: &Self) -> bool {
        self.command == other.command
    }
}

impl Eq for Step {}

/// One SPL command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `search` (§5.1), also as the implied first command.
    Search(SearchCommand),
    /// `regex` (§5.5).
    Regex(RegexCommand),
    /// `table` (§5.2): the listed fields, in order.
    Table(Vec<FieldPattern>),
    /// `fields` (§5.2).
    Fields(FieldsCommand),
    /// `bin`, `bucket`, `discretize` (§5.4).
    Bin(BinCommand),
    /// `stats` (§5.10).
    Stats(StatsCommand),
}

/// `search`: a Boolean expression and time bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchCommand {
    /// The condition. An empty search is [`SearchExpr::All`].
    pub expr: SearchExpr,
    /// Lower time bound, inclusive (§3.14, §4.6.6).
    pub earliest: Option<TimeText>,
    /// Upper time bound, exclusive.
    pub latest: Option<TimeText>,
}

/// A time as written in a rule or on the command line, for example `-24h@h`; [`crate::time`] resolves it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TimeText(pub String);

/// A search condition (§1.5, §2, §3). It is two-valued: a leaf that cannot be decided for a row, such as a comparison with a
/// missing field, is false (§3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchExpr {
    /// Every row: `*`, or an empty search.
    All,
    /// All of them; at least two.
    And(Vec<SearchExpr>),
    /// Any of them; at least two.
    Or(Vec<SearchExpr>),
    /// Not this one.
    Not(Box<SearchExpr>),
    /// A bare term, a phrase, `TERM(x)` or `CASE(x)` (§2).
    Term(Term),
    /// `field op value` (§3.1-3.5, §3.7, §3.11).
    Compare(Comparison),
    /// `field IN (v, …)` (§3.6): the OR of `field=v`.
    In(Membership),
}

/// A text with wildcards: literal pieces, one `*` between each two neighbours (§1.4.7).
///
/// `a*b` is `["a", "b"]`, `*a` is `["", "a"]`, `a` is `["a"]`, `*` is `["", ""]`. Runs of `*` are one `*`.
/// Escapes are already removed (§1.4); a piece never holds a `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Glob {
    /// The literal pieces, at least one.
    pub pieces: Vec<String>,
}

impl Glob {
    /// Splits unescaped text at its `*`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let all: Vec<&str> = text.split('*').collect();
        let last = all.len() - 1;
        // An inner empty piece stands between two neighbouring `*`, which are one.
        let kept = all.iter().enumerate().filter(|(index, piece)| *index == 0 || *index == last || !piece.is_empty());
        Self { pieces: kept.map(|(_, piece)| (*piece).to_owned()).collect() }
    }

    /// Returns the text if it holds no wildcard.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Is it just `*`?
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.pieces.len() == 2 && self.pieces.iter().all(String::is_empty)
    }

    /// Does it begin with `*`?
    #[must_use]
    pub fn leading(&self) -> bool {
        self.pieces.len() > 1 && self.pieces.first().is_some_and(String::is_empty)
    }

    /// Does it end with `*`?
    #[must_use]
    pub fn trailing(&self) -> bool {
        self.pieces.len() > 1 && self.pieces.last().is_some_and(String::is_empty)
    }

    /// Returns the text with its `*`, unescaped.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces.join("*")
    }
}

/// A term that is looked for in the reference texts of a row (§2.2).
#[derive(Clone, Debug, Eq)]
pub struct Term {
    /// The text looked for.
    pub glob: Glob,
    /// Which matching rule holds.
    pub kind: TermKind,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Term {
    /// Positions do not count.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.glob == other.glob
    }
}

/// How a [`Term`] matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TermKind {
    /// Word or phrase (§2.3), caseless.
    Plain,
    /// `TERM(x)` (§2.4), caseless. One whose text holds a major breaker is lowered to [`TermKind::Plain`] with a warning (§2.4.3).
    Term,
    /// `CASE(x)` (§2.5), case-sensitive.
    Case,
}

/// A field name as written in `search`, and how it was quoted (§3.10).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldRef {
    /// The name without double quotes. A single-quoted name keeps its apostrophes here.
    pub name: String,
    /// For a single-quoted name, the name without them, used if only that one exists.
    pub unquoted: Option<String>,
}

impl FieldRef {
    /// A plainly written name.
    #[must_use]
    pub fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), unquoted: None }
    }
}

/// `field op value`.
#[derive(Clone, Debug, Eq)]
pub struct Comparison {
    /// Left side.
    pub field: FieldRef,
    /// The operator.
    pub op: CompareOp,
    /// Right side, always a literal (§3.8).
    pub value: Glob,
    /// `field=CASE(x)`: compare with case (§2.5).
    pub case: bool,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Comparison {
    /// Positions do not count.
    fn eq(&self, other: &Self) -> bool {
        self.field == other.field && self.op == other.op && self.value == other.value && self.case == other.case
    }
}

/// Comparison operators of `search`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CompareOp {
    /// `=` or `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
    /// `name::value` (§3.11): `=` without numeric or CIDR comparison if the input has the field, else a bare term.
    Indexed,
}

/// `field IN (v, …)`.
#[derive(Clone, Debug, Eq)]
pub struct Membership {
    /// The field.
    pub field: FieldRef,
    /// The values, at least one, in the order written.
    pub values: Vec<Glob>,
    /// Where it stands.
    pub span: Span,
}

impl PartialEq for Membership {
    /// Positions do not count.
    fn eq(&self, other: &Self) -> bool {
        self.field == other.field && self.values == other.values
    }
}

/// `regex [field(=|!=)]"pattern"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegexCommand {
    /// The field; `_raw` where none was written (§5.5.1).
    pub field: String,
    /// `!=`: keep rows that do not match, and rows without the field (§5.5.3).
    pub negated: bool,
    /// The pattern, SPL escapes removed (§1.4).
    pub pattern: String,
    /// The pattern as written, for the rescue of §1.4.4.
    pub raw_pattern: String,
}

/// A field name, or a pattern over field names, in a field list (§1.7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldPattern {
    /// The name, with its `*` if it has any; matched with case, anchored (§5.2.2).
    pub glob: Glob,
}

impl FieldPattern {
    /// Does the pattern select this field name? A pattern selects names that begin with `_` only if it begins so itself (§1.7.4).
    #[must_use]
    pub fn selects(&self, name: &str) -> bool {
        let pieces = &self.glob.pieces;
        let [first, rest @ ..] = pieces.as_slice() else { return false };
        let [middle @ .., last] = rest else { return name == first };
        if name.starts_with('_') && !first.starts_with('_') {
            return false;
        }
        let Some(mut tail) = name.strip_prefix(first.as_str()) else { return false };
        for piece in middle {
            let Some(at) = tail.find(piece.as_str()) else { return false };
            tail = &tail[at + piece.len()..];
        }
        tail.ends_with(last.as_str())
    }
}

/// `fields [+|-] list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldsCommand {
    /// `-`: the listed fields go; otherwise they, `_time` and `_raw` stay (§5.2.5).
    pub remove: bool,
    /// The list.
    pub list: Vec<FieldPattern>,
}

/// `bin span=… [field] [AS new]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinCommand {
    /// The field; `_time` where none was written (§5.4.1).
    pub field: String,
    /// New field's name, if the old one is to stay.
    pub alias: Option<String>,
    /// Width of a bin.
    pub span: BinSpan,
}

/// Width of a bin (§5.4.3-5.4.5).
#[derive(Clone, Debug, PartialEq)]
pub enum BinSpan {
    /// Fixed length in microseconds, counted from the epoch: units from `us` to `h`, and a bare number on `_time` (seconds).
    Micros(u64),
    /// Days, weeks, months, quarters or years, counted in local calendar time.
    Calendar {
        /// How many, at least 1.
        count: u32,
        /// The unit.
        unit: CalendarUnit,
    },
    /// A plain number on a field other than `_time`: `low-high` texts.
    Number(f64),
    /// `<coefficient>log<base>`: logarithmic edges.
    Log {
        /// Coefficient, 1 where none was written.
        coefficient: f64,
        /// Base, 10 where none was written.
        base: f64,
    },
}

impl Eq for BinSpan {}

/// Calendar units of a bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarUnit {
    /// Local days.
    Day,
    /// Weeks from Sunday.
    Week,
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
}

/// `stats aggregates [by fields]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatsCommand {
    /// The aggregates, in the order written, at least one.
    pub aggregates: Vec<Aggregate>,
    /// By-clause: exact field names, in the order written.
    pub by: Vec<String>,
    /// `dedup_splitvals=t`: duplicates within one row's multivalue by-field count once (§5.10.3).
    pub dedup_splitvals: bool,
    /// `allnum=t`: numeric aggregates of a field with any non-number are dropped (§5.10.1).
    pub allnum: bool,
    /// `delim`: how `values` and `list` join in text output; one space by default.
    pub delim: String,
}

/// One aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// The function.
    pub func: AggregateFunc,
    /// What it is over; `None` only for a `count` of rows.
    pub field: Option<FieldPattern>,
    /// Output name after `as`; for a wildcard argument, a pattern with as many `*` (or an exact name).
    pub alias: Option<Glob>,
    /// Output name where there is no alias, normalised (§5.10.2): `count`, `dc(x)`, `values(*)`.
    pub default_name: String,
}

/// Aggregate functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AggregateFunc {
    /// Rows, or values of a field.
    Count,
    /// Number of distinct texts.
    Dc,
    /// Distinct texts, sorted.
    Values,
    /// All texts in stream order.
    List,
    /// Least value.
    Min,
    /// Greatest value.
    Max,
    /// Sum of the numeric values.
    Sum,
    /// Value of the first row in stream order that has one.
    First,
    /// Value of the last row in stream order that has one.
    Last,
}

impl AggregateFunc {
    /// The canonical name, as it stands in a default output name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Dc => "dc",
            Self::Values => "values",
            Self::List => "list",
            Self::Min => "min",
            Self::Max => "max",
            Self::Sum => "sum",
            Self::First => "first",
            Self::Last => "last",
        }
    }
}
