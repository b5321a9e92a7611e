//! A literal, and where it occurs in a haystack: case-sensitively, or without regard to the case of ASCII letters.

use memchr::memmem::Finder;
use retrohunt_fold::{commonness, fold_byte};

/// How texts are compared with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Byte by byte.
    Exact,
    /// Folded; the pattern is ASCII, so bytes of the haystack are folded as they are looked at (§2.6: no character outside
    /// ASCII is equal to one inside).
    Ascii,
    /// Folded; the pattern holds other characters, so the haystack is folded first and then compared byte by byte.
    Folded,
}

impl Case {
    /// The way to compare with these pieces of a pattern.
    pub(crate) fn of<'a>(sensitive: bool, mut pieces: impl Iterator<Item = &'a String>) -> Self {
        if sensitive {
            Self::Exact
        } else if pieces.all(|piece| piece.is_ascii()) {
            Self::Ascii
        } else {
            Self::Folded
        }
    }
}

/// A literal to look for. Its text is folded unless it is case-sensitive.
#[derive(Clone, Debug)]
pub(crate) struct Needle {
    /// The bytes looked for.
    bytes: Vec<u8>,
    /// Offset in `bytes` of the byte that is looked for first.
    rare: usize,
    /// ASCII letters match in both cases.
    caseless: bool,
    /// For the case-sensitive search.
    finder: Finder<'static>,
}

impl Needle {
    /// A needle from the text of a pattern piece.
    pub(crate) fn new(text: &str, case: Case) -> Self {
        let bytes = match case {
            Case::Exact => text.as_bytes().to_vec(),
            Case::Ascii | Case::Folded => retrohunt_fold::fold(text).as_bytes().to_vec(),
        };
        let rare = (0..bytes.len()).min_by_key(|&at| commonness(bytes[at])).unwrap_or(0);
        let finder = Finder::new(&bytes).into_owned();
        Self { bytes, rare, caseless: case == Case::Ascii, finder }
    }

    /// Length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes looked for.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Does the needle equal these bytes?
    pub(crate) fn equals(&self, bytes: &[u8]) -> bool {
        if self.caseless { same_folded(bytes, &self.bytes) } else { bytes == self.bytes.as_slice() }
    }

    /// Does the haystack begin with the needle?
    pub(crate) fn begins(&self, haystack: &[u8]) -> bool {
        haystack.get(..self.len()).is_some_and(|head| self.equals(head))
    }

    /// Does the haystack end with the needle?
    pub(crate) fn ends(&self, haystack: &[u8]) -> bool {
        haystack.len() >= self.len() && self.equals(&haystack[haystack.len() - self.len()..])
    }

    /// The first offset at or after `from` at which the needle occurs. `from` is at most the haystack's length.
    pub(crate) fn find(&self, haystack: &[u8], from: usize) -> Option<usize> {
        let tail = haystack.get(from..)?;
        if !self.caseless || self.bytes.is_empty() {
            return self.finder.find(tail).map(|at| from + at);
        }
        let last = tail.len().checked_sub(self.len())?;
        let places = &tail[self.rare..=last + self.rare];
        let (lower, upper) = (self.bytes[self.rare], self.bytes[self.rare].to_ascii_uppercase());
        let here = |start: &usize| same_folded(&tail[*start..*start + self.len()], &self.bytes);
        let found = if lower == upper {
            memchr::memchr_iter(lower, places).find(here)
        } else {
            memchr::memchr2_iter(lower, upper, places).find(here)
        };
        found.map(|start| from + start)
    }
}

/// Do the bytes fold to `folded`?
fn same_folded(bytes: &[u8], folded: &[u8]) -> bool {
    bytes.len() == folded.len() && bytes.iter().zip(folded).all(|(&byte, &wanted)| fold_byte(byte) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plain way.
    fn naive(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
        (from..=haystack.len())
            .find(|&at| haystack.get(at..at + needle.len()).is_some_and(|here| here.to_ascii_lowercase() == needle))
    }

    #[test]
    fn every_alignment_and_length_agrees_with_the_plain_way() {
        let haystack = b"CMD.exe /c \\\\srv\\C$ cmd.EXEcmd.exe";
        for start in 0..haystack.len() {
            for end in start..haystack.len().min(start + 9) {
                let text = std::str::from_utf8(&haystack[start..end]).unwrap();
                let needle = Needle::new(text, Case::Ascii);
                for from in 0..=haystack.len() {
                    assert_eq!(needle.find(haystack, from), naive(haystack, needle.bytes(), from), "{text:?} {from}");
                }
            }
        }
    }

    #[test]
    fn case_is_kept_where_it_counts() {
        let needle = Needle::new("Cmd", Case::Exact);
        assert_eq!(needle.find(b"cmd Cmd", 0), Some(4));
        assert!(needle.begins(b"Cmd.exe") && !needle.begins(b"cmd.exe"));
        assert!(Needle::new("EXE", Case::Ascii).ends(b"cmd.eXe"));
        assert!(!Needle::new("cmd.exe", Case::Ascii).ends(b"exe"));
    }
}
