//! `top [n] <fields> [by <fields>]`, and what `rare` has in common with it (§5.22).

use super::options::Setting;
use super::{Arguments, CommandDoc};
use crate::lex::TokenKind;
use crate::plan::{Command, TopCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "top",
    aliases: &[],
    syntax: "top [<n> | limit=<n>] [showcount=<bool>] [showperc=<bool>] [countfield=<name>] [percentfield=<name>] \
             [useother=<bool>] [otherstr=<text>] <fields> [BY <fields>]",
    section: "§5.22",
    summary: "Counts the most frequent combinations of values, 10 by default.",
    examples: &["* | top process_name", "* | top 3 user, host showperc=false BY src_ip"],
};

/// Reads number, options, fields and by-clause.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    read(arguments, false)
}

/// The options as far as they are read.
struct Options {
    limit: u64,
    show_count: bool,
    show_percent: bool,
    count_field: String,
    percent_field: String,
    use_other: bool,
    other: String,
}

/// Reads the arguments of `top` or `rare`.
pub(super) fn read(arguments: &mut Arguments<'_>, rare: bool) -> Option<Command> {
    let name = if rare { "rare" } else { "top" };
    let mut options = Options {
        limit: arguments.number().map_or(10, |(limit, _)| limit),
        show_count: true,
        show_percent: true,
        count_field: "count".to_owned(),
        percent_field: "percent".to_owned(),
        use_other: false,
        other: "OTHER".to_owned(),
    };
    let (mut fields, mut by, mut grouped) = (Vec::new(), Vec::new(), false);
    while let Some(token) = arguments.peek().cloned() {
        if let Some(setting) = arguments.setting() {
            option(arguments, name, &mut options, &setting)?;
        } else if arguments.at_word("by") && !grouped {
            arguments.next();
            grouped = true;
        } else {
            arguments.next();
            if token.kind != TokenKind::Comma {
                let field = arguments.exact(&token, "a list of field names")?;
                let list = if grouped { &mut by } else { &mut fields };
                if !list.contains(&field) {
                    list.push(field);
                }
            }
        }
    }
    if fields.is_empty() || (grouped && by.is_empty()) {
        arguments.missing(&format!("`{name}` needs a field"), &format!("write `{name} user BY host` for instance"));
        return None;
    }
    let Options { limit, show_count, show_percent, count_field, percent_field, use_other, other } = options;
    Some(Command::Top(TopCommand {
        rare,
        limit,
        count_field: show_count.then_some(count_field),
        percent_field: show_percent.then_some(percent_field),
        other: use_other.then_some(other),
        fields,
        by,
    }))
}

/// Takes one option.
fn option(arguments: &mut Arguments<'_>, command: &str, options: &mut Options, setting: &Setting) -> Option<()> {
    match setting.name.as_str() {
        "limit" => options.limit = arguments.count(setting)?,
        "showcount" => options.show_count = arguments.flag(setting)?,
        "showperc" => options.show_percent = arguments.flag(setting)?,
        "useother" => options.use_other = arguments.flag(setting)?,
        "countfield" => options.count_field.clone_from(&setting.value),
        "percentfield" => options.percent_field.clone_from(&setting.value),
        "otherstr" => options.other.clone_from(&setting.value),
        _ => {
            let known = "limit, showcount, showperc, countfield, percentfield, useother, otherstr";
            return arguments.no_option(command, setting, known);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, &'static str> {
        let (plan, findings) = compile(&format!("* | {text}"), &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err(findings[0].code.0),
        }
    }

    #[test]
    fn section_5_22_forms() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed("top a"), ok("top a"));
        assert_eq!(printed("top 5 a b by c"), ok("top limit=5 a, b BY c"));
        assert_eq!(printed("rare limit=0 a, a"), ok("rare limit=0 a"));
        assert_eq!(
            printed("top a showcount=f percentfield=\"p c\" useother=t otherstr=rest BY b, c"),
            ok("top showcount=false percentfield=\"p c\" useother=true otherstr=\"rest\" a BY b, c")
        );
        assert_eq!(printed("top"), Err("E0124"));
        assert_eq!(printed("top a by"), Err("E0124"));
        assert_eq!(printed("top a*"), Err("E0162"));
        assert_eq!(printed("rare a foo=1"), Err("E0122"));
    }
}
