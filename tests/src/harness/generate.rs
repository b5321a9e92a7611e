//! Random rows, rules and layouts, small on purpose: few words, so that rules hit, and words that differ only where mistakes hide
//! (case outside ASCII, backslashes, breakers, digits, blanks).

use std::rc::Rc;

use proptest::prelude::*;
use proptest::sample::select;

use super::configuration::Configuration;
use super::layout::{Dictionary, Format, Layout, Parquet, Statistics, Texts};
use crate::reference::archive::{Archive, Cell, Column, ColumnKind, File};
use crate::reference::profile::ProfileMapping;

/// Pieces of values.
const PIECES: &[&str] = &[
    "cmd", "CMD", "Cmd", ".exe", ".EXE", "\\", "\\\\", "C:\\", " ", "  ", "é", "É", "k", "K", "\u{212a}", "s", "ſ",
    "ß", "ẞ", "=", ",", "\"", "'", "user", "User", "bob", "10", "9", "-1", "-", "/", "_", ".", ":", "\n", "net", "NET",
    "1.50", "007", "true", "<", ">", "|", "*", "(", "a", "b", "aa", "ab", "psexec", "\t", "%", "&", "1e3", "xcmdx",
    "i", "İ", "ı", "10.0.0.1",
];

/// The same and wildcards, as they are written in a rule, quoted or not.
const WRITTEN: &[&str] = &[
    "cmd", "CMD", ".exe", "\\\\", "C:\\\\", "é", "É", "k", "K", "\u{212a}", "s", "ſ", "ß", "user", "bob", "10", "9",
    "-1", "-", "/", "_", ".", "net", "NET", "1.50", "007", "true", "a", "b", "ab", "psexec", "*", "*", "1e3", "i", "İ",
    "10.0.0.1", "user=bob", "%",
];

/// Pieces that need quotes.
const WRITTEN_QUOTED: &[&str] = &[" ", "  ", "=", ",", ":", "<", "\\\"", "|", "(", "'", "\\*", "\\\\\\\\"];

/// Pieces of patterns.
const ATOMS: &[&str] = &[
    "cmd",
    "exe",
    "\\.",
    ".",
    "\\d",
    "\\w",
    "\\s",
    "\\S",
    "[a-z]",
    "[^a]",
    "(a|b)",
    "(?:cmd|net)",
    "k",
    "s",
    "é",
    "\\x5c",
    "\\\\\\\\",
    "\\b",
    "^",
    "$",
    "(?i:NET)",
    "user",
    "10",
    "i",
    "ß",
    " ",
    "(ab)",
    "\\W",
];

/// Quantifiers, mostly none.
const QUANTIFIERS: &[&str] = &["", "", "", "", "?", "*", "+", "{1,2}", "{2,}", "+?"];

/// Columns of random rows: name and kind.
const COLUMNS: &[(&str, ColumnKind)] = &[
    ("_time", ColumnKind::Time),
    ("a", ColumnKind::Text),
    ("user", ColumnKind::Text),
    ("n", ColumnKind::Int),
    ("x", ColumnKind::Float),
    ("u", ColumnKind::UInt),
    ("t", ColumnKind::Bool),
    ("l", ColumnKind::List),
    ("_raw", ColumnKind::Text),
];

/// Fields that rules name; one is in no file.
const FIELDS: &[&str] = &["a", "user", "n", "x", "u", "t", "l", "a", "user", "_time", "missing", "_raw"];

/// Returns texts like those of command lines.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..5).prop_map(|pieces| pieces.concat())
}

/// Returns cells of a kind, one in four missing.
fn cell(kind: ColumnKind) -> BoxedStrategy<Cell> {
    let some = match kind {
        ColumnKind::Text | ColumnKind::Binary => text().prop_map(Cell::Text).boxed(),
        ColumnKind::Int => select(vec![-10_i64, -1, 0, 1, 7, 9, 10, 100, 999_999_999]).prop_map(Cell::Int).boxed(),
        ColumnKind::UInt => select(vec![0_u64, 9, 10, 1 << 53, (1 << 53) + 1, u64::MAX]).prop_map(Cell::UInt).boxed(),
        ColumnKind::Float => {
            select(vec![0.0_f64, -0.0, 0.5, 1.5, 9.0, 10.0, -2.25, 1e300, 1e-7, f64::NAN]).prop_map(Cell::Float).boxed()
        }
        ColumnKind::Bool => any::<bool>().prop_map(Cell::Bool).boxed(),
        // Few seconds around the epoch and around a day's end, with and without a fraction.
        ColumnKind::Time => {
            select(vec![-1_500_000_i64, -1, 0, 1, 999_999, 1_000_000, 1_500_000, 86_399_999_999, 86_400_000_000])
                .prop_map(Cell::Time)
                .boxed()
        }
        ColumnKind::List => prop::collection::vec(text(), 0..4).prop_map(Cell::List).boxed(),
    };
    prop_oneof![3 => some, 1 => Just(Cell::Null)].boxed()
}

/// Returns archives of one or two files of up to `rows` rows, each with some of the columns.
pub(super) fn archive(rows: usize) -> impl Strategy<Value = Archive> {
    let file = (prop::collection::vec(prop::bool::weighted(0.8), COLUMNS.len()), prop::bool::weighted(0.3))
        .prop_flat_map(move |(mut chosen, raw)| {
            chosen[0] = true;
            chosen[COLUMNS.len() - 1] = raw;
            let columns: Vec<(&str, ColumnKind)> =
                COLUMNS.iter().zip(chosen).filter_map(|(column, chosen)| chosen.then_some(*column)).collect();
            let row: Vec<BoxedStrategy<Cell>> = columns.iter().map(|(_, kind)| cell(*kind)).collect();
            prop::collection::vec(row, 0..=rows).prop_map(move |rows| {
                let columns: Vec<Column> =
                    columns.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind }).collect();
                File { name: String::new(), columns, rows, mapping: None }
            })
        });
    prop::collection::vec(file, 1..3).prop_map(|mut files| {
        for (index, file) in files.iter_mut().enumerate() {
            file.name = format!("f{index}");
            file.mapping = ProfileMapping::new("cim", &file.columns).ok().map(|mapping| Rc::new(mapping) as _);
        }
        Archive { files }
    })
}

/// Returns values as written in a rule.
fn written() -> BoxedStrategy<String> {
    let bare = prop::collection::vec(select(WRITTEN), 1..4).prop_map(|pieces| pieces.concat());
    let piece = prop_oneof![2 => select(WRITTEN), 1 => select(WRITTEN_QUOTED)];
    let quoted = prop::collection::vec(piece, 0..5).prop_map(|pieces| format!("\"{}\"", pieces.concat()));
    prop_oneof![bare, quoted].boxed()
}

/// Returns conditions of `search`.
fn condition() -> BoxedStrategy<String> {
    let operator = select(vec!["=", "=", "=", "!=", "<", "<=", ">", ">=", "::"]);
    let list = prop::collection::vec(written(), 1..4).prop_map(|values| values.join(", "));
    let leaf = prop_oneof![
        4 => written(),
        4 => (select(FIELDS), operator, written()).prop_map(|(field, operator, value)| {
            // The specification does not say how the two forms of a Boolean are ordered against a text.
            let operator = if field == "t" && operator.starts_with(['<', '>']) { "=" } else { operator };
            format!("{field}{operator}{value}")
        }),
        1 => (select(FIELDS), list).prop_map(|(field, list)| format!("{field} IN ({list})")),
        1 => written().prop_map(|value| format!("TERM(k{})", value.trim_matches('"').replace([' ', '(', ')'], ""))),
        1 => select(vec!["*", "user=*", "NOT a=*", "n>=9", "l=*cmd*", "user!=bob", "_time>=1"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            2 => (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} {right}")),
            2 => (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} OR {right})")),
            1 => inner.prop_map(|inner| format!("NOT ({inner})")),
        ]
    })
    .boxed()
}

/// Returns patterns.
fn pattern() -> impl Strategy<Value = String> {
    let atom = (select(ATOMS), select(QUANTIFIERS)).prop_map(|(atom, quantifier)| {
        let anchor = matches!(atom, "^" | "$" | "\\b");
        if anchor { atom.to_owned() } else { format!("{atom}{quantifier}") }
    });
    (any::<bool>(), prop::collection::vec(atom, 1..5))
        .prop_map(|(folded, atoms)| format!("{}{}", if folded { "(?i)" } else { "" }, atoms.concat()))
}

/// Returns one command behind the first search, with its pipe.
fn command() -> BoxedStrategy<String> {
    let fields = || prop::collection::vec(select(FIELDS), 1..4).prop_map(|fields| fields.join(", "));
    let aggregate = prop_oneof![
        Just("count".to_owned()),
        (select(vec!["count", "dc", "values", "list", "min", "max", "sum", "first", "last"]), select(FIELDS))
            .prop_map(|(name, field)| format!("{name}({field})")),
        // Not `dc(*)`: over no fields it is open whether there is a row (§5.10.6).
        (select(vec!["values", "max", "min", "last"]), any::<bool>())
            .prop_map(|(name, alias)| format!("{name}(*){}", if alias { " as v_*" } else { "" })),
    ];
    // Two columns of one name are refused.
    let aggregates = prop::collection::vec(aggregate, 1..3)
        .prop_map(|aggregates| aggregates.join(" ").replace("count count", "count"));
    let projection =
        select(vec![" | table *", " | table u*, _time", " | fields - a", " | fields user l", " | fields + n*"]);
    let by = prop_oneof![Just(String::new()), fields().prop_map(|fields| format!(" by {fields}"))];
    let bin = select(vec!["1s", "2s", "1h", "1d", "500ms", "1w"]);
    // Not integers that no double holds, of which the specification does not say how exact their bins are.
    let number = (select(vec!["n", "x", "a"]), select(vec!["3", "10", "0.5"]));
    prop_oneof![
        2 => (select(&FIELDS[..FIELDS.len() - 1]), select(vec!["=", "=", "!="]), pattern())
            .prop_map(|(field, operator, pattern)| format!(" | regex {field}{operator}\"{pattern}\"")),
        1 => fields().prop_map(|fields| format!(" | table {fields}")),
        1 => projection.prop_map(str::to_owned),
        1 => bin.prop_map(|span| format!(" | bin span={span}")),
        1 => number.prop_map(|(field, span)| format!(" | bin span={span} {field}")),
        3 => (aggregates, by).prop_map(|(aggregates, by)| format!(" | stats {aggregates}{by}")),
        1 => condition().prop_map(|condition| format!(" | search {condition}")),
    ]
    .boxed()
}

/// Returns rules; a few do not compile.
pub(super) fn rule() -> impl Strategy<Value = String> {
    let start = prop_oneof![1 => Just("*".to_owned()), 3 => condition()];
    // Only here over the rendered row (§5.5.2): what a later command leaves of it is open.
    let raw = prop_oneof![
        5 => Just(String::new()),
        1 => pattern().prop_map(|pattern| format!(" | regex \"{pattern}\"")),
    ];
    let commands = prop::collection::vec(command(), 0..4);
    (start, raw, commands).prop_map(|(start, raw, commands)| start + &raw + &commands.concat())
}

/// Returns layouts.
pub(super) fn layout() -> impl Strategy<Value = Layout> {
    let dictionary = select(vec![Dictionary::On, Dictionary::Off, Dictionary::Fallback]);
    let statistics =
        select(vec![Statistics::None, Statistics::Full, Statistics::Truncated(1), Statistics::Truncated(2)]);
    let rows = || select(vec![1_usize, 2, 3, 1 << 20]);
    let parquet = (dictionary, any::<bool>(), rows(), rows(), any::<bool>(), statistics).prop_map(
        |(dictionary, version_2, page_rows, group_rows, zstd, statistics)| {
            Format::Parquet(Parquet { dictionary, version_2, page_rows, group_rows, zstd, statistics })
        },
    );
    let arrow = (any::<bool>(), rows(), any::<bool>()).prop_map(|(stream, batch_rows, zstd)| match stream {
        true => Format::ArrowStream { batch_rows, zstd },
        false => Format::ArrowFile { batch_rows, zstd },
    });
    let texts = select(vec![Texts::Utf8, Texts::LargeUtf8, Texts::Utf8View, Texts::Dictionary]);
    let cut = select(vec![None, None, Some(1), Some(2), Some(5)]);
    (prop_oneof![3 => parquet, 1 => arrow], texts, cut).prop_map(|(format, texts, cut)| Layout { format, texts, cut })
}

/// Returns configurations of the fast path.
pub(super) fn configuration() -> impl Strategy<Value = Configuration> {
    (layout(), select(vec![1_usize, 3]), any::<bool>(), any::<bool>()).prop_map(|(layout, threads, scalar, mmap)| {
        Configuration { name: "random", plain: false, threads, scalar, mmap, layout }
    })
}
