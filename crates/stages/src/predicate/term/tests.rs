//! The tables of §2.3 and §2.4, and the test against a plain reading of the text of §2.

use super::*;
use proptest::prelude::*;
use retrohunt_spl::plan::Glob;
use retrohunt_spl::span::Span;

fn test(text: &str, kind: TermKind) -> TermTest {
    TermTest::new(&Term { glob: Glob::new(text), kind, span: Span::default() })
}

fn plain(text: &str) -> TermTest {
    test(text, TermKind::Plain)
}

#[test]
fn section_2_3_table() {
    let texts = ["C:\\Temp\\cmd.exe /c x", "cmd.exefoo", "mycmd.exe", "path\\\\srv\\share", "foobar"];
    for (term, expected) in [
        ("cmd", [true, true, false, false, false]),
        ("cmd.exe", [true, false, false, false, false]),
        (".exe", [true, false, true, false, false]),
        ("*.exe*", [true, true, true, false, false]),
        ("\\\\", [false, false, false, true, false]),
        ("\\", [true, false, false, true, false]),
        ("foo", [false, false, false, false, false]),
        ("foo*", [false, false, false, false, true]),
        ("*foo*", [false, true, false, false, true]),
    ] {
        for (text, expected) in texts.iter().zip(expected) {
            assert_eq!(plain(term).matches_text(text), expected, "{term} in {text}");
        }
    }
    for text in texts {
        assert!(!test("cmd.exe", TermKind::Term).matches_text(text), "TERM(cmd.exe) in {text}");
    }
}

#[test]
fn section_2_3_details() {
    assert!(plain("200").matches_text("200.5"));
    assert!(plain("web error").matches_text("a Web Error b"));
    assert!(!plain("web error").matches_text("web  error"));
    assert!(plain("").matches_text("") && plain("*").matches_text("x"));
    assert!(plain("net*use").matches_text("net.exe   use x"));
    assert!(!plain("net*use").matches_text("net\nuse"));
    assert!(plain("net*use").matches_text("net\nnet use"));
    assert!(!plain("net*use").matches_text("net user"));
    assert!(plain("a%20b").matches_text("x%20a%20B"));
    assert!(plain("b").matches_text("a%20b%2Ec"));
    assert!(!plain("0b").matches_text("a%20b"));
    assert!(plain("ärger").matches_text("großer ÄRGER!"));
    assert!(!plain("k").matches_text("\u{212A}"));
}

#[test]
fn section_2_3_6_substring_drops_the_conditions() {
    assert!(plain("oba").substring().matches_text("foobar"));
    assert!(!plain("ofa").substring().matches_text("foobar"));
}

#[test]
fn section_2_4_term_wants_major_breakers_if_it_holds_a_minor_one() {
    let address = test("10.0.0.6", TermKind::Term);
    assert!(!address.matches_text("ip=10.0.0.6"));
    assert!(address.matches_text("ip 10.0.0.6"));
    assert!(address.matches_text("10.0.0.6"));
    assert!(address.matches_text("a--10.0.0.6%3Bx"));
    assert!(!address.matches_text("a-10.0.0.6"));
    let word = test("ProcessRollup2", TermKind::Term);
    assert!(word.matches_text("x=processrollup2.y"));
    assert!(!word.matches_text("SyntheticProcessRollup2"));
    assert!(test("*Rollup2", TermKind::Term).matches_text("SyntheticProcessRollup2"));
    // A major breaker inside: an ordinary phrase (§2.4.3).
    assert!(test("a b", TermKind::Term).matches_text("x.a b"));
}

#[test]
fn section_2_5_case_counts_on_both_sides() {
    let case = test("Cmd", TermKind::Case);
    assert!(case.matches_text("x Cmd.exe"));
    assert!(!case.matches_text("x cmd.exe") && !case.matches_text("CMD"));
}

#[test]
fn section_2_2_3_pairs() {
    assert!(test("EventCode=1", TermKind::Term).matches_pair("EventCode", "1"));
    assert!(!test("EventCode=1", TermKind::Term).matches_pair("EventCode", "10"));
    assert!(!test("EventCode=1", TermKind::Term).matches_pair("xEventCode", "1"));
    assert!(plain("EventCode=4688").matches_pair("eventcode", "4688"));
    assert!(plain("code=46*").matches_pair("event.code", "4688"));
    assert!(!plain("user").matches_pair("user", "bob"));
    assert!(!plain("bob").matches_pair("user", "bob"));
    assert!(!plain("user*").matches_pair("user", "bob"));
    assert!(!plain("*bob").matches_pair("user", "bob"));
    assert!(plain("us*ob").matches_pair("us", "x ob"));
    assert!(!plain("us*ob").matches_pair("x", "us ob"));
    assert!(plain("user=").matches_pair("user", "bob"));
    assert!(plain("=bob").matches_pair("user", "bob jr"));
    assert!(!test("user=bob", TermKind::Term).matches_pair("user", "bob.jr"));
    assert!(!test("user=Bob", TermKind::Case).matches_pair("user", "bob"));
    assert!(plain("a=b=c").matches_pair("a", "b=c"));
}

#[test]
fn section_2_2_4_markup() {
    let event = plain("<EventID>46*</EventID>");
    assert!(event.matches_markup("eventid", "4688"));
    assert!(!event.matches_markup("eventid", "14688"));
    assert!(!event.matches_markup("event", "4688"));
    assert!(test("<User>Bob<", TermKind::Case).matches_markup("user", "Bob"));
    assert!(!test("<User>Bob<", TermKind::Case).matches_markup("user", "bob"));
    assert!(plain("cmd").markup().is_none());
}

#[test]
fn section_2_7_required_pieces() {
    let pieces = plain("*Net*USE").required_pieces();
    let texts: Vec<(&str, bool, bool)> = pieces.iter().map(|p| (p.text.as_str(), p.left, p.right)).collect();
    assert_eq!(texts, [("net", false, false), ("use", false, true)]);
    assert!(test("Net", TermKind::Case).required_pieces()[0].case_sensitive);
    let only = &plain("cmd.").required_pieces()[0];
    assert!(only.left && !only.right);
}

#[test]
fn selection_over_columns() {
    use arrow_array::{Int64Array, StringArray};
    let texts = StringArray::from(vec![Some("cmd.exe"), None, Some("xcmd")]);
    let bits = |buffer: BooleanBuffer| buffer.iter().collect::<Vec<bool>>();
    assert_eq!(bits(plain("cmd").select_texts(&texts)), [true, false, false]);
    let numbers = Int64Array::from(vec![Some(4688), None, Some(-1)]);
    assert_eq!(bits(plain("4688").select_texts(&numbers)), [true, false, false]);
    assert_eq!(bits(plain("1").select_texts(&numbers)), [false, false, true]);
    assert_eq!(bits(plain("EventCode=4688").select_pairs("EventCode", &numbers)), [true, false, false]);
    assert_eq!(bits(plain("<EventCode>-1<").select_pairs("EventCode", &numbers)), [false, false, true]);
}

/// §2.1-2.5 read as they stand: every way to place the pieces is tried on the folded text.
mod naive {
    use retrohunt_spl::plan::{Glob, TermKind};

    const MAJOR: &str = "[]<>(){}|!;,'\"*\n\r \t&?+";
    const MINOR: &str = "/:=@.-$#%\\_";
    const SEQUENCES: [&str; 17] = [
        "--", "%21", "%26", "%2526", "%3b", "%7c", "%20", "%2b", "%3d", "%2520", "%5d", "%5b", "%3a", "%0a", "%2c",
        "%28", "%29",
    ];

    fn majors() -> Vec<String> {
        MAJOR.chars().map(String::from).chain(SEQUENCES.map(String::from)).collect()
    }

    fn breakers() -> Vec<String> {
        majors().into_iter().chain(MINOR.chars().map(String::from)).collect()
    }

    fn ends_with(text: &str, set: &[String]) -> bool {
        set.iter().any(|breaker| text.to_ascii_lowercase().ends_with(breaker))
    }

    fn starts_with(text: &str, set: &[String]) -> bool {
        set.iter().any(|breaker| text.to_ascii_lowercase().starts_with(breaker))
    }

    /// All places `start..end` where the pieces stand in order, gaps without line breaks.
    fn places(text: &str, pieces: &[String]) -> Vec<(usize, usize)> {
        let occurrences = |piece: &str, from: usize| -> Vec<usize> {
            (from..=text.len()).filter(|&at| text.is_char_boundary(at) && text[at..].starts_with(piece)).collect()
        };
        let Some((first, rest)) = pieces.split_first() else { return vec![(0, 0)] };
        let mut spans: Vec<(usize, usize)> = occurrences(first, 0).iter().map(|&at| (at, at + first.len())).collect();
        for piece in rest {
            let mut next = Vec::new();
            for (start, end) in spans {
                for at in occurrences(piece, end) {
                    if !text[end..at].contains(['\n', '\r']) {
                        next.push((start, at + piece.len()));
                    }
                }
            }
            spans = next;
        }
        spans
    }

    pub(super) fn matches(term: &str, kind: TermKind, text: &str, cover: Option<usize>) -> bool {
        let fold = |text: &str| {
            if kind == TermKind::Case { text.to_owned() } else { retrohunt_fold::fold(text).into_owned() }
        };
        let glob = Glob::new(term);
        let pieces: Vec<String> = glob.pieces.iter().filter(|piece| !piece.is_empty()).map(|p| fold(p)).collect();
        if pieces.is_empty() {
            return true;
        }
        let text = fold(text);
        let holds = |set: &[String]| {
            pieces.iter().any(|p| (0..p.len()).any(|at| p.is_char_boundary(at) && starts_with(&p[at..], set)))
        };
        let strict = kind == TermKind::Term && !holds(&majors());
        let minor: Vec<String> = MINOR.chars().map(String::from).collect();
        let set = if strict && holds(&minor) { majors() } else { breakers() };
        places(&text, &pieces).into_iter().any(|(start, end)| {
            let left = glob.leading()
                || start == 0
                || ends_with(&text[..start], &set)
                || (!strict && starts_with(&pieces[0], &set));
            let right = glob.trailing()
                || end == text.len()
                || starts_with(&text[end..], &set)
                || (!strict && ends_with(&pieces[pieces.len() - 1], &set));
            left && right && cover.is_none_or(|at| start <= at && at < end)
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn texts_agree_with_the_plain_reading(
        term in "[aB.=*é -]{0,5}|[ab*%20]{0,6}|[a*\nb]{1,5}",
        text in "[Ab.=é -]{0,10}|[aB%20]{0,12}|[a\nb]{0,12}",
        kind in prop::sample::select(vec![TermKind::Plain, TermKind::Term, TermKind::Case]),
    ) {
        prop_assert_eq!(test(&term, kind).matches_text(&text), naive::matches(&term, kind, &text, None));
    }

    #[test]
    fn pairs_agree_with_the_plain_reading(
        term in "[aB.=*]{0,6}",
        name in "[Ab._é]{1,4}",
        value in "[aB.=\né]{0,6}",
        kind in prop::sample::select(vec![TermKind::Plain, TermKind::Term, TermKind::Case]),
    ) {
        let pair = format!("{name}={value}");
        let expected = naive::matches(&term, kind, &pair, Some(name.len()));
        prop_assert_eq!(test(&term, kind).matches_pair(&name, &value), expected);
    }
}
