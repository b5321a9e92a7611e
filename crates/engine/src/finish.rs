//! The end of a run: states of all threads merged, pipelines finished, findings gathered by rule.

use std::collections::BTreeSet;

use retrohunt_spl::diagnostic::Code;
use retrohunt_stages::{Context, Notes, Runner, State, Table};

use crate::bound::Bound;
use crate::codes;
use crate::metrics::Metrics;
use crate::outcome::{Outcome, RuleOutcome};
use crate::program::{Body, Program};
use crate::schedule::merge;

/// What one thread gathered, by body.
pub(crate) struct Totals {
    /// States of the pipelines.
    pub(crate) states: Vec<Option<State>>,
    /// What went wrong in them.
    pub(crate) errors: Vec<Option<String>>,
    /// Rows on which a pattern of the filter gave up.
    pub(crate) undecided: Vec<u64>,
    /// Rows and bytes.
    pub(crate) metrics: Metrics,
}

impl Totals {
    /// Nothing yet.
    pub(crate) fn new(program: &Program) -> Self {
        let bodies = program.bodies.len();
        Self {
            states: (0..bodies).map(|_| None).collect(),
            errors: vec![None; bodies],
            undecided: vec![0; bodies],
            metrics: Metrics::default(),
        }
    }

    /// Takes what another thread gathered.
    fn absorb(&mut self, program: &Program, other: Self) {
        self.metrics += other.metrics;
        for (body, error) in other.errors.into_iter().enumerate() {
            if let Some(error) = error {
                self.errors[body].get_or_insert(error);
            }
        }
        for (body, rows) in other.undecided.into_iter().enumerate() {
            self.undecided[body] += rows;
        }
        for (body, state) in other.states.into_iter().enumerate() {
            if let Some(state) = state {
                merge(program, body, &mut self.states[body], state, &mut self.errors[body]);
            }
        }
    }
}

/// Finishes all pipelines; the outcome has rules and metrics only.
pub(crate) fn finish(program: &Program, totals: Vec<Totals>, bounds: &[&Bound], runner: &dyn Runner) -> Outcome {
    let mut total = Totals::new(program);
    totals.into_iter().for_each(|other| total.absorb(program, other));
    let mut notes = notes(program, bounds);
    let mut outcomes: Vec<RuleOutcome> = program.rules.iter().map(|_| RuleOutcome::default()).collect();
    let mut tables: Vec<Table> = Vec::with_capacity(program.bodies.len());
    for (index, body) in program.bodies.iter().enumerate() {
        let outcome = &mut outcomes[body.rule];
        outcome.undecided += total.undecided[index];
        if let Some(error) = total.errors[index].take() {
            outcome.error.get_or_insert(error);
        }
        let state = total.states[index].take().unwrap_or_else(|| body.pipeline.state());
        let mut found = Notes::default();
        let table = finish_body(body, state, &mut tables, &mut found, runner).unwrap_or_else(|error| {
            outcome.error.get_or_insert(error);
            Table::default()
        });
        outcome.undecided += found.undecided;
        notes[body.rule].extend(found.codes.into_iter().map(|(code, message)| (Code(code), message)));
        tables.push(table);
    }
    for ((outcome, rule), notes) in outcomes.iter_mut().zip(&program.rules).zip(notes) {
        if let Some(table) = rule.body.and_then(|body| tables.get_mut(body)) {
            outcome.table = std::mem::take(table);
        }
        outcome.notes = notes.into_iter().collect();
    }
    Outcome { rules: outcomes, metrics: total.metrics, ..Outcome::default() }
}

/// Finishes one pipeline. Its operands' tables are taken out of `tables`: each is used once.
fn finish_body(
    body: &Body,
    state: State,
    tables: &mut [Table],
    notes: &mut Notes,
    runner: &dyn Runner,
) -> Result<Table, String> {
    let operands: Vec<Table> =
        body.operands.iter().map(|operand| tables.get_mut(*operand).map(std::mem::take).unwrap_or_default()).collect();
    let mut context = Context { operands: &operands, runner: Some(runner), notes };
    body.pipeline.finish(state, &mut context).map_err(|error| error.to_string())
}

/// By rule: what its bindings had to say, and which of its fields are in no schema.
fn notes(program: &Program, bounds: &[&Bound]) -> Vec<BTreeSet<(Code, String)>> {
    let mut notes = vec![BTreeSet::new(); program.rules.len()];
    let mut absent: Vec<BTreeSet<String>> = vec![BTreeSet::new(); program.rules.len()];
    for (index, body) in program.bodies.iter().enumerate() {
        let mut schemas = bounds.iter().map(|bound| &bound.absent[index]);
        let mut names = schemas.next().cloned().unwrap_or_default();
        schemas.for_each(|absent| names.retain(|name| absent.contains(name)));
        absent[body.rule].extend(names);
    }
    for (notes, names) in notes.iter_mut().zip(absent) {
        if !names.is_empty() {
            let names: Vec<String> = names.into_iter().collect();
            notes.insert((codes::FIELD_ABSENT, format!("in no input file: {}", names.join(", "))));
        }
    }
    for bound in bounds {
        for (body, code, message) in &bound.notes {
            if let Some(body) = program.bodies.get(*body) {
                notes[body.rule].insert((*code, message.clone()));
            }
        }
    }
    notes
}
