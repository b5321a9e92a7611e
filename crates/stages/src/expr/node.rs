//! The compiled form of an expression.

use retrohunt_spl::functions::Function;
use retrohunt_spl::plan::expr::{ArithmeticOp, ExprCompareOp, LogicOp};

use super::cell::Cell;
use super::like::LikePattern;
use super::patterns::{Pattern, Replacement};
use super::scope::Scope;

/// Which field, by its place in [`super::compile::Program::fields`].
pub(super) type Slot = usize;

/// An expression made ready. Two ways evaluate it: `row` one row at a time, the plain way; `mask` and `vector` a column at a time.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// The same value in every row.
    Constant(Cell<'static>),
    /// A field.
    Field(Slot),
    /// `-x`.
    Negate(Box<Node>),
    /// `NOT x`.
    Not(Box<Node>),
    /// `x + y` and the like.
    Arithmetic(ArithmeticOp, Box<Node>, Box<Node>),
    /// `x = y` and the like.
    Compare {
        /// The operator.
        op: ExprCompareOp,
        /// The sides.
        sides: Box<[Node; 2]>,
        /// One side is written as a string literal (§4.3.3).
        literal: bool,
    },
    /// `x AND y` and the like.
    Logic(LogicOp, Box<Node>, Box<Node>),
    /// `searchmatch`, by its place in [`super::compile::Program::searches`].
    Search(usize),
    /// `if(c, a, b)`, `case(…)` and `validate(…)`: the value of the first arm whose condition is as wanted.
    Choose(Box<Choice>),
    /// `coalesce(a, …)`.
    Coalesce(Vec<Node>),
    /// `nullif(a, b)`.
    NullIf {
        /// The sides.
        sides: Box<[Node; 2]>,
        /// One side is written as a string literal.
        literal: bool,
    },
    /// `match(s, re)`.
    Match(Box<Node>, Finder),
    /// `like(s, p)` with a literal pattern.
    Like(Box<Node>, LikePattern),
    /// `replace(s, re, r)`: the text, the pattern, the replacement.
    Replace(Box<Node>, Finder, Box<Exchange>),
    /// `mvfind(x, re)`.
    MvFind(Box<Node>, Finder),
    /// `in(x, v, …)`; for each member, whether it or `x` is written as a string literal.
    In(Box<Node>, Vec<(Node, bool)>),
    /// `mvfilter(c)`: the field and the condition.
    MvFilter(Slot, Box<Node>),
    /// `mvmap(x, e)`: the field that is bound, its values, and what is made of each.
    MvMap(Slot, Box<[Node; 2]>),
    /// Any other function.
    Call(Function, Vec<Node>),
}

/// Arms in order.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// Conditions and values.
    pub(super) arms: Vec<(Node, Node)>,
    /// What a condition must be for its arm to be taken: false for `validate`.
    pub(super) wanted: bool,
    /// The value where no arm is taken.
    pub(super) otherwise: Node,
}

/// The pattern of a call.
#[derive(Clone, Debug)]
pub(super) enum Finder {
    /// A literal one.
    Fixed(Pattern),
    /// One that is made row by row.
    Made(Box<Node>),
}

/// The replacement of a call.
#[derive(Clone, Debug)]
pub(super) enum Exchange {
    /// A literal one.
    Fixed(Replacement),
    /// One that is made row by row.
    Made(Node),
}

impl Node {
    /// May the value be a multivalue in some row, as far as the columns of this batch tell?
    pub(super) fn may_be_list(&self, scope: &Scope<'_>) -> bool {
        let any = |nodes: &[Self]| nodes.iter().any(|node| node.may_be_list(scope));
        match self {
            Self::Constant(cell) => matches!(cell, Cell::Multi(_)),
            Self::Field(slot) | Self::MvFilter(slot, _) => scope.columns[*slot].0.is_list(),
            Self::Choose(choice) => {
                choice.arms.iter().any(|(_, value)| value.may_be_list(scope)) || choice.otherwise.may_be_list(scope)
            }
            Self::Coalesce(nodes) => any(nodes),
            Self::NullIf { sides, .. } => sides[0].may_be_list(scope),
            Self::Replace(text, ..) => text.may_be_list(scope),
            Self::MvMap(_, parts) => any(&**parts),
            Self::Call(function, nodes) => match function {
                Function::Lower | Function::Upper | Function::Trim | Function::LTrim | Function::RTrim => any(nodes),
                Function::Md5 | Function::Sha1 | Function::Sha256 | Function::Sha512 => any(nodes),
                Function::MvIndex | Function::MvDedup | Function::MvSort | Function::MvReverse => any(nodes),
                Function::Split | Function::MvAppend | Function::MvZip | Function::MvRange => true,
                Function::Spath | Function::JsonArrayToMv => true,
                _ => false,
            },
            Self::Negate(_)
            | Self::Not(_)
            | Self::Arithmetic(..)
            | Self::Compare { .. }
            | Self::Logic(..)
            | Self::Search(_)
            | Self::Match(..)
            | Self::Like(..)
            | Self::MvFind(..)
            | Self::In(..) => false,
        }
    }

    /// The value, if it is the same in every row.
    pub(super) fn constant(&self) -> Option<&Cell<'static>> {
        if let Self::Constant(cell) = self { Some(cell) } else { None }
    }
}
