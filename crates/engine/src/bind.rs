//! A program meets a schema: fields become columns, leaves get their texts and classes, rules get anchors.
//!
//! Done once per distinct schema. Everything that depends on names is decided here; the scan asks for columns by index.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use retrohunt_columnar::ColumnInfo;
use retrohunt_prefilter::{Needle, Searcher, SimdChoice};
use retrohunt_profile::{EventClass, FieldMap, FieldSource, MatchedBy};
use retrohunt_spl::plan::{Command, CompareOp, FieldRef, Glob, TermKind};
use retrohunt_stages::Needs;
use retrohunt_stages::predicate::TermTest;

use crate::anchor::{self, Leaves};
use crate::bound::{Bound, BoundBody, BoundTree, ColumnSearch, Field, Leaf, LeafId, RawFacts};
use crate::codes;
use crate::error::Error;
use crate::faults::fault;
use crate::need::Anchor;
use crate::program::{Body, Predicate, PredicateId, Program, Tree};

/// Selectors of Splunk's own, which an archive usually has no column for (§3.12).
const SELECTORS: &[&str] = &["index", "sourcetype", "source", "eventtype", "tag", "splunk_server", "savedsearch"];
/// Returns the program bound to the schema that `map` was made for. `widths[i]` is the expected number of bytes per row of column `i`;
/// `facts` is what statistics say of `_raw`.
///
/// # Errors
///
/// If the needles cannot be compiled.
pub(crate) fn bind(
    program: &Program,
    map: FieldMap,
    columns: &[ColumnInfo],
    widths: Vec<u64>,
    facts: RawFacts,
) -> Result<Bound, Error> {
    let mut binder = binder(program, map, columns, widths, facts, program.bodies.len());
    for (index, body) in program.bodies.iter().enumerate() {
        binder.body = index;
        let bound = binder.body(body);
        binder.bound.bodies.push(bound);
    }
    let mut bound = binder.bound;
    bound.searches = searches(&bound, program.settings.scalar)?;
    Ok(bound)
}

/// Binds one body alone, and each node of its condition by itself, `true` beside those under an even number of NOTs; `None` for a node
/// that is neutral (§3.12).
pub(crate) fn bind_clauses(
    program: &Program,
    map: FieldMap,
    columns: &[ColumnInfo],
    widths: Vec<u64>,
    facts: RawFacts,
    body: &Body,
    nodes: &[(&Tree, bool)],
) -> (Bound, Vec<Option<BoundTree>>) {
    let mut binder = binder(program, map, columns, widths, facts, 1);
    let bound = binder.body(body);
    binder.bound.bodies.push(bound);
    let trees = nodes.iter().map(|(tree, positive)| binder.tree(tree, *positive)).collect();
    (binder.bound, trees)
}

/// A binding without bodies yet.
fn binder<'p>(
    program: &'p Program,
    map: FieldMap,
    columns: &[ColumnInfo],
    widths: Vec<u64>,
    facts: RawFacts,
    bodies: usize,
) -> Binder<'p> {
    let raw = map.raw();
    let texts = map.text_columns();
    // The rendering stands for the event's own text: no time, provenance or binary (§2.2.2).
    let rendered = texts.clone();
    let bound = Bound {
        map,
        columns: columns.to_vec(),
        raw,
        raw_complete: facts.complete,
        texts,
        rendered,
        bodies: Vec::new(),
        leaves: Vec::new(),
        searches: Vec::new(),
        notes: BTreeSet::new(),
        absent: vec![BTreeSet::new(); bodies],
        leaf_columns: Vec::new(),
        widths,
    };
    let names = bound.map.fields().iter().map(|field| field.name.clone()).collect();
    Binder { program, bound, facts, names, leaves: HashMap::new(), body: 0 }
}

/// State of one binding.
struct Binder<'a> {
    program: &'a Program,
    bound: Bound,
    facts: RawFacts,
    /// Every field name of the schema, mapped ones included, sorted.
    names: Vec<String>,
    leaves: HashMap<LeafKey, LeafId>,
    /// The body being bound.
    body: usize,
}

/// What makes two leaves the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum LeafKey {
    /// A predicate.
    Predicate(PredicateId),
    /// A class.
    Class(usize),
}

impl Binder<'_> {
    /// Binds one body.
    fn body(&mut self, body: &Body) -> BoundBody {
        let tree = self.tree(&body.filter, true).unwrap_or(BoundTree::True);
        let need = anchor::need(&tree, &Leaves { program: self.program, bound: &self.bound });
        let anchor = crate::need::anchor(&need, &self.bound);
        let source = anchor.as_ref().and_then(|anchor| self.anchor_source(&tree, anchor));
        let names: Vec<String> = self.names.iter().filter(|name| body.needs.selects(name)).cloned().collect();
        let fields = names
            .iter()
            .map(|name| self.field(name))
            .filter(|field| !field.source.is_absent() || field.name == "_time");
        let mut fields: Vec<Field> = fields.collect();
        let reads_raw = |step: &retrohunt_spl::plan::Step| match &step.command {
            Command::Rex(command) => command.field == "_raw",
            Command::Regex(command) => command.field == "_raw",
            _ => false,
        };
        if body.plan.steps[body.fused..].iter().any(reads_raw) && !self.exists(&self.field("_raw")) {
            let message = "the input has no `_raw`; the pattern runs over the row's fields rendered as name=value";
            self.bound.notes.insert((self.body, codes::VIRTUAL_RAW, message.to_owned()));
        }
        for name in body.dotted.iter().filter(|name| self.names.contains(name)) {
            let message = format!("`{name}` joins two fields with a point; the field of that name is `'{name}'`");
            self.bound.notes.insert((self.body, codes::DOTTED_NAME, message));
        }
        let wants_time = match &body.needs {
            Needs::All => true,
            needs @ Needs::Fields(_) => needs.selects("_time"),
        };
        if wants_time && self.bound.has_time() && !fields.iter().any(|field| field.name == "_time") {
            fields.push(self.field("_time"));
        }
        // Columns in schema order, as a row is rendered (§5.5.2); what a profile adds comes after them.
        fields.sort_by(|a, b| {
            let place = |field: &Field| field.source.native.unwrap_or(usize::MAX);
            (place(a), &a.name).cmp(&(place(b), &b.name))
        });
        if let Needs::Fields(patterns) = &body.needs {
            let named = patterns.iter().filter_map(|pattern| pattern.glob.literal());
            let absent = named.filter(|name| !fields.iter().any(|field| field.name == *name)).map(str::to_owned);
            self.bound.absent[self.body].extend(absent);
        }
        BoundBody { tree, anchor, source, fields }
    }

    /// The conjunct whose own anchor this is.
    fn anchor_source(&self, tree: &BoundTree, anchor: &Anchor) -> Option<LeafId> {
        let leaves = Leaves { program: self.program, bound: &self.bound };
        tree.conjuncts().iter().find_map(|conjunct| match conjunct {
            BoundTree::Leaf(id) if matches!(self.bound.leaves[id.index()], Leaf::Field { .. }) => {
                let own = crate::need::anchor(&anchor::need(conjunct, &leaves), &self.bound)?;
                (own.literals == anchor.literals).then_some(*id)
            }
            _ => None,
        })
    }

    /// A field by name.
    fn field(&self, name: &str) -> Field {
        let mut source = self.bound.map.resolve(name);
        // Field names are case-sensitive (§1.1.5, §9.1): a caseless match is a hint for people, not the field.
        if source.matched == MatchedBy::CaseInsensitive {
            source = FieldSource { name: name.to_owned(), matched: MatchedBy::Absent, cases: Vec::new(), native: None };
        }
        Field { name: name.to_owned(), source }
    }

    /// A field as a comparison names it (§3.10).
    fn compared(&self, field: &FieldRef) -> Field {
        let bound = self.field(&field.name);
        match &field.unquoted {
            Some(unquoted) if bound.source.is_absent() => self.field(unquoted),
            _ => bound,
        }
    }

    /// Is the field there? `_time` is there if the schema has a time.
    fn exists(&self, field: &Field) -> bool {
        if field.name == "_time" { self.bound.has_time() } else { !field.source.is_absent() }
    }

    /// Binds a tree; `None` where it is neutral (§3.12). `positive` is false under an odd number of NOTs.
    fn tree(&mut self, tree: &Tree, positive: bool) -> Option<BoundTree> {
        match tree {
            Tree::All => Some(BoundTree::True),
            Tree::And(parts) => {
                let bound: Vec<Option<BoundTree>> = parts.iter().map(|part| self.tree(part, positive)).collect();
                let neutral = bound.iter().filter(|part| part.is_none()).count();
                if neutral == bound.len() {
                    return None;
                }
                // Under NOT a conjunction with a neutral member counts as false, so that the row is kept.
                if neutral > 0 && !positive {
                    return Some(BoundTree::False);
                }
                Some(BoundTree::and(bound.into_iter().flatten().collect()))
            }
            Tree::Or(parts) => {
                let bound: Vec<Option<BoundTree>> = parts.iter().map(|part| self.tree(part, positive)).collect();
                let neutral = bound.iter().filter(|part| part.is_none()).count();
                // An OR of nothing is no row, not a neutral member.
                if !bound.is_empty() && neutral == bound.len() {
                    return None;
                }
                // The neutral member could have held, which keeps the row; under NOT it is dropped, which keeps it too.
                if neutral > 0 && positive && !fault("engine-neutral-or-is-false") {
                    return Some(BoundTree::True);
                }
                Some(BoundTree::or(bound.into_iter().flatten().collect()))
            }
            Tree::Not(part) => self.tree(part, !positive).map(BoundTree::not),
            Tree::Leaf { id, first } => self.leaf(*id, *first && (positive || fault("engine-marker-under-not"))),
        }
    }

    /// Binds a leaf; `None` where it is neutral. `markers`: may a marker stand for its class here?
    fn leaf(&mut self, id: PredicateId, markers: bool) -> Option<BoundTree> {
        let program = self.program;
        let (own, kinds) = match &program.predicates[id.index()] {
            Predicate::Term { term, .. } => {
                // `CASE(x)` asks for its very spelling: it marks no class (§2.8.1).
                let text = term.glob.literal().filter(|_| term.kind != TermKind::Case);
                let kind = text.and_then(|text| program.markers.of_term(text));
                (Some(self.term(id)), kind.into_iter().collect())
            }
            Predicate::Compare { comparison, term, .. } => {
                let field = self.compared(&comparison.field);
                if let (Some(term), false) = (term, self.exists(&field)) {
                    return self.leaf(*term, markers);
                }
                let kinds = match comparison.op {
                    CompareOp::Eq => self.marked(&field.name, std::slice::from_ref(&comparison.value)),
                    _ => BTreeSet::new(),
                };
                (self.field_leaf(id, field), kinds)
            }
            Predicate::In { membership, .. } => {
                let field = self.compared(&membership.field);
                let kinds = self.marked(&field.name, &membership.values);
                (self.field_leaf(id, field), kinds)
            }
            Predicate::Regex { command, .. } => (self.pattern(id, &command.field, command.negated), BTreeSet::new()),
        };
        if !markers || !program.settings.class_markers {
            return own;
        }
        let mut classes: Vec<usize> = Vec::new();
        for kind in kinds {
            let of_kind = self.bound.map.classes_of(kind);
            if let Some(class) = of_kind.first().and_then(|class| self.bound.map.class(*class)) {
                let message =
                    format!("a product's marker also stands for every {kind} row of profile {}", class.profile);
                self.bound.notes.insert((self.body, codes::CLASS_MARKER, message));
            }
            classes.extend(of_kind.into_iter().map(|class| class.0));
        }
        if classes.is_empty() {
            return own;
        }
        let mut parts: Vec<BoundTree> = own.into_iter().collect();
        parts.extend(classes.into_iter().map(|class| self.intern(LeafKey::Class(class), || Leaf::Class(class))));
        Some(BoundTree::or(parts))
    }

    /// The kinds of event that a comparison with these values marks: each value that is a marker widens the leaf by its class.
    fn marked(&self, field: &str, values: &[Glob]) -> BTreeSet<EventClass> {
        let literals = values.iter().filter_map(Glob::literal);
        literals.filter_map(|value| self.program.markers.of_comparison(field, value)).collect()
    }

    /// A comparison or IN; absent fields are false, absent selectors neutral.
    fn field_leaf(&mut self, id: PredicateId, field: Field) -> Option<BoundTree> {
        if self.exists(&field) {
            return Some(self.intern(LeafKey::Predicate(id), || Leaf::Field { predicate: id, field }));
        }
        if SELECTORS.contains(&field.name.as_str()) {
            let message = format!("the input has no field `{}`; the condition was left out", field.name);
            self.bound.notes.insert((self.body, codes::UNMAPPED_SELECTOR, message));
            return None;
        }
        self.bound.absent[self.body].insert(field.name);
        Some(BoundTree::False)
    }

    /// A pattern on a field.
    fn pattern(&mut self, id: PredicateId, name: &str, negated: bool) -> Option<BoundTree> {
        let field = self.field(name);
        if self.exists(&field) {
            return Some(self.intern(LeafKey::Predicate(id), || Leaf::Field { predicate: id, field }));
        }
        if name == "_raw" {
            let message =
                "the input has no `_raw`; the pattern runs over the row's fields rendered as name=value".to_owned();
            self.bound.notes.insert((self.body, codes::VIRTUAL_RAW, message));
            return Some(self.intern(LeafKey::Predicate(id), || Leaf::VirtualRaw { predicate: id }));
        }
        self.bound.absent[self.body].insert(name.to_owned());
        // ∅ drops the row under `=` and keeps it under `!=` (§5.5.3).
        Some(if negated { BoundTree::True } else { BoundTree::False })
    }

    /// A term.
    fn term(&mut self, id: PredicateId) -> BoundTree {
        let Predicate::Term { term, test } = &self.program.predicates[id.index()] else { return BoundTree::False };
        if test.matches_everything() {
            return BoundTree::True;
        }
        if self.facts.json && term.glob.pieces.iter().any(|piece| piece.contains('\\')) {
            let message = "`_raw` looks like JSON, where each backslash is written twice: a term with backslashes means another text there";
            self.bound.notes.insert((self.body, codes::JSON_RAW_BACKSLASH, message.to_owned()));
        }
        let names = self.names.iter().filter(|name| pair_possible(test, &term.glob, name));
        let pairs: Vec<Field> = names.flat_map(|name| self.pair_fields(name)).collect();
        let constants = self.bound.map.constants().into_iter().filter(|constant| constant.value_text);
        let constants = constants
            .map(|constant| (constant.class.map(|class| class.0), test.matches_text(&constant.text)))
            .collect();
        self.intern(LeafKey::Predicate(id), || Leaf::Term { predicate: id, pairs, constants })
    }

    /// What `name=value` can be (§2.2.3): the mapped field, and the column of that name, which a mapping may hide.
    fn pair_fields(&self, name: &str) -> Vec<Field> {
        if matches!(name, "_raw" | "_time") {
            return Vec::new();
        }
        let field = self.field(name);
        let native = field.source.native.filter(|column| self.bound.texts.contains(column));
        let mut fields: Vec<Field> = native.map(|column| Field::native(name, column)).into_iter().collect();
        if !field.source.cases.is_empty() {
            fields.push(field);
        }
        fields
    }

    /// Adds a leaf, or finds it.
    fn intern(&mut self, key: LeafKey, make: impl FnOnce() -> Leaf) -> BoundTree {
        if let Some(id) = self.leaves.get(&key) {
            return BoundTree::Leaf(*id);
        }
        let id = LeafId(u32::try_from(self.bound.leaves.len()).unwrap_or(u32::MAX));
        let leaf = make();
        let columns = self.columns_of(&leaf);
        self.bound.leaf_columns.push(columns);
        self.bound.leaves.push(leaf);
        self.leaves.insert(key, id);
        BoundTree::Leaf(id)
    }

    /// The columns that a leaf may read.
    fn columns_of(&self, leaf: &Leaf) -> BTreeSet<usize> {
        let classes = |source: &FieldSource| -> Vec<usize> {
            let selectors = source.cases.iter().filter_map(|case| self.bound.map.class(case.class?));
            selectors.flat_map(|class| class.selector.columns()).collect()
        };
        match leaf {
            Leaf::Field { field, .. } if field.name == "_time" => {
                self.bound.map.time().columns.iter().map(|time| time.column).collect()
            }
            Leaf::Field { field, .. } => {
                let mut columns = field.columns();
                if field.plain_column().is_none() {
                    columns.extend(classes(&field.source));
                }
                columns
            }
            Leaf::VirtualRaw { .. } => self.bound.rendered.iter().copied().collect(),
            Leaf::Term { pairs, .. } => {
                let texts = self.bound.raw.map_or_else(|| self.bound.texts.clone(), |raw| vec![raw]);
                texts.into_iter().chain(pairs.iter().flat_map(Field::columns)).collect()
            }
            Leaf::Class(class) => self.bound.map.classes()[*class].selector.columns().into_iter().collect(),
        }
    }
}

/// Could `name=value` match the term for some value (§2.2.3), or is the name the one of its markup (§2.2.4)?
fn pair_possible(test: &TermTest, glob: &Glob, name: &str) -> bool {
    if test.markup().is_some_and(|markup| retrohunt_fold::eq(&markup.name, name)) {
        return true;
    }
    if !test.can_overlap_pair() {
        return false;
    }
    // An inner `*` may stretch over the `=`: any name is possible then.
    let Some(piece) = single_piece(glob) else { return true };
    let (piece, name) = (retrohunt_fold::fold(piece).into_owned(), retrohunt_fold::fold(name).into_owned());
    piece.match_indices('=').any(|(at, _)| name.ends_with(&piece[..at]))
}

/// The only literal piece of a term, if it has just one.
fn single_piece(glob: &Glob) -> Option<&str> {
    let mut pieces = glob.pieces.iter().filter(|piece| !piece.is_empty());
    let first = pieces.next()?;
    pieces.next().is_none().then_some(first.as_str())
}

/// The bodies of each needle, which is its bytes and whether case does not count.
type BodiesByNeedle = BTreeMap<(Vec<u8>, bool), Vec<usize>>;

/// One searcher for each column that some anchor names.
fn searches(bound: &Bound, scalar: bool) -> Result<Vec<ColumnSearch>, Error> {
    let mut columns: BTreeMap<usize, BodiesByNeedle> = BTreeMap::new();
    for (index, body) in bound.bodies.iter().enumerate() {
        let Some(anchor) = &body.anchor else { continue };
        for literal in &anchor.literals {
            let needle = (literal.bytes.clone(), literal.folded);
            columns.entry(literal.column).or_default().entry(needle).or_default().push(index);
        }
    }
    let mut searches = Vec::with_capacity(columns.len());
    for (column, needles) in columns {
        let bodies = needles.values().cloned().collect();
        let needles: Vec<Needle> = needles
            .into_keys()
            .map(|(bytes, folded)| if folded { Needle::folded(bytes) } else { Needle::exact(bytes) })
            .collect();
        let simd = if scalar { SimdChoice::Scalar } else { SimdChoice::Auto };
        let options = retrohunt_prefilter::Options { simd, ..retrohunt_prefilter::Options::default() };
        let searcher = Searcher::new(&needles, &options).map_err(|error| Error::internal(error.to_string()))?;
        searches.push(ColumnSearch { column, searcher, needles, bodies });
    }
    Ok(searches)
}
