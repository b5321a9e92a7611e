//! §5.28 by example.

use std::cell::RefCell;

use retrohunt_spl::plan::Command;

use super::super::sample::{NULL, codes, list, names, table, text, values};
use super::*;
use crate::pipeline::{Pipeline, Settings};
use crate::table::Value;
use crate::table_stage::Runner;

/// Gives for each search a row with its text, and remembers them.
#[derive(Default)]
struct Echo(RefCell<Vec<String>>);

impl Runner for Echo {
    fn run(&self, searches: &[String]) -> Result<Vec<Table>, String> {
        self.0.borrow_mut().extend_from_slice(searches);
        if searches.iter().any(|search| search.contains("wrong")) {
            return Err("no search".to_owned());
        }
        let result = |search: &String| table(&["text"], vec![vec![text(search)]]);
        Ok(searches.iter().map(result).collect())
    }
}

fn run(template: &str, max: u64, input: Table) -> Result<(Table, Notes), PipelineError> {
    let command = Command::Map(MapCommand { template: template.into(), max_searches: max });
    let pipeline = Pipeline::new(&[command], &Settings::default())?;
    let (echo, mut notes) = (Echo::default(), Notes::default());
    let table = pipeline.run(input, &mut Context { operands: &[], runner: Some(&echo), notes: &mut notes })?;
    Ok((table, notes))
}

/// The searches of a template for rows with the fields `a` and `b.c`.
fn searches(template: &str, rows: Vec<[Value; 2]>) -> (Vec<String>, Vec<String>) {
    let rows = rows.into_iter().map(|row| row.to_vec()).collect();
    let (result, notes) = run(template, 10, table(&["a", "b.c"], rows)).unwrap();
    let texts = values(&result).into_iter().map(|row| row[0].texts().join("")).collect();
    (texts, codes(&notes).into_iter().map(str::to_owned).collect())
}

#[test]
fn section_5_28_values_are_put_in_and_quoted_ones_are_escaped() {
    let row = || [text("x \"y\" \\z"), Value::Int(7)];
    let one = |template: &str| searches(template, vec![row()]).0.join("|");
    assert_eq!(one(r#"search f="$a$" n=$b.c$"#), r#"search f="x \"y\" \\z" n=7"#);
    assert_eq!(one(r#"search $a$ g="\"$a$""#), r#"search x "y" \z g="\"x \"y\" \\z""#);
    assert_eq!(one("search run=$_serial_id$"), "search run=1");
}

#[test]
fn section_5_28_one_run_per_row_results_in_order() {
    let input = table(&["a"], vec![vec![text("1")], vec![text("2")]]);
    let (result, _) = run("search a=$a$ | eval n=$_serial_id$", 10, input).unwrap();
    assert_eq!(names(&result), ["text"]);
    let expected = ["search a=1 | eval n=1", "search a=2 | eval n=2"].map(|search| vec![text(search)]);
    assert_eq!(values(&result), expected);
}

#[test]
fn a_dollar_that_opens_no_placeholder_is_a_text() {
    let one = |template: &str| searches(template, vec![[text("v"), NULL]]).0.join("|");
    for template in [r#"search | regex x="^a$|b$""#, "search cost=5$", "search $ $ $$", "search \"(?i)\\.exe$\""] {
        assert_eq!(one(template), template);
    }
    assert_eq!(one("search $$a$"), "search $v", "the second dollar opens one");
}

#[test]
fn a_row_that_lacks_a_field_is_not_searched_for() {
    let rows = vec![[NULL, text("1")], [text("x"), NULL], [list(&["p", "q"]), text("1")]];
    let (texts, codes) = searches("search a=\"$a$\"", rows);
    assert_eq!(texts, ["search a=\"x\"", "search a=\"p q\""]);
    assert_eq!(codes, ["W-MAP-FIELD"]);
    assert_eq!(searches("search $gone$", vec![[NULL, NULL]]), (vec![], vec!["W-MAP-FIELD".into()]));
}

#[test]
fn section_7_more_rows_than_maxsearches_are_cut_with_a_warning() {
    let input = |count: usize| table(&["a"], vec![vec![text("v")]; count]);
    let (result, notes) = run("search $a$", 2, input(3)).unwrap();
    assert_eq!((result.rows.len(), codes(&notes)), (2, vec!["W-MAP-CUT"]));
    let (result, notes) = run("search $a$", 2, input(2)).unwrap();
    assert_eq!((result.rows.len(), codes(&notes)), (2, vec![]));
    assert_eq!(run("search $a$", 2, input(0)).unwrap().0, Table::default());
}

#[test]
fn a_search_that_fails_or_cannot_be_run_is_an_error() {
    let input = || table(&["a"], vec![vec![text("wrong")]]);
    let error = run("search $a$", 2, input()).unwrap_err();
    assert_eq!(error.to_string(), "E-STAGE-MAP: a search of `map` failed: no search");
    let map = Command::Map(MapCommand { template: "search $a$".into(), max_searches: 1 });
    let pipeline = Pipeline::new(&[map], &Settings::default()).unwrap();
    let mut notes = Notes::default();
    let mut context = Context { operands: &[], runner: None, notes: &mut notes };
    assert_eq!(pipeline.run(input(), &mut context).unwrap_err().code, "E-STAGE-MAP");
}

#[test]
fn only_the_fields_of_the_search_are_read() {
    let map = Command::Map(MapCommand { template: "search $a$ \"$b.c$\" $_serial_id$".into(), max_searches: 1 });
    let needs = Pipeline::new(&[map], &Settings::default()).unwrap().needs();
    assert_eq!(needs, Needs::Fields(vec![exactly("a"), exactly("b.c")]));
}
