//! What is particular to building a `stats`; results are tested over whole pipelines.

use retrohunt_spl::plan::{Aggregate, AggregateFunc, FieldPattern, Glob, Over};

use super::*;

fn aggregate(func: AggregateFunc, field: Option<&str>, alias: Option<&str>) -> Aggregate {
    let field = field.map(|field| FieldPattern { glob: Glob::new(field) });
    let argument = field.as_ref().map(|pattern| format!("({})", pattern.glob.text())).unwrap_or_default();
    let default_name = format!("{}{argument}", func.name());
    let over = field.map_or(Over::Rows, Over::Field);
    Aggregate { func, over, sparkline: None, alias: alias.map(Glob::new), default_name }
}

fn build(aggregates: Vec<Aggregate>, by: &[&str]) -> Result<Stats, PipelineError> {
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    let command = StatsCommand { aggregates, by, dedup_splitvals: false, allnum: false, delim: " ".into() };
    Stats::new(&command, 0, &Settings::default())
}

#[test]
fn section_5_10_5_two_equal_names_written_out_are_an_error() {
    let twice =
        vec![aggregate(AggregateFunc::Count, None, None), aggregate(AggregateFunc::Dc, Some("x"), Some("count"))];
    assert_eq!(build(twice, &[]).unwrap_err().code, "E-STAGE-CLASH");
    let renamed = vec![aggregate(AggregateFunc::Count, None, None), aggregate(AggregateFunc::Count, None, Some("n"))];
    assert!(build(renamed, &[]).is_ok());
}

#[test]
fn section_5_10_4_stars_must_fit() {
    let code = |aggregates, by: &[&str]| build(aggregates, by).unwrap_err().code;
    assert_eq!(code(vec![aggregate(AggregateFunc::Values, Some("a*"), Some("*_*"))], &[]), "E-STAGE-WILDCARD");
    assert_eq!(code(vec![aggregate(AggregateFunc::Values, Some("a"), Some("*"))], &[]), "E-STAGE-WILDCARD");
    assert_eq!(code(vec![aggregate(AggregateFunc::Count, None, None)], &["h*"]), "E-STAGE-WILDCARD");
    assert!(build(vec![aggregate(AggregateFunc::Values, Some("a*"), Some("all"))], &[]).is_ok());
}

#[test]
fn needs_are_by_fields_and_arguments() {
    let stats = build(
        vec![aggregate(AggregateFunc::Count, None, None), aggregate(AggregateFunc::Values, Some("*"), Some("*"))],
        &["_time", "host"],
    );
    let names = ["_time", "host", "*"].map(|name| FieldPattern { glob: Glob::new(name) });
    assert_eq!(stats.unwrap().needs(), Needs::Fields(names.to_vec()));
}
