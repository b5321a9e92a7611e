//! `foreach <fields> [ commands ]` (§5.28), and lists of commands in brackets.

use super::{Arguments, CommandDoc};
use crate::diagnostic::{Diagnostic, codes};
use crate::expand::{Expanded, Piece};
use crate::expr::lex::bracket_length;
use crate::lex::{Token, TokenKind};
use crate::plan::{Command, FieldPattern, ForeachCommand, ForeachMode, Glob, Step};
use crate::split;

use super::field_name;

/// For the documentation.
pub(super) const DOC: CommandDoc = CommandDoc {
    name: "foreach",
    aliases: &[],
    syntax: "foreach [mode=multifield | multivalue | json_array | auto_collections] <fields> [fieldstr=<text>] [matchstr=<text>] \
             [itemstr=<text>] [iterstr=<text>] [ <commands> ]",
    section: "§5.28",
    summary: "Runs commands once for each field, with <<FIELD>> put in; or for each value, with <<ITEM>>.",
    examples: &[
        "* | foreach *_bytes [ eval <<FIELD>>=round('<<FIELD>>' / 1024) ]",
        "* | foreach mode=multivalue numbers [ eval total=total + <<ITEM>> ]",
    ],
};

/// How deeply brackets may nest in a template.
const MAX_BRACKETS: usize = 16;

/// Reads fields and options up to the bracket, and checks the template.
pub(super) fn parse(arguments: &mut Arguments<'_>) -> Option<Command> {
    let mut foreach = ForeachCommand {
        mode: ForeachMode::MultiField,
        fields: Vec::new(),
        template: String::new(),
        field_text: "<<FIELD>>".to_owned(),
        match_text: "<<MATCHSTR>>".to_owned(),
        segment_texts: (1..=3).map(|number| format!("<<MATCHSEG{number}>>")).collect(),
        item_text: "<<ITEM>>".to_owned(),
        iter_text: "<<ITER>>".to_owned(),
    };
    while arguments.peek().is_some_and(|token| token.kind != TokenKind::Other('[')) {
        if let Some((name, value, token)) = arguments.option() {
            option(arguments, &mut foreach, &name, value, &token)?;
            continue;
        }
        let token = arguments.next()?;
        match field_name(&token.kind) {
            Some(name) => foreach.fields.push(FieldPattern { glob: Glob::new(&name) }),
            None if token.kind == TokenKind::Comma => {}
            None => {
                arguments.unexpected(&token, "`foreach` takes fields, and commands in brackets");
                return None;
            }
        }
    }
    let (start, end) = template(arguments)?;
    one_field(arguments, &foreach)?;
    arguments.expanded.text[start..end].clone_into(&mut foreach.template);
    check(arguments, &foreach, start, end)?;
    Some(Command::Foreach(foreach))
}

/// Takes one option.
fn option(
    arguments: &mut Arguments<'_>,
    foreach: &mut ForeachCommand,
    name: &str,
    value: String,
    token: &Token,
) -> Option<()> {
    if value.is_empty() {
        let message = format!("`{name}` cannot be empty");
        arguments.error(codes::BAD_OPTION, token.start, token.end, &message, None);
        return None;
    }
    match name {
        "fieldstr" => foreach.field_text = value,
        "matchstr" => foreach.match_text = value,
        "matchseg1" | "matchseg2" | "matchseg3" => {
            let index = usize::from(name.as_bytes()[name.len() - 1] - b'1');
            foreach.segment_texts[index] = value;
        }
        "itemstr" => foreach.item_text = value,
        "iterstr" => foreach.iter_text = value,
        "mode" => {
            foreach.mode = match value.to_ascii_lowercase().as_str() {
                "multifield" => ForeachMode::MultiField,
                "multivalue" => ForeachMode::MultiValue,
                "json_array" => ForeachMode::JsonArray,
                "auto_collections" => ForeachMode::AutoCollections,
                _ => {
                    let message = format!("`{value}` is not a value of `mode`");
                    let help = Some("write multifield, multivalue, json_array or auto_collections");
                    arguments.error(codes::BAD_OPTION, token.start, token.end, &message, help);
                    return None;
                }
            }
        }
        _ => {
            let message = format!("`foreach` has no option `{name}`");
            let help = Some("known: mode, fieldstr, matchstr, matchseg1, matchseg2, matchseg3, itemstr, iterstr");
            arguments.error(codes::UNKNOWN_OPTION, token.start, token.end, &message, help);
            return None;
        }
    }
    Some(())
}

/// Finds the inside of the brackets, which must be the last thing.
fn template(arguments: &mut Arguments<'_>) -> Option<(usize, usize)> {
    let Some(open) = arguments.next() else {
        arguments.missing("`foreach` needs commands in brackets", "write `foreach *_time [ eval … ]`");
        return None;
    };
    let rest = &arguments.expanded.text[open.start..arguments.stage.end];
    let end = open.start + bracket_length(rest);
    if !rest[..end - open.start].ends_with(']') || end < open.start + 2 {
        arguments.error(codes::UNBALANCED_BRACKET, open.start, open.end, "this bracket is never closed", None);
        return None;
    }
    let behind = arguments.expanded.text[end..arguments.stage.end].trim();
    if !behind.is_empty() {
        let message = "`foreach` takes nothing behind its brackets";
        let at = arguments.stage.end - behind.len();
        arguments.error(codes::UNEXPECTED_TEXT, at, arguments.stage.end, message, None);
        return None;
    }
    Some((open.end, end - 1))
}

/// All modes but one go over a single field.
fn one_field(arguments: &mut Arguments<'_>, foreach: &ForeachCommand) -> Option<()> {
    let single = matches!(foreach.fields.as_slice(), [field] if field.glob.literal().is_some());
    if foreach.fields.is_empty() {
        arguments.missing("`foreach` needs a field", "write `foreach *_time [ eval … ]`");
        return None;
    }
    if foreach.mode == ForeachMode::MultiField || single {
        return Some(());
    }
    let (start, end) = (arguments.stage.start, arguments.stage.end);
    let message = "this mode of `foreach` goes over one field";
    arguments.error(codes::UNEXPECTED_TEXT, start, end, message, Some("name one field, without a wildcard"));
    None
}

/// Parses the template once, with harmless texts for its placeholders, so that mistakes are found before any row is read.
fn check(arguments: &mut Arguments<'_>, foreach: &ForeachCommand, start: usize, end: usize) -> Option<()> {
    if nesting(&foreach.template) > MAX_BRACKETS {
        let message = format!("brackets nest more than {MAX_BRACKETS} deep");
        arguments.error(codes::TOO_DEEP, start, end, &message, None);
        return None;
    }
    let mut texts = vec![(&foreach.field_text, "x"), (&foreach.match_text, "x")];
    texts.extend(foreach.segment_texts.iter().map(|text| (text, "x")));
    texts.extend([(&foreach.item_text, "1"), (&foreach.iter_text, "0")]);
    let (mut pieces, mut kept, mut at) = (Vec::new(), 0, 0);
    let template = foreach.template.as_str();
    while let Some(c) = template[at..].chars().next() {
        match texts.iter().find(|(text, _)| template[at..].starts_with(text.as_str())) {
            Some((text, put)) => {
                pieces.push(Piece::Kept(start + kept, start + at));
                pieces.push(Piece::Put(put, start + at, start + at + text.len()));
                at += text.len();
                kept = at;
            }
            None => at += c.len_utf8(),
        }
    }
    pieces.push(Piece::Kept(start + kept, end));
    let filled = arguments.expanded.derived(&pieces);
    if template.trim_matches(|c: char| c.is_whitespace() || c == '|').is_empty() {
        let message = "there is no command in these brackets";
        arguments.error(codes::EMPTY_GROUP, start - 1, end + 1, message, None);
        return None;
    }
    let steps = body(&filled, 0, filled.text.len(), arguments.findings)?;
    for step in &steps {
        if !row_wise(&step.command) {
            let message = "this command looks at more than one row and cannot stand in `foreach`";
            arguments.findings.push(Diagnostic::new(codes::NOT_ROW_WISE, step.span, message));
            return None;
        }
    }
    Some(())
}

/// How deeply brackets nest.
fn nesting(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// Does a command look at one row alone?
fn row_wise(command: &Command) -> bool {
    matches!(
        command,
        Command::Eval(_)
            | Command::Rex(_)
            | Command::Regex(_)
            | Command::Where(_)
            | Command::Search(_)
            | Command::Fields(_)
            | Command::Rename(_)
            | Command::Lookup(_)
            | Command::IpLocation(_)
            | Command::FillNull { .. }
            | Command::MakeMv(_)
            | Command::NoMv(_)
            | Command::Spath(_)
            | Command::Replace(_)
            | Command::Extract(_)
            | Command::XmlKv { .. }
            | Command::FromJson { .. }
            | Command::Base64 { .. }
            | Command::Shannon { .. }
            | Command::ParseUrl { .. }
            | Command::Foreach(_)
    )
}

/// Returns the commands of a list in brackets, whose inside is the bytes `start..end`: all are named, the first too; a pipe may stand
/// before it. `None` after an error.
pub(crate) fn body(expanded: &Expanded, start: usize, end: usize, findings: &mut Vec<Diagnostic>) -> Option<Vec<Step>> {
    let whole = expanded.text.get(start..end).unwrap_or_default();
    let inner = whole.trim_start();
    let bare = inner.strip_prefix('|').unwrap_or(inner);
    let from = end - bare.len();
    if bare.trim().is_empty() {
        let span = expanded.origin(start.saturating_sub(1), end + 1);
        findings.push(Diagnostic::new(codes::EMPTY_GROUP, span, "there is no command in these brackets"));
        return None;
    }
    // Behind a pipe, no stage is an implied search.
    let piped = expanded.derived(&[Piece::Put("|", from, from), Piece::Kept(from, end)]);
    let (stages, mistakes) = split::stages(&piped.text);
    let before = findings.len();
    for mistake in mistakes {
        findings.push(Diagnostic::new(mistake.code, piped.origin(mistake.start, mistake.end), mistake.message));
    }
    let mut steps = Vec::new();
    for stage in stages.iter().filter(|stage| stage.name != "|") {
        let span = piped.origin(stage.start, stage.end);
        if let Some(command) = super::parse(&piped, stage, findings) {
            steps.push(Step { command, span });
        }
    }
    if findings.iter().skip(before).any(|finding| finding.code.is_error()) {
        return None;
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::macros::Macros;

    fn foreach(text: &str) -> Result<ForeachCommand, (&'static str, String)> {
        let text = format!("* | foreach {text}");
        let (plan, findings) = compile(&text, &Macros::shipped());
        let Some(mut plan) = plan else {
            return Err((findings[0].code.0, text[findings[0].span.range()].to_owned()));
        };
        match plan.steps.remove(1).command {
            Command::Foreach(command) => Ok(command),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn section_5_28_templates_keep_their_text() {
        let found = foreach(r#"*location, x [ | eval <<FIELD>> = replace(<<FIELD>>, "^\s*[,|]", "") | rex field=<<FIELD>> mode=sed "s/a/b/"]"#).unwrap();
        assert_eq!(found.fields.len(), 2);
        assert!(found.template.starts_with(" | eval <<FIELD>> = replace("), "{}", found.template);
        let found = foreach("mode=multivalue n itemstr=\"$I$\" [eval t=t + $I$ . <<ITER>>]").unwrap();
        assert_eq!((found.mode, found.item_text.as_str()), (ForeachMode::MultiValue, "$I$"));
        assert!(foreach("a_* [eval b_<<MATCHSTR>>=\"<<FIELD>>\" . '<<MATCHSEG1>>']").is_ok());
    }

    #[test]
    fn a_filled_template_is_a_list_of_commands() {
        let (steps, findings) = crate::commands::filled_template(" | eval a=lower(a) | rex field=a \"(?<b>x|y)\"");
        assert_eq!((steps.map(|steps| steps.len()), findings), (Some(2), Vec::new()));
        let (steps, findings) = crate::commands::filled_template("eval 1+");
        assert!(steps.is_none());
        assert_eq!(findings[0].code.0, "E0115");
        assert!(crate::commands::filled_template(" ").0.is_none());
    }

    #[test]
    fn mistakes_are_found_in_the_template_and_at_their_place() {
        for (text, code, marked) in [
            ("a* [eval <<FIELD>>=lowr(<<FIELD>>)]", "E0140", "lowr"),
            ("a* [eval x=<<FIELD>> <<FIELD>>]", "E0143", "<<FIELD>>"),
            ("a* [stats count by <<FIELD>>]", "E0153", "stats count by <<FIELD>>"),
            ("a* [eval x=1 | ]", "W-TRAILING-PIPE", "|"),
            ("a* []", "E0113", "[]"),
            ("a*", "E0124", "foreach a*"),
            ("[eval x=1]", "E0124", "foreach [eval x=1]"),
            ("mode=multivalue a* [eval x=1]", "E0115", "foreach mode=multivalue a* [eval x=1]"),
            ("a [eval x=1] b", "E0115", "b"),
            ("a [eval x=1", "E0104", "["),
            ("mode=all a [eval x=1]", "E0123", "all"),
        ] {
            match foreach(text) {
                Err(found) => assert_eq!(found, (code, marked.to_owned()), "{text}"),
                Ok(_) => assert!(code.starts_with('W'), "{text}"),
            }
        }
    }

    #[test]
    fn deep_brackets_are_refused_not_a_crash() {
        let text = "a [foreach ".repeat(20_000) + &"]".repeat(20_000);
        assert_eq!(foreach(&text).unwrap_err().0, "E0118");
    }
}
