//! §5.29 by example; how a text is cut is shown in the crate that does it.

use retrohunt_spl::plan::Command;

use super::super::sample::{NULL, list, names, run, table, text, values};
use super::*;
use crate::pipeline::Settings;

fn parse(rows: Vec<Vec<Value>>, columns: &[&str]) -> crate::table::Table {
    let command = Command::ParseUrl { field: "query".into(), list: "list".into() };
    run(command, &Settings::default(), table(columns, rows)).unwrap().0
}

#[test]
fn section_5_29_parts_of_a_name_with_none_in_words() {
    let result = parse(vec![vec![text("a.b.example.co.uk")], vec![text("server.local")]], &["query"]);
    assert_eq!(names(&result)[..3], ["query", "ut_scheme", "ut_netloc"]);
    let at = |name: &str| names(&result).iter().position(|known| *known == name).unwrap();
    let rows = values(&result);
    let row = |row: usize| {
        ["ut_domain_without_tld", "ut_domain", "ut_subdomain", "ut_tld"].map(|name| rows[row][at(name)].clone())
    };
    assert_eq!(row(0), ["example", "example.co.uk", "a.b", "co.uk"].map(text));
    assert_eq!(row(1), ["None"; 4].map(text));
}

#[test]
fn a_row_without_the_field_keeps_what_it_has_and_several_values_give_several_parts() {
    let rows = vec![vec![NULL, text("own")], vec![list(&["a.example.com", "example.org"]), text("own")]];
    let result = parse(rows, &["query", "ut_subdomain"]);
    let found: Vec<Value> = values(&result).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(found, [text("own"), list(&["a", "None"])]);
}
