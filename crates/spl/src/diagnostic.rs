//! What is wrong, or worth knowing, about a rule: coded, with a place and what to do.

use std::fmt::Write as _;

use crate::span::Span;

mod examples;

pub use examples::EXAMPLES;

/// A stable code. Codes are never reused; texts may change.
///
/// `E…` makes a rule not runnable, `W-…` is a warning (spec §10 and those listed in [`codes`]), `N-…` a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

impl Code {
    /// Does it make the rule not runnable?
    #[must_use]
    pub fn is_error(self) -> bool {
        self.0.starts_with('E')
    }

    /// Returns `error`, `warning` or `note`.
    #[must_use]
    pub fn severity(self) -> &'static str {
        match self.0.as_bytes().first() {
            Some(b'E') => "error",
            Some(b'W') => "warning",
            _ => "note",
        }
    }
}

/// The codes this crate gives, each with its meaning.
pub mod codes {
    use super::Code;

    macro_rules! codes {
        ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
            $($(#[doc = $doc])+ pub const $name: Code = Code($code);)+
            /// Every code of this crate with its meaning, in the order listed here.
            pub const ALL: &[(Code, &str)] = &[$(($name, concat!($($doc),+))),+];
        };
    }

    codes! {
        /// A double quote that opens and never closes. A backslash before the closing quote keeps it from closing (§1.4.5).
        UNTERMINATED_QUOTE = "E0101";
        /// A comment that opens with three backticks and never closes (§1.2).
        UNTERMINATED_COMMENT = "E0102";
        /// Nothing between two pipes (§1.1.4).
        EMPTY_STAGE = "E0103";
        /// A bracket that opens and never closes, or closes and never opened.
        UNBALANCED_BRACKET = "E0104";
        /// A rule without text.
        EMPTY_RULE = "E0105";
        /// A parenthesis that opens and never closes.
        MISSING_PAREN = "E0110";
        /// A parenthesis that closes and never opened.
        EXTRA_PAREN = "E0111";
        /// An operator without what it needs on one of its sides.
        MISSING_OPERAND = "E0112";
        /// `()` or an empty IN list (§1.5.7).
        EMPTY_GROUP = "E0113";
        /// `regex` without a pattern, or a field not followed by `=` or `!=`.
        REGEX_FORM = "E0114";
        /// Text that the command does not take at this place.
        UNEXPECTED_TEXT = "E0115";
        /// A time bound under NOT (§3.14).
        TIME_UNDER_NOT = "E0117";
        /// Parentheses or NOTs nested too deeply.
        TOO_DEEP = "E0118";
        /// A time that cannot be read (§4.6).
        BAD_TIME = "E0119";
        /// A word that is no SPL command.
        UNKNOWN_COMMAND = "E0120";
        /// An SPL command that is known but not supported.
        UNSUPPORTED_COMMAND = "E0121";
        /// An option that the command does not have.
        UNKNOWN_OPTION = "E0122";
        /// An option's value that cannot be read, or an option that is known but not supported.
        BAD_OPTION = "E0123";
        /// A command without an argument that it needs.
        MISSING_ARGUMENT = "E0124";
        /// A word that is no aggregate function.
        UNKNOWN_AGGREGATE = "E0125";
        /// An aggregate function, or a form of one, that is known but not supported.
        UNSUPPORTED_AGGREGATE = "E0126";
        /// A wildcard in a by-clause (§5.10.3).
        WILDCARD_IN_BY = "E0127";
        /// A pattern after `as` that does not have as many `*` as the argument.
        ALIAS_PATTERN = "E0128";
        /// Two output columns with one name (§5.10.5).
        DUPLICATE_NAME = "E0129";
        /// A subsearch where it is not supported.
        UNSUPPORTED_SUBSEARCH = "E0130";
        /// A function that does not exist (§6.5.1).
        UNKNOWN_FUNCTION = "E0140";
        /// A function with too few or too many arguments, or with one of a wrong form (§6.1.5).
        WRONG_ARGUMENTS = "E0141";
        /// A word between two values that is no operator of expressions.
        UNKNOWN_OPERATOR = "E0142";
        /// Two values beside each other: expressions have no implied AND (§1.5.2).
        MISSING_OPERATOR = "E0143";
        /// A value where a condition is needed (§5.8).
        NOT_A_CONDITION = "E0144";
        /// A condition assigned to a field (§5.9.1).
        BOOLEAN_ASSIGNED = "E0145";
        /// `mvfilter` whose condition does not read exactly one field (§6.4).
        MVFILTER_FIELD = "E0146";
        /// `mvmap` over something that is neither a field nor `mvindex` of one (§6.4).
        MVMAP_FIELD = "E0147";
        /// A name that cannot stand here unquoted (§1.7.3, §5.9.2).
        BAD_NAME = "E0148";
        /// A number that cannot be read.
        BAD_NUMBER = "E0149";
        /// `rex` without a named group (§5.7.2).
        NO_NAMED_GROUP = "E0150";
        /// A sed expression that cannot be read (§5.7.5).
        SED_FORM = "E0151";
        /// A clause that is known but not supported.
        UNSUPPORTED_CLAUSE = "E0152";
        /// A command in `foreach` that does not work on one row alone (§5.28).
        NOT_ROW_WISE = "E0153";
        /// A first command behind a leading pipe that makes no rows (§1.1.2).
        NOT_GENERATING = "E0160";
        /// A command that makes rows anywhere but at the beginning (§1.1.2).
        GENERATING_PLACE = "E0161";
        /// A wildcard where a field must be named.
        WILDCARD_FIELD = "E0162";
        /// A time bound where only a condition can stand.
        TIME_BOUND_PLACE = "E0163";
        /// Options or arguments that exclude or need each other.
        OPTION_CONFLICT = "E0164";
        /// A data model: not supported yet (§8).
        DATA_MODEL = "E0170";
        /// A metrics index: an archive has no metrics.
        METRICS = "E0171";
        /// A trained model: machine learning is not supported.
        MODEL = "E0172";
        /// A macro whose text or validation is an expression that cannot be computed (§1.3.7).
        MACRO_EVAL = "E0180";
        /// A macro that refuses its arguments (§1.3.8).
        MACRO_VALIDATION = "E0181";
        /// A macro that is not defined (§1.3.9).
        UNDEFINED_MACRO = "E0201";
        /// A macro call that cannot be read.
        MALFORMED_MACRO = "E0202";
        /// A macro that calls itself, directly or through others (§1.3.5).
        MACRO_CYCLE = "E0203";
        /// Macros that expand too deeply or to too much text.
        MACRO_SIZE = "E0204";
        /// A macro that stands for something of the original environment was replaced by a shipped definition (§1.3.9).
        MACRO_STUB = "W-MACRO-STUB";
        /// `and`, `or`, `not` or `in` in lower case is a bare term in `search` (§1.5.3).
        LOWERCASE_BOOL = "W-LOWERCASE-BOOL";
        /// A comma between terms was passed over (§2.4.3).
        STRAY_COMMA = "W-STRAY-COMMA";
        /// A pipe at the end of the rule was passed over (§1.1.4).
        TRAILING_PIPE = "W-TRAILING-PIPE";
        /// An empty phrase matches every row (§2.3.4).
        EMPTY_PHRASE = "W-EMPTY-PHRASE";
        /// Values of an IN list without commas between them (§3.6).
        IN_BLANKS = "W-IN-BLANKS";
        /// `field=(a OR b)` was read as `(field=a OR field=b)` (§3.9).
        GROUPED_VALUE = "W-GROUPED-VALUE";
        /// A TERM with a major breaker can match nothing in Splunk; treated as a phrase (§2.4.3).
        TERM_BREAKER = "W-TERM-BREAKER";
        /// Quotes that open inside a pattern were dropped (§5.5.5).
        DISPLACED_QUOTE = "W-DISPLACED-QUOTE";
        /// A bound on index time was passed over: an archive has no index time (§3.14).
        INDEX_TIME = "W-INDEX-TIME";
        /// A quoted number compared by order is compared as a text (§4.3.3).
        STRING_ORDER = "W-STRING-ORDER";
        /// `=` in an expression knows no wildcards (§5.8).
        WHERE_STAR = "W-WHERE-STAR";
        /// `like` knows `%` and `_`, not `*` (§6.2).
        LIKE_STAR = "W-LIKE-STAR";
        /// `cidrmatch` takes the network first (§6.2).
        CIDR_ARGUMENTS = "W-CIDR-ARGUMENTS";
        /// The command hands rows on to another system and does nothing here (§5.13.8, §5.29).
        SIDE_EFFECT = "W-SIDE-EFFECT";
        /// An aggregate without parentheses means `fn(*)` (§5.10.10).
        BARE_AGGREGATE = "W-BARE-AGGREGATE";
    }
}

/// One finding about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding.
    pub code: Code,
    /// Where, in bytes of the rule's SPL text.
    pub span: Span,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Further places and what they have to do with it.
    pub labels: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Returns a finding without labels or help.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), labels: Vec::new(), help: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }
}

/// Columns of the rule's text shown on either side of what is underlined.
const CONTEXT: usize = 48;

/// Returns the finding as text: code and message, place, the piece of the rule with carets under it, labels and help.
///
/// `place` is printed after the arrow (a path with line and column, usually). `text` is the rule's SPL text. Control and
/// bidirectional characters of the rule are shown as `\u{…}`, so that no rule can rewrite the terminal.
#[must_use]
pub fn render(diagnostic: &Diagnostic, place: &str, text: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}[{}]: {}", diagnostic.code.severity(), diagnostic.code.0, visible(&diagnostic.message));
    let _ = writeln!(out, "  --> {place}");
    excerpt(&mut out, text, diagnostic.span, "");
    for (span, label) in &diagnostic.labels {
        excerpt(&mut out, text, *span, label);
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "   = help: {}", visible(help));
    }
    out
}

/// One underlined piece of the text.
fn excerpt(out: &mut String, text: &str, span: Span, label: &str) {
    let start = floor(text, span.start as usize);
    let end = floor(text, span.end as usize).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = end.min(line_end);
    let from = floor(text, line_start.max(start.saturating_sub(CONTEXT)));
    let underline_to = floor(text, end.min(start + 2 * CONTEXT)).max(start);
    let to = floor(text, line_end.min(underline_to + CONTEXT));
    let before = visible(&text[from..start]);
    let marked = visible(&text[start..underline_to]);
    let after = visible(&text[underline_to..to]);
    let head = if from > line_start { "…" } else { "" };
    let tail = if to < line_end { "…" } else { "" };
    let _ = writeln!(out, "   |\n   | {head}{before}{marked}{after}{tail}");
    let pad = head.chars().count() + before.chars().count();
    let carets = "^".repeat(marked.chars().count().max(1));
    let _ =
        writeln!(out, "   | {}{carets}{}{}", " ".repeat(pad), if label.is_empty() { "" } else { " " }, visible(label));
}

/// Returns the nearest character boundary at or before `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Returns the text with control and bidirectional formatting characters spelled out.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_span() {
        let diagnostic =
            Diagnostic::new(codes::UNDEFINED_MACRO, Span::new(4, 7), "macro `x` is not defined").help("define it");
        let text = render(&diagnostic, "a.yml:3:5", "foo `x` bar");
        assert!(text.contains("   | foo `x` bar\n   |     ^^^\n"), "{text}");
        assert!(text.starts_with("error[E0201]: macro `x` is not defined\n  --> a.yml:3:5\n"));
        assert!(text.ends_with("   = help: define it\n"));
    }

    #[test]
    fn hostile_characters_are_spelled_out_and_spans_past_the_end_are_safe() {
        let diagnostic = Diagnostic::new(codes::EMPTY_RULE, Span::new(90, 95), "x\u{202e}y\u{1b}[0m");
        let text = render(&diagnostic, "p", "é\u{7}");
        assert!(text.contains("x\\u{202e}y\\u{1b}[0m"));
        assert!(text.contains("é\\u{7}"));
    }
}
