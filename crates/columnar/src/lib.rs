//! Mapped Parquet and Arrow files to pruned pages and decoded batches.

pub mod text;
