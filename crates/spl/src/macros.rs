//! Macro definitions: those that a user gives, and those that stand for what a catalogue's own environment defines (§1.3.9).

use std::collections::HashMap;

/// Where a definition came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Given by the user.
    User,
    /// Part of the language (`comment`).
    Language,
    /// A stand-in for a definition that the catalogue leaves to its environment; its use is a warning.
    Shipped,
}

/// A macro's text with its arguments put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The text that takes the place of the call.
    pub text: String,
    /// Who defined it.
    pub origin: Origin,
    /// For a shipped one, what it was taken to mean, as the second half of a sentence.
    pub stands_for: &'static str,
}

/// A set of macros, by name and number of arguments.
#[derive(Clone, Debug, Default)]
pub struct Macros {
    /// User definitions: parameter names and text.
    defined: HashMap<(String, usize), (Vec<String>, String)>,
}

/// Prefixes of the catalogues' data-selection macros, which name an index and a source type of one installation.
const SELECTIONS: &[&str] = &[
    "get_endpoint_data",
    "get_cloud_data",
    "get_web_data",
    "get_authentication_data",
    "get_application_data",
    "get_network_data",
    "get_email_data",
];
/// Macros that hand results on to another system.
const SINKS: &[&str] = &["hec_collect", "add_enrichment_rule"];

impl Macros {
    /// Returns the set that holds no user definition; the shipped ones are always there.
    #[must_use]
    pub fn shipped() -> Self {
        Self::default()
    }

    /// Adds or replaces a definition. `$name$` in `text` stands for the argument of that name.
    pub fn define(&mut self, name: &str, params: &[&str], text: &str) {
        let params = params.iter().map(|&param| param.to_owned()).collect::<Vec<_>>();
        self.defined.insert((name.to_owned(), params.len()), (params, text.to_owned()));
    }

    /// Returns the text that a call stands for, or `None` if there is no such macro.
    #[must_use]
    pub fn find(&self, name: &str, arguments: &[String]) -> Option<Definition> {
        if let Some((params, text)) = self.defined.get(&(name.to_owned(), arguments.len())) {
            return Some(Definition { text: fill(text, params, arguments), origin: Origin::User, stands_for: "" });
        }
        let shipped =
            |text: &str, stands_for| Some(Definition { text: text.to_owned(), origin: Origin::Shipped, stands_for });
        let selects = |name: &str| {
            SELECTIONS
                .iter()
                .any(|prefix| name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')))
        };
        match (name, arguments.len()) {
            ("comment", 1) => Some(Definition { text: String::new(), origin: Origin::Language, stands_for: "" }),
            ("group_events", 2) => {
                let text = fill(GROUP_EVENTS, &["keys".to_owned(), "span".to_owned()], arguments);
                shipped(&text, "it was taken to bin and group the events")
            }
            (name, _) if SINKS.contains(&name) => shipped("", "it was taken to hand results on and does nothing"),
            (name, 0) if selects(name) => shipped("", "it was taken to select data: all rows of the input"),
            (name, 0) if name.starts_with("add_") => shipped("", "it was taken to list further fields and adds none"),
            (name, 0) if name.ends_with("_filter") => {
                shipped("search *", "it was taken to be a site's own filter: all rows")
            }
            _ => None,
        }
    }
}

/// What the catalogue's `group_events(keys, span)` stands for (§1.3.9).
const GROUP_EVENTS: &str = "| eval start_time=_time, end_time=_time | bin span=$span$ _time | stats count as event_count \
min(start_time) as start_time max(end_time) as end_time values(*) as * by _time, $keys$";

/// Puts arguments in the place of `$param$`.
fn fill(text: &str, params: &[String], arguments: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('$') {
        out.push_str(&rest[..open]);
        let tail = &rest[open + 1..];
        let filled = tail.find('$').and_then(|close| {
            let index = params.iter().position(|param| param == &tail[..close])?;
            out.push_str(arguments.get(index)?);
            Some(close)
        });
        match filled {
            Some(close) => rest = &tail[close + 1..],
            None => {
                out.push('$');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_macros_say_what_they_stand_for() {
        let macros = Macros::shipped();
        for name in ["get_endpoint_data", "get_endpoint_data_edr", "hec_collect", "add_fields_eoi"] {
            let found = macros.find(name, &[]).unwrap();
            assert_eq!((found.text.as_str(), found.origin), ("", Origin::Shipped), "{name}");
        }
        assert!(macros.find("get_asset", &[]).is_none());
        assert!(macros.find("get_endpoint_dataset", &[]).is_none());
        let grouped = macros.find("group_events", &["host".to_owned(), "5".to_owned()]).unwrap().text;
        assert!(grouped.contains("bin span=5 _time") && grouped.ends_with("by _time, host"));
    }

    #[test]
    fn a_user_definition_wins_and_is_chosen_by_number_of_arguments() {
        let mut macros = Macros::shipped();
        macros.define("get_endpoint_data", &[], "index=main");
        macros.define("m", &["a"], "[$a$] costs $5 $a$");
        assert_eq!(macros.find("get_endpoint_data", &[]).unwrap().text, "index=main");
        assert_eq!(macros.find("m", &["x".to_owned()]).unwrap().text, "[x] costs $5 x");
        assert!(macros.find("m", &[]).is_none());
    }
}
