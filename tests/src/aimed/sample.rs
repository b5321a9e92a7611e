//! Texts that a pattern matches.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Returns a text that the pattern probably matches; `None` for patterns that the generator cannot read.
///
/// Look-behind is written out, other look-around is passed over.
pub(super) fn text(pattern: &str, random: &mut ChaCha8Rng) -> Option<String> {
    text_with(pattern, None, random)
}

/// Returns such a text in which a named group holds a given text, whether that fits the group or not.
pub(super) fn text_with(pattern: &str, group: Option<(&str, &str)>, random: &mut ChaCha8Rng) -> Option<String> {
    let hir = regex_syntax::ParserBuilder::new()
        .unicode(true)
        .utf8(true)
        .nest_limit(200)
        .build()
        .parse(&normal(pattern))
        .ok()?;
    let mut out = String::new();
    write(&hir, group, random, &mut out);
    Some(out)
}

/// The pattern in the syntax of the parser used here: what PCRE means by it, as far as a sample needs it.
fn normal(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    let mut class = false;
    while let Some(character) = rest.chars().next() {
        if let Some(tail) = rest.strip_prefix("\\Q") {
            let (quoted, after) = tail.split_once("\\E").unwrap_or((tail, ""));
            out.push_str(&regex_syntax::escape(quoted));
            rest = after;
            continue;
        }
        if let Some(tail) = rest.strip_prefix("(?<=").filter(|_| !class) {
            out.push_str("(?:");
            rest = tail;
            continue;
        }
        if !class && ["(?!", "(?<!", "(?="].iter().any(|open| rest.starts_with(open)) {
            rest = &rest[group_end(rest)..];
            continue;
        }
        let length = character.len_utf8();
        let taken = match character {
            '\\' => {
                let next = rest[length..].chars().next();
                match next {
                    Some('<' | '>' | '"' | '\'' | '/' | ':' | '@' | '!' | '%' | ',' | ';' | '=' | '`' | '_') => {
                        out.push_str(&regex_syntax::escape(&next.map(String::from).unwrap_or_default()));
                    }
                    Some('C') => out.push_str("(?s:.)"),
                    Some(other) if other.is_ascii_alphabetic() && !"xdDsSwWbBAznrtfvpP".contains(other) => {
                        out.push(other);
                    }
                    Some(other) => out.extend(['\\', other]),
                    None => out.push_str("\\\\"),
                }
                length + next.map_or(0, char::len_utf8)
            }
            '{' if !class && !is_count(rest) => {
                out.push_str("\\{");
                length
            }
            '}' if !class && !out.ends_with(|last: char| last.is_ascii_digit() || last == ',') => {
                out.push_str("\\}");
                length
            }
            '[' if class => {
                out.push_str("\\[");
                length
            }
            '[' => {
                class = true;
                out.push('[');
                let mut taken = length;
                for open in ["^", "]"] {
                    if rest[taken..].starts_with(open) {
                        out.push_str(if open == "]" { "\\]" } else { open });
                        taken += 1;
                    }
                }
                taken
            }
            ']' if class => {
                class = false;
                out.push(']');
                length
            }
            '&' | '~' if class => {
                out.extend(['\\', character]);
                length
            }
            other => {
                out.push(other);
                length
            }
        };
        rest = &rest[taken..];
    }
    out
}

/// Is this a counted repeat?
fn is_count(text: &str) -> bool {
    let Some((inside, _)) = text[1..].split_once('}') else { return false };
    let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
    !low.is_empty() && low.chars().chain(high.chars()).all(|digit| digit.is_ascii_digit())
}

/// Where a group that opens the text ends.
fn group_end(text: &str) -> usize {
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Appends a text that the node matches.
fn write(hir: &Hir, group: Option<(&str, &str)>, random: &mut ChaCha8Rng, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let all: Vec<char> = "aA5_e -.x/\\:\"'9zZ\n,;=@#$%&*+(){}[]<>|~^!?`".chars().collect();
            let has = |c: &&char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(*c));
            let fitting: Vec<&char> = all.iter().filter(has).collect();
            match (fitting.is_empty(), class.ranges().first()) {
                (false, _) => out.push(*fitting[random.random_range(0..fitting.len().min(4))]),
                (true, Some(range)) => out.push(range.start()),
                (true, None) => {}
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            if let Some(range) = class.ranges().first() {
                out.push(char::from(range.start()));
            }
        }
        HirKind::Repetition(repetition) => {
            let more = repetition.max.map_or(2, |max| (max - repetition.min).min(2));
            let times = repetition.min + random.random_range(0..=more);
            for _ in 0..times.min(2000) {
                write(&repetition.sub, group, random, out);
            }
        }
        HirKind::Capture(capture) => match group {
            Some((name, text)) if capture.name.as_deref() == Some(name) => out.push_str(text),
            _ => write(&capture.sub, group, random, out),
        },
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, group, random, out)),
        HirKind::Alternation(parts) => {
            let pick = random.random_range(0..parts.len());
            write(&parts[pick], group, random, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn samples_match_their_pattern() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for pattern in [
            r"(?i)cmd\.exe\s+/c",
            r"ssh\s+.+@.+\s+-.+?\QT\E.+?\s+",
            r"^%{a,b}$",
            r#"(?<=icacls\.exe\"\s)(?<file_path>[^\s]+)"#,
            r"[^]a]x{2,3}|\<b\>",
            r"(?!\.)(\b|\s|&)x",
        ] {
            for _ in 0..20 {
                let sample = text(pattern, &mut random).unwrap_or_else(|| panic!("{pattern}"));
                let oracle = pcre2::bytes::Regex::new(pattern).unwrap();
                assert!(oracle.is_match(sample.as_bytes()).unwrap(), "{pattern}: {sample:?}");
            }
        }
    }
}
