//! `bin [options] [field] [AS new]`, also `bucket` and `discretize` (§5.4); the options of bins, for `chart` too.

use super::spans::width;
use super::{Arguments, CommandDoc, field_name};
use crate::diagnostic::codes;
use crate::lex::{Token, TokenKind};
use crate::plan::expr::Literal;
use crate::plan::{AlignTime, BinCommand, BinOptions, Command, TimeText};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "bin",
    aliases: &["bucket", "discretize"],
    syntax: "bin [span=<width>] [bins=<n>] [minspan=<width>] [start=<number>] [end=<number>] [aligntime=<time>] [<field>] [AS <new>]",
    section: "§5.4",
    summary: "Puts values into bins; without a field, times.",
    examples: &["* | bin span=5m", "* | bin _time span=1d AS day", "* | bin bins=20 bytes"],
};

/// An option of a bin as written: name, value, place of the value. What a width means depends on the field.
pub(super) type Written = (String, String, Token);

/// Reads options, field and new name, in any order of options.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let (mut field, mut alias, mut options) = (None, None, Vec::new());
    while arguments.peek().is_some() {
        if let Some((name, value, token)) = arguments.option() {
            if !is_option(&name) {
                arguments.error(
                    codes::UNKNOWN_OPTION,
                    token.start,
                    token.end,
                    &format!("`bin` has no option `{name}`"),
                    Some("known: span, bins, minspan, start, end, aligntime"),
                );
                return None;
            }
            options.push((name, value, token));
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
    // Without a field, only a span says that times are meant (§5.4.2).
    if field.is_none() && !options.iter().any(|(name, ..)| name == "span") {
        arguments.missing("`bin` needs a span or a field", "write `bin span=5m _time`");
        return None;
    }
    let field = field.unwrap_or_else(|| "_time".to_owned());
    let options = read(arguments, &options, field == "_time")?;
    Some(Command::Bin(BinCommand { field, alias, options }))
}

/// Is it the name of an option of bins?
pub(super) fn is_option(name: &str) -> bool {
    ["span", "bins", "minspan", "start", "end", "aligntime"].contains(&name)
}

/// Reads the options of a bin on `_time` or on another field.
pub(super) fn read(arguments: &mut Arguments<'_>, written: &[Written], time: bool) -> Option<BinOptions> {
    let mut options = BinOptions::default();
    for (name, value, token) in written {
        let number = || value.parse::<f64>().ok().filter(|number| number.is_finite()).map(Literal);
        let (taken, help) = match name.as_str() {
            "span" | "minspan" => {
                let span = width(value, time);
                let taken = span.is_some();
                let slot = if name == "span" { &mut options.span } else { &mut options.min_span };
                *slot = span;
                (taken, "write a number with a unit such as 1s, 5m, 1h or 1d; spans under a second must divide it")
            }
            "bins" => {
                options.bins = value.parse().ok().filter(|&bins: &u64| bins > 0);
                (options.bins.is_some(), "write a number of bins, at least 1")
            }
            "start" => {
                options.start = number();
                (options.start.is_some(), "write a number")
            }
            "end" => {
                options.end = number();
                (options.end.is_some(), "write a number")
            }
            _ => {
                options.align = align(value);
                (options.align.is_some(), "write earliest, latest or a time such as @d+3h")
            }
        };
        if !taken {
            let message = if name == "span" {
                format!("`{value}` is not a span")
            } else {
                format!("`{value}` is not a value of `{name}`")
            };
            arguments.error(codes::BAD_OPTION, token.start, token.end, &message, Some(help));
            return None;
        }
    }
    Some(options)
}

/// Reads the origin of time bins (§5.4.7).
fn align(value: &str) -> Option<AlignTime> {
    match value.to_ascii_lowercase().as_str() {
        "earliest" => Some(AlignTime::Earliest),
        "latest" => Some(AlignTime::Latest),
        _ => crate::time::check(value).is_ok().then(|| AlignTime::At(TimeText(value.to_owned()))),
    }
}
