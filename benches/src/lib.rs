//! What benchmarks share: archives, rules, expected results, and the limit that scans are measured against.
//!
//! A benchmark here states what it read and checks what it found: a wrong answer fails, however fast it was. The limit
//! ([`mod@limit`]) is the time to decompress exactly the pages that an ideal plan of the seed rule touches.
//!
//! | Module | Owns |
//! | --- | --- |
//! | [`archive`] | synthetic archives, written once and used again |
//! | [`rules`] | the rules that are measured, and running them |
//! | [`truth`] | results as JSON, and what they must be |
//! | [`limit`] | the pages of an ideal plan, and decompressing them |
//! | [`memory`] | resident memory of this process |
//!
//! `benches/` has the benchmarks themselves, `examples/` the programs that are run by hand on a large archive; the README
//! says how.
#![forbid(unsafe_code)]

pub mod archive;
pub mod limit;
pub mod memory;
pub mod rules;
pub mod truth;

/// Any error, with a message for whoever runs a benchmark.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Returns whether each benchmark is to run once, to check its result, rather than to be measured: with `--test`, and under
/// `cargo test`, which unlike `cargo bench` passes no `--bench`.
#[must_use]
pub fn once() -> bool {
    std::env::args().any(|argument| argument == "--test") || std::env::args().all(|argument| argument != "--bench")
}
