//! The codes of findings that need the whole rule or an archive. Those about a rule's text are in [`retrohunt_spl::diagnostic::codes`],
//! those about a pattern in `retrohunt_regex`.

use retrohunt_spl::diagnostic::Code;

/// A time bound lies outside the years that a calendar holds.
pub const TIME_RANGE: Code = Code("E0401");
/// A pattern was read as written, since it does not compile with its backslash escapes removed (§1.4.4).
pub const REGEX_BACKSLASH: Code = Code("W-REGEX-BACKSLASH");
/// A product's marker also stood for the class of events that it names (§2.8).
pub const CLASS_MARKER: Code = Code("W-CLASS-MARKER");
/// A selector that the input does not have was left out of the condition (§3.12).
pub const UNMAPPED_SELECTOR: Code = Code("W-UNMAPPED-SELECTOR");
/// A pattern over `_raw` ran over a rendering of the row's fields, since the input has no `_raw` (§5.5.2).
pub const VIRTUAL_RAW: Code = Code("W-VIRTUAL-RAW");
/// A bare term holds a backslash and `_raw` looks like JSON, where each is written twice (§2.2.6).
pub const JSON_RAW_BACKSLASH: Code = Code("W-JSON-RAW-BACKSLASH");
/// A field that the rule reads is in no input file (§3.13).
pub const FIELD_ABSENT: Code = Code("N-FIELD-ABSENT");
