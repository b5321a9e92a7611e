//! Terms that are written as markup of a field and its value (§2.2.4).

use retrohunt_spl::plan::Glob;

/// The field and value that a term like `<EventID>1<` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markup {
    /// The field's name, compared with column and alias names by §2.6.
    pub name: String,
    /// The whole value, `*` being a wildcard.
    pub value: Glob,
}

impl Markup {
    /// Returns what the term names, if it has one of the forms `<name>value<`, `<name>value</name>`, `name>value<`,
    /// `"name":value` and `"name":"value"` (§2.2.4).
    ///
    /// A `*` around the whole of a form that is bounded by markup there adds nothing and is passed over.
    #[must_use]
    pub fn parse(term: &Glob) -> Option<Self> {
        let text = term.text();
        let bare = text.strip_prefix('*').filter(|rest| rest.starts_with(['<', '"'])).unwrap_or(&text);
        let (name, value) = xml(bare).or_else(|| json(bare))?;
        (is_name(name) && !value.is_empty()).then(|| Self { name: name.to_owned(), value: Glob::new(value) })
    }
}

/// The name and value of the forms with angle brackets.
fn xml(text: &str) -> Option<(&str, &str)> {
    let bounded = text.strip_suffix('*').filter(|rest| rest.ends_with(['<', '>'])).unwrap_or(text);
    let (name, rest) = bounded.split_once('>')?;
    let (opened, name) = match name.strip_prefix('<') {
        Some(name) => (true, name),
        None => (false, name),
    };
    let (value, close) = rest.split_once('<')?;
    let closed = close.strip_prefix('/').and_then(|close| close.strip_suffix('>'));
    let fits = close.is_empty() || (opened && closed.is_some_and(|closed| retrohunt_fold::eq(closed, name)));
    (fits && !value.contains('>')).then_some((name, value))
}

/// The name and value of the forms with a quoted name and a colon.
fn json(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.strip_prefix('"')?.split_once('"')?;
    let value = value.strip_prefix(':')?;
    let Some(quoted) = value.strip_prefix('"') else {
        return (!value.contains('"')).then_some((name, value));
    };
    let bounded = quoted.strip_suffix('*').filter(|rest| rest.ends_with('"')).unwrap_or(quoted);
    let value = bounded.strip_suffix('"')?;
    (!value.contains('"')).then_some((name, value))
}

/// Can this be the name of a field?
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '*' | '/' | '='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(term: &str) -> Option<(String, String)> {
        Markup::parse(&Glob::new(term)).map(|markup| (markup.name, markup.value.text()))
    }

    #[test]
    fn section_2_2_4_forms() {
        for (term, name, value) in [
            ("<EventID>1<", "EventID", "1"),
            ("<EventID>1</EventID>", "EventID", "1"),
            ("<EventID>1</eventid>", "EventID", "1"),
            ("*<EventID>4688</EventID>*", "EventID", "4688"),
            ("EventID>1<", "EventID", "1"),
            ("\"event\":46*", "event", "46*"),
            ("\"event\":\"proc start\"", "event", "proc start"),
            ("\"event\":\"x\"*", "event", "x"),
            ("<Data>*cmd*<", "Data", "*cmd*"),
        ] {
            assert_eq!(parse(term), Some((name.to_owned(), value.to_owned())), "{term}");
        }
    }

    #[test]
    fn section_2_2_4_other_markup_is_no_pair() {
        for term in [
            "<EventID>1",
            "<EventID>",
            "<Data Name='x'>1<",
            "cmd",
            "a=b",
            "<a>1</b>",
            "\"a\":",
            "\"a\":\"b",
            "<EventID><",
            "*ID>1<",
        ] {
            assert_eq!(parse(term), None, "{term}");
        }
    }
}
