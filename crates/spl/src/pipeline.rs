//! A pipeline's stages to its steps (§1.1, §1.6): of a whole rule, of a subsearch, of commands in brackets.

use crate::commands;
use crate::diagnostic::{Diagnostic, codes};
use crate::expand::{Expanded, MAX_NESTING};
use crate::plan::{Command, SearchCommand, SearchExpr, Step};
use crate::span::Span;
use crate::split::{self, Stage};

/// What a pipeline may begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// A search whose keyword may be left out, or a pipe and a command that makes rows (§1.1.2).
    Rule,
    /// The same; a command that makes rows needs no pipe, for a bracket begins with a command (§1.6.1).
    Subsearch,
    /// Any command; a pipe may stand before it. The rows come from elsewhere (`appendpipe`).
    Commands,
}

/// How much of the nesting a bracket counts for: reading one takes as much stack as so many groups.
const LEVELS: usize = 8;

/// Returns the steps of the subsearch or of the commands in a bracket whose inside is the bytes `start..end`; `None` after an error.
/// `around` is how many levels of groups in the same stage lie around the bracket.
pub(crate) fn bracket(
    expanded: &Expanded,
    (start, end): (usize, usize),
    begin: Begin,
    around: usize,
    findings: &mut Vec<Diagnostic>,
) -> Option<Vec<Step>> {
    let place = expanded.origin(start.saturating_sub(1), end + 1);
    if expanded.text.get(start..end).is_none_or(|inside| inside.trim().is_empty()) && !expanded.hole(start, end) {
        findings.push(Diagnostic::new(codes::EMPTY_GROUP, place, "there is nothing between these brackets"));
        return None;
    }
    let errors = findings.iter().filter(|finding| finding.code.is_error()).count();
    let Some(steps) = expanded.deeper(LEVELS + around, || read(expanded, start, end, begin, findings)) else {
        let message = format!("groups and brackets nest too deeply: each bracket counts as {LEVELS} of {MAX_NESTING}");
        findings.push(Diagnostic::new(codes::TOO_DEEP, place, message));
        return None;
    };
    (findings.iter().filter(|finding| finding.code.is_error()).count() == errors).then_some(steps)
}

/// Returns the steps of the bytes `start..end`, as far as they could be read.
pub(crate) fn read(
    expanded: &Expanded,
    start: usize,
    end: usize,
    begin: Begin,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Step> {
    let text = expanded.text.as_str();
    let implied = match begin {
        Begin::Rule => true,
        Begin::Subsearch => !begins_with_command(&text[start..end]),
        Begin::Commands => false,
    };
    let (stages, mistakes) = split::stages_of(text, start, end, implied);
    let structure = mistakes.iter().any(|mistake| mistake.code == codes::UNTERMINATED_QUOTE);
    for mistake in mistakes {
        // An empty stage that is all that is left of a macro is no mistake (§1.3.10).
        if mistake.code == codes::EMPTY_STAGE && expanded.put_in(mistake.start, mistake.end) {
            continue;
        }
        let span = expanded.origin(mistake.start, mistake.end);
        findings.push(Diagnostic::new(mistake.code, span, mistake.message));
    }
    let mut steps = Vec::with_capacity(stages.len());
    // An unterminated quote inverts all later ones: what follows would be noise.
    if structure {
        return steps;
    }
    let pipe = stages.first().filter(|stage| stage.name == "|");
    for stage in &stages[usize::from(pipe.is_some())..] {
        let span = expanded.origin(stage.start, stage.end);
        if let Some(command) = commands::parse(expanded, stage, findings) {
            if steps.is_empty() && stage.start == first(&stages) {
                let from_nothing = pipe.is_some() && expanded.hole(start, stage.start);
                begins(expanded, &command, stage, begin, from_nothing, findings);
                if from_nothing && begin != Begin::Commands && !makes_rows(&command) {
                    steps.push(everything());
                }
            } else {
                follows(expanded, &command, stage, findings);
            }
            steps.push(Step { command, span });
        }
    }
    if begin != Begin::Commands && !steps.first().is_some_and(|step| makes_rows(&step.command)) {
        if stages.len() == 1 && pipe.is_some() && !expanded.hole(start, end) {
            let span = expanded.origin(start, end);
            findings.push(Diagnostic::new(codes::EMPTY_STAGE, span, "there is no command behind this pipe"));
        }
        steps.insert(0, everything());
    }
    steps
}

/// Where the first command stands.
fn first(stages: &[Stage]) -> usize {
    stages.iter().find(|stage| stage.name != "|").map_or(0, |stage| stage.start)
}

/// Does the inside of a bracket begin with the name of a command that makes rows, and not with a field or a term of that name?
fn begins_with_command(text: &str) -> bool {
    let word = split::command_word(text.trim_start());
    let rest = text.trim_start()[word.len()..].trim_start();
    commands::GENERATING.iter().any(|name| name.eq_ignore_ascii_case(word))
        && !["=", "!=", "<", ">", ",", "IN ", "OR ", "AND "].iter().any(|behind| rest.starts_with(behind))
}

/// `search *`.
fn everything() -> Step {
    let search = SearchCommand { expr: SearchExpr::All, earliest: None, latest: None };
    Step { command: Command::Search(search), span: Span::new(0, 0) }
}

/// Can a pipeline begin with this command (§1.1.2)?
pub(crate) fn makes_rows(command: &Command) -> bool {
    match command {
        Command::Search(_) | Command::MakeResults(_) | Command::MultiSearch(_) | Command::Union(_) => true,
        Command::InputLookup(command) => !command.append,
        _ => false,
    }
}

/// Refuses a first command that makes no rows.
fn begins(
    expanded: &Expanded,
    command: &Command,
    stage: &Stage,
    begin: Begin,
    from_nothing: bool,
    findings: &mut Vec<Diagnostic>,
) {
    if begin == Begin::Commands {
        return follows(expanded, command, stage, findings);
    }
    // `| inputlookup append=t x`: there is nothing to append to, so the table's rows are all.
    if from_nothing || makes_rows(command) || matches!(command, Command::InputLookup(_)) {
        return;
    }
    let span = expanded.origin(stage.start, stage.arguments.max(stage.start + 1));
    let message = format!("`{}` makes no rows, so nothing can begin with it", stage.name);
    let help = "begin with a search, or with a command such as `| inputlookup` or `| makeresults`";
    findings.push(Diagnostic::new(codes::NOT_GENERATING, span, message).help(help));
}

/// Refuses a command that makes rows behind others.
fn follows(expanded: &Expanded, command: &Command, stage: &Stage, findings: &mut Vec<Diagnostic>) {
    let help = match command {
        Command::InputLookup(command) if !command.append => "write `append=true` to add the table's rows",
        Command::MakeResults(_) => "put it into a subsearch: `append [ | makeresults ]`",
        Command::MultiSearch(_) => "write `union`, which keeps the rows there are",
        _ => return,
    };
    let span = expanded.origin(stage.start, stage.arguments.max(stage.start + 1));
    let message = format!("`{}` makes rows of its own, so it can only stand first", stage.name);
    findings.push(Diagnostic::new(codes::GENERATING_PLACE, span, message).help(help));
}

#[cfg(test)]
mod tests {
    use crate::macros::Macros;
    use crate::{compile, print};

    fn ok(text: &str) -> String {
        let (plan, findings) = compile(text, &Macros::shipped());
        print::plan(&plan.unwrap_or_else(|| panic!("{text}: {findings:?}")))
    }

    fn errors(text: &str) -> Vec<(&'static str, &str)> {
        let found = compile(text, &Macros::shipped()).1;
        let errors = found.iter().filter(|finding| finding.code.is_error());
        errors.map(|finding| (finding.code.0, &text[finding.span.range()])).collect()
    }

    #[test]
    fn section_1_1_2_no_search_stands_before_a_generating_command() {
        assert_eq!(ok("| inputlookup a | table b"), "| inputlookup a | table b");
        assert_eq!(ok("|makeresults count=2"), "| makeresults count=2");
        assert_eq!(ok("| multisearch [ search a ] [ b ]"), "| multisearch [ search \"a\" ] [ search \"b\" ]");
        assert_eq!(ok("| search a"), "search \"a\"");
        assert_eq!(errors("| table a"), [("E0160", "table")]);
        assert_eq!(errors("a | makeresults"), [("E0161", "makeresults")]);
        assert_eq!(errors("a | inputlookup b"), [("E0161", "inputlookup")]);
        assert_eq!(ok("a | inputlookup b append=t"), "search \"a\" | inputlookup append=true b");
        assert_eq!(errors("|"), [("E0103", "|")]);
        assert_eq!(errors("| foo"), [("E0120", "foo")]);
    }

    #[test]
    fn section_1_3_10_where_a_macro_stood_a_search_begins() {
        assert_eq!(ok("`get_web_data` | table a"), "search * | table a");
        assert_eq!(ok("a | `hec_collect` | table a"), "search \"a\" | table a");
        assert_eq!(ok("`get_web_data`"), "search *");
        assert_eq!(ok("| `get_web_data` | table a"), "search * | table a");
        assert_eq!(errors("| table `add_x` a"), [("E0160", "table")]);
    }

    #[test]
    fn section_1_6_1_brackets_hold_pipelines() {
        let inner = |text: &str| ok(&format!("a | append [{text}]"));
        assert_eq!(inner("search b | table c"), "search \"a\" | append [ search \"b\" | table c ]");
        assert_eq!(inner("b c=1"), "search \"a\" | append [ search \"b\" c=\"1\" ]");
        assert_eq!(inner("| inputlookup t"), "search \"a\" | append [ | inputlookup t ]");
        assert_eq!(inner("inputlookup t"), "search \"a\" | append [ | inputlookup t ]");
        assert_eq!(inner("inputlookup=t"), "search \"a\" | append [ search inputlookup=\"t\" ]");
        assert_eq!(inner("`get_web_data`"), "search \"a\" | append [ search * ]");
        assert_eq!(ok("a [search b | table c] d"), "search \"a\" [ search \"b\" | table c ] \"d\"");
        assert_eq!(ok("a NOT [| inputlookup t]"), "search \"a\" NOT [ | inputlookup t ]");
        assert_eq!(errors("a | append []"), [("E0113", "[]")]);
        assert_eq!(errors("a | append [b | tabel c]"), [("E0120", "tabel")]);
        assert_eq!(errors("a [b | tabel c] d"), [("E0120", "tabel")]);
        assert_eq!(errors("a | append [b | tstats count]"), [("E0170", "tstats")]);
    }

    #[test]
    fn deep_brackets_are_refused_not_a_crash() {
        let code =
            |text: &str| compile(text, &Macros::shipped()).1.iter().map(|finding| finding.code.0).collect::<Vec<_>>();
        let text = "append [ a | ".repeat(20_000) + "x" + &"]".repeat(20_000);
        assert_eq!(code(&format!("a | {text}")), ["E0118"]);
        let text = format!("{}a{}", "(((((((((([ ".repeat(5_000), " ]))))))))))".repeat(5_000));
        assert_eq!(code(&text), ["E0118"]);
        assert_eq!(code(&"[".repeat(50_000)), ["E0104"]);
        // Expressions, subsearches and quoted searches within each other share one limit.
        let text = format!("{}x", format!("where {}[ a | ", "(".repeat(190)).repeat(200));
        assert!(code(&format!("a | {text}{}", format!("]{}", ")".repeat(190)).repeat(200))).contains(&"E0118"));
        let mut text = format!("{}1=1{}", "(".repeat(150), ")".repeat(150));
        for _ in 0..9 {
            let quoted = crate::escape::quote(&format!("[ a | where {text} ]"));
            text = format!("{}searchmatch({quoted}){}", "(".repeat(150), ")".repeat(150));
        }
        assert!(code(&format!("a | where {text}")).contains(&"E0118"));
        let text = "append [ a | ".repeat(20) + "table x" + &"]".repeat(20);
        assert_eq!(code(&format!("a | {text}")), Vec::<&str>::new());
    }
}
