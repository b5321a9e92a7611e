//! The pipeline form of a rule: typed commands, macros expanded, escapes removed.
//!
//! A [`Plan`] is what every later part reads: the scanner compiles it, the reference interpreter walks it, `explain` prints it
//! (see [`crate::print`]; printing a plan and parsing the text again gives the same plan). Nothing in it depends on an archive:
//! field names are SPL's, and selectors (§3.12), class markers (§2.8) and `name::value` (§3.11) are decided when a plan meets a schema.

use crate::span::Span;

mod command;
pub mod expr;

pub use command::*;
pub use expr::{Expr, ExprKind};

/// A whole rule: its commands in order. The first is a [`Command::Search`] or a generating command (§1.1.2); only the plan of an
/// `appendpipe` begins with any other.
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
    /// `eventstats` (§5.11).
    Eventstats(StatsCommand),
    /// `streamstats` (§5.12).
    Streamstats(StreamstatsCommand),
    /// `where` (§5.8).
    Where(Expr),
    /// `eval` (§5.9): assignments in order.
    Eval(Vec<Assignment>),
    /// `rex` (§5.7).
    Rex(RexCommand),
    /// `rename` (§5.3): clauses in order.
    Rename(Vec<RenameClause>),
    /// `lookup` (§5.13).
    Lookup(LookupCommand),
    /// `inputlookup` (§5.13.7); generating, unless it appends.
    InputLookup(InputLookupCommand),
    /// `iplocation` (§5.14).
    IpLocation(IpLocationCommand),
    /// `fillnull` (§5.15).
    FillNull {
        /// The text put in.
        value: String,
        /// Fields and patterns; empty: every field.
        fields: Vec<FieldPattern>,
    },
    /// `filldown` (§5.15); an empty list is every field.
    FillDown(Vec<FieldPattern>),
    /// `dedup` (§5.16).
    Dedup(DedupCommand),
    /// `sort` (§5.17).
    Sort(SortCommand),
    /// `reverse` (§5.17.4).
    Reverse,
    /// `head` (§5.18).
    Head(HeadCommand),
    /// `tail` (§5.18): the last n rows in reverse order.
    Tail(u64),
    /// `transaction` (§5.19).
    Transaction(TransactionCommand),
    /// `join` (§5.20).
    Join(JoinCommand),
    /// `append [ … ]` (§5.21).
    Append(Box<Plan>),
    /// `appendcols [ … ]` (§5.21).
    AppendCols {
        /// The subsearch's values win.
        overwrite: bool,
        /// The subsearch.
        subsearch: Box<Plan>,
    },
    /// `appendpipe [ … ]` (§5.21): commands that run on a copy of the rows.
    AppendPipe(Box<Plan>),
    /// `multisearch [ … ] [ … ]` (§5.21), generating.
    MultiSearch(Vec<Plan>),
    /// `union [ … ] [ … ]` (§5.21); behind other commands, their rows come first.
    Union(Vec<Plan>),
    /// `top` and `rare` (§5.22).
    Top(TopCommand),
    /// `chart` and `timechart` (§5.23).
    Chart(ChartCommand),
    /// `xyseries` (§5.23.3).
    XySeries(XySeriesCommand),
    /// `untable x y v` (§5.23.3).
    Untable {
        /// Field that stays.
        x: String,
        /// Field for the column's name.
        y: String,
        /// Field for the value.
        value: String,
    },
    /// `makemv` (§5.24).
    MakeMv(MakeMvCommand),
    /// `nomv` (§5.24).
    NoMv(String),
    /// `mvcombine` (§5.24).
    MvCombine {
        /// Text between values; one space by default.
        delim: String,
        /// The field.
        field: String,
    },
    /// `mvexpand` (§5.24).
    MvExpand {
        /// The field.
        field: String,
        /// Values used per row; 0: all.
        limit: u64,
    },
    /// `spath` (§5.25).
    Spath(SpathCommand),
    /// `convert` (§5.26): time format and clauses in order.
    Convert {
        /// For ctime and mktime.
        time_format: String,
        /// The clauses.
        clauses: Vec<ConvertClause>,
    },
    /// `format` (§5.27).
    Format(FormatCommand),
    /// `return` (§5.27).
    Return {
        /// How many rows.
        count: u64,
        /// The arguments.
        items: Vec<ReturnItem>,
    },
    /// `foreach` (§5.28).
    Foreach(ForeachCommand),
    /// `map` (§5.28).
    Map(MapCommand),
    /// `makeresults` (§5.29), generating.
    MakeResults(MakeResultsCommand),
    /// `addinfo` (§5.29).
    AddInfo,
    /// `tags` (§5.29).
    Tags(TagsCommand),
    /// A command that hands rows on to another system (§5.29, `outputlookup` of §5.13.8): no effect here.
    Sink {
        /// The command's name.
        name: String,
    },
    /// `avlbase64` (§5.29).
    Base64 {
        /// Decode, or else encode.
        decode: bool,
        /// The field; the result is `base64_<field>`.
        field: String,
    },
    /// The add-on macro `ut_shannon(f)` (§5.29).
    Shannon {
        /// The field.
        field: String,
    },
    /// The add-on macro `ut_parse_extended(f, list)` (§5.29).
    ParseUrl {
        /// The field.
        field: String,
        /// The list of suffixes as written; the public suffix list is used for all.
        list: String,
    },
    /// `addtotals`.
    AddTotals(AddTotalsCommand),
    /// `replace`.
    Replace(ReplaceCommand),
    /// `extract`, `kv`.
    Extract(ExtractCommand),
    /// `xmlkv field`.
    XmlKv {
        /// The field, `_raw` where none was written.
        field: String,
    },
    /// `fromjson field`.
    FromJson {
        /// The field.
        field: String,
        /// Text before the names.
        prefix: String,
    },
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
    /// `[ … ]` (§1.6.2): stands until the subsearch was run and its text was parsed in place.
    Subsearch(Box<Plan>),
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

/// `bin [options] [field] [AS new]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinCommand {
    /// The field; `_time` where none was written (§5.4.1).
    pub field: String,
    /// New field's name, if the old one is to stay.
    pub alias: Option<String>,
    /// Width, or how it is found from the data (§5.4.6).
    pub options: BinOptions,
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
    /// What it is over.
    pub over: Over,
    /// `sparkline(agg[, span])`: the function is applied per bucket of time; the span, if written.
    pub sparkline: Option<Option<BinSpan>>,
    /// Output name after `as`; for a wildcard argument, a pattern with as many `*` (or an exact name).
    pub alias: Option<Glob>,
    /// Output name where there is no alias, normalised (§5.10.2): `count`, `dc(x)`, `values(*)`.
    pub default_name: String,
}

/// What an aggregate is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// Rows: only `count`.
    Rows,
    /// A field, or fields by a pattern.
    Field(FieldPattern),
    /// `eval(…)`: the results that are not ∅; of a condition, the rows where it is true (§5.10.8).
    Eval(Expr),
}

/// A percentage in ten-thousandths of a percent: 95.5 % is 955,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percent(pub u32);

/// Aggregate functions (§5.10.8).
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
    /// Mean of the numeric values.
    Avg,
    /// Sum of squares.
    SumSq,
    /// Greatest less least numeric value.
    Range,
    /// Sample standard deviation.
    Stdev,
    /// Population standard deviation.
    StdevP,
    /// Sample variance.
    Var,
    /// Population variance.
    VarP,
    /// Most frequent text.
    Mode,
    /// Interpolated percentile; `median` is the one at 50 %, `upperperc` the same as `perc`.
    Perc(Percent),
    /// Nearest-rank percentile.
    ExactPerc(Percent),
    /// Value at the least `_time`.
    Earliest,
    /// Value at the greatest `_time`.
    Latest,
    /// Time of the earliest value.
    EarliestTime,
    /// Time of the latest value.
    LatestTime,
    /// Change per second between earliest and latest.
    Rate,
}

impl AggregateFunc {
    /// The function's canonical name; a percentile's without its number.
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
            Self::Avg => "avg",
            Self::SumSq => "sumsq",
            Self::Range => "range",
            Self::Stdev => "stdev",
            Self::StdevP => "stdevp",
            Self::Var => "var",
            Self::VarP => "varp",
            Self::Mode => "mode",
            Self::Perc(_) => "perc",
            Self::ExactPerc(_) => "exactperc",
            Self::Earliest => "earliest",
            Self::Latest => "latest",
            Self::EarliestTime => "earliest_time",
            Self::LatestTime => "latest_time",
            Self::Rate => "rate",
        }
    }
}

impl Aggregate {
    /// Returns the field or pattern that the aggregate is over, if it is over one.
    #[must_use]
    pub fn field(&self) -> Option<&FieldPattern> {
        match &self.over {
            Over::Field(field) => Some(field),
            Over::Rows | Over::Eval(_) => None,
        }
    }
}
