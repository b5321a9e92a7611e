//! Replacement of matches, for `replace()` and `rex mode=sed` (§5.7.5, §6.3).

use crate::captures::{Captures, Matches};
use crate::error::Undecided;
use crate::regex::Regex;
use std::borrow::Cow;

/// What takes the place of a match: text, and the groups of the match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Its parts, in order.
    parts: Vec<Part>,
}

/// A part of a replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// The text itself.
    Text(String),
    /// The text of a group, or nothing if it took no part.
    Group(usize),
}

/// Which matches are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// One, counted from 1.
    Nth(usize),
}

impl Replacement {
    /// Returns the replacement that `text` describes: `\0` is the whole match, `\1` to `\9` are groups; everything else is
    /// itself: `$1`, `&`, and a backslash before anything but a digit.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let digit = characters.peek().and_then(|next| next.to_digit(10)).filter(|_| character == '\\');
            let Some(group) = digit.and_then(|digit| usize::try_from(digit).ok()) else {
                literal.push(character);
                continue;
            };
            characters.next();
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(Part::Group(group));
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Self { parts }
    }

    /// Returns the largest number of a group that is asked for; 0 if none is.
    #[must_use]
    pub fn largest_group(&self) -> usize {
        let group = |part: &Part| if let Part::Group(group) = part { *group } else { 0 };
        self.parts.iter().map(group).max().unwrap_or(0)
    }

    /// Adds to `out` what takes the place of a match in `text`.
    fn write(&self, text: &str, captures: &Captures, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(literal) => out.push_str(literal),
                Part::Group(group) => out.push_str(captures.group(*group).map_or("", |place| &text[place])),
            }
        }
    }
}

impl Regex {
    /// Returns `text` with its matches, or one of them, replaced; borrowed if there is none. A group that took no part, or
    /// that the pattern does not have, gives nothing.
    ///
    /// # Errors
    ///
    /// If a search took too many steps.
    pub fn replace_all<'t>(
        &self,
        text: &'t str,
        replacement: &Replacement,
        which: Which,
    ) -> Result<Cow<'t, str>, Undecided> {
        let mut captures = Captures::new();
        let mut matches = Matches::new(self, text);
        let (mut out, mut copied, mut count, mut replaced) = (String::new(), 0, 0, false);
        while matches.advance(&mut captures)? {
            count += 1;
            let Some(place) = captures.group(0) else { break };
            match which {
                Which::Nth(number) if count < number => continue,
                Which::Nth(0) => break,
                _ => {}
            }
            out.push_str(&text[copied..place.start]);
            replacement.write(text, &captures, &mut out);
            copied = place.end;
            replaced = true;
            if which != Which::All {
                break;
            }
        }
        if !replaced {
            return Ok(Cow::Borrowed(text));
        }
        out.push_str(&text[copied..]);
        Ok(Cow::Owned(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(pattern: &str, text: &str, replacement: &str, which: Which) -> String {
        let (regex, _) = Regex::new(pattern).expect(pattern);
        regex.replace_all(text, &Replacement::parse(replacement), which).expect("decided").into_owned()
    }

    #[test]
    fn section_6_3_groups_are_written_with_backslashes() {
        assert_eq!(replace(r"(\w+)@(\w+)", "a@b c@d", r"\2 at \1", Which::All), "b at a d at c");
        assert_eq!(replace("b+", "abbc", r"[\0]", Which::All), "a[bb]c");
        assert_eq!(replace("(a)|(b)", "ab", r"<\1\2\3>", Which::All), "<a><b>");
        assert_eq!(replace(r"(\d)", "1", r"\10", Which::All), "10");
    }

    #[test]
    fn section_5_7_5_dollar_and_ampersand_are_literal() {
        assert_eq!(replace("(a)", "a", r"$1 & \x \\", Which::All), r"$1 & \x \\");
        assert_eq!(replace("(a)", "a", "\\", Which::All), "\\");
    }

    #[test]
    fn section_6_3_empty_matches_advance_one_character() {
        assert_eq!(replace("x*", "aé", "-", Which::All), "-a-é-");
        assert_eq!(replace("a*", "baac", "x", Which::All), "xbxxcx");
        assert_eq!(replace("", "", "-", Which::All), "-");
    }

    #[test]
    fn section_5_7_5_one_match_by_number() {
        assert_eq!(replace("a", "aaa", "x", Which::Nth(2)), "axa");
        assert_eq!(replace("a", "aaa", "x", Which::Nth(4)), "aaa");
        assert_eq!(replace("a", "aaa", "x", Which::Nth(0)), "aaa");
        assert_eq!(replace("a$", "a\na\n", "x", Which::Nth(1)), "a\nx\n");
    }

    #[test]
    fn a_text_without_matches_is_not_copied() {
        let (regex, _) = Regex::new("x").expect("a literal");
        assert!(matches!(regex.replace_all("abc", &Replacement::parse(""), Which::All), Ok(Cow::Borrowed("abc"))));
        assert_eq!(Replacement::parse(r"a\3b\1").largest_group(), 3);
    }
}
