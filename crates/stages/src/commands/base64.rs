//! `avlbase64` (§5.29): base64 of a field into `base64_<field>`, or what it decodes to.
//!
//! Decoding takes the standard alphabet, with or without padding (or a part of it); anything else is a failure, which sets nothing. The values of a
//! multivalue are taken one by one, those that fail give none.

use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::cells::derive;
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::stage::Stage;
use crate::table::Value;

/// The standard alphabet. Padding may be there, in part or not at all, and bits beyond the last byte are passed over: a text that says something is not
/// thrown away for them.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An `avlbase64` made ready.
#[derive(Clone, Debug)]
pub(super) struct Base64 {
    /// Decode, or else encode.
    decode: bool,
    /// The field.
    field: String,
    /// The new field.
    target: Arc<str>,
}

impl Base64 {
    /// Makes an `avlbase64` ready.
    pub(super) fn new(decode: bool, field: &str) -> Self {
        Self { decode, field: field.to_owned(), target: format!("base64_{field}").into() }
    }
}

/// The text that a text stands for: UTF-16LE where every second byte is 0, else UTF-8.
fn decode(text: &str) -> Option<String> {
    let bytes = ENGINE.decode(text).ok()?;
    let wide =
        !bytes.is_empty() && bytes.len().is_multiple_of(2) && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0);
    if wide {
        return Some(bytes.iter().step_by(2).map(|byte| char::from(*byte)).collect());
    }
    String::from_utf8(bytes).ok()
}

impl Stage for Base64 {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        derive(batch, &self.field, &self.target, |column, row| {
            let mut texts = Vec::new();
            column.for_each(row, |_, value| {
                let text = value.text();
                texts.extend(if self.decode { decode(&text) } else { Some(ENGINE.encode(text.as_bytes())) });
            });
            Some(Value::from_texts(texts)).filter(|value| !value.is_null())
        })
    }

    fn layout(&self, layout: &mut Layout) {
        layout.add(&self.target);
    }

    fn needs(&self, after: Needs) -> Needs {
        after.and_field(&self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_29_both_widths() {
        assert_eq!(decode("aQBlAHgA").as_deref(), Some("iex"));
        assert_eq!(decode("aWV4IMOp").as_deref(), Some("iex é"));
        assert_eq!(decode("").as_deref(), Some(""));
        // One wide character that is not of Latin script: neither every second byte 0 nor UTF-8.
        assert_eq!(decode("rCA="), None);
    }

    #[test]
    fn padding_is_optional_and_rubbish_is_a_failure() {
        assert_eq!(decode("YQ==").as_deref(), Some("a"));
        assert_eq!(decode("YQ").as_deref(), Some("a"));
        assert_eq!(decode("YQ=").as_deref(), Some("a"));
        assert_eq!(decode("YWI=").as_deref(), Some("ab"));
        for text in ["Y", "YQ===", "Y=Q=", "====", "YWJj\n", "YW_j", "é", "/w=="] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn encoding_is_the_inverse() {
        for (text, encoded) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("é\0ÿ", "w6kAw78=")] {
            assert_eq!(ENGINE.encode(text), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(text));
        }
    }
}
