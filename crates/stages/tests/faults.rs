//! Every deliberate mistake changes what it is meant to change. `cargo test -p retrohunt-stages --features faults --test faults`
//!
//! One test only: a fault is switched on for the whole process.
#![expect(clippy::unwrap_used, reason = "a test's own functions")]

use std::sync::Arc;

use arrow_array::{ArrayRef, StringArray, TimestampMicrosecondArray};
use retrohunt_spl::plan::{
    Aggregate, AggregateFunc, BinCommand, BinOptions, BinSpan, Command, CompareOp, FieldPattern, Glob, Over,
    RegexCommand, StatsCommand, Term, TermKind,
};
use retrohunt_spl::span::Span;
use retrohunt_stages::predicate::{CompareTest, InTest, RegexTest, TermTest};
use retrohunt_stages::{Batch, FAULTS, Pipeline, RowKey, Settings, ValueRef, set_fault};

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// Rows of one file, oldest first: a key with ∅, a number.
fn batch() -> Batch {
    let times = TimestampMicrosecondArray::from(vec![1_500_000, 2_500_000, 3_500_000]).with_timezone("UTC");
    let keys = (0..3).map(|row: u64| RowKey { time: Some(row as i64 * 1_000_000 + 1_500_000), file: 0, row }).collect();
    let fields: Vec<(Arc<str>, ArrayRef)> = vec![
        ("_time".into(), Arc::new(times)),
        ("host".into(), texts(&[Some("b"), Some("a"), None])),
        ("n".into(), texts(&[Some("9"), Some("10"), Some("1")])),
    ];
    Batch::new(fields, keys).unwrap()
}

fn stats(func: AggregateFunc, field: &str, by: &[&str]) -> Command {
    let over = Over::Field(FieldPattern { glob: Glob::new(field) });
    let aggregates = vec![Aggregate { func, over, sparkline: None, alias: None, default_name: "x".into() }];
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    Command::Stats(StatsCommand { aggregates, by, dedup_splitvals: false, allnum: false, delim: " ".into() })
}

/// The result of commands over the rows, taken through a partial state.
fn run(commands: &[Command]) -> String {
    let pipeline = Pipeline::new(commands, &Settings::default()).unwrap();
    let (mut part, mut whole) = (pipeline.state(), pipeline.state());
    pipeline.update(&mut part, batch()).unwrap();
    pipeline.merge(&mut whole, &pipeline.partial(&part).unwrap()).unwrap();
    format!("{:?}", pipeline.finish_alone(whole).unwrap().rows)
}

fn term(text: &str) -> TermTest {
    TermTest::new(&Term { glob: Glob::new(text), kind: TermKind::Plain, span: Span::default() })
}

/// What the behaviour that a fault spoils gives; `None` for those of expressions and table commands, which only rule cases observe.
fn observe(fault: &str) -> Option<String> {
    use AggregateFunc::{Count, First, Min, Values};
    let column = texts(&[Some("a"), Some("b"), None]);
    Some(match fault {
        "stages-merge-forgets-group" => run(&[stats(Count, "n", &["host"])]),
        "stages-drop-order-key" => run(&[Command::Table(vec![FieldPattern { glob: Glob::new("n") }])]),
        "stages-null-group-kept" => run(&[stats(Count, "n", &["host"])]),
        "stages-not-equal-keeps-null" => {
            format!(
                "{:?}",
                CompareTest::new(CompareOp::Ne, &Glob::new("a"), false).select(&column).iter().collect::<Vec<bool>>()
            )
        }
        "stages-term-substring" => term("cmd").matches_text("mycmd.exe").to_string(),
        "stages-values-unsorted" => {
            // A partial state is sorted, so this one is finished where it was filled.
            let pipeline = Pipeline::new(&[stats(Values, "n", &[])], &Settings::default()).unwrap();
            let mut state = pipeline.state();
            pipeline.update(&mut state, batch()).unwrap();
            format!("{:?}", pipeline.finish_alone(state).unwrap().rows)
        }
        "stages-first-is-last" => run(&[stats(First, "n", &[])]),
        "stages-regex-ne-drops-null" => {
            let (pattern, raw_pattern) = ("a".to_owned(), "a".to_owned());
            let command = RegexCommand { field: "f".into(), negated: true, pattern, raw_pattern };
            format!("{:?}", RegexTest::new(&command).unwrap().select(&column).iter().collect::<Vec<bool>>())
        }
        "stages-in-first-only" => {
            InTest::new(&[Glob::new("a"), Glob::new("b")]).matches(ValueRef::Text("b")).to_string()
        }
        "stages-min-text-order" => run(&[stats(Min, "n", &["host"]), stats(Min, "x", &[])]),
        "stages-bin-rounds-up" => {
            let options = BinOptions::fixed(BinSpan::Micros(1_000_000));
            run(&[Command::Bin(BinCommand { field: "_time".into(), alias: None, options })])
        }
        "stages-pair-name-matches" => term("user").matches_pair("user", "bob").to_string(),
        _ => return None,
    })
}

#[test]
fn every_fault_shows() {
    for fault in FAULTS {
        set_fault(None);
        let Some(sound) = observe(fault) else { continue };
        set_fault(Some(fault));
        let spoiled = observe(fault).unwrap();
        set_fault(None);
        assert_ne!(sound, spoiled, "{fault} changes nothing");
        assert_eq!(observe(fault), Some(sound), "{fault} leaves something behind");
    }
}
