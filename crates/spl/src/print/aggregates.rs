//! `stats` and its kin as SPL text.

use std::fmt::Write as _;

use super::{bin_options, expression, name};
use crate::escape::quote;
use crate::plan::{Aggregate, ChartCommand, ChartLimit, Over, StatsCommand, StreamstatsCommand};

/// `stats` or `eventstats`.
pub(super) fn stats(command: &str, stats: &StatsCommand) -> String {
    let mut out = String::from(command);
    options(&mut out, stats);
    clauses(&mut out, stats);
    out
}

/// The options that all have.
fn options(out: &mut String, stats: &StatsCommand) {
    for (option, on) in [("allnum", stats.allnum), ("dedup_splitvals", stats.dedup_splitvals)] {
        if on {
            let _ = write!(out, " {option}=true");
        }
    }
    if stats.delim != " " {
        let _ = write!(out, " delim={}", quote(&stats.delim));
    }
}

/// Aggregates and by-clause.
fn clauses(out: &mut String, stats: &StatsCommand) {
    let aggregates: Vec<String> = stats.aggregates.iter().map(aggregate).collect();
    let _ = write!(out, " {}", aggregates.join(", "));
    if !stats.by.is_empty() {
        let by: Vec<String> = stats.by.iter().map(|field| name(field)).collect();
        let _ = write!(out, " by {}", by.join(", "));
    }
}

/// One aggregate. Its default name says how the function was spelled, and the text of an `eval(…)`.
fn aggregate(aggregate: &Aggregate) -> String {
    let whole = aggregate.default_name.as_str();
    let inner = match &aggregate.sparkline {
        Some(_) => whole.strip_prefix("sparkline(").and_then(|rest| rest.strip_suffix(')')),
        None => Some(whole),
    };
    let alias = aggregate.alias.as_ref().map(|alias| format!(" as {}", name(&alias.text()))).unwrap_or_default();
    let Some(inner) = inner else { return format!("{whole}{alias}") };
    let function = inner.split('(').next().unwrap_or_default();
    let call = match &aggregate.over {
        Over::Rows => function.to_owned(),
        Over::Field(field) => format!("{function}({})", name(&field.glob.text())),
        // The text is part of the default name, so it is not printed anew.
        Over::Eval(_) if inner[function.len()..].starts_with("(eval(") => inner.to_owned(),
        Over::Eval(expr) => format!("{function}(eval({}))", expression(expr)),
    };
    let call = match &aggregate.sparkline {
        None => call,
        Some(None) => format!("sparkline({call})"),
        Some(Some(span)) => format!("sparkline({call}, {})", super::span(span)),
    };
    call + &alias
}

/// `streamstats`.
pub(super) fn streamstats(command: &StreamstatsCommand) -> String {
    let mut out = String::from("streamstats");
    for (option, on, default) in [
        ("current", command.current, true),
        ("global", command.global, true),
        ("reset_on_change", command.reset_on_change, false),
    ] {
        if on != default {
            let _ = write!(out, " {option}={on}");
        }
    }
    if command.window != 0 {
        let _ = write!(out, " window={}", command.window);
    }
    match command.time_window {
        Some(micros) if micros % 1_000_000 == 0 => {
            let _ = write!(out, " time_window={}s", micros / 1_000_000);
        }
        Some(micros) => {
            let _ = write!(out, " time_window={micros}us");
        }
        None => {}
    }
    for (option, condition) in [("reset_before", &command.reset_before), ("reset_after", &command.reset_after)] {
        if let Some(condition) = condition {
            let _ = write!(out, " {option}=({})", expression(condition));
        }
    }
    options(&mut out, &command.stats);
    clauses(&mut out, &command.stats);
    out
}

/// `chart` or `timechart`.
pub(super) fn chart(chart: &ChartCommand) -> String {
    let mut out = String::from(if chart.time { "timechart" } else { "chart" });
    let _ = match chart.limit {
        ChartLimit::Top(count) => write!(out, " limit={count}"),
        ChartLimit::Bottom(count) => write!(out, " limit=bottom{count}"),
    };
    for (option, text, default) in [("other", &chart.other, "OTHER"), ("null", &chart.null, "NULL")] {
        match text {
            None => {
                let _ = write!(out, " use{option}=false");
            }
            Some(text) if text != default => {
                let _ = write!(out, " {option}str={}", quote(text));
            }
            Some(_) => {}
        }
    }
    if !chart.cont {
        out.push_str(" cont=false");
    }
    if chart.sep != ": " {
        let _ = write!(out, " sep={}", quote(&chart.sep));
    }
    if let Some(format) = &chart.format {
        let _ = write!(out, " format={}", quote(format));
    }
    options(&mut out, &chart.stats);
    let over = chart.over_bins.as_ref().map(bin_options).unwrap_or_default();
    if chart.time {
        out.push_str(&over);
    }
    clauses(&mut out, &chart.stats);
    match &chart.over {
        Some(field) if !chart.time => {
            let _ = write!(out, " over {}{over}", name(field));
        }
        // Options of a row field that there is not.
        None => out.push_str(&over),
        Some(_) => {}
    }
    if let Some(field) = &chart.by {
        let _ = write!(out, " by {}", name(field));
        out.push_str(&chart.by_bins.as_ref().map(bin_options).unwrap_or_default());
    }
    out
}
