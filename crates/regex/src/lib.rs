//! PCRE text to linear-time automata, and to the literals that a match must hold (§5.6).
//!
//! ```text
//! pattern ─ dialect ─> tree ─ lower ─> Hir ─┬─ literals ─> required literals
//!                                           └─ trim, choose ─> literal search, dense DFA or lazy DFA
//! ```
//!
//! The crate owns the dialect, the meaning of case in it (by `fold`), the choice of automaton and the budget of memory
//! that all automata share. It knows nothing of SPL, whose unescaping comes first (§1.4), of columns or of files.
//!
//! Haystacks are bytes that the caller guarantees to be UTF-8 text; other bytes are safe but match nothing in particular.
//! Matching is unanchored and takes time linear in the haystack. What would need backtracking (look-around, backreferences,
//! atomic groups …) is refused with a stable code when the pattern is compiled, never at match time.
//!
//! ```
//! use retrohunt_regex::Regex;
//!
//! let (regex, notes) = Regex::new(r"(?i)psexec.{1,}\x5c\x5c")?;
//! assert!(notes.is_empty());
//! assert!(regex.is_match(br"PsExec.exe \\server cmd"));
//! assert_eq!(regex.required().to_string(), r#"All["psexec"i, "\\\\"]"#);
//!
//! let error = Regex::new("a(?=b)").unwrap_err();
//! assert_eq!((error.code, error.offset), ("E0320", 1));
//! # Ok::<(), retrohunt_regex::Error>(())
//! ```
#![forbid(unsafe_code)]

mod choose;
mod dialect;
mod error;
mod faults;
mod limits;
mod literals;
mod lower;
mod matcher;
mod regex;
mod trim;
mod wildcard;

pub use error::{Error, Note};
#[cfg(feature = "faults")]
pub use faults::set_fault;
pub use limits::{Budget, DEFAULT_BUDGET};
pub use literals::LiteralTree;
pub use regex::Regex;
pub use wildcard::{Case, Wildcard};
/// TEMPORARY
pub const CODES: &[(&str, &str)] = &[];
