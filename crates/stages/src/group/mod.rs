#![doc = include_str!("README.md")]

mod intern;
mod key;

pub(crate) use intern::Interner;
pub(crate) use key::{Assignment, GroupTable};
