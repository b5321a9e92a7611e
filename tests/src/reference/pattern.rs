//! Regexes by PCRE2, set up and patched to the profile of §5.6.

use std::fmt::Write as _;

use pcre2::bytes::{Regex, RegexBuilder};

/// Letters that PCRE2 knows after a backslash outside a class; others are the letter itself (§5.6.5).
const ESCAPES: &str = "aAbBcCdDeEfGgHhKkNnoPpQRrSstUVvWwXxzZ";

/// A pattern that could not be compiled.
#[derive(Clone, Debug)]
pub(super) struct BadPattern(pub(super) String);

/// Where the groups of a match are, none for one that took no part; the first is the whole match.
pub(super) type Places = Vec<Option<(usize, usize)>>;

/// A compiled pattern.
pub(super) struct Pattern {
    regex: Regex,
    /// The written pattern had to be used instead of the unescaped one (§1.4.4).
    pub(super) rescued: bool,
}

impl Pattern {
    /// Compiles the unescaped pattern, or else the pattern as written (§1.4.4).
    pub(super) fn new(pattern: &str, written: &str) -> Result<Self, BadPattern> {
        match compile(pattern) {
            Ok(regex) => Ok(Self { regex, rescued: false }),
            Err(error) => match compile(written) {
                Ok(regex) => Ok(Self { regex, rescued: true }),
                Err(_) => Err(BadPattern(error)),
            },
        }
    }

    /// Does it match anywhere in the text? `None` if the match limit was hit (§5.6.8).
    pub(super) fn matches(&self, text: &str) -> Option<bool> {
        self.regex.is_match(text.as_bytes()).ok()
    }

    /// Returns the names of the groups, `None` for one without; the first is the whole match.
    pub(super) fn names(&self) -> &[Option<String>] {
        self.regex.capture_names()
    }

    /// Returns all matches that do not overlap, each with the byte ranges of its groups; after an empty match the search goes on one
    /// character further (§6.3). `None` if the match limit was hit.
    pub(super) fn all(&self, text: &str) -> Option<Vec<Places>> {
        let mut found = Vec::new();
        let mut locations = self.regex.capture_locations();
        let mut at = 0;
        while at <= text.len() {
            let Some(whole) = self.regex.captures_read_at(&mut locations, text.as_bytes(), at).ok()? else { break };
            let (start, end) = (whole.start(), whole.end());
            found.push((0..locations.len()).map(|group| locations.get(group)).collect());
            at = if end > start { end } else { end + text[end..].chars().next().map_or(1, char::len_utf8) };
        }
        Some(found)
    }
}

/// Compiles one pattern.
fn compile(pattern: &str) -> Result<Regex, String> {
    // Case folds within ASCII and within the rest, never across (§5.6.3); both branches of a repeated name may take part (§5.6.7).
    let text = format!("(*LIMIT_MATCH=100000000)(*CASELESS_RESTRICT)(?J){}", to_pcre2(pattern));
    RegexBuilder::new().utf(true).build(&text).map_err(|error| error.to_string())
}

/// Returns the pattern with what PCRE2 reads otherwise made explicit: unknown escapes (§5.6.5), braces that are no quantifier (§5.6.6).
fn to_pcre2(pattern: &str) -> String {
    let chars: Vec<char> = pattern.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    let mut in_class = false;
    while let Some(&c) = chars.get(at) {
        if c == '\\' {
            let taken = copy_escape(&chars[at..], &mut out);
            at += taken;
            continue;
        }
        if in_class {
            let named = (c == '[').then(|| posix_class(&chars[at..])).flatten();
            let length = named.unwrap_or(1);
            out.extend(&chars[at..at + length]);
            in_class = c != ']';
            at += length;
            continue;
        }
        match c {
            '[' => {
                let length = class_opening(&chars[at..]);
                out.extend(&chars[at..at + length]);
                in_class = true;
                at += length;
            }
            '{' if !is_quantifier(&chars[at..]) => {
                out.push_str("\\{");
                at += 1;
            }
            _ => {
                out.push(c);
                at += 1;
            }
        }
    }
    out
}

/// Copies an escape to `out` and returns how many characters of `chars` it took.
fn copy_escape(chars: &[char], out: &mut String) -> usize {
    let Some(&letter) = chars.get(1) else {
        out.push('\\');
        return 1;
    };
    if letter == 'Q' {
        let quoted: String = chars[2..].iter().collect();
        let end = quoted.find("\\E").map(|bytes| quoted[..bytes].chars().count());
        let (length, taken) = end.map_or((chars.len() - 2, chars.len()), |length| (length, length + 4));
        for c in &chars[2..2 + length] {
            // Each character by its number, which is right inside and outside a class.
            let _ = write!(out, "\\x{{{:x}}}", u32::from(*c));
        }
        return taken;
    }
    if letter.is_ascii_alphabetic() && !ESCAPES.contains(letter) {
        out.push(letter);
        return 2;
    }
    out.push('\\');
    out.push(letter);
    // Braces that belong to an escape are not quantifiers: \x{…}, \p{…}, \g{…}, \k{…}, \o{…}, \N{U+…}.
    let braced = "xpPgkoN".contains(letter) && chars.get(2) == Some(&'{');
    if let Some(length) = chars.iter().position(|c| *c == '}').filter(|_| braced) {
        out.extend(&chars[2..=length]);
        return length + 1;
    }
    2
}

/// Returns the length of `[`, `[^`, `[]` or `[^]`: a `]` that stands first is a member (§5.6.6).
fn class_opening(chars: &[char]) -> usize {
    let negated = usize::from(chars.get(1) == Some(&'^'));
    1 + negated + usize::from(chars.get(1 + negated) == Some(&']'))
}

/// Returns the length of a POSIX class such as `[:alpha:]` at the start.
fn posix_class(chars: &[char]) -> Option<usize> {
    let text: String = chars.iter().take(14).collect();
    let name = text.strip_prefix("[:")?.split_once(":]")?.0;
    name.chars().all(|c| c.is_ascii_lowercase() || c == '^').then(|| name.chars().count() + 4)
}

/// Is this `{n}`, `{n,}` or `{n,m}`?
fn is_quantifier(chars: &[char]) -> bool {
    let text: String = chars.iter().skip(1).take_while(|c| **c != '}').collect();
    let closed = chars.len() > text.chars().count() + 1;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let good = match text.split_once(',') {
        None => digits(&text),
        Some((low, high)) => digits(low) && (high.is_empty() || digits(high)),
    };
    closed && good
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does the pattern match?
    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern, pattern).expect("compiles").matches(text).expect("decided")
    }

    #[test]
    fn classes_are_ascii_and_case_does_not_cross() {
        assert!(!matches(r"^\w$", "é"));
        assert!(!matches(r"^\d$", "٣"));
        assert!(matches(r"^.$", "é"));
        assert!(matches(r"(?i)^É$", "é"));
        assert!(!matches(r"(?i)^k$", "\u{212A}"));
        assert!(!matches(r"(?i)^\u{17F}$".replace(r"\u", r"\x").as_str(), "s"));
        assert!(matches(r"^\s$", "\u{B}"));
        assert!(!matches(r"^\s$", "\u{A0}"));
    }

    #[test]
    fn ends_and_line_breaks() {
        assert!(matches("a$", "a\n"));
        assert!(!matches("a$", "a\n\n"));
        assert!(!matches(r"a\z", "a\n"));
        assert!(!matches("^b", "a\nb"));
        assert!(matches("^.$", "\r"));
        assert!(!matches("^.$", "\n"));
    }

    #[test]
    fn literals_of_the_profile() {
        assert!(matches(r"^\y$", "y"));
        assert!(matches("^x{,3}$", "x{,3}"));
        assert!(matches("^{foo}$", "{foo}"));
        assert!(matches("^]$", "]"));
        assert!(matches("^[^]a]$", "b"));
        assert!(matches("^[[]$", "["));
        assert!(matches("^[a&&b]+$", "a&b"));
        assert!(matches(r"^\<a\>$", "<a>"));
        assert!(matches(r"^\Qa.b{\E$", "a.b{"));
        assert!(matches(r"^[[:alpha:]{]+$", "a{"));
        assert!(matches(r"(?<n>a)|(?<n>b)", "b"));
        assert!(matches(r"^x{2}$", "xx"));
        assert!(matches(r"\x{202E}", "a\u{202E}b"));
    }

    #[test]
    fn rescue_uses_the_written_pattern() {
        let rescued = Pattern::new("\\", "\\\\").expect("rescued");
        assert!(rescued.rescued);
        assert_eq!(rescued.matches(r"a\b"), Some(true));
        assert!(Pattern::new("(", "(").is_err());
    }
}
