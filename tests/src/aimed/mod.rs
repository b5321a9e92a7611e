//! Events aimed at a rule: built from its own predicates, so that agreement of two evaluators is not agreement on nothing.
//!
//! | File | What it holds |
//! | --- | --- |
//! | `agreement` | groups that hit or nearly do, and two evaluators on them |
//! | `draft` | an event in the making: what its fields and its text must hold |
//! | `sample` | texts that a pattern matches |
//! | `search`, `condition` | what a `search` or a `where` asks of the event |
//! | `scope` | where a field comes from: the event, an aggregate, an expression |
//! | `rule` | a whole plan to groups of events; near misses of one that hits |
//!
//! Nothing here decides whether an event matches: candidates are tried with the reference interpreter, and only those that hit, or no
//! longer hit, are kept.

mod agreement;
mod condition;
mod draft;
mod rule;
mod sample;
mod scope;
mod search;

pub use agreement::{Aimed, agree, aim, archive, engine};
pub use draft::Event;
pub use rule::{candidates, near_misses};
