//! From rules to a program.

use std::collections::HashMap;
use std::sync::Arc;

use retrohunt_catalogue::Rule;
use retrohunt_profile::Markers;
use retrohunt_regex::{Budget, Regex};
use retrohunt_spl::diagnostic::{Code, Diagnostic};
use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::{Command, CompareOp, Glob, Plan, RegexCommand, SearchExpr, Step, Term, TermKind};
use retrohunt_spl::span::Span;
use retrohunt_spl::{print, time};
use retrohunt_stages::Pipeline;
use retrohunt_stages::predicate::{CompareTest, InTest, TermTest};

use super::{Body, CompiledRule, Predicate, PredicateId, Program, Settings, Tree};
use crate::codes;
use crate::dotted;
use crate::error::Error;
use crate::subsearch;

/// Returns the rules compiled; a rule that cannot run is in the program with its findings and without a body.
///
/// # Errors
///
/// If the shipped table of class markers cannot be read, which the tests rule out.
pub fn compile(rules: &[Arc<Rule>], macros: &Macros, settings: &Settings) -> Result<Program, Error> {
    let planned = rules.iter().map(|rule| {
        let (plan, findings) = retrohunt_spl::compile(&rule.logic, macros);
        Planned { rule: Arc::clone(rule), plan, findings }
    });
    assemble(planned.collect(), settings)
}

/// A rule whose text was read.
pub(crate) struct Planned {
    /// The rule.
    pub(crate) rule: Arc<Rule>,
    /// Its plan, unless it was refused.
    pub(crate) plan: Option<Plan>,
    /// What was found about its text.
    pub(crate) findings: Vec<Diagnostic>,
}

/// Returns the program of rules whose texts were read.
///
/// # Errors
///
/// As [`compile`].
pub(crate) fn assemble(rules: Vec<Planned>, settings: &Settings) -> Result<Program, Error> {
    let markers = Markers::shipped().map_err(|error| Error::internal(error.to_string()))?;
    let mut compiler = Compiler {
        settings,
        budget: Budget::new(settings.automata_bytes),
        predicates: Vec::new(),
        interned: HashMap::new(),
        bodies: Vec::new(),
        findings: Vec::new(),
    };
    let rules = rules.into_iter().enumerate().map(|(index, rule)| compiler.rule(index, rule)).collect();
    let Compiler { bodies, predicates, .. } = compiler;
    Ok(Program { rules, bodies, predicates, settings: settings.clone(), markers })
}

/// How deep subsearches may be nested.
const SUBSEARCH_DEPTH: usize = 16;

/// State shared by the rules of one compilation.
struct Compiler<'a> {
    settings: &'a Settings,
    budget: Arc<Budget>,
    predicates: Vec<Predicate>,
    /// Predicates by their canonical text.
    interned: HashMap<String, PredicateId>,
    /// What is scanned, so far.
    bodies: Vec<Body>,
    /// Findings about the current rule.
    findings: Vec<Diagnostic>,
}

impl Compiler<'_> {
    /// Compiles one rule.
    fn rule(&mut self, index: usize, planned: Planned) -> CompiledRule {
        self.findings = planned.findings;
        let (bodies, predicates) = (self.bodies.len(), self.predicates.len());
        let body = planned.plan.and_then(|plan| self.body(index, plan, 0));
        if body.is_none() {
            // What a refused rule has left behind runs for nobody.
            self.bodies.truncate(bodies);
            self.predicates.truncate(predicates);
            self.interned.retain(|_, id| id.index() < predicates);
        }
        CompiledRule { rule: planned.rule, findings: std::mem::take(&mut self.findings), body }
    }

    /// Splits a plan into filter and pipeline; returns its index in [`Program::bodies`], where its operands stand before it.
    fn body(&mut self, rule: usize, plan: Plan, depth: usize) -> Option<usize> {
        if depth > SUBSEARCH_DEPTH {
            let span = plan.steps.first().map_or(Span::default(), |step| step.span);
            let message = "subsearches are nested too deeply";
            self.findings.push(Diagnostic::new(retrohunt_spl::diagnostic::codes::TOO_DEEP, span, message));
            return None;
        }
        let (mut filters, mut fused) = (Vec::new(), 0);
        let (mut earliest, mut latest) = (self.settings.earliest, self.settings.latest);
        // Searches and patterns before the first other command are one filter. A filter behind a projection stays in the pipeline: it
        // looks at the projected fields only (§3.15), and the rows it would save are few by then.
        let generates = !matches!(plan.steps.first(), Some(Step { command: Command::Search(_), .. }));
        for step in &plan.steps {
            match &step.command {
                // A generating command makes its own rows: none of the input passes.
                _ if generates => {
                    filters.push(Tree::Or(Vec::new()));
                    break;
                }
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
        let commands: Vec<Command> =
            plan.steps[fused..].iter().map(|step| subsearch::stand_in(&step.command)).collect();
        let settings = self.settings.pipeline(earliest, latest);
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
        let operands = pipeline.operands().to_vec();
        let operands = operands.into_iter().map(|plan| self.body(rule, plan, depth + 1)).collect::<Option<Vec<_>>>()?;
        let filter = and(filters);
        let dotted = dotted::names(&plan);
        self.bodies.push(Body { rule, operands, plan, fused, filter, earliest, latest, pipeline, needs, dotted });
        Some(self.bodies.len() - 1)
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
                    let glob = Glob::new(&text);
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
                let term = Term { glob: Glob::new("*"), kind: TermKind::Plain, span: Span::default() };
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
