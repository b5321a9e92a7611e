//! Synthetic telemetry with planted ground truth.
//!
//! This crate owns the invented company (machines, people, command lines), the shapes in which five vendors log its
//! events, the planted rows, and the truth about them: the result rows that the project's seed rule must give. It knows
//! nothing of SPL, of profiles or of the engine, and must not: the truth is derived from what was planted, never by
//! running what it is meant to test. Its statement of which column is which field (`mapping`) repeats that of the shipped
//! profiles on purpose.
//!
//! | Module | Owns |
//! | --- | --- |
//! | `options` | what to generate, and the layout of files |
//! | `random`, `clock` | random numbers and time texts that never change |
//! | `population`, `commands`, `event` | what happens at the company |
//! | `row`, `vendor`, `raw` | how a vendor writes it down |
//! | `plant` | cases of hits and near misses, and where they go |
//! | `mapping`, `truth` | what the seed rule makes of the hits |
//! | `encode`, `generate` | files, threads, the run |
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let out = tempfile::tempdir()?;
//! let summary = retrohunt_synth::generate(&retrohunt_synth::Options::new(out.path(), 2_000))?;
//! assert_eq!(summary.rows(), 2_000);
//! assert!(out.path().join("truth.ndjson").exists());
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod clock;
mod commands;
mod encode;
mod error;
mod event;
mod generate;
mod mapping;
mod options;
mod plant;
mod population;
mod random;
mod raw;
mod row;
mod truth;
mod vendor;

pub use error::Error;
pub use generate::{FileSummary, Summary, TRUTH_FILE, TRUTH_ROWS_FILE, generate};
pub use options::{FileSpec, Format, Options, Vendor};
