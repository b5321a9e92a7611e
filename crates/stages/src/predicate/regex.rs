//! `regex [field(=|!=)]"pattern"` over one column (§5.5).
//!
//! `=` is true if any value matches; `!=` if none does, which holds for ∅ too (§5.5.3-5.5.4).

use std::sync::Arc;

use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use retrohunt_regex::{Error, Note, Regex, Undecided};
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

/// The compiled pattern, what is odd about it, and whether it is the one as it was written: that is taken if only it compiles (§1.4.4).
///
/// # Errors
///
/// If neither compiles; the error is about the unescaped one.
pub(crate) fn compile_rescued(pattern: &str, raw_pattern: &str) -> Result<(Regex, Vec<Note>, bool), RegexFailure> {
    match Regex::new(pattern) {
        Ok((regex, notes)) => Ok((regex, notes, false)),
        Err(error) if raw_pattern == pattern => Err(error),
        Err(error) => {
            let (regex, notes) = Regex::new(raw_pattern).map_err(|_| error)?;
            Ok((regex, notes, true))
        }
    }
}

impl RegexTest {
    /// Makes the pattern of a command ready. If it does not compile but the pattern as it was written does, that is taken (§1.4.4).
    ///
    /// # Errors
    ///
    /// If neither compiles; the error is about the unescaped one.
    pub fn new(command: &RegexCommand) -> Result<Self, RegexFailure> {
        let (regex, _, rescued) = compile_rescued(&command.pattern, &command.raw_pattern)?;
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
    ///
    /// # Errors
    ///
    /// If the pattern gave up on a value and no other value decides: the row is no hit (§5.6.8).
    pub fn try_keeps<'a>(&self, values: impl IntoIterator<Item = ValueRef<'a>>) -> Result<bool, Undecided> {
        let (mut scratch, mut verdict) = (String::new(), Verdict::default());
        let matches = values.into_iter().any(|value| verdict.matches(&self.regex, value, &mut scratch));
        verdict.settle(matches, self.negated)
    }

    /// Returns whether a row with these values is kept; one that the pattern gives up on is not.
    #[must_use]
    pub fn keeps<'a>(&self, values: impl IntoIterator<Item = ValueRef<'a>>) -> bool {
        self.try_keeps(values).unwrap_or(false)
    }

    /// Returns, per row, whether it is kept, as [`Self::select_counting`] does.
    #[must_use]
    pub fn select(&self, array: &dyn Array) -> BooleanBuffer {
        self.select_counting(array).0
    }

    /// Returns, per row, whether it is kept, and how many rows the pattern gave up on, none of which are kept (§5.6.8). A field that
    /// the rows do not have is a column of nulls.
    #[must_use]
    pub fn select_counting(&self, array: &dyn Array) -> (BooleanBuffer, u64) {
        let (rows, undecided) = self.decide(array);
        (rows, undecided.len() as u64)
    }

    /// Returns, per row, whether it is kept, and the rows that the pattern gave up on, ascending, none of which are kept (§5.6.8).
    #[must_use]
    pub fn decide(&self, array: &dyn Array) -> (BooleanBuffer, Vec<usize>) {
        let column = Column::new(array);
        let (mut scratch, mut undecided) = (String::new(), Vec::new());
        let drops_null = self.negated && fault("stages-regex-ne-drops-null");
        let rows = BooleanBuffer::collect_bool(array.len(), |row| {
            let mut verdict = Verdict::default();
            let matches = column.any(row, |value| verdict.matches(&self.regex, value, &mut scratch));
            match verdict.settle(matches, self.negated) {
                Ok(keeps) => keeps && (!drops_null || column.is_present(row)),
                Err(Undecided) => {
                    undecided.push(row);
                    false
                }
            }
        });
        (rows, undecided)
    }
}

/// What is known of a row whose values are tested one after the other.
#[derive(Default)]
struct Verdict {
    /// The pattern gave up on a value.
    gave_up: bool,
}

impl Verdict {
    /// Does this value match for certain?
    fn matches(&mut self, regex: &Regex, value: ValueRef<'_>, scratch: &mut String) -> bool {
        regex.try_match(value.text_in(scratch).as_bytes()).unwrap_or_else(|Undecided| {
            self.gave_up = true;
            false
        })
    }

    /// Is the row kept, given whether some value matches for certain?
    fn settle(&self, matches: bool, negated: bool) -> Result<bool, Undecided> {
        if self.gave_up && !matches { Err(Undecided) } else { Ok(matches != negated) }
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
    fn section_5_6_8_rows_that_the_pattern_gives_up_on_are_no_hits_and_are_counted() {
        let hard = format!("{}!", "a".repeat(40));
        let column = StringArray::from(vec![Some(hard.as_str()), Some("ab"), Some("b"), None]);
        let catastrophe = "^(?=(a+)+$)a|b$";
        assert_eq!(test(catastrophe, false).try_keeps([ValueRef::Text(&hard)]), Err(Undecided));
        let (rows, undecided) = test(catastrophe, false).select_counting(&column);
        assert_eq!((bits(&rows), undecided), (vec![false, true, true, false], 1));
        let (rows, undecided) = test(catastrophe, true).select_counting(&column);
        assert_eq!((bits(&rows), undecided), (vec![false, false, false, true], 1));
        // Another value decides.
        let values = || [ValueRef::Text(&hard), ValueRef::Text("b")];
        assert_eq!(test(catastrophe, false).try_keeps(values()), Ok(true));
        assert_eq!(test(catastrophe, true).try_keeps(values()), Ok(false));
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
