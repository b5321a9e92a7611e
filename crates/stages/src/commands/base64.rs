//! `avlbase64` (§5.29): base64 of a field into `base64_<field>`, or what it decodes to.
//!
//! Decoding takes the standard alphabet, with or without padding; anything else is a failure, which sets nothing. The values of a
//! multivalue are taken one by one, those that fail give none.

use std::sync::Arc;

use super::cells::derive;
use crate::batch::Batch;
use crate::error::PipelineError;
use crate::layout::Layout;
use crate::needs::Needs;
use crate::notes::Notes;
use crate::stage::Stage;
use crate::table::Value;

/// The alphabet.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

/// The six bits of a character of the alphabet.
fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// The bytes that a text stands for.
fn decode_bytes(text: &str) -> Option<Vec<u8>> {
    let padded = text.len().is_multiple_of(4);
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    if digits.len() % 4 == 1 || (digits.len() < text.len() && !padded) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for byte in group {
            bits = bits << 6 | u32::from(sextet(*byte)?);
        }
        let [_, a, b, c] = (bits << (6 * (4 - group.len()))).to_be_bytes();
        bytes.extend([a, b, c].into_iter().take(group.len() - 1));
    }
    Some(bytes)
}

/// The text that a text stands for: UTF-16LE where every second byte is 0, else UTF-8.
fn decode(text: &str) -> Option<String> {
    let bytes = decode_bytes(text)?;
    let wide =
        !bytes.is_empty() && bytes.len().is_multiple_of(2) && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0);
    if wide {
        return Some(bytes.iter().step_by(2).map(|byte| char::from(*byte)).collect());
    }
    String::from_utf8(bytes).ok()
}

/// The base64 of a text, padded.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len().div_ceil(3) * 4);
    for group in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4_usize {
            let index = usize::try_from(bits >> (18 - 6 * digit) & 63).unwrap_or_default();
            out.push(if digit > group.len() { '=' } else { char::from(ALPHABET[index]) });
        }
    }
    out
}

impl Stage for Base64 {
    fn apply(&self, batch: Batch, _notes: &mut Notes) -> Result<Batch, PipelineError> {
        derive(batch, &self.field, &self.target, |column, row| {
            let mut texts = Vec::new();
            column.for_each(row, |_, value| {
                let text = value.text();
                texts.extend(if self.decode { decode(&text) } else { Some(encode(&text)) });
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
        assert_eq!(decode("YWI=").as_deref(), Some("ab"));
        for text in ["Y", "YQ=", "YQ===", "Y=Q=", "====", "YWJj\n", "YW_j", "é", "/w=="] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn encoding_is_the_inverse() {
        for (text, encoded) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("é\0ÿ", "w6kAw78=")] {
            assert_eq!(encode(text), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(text));
        }
    }
}
