//! Multi-needle search over bytes: which of many needles occur where (§2.6, §2.7).
//!
//! A [`Searcher`] is built once from a set of [`Needle`]s, each exact or caseless, and then appends to a caller's vector a
//! [`Hit`] for *every* place where a needle starts: overlapping, nested and repeated needles too. That completeness is the
//! law of this crate, since a rule whose needle is not reported loses rows.
//!
//! The crate owns the search algorithms, the choice between them ([`Choice`]) and the instruction sets behind them. It knows
//! nothing of rules, columns, pages or rows: a haystack is bytes, which need not be UTF-8 and may hold anything between
//! the values (the length prefixes of a Parquet page). What a hit means is the caller's business.
//!
//! ```
//! use retrohunt_prefilter::{Hit, Needle, NeedleId, Options, Searcher};
//!
//! let needles = [Needle::folded("psexec"), Needle::exact("\\\\"), Needle::folded("exe")];
//! let searcher = Searcher::new(&needles, &Options::default())?;
//! let mut hits = Vec::new();
//! searcher.search(br"PsExec.exe \\W5 cmd", &mut hits);
//! let at = |offset, needle| Hit { offset, needle: NeedleId(needle) };
//! assert_eq!(hits, [at(0, 0), at(2, 2), at(7, 2), at(11, 1)]);
//! # Ok::<(), retrohunt_prefilter::Error>(())
//! ```
//!
//! # Where things are
//!
//! [`needle`](crate::Needle) the vocabulary, `needle_set` distinct needles and exact verification, `folding` case outside
//! ASCII, `choose` the one decision, `searcher` the safe door. One module an algorithm: `memmem`, `bytes`, `pair`,
//! `byte_pairs`, `teddy` (README beside the code), `grams`, `automaton`, and [`naive`], the oracle. `vector` is the fence
//! around the instruction sets, `scan` the loop that feeds vector kernels, tails and short haystacks included.

mod automaton;
mod byte_pairs;
mod bytes;
mod candidates;
mod choose;
mod error;
mod fault;
mod folding;
mod frequency;
mod grams;
mod key_table;
mod memmem;
pub mod naive;
mod needle;
mod needle_set;
mod order;
mod pair;
mod part;
mod scan;
mod searcher;
mod teddy;
mod vector;

pub use choose::{Algorithm, Choice, Options, PartChoice, SimdChoice};
pub use error::Error;
#[cfg(feature = "faults")]
#[doc(hidden)]
pub use fault::set_fault;
pub use needle::{Hit, Needle, NeedleCase, NeedleId};
pub use searcher::Searcher;
