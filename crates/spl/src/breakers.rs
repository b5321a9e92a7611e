//! The characters and sequences that separate tokens of an event (§2.1).

/// Single characters that separate whole segments, `*` left out: in a term it is a wildcard.
pub const MAJOR: &[u8] = b"[]<>(){}|!;,'\"\n\r\t &?+";

/// Sequences that separate whole segments; percent forms count in either letter case.
pub const MAJOR_SEQUENCES: &[&str] = &[
    "--", "%21", "%26", "%2526", "%3b", "%7c", "%20", "%2b", "%3d", "%2520", "%5d", "%5b", "%3a", "%0a", "%2c", "%28",
    "%29",
];

/// Characters that separate the pieces of a segment.
pub const MINOR: &[u8] = b"/:=@.-$#%\\_";

/// Returns the first major breaker in a text, if there is one.
#[must_use]
pub fn first_major(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find_map(|at| {
        if MAJOR.contains(&bytes[at]) {
            return text.get(at..=at);
        }
        let sequence = MAJOR_SEQUENCES.iter().find(|sequence| {
            bytes.get(at..at + sequence.len()).is_some_and(|here| here.eq_ignore_ascii_case(sequence.as_bytes()))
        })?;
        text.get(at..at + sequence.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majors_are_found_minors_are_not() {
        assert_eq!(first_major("EventCode=1"), None);
        assert_eq!(first_major("C:\\a_b.c-d"), None);
        assert_eq!(first_major("a--b"), Some("--"));
        assert_eq!(first_major("a%3Ab"), Some("%3A"));
        assert_eq!(first_major("<EventID>1<"), Some("<"));
        assert_eq!(first_major("é ü"), Some(" "));
    }
}
