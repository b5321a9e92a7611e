//! Detection rules as data: files and folders of rules in, a list of [`Entry`] out, in a fixed order.
//!
//! The crate owns how a rule is written down: which files are rules, which keys they have, and where in the file each byte of
//! a rule's SPL stands ([`PositionMap`]), so that a message about the SPL can point into the file. It refuses to own what the
//! SPL means: it never looks inside the text it hands on.
//!
//! Nothing is lost in silence: a file that cannot be read as a rule is an [`Entry::Error`] with its path, its line and what to
//! do about it, and loading goes on with the next file. A rule written for another product is an [`Entry::NotSplunk`].
//!
//! ```
//! use retrohunt_catalogue::{Entry, load_text};
//!
//! let text = "id: '7'\ntitle: Two words\nlogic_format: Splunk\nlogic: 'a\n  b'\n";
//! let entries = load_text("rules/seven.yml".as_ref(), text.as_bytes());
//! let Entry::Rule(rule) = &entries[0] else { panic!("a rule") };
//! assert_eq!((rule.id.as_str(), rule.logic.as_str()), ("7", "a b"));
//! // The `b` at offset 2 of the SPL is in line 5, column 3 of the file.
//! assert_eq!(rule.positions.locate(2).to_string(), "5:3");
//! ```
#![forbid(unsafe_code)]

#[cfg(test)]
mod corpora;
mod document;
mod error;
mod load;
mod macros;
mod positions;
mod repair;
mod rule;
mod rule_tests;
mod select;
mod tree;
mod walk;

pub use error::{LoadError, LoadErrorKind};
pub use load::{MAX_RULE_BYTES, load, load_text, query};
pub use macros::{MacroDefinition, load_macros};
pub use positions::{Position, PositionMap};
pub use rule::{Entry, NotSplunk, Rule};
pub use rule_tests::{Expectation, RuleTest, TestEvents, TestValue, rule_tests};
pub use select::{Selected, Selection};
