//! The literals that patterns of rules require.

use retrohunt_regex::Regex;

/// Pattern, and the tree as `explain` shows it.
const REQUIRED: &[(&str, &str)] = &[
    (
        r#"(?i)((\.exe(")?(\s+|\s+\/c)\s+)|(psexec.{1,}))("{1,})?\x5c\x5c.{2,}"#,
        r#"All[Either[".exe"i, "psexec"i], "\\\\"]"#,
    ),
    ("abc", r#""abc""#),
    ("(?i)abc", r#""abc"i"#),
    ("(?i)1.2", r#"All["1", "2"]"#),
    ("a(?i)B(?-i)C", r#""abc"i"#),
    ("[aA]bc", r#""abc"i"#),
    ("[ab]c", r#"Either["ac", "bc"]"#),
    ("[a-z]c", r#""c""#),
    (".*", "Any"),
    ("a?b*", "Any"),
    ("(?:foo|bar)?x", r#""x""#),
    ("foo(?:bar|baz)qux", r#"Either["foobarqux", "foobazqux"]"#),
    ("foo|.*", "Any"),
    ("foo|foobar", r#""foo""#),
    (r"foo\s+bar", r#"All["foo", "bar"]"#),
    ("(?:ab)+c", r#""abc""#),
    ("a(?:bc)+d", r#"All["abc", "bcd"]"#),
    ("x{3}y", r#""xxxy""#),
    ("x{2,}y", r#""xxy""#),
    (r"(?:cmd|powershell|pwsh)\.exe", r#"Either["cmd.exe", "powershell.exe", "pwsh.exe"]"#),
    (r"^\\\\[^\\]+\\admin\$$", r#"All["\\\\", "\\admin$"]"#),
    ("(?i)ÄÖ", r#""äö"i"#),
    ("(?i)\u{212A}", "\"\u{212A}\""),
    (r"foo$\n", r#""foo\n""#),
    (r"a[^\s\S]b", r#"All["a", "b"]"#),
    (r"(a\d|b\d)c", r#"All[Either["a", "b"], "c"]"#),
    (r"\bnet1?\.exe\b", r#"Either["net1.exe", "net.exe"]"#),
];

#[test]
fn required_literals_of_rules() {
    for &(pattern, tree) in REQUIRED {
        let (regex, _) = Regex::new(pattern).expect(pattern);
        assert_eq!(regex.required().to_string(), tree, "{pattern}");
    }
}

#[test]
fn large_products_are_cut_and_large_alternations_kept() {
    let words: Vec<String> = (0..120).map(|number| format!("tool{number:03}")).collect();
    let (regex, _) = Regex::new(&format!(r"(?i)\\({})\.exe", words.join("|"))).expect("a long alternation");
    let retrohunt_regex::LiteralTree::Either(members) = regex.required() else { panic!("{}", regex.required()) };
    assert_eq!(members.len(), 120);

    let (regex, _) = Regex::new(&"(?:a|b)".repeat(64)).expect("a large product");
    assert!(regex.required().to_string().len() < 10_000);
    assert!(regex.required().holds_in("ab".repeat(32).as_bytes()));
}
