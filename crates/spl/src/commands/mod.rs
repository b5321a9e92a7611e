//! One command, one file: its arguments to its plan form.
//!
//! To add a command: a file here, a variant of [`crate::plan::Command`], a line in `parse` and one in [`crate::print`].

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::escape;
use crate::expand::Expanded;
use crate::lex::{self, Token, TokenKind};
use crate::plan::{Command, CompareOp, FieldPattern, Glob, Plan, Step};
use crate::search;
use crate::split::Stage;

mod aggregate;
mod bin;
mod chart;
mod eval;
mod eventstats;
mod fields;
mod foreach;
mod head;
mod pieces;
mod regex;
mod rex;
mod sed;
mod spans;
mod stats;
mod streamstats;
mod table;
mod where_;

pub(crate) use sed::print as print_sed;
pub(crate) use spans::calendar_unit_name;

/// A command's entry in the documentation.
#[derive(Clone, Copy, Debug)]
pub struct CommandDoc {
    /// Its name.
    pub name: &'static str,
    /// Further names.
    pub aliases: &'static [&'static str],
    /// How it is written.
    pub syntax: &'static str,
    /// Section of the specification.
    pub section: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Rules that use it.
    pub examples: &'static [&'static str],
}

/// For the documentation; the parser is [`crate::search`].
const SEARCH: CommandDoc = CommandDoc {
    name: "search",
    aliases: &[],
    syntax: "search <terms, comparisons, AND, OR, NOT, parentheses>",
    section: "§5.1",
    summary: "Keeps the rows that a search condition holds for; the first command of a rule, unless another is named.",
    examples: &[
        "EventCode=4688 (\"powershell.exe\" OR pwsh) NOT user IN (\"SYSTEM\", svc_*)",
        "TERM(ProcessRollup2) earliest=-7d | search dest_ip!=10.0.0.0/8",
    ],
};

/// Returns the entries of the supported commands.
pub fn docs() -> impl Iterator<Item = &'static CommandDoc> {
    [
        &SEARCH,
        &bin::DOC,
        &chart::CHART,
        &chart::TIMECHART,
        &eval::DOC,
        &eventstats::DOC,
        &fields::DOC,
        &foreach::DOC,
        &head::DOC,
        &regex::DOC,
        &rex::DOC,
        &stats::DOC,
        &streamstats::DOC,
        &table::DOC,
        &where_::DOC,
    ]
    .into_iter()
}

/// SPL commands that exist but are not supported, so that a message can tell them from misspelt ones.
const KNOWN: &[&str] = &[
    "abstract",
    "accum",
    "addcoltotals",
    "addinfo",
    "addtotals",
    "analyzefields",
    "anomalies",
    "anomalousvalue",
    "anomalydetection",
    "append",
    "appendcols",
    "appendpipe",
    "apply",
    "arules",
    "associate",
    "autoregress",
    "avlbase64",
    "bucketdir",
    "chart",
    "cluster",
    "cofilter",
    "collect",
    "concurrency",
    "contingency",
    "convert",
    "correlate",
    "cyberchef",
    "datamodel",
    "dbinspect",
    "dedup",
    "delete",
    "delta",
    "diff",
    "erex",
    "eval",
    "eventcount",
    "eventstats",
    "extract",
    "fieldformat",
    "fieldsummary",
    "filldown",
    "fillnull",
    "findtypes",
    "folderize",
    "foreach",
    "format",
    "from",
    "fromjson",
    "gauge",
    "gentimes",
    "geom",
    "geomfilter",
    "geostats",
    "head",
    "highlight",
    "history",
    "iconify",
    "inputcsv",
    "inputlookup",
    "iplocation",
    "join",
    "kmeans",
    "kv",
    "kvform",
    "loadjob",
    "localize",
    "localop",
    "lookup",
    "makecontinuous",
    "makemv",
    "makeresults",
    "map",
    "mcatalog",
    "mcollect",
    "metadata",
    "metasearch",
    "meventcollect",
    "mpreview",
    "msearch",
    "mstats",
    "multikv",
    "multisearch",
    "mvcombine",
    "mvexpand",
    "nomv",
    "outlier",
    "outputcsv",
    "outputlookup",
    "outputtext",
    "overlap",
    "pivot",
    "predict",
    "rangemap",
    "rare",
    "redistribute",
    "relevancy",
    "reltime",
    "rename",
    "replace",
    "require",
    "rest",
    "return",
    "reverse",
    "rex",
    "rtorder",
    "run",
    "savedsearch",
    "script",
    "scrub",
    "searchtxn",
    "selfjoin",
    "sendalert",
    "sendemail",
    "set",
    "setfields",
    "sichart",
    "sirare",
    "sistats",
    "sitimechart",
    "sitop",
    "sort",
    "spath",
    "streamstats",
    "strcat",
    "summary",
    "summaryindex",
    "tags",
    "tail",
    "timechart",
    "timewrap",
    "tojson",
    "top",
    "transaction",
    "transpose",
    "trendline",
    "tscollect",
    "tstats",
    "typeahead",
    "typelearner",
    "typer",
    "union",
    "uniq",
    "untable",
    "walklex",
    "where",
    "x11",
    "xmlkv",
    "xmlunescape",
    "xpath",
    "xyseries",
];

/// Names of the supported commands, aliases included.
pub const SUPPORTED: &[&str] = &[
    "bin",
    "bucket",
    "chart",
    "discretize",
    "eval",
    "eventstats",
    "fields",
    "foreach",
    "head",
    "regex",
    "rex",
    "search",
    "stats",
    "streamstats",
    "table",
    "timechart",
    "where",
];

/// Returns the command that a stage spells, or `None` after an error. Findings are added to `findings`.
pub(crate) fn parse(expanded: &Expanded, stage: &Stage, findings: &mut Vec<Diagnostic>) -> Option<Command> {
    let before = findings.iter().filter(|finding| finding.code.is_error()).count();
    let mut arguments = Arguments::new(expanded, stage, findings);
    let command = match stage.name.to_ascii_lowercase().as_str() {
        "" | "search" => Some(Command::Search(search::parse(expanded, stage, arguments.findings))),
        "regex" => regex::parse(&mut arguments),
        "table" => table::parse(&mut arguments),
        "fields" => fields::parse(&mut arguments),
        "bin" | "bucket" | "discretize" => bin::parse(&mut arguments),
        "stats" => stats::parse(&mut arguments),
        "chart" => chart::parse(&mut arguments, false),
        "timechart" => chart::parse(&mut arguments, true),
        "eval" => eval::parse(&mut arguments),
        "eventstats" => eventstats::parse(&mut arguments),
        "foreach" => foreach::parse(&mut arguments),
        "head" => head::parse(&mut arguments),
        "rex" => rex::parse(&mut arguments),
        "streamstats" => streamstats::parse(&mut arguments),
        "where" => where_::parse(&mut arguments),
        name => {
            unsupported(&mut arguments, name);
            None
        }
    };
    let after = findings.iter().filter(|finding| finding.code.is_error()).count();
    command.filter(|_| after == before)
}

/// Refuses a command by name.
fn unsupported(arguments: &mut Arguments<'_>, name: &str) {
    let (start, end) = (arguments.stage.start, arguments.stage.arguments.max(arguments.stage.start + 1));
    let supported = SUPPORTED.join(", ");
    if name.is_empty() || name == "|" || KNOWN.contains(&name) {
        arguments.error(
            codes::UNSUPPORTED_COMMAND,
            start,
            end,
            &format!("the command `{name}` is not supported"),
            Some(&format!("supported: {supported}")),
        );
        return;
    }
    let near = SUPPORTED
        .iter()
        .chain(KNOWN)
        .filter(|known| distance(known, name) <= 2)
        .min_by_key(|known| distance(known, name));
    let help = near.map_or_else(
        || format!("supported: {supported}"),
        |near| format!("did you mean `{near}`? Supported: {supported}"),
    );
    arguments.error(codes::UNKNOWN_COMMAND, start, end, &format!("`{name}` is not an SPL command"), Some(&help));
}

/// Edit distance of two words, for suggestions.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<u8> = b.bytes().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (corner + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// Returns the commands of a `foreach` template whose placeholders are filled in, and what was found on the way; there are some
/// exactly if no finding is an error. Macros are not expanded.
#[must_use]
pub fn filled_template(text: &str) -> (Option<Vec<Step>>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let steps = foreach::body(&Expanded::plain(text), 0, text.len(), &mut findings);
    (steps, findings)
}

/// Returns the plan of a subsearch whose text is the bytes `start..end`, inside its brackets (§1.6).
pub(crate) fn subsearch(arguments: &mut Arguments<'_>, start: usize, end: usize) -> Option<Plan> {
    let (start, end) = (start.saturating_sub(1), end + 1);
    arguments.error(codes::UNSUPPORTED_SUBSEARCH, start, end, "subsearches are not supported", None);
    None
}

/// The arguments of one command, and where findings go.
pub(crate) struct Arguments<'a> {
    /// The expanded rule.
    pub(crate) expanded: &'a Expanded,
    /// The stage.
    pub(crate) stage: &'a Stage,
    /// Findings so far.
    pub(crate) findings: &'a mut Vec<Diagnostic>,
    /// The arguments as words.
    pub(crate) tokens: Vec<Token>,
    /// Index of the next token.
    pub(crate) at: usize,
}

impl<'a> Arguments<'a> {
    /// Lexes a stage's arguments.
    pub(crate) fn new(expanded: &'a Expanded, stage: &'a Stage, findings: &'a mut Vec<Diagnostic>) -> Self {
        let tokens = lex::words(&expanded.text[stage.arguments..stage.end], stage.arguments);
        Self { expanded, stage, findings, tokens, at: 0 }
    }

    /// The arguments' text.
    pub(crate) fn text(&self) -> &'a str {
        &self.expanded.text[self.stage.arguments..self.stage.end]
    }

    /// The next token.
    pub(crate) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Takes the next token.
    pub(crate) fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    /// Kind of the token `ahead` places on.
    pub(crate) fn kind(&self, ahead: usize) -> Option<&TokenKind> {
        self.tokens.get(self.at + ahead).map(|token| &token.kind)
    }

    /// Is the next token this word, in any case?
    pub(crate) fn at_word(&self, word: &str) -> bool {
        matches!(self.kind(0), Some(TokenKind::Word(next)) if next.eq_ignore_ascii_case(word))
    }

    /// Notes a finding.
    pub(crate) fn error(&mut self, code: Code, start: usize, end: usize, message: &str, help: Option<&str>) {
        let mut finding = Diagnostic::new(code, self.expanded.origin(start, end), message);
        finding.help = help.map(str::to_owned);
        self.findings.push(finding);
    }

    /// Refuses a token that does not belong where it stands.
    pub(crate) fn unexpected(&mut self, token: &Token, wanted: &str) {
        let text = self.expanded.text.get(token.start..token.end).unwrap_or_default().to_owned();
        self.error(
            codes::UNEXPECTED_TEXT,
            token.start,
            token.end,
            &format!("`{text}` is not expected here; {wanted}"),
            None,
        );
    }

    /// Notes that the command lacks something.
    pub(crate) fn missing(&mut self, what: &str, help: &str) {
        let (start, end) = (self.stage.start, self.stage.end);
        self.error(codes::MISSING_ARGUMENT, start, end, what, Some(help));
    }

    /// Takes `name = value` if the next tokens are an option; returns name in lower case, value, and the value's place.
    pub(crate) fn option(&mut self) -> Option<(String, String, Token)> {
        let (Some(TokenKind::Word(name)), Some(TokenKind::Op(CompareOp::Eq))) = (self.kind(0), self.kind(1)) else {
            return None;
        };
        let name = name.to_ascii_lowercase();
        let token = self.tokens.get(self.at + 2)?.clone();
        let value = match &token.kind {
            TokenKind::Word(text) | TokenKind::Name(text) => text.clone(),
            TokenKind::Quoted(text) => escape::string(text),
            _ => return None,
        };
        self.at += 3;
        Some((name, value, token))
    }

    /// Goes on with the first word at or behind `offset`, up to which the text was read in another way.
    pub(crate) fn resume(&mut self, offset: usize) {
        self.at = self.tokens.partition_point(|token| token.start < offset);
        let over = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).is_some_and(|token| token.end > offset);
        if over {
            // A quote that the expression reads otherwise put the words out of step.
            self.tokens.truncate(self.at);
            let rest = self.expanded.text.get(offset..self.stage.end).unwrap_or_default();
            self.tokens.extend(lex::words(rest, offset));
        }
    }

    /// Reads a field list up to the end (§1.7): names and patterns, separated by commas, white space or both.
    pub(crate) fn field_list(&mut self) -> Vec<FieldPattern> {
        let mut list = Vec::new();
        while let Some(token) = self.next() {
            match field_name(&token.kind) {
                Some(name) => list.push(FieldPattern { glob: Glob::new(&name) }),
                None if token.kind == TokenKind::Comma => {}
                None => self.unexpected(&token, "a list of field names"),
            }
        }
        list
    }
}

/// Returns the field name that a token spells in a field list.
pub(crate) fn field_name(kind: &TokenKind) -> Option<String> {
    match kind {
        TokenKind::Word(name) => Some(name.clone()),
        TokenKind::Quoted(name) | TokenKind::Name(name) => Some(escape::string(name)),
        _ => None,
    }
}

/// Reads a Boolean option (§1.1.5).
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::macros::Macros;

    #[test]
    fn every_supported_command_is_documented_with_rules_that_can_be_read() {
        let mut names: Vec<&str> =
            docs().flat_map(|entry| entry.aliases.iter().chain([&entry.name])).copied().collect();
        names.sort_unstable();
        assert_eq!(names, SUPPORTED);
        for entry in docs() {
            assert!(entry.section.starts_with('§') && entry.summary.ends_with('.'), "{}", entry.name);
            assert!(!entry.examples.is_empty(), "{}", entry.name);
            for example in entry.examples {
                let (plan, findings) = compile(example, &Macros::shipped());
                assert!(plan.is_some() && findings.is_empty(), "{example}: {findings:?}");
            }
        }
    }
}
