//! `stats <aggregates> [by <fields>]` (§5.10), and the clauses that `eventstats` and `streamstats` share with it.

use std::collections::HashSet;

use super::aggregate::aggregate;
use super::{Arguments, CommandDoc, boolean, field_name};
use crate::diagnostic::codes;
use crate::lex::{Token, TokenKind};
use crate::plan::{Command, Glob, StatsCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "stats",
    aliases: &[],
    syntax: "stats [allnum=<bool>] [delim=\"<text>\"] <aggregate> [AS <name>][, …] [BY <fields>] [dedup_splitvals=<bool>]",
    section: "§5.10",
    summary: "Makes one row of each group of rows.",
    examples: &[
        "* | stats count, dc(user) as users, values(process_*) as process_* by _time, host",
        "* | stats count(eval(status>=400)) as errors, perc95(duration), sparkline(count, 1h)",
    ],
};

/// Options beyond those of `stats`.
pub(super) trait Options {
    /// The command's name.
    const COMMAND: &'static str;
    /// The names of all options, for messages.
    const NAMES: &'static str;

    /// Takes an option; `Some(false)` if there is none of the name, `None` after an error.
    fn option(&mut self, arguments: &mut Arguments<'_>, name: &str, value: &str, token: &Token) -> Option<bool>;

    /// Takes what is next if it is an option of another form.
    fn special(&mut self, arguments: &mut Arguments<'_>) -> Option<bool>;
}

/// No further options.
pub(super) struct Plain<const EVENTSTATS: bool>;

impl<const EVENTSTATS: bool> Options for Plain<EVENTSTATS> {
    const COMMAND: &'static str = if EVENTSTATS { "eventstats" } else { "stats" };
    const NAMES: &'static str = "known: partitions, allnum, delim, dedup_splitvals";

    fn option(&mut self, _: &mut Arguments<'_>, _: &str, _: &str, _: &Token) -> Option<bool> {
        Some(false)
    }

    fn special(&mut self, _: &mut Arguments<'_>) -> Option<bool> {
        Some(false)
    }
}

/// Reads options, aggregates and by-clause.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    clauses(arguments, &mut Plain::<false>).map(Command::Stats)
}

/// Without aggregates.
pub(super) fn empty() -> StatsCommand {
    StatsCommand {
        aggregates: Vec::new(),
        by: Vec::new(),
        dedup_splitvals: false,
        allnum: false,
        delim: " ".to_owned(),
    }
}

/// Reads aggregates, by-clause and options, these anywhere.
pub(super) fn clauses<O: Options>(arguments: &mut Arguments<'_>, options: &mut O) -> Option<StatsCommand> {
    let mut command = empty();
    while arguments.peek().is_some() {
        if any_option(arguments, &mut command, options)? {
            continue;
        }
        if arguments.at_word("by") {
            arguments.next();
            by_clause(arguments, &mut command, options)?;
        } else if arguments.kind(0) == Some(&TokenKind::Comma) {
            arguments.next();
        } else {
            command.aggregates.push(aggregate(arguments)?);
        }
    }
    if command.aggregates.is_empty() {
        let name = O::COMMAND;
        arguments
            .missing(&format!("`{name}` needs an aggregate"), &format!("write `{name} count by host` for instance"));
        return None;
    }
    names_differ(arguments, &command)?;
    Some(command)
}

/// Takes an option, if one is next.
fn any_option<O: Options>(arguments: &mut Arguments<'_>, command: &mut StatsCommand, options: &mut O) -> Option<bool> {
    if options.special(arguments)? {
        return Some(true);
    }
    let Some((name, value, token)) = arguments.option() else { return Some(false) };
    if shared_option(arguments, command, &name, &value, &token)? || options.option(arguments, &name, &value, &token)? {
        return Some(true);
    }
    let message = format!("`{}` has no option `{name}`", O::COMMAND);
    arguments.error(codes::UNKNOWN_OPTION, token.start, token.end, &message, Some(O::NAMES));
    None
}

/// Takes an option that all commands with aggregates have.
pub(super) fn shared_option(
    arguments: &mut Arguments<'_>,
    command: &mut StatsCommand,
    name: &str,
    value: &str,
    token: &Token,
) -> Option<bool> {
    match name {
        // Splunk's degree of parallelism: without meaning here (§5.10.1).
        "partitions" => {}
        "delim" => value.clone_into(&mut command.delim),
        "allnum" => command.allnum = flag(arguments, name, value, token)?,
        "dedup_splitvals" => command.dedup_splitvals = flag(arguments, name, value, token)?,
        _ => return Some(false),
    }
    Some(true)
}

/// Reads the value of a Boolean option.
pub(super) fn flag(arguments: &mut Arguments<'_>, name: &str, value: &str, token: &Token) -> Option<bool> {
    let flag = boolean(value);
    if flag.is_none() {
        let message = format!("`{value}` is not a value of `{name}`");
        arguments.error(codes::BAD_OPTION, token.start, token.end, &message, Some("write true or false"));
    }
    flag
}

/// Reads the value of an option that is a number.
pub(super) fn number(arguments: &mut Arguments<'_>, name: &str, value: &str, token: &Token) -> Option<u64> {
    let number = value.parse().ok();
    if number.is_none() {
        let message = format!("`{value}` is not a value of `{name}`");
        arguments.error(codes::BAD_OPTION, token.start, token.end, &message, Some("write a number, 0 or greater"));
    }
    number
}

/// Reads the fields behind `by`; options may follow.
fn by_clause<O: Options>(arguments: &mut Arguments<'_>, command: &mut StatsCommand, options: &mut O) -> Option<()> {
    let mut seen: HashSet<String> = command.by.iter().cloned().collect();
    while let Some(token) = arguments.peek().cloned() {
        if any_option(arguments, command, options)? {
            continue;
        }
        arguments.next();
        match field_name(&token.kind) {
            Some(name) => {
                let name = exact(arguments, name, &token)?;
                if seen.insert(name.clone()) {
                    command.by.push(name);
                }
            }
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

/// Refuses a wildcard in a by-clause (§5.10.3).
pub(super) fn exact(arguments: &mut Arguments<'_>, name: String, token: &Token) -> Option<String> {
    if !name.contains('*') {
        return Some(name);
    }
    let message = "a by-clause takes no wildcard";
    arguments.error(codes::WILDCARD_IN_BY, token.start, token.end, message, Some("name the fields"));
    None
}

/// Two equal names written out are an error (§5.10.5).
pub(super) fn names_differ(arguments: &mut Arguments<'_>, command: &StatsCommand) -> Option<()> {
    let mut names = HashSet::new();
    for aggregate in &command.aggregates {
        let wild = aggregate.field().is_some_and(|field| field.glob.literal().is_none());
        let name = aggregate.alias.as_ref().map_or_else(|| aggregate.default_name.clone(), Glob::text);
        if !wild && !names.insert(name.clone()) && aggregate.alias.is_some() {
            let (start, end) = (arguments.stage.start, arguments.stage.end);
            let message = format!("two aggregates are named `{name}`");
            let help = Some("give them different names behind `as`");
            arguments.error(codes::DUPLICATE_NAME, start, end, &message, help);
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::macros::Macros;
    use crate::plan::{AggregateFunc, Over, Percent};

    fn stats(text: &str) -> StatsCommand {
        let (plan, findings) = compile(&format!("* | stats {text}"), &Macros::shipped());
        let mut plan = plan.unwrap_or_else(|| panic!("{text}: {findings:?}"));
        let Command::Stats(command) = plan.steps.remove(1).command else { panic!("a stats") };
        command
    }

    fn names(text: &str) -> Vec<String> {
        stats(text).aggregates.into_iter().map(|aggregate| aggregate.default_name).collect()
    }

    fn mistake(text: &str) -> (&'static str, String) {
        let text = format!("* | stats {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        assert!(plan.is_none(), "{text}");
        (findings[0].code.0, text[findings[0].span.range()].to_owned())
    }

    #[test]
    fn section_5_10_2_names_are_as_written() {
        assert_eq!(
            names("mean(mag), perc50(visitors total), c(x), distinct_count(x), c, estdc(\"y z\"), Values(v), p99.9(d)"),
            [
                "mean(mag)",
                "perc50(visitors total)",
                "count(x)",
                "dc(x)",
                "count",
                "estdc(y z)",
                "values(v)",
                "p99.9(d)"
            ]
        );
        assert_eq!(
            names("count( eval( status = 404 ) ), dc(eval(if(a=\"x, y)\", b, null))), sparkline(dc(u), 1h), sparkline"),
            ["count(eval(status = 404))", "dc(eval(if(a=\"x, y)\", b, null)))", "sparkline(dc(u))", "sparkline"]
        );
    }

    #[test]
    fn section_5_10_8_functions_and_aliases() {
        let funcs: Vec<AggregateFunc> =
            stats("median(a) mean(a), upperperc5(a) exactperc5(a) stdevp(a) earliest_time(a) rate(a)")
                .aggregates
                .iter()
                .map(|aggregate| aggregate.func)
                .collect();
        assert_eq!(
            funcs,
            [
                AggregateFunc::Perc(Percent(500_000)),
                AggregateFunc::Avg,
                AggregateFunc::Perc(Percent(50_000)),
                AggregateFunc::ExactPerc(Percent(50_000)),
                AggregateFunc::StdevP,
                AggregateFunc::EarliestTime,
                AggregateFunc::Rate,
            ]
        );
    }

    #[test]
    fn evals_end_at_their_parenthesis() {
        let command = stats(r#"sum(eval('a b'*2)) as "x y", count(eval(match(c, "\)"))) by 'd e', f, allnum=t"#);
        assert_eq!(command.aggregates.len(), 2);
        assert!(command.aggregates.iter().all(|aggregate| matches!(aggregate.over, Over::Eval(_))));
        assert_eq!(command.aggregates[0].alias, Some(Glob::new("x y")));
        assert_eq!((command.by, command.allnum), (vec!["d e".to_owned(), "f".to_owned()], true));
        // An apostrophe escaped in a name is no end of it for the words behind either.
        let command = stats(r"sum(eval('a\'b'*2)) as x by c'd, e");
        assert_eq!(command.by, ["c'd", "e"]);
        assert_eq!(stats("count, by host").by, ["host"]);
        let command = stats("values(a) as a(b) count as n(c)by d");
        assert_eq!(command.aggregates[0].alias, Some(Glob::new("a(b)")));
        assert_eq!((command.aggregates[1].alias.clone(), command.by), (Some(Glob::new("n(c)")), vec!["d".to_owned()]));
    }

    #[test]
    fn mistakes_have_a_place() {
        for (text, code, marked) in [
            ("count(eval(a=1) by x", "E0110", "("),
            ("count(eval(a=1", "E0110", "("),
            ("count(eval(a=1 b=2)) by x", "E0143", "b"),
            ("count(lower(a))", "E0115", "lower"),
            ("estdc_error(a)", "E0126", "estdc_error"),
            ("eval(avg(a)*2) as b", "E0126", "eval"),
            ("perc101(a)", "E0125", "perc101"),
            ("sparkline(count, x)", "E0123", "x"),
            ("sparkline(count", "E0110", "("),
            ("count by a*", "E0127", "a*"),
            ("count window=5", "E0122", "5"),
            ("count(eval(a=1)) as b*", "E0128", "count"),
            ("dc()", "E0124", "dc("),
        ] {
            assert_eq!(mistake(text), (code, marked.to_owned()), "{text}");
        }
    }
}
