//! PCRE text to a tree, with coded refusals of what this engine does not run (§5.6).
//!
//! `cursor` walks the text · `ast` is the tree · `parser` reads branches and quantifiers · `group` what a parenthesis
//! begins · `flags` the inline flags · `escape` what follows a backslash · `class` what stands in brackets · `shape` which
//! engine the tree needs · `survey` what the tree needs of its end.
//!
//! What must stay true: the parser never guesses. A text is either read as PCRE reads it, or refused with a code, or read
//! with a note where §5.6 prefers the reading of PCRE1 or of SPL to that of PCRE2.

pub(crate) mod ast;
mod class;
mod cursor;
mod escape;
mod flags;
mod group;
mod parser;
pub(crate) mod shape;
pub(crate) mod survey;

pub(crate) use parser::{Parsed, parse};
