//! All rules in one pass: compile, bind, scan, merge.
//!
//! The crate owns what happens between rules and result rows: interned predicates, the binding of a program to a schema, anchors, filters over
//! candidate rows, and the schedule over files, row groups and threads. It refuses to own what a construct means (`spl`, `stages`, `regex`),
//! how files are laid out (`columnar`), how needles are found (`prefilter`), what columns are called (`profile`), and any output (`cli`).
//!
//! | step | module | once per |
//! | --- | --- | --- |
//! | rules to predicates, filters, pipelines | [`program`] | run |
//! | fields to columns, leaves, anchors | `bind` makes [`bound`]; [`need`], `anchor`; `dotted` | schema |
//! | proofs from statistics | `prune` | row group |
//! | page search, candidates, hand-over | `scan` | row group |
//! | candidate rows, their columns; Boolean trees over them | `chunk`, `cells`; `filter` | chunk of rows |
//! | files and row groups over threads, merge, finish | [`schedule`] | run |
//! | what came of it | [`outcome`], [`explain`] | run |
//!
//! What must stay true are the three laws: a need is necessary, only a proof prunes, and states merge in any order.

#![forbid(unsafe_code)]

mod anchor;
mod bind;
pub mod bound;
mod cells;
mod chunk;
pub mod codes;
mod dotted;
mod error;
mod evaluate;
pub mod explain;
mod faults;
mod filter;
mod finish;
pub mod metrics;
pub mod need;
pub mod outcome;
pub mod program;
mod prune;
mod scan;
pub mod schedule;
mod subsearch;
pub mod trace;

pub use error::Error;
pub use evaluate::evaluate;
#[cfg(feature = "faults")]
pub use faults::{FAULTS, set_fault};
pub use outcome::{InputOutcome, Outcome, RuleOutcome};
pub use program::{CompiledRule, Program, Settings, Status, compile};
pub use schedule::{CanMatch, Observer, Profiles, ScanOptions, Silent, can_match, scan};
