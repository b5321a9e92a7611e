//! Predicates over columns, and the pipeline of commands after a rule's filter, with mergeable state.
//!
//! The crate owns what a value is per row (§4), the exact tests of terms (§2), comparisons (§3) and regexes (§5.5) over one column,
//! and the commands `search`, `regex`, `table`, `fields`, `bin` and `stats` over batches. It refuses to own: Boolean trees of a rule's
//! first filter, their order and memo (`engine`), files and pages (`columnar`), rule text (`spl`), output (`cli`).
//!
//! | step | module |
//! | --- | --- |
//! | one column to bits | [`predicate`] |
//! | rows in, columns by name | [`Batch`], [`RowKey`] |
//! | row-wise commands | `filter`, `project`, `bin`, behind the trait of `stage` |
//! | keys to groups | `group`, with a README |
//! | aggregates | `aggregate`, one file each |
//! | state, merge, result | [`Pipeline`], [`State`], [`Table`] |
//!
//! What must stay true: any split of the rows into batches and states, merged in any order, gives the same [`Table`]; ∅ is never an
//! empty text; a hostile value is an error or a value, never a panic.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, StringArray};
//! use retrohunt_spl::plan::{Aggregate, AggregateFunc, Command, Over, StatsCommand};
//! use retrohunt_stages::{Batch, Pipeline, RowKey, Settings, Value};
//!
//! let (func, default_name) = (AggregateFunc::Count, "count".into());
//! let count = Aggregate { func, over: Over::Rows, sparkline: None, alias: None, default_name };
//! let stats = StatsCommand {
//!     aggregates: vec![count],
//!     by: vec!["host".into()],
//!     dedup_splitvals: false,
//!     allnum: false,
//!     delim: " ".into(),
//! };
//! let pipeline = Pipeline::new(&[Command::Stats(stats)], &Settings::default())?;
//!
//! let hosts: ArrayRef = Arc::new(StringArray::from(vec![Some("w5"), None, Some("w5")]));
//! let keys = (0..3).map(|row| RowKey { time: None, file: 0, row }).collect();
//! let mut state = pipeline.state();
//! pipeline.update(&mut state, Batch::new(vec![("host".into(), hosts)], keys)?)?;
//! let mut notes = retrohunt_stages::Notes::default();
//! let mut context = retrohunt_stages::Context { operands: &[], runner: None, notes: &mut notes };
//! let table = pipeline.finish(state, &mut context)?;
//! assert_eq!(table.rows[0].values, [Value::Text("w5".into()), Value::Int(2)]);
//! # Ok::<(), retrohunt_stages::PipelineError>(())
//! ```
#![forbid(unsafe_code)]

mod aggregate;
mod batch;
mod bin;
pub mod codes;
mod commands;
mod error;
mod expr;
mod faults;
mod filter;
mod group;
mod json_path;
mod kernels;
mod layout;
mod needs;
mod notes;
mod partial;
mod pipeline;
pub mod predicate;
mod project;
mod rows;
mod select;
mod stage;
mod stats;
mod table;
mod table_stage;
mod xml_tree;

pub use batch::{Batch, RAW, RowKey, TIME};
pub use commands::format_rows;
pub use error::{ERROR_CODES, PipelineError};
pub use expr::{Constant, constant};
#[cfg(feature = "faults")]
pub use faults::{FAULTS, set_fault};
pub use kernels::number::Number;
pub use kernels::value::ValueRef;
pub use needs::Needs;
pub use notes::Notes;
pub use pipeline::{Pipeline, ResolveTime, Settings, State};
pub use table::{Table, TableColumn, TableRow, Value};
pub use table_stage::{Context, Runner};
