//! §5.13.2-5.13.6 by example.

use std::sync::Arc;

use retrohunt_enrich::{Enrichment, MissingLookup, Options};
use retrohunt_spl::plan::{Command, LookupCommand, LookupOutput};

use super::super::sample::{NULL, codes, list, lookup, names, run, settings, table, text, values};
use super::*;
use crate::batch::RowKey;
use crate::pipeline::Pipeline;

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(column, field)| ((*column).to_owned(), (*field).to_owned())).collect()
}

fn command(name: &str, keys: &[(&str, &str)], output: LookupOutput) -> Command {
    Command::Lookup(LookupCommand { table: name.into(), keys: pairs(keys), output })
}

fn overwrite(outputs: &[(&str, &str)]) -> LookupOutput {
    LookupOutput::Overwrite(pairs(outputs))
}

fn only_new(outputs: &[(&str, &str)]) -> LookupOutput {
    LookupOutput::New(pairs(outputs))
}

/// Users and what is known of them.
fn users(options: Options) -> Settings {
    let rows: &[&[&str]] = &[&["ann", "red", "1"], &["bob", "", "2"], &["ann", "blue", "3"], &["", "none", "4"]];
    settings(vec![lookup("users", &["user", "team", "id"], rows, options)])
}

/// The values of `team` for rows with a `user` and a `team` of their own.
fn teams(options: Options, output: LookupOutput, rows: Vec<(Value, Value)>) -> Vec<Value> {
    let rows = rows.into_iter().map(|(user, team)| vec![user, team]).collect();
    let input = table(&["name", "team"], rows);
    let (result, _) = run(command("users", &[("user", "name")], output), &users(options), input).unwrap();
    assert_eq!(names(&result), ["name", "team"]);
    result.rows.into_iter().map(|mut row| row.values.pop().unwrap()).collect()
}

#[test]
fn section_5_13_2_output_overwrites_clears_and_leaves() {
    let own = || text("own");
    let rows = vec![
        (text("ann"), own()),
        (text("bob"), own()),
        (text("eve"), own()),
        (text("Ann"), own()),
        (NULL, own()),
        (text(""), own()),
        (text("ann"), NULL),
        (text("eve"), NULL),
    ];
    assert_eq!(
        teams(Options::default(), overwrite(&[("team", "team")]), rows),
        [
            list(&["red", "blue"]),
            NULL,  // an empty cell
            NULL,  // no matching entry
            NULL,  // case counts
            own(), // the key is ∅
            text("none"),
            list(&["red", "blue"]),
            NULL,
        ]
    );
}

#[test]
fn section_5_13_2_outputnew_writes_only_what_is_not_there() {
    let rows = vec![(text("ann"), text("own")), (text("ann"), NULL), (text("eve"), text("own")), (text("bob"), NULL)];
    assert_eq!(
        teams(Options::default(), only_new(&[("team", "team")]), rows),
        [text("own"), list(&["red", "blue"]), text("own"), NULL]
    );
    // Each field is looked at on its own.
    let input = table(&["name", "team", "id"], vec![vec![text("ann"), text("own"), NULL]]);
    let output = only_new(&[("team", "team"), ("id", "id")]);
    let (result, _) = run(command("users", &[("user", "name")], output), &users(Options::default()), input).unwrap();
    assert_eq!(values(&result), [vec![text("ann"), text("own"), list(&["1", "3"])]]);
}

#[test]
fn section_5_13_2_without_an_output_clause_all_other_columns_come_in() {
    let input = table(&["id", "user"], vec![vec![text("9"), text("bob")], vec![text("9"), text("eve")]]);
    let all = command("users", &[("user", "user")], LookupOutput::All);
    let (result, _) = run(all, &users(Options::default()), input).unwrap();
    assert_eq!(names(&result), ["id", "user", "team"]);
    assert_eq!(values(&result), [vec![text("2"), text("bob"), NULL], vec![NULL, text("eve"), NULL]]);
}

#[test]
fn section_5_13_2_all_key_pairs_must_match() {
    let keys = &[("user", "name"), ("id", "number")];
    let rows = vec![
        vec![text("ann"), Value::Int(3)],
        vec![text("ann"), text("2")],
        vec![text("ann"), NULL],
        vec![text("ann"), list(&["3", "1"])],
    ];
    let input = table(&["name", "number"], rows);
    let (result, _) =
        run(command("users", keys, overwrite(&[("team", "t")])), &users(Options::default()), input).unwrap();
    let found: Vec<Value> = values(&result).into_iter().map(|row| row[2].clone()).collect();
    // The values of a multivalue are looked up in their own order.
    assert_eq!(found, [text("blue"), NULL, NULL, list(&["blue", "red"])]);
}

#[test]
fn section_5_13_3_min_matches_and_default_match() {
    let team = || overwrite(&[("team", "team")]);
    let rows = || vec![(text("ann"), NULL), (text("bob"), NULL), (text("eve"), text("own")), (NULL, text("own"))];
    let default = |min_matches, text: &str| Options { min_matches, default_match: text.into(), ..Options::default() };
    assert_eq!(
        teams(default(1, "no"), team(), rows()),
        [list(&["red", "blue"]), NULL, text("no"), text("own")],
        "an empty cell of a match is no absent match"
    );
    assert_eq!(
        teams(default(3, "no"), team(), rows()),
        [list(&["red", "blue", "no"]), list(&["no", "no"]), list(&["no", "no", "no"]), text("own")]
    );
    assert_eq!(teams(default(1, ""), team(), vec![(text("eve"), NULL)]), [text("")], "the default's default is a text");
    let one = Options { max_matches: Some(1), ..Options::default() };
    assert_eq!(teams(one, team(), vec![(text("ann"), NULL)]), [text("red")]);
    let rows = vec![(text("eve"), text("own")), (text("eve"), NULL)];
    assert_eq!(teams(default(1, "no"), only_new(&[("team", "team")]), rows), [text("own"), text("no")]);
}

#[test]
fn section_5_13_5_every_value_of_a_key_is_looked_up() {
    let options = || Options { min_matches: 1, default_match: "no".into(), ..Options::default() };
    let rows = vec![
        (list(&["eve", "ann"]), NULL),
        (list(&["eve", "kim"]), NULL),
        (list(&["ann", "ann"]), NULL),
        (list(&["bob", ""]), NULL),
    ];
    assert_eq!(
        teams(options(), overwrite(&[("team", "team")]), rows),
        [list(&["no", "red", "blue"]), text("no"), list(&["red", "blue"]), text("none")]
    );
    // The limit is one of each value.
    let one = Options { max_matches: Some(1), ..Options::default() };
    let rows = vec![(list(&["", "ann"]), NULL)];
    assert_eq!(teams(one, overwrite(&[("team", "team")]), rows), [list(&["none", "red"])]);
}

#[test]
fn a_row_with_too_many_combinations_is_an_error() {
    let settings = Settings { split_limit: 3, ..users(Options::default()) };
    let input = || table(&["name", "n"], vec![vec![list(&["a", "b"]), list(&["1", "2"])]]);
    let keys = &[("user", "name"), ("id", "n")];
    let error = run(command("users", keys, overwrite(&[("team", "t")])), &settings, input()).unwrap_err();
    assert_eq!((error.code, error.command_index), ("E-STAGE-LIMIT", Some(0)));
    assert!(run(command("users", &keys[..1], overwrite(&[("team", "t")])), &settings, input()).is_ok());
}

#[test]
fn section_5_13_4_wildcards_networks_and_case_of_a_definition() {
    let options = Options { case_sensitive: false, ..Options::default() }.wildcard("process").cidr("net");
    let rows: &[&[&str]] = &[
        &["*\\cmd.exe", "10.0.0.0/8", "a"],
        &["*cmd*", "10.1.0.0/16", "b"],
        &["*", "2001:db8::/32", "c"],
        &["c:\\cmd.exe", "0.0.0.0/0", "d"],
    ];
    let settings = settings(vec![lookup("t", &["process", "net", "tag"], rows, options)]);
    let row = |process: &str, address: &str| vec![text(process), text(address)];
    let input = table(
        &["p", "ip"],
        vec![
            row("C:\\CMD.EXE", "10.1.2.3"),
            row("C:\\CMD.EXE", "10.2.2.3"),
            row("x", "2001:DB8::1"),
            row("x", "10.1.2.3"),
        ],
    );
    let keys = &[("process", "p"), ("net", "ip")];
    let (result, _) = run(command("t", keys, overwrite(&[("tag", "tag")])), &settings, input).unwrap();
    let tags: Vec<Value> = values(&result).into_iter().map(|row| row[2].clone()).collect();
    assert_eq!(tags, [list(&["a", "b", "d"]), list(&["a", "d"]), text("c"), NULL], "in table order, not by prefix");
}

#[test]
fn section_7_many_matches_are_noted_and_a_cut_is_warned_of() {
    let rows: Vec<&[&str]> = (0..1001).map(|_| &["k", "v"][..]).collect();
    let find = |count: usize, options: Options| {
        let settings = settings(vec![lookup("t", &["k", "v"], &rows[..count], options)]);
        let input = table(&["k"], vec![vec![text("k")]]);
        let (result, notes) = run(command("t", &[("k", "k")], overwrite(&[("v", "v")])), &settings, input).unwrap();
        (values(&result)[0][1].texts().len(), codes(&notes).join(" "))
    };
    assert_eq!(find(100, Options::default()), (100, String::new()));
    assert_eq!(find(101, Options::default()), (101, "N-LIMIT-LOOKUP".into()));
    assert_eq!(find(1001, Options::default()), (1000, "N-LIMIT-LOOKUP W-LOOKUP-CUT".into()));
    assert_eq!(find(1001, Options { max_matches: Some(500), ..Options::default() }), (500, String::new()));
}

#[test]
fn section_5_13_6_a_missing_table_is_an_error_that_lists_the_others() {
    let missing = |settings: &Settings| {
        let lookup = command("gone", &[("a", "a")], overwrite(&[("b", "b")]));
        Pipeline::new(&[lookup], settings).unwrap_err().to_string()
    };
    assert_eq!(missing(&Settings::default()), "E-STAGE-LOOKUP: there is no lookup table `gone`; none was given");
    assert_eq!(missing(&users(Options::default())), "E-STAGE-LOOKUP: there is no lookup table `gone`; there are users");
    let many: Vec<Table> = (10..35).map(|at| lookup(&format!("t{at}"), &["a"], &[], Options::default())).collect();
    assert!(missing(&settings(many)).ends_with("t28, t29 and 5 more"));
    let lookup = command("users", &[("name", "a")], overwrite(&[("b", "b")]));
    assert_eq!(
        Pipeline::new(&[lookup], &users(Options::default())).unwrap_err().to_string(),
        "E-STAGE-LOOKUP: the lookup table `users` has no column `b`; it has user, team, id"
    );
}

#[test]
fn section_5_13_6_a_missing_table_may_count_as_empty() {
    let enrichment = Enrichment { missing_lookup: MissingLookup::Empty, ..Enrichment::default() };
    let settings = Settings { enrichment: Arc::new(enrichment), ..Settings::default() };
    let input = table(&["a", "b"], vec![vec![text("1"), text("own")], vec![NULL, text("own")]]);
    let lookup = command("gone", &[("a", "a")], overwrite(&[("b", "b"), ("c", "c")]));
    let (result, notes) = run(lookup, &settings, input.clone()).unwrap();
    assert_eq!(names(&result), ["a", "b", "c"]);
    assert_eq!(values(&result), [vec![text("1"), NULL, NULL], vec![NULL, text("own"), NULL]]);
    assert_eq!(codes(&notes), ["W-MISSING-LOOKUP"]);
    let (result, _) = run(command("gone", &[("a", "a")], LookupOutput::All), &settings, input).unwrap();
    assert_eq!(names(&result), ["a", "b"]);
}

#[test]
fn section_5_13_6_dnslookup_is_a_table_that_a_user_may_give() {
    let dns = || command("dnslookup", &[("clientip", "ip")], overwrite(&[("clienthost", "name")]));
    let input = || table(&["ip"], vec![vec![text("192.0.2.1")]]);
    let (result, notes) = run(dns(), &Settings::default(), input()).unwrap();
    assert_eq!((names(&result), values(&result)), (vec!["ip", "name"], vec![vec![text("192.0.2.1"), NULL]]));
    assert_eq!(codes(&notes), ["W-EXTERNAL-LOOKUP"]);
    let given = settings(vec![lookup(
        "dnslookup",
        &["clientip", "clienthost"],
        &[&["192.0.2.1", "h.example"]],
        Options::default(),
    )]);
    let (result, notes) = run(dns(), &given, input()).unwrap();
    assert_eq!(values(&result), [vec![text("192.0.2.1"), text("h.example")]]);
    assert_eq!(codes(&notes), Vec::<&str>::new());
    let (result, _) =
        run(command("dnslookup", &[("clientip", "ip")], LookupOutput::All), &Settings::default(), input()).unwrap();
    assert_eq!(names(&result), ["ip", "clienthost"]);
}

#[test]
fn a_time_column_of_a_table_gives_times() {
    let settings = settings(vec![lookup("t", &["k", "when"], &[&["a", "5.5"], &["b", "x"]], Options::default())]);
    let input = table(&["k", "_time"], vec![vec![text("a"), NULL], vec![text("c"), Value::Time(1)]]);
    let (result, _) = run(command("t", &[("k", "k")], overwrite(&[("when", "_time")])), &settings, input).unwrap();
    assert_eq!(values(&result), [vec![text("a"), Value::Time(5_500_000)], vec![text("c"), NULL]]);
}

#[test]
fn any_split_of_the_rows_gives_the_same() {
    let options = Options { min_matches: 1, default_match: "no".into(), ..Options::default() };
    let lookup = command("users", &[("user", "name")], overwrite(&[("team", "team")]));
    let pipeline = Pipeline::new(&[lookup], &users(options)).unwrap();
    let key = |row| RowKey { time: None, file: 0, row };
    let batch = |range: std::ops::Range<u64>| {
        let name = |row: u64| ["ann", "bob", "eve", "ann", ""][usize::try_from(row).unwrap()];
        let names: arrow_array::StringArray =
            range.clone().map(|row| if row == 4 { None } else { Some(name(row)) }).collect();
        Batch::new(vec![("name".into(), Arc::new(names))], range.map(key).collect()).unwrap()
    };
    let whole = |ends: &[(u64, u64)]| {
        let mut state = pipeline.state();
        for (start, end) in ends {
            let mut part = pipeline.state();
            pipeline.update(&mut part, batch(*start..*end)).unwrap();
            pipeline.absorb(&mut state, part).unwrap();
        }
        pipeline.finish_alone(state).unwrap()
    };
    let result = whole(&[(0, 5)]);
    let expected = [list(&["red", "blue"]), NULL, text("no"), list(&["red", "blue"]), NULL];
    assert_eq!(result.rows.iter().map(|row| row.values[1].clone()).collect::<Vec<_>>(), expected);
    for ends in [&[(4, 5), (0, 2), (2, 4)][..], &[(0, 0), (0, 1), (1, 5)], &[(3, 5), (0, 3)]] {
        assert_eq!(whole(ends), result);
    }
}

#[test]
fn the_keys_are_read_and_the_outputs_too() {
    let lookup = command("users", &[("user", "name")], overwrite(&[("team", "team")]));
    let commands = [
        lookup,
        Command::Table(vec![retrohunt_spl::plan::FieldPattern { glob: retrohunt_spl::plan::Glob::new("team") }]),
    ];
    let needs = Pipeline::new(&commands, &users(Options::default())).unwrap().needs();
    assert!(needs.selects("name") && needs.selects("team") && !needs.selects("user"));
}
