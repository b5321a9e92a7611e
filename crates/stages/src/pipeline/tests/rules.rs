//! Examples of the specification.

use retrohunt_spl::plan::{CompareOp, Comparison, FieldRef, FieldsCommand, SearchCommand, SearchExpr};
use retrohunt_spl::span::Span;

use super::*;
use AggregateFunc::{Count, Dc, First, Last, List, Max, Min, Sum, Values};

fn search(field: &str, op: CompareOp, value: &str) -> Command {
    let comparison =
        Comparison { field: FieldRef::plain(field), op, value: Glob::new(value), case: false, span: Span::default() };
    Command::Search(SearchCommand { expr: SearchExpr::Compare(comparison), earliest: None, latest: None })
}

fn values_of_all() -> Vec<Aggregate> {
    vec![aggregate(Values, Some("*"), Some("*"))]
}

/// The rows of §9.5.
fn seed_rows() -> Batch {
    batch(
        0,
        &[
            ("_time", times(&[100.9, 100.2, 100.1, 100.1])),
            ("host", texts(&[Some("h"), Some("h"), None, Some("h")])),
            ("user", texts(&[Some("u2"), Some("u1"), Some("u3"), Some("u4")])),
            (
                "process",
                texts(&[
                    Some("net.exe  \\\\srv\\c$"),
                    Some("net.exe  \\\\srv\\c$"),
                    Some("net.exe  \\\\srv\\c$"),
                    Some("net.exe x"),
                ]),
            ),
            ("process_id", ints(&[Some(9), Some(10), Some(11), Some(12)])),
            ("other", texts(&[Some("o"), None, None, None])),
        ],
    )
}

const SEED_TABLE: [&str; 8] =
    ["_time", "host", "user", "process", "process_*", "parent_process", "parent_process_*", "src_user"];

#[test]
fn section_9_5_seed_rule() {
    let regex = retrohunt_spl::plan::RegexCommand {
        field: "process".into(),
        negated: false,
        pattern: "\\s+\\s+\\x5c\\x5c.{2,}".into(),
        raw_pattern: String::new(),
    };
    let commands = [
        Command::Regex(regex),
        table(&SEED_TABLE),
        bin_seconds(1),
        stats(values_of_all(), &["_time", "host", "process"]),
    ];
    let result = run(&commands, vec![seed_rows()]);
    assert_eq!(names(&result), ["_time", "host", "process", "parent_process", "process_id", "src_user", "user"]);
    let named: Vec<bool> = result.columns.iter().map(|column| column.named).collect();
    assert_eq!(named, [true, true, true, true, false, true, true]);
    let row = vec![
        Value::Time(100_000_000),
        text("h"),
        text("net.exe  \\\\srv\\c$"),
        Value::Null,
        list(&["10", "9"]),
        Value::Null,
        list(&["u1", "u2"]),
    ];
    assert_eq!(values(&result), [row]);
    let evidence: Vec<u64> = result.rows[0].evidence.iter().map(|key| key.row).collect();
    assert_eq!(evidence, [0, 1]);
}

#[test]
fn section_9_5_needs_of_the_seed_rule() {
    let commands = [table(&SEED_TABLE), bin_seconds(1), stats(values_of_all(), &["_time", "host", "process"])];
    let needs = Pipeline::new(&commands, &settings()).unwrap().needs();
    for name in ["_time", "host", "process", "process_id", "user", "src_user", "parent_process_x"] {
        assert!(needs.selects(name), "{name}");
    }
    for name in ["_raw", "other", "command"] {
        assert!(!needs.selects(name), "{name}");
    }
    let count = [stats(vec![aggregate(Count, None, None)], &[])];
    assert_eq!(Pipeline::new(&count, &settings()).unwrap().needs(), Needs::Fields(vec![]));
    assert_eq!(Pipeline::new(&[], &settings()).unwrap().needs(), Needs::All);
}

#[test]
fn section_5_10_worked_example() {
    let rows = batch(
        0,
        &[
            ("_time", times(&[3.0, 2.0, 1.0, 1.0])),
            ("host", texts(&[Some("h1"), Some("h1"), Some("h2"), None])),
            ("a", texts(&[Some("y"), Some("x"), Some("x"), Some("z")])),
            ("b", ints(&[None, Some(7), None, Some(9)])),
        ],
    );
    let result = run(&[stats(values_of_all(), &["host"])], vec![rows]);
    assert_eq!(names(&result), ["host", "a", "b"]);
    let expected = [vec![text("h1"), list(&["x", "y"]), text("7")], vec![text("h2"), text("x"), Value::Null]];
    assert_eq!(values(&result), expected);
}

#[test]
fn section_5_10_2_names_and_order_as_written() {
    let rows = batch(0, &[("x", ints(&[Some(1), Some(3)])), ("y", texts(&[Some("a"), Some("b")]))]);
    let aggregates = vec![
        aggregate(Sum, Some("x"), None),
        aggregate(Count, None, Some("n")),
        aggregate(Dc, Some("y"), None),
        aggregate(Max, Some("x"), None),
        aggregate(First, Some("y"), None),
        aggregate(Last, Some("y"), None),
        aggregate(List, Some("nothing"), None),
    ];
    let result = run(&[stats(aggregates, &[])], vec![rows]);
    assert_eq!(names(&result), ["sum(x)", "n", "dc(y)", "max(x)", "first(y)", "last(y)", "list(nothing)"]);
    let expected = vec![Value::Int(4), Value::Int(2), Value::Int(2), Value::Int(3), text("a"), text("b"), Value::Null];
    assert_eq!(values(&result), [expected]);
}

#[test]
fn section_5_10_3_multivalue_by_field() {
    let rows = || batch(0, &[("m", lists(&[&["a", "b", "a"], &["b"], &[]]))]);
    let mut command = stats(vec![aggregate(Count, None, None)], &["m"]);
    let expected = |a: i64| [vec![text("a"), Value::Int(a)], vec![text("b"), Value::Int(2)]];
    assert_eq!(values(&run(std::slice::from_ref(&command), vec![rows()])), expected(2));
    if let Command::Stats(stats) = &mut command {
        stats.dedup_splitvals = true;
    }
    assert_eq!(values(&run(&[command], vec![rows()])), expected(1));
}

#[test]
fn section_5_10_4_wildcards() {
    let rows = batch(
        0,
        &[
            ("host", texts(&[Some("h"), Some("g")])),
            ("bytes", ints(&[Some(5), Some(0)])),
            ("bits", ints(&[None, None])),
            ("_hidden", ints(&[Some(1), Some(1)])),
            ("x_1", texts(&[Some("a"), None])),
        ],
    );
    let aggregates = vec![
        aggregate(Sum, Some("b*"), Some("s_*")),
        aggregate(Count, Some("x_*"), None),
        aggregate(Values, Some("*"), None),
    ];
    let result = run(&[stats(aggregates, &["host"])], vec![rows]);
    assert_eq!(names(&result), ["host", "s_ytes", "count(x_1)", "values(bytes)", "values(x_1)"]);
    let g = vec![text("g"), Value::Int(0), Value::Null, text("0"), Value::Null];
    let h = vec![text("h"), Value::Int(5), Value::Int(1), text("5"), text("a")];
    assert_eq!(values(&result), [g, h]);
}

#[test]
fn section_5_10_5_an_aggregate_without_wildcard_wins() {
    let rows = batch(0, &[("mb_out", ints(&[Some(1), Some(2)])), ("dest", texts(&[Some("d"), Some("d")]))]);
    let aggregates = vec![aggregate(Values, Some("*"), Some("*")), aggregate(Sum, Some("mb_out"), Some("mb_out"))];
    let result = run(&[stats(aggregates, &[])], vec![rows]);
    assert_eq!(names(&result), ["dest", "mb_out"]);
    assert_eq!(values(&result), [vec![text("d"), Value::Int(3)]]);
}

#[test]
fn section_5_10_6_no_rows() {
    let list =
        || vec![aggregate(Values, Some("x"), None), aggregate(Count, None, None), aggregate(Dc, Some("x"), None)];
    assert_eq!(values(&run(&[stats(list(), &[])], vec![])), [vec![Value::Null, Value::Int(0), Value::Int(0)]]);
    assert_eq!(values(&run(&[stats(list(), &["host"])], vec![])), Vec::<Vec<Value>>::new());
    let without_count = stats(vec![aggregate(Values, Some("x"), None)], &[]);
    assert!(run(&[without_count], vec![]).rows.is_empty());
    // Rows without values are still rows.
    let rows = batch(0, &[("y", texts(&[None]))]);
    assert_eq!(values(&run(&[stats(vec![aggregate(Values, Some("x"), None)], &[])], vec![rows])), [vec![Value::Null]]);
}

#[test]
fn section_5_10_7_natural_order() {
    let keys = ["10", "9", "ml", "H", "Mw", "1.0", "1", "", "-1"];
    let rows = batch(0, &[("k", texts(&keys.map(Some)))]);
    let result = run(&[stats(vec![aggregate(Count, None, None)], &["k"])], vec![rows]);
    let order: Vec<Value> = result.rows.iter().map(|row| row.values[0].clone()).collect();
    assert_eq!(order, ["-1", "1", "1.0", "9", "10", "", "H", "Mw", "ml"].map(text));
}

#[test]
fn a_time_is_a_number_under_another_name() {
    let rows = batch(0, &[("_time", times(&[5.5, 7.0]))]);
    let aggregates = vec![
        aggregate(Min, Some("_time"), Some("start")),
        aggregate(Max, Some("_time"), Some("end")),
        aggregate(First, Some("_time"), Some("_time")),
    ];
    let result = run(&[stats(aggregates, &[])], vec![rows]);
    assert_eq!(values(&result), [vec![Value::Float(5.5), Value::Int(7), Value::Time(7_000_000)]]);
}

#[test]
fn section_4_7_1_rows_come_out_newest_first() {
    let first = batch(0, &[("_time", times(&[1.0, 9.0])), ("a", texts(&[Some("p"), Some("q")]))]);
    let second = batch(1, &[("_time", times(&[9.0, 20.0])), ("a", texts(&[Some("r"), Some("s")]))]);
    let third = batch(2, &[("a", texts(&[Some("t")]))]);
    let result = run(&[table(&["a"])], vec![third, second, first]);
    let order: Vec<Value> = result.rows.iter().map(|row| row.values[0].clone()).collect();
    assert_eq!(order, ["s", "q", "r", "p", "t"].map(text));
}

#[test]
fn section_5_2_columns_of_a_rule_without_stats() {
    let first = batch(0, &[("zz", texts(&[Some("1")])), ("_time", times(&[1.0])), ("none", texts(&[None]))]);
    let second = batch(1, &[("b", ints(&[Some(2)])), ("zz", ints(&[Some(3)]))]);
    let both = || vec![first.clone(), second.clone()];
    let result = run(&[], both());
    assert_eq!(names(&result), ["_time", "b", "zz"]);
    assert_eq!(
        values(&result),
        [vec![Value::Time(1_000_000), Value::Null, text("1")], vec![Value::Null, Value::Int(2), Value::Int(3)]]
    );
    let fields = |remove, list: &[&str]| Command::Fields(FieldsCommand { remove, list: patterns(list) });
    assert_eq!(names(&run(&[fields(true, &["z*"])], both())), ["_time", "b"]);
    assert_eq!(names(&run(&[fields(false, &["b", "missing"])], both())), ["b", "_time"]);
    assert_eq!(names(&run(&[table(&["b", "none*", "none"])], both())), ["b", "none"]);
}

#[test]
fn commands_after_stats_run_on_the_finished_table() {
    let rows = batch(
        0,
        &[
            ("_time", times(&[4.0, 3.0, 2.0, 1.0])),
            ("host", texts(&[Some("a"), Some("a"), Some("b"), Some("c")])),
            ("n", ints(&[Some(1), Some(20), Some(3), None])),
        ],
    );
    let count = || stats(vec![aggregate(Count, None, None), aggregate(Max, Some("n"), Some("n"))], &["host"]);
    let result = run(&[count(), search("count", CompareOp::Ge, "2")], vec![rows.clone()]);
    assert_eq!(names(&result), ["host", "count", "n"]);
    assert_eq!(values(&result), [vec![text("a"), Value::Int(2), Value::Int(20)]]);
    assert_eq!(result.rows[0].evidence.iter().map(|key| key.row).collect::<Vec<_>>(), [0, 1]);

    let again =
        stats(vec![aggregate(Count, None, Some("rows")), aggregate(Values, Some("host"), Some("hosts"))], &["count"]);
    let result = run(&[count(), again], vec![rows.clone()]);
    assert_eq!(
        values(&result),
        [vec![text("1"), Value::Int(2), list(&["b", "c"])], vec![text("2"), Value::Int(1), text("a")]]
    );
    assert_eq!(result.rows[0].evidence.iter().map(|key| key.row).collect::<Vec<_>>(), [2, 3]);

    let result = run(&[count(), table(&["n", "host"])], vec![rows]);
    assert_eq!(
        values(&result),
        [vec![Value::Int(20), text("a")], vec![Value::Int(3), text("b")], vec![Value::Null, text("c")]]
    );
}

#[test]
fn a_later_search_has_time_bounds_only_if_they_can_be_resolved() {
    let bounded = Command::Search(SearchCommand {
        expr: SearchExpr::All,
        earliest: Some(TimeText("2".into())),
        latest: Some(TimeText("4".into())),
    });
    assert_eq!(Pipeline::new(&[table(&["*"]), bounded.clone()], &settings()).unwrap_err().command_index, Some(1));
    let resolve: ResolveTime = Arc::new(|text| Some(text.0.parse::<i64>().ok()? * 1_000_000));
    let settings = Settings { resolve_time: Some(resolve), ..settings() };
    let pipeline = Pipeline::new(&[bounded], &settings).unwrap();
    let mut state = pipeline.state();
    pipeline.update(&mut state, batch(0, &[("_time", times(&[1.9, 2.0, 3.9, 4.0]))])).unwrap();
    pipeline.update(&mut state, batch(1, &[("x", texts(&[Some("timeless")]))])).unwrap();
    let rows: Vec<u64> = pipeline.finish_alone(state).unwrap().rows.iter().map(|row| row.evidence[0].row).collect();
    assert_eq!(rows, [2, 1]);
}

#[test]
fn pipelines_and_states_cross_threads_and_tell_their_size() {
    fn crosses<T: Send + Sync>(_: &T) {}
    let pipeline = Pipeline::new(&[stats(values_of_all(), &["host"])], &settings()).unwrap();
    let mut state = pipeline.state();
    crosses(&pipeline);
    crosses(&state);
    let before = state.memory_usage();
    pipeline.update(&mut state, seed_rows()).unwrap();
    assert!(state.memory_usage() > before + 100);
    let rows = Pipeline::new(&[], &settings()).unwrap();
    let mut state = rows.state();
    rows.update(&mut state, seed_rows()).unwrap();
    assert!(state.memory_usage() > 100);
}

#[test]
fn a_partial_state_of_another_form_is_refused() {
    let count = Pipeline::new(&[stats(vec![aggregate(Count, None, None)], &[])], &settings()).unwrap();
    let sum = Pipeline::new(&[stats(vec![aggregate(Sum, Some("x"), None)], &["y"])], &settings()).unwrap();
    let rows = Pipeline::new(&[], &settings()).unwrap();
    let partial = count.partial(&count.state()).unwrap();
    assert_eq!(sum.merge(&mut sum.state(), &partial).unwrap_err().code, "E-STAGE-PARTIAL");
    assert_eq!(rows.merge(&mut rows.state(), &partial).unwrap_err().code, "E-STAGE-PARTIAL");
    let schema = Arc::new(arrow_schema::Schema::new(partial.schema().fields().clone()));
    let untagged = RecordBatch::try_new(schema, partial.columns().to_vec()).unwrap();
    assert!(count.merge(&mut count.state(), &untagged).is_err());
    let cut = partial.project(&[0, 1, 2]).unwrap();
    assert!(count.merge(&mut count.state(), &cut).is_err());
    assert_eq!(count.absorb(&mut count.state(), rows.state()).unwrap_err().code, "E-STAGE-PARTIAL");
}
