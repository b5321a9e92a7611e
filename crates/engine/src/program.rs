//! All rules compiled: interned predicates, one filter and one pipeline per rule. Nothing here depends on an archive.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use retrohunt_catalogue::Rule;
use retrohunt_profile::Markers;
use retrohunt_regex::{Budget, Regex};
use retrohunt_spl::diagnostic::{Code, Diagnostic};
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::{Command, CompareOp, Comparison, Membership, Plan, RegexCommand, SearchExpr, Term, TermKind};
use retrohunt_spl::span::Span;
use retrohunt_spl::{print, time};
use retrohunt_stages::predicate::{CompareTest, InTest, TermTest};
use retrohunt_stages::{Needs, Pipeline, Settings as PipelineSettings};

use crate::codes;
use crate::error::Error;

/// What holds for all rules of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// "Now" for relative times, in microseconds since the epoch (§4.6.3).
    pub now: i64,
    /// Zone of snapping, calendar bins and times without an offset (§4.6.2).
    pub zone: TimeZone,
    /// Lower bound of the run, inclusive; intersects a rule's own (§4.6.7).
    pub earliest: Option<i64>,
    /// Upper bound of the run, exclusive.
    pub latest: Option<i64>,
    /// Source positions kept per result row.
    pub evidence: usize,
    /// Does a product's marker also stand for the class of events it names (§2.8.2)?
    pub class_markers: bool,
    /// Bytes that all automata and their caches may take together.
    pub automata_bytes: usize,
    /// Search without vector instructions, for tests.
    pub scalar: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            now: 0,
            zone: TimeZone::UTC,
            earliest: None,
            latest: None,
            evidence: 0,
            class_markers: true,
            automata_bytes: 64 << 20,
            scalar: false,
        }
    }
}

/// Index of a predicate in its [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PredicateId(pub u32);

impl PredicateId {
    /// As an index.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A test on one row, shared by all rules that spell it.
pub enum Predicate {
    /// A term in the row's reference texts.
    Term {
        /// As planned.
        term: Term,
        /// Compiled.
        test: TermTest,
    },
    /// A comparison.
    Compare {
        /// As planned.
        comparison: Comparison,
        /// Compiled.
        test: CompareTest,
        /// For `name::value`: the term it is where the input has no such field (§3.11).
        term: Option<PredicateId>,
    },
    /// An IN.
    In {
        /// As planned.
        membership: Membership,
        /// Compiled.
        test: InTest,
    },
    /// A `regex` command.
    Regex {
        /// As planned.
        command: RegexCommand,
        /// Compiled.
        regex: Arc<Regex>,
    },
}

/// A Boolean tree over predicates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Every row.
    All,
    /// All of them.
    And(Vec<Tree>),
    /// Any of them.
    Or(Vec<Tree>),
    /// Not this one.
    Not(Box<Tree>),
    /// A predicate; `first` where it stands in the first stage, where class markers hold (§2.8.1).
    Leaf {
        /// The predicate.
        id: PredicateId,
        /// Does it stand in the first stage?
        first: bool,
    },
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It runs.
    Runs,
    /// It runs, and something about it is worth knowing.
    RunsWithWarnings,
    /// It does not run.
    NotRunnable,
}

/// One rule, compiled or refused.
pub struct CompiledRule {
    /// The rule.
    pub rule: Arc<Rule>,
    /// What was found about it.
    pub findings: Vec<Diagnostic>,
    /// What runs, unless the rule was refused.
    pub body: Option<Body>,
}

/// The part of a rule that runs.
pub struct Body {
    /// The plan.
    pub plan: Plan,
    /// How many of the plan's first commands the filter stands for.
    pub fused: usize,
    /// Which rows pass.
    pub filter: Tree,
    /// Lower time bound, inclusive, microseconds.
    pub earliest: Option<i64>,
    /// Upper time bound, exclusive.
    pub latest: Option<i64>,
    /// What happens to the rows that pass.
    pub pipeline: Pipeline,
    /// Which fields the pipeline reads.
    pub needs: Needs,
}

impl CompiledRule {
    /// Returns what became of the rule.
    #[must_use]
    pub fn status(&self) -> Status {
        match (&self.body, self.findings.is_empty()) {
            (None, _) => Status::NotRunnable,
            (Some(_), true) => Status::Runs,
            (Some(_), false) => Status::RunsWithWarnings,
        }
    }
}

/// All rules of a run.
pub struct Program {
    /// In the order given.
    pub rules: Vec<CompiledRule>,
    /// All predicates; [`PredicateId`] is the index.
    pub predicates: Vec<Predicate>,
    /// What holds for all rules.
    pub settings: Settings,
    /// Which terms and comparisons are class markers.
    pub markers: Markers,
}

/// Returns the rules compiled; a rule that cannot run is in the program with its findings and without a body.
///
/// # Errors
///
/// If the shipped table of class markers cannot be read, which the tests rule out.
pub fn compile(rules: &[Arc<Rule>], macros: &Macros, settings: &Settings) -> Result<Program, Error> {
    let budget = Budget::new(settings.automata_bytes);
    let markers = Markers::shipped().map_err(|error| Error::internal(error.to_string()))?;
    let mut compiler =
        Compiler { settings, budget, markers, predicates: Vec::new(), interned: HashMap::new(), findings: Vec::new() };
    let rules = rules.iter().map(|rule| compiler.rule(rule, macros)).collect();
    Ok(Program { rules, predicates: compiler.predicates, settings: settings.clone(), markers: compiler.markers })
}

/// State shared by the rules of one compilation.
struct Compiler<'a> {
    settings: &'a Settings,
    budget: Arc<Budget>,
    markers: Markers,
    predicates: Vec<Predicate>,
    /// Predicates by their canonical text.
    interned: HashMap<String, PredicateId>,
    /// Findings about the current rule.
    findings: Vec<Diagnostic>,
}

impl Compiler<'_> {
    /// Compiles one rule.
    fn rule(&mut self, rule: &Arc<Rule>, macros: &Macros) -> CompiledRule {
        let (plan, findings) = retrohunt_spl::compile(&rule.logic, macros);
        self.findings = findings;
        let body = plan.and_then(|plan| self.body(plan));
        let findings = std::mem::take(&mut self.findings);
        CompiledRule { rule: Arc::clone(rule), findings, body }
    }

    /// Splits a plan into filter and pipeline.
    fn body(&mut self, plan: Plan) -> Option<Body> {
        let (mut filters, mut fused) = (Vec::new(), 0);
        let (mut earliest, mut latest) = (self.settings.earliest, self.settings.latest);
        // Searches and patterns before the first other command are one filter. A filter behind a projection stays in the pipeline: it
        // looks at the projected fields only (§3.15), and the rows it would save are few by then.
        for step in &plan.steps {
            match &step.command {
                Command::Search(search) => {
                    filters.push(self.tree(&search.expr, fused == 0));
                    let lower = search.earliest.as_ref().and_then(|text| self.time(&text.0, step.span));
                    let upper = search.latest.as_ref().and_then(|text| self.time(&text.0, step.span));
                    earliest = earliest.max(lower);
                    latest = match (latest, upper) {
                        (Some(a), Some(b)) => Some(a.min(b)),
                        (a, b) => a.or(b),
                    };
                }
                Command::Regex(command) => {
                    let id = self.regex(command, step.span)?;
                    filters.push(Tree::Leaf { id, first: false });
                }
                _ => break,
            }
            fused += 1;
        }
        let commands: Vec<Command> = plan.steps[fused..].iter().map(|step| step.command.clone()).collect();
        let (now, zone) = (self.settings.now, self.settings.zone.clone());
        let settings = PipelineSettings {
            timezone: zone.clone(),
            evidence: self.settings.evidence,
            resolve_time: Some(Arc::new(move |text| {
                time::resolve(&text.0, now, &zone).ok().map(|time| time.unwrap_or(i64::MIN))
            })),
            ..PipelineSettings::default()
        };
        let pipeline = match Pipeline::new(&commands, &settings) {
            Ok(pipeline) => pipeline,
            Err(error) => {
                let span =
                    plan.steps.get(fused + error.command_index.unwrap_or(0)).map_or(Span::default(), |step| step.span);
                self.findings.push(Diagnostic::new(Code(error.code), span, error.message));
                return None;
            }
        };
        let needs = pipeline.needs();
        Some(Body { plan, fused, filter: and(filters), earliest, latest, pipeline, needs })
    }

    /// Resolves a time bound; the parser has already checked its form.
    fn time(&mut self, text: &str, span: Span) -> Option<i64> {
        match time::resolve(text, self.settings.now, &self.settings.zone) {
            // The beginning of time is a bound too: a row without a time does not pass it (§4.6.8).
            Ok(time) => Some(time.unwrap_or(i64::MIN)),
            Err(message) => {
                self.findings.push(Diagnostic::new(codes::TIME_RANGE, span, message));
                None
            }
        }
    }

    /// Compiles a search condition.
    fn tree(&mut self, expr: &SearchExpr, first: bool) -> Tree {
        match expr {
            SearchExpr::All => Tree::All,
            SearchExpr::And(parts) => and(parts.iter().map(|part| self.tree(part, first)).collect()),
            SearchExpr::Or(parts) => Tree::Or(parts.iter().map(|part| self.tree(part, first)).collect()),
            SearchExpr::Not(part) => Tree::Not(Box::new(self.tree(part, first))),
            leaf => Tree::Leaf { id: self.leaf(leaf), first },
        }
    }

    /// Interns a leaf of a search condition.
    fn leaf(&mut self, leaf: &SearchExpr) -> PredicateId {
        let key = print::expr(leaf);
        if let Some(id) = self.interned.get(&key) {
            return *id;
        }
        let predicate = match leaf {
            SearchExpr::Compare(comparison) => {
                let term = (comparison.op == CompareOp::Indexed).then(|| {
                    let text = format!("{}::{}", comparison.field.name, comparison.value.text());
                    let glob = retrohunt_spl::plan::Glob::new(&text);
                    self.leaf(&SearchExpr::Term(Term { glob, kind: TermKind::Plain, span: comparison.span }))
                });
                let test = CompareTest::new(comparison.op, &comparison.value, comparison.case);
                Predicate::Compare { comparison: comparison.clone(), test, term }
            }
            SearchExpr::In(membership) => {
                Predicate::In { membership: membership.clone(), test: InTest::new(&membership.values) }
            }
            SearchExpr::Term(term) => Predicate::Term { term: term.clone(), test: TermTest::new(term) },
            // The callers take the tree apart; what arrives here is a leaf.
            SearchExpr::All
            | SearchExpr::And(_)
            | SearchExpr::Or(_)
            | SearchExpr::Not(_)
            | SearchExpr::Subsearch(_) => {
                let term =
                    Term { glob: retrohunt_spl::plan::Glob::new("*"), kind: TermKind::Plain, span: Span::default() };
                Predicate::Term { test: TermTest::new(&term), term }
            }
        };
        self.intern(key, predicate)
    }

    /// Compiles and interns a pattern; `None` and a finding where it does not compile.
    fn regex(&mut self, command: &RegexCommand, span: Span) -> Option<PredicateId> {
        let key = print::command(&Command::Regex(command.clone()));
        if let Some(id) = self.interned.get(&key) {
            return Some(*id);
        }
        let (regex, notes) = match Regex::with_budget(&command.pattern, &self.budget) {
            Ok(compiled) => compiled,
            // Rescue (§1.4.4): the pattern as written, if only that compiles.
            Err(error) => match Regex::with_budget(&command.raw_pattern, &self.budget) {
                Ok(compiled) if command.raw_pattern != command.pattern => {
                    let message =
                        "the pattern only compiles without removing the rule's own backslash escapes, and was read so";
                    self.findings.push(Diagnostic::new(codes::REGEX_BACKSLASH, span, message));
                    compiled
                }
                _ => {
                    let message = format!("the pattern does not compile, at byte {}: {}", error.offset, error.message);
                    self.findings.push(Diagnostic::new(Code(error.code), span, message).help(error.help));
                    return None;
                }
            },
        };
        self.findings.extend(notes.into_iter().map(|note| Diagnostic::new(Code(note.code), span, note.message)));
        if let Some(word) = single_backslash(&command.raw_pattern) {
            let message =
                format!("`\\\\{word}` is one backslash for SPL, so the pattern's own meaning of `\\{word}` holds");
            let help = "write four backslashes for one literal backslash";
            self.findings.push(Diagnostic::new(codes::REGEX_BACKSLASH, span, message).help(help));
        }
        Some(self.intern(key, Predicate::Regex { command: command.clone(), regex: Arc::new(regex) }))
    }

    /// Adds a predicate.
    fn intern(&mut self, key: String, predicate: Predicate) -> PredicateId {
        let id = PredicateId(u32::try_from(self.predicates.len()).unwrap_or(u32::MAX));
        self.predicates.push(predicate);
        self.interned.insert(key, id);
        id
    }
}

/// Returns the letter behind a `\\\\` that stands alone before it: as a pattern that is an escape, not a backslash (§1.4.4).
fn single_backslash(raw: &str) -> Option<char> {
    let mut run = 0_usize;
    for c in raw.chars() {
        if c == '\\' {
            run += 1;
            continue;
        }
        if run == 2 && c.is_ascii_alphabetic() {
            return Some(c);
        }
        run = 0;
    }
    None
}

/// Joins by AND, flattening.
fn and(parts: Vec<Tree>) -> Tree {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Tree::All => {}
            Tree::And(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Tree::All,
        1 => flat.remove(0),
        _ => Tree::And(flat),
    }
}
