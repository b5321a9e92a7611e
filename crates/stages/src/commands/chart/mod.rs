//! `chart` and `timechart` (§5.23.1, §5.23.2): a row per value of one field, a column per value of another.
//!
//! Rows are grouped by both fields and aggregated. If there are more series than the limit, those with the least score are put into
//! one, and the rows are aggregated again: a mean or a count of distinct texts cannot be made of the parts' results.

mod buckets;

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use retrohunt_spl::plan::expr::Literal;
use retrohunt_spl::plan::{AggregateFunc, BinCommand, BinOptions, ChartCommand, ChartLimit};

use self::buckets::Buckets;
use super::xyseries::{natural, series_name};
use super::{Wide, check_cells, column_array, merged_evidence, set_column};
use crate::aggregate::AllNum;
use crate::batch::TIME;
use crate::bin::auto::AutoBin;
use crate::bin::{Bin, Origin};
use crate::error::PipelineError;
use crate::group::{Assignment, GroupTable};
use crate::kernels::number::seconds;
use crate::kernels::total::Total;
use crate::kernels::value::Column;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::pipeline::Settings;
use crate::rows::numbered_batch;
use crate::stats::names::Candidate;
use crate::stats::order::by_value;
use crate::stats::slots::Slots;
use crate::table::{Table, TableColumn, TableRow, Value};
use crate::table_stage::{Context, TableStage};

/// A `chart` or `timechart` made ready.
#[derive(Debug)]
pub(crate) struct Chart {
    /// The command.
    command: ChartCommand,
    /// The aggregates.
    slots: Slots,
    /// The row field; none: one row.
    row: Option<Arc<str>>,
    /// The column field.
    column: Option<Arc<str>>,
    /// Bins of the row field, and of the column field.
    bins: [Option<AutoBin>; 2],
    /// How many combinations of multivalue fields a row may have.
    split_limit: usize,
    /// How many rows of the input a row remembers.
    evidence: usize,
}

/// Aggregates by row and series.
struct Cells {
    /// Row key and series of each group.
    groups: Vec<(String, Option<String>)>,
    /// Rows of the input in their groups.
    assigned: Vec<Assignment>,
    /// A column per aggregate, a value per group.
    columns: Vec<Candidate>,
}

impl Chart {
    /// Makes a `chart` or `timechart` ready.
    ///
    /// # Errors
    ///
    /// Those of [`Slots::new`], [`AutoBin::new`] and [`Origin::new`].
    pub(crate) fn new(command: &ChartCommand, settings: &Settings) -> Result<Self, PipelineError> {
        let time = command.time.then(|| TIME.to_owned());
        let (row, column) = match (time.or_else(|| command.over.clone()), command.by.clone()) {
            (None, by) => (by, None),
            (row, by) => (row, by),
        };
        let (row, column): (Option<Arc<str>>, Option<Arc<str>>) = (row.map(Arc::from), column.map(Arc::from));
        let mut row_bins = if command.over_bins.is_none() && !command.time && command.over.is_none() {
            command.by_bins.clone()
        } else {
            command.over_bins.clone()
        };
        if command.time {
            let options = row_bins.get_or_insert_default();
            // The searched range is what the bins are found from, where it is known (§5.23.2); its end is exclusive.
            let bound = |micros: Option<i64>| micros.map(|micros| Literal(seconds(micros)));
            options.start = options.start.or(bound(settings.bounds.0));
            options.end = options.end.or(bound(settings.bounds.1.map(|end| end.saturating_sub(1))));
        }
        let bin = |field: &Option<Arc<str>>, options: Option<BinOptions>| {
            let (Some(field), Some(options)) = (field, options) else { return Ok(None) };
            let origin = Origin::new(options.align.as_ref(), settings)?;
            let command = BinCommand { field: field.to_string(), alias: None, options };
            AutoBin::new(&command, origin, settings).map(Some)
        };
        let bins = [bin(&row, row_bins)?, bin(&column, column.as_ref().and(command.by_bins.clone()))?];
        let by: Vec<Arc<str>> = row.iter().chain(&column).cloned().collect();
        let allnum = if command.stats.allnum { AllNum::Field } else { AllNum::Off };
        let slots = Slots::new(&command.stats.aggregates, &by, allnum, settings)?;
        let (split_limit, evidence) = (settings.split_limit, settings.evidence);
        Ok(Self { command: command.clone(), slots, row, column, bins, split_limit, evidence })
    }

    /// The aggregates of the rows as they are.
    fn cells(&self, table: &Table, context: &mut Context<'_>) -> Result<Cells, PipelineError> {
        let batch = numbered_batch(table)?;
        let view = |name: &Arc<str>| batch.column(name).map_or(Column::Missing, |array| Column::new(array));
        let keys: Vec<Column<'_>> = self.row.iter().chain(&self.column).map(view).collect();
        let mut groups = GroupTable::new(keys.len(), self.command.stats.dedup_splitvals, self.split_limit);
        let mut assigned = Vec::new();
        groups.assign(&keys, batch.rows(), &mut assigned)?;
        let mut states = self.slots.states();
        self.slots.update(&mut states, &batch, (&assigned, groups.len()), context.notes)?;
        let columns = self.slots.finish(states, groups.len(), &Layout::of_table(table))?;
        let names = |group| {
            let mut texts = groups.key(group).into_iter().map(str::to_owned);
            let row = self.row.as_ref().and_then(|_| texts.next()).unwrap_or_default();
            (row, texts.next())
        };
        let groups = (0_u32..).take(groups.len()).map(names).collect();
        Ok(Cells { groups, assigned, columns })
    }

    /// The series that stay, if there are more than the limit (§5.23.2).
    fn kept(&self, cells: &Cells) -> Option<HashSet<String>> {
        let (limit, least) = match self.command.limit {
            ChartLimit::Top(0) | ChartLimit::Bottom(0) => return None,
            ChartLimit::Top(limit) => (limit, false),
            ChartLimit::Bottom(limit) => (limit, true),
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut scores: HashMap<&str, Total> = HashMap::new();
        let counted = |name: &&String| Some(*name) != self.command.null.as_ref();
        for (_, name) in &cells.groups {
            if let Some(name) = name.as_ref().filter(counted) {
                scores.entry(name).or_default();
            }
        }
        if scores.len() <= limit {
            return None;
        }
        let series = |group: usize| cells.groups.get(group).and_then(|(_, name)| name.as_ref());
        if let [column] = cells.columns.as_slice() {
            for (group, value) in column.values.iter().enumerate() {
                let number = value.number().map(crate::kernels::number::Number::to_f64).filter(|n| n.is_finite());
                if let (Some(number), Some(total)) =
                    (number, series(group).and_then(|name| scores.get_mut(name.as_str())))
                {
                    total.add_f64(number);
                }
            }
        } else {
            for assignment in &cells.assigned {
                if let Some(total) = series(assignment.group as usize).and_then(|name| scores.get_mut(name.as_str())) {
                    total.add_int(1);
                }
            }
        }
        let mut names: Vec<String> = scores.keys().map(|name| (*name).to_owned()).collect();
        natural(&mut names);
        let score = |name: &String| {
            let total = scores.get(name.as_str());
            total.and_then(Total::round).unwrap_or(f64::MAX)
        };
        let mut ranked: Vec<(f64, String)> = names.into_iter().map(|name| (score(&name), name)).collect();
        // Stable, so ties stay in the order of the names.
        ranked.sort_by(|(left, _), (right, _)| if least { left.total_cmp(right) } else { right.total_cmp(left) });
        Some(ranked.into_iter().take(limit).map(|(_, name)| name).collect())
    }

    /// Puts the series that do not stay into one, or takes them out.
    fn put_together(&self, table: &mut Table, column: &str, kept: &HashSet<String>) {
        let Some(at) = table.column(column) else { return };
        let rename = |text: String| {
            if kept.contains(&text) || Some(&text) == self.command.null.as_ref() {
                Some(text)
            } else {
                self.command.other.clone()
            }
        };
        for row in &mut table.rows {
            let texts = row.values[at].texts().into_iter().map(std::borrow::Cow::into_owned);
            row.values[at] = Value::from_texts(texts.filter_map(rename).collect());
        }
    }

    /// Names of the series in the order of their columns: ascending, those for ∅ and for the rest last.
    fn series(&self, cells: &Cells) -> Vec<String> {
        let distinct: HashSet<&String> = cells.groups.iter().filter_map(|(_, name)| name.as_ref()).collect();
        let last = [self.command.null.as_ref(), self.command.other.as_ref()];
        let mut names: Vec<String> =
            distinct.iter().filter(|name| !last.contains(&Some(**name))).map(|name| (*name).clone()).collect();
        natural(&mut names);
        names.extend(last.into_iter().flatten().filter(|name| distinct.contains(*name)).cloned());
        names.dedup();
        names
    }

    /// The columns of the result, the place of each aggregate and series, and the values of a row without input.
    fn columns(&self, cells: &Cells, series: &[Option<String>]) -> (Vec<TableColumn>, Vec<usize>, Vec<Value>) {
        let mut wide = Wide::new(self.row.as_deref());
        let (mut places, mut empty) = (Vec::new(), vec![Value::Null; wide.columns.len()]);
        let (sep, format, several) = (&self.command.sep, self.command.format.as_deref(), cells.columns.len() > 1);
        for column in &cells.columns {
            let slot = self.slots.iter().nth(column.slot);
            let zero = slot.is_some_and(|slot| slot.counts() && slot.recipe.func == AggregateFunc::Count);
            for name in series {
                let place = match name {
                    Some(value) => wide.add(&series_name(&column.name, value, several, sep, format), true),
                    None => wide.add(&column.name, column.named),
                };
                places.push(place);
                empty.resize(wide.columns.len(), Value::Null);
                empty[place] = if zero { Value::Int(0) } else { Value::Null };
            }
        }
        (wide.columns, places, empty)
    }

    /// The result: rows by bucket, columns by aggregate and series.
    fn table(&self, cells: &Cells, buckets: &[String], source: &Table) -> Result<Table, PipelineError> {
        let series: Vec<Option<String>> = match &self.column {
            Some(_) => self.series(cells).into_iter().map(Some).collect(),
            None => vec![None],
        };
        check_cells(buckets.len(), series.len().saturating_mul(cells.columns.len()).saturating_add(1))?;
        let (columns, places, empty) = self.columns(cells, &series);
        let mut result = Table { columns, rows: Vec::new() };
        let row_of: HashMap<&str, usize> = buckets.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let series_of: HashMap<Option<&str>, usize> =
            series.iter().enumerate().map(|(at, name)| (name.as_deref(), at)).collect();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); buckets.len()];
        for assignment in &cells.assigned {
            let (row, _) = &cells.groups[assignment.group as usize];
            if let Some(at) = row_of.get(row.as_str()) {
                members[*at].push(assignment.row as usize);
            }
        }
        for (bucket, members) in buckets.iter().zip(members) {
            let mut values = empty.clone();
            if let Some(name) = &self.row {
                values[0] = by_value(name, bucket);
            }
            let evidence = merged_evidence(members.iter().map(|at| &source.rows[*at]), self.evidence);
            result.rows.push(TableRow { values, evidence });
        }
        for (group, (row, name)) in cells.groups.iter().enumerate() {
            let (Some(row), Some(at)) = (row_of.get(row.as_str()), series_of.get(&name.as_deref())) else { continue };
            for (column, candidate) in cells.columns.iter().enumerate() {
                let place = places[column * series.len() + at];
                if let Some(value) = candidate.values.get(group).filter(|value| !value.is_null()) {
                    result.rows[*row].values[place] = value.clone().under(&result.columns[place].name);
                }
            }
        }
        Ok(result)
    }
}

impl TableStage for Chart {
    fn run(&self, mut table: Table, context: &mut Context<'_>) -> Result<Table, PipelineError> {
        let mut edges = None;
        for (at, bin) in self.bins.iter().enumerate() {
            let Some((bin, found)) = bin.as_ref().and_then(|bin| Some((bin, bin.edges(&table).transpose()?))) else {
                continue;
            };
            let found = found?;
            if let Some(array) = column_array(&table, bin.field())? {
                let cut = Bin::with_edges(bin.command(), found.clone()).cut(&array);
                set_column(&mut table, bin.field(), &cut)?;
            }
            if at == 0 {
                edges = Some(found);
            }
        }
        if let (Some(column), Some(null)) = (&self.column, &self.command.null) {
            let at = table.ensure_column(column);
            let missing = table.rows.iter_mut().filter(|row| row.values[at].is_null());
            missing.for_each(|row| row.values[at] = Value::Text(null.clone()));
        }
        let mut cells = self.cells(&table, context)?;
        if let (Some(column), Some(kept)) = (&self.column, self.kept(&cells)) {
            self.put_together(&mut table, column, &kept);
            cells = self.cells(&table, context)?;
        }
        let names = cells.groups.iter().map(|(row, _)| row.as_str());
        let buckets = Buckets { edges: edges.as_ref() };
        let buckets = buckets.in_order(names, self.command.cont, context.notes);
        self.table(&cells, &buckets, &table)
    }

    fn needs(&self, _after: Needs) -> Needs {
        let named =
            self.row.iter().chain(&self.column).fold(Needs::Fields(Vec::new()), |needs, field| needs.and_field(field));
        let aligned = self.bins.iter().flatten().any(AutoBin::reads_time);
        self.slots.needs(if aligned { named.and_field(TIME) } else { named })
    }
}
