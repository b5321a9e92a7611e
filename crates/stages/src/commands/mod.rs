//! One file per command, and what several of them share.

pub(crate) mod append;
pub(crate) mod appendcols;
mod enriched;
pub(crate) mod inputlookup;
pub(crate) mod iplocation;
pub(crate) mod join;
mod joined_key;
pub(crate) mod lookup;
mod lookup_source;
pub(crate) mod map;
pub(crate) mod multisearch;
mod operand;
pub(crate) mod parse_url;
#[cfg(test)]
mod sample;
pub(crate) mod union;
mod unite;
