//! Patterns of `like` (§6.2): `%` any run, `_` one character, everything else itself; with case, over the whole text.

use crate::faults::fault;
use memchr::memmem::Finder;

/// A pattern made ready to match.
#[derive(Clone, Debug)]
pub(crate) enum LikePattern {
    /// Without `_`: literal pieces, a `%` between each two neighbours.
    Pieces {
        /// What the text begins with.
        first: String,
        /// What comes in between, in order.
        middle: Vec<Finder<'static>>,
        /// What it ends with; `None` if there is no `%` and the text is `first` as a whole.
        last: Option<String>,
    },
    /// With `_`.
    Characters(String),
}

impl LikePattern {
    /// Makes a pattern ready.
    pub(crate) fn new(pattern: &str) -> Self {
        if fault("stages-like-drops-backslash") && pattern.contains('\\') {
            return Self::new(&pattern.replace('\\', ""));
        }
        if pattern.contains('_') {
            return Self::Characters(pattern.to_owned());
        }
        let mut pieces = pattern.split('%');
        let first = pieces.next().unwrap_or_default().to_owned();
        let last = pieces.next_back().map(str::to_owned);
        let middle = pieces.filter(|piece| !piece.is_empty()).map(|piece| Finder::new(piece.as_bytes()).into_owned());
        Self::Pieces { first, middle: middle.collect(), last }
    }

    /// Does the whole text match?
    pub(crate) fn matches(&self, text: &str) -> bool {
        let (first, middle, last) = match self {
            Self::Pieces { first, last: None, .. } => return text == first,
            Self::Pieces { first, middle, last: Some(last) } => (first, middle, last),
            Self::Characters(pattern) => return matches(pattern, text),
        };
        if text.len() < first.len() + last.len() || !text.starts_with(first.as_str()) || !text.ends_with(last.as_str())
        {
            return false;
        }
        let mut rest = &text.as_bytes()[first.len()..text.len() - last.len()];
        // The leftmost place of each piece is the best one.
        middle.iter().all(|piece| {
            let Some(at) = piece.find(rest) else { return false };
            rest = &rest[at + piece.needle().len()..];
            true
        })
    }
}

/// Does the whole text match a pattern that is used once? Without allocation.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Where to go on after a mismatch: behind the last `%`, which then takes one character more.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let mut ahead = pattern.clone();
        match ahead.next() {
            Some('%') => {
                retry = Some((ahead.clone(), text.clone()));
                pattern = ahead;
                continue;
            }
            Some(wanted) => {
                let mut behind = text.clone();
                if behind.next().is_some_and(|have| wanted == '_' || wanted == have) {
                    (pattern, text) = (ahead, behind);
                    continue;
                }
            }
            None if text.as_str().is_empty() => return true,
            None => {}
        }
        let Some((behind_run, mut start)) = retry else { return false };
        if start.next().is_none() {
            return false;
        }
        (pattern, text) = (behind_run.clone(), start.clone());
        retry = Some((behind_run, start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The plain way: try every split.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some((wanted, rest)) => {
                text.split_first().is_some_and(|(have, tail)| (*wanted == '_' || wanted == have) && naive(rest, tail))
            }
        }
    }

    #[test]
    fn section_6_2_like() {
        for (pattern, text, expected) in [
            ("cmd%", "cmd.exe", true),
            ("cmd", "cmd.exe", false),
            ("CMD%", "cmd.exe", false),
            ("%\\Scripts\\%", "C:\\x\\Scripts\\y", true),
            ("a_c", "aéc", true),
            ("a_", "a", false),
            ("a%b", "a\nb", true),
            ("a%a", "a", false),
            ("%", "", true),
            ("", "", true),
            ("", "a", false),
            ("*", "a", false),
        ] {
            assert_eq!(LikePattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn all_ways_agree(pattern in "[aé%_]{0,7}", text in "[aé\n]{0,9}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = naive(&chars(&pattern), &chars(&text));
            prop_assert_eq!(matches(&pattern, &text), expected);
            prop_assert_eq!(LikePattern::new(&pattern).matches(&text), expected);
        }
    }
}
