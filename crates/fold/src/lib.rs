//! The one definition of case (§2.6): shared by search, needles, wildcards and regexes.
//!
//! Two characters are *equivalent* when they are the same ASCII letter in either case, or when both are outside ASCII and
//! Unicode simple case folding puts them into one class. No character outside ASCII is ever equivalent to one inside: the
//! Kelvin sign (U+212A) is not `k`, the long s (U+017F) is not `s`. Every class has one *canonical* member, to which
//! [`fold_char`] maps: the lower-case letter where there is one.
//!
//! Folding may change the length of a text in bytes (`Ⱥ` has two, `ⱥ` three), so positions in a folded text are not
//! positions in its source; [`find`] gives positions in the source.
//!
//! This crate owns the tables and the few functions over them; it knows nothing of words, wildcards or patterns.
//!
//! ```
//! assert!(retrohunt_fold::eq("PowerShell.EXE", "powershell.exe"));
//! assert!(retrohunt_fold::eq("ÄÖÜ", "äöü"));
//! assert!(!retrohunt_fold::eq("\u{212A}", "k"));
//! assert_eq!(retrohunt_fold::find("C:\\Windows\\CMD.exe", "cmd"), Some(11..14));
//! ```
#![forbid(unsafe_code)]

mod class;
mod search;
mod table;

pub use class::{Equivalents, cased_non_ascii, equivalents, fold_byte, fold_char, has_case};
pub use search::{commonness, contains, find, find_ascii, match_prefix, match_suffix};

use std::borrow::Cow;
use std::cmp::Ordering;

/// Appends the folded form of `text` to `out`: every character replaced by the canonical member of its class (§2.6).
///
/// `out` is not cleared.
pub fn fold_into(text: &str, out: &mut String) {
    out.reserve(text.len());
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        out.extend(text.chars().map(fold_char));
    }
}

/// Returns the folded form of `text` (§2.6), borrowed when `text` is folded already.
///
/// ```
/// assert_eq!(retrohunt_fold::fold("Straße \u{212A}"), "straße \u{212A}");
/// ```
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if is_folded(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    fold_into(text, &mut out);
    Cow::Owned(out)
}

/// Returns whether `text` is its own folded form.
#[must_use]
pub fn is_folded(text: &str) -> bool {
    if text.is_ascii() {
        !text.bytes().any(|byte| byte.is_ascii_uppercase())
    } else {
        text.chars().all(|character| fold_char(character) == character)
    }
}

/// Returns whether the two texts are equal without regard to case (§2.6). Allocates nothing.
#[must_use]
pub fn eq(left: &str, right: &str) -> bool {
    // Bytes are compared while both sides are ASCII. An ASCII character equals only ASCII ones, so the first place where
    // exactly one side leaves ASCII is a difference.
    let (left_bytes, right_bytes) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    loop {
        match (left_bytes.get(at), right_bytes.get(at)) {
            (None, None) => return true,
            (Some(&a), Some(&b)) if a.is_ascii() && b.is_ascii() => {
                if fold_byte(a) != fold_byte(b) {
                    return false;
                }
                at += 1;
            }
            (Some(_), Some(_)) => break,
            _ => return false,
        }
    }
    left[at..].chars().map(fold_char).eq(right[at..].chars().map(fold_char))
}

/// Returns the order of the two texts by the code points of their folded forms (§2.6, §3.2). Allocates nothing.
///
/// `Equal` exactly when [`eq`] holds.
#[must_use]
pub fn cmp(left: &str, right: &str) -> Ordering {
    left.chars().map(fold_char).cmp(right.chars().map(fold_char))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A character from the corners of §2.6: ASCII letters and their non-ASCII look-alikes, classes of three and four
    /// members, members of different byte lengths, and characters without case.
    fn corner() -> impl Strategy<Value = char> {
        prop::sample::select(vec![
            'k',
            'K',
            '\u{212A}',
            's',
            'S',
            '\u{17F}',
            'ß',
            '\u{1E9E}',
            'σ',
            'ς',
            'Σ',
            'θ',
            'ϑ',
            'Θ',
            'ϴ',
            'Ⱥ',
            'ⱥ',
            '\u{DF}',
            'İ',
            'ı',
            'i',
            'I',
            'Å',
            'å',
            '\u{212B}',
            '日',
            '0',
            '\\',
            ' ',
            '\n',
            '\0',
            '\u{10400}',
            '\u{10428}',
        ])
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(corner(), 0..8).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn eq_and_cmp_are_comparison_of_folded_texts(a in text(), b in text()) {
            prop_assert_eq!(eq(&a, &b), fold(&a) == fold(&b));
            prop_assert_eq!(cmp(&a, &b), fold(&a).chars().cmp(fold(&b).chars()));
            prop_assert_eq!(cmp(&a, &b) == Ordering::Equal, eq(&a, &b));
        }

        #[test]
        fn folding_twice_changes_nothing(a in text()) {
            let once = fold(&a).into_owned();
            prop_assert!(is_folded(&once));
            prop_assert_eq!(fold(&once).into_owned(), once);
        }
    }

    #[test]
    fn ascii_and_non_ascii_never_meet() {
        for (a, b) in
            [("\u{212A}", "k"), ("\u{212A}", "K"), ("\u{17F}", "s"), ("\u{17F}", "S"), ("ß", "ss"), ("İ", "i")]
        {
            assert!(!eq(a, b), "{a} {b}");
            assert_ne!(fold(a), fold(b));
        }
        for (a, b) in [("K", "k"), ("Å", "\u{212B}"), ("ẞ", "ß"), ("Σς", "σσ"), ("ȺZ", "ⱥz")] {
            assert!(eq(a, b), "{a} {b}");
        }
    }

    #[test]
    fn fold_borrows_when_nothing_changes() {
        assert!(matches!(fold("net.exe ä"), Cow::Borrowed(_)));
        assert!(matches!(fold("Net.exe"), Cow::Owned(_)));
        let mut out = String::from("X");
        fold_into("ABC", &mut out);
        assert_eq!(out, "Xabc");
    }
}
