//! Law: any split of the rows, merged in any order, through partial states or directly, gives the same table.

use arrow_array::{BooleanArray, Float64Array, NullArray, UInt64Array};
use proptest::prelude::*;
use retrohunt_spl::plan::expr::{ArithmeticOp, ExprCompareOp, Literal};
use retrohunt_spl::plan::{Expr, ExprKind, FieldsCommand};
use retrohunt_spl::span::Span;

use super::*;

/// A cell of a test row: what its column holds, by the file's type for the field.
#[derive(Clone, Debug)]
struct Row {
    time: Option<i64>,
    key: usize,
    cells: [usize; 3],
}

/// Texts from the corners: equal numbers of different spelling, order of numbers against texts, empty, non-ASCII.
const TEXTS: [Option<&str>; 12] = [
    None,
    Some(""),
    Some("1"),
    Some("1.0"),
    Some("01"),
    Some("-2"),
    Some("10"),
    Some("9"),
    Some("x"),
    Some("é"),
    Some("0.1"),
    Some("1e300"),
];

/// One column of `rows`, in the type that file `file` has for field `field`.
fn column(file: usize, field: usize, rows: &[Row]) -> ArrayRef {
    let texts = || rows.iter().map(|row| TEXTS[row.cells[field] % TEXTS.len()]);
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok());
    let integer = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    match (file + field) % 6 {
        0 => Arc::new(texts().collect::<StringArray>()),
        1 => Arc::new(texts().map(integer).collect::<Int64Array>()),
        2 => Arc::new(texts().map(number).collect::<Float64Array>()),
        3 => {
            let pick = |at: usize| TEXTS[at % TEXTS.len()];
            let mut builder = ListBuilder::new(StringBuilder::new());
            for row in rows {
                let at = row.cells[field];
                builder.append_option(pick(at).map(|first| [Some(first), pick(at + 1), Some(first), pick(at * 7)]));
            }
            Arc::new(builder.finish())
        }
        4 => Arc::new(texts().map(|text| integer(text).and_then(|v| u64::try_from(v).ok())).collect::<UInt64Array>()),
        _ if field == 2 => Arc::new(NullArray::new(rows.len())),
        _ => Arc::new(texts().map(|text| text.map(|text| text.len() > 1)).collect::<BooleanArray>()),
    }
}

/// The rows `from..to` of a file as a batch.
fn piece(file: usize, rows: &[Row], from: usize, to: usize) -> Batch {
    let part = &rows[from..to];
    let times: TimestampMicrosecondArray = part.iter().map(|row| row.time.map(|time| time * 500_000)).collect();
    let hosts = part.iter().map(|row| [None, Some("h1"), Some("h2"), Some("7")][row.key % 4]);
    let mut fields: Vec<(Arc<str>, ArrayRef)> = vec![
        ("_time".into(), Arc::new(times.with_timezone("UTC"))),
        ("host".into(), Arc::new(hosts.collect::<StringArray>())),
    ];
    for field in 0..3 {
        // Not every file has every field.
        if (file, field) != (1, 1) {
            fields.push((["a", "b", "ab"][field].into(), column(file, field, part)));
        }
    }
    let key = |(at, row): (usize, &Row)| RowKey {
        time: row.time.map(|time| time * 500_000),
        file: u32::try_from(file).unwrap(),
        row: (from + at) as u64,
    };
    Batch::new(fields, part.iter().enumerate().map(key).collect()).unwrap()
}

/// Rules that together use every command and aggregate.
fn rules() -> Vec<Vec<Command>> {
    use AggregateFunc::*;
    let half = retrohunt_spl::plan::Percent(500_000);
    let all = [
        Count,
        Dc,
        Values,
        List,
        Min,
        Max,
        Sum,
        First,
        Last,
        Avg,
        SumSq,
        Range,
        Stdev,
        StdevP,
        Var,
        VarP,
        Mode,
        Perc(half),
        ExactPerc(half),
        Earliest,
        Latest,
        EarliestTime,
        LatestTime,
        Rate,
    ];
    let spark = |func, field, span: Option<u64>| Aggregate {
        sparkline: Some(span.map(BinSpan::Micros)),
        ..aggregate(func, field, Some(&format!("spark {}", AggregateFunc::name(func))))
    };
    let computed =
        |func, kind| Aggregate { over: Over::Eval(Expr::new(kind, Span::default())), ..aggregate(func, None, None) };
    let field = |name: &str| Box::new(Expr::new(ExprKind::Field(name.into()), Span::default()));
    let positive = || {
        let zero = Box::new(Expr::new(ExprKind::Number(Literal(0.0)), Span::default()));
        ExprKind::Compare(ExprCompareOp::Gt, field("a"), zero)
    };
    let double = || ExprKind::Arithmetic(ArithmeticOp::Add, field("b"), field("b"));
    let mut strict = stats(vec![aggregate(Sum, Some("a"), None), aggregate(Var, Some("b"), None)], &["host"]);
    if let Command::Stats(command) = &mut strict {
        command.allnum = true;
    }
    let each = |field: &str| all.iter().map(|func| aggregate(*func, Some(field), None)).collect::<Vec<_>>();
    let wild = |func| aggregate(func, Some("*"), Some(&format!("{}_*", AggregateFunc::name(func))));
    let number_bin = Command::Bin(BinCommand {
        field: "a".into(),
        alias: Some("c".into()),
        options: BinOptions::fixed(BinSpan::Number(5.0)),
    });
    let mut rules = crate::commands::field_tests::rules();
    rules.extend([
        vec![stats([each("a"), each("b"), vec![aggregate(Count, None, Some("n"))]].concat(), &["host"])],
        vec![stats(each("a"), &["b", "host"])],
        vec![stats(each("_time"), &[])],
        vec![stats(all.iter().map(|func| wild(*func)).collect(), &["host"])],
        vec![
            table(&["_time", "host", "a*"]),
            bin_seconds(1),
            stats(vec![aggregate(Values, Some("*"), Some("*"))], &["_time", "host"]),
        ],
        vec![
            stats(each("b"), &["host"]),
            stats(vec![aggregate(List, Some("*"), Some("*")), aggregate(Count, None, None)], &["dc(b)"]),
        ],
        vec![number_bin, stats(vec![aggregate(List, Some("c"), None), aggregate(Sum, Some("a*"), Some("s*"))], &[])],
        vec![strict],
        vec![
            bin_seconds(2),
            stats(
                vec![spark(Count, None, None), spark(Last, Some("a"), Some(1_000_000)), spark(Avg, Some("b"), None)],
                &["host"],
            ),
        ],
        vec![stats(vec![computed(Count, positive()), computed(Sum, double())], &["host"])],
        vec![],
        vec![table(&["b", "_time", "a*"])],
        vec![Command::Fields(FieldsCommand { remove: true, list: patterns(&["a"]) })],
    ]);
    rules
}

/// The same result with whole numbers as integers: in a column of numbers of both kinds, a part of the rows may have had one kind only,
/// and the kind of a whole number does not show (§4.4).
fn plain(mut table: Table) -> Table {
    for value in table.rows.iter_mut().flat_map(|row| &mut row.values) {
        if let Value::Float(_) = value {
            let mut text = String::new();
            value.write_text(&mut text, "");
            *value = text.parse().map_or(value.clone(), Value::Int);
        }
    }
    table
}

/// Runs a rule over files that are cut at `cuts`, each piece in a state of its own, merged in the order of `order`.
fn run_split(pipeline: &Pipeline, files: &[Vec<Row>], cuts: &[usize], order: &[usize]) -> Table {
    let mut states = Vec::new();
    for (file, rows) in files.iter().enumerate() {
        let mut edges: Vec<usize> = cuts.iter().map(|cut| cut % (rows.len() + 1)).chain([0, rows.len()]).collect();
        edges.sort_unstable();
        for edge in edges.windows(2) {
            let mut state = pipeline.state();
            pipeline.update(&mut state, piece(file, rows, edge[0], edge[1])).unwrap();
            states.push(state);
        }
    }
    let mut whole = pipeline.state();
    for pick in order.iter().chain(std::iter::repeat_n(&0, states.len())) {
        if states.is_empty() {
            break;
        }
        let state = states.remove(pick % states.len());
        match pick % 3 {
            // Through a partial state, …
            0 => pipeline.merge(&mut whole, &pipeline.partial(&state).unwrap()).unwrap(),
            // … directly, …
            1 => pipeline.absorb(&mut whole, state).unwrap(),
            // … or the other way round, the whole into the part.
            _ => {
                let mut next = state;
                pipeline.absorb(&mut next, whole).unwrap();
                whole = next;
            }
        }
    }
    pipeline.finish_alone(whole).unwrap()
}

fn row() -> impl Strategy<Value = Row> {
    (prop::option::weighted(0.9, 0..6_i64), 0..4_usize, [0..12_usize, 0..12, 0..12])
        .prop_map(|(time, key, cells)| Row { time, key, cells })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_split_merged_in_any_order_is_one_pass(
        files in prop::collection::vec(prop::collection::vec(row(), 0..12), 1..4),
        cuts in prop::collection::vec(0..12_usize, 0..4),
        order in prop::collection::vec(0..100_usize, 12),
    ) {
        for rule in rules() {
            let pipeline = Pipeline::new(&rule, &settings()).unwrap();
            let mut state = pipeline.state();
            for (file, rows) in files.iter().enumerate() {
                pipeline.update(&mut state, piece(file, rows, 0, rows.len())).unwrap();
            }
            let whole = plain(pipeline.finish_alone(state).unwrap());
            prop_assert_eq!(plain(run_split(&pipeline, &files, &cuts, &order)), whole, "{:?}", rule);
        }
    }

    #[test]
    fn a_partial_state_comes_back(rows in prop::collection::vec(row(), 0..12)) {
        for rule in rules() {
            let pipeline = Pipeline::new(&rule, &settings()).unwrap();
            let mut state = pipeline.state();
            pipeline.update(&mut state, piece(0, &rows, 0, rows.len())).unwrap();
            pipeline.update(&mut state, piece(3, &rows, 0, rows.len())).unwrap();
            let partial = pipeline.partial(&state).unwrap();
            let mut back = pipeline.state();
            pipeline.merge(&mut back, &partial).unwrap();
            prop_assert_eq!(pipeline.finish_alone(back).unwrap(), pipeline.finish_alone(state).unwrap());
        }
    }

    #[test]
    fn needs_are_enough(rows in prop::collection::vec(row(), 0..8)) {
        for rule in rules() {
            let pipeline = Pipeline::new(&rule, &settings()).unwrap();
            let needs = pipeline.needs();
            let batch = piece(0, &rows, 0, rows.len());
            let (mut all, mut needed) = (pipeline.state(), pipeline.state());
            pipeline.update(&mut needed, batch.clone().keep_fields(|name| needs.selects(name))).unwrap();
            pipeline.update(&mut all, batch).unwrap();
            prop_assert_eq!(pipeline.finish_alone(needed).unwrap(), pipeline.finish_alone(all).unwrap(), "{:?}", rule);
        }
    }
}
