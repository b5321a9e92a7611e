//! The breakers of §2.1: which characters and sequences separate tokens.

use retrohunt_spl::breakers::{MAJOR, MINOR};

/// What a single byte separates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Nothing.
    None,
    /// Pieces of a segment.
    Minor,
    /// Whole segments.
    Major,
}

/// Hexadecimal digits, folded, of the percent forms that are major breakers (§2.1.1).
const PERCENT: [&[u8; 2]; 14] =
    [b"21", b"26", b"3b", b"7c", b"20", b"2b", b"3d", b"5d", b"5b", b"3a", b"0a", b"2c", b"28", b"29"];

/// The same for the forms that are encoded twice.
const PERCENT_TWICE: [&[u8; 4]; 2] = [b"2526", b"2520"];

/// The class of each byte; bytes of non-ASCII characters and unlisted controls break nothing (§2.1.3).
static CLASSES: [Class; 256] = {
    let mut classes = [Class::None; 256];
    // In a text, as opposed to a term, `*` is an ordinary major breaker.
    classes[b'*' as usize] = Class::Major;
    let mut at = 0;
    while at < MAJOR.len() {
        classes[MAJOR[at] as usize] = Class::Major;
        at += 1;
    }
    at = 0;
    while at < MINOR.len() {
        classes[MINOR[at] as usize] = Class::Minor;
        at += 1;
    }
    classes
};

/// The class of a byte.
fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// Is the byte a breaker by itself, major or minor?
pub(crate) fn is_single(byte: u8) -> bool {
    class(byte) != Class::None
}

/// Do the bytes after a `%` begin with the digits of a major percent form?
fn percent_digits(digits: &[u8]) -> bool {
    let folded = |at: usize| digits.get(at).map(u8::to_ascii_lowercase);
    let two = [folded(0), folded(1)];
    PERCENT.iter().any(|form| two == [Some(form[0]), Some(form[1])]) || double_percent(digits)
}

/// Do the bytes after a `%` begin with the digits of a percent form that is encoded twice?
fn double_percent(digits: &[u8]) -> bool {
    PERCENT_TWICE.iter().any(|form| digits.starts_with(form.as_slice()))
}

/// Does a major percent form end at `at`?
fn percent_ends(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let single = before.len() >= 3 && before[at - 3] == b'%' && percent_digits(&before[at - 2..]);
    single || (before.len() >= 5 && before[at - 5] == b'%' && double_percent(&before[at - 4..]))
}

/// Does a breaker, major or minor, end at offset `at` (§2.3.1)?
pub(crate) fn any_ends(text: &[u8], at: usize) -> bool {
    // Sequences begin with a minor breaker; only a percent form can end in a byte that is none.
    at > 0 && (is_single(text[at - 1]) || percent_ends(text, at))
}

/// Does a breaker, major or minor, start at offset `at` (§2.3.1)?
pub(crate) fn any_starts(text: &[u8], at: usize) -> bool {
    // Every sequence begins with `-` or `%`, which are breakers themselves.
    text.get(at).is_some_and(|&byte| is_single(byte))
}

/// Does a major breaker end at offset `at` (§2.4.2)?
pub(crate) fn major_ends(text: &[u8], at: usize) -> bool {
    at > 0 && (class(text[at - 1]) == Class::Major || text[..at].ends_with(b"--") || percent_ends(text, at))
}

/// Does a major breaker start at offset `at` (§2.4.2)?
pub(crate) fn major_starts(text: &[u8], at: usize) -> bool {
    let Some(&byte) = text.get(at) else { return false };
    class(byte) == Class::Major || text[at..].starts_with(b"--") || (byte == b'%' && percent_digits(&text[at + 1..]))
}

/// Does the text hold a minor breaker?
pub(crate) fn holds_minor(text: &[u8]) -> bool {
    text.iter().any(|&byte| class(byte) == Class::Minor)
}

/// Does the text hold a major breaker?
pub(crate) fn holds_major(text: &[u8]) -> bool {
    (0..text.len()).any(|at| major_starts(text, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_2_1_sequences_are_major_in_either_case() {
        for form in ["%3B", "%3b", "%2526", "%0A", "%20", "--", "*", "\n"] {
            let text = format!("a{form}b");
            assert!(major_starts(text.as_bytes(), 1), "{form}");
            assert!(major_ends(text.as_bytes(), 1 + form.len()), "{form}");
            assert!(any_ends(text.as_bytes(), 1 + form.len()), "{form}");
        }
    }

    #[test]
    fn section_2_1_minor_breakers_are_not_major() {
        for form in ["/", ":", "=", "@", ".", "-", "$", "#", "%", "\\", "_", "%41", "%252"] {
            let text = format!("a{form}b");
            assert!(any_starts(text.as_bytes(), 1), "{form}");
            assert!(!major_starts(text.as_bytes(), 1), "{form}");
            assert!(!major_ends(text.as_bytes(), 1 + form.len()), "{form}");
        }
    }

    #[test]
    fn section_2_1_3_other_characters_break_nothing() {
        for form in ["é", "\u{1}", "~", "^", "`", "0"] {
            let text = format!("a{form}b");
            assert!(!any_starts(text.as_bytes(), 1), "{form:?}");
            assert!(!any_ends(text.as_bytes(), 1 + form.len()), "{form:?}");
        }
    }
}
