//! `eventstats` (§5.11): aggregates of each row's group beside the row.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;
use retrohunt_spl::plan::StatsCommand;

use crate::aggregate::AllNum;
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::faults::fault;
use crate::group::{Assignment, GroupTable};
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::rows::numbered_batch;
use crate::stats::by_fields;
use crate::stats::slots::Slots;
use crate::table::{Table, Value};
use crate::table_stage::{Context, TableStage};

/// Most rows that the unions of groups may have in all.
const UNION_LIMIT: usize = 50_000_000;

/// An `eventstats` made ready.
#[derive(Debug)]
pub(crate) struct Eventstats {
    /// By-fields.
    by: Vec<Arc<str>>,
    /// The aggregates.
    slots: Slots,
    /// `dedup_splitvals`.
    dedup: bool,
    /// How many combinations of multivalue by-fields a row may have.
    split_limit: usize,
}

/// Rows in their groups.
struct Grouped {
    /// Rows and groups, unions of groups among them.
    assigned: Vec<Assignment>,
    /// How many groups there are.
    count: usize,
    /// The group whose values each row takes.
    takes: Vec<Option<u32>>,
}

impl Eventstats {
    /// Makes an `eventstats` ready.
    ///
    /// # Errors
    ///
    /// Those of [`by_fields`] and [`Slots::new`].
    pub(crate) fn new(command: &StatsCommand, settings: &Settings) -> Result<Self, PipelineError> {
        let by = by_fields(&command.by)?;
        let allnum = match (command.allnum, by.is_empty()) {
            (false, _) => AllNum::Off,
            (true, true) => AllNum::Field,
            (true, false) => AllNum::Group,
        };
        let slots = Slots::new(&command.aggregates, &by, allnum, settings)?;
        Ok(Self { by, slots, dedup: command.dedup_splitvals, split_limit: settings.split_limit })
    }

    /// The rows in their groups.
    fn assign(&self, batch: &Batch) -> Result<Grouped, PipelineError> {
        let view = |name: &Arc<str>| batch.column(name).map_or(Column::Missing, |array| Column::new(array));
        let by: Vec<Column<'_>> = self.by.iter().map(view).collect();
        let mut groups = GroupTable::new(by.len(), self.dedup, self.split_limit);
        let mut assigned = Vec::new();
        groups.assign(&by, batch.rows(), &mut assigned)?;
        let mut count = groups.len();
        let takes = unions(&mut assigned, batch.rows(), &mut count)?;
        Ok(Grouped { assigned, count, takes })
    }
}

/// The distinct groups of each row.
pub(super) fn groups_of_rows(assigned: &[Assignment], rows: usize) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new(); rows];
    for assignment in assigned {
        lists[assignment.row as usize].push(assignment.group);
    }
    for list in &mut lists {
        list.sort_unstable();
        list.dedup();
    }
    lists
}

/// Adds a group for every set of groups that some row is in: the union of their rows, each once. Returns which group's values each
/// row takes.
fn unions(assigned: &mut Vec<Assignment>, rows: usize, count: &mut usize) -> Result<Vec<Option<u32>>, PipelineError> {
    let lists = groups_of_rows(assigned, rows);
    let mut sets: BTreeMap<&[u32], u32> = BTreeMap::new();
    let mut takes = Vec::with_capacity(rows);
    for list in &lists {
        takes.push(match list.as_slice() {
            [] => None,
            [group] => Some(*group),
            set => {
                let next = u32::try_from(*count).unwrap_or(u32::MAX);
                Some(*sets.entry(set).or_insert_with(|| {
                    *count += 1;
                    next
                }))
            }
        });
    }
    if sets.is_empty() {
        return Ok(takes);
    }
    let mut unions_of: HashMap<u32, Vec<u32>> = HashMap::new();
    for (set, union) in &sets {
        set.iter().for_each(|group| unions_of.entry(*group).or_default().push(*union));
    }
    let plain = assigned.len();
    for (row, list) in (0_u32..).zip(&lists) {
        let mut joined: Vec<u32> = list.iter().filter_map(|group| unions_of.get(group)).flatten().copied().collect();
        joined.sort_unstable();
        joined.dedup();
        assigned.extend(joined.into_iter().map(|group| Assignment { row, group }));
        if assigned.len() - plain > UNION_LIMIT {
            let message = "multivalue by-fields put the rows into too many groups at once";
            return Err(PipelineError::new("E-STAGE-LIMIT", message));
        }
    }
    // Rows ascending, as an aggregate expects; the order within a row does not matter.
    assigned.sort_by_key(|assignment| assignment.row);
    Ok(takes)
}

impl TableStage for Eventstats {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let batch = numbered_batch(&table)?;
        let Grouped { assigned, count: groups, takes } = self.assign(&batch)?;
        let mut states = self.slots.states();
        self.slots.update(&mut states, &batch, (&assigned, groups), context.notes)?;
        for column in self.slots.finish(states, groups, &Layout::of_table(&table))? {
            let named = column.named || table.column(&column.name).is_some_and(|at| table.columns[at].named);
            let at = table.ensure_column(&column.name);
            table.columns[at].named = named;
            for (row, group) in table.rows.iter_mut().zip(&takes) {
                let value = group.and_then(|group| column.values.get(group as usize)).unwrap_or(&Value::Null);
                row.values[at] = value.clone().under(&column.name);
            }
        }
        if fault("stages-eventstats-drops-ungrouped") {
            let mut takes = takes.iter();
            table.rows.retain(|_| takes.next().is_some_and(Option::is_some));
        }
        Ok(table)
    }

    fn needs(&self, after: Needs) -> Needs {
        self.slots.needs(self.by.iter().fold(after, |needs, field| needs.and_field(field)))
    }
}
