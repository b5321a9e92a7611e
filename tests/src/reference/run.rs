//! The commands of a plan, one after the other.

use std::cell::RefCell;
use std::collections::BTreeSet;

use retrohunt_spl::plan::expr::ArithmeticOp;
use retrohunt_spl::plan::{
    Command, Expr, ExprKind, Over, Plan, RegexCommand, SearchExpr, StatsCommand, Step, TimeText,
};

use super::aggregate::is_timed;
use super::archive::Archive;
use super::bin::bin;
use super::clock;
use super::commands::{self, Runs};
use super::expression::{World, bad_pattern};
use super::output::Output;
use super::pattern::Pattern;
use super::project;
use super::row::{self, Row, RowSet};
use super::search::Search;
use super::settings::Settings;
use super::stats::stats;
use super::value::texts;

/// Why a rule cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of mistake: `regex`, `time` or `name`.
    pub kind: &'static str,
    /// The text at fault.
    pub text: String,
}

/// Returns the rows that a rule gives over an archive.
///
/// # Errors
///
/// If a pattern does not compile, a time bound is not a time, two output columns were given one name, or a command is not known here.
pub fn run(archive: &Archive, plan: &Plan, settings: &Settings) -> Result<Output, Refusal> {
    run_on(&Whole { archive, settings }, plan, settings)
}

/// Returns the rows that a rule gives over rows from elsewhere.
pub(super) fn run_on(base: &dyn Base, plan: &Plan, settings: &Settings) -> Result<Output, Refusal> {
    let runner = Runner { base, settings, notes: RefCell::default() };
    let rows = runner.plan(plan)?;
    let notes = runner.notes.into_inner();
    let output = Output::new(&rows, settings);
    Ok(Output { warnings: notes.warnings.into_iter().collect(), undecided: notes.undecided, ..output })
}

/// Where the rows of plans come from.
pub(super) trait Base {
    /// Returns the rows that the first command of a plan gets, in stream order (§4.7); a refusal if they are not to be had.
    fn rows(&self, plan: &Plan) -> Result<RowSet, Refusal>;
    /// Has the first command been applied to them already?
    fn searched(&self) -> bool;
}

/// All rows of an archive.
struct Whole<'a> {
    archive: &'a Archive,
    settings: &'a Settings,
}

impl Base for Whole<'_> {
    fn rows(&self, _plan: &Plan) -> Result<RowSet, Refusal> {
        Ok(row::read(self.archive, self.settings))
    }

    fn searched(&self) -> bool {
        false
    }
}

/// What was noticed while running.
#[derive(Debug, Default)]
struct Notes {
    warnings: BTreeSet<&'static str>,
    undecided: u64,
}

/// Runs plans, subsearches too.
struct Runner<'a> {
    base: &'a dyn Base,
    settings: &'a Settings,
    notes: RefCell<Notes>,
}

impl Runs for Runner<'_> {
    fn plan(&self, plan: &Plan) -> Result<RowSet, Refusal> {
        let generates = !matches!(plan.steps.first(), Some(Step { command: Command::Search(_), .. }));
        let rows = if generates { RowSet::default() } else { self.base.rows(plan)? };
        self.steps(plan, rows, true)
    }

    fn commands(&self, plan: &Plan, rows: RowSet) -> Result<RowSet, Refusal> {
        self.steps(plan, rows, false)
    }
}

impl Runner<'_> {
    /// Runs the commands of a plan on rows; `first`: its first command is the first of a search.
    fn steps(&self, plan: &Plan, mut rows: RowSet, first: bool) -> Result<RowSet, Refusal> {
        let settings = if first { searched(plan, self.settings) } else { self.settings.clone() };
        for (index, step) in plan.steps.iter().enumerate() {
            let done = first && index == 0 && self.base.searched();
            if done && matches!(step.command, Command::Search(_)) {
                continue;
            }
            let command = self.resolved(&step.command)?;
            rows = self.step(&command, rows, first && index == 0, &settings)?;
        }
        Ok(rows)
    }

    /// Runs one command.
    fn step(&self, command: &Command, mut rows: RowSet, first: bool, settings: &Settings) -> Result<RowSet, Refusal> {
        if let Some(text) = expressions(command).into_iter().find_map(bad_pattern) {
            return Err(Refusal { kind: "regex", text });
        }
        let world = World::new(settings);
        let joined = expressions(command).into_iter().flat_map(joined_names);
        if joined.into_iter().any(|name| rows.rows.iter().any(|row| row.input.contains(&name))) {
            world.warn("W-DOTTED-NAME");
        }
        if let Some(stats) = aggregates(command) {
            let sparks = stats.aggregates.iter().any(|aggregate| aggregate.sparkline.is_some());
            if sparks && !matches!(command, Command::Stats(_) | Command::Eventstats(_)) {
                return Err(Refusal { kind: "sparkline", text: "not known here".to_owned() });
            }
            let timeless = !rows.columns.iter().any(|column| column.name == "_time");
            if timeless && !rows.rows.is_empty() && stats.aggregates.iter().any(|aggregate| is_timed(aggregate.func)) {
                world.warn("W-NO-TIME");
            }
        }
        let mut notes = self.notes.borrow_mut();
        let rows = match command {
            Command::Search(command) => {
                let search =
                    Search::new(command, self.settings, first).map_err(|text| Refusal { kind: "time", text })?;
                rows.rows.retain(|row| search.keeps(row, &mut notes.warnings));
                rows
            }
            Command::Regex(command) => regex(rows, command, &mut notes)?,
            Command::Table(list) => project::table(rows, list),
            Command::Fields(command) => project::fields(rows, command),
            Command::Bin(command) => bin(rows, command, self.settings),
            Command::Stats(command) => stats(&rows, command, &world).map_err(|text| Refusal { kind: "name", text })?,
            other => {
                drop(notes);
                let rows = commands::run(other, rows, &world, self)?;
                notes = self.notes.borrow_mut();
                rows
            }
        };
        notes.undecided += world.undecided_rows.get();
        notes.warnings.extend(world.warnings.into_inner());
        Ok(rows)
    }

    /// The command with the subsearches of its condition run and their text put in place (§1.6.2).
    fn resolved(&self, command: &Command) -> Result<Command, Refusal> {
        let mut command = command.clone();
        match &mut command {
            Command::Search(search) => self.resolve_search(&mut search.expr)?,
            Command::Where(condition) => self.resolve_expr(condition)?,
            _ => {}
        }
        Ok(command)
    }

    /// The text of a subsearch's result.
    fn text(&self, plan: &Plan) -> Result<String, Refusal> {
        self.plan(plan).map(|rows| commands::formatted(&rows))
    }

    /// Puts results into a search condition.
    fn resolve_search(&self, expr: &mut SearchExpr) -> Result<(), Refusal> {
        match expr {
            SearchExpr::And(parts) | SearchExpr::Or(parts) => {
                parts.iter_mut().try_for_each(|part| self.resolve_search(part))
            }
            SearchExpr::Not(part) => self.resolve_search(part),
            SearchExpr::Subsearch(plan) => {
                let text = self.text(plan)?;
                *expr = retrohunt_spl::parse_search(&text).map_err(|_| Refusal { kind: "subsearch", text })?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Puts results into an expression.
    fn resolve_expr(&self, expr: &mut Expr) -> Result<(), Refusal> {
        match &mut expr.kind {
            ExprKind::Negate(inner) | ExprKind::Not(inner) => self.resolve_expr(inner),
            ExprKind::Arithmetic(_, left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::Logic(_, left, right) => {
                self.resolve_expr(left)?;
                self.resolve_expr(right)
            }
            ExprKind::Call(_, arguments) => arguments.iter_mut().try_for_each(|argument| self.resolve_expr(argument)),
            ExprKind::Subsearch(plan) => {
                let text = self.text(plan)?;
                *expr = retrohunt_spl::parse_expression(&text).map_err(|_| Refusal { kind: "subsearch", text })?;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The options with the bounds of time that a plan's first command searches (§4.6.7): those of the run and of the rule.
fn searched(plan: &Plan, settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    if let Some(Command::Search(search)) = plan.steps.first().map(|step| &step.command) {
        let bound = |text: &Option<TimeText>| text.as_ref().and_then(|text| clock::bound(&text.0, &settings));
        let (earliest, latest) = (bound(&search.earliest), bound(&search.latest));
        // The beginning of time is no bound.
        let earliest = earliest.filter(|earliest| *earliest > i64::MIN);
        settings.earliest = settings.earliest.into_iter().chain(earliest).max();
        settings.latest = settings.latest.into_iter().chain(latest).min();
    }
    settings
}

/// The aggregates of a command that has some.
fn aggregates(command: &Command) -> Option<&StatsCommand> {
    match command {
        Command::Stats(stats) | Command::Eventstats(stats) => Some(stats),
        Command::Streamstats(streamstats) => Some(&streamstats.stats),
        Command::Chart(chart) => Some(&chart.stats),
        _ => None,
    }
}

/// The expressions of a command.
fn expressions(command: &Command) -> Vec<&Expr> {
    let over = aggregates(command).into_iter().flat_map(|stats| &stats.aggregates);
    let over = over.filter_map(|aggregate| match &aggregate.over {
        Over::Eval(expr) => Some(expr),
        Over::Rows | Over::Field(_) => None,
    });
    match command {
        Command::Where(condition) => vec![condition],
        Command::Eval(assignments) => assignments.iter().map(|assignment| &assignment.value).collect(),
        Command::Head(head) => head.condition.iter().collect(),
        Command::Streamstats(options) => over.chain(&options.reset_before).chain(&options.reset_after).collect(),
        _ => over.collect(),
    }
}

/// What `a.b` in an expression would be as the name of a field (§1.7.3).
fn joined_names(expr: &Expr) -> Vec<String> {
    fn name(expr: &Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::Field(name) => Some(name.clone()),
            ExprKind::Arithmetic(ArithmeticOp::Concat, left, right) => Some(name(left)? + "." + &name(right)?),
            _ => None,
        }
    }
    let mut names = Vec::new();
    expr.walk(&mut |part| {
        if !matches!(part.kind, ExprKind::Field(_)) {
            names.extend(name(part));
        }
    });
    names
}

/// `regex` (§5.5).
fn regex(mut rows: RowSet, command: &RegexCommand, notes: &mut Notes) -> Result<RowSet, Refusal> {
    let pattern = Pattern::new(&command.pattern, &command.raw_pattern)
        .map_err(|error| Refusal { kind: "regex", text: error.0 })?;
    if pattern.rescued {
        notes.warnings.insert("W-REGEX-BACKSLASH");
    }
    let columns = rows.columns.clone();
    let keeps = |row: &Row| {
        let values = if command.field == "_raw" && !row.known.contains("_raw") {
            notes.warnings.insert("W-VIRTUAL-RAW");
            vec![row.virtual_raw(&columns)]
        } else {
            texts(row.get(&command.field))
        };
        let found: Vec<Option<bool>> = values.iter().map(|text| pattern.matches(text)).collect();
        // A match decides, whatever happened on other values; an undecided row is no hit (§5.6.8).
        let matched = if found.contains(&Some(true)) {
            Some(true)
        } else if found.contains(&None) {
            notes.undecided += 1;
            None
        } else {
            Some(false)
        };
        matched.is_some_and(|matched| matched != command.negated)
    };
    rows.rows.retain(keeps);
    Ok(rows)
}
