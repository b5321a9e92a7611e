//! The engine from outside: rows become real files, rules run over them through the public interface, and results come back in
//! the form of the reference interpreter.
//!
//! | File | What it holds |
//! | --- | --- |
//! | `layout` | the ways in which the same rows can stand in a file |
//! | `arrays` | rows as Arrow batches |
//! | `write` | batches as files |
//! | `read` | files as rows of the reference interpreter |
//! | `configuration` | the ways in which the same rules can run over the same rows |
//! | `engine` | rules, files and a configuration to results |
//! | `suite` | rule cases under configurations |
//! | `generate` | random rows, rules and layouts |
//! | `laws` | the laws as checks |

mod arrays;
mod configuration;
mod engine;
mod generate;
pub mod laws;
mod layout;
mod read;
pub mod suite;
mod write;

pub use configuration::{Configuration, covering};
pub use engine::{RuleResult, Scanned, compile, output, plan, profiles, scan, scan_settings};
pub use layout::{Dictionary, Format, Layout, Parquet, Statistics, Texts};
pub use read::read_file;
pub use write::{write_archive, write_file};
