//! Predicates over one column: bare terms (§2), comparisons and IN (§3), regexes (§5.5).
//!
//! A predicate answers per row with a bit. It is two-valued: ∅ is decided as the specification says, never unknown. Boolean
//! trees over predicates belong to the caller, except for a later `search`, which `rows` evaluates over a whole batch.

mod breaker;
mod compare;
mod markup;
mod membership;
mod regex;
pub(crate) mod rows;
mod term;

pub use compare::CompareTest;
pub use markup::Markup;
pub use membership::InTest;
pub(crate) use regex::compile_rescued;
pub use regex::{RegexFailure, RegexTest};
pub use rows::write_virtual_raw;
pub use term::{RequiredPiece, TermTest};
