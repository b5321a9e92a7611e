//! `eventstats` and `streamstats`.

use proptest::prelude::*;
use retrohunt_spl::plan::{Percent, StreamstatsCommand};

use super::*;
use AggregateFunc::*;

fn stream(aggregates: Vec<Aggregate>, by: &[&str]) -> StreamstatsCommand {
    StreamstatsCommand {
        stats: stats(aggregates, by),
        current: true,
        window: 0,
        global: true,
        reset_on_change: false,
        reset_before: None,
        reset_after: None,
        time_window: None,
    }
}

fn results(command: &StreamstatsCommand, rows: Table, name: &str) -> Vec<String> {
    column(&run(&Command::Streamstats(command.clone()), rows), name)
}

#[test]
fn section_5_11_rows_stay_and_get_their_groups_values() {
    let rows =
        || table(&["h", "n", "c"], &[&["a", "1", "old"], &["b", "5", "old"], &["∅", "7", "old"], &["a", "∅", "old"]]);
    let command = stats(vec![aggregate(Sum, "n", None), aggregate(Count, "", Some("c"))], &["h"]);
    let result = run(&Command::Eventstats(command), rows());
    assert_eq!(names(&result), ["h", "n", "c", "sum(n)"]);
    let expected = [["a", "1", "2", "1"], ["b", "5", "1", "5"], ["∅", "7", "∅", "∅"], ["a", "∅", "2", "1"]];
    assert_eq!(shown(&result), expected);
    assert_eq!(evidence(&result), [[0], [1], [2], [3]]);
    let whole = run(&Command::Eventstats(stats(vec![aggregate(Max, "n", Some("m"))], &[])), rows());
    assert_eq!(column(&whole, "m"), ["7", "7", "7", "7"]);
    assert_eq!(
        run(&Command::Eventstats(stats(vec![aggregate(Count, "", None)], &[])), table(&["h"], &[])).rows.len(),
        0
    );
}

#[test]
fn section_5_11_a_multivalue_takes_the_union_of_its_groups() {
    let rows = table(&["g", "n"], &[&["a", "1"], &["b", "10"], &["a|b", "100"], &["c", "1000"], &["a|c", "5"]]);
    let command = stats(vec![aggregate(Sum, "n", Some("s")), aggregate(List, "n", Some("l"))], &["g"]);
    let result = run(&Command::Eventstats(command), rows);
    assert_eq!(column(&result, "s"), ["106", "110", "116", "1005", "1106"]);
    assert_eq!(column(&result, "l")[2], "1|10|100|5");
}

#[test]
fn section_5_11_wildcards_and_allnum_per_group() {
    let rows = || table(&["g", "b1", "b2"], &[&["x", "1", "2"], &["x", "q", "3"], &["y", "4", "∅"]]);
    let wild = vec![aggregate(Sum, "b*", Some("s*"))];
    let result = run(&Command::Eventstats(stats(wild.clone(), &["g"])), rows());
    assert_eq!(names(&result), ["g", "b1", "b2", "s1", "s2"]);
    assert_eq!(shown(&result)[2], ["y", "4", "∅", "4", "∅"]);
    let strict = StatsCommand { allnum: true, ..stats(wild, &["g"]) };
    let result = run(&Command::Eventstats(strict.clone()), rows());
    assert_eq!(column(&result, "s1"), ["∅", "∅", "4"]);
    let result = run(&Command::Eventstats(StatsCommand { by: vec![], ..strict }), rows());
    // A column from a wildcard without any value is left out (§9.6).
    assert_eq!(names(&result), ["g", "b1", "b2", "s2"]);
}

#[test]
fn section_5_12_table() {
    let rows = || table(&["x"], &[&["9"], &["6"], &["5"]]);
    let windowed = StreamstatsCommand { window: 2, ..stream(vec![aggregate(Range, "x", Some("r"))], &[]) };
    assert_eq!(results(&windowed, rows(), "r"), ["0", "3", "1"]);
    let before = StreamstatsCommand { current: false, ..stream(vec![aggregate(Last, "x", Some("p"))], &[]) };
    assert_eq!(results(&before, rows(), "p"), ["∅", "9", "6"]);
}

#[test]
fn section_5_12_2_an_empty_window_overwrites_too() {
    let rows = table(&["n", "s", "c"], &[&["4", "old", "old"], &["5", "old", "old"]]);
    let aggregates =
        vec![aggregate(Sum, "n", Some("s")), aggregate(Count, "", Some("c")), aggregate(Dc, "n", Some("d"))];
    let result = run(&Command::Streamstats(StreamstatsCommand { current: false, ..stream(aggregates, &[]) }), rows);
    assert_eq!(shown(&result), [["4", "∅", "0", "0"], ["5", "4", "1", "1"]]);
}

#[test]
fn section_5_12_2_and_3_windows() {
    let rows = || table(&["g"], &[&["a"], &["b"], &["a"], &["b"], &["a"], &["a"], &["∅"], &["a"]]);
    let count = || vec![aggregate(Count, "", Some("c"))];
    let command = |current, global| StreamstatsCommand { window: 3, current, global, ..stream(count(), &["g"]) };
    assert_eq!(results(&command(true, true), rows(), "c"), ["1", "1", "2", "2", "2", "2", "∅", "3"]);
    assert_eq!(results(&command(true, false), rows(), "c"), ["1", "1", "2", "2", "3", "3", "∅", "3"]);
    assert_eq!(results(&command(false, true), rows(), "c"), ["0", "0", "1", "1", "1", "2", "∅", "2"]);
    assert_eq!(results(&command(false, false), rows(), "c"), ["0", "0", "1", "1", "2", "3", "∅", "3"]);
    let previous = StreamstatsCommand { window: 1, ..command(false, true) };
    assert_eq!(
        results(&StreamstatsCommand { stats: stats(count(), &[]), ..previous }, rows(), "c")[..3],
        ["0", "1", "1"]
    );
}

#[test]
fn section_5_12_4_resets() {
    let shifts =
        || table(&["shift", "n"], &[&["DAY", "1"], &["DAY", "2"], &["NIGHT", "3"], &["∅", "9"], &["DAY", "4"]]);
    let count = vec![aggregate(Count, "", Some("c"))];
    let change = StreamstatsCommand { reset_on_change: true, ..stream(count.clone(), &["shift"]) };
    assert_eq!(results(&change, shifts(), "c"), ["1", "2", "1", "∅", "1"]);
    let before = Some(compare("n", ExprCompareOp::Eq, 3.0));
    let before = StreamstatsCommand { reset_before: before, ..stream(count.clone(), &[]) };
    assert_eq!(results(&before, shifts(), "c"), ["1", "2", "1", "2", "3"]);
    // What is tested after a row may be what was just made.
    let after = Some(compare("c", ExprCompareOp::Ge, 2.0));
    let after = StreamstatsCommand { reset_after: after, ..stream(count.clone(), &[]) };
    assert_eq!(results(&after, shifts(), "c"), ["1", "2", "1", "2", "1"]);
    let many: Vec<&[&str]> = vec![&["x"]; 1000];
    let rare = Some(compare("c", ExprCompareOp::Ge, 300.0));
    let rare = StreamstatsCommand { reset_after: rare, ..stream(count, &[]) };
    let counts = results(&rare, table(&["x"], &many), "c");
    assert_eq!([&counts[299], &counts[300], &counts[599], &counts[600], &counts[999]], ["300", "1", "300", "1", "100"]);
}

#[test]
fn section_5_12_5_window_of_time() {
    let command =
        StreamstatsCommand { time_window: Some(10_000_000), ..stream(vec![aggregate(List, "n", Some("l"))], &[]) };
    let newest_first = table(&["_time", "n"], &[&["50", "a"], &["45", "b"], &["40", "c"], &["∅", "d"], &["31", "e"]]);
    assert_eq!(results(&command, newest_first, "l"), ["a", "a|b", "b|c", "∅", "c|e"]);
    let oldest_first = table(&["_time", "n"], &[&["31", "e"], &["40", "c"], &["45", "b"]]);
    assert_eq!(results(&command, oldest_first, "l"), ["e", "e|c", "c|b"]);
    let both = StreamstatsCommand { window: 1, ..command.clone() };
    assert_eq!(results(&both, table(&["_time", "n"], &[&["3", "x"], &["2", "y"]]), "l"), ["x", "y"]);
    let unordered = table(&["_time", "n"], &[&["2", "x"], &["3", "y"], &["1", "z"]]);
    assert_eq!(code(&Command::Streamstats(command), unordered), "E-STAGE-ORDER");
}

#[test]
fn section_5_12_a_multivalue_counts_in_each_group_and_takes_their_union() {
    let rows = table(&["g", "n"], &[&["a", "1"], &["b", "2"], &["a|b", "4"], &["b", "8"], &["a|c", "16"]]);
    let command = stream(vec![aggregate(Sum, "n", Some("s"))], &["g"]);
    assert_eq!(results(&command, rows, "s"), ["1", "2", "7", "14", "21"]);
}

#[test]
fn a_sparkline_per_row_is_refused_and_long_windows_are_noted() {
    let spark = Aggregate { sparkline: Some(None), ..aggregate(Count, "", None) };
    assert_eq!(code(&Command::Streamstats(stream(vec![spark], &[])), table(&["a"], &[])), "E-STAGE-SPARKLINE");
    let mut notes = Notes::default();
    let command = StreamstatsCommand { window: 10_001, ..stream(vec![aggregate(Count, "", None)], &[]) };
    try_run(&Command::Streamstats(command), table(&["a"], &[&["1"]]), &mut notes).unwrap();
    assert_eq!(notes.codes.keys().copied().collect::<Vec<_>>(), ["W-LIFTED-STREAMSTATS"]);
}

/// All functions, over `n` and by time.
fn all() -> Vec<Aggregate> {
    let half = Percent(500_000);
    let funcs = [
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
    funcs.iter().map(|func| aggregate(*func, "n", Some(&format!("out {}", func.name())))).collect()
}

/// The result of `stats` over these rows.
fn plain_stats(command: &StatsCommand, rows: &Table) -> Table {
    let commands = [Command::Stats(command.clone())];
    let pipeline = crate::Pipeline::new(&commands, &settings()).unwrap();
    pipeline.run(rows.clone(), &mut Context { operands: &[], runner: None, notes: &mut Notes::default() }).unwrap()
}

/// The values of `n`: numbers of several spellings, fractions, texts, ∅, a multivalue.
const CELLS: [&str; 12] = ["∅", "1", "1.0", "01", "-2.5", "x", "é", "0.1", "1e300", "3|x|1", "#7.25", "#-3.5"];

/// Rows with times in no order, a group and a value.
fn rows() -> impl Strategy<Value = Table> {
    let row = (prop::option::weighted(0.9, 0..9_usize), 0..4_usize, 0..CELLS.len());
    prop::collection::vec(row, 0..14).prop_map(|rows| {
        let texts: Vec<[String; 3]> = rows
            .iter()
            .map(|(time, group, cell)| {
                let time = time.map_or("∅".to_owned(), |time| time.to_string());
                [time, ["∅", "a", "b", "7"][*group].to_owned(), CELLS[*cell].to_owned()]
            })
            .collect();
        let cells: Vec<Vec<&str>> = texts.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        table(&["_time", "g", "n"], &cells.iter().map(Vec::as_slice).collect::<Vec<_>>())
    })
}

/// The aggregates' values in a row.
fn outputs(table: &Table, row: &TableRow) -> Vec<Value> {
    let columns = table.columns.iter().zip(&row.values);
    columns.filter(|(column, _)| column.name.starts_with("out ")).map(|(_, value)| value.clone()).collect()
}

/// The group's row of a result of `stats`.
fn of_group<'a>(result: &'a Table, group: &Value) -> &'a TableRow {
    result.rows.iter().find(|row| row.values[0].texts() == group.texts()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn eventstats_is_stats_joined_back(rows in rows(), allnum in any::<bool>()) {
        let command = stats(all(), &["g"]);
        let expected = plain_stats(&command, &rows);
        let result = run(&Command::Eventstats(command), rows.clone());
        prop_assert_eq!(result.rows.len(), rows.rows.len());
        for row in &result.rows {
            if row.values[1].is_null() {
                prop_assert!(outputs(&result, row).iter().all(Value::is_null));
            } else {
                prop_assert_eq!(outputs(&result, row), outputs(&expected, of_group(&expected, &row.values[1])));
            }
        }
        let whole = stats(all(), &[]);
        let command = StatsCommand { allnum, ..whole };
        let (expected, result) = (plain_stats(&command, &rows), run(&Command::Eventstats(command), rows));
        for row in &result.rows {
            prop_assert_eq!(outputs(&result, row), outputs(&expected, &expected.rows[0]));
        }
    }

    #[test]
    fn streamstats_at_the_last_row_of_a_group_is_stats(rows in rows()) {
        let command = stats(all(), &["g"]);
        let expected = plain_stats(&command, &rows);
        let result = run(&Command::Streamstats(stream(all(), &["g"])), rows);
        for (at, row) in result.rows.iter().enumerate() {
            let later = result.rows[at + 1..].iter().any(|other| other.values[1] == row.values[1]);
            if !later && !row.values[1].is_null() {
                prop_assert_eq!(outputs(&result, row), outputs(&expected, of_group(&expected, &row.values[1])));
            }
        }
    }

    #[test]
    fn a_window_is_stats_over_its_rows(rows in rows(), window in 1..5_usize, current in any::<bool>(), allnum in any::<bool>()) {
        let command = StreamstatsCommand { window: window as u64, current, ..stream(all(), &[]) };
        let command = StreamstatsCommand { stats: StatsCommand { allnum, ..command.stats.clone() }, ..command };
        let result = run(&Command::Streamstats(command), rows.clone());
        for (at, row) in result.rows.iter().enumerate() {
            let end = if current { at + 1 } else { at };
            let inside = rows.rows[end.saturating_sub(window)..end].to_vec();
            let inside = Table { columns: rows.columns.clone(), rows: inside };
            let expected = plain_stats(&StatsCommand { allnum, ..stats(all(), &[]) }, &inside);
            // The kind of a number hangs on the column that it stands in with others, its text does not.
            let texts = |values: Vec<Value>| values.iter().map(|value| format!("{:?}", value.texts())).collect::<Vec<_>>();
            let expected = outputs(&expected, &expected.rows[0]);
            prop_assert_eq!(texts(outputs(&result, row)), texts(expected), "row {}", at);
        }
    }
}
