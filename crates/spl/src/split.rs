//! Expanded text to stages: the pipes that separate commands (§1.1).

use crate::diagnostic::{Code, codes};

/// Commands whose arguments are expressions, in which a single-quoted field name protects a pipe (§1.1.3).
const EXPRESSION_COMMANDS: &[&str] = &["eval", "where", "stats", "eventstats", "streamstats", "head", "fieldformat"];

/// One stage of a pipeline: offsets into the expanded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The command's name as written; empty for an implied `search`.
    pub name: String,
    /// Where the name (or, for an implied `search`, the stage) begins.
    pub start: usize,
    /// Where the arguments begin.
    pub arguments: usize,
    /// Where the stage ends, white space at the end left out.
    pub end: usize,
    /// The stage with the white space around it: from pipe to pipe. Macros that expanded to nothing may have stood there.
    pub outer: (usize, usize),
}

/// A structural mistake: code, offsets into the expanded text, message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What kind.
    pub code: Code,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What is wrong.
    pub message: String,
}

/// Returns the stages of a rule and what is wrong with its structure.
///
/// Pipes inside double quotes and subsearch brackets do not split; `\|` outside quotes does not either.
#[must_use]
pub fn stages(text: &str) -> (Vec<Stage>, Vec<Mistake>) {
    stages_of(text, 0, text.len(), true)
}

/// Returns the stages of the bytes `start..end` of a text. With `implied`, a first stage without a pipe before it is a `search` whose
/// keyword may be left out; otherwise every stage begins with a command.
#[must_use]
pub(crate) fn stages_of(text: &str, start: usize, end: usize, implied: bool) -> (Vec<Stage>, Vec<Mistake>) {
    let text = text.get(..end).unwrap_or(text);
    let mut splitter = Splitter { text, implied, stages: Vec::new(), mistakes: Vec::new() };
    splitter.run(start.min(text.len()));
    (splitter.stages, splitter.mistakes)
}

/// Returns the offset of the bracket that closes the one at `open`; brackets in double quotes and behind a backslash do not count.
#[must_use]
pub(crate) fn closing_bracket(text: &str, open: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, open);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => at = closing(bytes, at, b'"')?,
            b'[' => depth += 1,
            b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The state of one split.
struct Splitter<'a> {
    text: &'a str,
    /// May the first stage leave out its `search`?
    implied: bool,
    stages: Vec<Stage>,
    mistakes: Vec<Mistake>,
}

impl Splitter<'_> {
    /// Finds the pipes, from an offset on.
    fn run(&mut self, from: usize) {
        let bytes = self.text.as_bytes();
        let (mut start, mut at) = (from, from);
        let mut brackets: Vec<usize> = Vec::new();
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'"' => match closing(bytes, at, b'"') {
                    Some(close) => at = close,
                    None => {
                        self.mistake(codes::UNTERMINATED_QUOTE, at, bytes.len(), "this quote is never closed");
                        at = bytes.len();
                    }
                },
                b'\'' if self.is_expression(start) => at = closing(bytes, at, b'\'').unwrap_or(at),
                b'[' => brackets.push(at),
                b']' => {
                    brackets.pop();
                }
                b'|' if brackets.is_empty() => {
                    self.push(start, at, false);
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        if let Some(&open) = brackets.first() {
            // A bracket is only the rule's structure if a pipe follows it; `[` in a pattern or a term is left to its command.
            if self.text[open..].contains('|') {
                self.mistake(codes::UNBALANCED_BRACKET, open, open + 1, "this bracket is never closed");
            }
        }
        self.push(start, bytes.len(), true);
    }

    /// Does the stage that begins at `start` hold expressions?
    fn is_expression(&self, start: usize) -> bool {
        let name = command_word(self.text[start..].trim_start());
        EXPRESSION_COMMANDS.iter().any(|command| command.eq_ignore_ascii_case(name))
    }

    /// Adds the stage `start..end`.
    fn push(&mut self, start: usize, end: usize, last: bool) {
        let whole = &self.text[start..end];
        let begin = start + (whole.len() - whole.trim_start().len());
        let stage_end = begin + whole.trim().len();
        let first = self.stages.is_empty();
        if whole.trim().is_empty() {
            if first && !last {
                // The rule begins with a pipe: a generating command follows (§1.1.2). The empty name marks it.
                self.stages.push(Stage {
                    name: "|".to_owned(),
                    start: begin,
                    arguments: begin,
                    end: begin,
                    outer: (start, end),
                });
            } else if last && !first {
                self.mistake(
                    codes::TRAILING_PIPE,
                    start.saturating_sub(1),
                    start,
                    "a pipe at the end of the rule was passed over",
                );
            } else if !first {
                self.mistake(
                    codes::EMPTY_STAGE,
                    start.saturating_sub(1),
                    end,
                    "there is no command between these pipes",
                );
            }
            return;
        }
        let text = &self.text[begin..stage_end];
        let word = command_word(text);
        let implied = first && self.implied && !is_search_keyword(text);
        let (name, arguments) = if implied { (String::new(), begin) } else { (word.to_owned(), begin + word.len()) };
        self.stages.push(Stage { name, start: begin, arguments, end: stage_end, outer: (start, end) });
    }

    /// Notes a mistake.
    fn mistake(&mut self, code: Code, start: usize, end: usize, message: &str) {
        self.mistakes.push(Mistake { code, start, end, message: message.to_owned() });
    }
}

/// Does the first stage begin with the keyword `search` (and not with a field of that name)?
fn is_search_keyword(text: &str) -> bool {
    let word = command_word(text);
    let rest = text[word.len()..].trim_start();
    word.eq_ignore_ascii_case("search") && !rest.starts_with('=') && !rest.starts_with("!=")
}

/// Returns the run of command characters at the beginning (§1.1.6).
pub(crate) fn command_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// Returns the offset of the quote that closes the one at `open`; a backslash keeps a quote from closing.
fn closing(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, String)> {
        let (stages, mistakes) = stages(text);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        stages.iter().map(|stage| (stage.name.clone(), text[stage.arguments..stage.end].trim().to_owned())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, arguments)| ((*name).to_owned(), (*arguments).to_owned())).collect()
    }

    #[test]
    fn pipes_in_quotes_and_brackets_do_not_split_s1_1_3() {
        assert_eq!(names("a \"b|c\"|table x"), pairs(&[("", "a \"b|c\""), ("table", "x")]));
        assert_eq!(
            names("a [search b | table c] | where 'x|y'=1"),
            pairs(&[("", "a [search b | table c]"), ("where", "'x|y'=1")])
        );
        assert_eq!(names("it's | table x"), pairs(&[("", "it's"), ("table", "x")]));
        assert_eq!(names("a\\|b"), pairs(&[("", "a\\|b")]));
    }

    #[test]
    fn no_blank_is_needed_round_commands_s1_1_6() {
        assert_eq!(names("search a|regex\"x\""), pairs(&[("search", "a"), ("regex", "\"x\"")]));
        assert_eq!(names("search=1"), pairs(&[("", "search=1")]));
    }

    #[test]
    fn empty_stages_are_errors_and_a_trailing_pipe_a_warning_s1_1_4() {
        assert_eq!(stages("a | | stats count").1[0].code, codes::EMPTY_STAGE);
        assert_eq!(stages("a | ").1[0].code, codes::TRAILING_PIPE);
        assert_eq!(stages("| tstats count").0[0].name, "|");
        assert_eq!(stages("a \"b | c").1[0].code, codes::UNTERMINATED_QUOTE);
    }
}
