//! What the suites share: the [`mod@reference`] interpreter, the loader of rule [`cases`] the [`harness`] around the engine, and
//! what lies beside the repository ([`shared`]).
//!
//! The interpreter is the plain reading of the language: it takes rows and a plan and gives the rows that the rule returns, one row
//! at a time, without needles, pruning or threads. It shares no evaluation code with the scanner, so agreement of the two means
//! something. Everything else in `tests/` compares against it or against expectations written by hand.

#![forbid(unsafe_code)]

pub mod aimed;
pub mod cases;
pub mod harness;
pub mod reference;
pub mod shared;
