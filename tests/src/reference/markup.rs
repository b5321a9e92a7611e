//! Markup pairs: terms that spell out a field and its value as some raw format has them (§2.2.4).

/// A term such as `<EventID>1<`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MarkupPair<'a> {
    /// The field's name, compared by §2.6.
    pub(super) name: &'a str,
    /// The exact value, with wildcards.
    pub(super) value: &'a str,
}

/// Returns the pair that a term's text spells, if it has one of the five forms.
pub(super) fn parse(text: &str) -> Option<MarkupPair<'_>> {
    let pair = if text.starts_with('"') { json(text) } else { xml(text) }?;
    let name_good = !pair.name.is_empty() && !pair.name.contains(['<', '>', '"', '*', '=']);
    (name_good && !pair.value.is_empty()).then_some(pair)
}

/// `<name>value<`, `<name>value</name>`, `name>value<`.
fn xml(text: &str) -> Option<MarkupPair<'_>> {
    let opened = text.starts_with('<');
    let (name, rest) = text.strip_prefix('<').unwrap_or(text).split_once('>')?;
    let closed = format!("</{name}>");
    let value = match rest.strip_suffix(&closed) {
        Some(value) if opened => value,
        _ => rest.strip_suffix('<')?,
    };
    (!value.contains(['<', '>'])).then_some(MarkupPair { name, value })
}

/// `"name":value`, `"name":"value"`.
fn json(text: &str) -> Option<MarkupPair<'_>> {
    let (name, value) = text.strip_prefix('"')?.split_once("\":")?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    (!value.contains('"')).then_some(MarkupPair { name, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_forms() {
        for text in ["<EventID>1<", "<EventID>1</EventID>", "EventID>1<", "\"EventID\":1", "\"EventID\":\"1\""] {
            assert_eq!(parse(text), Some(MarkupPair { name: "EventID", value: "1" }), "{text}");
        }
        for text in ["EventID=1", "<EventID>1", "<EventID><", "EventID>1</EventID>", "\"EventID\"", "<a>b<c<", "<>1<"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
