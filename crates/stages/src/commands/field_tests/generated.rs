//! Rows and texts made by commands: §5.21 (`appendpipe`), §5.27, §5.29.

use retrohunt_spl::plan::{
    Aggregate, AggregateFunc, DataFormat, FormatCommand, MakeResultsCommand, Over, ReturnItem, StatsCommand,
    TagsCommand,
};

use super::*;

fn format() -> FormatCommand {
    let strings = ["(", "(", "AND", ")", "OR", ")"].map(str::to_owned);
    FormatCommand { strings, mv_sep: "OR".into(), max_results: 0, empty: "NOT ()".into() }
}

#[test]
fn section_5_27_format_writes_a_search_expression() {
    let input = rows(&[("_raw", &["r", "r", "r"]), ("a", &["1", "~", "~"]), ("b", &["x \"y\" \\", "~", "p|q"])]);
    let formatted = run(&[Command::Format(format())], &input);
    let expected = "( ( a=\"1\" AND b=\"x \\\"y\\\" \\\\\" ) OR ( ( b=\"p\" OR b=\"q\" ) ) )";
    assert_eq!(shown(&formatted), [format!("search={expected}")]);
    assert_eq!(evidence(&formatted), [vec![0, 1, 2]]);
    let first = run(&[Command::Format(FormatCommand { max_results: 1, ..format() }), table(&["search"])], &input);
    assert_eq!(shown(&first), ["search=( ( a=\"1\" AND b=\"x \\\"y\\\" \\\\\" ) )"]);
}

#[test]
fn section_5_27_format_with_other_strings_and_without_rows() {
    let input = rows(&[("a", &["1", "2"])]);
    let strings = ["", "", ",", "", ";", ""].map(str::to_owned);
    let formatted = run(&[Command::Format(FormatCommand { strings, ..format() })], &input);
    assert_eq!(shown(&formatted), ["search=a=\"1\" ; a=\"2\""]);
    let none = run(&[Command::Format(format())], &rows(&[("a", &[])]));
    assert_eq!(shown(&none), ["search=NOT ()"]);
    let hidden = run(&[Command::Format(format())], &rows(&[("_a", &["1"])]));
    assert_eq!(shown(&hidden), ["search=NOT ()"]);
}

#[test]
fn section_1_6_4_a_column_named_search_gives_its_text() {
    let input = rows(&[("query", &["x OR y"]), ("a", &["1"])]);
    assert_eq!(shown(&run(&[Command::Format(format())], &input)), ["search=( ( a=\"1\" AND x OR y ) )"]);
}

fn returned(count: u64, items: Vec<ReturnItem>, input: &Batch) -> String {
    let result = run(&[Command::Return { count, items }], input);
    shown(&result).remove(0).split_off("search=".len())
}

#[test]
fn section_5_27_return_takes_the_first_rows() {
    let input = rows(&[("a", &["1", "2", "~"]), ("b", &["x", "~", "z"]), ("m", &["p|q", "~", "~"])]);
    let field = |name: &str| ReturnItem::Field(name.to_owned());
    assert_eq!(returned(2, vec![field("a"), field("b")], &input), "(a=\"1\" b=\"x\") OR (a=\"2\")");
    assert_eq!(returned(1, vec![field("a"), field("b")], &input), "(a=\"1\" b=\"x\")");
    assert_eq!(returned(1, vec![field("a")], &input), "a=\"1\"");
    assert_eq!(returned(1, vec![ReturnItem::Alias("src".into(), "a".into())], &input), "src=\"1\"");
    assert_eq!(returned(9, vec![ReturnItem::Value("b".into())], &input), "(x) OR (z)");
    assert_eq!(returned(1, vec![ReturnItem::Value("b".into())], &input), "x");
    assert_eq!(returned(1, vec![field("m")], &input), "(m=\"p\" OR m=\"q\")");
    assert_eq!(returned(5, vec![field("zz")], &input), "NOT ()");
    assert_eq!(returned(0, vec![field("a")], &input), "NOT ()");
}

fn makeresults(count: u64, annotate: bool, data: Option<(DataFormat, &str)>) -> Command {
    let data = data.map(|(format, text)| (format, text.to_owned()));
    Command::MakeResults(MakeResultsCommand { count, annotate, data })
}

#[test]
fn section_5_29_makeresults_ignores_its_input() {
    let input = rows(&[("a", &["1"])]);
    let made = run(&[makeresults(2, false, None)], &input);
    assert_eq!(shown(&made), ["_time=1700000000.5"; 2]);
    assert_eq!(made.rows[0].values, [Value::Time(1_700_000_000_500_000)]);
    let annotated = run(&[makeresults(1, true, None)], &input);
    assert_eq!(names(&annotated), ["_time", "_raw", "host", "source", "sourcetype", "splunk_server"]);
    assert_eq!(run(&[makeresults(0, false, None)], &input).rows.len(), 0);
}

#[test]
fn section_5_29_makeresults_with_data() {
    let input = rows(&[("a", &["1"])]);
    let csv = makeresults(1, false, Some((DataFormat::Csv, "b,a\n1,\"x,y\"\n2,")));
    assert_eq!(shown(&run(&[csv, table(&["a", "b"])], &input)), ["a=x,y b=1", "b=2"]);
    let json = makeresults(1, false, Some((DataFormat::Json, "[{\"a\":1},{\"b\":[2]}]")));
    assert_eq!(shown(&run(&[json, table(&["a", "b"])], &input)), ["a=1", "b=[2]"]);
    for (format, text) in [(DataFormat::Json, "{}"), (DataFormat::Csv, "a,\"b")] {
        assert_eq!(failure(&[makeresults(1, false, Some((format, text)))], &input).0, "E-STAGE-COMMAND");
    }
}

#[test]
fn a_huge_count_is_refused() {
    let input = rows(&[("a", &["1"])]);
    assert_eq!(failure(&[makeresults(u64::MAX, true, None)], &input).0, "E-STAGE-LIMIT");
}

#[test]
fn section_5_29_addinfo() {
    let input = rows(&[("a", &["1"]), ("info_sid", &["old"])]);
    let open = run(&[Command::AddInfo], &input);
    let expected = "a=1 info_min_time=0 info_max_time=+Infinity info_search_time=1700000000.5 info_sid=1700000000.5";
    assert_eq!(shown(&open), [expected]);
    let bounded = Settings { bounds: (Some(1_500_000), Some(9_000_000)), ..settings() };
    let pipeline = Pipeline::new(&[Command::AddInfo], &bounded).unwrap();
    let mut state = pipeline.state();
    pipeline.update(&mut state, input).unwrap();
    let table = pipeline.finish_alone(state).unwrap();
    assert_eq!(table.rows[0].values[1..3], [Value::Float(1.5), Value::Int(9)]);
}

#[test]
fn section_5_29_tags_and_sinks_let_rows_pass_with_a_warning() {
    let input = rows(&[("a", &["1", "2"])]);
    let tags = TagsCommand {
        output_field: None,
        include_name: false,
        include_value: false,
        allowed: Vec::new(),
        fields: Vec::new(),
    };
    let (table, notes) = run_noted(&[Command::Tags(tags), Command::Sink { name: "collect".into() }], &[input]);
    assert_eq!(shown(&table), ["a=1", "a=2"]);
    assert_eq!(notes.codes.keys().copied().collect::<Vec<_>>(), ["W-NO-TAGS", "W-SIDE-EFFECT"]);
    assert!(notes.codes["W-SIDE-EFFECT"].contains("`collect`"));
}

fn count() -> Command {
    let count = Aggregate {
        func: AggregateFunc::Count,
        over: Over::Rows,
        sparkline: None,
        alias: None,
        default_name: "count".into(),
    };
    Command::Stats(StatsCommand {
        aggregates: vec![count],
        by: Vec::new(),
        dedup_splitvals: false,
        allnum: false,
        delim: " ".into(),
    })
}

#[test]
fn section_5_21_appendpipe_appends_what_its_commands_make_of_a_copy() {
    let input = rows(&[("a", &["1", "2"])]);
    let inner = plan(vec![count(), renames(&[("count", "n")])]);
    let result = run(&[Command::AppendPipe(Box::new(inner))], &input);
    assert_eq!(shown(&result), ["a=1", "a=2", "n=2"]);
    assert_eq!(names(&result), ["a", "n"]);
    assert_eq!(evidence(&result), [vec![0], vec![1], vec![0, 1]]);
    let twice = run(&[Command::AppendPipe(Box::new(plan(vec![fillnull("x", &["b"])])))], &input);
    assert_eq!(shown(&twice), ["a=1", "a=2", "a=1 b=x", "a=2 b=x"]);
}

#[test]
fn appendpipes_are_bounded_in_depth_and_size() {
    let input = rows(&[("a", &["1"])]);
    let mut deep = plan(vec![count()]);
    for _ in 0..40 {
        deep = plan(vec![Command::AppendPipe(Box::new(deep))]);
    }
    assert_eq!(failure(&[Command::AppendPipe(Box::new(deep))], &input).0, "E-STAGE-LIMIT");
    let double = || Command::AppendPipe(Box::new(plan(vec![fillnull("x", &["b"])])));
    let start = makeresults(1 << 12, true, None);
    let commands: Vec<Command> = std::iter::once(start).chain((0..60).map(|_| double())).collect();
    assert_eq!(failure(&commands, &input).0, "E-STAGE-LIMIT");
}
