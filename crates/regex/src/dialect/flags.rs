//! The inline flags `(?i)`, `(?s-m)`, `(?^x:…)`.

use super::cursor::Cursor;

/// The flags in force at a place of the pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// `i`: letters match in either case.
    pub(crate) caseless: bool,
    /// `m`: `^` and `$` match at line feeds.
    pub(crate) multi_line: bool,
    /// `s`: `.` matches a line feed.
    pub(crate) dot_all: bool,
    /// `x`: white space and `#` comments outside classes mean nothing.
    pub(crate) extended: bool,
    /// `xx`: blanks and tabs inside classes mean nothing either.
    pub(crate) extended_more: bool,
    /// `n`: plain groups do not capture.
    pub(crate) no_capture: bool,
    /// `U`: quantifiers are lazy, and greedy with `?`.
    pub(crate) ungreedy: bool,
}

impl Flags {
    /// Reads flags up to `)` or `:`, which is left unread, and returns the flags then in force. `None` if there is
    /// something that is not a flag.
    pub(crate) fn read(self, cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut flags = self;
        let reset = cursor.eat("^");
        if reset {
            let Self { no_capture: _, ungreedy, .. } = flags;
            flags = Self { ungreedy, ..Self::default() };
        }
        let mut on = true;
        loop {
            match cursor.peek()? {
                ')' | ':' => return Some(flags),
                '-' if on && !reset => {
                    on = false;
                }
                'i' => flags.caseless = on,
                'm' => flags.multi_line = on,
                's' => flags.dot_all = on,
                'n' => flags.no_capture = on,
                'U' => flags.ungreedy = on,
                // Names may always occur twice (§5.6.7), and case never crosses ASCII (§5.6.3).
                'J' | 'r' => {}
                'x' => {
                    flags.extended_more = on && cursor.rest().starts_with("xx");
                    flags.extended = on;
                    cursor.eat("x");
                    cursor.eat("x");
                    continue;
                }
                // Classes are ASCII in any case (§5.6.3).
                'a' => {
                    cursor.eat("a");
                    let _named = ["D", "S", "W", "P", "T"].iter().any(|name| cursor.eat(name));
                    continue;
                }
                _ => return None,
            }
            cursor.next();
        }
    }
}
