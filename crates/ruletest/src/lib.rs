//! Rules' own tests: events become a small archive, the rule runs over it, and what comes out is compared with what the test expects.
//!
//! | step | module |
//! | --- | --- |
//! | events, written in a test or in NDJSON, to a data file | [`events`] |
//! | the rule over the file, and the comparison | [`run`] |
//! | results for other programs | [`junit`] |
//!
//! The crate owns neither the notation of tests (`catalogue`) nor the reason why a rule leaves an event (`engine::trace`), and prints nothing.

#![forbid(unsafe_code)]

pub mod events;
pub mod junit;
pub mod run;

pub use events::EventError;
pub use run::{Report, Runner, Verdict};
