//! Macros and comments out of the text, before anything else is read (§1.2, §1.3).
//!
//! Expansion is textual: a macro may hold pipes, stages or a part of an expression. [`Expanded`] remembers for every byte where it
//! came from, so that later messages point at the rule as it was written: at the text itself, or at the macro call.

use std::cell::Cell;

use crate::diagnostic::{Diagnostic, codes};
use crate::escape;
use crate::macros::{self, Definition, Macros, Origin};
use crate::span::Span;

/// How deeply macros may call macros (§1.3.5).
const MAX_DEPTH: usize = 100;
/// How much text a rule may expand to, in bytes.
const MAX_BYTES: usize = 4 << 20;
/// How many calls a rule may hold in the end: macros that expand to nothing need no text.
const MAX_CALLS: usize = 100_000;
/// How deeply groups, brackets and texts within texts may nest together.
pub(crate) const MAX_NESTING: usize = 200;

/// A rule's text without macros and comments.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Runs of the text by where they came from, ascending by `start`.
    segments: Vec<Segment>,
    /// Offsets at which a macro stood that expanded to nothing, ascending.
    holes: Vec<usize>,
    /// How deep in brackets, groups and texts within texts is what is being read now.
    depth: Cell<usize>,
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

    /// Did a macro or a comment stand in this part of the expanded text, ends included?
    #[must_use]
    pub(crate) fn put_in(&self, start: usize, end: usize) -> bool {
        let first = self.segments.partition_point(|segment| segment.start <= start).saturating_sub(1);
        let mut within = self.segments.iter().skip(first).take_while(|segment| segment.start < end);
        self.hole(start, end) || within.any(|segment| matches!(segment.from, From::Call(_)))
    }

    /// How deep is what is being read now?
    #[must_use]
    pub(crate) fn depth(&self) -> usize {
        self.depth.get()
    }

    /// Reads something that lies so many levels deeper; `None` if that is too deep for any stack.
    pub(crate) fn deeper<T>(&self, levels: usize, read: impl FnOnce() -> T) -> Option<T> {
        let outer = self.depth.get();
        let inner = outer.saturating_add(levels);
        if inner > MAX_NESTING {
            return None;
        }
        self.depth.set(inner);
        let result = read();
        self.depth.set(outer);
        Some(result)
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
        let mut out = Self { depth: self.depth.clone(), ..Self::default() };
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
    let mut expander = Expander { macros, out: Expanded::default(), findings: Vec::new(), chain: Vec::new(), calls: 0 };
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
    /// Calls replaced so far.
    calls: usize,
}

impl Expander<'_> {
    /// Expands `text`, which is the rule itself (`call` is `None`) or a macro's definition.
    fn run(&mut self, text: &str, call: Option<Span>) {
        let from = |at: usize| call.map_or(From::Source(at), From::Call);
        let bytes = text.as_bytes();
        let (mut at, mut copied, mut quoted) = (0, 0, Quoted::No);
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'"' if quoted != Quoted::No => quoted = Quoted::No,
                b'"' if self.opens_search(&text[copied..at]) => quoted = Quoted::Search,
                b'"' => quoted = Quoted::Text,
                b'`' if quoted != Quoted::Text => {
                    self.out.push(&text[copied..at], from(copied));
                    let end = match quoted {
                        Quoted::Search => Some(self.quoted_call(text, at, call)),
                        _ if bytes[at..].starts_with(b"```") => self.comment(text, at, call),
                        _ => self.call(text, at, call),
                    };
                    let Some(end) = end.filter(|_| self.calls <= MAX_CALLS) else { return };
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

    /// Does a quote that follows `pending` open the search of a `map`? Macros in it are called, for published rules do so, while a
    /// backtick in any other quoted text is a character (§1.3.6; corpus §1.2, §11.3).
    fn opens_search(&self, pending: &str) -> bool {
        const LONGEST: usize = 80;
        let mut head = pending;
        let joined;
        if pending.len() < LONGEST {
            let mut from = self.out.text.len().saturating_sub(LONGEST);
            while !self.out.text.is_char_boundary(from) {
                from += 1;
            }
            joined = format!("{}{pending}", &self.out.text[from..]);
            head = &joined;
        }
        let word = |text: &str, word: &str| {
            let from = text.len().checked_sub(word.len())?;
            text.get(from..).filter(|end| end.eq_ignore_ascii_case(word)).map(|_| from)
        };
        let head = head.trim_end();
        let Some(head) = head.strip_suffix('=').map(str::trim_end) else { return false };
        let Some(head) = word(head, "search").map(|from| &head[..from]) else { return false };
        let stage = head.rfind(['|', '[']).map_or(head, |at| &head[at + 1..]).trim_start();
        stage.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("map"))
            && stage[3..].starts_with(char::is_whitespace)
    }

    /// Replaces the call that opens at `at` inside a quoted search; returns where it ends. What it stands for is escaped, so that the
    /// search holds exactly that. Backticks round anything but a call are characters.
    fn quoted_call(&mut self, text: &str, at: usize, outer: Option<Span>) -> usize {
        let end = text[at + 1..].find(['`', '"']).map(|length| at + 1 + length);
        let end = end.filter(|&end| text.as_bytes()[end] == b'`');
        let inner = end.map(|end| escape::string(text[at + 1..end].trim()));
        let (Some(end), Some((name, arguments))) = (end, inner.as_deref().and_then(read_call)) else {
            self.out.push("`", outer.map_or(From::Source(at), From::Call));
            return at + 1;
        };
        let span = outer.unwrap_or(Span::new(at, end + 1));
        let before = self.out.text.len();
        self.replace(name, &arguments, span);
        let escaped = escape::quote(&self.out.text[before..]);
        self.out.text.truncate(before);
        self.out.segments.retain(|segment| segment.start < before);
        self.out.push(&escaped[1..escaped.len() - 1], From::Call(span));
        end + 1
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

    /// Checks a macro's arguments (§1.3.8) and computes its text (§1.3.7), where its definition says so.
    fn computed(&mut self, name: &str, mut definition: Definition, span: Span) -> Option<Definition> {
        let mut refuse = |code, message: String, help: &str| {
            self.findings.push(Diagnostic::new(code, span, message).help(help));
            None
        };
        if let Some(validation) = &definition.validation
            && let Err(failure) = macros::validate(self.macros, validation)
        {
            return match failure {
                macros::Failure::Refused(given) => {
                    let why = given.or_else(|| definition.error_message.clone());
                    let why = why.unwrap_or_else(|| "its validation is not true".to_owned());
                    let message = format!("the macro `{name}` refuses its arguments: {why}");
                    refuse(codes::MACRO_VALIDATION, message, "change the arguments of the call")
                }
                macros::Failure::Broken(why) => {
                    let message = format!("the validation of the macro `{name}` cannot be computed: {why}");
                    refuse(codes::MACRO_EVAL, message, "it must be an expression that reads no field")
                }
            };
        }
        if definition.is_eval {
            match macros::compute(self.macros, &definition.text) {
                Ok(text) => definition.text = text,
                Err(why) => {
                    let message = format!("the text of the macro `{name}` cannot be computed: {why}");
                    return refuse(
                        codes::MACRO_EVAL,
                        message,
                        "it must be an expression that reads no field and gives a text",
                    );
                }
            }
        }
        Some(definition)
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
        self.calls += 1;
        let too_long = self.out.text.len() + definition.text.len() > MAX_BYTES;
        if self.chain.len() >= MAX_DEPTH || too_long || self.calls > MAX_CALLS {
            self.calls = MAX_CALLS + 1;
            self.findings.push(Diagnostic::new(
                codes::MACRO_SIZE,
                span,
                format!(
                    "macros expand too deeply or to too much text (limits: {MAX_DEPTH} levels, {MAX_CALLS} calls, {MAX_BYTES} bytes)"
                ),
            ));
            return;
        }
        let Some(definition) = self.computed(name, definition, span) else { return };
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

/// In what kind of quoted text is the expansion?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoted {
    /// In none.
    No,
    /// In one whose backticks are characters.
    Text,
    /// In the search of a `map`.
    Search,
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

    #[test]
    fn section_1_3_5_macros_that_multiply_are_refused_in_time() {
        // 2^60 calls that leave no text; 2^60 bytes.
        for text in ["", "xxxxxxxx"] {
            let mut macros = Macros::shipped();
            for level in 0..60 {
                macros.define(&format!("m{level}"), &[], &format!("`m{0}``m{0}`", level + 1));
            }
            macros.define("m60", &[], text);
            let (_, findings) = expand("`m0`", &macros);
            assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), [codes::MACRO_SIZE]);
        }
    }

    #[test]
    fn section_1_3_5_a_hundred_levels_are_enough() {
        let mut macros = Macros::shipped();
        for level in 0..100 {
            macros.define(&format!("m{level}"), &[], &format!("`m{}`", level + 1));
        }
        macros.define("m100", &[], "x");
        assert_eq!(text("`m1`", &macros), "x");
        assert_eq!(expand("`m0`", &macros).1[0].code, codes::MACRO_SIZE);
    }

    #[test]
    fn section_1_3_6_backticks_in_quotes_call_nothing_but_in_the_search_of_a_map() {
        let mut macros = Macros::shipped();
        macros.define("m", &[], "a=\"b\\c\"");
        let quoted = r#"x="`m`" | eval y="search=`m`" | table z"#;
        assert_eq!(text(quoted, &macros), quoted);
        assert_eq!(text(r#"x | map search="search `m` d""#, &macros), r#"x | map search="search a=\"b\\c\" d""#);
        assert_eq!(
            text(r#"[| map maxsearches=9 search = "`m`"]"#, &macros),
            r#"[| map maxsearches=9 search = "a=\"b\\c\""]"#
        );
        assert_eq!(text(r#"search="`m`" mapsearch="`m`""#, &macros), r#"search="`m`" mapsearch="`m`""#);
    }
}
