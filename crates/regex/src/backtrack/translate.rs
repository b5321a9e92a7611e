//! Our tree to a pattern of `fancy_regex`, with everything spelt out.
//!
//! Nothing of the user's text is passed on: code points are written as numbers, `\w \d \s \b` and case as explicit sets
//! (§5.6.3, §2.6), `$` and `(?m)^` as look-arounds. So no flag and no default of the engine has a say.
//!
//! The engine hands parts that need no backtracking to automata, which is exact as long as no group is set inside and no
//! round of a loop is empty; [`HARD`] keeps it from handing over those.

use crate::dialect::ast::{Assertion, Condition, Kind, Look, Node, Reference};
use crate::error::{Error, Problem};
use crate::lower::{char_members, set_members};
use regex_syntax::hir::ClassUnicode;
use std::fmt::Write as _;

/// Always holds, and is not left to an automaton.
const HARD: &str = "(?=)";
/// The same, where it is repeated: the engine repeats a sequence, but not a single look-around.
const ROUND: &str = "(?=)(?=)";
/// Never holds.
const NEVER: &str = "(?!)";
/// The members of `\w`.
const WORD: &str = "[0-9A-Za-z_]";
/// Most code points of a look-behind that may be of several lengths, as in PCRE2.
const MAX_VARIABLE: u32 = 255;
/// Most code points of any look-behind, as in PCRE2.
const MAX_FIXED: u32 = 65_535;

/// Returns the pattern of `root`, whose groups have the given names.
///
/// # Errors
///
/// If a look-behind is too wide, or a conditional asks more than the engine can tell.
pub(crate) fn translate(root: &Node, names: &[Option<String>]) -> Result<String, Error> {
    let mut translation = Translation { out: String::new(), names, captures: true };
    translation.node(root)?;
    Ok(translation.out)
}

/// A pattern as it is written.
struct Translation<'n> {
    /// What is written so far.
    out: String,
    /// Names of groups.
    names: &'n [Option<String>],
    /// Whether groups capture; not in a part that is written a second time.
    captures: bool,
}

impl Translation<'_> {
    /// Writes `text`.
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes a node; alternatives are not set in parentheses.
    fn node(&mut self, node: &Node) -> Result<(), Error> {
        match &node.kind {
            Kind::Empty => {}
            Kind::Char { value, caseless } => self.class(&char_members(*value, *caseless)),
            Kind::Set(set) => self.class(&set_members(set)),
            Kind::Dot { matches_lf: true } => self.push("(?s:.)"),
            Kind::Dot { matches_lf: false } => self.push("."),
            Kind::Assert(assertion) => self.assertion(*assertion),
            Kind::Newline => self.push(r"(?>\x{D}\x{A}|[\x{A}-\x{D}\x{85}\x{2028}\x{2029}])"),
            Kind::Group { capture: Some(_), inner } if self.captures => self.wrapped("(", HARD, inner)?,
            Kind::Group { inner, .. } => self.wrapped("(?:", "", inner)?,
            Kind::Concat(items) => {
                for item in items {
                    self.item(item)?;
                }
            }
            Kind::Alternate(branches) => {
                for (index, branch) in branches.iter().enumerate() {
                    self.push(if index == 0 { "" } else { "|" });
                    self.node(branch)?;
                }
            }
            Kind::Repeat { inner, min, max, greedy } => self.repeat(inner, *min, *max, *greedy)?,
            Kind::Look(look) => self.look(look, look.negated)?,
            Kind::Atomic(inner) => self.wrapped("(?>", "", inner)?,
            Kind::Backreference { group, caseless } => self.backreference(group, *caseless),
            Kind::KeepOut => self.push(r"\K"),
            Kind::Conditional { condition, yes, no } => self.conditional(condition, yes, no, node.span.start)?,
        }
        Ok(())
    }

    /// Writes a node that has neighbours.
    fn item(&mut self, node: &Node) -> Result<(), Error> {
        if matches!(node.kind, Kind::Alternate(_)) { self.wrapped("(?:", "", node) } else { self.node(node) }
    }

    /// Writes a node in parentheses, behind `first`.
    fn wrapped(&mut self, open: &str, first: &str, inner: &Node) -> Result<(), Error> {
        self.push(open);
        self.push(first);
        if first.is_empty() {
            self.node(inner)?;
        } else {
            self.item(inner)?;
        }
        self.push(")");
        Ok(())
    }

    /// Writes one code point out of a class.
    fn class(&mut self, class: &ClassUnicode) {
        let point = |out: &mut String, point: char| {
            if point.is_ascii_alphanumeric() {
                out.push(point);
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\x{{{:X}}}", u32::from(point));
            }
        };
        match class.ranges() {
            [] => self.push(NEVER),
            [only] if only.start() == only.end() => point(&mut self.out, only.start()),
            ranges => {
                self.push("[");
                for range in ranges {
                    point(&mut self.out, range.start());
                    if range.start() < range.end() {
                        self.push("-");
                        point(&mut self.out, range.end());
                    }
                }
                self.push("]");
            }
        }
    }

    /// Writes a condition.
    fn assertion(&mut self, assertion: Assertion) {
        let text = match assertion {
            Assertion::Start => r"\A",
            // The engine ends a search at a `\G` that may come first and does not hold, but not inside an alternation.
            Assertion::SearchStart => r"(?:\G|(?!))",
            Assertion::End => r"\z",
            Assertion::Dollar => r"(?=\x{A}?\z)",
            Assertion::LineStart => r"(?:\A|(?<=\x{A})(?!\z))",
            Assertion::LineEnd => r"(?=\x{A}|\z)",
            Assertion::WordBoundary => return self.boundary([("(?<=", "(?!"), ("(?<!", "(?=")]),
            Assertion::NotWordBoundary => return self.boundary([("(?<=", "(?="), ("(?<!", "(?!")]),
            Assertion::WordStart => return self.boundary([("(?<!", "(?=")]),
            Assertion::WordEnd => return self.boundary([("(?<=", "(?!")]),
        };
        self.push(text);
    }

    /// Writes conditions on whether a word stands before and behind the place, of which one must hold.
    fn boundary<const N: usize>(&mut self, sides: [(&str, &str); N]) {
        let sides = sides.map(|(before, behind)| format!("{before}{WORD}){behind}{WORD})"));
        self.push("(?:");
        self.push(&sides.join("|"));
        self.push(")");
    }

    /// Writes a repeat.
    fn repeat(&mut self, inner: &Node, min: u32, max: Option<u32>, greedy: bool) -> Result<(), Error> {
        if (min, max) == (1, Some(1)) {
            return self.item(inner);
        }
        if max == Some(0) && !inner.captures() {
            return Ok(());
        }
        match inner.kind {
            _ if inner.may_be_empty() => self.wrapped("(?:", ROUND, inner)?,
            Kind::Char { .. } | Kind::Set(_) | Kind::Dot { .. } | Kind::Group { .. } => self.node(inner)?,
            _ => self.wrapped("(?:", "", inner)?,
        }
        match (min, max) {
            (0, None) => self.push("*"),
            (1, None) => self.push("+"),
            (0, Some(1)) => self.push("?"),
            (min, None) => self.push(&format!("{{{min},}}")),
            (min, Some(max)) => self.push(&format!("{{{min},{max}}}")),
        }
        self.push(if greedy { "" } else { "?" });
        Ok(())
    }

    /// Writes a look-around, negated or not.
    fn look(&mut self, look: &Look, negated: bool) -> Result<(), Error> {
        if !look.behind {
            return self.wrapped(if negated { "(?!" } else { "(?=" }, "", &look.inner);
        }
        let branches = match &look.inner.kind {
            Kind::Alternate(branches) => branches.as_slice(),
            _ => std::slice::from_ref(&*look.inner),
        };
        // Once one branch was found, PCRE does not come back for another.
        self.push(if negated { "" } else { "(?>" });
        for (index, branch) in branches.iter().enumerate() {
            self.push(if index == 0 || negated { "" } else { "|" });
            let offset = branch.span.start;
            match branch.width() {
                (least, Some(most)) if least == most && most <= MAX_FIXED => {}
                (_, Some(most)) if most <= MAX_VARIABLE => {
                    if branch.captures() {
                        let what = "a capturing group in a branch of several lengths";
                        return Err(Error::new(Problem::Lookbehind, offset, what));
                    }
                }
                _ => return Err(Error::new(Problem::Lookbehind, offset, "a branch without a limit of its length")),
            }
            self.wrapped(if negated { "(?<!" } else { "(?<=" }, "", branch)?;
        }
        self.push(if negated { "" } else { ")" });
        Ok(())
    }

    /// Returns the numbers of the groups that a reference means.
    fn groups(&self, reference: &Reference) -> Vec<usize> {
        match reference {
            Reference::Number(number) => vec![usize::try_from(*number).unwrap_or(usize::MAX)],
            Reference::Name(name) => {
                let named = self.names.iter().enumerate().filter(|(_, known)| known.as_ref() == Some(name));
                named.map(|(group, _)| group).collect()
            }
        }
    }

    /// Writes a backreference: to the first of the groups that took part.
    fn backreference(&mut self, reference: &Reference, caseless: bool) {
        let groups = self.groups(reference);
        let open = if caseless { "(?i:" } else { "(?:" };
        for (index, group) in groups.iter().enumerate() {
            let last = index + 1 == groups.len();
            let text = if last { format!("{open}\\{group})") } else { format!("(?({group}){open}\\{group})|") };
            self.push(&text);
        }
        self.push(&")".repeat(groups.len().saturating_sub(1)));
    }

    /// Writes a conditional that stood at `offset`.
    fn conditional(&mut self, condition: &Condition, yes: &Node, no: &Node, offset: usize) -> Result<(), Error> {
        match condition {
            Condition::Group(reference) => {
                let groups = self.groups(reference);
                let [group] = groups.as_slice() else {
                    let what = "a condition on a name that occurs twice";
                    return Err(Error::new(Problem::Conditional, offset, what));
                };
                self.push(&format!("(?({group})"));
                self.wrapped("(?:", HARD, yes)?;
                self.push("|");
                self.wrapped("(?:", HARD, no)?;
            }
            Condition::Look(look) => {
                let refers = look.inner.any(&|node| {
                    let asks = matches!(node.kind, Kind::Conditional { condition: Condition::Group(_), .. });
                    asks || matches!(node.kind, Kind::Backreference { .. })
                });
                // Where a negated condition fails, its groups stay set in PCRE.
                if (refers || look.negated) && look.inner.captures() {
                    let what = "a group inside a condition that is negated or has backreferences";
                    return Err(Error::new(Problem::Conditional, offset, what));
                }
                // Where it holds, only `yes` is tried, so the other branch begins with its opposite.
                self.push("(?:");
                self.look(look, look.negated)?;
                self.item(yes)?;
                self.push("|");
                let captures = std::mem::replace(&mut self.captures, false);
                self.look(look, !look.negated)?;
                self.captures = captures;
                self.item(no)?;
            }
        }
        self.push(")");
        Ok(())
    }
}
