//! Results to text: what a result is to the writers, and one writer for each form.
//!
//! The forms are contracts: two runs with the same results write the same bytes, so that they can be compared with `diff`.

mod csv;
mod directory;
mod ndjson;
mod table;
mod wrap;

use std::{
    borrow::Cow,
    io::{self, Write},
};

use jiff::tz::TimeZone;

pub(crate) use directory::{OutDir, write_file};

use crate::{args::Format, terminal::Screen};

/// The rule that results belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RuleRef<'a> {
    /// The rule's id.
    pub(crate) id: &'a str,
    /// The rule's path, as it was given or found; not UTF-8 is replaced.
    pub(crate) path: &'a str,
    /// The rule's title.
    pub(crate) title: &'a str,
}

/// One value of a result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// Missing.
    Null,
    /// A text.
    Text(Cow<'a, str>),
    /// A number of a number column.
    Int(i64),
    /// A number of a number column.
    UInt(u64),
    /// A number of a number column; NaN and the infinities are missing values.
    Float(f64),
    /// A point in time, in microseconds since the epoch.
    Time(i64),
    /// A multivalue, in its order. A list of one is that value, a list of none is missing (§4.1.1).
    List(Vec<Cow<'a, str>>),
}

/// A row of the input behind a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source<'a> {
    /// The file, as it was given or found; not UTF-8 is replaced.
    pub(crate) file: Cow<'a, str>,
    /// The row group in the file, counted from 0.
    pub(crate) row_group: u64,
    /// The row in the row group, counted from 0.
    pub(crate) row: u64,
}

/// The results of one rule, borrowed from whoever holds them.
pub(crate) trait Hits {
    /// Returns the rule.
    fn rule(&self) -> RuleRef<'_>;

    /// Returns the names of the columns, in the rule's order.
    fn columns(&self) -> &[String];

    /// Returns the number of results.
    fn rows(&self) -> usize;

    /// Returns the value in `column` of result `row`, both counted from 0 and in range.
    fn value(&self, row: usize, column: usize) -> Value<'_>;

    /// Returns rows of the input behind result `row`; none where no evidence was asked for.
    fn sources(&self, row: usize) -> Vec<Source<'_>>;
}

/// What the forms depend on beside the results.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    /// Where a table goes.
    pub(crate) screen: Screen,
    /// The zone of times in a table; other forms are in UTC.
    pub(crate) timezone: TimeZone,
    /// Whether the rows behind each result are shown.
    pub(crate) evidence: bool,
}

/// Writes the results of all rules to `out`: ordered by rule id, then rule path, both as text, then as the rule has them.
///
/// # Errors
///
/// If `out` cannot be written to.
pub(crate) fn write(form: Format, out: &mut dyn Write, results: &[&dyn Hits], style: &Style) -> io::Result<()> {
    let mut results = results.to_vec();
    results.sort_by(|a, b| (a.rule().id, a.rule().path).cmp(&(b.rule().id, b.rule().path)));
    match form {
        Format::Ndjson => ndjson::write(out, &results, style.evidence)?,
        Format::Csv => csv::write(out, &results, style.evidence)?,
        Format::Table => table::write(out, &results, style)?,
    }
    out.flush()
}

/// Returns the name of the file that holds results of this form in a folder of results.
pub(crate) fn file_name(form: Format) -> &'static str {
    match form {
        Format::Ndjson => "hits.ndjson",
        Format::Csv => "hits.csv",
        Format::Table => "hits.txt",
    }
}

impl<'a> Value<'a> {
    /// Returns the value in the form that all writers share: a list of one as that value, a list of none and a number that is
    /// none as missing.
    fn normal(self) -> Self {
        match self {
            Self::List(mut values) if values.len() < 2 => values.pop().map_or(Self::Null, Self::Text),
            Self::Float(number) if !number.is_finite() => Self::Null,
            other => other,
        }
    }

    /// Returns the texts of the value: none if it is missing, one if it is single. Times are in UTC.
    fn texts(self) -> Vec<Cow<'a, str>> {
        match self.normal() {
            Self::Null => Vec::new(),
            Self::Text(text) => vec![text],
            Self::Int(number) => vec![number.to_string().into()],
            Self::UInt(number) => vec![number.to_string().into()],
            Self::Float(number) => vec![retrohunt_columnar::text::f64_text(number).into()],
            Self::Time(micros) => vec![retrohunt_columnar::text::time_text(micros).into()],
            Self::List(values) => values,
        }
    }
}

impl Source<'_> {
    /// Returns the row as one text, `file:row_group:row`.
    fn text(&self) -> String {
        format!("{}:{}:{}", self.file, self.row_group, self.row)
    }
}

#[cfg(test)]
pub(crate) mod sample {
    //! Results that the tests of all writers use.

    use super::*;

    /// Results that are written down.
    pub(crate) struct Sample {
        /// Id, path, title.
        pub(crate) rule: [&'static str; 3],
        /// Names.
        pub(crate) columns: Vec<String>,
        /// Results.
        pub(crate) rows: Vec<Vec<Value<'static>>>,
        /// The rows behind each result.
        pub(crate) sources: Vec<Source<'static>>,
    }

    impl Hits for Sample {
        fn rule(&self) -> RuleRef<'_> {
            RuleRef { id: self.rule[0], path: self.rule[1], title: self.rule[2] }
        }

        fn columns(&self) -> &[String] {
            &self.columns
        }

        fn rows(&self) -> usize {
            self.rows.len()
        }

        fn value(&self, row: usize, column: usize) -> Value<'_> {
            self.rows[row][column].clone()
        }

        fn sources(&self, _row: usize) -> Vec<Source<'_>> {
            self.sources.clone()
        }
    }

    /// Returns a list of texts.
    pub(crate) fn list(values: &[&'static str]) -> Value<'static> {
        Value::List(values.iter().map(|&value| value.into()).collect())
    }

    /// Returns the results of a rule.
    pub(crate) fn hits(rule: [&'static str; 3], columns: &[&str], rows: Vec<Vec<Value<'static>>>) -> Sample {
        let columns = columns.iter().map(|&name| name.to_owned()).collect();
        let sources = vec![Source { file: "a/b.parquet".into(), row_group: 0, row: 17 }];
        Sample { rule, columns, rows, sources }
    }

    /// Returns what `form` makes of the results.
    pub(crate) fn written(form: Format, results: &[&dyn Hits], width: Option<usize>, evidence: bool) -> String {
        let screen = Screen { width, color: false };
        let mut out = Vec::new();
        write(form, &mut out, results, &Style { screen, timezone: TimeZone::UTC, evidence }).expect("memory");
        String::from_utf8(out).expect("UTF-8")
    }

    /// Returns the example of the documentation.
    pub(crate) fn seed() -> Sample {
        let columns = ["_time", "host", "process", "user"];
        let row = vec![
            Value::Time(1_596_613_709_000_000),
            Value::Text("W5".into()),
            Value::Text(r#"psexec.exe  \\srv "x""#.into()),
            list(&["a", "b"]),
        ];
        hits(["5343.18043", "datasets/rules/remote_admin_tools.yml", "Remote Admin Tools"], &columns, vec![row])
    }
}

#[cfg(test)]
mod tests {
    use super::{sample::*, *};

    #[test]
    fn lists_of_one_and_none_are_no_lists() {
        assert_eq!(list(&["a"]).normal(), Value::Text("a".into()));
        assert_eq!(list(&[]).normal(), Value::Null);
        assert_eq!(Value::Float(f64::NAN).normal(), Value::Null);
        assert_eq!(list(&["a", "b"]).texts(), ["a", "b"]);
        assert_eq!(Value::Float(2.0).texts(), ["2"]);
    }

    #[test]
    fn rules_are_ordered_by_id_as_text_and_then_by_path() {
        let rows = || vec![vec![Value::Int(1)]];
        let [a, b, c] = [["9", "a", "t"], ["10", "z", "t"], ["10", "b", "t"]].map(|rule| hits(rule, &["n"], rows()));
        let text = written(Format::Csv, &[&a, &b, &c], None, false);
        let forward = written(Format::Csv, &[&c, &a, &b], None, false);
        assert_eq!(text, forward);
        let order: Vec<&str> = text.lines().skip(1).map(|line| &line[..2]).collect();
        assert_eq!(order, ["10", "10", "9,"]);
        let paths = written(Format::Ndjson, &[&a, &b, &c], None, false);
        assert!(paths.find(r#""path":"b""#) < paths.find(r#""path":"z""#));
    }

    #[test]
    fn no_results_give_no_lines() {
        let none = hits(["1", "p", "t"], &["a"], vec![]);
        assert_eq!(written(Format::Ndjson, &[&none], None, true), "");
        assert_eq!(written(Format::Table, &[&none], Some(80), true), "");
        assert_eq!(written(Format::Csv, &[], None, false), "rule_id,rule_title\n");
    }
}
