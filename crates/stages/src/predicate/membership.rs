//! `field IN (v, …)` over one column: the OR of `field=v` (§3.6).

use arrow_array::Array;
use arrow_buffer::BooleanBuffer;
use hashbrown::HashSet;
use retrohunt_spl::plan::{CompareOp, Glob};

use super::compare::CompareTest;
use crate::faults::fault;
use crate::kernels::number::Number;
use crate::kernels::value::{Column, ValueRef};

/// A list of values made ready to test.
#[derive(Clone, Debug)]
pub struct InTest {
    /// The values without wildcards, folded.
    texts: HashSet<String, foldhash::fast::RandomState>,
    /// The least and greatest length of `texts` in bytes; a text of another length is in none of them.
    lengths: (usize, usize),
    /// The values of numeric form, ascending; for number columns.
    numbers: Vec<Number>,
    /// Values with wildcards, and networks.
    patterns: Vec<CompareTest>,
    /// Values that are words for a Boolean.
    booleans: Vec<CompareTest>,
}

impl InTest {
    /// Makes a list ready.
    #[must_use]
    pub fn new(values: &[Glob]) -> Self {
        let values = if fault("stages-in-first-only") { values.get(..1).unwrap_or(values) } else { values };
        let mut texts = HashSet::default();
        let (mut numbers, mut patterns, mut booleans) = (Vec::new(), Vec::new(), Vec::new());
        for value in values {
            let equal = CompareTest::new(CompareOp::Eq, value, false);
            match value.literal() {
                Some(text) => {
                    texts.insert(retrohunt_fold::fold(text).into_owned());
                    numbers.extend(Number::parse(text));
                    if text.contains('/') {
                        patterns.push(equal.clone());
                    }
                }
                None => patterns.push(equal.clone()),
            }
            booleans.push(equal);
        }
        numbers.sort_by(|a: &Number, b| a.compare(*b));
        booleans.retain(|test| test.matches(ValueRef::Bool(true)) || test.matches(ValueRef::Bool(false)));
        let lengths = texts.iter().map(String::len);
        let lengths = (lengths.clone().min().unwrap_or(usize::MAX), lengths.max().unwrap_or(0));
        Self { texts, lengths, numbers, patterns, booleans }
    }

    /// Returns whether one value, which is not ∅, is in the list.
    #[must_use]
    pub fn matches(&self, value: ValueRef<'_>) -> bool {
        self.test(value, &mut String::new())
    }

    /// Returns, per row, whether any value of the cell is in the list (§3.6). ∅ is false.
    #[must_use]
    pub fn select(&self, array: &dyn Array) -> BooleanBuffer {
        let column = Column::new(array);
        let mut scratch = String::new();
        BooleanBuffer::collect_bool(array.len(), |row| column.any(row, |value| self.test(value, &mut scratch)))
    }

    /// Is one value in the list? `scratch` takes its folded text.
    fn test(&self, value: ValueRef<'_>, scratch: &mut String) -> bool {
        let literal = match value {
            ValueRef::Text(text) => self.holds_text(text, scratch),
            ValueRef::Bool(_) => return self.booleans.iter().any(|test| test.matches(value)),
            _ => value
                .number()
                .is_some_and(|number| self.numbers.binary_search_by(|wanted| wanted.compare(number)).is_ok()),
        };
        literal || self.patterns.iter().any(|test| test.matches(value))
    }

    /// Is the text one of the literal values?
    fn holds_text(&self, text: &str, scratch: &mut String) -> bool {
        let fits = (self.lengths.0..=self.lengths.1).contains(&text.len());
        // Folding changes the length of some characters outside ASCII.
        if self.texts.is_empty() || (!fits && text.is_ascii()) {
            return false;
        }
        scratch.clear();
        retrohunt_fold::fold_into(text, scratch);
        self.texts.contains(scratch.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(values: &[&str]) -> Vec<Glob> {
        values.iter().map(|value| Glob::new(value)).collect()
    }

    #[test]
    fn section_3_6_wildcards_and_networks_apply_in_each() {
        let test = InTest::new(&list(&["cmd.exe", "v 2", "power*", "10.0.0.0/8", "007", "Ⱥ"]));
        for text in ["CMD.EXE", "V 2", "PowerShell", "10.9.8.7", "007", "ⱥ", "10.0.0.0/8"] {
            assert!(test.matches(ValueRef::Text(text)), "{text}");
        }
        for text in ["7", "cmd", "xpower", "11.0.0.1", ""] {
            assert!(!test.matches(ValueRef::Text(text)), "{text}");
        }
        assert!(test.matches(ValueRef::Int(7)) && !test.matches(ValueRef::Int(8)));
        assert!(InTest::new(&list(&["1"])).matches(ValueRef::Bool(true)));
        assert!(InTest::new(&list(&[""])).matches(ValueRef::Text("")));
    }

    proptest! {
        #[test]
        fn agrees_with_the_or_of_equalities(
            values in prop::collection::vec("[aBé1.*]{0,3}", 1..5),
            text in "[AbÉ1.]{0,4}",
            number in -2_i64..20,
        ) {
            let globs: Vec<Glob> = values.iter().map(|value| Glob::new(value)).collect();
            let test = InTest::new(&globs);
            for value in [ValueRef::Text(&text), ValueRef::Int(number), ValueRef::Bool(number > 0)] {
                let expected = globs.iter().any(|glob| CompareTest::new(CompareOp::Eq, glob, false).matches(value));
                prop_assert_eq!(test.matches(value), expected, "{:?}", value);
            }
        }
    }
}
