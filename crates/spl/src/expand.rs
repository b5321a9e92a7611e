//! Macros and comments out of the text, before anything else is read (§1.2, §1.3).
//!
//! Expansion is textual: a macro may hold pipes, stages or a part of an expression. [`Expanded`] remembers for every byte where it
//! came from, so that later messages point at the rule as it was written: at the text itself, or at the macro call.

use crate::diagnostic::{Diagnostic, codes};
use crate::macros::{Macros, Origin};
use crate::span::Span;

/// How deeply macros may call macros (§1.3.5).
const MAX_DEPTH: usize = 100;
/// How much text a rule may expand to, in bytes.
const MAX_BYTES: usize = 4 << 20;

/// A rule's text without macros and comments.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Runs of the text by where they came from, ascending by `start`.
    segments: Vec<Segment>,
    /// Offsets at which a macro stood that expanded to nothing, ascending.
    holes: Vec<usize>,
}

/// A run of expanded text with one origin.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// First byte in the expanded text.
    start: usize,
    /// Where it came from.
    from: From,
}

/// A part of a text that [`Expanded::derived`] puts together; offsets are into the text it is derived from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Piece<'a> {
    /// The bytes from the first offset up to the second, as they stand.
    Kept(usize, usize),
    /// This text in the place of the bytes from the first offset up to the second.
    Put(&'a str, usize, usize),
}

/// Where expanded text came from.
#[derive(Clone, Copy, Debug)]
enum From {
    /// Copied from the rule, beginning at this offset.
    Source(usize),
    /// Put in for the macro call at this place.
    Call(Span),
}

impl Expanded {
    /// Returns the place in the rule as written from which the bytes `start..end` of the expanded text come.
    #[must_use]
    pub fn origin(&self, start: usize, end: usize) -> Span {
        let first = self.place(start);
        if end <= start {
            return Span { start: first.start, end: first.start.max(first.end.min(first.start)) };
        }
        first.to(self.place(end - 1))
    }

    /// Did a macro that expanded to nothing stand in this part of the expanded text, ends included (§1.3.10)?
    #[must_use]
    pub fn hole(&self, start: usize, end: usize) -> bool {
        let index = self.holes.partition_point(|&hole| hole < start);
        self.holes.get(index).is_some_and(|&hole| hole <= end)
    }

    /// The origin of one byte.
    fn place(&self, offset: usize) -> Span {
        let index = self.segments.partition_point(|segment| segment.start <= offset);
        match index.checked_sub(1).and_then(|index| self.segments.get(index)) {
            None => Span::new(offset, offset + 1),
            Some(Segment { from: From::Call(span), .. }) => *span,
            Some(Segment { start, from: From::Source(at) }) => Span::new(at + offset - start, at + offset - start + 1),
        }
    }

    /// Returns a text that is its own origin, without any expansion.
    #[must_use]
    pub(crate) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Returns a text made of pieces of this one: what a quoted argument spells, or a template with its placeholders filled in. Places
    /// in it lead to the rule as written.
    #[must_use]
    pub(crate) fn derived(&self, pieces: &[Piece<'_>]) -> Self {
        let mut out = Self::default();
        for piece in pieces {
            match *piece {
                Piece::Kept(start, end) => out.copy(self, start, end),
                Piece::Put(text, start, end) => out.push(text, From::Call(self.origin(start, end))),
            }
        }
        out
    }

    /// Appends a part of another text with its origins.
    fn copy(&mut self, other: &Self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let index = other.segments.partition_point(|segment| segment.start <= at);
            let next = other.segments.get(index).map_or(end, |segment| segment.start.min(end));
            let from = match index.checked_sub(1).and_then(|index| other.segments.get(index)) {
                None => From::Source(at),
                Some(Segment { from: From::Call(span), .. }) => From::Call(*span),
                Some(Segment { start, from: From::Source(source) }) => From::Source(source + at - start),
            };
            self.push(other.text.get(at..next).unwrap_or_default(), from);
            at = next;
        }
    }

    /// Appends text with its origin.
    fn push(&mut self, text: &str, from: From) {
        if !text.is_empty() {
            self.segments.push(Segment { start: self.text.len(), from });
            self.text.push_str(text);
        }
    }
}

/// Returns the text with comments dropped and macros replaced, and what was wrong or noteworthy on the way.
///
/// With an error among the findings the text is as far as expansion came and is not to be run.
#[must_use]
pub fn expand(text: &str, macros: &Macros) -> (Expanded, Vec<Diagnostic>) {
    let mut expander = Expander { macros, out: Expanded::default(), findings: Vec::new(), chain: Vec::new() };
    expander.run(text, None);
    (expander.out, expander.findings)
}

/// The state of one expansion.
struct Expander<'a> {
    macros: &'a Macros,
    out: Expanded,
    findings: Vec<Diagnostic>,
    /// Names of the macros being expanded, outermost first.
    chain: Vec<String>,
}

impl Expander<'_> {
    /// Expands `text`, which is the rule itself (`call` is `None`) or a macro's definition.
    fn run(&mut self, text: &str, call: Option<Span>) {
        let from = |at: usize| call.map_or(From::Source(at), From::Call);
        let bytes = text.as_bytes();
        let (mut at, mut copied, mut quoted) = (0, 0, false);
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'"' => quoted = !quoted,
                b'`' if !quoted => {
                    self.out.push(&text[copied..at], from(copied));
                    let end = if bytes[at..].starts_with(b"```") {
                        self.comment(text, at, call)
                    } else {
                        self.call(text, at, call)
                    };
                    let Some(end) = end else { return };
                    at = end;
                    copied = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        self.out.push(&text[copied..], from(copied));
    }

    /// Skips the comment that opens at `at`; returns where it ends. A comment counts as one space.
    fn comment(&mut self, text: &str, at: usize, call: Option<Span>) -> Option<usize> {
        let span = call.unwrap_or(Span::new(at, at + 3));
        self.out.push(" ", From::Call(span));
        let Some(length) = text[at + 3..].find("```") else {
            self.findings.push(
                Diagnostic::new(codes::UNTERMINATED_COMMENT, span, "this comment is never closed")
                    .help("close it with three backticks"),
            );
            return None;
        };
        Some(at + 3 + length + 3)
    }

    /// Replaces the macro call that opens at `at`; returns where it ends.
    fn call(&mut self, text: &str, at: usize, outer: Option<Span>) -> Option<usize> {
        let Some(length) = closing_backtick(&text[at + 1..]) else {
            let span = outer.unwrap_or(Span::new(at, text.len()));
            self.findings.push(
                Diagnostic::new(codes::MALFORMED_MACRO, span, "this macro call is never closed")
                    .help("close it with a backtick"),
            );
            return None;
        };
        let end = at + length + 2;
        let span = outer.unwrap_or(Span::new(at, end));
        let inner = text[at + 1..end - 1].trim();
        let Some((name, arguments)) = read_call(inner) else {
            self.findings.push(
                Diagnostic::new(codes::MALFORMED_MACRO, span, format!("the macro call `{inner}` cannot be read"))
                    .help("write `name` or `name(argument, argument)`, with quotes and parentheses in pairs"),
            );
            return Some(end);
        };
        self.replace(name, &arguments, span);
        Some(end)
    }

    /// Puts the definition in the place of a call.
    fn replace(&mut self, name: &str, arguments: &[String], span: Span) {
        let Some(definition) = self.macros.find(name, arguments) else {
            let message = match arguments.len() {
                0 => format!("the macro `{name}` is not defined"),
                n => format!("the macro `{name}` with {n} argument{} is not defined", if n == 1 { "" } else { "s" }),
            };
            let help = "define the macro, or remove the call if it only selects data";
            self.findings.push(Diagnostic::new(codes::UNDEFINED_MACRO, span, message).help(help));
            return;
        };
        if self.chain.iter().any(|outer| outer == name) {
            let chain = self.chain.join("` calls `");
            let message = format!("macros call each other in a circle: `{chain}` calls `{name}`");
            self.findings.push(Diagnostic::new(codes::MACRO_CYCLE, span, message));
            return;
        }
        if self.chain.len() >= MAX_DEPTH || self.out.text.len() + definition.text.len() > MAX_BYTES {
            self.findings.push(Diagnostic::new(
                codes::MACRO_SIZE,
                span,
                format!("macros expand too deeply or to too much text (limits: {MAX_DEPTH} levels, {MAX_BYTES} bytes)"),
            ));
            return;
        }
        if definition.origin == Origin::Shipped {
            let message = format!("the macro `{name}` is not defined here; {}", definition.stands_for);
            self.findings.push(Diagnostic::new(codes::MACRO_STUB, span, message));
        }
        let text = definition.text.as_str();
        // A definition that begins with a pipe, called right after a pipe: the two pipes are one (§1.3.11).
        let text = match text.trim_start().strip_prefix('|') {
            Some(rest) if self.out.text.trim_end().ends_with('|') => rest,
            _ => text,
        };
        let before = self.out.text.len();
        self.chain.push(name.to_owned());
        self.run(text, Some(span));
        self.chain.pop();
        if self.out.text[before..].trim().is_empty() {
            self.out.holes.push(before);
        }
    }
}

/// Returns the offset of the backtick that closes a call; backticks inside double quotes do not (§1.3.6).
fn closing_backtick(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut quoted) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => quoted = !quoted,
            b'`' if !quoted => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Splits `name(a, b)` into name and arguments (§1.3.1, §1.3.3).
fn read_call(text: &str) -> Option<(&str, Vec<String>)> {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
    };
    let Some(open) = text.find('(') else { return is_name(text).then(|| (text, Vec::new())) };
    let name = text[..open].trim_end();
    let inner = text[open + 1..].strip_suffix(')')?;
    if !is_name(name) {
        return None;
    }
    let (mut arguments, mut start, mut depth, mut quoted, mut at) = (Vec::new(), 0, 0_usize, false, 0);
    let bytes = inner.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth = depth.checked_sub(1)?,
            b',' if !quoted && depth == 0 => {
                arguments.push(argument(&inner[start..at]));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if quoted || depth > 0 {
        return None;
    }
    if !inner.trim().is_empty() || !arguments.is_empty() {
        arguments.push(argument(&inner[start..]));
    }
    Some((name, arguments))
}

/// Drops white space and one pair of quotes round a whole argument.
fn argument(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if !unescaped_quote(inner) => inner.replace("\\\"", "\""),
        _ => text.to_owned(),
    }
}

/// Is there a quote in the text that no backslash escapes?
fn unescaped_quote(text: &str) -> bool {
    let mut escaped = false;
    text.bytes().any(|byte| {
        let found = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rule: &str, macros: &Macros) -> String {
        let (expanded, findings) = expand(rule, macros);
        assert!(findings.iter().all(|finding| !finding.code.is_error()), "{findings:?}");
        expanded.text
    }

    #[test]
    fn arguments_are_put_in_also_inside_quotes_s1_3_2() {
        let mut macros = Macros::shipped();
        macros.define("m", &["a", "b"], "x=\"$a$\" y=$b$");
        assert_eq!(text("`m(\"1, 2\", (3, 4))`", &macros), "x=\"1, 2\" y=(3, 4)");
    }

    #[test]
    fn comments_are_one_space_and_quotes_protect_backticks_s1_2() {
        let macros = Macros::shipped();
        assert_eq!(text("a```x | \"y```b", &macros), "a b");
        assert_eq!(text("\"a `b` c\"", &macros), "\"a `b` c\"");
    }

    #[test]
    fn doubled_pipe_collapses_s1_3_11() {
        let mut macros = Macros::shipped();
        macros.define("s", &[], "| stats count");
        assert_eq!(text("a | `s`", &macros), "a |  stats count");
        assert_eq!(text("a `s`", &macros), "a | stats count");
    }

    #[test]
    fn a_cycle_is_named_s1_3_5() {
        let mut macros = Macros::shipped();
        macros.define("a", &[], "`b`");
        macros.define("b", &[], "`a`");
        let (_, findings) = expand("`a`", &macros);
        assert_eq!(findings[0].code, codes::MACRO_CYCLE);
        assert!(findings[0].message.contains("`a` calls `b` calls `a`"), "{}", findings[0].message);
    }

    #[test]
    fn places_lead_back_to_the_rule_as_written() {
        let mut macros = Macros::shipped();
        macros.define("m", &[], "long expansion");
        let (expanded, _) = expand("ab `m` cd", &macros);
        assert_eq!(expanded.text, "ab long expansion cd");
        assert_eq!(expanded.origin(0, 2), Span::new(0, 2));
        assert_eq!(expanded.origin(8, 10), Span::new(3, 6));
        assert_eq!(expanded.origin(18, 20), Span::new(7, 9));
    }

    #[test]
    fn undefined_and_malformed_calls_are_refused() {
        let macros = Macros::shipped();
        assert_eq!(expand("`nope(1)`", &macros).1[0].code, codes::UNDEFINED_MACRO);
        assert_eq!(expand("`apply_al(AVL_R76907`", &macros).1[0].code, codes::MALFORMED_MACRO);
        assert_eq!(expand("`get_x", &macros).1[0].code, codes::MALFORMED_MACRO);
    }
}
