//! What a value is, in one place: its text, its number, how two compare, and how a literal is found in a text.
//!
//! Every predicate and stage goes through these, so that per-value typing (§4) has one definition.

pub(crate) mod decimal;
pub(crate) mod exact_sum;
pub(crate) mod glob;
pub(crate) mod needle;
pub(crate) mod number;
pub(crate) mod round;
pub(crate) mod time_format;
pub(crate) mod time_parse;
pub(crate) mod total;
pub(crate) mod value;
