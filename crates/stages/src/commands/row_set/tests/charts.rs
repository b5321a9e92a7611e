//! `bin` without a span, `chart`, `timechart`, `xyseries`, `untable`.

use retrohunt_spl::plan::{
    AlignTime, BinCommand, BinOptions, BinSpan, CalendarUnit, ChartCommand, ChartLimit, XySeriesCommand,
};

use super::*;
use AggregateFunc::{Avg, Count, Dc, Sum, Values};

fn bin(field: &str, alias: Option<&str>, options: BinOptions) -> Command {
    Command::Bin(BinCommand { field: field.into(), alias: alias.map(str::to_owned), options })
}

#[test]
fn section_5_4_6_bins_from_the_range_of_the_values() {
    let rows = || table(&["n"], &[&["3"], &["95"], &["x"], &["∅"], &["7|40"]]);
    let ten = BinOptions { bins: Some(10), ..BinOptions::default() };
    let result = run(&bin("n", None, ten.clone()), rows());
    assert_eq!(column(&result, "n"), ["0-10", "90-100", "x", "∅", "0-10|40-50"]);
    let result = run(&bin("n", Some("m"), ten.clone()), rows());
    assert_eq!(shown(&result)[1], ["95", "90-100"]);
    let wide = BinOptions { start: Some(Literal(0.0)), end: Some(Literal(1000.0)), ..ten };
    assert_eq!(column(&run(&bin("n", None, wide.clone()), rows()), "n")[0], "0-1000");
    let narrow = BinOptions { start: Some(Literal(50.0)), end: Some(Literal(60.0)), ..wide };
    assert_eq!(column(&run(&bin("n", None, narrow), rows()), "n")[0], "0-10");
    assert_eq!(shown(&run(&bin("zz", None, BinOptions::default()), rows())), shown(&rows()));
    let text = run(&bin("n", None, BinOptions::default()), table(&["n"], &[&["a"]]));
    assert_eq!(column(&text, "n"), ["a"]);
}

#[test]
fn section_5_4_6_the_ladder_for_times() {
    let rows = table(&["_time"], &[&["1000"], &["1061.5"], &["1250"]]);
    let options = BinOptions { bins: Some(10), ..BinOptions::default() };
    assert_eq!(column(&run(&bin("_time", None, options), rows), "_time"), ["990", "1050", "1230"]);
}

#[test]
fn section_5_4_7_bins_begin_at_an_end_of_the_times() {
    let rows = || table(&["_time"], &[&["1250"], &["1061.5"], &["1003"]]);
    let aligned = |align| BinOptions { align: Some(align), ..BinOptions::fixed(BinSpan::Micros(100_000_000)) };
    let cut = |align| column(&run(&bin("_time", None, aligned(align)), rows()), "_time");
    assert_eq!(cut(AlignTime::Earliest), ["1203", "1003", "1003"]);
    assert_eq!(cut(AlignTime::Latest), ["1250", "1050", "950"]);
    let at = AlignTime::At(retrohunt_spl::plan::TimeText("x".into()));
    assert_eq!(code(&bin("_time", None, aligned(at)), rows()), "E-STAGE-TIME");
}

fn chart(aggregates: Vec<Aggregate>, over: Option<&str>, by: Option<&str>) -> ChartCommand {
    ChartCommand {
        time: false,
        stats: stats(aggregates, &[]),
        over: over.map(str::to_owned),
        over_bins: None,
        by: by.map(str::to_owned),
        by_bins: None,
        limit: ChartLimit::Top(10),
        other: Some("OTHER".into()),
        null: Some("NULL".into()),
        cont: true,
        sep: ": ".into(),
        format: None,
    }
}

fn timechart(aggregates: Vec<Aggregate>, by: Option<&str>) -> ChartCommand {
    let over_bins = Some(BinOptions::fixed(BinSpan::Micros(60_000_000)));
    ChartCommand { time: true, over_bins, ..chart(aggregates, None, by) }
}

fn charted(command: &ChartCommand, rows: Table) -> Table {
    run(&Command::Chart(command.clone()), rows)
}

fn requests() -> Table {
    table(
        &["_time", "status", "host", "n"],
        &[
            &["300", "404", "b", "1"],
            &["200", "200", "a", "2"],
            &["190", "200", "b", "3"],
            &["70", "404", "∅", "4"],
            &["60", "∅", "a", "5"],
            &["61", "99", "10", "6"],
        ],
    )
}

#[test]
fn section_5_23_1_rows_and_columns() {
    let result = charted(&chart(vec![aggregate(Count, "", None)], Some("status"), Some("host")), requests());
    assert_eq!(names(&result), ["status", "10", "a", "b", "NULL"]);
    let expected = [["99", "1", "0", "0", "0"], ["200", "0", "1", "1", "0"], ["404", "0", "0", "1", "1"]];
    assert_eq!(shown(&result), expected);
    assert_eq!(evidence(&result), [vec![5], vec![1, 2], vec![0, 3]]);
    let no_null = ChartCommand { null: None, ..chart(vec![aggregate(Sum, "n", None)], Some("status"), Some("host")) };
    let result = charted(&no_null, requests());
    assert_eq!(names(&result), ["status", "10", "a", "b"]);
    assert_eq!(shown(&result)[2], ["404", "∅", "∅", "1"]);
    let alone = charted(
        &chart(vec![aggregate(Sum, "n", Some("s")), aggregate(Dc, "host", None)], Some("status"), None),
        requests(),
    );
    assert_eq!(names(&alone), ["status", "s", "dc(host)"]);
    assert_eq!(shown(&alone), [["99", "6", "1"], ["200", "5", "2"], ["404", "5", "1"]]);
    let total = charted(&chart(vec![aggregate(Count, "", None)], None, None), requests());
    assert_eq!(shown(&total), [["6"]]);
    let by_alone = charted(&chart(vec![aggregate(Count, "", None)], None, Some("host")), requests());
    assert_eq!(shown(&by_alone), [["10", "1"], ["a", "2"], ["b", "2"]]);
}

#[test]
fn section_5_23_1_names_of_several_aggregates() {
    let both = || vec![aggregate(Count, "", None), aggregate(Sum, "n", Some("s"))];
    let command = chart(both(), Some("status"), Some("host"));
    let result = charted(&command, requests());
    assert_eq!(names(&result)[..4], ["status", "count: 10", "count: a", "count: b"]);
    assert_eq!(names(&result)[5..], ["s: 10", "s: a", "s: b", "s: NULL"]);
    let dash = ChartCommand { sep: "-".into(), ..command.clone() };
    assert_eq!(names(&charted(&dash, requests()))[1], "count-10");
    let format = ChartCommand { format: Some("$VAL$/$AGG$".into()), ..command };
    assert_eq!(names(&charted(&format, requests()))[1], "10/count");
    // A series cannot take the place of the row field.
    let rows = table(&["r", "c"], &[&["1", "r"]]);
    let result = charted(&chart(vec![aggregate(Count, "", None)], Some("r"), Some("c")), rows);
    assert_eq!((names(&result), shown(&result)), (vec!["r", "VALUE_r"], vec![vec!["1".to_owned(), "1".to_owned()]]));
}

#[test]
fn section_5_23_2_the_series_with_the_greatest_score_stay() {
    let rows = || {
        table(
            &["r", "c", "n"],
            &[
                &["1", "a", "9"],
                &["1", "b", "1"],
                &["1", "b", "1"],
                &["1", "c", "3"],
                &["2", "c", "3"],
                &["2", "d", "2"],
            ],
        )
    };
    let of = |aggregates, limit| ChartCommand { limit, null: None, ..chart(aggregates, Some("r"), Some("c")) };
    let sum = || vec![aggregate(Sum, "n", None)];
    let result = charted(&of(sum(), ChartLimit::Top(2)), rows());
    assert_eq!(names(&result), ["r", "a", "c", "OTHER"]);
    assert_eq!(shown(&result), [["1", "9", "3", "2"], ["2", "∅", "3", "2"]]);
    let result = charted(&of(sum(), ChartLimit::Bottom(2)), rows());
    assert_eq!(names(&result), ["r", "b", "d", "OTHER"]);
    let result = charted(&of(sum(), ChartLimit::Top(0)), rows());
    assert_eq!(names(&result), ["r", "a", "b", "c", "d"]);
    // Of several aggregates, the frequency decides; `b` and `c` have two rows each.
    let several = vec![aggregate(Sum, "n", Some("s")), aggregate(Avg, "n", Some("m"))];
    let result = charted(&of(several, ChartLimit::Top(1)), rows());
    assert_eq!(names(&result), ["r", "s: b", "s: OTHER", "m: b", "m: OTHER"]);
    // The rest is aggregated anew, not from its parts.
    assert_eq!(shown(&result), [["1", "2", "12", "1", "6"], ["2", "∅", "5", "∅", "2.5"]]);
    let dropped = ChartCommand { other: None, ..of(sum(), ChartLimit::Top(1)) };
    let result = charted(&dropped, rows());
    assert_eq!(names(&result), ["r", "a"]);
    assert_eq!(shown(&result), [["1", "9"]]);
}

#[test]
fn section_5_23_1_timechart_fills_empty_buckets() {
    let aggregates = || vec![aggregate(Count, "", None), aggregate(Sum, "n", Some("s"))];
    let result = charted(&timechart(aggregates(), None), requests());
    assert_eq!(names(&result), ["_time", "count", "s"]);
    let expected = [["60", "3", "15"], ["120", "0", "∅"], ["180", "2", "5"], ["240", "0", "∅"], ["300", "1", "1"]];
    assert_eq!(shown(&result), expected);
    assert_eq!(result.rows[0].values[0], Value::Time(60_000_000));
    let result = charted(&ChartCommand { cont: false, ..timechart(aggregates(), None) }, requests());
    assert_eq!(column(&result, "_time"), ["60", "180", "300"]);
    let result = charted(&timechart(vec![aggregate(Count, "", None)], Some("host")), requests());
    assert_eq!(names(&result), ["_time", "10", "a", "b", "NULL"]);
    assert_eq!(shown(&result)[1], ["120", "0", "0", "0", "0"]);
}

#[test]
fn section_5_23_2_timechart_finds_its_span() {
    let automatic = ChartCommand { over_bins: None, ..timechart(vec![aggregate(Count, "", None)], None) };
    // 241 seconds: at most 100 bins are those of 5 s.
    let result = charted(&automatic, requests());
    assert_eq!((result.rows.len(), column(&result, "_time")[1].as_str()), (49, "65"));
    let day = 86_400_000_000;
    let settings = Settings { bounds: (Some(0), Some(day)), ..settings() };
    let stage = order(&Command::Chart(automatic), &settings).unwrap().unwrap();
    let mut notes = Notes::default();
    let result = stage.run(requests(), &mut Context { operands: &[], runner: None, notes: &mut notes }).unwrap();
    assert_eq!(column(&result, "_time"), ["0"]);
}

#[test]
fn section_5_23_1_chart_over_bins() {
    let over_bins = Some(BinOptions::fixed(BinSpan::Number(2.0)));
    let command = ChartCommand { over_bins, ..chart(vec![aggregate(Count, "", None)], Some("n"), None) };
    let result = charted(&command, table(&["n"], &[&["1"], &["11"], &["2"], &["3"], &["x"]]));
    let expected = [["0-2", "1"], ["2-4", "2"], ["4-6", "0"], ["6-8", "0"], ["8-10", "0"], ["10-12", "1"], ["x", "1"]];
    assert_eq!(shown(&result), expected);
    let by_bins = Some(BinOptions::fixed(BinSpan::Calendar { count: 1, unit: CalendarUnit::Day }));
    let command = ChartCommand { by_bins, ..chart(vec![aggregate(Count, "", None)], Some("host"), Some("_time")) };
    assert_eq!(names(&charted(&command, requests())), ["host", "0"]);
}

#[test]
fn a_chart_too_large_is_an_error() {
    let texts: Vec<String> = (0..8000).map(|n| n.to_string()).collect();
    let rows: Vec<[&str; 2]> = texts.iter().map(|text| [text.as_str(), text.as_str()]).collect();
    let rows = table(&["r", "c"], &rows.iter().map(<[&str; 2]>::as_slice).collect::<Vec<_>>());
    let command =
        ChartCommand { limit: ChartLimit::Top(0), ..chart(vec![aggregate(Values, "c", None)], Some("r"), Some("c")) };
    assert_eq!(code(&Command::Chart(command), rows.clone()), "E-STAGE-LIMIT");
    assert_eq!(code(&xyseries(&["c"], false), rows), "E-STAGE-LIMIT");
}

fn xyseries(values: &[&str], grouped: bool) -> Command {
    let values = values.iter().map(|name| (*name).to_owned()).collect();
    let (x, y) = ("r".to_owned(), "c".to_owned());
    Command::XySeries(XySeriesCommand { grouped, x, y, values, sep: ": ".into(), format: None })
}

#[test]
fn section_5_23_3_xyseries_and_untable() {
    let rows = || {
        table(
            &["r", "c", "n", "m", "rest"],
            &[
                &["2", "b", "1", "x", "-"],
                &["1", "a", "2", "y", "-"],
                &["2", "a", "3", "∅", "-"],
                &["2", "b", "4", "z", "-"],
                &["∅", "a", "5", "w", "-"],
                &["1", "∅", "6", "v", "-"],
            ],
        )
    };
    let result = run(&xyseries(&["n"], false), rows());
    assert_eq!(names(&result), ["r", "a", "b"]);
    assert_eq!(shown(&result), [["2", "3", "4"], ["1", "2", "∅"]]);
    assert_eq!(evidence(&result), [vec![0, 2, 3], vec![1]]);
    let result = run(&xyseries(&["n", "m"], false), rows());
    assert_eq!(names(&result), ["r", "n: a", "n: b", "m: a", "m: b"]);
    assert_eq!(shown(&result)[0], ["2", "3", "4", "∅", "z"]);
    let result = run(&xyseries(&["n"], true), rows());
    assert_eq!(column(&result, "r"), ["2", "1", "2"]);
    // As in a chart, the key keeps its name.
    let own = run(&xyseries(&["n"], false), table(&["r", "c", "n"], &[&["1", "r", "7"]]));
    assert_eq!((names(&own), shown(&own)), (vec!["r", "VALUE_r"], vec![vec!["1".to_owned(), "7".to_owned()]]));
    let untable = Command::Untable { x: "r".into(), y: "c".into(), value: "n".into() };
    let back = run(&untable, run(&xyseries(&["n"], false), rows()));
    assert_eq!(shown(&back), [["2", "a", "3"], ["2", "b", "4"], ["1", "a", "2"]]);
    assert_eq!(shown(&run(&xyseries(&["n"], false), back)), [["2", "3", "4"], ["1", "2", "∅"]]);
}

#[test]
fn section_5_10_8_a_sparkline_is_the_list_of_its_buckets() {
    let spark =
        |func, field, span: Option<BinSpan>| Aggregate { sparkline: Some(span), ..aggregate(func, field, Some("s")) };
    let of = |aggregate, by: &[&str]| {
        let mut notes = Notes::default();
        let command = Command::Eventstats(stats(vec![aggregate], by));
        let result = try_run(&command, requests(), &mut notes).unwrap();
        assert_eq!(notes.codes.keys().copied().collect::<Vec<_>>(), ["W-SPARKLINE"]);
        column(&result, "s")
    };
    let minute = || Some(BinSpan::Micros(60_000_000));
    assert_eq!(of(spark(Count, "", minute()), &[])[0], "##__SPARKLINE__##|3|0|2|0|1");
    assert_eq!(of(spark(Sum, "n", minute()), &["status"])[0], "##__SPARKLINE__##|4|0|0|0|1");
    assert_eq!(of(spark(Count, "", None), &[])[0].split('|').count(), 50);
    let hostile = table(&["_time"], &[&["0"], &["1700000000"]]);
    let second = spark(Count, "", Some(BinSpan::Micros(1_000_000)));
    assert_eq!(code(&Command::Eventstats(stats(vec![second], &[])), hostile), "E-STAGE-LIMIT");
}

#[test]
fn section_5_10_8_an_aggregate_by_time_without_times_is_noted() {
    let mut notes = Notes::default();
    let command = Command::Eventstats(stats(vec![aggregate(AggregateFunc::Latest, "n", Some("l"))], &[]));
    let result = try_run(&command, table(&["n"], &[&["1"]]), &mut notes).unwrap();
    assert_eq!(shown(&result), [["1", "∅"]]);
    assert_eq!(notes.codes.keys().copied().collect::<Vec<_>>(), ["W-NO-TIME"]);
}
