//! `regex [field(=|!=)]"pattern"` over one column (§5.5).
//!
//! `=` is true if any value matches; `!=` if none does, which holds for ∅ too (§5.5.3-5.5.4).

use std::sync::Arc;

use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use retrohunt_regex::{Error, Regex};
use retrohunt_spl::plan::RegexCommand;

use crate::faults::fault;
use crate::kernels::value::{Column, ValueRef};

/// Why a pattern does not compile (§5.6.9).
pub type RegexFailure = Error;

/// A regex made ready to test values.
#[derive(Clone)]
pub struct RegexTest {
    /// The pattern; shared, since its automaton is built on first use.
    regex: Arc<Regex>,
    /// `!=`.
    negated: bool,
    /// The pattern is the one before SPL's unescaping (§1.4.4).
    rescued: bool,
}

impl std::fmt::Debug for RegexTest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RegexTest({}{:?})", if self.negated { "!" } else { "" }, self.regex.pattern())
    }
}

impl RegexTest {
    /// Makes the pattern of a command ready. If it does not compile but the pattern as it was written does, that is taken (§1.4.4).
    ///
    /// # Errors
    ///
    /// If neither compiles; the error is about the unescaped one.
    pub fn new(command: &RegexCommand) -> Result<Self, RegexFailure> {
        let (regex, rescued) = match Regex::new(&command.pattern) {
            Ok((regex, _)) => (regex, false),
            Err(error) if command.raw_pattern == command.pattern => return Err(error),
            Err(error) => (Regex::new(&command.raw_pattern).map_err(|_| error)?.0, true),
        };
        Ok(Self { regex: Arc::new(regex), negated: command.negated, rescued })
    }

    /// Returns the test with a pattern that is compiled already.
    #[must_use]
    pub fn with_regex(regex: Arc<Regex>, negated: bool) -> Self {
        Self { regex, negated, rescued: false }
    }

    /// Returns the pattern.
    #[must_use]
    pub fn regex(&self) -> &Arc<Regex> {
        &self.regex
    }

    /// Returns whether rows are kept that do not match (`!=`).
    #[must_use]
    pub fn negated(&self) -> bool {
        self.negated
    }

    /// Returns whether the pattern as it was written was taken, which is worth a warning (§1.4.4).
    #[must_use]
    pub fn rescued(&self) -> bool {
        self.rescued
    }

    /// Returns whether a row with these values is kept; a row with none is ∅.
    #[must_use]
    pub fn keeps<'a>(&self, values: impl IntoIterator<Item = ValueRef<'a>>) -> bool {
        let mut scratch = String::new();
        let mut values = values.into_iter();
        values.any(|value| self.regex.is_match(value.text_in(&mut scratch).as_bytes())) != self.negated
    }

    /// Returns, per row, whether it is kept. A field that the rows do not have is a column of nulls.
    #[must_use]
    pub fn select(&self, array: &dyn Array) -> BooleanBuffer {
        let column = Column::new(array);
        let mut scratch = String::new();
        let drops_null = self.negated && fault("stages-regex-ne-drops-null");
        BooleanBuffer::collect_bool(array.len(), |row| {
            let matches = column.any(row, |value| self.regex.is_match(value.text_in(&mut scratch).as_bytes()));
            matches != self.negated && (!drops_null || column.is_present(row))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::{Int64Array, StringArray};

    fn test(pattern: &str, negated: bool) -> RegexTest {
        let (pattern, raw_pattern) = (pattern.to_owned(), pattern.to_owned());
        RegexTest::new(&RegexCommand { field: "f".into(), negated, pattern, raw_pattern }).unwrap()
    }

    fn bits(buffer: &BooleanBuffer) -> Vec<bool> {
        buffer.iter().collect()
    }

    #[test]
    fn section_5_5_3_null_is_dropped_by_equal_and_kept_by_not_equal() {
        let column = StringArray::from(vec![Some("cmd.exe"), Some("net.exe"), None]);
        assert_eq!(bits(&test("^cmd", false).select(&column)), [true, false, false]);
        assert_eq!(bits(&test("^cmd", true).select(&column)), [false, true, true]);
        assert!(test("x", true).keeps([]) && !test("x", false).keeps([]));
    }

    #[test]
    fn section_5_5_4_any_value_or_none() {
        let mut builder = ListBuilder::new(StringBuilder::new());
        builder.append_value([Some("a"), Some("b")]);
        builder.append_value([Some("b"), Some("c")]);
        let column = builder.finish();
        assert_eq!(bits(&test("a", false).select(&column)), [true, false]);
        assert_eq!(bits(&test("a", true).select(&column)), [false, true]);
    }

    #[test]
    fn numbers_are_matched_by_their_texts() {
        let column = Int64Array::from(vec![Some(4688), None]);
        assert_eq!(bits(&test("^46\\d\\d$", false).select(&column)), [true, false]);
    }

    #[test]
    fn section_1_4_4_a_pattern_that_unescaping_broke_is_rescued() {
        let command =
            RegexCommand { field: "f".into(), negated: false, pattern: "a\\".into(), raw_pattern: "a\\\\".into() };
        let test = RegexTest::new(&command).unwrap();
        assert!(test.rescued() && test.keeps([ValueRef::Text("a\\")]));
        let broken = RegexCommand { pattern: "(".into(), raw_pattern: "(".into(), ..command };
        assert!(RegexTest::new(&broken).is_err());
    }
}
