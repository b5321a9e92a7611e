//! §5.20 by example.

use retrohunt_spl::plan::Command;

use super::super::sample::{
    NULL, codes, evidence, list, names, run_with, settings, subsearch, table, table_of, text, values,
};
use super::*;
use crate::notes::Notes;
use crate::pipeline::Pipeline;

fn inner(fields: &[&str]) -> JoinCommand {
    JoinCommand {
        left: false,
        overwrite: true,
        use_time: false,
        earlier: true,
        max: 1,
        fields: fields.iter().map(|field| ((*field).to_owned(), (*field).to_owned())).collect(),
        aliases: None,
        subsearch: Box::new(subsearch()),
    }
}

fn join(command: JoinCommand, main: Table, sub: Table) -> (Table, Notes) {
    run_with(Command::Join(command), &settings(Vec::new()), main, &[sub]).unwrap()
}

fn main_rows() -> Table {
    let row = |user, x: &str| vec![user, text(x)];
    let rows = vec![row(text("ann"), "1"), row(text("bob"), "2"), row(NULL, "3"), row(text("Ann"), "4")];
    table(&["user", "x"], rows)
}

fn sub_rows() -> Table {
    let row = |user, y: &str| vec![user, text(y)];
    table_of(1, &["user", "y"], vec![row(text("ann"), "p"), row(NULL, "q"), row(text("ann"), "r")])
}

#[test]
fn section_5_20_inner_keeps_matching_rows_and_takes_the_first_match() {
    let (result, notes) = join(inner(&["user"]), main_rows(), sub_rows());
    assert_eq!(names(&result), ["user", "x", "y"]);
    assert_eq!(values(&result), [vec![text("ann"), text("1"), text("p")]]);
    assert_eq!(evidence(&result), [vec![(0, 0), (1, 0)]]);
    assert_eq!(codes(&notes), Vec::<&str>::new());
}

#[test]
fn section_5_20_left_keeps_all_rows() {
    let (result, _) = join(JoinCommand { left: true, ..inner(&["user"]) }, main_rows(), sub_rows());
    assert_eq!(
        values(&result),
        [
            vec![text("ann"), text("1"), text("p")],
            vec![text("bob"), text("2"), NULL],
            vec![NULL, text("3"), NULL],        // ∅ never matches
            vec![text("Ann"), text("4"), NULL], // case counts
        ]
    );
    assert_eq!(evidence(&result)[1], [(0, 1)]);
}

#[test]
fn section_5_20_max_is_the_number_of_matches_of_a_row() {
    let matches = |max| {
        let (result, _) = join(JoinCommand { max, ..inner(&["user"]) }, main_rows(), sub_rows());
        values(&result).into_iter().map(|row| row[2].clone()).collect::<Vec<_>>()
    };
    assert_eq!(matches(0), [text("p"), text("r")]);
    assert_eq!(matches(2), [text("p"), text("r")]);
    assert_eq!(matches(1), [text("p")]);
}

#[test]
fn section_5_20_overwrite_replaces_where_the_subsearch_has_a_value() {
    let main = || {
        let row = |k: &str, a, b| vec![text(k), a, b];
        table(&["k", "a", "b"], vec![row("1", text("m"), text("m")), row("2", NULL, text("m"))])
    };
    let sub = || {
        let row = |k: &str, a, b| vec![text(k), a, b];
        table_of(1, &["k", "b", "a"], vec![row("1", NULL, text("s")), row("2", text("s"), text("s"))])
    };
    let (result, _) = join(inner(&["k"]), main(), sub());
    assert_eq!(names(&result), ["k", "a", "b"]);
    assert_eq!(values(&result), [["1", "s", "m"].map(text), ["2", "s", "s"].map(text)]);
    let (result, _) = join(JoinCommand { overwrite: false, ..inner(&["k"]) }, main(), sub());
    assert_eq!(values(&result), [["1", "m", "m"].map(text), ["2", "s", "m"].map(text)]);
}

#[test]
fn section_5_20_without_a_list_all_common_fields_are_keys() {
    let main = || table(&["_time", "a", "b", "c"], vec![vec![Value::Time(1), text("1"), text("2"), text("m")]]);
    let sub = |b: &str| table_of(1, &["b", "_time", "a", "c"], vec![vec![text(b), Value::Time(2), text("1"), NULL]]);
    // `c` has no value on one side, so it is no field there, and `_time` does not count.
    let (result, _) = join(inner(&[]), main(), sub("2"));
    assert_eq!(values(&result), [vec![Value::Time(2), text("1"), text("2"), text("m")]]);
    assert_eq!(join(inner(&[]), main(), sub("3")).0.rows.len(), 0);
}

#[test]
fn without_common_fields_nothing_matches() {
    let sub = table_of(1, &["z"], vec![vec![text("1")]]);
    let (result, notes) = join(JoinCommand { left: true, ..inner(&[]) }, main_rows(), sub.clone());
    assert_eq!((result.rows.len(), codes(&notes)), (4, vec!["W-JOIN-NO-FIELD"]));
    assert_eq!(join(inner(&[]), main_rows(), sub).0.rows.len(), 0);
    let (result, notes) = join(inner(&["gone"]), main_rows(), sub_rows());
    assert_eq!((result.rows.len(), codes(&notes)), (0, vec![]));
}

#[test]
fn section_5_20_keys_compare_as_texts() {
    let main = table(
        &["k"],
        vec![vec![Value::Int(1)], vec![text("1.0")], vec![Value::Float(2.5)], vec![Value::UInt(7)], vec![text("")]],
    );
    let row = |k: &str| vec![text(k), text(k)];
    let sub = table_of(1, &["k", "y"], ["1", "2.5", "7", ""].map(row).to_vec());
    let (result, _) = join(inner(&["k"]), main, sub);
    assert_eq!(
        values(&result),
        [
            vec![Value::Int(1), text("1")],
            vec![Value::Float(2.5), text("2.5")],
            vec![Value::UInt(7), text("7")],
            vec![text(""), text("")],
        ]
    );
}

#[test]
fn a_multivalue_key_matches_by_any_value_once() {
    let main = table(&["k"], vec![vec![list(&["b", "a"])], vec![text("c")], vec![list(&["x", "y"])]]);
    let row = |k, y: &str| vec![k, text(y)];
    let rows = vec![row(text("a"), "1"), row(list(&["a", "b", "c"]), "2"), row(text("b"), "3")];
    let sub = table_of(1, &["k", "y"], rows);
    let (result, _) = join(JoinCommand { max: 0, ..inner(&["k"]) }, main, sub);
    let found: Vec<Value> = values(&result).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(found, [text("1"), text("2"), text("3"), text("2")], "in the order of the subsearch");
}

#[test]
fn section_5_20_usetime_matches_earlier_or_later_rows_of_the_subsearch() {
    let seconds = |seconds: f64| Value::Float(seconds).under("_time");
    let main = || table(&["_time", "k"], vec![vec![seconds(100.5), text("a")], vec![NULL, text("a")]]);
    let row = |time: Value, y: &str| vec![time, text("a"), text(y)];
    let sub = || {
        let rows = vec![
            row(seconds(101.0), "later"),
            row(seconds(100.9), "same second"),
            row(seconds(99.9), "earlier"),
            row(NULL, "without"),
        ];
        table_of(1, &["_time", "k", "y"], rows)
    };
    let matches = |use_time, earlier| {
        let command = JoinCommand { use_time, earlier, max: 0, overwrite: false, ..inner(&["k"]) };
        let (result, _) = join(command, main(), sub());
        let rows = values(&result);
        let first = rows.iter().filter(|row| row[0] == seconds(100.5));
        let texts = first.map(|row| row[2].texts().join("")).collect::<Vec<_>>();
        (texts.join(","), rows.len())
    };
    assert_eq!(matches(false, true), ("later,same second,earlier,without".into(), 8));
    assert_eq!(matches(true, true), ("same second,earlier,without".into(), 7));
    assert_eq!(matches(true, false), ("later,same second,without".into(), 7));
}

#[test]
fn section_5_20_names_of_the_sides_go_in_front_of_the_fields() {
    let command = JoinCommand {
        fields: vec![("user".into(), "account".into())],
        aliases: Some(("L".into(), "R".into())),
        ..inner(&[])
    };
    let main = table(&["_time", "user", "x"], vec![vec![Value::Time(1), text("ann"), text("1")]]);
    let sub = table_of(1, &["account", "x", "_time"], vec![vec![text("ann"), text("2"), Value::Time(2)]]);
    let (result, _) = join(command, main, sub);
    assert_eq!(names(&result), ["_time", "L.user", "L.x", "R.account", "R.x"]);
    assert_eq!(values(&result), [vec![Value::Time(1), text("ann"), text("1"), text("ann"), text("2")]]);
}

#[test]
fn section_7_a_large_subsearch_is_noted() {
    let sub = |count: usize| table_of(1, &["user", "y"], vec![vec![text("u"), NULL]; count]);
    assert_eq!(codes(&join(inner(&["user"]), main_rows(), sub(50_001)).1), ["N-LIMIT-JOIN"]);
    assert_eq!(codes(&join(inner(&["user"]), main_rows(), sub(50_000)).1), Vec::<&str>::new());
}

#[test]
fn a_join_that_explodes_is_an_error() {
    let join = |added_limit| {
        let command = JoinCommand { max: 0, ..inner(&["k"]) };
        let join = Join { added_limit, ..Join::new(&command, &Settings::default(), &mut Operands::default()) };
        let (main, sub) = (vec![vec![text("k")]; 3], table_of(1, &["k"], vec![vec![text("k")]; 4]));
        let mut notes = Notes::default();
        let mut context = Context { operands: &[sub], runner: None, notes: &mut notes };
        join.run(table(&["k"], main), &mut context).map(|table| table.rows.len()).map_err(|error| error.code)
    };
    assert_eq!([join(9), join(8)], [Ok(12), Err("E-STAGE-LIMIT")]);
}

#[test]
fn the_keys_are_read() {
    let needs = |command: JoinCommand| {
        let commands = [Command::Join(command), Command::Table(vec![crate::needs::exactly("y")])];
        Pipeline::new(&commands, &Settings::default()).unwrap().needs()
    };
    let some = needs(inner(&["user"]));
    assert!(some.selects("user") && some.selects("y") && !some.selects("_time"));
    assert!(needs(JoinCommand { use_time: true, ..inner(&["user"]) }).selects("_time"));
    assert_eq!(needs(inner(&[])), Needs::All);
    assert_eq!(needs(JoinCommand { aliases: Some(("L".into(), "R".into())), ..inner(&["user"]) }), Needs::All);
}
