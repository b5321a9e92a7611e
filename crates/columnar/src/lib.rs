//! Mapped Parquet and Arrow files to pruned pages and decoded batches.

mod contain;
mod error;
mod source;
pub mod text;

pub use error::{Error, ErrorKind};
