//! One command, one file: its arguments to its plan form.
//!
//! To add a command: a file here, a variant of [`crate::plan::Command`], a line in `parse` and one in [`crate::print`].

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::escape;
use crate::expand::Expanded;
use crate::lex::{self, Token, TokenKind};
use crate::plan::{Command, CompareOp, FieldPattern, Glob};
use crate::search;
use crate::split::Stage;

mod bin;
mod fields;
mod regex;
mod stats;
mod table;

pub(crate) use bin::calendar_unit_name;

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
pub const SUPPORTED: &[&str] = &["bin", "bucket", "discretize", "fields", "regex", "search", "stats", "table"];

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
fn distance(a: &str, b: &str) -> usize {
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
    fn new(expanded: &'a Expanded, stage: &'a Stage, findings: &'a mut Vec<Diagnostic>) -> Self {
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
