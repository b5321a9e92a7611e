//! Archive column names to SPL and CIM field names.
//!
//! A [`Profile`] says, as TOML data, by which columns an archive is recognised, and for classes of its rows how fields are made of
//! columns: a column, a constant or an [`Expr`]. [`choose`] picks the profiles that fit a schema, by column names only;
//! a [`FieldMap`] binds them to that schema and answers what a field name means in it. It is the only thing later parts ask.
//!
//! Three rules hold throughout. Native names stay usable: a profile adds names. A mapped name hides a native column of that
//! name on the rows that its class takes, and only there. And columns are looked up case-sensitively by profiles, as
//! `ProcessId` and `ProcessID` are different columns of the same Windows event.
//!
//! This crate knows names and texts of single values; it reads no archive, decides no predicate and holds no rows.
//! [`Expr::eval`] and [`Selector::holds`] are the plain reading against which faster ones are tested.
//!
//! ```
//! use retrohunt_profile::{ColumnDesc, FieldMap, Kind, choose, shipped};
//!
//! let text = |name| ColumnDesc { name, kind: Kind::Text, multivalue: false };
//! let columns = [text("EventID"), text("Channel"), text("UtcTime"), text("Image"), text("CommandLine")];
//! let profiles = shipped()?;
//! let choice = choose(&columns, &profiles);
//! assert_eq!(choice.chosen[0].evidence, "columns EventID, Image, UtcTime");
//!
//! let map = FieldMap::new(&columns, &choice.profiles(), &[]);
//! let process = map.resolve("process");
//! assert_eq!(process.cases[0].expr.columns(), [4]);
//! # Ok::<(), retrohunt_profile::Error>(())
//! ```
#![forbid(unsafe_code)]

mod choose;
mod document;
mod error;
mod event_class;
mod expr;
mod field_map;
mod inverse;
mod markers;
mod profile;
mod selector;
mod shipped;
mod time;

pub use choose::{Choice, Chosen, Rejected, choose};
pub use error::Error;
pub use event_class::EventClass;
pub use expr::{Expr, MapBy, Otherwise, Skip};
pub use field_map::{
    BoundClass, Case, ClassIdx, Collision, ColumnDesc, ConstantText, FieldInfo, FieldMap, FieldSource, Kind, MatchedBy,
    TimeColumn, TimeSource, VisibleName,
};
pub use inverse::{Inverse, SourceNeedle, Wanted};
pub use markers::Markers;
pub use profile::Profile;
pub use selector::{Condition, Selector, Test};
pub use shipped::shipped;
pub use time::{TimeFormat, parse_epoch_f64, parse_epoch_int, parse_time};

#[cfg(test)]
mod readme {
    //! The example of the README is a valid profile.

    use crate::Profile;

    #[test]
    fn the_example_is_valid_and_maps() {
        let readme = include_str!("../README.md");
        let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
        let profile = Profile::parse("README.md", example).expect("valid");
        assert_eq!(profile.name(), "acme");
        assert!(profile.field_names().contains(&"process_name"));
    }
}
