//! Plan forms of the commands beyond search, projection, bins and aggregates.

use super::expr::Expr;
use super::{BinSpan, FieldPattern, Glob, Plan, SearchExpr, StatsCommand};

/// One `target = expression` of `eval` (§5.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// What is set.
    pub target: EvalTarget,
    /// To what.
    pub value: Expr,
}

/// The left side of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvalTarget {
    /// A field.
    Field(String),
    /// A name with `{field}` in it (§5.9.2): literal pieces and fields, in order.
    Template(Vec<TargetPiece>),
}

/// A piece of a computed target name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetPiece {
    /// As it stands.
    Literal(String),
    /// The value of this field.
    Field(String),
}

/// `rex` (§5.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RexCommand {
    /// The field, `_raw` where none was written.
    pub field: String,
    /// Extract or replace.
    pub mode: RexMode,
}

/// What `rex` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RexMode {
    /// Named groups become fields.
    Extract {
        /// The pattern, SPL escapes removed (§1.4).
        pattern: String,
        /// The pattern as written, for the rescue of §1.4.4.
        raw_pattern: String,
        /// Most matches per value; 0: no limit (§5.7.3).
        max_match: u32,
        /// Field for the places of the groups (§5.7.6).
        offset_field: Option<String>,
    },
    /// `mode=sed`: applied in turn.
    Sed(Vec<SedStep>),
}

/// One sed expression (§5.7.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SedStep {
    /// `s/pattern/replacement/flags`.
    Substitute {
        /// The pattern, SPL escapes removed; `(?i)` is in front where flag `i` was given.
        pattern: String,
        /// The pattern before SPL's escapes were removed, for the rescue of §1.4.4.
        raw_pattern: String,
        /// The replacement, `\1` … `\9` as written.
        replacement: String,
        /// Which matches.
        which: SedWhich,
    },
    /// `y/abc/xyz/`: pairs of characters.
    Exchange(Vec<(char, char)>),
}

/// Which matches a substitution replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SedWhich {
    /// `g`: all.
    All,
    /// The n-th, counted from 1; 1 where nothing was written.
    Nth(u32),
}

/// `rename a AS b, x.* AS *` (§5.3): clauses in order. Both sides have the same number of `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameClause {
    /// Old name or pattern.
    pub from: FieldPattern,
    /// New name or pattern.
    pub to: Glob,
}

/// `streamstats` (§5.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamstatsCommand {
    /// Aggregates, by-clause, `allnum`.
    pub stats: StatsCommand,
    /// Does the window hold the row itself?
    pub current: bool,
    /// Rows in the window; 0: all.
    pub window: u64,
    /// One window over all rows, then restricted to the group (§5.12.3).
    pub global: bool,
    /// Clear when by-values change.
    pub reset_on_change: bool,
    /// Clear before a row for which this is true.
    pub reset_before: Option<Expr>,
    /// Clear after a row for which this is true.
    pub reset_after: Option<Expr>,
    /// Window in microseconds of `_time` (§5.12.5).
    pub time_window: Option<i64>,
}

/// `lookup` (§5.13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupCommand {
    /// Table name as written.
    pub table: String,
    /// Match pairs: column of the table, field of the row.
    pub keys: Vec<(String, String)>,
    /// What is put out.
    pub output: LookupOutput,
}

/// Output clause of `lookup`: column of the table, field of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupOutput {
    /// No clause: all columns that are not match columns; overwrites as OUTPUT does.
    All,
    /// `OUTPUT`.
    Overwrite(Vec<(String, String)>),
    /// `OUTPUTNEW`.
    New(Vec<(String, String)>),
}

/// `inputlookup` (§5.13.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputLookupCommand {
    /// Table name as written.
    pub table: String,
    /// Add the table's rows behind the ones there are, rather than generate.
    pub append: bool,
    /// First row, from 0.
    pub start: u64,
    /// Most rows.
    pub max: u64,
    /// `where` clause.
    pub filter: Option<SearchExpr>,
}

/// `iplocation` (§5.14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpLocationCommand {
    /// Text before the output names.
    pub prefix: String,
    /// Also Continent, MetroCode, Timezone.
    pub all_fields: bool,
    /// The field with the address.
    pub field: String,
}

/// `dedup` (§5.16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DedupCommand {
    /// Rows kept per combination, at least 1.
    pub count: u64,
    /// The fields.
    pub fields: Vec<String>,
    /// Keep all rows, but clear the fields of the extra ones.
    pub keep_events: bool,
    /// Keep rows in which a field is ∅.
    pub keep_empty: bool,
    /// Compare with the previous row only.
    pub consecutive: bool,
    /// Sort first.
    pub sort_by: Vec<SortKey>,
}

/// `sort` (§5.17).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortCommand {
    /// Most rows, if written and not 0.
    pub limit: Option<u64>,
    /// The keys; a trailing `d` or `desc` has already been turned into their directions.
    pub keys: Vec<SortKey>,
}

/// One key of a sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// The field.
    pub field: String,
    /// Greatest first.
    pub descending: bool,
    /// How values compare.
    pub kind: SortKind,
}

/// How values of a sort key compare (§5.17.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKind {
    /// Numbers, then IPv4 addresses, then texts.
    Auto,
    /// By code point.
    Text,
    /// By number; others last.
    Number,
    /// By address.
    Ip,
}

/// `head` (§5.18).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadCommand {
    /// Most rows; none only with a condition.
    pub limit: Option<u64>,
    /// Rows while this is true.
    pub condition: Option<Expr>,
    /// Also the row that ended it.
    pub keep_last: bool,
    /// A ∅ result goes on.
    pub null: bool,
}

/// `transaction` (§5.19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionCommand {
    /// The fields that link rows.
    pub fields: Vec<String>,
    /// Longest span in microseconds.
    pub max_span: Option<i64>,
    /// Longest pause in microseconds.
    pub max_pause: Option<i64>,
    /// Most rows; none: no limit.
    pub max_events: Option<u64>,
    /// What a first row is.
    pub starts_with: Option<Boundary>,
    /// What a last row is.
    pub ends_with: Option<Boundary>,
    /// A row with listed fields, none of which the transaction has yet, opens a new one.
    pub connected: bool,
    /// Rows that match a boundary must share a listed field too.
    pub unify_ends: bool,
    /// Put out rows outside any transaction.
    pub keep_orphans: bool,
    /// Put out incomplete ones.
    pub keep_evicted: bool,
    /// Which fields keep all values in arrival order.
    pub mv_list: MvList,
    /// `_raw` as a multivalue.
    pub mv_raw: bool,
    /// Text between values.
    pub delim: String,
    /// Text for ∅ in value lists.
    pub null_text: String,
}

/// A boundary of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// A search expression.
    Search(SearchExpr),
    /// `eval(condition)`.
    Eval(Expr),
}

/// `mvlist` of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MvList {
    /// No field.
    None,
    /// All fields.
    All,
    /// These fields.
    Fields(Vec<String>),
}

/// `join` (§5.20).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinCommand {
    /// `left` or `outer`: keep rows without a match.
    pub left: bool,
    /// The subsearch's fields replace those of the row.
    pub overwrite: bool,
    /// `usetime`: only subsearch rows before (`earlier`) or after the row.
    pub use_time: bool,
    /// See `use_time`.
    pub earlier: bool,
    /// Most subsearch rows per row; 0: no limit.
    pub max: u64,
    /// Pairs of key fields: main, subsearch. Empty: all fields that both sides have.
    pub fields: Vec<(String, String)>,
    /// Names of the two sides (`left=L right=R`); output fields then are `L.a`, `R.b`.
    pub aliases: Option<(String, String)>,
    /// The subsearch.
    pub subsearch: Box<Plan>,
}

/// `top` and `rare` (§5.22).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopCommand {
    /// `rare`: least counts first.
    pub rare: bool,
    /// Most values per group; 0: all.
    pub limit: u64,
    /// Name of the count column, if shown.
    pub count_field: Option<String>,
    /// Name of the percent column, if shown.
    pub percent_field: Option<String>,
    /// Text of the row for the rest, if wanted.
    pub other: Option<String>,
    /// The fields whose combinations are counted.
    pub fields: Vec<String>,
    /// The groups.
    pub by: Vec<String>,
}

/// `chart` and `timechart` (§5.23).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartCommand {
    /// Is it `timechart`? The row field then is `_time`.
    pub time: bool,
    /// Aggregates, at least one; the by-clause inside is empty.
    pub stats: StatsCommand,
    /// The row field.
    pub over: Option<String>,
    /// Bins of the row field.
    pub over_bins: Option<BinOptions>,
    /// The column field.
    pub by: Option<String>,
    /// Bins of the column field.
    pub by_bins: Option<BinOptions>,
    /// Which columns stay.
    pub limit: ChartLimit,
    /// Put the rest into a column of this name.
    pub other: Option<String>,
    /// Put rows without the column field into a column of this name.
    pub null: Option<String>,
    /// Fill empty buckets.
    pub cont: bool,
    /// Text between aggregate and value in column names.
    pub sep: String,
    /// `format`, with `$AGG$` and `$VAL$`.
    pub format: Option<String>,
}

/// `limit` of a chart (§5.23.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartLimit {
    /// The n greatest; 0: all.
    Top(u64),
    /// The n least.
    Bottom(u64),
}

/// Options of a bin that has no fixed span yet (§5.4.6), or one that has.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct BinOptions {
    /// Fixed width; beats the rest.
    pub span: Option<BinSpan>,
    /// Most bins.
    pub bins: Option<u64>,
    /// Least span.
    pub min_span: Option<BinSpan>,
    /// The range is widened down to this.
    pub start: Option<super::expr::Literal>,
    /// The range is widened up to this.
    pub end: Option<super::expr::Literal>,
    /// Origin of time bins (§5.4.7).
    pub align: Option<AlignTime>,
}

impl BinOptions {
    /// A bin of fixed width.
    #[must_use]
    pub fn fixed(span: BinSpan) -> Self {
        Self { span: Some(span), ..Self::default() }
    }
}

/// `aligntime` (§5.4.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlignTime {
    /// The earliest time of the search.
    Earliest,
    /// The latest time of the search.
    Latest,
    /// A time as written.
    At(super::TimeText),
}

/// `xyseries` (§5.23.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XySeriesCommand {
    /// Consecutive rows of one x are joined only.
    pub grouped: bool,
    /// Row field.
    pub x: String,
    /// Column field.
    pub y: String,
    /// Value fields, at least one.
    pub values: Vec<String>,
    /// Text between value field and column value.
    pub sep: String,
    /// `format`, with `$AGG$` and `$VAL$`.
    pub format: Option<String>,
}

/// `makemv` (§5.24).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeMvCommand {
    /// The field.
    pub field: String,
    /// How it splits.
    pub by: MakeMvBy,
    /// Keep empty pieces.
    pub allow_empty: bool,
    /// Also make it one value in the end (`setsv=t`): the multivalue's text is joined again.
    pub set_sv: bool,
}

/// How `makemv` splits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MakeMvBy {
    /// At this text.
    Delimiter(String),
    /// Group 1 of each match of this pattern, SPL escapes removed.
    Tokenizer(String),
}

/// `spath` (§5.25).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpathCommand {
    /// The field with the text.
    pub input: String,
    /// Where the value goes; the path where none was written.
    pub output: Option<String>,
    /// The path; none: all leaves.
    pub path: Option<String>,
}

/// One clause of `convert` (§5.26).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertClause {
    /// The function.
    pub function: ConvertFunction,
    /// The field or pattern.
    pub field: FieldPattern,
    /// New name, if the old field is to stay.
    pub alias: Option<Glob>,
}

/// Functions of `convert`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConvertFunction {
    /// Best conversion to a number, for all values or none.
    Auto,
    /// Epoch to text.
    Ctime,
    /// Text to epoch.
    Mktime,
    /// `[D+]HH:MM:SS` to seconds.
    Dur2sec,
    /// `[MM:]SS.SSS` to seconds.
    Mstime,
    /// Size with k, m, g to kilobytes.
    Memk,
    /// As auto, but what cannot be converted goes.
    Num,
    /// Commas out.
    Rmcomma,
    /// Leading number.
    Rmunit,
    /// Exempts the field.
    None,
}

/// `format` (§5.27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatCommand {
    /// Row prefix, column prefix, column separator, column end, row separator, row end.
    pub strings: [String; 6],
    /// Between values of a multivalue.
    pub mv_sep: String,
    /// Most rows; 0: all.
    pub max_results: u64,
    /// Text for no rows.
    pub empty: String,
}

/// One argument of `return` (§5.27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReturnItem {
    /// `f`: `f="value"`.
    Field(String),
    /// `alias=f`: `alias="value"`.
    Alias(String, String),
    /// `$f`: the value alone.
    Value(String),
}

/// `foreach` (§5.28).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeachCommand {
    /// What it iterates over.
    pub mode: ForeachMode,
    /// Fields and patterns (multifield), or the one field.
    pub fields: Vec<FieldPattern>,
    /// The text inside the brackets, macros expanded, placeholders as written.
    pub template: String,
    /// Text for the field's name, `<<FIELD>>` by default.
    pub field_text: String,
    /// Text for what the pattern's `*` matched, `<<MATCHSTR>>` by default.
    pub match_text: String,
    /// Texts for each `*`, `<<MATCHSEG1>>` … by default.
    pub segment_texts: Vec<String>,
    /// Text for the value, `<<ITEM>>` by default.
    pub item_text: String,
    /// Text for the index, `<<ITER>>` by default.
    pub iter_text: String,
}

/// What `foreach` iterates over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeachMode {
    /// Fields.
    MultiField,
    /// The values of a field.
    MultiValue,
    /// The elements of a JSON array.
    JsonArray,
    /// Either of the two.
    AutoCollections,
}

/// `map` (§5.28).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapCommand {
    /// The search, macros expanded, `$field$` as written.
    pub template: String,
    /// Most runs.
    pub max_searches: u64,
}

/// `makeresults` (§5.29).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeResultsCommand {
    /// How many rows.
    pub count: u64,
    /// Add `_raw`, host, source, sourcetype, splunk_server.
    pub annotate: bool,
    /// Rows given as text: `csv` or `json`, and the text.
    pub data: Option<(DataFormat, String)>,
}

/// Format of the data of `makeresults`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFormat {
    /// Comma-separated, with a header.
    Csv,
    /// An array of objects.
    Json,
}

/// `tags` (§5.29).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagsCommand {
    /// All tags into this field.
    pub output_field: Option<String>,
    /// Put the field's name before the tag.
    pub include_name: bool,
    /// Put the value before the tag.
    pub include_value: bool,
    /// Only these.
    pub allowed: Vec<String>,
    /// Only of these fields; empty: all.
    pub fields: Vec<String>,
}

/// `addtotals` (vendor reference; row totals).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddTotalsCommand {
    /// Add a total to each row, under this name.
    pub row: Option<String>,
    /// Add a row with the total of each column; label, and the field that holds it.
    pub column: Option<(String, Option<String>)>,
    /// The fields; empty: all numeric ones.
    pub fields: Vec<FieldPattern>,
}

/// `replace old with new, … [in fields]` (vendor reference): whole values, `*` as wildcard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceCommand {
    /// Old and new, in order; the first that matches counts.
    pub pairs: Vec<(Glob, Glob)>,
    /// The fields; empty: all but internal ones.
    pub fields: Vec<String>,
}

/// `extract` / `kv` (vendor reference): pairs out of `_raw`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractCommand {
    /// Characters between pairs.
    pub pair_delims: String,
    /// Characters between key and value.
    pub kv_delims: String,
}
