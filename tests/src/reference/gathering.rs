//! Plans over an archive too large to hold: files come one after the other, and only rows that pass a plan's first condition stay.
//!
//! That is sound because the first condition looks at one row at a time (§1.1.2, §4.7): leaving out rows that it drops changes no later
//! command.

use std::collections::BTreeSet;
use std::rc::Rc;

use retrohunt_spl::plan::{Command, Plan, SearchExpr};

use super::archive::File;
use super::output::Output;
use super::row::{self, Row, RowSet};
use super::run::{Base, Refusal, run_on};
use super::search::Search;
use super::settings::Settings;

/// Plans and the rows that they keep so far.
pub struct Gathering<'a> {
    settings: &'a Settings,
    /// One entry a plan that reads the archive: the plans asked for, and those inside them.
    kept: Vec<Kept<'a>>,
    /// Column names of the files so far, and mapped names.
    names: (Vec<String>, Vec<String>),
    /// A plan that keeps more rows is given up.
    most: usize,
}

/// The rows that pass the first condition of a plan.
struct Kept<'a> {
    plan: &'a Plan,
    search: Search<'a>,
    /// In order of files and rows.
    rows: Vec<(Option<i64>, Rc<Row>)>,
    /// More rows passed than may be held.
    full: bool,
}

impl<'a> Gathering<'a> {
    /// Returns a gathering for plans, which keep up to `most` rows each.
    ///
    /// # Errors
    ///
    /// If a time bound is not a time, or a first condition holds a subsearch: what it asks is then known only after all files.
    pub fn new(plans: &[&'a Plan], settings: &'a Settings, most: usize) -> Result<Self, Refusal> {
        let mut gathering = Self { settings, kept: Vec::new(), names: Default::default(), most };
        for plan in plans {
            gathering.watch(plan)?;
        }
        Ok(gathering)
    }

    /// Adds a plan and those inside it.
    fn watch(&mut self, plan: &'a Plan) -> Result<(), Refusal> {
        if let Some(Command::Search(command)) = plan.steps.first().map(|step| &step.command) {
            if has_subsearch(&command.expr) {
                return Err(Refusal { kind: "gathering", text: "a subsearch in the first condition".to_owned() });
            }
            let search = Search::new(command, self.settings, true).map_err(|text| Refusal { kind: "time", text })?;
            self.kept.push(Kept { plan, search, rows: Vec::new(), full: false });
        }
        plan.steps.iter().flat_map(|step| inside(&step.command)).try_for_each(|plan| self.watch(plan))
    }

    /// Adds the rows of a file. Files come in order of their names.
    pub fn add(&mut self, file: &File) {
        self.names.0.extend(file.columns.iter().map(|column| column.name.clone()));
        self.names.1.extend(file.mapping.iter().flat_map(|mapping| mapping.names()));
        let mut warnings = BTreeSet::new();
        row::each(file, self.settings, &mut |time, row| {
            // What later commands need of a kept row is made once, for all plans.
            let mut shared = None;
            for kept in self.kept.iter_mut().filter(|kept| !kept.full) {
                if kept.search.keeps(&row, &mut warnings) {
                    let row = shared.get_or_insert_with(|| Rc::new(row.clone().without_term_texts()));
                    kept.rows.push((time, Rc::clone(row)));
                    kept.full = kept.rows.len() > self.most;
                }
                if kept.full {
                    kept.rows = Vec::new();
                }
            }
        });
    }

    /// Returns what a plan gives; `None` if it, or one inside it, keeps too many rows.
    ///
    /// # Errors
    ///
    /// As [`run`](super::run).
    pub fn run(&self, plan: &Plan) -> Result<Option<Output>, Refusal> {
        let output = run_on(self, plan, self.settings)?;
        Ok((!self.full(plan)).then_some(output))
    }

    /// Does a plan, or one inside it, keep too many rows?
    fn full(&self, plan: &Plan) -> bool {
        let own = self.kept.iter().any(|kept| kept.full && kept.plan == plan);
        own || plan.steps.iter().flat_map(|step| inside(&step.command)).any(|plan| self.full(plan))
    }
}

impl Base for Gathering<'_> {
    fn rows(&self, plan: &Plan) -> Result<RowSet, Refusal> {
        let Some(kept) = self.kept.iter().find(|kept| kept.plan == plan) else {
            return Err(Refusal { kind: "gathering", text: "a plan that was not known beforehand".to_owned() });
        };
        let mut rows: Vec<&(Option<i64>, Rc<Row>)> = kept.rows.iter().collect();
        // The sort is stable, so equal times keep the order of files and rows.
        rows.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        let rows = rows.into_iter().map(|(_, row)| Row::clone(row)).collect();
        Ok(RowSet { columns: row::columns(self.names.0.clone(), self.names.1.clone()), rows })
    }

    fn searched(&self) -> bool {
        true
    }
}

/// Returns the plans in a command that read the archive themselves.
fn inside(command: &Command) -> Vec<&Plan> {
    match command {
        Command::Append(plan) | Command::AppendCols { subsearch: plan, .. } => vec![plan],
        Command::Join(join) => vec![&join.subsearch],
        Command::MultiSearch(plans) | Command::Union(plans) => plans.iter().collect(),
        _ => Vec::new(),
    }
}

/// Does a condition hold a subsearch?
fn has_subsearch(expr: &SearchExpr) -> bool {
    match expr {
        SearchExpr::Subsearch(_) => true,
        SearchExpr::Not(inner) => has_subsearch(inner),
        SearchExpr::And(members) | SearchExpr::Or(members) => members.iter().any(has_subsearch),
        _ => false,
    }
}
