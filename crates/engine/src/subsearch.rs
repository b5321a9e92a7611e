//! Searches that must run before others: subsearches in the text of a condition (§1.6.2), and those of `map` (§5.28).

use std::path::PathBuf;
use std::sync::Arc;

use retrohunt_spl::macros::Macros;
use retrohunt_spl::plan::{Command, Expr, ExprKind, Plan, SearchExpr};
use retrohunt_stages::{Runner, Table, format_rows};

use crate::outcome::Outcome;
use crate::program::{Planned, Program, Settings, assemble};
use crate::schedule::{Observer, Profiles, ScanOptions, pass};

/// Where searches run: everything of a run but its rules.
#[derive(Clone, Copy)]
pub(crate) struct Archive<'a> {
    /// The files, in path order.
    pub(crate) inputs: &'a [PathBuf],
    /// The profiles that may be applied.
    pub(crate) profiles: &'a Profiles,
    /// How the run goes over its input.
    pub(crate) options: &'a ScanOptions,
    /// Hears how it comes along.
    pub(crate) observer: &'a dyn Observer,
}

/// Passes on the wish to stop, but no progress: that is counted in the main pass.
struct Quiet<'a>(&'a dyn Observer);

impl Observer for Quiet<'_> {
    fn progress(&self, _bytes: u64, _rows: u64) {}

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

/// Runs the searches of `map`.
pub(crate) struct MapRunner<'a> {
    /// Where.
    pub(crate) archive: Archive<'a>,
    /// With which settings.
    pub(crate) settings: &'a Settings,
}

impl Runner for MapRunner<'_> {
    fn run(&self, searches: &[String]) -> Result<Vec<Table>, String> {
        let planned = |text: &String| {
            // The macros of a template were expanded with the rule.
            let (plan, findings) = retrohunt_spl::compile(text, &Macros::default());
            match (plan, findings.iter().find(|finding| finding.code.is_error())) {
                (Some(plan), _) => Ok(plan),
                (None, Some(finding)) => Err(format!("`{text}`: {}: {}", finding.code.0, finding.message)),
                (None, None) => Err(format!("`{text}` cannot run")),
            }
        };
        let plans = searches.iter().map(planned).collect::<Result<Vec<_>, _>>()?;
        tables(plans, self.archive, self.settings)
    }
}

/// Runs plans in one pass; the error is the first thing that went wrong.
fn tables(plans: Vec<Plan>, archive: Archive<'_>, settings: &Settings) -> Result<Vec<Table>, String> {
    let rule = Arc::new(retrohunt_catalogue::query(""));
    let planned =
        plans.into_iter().map(|plan| Planned { rule: Arc::clone(&rule), plan: Some(plan), findings: Vec::new() });
    let program = assemble(planned.collect(), settings).map_err(|error| error.to_string())?;
    for compiled in &program.rules {
        if let Some(finding) = compiled.findings.iter().find(|finding| finding.code.is_error()) {
            return Err(format!("{}: {}", finding.code.0, finding.message));
        }
    }
    let quiet = Quiet(archive.observer);
    let outcome = run(&program, Archive { observer: &quiet, ..archive });
    let unread = outcome.inputs.iter().find_map(|input| {
        let failed = input.failed.first().map(|(_, error)| error.clone());
        input.error.clone().or(failed).map(|error| format!("{}: {error}", input.path.display()))
    });
    if let Some(error) = unread.or(outcome.stopped) {
        return Err(format!("a subsearch did not see the whole input: {error}"));
    }
    let table = |rule: crate::RuleOutcome| match (rule.error, rule.undecided) {
        (Some(error), _) => Err(error),
        (None, 0) => Ok(rule.table),
        (None, rows) => Err(format!("a subsearch is undecided on {rows} rows")),
    };
    outcome.rules.into_iter().map(table).collect()
}

/// Runs a program, subsearches first: innermost ones of all rules in one pass, until none is left.
pub(crate) fn run(program: &Program, archive: Archive<'_>) -> Outcome {
    let plans = program.rules.iter().enumerate().filter_map(|(rule, compiled)| {
        let plan = &program.bodies.get(compiled.body?)?.plan;
        Some((rule, plan.clone()))
    });
    let mut waiting: Vec<(usize, Plan)> = plans.filter(|(_, plan)| holds_subsearch(plan)).collect();
    if waiting.is_empty() {
        return pass(program, archive);
    }
    let mut failures: Vec<(usize, String)> = Vec::new();
    while waiting.iter().any(|(_, plan)| holds_subsearch(plan)) {
        let mut inner = Vec::new();
        // Which places get a text now: putting one in makes the place around it an innermost one, whose turn is the next round.
        let mut due = Vec::new();
        for (_, plan) in &mut waiting {
            visit(plan, &mut |node| {
                let innermost = node.innermost();
                due.push(innermost.is_some());
                inner.extend(innermost);
            });
        }
        let texts = tables(inner, archive, &program.settings).and_then(|tables| {
            let texts: Result<Vec<String>, _> = tables.iter().map(format_rows).collect();
            texts.map_err(|error| error.to_string())
        });
        match texts {
            Ok(texts) => {
                let (mut texts, mut due) = (texts.into_iter(), due.into_iter());
                waiting.retain_mut(|(rule, plan)| {
                    let mut failed: Option<String> = None;
                    visit(plan, &mut |node| {
                        if due.next() == Some(true)
                            && let Some(text) = texts.next()
                            && let Err(error) = node.put(&text)
                        {
                            failed.get_or_insert(error);
                        }
                    });
                    let resolved = failed.is_none();
                    failures.extend(failed.map(|error| (*rule, error)));
                    resolved
                });
            }
            Err(error) => failures.extend(waiting.drain(..).map(|(rule, _)| (rule, error.clone()))),
        }
    }
    let planned = program.rules.iter().enumerate().map(|(index, compiled)| {
        let resolved = waiting.iter().find(|(rule, _)| *rule == index).map(|(_, plan)| plan.clone());
        let own = program.body(index).map(|body| body.plan.clone());
        let failed = failures.iter().any(|(rule, _)| *rule == index);
        let plan = if failed { None } else { resolved.or(own) };
        Planned { rule: Arc::clone(&compiled.rule), plan, findings: Vec::new() }
    });
    let mut outcome = match assemble(planned.collect(), &program.settings) {
        Ok(resolved) => {
            let mut outcome = pass(&resolved, archive);
            for (outcome, compiled) in outcome.rules.iter_mut().zip(&resolved.rules) {
                if let Some(finding) = compiled.findings.iter().find(|finding| finding.code.is_error()) {
                    outcome.error = Some(format!("{}: {}", finding.code.0, finding.message));
                }
            }
            outcome
        }
        Err(error) => Outcome { stopped: Some(error.to_string()), ..Outcome::default() },
    };
    for (rule, error) in failures {
        if let Some(outcome) = outcome.rules.get_mut(rule) {
            outcome.error.get_or_insert(error);
        }
    }
    outcome
}

/// A place in a plan where a subsearch's result is put as text.
enum Node<'a> {
    /// In a search condition.
    Search(&'a mut SearchExpr),
    /// In an expression.
    Expr(&'a mut Expr),
}

impl Node<'_> {
    /// The subsearch, if it holds no further one.
    fn innermost(&self) -> Option<Plan> {
        let plan = match self {
            Self::Search(SearchExpr::Subsearch(plan)) => plan,
            Self::Expr(Expr { kind: ExprKind::Subsearch(plan), .. }) => plan,
            _ => return None,
        };
        (!holds_subsearch(plan)).then(|| Plan::clone(plan))
    }

    /// Puts the condition that a text spells in its place; the error says what is wrong with the text.
    fn put(&mut self, text: &str) -> Result<(), String> {
        let wrong = |finding: Option<&retrohunt_spl::diagnostic::Diagnostic>| {
            let reason = finding.map_or("it is no condition", |finding| finding.message.as_str());
            format!("the result of a subsearch, `{text}`, cannot be read: {reason}")
        };
        match self {
            Self::Search(place) => {
                **place = retrohunt_spl::parse_search(text).map_err(|findings| wrong(findings.first()))?;
            }
            Self::Expr(place) => {
                **place = retrohunt_spl::parse_expression(text).map_err(|findings| wrong(findings.first()))?;
            }
        }
        Ok(())
    }
}

/// The command with a true condition for each subsearch of its expressions, so that it can be made ready before they have run.
pub(crate) fn stand_in(command: &Command) -> Command {
    let mut command = command.clone();
    if let Command::Where(expr) = &mut command {
        visit_expr(expr, &mut |node| {
            // The text is a condition.
            let _ = node.put("1=1");
        });
    }
    command
}

/// Does a subsearch stand in the text of some condition of the plan?
fn holds_subsearch(plan: &Plan) -> bool {
    let mut found = false;
    visit(&mut plan.clone(), &mut |_| found = true);
    found
}

/// Calls `on` for every subsearch in a condition, innermost first, always in the same order.
fn visit(plan: &mut Plan, on: &mut dyn FnMut(&mut Node<'_>)) {
    for step in &mut plan.steps {
        match &mut step.command {
            Command::Search(search) => visit_search(&mut search.expr, on),
            Command::Where(expr) => visit_expr(expr, on),
            Command::Eval(assignments) => {
                assignments.iter_mut().for_each(|assignment| visit_expr(&mut assignment.value, on));
            }
            Command::Join(join) => visit(&mut join.subsearch, on),
            Command::Append(plan) | Command::AppendPipe(plan) => visit(plan, on),
            Command::AppendCols { subsearch, .. } => visit(subsearch, on),
            Command::MultiSearch(plans) | Command::Union(plans) => plans.iter_mut().for_each(|plan| visit(plan, on)),
            _ => {}
        }
    }
}

/// The subsearches of a search condition.
fn visit_search(expr: &mut SearchExpr, on: &mut dyn FnMut(&mut Node<'_>)) {
    match expr {
        SearchExpr::And(parts) | SearchExpr::Or(parts) => parts.iter_mut().for_each(|part| visit_search(part, on)),
        SearchExpr::Not(part) => visit_search(part, on),
        SearchExpr::Subsearch(plan) => {
            visit(plan, on);
            on(&mut Node::Search(expr));
        }
        _ => {}
    }
}

/// The subsearches of an expression.
fn visit_expr(expr: &mut Expr, on: &mut dyn FnMut(&mut Node<'_>)) {
    match &mut expr.kind {
        ExprKind::Negate(inner) | ExprKind::Not(inner) => visit_expr(inner, on),
        ExprKind::Arithmetic(_, left, right) | ExprKind::Compare(_, left, right) | ExprKind::Logic(_, left, right) => {
            visit_expr(left, on);
            visit_expr(right, on);
        }
        ExprKind::Call(_, arguments) => arguments.iter_mut().for_each(|argument| visit_expr(argument, on)),
        ExprKind::Subsearch(plan) => {
            visit(plan, on);
            on(&mut Node::Expr(expr));
        }
        _ => {}
    }
}
