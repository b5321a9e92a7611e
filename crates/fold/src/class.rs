//! Classes of equivalent characters: the canonical member, and all members.
//!
//! What must stay true: [`fold_char`] is idempotent, maps ASCII to ASCII and non-ASCII to non-ASCII, and
//! [`equivalents`] lists exactly the characters that it maps to the same canonical member.

use crate::table::{BLOCKS, CANONICAL, MEMBERS};
use std::ops::Deref;

/// Most members that a class has.
pub(crate) const LARGEST: usize = 4;

/// Index of the first entry of [`CANONICAL`] in each block of 256 code points; block `i` is `BLOCK_STARTS[i]..BLOCK_STARTS[i + 1]`.
///
/// Most blocks (CJK, symbols) are empty, so most characters outside ASCII cost two loads.
static BLOCK_STARTS: [u16; BLOCKS + 1] = block_starts();

/// Computes [`BLOCK_STARTS`] from the sorted table.
const fn block_starts() -> [u16; BLOCKS + 1] {
    let mut starts = [0u16; BLOCKS + 1];
    let mut block = 0;
    let mut first = 0u32;
    let mut entry = 0u16;
    while block <= BLOCKS {
        while (entry as usize) < CANONICAL.len() && (CANONICAL[entry as usize].0 as u32) < first {
            entry += 1;
        }
        starts[block] = entry;
        block += 1;
        first += 256;
    }
    starts
}

/// Returns the canonical member of the class of `byte` taken as an ASCII character; bytes outside ASCII are unchanged.
#[inline]
#[must_use]
pub const fn fold_byte(byte: u8) -> u8 {
    byte.to_ascii_lowercase()
}

/// Returns the canonical member of the class of `character` (§2.6): lower case in ASCII; outside, the lower-case letter
/// of the class where there is one, else its smallest member. Never crosses between ASCII and the rest.
#[inline]
#[must_use]
pub fn fold_char(character: char) -> char {
    if character.is_ascii() { character.to_ascii_lowercase() } else { fold_non_ascii(character) }
}

/// [`fold_char`] outside ASCII.
fn fold_non_ascii(character: char) -> char {
    let Ok(block) = usize::try_from(u32::from(character) >> 8) else { return character };
    if block >= BLOCKS {
        return character;
    }
    let entries = &CANONICAL[usize::from(BLOCK_STARTS[block])..usize::from(BLOCK_STARTS[block + 1])];
    match entries.binary_search_by_key(&character, |entry| entry.0) {
        Ok(found) => entries[found].1,
        Err(_) => character,
    }
}

/// Returns whether the class of `character` has more than one member.
#[must_use]
pub fn has_case(character: char) -> bool {
    if character.is_ascii() { character.is_ascii_alphabetic() } else { equivalents(character).len() > 1 }
}

/// The members of one class, ascending by code point: one to four characters. Dereferences to a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equivalents {
    /// The members; entries from `len` on mean nothing.
    members: [char; LARGEST],
    /// Members in use.
    len: usize,
}

impl Equivalents {
    /// The class of one character.
    fn of_one(character: char) -> Self {
        Self { members: [character; LARGEST], len: 1 }
    }

    /// Adds `character` in its place; a class beyond the largest is impossible by the test of the table.
    fn insert(&mut self, character: char) {
        if self.len < LARGEST {
            self.members[self.len] = character;
            self.len += 1;
            self.members[..self.len].sort_unstable();
        }
    }
}

impl Deref for Equivalents {
    type Target = [char];

    fn deref(&self) -> &[char] {
        &self.members[..self.len]
    }
}

/// Returns every character that [`fold_char`] maps where it maps `character`, itself included.
///
/// ```
/// assert_eq!(&*retrohunt_fold::equivalents('k'), &['K', 'k']);
/// assert_eq!(&*retrohunt_fold::equivalents('ς'), &['Σ', 'ς', 'σ']);
/// assert_eq!(&*retrohunt_fold::equivalents('7'), &['7']);
/// ```
#[must_use]
pub fn equivalents(character: char) -> Equivalents {
    let canonical = fold_char(character);
    let mut class = Equivalents::of_one(canonical);
    if canonical.is_ascii() {
        if canonical.is_ascii_lowercase() {
            class.insert(canonical.to_ascii_uppercase());
        }
        return class;
    }
    let first = MEMBERS.partition_point(|entry| entry.0 < canonical);
    for &(_, member) in MEMBERS[first..].iter().take_while(|entry| entry.0 == canonical) {
        class.insert(member);
    }
    class
}

/// Returns the characters outside ASCII in `from..=to` whose class has more than one member, in no stated order.
///
/// With [`equivalents`] this closes a range of characters under case without looking at each of them.
pub fn cased_non_ascii(from: char, to: char) -> impl Iterator<Item = char> {
    let first = CANONICAL.partition_point(|entry| entry.0 < from);
    let others = CANONICAL[first..].iter().take_while(move |entry| entry.0 <= to).map(|entry| entry.0);
    let first = MEMBERS.partition_point(|entry| entry.0 < from);
    let canonical = MEMBERS[first..].iter().take_while(move |entry| entry.0 <= to).map(|entry| entry.0);
    others.chain(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    /// The class of `character` by Unicode's own simple folding, restricted to its side of ASCII.
    fn class_by_unicode(character: char) -> Vec<char> {
        let mut class = ClassUnicode::new([ClassUnicodeRange::new(character, character)]);
        class.try_case_fold_simple().expect("tables are built in");
        let members = class.ranges().iter().flat_map(|range| range.start()..=range.end());
        members.filter(|member| member.is_ascii() == character.is_ascii()).collect()
    }

    /// The canonical member: one that is the lower case of another member, else the smallest.
    fn canonical_of(class: &[char]) -> char {
        let lower = |from: &char| {
            let mut lowered = from.to_lowercase();
            lowered.next().filter(|to| lowered.next().is_none() && to != from && class.contains(to))
        };
        class.iter().find_map(lower).unwrap_or(class[0])
    }

    /// The text of `table.rs`, made from Unicode's tables.
    fn generate() -> String {
        let mut canonical = BTreeMap::new();
        for character in '\u{80}'..=char::MAX {
            let class = class_by_unicode(character);
            if class.len() > 1 && canonical_of(&class) != character {
                canonical.insert(character, canonical_of(&class));
            }
        }
        let mut members: Vec<(char, char)> = canonical.iter().map(|(&member, &to)| (to, member)).collect();
        members.sort_unstable();
        let blocks = canonical.keys().next_back().map_or(0, |&last| (u32::from(last) >> 8) + 1);
        let mut text = String::from(
            "//! Generated from Unicode's simple case folding by the test `table_is_what_unicode_says`; run it with\n\
             //! `RETROHUNT_UPDATE_TABLES=1` to write this file anew.\n\n",
        );
        let mut write_table = |name: &str, doc: &str, entries: &[(char, char)]| {
            writeln!(
                text,
                "/// {doc}\n#[rustfmt::skip]\npub(crate) static {name}: [(char, char); {}] = [",
                entries.len()
            )
            .expect("writing to a string");
            for line in entries.chunks(6) {
                let line: Vec<String> = line
                    .iter()
                    .map(|&(a, b)| format!("('\\u{{{:X}}}', '\\u{{{:X}}}'),", u32::from(a), u32::from(b)))
                    .collect();
                writeln!(text, "    {}", line.join(" ")).expect("writing to a string");
            }
            text.push_str("];\n\n");
        };
        let canonical: Vec<(char, char)> = canonical.into_iter().collect();
        write_table(
            "CANONICAL",
            "Characters that are not their own canonical member, ascending, and that member.",
            &canonical,
        );
        write_table("MEMBERS", "Canonical members and their other members, ascending by both.", &members);
        writeln!(
            text,
            "/// Blocks of 256 code points that [`CANONICAL`] reaches into.\npub(crate) const BLOCKS: usize = {blocks};"
        )
        .expect("writing to a string");
        text
    }

    #[test]
    fn table_is_what_unicode_says() {
        let generated = generate();
        if std::env::var_os("RETROHUNT_UPDATE_TABLES").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/table.rs"), &generated)
                .expect("table.rs is writable");
        }
        let stored = if std::env::var_os("RETROHUNT_UPDATE_TABLES").is_some() {
            generated.as_str()
        } else {
            include_str!("table.rs")
        };
        assert!(stored == generated, "table.rs differs from Unicode's tables");
    }

    #[test]
    fn every_character_has_the_class_that_unicode_says() {
        for character in '\0'..=char::MAX {
            let class = class_by_unicode(character);
            assert_eq!(&*equivalents(character), class.as_slice(), "{character:?}");
            assert!(class.len() <= LARGEST);
            assert!(class.iter().all(|&member| fold_char(member) == fold_char(character)), "{character:?}");
            assert!(class.contains(&fold_char(character)), "{character:?}");
            assert_eq!(has_case(character), class.len() > 1);
        }
    }

    #[test]
    fn cased_characters_of_a_range_are_all_found() {
        for (from, to) in [('\0', char::MAX), ('a', 'é'), ('Σ', 'ω'), ('\u{212A}', '\u{212B}'), ('日', '本')] {
            let mut found: Vec<char> = cased_non_ascii(from, to).collect();
            found.sort_unstable();
            found.dedup();
            let wanted: Vec<char> = (from..=to).filter(|&member| !member.is_ascii() && has_case(member)).collect();
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn canonical_member_is_lower_case() {
        for (from, to) in
            [('A', 'a'), ('Ä', 'ä'), ('Σ', 'σ'), ('ς', 'σ'), ('µ', 'μ'), ('\u{212B}', 'å'), ('ẞ', 'ß'), ('Ω', 'ω')]
        {
            assert_eq!(fold_char(from), to);
        }
    }
}
