//! The reference interpreter: whole rules over rows in memory, obviously right and slow.
//!
//! | File | What it holds |
//! | --- | --- |
//! | `archive` | input files: columns, rows, the mapping of names |
//! | `settings` | options of a run |
//! | `profile` | a profile's data as the mapping of a file |
//! | `value` | values, their texts, numeric form, folding (§2.6, §4.1, §4.3, §4.4) |
//! | `clock` | times: printing, absolute and relative forms (§4.6) |
//! | `row` | a row on its way through the commands, and what bare terms see of it (§2.2) |
//! | `breakers` | breakers and the match of a term in a text (§2.1, §2.3-2.5) |
//! | `markup` | markup pairs (§2.2.4) |
//! | `neutral` | selectors that the input does not have (§3.12) |
//! | `marker` | class markers (§2.8) |
//! | `compare` | field comparison of `search` (§3) |
//! | `search` | the condition of `search` on one row |
//! | `pattern` | regexes (§5.6) |
//! | `expression` | `eval` and `where` expressions and their functions (§6), a folder |
//! | `commands` | the commands beyond those below, a folder |
//! | `project` | `table` and `fields` (§5.2) |
//! | `bin`, `spans` | `bin` (§5.4), widths that a rule leaves open |
//! | `expand`, `aggregate`, `sparkline`, `stats` | `stats` (§5.10): which columns, one aggregate, one for each bin of time, the command |
//! | `output` | result cells (§4.4, §9.6) |
//! | `run` | the commands in order |
//! | `gathering` | plans over files that come one after the other |

pub mod archive;
pub mod clock;
pub mod output;
pub mod profile;
pub mod settings;
pub mod value;

mod aggregate;
mod bin;
mod breakers;
mod commands;
mod compare;
mod expand;
mod expression;
mod gathering;
mod marker;
mod markup;
mod neutral;
mod pattern;
mod project;
mod row;
mod run;
mod search;
mod spans;
mod sparkline;
mod stats;

pub use gathering::Gathering;
pub use run::{Refusal, run};

use expression::{filled as expression_filled, json_text};
