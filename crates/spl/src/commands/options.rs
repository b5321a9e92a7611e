//! What the arguments of many commands have in common: options, exact field names, numbers.

use super::{Arguments, boolean, field_name};
use crate::diagnostic::codes;
use crate::escape;
use crate::lex::{Token, TokenKind};
use crate::plan::{CompareOp, FieldPattern, Glob, SearchCommand};

/// One `name=value`.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Name in lower case.
    pub(super) name: String,
    /// The value, quotes and escapes removed.
    pub(super) value: String,
    /// Where the value stands.
    pub(super) token: Token,
    /// Where the name begins.
    pub(super) start: usize,
}

impl Arguments<'_> {
    /// Takes an option if one is next. The value may be a separator written without quotes (`delim=,`).
    pub(super) fn setting(&mut self) -> Option<Setting> {
        let start = self.peek()?.start;
        if let Some((name, value, token)) = self.option() {
            return Some(Setting { name, value, token, start });
        }
        let [name, op, token] = self.tokens.get(self.at..self.at + 3)? else { return None };
        let (TokenKind::Word(name), TokenKind::Op(CompareOp::Eq)) = (&name.kind, &op.kind) else { return None };
        let value = match token.kind {
            TokenKind::Comma => ",".to_owned(),
            TokenKind::Op(CompareOp::Eq) => "=".to_owned(),
            TokenKind::Other(c) if c != '[' => c.to_string(),
            _ => return None,
        };
        if token.start != op.end {
            return None;
        }
        let setting = Setting { name: name.to_ascii_lowercase(), value, token: token.clone(), start };
        self.at += 3;
        Some(setting)
    }

    /// Refuses an option that the command does not have.
    pub(super) fn no_option<T>(&mut self, command: &str, setting: &Setting, known: &str) -> Option<T> {
        let message = format!("`{command}` has no option `{}`", setting.name);
        let help = format!("known: {known}");
        self.error(codes::UNKNOWN_OPTION, setting.start, setting.token.end, &message, Some(&help));
        None
    }

    /// Refuses an option's value.
    pub(super) fn bad_value<T>(&mut self, setting: &Setting, help: &str) -> Option<T> {
        let message = format!("`{}` is not a value of `{}`", setting.value, setting.name);
        self.error(codes::BAD_OPTION, setting.token.start, setting.token.end, &message, Some(help));
        None
    }

    /// Refuses an option that is known but not supported.
    pub(super) fn unsupported_option<T>(&mut self, command: &str, setting: &Setting) -> Option<T> {
        let message = format!("the option `{}` of `{command}` is not supported", setting.name);
        self.error(codes::BAD_OPTION, setting.start, setting.token.end, &message, None);
        None
    }

    /// Reads a Boolean value.
    pub(super) fn flag(&mut self, setting: &Setting) -> Option<bool> {
        boolean(&setting.value).or_else(|| self.bad_value(setting, "write true or false"))
    }

    /// Reads a number of rows or values.
    pub(super) fn count(&mut self, setting: &Setting) -> Option<u64> {
        setting.value.parse().ok().or_else(|| self.bad_value(setting, "write a number, 0 or greater"))
    }

    /// Takes a bare number if one is next.
    pub(super) fn number(&mut self) -> Option<(u64, Token)> {
        let token = self.peek()?.clone();
        let TokenKind::Word(word) = &token.kind else { return None };
        let number = word.parse().ok().filter(|_| word.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.at += 1;
        Some((number, token))
    }

    /// Reads a token as the name of one field; `what` says what is wanted. `None` after an error.
    pub(super) fn exact(&mut self, token: &Token, what: &str) -> Option<String> {
        let Some(name) = field_name(&token.kind) else {
            self.unexpected(token, what);
            return None;
        };
        if name.contains('*') {
            let message = format!("`{name}` is a pattern, but one field is needed here");
            self.error(codes::WILDCARD_FIELD, token.start, token.end, &message, Some("name the field"));
            return None;
        }
        Some(name)
    }

    /// Takes the next token as the name of one field.
    pub(super) fn exact_field(&mut self, missing: &str, help: &str) -> Option<String> {
        match self.next() {
            Some(token) => self.exact(&token, "a field name"),
            None => {
                self.missing(missing, help);
                None
            }
        }
    }

    /// Reads a token as a field or a pattern over fields.
    pub(super) fn pattern(&mut self, token: &Token, what: &str) -> Option<FieldPattern> {
        match field_name(&token.kind) {
            Some(name) => Some(FieldPattern { glob: Glob::new(&name) }),
            None => {
                self.unexpected(token, what);
                None
            }
        }
    }

    /// Takes the next token as a name that may hold parentheses (`count(x)`), as `stats` makes them.
    pub(super) fn column(&mut self) -> Option<(String, Token)> {
        let mut token = self.next()?;
        let name = field_name(&token.kind)?;
        let touching =
            |next: Option<&Token>| next.is_some_and(|next| next.kind == TokenKind::Open && next.start == token.end);
        if !matches!(token.kind, TokenKind::Word(_)) || !touching(self.peek()) {
            return Some((name, token));
        }
        let mut depth = 0_usize;
        for at in self.at..self.tokens.len() {
            match self.tokens[at].kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                token.end = self.tokens[at].end;
                self.at = at + 1;
                return Some((escape::string(&self.expanded.text[token.start..token.end]), token));
            }
        }
        None
    }

    /// Refuses time bounds in a search that is only a condition; its text is the bytes `start..end`.
    pub(super) fn no_bounds(&mut self, search: &SearchCommand, start: usize, end: usize) -> Option<()> {
        if search.earliest.is_none() && search.latest.is_none() {
            return Some(());
        }
        let message = "a time bound cannot stand here";
        self.error(codes::TIME_BOUND_PLACE, start, end, message, Some("put it into the first search"));
        None
    }

    /// Refuses whatever is left.
    pub(super) fn finish(&mut self, wanted: &str) -> Option<()> {
        match self.next() {
            Some(token) => {
                self.unexpected(&token, wanted);
                None
            }
            None => Some(()),
        }
    }

    /// Passes over a comma, if one is next.
    pub(super) fn comma(&mut self) -> bool {
        let comma = self.kind(0) == Some(&TokenKind::Comma);
        self.at += usize::from(comma);
        comma
    }
}
