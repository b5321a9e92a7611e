//! Why a rule takes or leaves one event: its condition clause by clause, then its commands one by one.

use std::collections::HashMap;
use std::path::Path;

use retrohunt_columnar::{DataFile, OpenOptions};
use retrohunt_stages::{Batch, Pipeline, RowKey};
use roaring::RoaringBitmap;

use crate::bind::bind_clauses;
use crate::bound::{Bound, BoundTree, Leaf};
use crate::cells::cell_texts;
use crate::chunk::Chunk;
use crate::error::Error;
use crate::explain::{field_text, predicate_text};
use crate::program::{Body, Predicate, Program, Tree};
use crate::schedule::{Profiles, Run, ScanOptions};

/// Why a rule takes or leaves one event.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Does the rule's condition take the event?
    pub passes: bool,
    /// The condition, outermost clause first; a clause's parts follow it, one level deeper.
    pub clauses: Vec<Clause>,
    /// How many result rows there are after each command behind the condition, were the event the only one. Empty if it does not pass.
    pub commands: Vec<(String, usize)>,
}

/// A part of a rule's condition on one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// How deep it is nested, from 0.
    pub depth: usize,
    /// Its text; of a group, how its parts are joined.
    pub text: String,
    /// Does it hold? `None`: the input does not say, so it was left out (§3.12).
    pub holds: Option<bool>,
    /// What it looked at: the field with its columns, and its values on the event, or that there are none.
    pub detail: String,
}

impl Trace {
    /// Returns the clauses that decide against the event: those that do not hold and that no enclosing group makes up for.
    #[must_use]
    pub fn failed(&self) -> Vec<&Clause> {
        let mut failed = Vec::new();
        let mut open: Option<usize> = None;
        for clause in &self.clauses {
            if open.is_some_and(|depth| clause.depth > depth) {
                continue;
            }
            open = None;
            let group = clause.text == ALL;
            if clause.holds == Some(true) {
                open = Some(clause.depth);
            } else if clause.holds == Some(false) && !group {
                failed.push(clause);
                open = Some(clause.depth);
            }
        }
        failed
    }
}

/// The text of a group whose parts must all hold.
const ALL: &str = "all of";

/// Returns why a rule takes or leaves each row of a file, in row order.
///
/// # Errors
///
/// If the file cannot be read, or a command fails on the event.
pub fn trace(
    program: &Program,
    rule: usize,
    path: &Path,
    profiles: &Profiles,
    options: &ScanOptions,
) -> Result<Vec<Trace>, Error> {
    let Some(body) = program.body(rule) else { return Err(Error::new("the rule cannot run")) };
    let file = DataFile::open(path, &OpenOptions { mmap: options.mmap })?;
    let mut tree = Vec::new();
    flatten(&body.filter, 0, true, &mut tree);
    let (map, widths, facts) = Run::facts(&file, profiles, options);
    let nodes: Vec<(&Tree, bool)> = tree.iter().map(|node| (node.tree, node.positive)).collect();
    let (bound, trees) = bind_clauses(program, map, file.columns(), widths, facts, body, &nodes);
    let mut traces = Vec::new();
    for group in 0..file.row_groups() {
        let rows: RoaringBitmap = (0..file.row_group_rows(group)).collect();
        let copied = HashMap::new();
        let mut chunk = Chunk::new(program, &bound, &file, group, rows, &copied, true);
        traces.extend(chunk_traces(program, body, &bound, &tree, &trees, &mut chunk)?);
    }
    Ok(traces)
}

/// A node of a condition.
struct Node<'a> {
    /// The node.
    tree: &'a Tree,
    /// How deep.
    depth: usize,
    /// Under an even number of NOTs.
    positive: bool,
}

/// The nodes of a tree, each before its parts.
fn flatten<'a>(tree: &'a Tree, depth: usize, positive: bool, out: &mut Vec<Node<'a>>) {
    out.push(Node { tree, depth, positive });
    match tree {
        Tree::And(parts) | Tree::Or(parts) => {
            parts.iter().for_each(|part| flatten(part, depth + 1, positive, out));
        }
        Tree::Not(part) => flatten(part, depth + 1, !positive, out),
        Tree::All | Tree::Leaf { .. } => {}
    }
}

/// The traces of a chunk's rows.
fn chunk_traces(
    program: &Program,
    body: &Body,
    bound: &Bound,
    nodes: &[Node<'_>],
    trees: &[Option<BoundTree>],
    chunk: &mut Chunk<'_>,
) -> Result<Vec<Trace>, Error> {
    let all = chunk.all();
    let mut held = Vec::with_capacity(nodes.len());
    for tree in trees {
        held.push(tree.as_ref().map(|tree| chunk.evaluate(tree, &all)).transpose()?);
    }
    let mut traces = Vec::with_capacity(chunk.len());
    for row in 0..chunk.len() {
        let mut clauses = Vec::with_capacity(nodes.len());
        for ((node, tree), held) in nodes.iter().zip(trees).zip(&held) {
            let holds = held.as_ref().map(|rows| rows.contains(row));
            let detail = detail(program, bound, node.tree, tree.as_ref(), chunk, row)?;
            clauses.push(Clause { depth: node.depth, text: text(program, node.tree), holds, detail });
        }
        let passes = clauses.first().is_none_or(|clause| clause.holds != Some(false));
        let commands = if passes { commands(program, body, bound, chunk, row)? } else { Vec::new() };
        traces.push(Trace { passes, clauses, commands });
    }
    Ok(traces)
}

/// The text of a node.
fn text(program: &Program, tree: &Tree) -> String {
    match tree {
        Tree::All => "every row".to_owned(),
        Tree::And(_) => ALL.to_owned(),
        Tree::Or(parts) if parts.is_empty() => "no row of the input: the rule makes its own".to_owned(),
        Tree::Or(_) => "any of".to_owned(),
        Tree::Not(_) => "not".to_owned(),
        Tree::Leaf { id, .. } => predicate_text(&program.predicates[id.index()]),
    }
}

/// What a leaf looked at on a row.
fn detail(
    program: &Program,
    bound: &Bound,
    tree: &Tree,
    leaf: Option<&BoundTree>,
    chunk: &mut Chunk<'_>,
    row: usize,
) -> Result<String, Error> {
    let Tree::Leaf { id, .. } = tree else { return Ok(String::new()) };
    let field = match leaf {
        None => return Ok("the input has no such field: left out".to_owned()),
        Some(BoundTree::Leaf(id)) => &bound.leaves[id.index()],
        Some(BoundTree::Or(parts)) => match parts.first() {
            Some(BoundTree::Leaf(id)) => &bound.leaves[id.index()],
            _ => return Ok(String::new()),
        },
        Some(_) => {
            let name = match &program.predicates[id.index()] {
                Predicate::Compare { comparison, .. } => &comparison.field.name,
                Predicate::In { membership, .. } => &membership.field.name,
                Predicate::Regex { command, .. } => &command.field,
                Predicate::Term { .. } => return Ok(String::new()),
            };
            return Ok(format!("no column holds `{name}`"));
        }
    };
    match field {
        Leaf::Field { field, .. } => {
            let source = field_text(bound, field);
            let values = chunk.field(field)?.map(|array| cell_texts(&array, row).join(", "));
            Ok(match values {
                Some(values) if !values.is_empty() => format!("{source}: {values}"),
                _ => format!("{source}: no value"),
            })
        }
        Leaf::VirtualRaw { .. } => Ok("the row's fields rendered as name=value".to_owned()),
        Leaf::Term { .. } if bound.raw.is_some() => Ok("searched in _raw and in name=value".to_owned()),
        Leaf::Term { .. } => Ok("searched in the row's values and in name=value".to_owned()),
        Leaf::Class(class) => Ok(format!("class {}", bound.map.classes()[*class].name)),
    }
}

/// The number of rows after each command, for one row.
fn commands(
    program: &Program,
    body: &Body,
    bound: &Bound,
    chunk: &mut Chunk<'_>,
    row: usize,
) -> Result<Vec<(String, usize)>, Error> {
    let mut fields = Vec::new();
    let Some(bound) = bound.bodies.first() else { return Ok(Vec::new()) };
    for field in &bound.fields {
        if let Some(values) = chunk.field(field)? {
            fields.push((field.name.as_str().into(), values.slice(row, 1)));
        }
    }
    let batch = Batch::new(fields, vec![RowKey { time: None, file: 0, row: 0 }])?;
    let steps = &body.plan.steps[body.fused..];
    let mut counts = Vec::with_capacity(steps.len());
    for length in 1..=steps.len() {
        let commands: Vec<_> = steps[..length].iter().map(|step| step.command.clone()).collect();
        let name = retrohunt_spl::print::command(&steps[length - 1].command);
        // A command that needs a subsearch's result cannot be tried alone; what comes after it neither.
        let Ok(pipeline) = Pipeline::new(&commands, &program.settings.pipeline(body.earliest, body.latest)) else {
            break;
        };
        if !pipeline.operands().is_empty() {
            break;
        }
        let mut state = pipeline.state();
        let table = pipeline.update(&mut state, batch.clone()).and_then(|()| pipeline.finish_alone(state));
        counts.push((name, table?.rows.len()));
    }
    Ok(counts)
}
