//! Sed expressions of `rex mode=sed` (§5.7.5).

use crate::escape;
use crate::plan::{SedStep, SedWhich};

/// Reads the expressions, separated by white space. The text is as written, SPL's escapes still in it: so a backslash that is written
/// twice does not protect a delimiter behind it.
///
/// # Errors
///
/// What is wrong with the first expression that cannot be read.
pub(super) fn steps(text: &str) -> Result<Vec<SedStep>, String> {
    let (mut steps, mut rest) = (Vec::new(), text.trim_start());
    while let Some(command) = rest.chars().next() {
        let mut chars = rest[command.len_utf8()..].chars();
        let delimiter = chars.next().filter(|c| !c.is_alphanumeric() && !c.is_whitespace() && *c != '\\');
        let (Some(delimiter), true) = (delimiter, matches!(command, 's' | 'y')) else {
            return Err(format!("`{}` is no sed expression", rest.chars().take(20).collect::<String>()));
        };
        let (from, behind) = part(chars.as_str(), delimiter)?;
        let (to, behind) = part(behind, delimiter)?;
        let flags_length = behind.find(char::is_whitespace).unwrap_or(behind.len());
        let (flags, behind) = behind.split_at(flags_length);
        steps.push(match command {
            's' => substitute(from, to, delimiter, flags)?,
            _ => exchange(from, to, delimiter, flags)?,
        });
        rest = behind.trim_start();
    }
    if steps.is_empty() { Err("the sed expression is empty".to_owned()) } else { Ok(steps) }
}

/// Splits at the next delimiter that no backslash stands before.
fn part(text: &str, delimiter: char) -> Result<(&str, &str), String> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == delimiter && !escaped {
            return Ok((&text[..at], &text[at + c.len_utf8()..]));
        }
        escaped = c == '\\' && !escaped;
    }
    Err(format!("a `{delimiter}` is missing; a sed expression has three"))
}

/// Makes a substitution.
fn substitute(from: &str, to: &str, delimiter: char, flags: &str) -> Result<SedStep, String> {
    if from.is_empty() {
        return Err("the pattern of the sed expression is empty".to_owned());
    }
    let digits: String = flags.chars().filter(char::is_ascii_digit).collect();
    let (all, caseless) = (flags.contains('g'), flags.contains('i'));
    if flags.chars().any(|c| !c.is_ascii_digit() && c != 'g' && c != 'i') {
        return Err(format!("`{flags}` are no flags of a sed expression; known are g, i and a number"));
    }
    let which = if all {
        SedWhich::All
    } else if digits.is_empty() {
        SedWhich::Nth(1)
    } else {
        let number = digits.parse().ok().filter(|&number: &u32| number > 0);
        SedWhich::Nth(number.ok_or_else(|| format!("`{digits}` is no count of matches"))?)
    };
    let prefix = if caseless { "(?i)" } else { "" };
    Ok(SedStep::Substitute {
        pattern: format!("{prefix}{}", escape::string(from)),
        raw_pattern: format!("{prefix}{from}"),
        replacement: plain(to, delimiter),
        which,
    })
}

/// Makes an exchange of characters.
fn exchange(from: &str, to: &str, delimiter: char, flags: &str) -> Result<SedStep, String> {
    let (from, to) = (plain(from, delimiter), plain(to, delimiter));
    if !flags.is_empty() || from.chars().count() != to.chars().count() || from.is_empty() {
        return Err("`y` takes two lists of characters of the same length, and no flags".to_owned());
    }
    Ok(SedStep::Exchange(from.chars().zip(to.chars()).collect()))
}

/// The meaning of a replacement: SPL's escapes removed, and those of the delimiter.
fn plain(text: &str, delimiter: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && (next == delimiter || matches!(next, '"' | '\\')) => {
                out.push(next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// Returns the expressions as one text that [`steps`] reads back, without quotes round it.
pub(crate) fn print(steps: &[SedStep]) -> String {
    steps.iter().map(step).collect::<Vec<_>>().join(" ")
}

/// One expression, with a delimiter that it does not hold.
fn step(step: &SedStep) -> String {
    let inner = |text: &str| {
        let quoted = escape::quote(text);
        quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
    };
    let (name, from, to, flags) = match step {
        SedStep::Substitute { raw_pattern, replacement, which, .. } => {
            let flags = match which {
                SedWhich::All => "g".to_owned(),
                SedWhich::Nth(1) => String::new(),
                SedWhich::Nth(number) => number.to_string(),
            };
            ('s', raw_pattern.clone(), inner(replacement), flags)
        }
        SedStep::Exchange(pairs) => {
            let (from, to): (String, String) = pairs.iter().copied().unzip();
            ('y', inner(&from), inner(&to), String::new())
        }
    };
    let free = |c: &char| !from.contains(*c) && !to.contains(*c);
    let mut others = ('\u{a1}'..='\u{ffff}').filter(|c| !c.is_alphanumeric() && !c.is_whitespace());
    let delimiter = "/#~!@%;:,^&=-".chars().find(free).or_else(|| others.find(free)).unwrap_or('/');
    format!("{name}{delimiter}{from}{delimiter}{to}{delimiter}{flags}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn substitute(pattern: &str, raw: &str, replacement: &str, which: SedWhich) -> SedStep {
        let own = str::to_owned;
        SedStep::Substitute { pattern: own(pattern), raw_pattern: own(raw), replacement: own(replacement), which }
    }

    #[test]
    fn section_5_7_5_forms() {
        let cases = [
            (r"s/\.\w{3}$//g", vec![substitute(r"\.\w{3}$", r"\.\w{3}$", "", SedWhich::All)]),
            (r"s/(\\d{4}-){3}/XXXX-/2", vec![substitute(r"(\d{4}-){3}", r"(\\d{4}-){3}", "XXXX-", SedWhich::Nth(2))]),
            (r"s#a/b#\1\#&#i", vec![substitute("(?i)a/b", "(?i)a/b", r"\1#&", SedWhich::Nth(1))]),
            (r"s/a\/b/c\/d/", vec![substitute(r"a\/b", r"a\/b", "c/d", SedWhich::Nth(1))]),
            (r"s/\\\\/x/", vec![substitute(r"\\", r"\\\\", "x", SedWhich::Nth(1))]),
            (
                "y/abc/xyz/ s/a b/c/g",
                vec![
                    SedStep::Exchange(vec![('a', 'x'), ('b', 'y'), ('c', 'z')]),
                    substitute("a b", "a b", "c", SedWhich::All),
                ],
            ),
        ];
        for (text, wanted) in cases {
            assert_eq!(steps(text).as_ref(), Ok(&wanted), "{text}");
            assert_eq!(steps(&print(&wanted)).as_ref(), Ok(&wanted), "{}", print(&wanted));
        }
    }

    #[test]
    fn what_is_no_expression_says_why() {
        for text in ["", "s/a/b", "s/a", "x/a/b/", "s/a/b/q", "y/ab/c/", "s//b/", "s/a/b/0", "sxaxbx", "s"] {
            assert!(steps(text).is_err(), "{text}");
        }
    }
}
