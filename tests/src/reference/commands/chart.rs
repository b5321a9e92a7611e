//! `chart`, `timechart`, `xyseries`, `untable` (§5.23).

use std::collections::BTreeMap;

use retrohunt_spl::plan::XySeriesCommand;
use retrohunt_spl::plan::{AggregateFunc, BinCommand, BinOptions, BinSpan, ChartCommand, ChartLimit, StatsCommand};

use super::super::aggregate;
use super::super::bin::{bin, time_bin};
use super::super::bin_width::{length, width};
use super::super::expand::{Output, outputs};
use super::super::expression::World;
use super::super::row::{Row, RowSet};
use super::super::stats::groups;
use super::super::value::{Scalar, natural_order, texts};
use super::generate::know;

/// One column of a chart: its name, and which output over which series.
struct Column<'a> {
    name: String,
    output: &'a Output,
    series: Option<Series>,
}

/// The rows of a series by the column field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Series {
    /// With this value.
    Value(String),
    /// Without any.
    Null,
    /// With one of the values that have no column.
    Other(Vec<String>),
}

impl Series {
    /// Does a row belong to it?
    fn has(&self, row: &Row, field: &str) -> bool {
        let values = texts(row.get(field));
        match self {
            Self::Value(value) => values.contains(value),
            Self::Null => values.is_empty(),
            Self::Other(others) => values.iter().any(|value| others.contains(value)),
        }
    }
}

/// `chart` and `timechart`; the error is an output name that was written twice.
pub(super) fn chart(mut rows: RowSet, command: &ChartCommand, world: &World<'_>) -> Result<RowSet, String> {
    let over = if command.time { "_time".to_owned() } else { command.over.clone().unwrap_or_default() };
    let mut options = command.over_bins.clone();
    if command.time && options.is_none() {
        options = Some(BinOptions::default());
    }
    let mut empty = Vec::new();
    if let Some(options) = options {
        let mut command_over = BinCommand { field: over.clone(), alias: None, options };
        let span = width(&rows, &command_over, world.settings);
        command_over.options.span.clone_from(&span);
        rows = bin(rows, &command_over, world.settings);
        if let Some(span) = span.filter(|_| command.cont && over == "_time") {
            empty = buckets(&rows, &span, world)?;
        }
    }
    if let (Some(field), Some(options)) = (&command.by, &command.by_bins) {
        let by = BinCommand { field: field.clone(), alias: None, options: options.clone() };
        rows = bin(rows, &by, world.settings);
    }
    let stats = StatsCommand { by: vec![over.clone()], ..command.stats.clone() };
    let outputs = outputs(&stats, &rows.columns)?;
    let found = groups(&rows, &stats);
    let columns = columns(command, &outputs, &found, world);
    let mut out = RowSet::default();
    out.add_column(&over, true);
    columns.iter().for_each(|column| out.add_column(&column.name, true));
    let mut keyed: Vec<(Vec<Scalar>, Vec<&Row>)> = found;
    for time in empty {
        if !keyed.iter().any(|(key, _)| *key == [Scalar::Time(time)]) {
            keyed.push((vec![Scalar::Time(time)], Vec::new()));
        }
    }
    if over == "_time" {
        keyed.sort_by_key(|(key, _)| match key.as_slice() {
            [Scalar::Time(time)] => *time,
            _ => i64::MAX,
        });
    }
    for (key, members) in keyed {
        let mut row = Row::default();
        row.set(&over, key);
        for column in &columns {
            let field = command.by.as_deref().unwrap_or_default();
            let own = members.iter().filter(|row| column.series.as_ref().is_none_or(|series| series.has(row, field)));
            let own: Vec<&Row> = own.copied().collect();
            // A bucket without rows counts 0 and has nothing else.
            if !own.is_empty() || column.output.func == AggregateFunc::Count {
                row.set(&column.name, aggregate::result(column.output, &own, world));
            }
        }
        out.rows.push(row);
    }
    know(&mut out);
    Ok(out)
}

/// All buckets of time between the first and the last.
fn buckets(rows: &RowSet, span: &BinSpan, world: &World<'_>) -> Result<Vec<i64>, String> {
    let times: Vec<i64> = rows
        .rows
        .iter()
        .filter_map(|row| match row.get("_time") {
            [Scalar::Time(time)] => Some(*time),
            _ => None,
        })
        .collect();
    let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else { return Ok(Vec::new()) };
    let mut all = vec![*first];
    let mut time = *first;
    while time < *last {
        time = match span {
            BinSpan::Micros(_) => time + length(span),
            // Past the end of the bucket, whatever the calendar and the clock do, then down to its beginning.
            other => {
                let past = time + length(other) / 20 * 21 + 43_200_000_000;
                time_bin(past, span, &world.settings.timezone).ok_or("a time beyond the calendar")?
            }
        };
        all.push(time);
        if all.len() > 100_000 {
            return Err("too many buckets".to_owned());
        }
    }
    Ok(all)
}

/// The columns behind the row field.
fn columns<'a>(
    command: &ChartCommand,
    outputs: &'a [Output],
    groups: &[(Vec<Scalar>, Vec<&Row>)],
    world: &World<'_>,
) -> Vec<Column<'a>> {
    let plain = |output: &'a Output| Column { name: output.name.clone(), output, series: None };
    let Some(field) = &command.by else { return outputs.iter().map(plain).collect() };
    let mut columns = Vec::new();
    for series in series(command, field, outputs, groups, world) {
        let value = match &series {
            Series::Value(value) => value.clone(),
            Series::Null => command.null.clone().unwrap_or_default(),
            Series::Other(_) => command.other.clone().unwrap_or_default(),
        };
        for output in outputs {
            let name = match &command.format {
                _ if outputs.len() == 1 => value.clone(),
                Some(format) => format.replace("$AGG$", &output.name).replace("$VAL$", &value),
                None => format!("{}{}{value}", output.name, command.sep),
            };
            columns.push(Column { name, output, series: Some(series.clone()) });
        }
    }
    // All columns of one aggregate stand together.
    columns.sort_by_key(|column| outputs.iter().position(|output| output == column.output));
    columns
}

/// The series that get columns: values in ascending order, then the rest, then rows without a value.
fn series(
    command: &ChartCommand,
    field: &str,
    outputs: &[Output],
    groups: &[(Vec<Scalar>, Vec<&Row>)],
    world: &World<'_>,
) -> Vec<Series> {
    let mut scores: BTreeMap<String, f64> = BTreeMap::new();
    let mut missing = false;
    for (_, members) in groups {
        let values: Vec<String> = members.iter().flat_map(|row| texts(row.get(field))).collect();
        missing |= members.iter().any(|row| row.get(field).is_empty());
        for value in values {
            // The sum of one aggregate is added once a group, the frequency once a row (§5.23.2).
            *scores.entry(value).or_insert(0.0) += if outputs.len() > 1 { 1.0 } else { 0.0 };
        }
    }
    if let [output] = outputs {
        for (value, score) in &mut scores {
            let one = Series::Value(value.clone());
            for (_, members) in groups {
                let own: Vec<&Row> = members.iter().filter(|row| one.has(row, field)).copied().collect();
                let result = aggregate::result(output, &own, world);
                *score += result.first().and_then(Scalar::number).map_or(0.0, super::super::value::Number::real);
            }
        }
    }
    let mut ranked: Vec<(String, f64)> = scores.into_iter().collect();
    ranked.sort_by(|left, right| {
        let order = left.1.total_cmp(&right.1);
        let order = if matches!(command.limit, ChartLimit::Bottom(_)) { order } else { order.reverse() };
        order.then_with(|| natural_order(&left.0, &right.0))
    });
    let (ChartLimit::Top(limit) | ChartLimit::Bottom(limit)) = command.limit;
    let limit = if limit == 0 { usize::MAX } else { usize::try_from(limit).unwrap_or(usize::MAX) };
    let rest: Vec<String> = ranked.iter().skip(limit).map(|(value, _)| value.clone()).collect();
    let mut kept: Vec<String> = ranked.into_iter().take(limit).map(|(value, _)| value).collect();
    kept.sort_by(|left, right| natural_order(left, right));
    let mut all: Vec<Series> = kept.into_iter().map(Series::Value).collect();
    if missing && command.null.is_some() {
        all.push(Series::Null);
    }
    if !rest.is_empty() && command.other.is_some() {
        all.push(Series::Other(rest));
    }
    all
}

/// `xyseries`: one row per x, one column per value of y; of two the last wins.
pub(super) fn xyseries(rows: &RowSet, command: &XySeriesCommand) -> RowSet {
    let mut out = RowSet::default();
    out.add_column(&command.x, true);
    let mut names: Vec<String> = Vec::new();
    let mut last: Option<String> = None;
    for row in &rows.rows {
        let (Some(x), Some(y)) = (row.get(&command.x).first(), row.get(&command.y).first()) else { continue };
        let known = out.rows.iter().position(|row| row.get(&command.x).first().map(Scalar::text) == Some(x.text()));
        let at = match known {
            Some(at) if !command.grouped || last.as_ref() == Some(&x.text()) => at,
            _ => {
                let mut made = Row::default();
                made.set(&command.x, vec![x.clone()]);
                out.rows.push(made);
                out.rows.len() - 1
            }
        };
        last = Some(x.text());
        for field in &command.values {
            let name = match &command.format {
                _ if command.values.len() == 1 => y.text(),
                Some(format) => format.replace("$AGG$", field).replace("$VAL$", &y.text()),
                None => format!("{field}{}{}", command.sep, y.text()),
            };
            out.rows[at].set(&name, row.get(field).to_vec());
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.sort_by(|left, right| natural_order(left, right));
    names.iter().for_each(|name| out.add_column(name, true));
    know(&mut out);
    out
}

/// `untable`: one row per row and column that has a value.
pub(super) fn untable(rows: &RowSet, x: &str, y: &str, value: &str) -> RowSet {
    let mut out = RowSet::default();
    [x, y, value].iter().for_each(|name| out.add_column(name, true));
    for row in &rows.rows {
        for column in rows.columns.iter().filter(|column| column.name != x && !column.name.starts_with('_')) {
            let values = row.get(&column.name);
            if values.is_empty() {
                continue;
            }
            let mut made = Row::default();
            made.set(x, row.get(x).to_vec());
            made.set(y, vec![Scalar::Text(column.name.clone())]);
            made.set(value, values.to_vec());
            out.rows.push(made);
        }
    }
    know(&mut out);
    out
}
