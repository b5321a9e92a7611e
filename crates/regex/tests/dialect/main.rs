//! The dialect of §5.6 as tables, and PCRE2 as the oracle wherever the specification follows it.
//!
//! `cases` what must match and what must not · `refusals` codes, places and notes · `literals` required literals ·
//! `groups` where groups stand · `backtracking` look-around and its like · `random` small random patterns and haystacks · `rules` the patterns of real rules.
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod backtracking;
mod cases;
mod groups;
mod literals;
mod oracle;
mod random;
mod refusals;
mod rules;
