//! PCRE text to linear-time automata, and to the literals that a match must hold (§5.6).
//!
//! ```text
//! pattern ─ dialect ─> tree ─┬─ lower ─> Hir ─┬─ literals ─> required literals
//!                            │                ├─ trim, choose ─> literal search, dense DFA or lazy DFA: is there a match?
//!                            │                └─ groups ─> one-pass, simulation: where are its groups?
//!                            └─ backtrack ─> what no automaton can tell, behind an automaton that is a necessary condition
//! ```
//!
//! The crate owns the dialect, the meaning of case in it (by `fold`), the choice of automaton and the budget of memory
//! that all automata share. It knows nothing of SPL, whose unescaping comes first (§1.4), of columns or of files.
//!
//! Haystacks are bytes that the caller guarantees to be UTF-8 text; other bytes are safe but match nothing in particular.
//! Matching is unanchored and takes time linear in the haystack. What needs backtracking (look-around, backreferences,
//! atomic groups, possessive quantifiers, `\K`, conditionals) is searched with a limit on steps, beyond which a text is
//! [`Undecided`] (§5.6.8). The rest (recursion, verbs, Unicode properties …) is refused with a stable code when the pattern
//! is compiled, never at match time.
//!
//! ```
//! use retrohunt_regex::{Captures, Regex};
//!
//! let (regex, notes) = Regex::new(r"(?i)psexec.{1,}\x5c\x5c")?;
//! assert!(notes.is_empty());
//! assert!(regex.is_match(br"PsExec.exe \\server cmd"));
//! assert_eq!(regex.required().to_string(), r#"All["psexec"i, "\\\\"]"#);
//!
//! let (regex, _) = Regex::new(r"(?<=user=)(?<user>\w+)")?;
//! let mut captures = Captures::new();
//! assert_eq!(regex.captures_at("user=ab", 0, &mut captures), Ok(true));
//! assert_eq!(regex.group_of_name(&captures, "user"), Some(5..7));
//!
//! let error = Regex::new("a(?R)?b").unwrap_err();
//! assert_eq!((error.code, error.offset), ("E0325", 1));
//! # Ok::<(), retrohunt_regex::Error>(())
//! ```
#![forbid(unsafe_code)]

mod backtrack;
mod captures;
mod choose;
mod dialect;
mod error;
mod faults;
mod groups;
mod limits;
mod literals;
mod lower;
mod matcher;
mod regex;
mod replace;
mod trim;
mod wildcard;

pub use captures::{Captures, Matches};
pub use error::{Error, Note, Undecided, codes};
#[cfg(feature = "faults")]
pub use faults::set_fault;
pub use limits::{Budget, DEFAULT_BUDGET};
pub use literals::LiteralTree;
pub use regex::Regex;
pub use replace::{Replacement, Which};
pub use wildcard::{Case, Wildcard};
