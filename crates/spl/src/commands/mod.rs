//! One command, one file: its arguments to its plan form.
//!
//! To add a command: a file here, a variant of [`crate::plan::Command`], a line in `parse` and in `DOCS`, and one in
//! [`crate::print`].

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::escape;
use crate::expand::Expanded;
use crate::lex::{self, Token, TokenKind};
use crate::plan::{Command, CompareOp, ConvertFunction, FieldPattern, Glob, Step};
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

mod addinfo;
mod addtotals;
mod append;
mod appendcols;
mod appendpipe;
mod avlbase64;
mod convert;
mod dedup;
mod extract;
mod filldown;
mod fillnull;
mod format;
mod fromjson;
mod inputlookup;
mod iplocation;
mod join;
mod join_keys;
mod lookup;
mod makemv;
mod makeresults;
mod map;
mod multisearch;
mod mvcombine;
mod mvexpand;
mod nomv;
mod options;
mod outputlookup;
mod rare;
mod refusal;
mod rename;
mod replace;
mod return_;
mod reverse;
mod sink;
mod sort;
mod spath;
mod subsearch;
mod tags;
mod tail;
mod top;
mod transaction;
mod transaction_boundary;
mod union;
mod untable;
mod utparseextended;
mod utshannon;
mod xmlkv;
mod xyseries;

pub(crate) use refusal::{GENERATING, distance};
pub(crate) use sed::print as print_sed;
pub(crate) use spans::calendar_unit_name;
pub(crate) use subsearch::subsearch;

/// Functions of `convert` by name, and its time format where none is written.
pub(crate) fn convert_defaults() -> (&'static [(&'static str, ConvertFunction)], &'static str) {
    (convert::FUNCTIONS, convert::TIME_FORMAT)
}

/// The texts of `format` where none are written, and the one for no rows.
pub(crate) fn format_defaults() -> ([&'static str; 6], &'static str) {
    (format::STRINGS, format::EMPTY)
}

/// The delimiters of `extract` where none are written.
pub(crate) fn extract_defaults() -> (&'static str, &'static str) {
    extract::DELIMS
}

/// What the documentation says about a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandDoc {
    /// The name.
    pub name: &'static str,
    /// Other names of the same command.
    pub aliases: &'static [&'static str],
    /// How it is written: `<x>` is to be replaced, `[x]` may be left out, `…` means more of the same.
    pub syntax: &'static str,
    /// Section of the specification.
    pub section: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Rules that use it; they compile.
    pub examples: &'static [&'static str],
}

/// `search`, which has no file of its own here.
const SEARCH: CommandDoc = CommandDoc {
    name: "search",
    aliases: &[],
    syntax: "[search] <terms, comparisons and time bounds, joined by AND, OR and NOT>",
    section: "§5.1",
    summary: "Keeps the rows for which a condition is true.",
    examples: &["powershell.exe (user=admin* OR user IN (\"root\", \"system\")) NOT TERM(-enc)", "* | search count>5"],
};

/// Every documented command.
const DOCS: &[CommandDoc] = &[
    addinfo::DOC,
    addtotals::DOC,
    append::DOC,
    appendcols::DOC,
    appendpipe::DOC,
    avlbase64::DOC,
    convert::DOC,
    dedup::DOC,
    extract::DOC,
    fields::DOC,
    filldown::DOC,
    fillnull::DOC,
    format::DOC,
    fromjson::DOC,
    inputlookup::DOC,
    iplocation::DOC,
    join::DOC,
    lookup::DOC,
    makemv::DOC,
    makeresults::DOC,
    map::DOC,
    multisearch::DOC,
    mvcombine::DOC,
    mvexpand::DOC,
    nomv::DOC,
    outputlookup::DOC,
    rare::DOC,
    regex::DOC,
    rename::DOC,
    replace::DOC,
    return_::DOC,
    reverse::DOC,
    SEARCH,
    sink::DOC,
    sort::DOC,
    spath::DOC,
    table::DOC,
    tags::DOC,
    tail::DOC,
    top::DOC,
    transaction::DOC,
    union::DOC,
    untable::DOC,
    utparseextended::DOC,
    utshannon::DOC,
    xmlkv::DOC,
    xyseries::DOC,
    bin::DOC,
    chart::CHART,
    chart::TIMECHART,
    eval::DOC,
    eventstats::DOC,
    foreach::DOC,
    head::DOC,
    rex::DOC,
    stats::DOC,
    streamstats::DOC,
    where_::DOC,
];

/// Returns what the documentation says about the supported commands, by name.
pub fn docs() -> impl Iterator<Item = &'static CommandDoc> {
    let mut docs: Vec<&CommandDoc> = DOCS.iter().collect();
    docs.sort_by_key(|doc| doc.name);
    docs.into_iter()
}

/// Returns the names of the supported commands in alphabetical order, aliases included.
#[must_use]
pub fn supported() -> Vec<&'static str> {
    let names = DOCS.iter().flat_map(|doc| std::iter::once(doc.name).chain(doc.aliases.iter().copied()));
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names
}

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
        "addinfo" => addinfo::parse(&mut arguments),
        "addtotals" => addtotals::parse(&mut arguments),
        "append" => append::parse(&mut arguments),
        "appendcols" => appendcols::parse(&mut arguments),
        "appendpipe" => appendpipe::parse(&mut arguments),
        "avlbase64" => avlbase64::parse(&mut arguments),
        "convert" => convert::parse(&mut arguments),
        "dedup" => dedup::parse(&mut arguments),
        "extract" | "kv" => extract::parse(&mut arguments),
        "filldown" => filldown::parse(&mut arguments),
        "fillnull" => fillnull::parse(&mut arguments),
        "format" => format::parse(&mut arguments),
        "fromjson" => fromjson::parse(&mut arguments),
        "inputlookup" => inputlookup::parse(&mut arguments),
        "iplocation" => iplocation::parse(&mut arguments),
        "join" => join::parse(&mut arguments),
        "lookup" => lookup::parse(&mut arguments),
        "makemv" => makemv::parse(&mut arguments),
        "makeresults" => makeresults::parse(&mut arguments),
        "map" => map::parse(&mut arguments),
        "multisearch" => multisearch::parse(&mut arguments),
        "mvcombine" => mvcombine::parse(&mut arguments),
        "mvexpand" => mvexpand::parse(&mut arguments),
        "nomv" => nomv::parse(&mut arguments),
        "outputlookup" => Some(outputlookup::parse(&mut arguments)),
        "rare" => rare::parse(&mut arguments),
        "rename" => rename::parse(&mut arguments),
        "replace" => replace::parse(&mut arguments),
        "return" => return_::parse(&mut arguments),
        "reverse" => reverse::parse(&mut arguments),
        "sort" => sort::parse(&mut arguments),
        "spath" => spath::parse(&mut arguments),
        "tags" => tags::parse(&mut arguments),
        "tail" => tail::parse(&mut arguments),
        "top" => top::parse(&mut arguments),
        "transaction" => transaction::parse(&mut arguments),
        "union" => union::parse(&mut arguments),
        "untable" => untable::parse(&mut arguments),
        "utparseextended" => utparseextended::parse(&mut arguments),
        "utshannon" => utshannon::parse(&mut arguments),
        "xmlkv" => xmlkv::parse(&mut arguments),
        "xyseries" => xyseries::parse(&mut arguments),
        name if sink::is(name) => Some(sink::parse(&mut arguments, name)),
        name => {
            refusal::refuse(&mut arguments, name);
            None
        }
    };
    let after = findings.iter().filter(|finding| finding.code.is_error()).count();
    command.filter(|_| after == before)
}

/// Returns the commands of a `foreach` template whose placeholders are filled in, and what was found on the way; there are some
/// exactly if no finding is an error. Macros are not expanded.
#[must_use]
pub fn filled_template(text: &str) -> (Option<Vec<Step>>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let steps = foreach::body(&Expanded::plain(text), 0, text.len(), &mut findings);
    (steps, findings)
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
    fn examples_compile_and_use_their_command() {
        for doc in docs() {
            assert!(
                !doc.examples.is_empty() && doc.section.starts_with('§') && doc.summary.ends_with('.'),
                "{}",
                doc.name
            );
            for example in doc.examples {
                let (plan, findings) = compile(example, &Macros::shipped());
                assert!(plan.is_some(), "{example}: {findings:?}");
                let names = std::iter::once(&doc.name).chain(doc.aliases);
                assert!(doc.name == "search" || names.into_iter().any(|name| example.contains(name)), "{example}");
            }
        }
    }

    #[test]
    fn every_documented_name_is_parsed_and_documented_once() {
        let names = supported();
        for pair in names.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for name in names {
            let (_, findings) = compile(&format!("x | {name}"), &Macros::shipped());
            let unknown = [codes::UNKNOWN_COMMAND, codes::UNSUPPORTED_COMMAND];
            assert!(findings.iter().all(|finding| !unknown.contains(&finding.code)), "{name}");
        }
    }
}
