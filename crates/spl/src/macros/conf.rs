//! The file form of macros, `macros.conf`: stanzas `[name]` or `[name(2)]` with `definition`, `args`, `iseval`, `validation` and
//! `errormsg` (§1.3).

use std::error::Error;
use std::fmt;

use super::MacroDefinition;
use crate::commands::boolean;

/// Why a file is no `macros.conf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl fmt::Display for ConfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl Error for ConfError {}

/// Returns the macros that the text of a `macros.conf` defines, in its order; of several stanzas with one name and number of arguments
/// the last counts, at the place of the first.
///
/// Settings before the first stanza, those of `[default]`, and those that say nothing about a macro's meaning are passed over.
///
/// # Errors
///
/// For the first line that cannot be read, or the first stanza that defines no macro.
///
/// ```
/// let text = "[between(2)]\nargs = low, high\ndefinition = bytes>$low$ \\\nbytes<$high$\n";
/// let macros = retrohunt_spl::macros::conf::read(text).unwrap();
/// assert_eq!((macros[0].name.as_str(), macros[0].arguments.len()), ("between", 2));
/// assert_eq!(macros[0].definition, "bytes>$low$ \nbytes<$high$");
/// ```
pub fn read(text: &str) -> Result<Vec<MacroDefinition>, ConfError> {
    let mut found: Vec<MacroDefinition> = Vec::new();
    let mut stanza: Option<Stanza> = None;
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let error = |message: String| ConfError { line: index + 1, message };
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(header) = trimmed.strip_prefix('[') {
            if let Some(done) = stanza.take() {
                keep(&mut found, done)?;
            }
            let header =
                header.strip_suffix(']').ok_or_else(|| error("this stanza is never closed with `]`".to_owned()))?;
            stanza = Some(Stanza::new(header.trim(), index + 1).map_err(error)?);
            continue;
        }
        let Some((key, first)) = trimmed.split_once('=') else {
            return Err(error(format!("`{trimmed}` is neither `[stanza]` nor `setting = value`")));
        };
        let mut value = first.trim_start().to_owned();
        // A backslash at the end of a line continues the value on the next one.
        while let Some(head) = value.strip_suffix('\\') {
            value.truncate(head.len());
            let Some((_, next)) = lines.next() else { break };
            value.push('\n');
            value.push_str(next.trim_end());
        }
        if let Some(stanza) = &mut stanza {
            stanza.set(key.trim(), value.trim()).map_err(error)?;
        }
    }
    if let Some(done) = stanza {
        keep(&mut found, done)?;
    }
    Ok(found)
}

/// A stanza while it is read.
struct Stanza {
    /// Line of its header.
    line: usize,
    /// Number of arguments that the header says.
    count: usize,
    /// Was there a definition?
    defined: bool,
    /// `[default]` defines no macro.
    default: bool,
    macro_: MacroDefinition,
}

impl Stanza {
    /// Reads `name` or `name(2)`.
    fn new(header: &str, line: usize) -> Result<Self, String> {
        let wrong = || format!("`[{header}]` is no macro: write `[name]` or `[name(2)]` with the number of arguments");
        let (name, count) = match header.split_once('(') {
            None => (header, 0),
            Some((name, count)) => {
                let count = count.strip_suffix(')').ok_or_else(wrong)?;
                (name.trim_end(), count.trim().parse().map_err(|_| wrong())?)
            }
        };
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        if name.is_empty() || !name.chars().all(valid) {
            return Err(wrong());
        }
        let macro_ = MacroDefinition { name: name.to_owned(), ..MacroDefinition::default() };
        Ok(Self { line, count, defined: false, default: header == "default", macro_ })
    }

    /// Takes one setting.
    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let text = (!value.is_empty()).then(|| value.to_owned());
        match key.to_ascii_lowercase().as_str() {
            "definition" => {
                value.clone_into(&mut self.macro_.definition);
                self.defined = true;
            }
            "args" => {
                let names = value.split(',').map(|name| name.trim().to_owned());
                self.macro_.arguments = names.filter(|name| !name.is_empty()).collect();
            }
            "iseval" => {
                self.macro_.is_eval =
                    boolean(value).ok_or_else(|| format!("`{value}` is not a value of iseval: write true or false"))?;
            }
            "validation" => self.macro_.validation = text,
            "errormsg" => self.macro_.error_message = text,
            _ => {}
        }
        Ok(())
    }
}

/// Checks a stanza that is complete, and adds its macro.
fn keep(found: &mut Vec<MacroDefinition>, stanza: Stanza) -> Result<(), ConfError> {
    let Stanza { line, count, defined, default, macro_ } = stanza;
    if default {
        return Ok(());
    }
    let error = |message: String| Err(ConfError { line, message });
    let name = &macro_.name;
    if !defined {
        return error(format!("the macro `{name}` has no definition"));
    }
    let named = macro_.arguments.len();
    if named != count {
        return error(format!("the macro `{name}` says that it has {count} arguments, but `args` names {named}"));
    }
    let twice = (1..named).find(|&at| macro_.arguments[..at].contains(&macro_.arguments[at]));
    if let Some(at) = twice {
        return error(format!("the macro `{name}` has two arguments `{}`", macro_.arguments[at]));
    }
    let same = |other: &MacroDefinition| other.name == macro_.name && other.arguments.len() == count;
    match found.iter().position(same) {
        Some(index) => found[index] = macro_,
        None => found.push(macro_),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_settings_are_read_with_bom_and_crlf() {
        let text = "\u{feff}# site\r\nowner = x\r\n[default]\r\nfoo=1\r\n\r\n[sel]\r\ndefinition = index=main OR\\\r\n  index=b\r\n\
                    [lim(1)]\r\nargs = n\r\niseval = 1\r\nvalidation = isnum($n$)\r\nerrormsg = n is a number\r\n\
                    definition = \"head \" . $n$\r\ndescription = d\r\n";
        let macros = read(text).unwrap();
        assert_eq!(macros.len(), 2);
        assert_eq!(macros[0].definition, "index=main OR\n  index=b");
        assert_eq!(
            macros[1],
            MacroDefinition {
                name: "lim".to_owned(),
                arguments: vec!["n".to_owned()],
                definition: "\"head \" . $n$".to_owned(),
                is_eval: true,
                validation: Some("isnum($n$)".to_owned()),
                error_message: Some("n is a number".to_owned()),
            }
        );
    }

    #[test]
    fn the_last_of_two_stanzas_counts_by_name_and_number_of_arguments() {
        let macros =
            read("[a]\ndefinition=1\n[b]\ndefinition=2\n[a(1)]\nargs=x\ndefinition=3\n[a]\ndefinition=4\n").unwrap();
        let texts: Vec<&str> = macros.iter().map(|found| found.definition.as_str()).collect();
        assert_eq!(texts, ["4", "2", "3"]);
    }

    #[test]
    fn mistakes_have_their_line() {
        let wrong = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(wrong("[a\n"), "line 1: this stanza is never closed with `]`");
        assert_eq!(wrong("\n[a]\ndefinition=1\nfoo\n"), "line 4: `foo` is neither `[stanza]` nor `setting = value`");
        assert_eq!(wrong("# x\n[a]\n[b]\ndefinition=1"), "line 2: the macro `a` has no definition");
        assert!(
            wrong("[a(2)]\nargs=x\ndefinition=1").starts_with("line 1: the macro `a` says that it has 2 arguments")
        );
        assert!(wrong("[a(2)]\nargs=x,x\ndefinition=1").ends_with("has two arguments `x`"));
        assert!(wrong("[a b]\n").starts_with("line 1: `[a b]` is no macro"));
        assert!(wrong("[a(x)]\n").contains("is no macro"));
        assert!(wrong("[a]\niseval=maybe\n").starts_with("line 2: `maybe`"));
    }

    #[test]
    fn a_continuation_at_the_end_of_the_file_is_just_the_end() {
        assert_eq!(read("[a]\ndefinition = x \\").unwrap()[0].definition, "x");
        assert_eq!(read("").unwrap(), []);
    }
}
