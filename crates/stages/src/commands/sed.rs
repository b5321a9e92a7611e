//! `rex mode=sed` (§5.7.5).

use std::borrow::Cow;
use std::sync::Arc;

use retrohunt_regex::{Replacement, Undecided, Which};
use retrohunt_spl::plan::{SedStep, SedWhich};

use super::cells::set;
use super::pattern::Pattern;
use crate::batch::{Batch, RAW, TIME};
use crate::error::PipelineError;
use crate::kernels::value::Column;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::predicate::write_virtual_raw;
use crate::stage::Stage;
use crate::table::Value;

/// An expression made ready.
#[derive(Clone, Debug)]
enum Step {
    /// Substitution.
    Substitute {
        /// The pattern.
        pattern: Pattern,
        /// What takes the place of a match: `\1` and the like are groups, anything else stands for itself.
        replacement: Replacement,
        /// Which matches.
        which: Which,
    },
    /// Pairs of characters.
    Exchange(hashbrown::HashMap<char, char>),
}

/// A `rex mode=sed` made ready.
#[derive(Clone, Debug)]
pub(super) struct Sed {
    /// The field.
    field: Arc<str>,
    /// The expressions, applied in turn.
    steps: Vec<Step>,
}

impl Sed {
    /// Makes the expressions ready.
    ///
    /// # Errors
    ///
    /// `E-STAGE-REGEX` if a pattern does not compile.
    pub(super) fn new(field: &str, steps: &[SedStep]) -> Result<Self, PipelineError> {
        let mut ready = Vec::with_capacity(steps.len());
        for step in steps {
            ready.push(match step {
                SedStep::Substitute { pattern, raw_pattern, replacement, which } => {
                    let pattern = Pattern::new(pattern, raw_pattern)?;
                    let which = match which {
                        SedWhich::All => Which::All,
                        SedWhich::Nth(number) => Which::Nth(usize::try_from(*number).unwrap_or(usize::MAX).max(1)),
                    };
                    let replacement = Replacement::parse(replacement);
                    Step::Substitute { pattern, replacement, which }
                }
                SedStep::Exchange(pairs) => {
                    let mut exchange = hashbrown::HashMap::new();
                    for (from, to) in pairs {
                        exchange.entry(*from).or_insert(*to);
                    }
                    Step::Exchange(exchange)
                }
            });
        }
        Ok(Self { field: field.into(), steps: ready })
    }

    /// The changed text; `None` if nothing changes.
    fn change(&self, text: &str) -> Result<Option<String>, Undecided> {
        let mut current: Option<String> = None;
        for step in &self.steps {
            let before = current.as_deref().unwrap_or(text);
            let after = match step {
                Step::Substitute { pattern, replacement, which } => {
                    match pattern.regex.replace_all(before, replacement, *which)? {
                        Cow::Owned(after) => Some(after),
                        Cow::Borrowed(_) => None,
                    }
                }
                Step::Exchange(pairs) => before
                    .contains(|c| pairs.contains_key(&c))
                    .then(|| before.chars().map(|c| pairs.get(&c).copied().unwrap_or(c)).collect()),
            };
            current = after.or(current);
        }
        Ok(current)
    }

    /// The changed value of a cell; `None` if nothing changes.
    fn change_cell(&self, column: &Column<'_>, row: usize, scratch: &mut String) -> Result<Option<Value>, Undecided> {
        if !column.is_list() {
            let Some(value) = column.scalar(row) else { return Ok(None) };
            return Ok(self.change(value.text_in(scratch))?.map(Value::Text));
        }
        let (mut texts, mut changed) = (Vec::new(), false);
        column.for_each(row, |_, value| texts.push(value.text().into_owned()));
        for text in &mut texts {
            if let Some(new) = self.change(text)? {
                *text = new;
                changed = true;
            }
        }
        Ok(changed.then(|| Value::from_texts(texts)))
    }
}

impl Stage for Sed {
    fn apply(&self, batch: Batch, notes: &mut Notes) -> Result<Batch, PipelineError> {
        let (mut scratch, mut made, mut undecided) = (String::new(), Vec::new(), 0);
        let mut take = |row: usize, changed: Result<Option<Value>, Undecided>| match changed {
            Ok(value) => made.extend(value.map(|value| (row, value))),
            Err(Undecided) => undecided += 1,
        };
        match batch.column(&self.field).cloned() {
            Some(array) => {
                let column = Column::new(&array);
                for row in 0..batch.rows() {
                    take(row, self.change_cell(&column, row, &mut scratch));
                }
            }
            // The virtual raw text, once changed, is a text like any other (§5.5.2).
            None if &*self.field == RAW => {
                let sources: Vec<_> = batch.fields().iter().filter(|(name, _)| &**name != TIME).cloned().collect();
                for row in 0..batch.rows() {
                    scratch.clear();
                    write_virtual_raw(&sources, row, &mut scratch);
                    take(row, self.change(&scratch).map(|text| text.map(Value::Text)));
                }
            }
            None => {}
        }
        notes.undecided += undecided;
        for step in &self.steps {
            if let Step::Substitute { pattern, .. } = step {
                pattern.warn(batch.rows(), notes);
            }
        }
        set(batch, &self.field, made)
    }

    fn needs(&self, after: Needs) -> Needs {
        if &*self.field == RAW { Needs::All } else { after.and_field(&self.field) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(pattern: &str, replacement: &str, which: SedWhich) -> SedStep {
        let pattern = pattern.to_owned();
        SedStep::Substitute { raw_pattern: pattern.clone(), pattern, replacement: replacement.to_owned(), which }
    }

    fn changed(steps: &[SedStep], text: &str) -> Option<String> {
        Sed::new("f", steps).unwrap().change(text).unwrap()
    }

    #[test]
    fn section_5_7_5_which_matches_are_replaced() {
        let replaced = |which| changed(&[step("a", "x", which)], "banana").unwrap();
        assert_eq!(replaced(SedWhich::Nth(1)), "bxnana");
        assert_eq!(replaced(SedWhich::Nth(2)), "banxna");
        assert_eq!(replaced(SedWhich::All), "bxnxnx");
        assert_eq!(changed(&[step("a", "x", SedWhich::Nth(4))], "banana"), None);
        assert_eq!(changed(&[step("q", "x", SedWhich::All)], "banana"), None);
    }

    #[test]
    fn section_5_7_5_groups_and_literals_of_a_replacement() {
        let first = |replacement: &str| changed(&[step("(b)(z)?", replacement, SedWhich::Nth(1))], "abc").unwrap();
        assert_eq!(first("<\\1>"), "a<b>c");
        assert_eq!(first("\\2\\9"), "ac");
        assert_eq!(first("&$1"), "a&$1c");
        assert_eq!(first("\\q\\"), "a\\q\\c");
    }

    #[test]
    fn section_5_7_5_expressions_are_applied_in_turn() {
        let steps = [step("a", "b", SedWhich::All), SedStep::Exchange(vec![('b', 'c'), ('c', 'b'), ('b', 'x')])];
        assert_eq!(changed(&steps, "abc").as_deref(), Some("ccb"));
        assert_eq!(changed(&steps[1..], "xyz"), None);
    }

    #[test]
    fn empty_matches_advance_one_character() {
        assert_eq!(changed(&[step("x*", "-", SedWhich::All)], "é1").as_deref(), Some("-é-1-"));
    }
}
