//! Brackets as operands of commands (§1.6).

use super::Arguments;
use crate::diagnostic::codes;
use crate::lex::TokenKind;
use crate::pipeline::{self, Begin};
use crate::plan::Plan;
use crate::split;

/// Returns the plan of a subsearch whose text is the bytes `start..end`, inside its brackets (§1.6). `None` after an error.
pub(crate) fn subsearch(arguments: &mut Arguments<'_>, start: usize, end: usize) -> Option<Plan> {
    plan(arguments, (start, end), Begin::Subsearch)
}

/// The same for a bracket that may begin otherwise.
pub(super) fn plan(arguments: &mut Arguments<'_>, inside: (usize, usize), begin: Begin) -> Option<Plan> {
    let steps = pipeline::bracket(arguments.expanded, inside, begin, 0, arguments.findings)?;
    Some(Plan { steps })
}

impl Arguments<'_> {
    /// Is the next token an opening bracket?
    pub(super) fn at_bracket(&self) -> bool {
        self.kind(0) == Some(&TokenKind::Other('['))
    }

    /// Takes the bracket that opens here and returns where its inside lies; `None` after an error.
    pub(super) fn bracket(&mut self) -> Option<(usize, usize)> {
        let open = self.next()?;
        let text = &self.expanded.text[..self.stage.end];
        let Some(close) = split::closing_bracket(text, open.start) else {
            let help = Some("add `]` where the subsearch ends");
            self.error(codes::UNBALANCED_BRACKET, open.start, open.end, "this bracket is never closed", help);
            return None;
        };
        self.resume(close + 1);
        Some((open.end, close))
    }

    /// Takes the one bracket that a command needs as its last argument, and reads the subsearch in it.
    pub(super) fn last_bracket(&mut self, name: &str, begin: Begin) -> Option<Plan> {
        if !self.at_bracket() {
            match self.next() {
                Some(token) => self.unexpected(&token, "a subsearch in brackets"),
                None => self.missing(
                    &format!("`{name}` needs a subsearch in brackets"),
                    &format!("write `{name} [ search … ]`"),
                ),
            }
            return None;
        }
        let inside = self.bracket()?;
        if let Some(token) = self.next() {
            self.unexpected(&token, "nothing follows the subsearch");
            return None;
        }
        plan(self, inside, begin)
    }
}
