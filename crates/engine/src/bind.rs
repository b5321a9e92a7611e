//! A program meets a schema: fields become columns, leaves get their texts and classes, rules get anchors.
//!
//! Done once per distinct schema. Everything that depends on names is decided here; the scan asks for columns by index.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use retrohunt_columnar::{ColumnInfo, ColumnKind};
use retrohunt_prefilter::{Needle, Searcher, SimdChoice};
use retrohunt_profile::{EventClass, Expr, FieldMap, FieldSource, MatchedBy};
use retrohunt_spl::diagnostic::Code;
use retrohunt_spl::plan::{CompareOp, FieldRef, Glob, TermKind};
use retrohunt_stages::Needs;
use retrohunt_stages::predicate::TermTest;

use crate::anchor::{self, Leaves};
use crate::codes;
use crate::error::Error;
use crate::need::{Anchor, Costs};
use crate::program::{Body, Predicate, PredicateId, Program, Tree};

/// Selectors of Splunk's own, which an archive usually has no column for (§3.12).
const SELECTORS: &[&str] = &["index", "sourcetype", "source", "eventtype", "tag", "splunk_server", "savedsearch"];

/// Index of a leaf in its [`Bound`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LeafId(pub u32);

impl LeafId {
    /// As an index.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A field in one schema.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name that the rule uses (for a single-quoted one, the spelling that exists).
    pub name: String,
    /// Where its values come from.
    pub source: FieldSource,
}

impl Field {
    /// Returns the column that holds the field on every row, if there is such a one.
    #[must_use]
    pub fn plain_column(&self) -> Option<usize> {
        self.source.as_column()
    }

    /// Returns every column that a value of the field may come from.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<usize> {
        self.source.columns().into_iter().collect()
    }

    /// Is every value of the field one of a number column, all of the same type? Then the field has that type, else its values are texts.
    pub(crate) fn is_typed(&self, columns: &[ColumnInfo]) -> bool {
        let plain = self.source.cases.iter().all(|case| matches!(case.expr, Expr::Column(_)));
        let mut kinds = self.source.columns().into_iter().map(|column| &columns[column]);
        let number = |info: &ColumnInfo| {
            matches!(info.kind, ColumnKind::Int | ColumnKind::UInt | ColumnKind::Float | ColumnKind::Bool)
                && !info.multivalue
        };
        let first = kinds.next();
        plain && first.is_some_and(|first| number(first) && kinds.all(|info| number(info) && info.kind == first.kind))
    }

    /// The column of a name as it is, whatever a mapping makes of the name.
    fn native(name: &str, column: usize) -> Self {
        let source =
            FieldSource { name: name.to_owned(), matched: MatchedBy::Exact, cases: Vec::new(), native: Some(column) };
        Self { name: name.to_owned(), source }
    }
}

/// A test with its columns.
pub enum Leaf {
    /// A comparison, IN or pattern on a field that the schema has.
    Field {
        /// The test.
        predicate: PredicateId,
        /// The field.
        field: Field,
    },
    /// A pattern over the rendered row, where there is no `_raw` (§5.5.2).
    VirtualRaw {
        /// The test.
        predicate: PredicateId,
    },
    /// A term in the row's reference texts.
    Term {
        /// The test.
        predicate: PredicateId,
        /// Fields whose `name=value` could match (§2.2.3, §2.2.4).
        pairs: Vec<Field>,
        /// Texts that the profile gives to rows of a class (or to all): does the term match them?
        constants: Vec<(Option<usize>, bool)>,
    },
    /// A class of rows that a marker also means (§2.8).
    Class(usize),
}

/// A filter over leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoundTree {
    /// Every row.
    True,
    /// No row.
    False,
    /// All of them.
    And(Vec<BoundTree>),
    /// Any of them.
    Or(Vec<BoundTree>),
    /// Not this one.
    Not(Box<BoundTree>),
    /// A leaf.
    Leaf(LeafId),
}

impl BoundTree {
    /// Joins by AND, with constants folded.
    fn and(parts: Vec<BoundTree>) -> BoundTree {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                BoundTree::True => {}
                BoundTree::False => return BoundTree::False,
                BoundTree::And(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        let mut kept = distinct(kept);
        match kept.len() {
            0 => BoundTree::True,
            1 => kept.remove(0),
            _ => BoundTree::And(kept),
        }
    }

    /// Joins by OR, with constants folded.
    fn or(parts: Vec<BoundTree>) -> BoundTree {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                BoundTree::False => {}
                BoundTree::True => return BoundTree::True,
                BoundTree::Or(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        let mut kept = distinct(kept);
        match kept.len() {
            0 => BoundTree::False,
            1 => kept.remove(0),
            _ => BoundTree::Or(kept),
        }
    }

    /// Negates, with constants folded.
    fn not(part: BoundTree) -> BoundTree {
        match part {
            BoundTree::True => BoundTree::False,
            BoundTree::False => BoundTree::True,
            BoundTree::Not(inner) => *inner,
            other => BoundTree::Not(Box::new(other)),
        }
    }

    /// Returns the conjuncts.
    #[must_use]
    pub fn conjuncts(&self) -> &[BoundTree] {
        match self {
            BoundTree::And(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }
}

/// The parts without repetitions, in order.
fn distinct(parts: Vec<BoundTree>) -> Vec<BoundTree> {
    let mut kept: Vec<BoundTree> = Vec::with_capacity(parts.len());
    for part in parts {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    kept
}

/// A rule in one schema.
pub struct BoundRule {
    /// Which rows pass.
    pub tree: BoundTree,
    /// What is searched for to find candidates; `None`: every row is one.
    pub anchor: Option<Anchor>,
    /// The fields that the pipeline reads, in code point order.
    pub fields: Vec<Field>,
}

/// One search over a column's pages, for all rules.
pub struct ColumnSearch {
    /// The column.
    pub column: usize,
    /// The needles, compiled.
    pub searcher: Searcher,
    /// The needles as text, for `explain`.
    pub needles: Vec<Needle>,
    /// For each needle, the rules whose anchor holds it.
    pub rules: Vec<Vec<usize>>,
}

/// A program in one schema.
pub struct Bound {
    /// Fields, classes and time.
    pub map: FieldMap,
    /// The file's columns.
    pub columns: Vec<ColumnInfo>,
    /// Column of `_raw`.
    pub raw: Option<usize>,
    /// Is there a `_raw` in every row of the files of this schema? Then no other column is searched for a term.
    pub raw_complete: bool,
    /// Columns whose values are reference texts (§2.2.2).
    pub texts: Vec<usize>,
    /// Columns of the rendered row (§5.5.2), in schema order.
    pub rendered: Vec<usize>,
    /// By rule; `None` for one that does not run.
    pub rules: Vec<Option<BoundRule>>,
    /// All leaves; [`LeafId`] is the index.
    pub leaves: Vec<Leaf>,
    /// Searches, by column.
    pub searches: Vec<ColumnSearch>,
    /// What was noteworthy about a rule in this schema.
    pub notes: BTreeSet<(usize, Code, String)>,
    /// By rule: the fields that it names and this schema does not have.
    pub absent: Vec<BTreeSet<String>>,
    /// Columns that each leaf reads.
    leaf_columns: Vec<BTreeSet<usize>>,
    /// Expected bytes per row of each column.
    widths: Vec<u64>,
}

impl Bound {
    /// Do rows have a time?
    pub(crate) fn has_time(&self) -> bool {
        !self.map.time().columns.is_empty()
    }

    /// Number of classes.
    pub(crate) fn classes(&self) -> usize {
        self.map.classes().len()
    }

    /// Columns that a leaf may read.
    pub(crate) fn leaf_columns(&self, id: LeafId) -> &BTreeSet<usize> {
        &self.leaf_columns[id.index()]
    }

    /// Expected bytes per row of a column.
    #[must_use]
    pub fn width(&self, column: usize) -> u64 {
        self.widths.get(column).copied().unwrap_or(0)
    }
}

impl Costs for Bound {
    fn width(&self, column: usize) -> f64 {
        // At most the size of a file: exact as a double.
        u32::try_from(Bound::width(self, column)).map_or(1e9, f64::from)
    }
}

/// What statistics say of the `_raw` of a row group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RawFacts {
    /// Every row has one.
    pub complete: bool,
    /// Its least value begins like a JSON object.
    pub json: bool,
}

/// Returns the program bound to the schema that `map` was made for. `widths[i]` is the expected number of bytes per row of column `i`;
/// `facts` is what statistics say of `_raw`.
///
/// # Errors
///
/// If the needles cannot be compiled.
pub fn bind(
    program: &Program,
    map: FieldMap,
    columns: &[ColumnInfo],
    widths: Vec<u64>,
    facts: RawFacts,
) -> Result<Bound, Error> {
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
        rules: Vec::new(),
        leaves: Vec::new(),
        searches: Vec::new(),
        notes: BTreeSet::new(),
        absent: vec![BTreeSet::new(); program.rules.len()],
        leaf_columns: Vec::new(),
        widths,
    };
    let names = bound.map.fields().iter().map(|field| field.name.clone()).collect();
    let mut binder = Binder { program, bound, facts, names, leaves: HashMap::new(), rule: 0 };
    for (index, rule) in program.rules.iter().enumerate() {
        binder.rule = index;
        let rule = rule.body.as_ref().map(|body| binder.rule(body));
        binder.bound.rules.push(rule);
    }
    let mut bound = binder.bound;
    bound.searches = searches(&bound, program.settings.scalar)?;
    Ok(bound)
}

/// State of one binding.
struct Binder<'a> {
    program: &'a Program,
    bound: Bound,
    facts: RawFacts,
    /// Every field name of the schema, mapped ones included, sorted.
    names: Vec<String>,
    leaves: HashMap<LeafKey, LeafId>,
    /// The rule being bound.
    rule: usize,
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
    /// Binds one rule.
    fn rule(&mut self, body: &Body) -> BoundRule {
        let tree = self.tree(&body.filter, true).unwrap_or(BoundTree::True);
        let need = anchor::need(&tree, &Leaves { program: self.program, bound: &self.bound });
        let anchor = crate::need::anchor(&need, &self.bound);
        let names: Vec<String> = self.names.iter().filter(|name| body.needs.selects(name)).cloned().collect();
        let fields = names
            .iter()
            .map(|name| self.field(name))
            .filter(|field| !field.source.is_absent() || field.name == "_time");
        let mut fields: Vec<Field> = fields.collect();
        let wants_time = match &body.needs {
            Needs::All => true,
            needs @ Needs::Fields(_) => needs.selects("_time"),
        };
        if wants_time && self.bound.has_time() && !fields.iter().any(|field| field.name == "_time") {
            fields.push(self.field("_time"));
        }
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        if let Needs::Fields(patterns) = &body.needs {
            let named = patterns.iter().filter_map(|pattern| pattern.glob.literal());
            let absent = named.filter(|name| !fields.iter().any(|field| field.name == *name)).map(str::to_owned);
            self.bound.absent[self.rule].extend(absent);
        }
        BoundRule { tree, anchor, fields }
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
                if neutral == bound.len() {
                    return None;
                }
                // The neutral member could have held, which keeps the row; under NOT it is dropped, which keeps it too.
                if neutral > 0 && positive {
                    return Some(BoundTree::True);
                }
                Some(BoundTree::or(bound.into_iter().flatten().collect()))
            }
            Tree::Not(part) => self.tree(part, !positive).map(BoundTree::not),
            Tree::Leaf { id, first } => self.leaf(*id, *first && positive),
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
                self.bound.notes.insert((self.rule, codes::CLASS_MARKER, message));
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
            self.bound.notes.insert((self.rule, codes::UNMAPPED_SELECTOR, message));
            return None;
        }
        self.bound.absent[self.rule].insert(field.name);
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
            self.bound.notes.insert((self.rule, codes::VIRTUAL_RAW, message));
            return Some(self.intern(LeafKey::Predicate(id), || Leaf::VirtualRaw { predicate: id }));
        }
        self.bound.absent[self.rule].insert(name.to_owned());
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
            self.bound.notes.insert((self.rule, codes::JSON_RAW_BACKSLASH, message.to_owned()));
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

/// The rules of each needle, which is its bytes and whether case does not count.
type RulesByNeedle = BTreeMap<(Vec<u8>, bool), Vec<usize>>;

/// One searcher for each column that some anchor names.
fn searches(bound: &Bound, scalar: bool) -> Result<Vec<ColumnSearch>, Error> {
    let mut columns: BTreeMap<usize, RulesByNeedle> = BTreeMap::new();
    for (index, rule) in bound.rules.iter().enumerate() {
        let Some(anchor) = rule.as_ref().and_then(|rule| rule.anchor.as_ref()) else { continue };
        for literal in &anchor.literals {
            let needle = (literal.bytes.clone(), literal.folded);
            columns.entry(literal.column).or_default().entry(needle).or_default().push(index);
        }
    }
    let mut searches = Vec::with_capacity(columns.len());
    for (column, needles) in columns {
        let rules = needles.values().cloned().collect();
        let needles: Vec<Needle> = needles
            .into_keys()
            .map(|(bytes, folded)| if folded { Needle::folded(bytes) } else { Needle::exact(bytes) })
            .collect();
        let simd = if scalar { SimdChoice::Scalar } else { SimdChoice::Auto };
        let options = retrohunt_prefilter::Options { simd, ..retrohunt_prefilter::Options::default() };
        let searcher = Searcher::new(&needles, &options).map_err(|error| Error::internal(error.to_string()))?;
        searches.push(ColumnSearch { column, searcher, needles, rules });
    }
    Ok(searches)
}
