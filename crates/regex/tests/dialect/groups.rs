//! Where groups stand, as offsets, and one match after the other.

use super::oracle;
use retrohunt_regex::{Captures, Regex};

/// Pattern, text, and the groups of every match.
type Case = (&'static str, &'static str, &'static [&'static [Option<(usize, usize)>]]);

/// What the groups of matches are; PCRE2 agrees.
const GROUPS: &[Case] = &[
    ("(a+)(b)?", "aab a", &[&[Some((0, 3)), Some((0, 2)), Some((2, 3))], &[Some((4, 5)), Some((4, 5)), None]]),
    // §5.6.2: the final line feed is in no group.
    ("(a$)", "a\n", &[&[Some((0, 1)), Some((0, 1))]]),
    (r"(\w+)$", "x ab\n", &[&[Some((2, 4)), Some((2, 4))]]),
    (r"(a)$\n", "a\n", &[&[Some((0, 2)), Some((0, 1))]]),
    ("(.*)$", "é\n", &[&[Some((0, 2)), Some((0, 2))], &[Some((2, 2)), Some((2, 2))], &[Some((3, 3)), Some((3, 3))]]),
    ("(?m)^(.*)$", "a\nb", &[&[Some((0, 1)), Some((0, 1))], &[Some((2, 3)), Some((2, 3))]]),
    (r"(?m)^(\w)$\n?\z", "a\nb\n", &[&[Some((2, 4)), Some((2, 3))]]),
    // Preference, not length.
    ("(a|ab)(c|bcd)?", "abcd", &[&[Some((0, 4)), Some((0, 1)), Some((1, 4))]]),
    ("(a+?)(a*)", "aaa", &[&[Some((0, 3)), Some((0, 1)), Some((1, 3))]]),
    ("(?U)(a+)(b*)", "ab", &[&[Some((0, 1)), Some((0, 1)), Some((1, 1))]]),
    // §5.7.3: a group that is repeated has its last text, and keeps it.
    ("(?:(a)|(b))+", "ab", &[&[Some((0, 2)), Some((0, 1)), Some((1, 2))]]),
    ("(?:(a)?b){2}", "abb", &[&[Some((0, 3)), Some((0, 1))]]),
    // A round of a loop may be empty.
    ("(a*)+", "aab", &[&[Some((0, 2)), Some((2, 2))], &[Some((2, 2)), Some((2, 2))], &[Some((3, 3)), Some((3, 3))]]),
    ("(?:|b|a)+(a.)", "baa1", &[&[Some((0, 3)), Some((1, 3))]]),
    ("(a|b|){2,}c", "abc", &[&[Some((0, 3)), Some((2, 2))]]),
    // The text before the start of a search is seen.
    (r"\Ba", "aaa", &[&[Some((1, 2))], &[Some((2, 3))]]),
    ("^a", "aaa", &[&[Some((0, 1))]]),
    (r"\Ga", "aab a", &[&[Some((0, 1))], &[Some((1, 2))]]),
    ("(?<=a)a", "aaa", &[&[Some((1, 2))], &[Some((2, 3))]]),
    // An empty match moves the next search by one character.
    ("x*", "é", &[&[Some((0, 0))], &[Some((2, 2))]]),
    (r"a\Kb", "abab", &[&[Some((1, 2))], &[Some((3, 4))]]),
    // Corpus §7.
    (
        r#"(?<=icacls\.exe\"\s)(?<file_path>[^\s]+)"#,
        r#""C:\icacls.exe" C:\x /grant"#,
        &[&[Some((16, 20)), Some((16, 20))]],
    ),
    (
        r"(?=.*(\.\w*)$|(\w+)$)",
        "foo.exe",
        &[
            &[Some((0, 0)), Some((3, 7)), None],
            &[Some((1, 1)), Some((3, 7)), None],
            &[Some((2, 2)), Some((3, 7)), None],
            &[Some((3, 3)), Some((3, 7)), None],
            &[Some((4, 4)), None, Some((4, 7))],
            &[Some((5, 5)), None, Some((5, 7))],
            &[Some((6, 6)), None, Some((6, 7))],
        ],
    ),
    (r"(?<!\/)\b\w+(\.\w+)?:\w+(\.\w+)?$", r"x.txt:ab.exe", &[&[Some((0, 12)), Some((1, 5)), Some((8, 12))]]),
    (r"(?!\.)(\b|\s|&)", "a.&", &[&[Some((0, 0)), Some((0, 0))], &[Some((2, 3)), Some((2, 3))]]),
];

#[test]
fn groups_stand_where_the_table_says_and_where_pcre2_says() {
    for &(pattern, text, expected) in GROUPS {
        let (regex, _) = Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        let expected: Vec<oracle::Groups> = expected.iter().map(|groups| groups.to_vec()).collect();
        assert_eq!(oracle::our_matches(&regex, text).as_ref(), Some(&expected), "{pattern:?} in {text:?}");
        let theirs = oracle::compile(pattern).unwrap_or_else(|| panic!("{pattern}: PCRE2 refuses it"));
        assert_eq!(oracle::matches(&theirs, text).as_ref(), Some(&expected), "PCRE2: {pattern:?} in {text:?}");
    }
}

#[test]
fn section_5_6_7_the_first_group_of_a_name_that_took_part_gives_the_field() {
    let (regex, notes) = Regex::new("(?<n>a)|(?<n>b)(?<m>c)?").expect("a name that occurs twice");
    assert_eq!(notes.len(), 1);
    assert_eq!(regex.groups_of_name("n").collect::<Vec<_>>(), [1, 2]);
    let mut captures = Captures::new();
    assert_eq!(regex.captures_at("xb", 0, &mut captures), Ok(true));
    assert_eq!(regex.group_of_name(&captures, "n"), Some(1..2));
    assert_eq!(regex.group_of_name(&captures, "m"), None);
    assert_eq!(regex.group_of_name(&captures, "o"), None);
    assert_eq!((captures.len(), captures.group(1), captures.group(4)), (4, None, None));
}

#[test]
fn section_5_6_7_a_name_that_occurs_twice_may_be_referred_to() {
    let (regex, _) = Regex::new(r"(?:(?<n>a)|(?<n>b))\k<n>").expect("a name that occurs twice");
    for (text, matches) in [("aa", true), ("bb", true), ("ab", false), ("ba", false)] {
        assert_eq!(regex.try_match(text.as_bytes()), Ok(matches), "{text}");
    }
}

#[test]
fn captures_are_of_the_last_search() {
    let (long, _) = Regex::new("(a)(b)(c)").expect("three groups");
    let (short, _) = Regex::new("x").expect("no group");
    let mut captures = Captures::new();
    assert!(captures.is_empty());
    assert_eq!(long.captures_at("abc", 0, &mut captures), Ok(true));
    assert_eq!((captures.len(), captures.group(3)), (4, Some(2..3)));
    assert_eq!(short.captures_at("abc", 0, &mut captures), Ok(false));
    assert_eq!((captures.len(), captures.group(0), captures.group(3)), (1, None, None));
    assert_eq!(long.captures_at("abc", 1, &mut captures), Ok(false));
    assert_eq!(captures.group(0), None);
    assert_eq!(long.captures_at("é", 1, &mut captures), Ok(false));
    assert_eq!(long.captures_at("abc", 9, &mut captures), Ok(false));
}

#[test]
fn many_threads_may_ask_for_groups() {
    for pattern in [r"(\w+)@(\w+)$", r"(?<!x)(\w+)@(\w+)$"] {
        let (regex, _) = Regex::new(pattern).expect(pattern);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut captures = Captures::new();
                    for round in 0..100 {
                        let text = format!("{round} ab@cd\n");
                        assert_eq!(regex.captures_at(&text, 0, &mut captures), Ok(true));
                        let start = text.len() - 6;
                        assert_eq!(captures.group(1), Some(start..start + 2));
                    }
                });
            }
        });
    }
}
