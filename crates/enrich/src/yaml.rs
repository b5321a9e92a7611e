//! The texts of a flat YAML mapping, which is what published lookup definitions are.

use std::path::Path;

use saphyr_parser::{Event, Parser};

use crate::error::Error;

/// Collections inside each other that a file may have.
const MAX_DEPTH: usize = 64;

/// The keys of the first document of a file and their texts, in file order; keys whose value is no text are left out. Nothing for a
/// document that is no mapping.
///
/// # Errors
///
/// `E-LOOKUP-DEFINITION` with the line if the text is not YAML or too deep.
pub(crate) fn flat_mapping(text: &str, path: &Path) -> Result<Vec<(String, String)>, Error> {
    let mut pairs = Vec::new();
    let mut key: Option<String> = None;
    let mut depth = 0_usize;
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let line = u64::try_from(error.marker().line()).unwrap_or(u64::MAX);
            Error::new("E-LOOKUP-DEFINITION", path, format!("not valid YAML: {}", error.info())).at(line)
        })?;
        match event {
            Event::Scalar(text, ..) if depth == 1 => match key.take() {
                None => key = Some(text.into_owned()),
                Some(key) => pairs.push((key, text.into_owned())),
            },
            Event::Alias(_) if depth == 1 => key = None,
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if depth == 0 && !matches!(event, Event::MappingStart(..)) {
                    return Ok(pairs);
                }
                depth += 1;
                if depth > MAX_DEPTH {
                    let line = u64::try_from(span.start.line()).unwrap_or(u64::MAX);
                    let message = format!("nested more than {MAX_DEPTH} levels deep");
                    return Err(Error::new("E-LOOKUP-DEFINITION", path, message).at(line));
                }
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    key = None;
                }
            }
            Event::DocumentEnd => return Ok(pairs),
            _ => {}
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_of_the_top_level_are_taken() {
        let text = "name: a\nlist: [x, {y: z}]\ndeep:\n  name: b\ndefault_match: 'false'\nempty:\n---\nname: c\n";
        let pairs = flat_mapping(text, Path::new("a.yml")).unwrap();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("name", "a"), ("default_match", "false"), ("empty", "")]);
        assert_eq!(flat_mapping("- name: a\n", Path::new("a.yml")).unwrap(), []);
    }

    #[test]
    fn malformed_and_deep_files_are_errors() {
        let error = flat_mapping("name: a\nb: [", Path::new("a.yml")).unwrap_err();
        assert_eq!((error.code, error.line.is_some()), ("E-LOOKUP-DEFINITION", true));
        let deep = format!("a: {}", "[".repeat(100_000));
        assert_eq!(flat_mapping(&deep, Path::new("a.yml")).unwrap_err().code, "E-LOOKUP-DEFINITION");
    }
}
