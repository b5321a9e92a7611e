//! A plan as SPL text. Parsing the text again gives the same plan.

mod aggregates;
mod commands;
mod expression;
mod rows;

pub use expression::expression;

use std::fmt::Write as _;

use crate::commands::calendar_unit_name;
use crate::escape::quote;
use crate::plan::{
    AlignTime, BinCommand, BinOptions, BinSpan, Command, CompareOp, FieldPattern, FieldRef, Plan, RegexCommand,
    SearchCommand, SearchExpr, Step, TermKind,
};

/// Returns the plan as one SPL text, stages joined by ` | `.
#[must_use]
pub fn plan(plan: &Plan) -> String {
    let steps = plan.steps.iter().map(|step| command(&step.command)).collect::<Vec<_>>().join(" | ");
    // Only a search can stand first without a pipe (§1.1.2).
    if matches!(plan.steps.first(), Some(Step { command: Command::Search(_), .. })) {
        steps
    } else {
        format!("| {steps}")
    }
}

/// Returns one command as SPL text.
#[must_use]
pub fn command(command: &Command) -> String {
    match command {
        Command::Search(search) => search_command(search),
        Command::Regex(regex) => regex_command(regex),
        Command::Table(list) => format!("table {}", fields(list)),
        Command::Fields(command) => {
            format!("fields {} {}", if command.remove { "-" } else { "+" }, fields(&command.list))
        }
        Command::Bin(command) => bin_command(command),
        Command::Stats(command) => aggregates::stats("stats", command),
        Command::Eventstats(command) => aggregates::stats("eventstats", command),
        Command::Streamstats(command) => aggregates::streamstats(command),
        Command::Chart(command) => aggregates::chart(command),
        Command::Where(condition) => format!("where {}", expression(condition)),
        Command::Eval(assignments) => rows::eval(assignments),
        Command::Rex(command) => rows::rex(command),
        Command::Head(command) => rows::head(command),
        Command::Foreach(command) => rows::foreach(command),
        other => commands::command(other).unwrap_or_else(|| format!("{other:?}")),
    }
}

/// Returns a search condition as SPL text.
#[must_use]
pub fn expr(expr: &SearchExpr) -> String {
    let mut out = String::new();
    write_expr(&mut out, expr, false);
    out
}

/// `search` with its time bounds.
fn search_command(search: &SearchCommand) -> String {
    let mut out = String::from("search ");
    for (name, bound) in [("earliest", &search.earliest), ("latest", &search.latest)] {
        if let Some(time) = bound {
            let _ = write!(out, "{name}={} ", quote(&time.0));
        }
    }
    write_expr(&mut out, &search.expr, false);
    out
}

/// Writes a condition; `inner` ones are wrapped if they are joined.
fn write_expr(out: &mut String, expr: &SearchExpr, inner: bool) {
    let joined = |out: &mut String, parts: &[SearchExpr], by: &str| {
        out.push_str(if inner { "(" } else { "" });
        for (index, part) in parts.iter().enumerate() {
            out.push_str(if index > 0 { by } else { "" });
            write_expr(out, part, true);
        }
        out.push_str(if inner { ")" } else { "" });
    };
    match expr {
        SearchExpr::Subsearch(subsearch) => {
            let _ = write!(out, "[ {} ]", plan(subsearch));
        }
        SearchExpr::All => out.push('*'),
        SearchExpr::And(parts) => joined(out, parts, " "),
        SearchExpr::Or(parts) => joined(out, parts, " OR "),
        SearchExpr::Not(part) => {
            out.push_str("NOT ");
            write_expr(out, part, true);
        }
        SearchExpr::Term(term) => {
            let text = quote(&term.glob.text());
            let _ = match term.kind {
                TermKind::Plain => write!(out, "{text}"),
                TermKind::Term => write!(out, "TERM({text})"),
                TermKind::Case => write!(out, "CASE({text})"),
            };
        }
        SearchExpr::Compare(comparison) if comparison.op == CompareOp::Indexed => {
            let text = quote(&comparison.value.text());
            let _ = write!(out, "{}::{}", comparison.field.name, &text[1..text.len() - 1]);
        }
        SearchExpr::Compare(comparison) => {
            let text = quote(&comparison.value.text());
            let text = if comparison.case { format!("CASE({text})") } else { text };
            let _ = write!(out, "{}{}{text}", field_ref(&comparison.field), operator(comparison.op));
        }
        SearchExpr::In(membership) => {
            let values: Vec<String> = membership.values.iter().map(|value| quote(&value.text())).collect();
            let _ = write!(out, "{} IN ({})", field_ref(&membership.field), values.join(", "));
        }
    }
}

/// A field's name on the left of an operator.
fn field_ref(field: &FieldRef) -> String {
    let plain = field.name.chars().all(|c| c.is_alphanumeric() || "_.:{}@-".contains(c)) && !field.name.contains("::");
    let time = matches!(field.name.as_str(), "earliest" | "latest" | "_index_earliest" | "_index_latest");
    if field.unquoted.is_some() || (plain && !time && !field.name.is_empty()) {
        field.name.clone()
    } else {
        quote(&field.name)
    }
}

/// The spelling of an operator.
#[must_use]
pub fn operator(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
        CompareOp::Indexed => "::",
    }
}

/// `regex`.
fn regex_command(regex: &RegexCommand) -> String {
    format!("regex {}{}{}", regex.field, if regex.negated { "!=" } else { "=" }, pattern(&regex.raw_pattern))
}

/// A pattern as written, in quotes: it reads back to the same pattern. An unescaped quote can only have been a displaced one.
fn pattern(raw: &str) -> String {
    let mut written = String::from("\"");
    let mut escaped = false;
    for c in raw.chars() {
        if c == '"' && !escaped {
            written.push('\\');
        }
        written.push(c);
        escaped = c == '\\' && !escaped;
    }
    written.push('"');
    written
}

/// A field list.
fn fields(list: &[FieldPattern]) -> String {
    list.iter().map(|pattern| name(&pattern.glob.text())).collect::<Vec<_>>().join(", ")
}

/// A name in a field list.
fn name(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_alphanumeric() || "_.:{}@/*".contains(c));
    let keyword = ["as", "by"].iter().any(|word| text.eq_ignore_ascii_case(word));
    if plain && !keyword && !text.is_empty() { text.to_owned() } else { quote(text) }
}

/// `bin`.
fn bin_command(bin: &BinCommand) -> String {
    let alias = bin.alias.as_ref().map(|alias| format!(" AS {}", name(alias))).unwrap_or_default();
    format!("bin{} {}{alias}", bin_options(&bin.options), name(&bin.field))
}

/// Options of bins, a blank before each.
fn bin_options(options: &BinOptions) -> String {
    let mut out = String::new();
    for (option, width) in [("span", &options.span), ("minspan", &options.min_span)] {
        if let Some(width) = width {
            let _ = write!(out, " {option}={}", span(width));
        }
    }
    if let Some(bins) = options.bins {
        let _ = write!(out, " bins={bins}");
    }
    for (option, number) in [("start", options.start), ("end", options.end)] {
        if let Some(number) = number {
            let _ = write!(out, " {option}={}", number.0);
        }
    }
    match &options.align {
        Some(AlignTime::Earliest) => out.push_str(" aligntime=earliest"),
        Some(AlignTime::Latest) => out.push_str(" aligntime=latest"),
        Some(AlignTime::At(time)) => {
            let _ = write!(out, " aligntime={}", quote(&time.0));
        }
        None => {}
    }
    out
}

/// Width of a bin.
fn span(span: &BinSpan) -> String {
    match span {
        BinSpan::Micros(micros) if micros % 1_000_000 == 0 => format!("{}s", micros / 1_000_000),
        BinSpan::Micros(micros) => format!("{micros}us"),
        BinSpan::Calendar { count, unit } => format!("{count}{}", calendar_unit_name(*unit)),
        BinSpan::Number(number) => number.to_string(),
        BinSpan::Log { coefficient, base } => format!("{coefficient}log{base}"),
    }
}
