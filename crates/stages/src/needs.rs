//! Which fields a pipeline reads, so that the caller materialises no others.

use retrohunt_spl::plan::{FieldPattern, Glob};

use crate::batch::{RAW, TIME};

/// The fields that a pipeline reads of its input. More than needed is harmless, less is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    /// All of them.
    All,
    /// Those that one of the names and patterns selects, `_time` among them if it is read. May be empty.
    Fields(Vec<FieldPattern>),
}

/// The pattern that selects just this name.
pub(crate) fn exactly(name: &str) -> FieldPattern {
    FieldPattern { glob: Glob { pieces: vec![name.to_owned()] } }
}

impl Needs {
    /// Returns whether a field of this name is read.
    #[must_use]
    pub fn selects(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Fields(patterns) => patterns.iter().any(|pattern| pattern.selects(name)),
        }
    }

    /// These and those of a pattern.
    pub(crate) fn and(mut self, pattern: FieldPattern) -> Self {
        if let Self::Fields(patterns) = &mut self
            && !patterns.contains(&pattern)
        {
            patterns.push(pattern);
        }
        self
    }

    /// These and one field.
    pub(crate) fn and_field(self, name: &str) -> Self {
        self.and(exactly(name))
    }

    /// These without one field that is made on the way.
    pub(crate) fn without_field(mut self, name: &str) -> Self {
        if let Self::Fields(patterns) = &mut self {
            patterns.retain(|pattern| pattern.glob.literal() != Some(name));
        }
        self
    }

    /// What must be there before a projection to `list` that gives these.
    pub(crate) fn before_projection(self, list: &[FieldPattern], internal: bool) -> Self {
        let mut kept = list.to_vec();
        if internal {
            kept.extend([TIME, RAW].map(exactly));
        }
        let Self::Fields(patterns) = self else {
            return kept.into_iter().fold(Self::Fields(Vec::new()), Self::and);
        };
        let mut before = Self::Fields(Vec::new());
        for pattern in patterns {
            match pattern.glob.literal() {
                Some(name) if kept.iter().any(|entry| entry.selects(name)) => before = before.and(pattern),
                Some(_) => {}
                // Whether two patterns can meet is not worth deciding: the projection itself drops what does not.
                None => {
                    let meets = |entry: &&FieldPattern| entry.glob.literal().is_none_or(|name| pattern.selects(name));
                    before = kept.iter().filter(meets).cloned().fold(before, Self::and);
                }
            }
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(names: &[&str]) -> Needs {
        Needs::Fields(names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect())
    }

    fn list(names: &[&str]) -> Vec<FieldPattern> {
        names.iter().map(|name| FieldPattern { glob: Glob::new(name) }).collect()
    }

    #[test]
    fn section_7_2_a_projection_bounds_what_a_wildcard_reads() {
        assert_eq!(
            fields(&["*", "_time"]).before_projection(&list(&["_time", "a", "b_*"]), false),
            fields(&["a", "b_*", "_time"])
        );
        assert_eq!(Needs::All.before_projection(&list(&["b", "b"]), true), fields(&["b", "_time", "_raw"]));
        assert_eq!(fields(&["x"]).before_projection(&list(&["a"]), false), fields(&[]));
    }
}
