//! `stats <aggregates> [by <fields>]` (§5.10).

use std::collections::HashSet;

use super::{Arguments, boolean, field_name};
use crate::diagnostic::codes;
use crate::escape;
use crate::lex::{Token, TokenKind};
use crate::plan::{Aggregate, AggregateFunc, Command, FieldPattern, Glob, Over, StatsCommand};

/// Aggregate functions that exist but are not supported.
const KNOWN: &[&str] = &[
    "avg",
    "mean",
    "earliest",
    "earliest_time",
    "latest",
    "latest_time",
    "estdc",
    "estdc_error",
    "exactperc",
    "median",
    "mode",
    "p",
    "perc",
    "percentile",
    "per_day",
    "per_hour",
    "per_minute",
    "per_second",
    "range",
    "rate",
    "rate_avg",
    "rate_sum",
    "sparkline",
    "stdev",
    "stdevp",
    "sumsq",
    "upperperc",
    "var",
    "varp",
];

/// Reads options, aggregates and by-clause.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command = StatsCommand {
        aggregates: Vec::new(),
        by: Vec::new(),
        dedup_splitvals: false,
        allnum: false,
        delim: " ".to_owned(),
    };
    while arguments.peek().is_some() {
        if let Some((name, value, token)) = arguments.option() {
            option(arguments, &mut command, &name, value, &token)?;
        } else if arguments.at_word("by") {
            arguments.next();
            by_clause(arguments, &mut command)?;
        } else if arguments.kind(0) == Some(&TokenKind::Comma) {
            arguments.next();
        } else {
            let aggregate = aggregate(arguments)?;
            command.aggregates.push(aggregate);
        }
    }
    if command.aggregates.is_empty() {
        arguments.missing("`stats` needs an aggregate", "write `stats count by host` for instance");
        return None;
    }
    names_differ(arguments, &command)?;
    Some(Command::Stats(command))
}

/// Takes one option.
fn option(
    arguments: &mut Arguments<'_>,
    command: &mut StatsCommand,
    name: &str,
    value: String,
    token: &Token,
) -> Option<()> {
    let bad = |arguments: &mut Arguments<'_>| {
        arguments.error(
            codes::BAD_OPTION,
            token.start,
            token.end,
            &format!("`{value}` is not a value of `{name}`"),
            Some("write true or false"),
        );
    };
    match name {
        // Splunk's degree of parallelism: without meaning here (§5.10.1).
        "partitions" => {}
        "delim" => command.delim = value,
        "allnum" | "dedup_splitvals" => {
            let Some(flag) = boolean(&value) else {
                bad(arguments);
                return None;
            };
            if name == "allnum" {
                command.allnum = flag;
            } else {
                command.dedup_splitvals = flag;
            }
        }
        _ => {
            arguments.error(
                codes::UNKNOWN_OPTION,
                token.start,
                token.end,
                &format!("`stats` has no option `{name}`"),
                Some("known: partitions, allnum, delim, dedup_splitvals"),
            );
            return None;
        }
    }
    Some(())
}

/// Reads the fields behind `by`; options may follow.
fn by_clause(arguments: &mut Arguments<'_>, command: &mut StatsCommand) -> Option<()> {
    while let Some(token) = arguments.peek().cloned() {
        if let Some((name, value, token)) = arguments.option() {
            option(arguments, command, &name, value, &token)?;
            continue;
        }
        arguments.next();
        match field_name(&token.kind) {
            Some(name) if name.contains('*') => {
                arguments.error(
                    codes::WILDCARD_IN_BY,
                    token.start,
                    token.end,
                    "a by-clause takes no wildcard",
                    Some("name the fields"),
                );
                return None;
            }
            Some(name) if !command.by.contains(&name) => command.by.push(name),
            Some(_) => {}
            None if token.kind == TokenKind::Comma => {}
            None => {
                arguments.unexpected(&token, "a by-clause takes field names");
                return None;
            }
        }
    }
    if command.by.is_empty() {
        arguments.missing("a field is missing behind `by`", "write `by host` for instance, or remove `by`");
        return None;
    }
    Some(())
}

/// Reads `fn(field) [as name]`, `count`, or a bare function name (§5.10.10).
fn aggregate(arguments: &mut Arguments<'_>) -> Option<Aggregate> {
    let token = arguments.next()?;
    let TokenKind::Word(word) = &token.kind else {
        arguments.unexpected(&token, "an aggregate such as count or values(field)");
        return None;
    };
    let func = function(arguments, word, &token)?;
    let mut field = None;
    if arguments.kind(0) == Some(&TokenKind::Open) {
        field = argument(arguments, func, &token)?;
    } else if func != AggregateFunc::Count {
        let message = format!("`{word}` without parentheses means `{word}(*)`");
        arguments.error(codes::BARE_AGGREGATE, token.start, token.end, &message, None);
        field = Some("*".to_owned());
    }
    let default_name =
        field.as_ref().map_or_else(|| func.name().to_owned(), |field| format!("{}({field})", func.name()));
    let alias = alias(arguments)?;
    let field = field.map(|field| FieldPattern { glob: Glob::new(&field) });
    if let Some(alias) = &alias {
        let stars = alias.pieces.len() - 1;
        let wanted = field.as_ref().map_or(0, |field| field.glob.pieces.len() - 1);
        if stars != wanted {
            let message = format!("the name behind `as` has {stars} wildcards and the argument {wanted}");
            arguments.error(
                codes::ALIAS_PATTERN,
                token.start,
                token.end,
                &message,
                Some("give both the same number of `*`"),
            );
            return None;
        }
    }
    let over = field.map_or(Over::Rows, Over::Field);
    Some(Aggregate { func, over, sparkline: None, alias, default_name })
}

/// The function of a name.
fn function(arguments: &mut Arguments<'_>, word: &str, token: &Token) -> Option<AggregateFunc> {
    let lower = word.to_ascii_lowercase();
    let found = match lower.as_str() {
        "count" | "c" => AggregateFunc::Count,
        "dc" | "distinct_count" => AggregateFunc::Dc,
        "values" => AggregateFunc::Values,
        "list" => AggregateFunc::List,
        "min" => AggregateFunc::Min,
        "max" => AggregateFunc::Max,
        "sum" => AggregateFunc::Sum,
        "first" => AggregateFunc::First,
        "last" => AggregateFunc::Last,
        _ => {
            let stem = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            let supported = "supported: count, dc, values, list, min, max, sum, first, last";
            if KNOWN.contains(&lower.as_str()) || (stem != lower && KNOWN.contains(&stem)) {
                arguments.error(
                    codes::UNSUPPORTED_AGGREGATE,
                    token.start,
                    token.end,
                    &format!("the aggregate `{word}` is not supported"),
                    Some(supported),
                );
            } else {
                arguments.error(
                    codes::UNKNOWN_AGGREGATE,
                    token.start,
                    token.end,
                    &format!("`{word}` is not an aggregate"),
                    Some(supported),
                );
            }
            return None;
        }
    };
    Some(found)
}

/// Reads `( … )`: the text inside is the field's name, blanks included (§5.10.2). Outer `None` after an error.
fn argument(arguments: &mut Arguments<'_>, func: AggregateFunc, function: &Token) -> Option<Option<String>> {
    let open = arguments.next()?;
    if let (Some(TokenKind::Word(word)), Some(TokenKind::Open)) = (arguments.kind(0), arguments.kind(1)) {
        let message = if word.eq_ignore_ascii_case("eval") {
            "an aggregate over eval() is not supported"
        } else {
            "an aggregate takes a field here"
        };
        arguments.error(codes::UNSUPPORTED_AGGREGATE, function.start, open.end, message, None);
        return None;
    }
    let (mut name, mut last) = (String::new(), open.end);
    loop {
        let Some(token) = arguments.next() else {
            arguments.error(
                codes::MISSING_PAREN,
                open.start,
                open.end,
                "this parenthesis is never closed",
                Some("add `)` behind the field"),
            );
            return None;
        };
        if token.kind == TokenKind::Close {
            break;
        }
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
    if name.is_empty() && func != AggregateFunc::Count {
        arguments.error(codes::MISSING_ARGUMENT, function.start, last, "this aggregate needs a field", None);
        return None;
    }
    Some((!name.is_empty()).then_some(name))
}

/// Reads `as name`. Outer `None` after an error.
fn alias(arguments: &mut Arguments<'_>) -> Option<Option<Glob>> {
    if !arguments.at_word("as") {
        return Some(None);
    }
    arguments.next();
    match arguments.next() {
        Some(token) => match &token.kind {
            TokenKind::Word(name) => Some(Some(Glob::new(name))),
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

/// Two equal names written out are an error (§5.10.5).
fn names_differ(arguments: &mut Arguments<'_>, command: &StatsCommand) -> Option<()> {
    let mut names = HashSet::new();
    for aggregate in &command.aggregates {
        let wild = aggregate.field().is_some_and(|field| field.glob.literal().is_none());
        let name = aggregate.alias.as_ref().map_or_else(|| aggregate.default_name.clone(), Glob::text);
        if !wild && !names.insert(name.clone()) && aggregate.alias.is_some() {
            let (start, end) = (arguments.stage.start, arguments.stage.end);
            arguments.error(
                codes::DUPLICATE_NAME,
                start,
                end,
                &format!("two aggregates are named `{name}`"),
                Some("give them different names behind `as`"),
            );
            return None;
        }
    }
    Some(())
}
