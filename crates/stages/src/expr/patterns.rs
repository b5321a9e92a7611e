//! Patterns of `match`, `replace` and `mvfind` (§5.6): the only place where expressions meet the regex engine.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use hashbrown::HashMap;
use retrohunt_regex::{Captures, Regex, Which};

use crate::error::PipelineError;
use crate::faults::fault;

/// A pattern gave up on a text (§5.6.8): whether it matches is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Undecided;

/// A compiled pattern; shared, since its automaton is built on first use.
#[derive(Clone)]
pub(crate) struct Pattern {
    /// The engine's form.
    regex: Arc<Regex>,
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pattern({:?})", self.regex.pattern())
    }
}

impl Pattern {
    /// Compiles a literal; also returns whether its text as written was taken, since only that compiles (§1.4.4).
    ///
    /// # Errors
    ///
    /// `E-STAGE-REGEX` if neither compiles; the message is about the unescaped text.
    pub(crate) fn literal(value: &str, raw: &str) -> Result<(Self, bool), PipelineError> {
        let error = match Regex::new(value) {
            Ok((regex, _)) => return Ok((Self { regex: Arc::new(regex) }, false)),
            Err(error) => error,
        };
        if raw != value
            && !fault("stages-pattern-not-rescued")
            && let Ok((regex, _)) = Regex::new(raw)
        {
            return Ok((Self { regex: Arc::new(regex) }, true));
        }
        Err(PipelineError::new("E-STAGE-REGEX", format!("the pattern `{value}`: {error}")))
    }

    /// Does the pattern match anywhere in the text?
    #[inline]
    pub(crate) fn test(&self, text: &str) -> Result<bool, Undecided> {
        self.regex.try_match(text.as_bytes()).map_err(|_| Undecided)
    }

    /// The text with all matches replaced (§6.3); `None` if it would be too large.
    pub(crate) fn replace<'t>(
        &self,
        text: &'t str,
        replacement: &Replacement,
    ) -> Result<Option<Cow<'t, str>>, Undecided> {
        // An empty pattern matches before every character and behind the last.
        if replacement.bytes(text, text.len() + 1) > MOST_BYTES
            && replacement.bytes(text, self.count(text)?) > MOST_BYTES
        {
            return Ok(None);
        }
        self.regex.replace_all(text, &replacement.parsed, Which::All).map(Some).map_err(|_| Undecided)
    }

    /// How many matches there are.
    fn count(&self, text: &str) -> Result<usize, Undecided> {
        let (mut matches, mut captures, mut count) = (self.regex.matches(text), Captures::new(), 0);
        while matches.advance(&mut captures).map_err(|_| Undecided)? {
            count += 1;
        }
        Ok(count)
    }
}

/// Most bytes that `replace` makes of one text.
const MOST_BYTES: usize = 1 << 28;

/// What `replace` puts in the place of a match: text, and `\0` to `\9` for groups.
#[derive(Clone, Debug)]
pub(crate) struct Replacement {
    /// The engine's form.
    parsed: retrohunt_regex::Replacement,
    /// Bytes of the text.
    length: usize,
    /// How many groups it names at most.
    groups: usize,
}

impl Replacement {
    /// Reads a replacement.
    pub(crate) fn parse(text: &str) -> Self {
        let groups = text.matches('\\').count();
        Self { parsed: retrohunt_regex::Replacement::parse(text), length: text.len(), groups }
    }

    /// At most how many bytes so many replacements make of a text. The same group of all matches is no longer than the text.
    fn bytes(&self, text: &str, matches: usize) -> usize {
        let groups = text.len().saturating_mul(self.groups.saturating_add(1));
        matches.saturating_mul(self.length).saturating_add(groups)
    }
}

/// How many patterns out of fields are kept compiled; a rule that makes more of them compiles some again.
const KEPT: usize = 1024;

/// Patterns that come from fields, compiled; `None` for a text that is no pattern.
#[derive(Debug, Default)]
pub(crate) struct PatternCache {
    /// By text.
    compiled: RefCell<HashMap<String, Option<Pattern>>>,
}

impl PatternCache {
    /// The pattern of a text, if it is one.
    pub(crate) fn get(&self, text: &str) -> Option<Pattern> {
        let mut compiled = self.compiled.borrow_mut();
        if let Some(known) = compiled.get(text) {
            return known.clone();
        }
        let pattern = Regex::new(text).ok().map(|(regex, _)| Pattern { regex: Arc::new(regex) });
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(text.to_owned(), pattern.clone());
        pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_1_4_4_a_pattern_that_unescaping_broke_is_rescued() {
        let (pattern, rescued) = Pattern::literal("a\\", "a\\\\").unwrap();
        assert!(rescued);
        assert_eq!(pattern.test("xa\\"), Ok(true));
        assert!(!Pattern::literal("a\\d", "a\\d").unwrap().1);
        let error = Pattern::literal("(a", "(a").unwrap_err();
        assert_eq!(error.code, "E-STAGE-REGEX");
        assert!(error.message.contains("(a"), "{error}");
    }

    #[test]
    fn section_6_3_replace() {
        let replace = |pattern: &str, text: &str, replacement: &str| {
            let (pattern, _) = Pattern::literal(pattern, pattern).unwrap();
            pattern.replace(text, &Replacement::parse(replacement)).unwrap().map(Cow::into_owned)
        };
        assert_eq!(replace("an", "banana", "x").as_deref(), Some("bxxa"));
        assert_eq!(replace(r"(\d)-(\d)", "1-2 3-4", r"\2$1\0").as_deref(), Some("2$11-2 4$13-4"));
        assert_eq!(replace("x*", "aé", "-").as_deref(), Some("-a-é-"));
        assert_eq!(replace("", &"a".repeat(100_000), &"b".repeat(100_000)), None);
        assert_eq!(replace("^", &"a".repeat(100_000), &"b".repeat(100_000)).map(|text| text.len()), Some(200_000));
    }

    #[test]
    fn section_5_6_8_a_pattern_may_give_up() {
        let (pattern, _) = Pattern::literal("(?=a)(?:a|aa)+(?=b)[^b]", "").unwrap();
        assert_eq!(pattern.test("x"), Ok(false));
        let text = format!("{}.", "a".repeat(300));
        assert_eq!(pattern.test(&text), Err(Undecided));
        assert_eq!(pattern.replace(&text, &Replacement::parse("")), Err(Undecided));
    }

    #[test]
    fn patterns_out_of_fields_are_kept_within_bounds() {
        let cache = PatternCache::default();
        assert!(cache.get("(").is_none());
        for number in 0..2 * KEPT {
            assert_eq!(cache.get(&format!("^a{number}$")).unwrap().test(&format!("a{number}")), Ok(true));
            assert!(cache.compiled.borrow().len() <= KEPT);
        }
    }
}
