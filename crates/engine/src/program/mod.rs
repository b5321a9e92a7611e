//! All rules compiled: interned predicates, a filter and a pipeline per scan. Nothing here depends on an archive.

mod compile;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::tz::TimeZone;
use retrohunt_catalogue::Rule;
use retrohunt_enrich::Enrichment;
use retrohunt_profile::Markers;
use retrohunt_regex::Regex;
use retrohunt_spl::diagnostic::Diagnostic;
use retrohunt_spl::plan::{Comparison, Membership, Plan, RegexCommand, Term};
use retrohunt_spl::time;
use retrohunt_stages::predicate::{CompareTest, InTest, TermTest};
use retrohunt_stages::{Needs, Pipeline, Settings as PipelineSettings};

pub use compile::compile;
pub(crate) use compile::{Planned, assemble};

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
    /// Seed of `random()` (§6.5).
    pub seed: u64,
    /// Lookup tables and the location database (§5.13, §5.14).
    pub enrichment: Arc<Enrichment>,
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
            seed: 0,
            enrichment: Arc::default(),
        }
    }
}

impl Settings {
    /// Returns the settings of a pipeline whose rule has these bounds, the run's own taken in.
    #[must_use]
    pub fn pipeline(&self, earliest: Option<i64>, latest: Option<i64>) -> PipelineSettings {
        let (now, zone) = (self.now, self.zone.clone());
        PipelineSettings {
            timezone: zone.clone(),
            evidence: self.evidence,
            resolve_time: Some(Arc::new(move |text| {
                time::resolve(&text.0, now, &zone).ok().map(|time| time.unwrap_or(i64::MIN))
            })),
            now,
            bounds: (earliest, latest),
            seed: self.seed,
            enrichment: Arc::clone(&self.enrichment),
            ..PipelineSettings::default()
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
    /// Index in [`Program::bodies`] of what runs, unless the rule was refused.
    pub body: Option<usize>,
}

/// One scan: a filter and what happens to its rows. A rule has one, and one more for each subsearch that is an operand of a command.
pub struct Body {
    /// The rule that it is of, as an index in [`Program::rules`].
    pub rule: usize,
    /// Indices in [`Program::bodies`] of the subsearches whose results the pipeline takes, in the order of [`Pipeline::operands`].
    pub operands: Vec<usize>,
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
    /// What `a.b` in the plan's expressions would be as names of fields (§1.7.3).
    pub dotted: BTreeSet<String>,
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
    /// What is scanned, each of a rule that runs; operands come before those that take them.
    pub bodies: Vec<Body>,
    /// All predicates; [`PredicateId`] is the index.
    pub predicates: Vec<Predicate>,
    /// What holds for all rules.
    pub settings: Settings,
    /// Which terms and comparisons are class markers.
    pub markers: Markers,
}

impl Program {
    /// Returns what runs of a rule, unless it was refused.
    #[must_use]
    pub fn body(&self, rule: usize) -> Option<&Body> {
        self.bodies.get(self.rules.get(rule)?.body?)
    }
}
