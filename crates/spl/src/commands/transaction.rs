//! `transaction [fields] [options]` (§5.19).

use super::options::Setting;
use super::{Arguments, CommandDoc, boolean, field_name, transaction_boundary};
use crate::lex::{Token, TokenKind};
use crate::plan::{Command, CompareOp, MvList, TransactionCommand};

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "transaction",
    aliases: &[],
    syntax: "transaction [<fields>] [maxspan=<time>] [maxpause=<time>] [maxevents=<n>] [startswith=<condition>] \
             [endswith=<condition>] [connected=<bool>] [unifyends=<bool>] [keeporphans=<bool>] [keepevicted=<bool>] \
             [mvlist=<bool> | <fields>] [mvraw=<bool>] [delim=<text>] [nullstr=<text>]",
    section: "§5.19",
    summary: "Groups rows that share values and lie close in time.",
    examples: &[
        "* | transaction user, host maxspan=30s maxpause=5s",
        "* | transaction dvc startswith=\"signature_id=5156\" endswith=eval(duration > 5)",
    ],
};

/// The options that are known, for messages.
const KNOWN: &str = "maxspan, maxpause, maxevents, startswith, endswith, connected, unifyends, keeporphans, keepevicted, \
                     mvlist, mvraw, delim, nullstr";

/// Reads fields and options, in any order.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut command = TransactionCommand {
        fields: Vec::new(),
        max_span: None,
        max_pause: None,
        max_events: Some(1000),
        starts_with: None,
        ends_with: None,
        connected: true,
        unify_ends: true,
        keep_orphans: false,
        keep_evicted: false,
        mv_list: MvList::None,
        mv_raw: false,
        delim: " ".to_owned(),
        null_text: "NULL".to_owned(),
    };
    let mut unify_ends = None;
    while let Some(token) = arguments.peek().cloned() {
        let equals = arguments.kind(1) == Some(&TokenKind::Op(CompareOp::Eq));
        let boundary = ["startswith", "endswith"].into_iter().find(|name| equals && arguments.at_word(name));
        if let Some(name) = boundary {
            arguments.next();
            let end = arguments.next()?.end;
            let boundary = transaction_boundary::parse(arguments, name, end)?;
            let slot = if name == "startswith" { &mut command.starts_with } else { &mut command.ends_with };
            *slot = Some(boundary);
        } else if let Some(setting) = arguments.setting() {
            option(arguments, &mut command, &mut unify_ends, &setting)?;
        } else {
            arguments.next();
            if token.kind != TokenKind::Comma {
                let field = arguments.exact(&token, "fields and options")?;
                if !command.fields.contains(&field) {
                    command.fields.push(field);
                }
            }
        }
    }
    command.unify_ends = unify_ends.unwrap_or(command.connected);
    Some(Command::Transaction(command))
}

/// Takes one option.
fn option(
    arguments: &mut Arguments<'_>,
    command: &mut TransactionCommand,
    unify_ends: &mut Option<bool>,
    setting: &Setting,
) -> Option<()> {
    match setting.name.as_str() {
        "maxspan" => command.max_span = span(arguments, setting)?,
        "maxpause" => command.max_pause = span(arguments, setting)?,
        "maxevents" => {
            let Ok(count) = setting.value.parse::<i64>() else {
                return arguments.bad_value(setting, "write a number of rows, or -1 for no limit");
            };
            if count == 0 {
                return arguments.bad_value(setting, "write a number, 1 or greater, or -1 for no limit");
            }
            command.max_events = u64::try_from(count).ok();
        }
        "connected" => command.connected = arguments.flag(setting)?,
        "unifyends" => *unify_ends = Some(arguments.flag(setting)?),
        "keeporphans" => command.keep_orphans = arguments.flag(setting)?,
        "keepevicted" => command.keep_evicted = arguments.flag(setting)?,
        "mvraw" => command.mv_raw = arguments.flag(setting)?,
        "mvlist" => command.mv_list = mv_list(arguments, setting)?,
        "delim" => command.delim.clone_from(&setting.value),
        "nullstr" => command.null_text.clone_from(&setting.value),
        // Limits of memory are lifted (§5.19.5).
        "maxopentxn" | "maxopenevents" => arguments.count(setting).map(|_| ())?,
        "name" => return arguments.unsupported_option("transaction", setting),
        _ => return arguments.no_option("transaction", setting, KNOWN),
    }
    Some(())
}

/// Reads a length of time in microseconds; a negative one is no limit.
fn span(arguments: &mut Arguments<'_>, setting: &Setting) -> Option<Option<i64>> {
    let lower = setting.value.to_ascii_lowercase();
    if lower.starts_with('-') && lower[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return Some(None);
    }
    let (number, unit) = lower.split_at(lower.find(|c: char| !c.is_ascii_digit()).unwrap_or(lower.len()));
    let factor: Option<i64> = match unit {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => Some(1_000_000),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60_000_000),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(3_600_000_000),
        "d" | "day" | "days" => Some(86_400_000_000),
        _ => None,
    };
    let micros = number.parse::<i64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    match micros {
        Some(micros) => Some(Some(micros)),
        None => arguments.bad_value(setting, "write a number with a unit: 30s, 5m, 1h or 1d"),
    }
}

/// Reads `t`, `f`, or fields joined by commas without blanks.
fn mv_list(arguments: &mut Arguments<'_>, setting: &Setting) -> Option<MvList> {
    let mut names: Vec<String> = setting.value.split(',').map(|name| name.trim().to_owned()).collect();
    let mut end = setting.token.end;
    while let (Some(Token { kind: TokenKind::Comma, start, .. }), Some(next)) =
        (arguments.peek(), arguments.tokens.get(arguments.at + 1))
    {
        let Some(name) = field_name(&next.kind).filter(|_| *start == end && next.start == end + 1) else { break };
        end = next.end;
        names.push(name);
        arguments.at += 2;
    }
    names.retain(|name| !name.is_empty());
    match (names.as_slice(), &setting.token.kind) {
        ([], _) => arguments.bad_value(setting, "write true, false or fields joined by commas"),
        ([one], TokenKind::Word(_)) if boolean(one).is_some() => {
            Some(if boolean(one) == Some(true) { MvList::All } else { MvList::None })
        }
        _ => Some(MvList::Fields(names)),
    }
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn printed(text: &str) -> Result<String, (&'static str, String)> {
        let text = format!("* | transaction {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        match plan {
            Some(plan) => Ok(print::command(&plan.steps[1].command)),
            None => Err((findings[0].code.0, text[findings[0].span.range()].to_owned())),
        }
    }

    #[test]
    fn section_5_19_1_options() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(printed(""), ok("transaction"));
        assert_eq!(
            printed("a, b MAXSPAN=180m maxpause=-1 maxevents=-1 connected=f"),
            ok("transaction a, b maxspan=10800s maxevents=-1 connected=false")
        );
        assert_eq!(printed("connected=f unifyends=t a"), ok("transaction a connected=false unifyends=true"));
        assert_eq!(
            printed("mvlist=a,b c mvraw=t delim=, nullstr=\"\" keeporphans=1 keepevicted=t maxopentxn=5"),
            ok("transaction c keeporphans=true keepevicted=true mvlist=\"a,b\" mvraw=true delim=\",\" nullstr=\"\"")
        );
        assert_eq!(printed("mvlist=t a"), ok("transaction a mvlist=true"));
    }

    #[test]
    fn section_5_19_1_boundaries() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            printed("dvc startswith=\"signature_id=5156\" maxspan=30s"),
            ok("transaction dvc maxspan=30s startswith=(signature_id=\"5156\")")
        );
        assert_eq!(
            printed("startsWith=(a=1 OR \"b c\") endswith=eval(x > 5 AND match(y, \"[)]\")) z"),
            ok("transaction z startswith=(a=\"1\" OR \"b c\") endswith=eval(x > 5 AND match(y, \"[)]\"))")
        );
        assert_eq!(printed("startswith=EventCode=1 a"), ok("transaction a startswith=(EventCode=\"1\")"));
        assert_eq!(printed("endswith = logout a"), ok("transaction a endswith=(\"logout\")"));
        assert_eq!(printed("endswith=\"say \\\"x y\\\" z\""), ok("transaction endswith=(\"say\" \"x y\" \"z\")"));
    }

    #[test]
    fn mistakes_have_their_place() {
        let wrong = |text: &str| printed(text).unwrap_err();
        assert_eq!(wrong("name=x"), ("E0123", "name=x".to_owned()));
        assert_eq!(wrong("a maxspan=5x"), ("E0123", "5x".to_owned()));
        assert_eq!(wrong("a maxevents=0"), ("E0123", "0".to_owned()));
        assert_eq!(wrong("a foo=1"), ("E0122", "foo=1".to_owned()));
        assert_eq!(wrong("a startswith="), ("E0124", "transaction a startswith=".to_owned()));
        assert_eq!(wrong("a startswith=(b"), ("E0110", "(".to_owned()));
        assert_eq!(wrong("a startswith=eval(b"), ("E0110", "(".to_owned()));
        assert_eq!(wrong("a startswith=\"b=\"").0, "E0112");
        assert_eq!(wrong("a startswith=\"earliest=-1d\"").0, "E0163");
        assert_eq!(wrong("a startswith=eval(b)").0, "E0144");
        assert_eq!(wrong("a*"), ("E0162", "a*".to_owned()));
    }
}
