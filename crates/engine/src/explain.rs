//! Why a rule runs as it does: its stages, its filter in a schema, its anchor, what is searched with which algorithm, what is pruned.

use std::fmt::Write as _;

use retrohunt_columnar::{DataFile, OpenOptions};
use retrohunt_prefilter::NeedleCase;
use retrohunt_spl::diagnostic::visible;
use retrohunt_spl::plan::{Command, SearchExpr};
use retrohunt_spl::print;
use retrohunt_stages::Needs;

use crate::bound::{Bound, BoundBody, BoundTree, Field, Leaf};
use crate::error::Error;
use crate::program::{Body, Predicate, Program};
use crate::prune;
use crate::schedule::{Profiles, Run, ScanOptions};

/// Returns the plan of a rule as text: what needs no archive.
#[must_use]
pub fn plan(program: &Program, rule: usize) -> String {
    let mut out = String::new();
    let compiled = &program.rules[rule];
    let _ = writeln!(out, "rule {} {}", visible(&compiled.rule.id), visible(&compiled.rule.title));
    let Some(body) = program.body(rule) else {
        out.push_str("  cannot run; `retrohunt check` says why\n");
        return out;
    };
    out.push_str("stages\n");
    for (index, step) in body.plan.steps.iter().enumerate() {
        let part = if index < body.fused { "filter" } else { "pipeline" };
        let _ = writeln!(out, "  {} {part:8} {}", index + 1, visible(&print::command(&step.command)));
    }
    predicates(&mut out, program, body);
    let _ = match &body.needs {
        Needs::All => {
            writeln!(out, "fields read\n  all: the rule has no `table` or `fields`, so every column of a hit is read")
        }
        Needs::Fields(patterns) => {
            let names: Vec<String> = patterns.iter().map(|pattern| pattern.glob.text()).collect();
            writeln!(out, "fields read\n  {}", visible(&names.join(", ")))
        }
    };
    out
}

/// The distinct predicates of the filter.
fn predicates(out: &mut String, program: &Program, body: &Body) {
    out.push_str("predicates\n");
    let mut ids = Vec::new();
    collect(&body.filter, &mut ids);
    for id in ids {
        let mut text = predicate_text(&program.predicates[id]);
        if let Predicate::Regex { regex, .. } = &program.predicates[id] {
            let _ = write!(text, "\n      {}", regex.describe());
        }
        let _ = writeln!(out, "  {}", text.lines().map(visible).collect::<Vec<_>>().join("\n"));
    }
}

/// A predicate as SPL text.
pub(crate) fn predicate_text(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Term { term, .. } => print::expr(&SearchExpr::Term(term.clone())),
        Predicate::Compare { comparison, .. } => print::expr(&SearchExpr::Compare(comparison.clone())),
        Predicate::In { membership, .. } => print::expr(&SearchExpr::In(membership.clone())),
        Predicate::Regex { command, .. } => print::command(&Command::Regex(command.clone())),
    }
}

/// The predicates of a tree, each once.
fn collect(tree: &crate::program::Tree, ids: &mut Vec<usize>) {
    use crate::program::Tree;
    match tree {
        Tree::All => {}
        Tree::And(parts) | Tree::Or(parts) => parts.iter().for_each(|part| collect(part, ids)),
        Tree::Not(part) => collect(part, ids),
        Tree::Leaf { id, .. } => {
            if !ids.contains(&id.index()) {
                ids.push(id.index());
            }
        }
    }
}

/// Returns how a rule is bound to one file, and what its statistics prove.
///
/// # Errors
///
/// If the file cannot be opened.
pub fn file(
    program: &Program,
    rule: usize,
    path: &std::path::Path,
    profiles: &Profiles,
    options: &ScanOptions,
) -> Result<String, Error> {
    let file = DataFile::open(path, &OpenOptions { mmap: options.mmap })?;
    let (bound, names) = Run::bind_alone(program, &file, profiles, options)?;
    let mut out = String::new();
    let _ = writeln!(out, "{}", visible(&path.display().to_string()));
    let _ = writeln!(
        out,
        "  profiles   {}",
        if names.is_empty() { "none (names as they are)".to_owned() } else { names.join(", ") }
    );
    let Some((index, body)) = program.rules[rule].body.and_then(|index| Some((index, program.bodies.get(index)?)))
    else {
        return Ok(out);
    };
    let bound_rule = &bound.bodies[index];
    binding(&mut out, program, &bound, bound_rule);
    anchor(&mut out, program, &bound, bound_rule, index);
    let kept = (0..file.row_groups()).filter(|&group| {
        let statistics = prune::Statistics::new(&file, group);
        prune::may_match(program, &bound, bound_rule, body, &statistics)
    });
    let kept = kept.count();
    let _ =
        writeln!(out, "  pruned     {} of {} row groups by statistics", file.row_groups() - kept, file.row_groups());
    Ok(out)
}

/// The filter with names, and where each field comes from.
fn binding(out: &mut String, program: &Program, bound: &Bound, rule: &BoundBody) {
    let _ = writeln!(out, "  filter     {}", visible(&tree_text(program, bound, &rule.tree)));
    let mut seen = Vec::new();
    leaves(&rule.tree, &mut seen);
    for id in seen {
        match &bound.leaves[id] {
            Leaf::Field { field, .. } => {
                let _ = writeln!(out, "  field      {}", visible(&field_text(bound, field)));
            }
            Leaf::Class(class) => {
                let class = &bound.map.classes()[*class];
                let _ = writeln!(out, "  class      {} of profile {}", class.name, class.profile);
            }
            Leaf::Term { .. } | Leaf::VirtualRaw { .. } => {}
        }
    }
    if let Some(raw) = bound.raw {
        let rows = if bound.raw_complete { "in every row" } else { "in some rows; other rows by their values" };
        let _ = writeln!(out, "  terms      searched in {} ({rows})", visible(&bound.columns[raw].name));
    } else {
        let _ = writeln!(out, "  terms      searched in {} columns (there is no _raw)", bound.texts.len());
    }
}

/// The anchor and how it is searched for.
fn anchor(out: &mut String, program: &Program, bound: &Bound, rule: &BoundBody, index: usize) {
    let Some(anchor) = &rule.anchor else {
        out.push_str("  anchor     none: every row is a candidate\n");
        return;
    };
    if anchor.literals.is_empty() {
        out.push_str("  anchor     no row of this schema can match: what the rule needs is absent\n");
        return;
    }
    for literal in &anchor.literals {
        let case = if literal.folded { "any case" } else { "exact" };
        let text = String::from_utf8_lossy(&literal.bytes);
        let _ = writeln!(out, "  anchor     {:?} ({case}) in {}", text, visible(&bound.columns[literal.column].name));
    }
    out.push_str("             the cheapest set of literals of which every matching row holds one\n");
    for search in bound.searches.iter().filter(|search| search.bodies.iter().flatten().any(|&body| body == index)) {
        let choice = search.searcher.choice();
        let rejected = choice.rejected.iter().map(|(algorithm, reason)| format!("; not {algorithm:?}: {reason}"));
        let rejected: String = rejected.collect();
        let folded = search.needles.iter().filter(|needle| needle.case == NeedleCase::Folded).count();
        let column = visible(&bound.columns[search.column].name);
        let _ = writeln!(
            out,
            "  search     {column}: {} needles of {} rules, {folded} in any case, by {:?} ({}), {}{rejected}",
            search.needles.len(),
            rules_of(program, search),
            choice.algorithm,
            choice.vector,
            choice.reason,
        );
    }
}

/// The leaves of a tree, each once.
fn leaves(tree: &BoundTree, out: &mut Vec<usize>) {
    match tree {
        BoundTree::True | BoundTree::False => {}
        BoundTree::And(parts) | BoundTree::Or(parts) => parts.iter().for_each(|part| leaves(part, out)),
        BoundTree::Not(part) => leaves(part, out),
        BoundTree::Leaf(id) => {
            if !out.contains(&id.index()) {
                out.push(id.index());
            }
        }
    }
}

/// A bound tree as text.
fn tree_text(program: &Program, bound: &Bound, tree: &BoundTree) -> String {
    let joined = |parts: &[BoundTree], by: &str| {
        let parts: Vec<String> = parts.iter().map(|part| tree_text(program, bound, part)).collect();
        format!("({})", parts.join(by))
    };
    match tree {
        BoundTree::True => "every row".to_owned(),
        BoundTree::False => "no row".to_owned(),
        BoundTree::And(parts) => joined(parts, " AND "),
        BoundTree::Or(parts) => joined(parts, " OR "),
        BoundTree::Not(part) => format!("NOT {}", tree_text(program, bound, part)),
        BoundTree::Leaf(id) => match &bound.leaves[id.index()] {
            Leaf::Class(class) => format!("class {}", bound.map.classes()[*class].name),
            Leaf::Field { predicate, .. } | Leaf::VirtualRaw { predicate } | Leaf::Term { predicate, .. } => {
                predicate_text(&program.predicates[predicate.index()])
            }
        },
    }
}

/// Where a field comes from.
pub(crate) fn field_text(bound: &Bound, field: &Field) -> String {
    let mut parts: Vec<String> = Vec::new();
    for case in &field.source.cases {
        let columns: Vec<&str> =
            case.expr.columns().iter().map(|&column| bound.columns[column].name.as_str()).collect();
        let class = case.class.and_then(|class| bound.map.class(class)).map(|class| format!(" where {}", class.name));
        parts.push(format!(
            "{}{}",
            if columns.is_empty() { "a constant".to_owned() } else { columns.join(", ") },
            class.unwrap_or_default()
        ));
    }
    parts.extend(field.source.reachable_native().map(|column| format!("column {}", bound.columns[column].name)));
    format!("{} <- {}", field.name, parts.join("; else "))
}

/// How many rules have a needle in a search.
fn rules_of(program: &Program, search: &crate::bound::ColumnSearch) -> usize {
    let bodies = search.bodies.iter().flatten().filter_map(|&body| program.bodies.get(body));
    bodies.map(|body| body.rule).collect::<std::collections::BTreeSet<_>>().len()
}
