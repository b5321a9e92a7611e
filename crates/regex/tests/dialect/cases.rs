//! What each line of §5.6, of §1.4.3 and of the corpus inventory means.

use super::oracle;
use retrohunt_regex::Regex;

/// One pattern and texts that it matches and does not match.
struct Case {
    /// The point of the case.
    name: &'static str,
    /// What PCRE receives.
    pattern: &'static str,
    /// Texts with a match.
    yes: &'static [&'static str],
    /// Texts without one.
    no: &'static [&'static str],
}

/// Shorthand for a case.
const fn case(
    name: &'static str,
    pattern: &'static str,
    yes: &'static [&'static str],
    no: &'static [&'static str],
) -> Case {
    Case { name, pattern, yes, no }
}

/// The seed rule's pattern.
const SEED: &str = r#"(?i)((\.exe(")?(\s+|\s+\/c)\s+)|(psexec.{1,}))("{1,})?\x5c\x5c.{2,}"#;

/// Cases that mean the same in PCRE2.
const CASES: &[Case] = &[
    case(
        "seed rule",
        SEED,
        &[r"net.exe  \\srv\c$", r"a.EXE /c  \\h1", r"PsExec64 \\ab", r#"x.exe"   "\\ab"#],
        &[r"net.exe \\srv\c$", r"net.exe  \srv", r"psexec\\ab", r"psexec \\a"],
    ),
    // §5.6.1
    case("flag at the start", "(?i)abc", &["xABCx"], &["ab c"]),
    case("no flag is case-sensitive", "abc", &["abc"], &["ABC"]),
    case("flag in the middle", "a(?i)bc", &["aBC"], &["ABC"]),
    case("flag reaches into later branches", "(a(?i)b|c)d", &["aBd", "Cd"], &["Abd", "aBD"]),
    case("flag ends with its group", "((?i)a)b", &["Ab"], &["AB"]),
    case("flag of one group", "(?i:a)b", &["Ab"], &["AB"]),
    case("flag off", "(?i)a(?-i)b", &["Ab"], &["AB"]),
    case("flags on and off", "(?im-s:^A.)", &["x\nab"], &["x\na\n"]),
    case("all flags reset", "(?i)a(?^)b", &["Ab"], &["AB"]),
    case("dot all", "(?s)a.b", &["a\nb"], &["ab"]),
    case("extended mode", "(?x) a b # comment\n c", &["abc"], &["a b c"]),
    case("extended mode, quantifier after space", "(?x)a +b", &["aab"], &["a b"]),
    case("extended mode spares classes", "(?x)[ ]b", &[" b"], &["b"]),
    case("extended mode, escaped space", "(?x)a\\ b", &["a b"], &["ab"]),
    case("twice extended mode", "(?xx)[a b]c", &["bc"], &[" c"]),
    case("named groups", "(?<x>a)(?P<y>b)(?'z'c)", &["abc"], &["ab"]),
    case("group without capture", "(?:ab)+c", &["ababc"], &["abac "]),
    case("quoted text", r"\Qa.b\E.", &["a.bx"], &["axbx"]),
    case("quoted text to the end", r"\Qa.b", &["a.b"], &["axb"]),
    case("quoted text, quantifier on the last", r"\Qab\E+c", &["abbc"], &["ac"]),
    case("empty quote", r"a\Q\E+b", &["aab"], &["b"]),
    case("end of quote alone", r"a\Eb", &["ab"], &["aEb"]),
    case("quote inside a class", r"[\Qa]-z\E]x", &["]x", "-x", "zx"], &["bx"]),
    case("hexadecimal backslash", r"\x5c\x5C", &[r"\\"], &[r"\"]),
    case("hexadecimal in braces", r"\x{202E}", &["a\u{202E}b"], &["a"]),
    case("hexadecimal, one digit", r"\x9z", &["\tz"], &["9z"]),
    case("POSIX classes", "[[:alpha:]][[:digit:]][[:^space:]]", &["a1x"], &["a1 ", "é1x"]),
    case("POSIX punctuation", "[[:punct:]]", &["$", "\\", "~"], &["a1 ", "§"]),
    case("POSIX word boundaries", "[[:<:]]ab[[:>:]]", &["x ab."], &["xab", "abx"]),
    case("horizontal space", r"a\hb", &["a b", "a\tb", "a\u{A0}b", "a\u{3000}b"], &["a\nb"]),
    case("not horizontal space", r"a\Hb", &["a\nb"], &["a b"]),
    case("vertical space", r"a\vb", &["a\nb", "a\x0Bb", "a\u{2028}b"], &["a b"]),
    case("line break", r"a\Rb", &["a\r\nb", "a\nb", "a\rb", "a\u{85}b"], &["a\n\rb", "a\r\n\nb"]),
    case("line breaks", r"a\R+b", &["a\r\n\r\nb", "a\n\nb"], &["ab"]),
    case("not a line feed", r"(?s)a\Nb", &["axb", "a\rb"], &["a\nb"]),
    case("code point by number", r"\N{U+e9}", &["é"], &["e"]),
    case("control character", r"\cA\c[", &["\x01\x1B"], &["A["]),
    case("control escapes", r"\a\e\f\n\r\t", &["\x07\x1B\x0C\n\r\t"], &["aefnrt"]),
    case("octal", r"\0\01\012\o{101}", &["\0\x01\nA"], &["0"]),
    case("octal for want of groups", r"\11\101", &["\tA"], &["11"]),
    case("octal inside a class", r"[\1\101\8]x", &["\x01x", "Ax", "8x"], &["1x"]),
    case("comment", "a(?# note )b", &["ab"], &["a b"]),
    case("comment before a quantifier", "a(?# note )+b", &["aab"], &["b"]),
    // §5.6.2
    case("dot is anything but a line feed", "a.b", &["a\rb", "aéb", "a\u{2028}b"], &["a\nb"]),
    case("dollar before one final line feed", "a$", &["a", "a\n"], &["a\n\n", "a\r\n", "a\nb"]),
    case("end of text", r"a\z", &["a"], &["a\n"]),
    case("end of text or before a final line feed", r"a\Z", &["a", "a\n"], &["a\n\n"]),
    case("dollar in a branch", "(a$|b)", &["a\n", "bx"], &["ax"]),
    case("dollar before something", "(a$|b)c", &["bc"], &["ac", "a\nc"]),
    case("dollar before a line feed", "a$\\n", &["a\n"], &["a", "a\n\n"]),
    case("dollar before white space", r"a$\s*", &["a\n", "a"], &["a \n", "a\n\n"]),
    case("dollar in a loop", r"^(?:a$\n?)+$", &["a\n", "a"], &["a\na\n"]),
    case("dollar before a condition", r"a$\b", &["a", "a\n"], &["ab"]),
    case("dollar and not the end", r"a$\Z\n\z", &["a\n"], &["a"]),
    case("dollar and a class with a line feed", r"a$[^x]", &["a\n"], &["a", "aa", "a\n\n"]),
    case("caret is the start only", "^a", &["a"], &["\na"]),
    case("start of text", r"(?m)\Aa", &["a"], &["\na"]),
    case("start of search", r"\Ga", &["a"], &["ba"]),
    case("multi-line caret", "(?m)^b", &["a\nb"], &["ab", "a\rb"]),
    case("multi-line dollar", "(?m)a$", &["a\nb", "a", "a\n"], &["a\rb", "ab"]),
    case("multi-line caret not behind the final line feed", "(?m)a\\n^", &["a\nb", "a\n\n"], &["a\n"]),
    case("empty line", "(?m)^$", &["", "a\n\nb", "\n", "a\n\n"], &["a", "a\n"]),
    case("blank line", r"(?m)^\s*$", &["", " ", "a\n \nb", "a\n\n"], &["a", "a\n", "a\n\tb"]),
    case("multi-line alternation", "(?mi)^(Path.+)|^(ScriptBlock ID.+)", &["x\npath=1"], &["xpath=1"]),
    // §5.6.3
    case("digits are ASCII", r"^\d+$", &["019"], &["٣", "1٣"]),
    case("words are ASCII", r"^\w+$", &["aZ_9"], &["é", "aé"]),
    case("space is ASCII, with VT", r"^\s+$", &[" \t\n\x0B\x0C\r"], &["\u{A0}", "\u{85}"]),
    case("not a word", r"^\W$", &["é", "-", "\u{212A}"], &["a", "ab"]),
    case("word boundary is ASCII", r"\bab\b", &["éab", "ab.", "ab"], &["xab", "ab_"]),
    case("not a word boundary", r"\Bab", &["xab"], &["ab", " ab", "éab"]),
    case("not a word boundary, inside a code point", r"a\Bé\B", &[], &["aéa", "aé", "é"]),
    case("an empty match is never inside a code point", r"\B", &["", "é", "ab", " é"], &["aéa", "a"]),
    case("an empty match inside a code point hides no other", r"\B|\W", &["aſa", "a.a"], &["a", "1"]),
    case("one dot is one code point", "^.$", &["é", "日", "😀"], &["éé", ""]),
    case("Kelvin sign is not k", "(?i)k", &["K", "k"], &["\u{212A}"]),
    case("k is not the Kelvin sign", "(?i)\u{212A}", &["\u{212A}"], &["K", "k"]),
    case("long s is not s", "(?i)s", &["S"], &["\u{17F}"]),
    case("non-ASCII letters fold", "(?i)äσ", &["Äς", "ÄΣ"], &["as"]),
    case("folding in a class", "(?i)^[k-s]$", &["K", "S", "q"], &["\u{212A}", "\u{17F}", "t"]),
    case("folding before negation", "(?i)^[^k]$", &["a", "\u{212A}"], &["k", "K"]),
    case("folding of a non-ASCII range", "(?i)^[à-ï]$", &["É", "é"], &["e", "E", "õ"]),
    case("upper case under (?i)", "(?i)^[[:upper:]]$", &["a", "A"], &["1", "é"]),
    case("not upper case under (?i)", "(?i)^[[:^upper:]]$", &["1", "é"], &["a", "A"]),
    // §5.6.5
    case("literal escapes", r#"^\/\"\:\-\<\>\_\é$"#, &["/\":-<>_é"], &["/\":-_é"]),
    case("escaped pipe", r"\|(?<x>[^|]+)", &["a|b"], &["ab"]),
    // §5.6.6
    case("braces that are no quantifier", r"^{foo}{}x{,a}a{b{1}$", &["{foo}{}x{,a}a{b"], &["foo"]),
    case("brace of a policy", r"Policies\\(?P<gpo>{.*?})\\", &[r"Policies\{31B2}\x"], &[r"Policies\31B2\x"]),
    case("brace at the end", "(^%{|^x)a", &["%{a", "xa"], &["a"]),
    case("bracket alone", "a]b", &["a]b"], &["ab"]),
    case("bracket first in a class", "^[]a]+$", &["]a"], &["b"]),
    case("negation behind an empty quote", r"^[\Q\E\E^a]$", &["b", "^"], &["a"]),
    case("bracket first in a negated class", "^[^]a]$", &["b"], &["]", "a"]),
    case("opening bracket in a class", "^[[]$", &["["], &["]"]),
    case("opening bracket and others", "^[a[b]c]$", &["ac]", "[c]"], &["a"]),
    case("no set operations", "^[a-z&&~~]+$", &["a&b~"], &["A", "1"]),
    case("hyphen first and last", "^[-a][b-]$", &["-b", "a-"], &["c-"]),
    case("range from a hyphen", "^[--/]$", &["-", ".", "/"], &["0"]),
    case("hyphen after a range", "^[a-c-e]$", &["b", "-", "e"], &["d"]),
    case("escaped hyphen", r"^[a\-c]$", &["-", "c"], &["b"]),
    case("named set and last hyphen", r"^[\w\.-]+@$", &["a.b-c@"], &["a b@"]),
    case("backspace in a class", r"[\b]", &["\x08"], &["b"]),
    case("negated set in a class", r"^[\D5]$", &["a", "5"], &["4"]),
    case("counts", "^a{2}b{1,}c{0,2}$", &["aab", "aabbcc"], &["ab", "aabccc"]),
    case("lazy", "^a+?b*?c??$", &["aabbc"], &["c"]),
    case("ungreedy", "(?U)^a+b*?$", &["aab"], &["b"]),
    case("counts of a group", "(?:ab){2,3}c", &["ababc"], &["abc"]),
    case("no repeats", "ab{0}c", &["ac"], &["abc"]),
    case("an empty branch", "^(a|)b$", &["ab", "b"], &["aab"]),
    case("an empty pattern", "", &["", "x"], &[]),
    case("a pattern that never matches", r"a[^\s\S]b", &[], &["ab", "a b"]),
    case("condition that cannot hold", r"Files\AnyDesk", &[], &[r"Files\AnyDesk", "FilesnyDesk"]),
    // §1.4.3
    case("one backslash", r"\\", &[r"a\b"], &["ab"]),
    case("backslash and group", r"\\(x)", &[r"\x"], &["x"]),
    case("word boundary after a", r"a\b", &["a b"], &["ab"]),
    case("literal backslash in a path", r"a\\b", &[r"a\b"], &["ab"]),
    case("parentheses", r"\(x86\)", &["(x86)"], &["x86"]),
    case("user behind a backslash", r"\\(?P<nt_user>.*?)$", &[r"DOM\user"], &["user"]),
    // corpus §7
    case("greater than", r"(?i)\s(\>(\>)?|Out\-File)\s.{1,}", &["a >> b", "a out-file b"], &["a >b"]),
    case("homoglyphs", "[Ѐ-ӿͰ-Ͽａ-ｚＡ-Ｚ０-９]", &["аbc", "ｚ"], &["abc"]),
    case("quoted option", r"(?i)ssh\s+.+@.+\s+-.+?\QT\E.+?\s+", &["ssh a@b -xTy z"], &["ssh a@b -xy z"]),
    case("long counted repeat", r"\w{20,1000}=?", &["abcdefghijklmnopqrstuvwxyz="], &["abc="]),
    case(
        "four characters before the end",
        r"(?i)(gpupdate\.exe.{0,4}$)",
        &["gpupdate.EXE\"\n", "gpupdate.exe"],
        &["gpupdate.exe /force"],
    ),
];

/// Cases in which §5.6 departs from PCRE2 on purpose.
const DEPARTURES: &[Case] = &[
    case("unknown escape of a letter is the letter", r"a\yb[\y]", &["ayby"], &["ab"]),
    case("one code unit is read as one code point", r"\S+\CitrixReceiver", &["xéitrixReceiver"], &["xC"]),
    case("count without a lower bound is literal", "^x{,3}$", &["x{,3}"], &["xx"]),
    case("count with a blank is literal", "^x{ 1}$", &["x{ 1}"], &["x"]),
    case("hyphen beside a named set", r"^[\d-z][a-\d]$", &["-a", "z-", "51"], &["yb"]),
    case("name that occurs twice", "(?<a>x)|(?<a>y)", &["x", "y"], &["z"]),
];

fn check(case: &Case) {
    let (regex, _) = Regex::new(case.pattern).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    for (texts, expected) in [(case.yes, true), (case.no, false)] {
        for text in texts {
            assert_eq!(regex.is_match(text.as_bytes()), expected, "{}: {:?} in {text:?}", case.name, case.pattern);
            assert!(!expected || regex.required().holds_in(text.as_bytes()), "{}: {}", case.name, regex.required());
        }
    }
}

#[test]
fn every_case_matches_as_the_specification_says() {
    CASES.iter().chain(DEPARTURES).for_each(check);
}

#[test]
fn the_cases_are_what_pcre2_does() {
    for case in CASES {
        let regex = oracle::compile(case.pattern).unwrap_or_else(|| panic!("{}: PCRE2 refuses it", case.name));
        for (texts, expected) in [(case.yes, true), (case.no, false)] {
            for text in texts {
                assert_eq!(oracle::is_match(&regex, text), Some(expected), "{}: {text:?}", case.name);
                let (ours, _) = Regex::new(case.pattern).expect(case.name);
                let (ours, theirs) = (oracle::our_matches(&ours, text), oracle::matches(&regex, text));
                assert_eq!(ours, theirs, "{}: {:?} in {text:?}", case.name, case.pattern);
            }
        }
    }
}

#[test]
fn a_pattern_may_be_matched_by_many_threads() {
    let (regex, _) = Regex::new(SEED).expect("the seed's pattern");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..200 {
                    let text = format!(r"{round} net.exe  \\srv\c$");
                    assert!(regex.is_match(text.as_bytes()));
                    assert!(!regex.is_match(&text.as_bytes()[..text.len() - 8]));
                }
            });
        }
    });
}
