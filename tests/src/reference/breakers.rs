//! Breakers, and the match of a term in one reference text (§2.1, §2.3-2.5).

use retrohunt_spl::plan::{Glob, TermKind};

use super::value::fold_char;

/// Single-character major breakers (§2.1.1).
const MAJOR: &str = "[]<>(){}|!;,'\"*\n\r \t&?+";
/// Minor breakers (§2.1.2).
const MINOR: &str = "/:=@.-$#%\\_";
/// Major breakers of several characters, in lower case (§2.1.1).
const MAJOR_SEQUENCES: [&str; 17] = [
    "--", "%21", "%26", "%2526", "%3b", "%7c", "%20", "%2b", "%3d", "%2520", "%5d", "%5b", "%3a", "%0a", "%2c", "%28",
    "%29",
];

/// Does a major breaker start at `at`?
fn major_starts(text: &[char], at: usize) -> bool {
    text.get(at).is_some_and(|c| MAJOR.contains(*c)) || MAJOR_SEQUENCES.iter().any(|seq| sequence_at(text, at, seq))
}

/// Does a major breaker end just before `at`?
fn major_ends(text: &[char], at: usize) -> bool {
    let single = at > 0 && MAJOR.contains(text[at - 1]);
    single || MAJOR_SEQUENCES.iter().any(|seq| at >= seq.len() && sequence_at(text, at - seq.len(), seq))
}

/// Does a breaker of either kind start at `at`?
fn breaker_starts(text: &[char], at: usize) -> bool {
    major_starts(text, at) || text.get(at).is_some_and(|c| MINOR.contains(*c))
}

/// Does a breaker of either kind end just before `at`?
fn breaker_ends(text: &[char], at: usize) -> bool {
    major_ends(text, at) || (at > 0 && MINOR.contains(text[at - 1]))
}

/// Does this ASCII sequence stand at `at`, in either letter case (§2.1.3)?
fn sequence_at(text: &[char], at: usize, sequence: &str) -> bool {
    sequence.chars().enumerate().all(|(i, c)| text.get(at + i).is_some_and(|other| other.eq_ignore_ascii_case(&c)))
}

/// A text that a term is looked for in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Haystack<'a> {
    /// `_raw` or a value text.
    Text(&'a str),
    /// A pair text `name=value`, matched only across its `=` (§2.2.3).
    Pair(&'a str, &'a str),
}

/// Is the term in the text?
///
/// `substring` drops the conditions on the ends, but for `TERM(x)` (§2.3.6).
pub(super) fn occurs(glob: &Glob, kind: TermKind, haystack: Haystack<'_>, substring: bool) -> bool {
    let fold = |text: &str| -> Vec<char> {
        if kind == TermKind::Case { text.chars().collect() } else { text.chars().map(fold_char).collect() }
    };
    let (text, equals) = match haystack {
        Haystack::Text(text) => (fold(text), None),
        Haystack::Pair(name, value) => (fold(&format!("{name}={value}")), Some(name.chars().count())),
    };
    let literals: Vec<Vec<char>> = glob.pieces.iter().filter(|piece| !piece.is_empty()).map(|p| fold(p)).collect();
    let (Some(first), Some(last)) = (literals.first(), literals.last()) else { return true };
    let has_minor = literals.iter().flatten().any(|c| MINOR.contains(*c));
    let ends = Ends { text: &text, major_only: kind == TermKind::Term && has_minor };
    let phrase = kind != TermKind::Term;
    let left_free = glob.leading() || (phrase && (substring || breaker_starts(first, 0)));
    let right_free = glob.trailing() || (phrase && (substring || breaker_ends(last, last.len())));
    (0..=text.len()).any(|start| {
        // Asked first because it is quickly answered.
        text[start..].starts_with(first)
            && (left_free || ends.left(start))
            && ends_of(&text, start, &literals).into_iter().any(|end| {
                (right_free || ends.right(end)) && equals.is_none_or(|equals| start <= equals && equals < end)
            })
    })
}

/// The conditions on both ends of a match (§2.3.1, §2.4.2).
struct Ends<'a> {
    /// The haystack, folded.
    text: &'a [char],
    /// `TERM(x)` with a minor breaker in x wants major breakers (§2.4.2).
    major_only: bool,
}

impl Ends<'_> {
    /// May a match start here?
    fn left(&self, start: usize) -> bool {
        let breaks = if self.major_only { major_ends } else { breaker_ends };
        start == 0 || breaks(self.text, start)
    }

    /// May a match end here?
    fn right(&self, end: usize) -> bool {
        let breaks = if self.major_only { major_starts } else { breaker_starts };
        end == self.text.len() || breaks(self.text, end)
    }
}

/// Returns every place where a match that starts at `start` can end; between pieces lies any run without line breaks (§2.3.2).
fn ends_of(text: &[char], start: usize, literals: &[Vec<char>]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    for (index, piece) in literals.iter().enumerate() {
        let mut next: Vec<usize> = Vec::new();
        let from: Vec<usize> = if index == 0 { vec![start] } else { ends };
        for &end in &from {
            for at in end..=text.len() {
                if text[at..].starts_with(piece) && !next.contains(&(at + piece.len())) {
                    next.push(at + piece.len());
                }
                let line_break = text.get(at).is_none_or(|c| matches!(c, '\n' | '\r'));
                if index == 0 || line_break {
                    break;
                }
            }
        }
        ends = next;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of §2.3, by columns.
    #[test]
    fn table_of_term_matches() {
        let texts = [r"C:\Temp\cmd.exe /c x", "cmd.exefoo", "mycmd.exe", r"path\\srv\share", "foobar"];
        let rows: [(&str, [bool; 5]); 9] = [
            ("cmd", [true, true, false, false, false]),
            ("cmd.exe", [true, false, false, false, false]),
            (".exe", [true, false, true, false, false]),
            ("*.exe*", [true, true, true, false, false]),
            (r"\\", [false, false, false, true, false]),
            (r"\", [true, false, false, true, false]),
            ("foo", [false, false, false, false, false]),
            ("foo*", [false, false, false, false, true]),
            ("*foo*", [false, true, false, false, true]),
        ];
        for (term, expected) in rows {
            let found = texts.map(|text| occurs(&Glob::new(term), TermKind::Plain, Haystack::Text(text), false));
            assert_eq!(found, expected, "{term}");
        }
    }

    #[test]
    fn term_directive_wants_major_breakers() {
        let term = |x: &str, text: &str| occurs(&Glob::new(x), TermKind::Term, Haystack::Text(text), false);
        assert!(!term("cmd.exe", r"C:\Temp\cmd.exe /c x"));
        assert!(!term("10.0.0.6", "ip=10.0.0.6"));
        assert!(term("10.0.0.6", "ip 10.0.0.6"));
        assert!(term("10.0.0.6", "10.0.0.6"));
        assert!(term("10.0.0.6", "a--10.0.0.6%2Cb"));
        assert!(term("cmd", r"C:\Temp\cmd.exe"));
        assert!(!term(".exe", "cmd.exe"));
    }

    #[test]
    fn pairs_match_only_across_the_equals_sign() {
        let pair = |x: &str| occurs(&Glob::new(x), TermKind::Plain, Haystack::Pair("user", "a b"), false);
        assert!(pair("user=a"));
        assert!(pair("user=a b"));
        assert!(!pair("user"));
        assert!(!pair("user*"));
        assert!(!pair("*b"));
        assert!(!pair("ser=a"));
        assert!(pair("*ser=a"));
    }

    #[test]
    fn inner_wildcards_stop_at_line_breaks() {
        let term = |text: &str| occurs(&Glob::new("a*b"), TermKind::Plain, Haystack::Text(text), false);
        assert!(term("a x b"));
        assert!(term("a a\n a b"));
        assert!(!term("a\nb"));
        assert!(!term("a\rb"));
    }
}
