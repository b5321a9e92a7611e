//! [`Expr`] to [`Node`]: names to slots, literal patterns compiled, constants folded.

use retrohunt_spl::functions::Function;
use retrohunt_spl::plan::{Expr, ExprKind};

use super::cell::Cell;
use super::like::LikePattern;
use super::node::{Choice, Exchange, Finder, Node, Slot};
use super::patterns::{Pattern, Replacement};
use super::scope::{Frame, Scope};
use super::typing;
use crate::batch::{Batch, RowKey};
use crate::error::PipelineError;
use crate::pipeline::Settings;
use crate::predicate::rows::RowTest;

/// How deep calls and operators may nest. The parser allows less; this is for trees that come from elsewhere.
const MOST_NESTING: usize = 600;

/// A compiled expression and what it refers to.
#[derive(Debug)]
pub(super) struct Program {
    /// The expression.
    pub(super) root: Node,
    /// Names of the fields, by slot.
    pub(super) fields: Vec<String>,
    /// The conditions of `searchmatch`.
    pub(super) searches: Vec<RowTest>,
    /// A literal pattern compiled only as written (§1.4.4).
    pub(super) rescued: bool,
}

impl Program {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// `E-STAGE-REGEX` for a literal pattern that does not compile, `E-STAGE-LIMIT` for one nested too deep, `E-STAGE-COMMAND` for a
    /// subsearch that was not run.
    pub(super) fn new(expr: &Expr, settings: &Settings) -> Result<Self, PipelineError> {
        let fields = expr.fields().into_iter().map(str::to_owned).collect();
        let mut compiler = Compiler { fields, searches: Vec::new(), rescued: false, depth: 0, settings };
        let root = compiler.node(expr)?;
        let Compiler { fields, searches, rescued, .. } = compiler;
        Ok(Self { root, fields, searches, rescued })
    }
}

/// What is gathered while an expression is compiled.
struct Compiler<'s> {
    /// Names by slot.
    fields: Vec<String>,
    /// Conditions of `searchmatch`.
    searches: Vec<RowTest>,
    /// A pattern compiled only as written.
    rescued: bool,
    /// Expressions that are open.
    depth: usize,
    /// For folding.
    settings: &'s Settings,
}

impl Compiler<'_> {
    /// Compiles an expression and folds it.
    fn node(&mut self, expr: &Expr) -> Result<Node, PipelineError> {
        self.depth += 1;
        if self.depth > MOST_NESTING {
            return Err(PipelineError::new(
                "E-STAGE-LIMIT",
                format!("the expression is nested deeper than {MOST_NESTING}"),
            ));
        }
        let node = self.unfolded(expr)?;
        self.depth -= 1;
        Ok(self.folded(node))
    }

    /// Compiles an expression in a box.
    fn boxed(&mut self, expr: &Expr) -> Result<Box<Node>, PipelineError> {
        self.node(expr).map(Box::new)
    }

    /// Compiles two sides, and finds whether one of them is a string literal.
    fn sides(&mut self, left: &Expr, right: &Expr) -> Result<(Box<[Node; 2]>, bool), PipelineError> {
        Ok((Box::new([self.node(left)?, self.node(right)?]), is_literal(left) || is_literal(right)))
    }

    /// Compiles an expression as it stands.
    fn unfolded(&mut self, expr: &Expr) -> Result<Node, PipelineError> {
        Ok(match &expr.kind {
            ExprKind::Text { value, .. } => Node::Constant(Cell::string(value.clone())),
            ExprKind::Number(literal) => Node::Constant(number(literal.0)),
            ExprKind::Bool(value) => Node::Constant(Cell::Bool(*value)),
            ExprKind::Null => Node::Constant(Cell::Null),
            ExprKind::Field(name) => Node::Field(self.slot(name)),
            ExprKind::Negate(inner) => Node::Negate(self.boxed(inner)?),
            ExprKind::Not(inner) => Node::Not(self.boxed(inner)?),
            ExprKind::Arithmetic(op, left, right) => Node::Arithmetic(*op, self.boxed(left)?, self.boxed(right)?),
            ExprKind::Compare(op, left, right) => {
                let (sides, literal) = self.sides(left, right)?;
                Node::Compare { op: *op, sides, literal }
            }
            ExprKind::Logic(op, left, right) => Node::Logic(*op, self.boxed(left)?, self.boxed(right)?),
            ExprKind::Call(function, arguments) => self.call(*function, arguments)?,
            ExprKind::SearchMatch(search) => {
                self.searches.push(RowTest::new(search));
                Node::Search(self.searches.len() - 1)
            }
            ExprKind::Subsearch(_) => {
                return Err(PipelineError::new("E-STAGE-COMMAND", "a subsearch of this expression was not run"));
            }
        })
    }

    /// Compiles a call. Functions whose arguments are not simply values have nodes of their own.
    fn call(&mut self, function: Function, arguments: &[Expr]) -> Result<Node, PipelineError> {
        Ok(match (function, arguments) {
            (Function::If, [condition, yes, no]) => {
                let arms = vec![(self.node(condition)?, self.node(yes)?)];
                Node::Choose(Box::new(Choice { arms, wanted: true, otherwise: self.node(no)? }))
            }
            (Function::Case | Function::Validate, arguments) => {
                let (pairs, _) = arguments.as_chunks::<2>();
                let arm = |[condition, value]: &[Expr; 2]| Ok((self.node(condition)?, self.node(value)?));
                let arms = pairs.iter().map(arm).collect::<Result<_, PipelineError>>()?;
                let otherwise = Node::Constant(Cell::Null);
                Node::Choose(Box::new(Choice { arms, wanted: function == Function::Case, otherwise }))
            }
            (Function::Coalesce, arguments) => Node::Coalesce(self.nodes(arguments)?),
            (Function::NullIf, [left, right]) => {
                let (sides, literal) = self.sides(left, right)?;
                Node::NullIf { sides, literal }
            }
            (Function::Match, [text, pattern]) => Node::Match(self.boxed(text)?, self.finder(pattern)?),
            (Function::MvFind, [values, pattern]) => Node::MvFind(self.boxed(values)?, self.finder(pattern)?),
            (Function::Replace, [text, pattern, replacement]) => {
                let exchange = match &replacement.kind {
                    ExprKind::Text { value, .. } => Exchange::Fixed(Replacement::parse(value)),
                    _ => Exchange::Made(self.node(replacement)?),
                };
                Node::Replace(self.boxed(text)?, self.finder(pattern)?, Box::new(exchange))
            }
            (Function::Like, [text, Expr { kind: ExprKind::Text { value, .. }, .. }]) => {
                Node::Like(self.boxed(text)?, LikePattern::new(value))
            }
            (Function::In, [value, members @ ..]) => {
                let written = is_literal(value);
                let member = |member| Ok((self.node(member)?, written || is_literal(member)));
                let members = members.iter().map(member).collect::<Result<_, PipelineError>>()?;
                Node::In(self.boxed(value)?, members)
            }
            (Function::MvFilter, [condition]) => match condition.fields().as_slice() {
                [field] => Node::MvFilter(self.slot(field), self.boxed(condition)?),
                // The parser refuses it; without one field there is nothing to go over.
                _ => Node::Constant(Cell::Null),
            },
            (Function::MvMap, [values, made]) => match bound_field(values) {
                Some(field) => Node::MvMap(self.slot(field), self.sides(values, made)?.0),
                None => Node::Constant(Cell::Null),
            },
            (function, arguments) => Node::Call(function, self.nodes(arguments)?),
        })
    }

    /// Compiles several expressions.
    fn nodes(&mut self, exprs: &[Expr]) -> Result<Vec<Node>, PipelineError> {
        exprs.iter().map(|expr| self.node(expr)).collect()
    }

    /// Compiles the pattern of a call.
    fn finder(&mut self, expr: &Expr) -> Result<Finder, PipelineError> {
        if let ExprKind::Text { value, raw } = &expr.kind {
            let (pattern, rescued) = Pattern::literal(value, raw)?;
            self.rescued |= rescued;
            return Ok(Finder::Fixed(pattern));
        }
        let node = self.node(expr)?;
        if let Some(Cell::Text(text)) = node.constant() {
            return Ok(Finder::Fixed(Pattern::literal(text, text)?.0));
        }
        Ok(Finder::Made(Box::new(node)))
    }

    /// The slot of a field.
    fn slot(&mut self, name: &str) -> Slot {
        let known = self.fields.iter().position(|field| field == name);
        known.unwrap_or_else(|| {
            self.fields.push(name.to_owned());
            self.fields.len() - 1
        })
    }

    /// The node, or its value if that is the same in every row and can be found without a finding.
    fn folded(&self, node: Node) -> Node {
        if !is_fixed(&node) {
            return node;
        }
        let key = RowKey { time: None, file: 0, row: 0 };
        let Ok(batch) = Batch::new(Vec::new(), vec![key]) else { return node };
        let program = Program { root: node, fields: Vec::new(), searches: Vec::new(), rescued: false };
        let value = {
            let scope = Scope::new(&program, &batch, self.settings);
            let value = program.root.cell(&scope, &Frame::of_row(0));
            if scope.findings().any() { None } else { value.ok().map(Cell::into_owned) }
        };
        value.map_or(program.root, Node::Constant)
    }
}

/// Is the expression a string literal?
fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Text { .. })
}

/// The field that `mvmap` binds: its first argument, or the one under `mvindex` (§6.4).
fn bound_field(values: &Expr) -> Option<&str> {
    match &values.kind {
        ExprKind::Field(name) => Some(name),
        ExprKind::Call(Function::MvIndex, arguments) => match arguments.first()?.kind {
            ExprKind::Field(ref name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The value of a number of a rule's text; an integer where it prints as one (§4.4).
fn number(value: f64) -> Cell<'static> {
    typing::integral(value).map_or_else(|| Cell::of_f64(value), Cell::Int)
}

/// Is a node, whose parts are folded already, the same in every row?
fn is_fixed(node: &Node) -> bool {
    let fixed = |node: &Node| node.constant().is_some();
    match node {
        Node::Negate(inner) | Node::Not(inner) => fixed(inner),
        Node::Match(inner, Finder::Fixed(_)) | Node::MvFind(inner, Finder::Fixed(_)) | Node::Like(inner, _) => {
            fixed(inner)
        }
        Node::Arithmetic(_, left, right) | Node::Logic(_, left, right) => fixed(left) && fixed(right),
        Node::Compare { sides, .. } | Node::NullIf { sides, .. } => sides.iter().all(fixed),
        Node::Choose(choice) => {
            fixed(&choice.otherwise) && choice.arms.iter().all(|(condition, value)| fixed(condition) && fixed(value))
        }
        Node::Coalesce(nodes) => nodes.iter().all(fixed),
        Node::In(value, members) => fixed(value) && members.iter().all(|(member, _)| fixed(member)),
        Node::Replace(text, Finder::Fixed(_), exchange) => fixed(text) && matches!(&**exchange, Exchange::Fixed(_)),
        Node::Call(function, nodes) => *function != Function::Random && nodes.iter().all(fixed),
        _ => false,
    }
}
