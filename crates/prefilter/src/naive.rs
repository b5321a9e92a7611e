//! The oracle: every needle tried at every offset, one character at a time.
//!
//! Slow and short enough to be trusted by reading. It shares no code with the algorithms but [`retrohunt_fold::fold_char`];
//! every one of them is tested against it. It is also an algorithm that can be forced.

use crate::needle::{Hit, Needle, NeedleCase, NeedleId};
use retrohunt_fold::fold_char;

/// Appends to `hits` every place in `haystack` where a needle starts, ascending by offset, then by needle.
///
/// Offsets past `u32::MAX` are left out. Empty needles are not found.
pub fn search(needles: &[Needle], haystack: &[u8], hits: &mut Vec<Hit>) {
    for (at, offset) in (0..haystack.len()).zip(0u32..) {
        for (needle, id) in needles.iter().zip(0u32..) {
            if !needle.bytes.is_empty() && starts_with(&haystack[at..], needle) {
                hits.push(Hit { offset, needle: NeedleId(id) });
            }
        }
    }
}

/// Returns whether `haystack` begins with `needle` (§2.6).
#[must_use]
pub fn starts_with(haystack: &[u8], needle: &Needle) -> bool {
    match needle.case {
        NeedleCase::Exact => haystack.starts_with(&needle.bytes),
        NeedleCase::Folded => starts_with_folded(haystack, &needle.bytes),
    }
}

/// [`starts_with`] for a folded needle: characters are compared folded, bytes that are no character as they are.
fn starts_with_folded(mut haystack: &[u8], mut needle: &[u8]) -> bool {
    while let Some((&needle_byte, needle_rest)) = needle.split_first() {
        if let Some(wanted) = first_char(needle) {
            let Some(found) = first_char(haystack) else { return false };
            // `fold_char` never maps across the border of ASCII, so the Kelvin sign stays apart from `k`.
            if fold_char(found) != fold_char(wanted) {
                return false;
            }
            haystack = &haystack[found.len_utf8()..];
            needle = &needle[wanted.len_utf8()..];
        } else {
            if haystack.first() != Some(&needle_byte) {
                return false;
            }
            haystack = &haystack[1..];
            needle = needle_rest;
        }
    }
    true
}

/// Returns the character that `bytes` begin with, or `None` if they begin with no valid one.
fn first_char(bytes: &[u8]) -> Option<char> {
    (1..=bytes.len().min(4)).find_map(|length| std::str::from_utf8(&bytes[..length]).ok()?.chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(needle: Needle, haystack: &[u8]) -> Vec<u32> {
        let mut hits = Vec::new();
        search(&[needle], haystack, &mut hits);
        hits.iter().map(|hit| hit.offset).collect()
    }

    #[test]
    fn overlapping_occurrences_are_all_found() {
        assert_eq!(offsets(Needle::exact("aa"), b"aaaa"), [0, 1, 2]);
    }

    #[test]
    fn case_folds_on_each_side_of_ascii_and_never_across() {
        assert_eq!(offsets(Needle::folded("k"), "kK\u{212A}".as_bytes()), [0, 1]);
        assert_eq!(offsets(Needle::folded("\u{212A}"), "kK\u{212A}".as_bytes()), [2]);
        assert_eq!(offsets(Needle::folded("ⱥZ"), "Ⱥzⱥz".as_bytes()), [0, 3]);
        assert_eq!(offsets(Needle::exact("k"), b"kK"), [0]);
    }

    #[test]
    fn bytes_that_are_no_character_count_as_they_are() {
        assert_eq!(offsets(Needle::folded(b"\xFFa".to_vec()), b"\xFFA\xFFa"), [0, 2]);
        assert_eq!(offsets(Needle::folded(b"\xC3".to_vec()), "é".as_bytes()), [0]);
    }
}
