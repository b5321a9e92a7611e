//! `chart` and `timechart` (§5.23).

use super::aggregate::aggregate;
use super::bin::{self, Written};
use super::spans::width;
use super::stats::{empty, exact, flag, names_differ, shared_option};
use super::{Arguments, CommandDoc, field_name};
use crate::diagnostic::codes;
use crate::lex::{Token, TokenKind};
use crate::plan::{BinSpan, ChartCommand, ChartLimit, Command, CompareOp};

/// For the documentation.
pub(super) const CHART: CommandDoc = CommandDoc {
    name: "chart",
    aliases: &[],
    syntax: "chart [limit=<n>] [useother=<bool>] [usenull=<bool>] [cont=<bool>] [sep=\"<text>\"] [format=\"<text>\"] <aggregate>… \
             [OVER <row field> [span=<width>]] [BY <field> [<field>]]",
    section: "§5.23",
    summary: "Makes a table: a row for each value of one field, a column for each value of another.",
    examples: &["* | chart count over status by host", "* | chart limit=top5 sum(bytes) by src_ip, dest_port"],
};

/// For the documentation.
pub(super) const TIMECHART: CommandDoc = CommandDoc {
    name: "timechart",
    aliases: &[],
    syntax: "timechart [span=<width>] [limit=<n>] [useother=<bool>] [usenull=<bool>] [cont=<bool>] <aggregate>… [BY <field>]",
    section: "§5.23",
    summary: "Makes a table: a row for each span of time, a column for each value of a field.",
    examples: &["* | timechart span=5m count", "* | timechart limit=0 dc(user) as users by host span=1h"],
};

/// What was read last, so that an option of bins finds its field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Aggregates.
    Aggregates,
    /// `over`.
    Over,
    /// `by`.
    By,
}

/// The state of one reading.
struct Chart {
    command: ChartCommand,
    /// Options of the row field's bins.
    over: Vec<Written>,
    /// Options of the column field's bins.
    by: Vec<Written>,
    place: Place,
    use_other: bool,
    use_null: bool,
    other: String,
    null: String,
}

/// Reads `chart` or `timechart`.
pub(super) fn parse(arguments: &mut Arguments<'_>, time: bool) -> Option<Command> {
    let command = ChartCommand {
        time,
        stats: empty(),
        over: time.then(|| "_time".to_owned()),
        over_bins: None,
        by: None,
        by_bins: None,
        limit: ChartLimit::Top(10),
        other: None,
        null: None,
        cont: true,
        sep: ": ".to_owned(),
        format: None,
    };
    let mut chart = Chart {
        command,
        over: Vec::new(),
        by: Vec::new(),
        place: Place::Aggregates,
        use_other: true,
        use_null: true,
        other: "OTHER".to_owned(),
        null: "NULL".to_owned(),
    };
    while arguments.peek().is_some() {
        step(arguments, &mut chart)?;
    }
    let mut command = chart.command;
    if command.stats.aggregates.is_empty() {
        let name = if time { "timechart" } else { "chart" };
        arguments
            .missing(&format!("`{name}` needs an aggregate"), &format!("write `{name} count by host` for instance"));
        return None;
    }
    names_differ(arguments, &command.stats)?;
    command.over_bins = bins(arguments, &chart.over, command.over.as_deref())?;
    command.by_bins = bins(arguments, &chart.by, command.by.as_deref())?;
    command.other = chart.use_other.then_some(chart.other);
    command.null = chart.use_null.then_some(chart.null);
    Some(Command::Chart(command))
}

/// Reads the options of a field's bins. Outer `None` after an error.
#[expect(clippy::option_option, reason = "no options, and an error, are two things")]
fn bins(
    arguments: &mut Arguments<'_>,
    written: &[Written],
    field: Option<&str>,
) -> Option<Option<crate::plan::BinOptions>> {
    if written.is_empty() {
        return Some(None);
    }
    bin::read(arguments, written, field == Some("_time")).map(Some)
}

/// Reads an option, a clause or an aggregate.
fn step(arguments: &mut Arguments<'_>, chart: &mut Chart) -> Option<()> {
    let equals = arguments.kind(1) == Some(&TokenKind::Op(CompareOp::Eq));
    if arguments.at_word("agg") && equals {
        arguments.next();
        arguments.next();
        chart.command.stats.aggregates.push(aggregate(arguments)?);
        return Some(());
    }
    if let Some((name, value, token)) = arguments.option() {
        return option(arguments, chart, &name, value, token);
    }
    if arguments.kind(0) == Some(&TokenKind::Comma) {
        arguments.next();
    } else if arguments.at_word("over") && !chart.command.time {
        arguments.next();
        chart.command.over = Some(field(arguments)?);
        chart.place = Place::Over;
    } else if arguments.at_word("by") {
        arguments.next();
        by_clause(arguments, chart)?;
        chart.place = Place::By;
    } else if chart.place == Place::Aggregates {
        chart.command.stats.aggregates.push(aggregate(arguments)?);
    } else {
        let token = arguments.next()?;
        if matches!(&token.kind, TokenKind::Word(word) if word.eq_ignore_ascii_case("where")) {
            let end = arguments.stage.end;
            let help = Some("write limit=topN, or filter the rows before");
            let message = "`where` behind the split is not supported";
            arguments.error(codes::UNSUPPORTED_CLAUSE, token.start, end, message, help);
        } else {
            arguments.unexpected(&token, "an option or a clause of `chart` is");
        }
        return None;
    }
    Some(())
}

/// Reads one field name.
fn field(arguments: &mut Arguments<'_>) -> Option<String> {
    let Some(token) = arguments.next() else {
        arguments.missing("a field is missing at the end", "write `chart count over status by host` for instance");
        return None;
    };
    match field_name(&token.kind) {
        Some(name) => exact(arguments, name, &token),
        None => {
            arguments.unexpected(&token, "a field name is");
            None
        }
    }
}

/// Reads `by column`, or `by row column` where there is no `over`.
fn by_clause(arguments: &mut Arguments<'_>, chart: &mut Chart) -> Option<()> {
    let first = field(arguments)?;
    if chart.command.over.is_some() {
        chart.command.by = Some(first);
        return Some(());
    }
    chart.command.over = Some(first);
    // Options of the row field's bins may stand between the two.
    chart.place = Place::Over;
    loop {
        if let Some((name, value, token)) = arguments.option() {
            option(arguments, chart, &name, value, token)?;
        } else if arguments.kind(0) == Some(&TokenKind::Comma) {
            arguments.next();
        } else {
            break;
        }
    }
    if arguments.peek().is_some() {
        chart.command.by = Some(field(arguments)?);
    }
    Some(())
}

/// Takes one option.
fn option(arguments: &mut Arguments<'_>, chart: &mut Chart, name: &str, value: String, token: Token) -> Option<()> {
    match name {
        // They concern the picture, not the rows.
        "partial" | "fixedrange" => {}
        "cont" => chart.command.cont = flag(arguments, name, &value, &token)?,
        "useother" => chart.use_other = flag(arguments, name, &value, &token)?,
        "usenull" => chart.use_null = flag(arguments, name, &value, &token)?,
        "otherstr" => chart.other = value,
        "nullstr" => chart.null = value,
        "sep" => chart.command.sep = value,
        "format" => chart.command.format = Some(value),
        "limit" => chart.command.limit = limit(arguments, &value, &token)?,
        _ if bin::is_option(name) => {
            let timed =
                name == "span" && matches!(width(&value, false), Some(BinSpan::Micros(_) | BinSpan::Calendar { .. }));
            let free = !chart.over.iter().any(|(name, ..)| name == "span");
            // `timechart count by host span=1h` means spans of time.
            let over = chart.place != Place::By || chart.command.by.is_none() || (chart.command.time && timed && free);
            let list = if over { &mut chart.over } else { &mut chart.by };
            list.push((name.to_owned(), value, token));
        }
        _ if shared_option(arguments, &mut chart.command.stats, name, &value, &token)? => {}
        _ => {
            let command = if chart.command.time { "timechart" } else { "chart" };
            let known = "known: span, bins, minspan, start, end, aligntime, limit, useother, usenull, otherstr, nullstr, cont, sep, format, agg";
            let message = format!("`{command}` has no option `{name}`");
            arguments.error(codes::UNKNOWN_OPTION, token.start, token.end, &message, Some(known));
            return None;
        }
    }
    Some(())
}

/// Reads `N`, `topN` or `bottomN`, a blank before the number allowed.
fn limit(arguments: &mut Arguments<'_>, value: &str, token: &Token) -> Option<ChartLimit> {
    let lower = value.to_ascii_lowercase();
    let (digits, bottom) = match (lower.strip_prefix("top"), lower.strip_prefix("bottom")) {
        (Some(digits), _) => (digits.to_owned(), false),
        (_, Some(digits)) => (digits.to_owned(), true),
        _ => (lower, false),
    };
    let digits = match arguments.kind(0) {
        Some(TokenKind::Word(word)) if digits.is_empty() => {
            let word = word.clone();
            arguments.next();
            word
        }
        _ => digits,
    };
    match digits.parse() {
        Ok(count) => Some(if bottom { ChartLimit::Bottom(count) } else { ChartLimit::Top(count) }),
        Err(_) => {
            let message = format!("`{value}` is not a value of `limit`");
            let help = Some("write a number, topN or bottomN");
            arguments.error(codes::BAD_OPTION, token.start, token.end, &message, help);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::macros::Macros;
    use crate::plan::BinOptions;

    fn chart(text: &str) -> Result<ChartCommand, (&'static str, String)> {
        let text = format!("* | {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        let Some(mut plan) = plan else {
            return Err((findings[0].code.0, text[findings[0].span.range()].to_owned()));
        };
        match plan.steps.remove(1).command {
            Command::Chart(command) => Ok(command),
            other => panic!("{other:?}"),
        }
    }

    fn spans(options: Option<BinOptions>) -> Option<BinSpan> {
        options.and_then(|options| options.span)
    }

    #[test]
    fn section_5_23_1_rows_and_columns() {
        let fields = |text: &str| {
            chart(text).map(|chart| (chart.over.unwrap_or_default(), chart.by.unwrap_or_default())).unwrap()
        };
        let pair = |over: &str, by: &str| (over.to_owned(), by.to_owned());
        assert_eq!(fields("chart count over a by b"), pair("a", "b"));
        assert_eq!(fields("chart count by a b"), pair("a", "b"));
        assert_eq!(fields("chart count by a span=5, b"), pair("a", "b"));
        assert_eq!(fields("chart count by a"), pair("a", ""));
        assert_eq!(fields("chart count"), pair("", ""));
        assert_eq!(fields("timechart count by c"), pair("_time", "c"));
    }

    #[test]
    fn section_5_23_1_spans_find_their_field() {
        let minutes = |n: u64| Some(BinSpan::Micros(n * 60_000_000));
        let both = |text: &str| chart(text).map(|chart| (spans(chart.over_bins), spans(chart.by_bins))).unwrap();
        assert_eq!(both("timechart limit=0 span=5m count"), (minutes(5), None));
        assert_eq!(both("timechart count by c span=5m"), (minutes(5), None));
        assert_eq!(both("timechart span=5m count by c span=10"), (minutes(5), Some(BinSpan::Number(10.0))));
        assert_eq!(
            both("chart count over a span=10 by b span=3"),
            (Some(BinSpan::Number(10.0)), Some(BinSpan::Number(3.0)))
        );
        assert_eq!(both("chart count by _time span=5m b"), (minutes(5), None));
    }

    #[test]
    fn section_5_23_1_options() {
        let found =
            chart("chart limit=bottom 3 useother=f nullstr=none sep=- format=\"$VAL$\" agg=sum(x) cont=f count by a")
                .unwrap();
        assert_eq!((found.limit, found.other, found.null), (ChartLimit::Bottom(3), None, Some("none".to_owned())));
        assert_eq!((found.sep.as_str(), found.format.as_deref(), found.cont), ("-", Some("$VAL$"), false));
        assert_eq!(found.stats.aggregates.len(), 2);
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, code, marked) in [
            ("timechart count by c where count in top5", "E0152", "where count in top5"),
            ("timechart eval(avg(a)*2) as b", "E0126", "eval"),
            ("timechart by c", "E0124", "timechart by c"),
            ("chart limit=many count", "E0123", "many"),
            ("chart count over a*", "E0127", "a*"),
            ("chart spam=1 count", "E0122", "1"),
            ("chart count over a by b c", "E0115", "c"),
        ] {
            assert_eq!(chart(text), Err((code, marked.to_owned())), "{text}");
        }
    }
}
