//! Search for a folded needle in a haystack of any case.
//!
//! The plain way is a comparison of characters at every character of the haystack; a needle inside ASCII is compared byte
//! by byte instead, which is the same since no character outside ASCII is equivalent to one inside.

use crate::{fold_byte, fold_char};
use std::ops::Range;

/// Returns whether the folded form of `haystack` contains `folded_needle`. An empty needle is in every haystack.
///
/// `folded_needle` must be in folded form ([`crate::fold`]); otherwise it may be found nowhere.
#[must_use]
pub fn contains(haystack: &str, folded_needle: &str) -> bool {
    find(haystack, folded_needle).is_some()
}

/// Returns the first place in `haystack` whose folded form is `folded_needle`, as a range of bytes of `haystack`.
///
/// The range may differ from the needle in length, since members of one class may. An empty needle is found at 0.
/// `folded_needle` must be in folded form.
#[must_use]
pub fn find(haystack: &str, folded_needle: &str) -> Option<Range<usize>> {
    if folded_needle.is_ascii() {
        let start = find_ascii(haystack.as_bytes(), folded_needle.as_bytes())?;
        return Some(start..start + folded_needle.len());
    }
    haystack
        .char_indices()
        .find_map(|(start, _)| match_prefix(&haystack[start..], folded_needle).map(|length| start..start + length))
}

/// Returns how many bytes at the start of `haystack` fold to `folded_needle`, or `None` if it does not begin so.
///
/// `folded_needle` must be in folded form.
#[must_use]
pub fn match_prefix(haystack: &str, folded_needle: &str) -> Option<usize> {
    if folded_needle.is_ascii() {
        let bytes = haystack.as_bytes().get(..folded_needle.len())?;
        return equals_ascii(bytes, folded_needle.as_bytes()).then_some(folded_needle.len());
    }
    let mut characters = haystack.chars();
    for wanted in folded_needle.chars() {
        if characters.next().map(fold_char) != Some(wanted) {
            return None;
        }
    }
    Some(haystack.len() - characters.as_str().len())
}

/// Returns where the end of `haystack` that folds to `folded_needle` begins, in bytes, or `None` if it does not end so.
///
/// `folded_needle` must be in folded form.
#[must_use]
pub fn match_suffix(haystack: &str, folded_needle: &str) -> Option<usize> {
    if folded_needle.is_ascii() {
        let start = haystack.len().checked_sub(folded_needle.len())?;
        return equals_ascii(&haystack.as_bytes()[start..], folded_needle.as_bytes()).then_some(start);
    }
    let mut characters = haystack.chars();
    for wanted in folded_needle.chars().rev() {
        if characters.next_back().map(fold_char) != Some(wanted) {
            return None;
        }
    }
    Some(characters.as_str().len())
}

/// Returns whether `bytes` fold to `folded`, which is ASCII and of the same length.
fn equals_ascii(bytes: &[u8], folded: &[u8]) -> bool {
    bytes.iter().zip(folded).all(|(&byte, &wanted)| fold_byte(byte) == wanted)
}

/// Returns the first offset at which `haystack` folds to `folded`, in bytes.
///
/// `folded` must be lower-case ASCII; `haystack` is text in UTF-8, which is not checked: bytes outside ASCII match nothing.
#[must_use]
pub fn find_ascii(haystack: &[u8], folded: &[u8]) -> Option<usize> {
    let Some(rare) = (0..folded.len()).min_by_key(|&at| commonness(folded[at])) else { return Some(0) };
    let last_start = haystack.len().checked_sub(folded.len())?;
    let (lower, upper) = (folded[rare], folded[rare].to_ascii_uppercase());
    // A needle that starts at `s` has its rare byte at `s + rare`; only those places are looked at.
    let places = &haystack[rare..=last_start + rare];
    let matches = |start: &usize| equals_ascii(&haystack[*start..*start + folded.len()], folded);
    if lower == upper {
        memchr::memchr_iter(lower, places).find(matches)
    } else {
        memchr::memchr2_iter(lower, upper, places).find(matches)
    }
}

/// Returns a coarse rank of how often a folded ASCII byte occurs in command lines and paths; rarer is smaller.
///
/// Only speed hangs on it.
#[must_use]
pub fn commonness(byte: u8) -> u8 {
    match byte {
        b' ' | b'e' | b's' | b't' | b'i' | b'n' | b'r' | b'o' | b'a' => 4,
        b'\\' | b'.' | b'/' | b'-' | b'c' | b'd' | b'l' | b'm' | b'p' | b'u' | b'w' | b'0'..=b'9' => 3,
        b'"' | b':' | b'b' | b'f' | b'g' | b'h' | b'v' | b'x' | b'y' => 2,
        b'a'..=b'z' => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The plain way: fold everything, compare at every character.
    fn naive(haystack: &str, folded_needle: &str) -> Option<Range<usize>> {
        let boundaries: Vec<usize> = haystack.char_indices().map(|(at, _)| at).chain([haystack.len()]).collect();
        boundaries.iter().find_map(|&start| {
            let ends = boundaries.iter().filter(|&&end| end >= start);
            ends.clone().find(|&&end| crate::fold(&haystack[start..end]) == folded_needle).map(|&end| start..end)
        })
    }

    fn text(length: Range<usize>) -> impl Strategy<Value = String> {
        let alphabet = vec!['a', 'A', 'k', 'K', '\u{212A}', 's', '\u{17F}', 'Ⱥ', 'ⱥ', 'σ', 'ς', 'Σ', '\\', ' '];
        prop::collection::vec(prop::sample::select(alphabet), length).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn find_agrees_with_the_plain_way(haystack in text(0..12), needle in text(0..4)) {
            let needle = crate::fold(&needle);
            prop_assert_eq!(find(&haystack, &needle), naive(&haystack, &needle));
            prop_assert_eq!(contains(&haystack, &needle), crate::fold(&haystack).contains(needle.as_ref()));
            let begins = crate::fold(&haystack).starts_with(needle.as_ref());
            prop_assert_eq!(match_prefix(&haystack, &needle).is_some(), begins);
            let ends = crate::fold(&haystack).ends_with(needle.as_ref());
            prop_assert_eq!(match_suffix(&haystack, &needle).is_some(), ends);
            let tail = match_suffix(&haystack, &needle).map(|start| crate::fold(&haystack[start..]).into_owned());
            prop_assert!(tail.is_none_or(|tail| tail == needle));
        }
    }

    #[test]
    fn every_length_and_alignment_is_found() {
        for length in 1..70 {
            for at in 0..70 {
                let haystack = format!("{}{}{}", "-".repeat(at), "Q".repeat(length), "-".repeat(5));
                assert_eq!(find(&haystack, &"q".repeat(length)), Some(at..at + length));
                assert_eq!(find(&haystack, &"q".repeat(length + 1)), None);
            }
        }
    }

    #[test]
    fn a_needle_longer_than_the_haystack_is_not_found() {
        assert_eq!(find("ab", "abc"), None);
        assert_eq!(find("", "a"), None);
        assert_eq!(find("", ""), Some(0..0));
    }

    #[test]
    fn the_range_is_in_the_haystack_not_in_its_folded_form() {
        assert_eq!(find("xȺy", "ⱥ"), Some(1..3));
        assert_eq!(match_prefix("Ⱥy", "ⱥy"), Some(3));
    }
}
