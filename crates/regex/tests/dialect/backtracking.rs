//! What needs backtracking: that it means what PCRE2 means, that it gives up in time, and that it is kept behind a filter.

use super::oracle;
use retrohunt_regex::{Captures, LiteralTree, Regex, Undecided};

/// Patterns, texts that match, texts that do not.
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("a(?=b)", &["ab"], &["a", "ba"]),
    ("a(?!b)", &["a", "ac"], &["ab"]),
    ("(?<=a)b", &["ab"], &["b", "bb"]),
    ("(?<!a)b", &["b", "bb"], &["ab"]),
    ("(?<=ab|c)d", &["abd", "cd"], &["bd", "ad"]),
    ("(?<!ab|c)d", &["bd", "d"], &["abd", "cd"]),
    (r"(?<=a\d{1,3})b", &["a1b", "a123b"], &["ab", "a1234b"]),
    ("(?<=^|x)a", &["a", "xa"], &["ba"]),
    ("(?i)(?<=É)k", &["éK"], &["ek", "é\u{212A}"]),
    (r"(\w)\1", &["aa", "xyyz"], &["aba", "aA"]),
    (r"(?i)(\w)\1", &["aA"], &["ab"]),
    (r"(?<q>['\x22])a\k<q>", &["'a'", "\"a\""], &["'a\""]),
    (r"(?P<q>a)(?P=q)\k'q'\k{q}\g{q}\g{1}\g1\g{-1}", &["aaaaaaaa"], &["aaaaaaa"]),
    (r"(a)?\1b", &["aab"], &["b", "ab"]),
    ("(?>a+)ab", &[], &["aaab"]),
    ("(?>a|ab)c", &["ac"], &["abc"]),
    ("a++b", &["aab"], &["aac"]),
    ("a*+a", &[], &["aaa"]),
    ("a?+a", &["aa"], &["a"]),
    ("a{1,2}+a", &["aaa"], &["aa"]),
    (r"foo\Kbar", &["foobar"], &["bar"]),
    ("(a)?(?(1)b|c)", &["ab", "c"], &["a", "b"]),
    ("(?<n>a)?(?(<n>)b|c)$", &["ab", "c"], &["a", "b"]),
    ("(?<n>a)?(?(n)b|c)$", &["ab", "c"], &["a", "b"]),
    ("^(a)?(?(-1)b)$", &["ab", ""], &["ac", "a"]),
    ("(?(?=a)ab|cd)", &["ab", "cd"], &["ac", "ad"]),
    ("(?(?!a)cd|ab)", &["ab", "cd"], &["ac", "ad"]),
    ("(?(?<=x)a|b)", &["xa", "b", "ab"], &["xb", "xc", "a"]),
    (r"\R\n", &["\n\n", "\r\n\n"], &["\r\n", "\n"]),
    (r"(?m)^a\Z\n", &["b\na\n"], &["a", "a\nb"]),
    (r"(?m)^\s*$\s*", &["", " ", "a\n \nb"], &["a", "a\n"]),
    ("(?s)a(?!.*b)", &["ba", "bab a"], &["ab", "a\nb"]),
    ("^(?=.*a)(?=.*b).{3}$", &["xab", "bca\n"], &["abxy", "axx"]),
    (r"^(?!.*\\system32\\).*\\cmd\.exe$", &[r"C:\x\cmd.exe"], &[r"C:\system32\cmd.exe"]),
    (r"(?=a\b)\w(?=$|\s)", &["a", "a b", "a\n"], &["ab"]),
    // §5.6.3
    (r"(?<=\w)é", &["aé"], &["éé"]),
    (r"(?=\d)\w", &["1"], &["٣"]),
    ("(?=(?i)k)[^x]", &["K"], &["\u{212A}"]),
];

#[test]
fn every_case_is_as_the_specification_and_pcre2_say() {
    for &(pattern, yes, no) in CASES {
        let (regex, _) = Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        let theirs = oracle::compile(pattern).unwrap_or_else(|| panic!("{pattern}: PCRE2 refuses it"));
        assert!(!regex.is_regular(), "{pattern}");
        assert_eq!(regex.algorithm(), "backtracking behind a relaxed automaton");
        for (texts, expected) in [(yes, true), (no, false)] {
            for text in texts {
                assert_eq!(regex.try_match(text.as_bytes()), Ok(expected), "{pattern:?} in {text:?}");
                assert_eq!(oracle::is_match(&theirs, text), Some(expected), "PCRE2: {pattern:?} in {text:?}");
                assert_eq!(
                    oracle::our_matches(&regex, text),
                    oracle::matches(&theirs, text),
                    "{pattern:?} in {text:?}"
                );
                assert!(!expected || regex.required().holds_in(text.as_bytes()), "{pattern:?}: {}", regex.required());
            }
        }
    }
}

#[test]
fn section_2_7_3_what_is_outside_of_look_arounds_is_required() {
    for (pattern, required) in [
        (r#"(?<=icacls\.exe\"\s)(?<file_path>[^\s]+)"#, "Any"),
        (r"(?<!\/)\b\w+(\.\w+)?:\w+(\.\w+)?$", r#"":""#),
        ("foo(?!bar)baz", r#""foobaz""#),
        (r"(?i)(foo)-\1", r#""foo-"i"#),
        ("(?>foo|bar)++", r#"Either["foo", "bar"]"#),
        ("(a)?(?(1)foo|bar)", r#"Either["foo", "bar"]"#),
        (r"foo\Kbar", r#""foobar""#),
    ] {
        let (regex, _) = Regex::new(pattern).expect(pattern);
        let shown = if *regex.required() == LiteralTree::Any { "Any".to_owned() } else { regex.required().to_string() };
        assert_eq!(shown, required, "{pattern}");
    }
}

#[test]
fn section_5_6_8_hostile_patterns_are_undecided_and_end() {
    let text = format!("{}.", "a".repeat(300));
    for pattern in ["(?!x)(a*)*", "(?=a)(?:a|aa)+", r"(a*)*\1", "(?<!b)(?:a?){20}a{20}", "(?!x)(?:(a)|(a))*"] {
        // The relaxed automaton knows that there is no `b`.
        let (regex, _) = Regex::new(&format!("{pattern}b")).expect(pattern);
        assert_eq!(regex.try_match(text.as_bytes()), Ok(false), "{pattern}");
        // It does not know that this never matches.
        let (regex, _) = Regex::new(&format!("{pattern}(?=b)[^b]")).expect(pattern);
        assert_eq!(regex.try_match(text.as_bytes()), Err(Undecided), "{pattern}");
        assert!(!regex.is_match(text.as_bytes()), "{pattern}");
        assert_eq!(regex.captures_at(&text, 0, &mut Captures::new()), Err(Undecided), "{pattern}");
    }
    // Regular, but its groups are not those of an automaton.
    let (regex, _) = Regex::new("(a*)*b").expect("a loop with empty rounds");
    assert!(regex.is_regular());
    assert_eq!(regex.captures_at(&text, 0, &mut Captures::new()), Ok(false));
}

#[test]
fn long_texts_need_no_deep_stack_and_are_decided() {
    let long = format!("{}b", "a".repeat(400_000));
    for (pattern, matches) in [
        ("(?=b)(?:a|b)", true),
        ("(?<=a)(?:a|b)*b", true),
        (r"(?<!x)b", true),
        (r"(?<=\Aa)c|bb(?=c)", false),
        ("^(?:a(?=[ab]))*b$", true),
        ("(?>a*)b", true),
    ] {
        let (regex, _) = Regex::new(pattern).expect(pattern);
        assert_eq!(regex.try_match(long.as_bytes()), Ok(matches), "{pattern}");
    }
}

#[test]
fn section_5_6_8_the_limit_is_ten_times_that_of_splunk() {
    // Every character is tried in three ways and given back once or more: over 100,000 steps for PCRE2.
    let text = format!("{}c", "ab".repeat(30_000));
    let (regex, _) = Regex::new("^(?:a|b|c)*(?=d)|c(?!x)").expect("a look-ahead");
    assert_eq!(regex.try_match(text.as_bytes()), Ok(true));
}

#[test]
fn patterns_too_deep_to_backtrack_are_refused_by_code() {
    let nested = |levels: usize| format!("{}(?=a)a{}", "(?:b|(c|".repeat(levels), "))".repeat(levels));
    let (regex, _) = Regex::new(&nested(10)).expect("twenty levels");
    assert_eq!(regex.try_match(b"a"), Ok(true));
    assert_eq!(Regex::new(&nested(100)).expect_err("two hundred levels").code, "E0314");
}

#[test]
fn a_caseless_backreference_is_undecided_where_case_is_in_doubt() {
    let (regex, _) = Regex::new(r"(?i)(.)-\1").expect("a backreference");
    assert_eq!(regex.try_match(b"k-K"), Ok(true));
    assert_eq!(regex.try_match("é-É".as_bytes()), Ok(true));
    assert_eq!(regex.try_match("k-\u{212A}".as_bytes()), Err(Undecided));
    assert_eq!(regex.try_match("Ⱥ-ⱥ".as_bytes()), Err(Undecided));
}

#[test]
fn a_relaxed_automaton_is_named_with_its_reason() {
    let (regex, _) = Regex::new("foo(?!bar)").expect("a look-ahead");
    assert_eq!(regex.describe(), "backtracking behind a relaxed automaton (literal: the pattern is 1 literal(s))");
    assert!(regex.memory_usage() > 0);
}
