//! One aggregate of `stats` and its kin (§5.10.8): `fn(field)`, `fn(eval(…))`, `sparkline(…)`, a bare name; and its name behind `as`.

use super::Arguments;
use super::spans::width;
use crate::diagnostic::codes;
use crate::escape;
use crate::expr::Parser;
use crate::lex::{Token, TokenKind};
use crate::plan::{Aggregate, AggregateFunc, BinSpan, FieldPattern, Glob, Over, Percent};

use super::field_name;

/// Names of the aggregates; a percentile's number follows its name.
const NAMES: &[(&str, AggregateFunc)] = &[
    ("count", AggregateFunc::Count),
    ("c", AggregateFunc::Count),
    ("dc", AggregateFunc::Dc),
    ("distinct_count", AggregateFunc::Dc),
    ("estdc", AggregateFunc::Dc),
    ("values", AggregateFunc::Values),
    ("list", AggregateFunc::List),
    ("min", AggregateFunc::Min),
    ("max", AggregateFunc::Max),
    ("sum", AggregateFunc::Sum),
    ("sumsq", AggregateFunc::SumSq),
    ("avg", AggregateFunc::Avg),
    ("mean", AggregateFunc::Avg),
    ("median", AggregateFunc::Perc(Percent(500_000))),
    ("mode", AggregateFunc::Mode),
    ("range", AggregateFunc::Range),
    ("stdev", AggregateFunc::Stdev),
    ("stdevp", AggregateFunc::StdevP),
    ("var", AggregateFunc::Var),
    ("varp", AggregateFunc::VarP),
    ("first", AggregateFunc::First),
    ("last", AggregateFunc::Last),
    ("earliest", AggregateFunc::Earliest),
    ("latest", AggregateFunc::Latest),
    ("earliest_time", AggregateFunc::EarliestTime),
    ("latest_time", AggregateFunc::LatestTime),
    ("rate", AggregateFunc::Rate),
];

/// Names of the percentiles, those that begin like another one first.
const PERCENTILES: &[(&str, bool)] =
    &[("exactperc", true), ("upperperc", false), ("percentile", false), ("perc", false), ("p", false)];

/// Aggregates that exist but are not supported.
const KNOWN: &[&str] =
    &["estdc_error", "per_day", "per_hour", "per_minute", "per_second", "rate_avg", "rate_sum", "eval"];

/// What to write instead.
const SUPPORTED: &str = "supported: count, dc, values, list, min, max, sum, sumsq, avg, median, mode, perc<n>, exactperc<n>, \
     range, stdev, stdevp, var, varp, first, last, earliest, latest, earliest_time, latest_time, rate, sparkline";

/// Reads an aggregate with its name.
pub(super) fn aggregate(arguments: &mut Arguments<'_>) -> Option<Aggregate> {
    let token = arguments.next()?;
    let TokenKind::Word(word) = &token.kind else {
        arguments.unexpected(&token, "an aggregate such as count or values(field)");
        return None;
    };
    let mut aggregate =
        if word.eq_ignore_ascii_case("sparkline") { sparkline(arguments)? } else { plain(arguments, word, &token)? };
    aggregate.alias = alias(arguments)?;
    if let Some(alias) = &aggregate.alias {
        let stars = alias.pieces.len() - 1;
        let wanted = aggregate.field().map_or(0, |field| field.glob.pieces.len() - 1);
        if stars != wanted {
            let message = format!("the name behind `as` has {stars} wildcards and the argument {wanted}");
            let help = Some("give both the same number of `*`");
            arguments.error(codes::ALIAS_PATTERN, token.start, token.end, &message, help);
            return None;
        }
    }
    Some(aggregate)
}

/// Reads the rest of an aggregate whose function's name was read.
fn plain(arguments: &mut Arguments<'_>, word: &str, token: &Token) -> Option<Aggregate> {
    let lower = word.to_ascii_lowercase();
    let func = function(arguments, word, &lower, token)?;
    // Names are as written, but for these two (§5.10.2).
    let written = match lower.as_str() {
        "c" => "count",
        "distinct_count" => "dc",
        _ => &lower,
    };
    let (over, default_name) = if arguments.kind(0) == Some(&TokenKind::Open) {
        let (over, text) = argument(arguments, func, token)?;
        (over, text.map_or_else(|| written.to_owned(), |text| format!("{written}({text})")))
    } else if func == AggregateFunc::Count {
        (Over::Rows, written.to_owned())
    } else {
        let message = format!("`{word}` without parentheses means `{word}(*)`");
        arguments.error(codes::BARE_AGGREGATE, token.start, token.end, &message, None);
        (field("*"), format!("{written}(*)"))
    };
    Some(Aggregate { func, over, sparkline: None, alias: None, default_name })
}

/// An aggregate over a field or a pattern.
fn field(name: &str) -> Over {
    Over::Field(FieldPattern { glob: Glob::new(name) })
}

/// Reads the rest of `sparkline(aggregate[, span])`; alone it is one of the count.
fn sparkline(arguments: &mut Arguments<'_>) -> Option<Aggregate> {
    if arguments.kind(0) != Some(&TokenKind::Open) {
        let default_name = "sparkline".to_owned();
        let func = AggregateFunc::Count;
        return Some(Aggregate { func, over: Over::Rows, sparkline: Some(None), alias: None, default_name });
    }
    let open = arguments.next()?;
    let token = arguments.next().unwrap_or_else(|| open.clone());
    let TokenKind::Word(word) = &token.kind else {
        arguments.unexpected(&token, "`sparkline` takes an aggregate, as in sparkline(count, 1h)");
        return None;
    };
    let mut inner = plain(arguments, word, &token)?;
    let mut span = None;
    if arguments.kind(0) == Some(&TokenKind::Comma) {
        arguments.next();
        span = Some(sparkline_span(arguments)?);
    }
    close(arguments, &open)?;
    inner.sparkline = Some(span);
    inner.default_name = format!("sparkline({})", inner.default_name);
    Some(inner)
}

/// Reads the span of a sparkline.
fn sparkline_span(arguments: &mut Arguments<'_>) -> Option<BinSpan> {
    let Some(token) = arguments.next() else {
        arguments.missing("a span is missing behind the comma of `sparkline`", "write sparkline(count, 1h)");
        return None;
    };
    let span = if let TokenKind::Word(text) = &token.kind { width(text, true) } else { None };
    if span.is_none() {
        let help = Some("write a number with a unit such as 5m or 1h");
        arguments.error(codes::BAD_OPTION, token.start, token.end, "this is not a span", help);
    }
    span
}

/// Takes the `)` that belongs to `open`.
fn close(arguments: &mut Arguments<'_>, open: &Token) -> Option<()> {
    match arguments.next() {
        Some(Token { kind: TokenKind::Close, .. }) => Some(()),
        Some(token) => {
            let text = arguments.expanded.text.get(token.start..token.end).unwrap_or_default();
            let message = format!("this parenthesis is not closed before `{text}`");
            arguments.error(codes::MISSING_PAREN, open.start, open.end, &message, Some("add `)` behind the argument"));
            None
        }
        None => {
            let help = Some("add `)` behind the argument");
            arguments.error(codes::MISSING_PAREN, open.start, open.end, "this parenthesis is never closed", help);
            None
        }
    }
}

/// The function of a name.
fn function(arguments: &mut Arguments<'_>, word: &str, lower: &str, token: &Token) -> Option<AggregateFunc> {
    if let Some((_, func)) = NAMES.iter().find(|(name, _)| *name == lower) {
        return Some(*func);
    }
    if let Some(found) = percentile(lower) {
        return Some(found);
    }
    if KNOWN.contains(&lower) {
        let message = if lower == "eval" {
            "an expression over aggregates is not supported".to_owned()
        } else {
            format!("the aggregate `{word}` is not supported")
        };
        arguments.error(codes::UNSUPPORTED_AGGREGATE, token.start, token.end, &message, Some(SUPPORTED));
        return None;
    }
    let message = format!("`{word}` is not an aggregate");
    arguments.error(codes::UNKNOWN_AGGREGATE, token.start, token.end, &message, Some(SUPPORTED));
    None
}

/// Reads `perc95`, `p99.9`, `exactperc50` and the like; `None` if it is none.
fn percentile(lower: &str) -> Option<AggregateFunc> {
    let (number, exact) = PERCENTILES.iter().find_map(|(name, exact)| Some((lower.strip_prefix(name)?, *exact)))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 4 {
        return None;
    }
    let whole: u32 = whole.parse().ok().filter(|&whole| whole <= 100)?;
    let fraction: u32 = format!("{fraction:0<4}").parse().ok()?;
    let percent = Percent(whole * 10_000 + fraction);
    (percent.0 <= 1_000_000).then_some(if exact {
        AggregateFunc::ExactPerc(percent)
    } else {
        AggregateFunc::Perc(percent)
    })
}

/// Reads `( … )`: a field, whose name may hold blanks (§5.10.2), an `eval(…)`, or nothing. Returns the text inside for the name.
fn argument(arguments: &mut Arguments<'_>, func: AggregateFunc, function: &Token) -> Option<(Over, Option<String>)> {
    let open = arguments.next()?;
    if let (Some(TokenKind::Word(word)), Some(TokenKind::Open)) = (arguments.kind(0), arguments.kind(1)) {
        if word.eq_ignore_ascii_case("eval") {
            arguments.next();
            let (over, text) = eval(arguments)?;
            close(arguments, &open)?;
            return Some((over, Some(text)));
        }
        let token = arguments.peek().cloned()?;
        let help = Some("write eval(…) inside the aggregate for an expression");
        let message = "an aggregate takes a field here, or eval(…)";
        arguments.error(codes::UNEXPECTED_TEXT, token.start, token.end, message, help);
        return None;
    }
    let (mut name, mut last) = (String::new(), open.end);
    while arguments.peek().is_some_and(|token| token.kind != TokenKind::Close) {
        let token = arguments.next()?;
        let Some(part) = field_name(&token.kind) else {
            arguments.unexpected(&token, "an aggregate takes one field");
            return None;
        };
        if !name.is_empty() {
            name.push_str(if token.start > last { " " } else { "" });
        }
        name.push_str(&part);
        last = token.end;
    }
    close(arguments, &open)?;
    if !name.is_empty() {
        return Some((field(&name), Some(name)));
    }
    if func != AggregateFunc::Count {
        arguments.error(codes::MISSING_ARGUMENT, function.start, last, "this aggregate needs a field", None);
        return None;
    }
    Some((Over::Rows, None))
}

/// Reads the rest of `eval( … )`; returns its text as well.
fn eval(arguments: &mut Arguments<'_>) -> Option<(Over, String)> {
    let open = arguments.next()?;
    let end = arguments.stage.end;
    let mut parser = Parser::new(arguments, open.end, end);
    let expr = parser.expression()?;
    let inner_end = parser.at();
    if parser.at_close() {
        let end = parser.take();
        arguments.resume(end);
    } else if parser.at_end() {
        let help = Some("add `)` behind the expression");
        arguments.error(codes::MISSING_PAREN, open.start, open.end, "this parenthesis is never closed", help);
        return None;
    } else {
        parser.leftover();
        return None;
    }
    let text = arguments.expanded.text.get(open.end..inner_end).unwrap_or_default().trim();
    Some((Over::Eval(expr), format!("eval({text})")))
}

/// Reads `as name`. Outer `None` after an error.
fn alias(arguments: &mut Arguments<'_>) -> Option<Option<Glob>> {
    if !arguments.at_word("as") {
        return Some(None);
    }
    arguments.next();
    match arguments.next() {
        Some(token) => match &token.kind {
            TokenKind::Word(name) => {
                let name = format!("{name}{}", touching_parentheses(arguments, token.end));
                Some(Some(Glob::new(&name)))
            }
            TokenKind::Quoted(name) | TokenKind::Name(name) => Some(Some(Glob::new(&escape::string(name)))),
            _ => {
                arguments.unexpected(&token, "a name behind `as`");
                None
            }
        },
        None => {
            arguments.missing("a name is missing behind `as`", "write `count as n` for instance");
            None
        }
    }
}

/// Takes `(…)` that touches a name behind `as`: `values(x) as flags(all)` is seen in rules that work.
fn touching_parentheses(arguments: &mut Arguments<'_>, end: usize) -> String {
    let touches = arguments.peek().is_some_and(|token| token.kind == TokenKind::Open && token.start == end);
    let rest = arguments.expanded.text.get(end..arguments.stage.end).unwrap_or_default();
    match rest.find(|c: char| c == ')' || c.is_whitespace()) {
        Some(close) if touches && rest[close..].starts_with(')') => {
            arguments.resume(end + close + 1);
            rest[..=close].to_owned()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_10_8_percentiles() {
        for (text, percent) in [
            ("perc95", 950_000),
            ("p50", 500_000),
            ("percentile99.9", 999_000),
            ("upperperc0.25", 2_500),
            ("p100", 1_000_000),
        ] {
            assert_eq!(percentile(text), Some(AggregateFunc::Perc(Percent(percent))), "{text}");
        }
        assert_eq!(percentile("exactperc5"), Some(AggregateFunc::ExactPerc(Percent(50_000))));
        for text in ["perc", "p101", "p100.1", "p1.23456", "px", "pow5", "perc-1"] {
            assert_eq!(percentile(text), None, "{text}");
        }
    }
}
