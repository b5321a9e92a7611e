//! The codes of findings that need the whole rule or an archive. Those about a rule's text are in [`retrohunt_spl::diagnostic::codes`],
//! those about a pattern in `retrohunt_regex`.

use retrohunt_spl::diagnostic::Code;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Code = Code($code);)+
        /// Every code of this crate with its meaning, in the order listed here.
        pub const ALL: &[(Code, &str)] = &[$(($name, concat!($($doc),+))),+];
    };
}

codes! {
    /// A time bound lies outside the years that a calendar holds.
    TIME_RANGE = "E0401";
    /// A pattern was read as written, since it does not compile with its backslash escapes removed (§1.4.4).
    REGEX_BACKSLASH = "W-REGEX-BACKSLASH";
    /// A product's marker also stood for the class of events that it names (§2.8).
    CLASS_MARKER = "W-CLASS-MARKER";
    /// A selector that the input does not have was left out of the condition (§3.12).
    UNMAPPED_SELECTOR = "W-UNMAPPED-SELECTOR";
    /// A pattern over `_raw` ran over a rendering of the row's fields, since the input has no `_raw` (§5.5.2).
    VIRTUAL_RAW = "W-VIRTUAL-RAW";
    /// An expression joins two fields with a point, and the input has a field of that name, which wants single quotes (§1.7.3).
    DOTTED_NAME = "W-DOTTED-NAME";
    /// A bare term holds a backslash and `_raw` looks like JSON, where each is written twice (§2.2.6).
    JSON_RAW_BACKSLASH = "W-JSON-RAW-BACKSLASH";
    /// A field that the rule reads is in no input file (§3.13).
    FIELD_ABSENT = "N-FIELD-ABSENT";
}
