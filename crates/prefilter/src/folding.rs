//! Case outside ASCII: a needle taken apart into units, each one byte or a few alternative characters.
//!
//! Folding may change the length of a character in bytes (`Ⱥ` has two, `ⱥ` three), so a folded needle is no fixed run of
//! byte sets. It is a sequence of [`Unit`]s instead. No character's encoding begins another's, so at most one alternative
//! of a unit fits at a place, and matching needs no decoding of the haystack, which may not be UTF-8.

use crate::fault;
use crate::needle::{Needle, NeedleCase};
use retrohunt_fold::equivalents;

/// One step of a needle.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Unit {
    /// One byte: `want` once the bits of `either` are set in the haystack's byte. `either` is 0x20 for an ASCII letter that may
    /// have either case (`want` is then lower case), else 0.
    Byte {
        /// The byte, lower case where `either` is set.
        want: u8,
        /// The bits that do not count.
        either: u8,
    },
    /// One of two to four characters outside ASCII, encoded, ascending by bytes.
    OneOf(Vec<Box<[u8]>>),
}

impl Unit {
    /// A byte that counts as it is.
    fn exact(want: u8) -> Self {
        Self::Byte { want, either: 0 }
    }

    /// Returns the length in bytes of the shortest alternative, and whether all have that length.
    pub(crate) fn length(&self) -> (usize, bool) {
        match self {
            Self::Byte { .. } => (1, true),
            Self::OneOf(alternatives) => {
                let shortest = alternatives.iter().map(|text| text.len()).min().unwrap_or(0);
                (shortest, alternatives.iter().all(|text| text.len() == shortest))
            }
        }
    }

    /// Returns how many bytes at the start of `haystack` this unit takes, or `None` if it does not fit there.
    pub(crate) fn matches(&self, haystack: &[u8]) -> Option<usize> {
        match self {
            Self::Byte { want, either } => haystack.first().filter(|&&byte| byte | either == *want).map(|_| 1),
            Self::OneOf(alternatives) => {
                alternatives.iter().find(|text| haystack.starts_with(text)).map(|text| text.len())
            }
        }
    }
}

/// Returns the units of `needle`, in order; none for an empty needle.
pub(crate) fn units(needle: &Needle) -> Vec<Unit> {
    match needle.case {
        NeedleCase::Exact => needle.bytes.iter().map(|&byte| Unit::exact(byte)).collect(),
        NeedleCase::Folded if needle.bytes.is_ascii() => needle.bytes.iter().map(|&byte| ascii(byte)).collect(),
        NeedleCase::Folded => {
            let mut out = Vec::with_capacity(needle.bytes.len());
            for chunk in needle.bytes.utf8_chunks() {
                chunk.valid().chars().for_each(|character| push_character(character, &mut out));
                out.extend(chunk.invalid().iter().map(|&byte| Unit::exact(byte)));
            }
            out
        }
    }
}

/// The unit of an ASCII byte of a folded needle.
fn ascii(byte: u8) -> Unit {
    if !byte.is_ascii_alphabetic() {
        return Unit::exact(byte);
    }
    let either = if fault::is_on(fault::ONE_CASE) { 0 } else { 0x20 };
    Unit::Byte { want: byte.to_ascii_lowercase(), either }
}

/// Appends the units of one character of a folded needle.
fn push_character(character: char, out: &mut Vec<Unit>) {
    if character.is_ascii() {
        // An ASCII character is one byte.
        out.extend(u8::try_from(character).ok().map(ascii));
        return;
    }
    let mut encoded = [0; 4];
    let class = equivalents(character);
    if class.len() == 1 || fault::is_on(fault::ASCII_CROSS_FOLD) || fault::is_on(fault::ONE_CASE) {
        out.extend(character.encode_utf8(&mut encoded).bytes().map(Unit::exact));
        return;
    }
    let mut alternatives: Vec<Box<[u8]>> =
        class.iter().map(|member| Box::from(member.encode_utf8(&mut encoded).as_bytes())).collect();
    alternatives.sort_unstable();
    out.push(Unit::OneOf(alternatives));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_with_case_have_alternatives() {
        let byte = |want, either| Unit::Byte { want, either };
        assert_eq!(units(&Needle::folded("A1")), [byte(b'a', 0x20), byte(b'1', 0)]);
        assert_eq!(units(&Needle::exact("A1")), [byte(b'A', 0), byte(b'1', 0)]);
        // The Kelvin sign has no equivalent outside ASCII, so it is three plain bytes.
        assert_eq!(units(&Needle::folded("\u{212A}")), [byte(0xE2, 0), byte(0x84, 0), byte(0xAA, 0)]);
        assert_eq!(units(&Needle::folded("日")).len(), 3);
    }

    #[test]
    fn alternatives_may_differ_in_length() {
        let found = units(&Needle::folded("Ⱥ"));
        assert_eq!(found, [Unit::OneOf(vec![Box::from("Ⱥ".as_bytes()), Box::from("ⱥ".as_bytes())])]);
        assert_eq!(found[0].length(), (2, false));
        assert_eq!(found[0].matches("ⱥx".as_bytes()), Some(3));
        assert_eq!(found[0].matches("x".as_bytes()), None);
    }

    #[test]
    fn every_class_has_alternatives_of_which_none_begins_another() {
        for character in '\u{80}'..=char::MAX {
            if let [Unit::OneOf(alternatives)] = units(&Needle::folded(character.to_string())).as_slice() {
                assert!((2..=4).contains(&alternatives.len()));
                for a in alternatives {
                    assert_eq!(alternatives.iter().filter(|b| b.starts_with(a)).count(), 1, "{character:?}");
                }
            }
        }
    }

    #[test]
    fn bytes_that_are_no_character_are_kept() {
        assert_eq!(units(&Needle::folded(b"\xFF\xC3".to_vec())), [Unit::exact(0xFF), Unit::exact(0xC3)]);
    }
}
