//! What is refused, with which code and where; and what is noted.

use retrohunt_regex::Regex;

/// Pattern, code and offset in bytes.
const REFUSED: &[(&str, &str, usize)] = &[
    ("ab(c", "E0301", 2),
    ("a(?:b", "E0301", 1),
    (r"(a\Qb)", "E0301", 0),
    ("ab)c", "E0302", 2),
    ("a[bc", "E0303", 1),
    ("[]", "E0303", 0),
    ("*a", "E0304", 0),
    ("a|+b", "E0304", 2),
    ("(?i)*", "E0304", 4),
    ("a{3,2}", "E0305", 1),
    ("a{65536}", "E0305", 1),
    ("a{99999999999}", "E0305", 1),
    ("[z-a]", "E0306", 3),
    ("é\\", "E0307", 2),
    (r"C:\Users", "E0307", 2),
    (r"\x{zz}", "E0307", 0),
    (r"a\xz", "E0307", 1),
    (r"\x{110000}", "E0307", 0),
    (r"\x{d800}", "E0307", 0),
    (r"[\B]", "E0307", 1),
    (r"\c", "E0307", 0),
    (r"\o7", "E0307", 0),
    (r"\N{name}", "E0307", 0),
    ("a(?zb)", "E0308", 1),
    ("(?<1a>b)", "E0308", 0),
    ("(?<a b>c)", "E0308", 0),
    ("(?<>c)", "E0308", 0),
    ("[[:foo:]]", "E0309", 1),
    ("[:alpha:]", "E0309", 0),
    ("[[.a.]]", "E0309", 1),
    (r"(?:\w{1000}){1000}", "E0311", 0),
    (r"(?:(?:\b|x){1000}){1000}", "E0311", 0),
    (r"^(?:(?:(?:.{0,9}){1000}){65535}){65535}$", "E0311", 0),
    (r"a\b*", "E0304", 3),
    ("a^+", "E0304", 2),
    ("a$?", "E0304", 2),
    ("a(?#b", "E0312", 1),
    (r"a\9", "E0313", 1),
    (r"(a)\2", "E0313", 3),
    (r"(a)\g{2}", "E0313", 3),
    (r"(a)\g{-2}", "E0313", 3),
    (r"(a)\g0", "E0313", 3),
    (r"(?<n>a)\k<m>", "E0313", 7),
    ("(?P<n>a)(?P=m)", "E0313", 8),
    ("(a)?(?(2)b)", "E0313", 7),
    (r"\k", "E0307", 0),
    (r"\k<1>", "E0307", 0),
    (r"\g{a", "E0307", 0),
    ("(?=a", "E0301", 0),
    ("(?>a", "E0301", 0),
    ("(a)?(?(1)b|c|d)", "E0308", 4),
    ("a(?*b)", "E0320", 1),
    ("a(?<*b)", "E0321", 1),
    ("(?<=a*)b", "E0321", 4),
    ("(?<!a|b+)c", "E0321", 6),
    ("(?<=a{1,256})b", "E0321", 4),
    (r"(a)(?<=\1)b", "E0321", 7),
    ("(?<=a(b)?)c", "E0321", 4),
    ("a(?R)?", "E0325", 1),
    ("(a)(?1)", "E0325", 3),
    ("(a)(?-1)", "E0325", 3),
    (r"(a)\g<1>", "E0325", 3),
    ("(?<n>a)(?&n)", "E0325", 7),
    ("(a)(?(R)b|c)", "E0326", 3),
    ("(?(DEFINE)(a))b", "E0326", 0),
    (r"(?(?=(a)\1)a|b)", "E0326", 0),
    (r"(?=a\Kb)", "E0327", 4),
    ("(*UTF8)a", "E0328", 0),
    ("a(?C1)", "E0328", 1),
    (r"\X", "E0329", 0),
    (r"[\p{L}]", "E0330", 1),
    (r"\pL", "E0330", 0),
    ("(?|a|b)", "E0331", 0),
    ("(?[[a-z]])", "E0335", 0),
];

#[test]
fn every_refusal_has_its_code_and_place() {
    for &(pattern, code, offset) in REFUSED {
        let error = Regex::new(pattern).expect_err(pattern);
        assert_eq!((error.code, error.offset), (code, offset), "{pattern}: {error}");
        assert!(pattern.is_char_boundary(error.offset) && !error.help.is_empty());
        assert_eq!(error.is_unsupported(), code >= "E0320");
    }
}

#[test]
fn the_message_names_the_construct() {
    let error = Regex::new("ab(?&c)").expect_err("a call");
    assert_eq!(error.message, "recursion or subroutine call is not supported: (?&");
    let error = Regex::new(r"a\Users").expect_err("an escape that PCRE refuses");
    assert_eq!(error.message, r"bad escape: \U");
}

#[test]
fn oddities_are_noted_with_their_place() {
    let notes = |pattern| -> Vec<(&str, usize)> {
        let (_, notes) = Regex::new(pattern).expect(pattern);
        notes.iter().map(|note| (note.code, note.offset)).collect()
    };
    assert_eq!(notes(r"a\y[\y]"), [("W-REGEX-BACKSLASH", 1), ("W-REGEX-BACKSLASH", 4)]);
    assert_eq!(notes(r"\S\Citrix"), [("W-REGEX-BACKSLASH", 2)]);
    assert_eq!(notes(r"Files\AnyDesk"), [("W-REGEX-BACKSLASH", 5)]);
    assert_eq!(notes("(?<a>x)|(?<a>y)"), [("W-REGEX-DUPLICATE-GROUP", 8)]);
    assert_eq!(notes(r"[\d-z][a-\d]"), [("W-REGEX-HYPHEN", 3), ("W-REGEX-HYPHEN", 8)]);
    assert_eq!(notes(r#"(?i)\A\/\"\:\-\<\>\_a\bb"#), []);
}

#[test]
fn groups_nest_to_250_levels() {
    let nested = |levels: usize| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
    let (regex, _) = Regex::new(&nested(250)).expect("the deepest that is allowed");
    assert!(regex.is_match(b"a"));
    assert_eq!(regex.capture_names().len(), 251);
    assert_eq!(Regex::new(&nested(251)).expect_err("too deep").code, "E0310");
    assert_eq!(Regex::new(&"(".repeat(1_000_000)).expect_err("far too deep").code, "E0310");
}

#[test]
fn deep_patterns_are_matched_without_deep_stacks() {
    let pattern = format!("^{}x{}$", "(?:a|b+".repeat(250), "c)+".repeat(250));
    let (regex, _) = Regex::new(&pattern).expect("a deep pattern");
    assert!(regex.is_match(format!("{}x{}", "b".repeat(250), "c".repeat(250)).as_bytes()));
    assert!(!regex.is_match(b"bxx"));
}

#[test]
fn nested_repeats_are_described_in_little_space() {
    let pattern = format!("{}x.y{}", "(?:p.q".repeat(40), "r.s){1,9}".repeat(40));
    match Regex::new(&pattern) {
        Ok((regex, _)) => assert!(regex.required().to_string().len() < 10_000),
        Err(error) => assert_eq!(error.code, "E0311"),
    }
    let (regex, _) = Regex::new(&"(?:a.)(?:b.c|d.e)".repeat(300)).expect("a long pattern");
    assert!(regex.required().to_string().len() < 100_000);
}

#[test]
fn groups_are_numbered_and_named() {
    let (regex, _) = Regex::new(r"(a)(?:b)(?<x>c(?P<y>d))(?i:e)(?n)(f)(?'z'g)").expect("a valid pattern");
    let names: Vec<Option<&str>> = regex.capture_names().iter().map(Option::as_deref).collect();
    assert_eq!(names, [None, None, Some("x"), Some("y"), Some("z")]);
}
