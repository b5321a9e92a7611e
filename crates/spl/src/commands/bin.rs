//! `bin span=<width> [field] [AS new]`, also `bucket` and `discretize` (§5.4).

use super::{Arguments, field_name};
use crate::diagnostic::codes;
use crate::lex::{Token, TokenKind};
use crate::plan::{BinCommand, BinOptions, BinSpan, CalendarUnit, Command};

/// Reads options, field and new name, in any order of options.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut field, mut alias, mut span) = (None, None, None);
    while arguments.peek().is_some() {
        if let Some((name, value, token)) = arguments.option() {
            option(arguments, &name, value, &token, &mut span)?;
            continue;
        }
        if arguments.at_word("as") && field.is_some() {
            arguments.next();
            let Some(token) = arguments.next() else {
                arguments.missing("a name is missing behind AS", "write `bin span=5m _time AS period`");
                return None;
            };
            match field_name(&token.kind) {
                Some(name) => alias = Some(name),
                None => arguments.unexpected(&token, "a field name"),
            }
            continue;
        }
        let token = arguments.next()?;
        match field_name(&token.kind) {
            Some(name) if field.is_none() => field = Some(name),
            _ if token.kind == TokenKind::Comma => {}
            _ => arguments.unexpected(&token, "`bin` takes one field"),
        }
    }
    let Some((text, token)) = span else {
        if field.is_none() {
            arguments.missing("`bin` needs a span or a field", "write `bin span=5m _time`");
        } else {
            arguments.missing("`bin` without a span is not supported", "write `span=`");
        }
        return None;
    };
    let field = field.unwrap_or_else(|| "_time".to_owned());
    let Some(span) = width(&text, field == "_time") else {
        let help = "write a number with a unit such as 1s, 5m, 1h or 1d; spans under a second must divide it";
        arguments.error(codes::BAD_OPTION, token.start, token.end, &format!("`{text}` is not a span"), Some(help));
        return None;
    };
    Some(Command::Bin(BinCommand { field, alias, options: BinOptions::fixed(span) }))
}

/// Takes one option.
fn option(
    arguments: &mut Arguments<'_>,
    name: &str,
    value: String,
    token: &Token,
    span: &mut Option<(String, Token)>,
) -> Option<()> {
    match name {
        "span" => *span = Some((value, token.clone())),
        // `bins` only counts where there is no span (§5.4.6), and that form is refused below.
        "bins" => {}
        "minspan" | "start" | "end" | "aligntime" => {
            arguments.error(
                codes::BAD_OPTION,
                token.start,
                token.end,
                &format!("the option `{name}` of `bin` is not supported"),
                None,
            );
            return None;
        }
        _ => {
            arguments.error(
                codes::UNKNOWN_OPTION,
                token.start,
                token.end,
                &format!("`bin` has no option `{name}`"),
                Some("known: span, bins, minspan, start, end, aligntime"),
            );
            return None;
        }
    }
    Some(())
}

/// Reads a width; `None` if it is none.
fn width(text: &str, time: bool) -> Option<BinSpan> {
    let lower = text.to_ascii_lowercase();
    if let Some((coefficient, base)) = lower.split_once("log") {
        let number = |text: &str, default: f64| if text.is_empty() { Some(default) } else { text.parse().ok() };
        let (coefficient, base): (f64, f64) = (number(coefficient, 1.0)?, number(base, 10.0)?);
        let valid = !time && coefficient >= 1.0 && base > 1.0 && coefficient < base && base.is_finite();
        return valid.then_some(BinSpan::Log { coefficient, base });
    }
    let digits = lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len());
    let (number, unit) = lower.split_at(digits);
    if unit.is_empty() && !time {
        let number: f64 = number.parse().ok()?;
        return (number > 0.0 && number.is_finite()).then_some(BinSpan::Number(number));
    }
    let count: u64 = if number.is_empty() { 1 } else { number.parse().ok()? };
    if count == 0 {
        return None;
    }
    let micros =
        |factor: u64| count.checked_mul(factor).filter(|&micros| i64::try_from(micros).is_ok()).map(BinSpan::Micros);
    let divides =
        |factor: u64| micros(factor).filter(|span| matches!(span, BinSpan::Micros(m) if *m > 0 && 1_000_000 % m == 0));
    let calendar = |unit| u32::try_from(count).ok().map(|count| BinSpan::Calendar { count, unit });
    match unit {
        "us" => divides(1),
        "ms" => divides(1_000),
        "cs" => divides(10_000),
        "ds" => divides(100_000),
        "" | "s" | "sec" | "secs" | "second" | "seconds" => micros(1_000_000),
        "m" | "min" | "mins" | "minute" | "minutes" => micros(60_000_000),
        "h" | "hr" | "hrs" | "hour" | "hours" => micros(3_600_000_000),
        "d" | "day" | "days" => calendar(CalendarUnit::Day),
        "w" | "week" | "weeks" => calendar(CalendarUnit::Week),
        "mon" | "month" | "months" => calendar(CalendarUnit::Month),
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => calendar(CalendarUnit::Quarter),
        "y" | "yr" | "yrs" | "year" | "years" => calendar(CalendarUnit::Year),
        _ => None,
    }
}

/// Returns the spelling of a calendar unit in a span.
pub(crate) fn calendar_unit_name(unit: CalendarUnit) -> &'static str {
    match unit {
        CalendarUnit::Day => "d",
        CalendarUnit::Week => "w",
        CalendarUnit::Month => "mon",
        CalendarUnit::Quarter => "q",
        CalendarUnit::Year => "y",
    }
}
